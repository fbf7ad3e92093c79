"""The simulators as real processes, a register in a file, and keys."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adapters.encryption import Keyring
from adapters.register_sql import RegisterSettings, SqlRegister, migrate, register_engine
from tests.simulators.conftest import Server, mailbox_server, mosaic_server  # noqa: F401 - fixtures

KEY = bytes(range(32))
OLD_KEY = bytes(range(32, 64))


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(current="key-2", keys={"key-2": KEY, "key-1": OLD_KEY})


@pytest.fixture
def register_file(tmp_path: Path) -> Path:
    return tmp_path / "register.db"


@pytest.fixture
def register(register_file: Path, keyring: Keyring) -> Iterator[SqlRegister]:
    settings = RegisterSettings(url=f"sqlite:///{register_file}")
    migrate(settings)
    register = SqlRegister(register_engine(settings), keyring)
    yield register
    register.engine.dispose()


def http_of(server: Server) -> httpx.Client:
    assert server.http is not None
    server.http.delete("/rehearsal/faults").raise_for_status()
    return server.http
