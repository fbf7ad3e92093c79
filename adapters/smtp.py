"""Mail over SMTP. What is certain not to have left, what was refused and what is unclear are three errors."""

import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from time import monotonic
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from adapters.settings import Port, Settings, refuse_in_clear
from adapters.smtp_answers import Stage, refuse
from adapters.smtp_session import EncryptedSession, Session, nothing_left
from models.errors import LastingError, NothingHappenedError, UnclearError
from models.mail import Calendar, Mail
from models.vocabulary import LONDON

INVITATION_FILE = "invitation.ics"
LONGEST_ATTEMPT = 240.0
"""Seconds; ``workflows.timeouts.MAIL`` leaves room for what is asked of Mosaic before."""


class Encryption(StrEnum):
    """How the mail server is spoken to."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class PostSettings(Settings):
    """The mail server, and who we are to it."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_SMTP_")

    host: str
    """The mail server."""
    port: Port = 25
    """Its port."""
    encryption: Encryption = Encryption.STARTTLS
    """`starttls`: nothing is said before the server has turned to encryption (ports 25 and 587); `tls`: encrypted from
    the first byte (port 465); `none`: in production only to a server on the same machine (`localhost` or its number).
    Its certificate has to be vouched for by an authority that this machine trusts; `SSL_CERT_FILE` names the file of a
    council's own."""
    user: str | None = None
    """How we sign in, where the server asks for it."""
    password: SecretStr | None = None
    """The password that goes with the user."""
    sender: str
    """The address that our mails come from."""
    reply_to: str | None = None
    """Where answers go, if not to the sender: of the whole council, as no team's area may follow from it. Answers to an
    invitation go to its organiser."""
    timeout: Annotated[float, Field(gt=0, le=LONGEST_ATTEMPT)] = LONGEST_ATTEMPT
    """How long one attempt at a mail may take in all, at most 240. The first half is for everything before the text;
    the rest is for the text and the server's last answer, for which a filter of contents may take minutes."""

    @field_validator("encryption")
    @classmethod
    def _not_in_clear(cls, encryption: Encryption, known: ValidationInfo) -> Encryption:
        if encryption is Encryption.NONE and "host" in known.data:
            refuse_in_clear(known.data["host"])
        return encryption


@dataclass(frozen=True)
class SmtpPost:
    """Mail, as ``activities.ports.Post`` needs it; one connection a message."""

    settings: PostSettings

    def send(self, mail: Mail, at: datetime) -> str:
        """See ``Post``."""
        if not mail.to.isascii():
            raise LastingError("refused_address", "the address cannot be told to a mail server")
        message = self._message(mail, at)
        began = monotonic()
        server = self._connected(until=began + self.settings.timeout / 2)
        try:
            self._sign_in(server)
            text = _as_taken_by(server, message)
            self._envelope(server, mail, text)
            server.until = began + self.settings.timeout
            _hand_over(server, text)
        finally:
            server.close()
        return f"accepted by the mail server, message {_hash(mail.key)}"

    def _message(self, mail: Mail, at: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.settings.sender, mail.to, mail.subject
        message["Reply-To"] = mail.reply_to or self.settings.reply_to or self.settings.sender
        message["Message-ID"] = message_id(mail.key)
        if mail.transfer_id is not None:
            message["References"] = message_id(mail.transfer_id)
        message["Date"] = format_datetime(at.astimezone(LONDON))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        if mail.calendar:
            _invite(message, mail.calendar)
        for attachment in mail.attachments:
            message.add_attachment(attachment.text, subtype="plain", charset="utf-8", filename=attachment.name)
        return message

    def _connected(self, until: float) -> Session:
        settings = self.settings
        with nothing_left(Stage.GREETING):
            if settings.encryption is Encryption.TLS:
                context = ssl.create_default_context()
                return EncryptedSession(settings.host, settings.port, until, context=context)
            return Session(settings.host, settings.port, until)

    def _sign_in(self, server: Session) -> None:
        settings = self.settings
        with nothing_left(Stage.GREETING):
            server.ehlo_or_helo_if_needed()
        with nothing_left(Stage.ENCRYPTION):
            if settings.encryption is Encryption.STARTTLS:
                server.starttls(context=ssl.create_default_context())
        with nothing_left(Stage.GREETING):
            server.ehlo_or_helo_if_needed()
        with nothing_left(Stage.LOGIN):
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password.get_secret_value())

    def _envelope(self, server: Session, mail: Mail, text: bytes) -> None:
        """Say from whom and to whom, until the server asks for the text."""
        options = [f"SIZE={len(text)}"] if server.has_extn("size") else []
        options += [] if text.isascii() else ["BODY=8BITMIME"]
        with nothing_left(Stage.SENDER):
            code, said = server.mail(self.settings.sender, options)
            if not _taken(code):
                refuse(Stage.SENDER, code, said)
        with nothing_left(Stage.RECIPIENT):
            code, said = server.rcpt(mail.to)
            if not _taken(code):
                refuse(Stage.RECIPIENT, code, said)
        with nothing_left(Stage.MESSAGE):
            code, said = server.docmd("DATA")
            if code != 354:
                refuse(Stage.MESSAGE, code, said)


def _as_taken_by(server: Session, message: EmailMessage) -> bytes:
    """The message as bytes, of which only a server that takes them so gets any beyond ASCII (RFC 6152)."""
    return message.as_bytes(policy=SMTP if server.has_extn("8bitmime") else SMTP.clone(cte_type="7bit"))


def _hand_over(server: Session, text: bytes) -> None:
    """Once all of it is on its way, the message may have left, unless the server says that it did not.

    Until then its end, a dot in a line of its own, has not: a server that loses us before has nothing to deliver.
    """
    try:
        server.send(text.replace(b"\r\n.", b"\r\n..").removesuffix(b"\r\n") + b"\r\n.\r\n")
    except (OSError, smtplib.SMTPException) as error:
        raise NothingHappenedError("the mail server broke off in the middle of the message") from error
    try:
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise UnclearError("the mail server gave no answer after the message") from error
    if 400 <= code < 600:
        refuse(Stage.MESSAGE, code, said)
    if not _taken(code):
        raise UnclearError("the mail server's answer after the message cannot be understood")


def _taken(code: int) -> bool:
    return 200 <= code < 300


def message_id(key: str) -> str:
    """The Message-ID for a key; it says nothing about a person."""
    return f"<{_hash(key)}@early-help-transfers>"


def _invite(message: EmailMessage, calendar: Calendar) -> None:
    """Put the calendar beside the text, where Outlook and Gmail look for it, and into a file for other programs.

    As bytes, which travel in base64: no line end and no blank at a line's end is lost on the way.
    """
    content = calendar.text.encode()
    read_as = {"method": calendar.method, "charset": "utf-8"}
    message.add_alternative(content, maintype="text", subtype="calendar", params=read_as)
    message.add_attachment(content, maintype="application", subtype="ics", filename=INVITATION_FILE)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
