"""A register with many transfers, made from the register of a rehearsal."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import LargeBinary, insert, select

from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from benchmarks.register.copies import SERVICES, TABLES, Copier, Order, Real, places
from models.register.tables import AuditRow, CalendarRow, ServiceRow

AT_ONCE = 1000
"""Transfers in one transaction."""
SEED = 1
CALENDARS = AuditRow.metadata.tables["calendars"]
COUNTED_BY_ITSELF = {AuditRow.__tablename__: "id"}


class NothingToCopyError(Exception):
    """The rehearsal holds no open transfer, or none that has ended; the text is one clear line."""


def fill(order: Order, rehearsal: Store, url: str, now: datetime) -> int:
    """Fill a new register with the transfers of a rehearsal, many times over; returns how many rows were written.

    Raises:
        NothingToCopyError: the rehearsal was not played.
    """
    reals, settings = read_real(rehearsal), RegisterSettings(url=url)
    chance = random.Random(SEED)  # noqa: S311 (nothing here is secret)
    copier, written = Copier(rehearsal), 0
    copies = (copier.copy(chance.choice(reals[is_open]), place) for is_open, place in places(order, now, chance))
    migrate(settings)
    engine = register_engine(settings)
    with rehearsal.engine.connect() as there, engine.begin() as here:
        here.execute(insert(CalendarRow), [dict(row) for row in there.execute(select(CALENDARS)).mappings()])
        here.execute(insert(ServiceRow), [_service(ref) for ref in SERVICES])
    while some := list(islice(copies, AT_ONCE)):
        with engine.begin() as here:
            for name, table in TABLES.items():
                if rows := [row for one in some for row in one[name]]:
                    here.execute(insert(table), rows)
                written += len(rows)
    engine.dispose()
    return written


def read_real(rehearsal: Store) -> Mapping[bool, Sequence[Real]]:
    """The transfers of the rehearsal: those that are open under True, the others under False."""
    with rehearsal.engine.connect() as connection:
        rows = {
            name: [dict(row) for row in connection.execute(select(table)).mappings()] for name, table in TABLES.items()
        }
    every = [_real(rehearsal, row, rows) for row in rows["transfers"]]
    reals = {is_open: [real for real in every if real.is_open is is_open] for is_open in (True, False)}
    if not all(reals.values()):
        raise NothingToCopyError("The rehearsal holds no open transfer, or none that has ended: play it first.")
    return reals


def _real(rehearsal: Store, row: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Real:
    own = {name: [one for one in found if one.get("transfer_id") == row["id"]] for name, found in rows.items()}
    own["transfers"] = [row]
    opened = {name: [_opened(rehearsal, row["id"], name, one) for one in found] for name, found in own.items()}
    return Real(row["id"], row["opened_at"], row["outcome"] is None, opened)


def _opened(rehearsal: Store, transfer: str, table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with what is sealed opened, and without the number that the database counts itself."""
    sealed = [column.name for column in TABLES[table].columns if isinstance(column.type, LargeBinary)]
    clear = {name: row[name] and rehearsal.unseal(transfer, row[name]) for name in sealed}
    return {name: value for name, value in {**row, **clear}.items() if name != COUNTED_BY_ITSELF.get(table)}


def _service(ref: str) -> Mapping[str, Any]:
    return {
        "ref": ref,
        "name": f"Early Help {ref}",
        "contact_email": f"{ref}@council.example",
        "contact_kind": "contact",
        "manager_email": None,
        "mosaic_team": ref,
    }
