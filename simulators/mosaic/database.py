"""One SQLite file, shared by the threads of one server."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from simulators.mosaic.contract import Code, RefusedError

SCHEMA = Path(__file__).with_name("schema.sql")


class Database:
    """The file, opened again as it was after a crash; one thread at a time is inside."""

    def __init__(self, folder: Path) -> None:
        """Open `mosaic.db` in the folder, which is made when it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._db = sqlite3.connect(folder / "mosaic.db", isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(SCHEMA.read_text(encoding="utf-8"))

    def close(self) -> None:
        """Close the file once the transaction in hand has ended."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    def _rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._db.execute(query, values)]

    def _row(self, query: str, *values: object) -> dict[str, Any]:
        rows = self._rows(query, *values)
        if not rows:
            raise RefusedError(Code.NOT_FOUND)
        return rows[0]
