"""Debian's pgbouncer before a PostgreSQL server, as a council's database people set it up: it pools transactions."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.adapters.postgres import NOT_AS_ROOT, Server
from tests.pace import until
from tests.ports import free_port

HERE = shutil.which("pgbouncer")
THROUGH_IT = pytest.param(
    "pgbouncer", marks=pytest.mark.skipif(HERE is None, reason="pgbouncer is not here; .ci/run unpacks it")
)
"""The register behind it, as a parameter of ``register_url``."""
SETTINGS = """
[databases]
* = host=127.0.0.1 port={behind} user=register
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
logfile = {folder}/log
"""


@contextmanager
def pooled(server: Server, folder: Path) -> Iterator[str]:
    """The address under which three connections of the server are shared, transaction by transaction."""
    port = free_port()
    # Nobody cannot look into a folder of pytest's.
    place = Path(server.folder) / folder.name
    place.mkdir()
    settings = place / "pgbouncer.ini"
    settings.write_text(SETTINGS.format(behind=server.port, port=port, folder=place))
    if NOT_AS_ROOT:
        os.chown(place, pwd.getpwnam("nobody").pw_uid, -1)
    with subprocess.Popen([*NOT_AS_ROOT, str(HERE), "--quiet", settings]) as running:
        try:
            log = place / "log"
            until(lambda: log.exists() and "process up" in log.read_text())
            yield make_url(server.url).set(port=port).render_as_string(hide_password=False)
        finally:
            running.terminate()
