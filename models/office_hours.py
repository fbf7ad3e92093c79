"""The hours in which letters leave by themselves, as each transfer keeps them when it opens (SD-33b)."""

from datetime import date, datetime, timedelta

from models.calendar import DAY, Weekdays, WorkingCalendar
from models.policy import LetterHours
from models.vocabulary import LONDON, Frozen, TimeOfDay

KEPT_FOR = timedelta(days=731)
"""So far ahead the days off are kept with a transfer; after that only the days of the week count."""


class OfficeHours(Frozen):
    """From opening to closing on every working day, in London; a transfer asks no calendar about them later."""

    opens: TimeOfDay
    closes: TimeOfDay
    weekdays: Weekdays
    days_off: tuple[date, ...] = ()

    def next_opening(self, now: datetime) -> datetime | None:
        """When they begin again, as an absolute moment; None within them."""
        local = now.astimezone(LONDON)
        day, time = local.date(), local.time()
        if self._is_worked(day) and self.opens <= time < self.closes:
            return None
        day = day if time < self.opens else day + DAY
        while not self._is_worked(day):
            day += DAY
        return datetime.combine(day, self.opens, LONDON)

    @property
    def words(self) -> str:
        """As people say them: ``on working days from 08:00 to 18:00``."""
        return f"on working days from {self.opens:%H:%M} to {self.closes:%H:%M}"

    def _is_worked(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.days_off


def office_hours(said: LetterHours | None, calendar: WorkingCalendar, at: datetime) -> OfficeHours | None:
    """What a transfer that opens now keeps of policy and calendar; None where letters leave at any hour."""
    if said is None:
        return None
    first = at.astimezone(LONDON).date()
    off = (off.day for off in (*calendar.bank_holidays, *calendar.closure_days))
    kept = tuple(sorted({day for day in off if first <= day <= first + KEPT_FOR}))
    return OfficeHours(opens=said.opens, closes=said.closes, weekdays=calendar.weekdays, days_off=kept)
