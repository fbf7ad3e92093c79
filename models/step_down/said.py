"""What the steps of a step-down are made of: what was said of each child, by whom, to whom; each carries its clause."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.vocabulary import Actor, EmailAddress, Frozen, Narrative, Ref


class HolderAnswer(StrEnum):
    """What a person with parental responsibility said."""

    AGREED = "agreed"
    REFUSED = "refused"
    ABSENT = "absent"
    UNSAFE_TO_CONTACT = "unsafe_to_contact"
    NAMED_BY_MISTAKE = "named_by_mistake"
    """An earlier record named a person who holds no parental responsibility, or named them wrongly."""

    @property
    def words(self) -> str:
        """The answer as people say it."""
        return {
            "agreed": "agreed",
            "refused": "objected",
            "absent": "was not asked, being absent",
            "unsafe_to_contact": "was not asked, being unsafe to contact",
            "named_by_mistake": "was named by mistake",
        }[self.value]


class Holder(Frozen):
    """One person with parental responsibility for the child."""

    who: Narrative
    cares_for_child: bool
    answer: HolderAnswer
    because: Narrative | None = None

    @model_validator(mode="after")
    def _reason_where_not_asked(self) -> "Holder":
        if self.answer not in {HolderAnswer.AGREED, HolderAnswer.REFUSED} and self.because is None:
            raise ValueError("because: say why this person was not asked, or was named by mistake (SD-09)")
        return self

    def is_named_like(self, other: "Holder") -> bool:
        """Whether both are the same person, as far as what they are called says it."""
        return "".join(self.who.split()).casefold() == "".join(other.who.split()).casefold()


class VoiceKind(StrEnum):
    """How the child was asked, as age and understanding allow."""

    OWN_CONSENT = "own_consent"
    """16 or 17."""
    JUDGED_COMPETENT = "judged_competent"
    VIEWS = "views"


class ChildVoice(Frozen):
    """What the child said: own consent, own agreement, or views, or why they were not obtained."""

    kind: VoiceKind
    agreed: bool | None = None
    views: Narrative | None = None
    not_obtained_because: Narrative | None = None

    @property
    def words(self) -> str:
        """What the child said, as people say it."""
        if self.agreed is not None:
            return "the child agreed" if self.agreed else "the child said no"
        return "the child was asked" if self.views else "the child was not asked"

    @model_validator(mode="after")
    def _answered(self) -> "ChildVoice":
        if self.kind is VoiceKind.VIEWS:
            if self.views is None and self.not_obtained_because is None:
                raise ValueError("views: give the child's views, or not_obtained_because (SD-09)")
            if self.agreed is not None:
                raise ValueError("agreed: only a young person who can consent says yes or no (SD-09)")
        elif self.agreed is None:
            raise ValueError("agreed: a young person who can consent answers yes or no (SD-09)")
        return self


class ManagerDecision(Frozen):
    """What the team manager decided where those with parental responsibility disagree (SD-09)."""

    by: Actor
    goes_on: bool
    """Consent stands in spite of the objection."""
    because: Narrative

    @property
    def words(self) -> str:
        """The decision as people say it."""
        return f"{self.by.words} decided that it {'goes on' if self.goes_on else 'does not go on'}: {self.because}"


class ChildConsent(Frozen):
    """Consent for one child."""

    ref: Ref
    holders: Annotated[tuple[Holder, ...], Field(min_length=1)]
    voice: ChildVoice
    manager_decision: ManagerDecision | None = None

    @model_validator(mode="after")
    def _decided_where_disputed(self) -> "ChildConsent":
        if self.manager_decision is not None and not (self._carer_agrees and self._somebody_objects):
            raise ValueError(
                "manager_decision: is for a child about whom a carer agrees and another holder objects (SD-09)"
            )
        return self

    @property
    def words(self) -> str:
        """Who said what, as people read it."""
        said = [*(f"{h.who} {h.answer.words}" for h in self.holders), self.voice.words]
        return "; ".join([*said, *([self.manager_decision.words] if self.manager_decision else [])])

    @property
    def disputed(self) -> bool:
        """SD-09: a carer agrees, somebody else objects, and the team manager has not decided.

        The no of a child who can consent is no dispute.
        """
        return self._carer_agrees and self._somebody_objects and self._child_may_go and self.manager_decision is None

    @property
    def stands(self) -> bool:
        """SD-09: a carer with parental responsibility agrees, no known holder objects, a competent child agrees.

        Where holders disagree, the team manager decides; a competent child's no is overridden by nobody.
        """
        if not self._carer_agrees or not self._child_may_go:
            return False
        if self._somebody_objects:
            return self.manager_decision is not None and self.manager_decision.goes_on
        return True

    @property
    def _carer_agrees(self) -> bool:
        return any(h.cares_for_child and h.answer is HolderAnswer.AGREED for h in self.holders)

    @property
    def _somebody_objects(self) -> bool:
        return any(h.answer is HolderAnswer.REFUSED for h in self.holders)

    @property
    def _child_may_go(self) -> bool:
        return self.voice.agreed is not False


class Shareable(StrEnum):
    """What a family may agree to have shared with the service."""

    ASSESSMENT = "assessment"
    PLAN = "plan"
    ADVICE_SUMMARY = "advice_summary"

    @property
    def words(self) -> str:
        """What is shared, as people say it."""
        return {"advice_summary": "the summary of advice"}.get(self.value, f"the {self.value}")


class WithoutDocument(Frozen):
    """Support goes on although the document is not agreed, and is not sent (SD-10a)."""

    family_consents: Literal[True]
    authorised_by: Actor
    """The team manager."""


class ResponseKind(StrEnum):
    """The kind of Early Help response (SD-27)."""

    MULTI_AGENCY_PLAN = "multi_agency_plan"
    SINGLE_AGENCY = "single_agency"
    UNIVERSAL_SERVICES = "universal_services"
    """No Early Help plan or response is needed (SD-32)."""


class AgreedChild(Frozen):
    """What the conversation agreed for one child (SD-08, SD-13, SD-27)."""

    ref: Ref
    agreed: bool
    priorities: Narrative | None = None
    realistic_start: date | None = None
    response: ResponseKind | None = None
    reason: Narrative | None = None

    @model_validator(mode="after")
    def _says_what_was_agreed(self) -> "AgreedChild":
        if self.agreed and (self.priorities is None or self.realistic_start is None):
            raise ValueError(
                "priorities, realistic_start: agreed priorities and a realistic start are recorded (SD-13)"
            )
        if self.agreed and self.response is None:
            raise ValueError("response: the kind of response is recorded for each child (SD-27)")
        if self.agreed and self.response is ResponseKind.UNIVERSAL_SERVICES:
            raise ValueError("agreed: a child for whom universal services suffice is not passed on (SD-32)")
        if not self.agreed and self.reason is None:
            raise ValueError("reason: say why the child was not agreed (SD-08)")
        return self


class MeetingOutcome(StrEnum):
    """What the final meeting said of one child (SD-19)."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    PLAN_CONTINUES = "plan_continues"
    UNIVERSAL_SERVICES = "universal_services"
    """Universal services are enough (SD-32)."""
    ADJOURNED = "adjourned"

    @property
    def words(self) -> str:
        """The outcome as people say it."""
        return {
            "agreed": "transfer agreed",
            "not_agreed": "transfer not agreed",
            "plan_continues": "the plan goes on",
            "universal_services": "universal services are enough",
            "adjourned": "adjourned",
        }[self.value]


class ChildAtMeeting(Frozen):
    """What the final meeting said of one child (SD-19)."""

    ref: Ref
    outcome: MeetingOutcome
    reason: Narrative | None = None

    def lets(self, decision: "Decision") -> bool:
        """Whether a child of whom this was said last may be decided so."""
        match decision:
            case Decision.TRANSFER:
                return self.outcome is MeetingOutcome.AGREED
            case Decision.UNIVERSAL_ONLY:
                return self.outcome not in {MeetingOutcome.NOT_AGREED, MeetingOutcome.PLAN_CONTINUES}
            case Decision.NO_FURTHER_SUPPORT:
                return self.outcome in {MeetingOutcome.AGREED, MeetingOutcome.ADJOURNED}
            case _:
                return True

    @model_validator(mode="after")
    def _reason_where_not_agreed(self) -> "ChildAtMeeting":
        if self.outcome is not MeetingOutcome.AGREED and self.reason is None:
            raise ValueError("reason: say why the transfer was not agreed for this child (SD-19)")
        return self


class Part(Frozen):
    """One part of the summary of advice: the text, or why it was not obtained (SD-30)."""

    text: Narrative | None = None
    not_obtained_because: Narrative | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Part":
        if (self.text is None) == (self.not_obtained_because is None):
            raise ValueError("text: give the text, or not_obtained_because, and not both (SD-30)")
        return self

    @property
    def words(self) -> str:
        """The part as it stands in the summary."""
        return self.text or f"Not obtained, because {self.not_obtained_because}"


class ChildAdvice(Frozen):
    """The four parts of the summary of advice for one child (SD-30)."""

    ref: Ref
    reasons_for_end: Part
    practitioners_views: Part
    childs_views: Part
    carers_views: Part


class Decision(StrEnum):
    """What is decided for one child."""

    TRANSFER = "transfer"
    UNIVERSAL_ONLY = "universal_only"
    """Universal services suffice (SD-27, SD-32)."""
    NO_FURTHER_SUPPORT = "no_further_support"
    STAYS_WITH_SOCIAL_WORK = "stays_with_social_work"
    MOVED_AWAY = "moved_away"
    """The family lives in another council's area now."""

    @property
    def words(self) -> str:
        """The decision as people say it."""
        return {
            "transfer": "passes to Early Help",
            "universal_only": "closes, universal services only",
            "no_further_support": "closes, no further support",
            "stays_with_social_work": "stays with social work",
            "moved_away": "closes, moved away",
        }[self.value]


class ChildDecision(Frozen):
    """The decision for one child, with its reason."""

    ref: Ref
    decision: Decision
    because: Narrative


class LetterAudience(StrEnum):
    """Whom a letter is for."""

    FAMILY = "family"
    AGENCY = "agency"


class Letter(Frozen):
    """One letter to one recipient, to an address that is safe for this transfer, or why none is written (SD-33)."""

    letter_id: Ref
    audience: LetterAudience
    recipient: Narrative
    address: EmailAddress | None = None
    address_is_safe: bool = False
    text: Narrative | None = None
    """The text as approved; without it the standard letter is sent."""
    do_not_write_because: Narrative | None = None

    @property
    def words(self) -> str:
        """To whom, or why not."""
        return (
            f"to {self.recipient}" if self.address else f"to {self.recipient} none, because {self.do_not_write_because}"
        )

    @model_validator(mode="after")
    def _to_a_safe_address_or_not_at_all(self) -> "Letter":
        if self.do_not_write_because is None and (self.address is None or not self.address_is_safe):
            raise ValueError(
                "address, address_is_safe: give an address, and say true for address_is_safe; or say "
                "do_not_write_because (SD-33)"
            )
        if self.do_not_write_because is not None and self.address is not None:
            raise ValueError("do_not_write_because: a letter that is not written has no address (SD-33)")
        return self


class ChildAcknowledgement(Frozen):
    """The service's answer for one child."""

    ref: Ref
    accepted: bool
    reason: Narrative | None = None

    @model_validator(mode="after")
    def _reason_where_declined(self) -> "ChildAcknowledgement":
        if not self.accepted and self.reason is None:
            raise ValueError("reason: say why the service declines the child (SD-35)")
        return self


class CancelReason(StrEnum):
    """Why a transfer is called off."""

    OPENED_IN_ERROR = "opened_in_error"
    CIRCUMSTANCES_CHANGED = "circumstances_changed"
    SUPPORTED_ELSEWHERE = "supported_elsewhere"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as people say it."""
        return self.value.replace("_", " ")
