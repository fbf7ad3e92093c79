"""The migrations make what the tables say, on SQLite and on PostgreSQL."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from adapters.register.store import RegisterSettings, migrate
from models.register.tables import TransferRow
from tests.builders import CHILD, THEN, request, service
from tests.register import WholeRegister

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)


def differences(register: WholeRegister) -> list[Any]:
    with register.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, TransferRow.metadata))


def test_the_migrations_make_what_the_tables_say(register: WholeRegister) -> None:
    assert differences(register) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE evidence DROP COLUMN recorded_by",
        "ALTER TABLE clocks ADD COLUMN more TEXT",
        "DROP INDEX one_open_transfer_per_child",
        "DROP TABLE alerts",
    ],
)
def test_a_database_that_is_otherwise_is_found_out(register: WholeRegister, change: str) -> None:
    with register.engine.begin() as connection:
        connection.execute(text(change))
    assert len(differences(register)) >= 1


def test_migrating_again_changes_nothing(register: WholeRegister, register_url: str) -> None:
    register.put_services([service()])
    register.opened(request(), THEN)
    migrate(RegisterSettings(url=register_url))
    assert register.open_transfer_of(CHILD) == "transfer-1"
