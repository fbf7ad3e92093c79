"""The SMTP side of the mailbox."""

import asyncio
from typing import Annotated, cast

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session as SmtpSession
from pydantic import Field

from simulators.faults import Action, Fault, Faults, When
from simulators.mailbox.store import MailStore

REFUSED_DOMAIN = "refused.example"


class MailFault(Fault):
    """A fault that strikes a message after its DATA; an error answers `code`."""

    code: Annotated[str, Field(pattern=r"^[45]\d\d [ -~]{1,200}$")] = "451 try again later"


class Postbox:
    """Takes messages: 250 is answered only for a message that is on disk."""

    def __init__(self, store: MailStore, faults: Faults[MailFault]) -> None:
        """Store into this folder, and suffer these faults."""
        self._store = store
        self._faults = faults

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: SmtpSession, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        """Refuse the recipients of one domain, as a mail server refuses an unknown one."""
        if address.lower().endswith(f"@{REFUSED_DOMAIN}"):
            return "550 mailbox unavailable"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: SmtpSession, envelope: SmtpEnvelope) -> str:  # noqa: N802
        """Store the message, with a fault on either side of the storing where one is planned."""
        refusal = await self._suffer(server, When.BEFORE)
        if refusal:
            return refusal
        content = envelope.original_content or b""
        await asyncio.to_thread(self._store.store, envelope.mail_from or "", envelope.rcpt_tos, content)
        return await self._suffer(server, When.AFTER) or "250 OK"

    async def _suffer(self, server: SMTP, when: When) -> str | None:
        fault = self._faults.take(lambda planned: planned.when == when)
        if fault is None:
            return None
        match fault.action:
            case Action.HANG:
                await asyncio.sleep(fault.seconds)
                return None
            case Action.DROP:
                cast(asyncio.WriteTransport, server.transport).abort()
                # The lost connection cancels this task at its next turn, so nothing follows.
                await asyncio.sleep(0)
                return None
            case Action.ERROR:
                return fault.code
