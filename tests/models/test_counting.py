"""Due dates that are counted in the transfer: as a worker would count them, and anew on a newer calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import LOOKS_BACK, CalendarEndsError
from models.certificate import Count, calculate
from models.effects import Ended
from models.journey.counting import counted, to_ask, told_of
from models.journey.projection import News
from models.kinds import REAL_TIME, ClockKind
from models.policy import Policy
from models.step_down.facts import StepDownFacts
from tests.builders import NOW, calculated, calendar, facts
from tests.step_down import update_clocks

CALENDAR = calendar(known_until=date(2030, 12, 31))
MOURNING = calendar(known_until=date(2030, 12, 31), announced=[{"day": "2026-03-05", "name": "A day of mourning"}])
KNOWN = CALENDAR.known_days(NOW)
COUNTED = [kind for kind in ClockKind if kind not in REAL_TIME]


def opened(**changes: object) -> StepDownFacts:
    """A transfer that knows the calendar, and waits for consent."""
    opening = facts().opening
    assert opening is not None
    told = opening.model_copy(update={"calendar": CALENDAR.known_days(NOW), **changes})
    return update_clocks(facts(opening=told).having(begun=(), effects=()), NOW)


def shown(now: StepDownFacts) -> StepDownFacts:
    return now.having(results_shown=len(now.effects))


@given(kind=st.sampled_from(COUNTED), days=st.integers(0, 700))
def test_on_the_days_that_a_transfer_knows_everything_is_counted_as_on_the_whole_calendar(
    kind: ClockKind, days: int
) -> None:
    how = Count(kind=kind, received=NOW + timedelta(days=days), policy_version="1", policy=Policy().clocks[kind])
    assert calculate(how, KNOWN) == calculate(how, CALENDAR)


def test_of_days_long_gone_nothing_is_counted_here() -> None:
    known, long_ago = CALENDAR.known_days(NOW), (NOW - LOOKS_BACK).date() - timedelta(days=1)
    assert (known.version, known.known_from) == (CALENDAR.version, (NOW - LOOKS_BACK).date())
    with pytest.raises(CalendarEndsError):
        known.day_off(long_ago)


def test_a_due_date_is_counted_as_a_worker_counts_it_and_once() -> None:
    starting = opened()
    [due] = to_ask(starting.having(opening=facts().opening))
    now = counted(starting, NOW)
    [result] = now.effects
    assert result.certificate == calculated(starting, due, NOW, CALENDAR).certificate
    assert (result.effect, result.ended, result.at) == (due, Ended.DONE, NOW)
    assert now.begun == (due,)
    assert counted(now, NOW) is now
    assert to_ask(now) == to_ask(starting) == ()


def test_what_the_calendar_does_not_know_is_asked_of_a_worker() -> None:
    ends = opened(calendar=calendar(known_until=(NOW + timedelta(days=2)).date()).known_days(NOW))
    assert counted(ends, NOW) is ends
    assert [due.wait for due in to_ask(ends)] == [ClockKind.CONSENT]


def test_what_was_just_shown_is_counted_anew_on_a_newer_calendar_and_nothing_older() -> None:
    now = shown(counted(opened(), NOW))
    [before] = now.effects
    told = told_of(now, News(calendar=MOURNING.known_days(NOW)), 0)
    assert (told.effects, told.begun, told.results_shown) == ((), (), 0)
    [after] = counted(told, NOW).effects
    assert before.certificate is not None
    assert after.certificate is not None
    assert after.certificate == calculated(told, after.effect, NOW, MOURNING).certificate
    assert after.certificate.due > before.certificate.due
    kept = told_of(now, News(calendar=MOURNING.known_days(NOW)), 1)
    assert (kept.effects, kept.results_shown, kept.calendar) == ((before,), 1, told.calendar)


def test_what_was_counted_while_the_register_was_away_is_counted_anew_too() -> None:
    shown = counted(opened(), NOW)
    not_yet = shown.having(results_shown=0)
    told = told_of(not_yet, News(calendar=MOURNING.known_days(NOW)), 0)
    assert (told.effects, told.begun, told.results_shown) == ((), (), 0)
