"""The whole rehearsal, on ports and in a folder of its own, for a benchmark."""

import os
import random
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import yaml
from typer import echo

from adapters.register.store import RegisterSettings, migrate
from cli.people import read_people
from cli.rehearsal.local import HOST, POLICY_FILE, LocalSettings
from cli.rehearsal.stack import Stack
from cli.services import read_services
from cli.wiring import directory

EXAMPLES = Path(__file__).parents[1] / "examples"
PORTS = range(30000, 32000)
"""Below the range from which a system takes the near end of a connection."""


def at_any_hour(folder: Path) -> Path:
    """A policy file like the rehearsal's, but for letters, which leave at any hour: a measure knows no time of day."""
    said = yaml.safe_load(POLICY_FILE.read_text(encoding="utf-8"))
    said["policy"]["letter_hours"] = None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = (folder / "policy-at-any-hour.yaml").absolute()
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    return path


@contextmanager
def rehearsal(local: LocalSettings) -> Iterator[Stack]:
    """Everything as `transfers up` starts it; stopped in the end."""
    os.umask(0o077)
    stack = Stack(local, echo)
    stack.claim()
    os.environ.setdefault("TRANSFERS_POLICY_FILE", str(at_any_hour(local.folder)))
    os.environ.update(local.environment())
    migrate(RegisterSettings())
    directory().put_services(read_services(EXAMPLES / "services.csv"))
    directory().put_people(read_people(EXAMPLES / "people.csv"))
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


def free_ports() -> dict[str, int]:
    """A free port for each that the rehearsal needs, by setting."""
    names = [name for name in LocalSettings.model_fields if name.endswith("_port")]
    free = filter(_is_free, random.sample(PORTS, len(PORTS)))
    return dict(zip(names, free, strict=False))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def leave(code: int) -> NoReturn:
    """End at once: the SDK's native threads now and then crash an interpreter that shuts down in the ordinary way."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
