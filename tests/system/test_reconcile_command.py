"""`transfers reconcile` in the rehearsal, as operations type it."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from cli.reconciling import comparison_screen
from models.operations.differences import Became, Difference, DifferenceKind, Found, Reconciled
from tests.system.conftest import MAIN_CASE, Rehearsal, Typed
from tests.system.test_screens import drawn


def started(rehearsal: Rehearsal) -> str:
    said = rehearsal.command("start", str(MAIN_CASE), "--json")
    transfer: str = json.loads(said.stdout)["id"]
    rehearsal.until_shown(transfer)
    return transfer


def closing_step(rehearsal: Rehearsal, transfer: str) -> tuple[str, str]:
    """A child of the transfer, and its closing step."""
    children = [child.ref for child in rehearsal.register.status(transfer).children]  # type: ignore[union-attr]
    steps = httpx.get(f"{rehearsal.local.mosaic_url}/rehearsal/books").json()["steps"]
    return next((step["person_ref"], step["id"]) for step in steps if step["person_ref"] in children)


SKIP = """
step: resolve_attention
actor: {id: ops-1, role: operations}
attention_id: R1
resolution: skip
note: It is to stay so.
"""


async def terminate(rehearsal: Rehearsal, transfer: str) -> None:
    client = await Client.connect(f"127.0.0.1:{rehearsal.local.temporal_port}")
    await client.get_workflow_handle(f"step-down/{transfer}").terminate("a test")


@pytest.mark.long
def test_what_differs_is_told_in_a_row_and_shown_by_the_register(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path
) -> None:
    transfer = started(rehearsal)
    assert typed("reconcile").returncode == 0
    asyncio.run(terminate(rehearsal, transfer))
    found = json.loads(typed("reconcile", "--json").stdout)["found"]
    ours = [one for one in found if one["difference"]["transfer_id"] == transfer]
    assert [(one["difference"]["kind"], one["became"]) for one in ours] == [("no_workflow", "shown")]
    said = typed("reconcile")
    assert (said.returncode, transfer in said.stdout) == (0, True)
    assert "it was asked before" in " ".join(said.stdout.replace("│", " ").split())
    assert said.stderr.startswith("Comparing the register, Mosaic and Temporal")
    shown = " ".join(typed("show", transfer).stdout.replace("│", " ").split())
    assert "nothing is working on it any more" in shown
    assert "it ends when `transfers reconcile` no longer finds it" in shown
    skip = tmp_path / "skip.yaml"
    skip.write_text(SKIP, encoding="utf-8")
    refused = typed("step", transfer, str(skip))
    assert (refused.returncode, "R1 ends when" in refused.stderr) == (2, True)


@pytest.mark.long
def test_a_child_whom_somebody_closes_in_mosaic_becomes_attention_in_the_transfer(
    rehearsal: Rehearsal, typed: Typed
) -> None:
    transfer = started(rehearsal)
    child, step = closing_step(rehearsal, transfer)
    by_hand = {"step_id": step, "next_actions": [{"type": "Case Closed to Children's Services"}]}
    httpx.post(f"{rehearsal.local.mosaic_url}/rehearsal/completions", json=by_hand).raise_for_status()
    for became in ("raised", "known"):
        found = json.loads(typed("reconcile", "--json").stdout)["found"]
        ours = [one for one in found if one["difference"]["transfer_id"] == transfer]
        assert [(one["difference"]["subject"], one["became"]) for one in ours] == [(child, became)]


@pytest.mark.long
def test_where_no_worker_runs_it_says_that_it_could_not_be_compared(rehearsal: Rehearsal, typed: Typed) -> None:
    rehearsal.kill_worker()
    said = typed("reconcile")
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1] == "No worker takes it up: it can be compared when one runs."


def test_the_screen_says_in_one_line_that_all_agree_and_names_each_difference() -> None:
    agree = Reconciled(transfers=2, children=3)
    assert drawn(comparison_screen(agree)).strip() == agree.words
    about = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id="transfer-7", subject="child-a")
    differ = Reconciled(transfers=2, children=3, found=(Found(difference=about, became=Became.RAISED),))
    shown = drawn(comparison_screen(differ))
    assert "transfer-7" in shown
    assert "Child child-a." in shown
    assert "somebody is asked in the transfer" in shown
    assert shown.strip().endswith(differ.words)
