"""Mail and invitations, as activities and adapters hand them to each other."""

from dataclasses import dataclass, field
from datetime import datetime


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
    """``REQUEST``, ``CANCEL`` or ``PUBLISH``, as the text says it too."""
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
class Mail:
    """One message to one recipient."""

    key: str
    """Makes the Message-ID; the same message has the same one however often it is sent."""
    transfer_id: str | None
    """Mail programs keep the messages of one transfer together by it; None where no reader may link two (SD-33a)."""
    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    calendar: Calendar | None = None
    reply_to: str | None = None
    """Where answers to this one go; None where they go where answers to all go. Of a calendar: its organiser."""
