"""A register that an older version made is brought up to date, with what it holds."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

import adapters
from adapters.encryption import Keyring
from adapters.register_sql import RegisterSettings, SqlRegister, migrate, register_engine

TRANSFER = """
    INSERT INTO transfers (id, version, route, stage, service_ref, social_work_team, waiting_for, needs_attention,
                           restricted, opened_at)
    VALUES (:id, 1, 'assessment', 'consent', 'service-north', 'north-2', 'social_worker', :asks, FALSE, :at)
"""


@pytest.mark.parametrize("register_url", ["sqlite", "postgresql"], indirect=True)
def test_what_needed_attention_under_an_older_version_still_does(register_url: str, keyring: Keyring) -> None:
    settings = RegisterSettings(url=register_url)
    engine = register_engine(settings)
    older = Config(attributes={"engine": engine})
    older.set_main_option("script_location", str(Path(adapters.__path__[0]) / "migrations"))
    command.upgrade(older, "0004")
    with engine.begin() as connection:
        for transfer, asks in (("stuck", True), ("other", False)):
            connection.execute(text(TRANSFER), {"id": transfer, "asks": asks, "at": "2026-04-02 10:00:00"})
    migrate(settings)
    lines = SqlRegister(engine, keyring).transfers()
    assert {line.id: line.attention for line in lines} == {"stuck": ("not_said",), "other": ()}
    assert {line.id: line.needs_attention for line in lines} == {"stuck": True, "other": False}
    engine.dispose()
