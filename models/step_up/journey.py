"""The referral to Children's Social Work, as its tables."""

from models.journey import harm
from models.journey.answers import NOT_ASKED_FOR, ChildState
from models.journey.harm_outcome import HarmOutcome
from models.journey.rows import Correction, Journey, Note
from models.journey.status import also_in
from models.journey.steps import Cancel, ReportsHarm, Step
from models.step_up.facts import Recorded, StepUpFacts
from models.step_up.linked import not_known_there, offer
from models.step_up.stage import Outcome, Stage
from models.step_up.stages import any_time, assessment, contact, contact_outcome
from models.step_up.start import Referral
from models.step_up.steps.assessment import ChildAssessed, RecordAssessmentOutcome
from models.step_up.steps.contact import RecordContact
from models.step_up.steps.decision import RecordContactOutcome
from models.step_up.steps.every import STEPS
from models.step_up.waits import COUNTED_FROM

MEANWHILE = "Early Help stays with the children meanwhile; nobody's agreement is needed to protect them."
"""What is said beside the numbers to whoever reports harm (SU-01a, SU-08)."""


def outcome(facts: StepUpFacts) -> Outcome:
    """How it ended: by the child who needs most."""
    if facts.cancelled is not None:
        return Outcome.CANCELLED
    if any(map(facts.has_social_work, facts.child_refs)):
        return Outcome.SOCIAL_WORK
    if any(map(facts.goes_further, facts.child_refs)):
        return Outcome.NO_SOCIAL_WORK
    said = (facts.contact_outcome(ref) for ref in facts.child_refs)
    early_help = any(one is not None and HarmOutcome.EARLY_HELP in one.outcomes for one in said)
    return Outcome.EARLY_HELP if early_help else Outcome.ADVICE


def _assessed(facts: StepUpFacts, said: ChildAssessed) -> str:
    """SU-07: where needs remain, with how a step-down is begun out of it."""
    offered = f"; for a step-down: transfers start --out-of {facts.request.id}" if said.needs_remain else ""
    return f"{said.words}{offered}"


def child_states(facts: StepUpFacts, ref: str) -> tuple[ChildState, ...]:
    """What the contact and the assessment came to for the child, who has them now, and where else they are referred."""
    said, assessed, worker = facts.contact_outcome(ref), facts.assessed(ref), facts.social_worker_of(ref)
    return (
        ChildState(
            name="contact_outcome",
            title="the contact came to",
            value=" ".join(said.outcomes) if said else None,
            words=said.words if said else "not said yet",
        ),
        ChildState(
            name="assessed",
            title="the assessment came to",
            value=assessed.outcome if assessed else None,
            words=_assessed(facts, assessed) if assessed else NOT_ASKED_FOR,
        ),
        ChildState(
            name="with",
            title="stays with",
            value=worker,
            words=f"social worker {facts.called(worker)}" if worker else _stays(facts, ref),
        ),
        also_in(facts, ref, "also in"),
    )


def _stays(facts: StepUpFacts, ref: str) -> str:
    """SU-08: with whom a child is whom no named social worker has."""
    ends = facts.assessed(ref) is not None and not facts.has_social_work(ref)
    goes_no_further = facts.outcome_step(ref) is not None and not facts.goes_further(ref)
    until = "" if ends or goes_no_further or not facts.goes_on else ", until a social worker takes over"
    return f"Early Help ({facts.service_name(facts.service_ref)}){until}"


def _ring(facts: StepUpFacts, step: Step) -> str | None:
    """SU-01: the numbers stand in every answer; a report of harm has them already."""
    return None if isinstance(step, ReportsHarm) and step.at_risk else facts.policy.phones.words


STEP_UP = Journey[StepUpFacts](
    kind=Referral.kind,
    steps=STEPS,
    stages={
        Stage.CONTACT: contact.ROWS,
        Stage.CONTACT_OUTCOME: contact_outcome.ROWS,
        Stage.ASSESSMENT: assessment.ROWS,
        Stage.CLOSED: (),
    },
    any_time=any_time.ROWS,
    corrections={
        RecordContactOutcome: Correction(lambda f, s: (f.outcome_step(ref) for ref in s.children_named())),
        RecordAssessmentOutcome: Correction(
            lambda f, s: (f.last_of(RecordAssessmentOutcome, ref) for ref in s.children_named() if f.assessed(ref))
        ),
    },
    turns_away=lambda _, step: isinstance(step, Cancel),
    entry=lambda _, recorded: Recorded(**dict(recorded)),
    raisings=(),
    notes=(
        Note(ReportsHarm, harm.ToldAtOnce(RecordContact, MEANWHILE)),
        Note(Step, _ring),
        Note(RecordAssessmentOutcome, offer),
        Note(Step, not_known_there),
    ),
    waiting=lambda _, __: (),
    counted_from=COUNTED_FROM,
    answers={},
    child_states=child_states,
    receiver=lambda _, __: None,
    documents_outside=lambda _: (),
    reasons_outside=lambda _: (),
    outcome=outcome,
)
