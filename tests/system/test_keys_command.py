"""`transfers keys`: another key takes over under a system that runs, and the old one goes; nobody sees a key."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client

from tests.pace import until
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
