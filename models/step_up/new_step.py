"""A step of a referral in which everything that is known stands, and an empty place for each word of a person."""

from typing import Any

from models.journey.new_step import NewStep, Offered, of_the_service, places, somebody, written
from models.journey.steps import ReportSignificantHarm, Step
from models.step_up.facts import StepUpFacts
from models.step_up.stages.assessment import MAY_BE_UNSAFE
from models.step_up.start import ParentsAsked
from models.step_up.steps.assessment import (
    AnswerDisagreement,
    CancelReferral,
    ChildAssessed,
    RecordAssessmentOutcome,
    RecordReferrerTold,
    RecordSocialWorker,
)
from models.step_up.steps.contact import RecordContact
from models.step_up.steps.decision import RecordContactOutcome
from models.vocabulary import Role

OFFERED: Offered = {
    ParentsAsked: ("asked", "agreed", "not_asked_because", "not_told_because"),
    RecordContact: ("parents",),
    RecordContactOutcome: ("because",),
    ChildAssessed: ("needs_remain", "advised"),
    RecordReferrerTold: ("said", "how"),
    ReportSignificantHarm: ("spoken_to",),
}

OF_EARLY_HELP = frozenset({RecordContact, ReportSignificantHarm, CancelReferral})
"""What the service that stays with the children records first of all, though Duty and Advice may, too."""


def new_step(facts: StepUpFacts, kind: type[Step]) -> NewStep:
    """The step, with everything that is known of this referral."""
    said = places(facts, kind, OFFERED, _meant(facts, kind))
    if kind is RecordContact and facts.parents is not None:
        del said["parents"]
    if kind is RecordReferrerTold and facts.request.referrer.kind in MAY_BE_UNSAFE:
        said["said_safe_by"] = None
    if kind is RecordAssessmentOutcome and facts.request.early_help_assessment is not None:
        said["early_help_assessment"] = facts.request.early_help_assessment
    if kind is AnswerDisagreement:
        said["of"] = next((one.step_id for one in (*facts.unsettled(answers=1), *facts.unsettled(answers=0))), None)
    return written(kind, _actor(facts, kind), said)


def _meant(facts: StepUpFacts, kind: type[Step]) -> tuple[str, ...]:
    """The children of whom it is still to be said; all of them, where it was said of each."""
    still: dict[type[Step], tuple[str, ...]] = {
        RecordContactOutcome: facts.undecided,
        RecordAssessmentOutcome: facts.unassessed,
        RecordSocialWorker: facts.without_social_worker,
    }
    return still.get(kind) or facts.child_refs


def _actor(facts: StepUpFacts, kind: type[Step]) -> dict[str, Any]:
    """Duty and Advice, or the service that stays with the children, where they may record it."""
    if kind not in OF_EARLY_HELP and Role.DUTY_AND_ADVICE in kind.recorded_by:
        return somebody((Role.DUTY_AND_ADVICE,))
    if Role.EARLY_HELP_SERVICE in kind.recorded_by:
        return of_the_service(facts, Role.EARLY_HELP_SERVICE)
    return somebody(kind.recorded_by)
