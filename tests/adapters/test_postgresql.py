"""What a council's PostgreSQL brings: pools before it, restarts, a standby, a server that is silent."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pytest
from sqlalchemy import String, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from adapters.keyring import Keyring
from adapters.register.store import RegisterSettings, register_engine
from models.register.tables import TransferRow
from models.step_down.steps.decision import RecordDecisions
from tests.builders import THEN, facts_before, request, service
from tests.pace import A_MOMENT, patient
from tests.postgres.keeper import Kept
from tests.postgres.pgbouncer import THROUGH_IT
from tests.postgres.run import database
from tests.postgres.servers import Server, at
from tests.register import WholeRegister, new_register, register_at
from tests.step_down import status
from workflows.timeouts import REGISTER

on_postgresql = pytest.mark.parametrize("register_url", ["postgresql"], indirect=True)
pooled = pytest.mark.parametrize("register_url", [THROUGH_IT], indirect=True)


def start(register: WholeRegister, number: int) -> str:
    """A transfer that is begun and shown, and then read."""
    name = f"transfer-{number}"
    register.opened(request(f"child-{number}", id=name), THEN)
    register.shows(status(facts_before(RecordDecisions)).model_copy(update={"id": name}), 2)
    shown = register.status(name)
    assert shown is not None
    return shown.stage


@pooled
def test_many_at_once_write_and_read_behind_a_pool_of_transactions(register: WholeRegister) -> None:
    register.put_services([service()])
    with ThreadPoolExecutor(8) as threads:
        stages = list(threads.map(lambda number: start(register, number), range(60)))
    assert stages == ["decision"] * 60
    assert len(register.transfers()) == 60


@pytest.mark.parametrize("behind", ["nothing", THROUGH_IT])
def test_of_two_who_make_the_tables_at_once_the_second_finds_them(
    behind: str, postgres_server: Kept, request: pytest.FixtureRequest
) -> None:
    command = [sys.executable, "-c", "from cli.migrating import migrate_register; migrate_register()"]
    with database(postgres_server.url, like="template0") as url:
        server = request.getfixturevalue("pool") if behind == "pgbouncer" else url
        where = os.environ | {"TRANSFERS_REGISTER_URL": at(server, str(make_url(url).database))}
        both = [subprocess.Popen(command, env=where, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        said = [each.communicate(timeout=patient(A_MOMENT))[0] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert all(words.startswith("The register is up to date") for words in said)


@pytest.fixture
def elsewhere(own_server: Server, keyring: Keyring) -> Iterator[WholeRegister]:
    """A register on the server that may be stopped."""
    with database(own_server.url, like="template0") as url:
        register = new_register(url, keyring)
        register.put_services([service()])
        yield register
        register.engine.dispose()


def test_a_restart_of_the_server_is_not_noticed_by_whoever_comes_after_it(
    elsewhere: WholeRegister, own_server: Server
) -> None:
    with ThreadPoolExecutor(4) as threads:  # connections that stand when the server goes
        list(threads.map(lambda number: start(elsewhere, number), range(4)))
    own_server.stop()
    own_server.start()
    assert start(elsewhere, 4) == "decision"
    own_server.kill()
    with pytest.raises(OperationalError):
        start(elsewhere, 5)
    own_server.start()
    assert start(elsewhere, 5) == "decision"
    assert len(elsewhere.transfers()) == 6


@pytest.mark.parametrize("register_url", ["new postgresql"], indirect=True)
def test_a_server_that_takes_no_writes_any_more_is_left_for_the_one_that_does(
    register: WholeRegister, register_url: str
) -> None:
    register.put_services([service()])
    takes_no_writes("on", register_url)
    register.engine.dispose()
    with pytest.raises(DBAPIError, match="read-only"):
        start(register, 1)
    takes_no_writes("off", register_url)
    assert start(register, 1) == "decision"


def takes_no_writes(on: str, url: str) -> None:
    """As whoever connects from now on finds it."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text(f"ALTER DATABASE {make_url(url).database} SET default_transaction_read_only = {on}"))
    engine.dispose()


@pytest.fixture
def silent() -> Iterator[int]:
    """A port at which nobody says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def test_a_server_that_says_nothing_is_given_up_within_one_attempt(silent: int) -> None:
    engine = register_engine(RegisterSettings(url=f"postgresql+psycopg://register@127.0.0.1:{silent}/postgres"))
    begun = time.monotonic()
    with pytest.raises(OperationalError):
        engine.connect()
    assert time.monotonic() - begun < patient(REGISTER.attempt.total_seconds())


def test_the_address_of_the_register_says_otherwise(silent: int) -> None:
    where = f"postgresql+psycopg://register@127.0.0.1:{silent}/postgres?connect_timeout=a-while"
    with pytest.raises(DBAPIError, match="connect_timeout"):
        register_engine(RegisterSettings(url=where)).connect()


@on_postgresql
def test_of_a_pair_of_servers_the_one_that_takes_writes_is_found(register_url: str, silent: int) -> None:
    here = make_url(register_url)
    hosts = (f"127.0.0.1:{silent}", f"{here.host}:{here.port}")
    pair = {"host": hosts, "target_session_attrs": "read-write", "connect_timeout": "2"}
    both = here.set(host=None, port=None, query=pair).render_as_string(hide_password=False)
    engine = register_engine(RegisterSettings(url=both))
    with engine.connect() as connection:
        assert connection.connection.driver_connection.info.port == here.port
    engine.dispose()


@on_postgresql
def test_no_text_is_sorted_or_compared_by_the_rules_of_a_language(register: WholeRegister) -> None:
    columns = [column for table in TransferRow.metadata.tables.values() for column in table.columns]
    wanted = {(column.table.name, column.name) for column in columns if isinstance(column.type, String)}
    with register.engine.connect() as connection:
        asked = text("SELECT table_name, column_name FROM information_schema.columns WHERE collation_name = 'C'")
        made = {tuple(row) for row in connection.execute(asked)}
    assert ("transfers", "id") in wanted
    assert wanted - made == set()


@pytest.mark.parametrize("register_url", ["new postgresql"], indirect=True)
def test_an_instant_is_given_back_in_utc_wherever_the_server_stands(register_url: str, keyring: Keyring) -> None:
    engine = create_engine(register_url)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {make_url(register_url).database} SET timezone = 'Asia/Tokyo'"))
    engine.dispose()
    register = register_at(register_url, keyring)
    register.put_services([service()])
    register.opened(request(), THEN)
    [line] = register.transfers()
    assert line.opened_at.isoformat() == THEN.astimezone(UTC).isoformat()
    register.engine.dispose()
