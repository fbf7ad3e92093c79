"""The processes of the rehearsal: what starts them says what is wrong, and leaves none of them behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from cli.rehearsal.local import LocalSettings
from cli.rehearsal.stack import Stack, StackError
from tests.ports import free_ports


class FakeProgram:
    """A program during whose end somebody presses Ctrl-C once more."""

    ended = False
    returncode = 3

    def terminate(self) -> None:
        """Be told to end."""

    def wait(self, seconds: float | None = None) -> None:
        """End, while Ctrl-C is pressed."""
        os.kill(os.getpid(), signal.SIGINT)
        self.ended = True

    def poll(self) -> int:
        """It has ended."""
        return self.returncode


def elsewhere(folder: Path) -> Stack:
    """On ports that nobody uses."""
    names = [name for name in LocalSettings.model_fields if name.endswith("_port")]
    return stack(folder, **dict(zip(names, free_ports(len(names)), strict=True)))


def stack(folder: Path, **ports: int) -> Stack:
    return Stack(LocalSettings(folder=folder, **cast("Any", ports)), print)


def test_ctrl_c_pressed_again_while_everything_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    running = {name: FakeProgram() for name in ("temporal", "mosaic", "worker")}
    several = stack(tmp_path)
    several.running.update(cast("Any", running))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        several.stop()
        afterwards = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert all(program.ended for program in running.values())
    assert afterwards is signal.default_int_handler, "afterwards it stops the command again"


def test_a_program_that_stopped_is_called_as_people_call_it(tmp_path: Path) -> None:
    one = stack(tmp_path)
    one.running["temporal"] = cast("Any", FakeProgram())
    log = tmp_path / "logs" / "temporal.log"
    assert one.fallen() == f"The Temporal server stopped by itself (exit code 3); see {log}."


def test_one_port_for_two_programs_is_said_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"Port 27999 for the \w+.* is asked for twice: set TRANSFERS_LOCAL_"):
        stack(tmp_path, temporal_port=27999, ui_port=27999).claim()


def test_two_that_begin_at_once_in_one_folder_on_other_ports_are_told_apart_and_one_begins(tmp_path: Path) -> None:
    first, second = elsewhere(tmp_path), elsewhere(tmp_path)
    first.claim()
    with pytest.raises(StackError, match=rf"^A rehearsal is just being started in {tmp_path}.* Ctrl-C there stops it"):
        second.claim()
    second.stop()
    first.stop()
    elsewhere(tmp_path).claim()


def test_a_folder_is_free_again_whatever_became_of_the_process_that_held_it(tmp_path: Path) -> None:
    held = f"import fcntl; fcntl.flock(open({str(tmp_path / 'lock')!r}, 'wb'), fcntl.LOCK_EX); import os; os.abort()"
    subprocess.run([sys.executable, "-c", held], check=False, capture_output=True)
    elsewhere(tmp_path).claim()
