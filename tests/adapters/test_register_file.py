"""The register's SQLite file: what it shows to somebody who opens it."""

from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from adapters.keyring import Keyring
from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from cli.wrong import FAILED, words_and_code
from tests.adapters.test_register_sql import MARKER, write_everything
from tests.builders import service
from tests.ports import free_port
from tests.register import WholeRegister, register_at


@pytest.fixture(autouse=True)
def north(register: WholeRegister) -> None:
    register.put_services([service()])


def written(register_file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(register_file.parent.glob(f"{register_file.name}*")))


class Clear:
    """No cipher at all: the control that proves that the marker would be found."""

    def seal(self, clear: bytes, bound_to: bytes) -> tuple[str, bytes]:
        return "none", clear

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes | None:
        return sealed


def test_the_file_and_its_log_show_nothing_that_people_wrote(register: WholeRegister, register_file: Path) -> None:
    write_everything(register)
    assert (register_file.parent / f"{register_file.name}-wal").stat().st_size > 0
    assert MARKER.encode() not in written(register_file)


def test_without_a_cipher_the_file_would_show_it(register: WholeRegister, register_file: Path) -> None:
    write_everything(WholeRegister(Store(register.engine, Clear())))
    assert written(register_file).count(MARKER.encode()) >= 4


def test_an_error_of_the_database_does_not_repeat_what_was_written(register_file: Path, keyring: Keyring) -> None:
    register = register_at(f"sqlite:///{register_file}-without-tables", keyring)
    with pytest.raises(Exception, match="no such table") as error:
        register.put_services([service(name=MARKER)])
    assert MARKER not in str(error.value)
    register.engine.dispose()


def test_a_database_whose_driver_is_not_installed_is_said_by_its_setting() -> None:
    with pytest.raises(ValueError, match="TRANSFERS_REGISTER_URL: PostgreSQL needs the extra 'postgresql'"):
        register_engine(RegisterSettings(url="postgresql+pg8000://register@127.0.0.1/register"))


def test_a_register_in_another_kind_of_database_is_refused_and_its_password_not_shown() -> None:
    with pytest.raises(ValueError, match="kept in sqlite or postgresql, not in mysql") as refused:
        register_engine(RegisterSettings(url="mysql://register:secret@127.0.0.1/register"))
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///{}/empty.db", "The register lacks a table or a column; `transfers migrate` makes them."),
        ("postgresql+psycopg://register@127.0.0.1:{}/register", "The register does not answer."),
    ],
    ids=["without tables", "away"],
)
def test_a_register_that_is_away_is_not_said_to_lack_its_tables(
    url: str, said: str, keyring: Keyring, tmp_path: Path
) -> None:
    register = register_at(url.format(tmp_path if "sqlite" in url else free_port()), keyring)
    with pytest.raises(SQLAlchemyError) as error:
        register.services()
    assert words_and_code(error.value) == (said, FAILED)
    register.engine.dispose()


def test_a_register_whose_folder_is_not_there_is_not_made_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"TRANSFERS_REGISTER_URL: there is no folder {tmp_path / 'gone'};"):
        migrate(RegisterSettings(url=f"sqlite:///{tmp_path}/gone/register.db"))
