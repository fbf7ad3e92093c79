"""Mail over SMTP. What is certain not to have left, what was refused and what is unclear are three errors."""

import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from typing import NoReturn

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.settings import Port
from models.errors import LastingError, NothingHappenedError, UnclearError
from models.mail import Calendar, Mail

WRONG_SETUP = (ssl.SSLCertVerificationError, smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)
"""What no later attempt puts right."""
INVITATION_FILE = "invitation.ics"


class PostSettings(BaseSettings):
    """The mail server, and who we are to it."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_SMTP_", extra="ignore")

    host: str
    """The mail server."""
    port: Port = 25
    """Its port."""
    starttls: bool = True
    """Whether it is spoken to under encryption; false only for a server on the same machine."""
    user: str | None = None
    """How we sign in, where the server asks for it."""
    password: SecretStr | None = None
    """The password that goes with the user."""
    sender: str
    """The address that our mails come from."""
    reply_to: str | None = None
    """Where answers go, if not to the sender: of the whole council, as no team's area may follow from it. Answers to an
    invitation go to its organiser."""
    timeout: float = 5.0
    """How long we wait for one answer of the server; eleven of them, with STARTTLS and login, fit into one attempt."""


@dataclass(frozen=True)
class SmtpPost:
    """Mail, as ``activities.ports.Post`` needs it; one connection a message."""

    settings: PostSettings

    def send(self, mail: Mail) -> str:
        """See ``Post``."""
        if not mail.to.isascii():
            raise LastingError("refused_address", "the address cannot be told to a mail server")
        message = self._message(mail)
        server = self._greet()
        try:
            self._envelope(server, mail)
            self._hand_over(server, message)
        finally:
            server.close()
        return f"accepted by the mail server, message {_hash(mail.key)}"

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.settings.sender, mail.to, mail.subject
        message["Reply-To"] = mail.reply_to or self.settings.reply_to or self.settings.sender
        message["Message-ID"] = message_id(mail.key)
        if mail.transfer_id is not None:
            message["References"] = message_id(mail.transfer_id)
        message["Date"] = format_datetime(localtime())
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        if mail.calendar:
            _invite(message, mail.calendar)
        for attachment in mail.attachments:
            message.add_attachment(attachment.text, subtype="plain", charset="utf-8", filename=attachment.name)
        return message

    def _greet(self) -> smtplib.SMTP:
        settings = self.settings
        try:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise NothingHappenedError("the mail server cannot be reached") from error
        try:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password.get_secret_value())
            server.ehlo_or_helo_if_needed()
        except WRONG_SETUP as error:
            server.close()
            raise LastingError("mail_setup", "the mail server's certificate, or our login there, is wrong") from error
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            raise NothingHappenedError("the mail server broke off before the message") from error
        return server

    def _envelope(self, server: smtplib.SMTP, mail: Mail) -> None:
        try:
            sender, _ = server.mail(self.settings.sender)
            recipient, _ = server.rcpt(mail.to) if sender == 250 else (0, b"")
        except (OSError, smtplib.SMTPException) as error:
            raise NothingHappenedError("the mail server broke off before the message") from error
        if sender != 250:
            _refuse(sender, "mail_setup")
        if recipient not in {250, 251}:
            _refuse(recipient, "refused_address")

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        """From here on the message may have left, unless the server says that it did not."""
        try:
            code, _ = server.data(message.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as error:
            _refuse(error.smtp_code, "refused_message")
        except (OSError, smtplib.SMTPException) as error:
            raise UnclearError("the mail server gave no answer after the message") from error
        if 400 <= code < 600:
            _refuse(code, "refused_message")
        if code != 250:
            raise UnclearError("the mail server's answer after the message cannot be understood")


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


def _refuse(code: int, problem: str) -> NoReturn:
    if 500 <= code < 600:
        raise LastingError(problem, f"the mail server refused ({code})", f"The mail server answered with code {code}.")
    raise NothingHappenedError(f"the mail server put the message off ({code})")
