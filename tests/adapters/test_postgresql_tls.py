"""A register elsewhere is asked with encryption only, and only by a certificate of the authority that is named."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import trustme
from pydantic import ValidationError
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from adapters.register.store import RegisterSettings, register_engine
from adapters.settings import settings_problem
from tests.postgres import pgbouncer
from tests.postgres.keeper import Kept
from tests.postgres.pgbouncer import THROUGH_IT
from tests.postgres.servers import InContainer, Server

ELSEWHERE = "postgresql+psycopg://register:secret@db.council.example/register"
BY_TLS = """
client_tls_sslmode = require
client_tls_key_file = {folder}/key
client_tls_cert_file = {folder}/certificate
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["server", THROUGH_IT])
def encrypted(request: pytest.FixtureRequest, authority: trustme.CA, postgres_server: Kept) -> Iterator[str]:
    """The address of a register that speaks TLS as ``localhost``: of the server itself, or of a pgbouncer before it."""
    issued = authority.issue_cert("localhost")
    key, certificate = issued.private_key_pem.bytes(), b"".join(part.bytes() for part in issued.cert_chain_pems)
    if request.param == "pgbouncer":
        with pgbouncer.pooled(postgres_server.url, BY_TLS, key=key, certificate=certificate) as url:
            yield url
        return
    own: Server = request.getfixturevalue("own_server")
    if not isinstance(own, InContainer):
        pytest.skip("the wheel's server speaks no TLS: it runs where a Docker engine answers, as in .ci/run")
    own.put("/var/lib/postgresql/data/server.crt", certificate)
    own.put("/var/lib/postgresql/data/server.key", key)
    with psycopg.connect(own.url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("ALTER SYSTEM SET ssl = on")
        server.execute("SELECT pg_reload_conf()")
    yield own.url


def asked(url: str, authority: trustme.CA, folder: Path, host: str = "localhost") -> object:
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    said = make_url(url).set(host=host, query={"sslmode": "verify-full", "sslrootcert": str(trusted)})
    engine = register_engine(RegisterSettings(url=said.render_as_string(hide_password=False)))
    try:
        with engine.connect() as connection:
            assert connection.connection.driver_connection.pgconn.ssl_in_use
            return connection.scalar(text("SELECT 1"))
    finally:
        engine.dispose()


def test_a_server_with_a_certificate_of_the_named_authority_is_taken(
    encrypted: str, authority: trustme.CA, tmp_path: Path
) -> None:
    assert asked(encrypted, authority, tmp_path) == 1


def test_a_server_with_a_certificate_of_another_authority_is_refused(encrypted: str, tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="certificate verify failed"):
        asked(encrypted, trustme.CA(), tmp_path)


def test_a_server_under_another_name_than_its_certificate_is_refused(
    encrypted: str, authority: trustme.CA, tmp_path: Path
) -> None:
    with pytest.raises(OperationalError, match="does not match host name"):
        asked(encrypted, authority, tmp_path, host="127.0.0.1")


IN_CLEAR = [
    "",
    "?sslmode=prefer",
    "?sslmode=disable",
    "?sslrootcert=authority.pem",
]


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("TRANSFERS_MODE", "PGSSLMODE", "PGHOST", "PGHOSTADDR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("said", IN_CLEAR)
def test_in_production_a_register_on_another_machine_is_not_spoken_to_in_clear(
    said: str, production: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValidationError) as refused:
        RegisterSettings(url=ELSEWHERE + said)
    problem = settings_problem(refused.value)
    assert problem.startswith("TRANSFERS_REGISTER_URL ")
    assert "sslmode=verify-full" in problem
    assert "secret" not in problem


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://register@/register?host=127.0.0.1:5432&host=db.council.example:5432",
        "postgresql+psycopg://register@localhost/register?hostaddr=10.1.2.3",
        "postgresql+psycopg://register@/register?host=127.0.0.1,db.council.example",
    ],
)
def test_one_machine_of_several_is_enough(url: str, production: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="without encryption"):
        RegisterSettings(url=url)


def test_the_machine_that_the_environment_names_counts(production: pytest.MonkeyPatch) -> None:
    production.setenv("PGHOST", "db.council.example")
    with pytest.raises(ValidationError, match="without encryption"):
        RegisterSettings(url="postgresql+psycopg://register@/register")
    production.setenv("PGSSLMODE", "verify-full")
    RegisterSettings(url="postgresql+psycopg://register@/register")


@pytest.mark.parametrize(
    "url",
    [
        *(f"{ELSEWHERE}?sslmode={mode}" for mode in ("require", "verify-ca", "verify-full")),
        "postgresql+psycopg://register@127.0.0.1:6432/register",
        "postgresql+psycopg://register@[::1]/register",
        "postgresql+psycopg://register@localhost/register",
        "postgresql+psycopg://register@/register?host=/var/run/postgresql",
        "postgresql+psycopg://register@/register",
        "sqlite:///register.db",
    ],
)
def test_what_is_encrypted_or_stays_on_this_machine_is_taken(url: str, production: pytest.MonkeyPatch) -> None:
    assert RegisterSettings(url=url).url == url


@pytest.mark.parametrize("mode", ["local", "trial"])
def test_a_rehearsal_asks_its_register_as_it_likes(mode: str, production: pytest.MonkeyPatch) -> None:
    production.setenv("TRANSFERS_MODE", mode)
    RegisterSettings(url=ELSEWHERE)


def test_what_is_no_address_of_a_database_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="is not the address of a database"):
        RegisterSettings(url="register.db")
