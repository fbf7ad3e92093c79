"""A child who has moved is closed only where whoever answers for it now knows it (SD-23a)."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from models.step_down.effects import closures
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision, MoveKind
from tests.builders import (
    CHILD,
    CONFERENCE_MANAGER,
    NOW,
    SOCIAL_WORKER,
    child_decision,
    close_child,
    confirmation,
    decided,
    decided_as,
    facts,
    facts_after,
    in_child_protection,
    letters,
    record,
    request,
)
from tests.step_down import outcome, refusal, stage, status
from workflows.step_down.transfer import StepDownRun, StepDownSoFar


@pytest.mark.clause("SD-23a")
def test_where_a_family_has_moved_and_is_known_there_that_is_the_outcome() -> None:
    now = facts_after(decided({CHILD: Decision.MOVED_AWAY}), letters())
    assert (stage(now), outcome(now)) == (Stage.CLOSED, Outcome.MOVED)


KNOWN = {"kind": MoveKind.ANOTHER_COUNCIL, "authority": "Hillshire", "confirmed_on": NOW.date()}
UNKNOWN_THERE = {
    "nobody knows where": (None, "moved: say which authority has the child now"),
    "nobody there answered": (KNOWN | {"confirmed_on": None}, "confirmed_on: say when the authority there confirmed"),
    "for a while only": (KNOWN | {"kind": MoveKind.TEMPORARY}, "kind: a child who has moved for a while"),
    "a conference abroad": (
        KNOWN | {"kind": MoveKind.ABROAD, "conference_held_on": NOW.date()},
        "conference_held_on: a transfer-in conference is held by another council",
    ),
    "a conference of those who did not answer": (
        KNOWN | {"confirmed_on": None, "unanswered_because": "no reply", "conference_held_on": NOW.date()},
        "conference_held_on: a transfer-in conference is held by another council",
    ),
    "confirmed and unanswered": (KNOWN | {"unanswered_because": "no reply"}, "confirmed_on: say when"),
}


@pytest.mark.clause("SD-23a")
@pytest.mark.parametrize(("moved", "rule"), UNKNOWN_THERE.values(), ids=UNKNOWN_THERE)
def test_a_child_who_moved_is_closed_only_where_it_is_known_by_who_answers_for_it_now(
    moved: dict[str, Any] | None, rule: str
) -> None:
    with pytest.raises(ValidationError, match=rule):
        child_decision(CHILD, Decision.MOVED_AWAY, moved=moved)


@pytest.mark.clause("SD-23a")
def test_the_manager_may_close_a_child_whom_the_other_authority_does_not_answer_for() -> None:
    unanswered = KNOWN | {"confirmed_on": None, "unanswered_because": "asked three times, and their director"}
    said = child_decision(CHILD, Decision.MOVED_AWAY, moved=unanswered)
    assert closures(record(facts(), decided_as(said))) == (close_child(CHILD),)
    assert closures(record(facts(), decided_as(said, actor=SOCIAL_WORKER))) == ()


@pytest.mark.clause("SD-23a")
def test_where_a_child_went_belongs_to_no_other_decision_and_lies_not_ahead() -> None:
    with pytest.raises(ValidationError, match="moved: who has the child now is said of a child that has moved"):
        child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, moved=KNOWN)
    with pytest.raises(ValidationError, match="confirmed_on, conference_held_on: what is to have happened there"):
        decided_as(child_decision(CHILD, Decision.MOVED_AWAY, moved=KNOWN | {"confirmed_on": date(2030, 1, 1)}))


@pytest.mark.clause("SD-19a")
@pytest.mark.clause("SD-23a")
def test_a_child_in_child_protection_who_moved_is_closed_after_the_conference_there() -> None:
    now, away = in_child_protection(), {CHILD: Decision.MOVED_AWAY}
    refused = refusal(now, decided(away), NOW)
    assert refused is not None
    assert (refused.clause, refused.field) == ("SD-19a", "children.0.decision")
    held = child_decision(CHILD, Decision.MOVED_AWAY, moved=KNOWN | {"conference_held_on": NOW.date()})
    now = record(now, decided_as(held))
    assert closures(now) == ()
    assert closures(record(now, confirmation("record_decisions", by=CONFERENCE_MANAGER))) == (close_child(CHILD),)


@pytest.mark.clause("SD-23a")
def test_where_a_child_went_is_for_few_to_read_and_stands_in_nothing_that_is_shown() -> None:
    said = decided_as(child_decision(CHILD, Decision.MOVED_AWAY, because="gone to Hillshire"))
    assert (said.privacy, decided({CHILD: Decision.TRANSFER}).privacy) == ("restricted", "narrative")
    now = record(facts(), said)
    assert "Hillshire" not in status(now).model_dump_json()
    run = StepDownRun(**request().model_dump(), so_far=StepDownSoFar(version=1, shown=1, facts=now))
    assert run.privacy == "restricted"
