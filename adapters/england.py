"""The working calendar of a council in England: the bank holidays from a file, the rest as the council says."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from models.calendar import KNOWN_FROM, CouncilDays, DayOff, WorkingCalendar

BANK_HOLIDAYS = Path(__file__).with_name("bank_holidays.csv")
"""Made by ``python -m cli.pages``: a library that knows the holidays of every country is slow to import."""


@dataclass(frozen=True)
class EnglishCalendar:
    """The calendar, as ``activities.ports.Calendars`` needs it."""

    council: CouncilDays

    def current(self) -> WorkingCalendar:
        """As it is now; it changes only with the settings, or with a newer file of bank holidays."""
        return self._calendar

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        council = self.council
        listed = published(council.known_until.year)
        return WorkingCalendar(
            opens=council.opens,
            closes=council.closes,
            weekdays=council.weekdays,
            bank_holidays=(*(off for off in listed if off.day not in council.worked), *council.announced),
            closure_days=council.closure_days,
            known_from=KNOWN_FROM,
            known_until=council.known_until,
        )


def published(last_year: int) -> list[DayOff]:
    """The bank holidays of England up to the end of a year, in their order."""
    lines = (line.split(",", 1) for line in BANK_HOLIDAYS.read_text(encoding="utf-8").splitlines())
    days = ((date.fromisoformat(day), name) for day, name in lines)
    return [DayOff(day=day, name=name) for day, name in days if day.year <= last_year]
