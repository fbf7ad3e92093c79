"""Debian's pgbouncer before a PostgreSQL server, as a council's database people set it up: it pools transactions."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.pace import until
from tests.ports import free_port
from tests.postgres.servers import NOT_AS_ROOT, owned_by_nobody

HERE = shutil.which("pgbouncer")
THROUGH_IT = pytest.param(
    "pgbouncer", marks=pytest.mark.skipif(HERE is None, reason="pgbouncer is not here; .ci/run unpacks it")
)
"""The register behind it, as a parameter of ``register_url``."""
SETTINGS = """
[databases]
* = host={behind.host} port={behind.port} user={behind.username} password={password}
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
def pooled(server: str, more: str = "", **files: bytes) -> Iterator[str]:
    """The address under which three connections of each database are shared, transaction by transaction.

    The files lie beside its settings, which may name them.
    """
    behind, port = make_url(server), free_port()
    with tempfile.TemporaryDirectory(prefix="pool-") as name:
        folder = Path(name)
        settings = folder / "pgbouncer.ini"
        said = SETTINGS.format(behind=behind, password=behind.password or "none", port=port, folder=folder)
        settings.write_text(said + more.format(folder=folder))
        for file, content in files.items():
            (folder / file).write_bytes(content)
        owned_by_nobody(folder)
        with subprocess.Popen([*NOT_AS_ROOT, str(HERE), "--quiet", settings]) as running:
            try:
                log = folder / "log"
                until(lambda: log.exists() and "process up" in log.read_text())
                yield behind.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
            finally:
                running.terminate()
