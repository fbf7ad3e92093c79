"""Effects: what the machine does outside, each with a key, an intent and a result."""

from datetime import datetime
from enum import StrEnum

from models.vocabulary import Frozen


class EffectKind(StrEnum):
    """What can be done outside."""

    SHARE_DOCUMENT = "share_document"
    REQUEST_CONVERSATION = "request_conversation"
    CLOSE_CHILD = "close_child"
    SEND_ADVICE_SUMMARY = "send_advice_summary"
    SEND_LETTER = "send_letter"


class Ended(StrEnum):
    """How an effect ended."""

    DONE = "done"
    FOUND_DONE = "found_done"
    """The look before the act found it done: by an attempt whose answer was lost, or by a person."""
    BY_HAND = "by_hand"
    SKIPPED = "skipped"


class Effect(Frozen):
    """The identity of one effect of a transfer; the same however often it is tried."""

    kind: EffectKind
    subject: str
    """The child, document, letter or practitioner that it is about, by reference."""

    @property
    def id(self) -> str:
        """Unique within the transfer."""
        return f"{self.kind}/{self.subject}"


class Intent(Frozen):
    """What is about to be done, written down before it is."""

    transfer_id: str
    effect: Effect
    clause: str
    go: int = 1
    """Counts the times that a person ordered another try; a new go may act where an earlier one was unclear."""

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
