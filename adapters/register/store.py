"""The ground of the register: where it is kept, how it is written and read, and what is sealed in it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, cast

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import Engine, QueuePool, event, make_url, select
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session, create_engine

import adapters
from adapters.keyring import Cipher
from adapters.register.server import LIMIT, READS, WRITES, postgresql_engine, refuse_register_in_clear
from adapters.settings import Settings
from models.register.tables import AuditRow
from models.vocabulary import Frozen

CONNECTIONS = 20
"""As many as activities of a worker may wait for the register alone."""

ONLY_READS = "transfers_reads"
"""Marks a connection that only reads: on SQLite it does not wait for the one writer."""


class RegisterSettings(Settings):
    """Where the register is kept."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_REGISTER_")

    url: str
    """``sqlite:///FILE``, or ``postgresql+psycopg://USER:PASSWORD@HOST/DATABASE`` with the extra ``postgresql``. In
    production a server on another machine is asked with encryption only: ``?sslmode=verify-full``, with
    ``&sslrootcert=FILE`` where the authority is your own."""
    connections: int = Field(default=CONNECTIONS, ge=1, le=1000)
    """To PostgreSQL: how many a process holds at most, a worker two more for its figures. Whoever finds none waits for
    three seconds, and tries again."""

    @field_validator("url")
    @classmethod
    def _spoken_to_in_private(cls, said: str) -> str:
        try:
            url = make_url(said)
        except ArgumentError:
            raise ValueError("is not the address of a database, such as sqlite:///FILE") from None
        refuse_register_in_clear(url)
        return said


def register_engine(settings: RegisterSettings) -> Engine:
    """The engine; its error texts never show what was written.

    Raises:
        ValueError: it is kept in another kind of database, or what speaks to this one is not installed.
    """
    url = make_url(settings.url)
    kind = url.get_backend_name()
    if kind == "postgresql":
        return postgresql_engine(url, settings.connections)
    if kind != "sqlite":
        raise ValueError(f"TRANSFERS_REGISTER_URL: the register is kept in sqlite or postgresql, not in {kind}")
    engine = create_engine(url, hide_parameters=True, pool_size=settings.connections)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late: a read and then a write in one transaction would fail under load.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=3000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(ONLY_READS) else "BEGIN IMMEDIATE")


def migrate(settings: RegisterSettings) -> None:
    """Bring the register's tables up to date.

    Raises:
        ValueError: the folder of its file is not there.
    """
    engine = register_engine(settings)
    if engine.dialect.name == "sqlite" and not (folder := Path(engine.url.database or "").parent).is_dir():
        raise ValueError(f"TRANSFERS_REGISTER_URL: there is no folder {folder}; `transfers up` makes the rehearsal's")
    # Every command and every worker would wait for it at its start.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(Path(adapters.__path__[0]) / "migrations"))
    try:
        command.upgrade(config, "head")
    finally:
        engine.dispose()


class UnreadableError(Exception):
    """A sealed column cannot be opened with the keys at hand."""


@dataclass(frozen=True)
class Store:
    """The database and the cipher; the parts of the register share one in a process."""

    engine: Engine
    cipher: Cipher
    _turn: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose writes become visible together, or not at all."""
        # SQLite has one writer: threads that ask it again and again starve each other, so here they queue.
        turn = self._turn if self.engine.dialect.name == "sqlite" else nullcontext()
        with turn, Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, all of it as it stood at one moment."""
        with Session(self._reader) as session:
            yield session

    @cached_property
    def _writer(self) -> Engine:
        return self.engine.execution_options(**{LIMIT: WRITES})

    @cached_property
    def _reader(self) -> Engine:
        # SQLite reads as of one moment by itself; PostgreSQL is told so transaction by transaction, so that it holds
        # behind a pool of those, too.
        only = self.engine.dialect.name == "postgresql"
        one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if only else {}
        return self.engine.execution_options(**{ONLY_READS: True, LIMIT: READS}, **one_moment)

    def seal(self, transfer_id: str, value: Frozen) -> bytes:
        """The value as it is written: it opens with the key, for this transfer only."""
        return self.seal_json(transfer_id, value.model_dump_json().encode())

    def seal_json(self, transfer_id: str, clear: bytes) -> bytes:
        """The same of a value that is JSON already."""
        key_id, sealed = self.cipher.seal(clear, transfer_id.encode())
        return key_id.encode() + b"\n" + sealed

    def unseal(self, transfer_id: str, sealed: bytes) -> bytes:
        """The JSON of a sealed value.

        Raises:
            UnreadableError: its key is not here, or it is of another transfer.
        """
        key_id, _, rest = sealed.partition(b"\n")
        clear = self.cipher.open(key_id.decode(), rest, transfer_id.encode())
        if clear is None:
            raise UnreadableError("the register holds this under a key that is not here")
        return clear


def pooled(engine: Engine) -> tuple[int, int]:
    """How many connections are in use at this moment, and how many there may be."""
    pool = cast(QueuePool, engine.pool)
    return pool.checkedout(), pool.size()


def select_plain(*columns: Any) -> Any:
    """A statement of these columns, however many they are; it finds plain rows, which no session remembers."""
    return select(*columns)


def audit(transfer_id: str, who: str, what: str, **change: Any) -> AuditRow:
    """A row with ``old``, ``new`` and ``why`` where they are given."""
    return AuditRow(transfer_id=transfer_id, at=datetime.now(UTC), who=who, what=what, **change)
