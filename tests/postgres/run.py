"""The one PostgreSQL server of a run of the tests, whichever of its processes asks first; pytest reads the hooks."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest

from models.register.tables import TransferRow
from tests.pace import until
from tests.postgres.keeper import HELD, MIGRATED, SERVER, Kept
from tests.postgres.servers import FOLDER, at


class Run:
    """What the first process of a run holds; by its lock the keeper knows that it lives."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="register-tests-"))
        self.folder.chmod(0o755)
        self.held = (self.folder / HELD).open("w")
        fcntl.flock(self.held, fcntl.LOCK_EX)

    def said(self) -> str:
        return kept.said if (kept := _kept(self.folder)) else ""

    def end(self) -> None:
        begun = _kept(self.folder) is not None
        self.held.close()
        if begun:
            until(lambda: not self.folder.exists())
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


THIS_RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    if FOLDER not in os.environ:
        config.stash[THIS_RUN] = Run()
        os.environ[FOLDER] = str(config.stash[THIS_RUN].folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    run = terminalreporter.config.stash.get(THIS_RUN, None)
    if run is not None and (said := run.said()):
        terminalreporter.write_line(f"the register was tried on SQLite and {said}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if (run := config.stash.get(THIS_RUN, None)) is not None:
        run.end()
        del os.environ[FOLDER]


def shared_server() -> Kept:
    """The server of this run; it is started where nobody asked for it before."""
    folder = Path(os.environ[FOLDER])
    with (folder / "asked").open("w") as asked:
        fcntl.flock(asked, fcntl.LOCK_EX)
        return _kept(folder) or _started(folder)


def _started(folder: Path) -> Kept:
    with (folder / "keeper.log").open("w+") as out:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.postgres.keeper", folder],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        until(lambda: _kept(folder) or keeper.poll() is not None, 180)
        if (kept := _kept(folder)) is None:
            # The keeper has taken the folder away by now; what it said can still be read.
            out.seek(0)
            raise AssertionError(f"no PostgreSQL server could be started: {out.read()}")
    return kept


def _kept(folder: Path) -> Kept | None:
    said = folder / SERVER
    return Kept(*json.loads(said.read_text(encoding="utf-8"))) if said.exists() else None


@contextmanager
def database(url: str, like: str = MIGRATED) -> Iterator[str]:
    """The address of a new database on this server, made like another one; it is gone afterwards."""
    name = f"r{token_hex(4)}"
    _order(url, f"CREATE DATABASE {name} TEMPLATE {like}")
    try:
        yield at(url, name)
    finally:
        _order(url, f"DROP DATABASE {name} WITH (FORCE)")


def emptied(url: str) -> None:
    """Rows are few, so this takes a tenth of the time of new tables."""
    tables = reversed(TransferRow.metadata.sorted_tables)
    _order(url, "; ".join(f"DELETE FROM {table.name}" for table in tables))


def _order(url: str, what: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute(what)
