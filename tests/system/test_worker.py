"""The worker process: its health, how it drains, and what it says when it cannot start."""

import asyncio
import base64
import json
import os
import re
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from temporalio.service import RPCError, RPCStatusCode

from adapters.alert_channels import ChannelSettings
from cli.rehearsal.books import read_books
from cli.rehearsal.local import POLICY_FILE
from cli.rehearsal.stack import StackError, temporal_binary
from cli.wiring import temporal
from models.kinds import Audience
from models.policy import Policy
from tests.pace import A_MOMENT, patient
from tests.ports import free_ports
from tests.system.conftest import MAIN_CASE, Rehearsal, until
from tests.system.family import Family
from worker.lanes import BUILD, SideBySide
from worker.process import warn_of_the_calendars_end, warn_of_unknown_channels, why_not_started


async def test_a_worker_told_to_stop_finishes_what_it_does_and_the_next_one_goes_on(rehearsal: Rehearsal):
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    rehearsal.mosaic_fault(operation="share_document", when="before", action="hang", seconds=2)
    await family.record_up_to("record_family_sharing")
    books = rehearsal.mosaic_books
    family_ref = family.case.mosaic.family_ref
    await asyncio.to_thread(until, lambda: books(family_ref)["calls"])
    worker = rehearsal.stack.running["worker"]
    worker.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(worker.wait, patient(A_MOMENT)) == 0
    assert [call["outcome"] for call in books(family_ref)["calls"]] == ["committed"]
    rehearsal.start_worker()
    await family.until(lambda now: now.stage == "conversation")
    assert len(read_books(rehearsal.local, family.case).shared) == 1


def test_a_worker_says_that_it_lives_and_is_ready(rehearsal: Rehearsal):
    base = f"http://127.0.0.1:{rehearsal.local.worker_port}/health"
    assert httpx.get(f"{base}/live").json() == {"status": "alive"}
    assert httpx.get(f"{base}/ready").json() == {"status": "ready"}


async def test_temporal_shows_the_name_of_the_build_that_did_a_task(rehearsal: Rehearsal):
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    await family.until(lambda now: now.stage == "consent")
    history = await family.handle.fetch_history()
    done = [event.workflow_task_completed_event_attributes for event in history.events]
    assert {one.worker_version.build_id for one in done} - {""} == {BUILD}


def test_the_sdks_page_counts_the_pollers_that_the_alert_rules_ask_for(rehearsal: Rehearsal):
    page = httpx.get(f"http://127.0.0.1:{rehearsal.local.metrics_port}/metrics").text
    [pollers] = re.findall(r'^temporal_num_pollers\{.*poller_type="workflow_task".*\} (\d+)$', page, re.MULTILINE)
    assert int(pollers) > 0


def start_alone(process: str, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TRANSFERS_", "TEMPORAL_"))}
    command = [sys.executable, "-m", process]
    return subprocess.run(
        command, env={**clean, **settings}, capture_output=True, text=True, timeout=patient(A_MOMENT), check=False
    )


@pytest.mark.parametrize("process", ["worker", "gateway.codec"])
def test_a_process_without_its_keys_says_which_setting_is_missing(process: str):
    result = start_alone(process)
    assert result.returncode == 2
    assert "TRANSFERS_" in result.stderr
    assert "KEYS" in result.stderr
    assert "Traceback" not in result.stderr


PHONES = {"TRANSFERS_DUTY_AND_ADVICE_PHONE": "0113 496 0101", "TRANSFERS_OUT_OF_HOURS_PHONE": "0113 496 0102"}
IN_MEMORY = {"TRANSFERS_REGISTER_URL": "sqlite://"}
"""Reached by nobody before something else is found to be missing."""


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, "TRANSFERS_DUTY_AND_ADVICE_PHONE"),
        (PHONES, "TRANSFERS_REGISTER_URL is missing"),
        ({**PHONES, **IN_MEMORY}, "TRANSFERS_MOSAIC_URL"),
    ],
)
def test_a_worker_names_the_whole_variable_that_is_missing(settings: dict[str, str], missing: str):
    key = "real:" + base64.b64encode(bytes(32)).decode()
    result = start_alone("worker", TRANSFERS_KEYS=key, **settings)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert missing in result.stderr


@pytest.mark.parametrize("process", ["gateway", "gateway.codec"])
def test_who_is_told_of_no_register_makes_none_and_says_so(process: str, rehearsal: Rehearsal):
    told = {name: said for name, said in rehearsal.local.environment().items() if name != "TRANSFERS_REGISTER_URL"}
    result = start_alone(process, **told)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.endswith(": TRANSFERS_REGISTER_URL is missing\n")


@pytest.mark.parametrize(("process", "setting"), [("gateway", "GATEWAY"), ("gateway.codec", "CODEC")])
def test_a_server_whose_port_is_taken_names_the_setting_in_one_line(process: str, setting: str, rehearsal: Rehearsal):
    port = rehearsal.local.gateway_port
    result = start_alone(process, **{**rehearsal.local.environment(), f"TRANSFERS_{setting}_PORT": str(port)})
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert f": TRANSFERS_{setting}_PORT: port {port} is taken" in result.stderr


@pytest.mark.parametrize("process", ["worker", "gateway.codec"])
def test_production_refuses_a_key_that_was_made_up_for_the_rehearsal(process: str):
    key = "local-1:" + base64.b64encode(bytes(32)).decode()
    result = start_alone(process, TRANSFERS_KEYS=key)
    assert result.returncode == 2
    assert "made up for a rehearsal" in result.stderr


def test_the_codec_server_in_local_mode_refuses_to_listen_beyond_this_machine():
    key = "real:" + base64.b64encode(bytes(32)).decode()
    settings = {"TRANSFERS_MODE": "local", "TRANSFERS_CODEC_HOST": "0.0.0.0"}
    result = start_alone("gateway.codec", TRANSFERS_KEYS=key, **settings)
    assert result.returncode == 2
    assert "TRANSFERS_CODEC_HOST: in local mode only a loopback address" in result.stderr


WITHOUT_TEMPORAL = {
    "TRANSFERS_KEYS": "real:" + base64.b64encode(bytes(32)).decode(),
    "TEMPORAL_ADDRESS": "127.0.0.1:1",
    "TRANSFERS_MOSAIC_URL": "http://127.0.0.1:1",
    "TRANSFERS_SMTP_HOST": "127.0.0.1",
    "TRANSFERS_SMTP_SENDER": "transfers@council.example",
    "TRANSFERS_SIGNED_IN_KEYS": json.dumps({"gateway-1": base64.b64encode(bytes(32)).decode()}),
    **PHONES,
    **IN_MEMORY,
}


def own_ports() -> dict[str, str]:
    """Where a rehearsal that runs in another terminal has none."""
    port, metrics_port = map(str, free_ports(2))
    return {"TRANSFERS_WORKER_PORT": port, "TRANSFERS_METRICS_PORT": metrics_port}


def test_a_worker_without_temporal_says_so_in_one_line():
    result = start_alone("worker", **WITHOUT_TEMPORAL, **own_ports())
    assert (result.returncode, "Temporal does not answer" in result.stderr) == (1, True)
    assert "Traceback" not in result.stderr


@pytest.mark.clause("SD-23c")
def test_in_production_a_worker_that_could_not_know_who_signs_in_does_not_start():
    settings = {name: said for name, said in WITHOUT_TEMPORAL.items() if name != "TRANSFERS_SIGNED_IN_KEYS"}
    result = start_alone("worker", **settings, **own_ports())
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith(
        "worker: TRANSFERS_SIGNED_IN_KEYS: is missing; it names the public"
    )
    assert "Traceback" not in result.stderr


def test_a_worker_whose_settings_lack_a_channel_of_its_policy_says_so_when_it_starts():
    result = start_alone("worker", TRANSFERS_POLICY_FILE=str(POLICY_FILE), **WITHOUT_TEMPORAL, **own_ports())
    warned = [json.loads(line) for line in result.stderr.splitlines() if "unknown alert channel" in line]
    assert [(line["level"], line["channel"]) for line in warned] == [("warning", "operations-room")]


@pytest.mark.parametrize("digest_at", ["", "08:30"])
def test_a_worker_in_a_namespace_that_temporal_does_not_know_says_so(rehearsal: Rehearsal, digest_at: str):
    settings = {**rehearsal.local.environment(), **own_ports(), "TRANSFERS_DIGEST_AT": digest_at}
    result = start_alone("worker", **{**settings, "TEMPORAL_NAMESPACE": "nowhere"})
    assert result.returncode == 1
    assert "worker: cannot start: Temporal" in result.stderr
    assert "amespace" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_a_worker_names_the_days_of_the_digest_where_they_are_none():
    result = start_alone("worker", TRANSFERS_DIGEST_DAYS="fri-mon")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "TRANSFERS_DIGEST_DAYS" in result.stderr


@pytest.mark.parametrize("status", [RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.PERMISSION_DENIED])
def test_what_temporal_refuses_is_not_called_no_answer(status: RPCStatusCode):
    said = why_not_started(RPCError("Invalid schedule spec: DayOfWeek\nand more", status, b""))
    assert said == "Temporal refuses what the worker asks of it: Invalid schedule spec: DayOfWeek"


@pytest.mark.parametrize("error", [RPCError("", RPCStatusCode.UNAVAILABLE, b""), RuntimeError("no connection")])
def test_a_temporal_that_cannot_be_reached_does_not_answer(error: RPCError | RuntimeError):
    assert why_not_started(error).startswith("Temporal does not answer")


class FakeWorker:
    """Notes when it is run and stopped; runs until it is, or fails of its problem."""

    def __init__(self, name: str, noted: list[str], problem: Exception | None = None) -> None:
        self.name, self.noted, self.problem, self.stopped = name, noted, problem, asyncio.Event()

    async def run(self) -> None:
        if self.problem is not None:
            raise self.problem
        self.noted.append(f"{self.name} runs")
        await self.stopped.wait()
        self.noted.append(f"{self.name} stops")

    async def shutdown(self) -> None:
        self.stopped.set()


async def test_where_workers_do_not_run_the_others_are_stopped_and_the_first_says_why():
    noted: list[str] = []
    problems = {"home": None, "mail": None, "mosaic": OSError("no thread"), "alerts": OSError("neither")}
    workers = [FakeWorker(name, noted, problem) for name, problem in problems.items()]
    with pytest.raises(OSError, match="no thread"):
        async with SideBySide(workers):
            await asyncio.Event().wait()
    assert sorted(noted) == ["home runs", "home stops", "mail runs", "mail stops"]


async def test_workers_run_until_they_are_left():
    noted: list[str] = []
    async with SideBySide([FakeWorker("home", noted), FakeWorker("mail", noted)]):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert noted == ["home runs", "mail runs"]
    assert noted[2:] == ["home stops", "mail stops"]


@pytest.mark.parametrize(("days", "warned"), [(60, False), (59, True), (0, True), (-5, True), (400, False)])
def test_a_worker_warns_in_the_last_sixty_days_of_its_calendar(days: int, warned: bool):
    until = date(2027, 12, 31)
    with capture_logs() as logs:
        warn_of_the_calendars_end(until, until - timedelta(days=days))
    line = {"event": "calendar ends", "known_until": "2027-12-31", "log_level": "warning"}
    assert logs == ([line] if warned else [])


def test_a_worker_warns_of_each_channel_that_its_policy_names_and_its_settings_lack():
    told = {Audience.OPERATIONS: ("room", "pager"), Audience.TEAM_MANAGER: ("hall", "pager")}
    with capture_logs() as logs:
        warn_of_unknown_channels(Policy(channels=told), ChannelSettings(channels={"room": SecretStr("json://x")}))
    assert logs == [
        {"event": "unknown alert channel", "channel": channel, "log_level": "warning"} for channel in ("hall", "pager")
    ]


def test_a_missing_temporal_server_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="The Temporal server is missing"):
        temporal_binary(tmp_path)
