"""The register's SQLite file: what it shows to somebody who opens it."""

from pathlib import Path

import pytest

from adapters.keyring import Keyring
from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from tests.adapters.test_register_sql import MARKER, write_everything
from tests.builders import service
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


def test_a_register_whose_folder_is_not_there_is_not_made_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"TRANSFERS_REGISTER_URL: there is no folder {tmp_path / 'gone'};"):
        migrate(RegisterSettings(url=f"sqlite:///{tmp_path}/gone/register.db"))
