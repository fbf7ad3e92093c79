"""Anonymous advice, counted: a number for each day, kind and channel, and nothing else (ER-08)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from adapters.register.store import Store, select_plain
from models.operations.advice import AdviceChannel, AdviceKind, Advised
from models.register.tables import AdviceRow


@dataclass(frozen=True)
class SqlAdvice:
    """Written by the command, and read by the report."""

    store: Store

    def count(self, day: date, kind: AdviceKind, channel: AdviceChannel) -> None:
        """Count one more."""
        try:
            self._count(day, kind, channel)
        except IntegrityError:
            # Somebody counted the first of this day between our look and our write; the second look sees it.
            self._count(day, kind, channel)

    def _count(self, day: date, kind: AdviceKind, channel: AdviceChannel) -> None:
        with self.store.transaction() as session:
            row = session.get(AdviceRow, (day, kind, channel), with_for_update=True)
            if row is None:
                session.add(AdviceRow(day=day, kind=kind, channel=channel, number=1))
            else:
                row.number += 1

    def given(self, first: date, last: date) -> Sequence[Advised]:
        """How often it was given from the first of these days to the last, by kind and channel."""
        by = (col(AdviceRow.kind), col(AdviceRow.channel))
        within = (col(AdviceRow.day) >= first, col(AdviceRow.day) <= last)
        counted = select_plain(*by, func.sum(col(AdviceRow.number))).where(*within).group_by(*by).order_by(*by)
        with self.store.reading() as session:
            return [
                Advised(AdviceKind(kind), AdviceChannel(channel), int(number))
                for kind, channel, number in session.exec(counted)
            ]
