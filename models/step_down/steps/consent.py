"""Consent: what was explored, what the family answered child by child, and that it was withdrawn (SD-05, SD-09)."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import model_validator

from models.journey.steps import EVERYBODY, Step
from models.vocabulary import ChildRef, Frozen, Listed, Narrative, NonEmpty, Ref, Role, in_one_spelling


class HolderAnswer(StrEnum):
    """What somebody said, or why they were not asked."""

    AGREED = "agreed"
    REFUSED = "refused"
    ABSENT = "absent"
    UNSAFE_TO_CONTACT = "unsafe_to_contact"
    NOT_COMPETENT = "not_competent"
    """Under 18 themselves, and judged not to understand it (SD-09c)."""

    @property
    def is_a_word(self) -> bool:
        """They said yes or no."""
        return self in {HolderAnswer.AGREED, HolderAnswer.REFUSED}

    @property
    def words(self) -> str:
        """The answer as people say it."""
        return {
            "agreed": "agreed",
            "refused": "objected",
            "absent": "was not asked, being absent",
            "unsafe_to_contact": "was not asked, being unsafe to contact",
            "not_competent": "was judged not to understand it yet",
        }[self.value]


class Holder(Frozen):
    """What one person of the family said: who holds parental responsibility, or who cares for the child (SD-09c)."""

    person: Ref
    """As they were recorded in the family."""
    answer: HolderAnswer
    because: Narrative | None = None
    competence_judged_by: Narrative | None = None
    """Of somebody under 18: who judged that they understand what they say yes or no to, by name (SD-09c)."""

    @model_validator(mode="after")
    def _reason_where_not_asked(self) -> "Holder":
        if not self.answer.is_a_word and self.because is None:
            raise ValueError("because: say why this person was not asked (SD-09)")
        return self


class VoiceKind(StrEnum):
    """How the child was asked, as age and understanding allow."""

    OWN_CONSENT = "own_consent"
    """16 or 17."""
    JUDGED_COMPETENT = "judged_competent"
    VIEWS = "views"


class Shareable(StrEnum):
    """What a family may agree to have shared with the service."""

    ASSESSMENT = "assessment"
    PLAN = "plan"
    ADVICE_SUMMARY = "advice_summary"

    @property
    def words(self) -> str:
        """What is shared, as people say it."""
        return {"advice_summary": "the summary of advice"}.get(self.value, f"the {self.value}")


class LacksCapacity(Frozen):
    """Capacity was assessed for this decision, and is lacking: what is best for them is decided (SD-09b)."""

    assessed_by: Narrative
    """The name of who assessed it."""
    best_interests: Narrative
    """What is best for them, and why."""


class ChildVoice(Frozen):
    """What the child said: own consent, own agreement, or views, or why they were not obtained."""

    kind: VoiceKind
    agreed: bool | None = None
    views: Narrative | None = None
    not_obtained_because: Narrative | None = None
    judged_by: Narrative | None = None
    """Who judged a child under 16 to understand what it agrees to, by name (SD-09c)."""
    lacks_capacity: LacksCapacity | None = None

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

    @model_validator(mode="after")
    def _judged_by_somebody(self) -> "ChildVoice":
        if (self.kind is VoiceKind.JUDGED_COMPETENT) != (self.judged_by is not None):
            raise ValueError("judged_by: name who judged that the child understands what they answer (SD-09c)")
        if self.lacks_capacity is not None and self.kind is not VoiceKind.VIEWS:
            raise ValueError("lacks_capacity: somebody who lacks capacity gives views, not a yes or no (SD-09b)")
        return self


class ChildConsent(Frozen):
    """Consent for one child: what each person said, and exactly what may be shared (SD-09d)."""

    ref: Ref
    holders: Listed[Holder] = ()
    voice: ChildVoice
    may_share: Listed[Shareable] = ()
    """With the service, and whoever takes over there; what is not named here is not shared."""

    @model_validator(mode="after")
    def _each_once(self) -> "ChildConsent":
        named = [one.person for one in self.holders]
        if len(set(named)) != len(named):
            raise ValueError("holders: each person is named once")
        return self

    @property
    def words(self) -> str:
        """Who said what, as people read it."""
        shared = ", ".join(what.words for what in self.may_share) or "nothing"
        said = [*(f"{one.person} {one.answer.words}" for one in self.holders), self.voice.words]
        return f"{'; '.join(said)}; may be shared: {shared}"


def plain(name: str) -> str:
    """A name without what two people, or two keyboards, type differently."""
    return in_one_spelling("".join(name.split()))


class RecordExploration(Step):
    """What the social worker explored with family and network (SD-05: done, or why not)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "recorded what was explored with family and network"
    may_precede: ClassVar[bool] = True
    step: Literal["record_exploration"] = "record_exploration"
    asked: Listed[Narrative] = ()
    needs: Narrative | None = None
    agencies: Listed[Narrative] = ()
    """The agencies involved, by name: each is told in the end, or it is said why not (SD-33c)."""
    took_part_in_plan: Listed[Narrative] | None = None
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
            raise ValueError(
                "took_part_in_plan: who took part in the plan is named as an agency involved, too (SD-33d)"
            )
        return self

    def in_plan(self, agency: str) -> bool:
        """Whether the agency took part in the plan."""
        return plain(agency) in map(plain, self.took_part_in_plan or ())


class RecordConsent(Step):
    """Informed consent, child by child: to which service, to share what, explained how and by whom (SD-09)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "recorded the family's answer on consent"
    may_precede: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_consent"] = "record_consent"
    service_ref: Ref
    explained_by: Narrative
    explained_how: Narrative
    children: NonEmpty[ChildConsent]

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"for {self.service_ref}: {', '.join(self.children_named())}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        lines = [f"{child.ref}: {child.words}" for child in self.children]
        return "\n".join([*lines, f"Explained by {self.explained_by}: {self.explained_how}"])


class WithdrawConsent(Step):
    """The family withdraws its consent for these children; or nobody had given it, and it was recorded (SD-09a)."""

    recorded_by: ClassVar[frozenset[Role]] = EVERYBODY
    does: ClassVar[str] = "recorded that consent no longer stands"
    keeps_safe: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    step: Literal["withdraw_consent"] = "withdraw_consent"
    children: NonEmpty[ChildRef]
    withdrawn_by: Ref | None = None
    """Who withdrew it: somebody of the family record, or a child of the transfer; nobody, where none had given it."""
    judged_by: Narrative | None = None
    """Of a child under 16 who has said neither yes nor no before: who judged that it understands this, by name
    (SD-09c)."""
    never_given_because: Narrative | None = None
    """Nobody had given it: how it came to be recorded."""
    family_said: Narrative | None = None

    @model_validator(mode="after")
    def _withdrawn_or_never_given(self) -> "WithdrawConsent":
        if (self.withdrawn_by is None) == (self.never_given_because is None):
            raise ValueError(
                "withdrawn_by: say who withdrew it; or, if nobody had given it, how it came to be recorded, and "
                "not both (SD-09a)"
            )
        return self

    @property
    def how(self) -> str:
        """What became of it, in a word."""
        return "withdrawn" if self.never_given_because is None else "never given"

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"{', '.join(self.children_named())} ({self.how})"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        judged = f", who understands this as {self.judged_by} judged" if self.judged_by else ""
        how = self.never_given_because or f"By {self.withdrawn_by}{judged}"
        return how + (f": {self.family_said}" if self.family_said else "")
