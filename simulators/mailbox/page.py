"""The mailbox's pages for people; every part of a message is escaped."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from simulators.mailbox.invitation import Invitation, Meeting
from simulators.mailbox.rooms import Said
from simulators.mailbox.store import AttachmentText, Envelope, Letter
from simulators.page import PAGE, table

UK = ZoneInfo("Europe/London")
METHOD_WORDS = {"REQUEST": "Invitation", "CANCEL": "Cancelled meeting"}


def list_page(envelopes: list[Envelope], said: dict[str, list[Said]]) -> str:
    """Every message, and what was said in each room; newest first."""
    mail = table(("Subject", "To", "From", "Received"), map(_row, reversed(envelopes)))
    rooms = (
        f"<h2>Room: {escape(room)}</h2>\n{table(('Title', 'Message', 'Received'), map(_said, reversed(notices)))}"
        for room, notices in said.items()
    )
    content = "\n".join([mail if envelopes else "<p>No messages yet.</p>", *rooms])
    return PAGE.format(title="Mailbox", content=content)


def letter_page(letter: Letter) -> str:
    """One message."""
    fields = {"To": ", ".join(letter.to), "From": letter.sender, "Received": _when(letter)}
    if letter.attachments:
        fields["Attachments"] = ", ".join(letter.attachments)
    back = '<p><a href="/">All messages</a></p>'
    raw = f'<p><a href="/messages/{escape(letter.id)}.eml">The message as it was received</a></p>'
    attached = "\n".join(map(_attached, letter.attachment_texts))
    invited = _invited(letter.calendar) if letter.calendar else ""
    content = f"{back}\n{_terms(fields)}\n{invited}<pre>{escape(letter.text)}</pre>\n{attached}\n{raw}"
    return PAGE.format(title=escape(_subject(letter)), content=content)


def _terms(fields: dict[str, str]) -> str:
    terms = "\n".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in fields.items())
    return f"<dl>\n{terms}\n</dl>"


def _invited(invitation: Invitation) -> str:
    heading = METHOD_WORDS.get(invitation.method or "", "Calendar entry")
    meeting = invitation.meeting
    said = _terms(_when_and_where(meeting)) if meeting else "<p>The mailbox cannot read when and where.</p>"
    return f"<h2>{heading}</h2>\n{said}\n"


def _when_and_where(meeting: Meeting) -> dict[str, str]:
    starts, ends = meeting.starts.astimezone(UK), meeting.ends.astimezone(UK)
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else _moment(ends)
    when = {"When": f"{_moment(starts)} to {until}, UK time"}
    return {**when, "Where": meeting.place} if meeting.place else when


def _moment(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}, {moment:%H:%M}"


def _attached(attachment: AttachmentText) -> str:
    return f"<h2>Attachment: {escape(attachment.name)}</h2>\n<pre>{escape(attachment.text)}</pre>"


def _row(envelope: Envelope) -> str:
    link = f'<a href="/letters/{escape(envelope.id)}">{escape(_subject(envelope))}</a>'
    cells = (link, escape(", ".join(envelope.to)), escape(envelope.sender), _when(envelope))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _said(said: Said) -> str:
    text = f'<div class="text">{escape(said.message)}</div>'
    return f"<tr><td>{escape(said.title)}</td><td>{text}</td><td>{_when(said)}</td></tr>"


def _subject(envelope: Envelope) -> str:
    return envelope.subject or "(no subject)"


def _when(what: Envelope | Said) -> str:
    return f"{_moment(what.received_at.astimezone(UK))}, UK time"
