"""How a request for Early Help starts: as it was received, whatever is missing (ER-01…05, ER-10, ER-14, ER-15)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from models.help_request.situation import ChildSituation
from models.journey.side import EARLY_HELP, Side
from models.journey.start import LONG_AGO, HarmSeen, Start
from models.journey.steps import CLOCK_SKEW
from models.kinds import JourneyKind
from models.policy import SharingPower
from models.vocabulary import (
    Frozen,
    Listed,
    Moment,
    Name,
    Narrative,
    Ref,
    Role,
    local_time,
)


class Channel(StrEnum):
    """Where a request came in (ER-10, ER-13)."""

    CENTRAL_MAILBOX = "central_mailbox"
    CENTRAL_LINE = "central_line"
    DUTY_AND_ADVICE = "duty_and_advice"
    """Passed on by them, as the needs are at the level of Early Help (SU-04)."""
    A_WORKER = "a_worker"
    """One whom the referrer knows."""
    ELSEWHERE = "elsewhere"

    @property
    def words(self) -> str:
        """The channel as people say it."""
        return {
            "central_mailbox": "the central mailbox",
            "central_line": "the central line",
            "duty_and_advice": "way of Duty and Advice",
            "a_worker": "a worker whom the referrer knows",
            "elsewhere": "another way",
        }[self.value]

    @property
    def is_central(self) -> bool:
        """From there its time counts (ER-06)."""
        return self not in {Channel.A_WORKER, Channel.ELSEWHERE}


class Received(Frozen):
    """Where and when it came in; and when it reached the central channel, where it came in elsewhere (ER-10)."""

    channel: Channel
    at: Moment
    central_at: Moment | None = None

    @property
    def words(self) -> str:
        """Where and when, and when it reached the central channel, as people read it."""
        moved = f", at the central channel on {local_time(self.central_at)}" if self.central_at else ""
        return f"by {self.channel.words} on {local_time(self.at)}{moved}"


class ReferrerKind(StrEnum):
    """Who asks (ER-15)."""

    PROFESSIONAL = "professional"
    FAMILY = "family"
    YOUNG_PERSON = "young_person"
    DUTY_AND_ADVICE = "duty_and_advice"

    @property
    def role(self) -> Role:
        """In which role they report something."""
        return {
            "professional": Role.REFERRER,
            "family": Role.FAMILY,
            "young_person": Role.YOUNG_PERSON,
            "duty_and_advice": Role.DUTY_AND_ADVICE,
        }[self.value]


class Referrer(Frozen):
    """Who asks, and how they are answered (ER-14, ER-15)."""

    who: Narrative
    kind: ReferrerKind
    organisation: Narrative | None = None
    reached: Narrative
    """How an answer reaches them."""


class FormPart(StrEnum):
    """The parts of the Early Help form."""

    PART_1 = "part_1"
    PART_2 = "part_2"
    """The plan."""


class Form(Frozen):
    """A part of the form that came, by which version of the form (ER-01, ER-02)."""

    part: FormPart
    version: Name
    document_ref: Ref | None = None
    """Where it is kept in Mosaic."""

    @property
    def words(self) -> str:
        """The part, its version, and where it is kept, as people read it."""
        kept = f", kept as {self.document_ref}" if self.document_ref else ""
        return f"{self.part.replace('_', ' ')} of version {self.version}{kept}"


class Relation(StrEnum):
    """Who somebody of the family is whose word it is."""

    PARENT = "parent"
    """Or somebody else with parental responsibility."""
    CARER = "carer"
    """Who cares for the child without it."""
    CHILD = "child"
    """A child or young person themselves, for their own support."""


OWN_WORD_FROM = 16
"""From this age capacity is presumed (SD-09b)."""


class Word(Frozen):
    """Whose word it is: a parent's or carer's, or a young person's own (ER-04, SD-09b, SD-09c)."""

    who: Narrative
    relation: Relation
    child: Ref | None = None
    """Which child, where it is the child's own word."""
    age: Annotated[int, Field(ge=0, le=17)] | None = None
    """In years, of somebody under 18."""
    judged_by: Narrative | None = None
    """Of somebody under 16: who judged that they understand it, by name."""

    @property
    def counts(self) -> bool:
        """Whether it is a yes that stands: of a child's own the age is known, and below 16 somebody judged it."""
        if self.age is None:
            return self.relation is not Relation.CHILD
        return self.age >= OWN_WORD_FROM or self.judged_by is not None

    @property
    def words(self) -> str:
        """Who it is, as people read it."""
        age = f", {self.age} years old" if self.age is not None else ""
        judged = f"; {self.judged_by} judged that they understand it" if self.judged_by else ""
        return f"{self.who} ({self.relation}{age}{judged})"

    @model_validator(mode="after")
    def _own_word_of_a_child(self) -> "Word":
        if (self.relation is Relation.CHILD) != (self.child is not None):
            raise ValueError("child: of a child's own word, and of no other, say which child it is (SD-09b)")
        return self


class Agreement(Frozen):
    """Who agreed to the request; or by which power or duty it is made without that (ER-04, SD-09e)."""

    agreed_by: Listed[Word] = ()
    power: SharingPower | None = None
    because: Narrative | None = None
    """Why it is made by a power or duty."""

    @model_validator(mode="after")
    def _one_of_them(self) -> "Agreement":
        if bool(self.agreed_by) == (self.power is not None):
            raise ValueError("agreed_by, power: say who agreed, or by which power it is made; not both (ER-04, SD-09e)")
        if self.power is not None and self.because is None:
            raise ValueError("because: say why it is made without their agreement (SD-09e)")
        return self

    def covers(self, child: str) -> bool:
        """Whether it holds for this child: a child's own word is for that child alone (SD-09b)."""
        yes = (word for word in self.agreed_by if word.counts)
        return self.power is not None or any(word.child in {None, child} for word in yes)

    @property
    def words(self) -> str:
        """Who agreed, or by which power, as people read it."""
        agreed = ", ".join(word.words for word in self.agreed_by)
        return f"agreed: {agreed}" if self.power is None else f"by {self.power.replace('_', ' ')}, without consent"


class Reach(Frozen):
    """How the family may be reached so that nobody is put at risk, and with whom to interpret (ER-15)."""

    safely: Narrative
    interpreter: Narrative | None = None
    """For which language; None where none was asked for."""

    @property
    def words(self) -> str:
        """How, and with whom to interpret, as people read it."""
        return f"{self.safely}; interpreter: {self.interpreter or 'none is named'}"


class HelpRequest(Start):
    """The start: a request for Early Help as it was received, about one family, answered by one Family Hub or team."""

    kind: ClassVar[JourneyKind] = JourneyKind.HELP_REQUEST
    held_by: ClassVar[frozenset[JourneyKind]] = frozenset(JourneyKind)
    begins_anyhow: ClassVar[bool] = True
    side: ClassVar[Side] = EARLY_HELP
    lead_child: Ref
    received: Received
    referrer: Referrer
    asks_for: Narrative
    plan_open: bool | None = None
    """Whether an Early Help plan is open for the family (ER-02); None where nobody has said it."""
    forms: Listed[Form] = ()
    agreement: Agreement | None = None
    reach: Reach | None = None
    situations: Listed[ChildSituation] = ()
    """The children for whom somebody else answers, as far as that is known at the start."""
    harm: HarmSeen | None = None
    contact_number: Ref | None = None
    """Of the Early Help Contact that the referrer has started in Mosaic on the lead child (ER-09, ER-09a)."""

    @property
    def privacy(self) -> str:
        """The class of the payload: who asks and why is said in a person's words."""
        return "restricted" if self.restricted else "narrative"

    @property
    def opened_by(self) -> str:
        """Who asked, by their role: a referrer has no reference."""
        return self.referrer.kind.role

    @property
    def rests_on(self) -> str:
        """By which clauses it may begin."""
        return "ER-01, ER-10, ER-15"

    @property
    def own_words(self) -> str:
        """Who asks for what, how they are answered, and how the family is reached."""
        who = ", ".join(filter(None, (self.referrer.who, self.referrer.organisation)))
        reach = f"\nThe family is reached: {self.reach.words}" if self.reach else ""
        forms = f"\nCame: {', '.join(form.words for form in self.forms)}" if self.forms else ""
        rests = f"\nRests on: {self.agreement.words}" if self.agreement else ""
        because = f"\n{self.agreement.because}" if self.agreement and self.agreement.because else ""
        come = f"Received {self.received.words}"
        by = self.referrer.kind.replace("_", " ")
        asked = f"{come}\n{who} ({by}); reached: {self.referrer.reached}\nAsks for: {self.asks_for}"
        return f"{asked}{forms}{reach}{rests}{because}"

    @property
    def harm_seen(self) -> HarmSeen | None:
        """ER-07, ER-14: what stands in it of a risk of significant harm, of whichever child."""
        return self.harm

    @property
    def came_at(self) -> datetime:
        """When it was received, wherever that was."""
        return self.received.at

    def mistyped_moment(self, at: datetime) -> str | None:
        """ER-10: a slip of the year; on the clock of what nobody can count, the request would wait for ever."""
        said = (("received.at", self.received.at), ("received.central_at", self.received.central_at))
        return next((field for field, moment in said if moment and not at - LONG_AGO < moment <= at + CLOCK_SKEW), None)

    @model_validator(mode="after")
    def _names_its_own_children(self) -> "HelpRequest":
        here = {child.ref for child in self.children}
        if self.lead_child not in here:
            raise ValueError("lead_child: the lead child is not one of the children of the request")
        return self
