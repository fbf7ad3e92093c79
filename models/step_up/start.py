"""How a referral starts: who is worried about whom, and whom they spoke to (SU-01, SU-01a)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from models.journey.side import FRONT_DOOR, Side
from models.journey.start import LONG_AGO, HarmSeen, Start
from models.journey.steps import CLOCK_SKEW, SpokenTo
from models.kinds import JourneyKind
from models.vocabulary import Concern, Frozen, Moment, Narrative, Ref, Role, local_time


class ReferrerKind(StrEnum):
    """Who is worried (SU-01)."""

    EARLY_HELP = "early_help"
    """A practitioner who works with the family."""
    PROFESSIONAL = "professional"
    """Anybody else who works with children."""
    FAMILY = "family"
    YOUNG_PERSON = "young_person"
    PUBLIC = "public"

    @property
    def words(self) -> str:
        """Who it is, as people say it."""
        return {
            "early_help": "Early Help practitioner",
            "professional": "another professional",
            "family": "somebody of the family",
            "young_person": "a young person themselves",
            "public": "a member of the public",
        }[self.value]

    @property
    def role(self) -> Role:
        """In which role they report something."""
        return {
            "early_help": Role.EARLY_HELP_SERVICE,
            "family": Role.FAMILY,
            "young_person": Role.YOUNG_PERSON,
        }.get(self.value, Role.REFERRER)


class Referrer(Frozen):
    """Who is worried, how they are answered, and whether the family may learn who it was (SU-01a)."""

    who: Narrative
    kind: ReferrerKind
    organisation: Narrative | None = None
    reached: Narrative
    """How an answer reaches them."""
    may_be_named: bool = False
    """The family may be told who it was; otherwise their identity is protected."""

    @property
    def words(self) -> str:
        """Who it is, as people read it."""
        who = ", ".join(filter(None, (self.who, self.organisation)))
        named = "the family may be told who it was" if self.may_be_named else "the family must not learn who it was"
        return f"{who} ({self.kind.words}); reached: {self.reached}; {named}"


class ParentsAsked(Frozen):
    """Whether agreement was sought, or why not; and whether the parents may be told (SU-01a)."""

    asked: Narrative | None = None
    """Who was asked: parents, or a young person themselves."""
    agreed: bool | None = None
    not_asked_because: Narrative | None = None
    may_be_told: bool
    not_told_because: Narrative | None = None

    @model_validator(mode="after")
    def _asked_or_not(self) -> "ParentsAsked":
        if (self.asked is None) == (self.not_asked_because is None):
            raise ValueError("asked, not_asked_because: say who was asked, or why nobody was; not both (SU-01a)")
        if (self.asked is None) != (self.agreed is None):
            raise ValueError("agreed: of whom was asked, say whether they agreed; of nobody else (SU-01a)")
        if self.may_be_told != (self.not_told_because is None):
            raise ValueError("not_told_because: say why the parents must not be told, and only then (SU-01a)")
        return self

    @property
    def words(self) -> str:
        """Who was asked and what they said, or why not; and whether the parents may be told, as people read it."""
        said = "agreed" if self.agreed else "did not agree"
        asked = f"{self.asked}: {said}" if self.asked else f"Nobody was asked: {self.not_asked_because}".rstrip(".")
        told = "may be told" if self.may_be_told else f"must not be told: {self.not_told_because}"
        return f"{asked}. The parents {told}"


class Referral(Start):
    """The start: a worry about children, as it came; whatever else is missing, it is taken."""

    kind: ClassVar[JourneyKind] = JourneyKind.STEP_UP
    held_by: ClassVar[frozenset[JourneyKind]] = frozenset({JourneyKind.STEP_UP})
    begins_anyhow: ClassVar[bool] = True
    side: ClassVar[Side] = FRONT_DOOR
    received_at: Moment
    """When the worry came to whoever starts it."""
    referrer: Referrer
    concern: Concern
    significant_harm: bool
    """A child is thought to suffer, or to be likely to suffer, significant harm."""
    spoken_to: SpokenTo | None = None
    parents: ParentsAsked | None = None
    early_help_assessment: Ref | None = None
    """One that is registered with the Integrated Processes Team, by where it is kept (SU-05)."""

    @property
    def privacy(self) -> str:
        """The class of the payload: who is worried, and why, is said in a person's words."""
        return "restricted" if self.restricted else "narrative"

    @property
    def opened_by(self) -> str:
        """Who is worried, by their role: a referrer has no reference."""
        return self.referrer.kind.role

    @property
    def rests_on(self) -> str:
        """By which clauses it may begin."""
        return "SU-01, SU-01a"

    @property
    def own_words(self) -> str:
        """Who is worried about what, and what is said of agreement."""
        parents = f"\nAgreement: {self.parents.words}" if self.parents else ""
        kept = f"\nEarly Help assessment: {self.early_help_assessment}" if self.early_help_assessment else ""
        spoken = f"\nSpoken to: {self.spoken_to.who} on {local_time(self.spoken_to.at)}" if self.spoken_to else ""
        return f"Came on {local_time(self.received_at)}\n{self.referrer.words}\n{self.concern}{spoken}{parents}{kept}"

    @property
    def harm_seen(self) -> HarmSeen | None:
        """SU-01: the worry itself, where significant harm is suspected."""
        if not self.significant_harm:
            return None
        return HarmSeen(children=self.children, concern=self.concern, spoken_to=self.spoken_to)

    @property
    def came_at(self) -> datetime:
        """When the worry came."""
        return self.received_at

    def mistyped_moment(self, at: datetime) -> str | None:
        """A slip of the year; on the clock of what nobody can count, the referral would wait for ever."""
        return None if at - LONG_AGO < self.received_at <= at + CLOCK_SKEW else "received_at"
