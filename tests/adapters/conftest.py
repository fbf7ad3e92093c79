"""The simulators as real processes, a register in a file, and keys."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from adapters.keyring import Keyring
from tests.adapters import pgbouncer
from tests.adapters.postgres import Server as PostgresServer
from tests.adapters.postgres import postgres
from tests.register import WholeRegister, new_register
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
def postgres_server() -> Iterator[PostgresServer]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def pooled_url(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pgbouncer.pooled(postgres_server, tmp_path_factory.mktemp("pool")) as url:
        yield url


@pytest.fixture
def register_url(request: pytest.FixtureRequest, register_file: Path) -> str:
    """An empty database: a file, or the PostgreSQL server, with a pool before it or not, where a test asks for that."""
    where = getattr(request, "param", "sqlite")
    if where == "sqlite":
        return f"sqlite:///{register_file}"
    url = str(request.getfixturevalue("postgres_server").url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return str(request.getfixturevalue("pooled_url")) if where == "pgbouncer" else url


@pytest.fixture
def register(register_url: str, keyring: Keyring) -> Iterator[WholeRegister]:
    register = new_register(register_url, keyring)
    yield register
    register.engine.dispose()


def http_of(server: Server) -> httpx.Client:
    assert server.http is not None
    server.http.delete("/rehearsal/faults").raise_for_status()
    return server.http
