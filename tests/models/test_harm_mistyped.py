"""One mistake in a report of harm keeps nobody's danger untold, and no call counts that nobody made (SU-01)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention import CHILD_NOT_HERE, Resolution
from models.journey.steps import ReportSignificantHarm, SpokenTo
from models.kinds import ClockKind
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    decided,
    facts,
    facts_after,
    harm_outcome,
    harm_report,
    record,
    refused,
    resolution,
)
from tests.step_down import outcome, stage, status, update_clocks

pytestmark = pytest.mark.clause("SU-01")
MISTYPED = "chlid-a"
CALL = SpokenTo(who="the duty worker", at=NOW)
FIRST = harm_report(CHILD, SIBLING)


def note(now: StepDownFacts) -> str:
    return str(now.receipts[-1].note)


def asked(now: StepDownFacts) -> list[str]:
    return [item.problem for item in now.open_attention]


def reported(*reports: ReportSignificantHarm, now: StepDownFacts | None = None) -> StepDownFacts:
    now = now or facts(CHILD, SIBLING)
    for report in reports:
        now = record(now, report)
    return now


def standing(now: StepDownFacts) -> list[str]:
    return [report.step_id for report in now.harm_reports]


def unanswered(now: StepDownFacts) -> list[str]:
    return [report.step_id for report in now.nobody_spoken_to]


def test_a_child_who_is_not_here_beside_one_who_is_keeps_the_report_from_nobody() -> None:
    now = reported(harm_report(CHILD, MISTYPED))
    assert now.harm_stands
    assert f"Not in this transfer: {MISTYPED}." in note(now)
    assert "send the report again, as a correction of this one, with the right child" in note(now)
    assert "nothing is stopped for that child by this: report it where the child is, too" in note(now)
    assert asked(now) == [CHILD_NOT_HERE]
    assert ClockKind.SIGNIFICANT_HARM in {clock.kind for clock in update_clocks(now, NOW).open_clocks()}
    [entry] = [line for line in status(now).timeline if line.step_id == "report_significant_harm"]
    assert entry.children == (CHILD, MISTYPED), "what was written is kept as it was written"


def test_who_names_nobody_of_this_transfer_is_refused_and_named() -> None:
    said = refused(facts(CHILD, SIBLING), harm_report(MISTYPED))
    assert (said.field, said.child) == ("children.0.ref", MISTYPED)
    assert said.note is not None


def test_the_right_child_in_a_correction_ends_the_question_who_was_meant() -> None:
    right = harm_report(CHILD, SIBLING, step_id="right", corrects=FIRST.step_id, spoken_to=CALL)
    now = reported(harm_report(CHILD, MISTYPED), right)
    assert (standing(now), asked(now), unanswered(now)) == (["right"], [], [])
    assert "Not in this" not in note(now)


def test_whoever_only_leaves_out_the_mistyped_child_has_not_said_who_was_meant() -> None:
    fewer = harm_report(CHILD, step_id="fewer", corrects=FIRST.step_id, spoken_to=CALL)
    now = reported(harm_report(CHILD, MISTYPED), fewer)
    assert (standing(now), unanswered(now), asked(now)) == (
        [FIRST.step_id, "fewer"],
        [FIRST.step_id],
        [CHILD_NOT_HERE],
    )
    assert "leaves out a child of that report" in note(now)
    as_printed = harm_report(CHILD, MISTYPED, step_id="as-printed", corrects=FIRST.step_id, spoken_to=CALL)
    assert unanswered(record(now, as_printed)) == []


def test_who_is_meant_is_asked_once_of_a_child_and_again_of_another() -> None:
    first = harm_report(CHILD, MISTYPED)
    now = reported(first, first.model_copy(update={"step_id": "sent-twice"}))
    spoken = harm_report(CHILD, MISTYPED, step_id="spoken", corrects="sent-twice", spoken_to=CALL)
    now = record(now, spoken)
    assert (standing(now), asked(now)) == (["spoken"], [CHILD_NOT_HERE])
    another = harm_report(CHILD, MISTYPED, "another", step_id="another", corrects="spoken", spoken_to=CALL)
    assert asked(record(now, another)) == [CHILD_NOT_HERE] * 2


def test_the_transfer_does_not_end_before_somebody_knows_who_was_meant() -> None:
    heard = reported(harm_report(CHILD, MISTYPED, spoken_to=CALL), now=facts(CHILD))
    stays = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK})
    now = facts_after(harm_outcome(CHILD), stays, before=heard)
    assert (stage(now), outcome(now)) == (Stage.CONFIRMATION, None)
    right = facts_after(harm_report(CHILD, MISTYPED, step_id="again", corrects=FIRST.step_id), before=now)
    assert asked(right) == [CHILD_NOT_HERE], "nobody is asked twice about the same report"
    assert outcome(record(now, resolution("A1", Resolution.DONE_BY_HAND))) is Outcome.ESCALATED


def test_somebody_else_s_report_about_whoever_was_meant_is_asked_about_though_the_first_was_answered() -> None:
    answered = record(reported(harm_report(CHILD, MISTYPED)), resolution("A1", Resolution.DONE_BY_HAND))
    assert asked(answered) == []
    assert asked(record(answered, harm_report(CHILD, MISTYPED, step_id="other", concern="a burn"))) == [CHILD_NOT_HERE]


def test_a_call_about_the_known_child_alone_is_none_about_whoever_was_meant() -> None:
    now = reported(harm_report(CHILD, MISTYPED), harm_report(CHILD, step_id="other", spoken_to=CALL))
    assert unanswered(now) == [FIRST.step_id]
    told = harm_outcome(CHILD)
    assert unanswered(record(now, told)) == [FIRST.step_id]


def test_a_child_who_is_named_twice_is_named() -> None:
    assert harm_report(CHILD, CHILD).children_named() == (CHILD,)


@pytest.mark.parametrize("wrong", ["never-recorded", "record_exploration"])
def test_a_correction_of_what_is_no_report_is_a_report_and_says_so(wrong: str) -> None:
    now = reported(harm_report(CHILD, corrects=wrong))
    assert (standing(now), unanswered(now)) == ([FIRST.step_id], [FIRST.step_id])
    assert "it corrects no report that stands here" in note(now)
    [line] = [line for line in status(now).timeline if line.step_id == FIRST.step_id]
    assert "sent as a correction, and counts as a report of its own" in line.what


def test_a_correction_of_what_was_corrected_before_counts_beside_the_newer_one() -> None:
    newer = harm_report(
        CHILD, SIBLING, step_id="newer", corrects=FIRST.step_id, concern="a new injury", occurred_at=NOW
    )
    stale = harm_report(CHILD, step_id="stale", corrects=FIRST.step_id, spoken_to=SpokenTo(who="x", at=NOW - HOUR))
    now = reported(FIRST, newer, stale)
    assert standing(now) == ["newer", "stale"]
    assert unanswered(now) == ["newer"], "the call was made before the new injury"
    assert "what was reported before still stands" in note(now)


HOUR = timedelta(hours=1)


def test_a_correction_that_leaves_out_a_child_takes_back_nothing() -> None:
    now = reported(FIRST, harm_report(CHILD, step_id="fewer", corrects=FIRST.step_id, spoken_to=CALL))
    assert (standing(now), unanswered(now)) == ([FIRST.step_id, "fewer"], [FIRST.step_id])
    whole = harm_report(CHILD, SIBLING, step_id="whole", corrects=FIRST.step_id, spoken_to=CALL)
    assert standing(record(now, whole)) == ["fewer", "whole"], "the first one can still be corrected"


def test_it_is_a_new_risk_that_stops_again_what_was_lifted_before() -> None:
    now = reported(FIRST)
    fewer = record(now, harm_report(CHILD, step_id="fewer", corrects=FIRST.step_id))
    assert (now.harm_reported_after, fewer.harm_reported_after) == (1, 2)


NAMES = st.lists(st.sampled_from((CHILD, SIBLING, MISTYPED)), min_size=1, max_size=3)
SAID = st.lists(st.tuples(NAMES, st.integers(-1, 4), st.booleans()), min_size=1, max_size=5)


@settings(max_examples=100, deadline=None)
@given(SAID)
def test_whatever_is_mistyped_no_child_s_danger_is_lost_and_no_call_counts_for_a_child_whom_it_was_not_about(
    said: list[tuple[list[str], int, bool]],
) -> None:
    now = facts(CHILD, SIBLING)
    taken: list[ReportSignificantHarm] = []
    for number, (children, corrects, heard) in enumerate(said):
        report = harm_report(
            *children,
            step_id=f"r-{number}",
            corrects=None if corrects < 0 else f"r-{corrects}",
            concern=f"{number}",
            spoken_to=CALL if heard else None,
        )
        if {*children} == {MISTYPED}:
            refused(now, report)
            continue
        now = record(now, report)
        taken.append(report)
    standing = now.harm_reports
    here = {CHILD, SIBLING}
    assert {ref for one in standing for ref in one.at_risk} & here == {
        ref for one in taken for ref in one.at_risk
    } & here
    for child in here:
        if not any(report.spoken_to for report in taken if child in report.at_risk):
            assert {one.step_id for one in standing if child in one.at_risk} <= {
                one.step_id for one in now.nobody_spoken_to
            }
