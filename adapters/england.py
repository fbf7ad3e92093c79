"""The working calendar of a council in England: the bank holidays from ``holidays``, the rest as the council says."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from holidays import country_holidays

from models.calendar import CouncilDays, DayOff, WorkingCalendar

KNOWN_FROM = date(2020, 1, 1)


@dataclass(frozen=True)
class EnglishCalendar:
    """The calendar, as ``activities.ports.Calendars`` needs it."""

    council: CouncilDays

    def current(self) -> WorkingCalendar:
        """As it is now; it changes only with the settings, or with a newer ``holidays``."""
        return self._calendar

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        council = self.council
        years = range(KNOWN_FROM.year, council.known_until.year + 1)
        published = country_holidays("GB", subdiv="ENG", years=years)
        days = [DayOff(day=day, name=name) for day, name in sorted(published.items())]
        return WorkingCalendar(
            opens=council.opens,
            closes=council.closes,
            weekdays=council.weekdays,
            bank_holidays=(*days, *council.announced),
            closure_days=council.closure_days,
            known_from=KNOWN_FROM,
            known_until=council.known_until,
        )
