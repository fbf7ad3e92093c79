"""What a referral tells the journey out of which it was opened (SU-01, SD-39)."""

from models.effects import Effect
from models.journey.harm_outcome import AssessmentEnd, ChildHarmOutcome, HarmContact, HarmOutcome, RecordHarmOutcome
from models.journey.steps import ReportSignificantHarm, Step
from models.kinds import JourneyKind
from models.links.words import head
from models.step_up.facts import GOES_FURTHER, StepUpFacts
from models.step_up.steps.assessment import Assessed, RecordAssessmentOutcome
from models.step_up.steps.decision import RecordContactOutcome
from models.vocabulary import Actor, Role


def told_back(facts: StepUpFacts, effect: Effect) -> RecordHarmOutcome | ReportSignificantHarm:
    """The step by which it is told of the one that the effect names."""
    step, said = head(facts, effect)
    of_outcome = isinstance(step, RecordContactOutcome | RecordAssessmentOutcome)
    if of_outcome and effect.journey is JourneyKind.STEP_DOWN:
        return _outcome(facts, step, said)
    return _who_was_spoken_to(facts, step, said)


def _who_was_spoken_to(facts: StepUpFacts, step: Step, said: dict[str, object]) -> ReportSignificantHarm:
    """The report that opened the referral, with that, as its correction."""
    start = facts.request
    about = {"children": start.children, "concern": start.concern, "spoken_to": getattr(step, "spoken_to", None)}
    corrects = start.out_of.step if start.out_of is not None else None
    return ReportSignificantHarm.model_validate({**said, **about, "corrects": corrects})


def _outcome(facts: StepUpFacts, step: Step, said: dict[str, object]) -> RecordHarmOutcome:
    """Of the children of whom the journey knows; the manager of its team lifts the stop by an act of their own."""
    if step.actor.role is Role.TEAM_MANAGER:
        said = {**said, "actor": Actor(id=step.actor.id, role=Role.SOCIAL_WORKER, team=step.actor.team)}
    known = [child.ref for child in facts.request.children if step.names(child.ref)]
    if isinstance(step, RecordContactOutcome):
        children = [one.model_dump() for one in step.children if one.ref in known]
        # The worker whom a child has by now is no worker of the case that the step-down has closed.
        heard = HarmContact.DUTY_AND_ADVICE if step.heard_from is HarmContact.ALLOCATED_WORKER else step.heard_from
        who = {"heard_from": heard, "said_by": step.said_by, "said_at": step.said_at}
    else:
        children = [_assessed(facts, step, child).model_dump() for child in known]
        # Whoever assessed says so; a child whose case is closed has no worker of its own.
        who = {"heard_from": HarmContact.DUTY_AND_ADVICE, "said_by": step.who, "said_at": step.occurred_at}
    return RecordHarmOutcome.model_validate({**said, **who, "children": children})


def _assessed(facts: StepUpFacts, step: Step, child: str) -> ChildHarmOutcome:
    """SU-06: an emergency response stays said beside the assessment that has ended."""
    before = (one for one in facts.all_of(RecordContactOutcome, child) if facts.came_after(step, one))
    said = {outcome for one in before for it in one.children if it.ref == child for outcome in it.outcomes}
    outcomes = [one for one in HarmOutcome if one in (said & GOES_FURTHER) | {HarmOutcome.SINGLE_ASSESSMENT}]
    ends = {one.ref: one.outcome for one in getattr(step, "children", ())}[child] is Assessed.NO_SOCIAL_WORK
    ended = AssessmentEnd.NO_SOCIAL_WORK if ends else AssessmentEnd.SOCIAL_WORK
    return ChildHarmOutcome(ref=child, outcomes=tuple(outcomes), assessment_ended=ended)
