"""A due date in plain words: day by day, with what people changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from rich.table import Table
from rich.text import Text

from models.certificate import Certificate, Counted
from models.vocabulary import day_words, local_time

Line = tuple[str, str]
"""What is said of a certificate: a name, and its words."""


def grid(lines: Sequence[Line]) -> Table:
    """The lines, in two columns."""
    table = Table.grid(padding=(0, 2))
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def certificate_lines(certificate: Certificate) -> list[Line]:
    """The certificate in plain words."""
    return [
        ("Received", local_time(certificate.received)),
        ("Counts from", local_time(certificate.counts_from)),
        *(_day(counted) for counted in certificate.days),
        *(("Paused", words) for words in _pauses(certificate)),
        *(("Calculated again", words) for words in _recalculations(certificate)),
        ("Due", local_time(certificate.due)),
        ("Policy", certificate.policy_version),
        ("Calendar", certificate.calendar),
    ]


def _day(counted: Counted) -> Line:
    name = day_words(counted.day)
    return name, f"does not count: {counted.why_not}" if counted.number is None else f"day {counted.number}"


def _pauses(certificate: Certificate) -> Iterator[str]:
    for pause in certificate.pauses:
        times = f"{local_time(pause.since)} to {local_time(pause.until)}"
        yield f"{times}: {pause.reason.words} (by {pause.by})"


def _recalculations(certificate: Certificate) -> Iterator[str]:
    """Each with the due date before and after it; the last one led to the due date that holds."""
    dues = [*(again.due_before for again in certificate.recalculations), certificate.due]
    for again, (before, after) in zip(certificate.recalculations, pairwise(dues), strict=True):
        yield f"{local_time(again.at)}: {_maybe(before)} → {_maybe(after)} (by {again.by})"


def _maybe(moment: datetime | None) -> str:
    return local_time(moment) if moment else "not calculated"
