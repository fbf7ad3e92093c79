"""First contact: when support begins, who saw each child, and what becomes of a child who was not seen (SD-37)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import model_validator

from models.journey.steps import SpokenTo, Step
from models.vocabulary import Frozen, Narrative, NonEmpty, Ref, Role, day_words


class Became(StrEnum):
    """What became of the first contact with one child."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    """Nobody saw the child: no answer at the door, not there, a visit that was missed."""
    REFUSED = "refused"
    """The family, or the young person, does not want it."""
    WAITING = "waiting"
    """The service cannot begin yet."""

    @property
    def words(self) -> str:
        """As people say it."""
        return {"seen": "seen", "not_seen": "not seen", "refused": "refused", "waiting": "has to wait"}[self.value]


class ChildFirstContact(Frozen):
    """Who saw one child; or why nobody did."""

    ref: Ref
    became: Became
    seen_by: Narrative | None = None
    because: Narrative | None = None

    @model_validator(mode="after")
    def _who_saw_it_or_why_nobody_did(self) -> "ChildFirstContact":
        if (self.became is Became.SEEN) != (self.seen_by is not None):
            raise ValueError("seen_by: say who saw the child if the child was seen, and only then (SD-37)")
        if (self.became is Became.SEEN) == (self.because is not None):
            raise ValueError("because: say why the child was not seen if the child was not, and only then (SD-37)")
        return self

    @property
    def words(self) -> str:
        """What became of it, in a few words that tell nothing that a person said."""
        return f"{self.ref} {self.became.words}"


class RecordFirstContact(Step):
    """Who saw which child, at the moment that the step gives; or that a child was not seen, and why (SD-37)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.EARLY_HELP_SERVICE})
    does: ClassVar[str] = "recorded the first contact with the children"
    goes_on: ClassVar[bool] = True
    step: Literal["record_first_contact"] = "record_first_contact"
    children: NonEmpty[ChildFirstContact]

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(child.words for child in self.children)

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        said = ((child.ref, f"seen by {child.seen_by}" if child.seen_by else child.because) for child in self.children)
        return "\n".join(f"{ref}: {words}" for ref, words in said)


class ChildStart(Frozen):
    """From which day on support is there for one child."""

    ref: Ref
    realistic_start: date


class AgreeStart(Step):
    """The start of support, where nobody could say it when the child was agreed (SD-13, SD-37)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset(
        {Role.EARLY_HELP_SERVICE, Role.EARLY_HELP_CONTACT, Role.SOCIAL_WORKER}
    )
    does: ClassVar[str] = "said when support begins"
    goes_on: ClassVar[bool] = True
    step: Literal["agree_start"] = "agree_start"
    children: NonEmpty[ChildStart]

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(f"{one.ref} on {day_words(one.realistic_start)}" for one in self.children)


class Unseen(StrEnum):
    """What the team manager decides of a child who was not seen."""

    ACCEPT = "accept"
    REOPEN = "reopen"
    """Social work takes the child back."""
    DUTY_AND_ADVICE = "duty_and_advice"

    @property
    def words(self) -> str:
        """As people say it."""
        return {
            "accept": "accepted that the child was not seen",
            "reopen": "social work takes the child back",
            "duty_and_advice": "went to Duty and Advice",
        }[self.value]


class ChildNotSeen(Frozen):
    """What is decided of one child who was not seen, and when that is looked at again."""

    ref: Ref
    decision: Unseen
    because: Narrative
    review_on: date | None = None
    no_review_because: Narrative | None = None
    """Why nothing more is to come, so that nobody looks again."""
    spoken_to: SpokenTo | None = None
    """Who took the call at Duty and Advice, and when."""

    @model_validator(mode="after")
    def _is_looked_at_again(self) -> "ChildNotSeen":
        said = (self.review_on is not None) + (self.no_review_because is not None)
        if said != (self.decision is not Unseen.REOPEN):
            raise ValueError(
                "review_on: say on which day you look at this again, or why nothing more is to come, and not both; a "
                "child whom social work takes back has neither (SD-37)"
            )
        return self

    @model_validator(mode="after")
    def _duty_and_advice_was_rung(self) -> "ChildNotSeen":
        if (self.decision is Unseen.DUTY_AND_ADVICE) != (self.spoken_to is not None):
            raise ValueError("spoken_to: ring Duty and Advice first, then say who you spoke to, and when (SD-37)")
        return self

    @property
    def words(self) -> str:
        """The decision, in a few words that tell nothing that a person said."""
        look = f", looked at again on {day_words(self.review_on)}" if self.review_on else ""
        return f"{self.ref}: {self.decision.words}{look}"


class DecideFirstContact(Step):
    """The team manager of the closing team decides what becomes of children who were not seen (SD-37)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "decided about children who were not seen"
    goes_on: ClassVar[bool] = True
    step: Literal["decide_first_contact"] = "decide_first_contact"
    of: Ref | None = None
    """The ``step_id`` of what the service said last of these children; None where it has said nothing."""
    children: NonEmpty[ChildNotSeen]

    @property
    def answers(self) -> str | None:
        """What the service said."""
        return self.of

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return "; ".join(child.words for child in self.children)

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return "\n".join(f"{child.ref}: {_told(child)}" for child in self.children)


def _told(child: ChildNotSeen) -> str:
    spoken = [f"Spoken to: {child.spoken_to.who}"] if child.spoken_to else []
    return " ".join([child.because, *filter(None, [child.no_review_because]), *spoken])
