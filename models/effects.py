"""Effects: what the machine does outside, each with a key, an intent and a result."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from models.certificate import Certificate
from models.services import EarlyHelpService
from models.vocabulary import Frozen


class EffectKind(StrEnum):
    """What can be done outside."""

    SHARE_DOCUMENT = "share_document"
    MAIL_DOCUMENT = "mail_document"
    """To a service that does not use Mosaic."""
    REQUEST_CONVERSATION = "request_conversation"
    INVITE_TO_MEETING = "invite_to_meeting"
    CANCEL_INVITATION = "cancel_invitation"
    SEND_MEETING_OUTCOME = "send_meeting_outcome"
    SEND_PACK = "send_pack"
    CLOSE_CHILD = "close_child"
    REOPEN_CHILD = "reopen_child"
    """A closed child's case is reopened; a person does it in Mosaic, and the machine sees that it was done."""
    SEND_ADVICE_SUMMARY = "send_advice_summary"
    RECOMMEND_FAMILIES_FIRST = "recommend_families_first"
    SEND_LETTER = "send_letter"
    TELL_SERVICE = "tell_service"
    LOOK_UP_SERVICE = "look_up_service"
    RESERVE_CHILD = "reserve_child"
    RECKON_CLOCK = "reckon_clock"
    MAIL_ALERT = "mail_alert"
    POST_ALERT = "post_alert"
    MAIL_DIGEST = "mail_digest"
    """Belongs to a day, and to no transfer."""


LEAVING = frozenset(
    {
        EffectKind.SHARE_DOCUMENT,
        EffectKind.MAIL_DOCUMENT,
        EffectKind.REQUEST_CONVERSATION,
        EffectKind.INVITE_TO_MEETING,
        EffectKind.SEND_MEETING_OUTCOME,
        EffectKind.SEND_PACK,
        EffectKind.CLOSE_CHILD,
        EffectKind.SEND_ADVICE_SUMMARY,
        EffectKind.RECOMMEND_FAMILIES_FIRST,
        EffectKind.SEND_LETTER,
    }
)
"""What tells somebody else of the family, or passes it on: only while consent stands, or where it needs none."""


class Ended(StrEnum):
    """How an effect ended."""

    DONE = "done"
    FOUND_DONE = "found_done"
    """The look before the act found it done: by an attempt whose answer was lost, or by a person."""
    BY_HAND = "by_hand"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    """No attempt to do it begins any more: it is no longer wanted."""


class Effect(Frozen):
    """The identity of one effect of a transfer; the same however often it is tried."""

    kind: EffectKind
    subject: str
    """The child, document, letter or practitioner that it is about, by reference."""

    @property
    def id(self) -> str:
        """Unique within the transfer."""
        return f"{self.kind}/{self.subject}"

    # Effects are compared on every change, each with each; pydantic's comparison would be most of that time.
    def __eq__(self, other: object) -> bool:
        """The same kind, about the same."""
        return isinstance(other, Effect) and self.kind is other.kind and self.subject == other.subject

    def __hash__(self) -> int:
        """As it is compared."""
        return hash((self.kind, self.subject))


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
    service: EarlyHelpService | None = None
    """The service, where the directory was asked for one."""
    may_have_left: bool = False
    """It was stopped, and nobody knows whether an attempt before had sent it."""
    newer: dict[str, int] = Field(default={})
    """Documents, by reference, of which a newer version was there than the family saw; and which."""
    certificate: Certificate | None = None
    """The due date, where one was calculated."""
