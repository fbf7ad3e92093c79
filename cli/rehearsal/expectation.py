"""How a case must end, or stay open, in the books of everybody concerned, and whether it did."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, InstanceOf, ValidationInfo, field_validator, model_validator

from cli.journeys import outcomes, stages
from models.attention import PROBLEMS, Attention
from models.clock_words import RUNG_WORDS
from models.journey.answers import CLOSED, Said
from models.journey.clocks import ClockState
from models.kinds import ClockKind, JourneyKind, RungKind
from models.vocabulary import EmailAddress, Frozen, Moment, Narrative, Ref

BY_ITSELF = "by_itself"
WAITS = "waits"


class ExpectedShare(Frozen):
    """A version of a document that a team may read in the end."""

    document: Ref
    version: int
    team: Ref


class ExpectedMail(Frozen):
    """A message that was sent."""

    to: EmailAddress
    subject: str
    attachments: tuple[str, ...] | None = None
    """Their names; None where a case does not say."""
    names: tuple[Ref, ...] | None = None
    """The children whom it names, its attachments included, by reference; None where a case does not say."""


class ExpectedClock(Frozen):
    """How long somebody had who must answer, and how that ended."""

    kind: ClockKind
    due: Moment
    ended: ClockState


ON_DUTY = "on_duty"


class ExpectedAlert(Frozen):
    """An alert that was sent by mail; a case may be played at any hour, and so name whoever is on duty then."""

    to: EmailAddress | Literal["on_duty"]
    what: RungKind
    times: Annotated[int, Field(ge=1, le=100)] = 1
    """How often, where the same went to them again and again."""

    def __str__(self) -> str:
        """What, and to whom, as the demo tells it."""
        return f"{RUNG_WORDS[self.what]} → {self.to}"


class ExpectedAttention(Frozen):
    """Something that a person had to put right, and how it ended."""

    problem: str
    about: str | None = None
    """The child, document, letter or service that it was about, where that makes a difference."""
    ended: Literal["retry", "done_by_hand", "skip", "by_itself", "waits"]

    @field_validator("problem")
    @classmethod
    def _is_known(cls, problem: str) -> str:
        if problem not in PROBLEMS:
            raise ValueError(f"is none that is known; the problems are {', '.join(PROBLEMS)}")
        return problem


def known_said(said: Any, info: ValidationInfo) -> Any:
    """The outcome, or the stage, that a case file says, of whichever journey."""
    known = outcomes() if info.field_name == "outcome" else stages()
    if said is not None and said not in known:
        raise ValueError(f"is not one of {', '.join(known)}")
    return known.get(said)


class ExpectedOpened(Frozen):
    """What was opened out of the case: how it ended, or where it stays open."""

    journey: JourneyKind
    outcome: InstanceOf[Said] | None = None
    stage: InstanceOf[Said] | None = None

    @field_validator("outcome", "stage", mode="before")
    @classmethod
    def _of_a_journey(cls, said: Any, info: ValidationInfo) -> Any:
        return known_said(said, info)

    def __str__(self) -> str:
        """What, and how it stands, as the demo tells it."""
        stands = self.outcome or self.stage
        return f"{self.journey.words} ({stands.words if stands else 'it stands anywhere'})"


class Expectation(Frozen):
    """How the case must end, or where it must stay open, in the books of everybody concerned."""

    outcome: InstanceOf[Said] | None = None
    stage: InstanceOf[Said] | None = None
    """Where it stays open, to be looked at; said instead of the outcome."""
    at: Moment | None = None
    """Until when its time passes in the end, where it stays open."""
    children: dict[Ref, tuple[str, ...]] = Field(default_factory=dict)
    """The next actions with which each child was closed in Mosaic; none where it is still open."""
    shared: tuple[ExpectedShare, ...] = ()
    contact: dict[Ref, tuple[Narrative, ...]] = Field(default_factory=dict)
    """How begins what it wrote of the work so far into the Early Help workflow of each child, oldest first."""
    mail: tuple[ExpectedMail, ...] = ()
    clocks: tuple[ExpectedClock, ...] = ()
    """Of those who must answer, in the order in which they began."""
    alerts: tuple[ExpectedAlert, ...] = ()
    attention: tuple[ExpectedAttention, ...] = ()
    """In any order: what the machine does side by side may fail in any."""
    opened: tuple[ExpectedOpened, ...] = ()
    """What was opened out of it, in the order in which it was."""

    @field_validator("outcome", "stage", mode="before")
    @classmethod
    def _of_a_journey(cls, said: Any, info: ValidationInfo) -> Any:
        return known_said(said, info)

    @field_validator("alerts")
    @classmethod
    def _each_once(cls, said: tuple[ExpectedAlert, ...]) -> tuple[ExpectedAlert, ...]:
        return tuple(one.model_copy(update={"times": 1}) for one in said for _ in range(one.times))

    @model_validator(mode="after")
    def _ends_or_stays_open(self) -> "Expectation":
        if (self.outcome is None) == (self.stage is None):
            raise ValueError("outcome, stage: say one of them, and not both: a case ends, or it stays open")
        if self.stage == CLOSED:
            raise ValueError("stage: nothing stays open there; say the outcome")
        if self.at is not None and self.stage is None:
            raise ValueError("at: time passes in the end only where a case stays open, with stage")
        if self.stage is None and any(item.ended == WAITS for item in self.attention):
            raise ValueError("attention: something waits only where a case stays open, with stage")
        return self


def as_far_as_said(sent: Sequence[ExpectedMail], expected: Sequence[ExpectedMail]) -> list[ExpectedMail]:
    """The mail that was sent; without attachments and children where the case does not say which there should be."""
    seen = list(sent)
    for field in ("attachments", "names"):
        unsaid = {(mail.to, mail.subject) for mail in expected if getattr(mail, field) is None}
        seen = [mail.model_copy(update={field: None}) if (mail.to, mail.subject) in unsaid else mail for mail in seen]
    return seen


def as_on_duty(
    sent: Sequence[ExpectedAlert], expected: Sequence[ExpectedAlert], duty: Collection[str]
) -> Sequence[ExpectedAlert]:
    """The alerts that were sent; to these addresses as the case says it, where it names whoever is on duty for such."""
    kinds = {one.what for one in expected if one.to == ON_DUTY}
    meant = (one.to in duty and one.what in kinds for one in sent)
    return [
        one.model_copy(update={"to": ON_DUTY}) if on_duty else one for one, on_duty in zip(sent, meant, strict=True)
    ]


def same_contact(written: Mapping[str, Sequence[str]], expected: Mapping[str, Sequence[str]]) -> bool:
    """Whether each entry begins as the case says, and there is no other."""
    if {child: len(entries) for child, entries in written.items()} != {c: len(said) for c, said in expected.items()}:
        return False
    return all(
        one.startswith(begins)
        for child, said in expected.items()
        for one, begins in zip(written[child], said, strict=True)
    )


def same_attention(raised: Sequence[Attention], expected: Sequence[ExpectedAttention]) -> bool:
    """Whether what needed attention is what the case expects, each thing once, in any order."""
    left = list(raised)
    for one in sorted(expected, key=lambda one: one.about is None):
        found = next((item for item in left if _is_expected(item, one)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _is_expected(item: Attention, expected: ExpectedAttention) -> bool:
    about = {None, item.child, *(item.effect or "").split("/")}
    return (item.problem, how_it_ended(item)) == (expected.problem, expected.ended) and expected.about in about


def how_it_ended(item: Attention) -> str:
    """The resolution, ``by_itself`` where nobody had to do anything, ``waits`` while it waits."""
    return item.resolution or (WAITS if item.needed else BY_ITSELF)
