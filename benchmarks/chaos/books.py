"""The books of register, Mosaic, mailbox and Temporal, compared: what was lost, and what was doubled."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from adapters.smtp import message_id
from benchmarks.herd.books import MailSeen
from cli.rehearsal.books import Books
from cli.rehearsal.case import Case
from cli.rehearsal.expectation import ExpectedMail, as_far_as_said, same_contact
from cli.rehearsal.player import EARLY_HELP
from models.effects import Ended
from models.kinds import EffectKind
from models.step_down.letter_reference import from_subject
from models.ways import WAYS, System

MAILED = frozenset(kind.value for kind in EffectKind if WAYS[kind].system is System.MAIL)


@dataclass(frozen=True)
class Verdict:
    """What is wrong, a line each; of what may come twice only how often it did."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    mails_twice: int = 0
    """Under one Message-ID."""
    shares_twice: tuple[str, ...] = ()
    """With the same content."""

    def __add__(self, other: "Verdict") -> "Verdict":
        """Both."""
        return Verdict(
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.mails_twice + other.mails_twice,
            self.shares_twice + other.shares_twice,
        )

    def after_silences(self, silences: int) -> "Verdict":
        """As Mosaic was so often silent before it shared: that often a share may come twice, and no oftener (ADR 2)."""
        doubled = self.shares_twice if len(self.shares_twice) > silences else ()
        return Verdict(self.lost, self.doubled + doubled, self.mails_twice, self.shares_twice)

    @property
    def is_right(self) -> bool:
        """Nothing was lost, nothing doubled."""
        return not self.lost and not self.doubled


@dataclass(frozen=True)
class Effected:
    """An effect as the register's book has it."""

    key: str
    kind: str
    ended: str | None


def effects(register: Engine) -> list[Effected]:
    """Every effect in the register."""
    with register.connect() as connection:
        return [Effected(*row) for row in connection.execute(text("SELECT key, kind, ended FROM effects"))]


def mail_of_effects(book: Iterable[Effected], mails: Iterable[MailSeen]) -> Verdict:
    """Each mail that the register says was sent has arrived, and none arrived that nobody meant to send."""
    by_id = {message_id(effect.key): effect for effect in book}
    arrived = Counter(mail.message_id for mail in mails)
    sent = {name for name, effect in by_id.items() if effect.kind in MAILED and effect.ended == Ended.DONE}
    return Verdict(
        lost=tuple(f"{by_id[name].key}: noted as sent, and not in the mailbox" for name in sent - arrived.keys()),
        doubled=tuple(f"{name}: in the mailbox, and nobody meant to send it" for name in arrived.keys() - by_id.keys()),
        mails_twice=arrived.total() - len(arrived),
    )


def as_its_file_says(case: Case, outcome: str | None, books: Books, mails: Iterable[MailSeen]) -> Verdict:
    """How it ended, what Mosaic holds, what was shared and sent, beside what the example says."""
    name, expect = case.start.id, case.expect
    verdict = _counted(f"{name}: shared", set(map(str, expect.shared)), set(map(str, books.shared)))
    again = Counter(map(str, books.shared)) - Counter(map(str, expect.shared))
    verdict += Verdict(shares_twice=tuple(f"{name}: shared again: {one}" for one in again.elements()))
    if outcome != expect.outcome:
        verdict += Verdict(lost=(f"{name}: ended as {outcome} instead of {expect.outcome}",))
    if books.children != expect.children:
        verdict += Verdict(lost=(f"{name}: Mosaic holds {books.children} instead of {expect.children}",))
    if not same_contact(books.contact, expect.contact):
        verdict += Verdict(lost=(f"{name}: the contact holds {books.contact} instead of {expect.contact}",))
    sent = _once(as_far_as_said(books.mail, expect.mail), mails)
    return verdict + _counted(f"{name}: mail", map(str, expect.mail), map(str, sent))


def steps_recorded(name: str, taken: Collection[str], timeline: Iterable[str | None]) -> Verdict:
    """Each step that was taken stands on the timeline once."""
    recorded = Counter(step for step in timeline if step in taken)
    return _counted(f"{name}: step", taken, recorded.elements())


def closed_once(name: str, closing_step: str, steps: Iterable[Mapping[str, Any]]) -> Verdict:
    """No child was closed twice, or given to the service twice."""
    done = Counter(
        f"{step['person_ref']}, {step['type']}"
        for step in steps
        if step["type"] == EARLY_HELP or (step["type"] == closing_step and step["completion"])
    )
    return Verdict(doubled=tuple(f"{name}: {what} {times} times" for what, times in done.items() if times > 1))


def _once(sent: Iterable[ExpectedMail], mails: Iterable[MailSeen]) -> list[ExpectedMail]:
    """The mail of a transfer, but for what came again under a Message-ID."""
    again: Counter[tuple[str, str]] = Counter()
    for (_, *mail), times in Counter((mail.message_id, mail.to, mail.subject) for mail in mails).items():
        again[mail[0], from_subject(mail[1])[0]] += times - 1
    kept = []
    for one in sent:
        if again[one.to, one.subject] > 0:
            again[one.to, one.subject] -= 1
        else:
            kept.append(one)
    return kept


def _counted(what: str, expected: Iterable[Hashable], found: Iterable[Hashable]) -> Verdict:
    wanted, seen = Counter(iter(expected)), Counter(iter(found))
    return Verdict(
        lost=tuple(f"{what} lost: {one}" for one in (wanted - seen).elements()),
        doubled=tuple(f"{what} too much: {one}" for one in (seen - wanted).elements()),
    )
