"""Copies of real transfers: every row of one, under another id, at another time, between other people."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Table

from adapters.register.store import Store
from models.register.tables import TransferRow

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in TransferRow.metadata.sorted_tables
    if table.name == TransferRow.__tablename__ or ("transfer_id" in table.columns and table.name != "asked")
}
"""Every table that has rows of a transfer; what one asks for all of them is not its own."""
YEARS = 8
OPEN_DAYS = 40
"""An open transfer is at most so old, and one that has ended is older."""
SERVICES = [f"hub-{number}" for number in range(12)]
TEAMS = [f"team-{number}" for number in range(25)]
WORKERS = [f"worker-{number}" for number in range(160)]
MANAGERS = [f"manager-{number}" for number in range(40)]

Row = Mapping[str, Any]
"""By column; times as instants, what is sealed as its JSON."""


class Real(NamedTuple):
    """A transfer that was really played."""

    id: str
    opened_at: datetime
    is_open: bool
    rows: Mapping[str, Sequence[Row]]
    """By table."""


class Order(NamedTuple):
    """How many transfers there shall be, and how many of them open."""

    transfers: int
    open: int


class Place(NamedTuple):
    """Where a copy stands: its id, when it was opened, and who is in it."""

    id: str
    opened_at: datetime
    named: Mapping[str, str]
    """By column."""


def places(order: Order, now: datetime, chance: random.Random) -> Iterator[tuple[bool, Place]]:
    """One for each transfer, and whether that is open: those that have ended first."""
    for number in range(order.transfers):
        is_open = number >= order.transfers - order.open
        age = timedelta(days=OPEN_DAYS * chance.random())
        if not is_open:
            age = timedelta(days=OPEN_DAYS + 365 * YEARS * chance.random())
        named = {
            "service_ref": chance.choice(SERVICES),
            "social_work_team": chance.choice(TEAMS),
            "social_worker": chance.choice(WORKERS),
            "team_manager": chance.choice(MANAGERS),
        }
        yield is_open, Place(f"t-{number:06d}-{chance.randbytes(2).hex()}", now - age, named)


@dataclass(frozen=True)
class Copier:
    """Makes copies; what is sealed is sealed anew, for the transfer that it now belongs to."""

    store: Store

    def copy(self, real: Real, place: Place) -> Mapping[str, list[Row]]:
        """The rows of the copy by table."""
        later = place.opened_at - real.opened_at
        own = real.rows[str(TransferRow.__tablename__)][0]
        instead = {own[column]: ref for column, ref in place.named.items()}

        def changed(name: str, value: Any) -> Any:
            match value:
                case datetime():
                    return value + later
                case bytes():
                    return self.store.seal_json(place.id, value)
                case str() if name in {"child_ref", "family_ref"}:
                    # Some are named after another transfer that they were in, too.
                    return f"{place.id}-{value}"
                case str() if name in {"ref", "agreed_for"}:
                    return instead.get(value, value)
                case str():
                    return place.named.get(name) or value.replace(real.id, place.id)
            return value

        return {
            table: [{name: changed(name, value) for name, value in row.items()} for row in rows]
            for table, rows in real.rows.items()
        }
