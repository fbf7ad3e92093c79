"""The demo plays into a trial, and into nothing else."""

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from cli.rehearsal.waiting import until as demo_until
from cli.rehearse import MARK
from tests.pace import A_MOMENT, patient
from tests.system.conftest import MAIN_CASE, Rehearsal, Typed

TRIAL = Path(__file__).parents[2] / "docker" / "trial.yaml"


def demo_in(rehearsal: Rehearsal, **settings: str) -> subprocess.CompletedProcess[str]:
    key = "trial-1:" + base64.b64encode(bytes(32)).decode()
    of_trial = {"TRANSFERS_MODE": "trial", "TRANSFERS_KEYS": key, "TRANSFERS_MAILBOX_URL": rehearsal.local.mailbox_url}
    server = f"127.0.0.1:{rehearsal.local.temporal_port}"
    return subprocess.run(
        [Path(sys.executable).parent / "transfers", "demo", "--server", server, MAIN_CASE],
        env={**rehearsal.environment, **of_trial, **settings},
        capture_output=True,
        text=True,
        timeout=patient(A_MOMENT),
        check=False,
    )


def test_the_demo_refuses_a_server_that_nobody_marked_as_a_trial(rehearsal: Rehearsal) -> None:
    before = rehearsal.register.ids()
    result = demo_in(rehearsal)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "is no trial, and the demo, which plays everybody, plays into nothing else" in result.stderr
    assert rehearsal.register.ids() == before


def test_the_demo_refuses_a_namespace_that_the_server_does_not_show(rehearsal: Rehearsal) -> None:
    result = demo_in(rehearsal, TEMPORAL_NAMESPACE="of-somebody-else")
    assert (result.returncode, "is no trial" in result.stderr) == (2, True)


def test_the_demo_goes_to_no_server_where_the_settings_are_not_those_of_a_trial(typed: Typed) -> None:
    result = typed("demo", "--server", "127.0.0.1:1", str(MAIN_CASE))
    assert result.returncode == 2
    assert "--server: only in a trial" in result.stderr


class Breaks:
    """A transfer whose answers are broken off, so many times."""

    def __init__(self, times: int, why: RPCStatusCode) -> None:
        self._left, self._why = times, why

    async def query(self, *_: object, **__: object) -> str:
        self._left -= 1
        if self._left >= 0:
            raise RPCError("broken off", self._why, b"")
        return "told"


async def test_the_demo_asks_again_where_a_busy_server_breaks_off_longer_than_anybody_at_a_screen_would_wait() -> None:
    busy: Any = Breaks(9, RPCStatusCode.DEADLINE_EXCEEDED)
    assert await demo_until(busy, bool) == "told"


async def test_the_demo_does_not_ask_again_for_what_there_is_not() -> None:
    gone: Any = Breaks(1, RPCStatusCode.NOT_FOUND)
    with pytest.raises(RPCError):
        await demo_until(gone, bool)


def test_the_mark_is_the_one_that_a_trial_is_started_with() -> None:
    assert f"--data, {MARK}=trial]" in TRIAL.read_text(encoding="utf-8")
