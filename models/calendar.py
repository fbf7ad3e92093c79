"""The working calendar: which hours are working hours, as data with a version. Days and hours are London's."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from models.vocabulary import LONDON, Frozen, Name, TimeOfDay

KNOWN_FROM = date(2020, 1, 1)
LAST_KNOWN_DAY = date(2099, 12, 31)
"""As far as the bank holidays of England are calculated; a council says itself how far they are published."""
DAY = timedelta(days=1)
LOOKS_BACK = timedelta(days=366)
"""What counts from an earlier day is counted by whoever has the whole calendar."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


Weekdays = Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)]
"""The days of the week on which people work; 0 is Monday."""


class CalendarEndsError(Exception):
    """A day lies outside what the calendar knows; nobody guesses whether it is a working day."""


class DayOff(Frozen):
    """A day on which nobody works, and why."""

    day: date
    name: Name


class Receipt(NamedTuple):
    """When something counts as received."""

    day: date
    """The working day of receipt."""
    at: datetime
    """The moment itself, or the opening of that day where it came outside working hours."""


class CouncilDays(Frozen):
    """What a council says of its working time; the bank holidays of England come beside it."""

    opens: TimeOfDay = time(9, 0)
    closes: TimeOfDay = time(17, 0)
    weekdays: Weekdays = (0, 1, 2, 3, 4)
    closure_days: tuple[DayOff, ...] = ()
    announced: tuple[DayOff, ...] = ()
    """Bank holidays that were announced, and that the published list does not have yet."""
    worked: tuple[date, ...] = ()
    """Days that the published list has, and that are worked after all: their bank holiday was moved or taken back."""
    known_until: Annotated[date, Field(ge=KNOWN_FROM, le=LAST_KNOWN_DAY)] = date(2027, 12, 31)
    """The last day for which the bank holidays are published."""


class WorkingCalendar(Frozen):
    """Working time: Monday to Friday, opening to close of business, less bank holidays and the council's closure days.

    It knows the days from ``known_from`` to ``known_until``, both included.
    """

    opens: TimeOfDay = time(9, 0)
    closes: TimeOfDay = time(17, 0)
    weekdays: Weekdays = (0, 1, 2, 3, 4)
    bank_holidays: tuple[DayOff, ...]
    closure_days: tuple[DayOff, ...] = ()
    known_from: date
    known_until: date

    @model_validator(mode="after")
    def _in_order(self) -> "WorkingCalendar":
        if self.opens >= self.closes:
            raise ValueError("opens: comes before closes")
        return self

    @cached_property
    def version(self) -> str:
        """Names this content and no other: ``england-3f9a1c02``."""
        return f"england-{hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]}"

    @cached_property
    def _days_off(self) -> dict[date, str]:
        return {off.day: off.name for off in (*self.closure_days, *self.bank_holidays)}

    def day_off(self, day: date) -> str | None:
        """Why nobody works on this day; None where it is a working day.

        Raises:
            CalendarEndsError: the calendar does not know the day.
        """
        if not self.known_from <= day <= self.known_until:
            raise CalendarEndsError(
                f"{day} lies outside the calendar, which knows {self.known_from} to {self.known_until}"
            )
        return self._days_off.get(day) or (None if day.weekday() in self.weekdays else WEEKDAYS[day.weekday()])

    def opening(self, day: date) -> datetime:
        """When this day opens."""
        return datetime.combine(day, self.opens, LONDON)

    def closing(self, day: date) -> datetime:
        """Close of business on this day: an absolute instant, whatever the clocks did since yesterday."""
        return datetime.combine(day, self.closes, LONDON)

    def working_days(self, after: date) -> Iterator[date]:
        """The working days after this day."""
        day = after
        while True:
            day += DAY
            if self.day_off(day) is None:
                yield day

    def working_day(self, start: date, offset: int) -> date:
        """The working day so many working days after ``start`` (before it, where negative); 0 is ``start`` itself."""
        day, step = start, DAY if offset > 0 else -DAY
        for _ in range(abs(offset)):
            day += step
            while self.day_off(day) is not None:
                day += step
        return day

    def working_time(self, since: datetime, until: datetime) -> timedelta:
        """How much working time lies between two moments; none where the second is not after the first.

        Raises:
            CalendarEndsError: the calendar does not know a day between them.
        """
        day, last, worked = since.astimezone(LONDON).date(), until.astimezone(LONDON).date(), timedelta()
        while day <= last and since < until:
            if self.day_off(day) is None:
                # In UTC: two moments of one zone would be compared by what the clocks on the wall show.
                begins, ends = (moment.astimezone(UTC) for moment in (self.opening(day), self.closing(day)))
                worked += max(min(ends, until.astimezone(UTC)) - max(begins, since.astimezone(UTC)), timedelta())
            day += DAY
        return worked

    def known_days(self, now: datetime) -> "KnownDays":
        """What a transfer that is told of it now keeps: the days of the past year, and all that come."""
        first = max(self.known_from, now.astimezone(LONDON).date() - LOOKS_BACK)
        holidays = tuple(off for off in self.bank_holidays if off.day >= first)
        closed = tuple(off for off in self.closure_days if off.day >= first)
        kept = {name: getattr(self, name) for name in WorkingCalendar.model_fields}
        kept |= {"bank_holidays": holidays, "closure_days": closed, "known_from": first}
        return KnownDays(**kept, whole=self.version)

    def is_open(self, moment: datetime) -> bool:
        """Whether people are in the office; on a day that it does not know, by the day of the week alone."""
        local = moment.astimezone(LONDON)
        day = local.date()
        known = self.known_from <= day <= self.known_until
        works = self.day_off(day) is None if known else day.weekday() in self.weekdays
        return works and self.opens <= local.time() < self.closes

    def receipt(self, moment: datetime, cut_off: time | None = None) -> Receipt:
        """When something that came at this moment counts as received.

        Before opening it counts for that day; after the cut-off (close of business), or on a day off, for the next.
        """
        local = moment.astimezone(LONDON)
        day, working = local.date(), self.day_off(local.date()) is None
        if working and local.time() <= min(cut_off or self.closes, self.closes):
            return Receipt(day, max(moment, self.opening(day)))
        following = next(self.working_days(day))
        return Receipt(following, self.opening(following))


class KnownDays(WorkingCalendar):
    """A working calendar without the days that are long gone, as a transfer keeps it; named as the whole."""

    whole: str

    @cached_property
    def version(self) -> str:
        """That of the whole."""
        return self.whole
