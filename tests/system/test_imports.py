"""What is slow to import is imported by the commands that need it alone, and not by the worker where it does not."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cli import wrong
from cli.at_need import Row
from cli.main import app
from tests.pace import patient
from tests.system.conftest import MAIN_CASE, Rehearsal, Typed

PROGRAM = Path(sys.executable).parent / "transfers"

SLOW = {
    *("alembic", "apprise", "cryptography", "fastapi", "holidays", "httpx", "icalendar", "jwt", "matplotlib"),
    *("opentelemetry", "prometheus_client", "psycopg", "pydantic", "pydantic_settings", "sqlalchemy", "sqlmodel"),
    *("structlog", "temporalio", "uvicorn", "workflows", "yaml"),
}
"""Each takes a hundredth of a second or more."""

READS_REGISTER = {"cryptography", "pydantic", "pydantic_settings", "sqlalchemy", "sqlmodel"}
ASKS_TEMPORAL = {"cryptography", "pydantic", "pydantic_settings", "temporalio", "workflows"}
SENDS = READS_REGISTER | {"temporalio", "workflows", "yaml"}

ALONE: dict[str, set[str]] = {
    "": set(),
    "--help": set(),
    "nonsense": {"pydantic"},
    "due 2026-04-02T10:00": {"pydantic"},
    "due nonsense": {"pydantic"},
    "due --help": {"pydantic"},
    "migrate": READS_REGISTER | {"alembic"},
}
"""By what is typed where nothing runs: which of the slow modules are imported."""

BESIDE_A_REHEARSAL = {
    "list": READS_REGISTER,
    "show TRANSFER": READS_REGISTER,
    "family TRANSFER": READS_REGISTER,
    "clock TRANSFER": READS_REGISTER,
    "report": READS_REGISTER,
    "advice own_work": READS_REGISTER,
    "services list": READS_REGISTER,
    "people list": READS_REGISTER,
    "mail": READS_REGISTER | {"httpx"},
    "views": READS_REGISTER | {"temporalio", "workflows"},
    "reconcile": ASKS_TEMPORAL,
    "keys status": READS_REGISTER | ASKS_TEMPORAL,
    f"step TRANSFER {MAIN_CASE} --number 1": SENDS,
    f"start {MAIN_CASE}": SENDS | {"httpx"},
    "letters TRANSFER": ASKS_TEMPORAL,
    "token sw-17": READS_REGISTER | {"httpx", "jwt"},
}

THE_WORKER_STARTS_WITHOUT = {
    "alembic",
    "apprise",
    "fastapi",
    "holidays",
    "matplotlib",
    "opentelemetry",
    "typer",
    "uvicorn",
}


def imported(said: str) -> set[str]:
    """The packages that Python says it imported."""
    lines = (line for line in said.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def slow(words: list[str], environment: dict[str, str], where: Path) -> set[str]:
    """The slow modules that a command imports."""
    command = [sys.executable, "-X", "importtime", PROGRAM, *words]
    done = subprocess.run(
        command, env=environment, cwd=where, capture_output=True, text=True, timeout=patient(50), check=False
    )
    assert done.returncode in {0, 2}, done.stderr.splitlines()[-1]
    return imported(done.stderr) & SLOW


@pytest.mark.parametrize("words", ALONE)
def test_a_command_that_needs_nothing_that_runs_imports_next_to_nothing(words: str, tmp_path: Path):
    outside = ("TRANSFERS_", "TEMPORAL_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    environment["TRANSFERS_REGISTER_URL"] = f"sqlite:///{tmp_path / 'register.db'}"
    assert slow(words.split(), environment, tmp_path) == ALONE[words]


@pytest.mark.parametrize("words", BESIDE_A_REHEARSAL)
def test_every_other_command_imports_what_it_needs_and_nothing_else(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path, words: str
):
    command = words
    if "TRANSFER" in words:
        transfer = json.loads(typed("start", str(MAIN_CASE), "--json").stdout)["id"]
        rehearsal.until_shown(transfer)
        command = words.replace("TRANSFER", transfer)
    assert slow(command.split(), rehearsal.of_commands, tmp_path) == BESIDE_A_REHEARSAL[words]


def test_the_list_above_names_every_command_but_those_that_start_everything():
    named = {words.split()[0] for words in (*ALONE, *BESIDE_A_REHEARSAL) if words and not words.startswith("-")}
    assert set(app.commands) - named == {"up", "demo"}


@pytest.mark.parametrize("row", app.rows.values(), ids=app.rows)
def test_a_row_of_the_help_says_what_the_command_itself_says_first(row: Row):
    own = app.found(row.name)
    assert (own.name or row.name, (own.help or "").partition("\n\n")[0].replace("\n", " ")) == (row.name, row.says)


@pytest.mark.parametrize("name", [*sorted(wrong.OURS), wrong.OF_PYDANTIC, wrong.OF_TEMPORAL, wrong.OF_THE_REGISTER])
def test_an_error_that_is_known_by_name_is_there_under_this_name(name: str):
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(import_module(module), kind), Exception)


def test_the_worker_starts_without_what_it_does_not_need_or_not_everywhere():
    code = "import sys, worker.process; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=patient(50), check=True)
    assert set(done.stdout.split()) & THE_WORKER_STARTS_WITHOUT == set()
