"""The simulators as real processes, a register in a file, and keys."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from adapters.keyring import Keyring
from adapters.register.store import RegisterSettings, migrate
from tests.postgres import pgbouncer
from tests.postgres.keeper import Kept
from tests.postgres.run import database, emptied, shared_server
from tests.postgres.servers import Server as PostgresServer
from tests.postgres.servers import at, new_server
from tests.register import WholeRegister, register_at
from tests.simulators.conftest import Server, mailbox_server, mosaic_server  # noqa: F401 - fixtures

KEY = bytes(range(32))
OLD_KEY = bytes(range(32, 64))


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(current="key-2", keys={"key-2": KEY, "key-1": OLD_KEY})


@pytest.fixture
def register_file(tmp_path: Path) -> Path:
    return tmp_path / "register.db"


@pytest.fixture(scope="session")
def postgres_server() -> Kept:
    return shared_server()


@pytest.fixture(scope="session")
def own_server(postgres_server: Kept) -> Iterator[PostgresServer]:
    """One that is stopped and held up, as nobody else asks it."""
    server = new_server(in_container=postgres_server.in_container)
    yield server
    server.remove()


@pytest.fixture(scope="session")
def pool(postgres_server: Kept) -> Iterator[str]:
    with pgbouncer.pooled(postgres_server.url) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "register.db"
    migrate(RegisterSettings(url=f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def own_database(postgres_server: Kept) -> Iterator[str]:
    """The one in which this process tries one thing after the other."""
    with database(postgres_server.url) as url:
        yield url


@pytest.fixture
def register_url(request: pytest.FixtureRequest, register_file: Path) -> Iterator[str]:
    """A register without content: a file, or where a test asks for it PostgreSQL, behind a pool or not.

    What changes more than the content of tables asks for ``new postgresql``.
    """
    match getattr(request, "param", "sqlite"):
        case "sqlite":
            shutil.copy(request.getfixturevalue("migrated_file"), register_file)
            yield f"sqlite:///{register_file}"
        case "new postgresql":
            with database(request.getfixturevalue("postgres_server").url) as new:
                yield new
        case where:
            url = request.getfixturevalue("own_database")
            emptied(url)
            yield at(request.getfixturevalue("pool"), str(make_url(url).database)) if where == "pgbouncer" else url


@pytest.fixture
def register(register_url: str, keyring: Keyring) -> Iterator[WholeRegister]:
    register = register_at(register_url, keyring)
    yield register
    register.engine.dispose()


def http_of(server: Server) -> httpx.Client:
    assert server.http is not None
    server.http.delete("/rehearsal/faults").raise_for_status()
    return server.http
