"""What the assessment came to, who has the children then, and who disagrees (SU-05…SU-08)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import model_validator

from models.journey.given import GiveToService
from models.journey.referrer import ReferrerTold
from models.journey.steps import EVERYBODY, Cancel, Step
from models.step_up.steps.contact import EARLY_HELP, FRONT_DOOR
from models.vocabulary import ChildRef, Frozen, Moment, Narrative, NonEmpty, Ref, Role, local_time

ASSESSES = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
ANSWERS = frozenset({Role.TEAM_MANAGER, Role.SAFEGUARDING_LEAD, Role.TARGETED_SERVICES_LEADER, Role.HEAD_OF_SERVICE})


class Assessed(StrEnum):
    """What a Child and Family Single Assessment comes to for a child (SU-06)."""

    CHILD_IN_NEED = "child_in_need"
    CHILD_PROTECTION = "child_protection"
    LOOKED_AFTER_SHORT = "looked_after_short"
    LOOKED_AFTER_LONG = "looked_after_long"
    NO_SOCIAL_WORK = "no_social_work"

    @property
    def words(self) -> str:
        """What it comes to, as people say it."""
        return {
            "child_in_need": "a Child in Need plan",
            "child_protection": "a Child Protection plan",
            "looked_after_short": "protective action: looked after for a short term",
            "looked_after_long": "protective action: looked after for longer",
            "no_social_work": "no ongoing social work",
        }[self.value]


class ChildAssessed(Frozen):
    """What it came to for one child."""

    ref: Ref
    outcome: Assessed
    needs_remain: bool | None = None
    """Without ongoing social work: needs remain that Early Help may meet (SU-07)."""
    advised: Narrative | None = None
    """Without it: how the Early Help practitioner was advised to reach universal and targeted services (SU-06)."""

    @property
    def words(self) -> str:
        """What it came to, in words."""
        return f"{self.outcome.words}; needs remain" if self.needs_remain else self.outcome.words

    @model_validator(mode="after")
    def _who_goes_on(self) -> "ChildAssessed":
        ends = self.outcome is Assessed.NO_SOCIAL_WORK
        if ends != (self.needs_remain is not None):
            raise ValueError(
                "needs_remain: without ongoing social work say whether needs remain, and only then (SU-07)"
            )
        if ends != (self.advised is not None):
            raise ValueError(
                "advised: without ongoing social work say how Early Help was advised to reach other services, and only "
                "then (SU-06)"
            )
        return self


class RecordAssessmentOutcome(Step):
    """What the assessment, or an emergency response, came to for each child (SU-06)."""

    recorded_by: ClassVar[frozenset[Role]] = ASSESSES
    brings_team: ClassVar[bool] = True
    does: ClassVar[str] = "recorded what the assessment came to"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_assessment_outcome"] = "record_assessment_outcome"
    children: NonEmpty[ChildAssessed]
    early_help_assessment: Ref | None = None
    """The registered Early Help assessment that it rests on, by where it is kept (SU-05)."""
    because: Narrative

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        rests = f"; rests on {self.early_help_assessment}" if self.early_help_assessment else ""
        return f"{'; '.join(f'{child.ref} {child.words}' for child in self.children)}{rests}"

    @property
    def own_words(self) -> str:
        """Why, and what Early Help was advised."""
        advised = (f"{child.ref}, advised: {child.advised}" for child in self.children if child.advised)
        return "\n".join((self.because, *advised))


class RecordSocialWorker(Step):
    """A named social worker has taken children over; until then Early Help stays with them (SU-08)."""

    recorded_by: ClassVar[frozenset[Role]] = ASSESSES
    brings_team: ClassVar[bool] = True
    does: ClassVar[str] = "recorded which social worker has taken over"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_social_worker"] = "record_social_worker"
    children: NonEmpty[ChildRef]
    social_worker: Ref
    taken_over_at: Moment

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"{self.social_worker} has {', '.join(self.children_named())} from {local_time(self.taken_over_at)}"

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """They have taken over."""
        return {**super().happened, "taken_over_at": self.taken_over_at}


class RecordDisagreement(Step):
    """Somebody disagrees with what was decided, or that nothing was; nothing waits for that (SU-08)."""

    recorded_by: ClassVar[frozenset[Role]] = EVERYBODY
    does: ClassVar[str] = "disagreed"
    goes_on: ClassVar[bool] = True
    keeps_safe: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_disagreement"] = "record_disagreement"
    because: Narrative
    """With what, why, and what they want instead."""

    @property
    def own_words(self) -> str:
        """What they said."""
        return self.because


class AnswerDisagreement(Step):
    """A manager, and above them the head of service, answers somebody who disagrees (SU-08)."""

    recorded_by: ClassVar[frozenset[Role]] = ANSWERS
    counts_as: ClassVar[frozenset[Role]] = ANSWERS
    does: ClassVar[str] = "answered a disagreement"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["answer_disagreement"] = "answer_disagreement"
    of: Ref
    """The disagreement, by its ``step_id``."""
    settled: bool
    """Whoever disagrees accepts it; otherwise it goes up to the head of service."""
    because: Narrative

    @property
    def answers(self) -> str:
        """That disagreement."""
        return self.of

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return "it is settled" if self.settled else "it is not settled"

    @property
    def own_words(self) -> str:
        """What was said."""
        return self.because


class RecordReferrerTold(ReferrerTold):
    """Whoever was worried has heard what came of it (SU-06); or why not (ER-14)."""

    recorded_by: ClassVar[frozenset[Role]] = FRONT_DOOR | EARLY_HELP
    step: Literal["record_referrer_told"] = "record_referrer_told"


class Reassign(GiveToService):
    """Another Early Help service stays with the children until a social worker takes over (SU-08)."""

    recorded_by: ClassVar[frozenset[Role]] = FRONT_DOOR | EARLY_HELP
    does: ClassVar[str] = "gave the referral to another Early Help service"
    step: Literal["reassign"] = "reassign"


class CancelReferral(Cancel):
    """The referral is cancelled before anything was decided."""

    recorded_by: ClassVar[frozenset[Role]] = FRONT_DOOR | EARLY_HELP | {Role.OPERATIONS}
    does: ClassVar[str] = "cancelled the referral"
