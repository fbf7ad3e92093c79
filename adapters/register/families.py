"""The journeys of one family, as the register keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import col, select

from adapters.register.shown import status_of
from adapters.register.store import Store
from models.operations.family import KeptJourney
from models.register.tables import TransferRow

AT_ONCE = 20
"""So many statuses are read at a time; each holds its whole timeline."""


@dataclass(frozen=True)
class SqlFamilies:
    """Read by the command that shows a family."""

    store: Store

    def journeys(self, family_ref: str) -> Iterator[KeptJourney]:
        """Those that may be shown among others, in the order in which they were opened, a few read at a time."""
        found = select(TransferRow).where(TransferRow.family_ref == family_ref, ~col(TransferRow.restricted))
        ordered = found.order_by(col(TransferRow.opened_at), col(TransferRow.id)).execution_options(yield_per=AT_ONCE)
        with self.store.reading() as session:
            for row in session.exec(ordered):
                if (status := status_of(self.store, row)) is not None:
                    yield KeptJourney(status, row.opened_at, row.closed_at)

    def hidden(self, family_ref: str) -> frozenset[str]:
        """The ids of those that are for named people only."""
        found = select(TransferRow.id).where(TransferRow.family_ref == family_ref, col(TransferRow.restricted))
        with self.store.reading() as session:
            return frozenset(session.exec(found))
