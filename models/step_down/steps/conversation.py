"""The conversation with the contact of the Early Help service: asked for, answered, held (SD-06…08, SD-12…14)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import model_validator

from models.journey.steps import Step
from models.services import ContactKind
from models.vocabulary import Frozen, Listed, Moment, Narrative, Ref, Role, local_time


class ResponseKind(StrEnum):
    """The kind of Early Help response (SD-27)."""

    MULTI_AGENCY_PLAN = "multi_agency_plan"
    SINGLE_AGENCY = "single_agency"
    UNIVERSAL_SERVICES = "universal_services"
    """No Early Help plan or response is needed (SD-32)."""

    @property
    def words(self) -> str:
        """The response, as professionals say it."""
        return {
            "multi_agency_plan": "an Early Help plan of several agencies",
            "single_agency": "a response by one agency",
            "universal_services": "universal services only",
        }[self.value]


class AgreedChild(Frozen):
    """What the conversation agreed for one child (SD-08, SD-13, SD-27)."""

    ref: Ref
    agreed: bool
    priorities: Narrative | None = None
    """What comes first; the family reads it word for word, each parent in their own letter (SD-33)."""
    realistic_start: date | None = None
    """From when on support is there; a day to come."""
    start_not_known_because: Narrative | None = None
    """Why nobody can say that yet."""
    response: ResponseKind | None = None
    reason: Narrative | None = None

    @model_validator(mode="after")
    def _says_what_was_agreed(self) -> "AgreedChild":
        if self.agreed and self.priorities is None:
            raise ValueError("priorities: say what comes first for each child who is agreed (SD-13)")
        if self.agreed and (self.realistic_start is None) == (self.start_not_known_because is None):
            raise ValueError(
                "realistic_start: say from which day on support can be there, or why that is not known yet, and not "
                "both (SD-13)"
            )
        if self.agreed and self.response is None:
            raise ValueError("response: the kind of response is recorded for each child (SD-27)")
        if self.agreed and self.response is ResponseKind.UNIVERSAL_SERVICES:
            raise ValueError("agreed: a child for whom universal services are enough is not passed on (SD-32)")
        if not self.agreed and self.reason is None:
            raise ValueError("reason: say why the child was not agreed (SD-08)")
        return self


class AnswerRequest(Step):
    """The contact's answer to the request: a date for the conversation, or why it is not for them (SD-07)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.EARLY_HELP_CONTACT})
    does: ClassVar[str] = "answered the request for the conversation"
    step: Literal["answer_request"] = "answer_request"
    contact: Ref
    conversation_at: Moment | None = None
    not_us_because: Narrative | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "AnswerRequest":
        if (self.conversation_at is None) == (self.not_us_because is None):
            raise ValueError(
                "conversation_at: give a date, or say why it is not for this service, and not both (SD-07)"
            )
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"on {local_time(self.conversation_at)}" if self.conversation_at else "not for this service"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.not_us_because


class RecordContactConversation(Step):
    """The conversation with the contact of the Early Help service (SD-07, SD-08, SD-12…14)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.EARLY_HELP_CONTACT})
    does: ClassVar[str] = "recorded the conversation with the Early Help contact"
    is_evidence: ClassVar[bool] = True
    step: Literal["record_contact_conversation"] = "record_contact_conversation"
    contact: Ref
    contact_kind: ContactKind | None = None
    """Who the contact is (SD-06); without it, whoever the directory says."""
    appropriate: bool
    reason: Narrative | None = None
    shared_understanding: Narrative | None = None
    plan_needed: bool | None = None
    children: Listed[AgreedChild] = ()

    @model_validator(mode="after")
    def _complete(self) -> "RecordContactConversation":
        if not self.appropriate and self.reason is None:
            raise ValueError("reason: say why the referral is not appropriate (SD-07)")
        if self.appropriate and not self.children:
            raise ValueError("children: say for each child whether it was agreed (SD-08)")
        if self.appropriate and self.shared_understanding is None:
            raise ValueError("shared_understanding: record the understanding of outcomes and recommendations (SD-12)")
        if self.appropriate and self.plan_needed is None:
            raise ValueError("plan_needed: record whether an Early Help plan is needed (SD-14)")
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        if not self.appropriate:
            return "not appropriate"
        agreed = ", ".join(f"{child.ref} {'agreed' if child.agreed else 'not agreed'}" for child in self.children)
        return f"appropriate; {agreed}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.reason
