"""Moments of a case file, which count from its start: ``day 3 16:30``, ``friday 17:40``, ``17 years ago``."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from client.errors import InputError
from models.calendar import WorkingCalendar
from models.vocabulary import LONDON
from models.wrong_input import Flaw

OFFSET = re.compile(r"day (?P<day>\d{1,3})( (?P<time>([01]\d|2[0-3]):[0-5]\d))?")
"""A working day after the start, with a time of day where it is a moment."""
NO_MOMENT = (
    "This is no working day and time, such as: day 3 16:30 or friday 17:40, and no number of hours, such as: hour 9."
)
WEEKEND = re.compile(r"(?P<side>friday|monday) (?P<time>([01]\d|2[0-3]):[0-5]\d)")
"""On the first Friday after the start on which people work, or on the working day that follows it."""
HOURS = re.compile(r"hour (?P<hour>\d{1,3})")
"""Hours after the start, day and night."""
FRIDAY = 4
YEARS = re.compile(r"(?P<years>\d{1,2}) years? ago")
"""A day as many years before the start, and one more day: somebody who was born then has just become so old."""
DAYS = re.compile(r"(?P<days>\d{1,3}) days? ago")
"""So many days before the start, whether or not they are working days."""


def dated(value: Any, calendar: WorkingCalendar, start: datetime) -> Any:
    """The value with every offset, such as ``day 3 16:30`` or ``17 years ago``, replaced by its moment, or its day.

    Day 0 is the working day on which the case starts, or the next one.
    """
    if isinstance(value, dict):
        return {name: dated(entry, calendar, start) for name, entry in value.items()}
    if isinstance(value, list):
        return [dated(entry, calendar, start) for entry in value]
    return _moment(value, calendar, start) if isinstance(value, str) else value


def _moment(text: str, calendar: WorkingCalendar, start: datetime) -> str:  # noqa: PLR0911 - one short branch a form
    """The moment, or the day, of an offset; anything else as it is."""
    if (hours := HOURS.fullmatch(text)) is not None:
        return (start + timedelta(hours=int(hours["hour"]))).isoformat()
    if (years := YEARS.fullmatch(text)) is not None:
        eve = start.astimezone(LONDON).date() - timedelta(days=1)
        return eve.replace(year=eve.year - int(years["years"]), day=min(eve.day, 28)).isoformat()
    if (days := DAYS.fullmatch(text)) is not None:
        return (start.astimezone(LONDON).date() - timedelta(days=int(days["days"]))).isoformat()
    if (weekend := WEEKEND.fullmatch(text)) is not None:
        return _about_the_weekend(weekend["side"], time.fromisoformat(weekend["time"]), calendar, start)
    if (offset := OFFSET.fullmatch(text)) is None:
        return text
    day = calendar.working_day(calendar.receipt(start).day, int(offset["day"]))
    if offset["time"] is None:
        return day.isoformat()
    return datetime.combine(day, time.fromisoformat(offset["time"]), LONDON).isoformat()


def _about_the_weekend(side: str, at: time, calendar: WorkingCalendar, start: datetime) -> str:
    days = calendar.working_days(calendar.receipt(start).day)
    friday = next(day for day in days if day.weekday() == FRIDAY)
    return datetime.combine(friday if side == "friday" else next(days), at, LONDON).isoformat()


def moment_of(content: Any, where: str, name: str = "at") -> datetime | None:
    """When something is sent, where this field says so."""
    if not isinstance(content, dict) or name not in content:
        return None
    place = f"{where}.{name}".lstrip(".")
    try:
        moment = datetime.fromisoformat(content[name])
    except (TypeError, ValueError):
        raise InputError(Flaw.of(place, NO_MOMENT)) from None
    if moment.tzinfo is None:
        raise InputError(Flaw.of(place, NO_MOMENT))
    return moment
