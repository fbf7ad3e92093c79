"""England's bank holidays, and what a council adds to them."""

from datetime import date, datetime, timedelta

import pytest

from adapters.england import EnglishCalendar
from models.calendar import CalendarEndsError, CouncilDays, DayOff
from models.certificate import Count, calculate
from models.kinds import ClockKind
from models.policy import DEFAULT_CLOCKS
from models.vocabulary import LONDON

PUBLISHED = {
    2020: "1 Jan, 10 Apr, 13 Apr, 8 May, 25 May, 31 Aug, 25 Dec, 28 Dec",
    2021: "1 Jan, 2 Apr, 5 Apr, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec",
    2022: "3 Jan, 15 Apr, 18 Apr, 2 May, 2 Jun, 3 Jun, 29 Aug, 19 Sep, 26 Dec, 27 Dec",
    2023: "2 Jan, 7 Apr, 10 Apr, 1 May, 8 May, 29 May, 28 Aug, 25 Dec, 26 Dec",
    2024: "1 Jan, 29 Mar, 1 Apr, 6 May, 27 May, 26 Aug, 25 Dec, 26 Dec",
    2025: "1 Jan, 18 Apr, 21 Apr, 5 May, 26 May, 25 Aug, 25 Dec, 26 Dec",
    2026: "1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec",
    2027: "1 Jan, 26 Mar, 29 Mar, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec",
}
"""The bank holidays in England, as the government publishes them on GOV.UK."""

CHRISTMAS_EVE = date(2026, 12, 24)


def weekdays_off(council: CouncilDays, year: int) -> list[date]:
    calendar = EnglishCalendar(council).current()
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return [day for day in days if day.year == year and day.weekday() < 5 and calendar.day_off(day) is not None]


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_weekdays_off_are_the_bank_holidays_that_are_published(year: int):
    found = [f"{day.day} {day:%b}" for day in weekdays_off(CouncilDays(), year)]
    assert ", ".join(found) == PUBLISHED[year]


def test_a_day_off_is_named_as_people_know_it():
    calendar = EnglishCalendar(CouncilDays()).current()
    assert calendar.day_off(date(2026, 4, 3)) == "Good Friday"
    assert calendar.day_off(date(2026, 4, 4)) == "Saturday"


def test_a_council_adds_its_closure_days_and_what_was_announced():
    closure, announced = DayOff(day=CHRISTMAS_EVE, name="Closed"), DayOff(day=date(2026, 6, 15), name="A celebration")
    council = CouncilDays(closure_days=(closure,), announced=(announced,))
    assert set(weekdays_off(council, 2026)) - set(weekdays_off(CouncilDays(), 2026)) == {closure.day, announced.day}


MAY_DAY = date(2026, 5, 4)
MOVED = CouncilDays(worked=(MAY_DAY,), announced=(DayOff(day=date(2026, 5, 8), name="May Day, moved"),))
"""As in 1995 and 2020, when the first Monday of May became a Friday, and in 2022 the last one a Thursday."""


def test_a_bank_holiday_that_is_moved_is_worked_where_it_was_and_off_where_it_is():
    changed = set(weekdays_off(MOVED, 2026)) ^ set(weekdays_off(CouncilDays(), 2026))
    assert changed == {MAY_DAY, date(2026, 5, 8)}


@pytest.mark.parametrize(("council", "due"), [(CouncilDays(), 6), (MOVED, 5)], ids=["as listed", "moved"])
def test_what_is_due_across_a_bank_holiday_that_is_moved_is_due_a_day_earlier(council: CouncilDays, due: int):
    thursday = datetime(2026, 4, 30, 10, tzinfo=LONDON)
    policy = DEFAULT_CLOCKS[ClockKind.CONVERSATION]
    count = Count(kind=ClockKind.CONVERSATION, received=thursday, policy_version="1", policy=policy)
    certificate = calculate(count, EnglishCalendar(council).current())
    assert certificate.due == datetime(2026, 5, due, 17, tzinfo=LONDON)


def test_a_calendar_that_says_something_else_has_another_version():
    other = CouncilDays(closure_days=(DayOff(day=CHRISTMAS_EVE, name="Closed"),))
    versions = [EnglishCalendar(council).current().version for council in (CouncilDays(), CouncilDays(), other)]
    assert versions[0] == versions[1] != versions[2]


def test_beyond_the_published_bank_holidays_nobody_guesses():
    calendar = EnglishCalendar(CouncilDays(known_until=date(2026, 12, 31))).current()
    assert calendar.day_off(date(2026, 12, 31)) is None
    with pytest.raises(CalendarEndsError, match="2027-01-01 lies outside the calendar"):
        calendar.day_off(date(2027, 1, 1))


def test_close_of_business_is_local_on_both_sides_of_the_change_to_summer_time():
    calendar = EnglishCalendar(CouncilDays()).current()
    closings = [calendar.closing(day) for day in (date(2026, 3, 27), date(2026, 3, 30))]
    assert [closing.isoformat() for closing in closings] == ["2026-03-27T17:00:00+00:00", "2026-03-30T17:00:00+01:00"]
    assert all(closing.tzinfo is LONDON for closing in closings)
