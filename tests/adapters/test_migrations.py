"""The migrations make what the tables say, on SQLite and on PostgreSQL."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from adapters.register.store import RegisterSettings, migrate
from models.register.tables import TransferRow
from tests.builders import CHILD, THEN, request, service
from tests.register import WholeRegister

pytestmark = pytest.mark.parametrize("register_url", ["sqlite", "new postgresql"], indirect=True)


def differences(register: WholeRegister) -> list[Any]:
    with register.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, TransferRow.metadata))


def indexes(register: WholeRegister) -> dict[str, str]:
    """Each index as the database writes it, with its WHERE, which Alembic does not compare."""
    asked = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }[register.engine.dialect.name]
    with register.engine.connect() as connection:
        found = {name: " ".join(said.split()) for name, said in connection.execute(text(asked))}
    found.pop("alembic_version_pkc", None)
    return found


def made_anew(register: WholeRegister) -> None:
    """The tables as the models say, in the place of those that the migrations made."""
    with register.engine.begin() as connection:
        for table in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {table}{' CASCADE' if connection.dialect.name != 'sqlite' else ''}"))
    TransferRow.metadata.create_all(register.engine)


def test_the_migrations_make_what_the_tables_say(register: WholeRegister) -> None:
    assert differences(register) == []


def test_the_migrations_make_each_index_with_the_condition_that_the_tables_say(register: WholeRegister) -> None:
    migrated = indexes(register)
    made_anew(register)
    assert migrated == indexes(register)
    assert "WHERE" in migrated["one_open_transfer_per_child"]


def test_an_index_that_lost_its_condition_is_found_out(register: WholeRegister) -> None:
    with register.engine.begin() as connection:
        connection.execute(text("DROP INDEX one_open_transfer_per_child"))
        connection.execute(text("CREATE UNIQUE INDEX one_open_transfer_per_child ON children (child_ref, journey)"))
    assert differences(register) == [], "Alembic sees nothing of it"
    without = indexes(register)
    made_anew(register)
    assert without != indexes(register)


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
