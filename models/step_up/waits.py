"""What a referral waits for, and from when."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from models.journey import harm
from models.journey.rows import Waiting
from models.kinds import ClockKind
from models.step_up.facts import StepUpFacts


def _contact_outcomes(facts: StepUpFacts, now: datetime) -> Iterator[Waiting]:
    """SU-03: from when somebody was spoken to; a new report of harm asks anew, with a time of its own."""
    waiting = [report for report in facts.harm_reports if {*report.at_risk} & {*facts.undecided}]
    for report in waiting:
        first, call = harm.first_said(facts, report), facts.spoken_to(report)
        since = call.at if call is not None else first.accepted_at
        yield Waiting(ClockKind.CONTACT_OUTCOME, f"report-{first.step.step_id}", min(now, max(since, facts.began_at)))
    if not waiting:
        calls = (facts.call_about(ref) for ref in facts.undecided)
        first_call = min((call.at for call in calls if call is not None), default=facts.began_at)
        yield Waiting(ClockKind.CONTACT_OUTCOME, "", min(now, max(first_call, facts.began_at)))


def _assessments(facts: StepUpFacts, now: datetime) -> Iterator[Waiting]:
    """SU-06: from when it was said first that an assessment is made; what is said beside it gives no new time."""
    steps = (facts.still_open(ref)[0] for ref in facts.unassessed)
    for step in dict.fromkeys(steps):
        yield Waiting(ClockKind.ASSESSMENT, f"outcome-{step.step_id}", min(now, max(step.said_at, facts.began_at)))


def _disagreements(facts: StepUpFacts, now: datetime) -> Iterator[Waiting]:
    """SU-08: each level has its own time."""
    for answers in (0, 1):
        for step in facts.unsettled(answers=answers):
            yield Waiting(ClockKind.DISAGREEMENT, f"{('manager', 'head')[answers]}-{step.step_id}", now)


COUNTED_FROM: Mapping[ClockKind, Callable[[StepUpFacts, datetime], Iterator[Waiting]]] = {
    ClockKind.CONTACT_OUTCOME: _contact_outcomes,
    ClockKind.ASSESSMENT: _assessments,
    ClockKind.DISAGREEMENT: _disagreements,
}
"""What is not counted from when it began to be missing."""
