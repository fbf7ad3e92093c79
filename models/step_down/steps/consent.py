"""Consent: what was explored, what the family answered child by child, and that it was withdrawn (SD-05, SD-09)."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from models.journey.steps import EVERYBODY, Step
from models.vocabulary import Actor, ChildRef, Frozen, Narrative, Ref, Role


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
                raise ValueError("views: say what the child said, or why the child was not asked (SD-09)")
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
                "manager_decision: the team manager decides where a carer agrees and another holder objects (SD-09)"
            )
        return self

    @property
    def words(self) -> str:
        """Who said what, as people read it."""
        said = [*(f"{h.who} {h.answer.words}" for h in self.holders), self.voice.words]
        return "; ".join([*said, *([self.manager_decision.words] if self.manager_decision else [])])

    @property
    def answered(self) -> str:
        """The answer for the child, in a word."""
        return "disputed" if self.disputed else "yes" if self.stands else "no"

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


def plain(name: str) -> str:
    """A name without what two people type differently."""
    return "".join(name.split()).casefold()


class RecordExploration(Step):
    """What the social worker explored with family and network (SD-05: done, or why not)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "recorded what was explored with family and network"
    step: Literal["record_exploration"] = "record_exploration"
    asked: tuple[Narrative, ...] = ()
    needs: Narrative | None = None
    agencies: tuple[Narrative, ...] = ()
    """The agencies involved, by name: each is told in the end, or it is said why not (SD-33c)."""
    took_part_in_plan: tuple[Narrative, ...] | None = None
    """Those of them that took part in the plan; none, as an empty list (SD-33d)."""
    not_done_because: Narrative | None = None

    @model_validator(mode="after")
    def _done_or_why_not(self) -> "RecordExploration":
        if self.not_done_because is None and not (self.asked and self.needs):
            raise ValueError("asked, needs: say who was asked and what is needed, or why it was not done (SD-05)")
        return self

    @model_validator(mode="after")
    def _took_part_and_is_involved(self) -> "RecordExploration":
        if not {*map(plain, self.took_part_in_plan or ())} <= {*map(plain, self.agencies)}:
            raise ValueError("took_part_in_plan: names only agencies that are named as involved, too (SD-33d)")
        return self

    def involves(self, agency: str) -> bool:
        """Whether it names the agency as involved."""
        return plain(agency) in map(plain, self.agencies)

    def in_plan(self, agency: str) -> bool:
        """Whether the agency took part in the plan."""
        return plain(agency) in map(plain, self.took_part_in_plan or ())


class RecordConsent(Step):
    """Informed consent, child by child: to which service, to share what, explained how and by whom (SD-09)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "recorded the family's answer on consent"
    step: Literal["record_consent"] = "record_consent"
    service_ref: Ref
    may_share: tuple[Shareable, ...] = ()
    explained_by: Narrative
    explained_how: Narrative
    children: Annotated[tuple[ChildConsent, ...], Field(min_length=1)]

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        answers = ", ".join(f"{child.ref} {child.answered}" for child in self.children)
        return f"for {self.service_ref}: {answers}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        lines = [f"{child.ref}: {child.words}" for child in self.children]
        shared = ", ".join(what.words for what in self.may_share) or "nothing"
        explained = f"Explained by {self.explained_by}: {self.explained_how}"
        return "\n".join([*lines, f"May be shared: {shared}", explained])


class WithdrawConsent(Step):
    """The family withdraws its consent, for these children (SD-09a)."""

    recorded_by: ClassVar[frozenset[Role]] = EVERYBODY
    does: ClassVar[str] = "recorded that the family withdrew its consent"
    goes_on: ClassVar[bool] = True
    step: Literal["withdraw_consent"] = "withdraw_consent"
    children: Annotated[tuple[ChildRef, ...], Field(min_length=1)]
    withdrawn_by: Narrative
    """Who withdrew it, as the family knows them."""
    family_said: Narrative | None = None

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(self.children_named())

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return f"By {self.withdrawn_by}" + (f": {self.family_said}" if self.family_said else "")
