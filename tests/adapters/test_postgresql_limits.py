"""What PostgreSQL cannot do now is given up in time and said in one line; nothing is lost, nothing doubled."""

import collections
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from adapters.keyring import Keyring
from adapters.register.server import LOCKS, WRITES
from adapters.register.store import CONNECTIONS, RegisterSettings, Store, migrate, register_engine
from cli.wrong import FAILED, words_and_code
from models.errors import PassingError
from tests.adapters.test_postgresql import elsewhere, start  # noqa: F401 - fixture
from tests.builders import THEN, facts, intent, request, service
from tests.pace import patient, until
from tests.postgres.pgbouncer import THROUGH_IT
from tests.postgres.run import database
from tests.postgres.servers import SMALL, InContainer, Server
from tests.register import WholeRegister, register_at
from tests.step_down import status
from worker.lanes import ACTIVITY_THREADS
from workflows.timeouts import REGISTER

everywhere = pytest.mark.parametrize("register_url", ["postgresql", THROUGH_IT], indirect=True)
on_postgresql = pytest.mark.parametrize("register_url", ["postgresql"], indirect=True)


Why = Callable[[], list[str]]


@pytest.fixture
def why(caplog: pytest.LogCaptureFixture) -> Why:
    """Why the register did not do it, as the log has it."""
    begins = "The register did not do it: "
    return lambda: [line.removeprefix(begins) for line in caplog.messages if line.startswith(begins)]


def begun(register: WholeRegister) -> None:
    register.put_services([service()])
    register.opened(request(), THEN)


def test_a_worker_may_have_a_connection_for_each_activity_that_waits_for_the_register_alone() -> None:
    assert RegisterSettings(url="sqlite://").connections == CONNECTIONS >= ACTIVITY_THREADS


def test_the_limits_leave_time_for_an_answer_within_one_attempt() -> None:
    assert LOCKS < WRITES < REGISTER.attempt.total_seconds()


@everywhere
def test_each_transaction_has_its_limits_and_leaves_none_behind(register: WholeRegister) -> None:
    limits = text(
        "SELECT current_setting('lock_timeout'), current_setting('statement_timeout'), "
        "current_setting('idle_in_transaction_session_timeout')"
    )
    with register.store.transaction() as session:
        assert tuple(session.execute(limits).one()) == ("3s", "4s", "30s")
    with register.store.reading() as session:
        assert tuple(session.execute(limits).one()) == ("3s", "1min", "30s"), "a report may take longer"
    with register.engine.connect() as connection:
        assert tuple(connection.execute(limits).one()) == ("0", "0", "0"), "a migration takes as long as it takes"


@everywhere
def test_a_row_that_somebody_holds_is_given_up_and_written_once_when_it_is_free(
    register: WholeRegister, why: Why
) -> None:
    begun(register)
    now = status(facts()).model_copy(update={"stage_words": "as it is now"})
    with register.engine.connect() as somebody:
        somebody.execute(text("SELECT id FROM transfers FOR UPDATE"))
        asked = time.monotonic()
        with pytest.raises(OperationalError) as failed:
            register.shows(now, 2)
        assert time.monotonic() - asked < patient(REGISTER.attempt.total_seconds())
        assert register.status("transfer-1") is not None, "who only reads waits for nobody"
    assert why() == [f"somebody held what was to be written for more than {LOCKS} seconds"]
    assert words_and_code(failed.value) == (f"The register did not do it: {why()[0]}. Try again later.", FAILED)
    for _ in range(2):
        register.shows(now, 2)
    assert register.begin(intent()).unsure == 0
    assert register.status("transfer-1") == now


@everywhere
def test_what_takes_too_long_is_given_up(register: WholeRegister, why: Why) -> None:
    with pytest.raises(OperationalError), register.store.transaction() as session:
        session.execute(text("SELECT pg_sleep(60)"))
    assert why() == ["it took longer than it may"]


@on_postgresql
def test_a_server_without_a_connection_left_is_said_and_asked_again(
    register_url: str, keyring: Keyring, why: Why
) -> None:
    place = make_url(register_url)
    own = f"postgresql+psycopg://few:few@{place.host}:{place.port}/{place.database}"
    with psycopg.connect(register_url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("DROP ROLE IF EXISTS few")
        server.execute("CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 1")
        try:
            register = register_at(own, keyring)
            with psycopg.connect(own.replace("+psycopg", "")), pytest.raises(OperationalError):
                register.status("transfer-1")
            assert why()[0].startswith("its server takes no connection")
            # The server may not have noticed yet that the other one has gone.
            until(lambda: answers(register))
            register.engine.dispose()
        finally:
            server.execute("DROP ROLE few")


def answers(register: WholeRegister) -> bool:
    with suppress(OperationalError), register.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT 1")))
    return False


@on_postgresql
def test_a_process_holds_no_more_connections_than_its_setting_says(register_url: str, keyring: Keyring) -> None:
    store = Store(register_engine(RegisterSettings(url=register_url, connections=2)), keyring)
    with store.engine.connect(), store.engine.connect(), pytest.raises(NoConnectionError):
        store.engine.connect()
    store.engine.dispose()


def test_a_full_disk_is_said_and_what_was_not_written_is_written_once_there_is_room(
    own_server: Server, keyring: Keyring, why: Why
) -> None:
    if not isinstance(own_server, InContainer):
        pytest.skip("a small disk needs a container: it runs where a Docker engine answers, as in .ci/run")
    own_server.run("chown", "postgres", SMALL)
    with psycopg.connect(own_server.url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute(f"CREATE TABLESPACE small LOCATION '{SMALL}'")
    with database(own_server.url, like="template0 TABLESPACE small") as url:
        migrate(RegisterSettings(url=url))
        register = register_at(url, keyring)
        begun(register)
        fill_up(url)
        with pytest.raises(OperationalError):
            collections.deque((start(register, number) for number in range(2, 999)), maxlen=0)
        assert set(why()) == {"the disk of its server is full"}
        before = len(register.transfers())
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
            server.execute("DROP TABLE much")
        assert start(register, 1000) == "decision"
        assert len(register.transfers()) == before + 1
        register.engine.dispose()


def fill_up(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("CREATE TABLE much (what bytea)")
        server.execute("ALTER TABLE much ALTER what SET STORAGE EXTERNAL")
        for size in (1_000_000, 8_000, 100):
            with suppress(psycopg.errors.DiskFull):
                while True:
                    server.execute("INSERT INTO much SELECT repeat('x', %s)::bytea", [size])


def test_what_a_server_that_stands_still_was_asked_is_done_once_when_it_goes_on(
    elsewhere: WholeRegister,  # noqa: F811
    own_server: Server,
) -> None:
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(start, elsewhere, number) for number in range(40)]
        until(asked[3].done)
        own_server.pause()
        try:
            stood = len([one for one in asked if one.done()])
            wait(asked, timeout=patient(0.5))
            assert len([one for one in asked if one.done()]) <= stood + 4
        finally:
            own_server.go_on()
        again = [number for number, one in enumerate(asked) if one.exception() is not None]
        assert all(isinstance(asked[number].exception(), OperationalError | PassingError) for number in again)
        assert [start(elsewhere, number) for number in again] == ["decision"] * len(again)
    assert len(elsewhere.transfers()) == 40
