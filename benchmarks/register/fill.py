"""A register with many transfers, made from the register of a rehearsal."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, insert, inspect, select, text

from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from benchmarks.register.copies import SERVICES, TABLES, Copier, Order, Real, Row, places
from models.register.tables import AuditRow, CalendarRow, ServiceRow

AT_ONCE = 1000
"""Transfers in one transaction."""
SEED = 1
CALENDARS = AuditRow.metadata.tables["calendars"]
COUNTED_BY_ITSELF = {AuditRow.__tablename__: "id"}


class NothingToCopyError(Exception):
    """There is nothing to copy, or no place for it; the text is one clear line."""


def is_filled(url: str) -> bool:
    """Whether there are transfers already; of a database that has other tables nothing is touched.

    Raises:
        NothingToCopyError: it has.
    """
    engine = register_engine(RegisterSettings(url=url))
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        filled = "transfers" in tables and connection.scalar(text("SELECT 1 FROM transfers LIMIT 1")) is not None
    engine.dispose()
    if tables and not filled:
        raise NothingToCopyError("The database has tables and no transfers: name one that is empty.")
    return filled


def size(url: str) -> str:
    """The name of the database with its version, and how much it takes."""
    engine = register_engine(RegisterSettings(url=url))
    asked = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        "postgresql": "SELECT pg_database_size(current_database())",
    }[engine.dialect.name]
    with engine.connect() as connection:
        taken = int(connection.scalar(text(asked)) or 0)
        version = ".".join(map(str, connection.dialect.server_version_info or ()))
    engine.dispose()
    return f"{engine.dialect.name} {version}, {taken / 1024**3:.1f} GiB"


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
                    _write(here, table, rows)
                written += len(rows)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as here:
            # Its own housekeeping does so in time.
            here.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    return written


def _write(here: Connection, table: Table, rows: Sequence[Row]) -> None:
    if here.dialect.name != "postgresql":
        here.execute(insert(table), rows)
        return
    names = tuple(rows[0])
    driver = here.connection.driver_connection
    assert driver is not None  # noqa: S101 (it is connected)
    with driver.cursor().copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


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
