"""What is counted: the rows of the register and the messages of the mailbox, read past the code that wrote them."""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from adapters.smtp import message_id
from models.effects import Effect, Intent
from models.kinds import Audience, EffectKind

ALERT = re.compile(r".* \(transfer (?P<transfer>[^ ,]+), alert (?P<number>\d+)\)")


@dataclass(frozen=True)
class AlertSeen:
    """An alert as the register holds it."""

    transfer_id: str
    number: int
    what: str
    at: datetime
    raised_at: datetime


@dataclass(frozen=True)
class MailSeen:
    """A message as the mailbox holds it."""

    message_id: str
    received_at: datetime
    to: str
    subject: str


@dataclass(frozen=True)
class Register:
    """The register's file, opened for reading only."""

    file: Path

    def clocks_set(self) -> set[str]:
        """The transfers whose contact is waited for, with a due date."""
        return {row[0] for row in self._rows("SELECT transfer_id FROM clocks WHERE kind = 'conversation'")}

    def alerts(self) -> list[AlertSeen]:
        """Every alert that was raised."""
        rows = self._rows("SELECT transfer_id, number, what, at, raised_at FROM alerts")
        return [AlertSeen(t, n, what, _instant(at), _instant(raised)) for t, n, what, at, raised in rows]

    def alerts_told(self) -> int:
        """How many alert mails are noted as sent."""
        return int(self._rows("SELECT count(*) FROM effects WHERE kind = 'mail_alert' AND ended IS NOT NULL")[0][0])

    def tries(self) -> dict[str, int]:
        """How many tries each kind of effect took beyond the first."""
        return dict(self._rows("SELECT kind, sum(attempts - 1) FROM effects GROUP BY kind"))

    def _rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchall()


def mailbox(url: str) -> list[MailSeen]:
    """Every message that the mailbox took, the oldest first."""
    return [mail_seen(message) for message in httpx.get(f"{url}/messages", timeout=300).raise_for_status().json()]


def mail_seen(message: Mapping[str, Any]) -> MailSeen:
    """A message as the mailbox lists it."""
    received = datetime.fromisoformat(message["received_at"])
    return MailSeen(message["message_id"] or "", received, message["to"][0], message["subject"])


@dataclass(frozen=True)
class Count:
    """How the alerts of the herd compare with one each."""

    expected: int
    raised: int
    missing_in_register: int
    doubled_in_register: int
    mailed: int
    missing_in_mailbox: int
    doubled_in_mailbox: int
    never_raised_but_mailed: int

    @property
    def is_right(self) -> bool:
        """None is missing, none was raised twice, none made up; one mail may come twice under its Message-ID."""
        wrong = self.missing_in_register, self.doubled_in_register, self.missing_in_mailbox
        return not any((*wrong, self.never_raised_but_mailed))


def count(herd: Collection[str], alerts: Iterable[AlertSeen], mails: Iterable[MailSeen]) -> Count:
    """One breach and one mail for each transfer, no more and no less."""
    ours = Counter(alert.transfer_id for alert in alerts if alert.transfer_id in set(herd))
    numbers = {(alert.transfer_id, alert.number) for alert in alerts}
    told = Counter(mail.message_id for mail in mails if ALERT.fullmatch(mail.subject))
    return Count(
        expected=len(herd),
        raised=ours.total(),
        missing_in_register=len(set(herd) - set(ours)),
        doubled_in_register=ours.total() - len(ours),
        mailed=told.total(),
        missing_in_mailbox=len({alert_message(transfer, 1) for transfer in herd} - set(told)),
        doubled_in_mailbox=told.total() - len(told),
        never_raised_but_mailed=len(set(told) - {alert_message(*number) for number in numbers}),
    )


def alert_message(transfer_id: str, number: int) -> str:
    """The Message-ID under which this alert goes to the contact, however often it is sent."""
    effect = Effect(kind=EffectKind.MAIL_ALERT, number=number, audience=Audience.EARLY_HELP_CONTACT)
    return message_id(Intent(transfer_id=transfer_id, effect=effect, clause="").key)


def _instant(kept: str) -> datetime:
    return datetime.fromisoformat(kept).replace(tzinfo=UTC)
