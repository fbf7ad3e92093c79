"""A child who has moved is closed only where whoever answers for it now knows it (SD-23a)."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.kinds import ClockKind, RungKind
from models.step_down.beware import LOST as LOST_HOME
from models.step_down.effects import closures
from models.step_down.facts import StepDownFacts
from models.step_down.family import Channel
from models.step_down.reading import LettersAsked, LetterToRead, to_read
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.confirmation import Letter
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.endings import MoveKind
from models.vocabulary import LONDON, Role
from tests.builders import (
    CHILD,
    CONFERENCE_MANAGER,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    authorised,
    away,
    by_post,
    child_decision,
    close_child,
    confirmation,
    decided,
    decided_as,
    facts,
    facts_after,
    facts_before,
    family_record,
    in_child_protection,
    keeping_time,
    let_time_pass,
    letter,
    letters,
    person,
    record,
    refused,
    request,
)
from tests.step_down import next_steps, outcome, refusal, stage, status
from workflows.step_down.transfer import StepDownRun, StepDownSoFar


@pytest.mark.clause("SD-23a")
def test_where_a_family_has_moved_and_is_known_there_that_is_the_outcome() -> None:
    now = facts_after(decided({CHILD: Decision.MOVED_AWAY}), letters())
    assert (stage(now), outcome(now)) == (Stage.CLOSED, Outcome.MOVED)


KNOWN = {
    "kind": MoveKind.ANOTHER_COUNCIL,
    "authority": "Hillshire",
    "notice_sent_on": NOW.date(),
    "confirmed_on": NOW.date(),
}
UNKNOWN_THERE = {
    "nobody knows where": (None, "moved: say which authority has the child now"),
    "confirmed before it was sent": (
        KNOWN | {"confirmed_on": NOW.date() - timedelta(days=1)},
        "confirmed_on: nobody confirms a notice before it was sent",
    ),
    "for a while only": (KNOWN | {"kind": MoveKind.TEMPORARY}, "kind: a child who has moved for a while"),
    "a conference abroad": (
        KNOWN | {"kind": MoveKind.ABROAD, "conference_held_on": NOW.date()},
        "conference_held_on: a transfer-in conference is held by another council",
    ),
    "a conference of those who did not answer": (
        KNOWN | {"confirmed_on": None, "conference_held_on": NOW.date()},
        "conference_held_on: a transfer-in conference is held by another council",
    ),
}


@pytest.mark.clause("SD-23a")
@pytest.mark.parametrize(("moved", "rule"), UNKNOWN_THERE.values(), ids=UNKNOWN_THERE)
def test_a_child_who_moved_is_closed_only_where_it_is_known_by_who_answers_for_it_now(
    moved: dict[str, Any] | None, rule: str
) -> None:
    with pytest.raises(ValidationError, match=rule):
        child_decision(CHILD, Decision.MOVED_AWAY, moved=moved)


UNANSWERED = child_decision(CHILD, Decision.MOVED_AWAY, moved=away(notice_sent_on=NOW.date()))
DAYS = timedelta(days=1)


def written_to(**changes: Any) -> StepDownFacts:
    """The authority there was written to on Monday 2 March, has ten working days to answer, and has not."""
    return keeping_time(record(facts_before(RecordDecisions), decided_as(UNANSWERED, **changes)), NOW)


@pytest.mark.clause("SD-23a")
def test_the_answer_to_our_notice_is_waited_for_from_the_day_on_which_it_was_sent() -> None:
    now = written_to(actor=SOCIAL_WORKER)
    [clock] = now.open_clocks(ClockKind.NOTICE)
    assert clock.since.astimezone(LONDON).date() == NOW.date()
    assert (now.due(ClockKind.NOTICE) or NOW).date() == date(2026, 3, 16)
    assert [(need.step, need.who, need.clause) for need in next_steps(now)] == [
        ("record_decisions", Role.SOCIAL_WORKER, "SD-23a")
    ]
    assert [alert.what for alert in let_time_pass(now, NOW + 15 * DAYS).alerts if alert.kind is ClockKind.NOTICE] == [
        RungKind.REMINDER,
        RungKind.ESCALATION,
        RungKind.END,
    ]


@pytest.mark.clause("SD-23a")
def test_siblings_do_not_wait_for_the_answer() -> None:
    both = decided_as(UNANSWERED, child_decision(SIBLING, Decision.NO_FURTHER_SUPPORT))
    now = record(facts_before(RecordDecisions, CHILD, SIBLING), both)
    assert (stage(now), closures(now)) == (Stage.CLOSURE, (close_child(SIBLING),))


@pytest.mark.clause("SD-23a")
def test_once_they_confirm_it_the_manager_closes_the_child() -> None:
    said = child_decision(CHILD, Decision.MOVED_AWAY, moved=away(notice_sent_on=NOW.date(), confirmed_on=NOW.date()))
    anew = decided_as(said, step_id="anew", corrects="record_decisions", actor=SOCIAL_WORKER)
    now = record(written_to(actor=SOCIAL_WORKER), anew)
    assert (now.open_clocks(ClockKind.NOTICE), closures(now)) == ((), ())
    assert closures(record(now, authorised("anew"))) == (close_child(CHILD),)


@pytest.mark.clause("SD-23a")
def test_nobody_closes_a_child_before_the_time_to_answer_is_over() -> None:
    now = written_to(actor=SOCIAL_WORKER)
    answer = refused(now, authorised(because="they never answer"))
    assert (answer.clause, answer.field) == ("SD-23b", "of")
    assert closures(written_to()) == (), "not even as the manager"


@pytest.mark.clause("SD-23a")
def test_when_it_is_over_the_manager_closes_the_child_for_a_reason_of_their_own() -> None:
    over = NOW + 15 * DAYS
    now = keeping_time(written_to(actor=SOCIAL_WORKER), over)
    assert [(need.step, need.who) for need in next_steps(now) if need.clause in {"SD-23a", "SD-23b"}] == [
        ("authorise", Role.TEAM_MANAGER),
        ("record_decisions", Role.SOCIAL_WORKER),
        ("authorise", Role.TEAM_MANAGER),
    ]
    assert (refused(now, authorised(), over).clause, closures(now)) == ("SD-23a", ())
    own_reason = authorised(because="their director was rung twice; the school there has the child")
    assert closures(record(now, own_reason, over)) == (close_child(CHILD),)


@pytest.mark.clause("SD-23a")
def test_what_the_manager_decided_before_it_was_over_is_decided_anew() -> None:
    over = NOW + 15 * DAYS
    now = keeping_time(written_to(), over)
    assert closures(now) == ()
    anew = decided_as(UNANSWERED, step_id="anew", corrects="record_decisions", occurred_at=over)
    assert closures(record(now, anew, over)) == (close_child(CHILD),)


@pytest.mark.clause("SD-23a")
def test_another_notice_has_its_own_time() -> None:
    over = NOW + 15 * DAYS
    elsewhere = child_decision(
        CHILD, Decision.MOVED_AWAY, moved=away(notice_sent_on=over.date(), authority="Dalesbury")
    )
    anew = decided_as(elsewhere, step_id="anew", corrects="record_decisions", occurred_at=over)
    now = keeping_time(record(keeping_time(written_to(), over), anew, over), over)
    assert [clock.since.astimezone(LONDON).date() for clock in now.open_clocks(ClockKind.NOTICE)] == [over.date()]
    assert closures(now) == ()


@pytest.mark.clause("SD-23a")
@pytest.mark.parametrize("how", [how for how in Decision if how.closes])
def test_nobody_closes_a_child_whose_address_is_not_known(how: Decision) -> None:
    with pytest.raises(ValidationError, match="address_known: say whether it is known where the child lives"):
        child_decision(CHILD, how, address_known=None)
    answer = refused(facts_before(RecordDecisions), decided_as(child_decision(CHILD, how, address_known=False)))
    assert (answer.clause, answer.field) == ("SD-23a", "children.0.decision")
    assert answer.reason.startswith("It is not known where the child lives, so the child's case is not closed")
    stays = child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=False)
    assert record(facts_before(RecordDecisions), decided_as(stays)).all_decided


LOST = child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=False)
CLOSES = child_decision(SIBLING, Decision.NO_FURTHER_SUPPORT)


def before_the_decision(**mother: Any) -> StepDownFacts:
    """Two children; the mother, with whom both live, unless the record says otherwise."""
    return facts_after(
        family_record(CHILD, SIBLING, people=(person("mother", CHILD, SIBLING, **mother),), step_id="f-2"),
        before=facts_before(RecordDecisions, CHILD, SIBLING),
    )


@pytest.mark.clause("SD-23a")
@pytest.mark.parametrize("at_once", [True, False])
def test_nobody_closes_a_child_who_lives_with_one_whose_address_is_not_known(at_once: bool) -> None:
    before = before_the_decision()
    if at_once:
        answer = refused(before, decided_as(LOST, CLOSES))
        assert (answer.clause, answer.field) == ("SD-23a", "children.1.address_known")
    else:
        answer = refused(record(before, decided_as(LOST)), decided_as(CLOSES, step_id="d-2"))
        assert (answer.clause, answer.field) == ("SD-23a", "children.0.address_known")
    assert "If they no longer live together" in answer.reason
    assert record(before_the_decision(lives_with=False), decided_as(LOST, CLOSES)).all_decided
    found = child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=True)
    assert record(
        record(before, decided_as(LOST)), decided_as(found, CLOSES, step_id="d-2", corrects="record_decisions")
    )


@pytest.mark.clause("SD-23a")
def test_who_was_to_be_closed_stays_open_once_nobody_knows_where_a_sibling_of_that_home_lives() -> None:
    before = record(before_the_decision(), decided_as(CLOSES))
    now = record(before, decided_as(LOST, step_id="d-2"))
    assert closures(now) == ()
    [need] = [need for need in next_steps(now) if need.clause == "SD-23a"]
    assert (need.who, need.step) == ("social_worker", "record_decisions")
    apart = family_record(
        CHILD, SIBLING, people=(person("mother", CHILD, SIBLING, lives_with=False),), step_id="f-3", corrects="f-2"
    )
    assert closures(record(now, apart)) == (close_child(SIBLING),)
    assert not [need for need in next_steps(record(now, apart)) if need.clause == "SD-23a"]


@pytest.mark.clause("SD-23a")
def test_who_records_that_nobody_knows_where_a_child_lives_reads_whom_to_ring_now() -> None:
    now = record(before_the_decision(lives_with=False), decided_as(LOST, CLOSES))
    note = now.receipts[-1].note or ""
    assert note.startswith(f"It is not known where {CHILD} lives: follow the missing-family procedure, and ring Duty")
    assert note.endswith("999.")
    assert record(before_the_decision(), decided_as(CLOSES)).receipts[-1].note is None


def shown(now: StepDownFacts, *asked: Letter) -> LetterToRead:
    """The letter as it is read; without one, what is proposed for the mother."""
    return to_read(now, LettersAsked(letters=asked)).letters[0]


@pytest.mark.clause("SD-33b")
def test_nothing_is_posted_to_the_home_of_a_child_of_whom_nobody_knows_where_it_lives() -> None:
    ways = {"ways": [{"by": "post", "to": "9 Old Lane"}, {"by": "email", "to": "mother@home.example"}]}
    now = record(
        before_the_decision(contact=ways), decided_as(LOST, child_decision(SIBLING, Decision.STAYS_WITH_SOCIAL_WORK))
    )
    answer = refused(now, letters(by_post("letter-1", CHILD, SIBLING)))
    assert (answer.clause, answer.field) == ("SD-33b", "letters.0")
    assert record(now, letters(letter("letter-1", CHILD, SIBLING))).letters
    assert LOST_HOME in shown(now, by_post("letter-1", CHILD, SIBLING)).notes
    assert shown(now).letter.by is Channel.EMAIL
    known = child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=True)
    found = record(now, decided_as(known, step_id="found", corrects="record_decisions"))
    assert record(found, letters(by_post("letter-1", CHILD, SIBLING))).letters


@pytest.mark.clause("SD-23a")
def test_where_a_child_went_belongs_to_no_other_decision_and_lies_not_ahead() -> None:
    with pytest.raises(
        ValidationError, match="moved: say which authority has the child now only for a child who has moved"
    ):
        child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, moved=KNOWN)
    with pytest.raises(ValidationError, match="sent_on, confirmed_on, conference_held_on: this day is in the future"):
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
