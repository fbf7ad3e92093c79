"""The working calendar: which days and hours are working time, and what nobody guesses."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import CalendarEndsError, CouncilDays, DayOff, WorkingCalendar
from models.vocabulary import LONDON
from tests.builders import calendar, england, london

THURSDAY = date(2026, 4, 2)
"""Maundy Thursday: Good Friday and Easter Monday follow."""


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 4, 2), None),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 4), "Saturday"),
        (date(2026, 4, 5), "Sunday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 4, 7), None),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 12, 25), "Christmas Day"),
        (date(2028, 2, 29), None),
    ],
)
def test_a_day_is_a_working_day_or_says_why_it_is_not(day: date, why: str | None) -> None:
    assert england().day_off(day) == why


def test_the_bank_holidays_are_englands_and_not_scotlands_or_northern_irelands() -> None:
    assert england().day_off(date(2026, 1, 2)) is None, "a holiday in Scotland"
    assert england().day_off(date(2026, 3, 17)) is None, "a holiday in Northern Ireland"


def test_a_holiday_on_a_weekend_is_kept_on_the_next_working_day() -> None:
    assert england().day_off(date(2026, 12, 26)) is not None, "Boxing Day, a Saturday"
    assert england().day_off(date(2026, 12, 28)) == "Boxing Day (observed)"


def test_the_councils_closure_days_and_announced_holidays_are_days_off_with_their_name() -> None:
    closed = DayOff(day=date(2026, 12, 29), name="closed between Christmas and New Year")
    crowned = DayOff(day=date(2026, 6, 9), name="a coronation")
    days = calendar(closure_days=(closed,), announced=(crowned,))
    assert days.day_off(closed.day) == "closed between Christmas and New Year"
    assert days.day_off(crowned.day) == "a coronation"


@pytest.mark.parametrize(
    ("came", "day", "counts_from"),
    [
        (london(2026, 4, 2, 10), THURSDAY, london(2026, 4, 2, 10)),
        (london(2026, 4, 2, 9), THURSDAY, london(2026, 4, 2, 9)),
        (london(2026, 4, 2, 7, 15), THURSDAY, london(2026, 4, 2, 9)),
        (london(2026, 4, 2, 17), THURSDAY, london(2026, 4, 2, 17)),
        (london(2026, 4, 2, 17) + timedelta(seconds=1), date(2026, 4, 7), london(2026, 4, 7, 9)),
        (london(2026, 4, 2, 23, 59), date(2026, 4, 7), london(2026, 4, 7, 9)),
        (london(2026, 4, 3, 10), date(2026, 4, 7), london(2026, 4, 7, 9)),
        (london(2026, 4, 4, 10), date(2026, 4, 7), london(2026, 4, 7, 9)),
        (london(2026, 3, 28, 10), date(2026, 3, 30), london(2026, 3, 30, 9)),
    ],
    ids=[
        "in working hours",
        "at opening",
        "before opening",
        "at close of business",
        "a second after close",
        "just before midnight",
        "on a bank holiday",
        "on a Saturday of a long weekend",
        "on the day before the clocks go forward",
    ],
)
def test_what_comes_outside_working_hours_counts_from_the_next_opening(
    came: datetime, day: date, counts_from: datetime
) -> None:
    assert england().receipt(came) == (day, counts_from)


def test_what_comes_after_the_cut_off_counts_for_the_next_working_day() -> None:
    at_cut_off, later = london(2026, 4, 2, 15), london(2026, 4, 2, 15, 1)
    assert england().receipt(at_cut_off, time(15)).day == THURSDAY
    assert england().receipt(later, time(15)).day == date(2026, 4, 7)


def test_a_cut_off_after_close_of_business_makes_the_day_no_longer() -> None:
    assert england().receipt(london(2026, 4, 2, 17, 30), time(18)).day == date(2026, 4, 7)


def test_the_same_moment_counts_the_same_however_its_offset_is_written() -> None:
    summer = datetime.fromisoformat("2026-07-01T16:00:00Z")
    assert england().receipt(summer) == england().receipt(summer.astimezone(LONDON))
    assert england().receipt(summer).day == date(2026, 7, 1), "17:00 in London"


def test_working_days_are_counted_forward_and_backward() -> None:
    days = england()
    assert list(islice(days.working_days(THURSDAY), 2)) == [date(2026, 4, 7), date(2026, 4, 8)]
    assert days.working_day(THURSDAY, 0) == THURSDAY
    assert days.working_day(THURSDAY, 2) == date(2026, 4, 8)
    assert days.working_day(date(2026, 4, 8), -2) == THURSDAY


def test_a_day_that_the_calendar_does_not_know_is_never_guessed() -> None:
    days = calendar(known_until=date(2026, 12, 31))
    assert days.day_off(date(2026, 12, 31)) is None
    with pytest.raises(CalendarEndsError, match="2027-01-01 lies outside the calendar"):
        days.day_off(date(2027, 1, 1))
    with pytest.raises(CalendarEndsError):
        days.day_off(days.known_from - timedelta(days=1))
    with pytest.raises(CalendarEndsError):
        days.receipt(london(2026, 12, 31, 17, 1))


@pytest.mark.parametrize("closes", [time(9), time(8, 59)])
def test_a_day_that_closes_before_it_opens_is_refused(closes: time) -> None:
    with pytest.raises(ValidationError, match="opens: comes before closes"):
        calendar(opens=time(9), closes=closes)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"opens": 540}, "is a number; write the time of day in quotes"),
        ({"weekdays": ()}, "weekdays"),
        ({"weekdays": (7,)}, "weekdays"),
    ],
)
def test_working_days_that_are_none_are_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        CouncilDays.model_validate(wrong)


@pytest.mark.parametrize(
    "changed",
    [
        {"closes": time(16, 30)},
        {"weekdays": (0, 1, 2, 3)},
        {"closure_days": (DayOff(day=date(2026, 12, 29), name="closed"),)},
        {"announced": (DayOff(day=date(2026, 6, 9), name="a coronation"),)},
        {"worked": (date(2026, 5, 4),)},
        {"known_until": date(2059, 12, 31)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_calendar_that_changed_has_another_version_and_the_same_one_the_same(changed: dict[str, object]) -> None:
    assert calendar(**changed).version != england().version
    assert calendar(**changed).version == calendar(**changed).version


def test_a_calendar_is_the_same_after_it_was_kept() -> None:
    kept = WorkingCalendar.model_validate_json(england().model_dump_json())
    assert (kept, kept.version) == (england(), england().version)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (london(2026, 4, 2, 10), london(2026, 4, 2, 12, 30), 2.5),
        (london(2026, 4, 2, 16), london(2026, 4, 7, 10), 2),
        (london(2026, 4, 3, 10), london(2026, 4, 6, 16), 0),
        (london(2026, 4, 2, 7), london(2026, 4, 2, 20), 8),
        (london(2026, 3, 27, 16), london(2026, 3, 30, 10), 2),
        (london(2026, 10, 23, 16), london(2026, 10, 26, 10), 2),
        (london(2026, 4, 2, 12), london(2026, 4, 2, 10), 0),
    ],
    ids=["a day", "over Easter", "only days off", "before and after hours", "to summer", "to winter", "backwards"],
)
def test_working_time_is_what_lies_in_working_hours(since: datetime, until: datetime, hours: float) -> None:
    assert england().working_time(since, until) == timedelta(hours=hours)
    assert england().working_time(since.astimezone(UTC), until.astimezone(UTC)) == timedelta(hours=hours)


MOMENTS = st.datetimes(datetime(2026, 2, 1), datetime(2026, 11, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted))
def test_working_time_adds_up(moments: list[datetime]) -> None:
    first, second, third = moments
    days = england()
    assert days.working_time(first, third) == days.working_time(first, second) + days.working_time(second, third)
