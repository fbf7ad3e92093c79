"""What activities and adapters hand to each other: Mosaic's workflow steps, mail, what the effect book knows."""

from dataclasses import dataclass
from datetime import datetime

from models.effects import EffectResult


@dataclass(frozen=True)
class NextAction:
    """What follows a completed workflow step in Mosaic, and the team it is assigned to."""

    type: str
    assigned_to: str | None = None


@dataclass(frozen=True)
class Completion:
    """A workflow step in Mosaic as somebody completed it."""

    reference: str | None
    """The key of the caller that completed it; None where a person did."""
    next_actions: tuple[NextAction, ...]
    completed_at: datetime


@dataclass(frozen=True)
class ClosingStep:
    """The workflow step by which social work closes a child."""

    id: str
    version: int
    completion: Completion | None


@dataclass(frozen=True)
class Mail:
    """One message to one recipient."""

    key: str
    """Makes the Message-ID; the same message has the same one however often it is sent."""
    transfer_id: str
    """Mail programs keep the messages of one transfer together by it."""
    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class BookEntry:
    """What the book knew before this attempt."""

    tried_before: bool
    """An earlier attempt wrote its intent, and nothing says that it did not happen."""
    result: EffectResult | None
