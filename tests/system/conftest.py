import base64
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from adapters.keyring import Keyring
from benchmarks.rehearsal import at_any_hour
from cli import main
from cli.people import read_people
from cli.rehearsal.local import LocalSettings, local_key
from cli.rehearsal.stack import Stack
from cli.services import read_services
from tests.pace import A_MOMENT, patient, until
from tests.ports import free_ports
from tests.register import WholeRegister, new_register

EXAMPLES = Path(__file__).parents[2] / "examples"
MAIN_CASE = EXAMPLES / "01-one-child-passes-on-a-sibling-closes.yaml"
NAIVE = (sys.executable, "-m", "tests.system.naive_worker")
REAL = (sys.executable, "-m", "worker")


class AtAnyHour(LocalSettings):
    """Letters leave at any hour, so that tests go the same way at night."""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "TRANSFERS_POLICY_FILE": str(at_any_hour(self.folder))}


def local_settings(folder: Path) -> LocalSettings:
    names = [name for name in LocalSettings.model_fields if name.endswith("_port")]
    return AtAnyHour(folder=folder, **dict(zip(names, free_ports(len(names)), strict=True)))


@dataclass
class Rehearsal:
    """The whole product as `transfers up` starts it, with what a test needs to hurt it."""

    local: LocalSettings
    stack: Stack
    register: WholeRegister

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.local.environment()}

    def command(self, *words: str, within: float = A_MOMENT) -> subprocess.CompletedProcess[str]:
        process = self.begun(*words)
        try:
            out, err = process.communicate(timeout=patient(within))
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def begun(self, *words: str) -> subprocess.Popen[str]:
        program, pipe = Path(sys.executable).parent / "transfers", subprocess.PIPE
        # Tests that run in the background would hand on that Ctrl-C is ignored.
        command = ["env", "--default-signal=INT", program, *words]
        return subprocess.Popen(command, env=self.of_commands, stdout=pipe, stderr=pipe, text=True)

    @property
    def of_commands(self) -> dict[str, str]:
        """The environment of whoever types a command where the rehearsal runs."""
        unset = {name: value for name, value in os.environ.items() if not name.startswith("TRANSFERS_")}
        return {**unset, "TRANSFERS_LOCAL_FOLDER": str(self.local.folder)}

    def until_shown(self, transfer: str) -> None:
        until(lambda: self.register.status(transfer) is not None)

    def kill_worker(self) -> None:
        worker = self.stack.running["worker"]
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    def start_worker(self, command: tuple[str, ...] = REAL) -> None:
        log = (self.local.folder / "logs" / "worker-again.log").open("ab")
        self.stack.running["worker"] = subprocess.Popen(
            command, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        until(self._worker_ready)

    def _worker_ready(self) -> bool:
        try:
            url = f"http://127.0.0.1:{self.local.worker_port}/health/ready"
            return httpx.get(url, timeout=1).is_success
        except httpx.HTTPError:
            return False

    def mosaic_fault(self, **fault: Any) -> None:
        httpx.post(f"{self.local.mosaic_url}/rehearsal/faults", json=fault).raise_for_status()

    def mail_fault(self, **fault: Any) -> None:
        httpx.post(f"{self.local.mailbox_url}/rehearsal/faults", json=fault).raise_for_status()

    def forgive(self) -> None:
        for url in (self.local.mosaic_url, self.local.mailbox_url):
            httpx.delete(f"{url}/rehearsal/faults").raise_for_status()

    def mosaic_books(self, family_ref: str) -> Any:
        return httpx.get(f"{self.local.mosaic_url}/rehearsal/books", params={"family_ref": family_ref}).json()

    def mails(self, address: str) -> list[Any]:
        return [m for m in httpx.get(f"{self.local.mailbox_url}/messages").json() if address in m["to"]]


def start_rehearsal(folder: Path) -> Rehearsal:
    local = local_settings(folder)
    key_id, _, key = local_key(folder).partition(":")
    keyring = Keyring(key_id, {key_id: base64.b64decode(key)})
    register = new_register(local.environment()["TRANSFERS_REGISTER_URL"], keyring)
    register.put_services(read_services(EXAMPLES / "services.csv"))
    register.put_people(read_people(EXAMPLES / "people.csv"))
    stack = Stack(local, lambda words: None)
    stack.claim()
    stack.start()
    return Rehearsal(local, stack, register)


@pytest.fixture(scope="session")
def _shared_rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = start_rehearsal(tmp_path_factory.mktemp("rehearsal"))
    yield rehearsal
    rehearsal.stack.stop()


@pytest.fixture
def rehearsal(_shared_rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rehearsal]:
    """One rehearsal for all tests of this process; each test works with a family of its own."""
    for name, value in _shared_rehearsal.local.environment().items():
        monkeypatch.setenv(name, value)
    yield _shared_rehearsal
    _shared_rehearsal.forgive()
    if _shared_rehearsal.stack.running["worker"].poll() is not None:
        _shared_rehearsal.start_worker()


Said = subprocess.CompletedProcess[str]
Typed = Callable[..., Said]


def said_here(capsys: pytest.CaptureFixture[str], environment: Mapping[str, str], *words: str) -> Said:
    """What a command says in this process: of one of its own, most of the time would be its start."""
    program = ["transfers", *words]
    capsys.readouterr()
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "argv", program),
        patch.object(main, "set_up_logs"),
    ):
        code = main.run()
    said = capsys.readouterr()
    return Said(program, code, said.out, said.err)


@pytest.fixture
def typed(rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]) -> Typed:
    """A command beside the rehearsal, where it makes no difference that it is a process of its own."""
    return lambda *words: said_here(capsys, rehearsal.of_commands, *words)
