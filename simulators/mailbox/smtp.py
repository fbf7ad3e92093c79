"""The SMTP side of the mailbox."""

import asyncio
from enum import StrEnum
from typing import Annotated, Self, cast

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session as SmtpSession
from pydantic import Field, StringConstraints, model_validator

from simulators.faults import Action, Aim, Blow, Fate, Fault, Faults, Script, When
from simulators.mailbox.store import MailStore

REFUSED_DOMAIN = "refused.example"


class Stage(StrEnum):
    """Where in its delivery a message is: at MAIL FROM, at a RCPT TO, or after its DATA."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class MailBlow(Blow):
    """What one message suffers; an error answers `code`."""

    code: Annotated[str, Field(pattern=r"^[45]\d\d [ -~]{1,200}$")] = "451 try again later"

    @property
    def refusal(self) -> str:
        """The whole line of the answer."""
        return self.code


class MailAim(Aim):
    """Messages at one stage; `target` is a recipient's address, who is not known yet at the sender's stage.

    Only a message can be stored, so `when` makes no difference at the other stages.
    """

    stage: Stage = Stage.MESSAGE
    target: Annotated[str, StringConstraints(to_lower=True)] | None = None

    @model_validator(mode="after")
    def _know_the_target(self) -> Self:
        if self.stage is Stage.SENDER and self.target is not None:
            raise ValueError("the recipient is not known yet at the stage of the sender")
        return self

    @property
    def place(self) -> str:
        """The stage."""
        return self.stage


class MailFault(MailBlow, MailAim, Fault):
    """A fault that strikes messages at one stage."""


class MailScript(MailAim, Script[MailBlow]):
    """What the next messages suffer at one stage."""


class Postbox:
    """Takes messages: 250 is answered only for a message that is on disk."""

    def __init__(self, store: MailStore, faults: Faults[MailBlow]) -> None:
        """Store into this folder, and suffer these faults."""
        self._store = store
        self._faults = faults

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: SmtpSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, unless a fault strikes."""
        refusal = await _suffer(server, self._faults.take(Stage.SENDER), *When)
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: SmtpSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Refuse the recipients of one domain, as a mail server refuses an unknown one, and whom a fault strikes."""
        refusal = await _suffer(server, self._faults.take(Stage.RECIPIENT, address.lower()), *When)
        if refusal:
            return refusal
        if address.lower().endswith(f"@{REFUSED_DOMAIN}"):
            return "550 mailbox unavailable"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: SmtpSession, envelope: SmtpEnvelope) -> str:  # noqa: N802
        """Store the message, with a fault on either side of the storing where one is planned."""
        fate = self._faults.take(Stage.MESSAGE, *map(str.lower, envelope.rcpt_tos))
        refusal = await _suffer(server, fate, When.BEFORE)
        if refusal:
            return refusal
        content = envelope.original_content or b""
        await asyncio.to_thread(self._store.store, envelope.mail_from or "", envelope.rcpt_tos, content)
        return await _suffer(server, fate, When.AFTER) or "250 OK"


async def _suffer(server: SMTP, fate: Fate[MailBlow], *sides: When) -> str | None:
    blow = fate.at(*sides)
    if blow is None:
        return None
    match blow.action:
        case Action.HANG:
            await asyncio.sleep(blow.seconds)
            return None
        case Action.DROP:
            cast(asyncio.WriteTransport, server.transport).abort()
            # The lost connection cancels this task at its next turn, so nothing follows.
            await asyncio.sleep(0)
            return None
        case Action.ERROR:
            return blow.code
