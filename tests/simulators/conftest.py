"""Both simulators as real processes, on free ports."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.pace import A_MOMENT, patient

PROJECT = Path(__file__).parents[2]
FOR_GOOD = 600.0
"""Seconds that a hang lasts when nobody is to see its end."""
SOON = httpx.Timeout(patient(30), read=0.3)
"""Of somebody who gives up soon, once the call is sent."""


class Server:
    """One simulator process: its address, and how it ended."""

    def __init__(self, module: str, settings: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=PROJECT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.ports = [int(port) for port in re.findall(r":(\d+)\b", self._process.stdout.readline())]
        self.http = (
            httpx.Client(base_url=f"http://127.0.0.1:{self.ports[0]}", timeout=patient(30)) if self.ports else None
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """The exit code and what was said on stderr, after this signal."""
        self._process.send_signal(number)
        _, said = self._process.communicate(timeout=patient(A_MOMENT))
        if self.http is not None:
            self.http.close()
        return self._process.returncode, said


def start_mosaic(folder: Path, port: int = 0) -> Server:
    settings = {"PORT": str(port), "FOLDER": str(folder)}
    return Server("simulators.mosaic", {f"TRANSFERS_MOSAIC_SIMULATOR_{name}": each for name, each in settings.items()})


def start_mailbox(folder: Path, smtp_port: int = 0) -> Server:
    settings = {"SMTP_PORT": str(smtp_port), "HTTP_PORT": "0", "FOLDER": str(folder)}
    return Server("simulators.mailbox", {f"TRANSFERS_MAILBOX_{name}": each for name, each in settings.items()})


@pytest.fixture(scope="session")
def mosaic_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start_mosaic(tmp_path_factory.mktemp("mosaic"))
    yield server
    assert server.end() == (0, "")


@pytest.fixture(scope="session")
def mailbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start_mailbox(tmp_path_factory.mktemp("mail"))
    yield server
    assert server.end() == (0, "")
