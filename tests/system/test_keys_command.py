"""`transfers keys`: another key takes over under a system that runs, and the old one goes; nobody sees a key."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client

from adapters.signing import Signer, SigningSettings
from tests.pace import A_MOMENT, patient, until
from tests.system.conftest import MAIN_CASE, Rehearsal, start_rehearsal
from workflows.ids import workflow_id

Said = CompletedProcess[str]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Rehearsal]:
    """A rehearsal of its own: its keys change."""
    rehearsal = start_rehearsal(tmp_path / "rehearsal")
    yield rehearsal
    rehearsal.stack.stop()


def keys(own: Rehearsal, *words: str) -> Said:
    said = own.command("keys", *words)
    for text in (said.stdout, said.stderr):
        assert not any(entry.partition(":")[2] in text for entry in (own.local.folder / "key").read_text().split(","))
    return said


def bring(own: Rehearsal, file: Path) -> None:
    """The setting, to the commands; the worker still has the one before."""
    shutil.copy(file, own.local.folder / "key")


def start_worker_anew(own: Rehearsal) -> None:
    worker = own.stack.running["worker"]
    worker.terminate()
    worker.wait()
    own.start_worker()


def stands(own: Rehearsal) -> dict[str, dict[str, object]]:
    return {one["id"]: one for one in json.loads(keys(own, "status", "--json").stdout)["keys"]}


def started(own: Rehearsal) -> str:
    transfer: str = json.loads(own.command("start", str(MAIN_CASE), "--json").stdout)["id"]
    until(lambda: own.command("show", transfer).returncode == 0)
    return transfer


async def let_go(own: Rehearsal, transfer: str) -> None:
    """As if it had ended, and its time in Temporal were over."""
    client = await Client.connect(f"127.0.0.1:{own.local.temporal_port}")
    execution = WorkflowExecution(workflow_id=workflow_id("step-down", transfer))
    asked = DeleteWorkflowExecutionRequest(namespace="default", workflow_execution=execution)
    await client.workflow_service.delete_workflow_execution(asked)


@pytest.mark.long
def test_a_new_key_takes_over_step_by_step_and_the_old_one_goes_when_nothing_needs_it(
    own: Rehearsal, tmp_path: Path
) -> None:
    transfer = started(own)
    [old] = stands(own)
    assert stands(own)[old]["open"] == 1
    assert keys(own, "rotate").returncode == 2
    made = keys(own, "rotate", "--to", str(tmp_path / "second"))
    assert made.returncode == 0, made.stderr
    assert "1. Bring this setting to every process" in made.stdout
    again = keys(own, "rotate", "--to", str(tmp_path / "too-early"))
    assert (again.returncode, "bring the file with it here first" in again.stderr) == (2, True)

    bring(own, tmp_path / "second")
    refused = keys(own, "rotate", "--to", str(tmp_path / "too-early"))
    assert "Not every worker has the key" in refused.stderr
    start_worker_anew(own)
    assert keys(own, "rotate", "--to", str(tmp_path / "first")).returncode == 0

    bring(own, tmp_path / "first")
    refused = keys(own, "rotate")
    assert (refused.returncode, "Not every worker seals with" in refused.stderr) == (2, True)
    start_worker_anew(own)
    later = started(own)
    own.command("step", transfer, str(MAIN_CASE), "--number", "1")
    assert "sealed anew" in keys(own, "rotate").stdout
    now = stands(own)
    assert [one for one in now if now[one]["rows"]] == [one for one in now if one != old]
    assert own.command("show", transfer).returncode == 0

    refused = keys(own, "retire", old, "--to", str(tmp_path / "alone"))
    assert (refused.returncode, "1 open workflow holds" in refused.stderr) == (2, True)
    asyncio.run(let_go(own, transfer))
    until(lambda: stands(own)[old]["may_be_retired"])
    assert keys(own, "retire", old, "--to", str(tmp_path / "alone")).returncode == 0
    bring(own, tmp_path / "alone")
    start_worker_anew(own)
    assert old not in stands(own)
    assert own.command("step", later, str(MAIN_CASE), "--number", "1").returncode == 0
    assert own.command("show", transfer).returncode == 0


def alone(tmp_path: Path, *words: str, **settings: str) -> Said:
    """Where nothing runs, and nothing is set but this."""
    outside = ("TRANSFERS_", "TEMPORAL_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    command = [Path(sys.executable).parent / "transfers", "keys", "signing", *words]
    limit = patient(A_MOMENT)
    return run(
        command, env={**clean, **settings}, cwd=tmp_path, capture_output=True, text=True, timeout=limit, check=False
    )


def test_a_pair_for_who_signs_in_is_made_and_only_its_public_part_is_shown(tmp_path: Path) -> None:
    before = Signer.new(date(2025, 1, 5))
    known = json.dumps({before.key_id: before.public})
    made = alone(tmp_path, "--to", "signing-key", TRANSFERS_SIGNED_IN_KEYS=known)
    assert made.returncode == 0, made.stderr
    file = tmp_path / "signing-key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip().partition(":")[2] not in made.stdout + made.stderr
    signer = Signer.from_settings(SigningSettings(signing_key=SecretStr(file.read_text())))
    assert signer is not None
    [line] = [line for line in made.stdout.splitlines() if "TRANSFERS_SIGNED_IN_KEYS=" in line]
    assert json.loads(line.partition("=")[2]) == {before.key_id: before.public, signer.key_id: signer.public}


def test_a_pair_is_made_into_a_file_of_its_own_and_over_no_other(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("kept")
    for words, why in (((), "--to FILE"), (("--to", "there"), "there: the keys cannot be written there: File exists")):
        said = alone(tmp_path, *words)
        assert (said.returncode, said.stdout) == (2, "")
        assert why in said.stderr
    wrong = alone(tmp_path, "--to", "new", TRANSFERS_SIGNED_IN_KEYS='{"a": "b"}')
    assert (wrong.returncode, (tmp_path / "new").exists()) == (2, False)
    assert "TRANSFERS_SIGNED_IN_KEYS: give id:base64 of 32 bytes" in wrong.stderr
    assert (tmp_path / "there").read_text() == "kept"
