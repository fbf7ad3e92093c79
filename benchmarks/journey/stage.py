"""Where the journeys run: one Temporal server, Mosaic and mailbox; for each kind a worker and a register of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from adapters.register.directory import SqlDirectory
from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from benchmarks.rehearsal import EXAMPLES, free_ports, rehearsal
from cli.people import read_people
from cli.rehearsal.local import HOST, LocalSettings
from cli.rehearsal.stack import Stack, StackError
from cli.services import read_services
from cli.wiring import keyring

READY_SECONDS = 60
QUIET = {"TRANSFERS_DIGEST_AT": "", "TRANSFERS_RECONCILE_AT": "", "TRANSFERS_MOSAIC_PER_SECOND": "1000"}
"""Nothing but the journeys, as fast as they go."""

PRODUCT, BARE = "product", "bare"


@dataclass(frozen=True)
class Side:
    """The product, or the bare workflow: its queue, its worker process, its register."""

    name: str
    queue: str
    register: Path
    worker: subprocess.Popen[bytes]


@dataclass(frozen=True)
class Stage:
    """Everything that runs."""

    stack: Stack
    sides: tuple[Side, ...]

    @property
    def processes(self) -> dict[str, int]:
        """What both sides use, by name and process number."""
        return {name: process.pid for name, process in self.stack.running.items() if name != "worker"}


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Both sides, ready; stopped in the end."""
    local = LocalSettings(folder=folder).model_copy(update=free_ports())
    os.environ.update(QUIET)
    with rehearsal(local) as stack, ExitStack() as after:
        product = Side(PRODUCT, "transfers", folder / "register.db", stack.running["worker"])
        yield Stage(stack, (product, after.enter_context(_bare(local))))


@contextmanager
def _bare(local: LocalSettings) -> Iterator[Side]:
    file, ports = local.folder / "register-bare.db", list(free_ports().values())
    url = f"sqlite:///{file.absolute()}"
    _prepare(RegisterSettings(url=url))
    environment = {
        **os.environ,
        **local.environment(),
        "TRANSFERS_REGISTER_URL": url,
        "TRANSFERS_TASK_QUEUE": BARE,
        "TRANSFERS_WORKER_PORT": str(ports[0]),
        "TRANSFERS_METRICS_PORT": str(ports[1]),
    }
    with (local.folder / "logs" / "bare.log").open("wb") as log:
        worker = subprocess.Popen(
            (sys.executable, "-m", "benchmarks.journey.bare"), env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _await(worker, f"http://{HOST}:{ports[0]}/health/ready")
        yield Side(BARE, BARE, file, worker)
    finally:
        worker.terminate()
        worker.wait()


def _prepare(settings: RegisterSettings) -> None:
    migrate(settings)
    directory = SqlDirectory(Store(register_engine(settings), keyring()))
    directory.put_services(read_services(EXAMPLES / "services.csv"))
    directory.put_people(read_people(EXAMPLES / "people.csv"))


def _await(worker: subprocess.Popen[bytes], ready: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and worker.poll() is None:
        try:
            if httpx.get(ready, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise StackError("The bare worker does not answer; see logs/bare.log.")
