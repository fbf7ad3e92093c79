"""The worker process: its health, how it drains, and what it says when it cannot start."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from cli.rehearsal import read_books
from cli.stack import StackError, temporal_binary
from cli.wiring import temporal
from tests.system.conftest import MAIN_CASE, Rehearsal, until
from tests.system.family import Family


async def test_a_worker_told_to_stop_finishes_what_it_does_and_the_next_one_goes_on(rehearsal: Rehearsal):
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    rehearsal.mosaic_fault(operation="share_document", when="before", action="hang", seconds=2)
    await family.record_up_to("record_family_sharing")
    books = rehearsal.mosaic_books
    family_ref = family.case.mosaic.family_ref
    await asyncio.to_thread(until, lambda: books(family_ref)["calls"])
    worker = rehearsal.stack.running["worker"]
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.wait, 30) == 0
    assert [call["outcome"] for call in books(family_ref)["calls"]] == ["committed"]
    rehearsal.start_worker()
    await family.until(lambda now: now.stage == "conversation")
    assert len(read_books(rehearsal.local, family.case).shared) == 1


def test_a_worker_says_that_it_lives_and_is_ready(rehearsal: Rehearsal):
    base = f"http://127.0.0.1:{rehearsal.local.worker_port}/health"
    assert httpx.get(f"{base}/live").json() == {"status": "alive"}
    assert httpx.get(f"{base}/ready").json() == {"status": "ready"}


def start_alone(process: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TRANSFERS_", "TEMPORAL_"))}
    command = [sys.executable, "-m", process]
    return subprocess.run(command, env={**clean, **settings}, capture_output=True, text=True, timeout=50, check=False)


@pytest.mark.parametrize("process", ["worker", "gateway.codec"])
def test_a_process_without_its_keys_says_which_setting_is_missing(process: str):
    result = start_alone(process)
    assert result.returncode == 2
    assert "TRANSFERS_" in result.stderr
    assert "KEYS" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_worker_names_the_whole_variable_that_is_missing():
    key = "real:" + base64.b64encode(bytes(32)).decode()
    result = start_alone("worker", TRANSFERS_KEYS=key)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "TRANSFERS_MOSAIC_URL" in result.stderr


@pytest.mark.parametrize("process", ["worker", "gateway.codec"])
def test_production_refuses_a_key_that_was_made_up_for_the_rehearsal(process: str):
    key = "local-1:" + base64.b64encode(bytes(32)).decode()
    result = start_alone(process, TRANSFERS_KEYS=key)
    assert result.returncode == 2
    assert "made up for local mode" in result.stderr


def test_the_codec_server_refuses_to_listen_beyond_this_machine():
    key = "real:" + base64.b64encode(bytes(32)).decode()
    for settings in ({}, {"TRANSFERS_MODE": "local", "TRANSFERS_CODEC_HOST": "0.0.0.0"}):
        result = start_alone("gateway.codec", TRANSFERS_KEYS=key, **settings)
        assert result.returncode == 2
        assert "only local mode, on a loopback address" in result.stderr


def test_a_worker_without_temporal_says_so_in_one_line():
    key = "real:" + base64.b64encode(bytes(32)).decode()
    settings = {
        "TRANSFERS_KEYS": key,
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
        "TRANSFERS_MOSAIC_URL": "http://127.0.0.1:1",
        "TRANSFERS_SMTP_HOST": "127.0.0.1",
        "TRANSFERS_SMTP_SENDER": "transfers@council.example",
    }
    result = start_alone("worker", **settings)
    assert (result.returncode, "Temporal does not answer" in result.stderr) == (1, True)
    assert "Traceback" not in result.stderr


def test_a_missing_temporal_server_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="The Temporal server is missing"):
        temporal_binary(tmp_path)
