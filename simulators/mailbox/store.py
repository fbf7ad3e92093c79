"""The mailbox's folder: one `.eml` file for each accepted message."""

import os
import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from pathlib import Path
from threading import Lock
from typing import cast

from pydantic import AwareDatetime, BaseModel, Field

from simulators.mailbox.invitation import Invitation

MESSAGE_ID = re.compile(r"\d{6,}-\d{8}T\d{12}Z")
RECEIVED = "%Y%m%dT%H%M%S%fZ"
SHOWN_HEADERS = ("Date", "Reply-To", "In-Reply-To", "References", "Auto-Submitted")


class UnknownMessageError(Exception):
    """No message has this id."""


class Envelope(BaseModel):
    """A message as the list shows it; `to` are the recipients of the envelope."""

    id: str
    received_at: AwareDatetime
    sender: str = Field(serialization_alias="from")
    to: list[str]
    subject: str
    message_id: str | None
    headers: dict[str, str]
    calendar: Invitation | None


class AttachmentText(BaseModel):
    """An attachment that is text."""

    name: str
    text: str


class Letter(Envelope):
    """A message with its text, the names of its attachments, and the text of those that have one."""

    text: str
    attachments: list[str]
    attachment_texts: list[AttachmentText]


class MailStore:
    """Keeps messages over a restart; a message that `store` returned from is on disk."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, which is made when it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = Lock()
        self._read: dict[str, Envelope] = {}
        self._number = max((int(id_.split("-")[0]) for id_ in self._ids()), default=0)

    def store(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Write the message under its envelope, whole or not at all, and return its id."""
        with self._lock:
            self._number += 1
            id_ = f"{self._number:06d}-{datetime.now(UTC).strftime(RECEIVED)}"
            delivered = [f"Delivered-To: {recipient}\r\n" for recipient in recipients]
            write_whole(self._path(id_), f"Return-Path: <{sender}>\r\n{''.join(delivered)}".encode() + content)
        return id_

    def envelopes(self) -> list[Envelope]:
        """Every message, oldest first."""
        return [self._known(id_) for id_ in self._ids()]

    def _known(self, id_: str) -> Envelope:
        """Read once: a message does not change, and the list is asked for again and again."""
        known = self._read.get(id_)
        if known is None:
            known = self._read[id_] = _envelope(id_, self._parse(id_))
        return known

    def letter(self, id_: str) -> Letter:
        """One message, or `UnknownMessageError`."""
        message = self._parse(id_)
        body = message.get_body(("plain", "html"))
        parts = [(_name(part), part) for part in message.iter_attachments()]
        texts = [(name, part) for name, part in parts if part.get_content_maintype() == "text"]
        return Letter(
            **dict(_envelope(id_, message)),
            text=_text(body) if body else "",
            attachments=[name for name, _ in parts],
            attachment_texts=[AttachmentText(name=name, text=_text(part)) for name, part in texts],
        )

    def raw(self, id_: str) -> bytes:
        """The message as it is on disk, or `UnknownMessageError`."""
        path = self._path(id_)
        if not MESSAGE_ID.fullmatch(id_) or not path.exists():
            raise UnknownMessageError
        return path.read_bytes()

    def _ids(self) -> list[str]:
        ids = (path.stem for path in self._folder.glob("*.eml"))
        return sorted(filter(MESSAGE_ID.fullmatch, ids), key=lambda id_: int(id_.split("-")[0]))

    def _parse(self, id_: str) -> EmailMessage:
        return BytesParser(policy=policy.default).parsebytes(self.raw(id_))

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}.eml"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, and on disk, or not at all."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    # The rename itself is only safe from a power cut once the folder is on disk.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _envelope(id_: str, message: EmailMessage) -> Envelope:
    return Envelope(
        id=id_,
        received_at=datetime.strptime(id_.split("-")[1], RECEIVED).replace(tzinfo=UTC),
        sender=str(message["From"] or message["Return-Path"]),
        to=[str(recipient) for recipient in message.get_all("Delivered-To", [])],
        subject=str(message["Subject"] or "").strip(),
        message_id=_message_id(message),
        headers={name: str(message[name]) for name in SHOWN_HEADERS if name in message},
        calendar=Invitation.of(message),
    )


def _name(part: MIMEPart) -> str:
    return part.get_filename() or part.get_content_type()


def _text(part: MIMEPart) -> str:
    try:
        text = str(part.get_content())
    except LookupError:  # a sender may name a charset that nobody knows
        text = cast(bytes, part.get_payload(decode=True)).decode("ascii", "replace")
    return text.replace("\r\n", "\n")


def _message_id(message: EmailMessage) -> str | None:
    # The parser of this header fails on some malformed ones, and would take the whole list with it.
    ids = (str(value).strip() for name, value in message.raw_items() if name.lower() == "message-id")
    return next(ids, None)
