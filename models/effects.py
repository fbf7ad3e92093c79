"""Effects: what the machine does outside, each with a key, an intent and a result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from models.calendar import WorkingCalendar
from models.certificate import Certificate
from models.clock_words import CLOCK_WORDS
from models.kinds import Audience, ClockKind, EffectKind, JourneyKind
from models.mosaic import ChildRecord, ClosedStep, SharedDocument
from models.people import Colleague
from models.services import EarlyHelpService
from models.vocabulary import Frozen, Ref
from models.ways import WAYS


class Ended(StrEnum):
    """How an effect ended."""

    DONE = "done"
    FOUND_DONE = "found_done"
    """The look before the act found it done: by an attempt whose answer was lost, or by a person."""
    BY_HAND = "by_hand"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    """No attempt to do it begins any more: it is no longer wanted."""

    @property
    def words(self) -> str:
        """How it ended, as people say it."""
        return {
            "done": "done",
            "found_done": "found done",
            "by_hand": "done by hand",
            "skipped": "skipped",
            "stopped": "stopped before it was done",
        }[self.value]


class Effect(Frozen):
    """The identity of one effect of a transfer; the same however often it is tried.

    Which of its references are given follows from its kind: ``WAYS`` says what a key names.
    """

    kind: EffectKind
    child: Ref | None = None
    document: Ref | None = None
    version: int | None = None
    """Of the document."""
    service: Ref | None = None
    practitioner: Ref | None = None
    letter: Ref | None = None
    step: Ref | None = None
    """The step that it follows from, by ``step_id``."""
    journey: JourneyKind | None = None
    """The kind of the journey that it opens, or tells."""
    to: Ref | None = None
    """The journey that it tells, by id."""
    clock: str | None = None
    """The clock whose due date it calculates, by id."""
    wait: ClockKind | None = None
    """What that clock waits for."""
    number: int | None = None
    """Of an alert; of a due date, or of a look at the children or into the directory, which one it is, from 1."""
    audience: Audience | None = None
    channel: str | None = None
    reader: Ref | None = None
    time: int = 1
    """Which time the same is done, from 1: a child whose case was reopened is closed another time."""
    occasion: str | None = None
    """Under which name a calendar has the meeting of which it tells; said once, as it is begun."""
    since: datetime | None = None
    """When what it tells a calendar came to be known; as it is begun, and no part of what it is."""

    @model_serializer(mode="wrap")
    def _without_what_it_does_not_name(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Histories hold many of them."""
        return {name: value for name, value in handler(self).items() if value is not None}

    @cached_property
    def id(self) -> str:
        """Unique within the transfer."""
        way = WAYS[self.kind]
        parts = [self.kind.value, *(self._part(name) for name in way.identity)]
        if self.time > 1 and not way.again:
            raise AssertionError(f"{self.kind} is done once")
        return "/".join([*parts, str(self.time)] if self.time > 1 else parts)

    def _part(self, name: str) -> str:
        part = getattr(self, name)
        if part is None:
            raise AssertionError(f"the key of {self.kind} names its {name}")
        return f"v{part}" if name == "version" else str(part)

    @property
    def words(self) -> str:
        """What it does, and to what, in one line."""
        does = WAYS[self.kind].words
        return f"{does[0].upper()}{does[1:]}: {self._about}"

    @property
    def _about(self) -> str:  # noqa: PLR0911 (a line for each kind)
        match self.kind:
            case EffectKind.SHARE_DOCUMENT:
                return f"{self.document} version {self.version}, with {self.service}"
            case EffectKind.MAIL_DOCUMENT:
                return f"{self.document} version {self.version}, to {self.service}"
            case EffectKind.MAIL_ALERT if self.audience is not None:
                return f"{self.number}, to {self.audience.words}"
            case EffectKind.POST_ALERT:
                return f"{self.number}, to {self.channel}"
            case EffectKind.INVITE_TO_MEETING | EffectKind.CANCEL_INVITATION:
                return f"{self.service}"
            case EffectKind.ENTER_MEETING | EffectKind.REMOVE_MEETING:
                return f"with {self.service}"
            case EffectKind.OPEN_JOURNEY | EffectKind.TELL_JOURNEY if self.journey is not None:
                return f"{self.journey.words} {self.to}" if self.to else f"a {self.journey.words}"
            case EffectKind.CALCULATE_DUE_DATE if self.wait is not None:
                return CLOCK_WORDS[self.wait].name
            case _:
                first = self._part(WAYS[self.kind].identity[0])
                return f"{first}, again" if self.time > 1 else first

    # Effects are compared on every change, each with each; pydantic's comparison would be most of that time.
    def __eq__(self, other: object) -> bool:
        """The same kind, about the same."""
        return isinstance(other, Effect) and self.id == other.id

    def __hash__(self) -> int:
        """As it is compared."""
        return hash(self.id)


class Intent(Frozen):
    """What is about to be done, written down before it is."""

    transfer_id: str
    effect: Effect
    clause: str
    go: int = 1
    """Counts the times that a person ordered another try; a new go may act where an earlier one was unclear."""
    only_look: bool = False
    """It is no longer wanted: see whether it was done, and do nothing."""

    @property
    def key(self) -> str:
        """The idempotency key: made of the transfer and the effect, never of a run or an attempt."""
        return f"{self.transfer_id}/{self.effect.id}"


class EffectResult(Frozen):
    """The result of an effect, kept for good."""

    effect: Effect
    ended: Ended
    evidence: str
    """What was seen on the other side, or what a person said; by reference, nothing about a person."""
    at: datetime
    closed: ClosedStep | None = None
    """The closing step in Mosaic that shows it."""
    shared: SharedDocument | None = None
    """The sharing in Mosaic that shows it."""
    service: EarlyHelpService | None = None
    """The service, where the directory was asked for one."""
    people: tuple[Colleague, ...] | None = None
    """Who is there for social work, where the directory was asked; of several such results, the last one has them."""
    may_have_been_sent: bool = False
    """It was stopped, and nobody knows whether an attempt before had sent it."""
    records: dict[Ref, ChildRecord] = Field(default={})
    """What Mosaic holds of each child that was looked at."""
    newer: dict[str, int] = Field(default={})
    """Documents, by reference, of which a newer version was there than the family saw; and which."""
    certificate: Certificate | None = None
    """The due date, where one was calculated."""
    calendar: WorkingCalendar | None = None
    """The calendar that it rests on, where the register may not have it yet."""

    @property
    def privacy(self) -> str:
        """The class of the payload: orders, enquiries and who is related to whom are for few to read."""
        return "restricted" if self.records else "plain"

    def without_people(self) -> Self:
        """The same, once the directory was asked anew."""
        return self if self.people is None else self.model_copy(update={"people": None})

    def without_calendar(self) -> Self:
        """The same, once the register has the calendar."""
        return self if self.calendar is None else self.model_copy(update={"calendar": None})


@dataclass(frozen=True)
class BookEntry:
    """What the book knew before this attempt."""

    result: EffectResult | None
    unsure: int
    """How many earlier attempts of this go wrote their intent, and nothing says that it did not happen."""
    since: datetime
    """When the first attempt began that may have done it."""

    @property
    def tried_before(self) -> bool:
        """It may have been done."""
        return self.unsure > 0
