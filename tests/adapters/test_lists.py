"""The list of transfers, by what is asked for and page by page, on SQLite and on PostgreSQL."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.register.lists import DueBefore, Wanted
from models.attention import HARM_NOT_TAKEN
from models.journey.clocks import ClockState
from models.journey.status import ClockStatus, HarmStatus, ResponseState
from models.kinds import ClockKind, JourneyKind
from models.step_down.stage import Outcome, Stage
from tests import help_requests, step_ups
from tests.builders import NOW, THEN, attention, calendar, close_child, facts, harm_report, request, service, taken
from tests.register import WholeRegister
from tests.step_down import status

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)

ENDED = {"stage": Stage.CLOSED, "outcome": Outcome.TRANSFERRED}
STUCK = {"attention": (attention(close_child("c"), 1),)}


@pytest.fixture(autouse=True)
def north(register: WholeRegister) -> None:
    register.put_services([service()])


def opened(
    register: WholeRegister, transfer: str, at: datetime = THEN, *, restricted: bool = False, **now: Any
) -> None:
    start = request(f"child-of-{transfer}", id=transfer, restricted=restricted)
    register.opened(start, at)
    register.shows(status(facts(request=start)).model_copy(update=now), 1)


def answer(state: ClockState, due: datetime | None) -> dict[str, Any]:
    clock = ClockStatus(id="conversation/x", kind=ClockKind.CONVERSATION, since=THEN, due=due, state=state)
    return {"clocks": (clock,)}


def found(register: WholeRegister, wanted: Wanted, most: int = 100, page: int = 1) -> list[str]:
    return [line.id for line in register.page(wanted, page, most).lines]


def test_what_is_open_is_listed_and_what_has_ended_where_it_needs_attention_or_is_asked_for(
    register: WholeRegister,
) -> None:
    opened(register, "open")
    opened(register, "ended", **ENDED)
    opened(register, "ended-and-stuck", **ENDED, **STUCK)
    assert set(found(register, Wanted())) == {"open", "ended-and-stuck"}
    assert set(found(register, Wanted(ended=True))) == {"open", "ended", "ended-and-stuck"}
    assert found(register, Wanted(attention=True)) == found(register, Wanted(attention=True, ended=True))
    assert found(register, Wanted(attention=True)) == ["ended-and-stuck"]


def test_all_that_is_asked_for_holds(register: WholeRegister) -> None:
    opened(register, "one", stage=Stage.CONSENT, social_work_team="team-1")
    opened(register, "two", stage=Stage.DECISION, social_work_team="team-1")
    opened(register, "three", stage=Stage.DECISION, social_work_team="team-2", service_ref="service-south")
    assert found(register, Wanted(stage=Stage.DECISION, team="team-1")) == ["two"]
    assert found(register, Wanted(stage=Stage.DECISION, service="service-south")) == ["three"]
    assert found(register, Wanted(stage=Stage.CONSENT, service="service-south")) == []


def test_those_of_one_kind_of_journey_are_listed(register: WholeRegister) -> None:
    opened(register, "t-1")
    asked = help_requests.facts(id="r-1")
    register.open_transfer(asked.request, THEN, calendar(), lambda _: help_requests.status(asked))
    referred = step_ups.facts(id="s-1")
    register.open_transfer(referred.request, THEN, calendar(), lambda _: step_ups.status(referred))
    assert {kind: [line.id for line in register.page(Wanted(journey=kind), 1, 50).lines] for kind in JourneyKind} == {
        JourneyKind.STEP_DOWN: ["t-1"],
        JourneyKind.HELP_REQUEST: ["r-1"],
        JourneyKind.STEP_UP: ["s-1"],
    }


def test_a_restricted_family_is_listed_and_not_found_by_its_service_or_team(register: WholeRegister) -> None:
    opened(register, "restricted", restricted=True, social_work_team="team-1")
    assert found(register, Wanted()) == ["restricted"]
    assert found(register, Wanted(team="team-1")) == found(register, Wanted(service="service-north")) == []


def test_a_page_has_the_next_ones_the_newest_first_and_says_how_many_there_are(register: WholeRegister) -> None:
    for number in range(5):
        opened(register, f"t-{number}", THEN + timedelta(days=min(number, 3)))
    pages = [register.page(Wanted(), page, 2) for page in (1, 2, 3)]
    assert [[line.id for line in page.lines] for page in pages] == [["t-4", "t-3"], ["t-2", "t-1"], ["t-0"]]
    assert [page.all for page in pages] == [5, 5, 5]
    assert register.page(Wanted(), 4, 2).lines == []


@pytest.mark.clause("SU-01")
def test_a_page_marks_whose_harm_was_reported(register: WholeRegister) -> None:
    for transfer in ("t-1", "t-2"):
        opened(register, transfer)
    register.store_evidence("t-1", taken(harm_report()))
    assert {line.id: line.harm_reported for line in register.page(Wanted(), 1, 10).lines} == {"t-1": True, "t-2": False}
    assert [line.harm_reported for line in register.page(Wanted(), 1, 1).lines] == [False]


SPOKEN = HarmStatus(at=THEN, step_id="report", spoken_to_at=NOW)
UNSAID = HarmStatus(at=THEN, step_id="report")
LOST = {"attention": (attention(close_child("c"), 1).model_copy(update={"problem": HARM_NOT_TAKEN}),)}
HARM = {
    "none": ((), False, False),
    "spoken-to": ((SPOKEN,), True, False),
    "nobody-spoken-to": ((SPOKEN, UNSAID), True, True),
    "not-taken": ((HarmStatus(at=THEN, step_id=None),), True, True),
}


@pytest.mark.clause("SU-01")
def test_a_family_with_harm_reported_and_nothing_else_is_among_those_that_need_attention(
    register: WholeRegister,
) -> None:
    for name, (reports, *_) in HARM.items():
        opened(register, name, harm=reports, **(LOST if name == "not-taken" else {}))
    opened(register, "ended", harm=(UNSAID,), **ENDED)
    assert set(found(register, Wanted(attention=True))) == {name for name, (_, listed, _) in HARM.items() if listed}
    assert set(found(register, Wanted(overdue=True))) == {name for name, (*_, over) in HARM.items() if over}
    assert "ended" not in found(register, Wanted(attention=True, ended=True))
    marked = {line.id for line in register.page(Wanted(), 1, 10).lines if line.harm_reported}
    assert marked == {"spoken-to", "nobody-spoken-to"}, "also where it was said in a service's answer"


ANSWERS = {
    "on_track": (answer(ClockState.ON_TRACK, NOW), True, False),
    "due_soon": (answer(ClockState.DUE_SOON, NOW), True, False),
    "later": (answer(ClockState.ON_TRACK, NOW + timedelta(seconds=1)), False, False),
    "breached": (answer(ClockState.BREACHED, NOW), False, True),
    "met": (answer(ClockState.MET, NOW), False, False),
    "paused": (answer(ClockState.PAUSED, None), False, False),
}


def fill(register: WholeRegister, names: Iterable[str] = ANSWERS) -> None:
    for name in names:
        opened(register, name, **ANSWERS[name][0])


def test_an_answer_is_due_until_it_is_given_or_overdue(register: WholeRegister) -> None:
    fill(register)
    before = DueBefore(NOW + timedelta(seconds=1))
    assert set(found(register, Wanted(due_before=before))) == {name for name, (_, due, _) in ANSWERS.items() if due}
    assert set(found(register, Wanted(overdue=True))) == {name for name, (*_, over) in ANSWERS.items() if over}


def test_a_transfer_whose_time_was_skipped_has_a_day_of_its_own(register: WholeRegister) -> None:
    fill(register, ("on_track", "due_soon", "later"))
    of_these = {"on_track": NOW, "later": NOW + timedelta(days=1), "gone": NOW + timedelta(days=1)}
    assert set(found(register, Wanted(due_before=DueBefore(NOW, of_these)))) == {"later"}
    assert set(found(register, Wanted(due_before=DueBefore(NOW + timedelta(days=9), of_these)))) == {
        "due_soon",
        "later",
    }


def test_nobody_is_asked_for_an_answer_where_none_is_owed(register: WholeRegister) -> None:
    opened(register, "t-1")
    [line] = register.page(Wanted(), 1, 10).lines
    assert (line.response, line.response_due) == (ResponseState.NONE, None)
    assert found(register, Wanted(due_before=DueBefore(NOW + timedelta(days=9)))) == []
