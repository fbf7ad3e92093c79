"""What a contact about a risk of significant harm came to, child by child (SU-03, SU-06, SD-39)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from models.journey.steps import SpokenTo, Step
from models.vocabulary import Frozen, Moment, Narrative, NonEmpty, Ref, Role, local_time


class HarmContact(StrEnum):
    """Who said what it came to."""

    DUTY_AND_ADVICE = "duty_and_advice"
    EMERGENCY_DUTY_TEAM = "emergency_duty_team"
    ALLOCATED_WORKER = "allocated_worker"
    """The social worker or the team manager, to whom Duty and Advice sent the caller."""

    @property
    def words(self) -> str:
        """The contact as people say it."""
        return {
            "duty_and_advice": "Duty and Advice",
            "emergency_duty_team": "the emergency duty team",
            "allocated_worker": "the social worker or team manager who has the child",
        }[self.value]


class HarmOutcome(StrEnum):
    """What a contact may come to (SU-03)."""

    ADVICE_NO_REFERRAL = "advice_no_referral"
    EARLY_HELP = "early_help"
    SINGLE_ASSESSMENT = "single_assessment"
    EMERGENCY_RESPONSE = "emergency_response"

    @property
    def words(self) -> str:
        """The outcome as people say it."""
        return {
            "advice_no_referral": "advice, and no referral was accepted",
            "early_help": "an Early Help assessment and plan",
            "single_assessment": "a Child and Family Single Assessment",
            "emergency_response": "an immediate emergency response",
        }[self.value]


TOGETHER = frozenset({HarmOutcome.SINGLE_ASSESSMENT, HarmOutcome.EMERGENCY_RESPONSE})
"""What may come together; anything else stands alone."""


class AssessmentEnd(StrEnum):
    """How a Child and Family Single Assessment ended (SU-06)."""

    NO_SOCIAL_WORK = "no_social_work"
    SOCIAL_WORK = "social_work"

    @property
    def words(self) -> str:
        """The end as people say it."""
        return {
            "no_social_work": "which ended without social work",
            "social_work": "after which social work goes on",
        }[self.value]


class ContactOutcome(Frozen):
    """What a contact came to for one child (SU-03)."""

    ref: Ref
    outcomes: NonEmpty[HarmOutcome]

    @property
    def words(self) -> str:
        """What it came to, in words."""
        return " and ".join(outcome.words for outcome in self.outcomes)

    @model_validator(mode="after")
    def _what_goes_together(self) -> Self:
        said = {*self.outcomes}
        if len(said) != len(self.outcomes) or (len(said) > 1 and not said <= TOGETHER):
            raise ValueError(
                "outcomes: an emergency response may go with an assessment; any other stands alone (SU-03)"
            )
        return self


class ChildHarmOutcome(ContactOutcome):
    """What it came to for one child, with how an assessment ended."""

    assessment_ended: AssessmentEnd | None = None
    """Once the assessment has ended."""

    @property
    def comes_to_nothing(self) -> bool:
        """Neither a referral nor social work follows (SD-39)."""
        ended = self.assessment_ended is AssessmentEnd.NO_SOCIAL_WORK
        return ended or self.outcomes == (HarmOutcome.ADVICE_NO_REFERRAL,)

    @property
    def words(self) -> str:
        """What it came to, in words."""
        return f"{super().words}, {self.assessment_ended.words}" if self.assessment_ended else super().words

    @model_validator(mode="after")
    def _what_has_ended(self) -> Self:
        if self.assessment_ended is not None and HarmOutcome.SINGLE_ASSESSMENT not in self.outcomes:
            raise ValueError("assessment_ended: only an assessment that was made has ended (SU-06)")
        return self


class RecordHarmOutcome(Step):
    """What the contact about a risk of significant harm came to, for each child; the last word holds (SD-39).

    It lifts nothing: where it came to nothing, the team manager lifts the stop by their own act.
    """

    recorded_by: ClassVar[frozenset[Role]] = frozenset(
        {
            Role.SOCIAL_WORKER,
            Role.TEAM_MANAGER,
            Role.EARLY_HELP_CONTACT,
            Role.EARLY_HELP_SERVICE,
            Role.DUTY_AND_ADVICE,
            Role.EMERGENCY_DUTY_TEAM,
        }
    )
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded what the contact about a risk of significant harm came to"
    is_evidence: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    step: Literal["record_harm_outcome"] = "record_harm_outcome"
    heard_from: HarmContact
    said_by: Narrative
    """Who said so there, by name or office."""
    said_at: Moment
    children: NonEmpty[ChildHarmOutcome]

    @property
    def spoken_to(self) -> SpokenTo:
        """Somebody was spoken to, which is what every report waits for."""
        return SpokenTo(who=self.said_by, at=self.said_at)

    @property
    def needs_manager(self) -> bool:
        """The stop is the manager's to lift (SD-39)."""
        return any(child.comes_to_nothing for child in self.children)

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        said = "; ".join(f"{child.ref} {child.words}" for child in self.children)
        return f"{said}; by {self.heard_from.words} on {local_time(self.said_at)}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return f"Said by: {self.said_by}"

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """What it came to was said before."""
        return {**super().happened, "said_at": self.said_at}
