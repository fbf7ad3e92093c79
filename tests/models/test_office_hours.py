"""Letters leave in office hours; a moment to which one is held is absolute, and nothing else waits (SD-33b)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import DayOff
from models.effects import Effect
from models.journey.hours import hold, next_release, released
from models.journey.missing import due
from models.kinds import IN_OFFICE_HOURS, EffectKind
from models.office_hours import KEPT_FOR, OfficeHours, office_hours
from models.policy import LetterHours, Policy
from models.step_down.corrections import letters_sent
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.reading import AT_ANY_HOUR, LettersAsked, to_read
from models.step_down.steps.confirmation import ApproveLetters
from models.vocabulary import LONDON
from tests.builders import (
    CHILD,
    calendar,
    england,
    facts_before,
    family_record,
    harm_report,
    letter,
    letters,
    london,
    person,
    record,
)
from tests.step_down import next_steps, status

pytestmark = pytest.mark.clause("SD-33b")

OPENED = london(2026, 11, 2, 10)
HOURS = office_hours(LetterHours(), england(), OPENED)
assert HOURS is not None


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ((2026, 11, 27, 8, 0), None),
        ((2026, 11, 27, 17, 59), None),
        ((2026, 11, 27, 18, 0), (2026, 11, 30, 8, 0)),
        ((2026, 11, 29, 4, 46), (2026, 11, 30, 8, 0)),
        ((2026, 11, 30, 7, 59), (2026, 11, 30, 8, 0)),
        ((2026, 12, 24, 19, 0), (2026, 12, 29, 8, 0)),
        ((2027, 3, 27, 12, 0), (2027, 3, 30, 8, 0)),
        ((2026, 6, 30, 23, 30), (2026, 7, 1, 8, 0)),
    ],
    ids=["opening", "before closing", "closing", "Sunday night", "morning", "Christmas", "Easter", "summer time"],
)
def test_outside_office_hours_a_letter_waits_for_the_next_working_morning(
    now: tuple[int, ...], leaves: tuple[int, ...] | None
) -> None:
    expected = datetime(*leaves, tzinfo=LONDON) if leaves else None  # type: ignore[arg-type,misc]
    assert HOURS.next_opening(datetime(*now, tzinfo=LONDON)) == expected  # type: ignore[arg-type,misc,union-attr]


def test_a_council_says_its_own_hours_and_closure_days_or_that_letters_leave_at_any_hour() -> None:
    closed = calendar(closure_days=(DayOff(day=date(2026, 11, 30), name="Stocktaking"),))
    own = office_hours(LetterHours(opens=time(9), closes=time(16)), closed, OPENED)
    assert own is not None
    assert own.next_opening(london(2026, 11, 27, 16)) == london(2026, 12, 1, 9)
    assert office_hours(None, closed, OPENED) is None
    assert Policy().letter_hours == LetterHours(opens=time(8), closes=time(18))
    with pytest.raises(ValidationError, match="opens: comes before closes"):
        LetterHours(opens=time(18), closes=time(8))


@given(st.timedeltas(timedelta(), KEPT_FOR))
def test_whenever_a_letter_is_due_it_leaves_within_the_hours_of_the_first_working_day(since: timedelta) -> None:
    now = (OPENED.astimezone(UTC) + since).astimezone(LONDON)
    leaves = _hours().next_opening(now) or now
    local = leaves.astimezone(LONDON)
    assert england().day_off(local.date()) is None
    assert time(8) <= local.time() < time(18)
    between = [now.date() + timedelta(days=n) for n in range(1, (local.date() - now.date()).days)]
    assert [day for day in between if england().day_off(day) is None] == []


def _hours() -> OfficeHours:
    found = HOURS
    assert found is not None
    return found


NIGHT, MORNING = london(2026, 11, 29, 4), london(2026, 11, 30, 8)
LETTER = Effect(kind=EffectKind.SEND_LETTER, letter="letter-1")


def to_be_approved() -> StepDownFacts:
    now = facts_before(ApproveLetters)
    assert now.opening is not None
    return now.having(opening=now.opening.model_copy(update={"letter_hours": HOURS}))


def approved() -> StepDownFacts:
    return record(to_be_approved(), letters())


def held(now: StepDownFacts) -> StepDownFacts:
    return hold(now, partial(due, STEP_DOWN, now), NIGHT)


def test_a_letter_that_is_due_at_night_is_held_until_the_morning_and_people_read_when_it_leaves() -> None:
    now = held(approved())
    assert (next_release(now), now.held_until(LETTER)) == (MORNING, MORNING)
    [waits] = [one for one in next_steps(now) if "office hours" in one.ask]
    assert waits.ask == "What is to be sent waits for office hours; it leaves on Monday 30 November 2026 08:00."
    [said] = status(now).held
    assert said.words.endswith("leaves on Monday 30 November 2026 08:00, when office hours begin")
    [read] = [one for one in to_read(now, LettersAsked()).letters if one.letter.letter_id == "letter-1"]
    assert "It is sent on Monday 30 November 2026 08:00, when office hours begin." in read.notes


def test_a_letter_that_waits_has_not_been_sent_and_may_still_be_changed() -> None:
    now = held(approved())
    assert letters_sent(now) == set()
    people = (person("mother", CHILD, called="Ms Otherwise"), person("father", CHILD))
    changed = record(now, family_record(CHILD, people=people, step_id="family-2"))
    assert LETTER not in due(STEP_DOWN, changed)
    assert status(changed).held == ()


def test_when_the_hours_begin_what_waited_is_released_and_what_is_no_longer_due_does_not_leave() -> None:
    now, waited = released(held(approved()), MORNING)
    assert (waited, now.held, LETTER in due(STEP_DOWN, now)) == ((LETTER,), (), True)
    stopped, waited = released(record(held(approved()), harm_report()), MORNING)
    assert (waited, LETTER in due(STEP_DOWN, stopped)) == ((LETTER,), False)
    assert released(held(approved()), MORNING - timedelta(seconds=1))[1] == ()


def test_nothing_is_held_within_hours_twice_or_where_no_hours_are_set() -> None:
    now = approved()
    assert hold(now, nobody_asks, MORNING) is now
    again = held(now)
    assert hold(again, partial(due, STEP_DOWN, again), NIGHT) is again
    assert now.opening is not None
    at_any_hour = now.having(opening=now.opening.model_copy(update={"letter_hours": None}))
    assert hold(at_any_hour, nobody_asks, NIGHT) is at_any_hour


def nobody_asks() -> tuple[Effect, ...]:
    raise AssertionError("within hours nobody asks what is due: each step would cost more")


def test_who_approves_at_night_reads_in_the_receipt_when_the_letters_leave() -> None:
    now = record(to_be_approved(), letters(), NIGHT)
    asked = " ".join(need.ask for need in now.receipts[-1].next_steps)
    assert "it leaves on Monday 30 November 2026 08:00" in asked
    assert now.held_until(LETTER) == MORNING


@pytest.mark.clause("SU-01")
def test_reports_of_harm_alerts_and_whatever_is_no_letter_wait_for_no_hours() -> None:
    assert {EffectKind.SEND_LETTER} == IN_OFFICE_HOURS
    others = [Effect(kind=kind, number=1) for kind in EffectKind if kind is not EffectKind.SEND_LETTER]
    now = approved()
    assert hold(now, lambda: tuple(others), NIGHT) is now


def test_who_approves_an_e_mail_that_is_safe_at_some_times_alone_reads_when_it_leaves() -> None:
    contact = {"ways": [{"by": "email", "to": "mother@home.example", "safe_times": "mornings"}]}
    people = (person("mother", CHILD, contact=contact), person("father", CHILD))
    now = record(to_be_approved(), family_record(CHILD, people=people, step_id="family-2"))
    [read] = to_read(now, LettersAsked(letters=(letter(seen=None),))).letters
    assert AT_ANY_HOUR not in read.notes
    assert any("on working days from 08:00 to 18:00" in note for note in read.notes)
