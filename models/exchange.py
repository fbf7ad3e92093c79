"""What activities and adapters hand to each other: Mosaic's workflow steps, mail, what the effect book knows."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from models.effects import EffectResult

_SHARED = re.compile(r"version (?P<version>\d+) is open to team (?P<team>.+)")


@dataclass(frozen=True)
class NextAction:
    """What follows a completed workflow step in Mosaic, and the team it is assigned to."""

    type: str
    assigned_to: str | None = None

    @property
    def words(self) -> str:
        """What, and for whom."""
        return f"{self.type} for {self.assigned_to}" if self.assigned_to else self.type


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

    @property
    def evidence(self) -> str | None:
        """What shows that it is completed; the same however Mosaic orders the next actions. None while it is open."""
        if self.completion is None:
            return None
        actions = sorted(action.words for action in self.completion.next_actions)
        return f"step {self.id} is completed with {' and '.join(actions) or 'nothing to follow'}"

    def is_named_in(self, evidence: str) -> bool:
        """Whether the evidence is of this step, and of no other of the same child."""
        return evidence.startswith(f"step {self.id} ")


@dataclass(frozen=True)
class Attachment:
    """A text that goes with a message."""

    name: str
    """The file's name, which says nothing about a person."""
    text: str = field(repr=False)


@dataclass(frozen=True)
class Calendar:
    """An invitation, or its cancellation, as calendar programs read it."""

    method: str
    """``REQUEST`` or ``CANCEL``, as the text says it too."""
    text: str = field(repr=False)


@dataclass(frozen=True)
class Meeting:
    """A meeting to which one person is invited."""

    uid: str
    """Names the meeting in every calendar; its changes and its cancellation have the same one."""
    sequence: int
    """Counts its changes from 0; calendar programs leave what has a lower one than they know."""
    starts: datetime
    """Aware, as ``ends`` and ``stamp``."""
    ends: datetime
    summary: str
    place: str | None = field(repr=False)
    text: str = field(repr=False)
    organiser: str
    """The e-mail address that answers go to."""
    attendee: str
    """The e-mail address of who is invited."""
    stamp: datetime
    """When this was settled; not the time of sending, so that the same invitation is the same text."""


@dataclass(frozen=True)
class SharedDocument:
    """A version of a document that is open to a team in Mosaic."""

    ref: str
    version: int
    team: str

    @property
    def evidence(self) -> str:
        """What shows that it is shared."""
        return f"version {self.version} is open to team {self.team}"

    @classmethod
    def read(cls, ref: str, evidence: str) -> Self | None:
        """The sharing that this is the evidence of; None where a person recorded it."""
        said = _SHARED.match(evidence)
        return cls(ref, int(said["version"]), said["team"]) if said else None


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
    attachments: tuple[Attachment, ...] = ()
    calendar: Calendar | None = None


@dataclass(frozen=True)
class BookEntry:
    """What the book knew before this attempt."""

    tried_before: bool
    """An earlier attempt wrote its intent, and nothing says that it did not happen."""
    result: EffectResult | None
