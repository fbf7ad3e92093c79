"""Where it is measured: the whole rehearsal with its gateway, and the bare route beside it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from adapters.local_issuer import RehearsalIssuer
from benchmarks.rehearsal import free_ports, rehearsal
from cli.rehearsal.local import HOST, LocalSettings
from cli.rehearsal.stack import Stack, StackError
from models.access import Scope
from models.vocabulary import Role

READY_SECONDS = 60
QUIET = {
    "TRANSFERS_DIGEST_AT": "",
    "TRANSFERS_RECONCILE_AT": "",
    "TRANSFERS_MOSAIC_PER_SECOND": "1000",
    "TRANSFERS_GATEWAY_PER_SECOND": "100000",
    "TRANSFERS_GATEWAY_BURST": "100000",
}
"""Nothing but what is measured, as fast as it goes."""
TOKEN_MINUTES = 120
GATEWAY, BARE = "gateway", "bare"


@dataclass(frozen=True)
class Stage:
    """Everything that runs."""

    stack: Stack
    issuer: RehearsalIssuer
    bare_port: int
    bare: subprocess.Popen[bytes]

    @property
    def servers(self) -> Mapping[str, int]:
        """Both that are read from, by name and process number."""
        return {GATEWAY: self.stack.running["gateway"].pid, BARE: self.bare.pid}

    @property
    def gateway_port(self) -> int:
        """Where the gateway listens."""
        return self.stack.local.gateway_port


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """All of it, ready; stopped in the end."""
    local = LocalSettings(folder=folder).model_copy(update=free_ports())
    os.environ.update(QUIET)
    with rehearsal(local) as stack:
        [port, *_] = free_ports().values()
        command = (sys.executable, "-m", "benchmarks.gateway.bare", str(port))
        with beside(command, f"http://{HOST}:{port}/ready", {}, folder / "logs" / "bare.log") as bare:
            yield Stage(stack, issuer(), port, bare)


def issuer() -> RehearsalIssuer:
    """Who signs the tokens, as the settings say."""
    return RehearsalIssuer.read(Path(os.environ["TRANSFERS_TOKEN_KEY"]))


def signed(issuer: RehearsalIssuer, who: str, teams: Sequence[str], *reads: str) -> Mapping[str, str]:
    """The header with which this person is signed in, as a social worker who reads so."""
    scopes, at = tuple(Scope), datetime.now(UTC)
    roles = [Role.SOCIAL_WORKER, *reads]
    token = issuer.token(who, roles=roles, teams=teams, scopes=scopes, at=at, minutes=TOKEN_MINUTES)
    return {"authorization": f"Bearer {token}"}


@contextmanager
def beside(command: Sequence[str], ready: str, more: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process more, with these settings; stopped in the end.

    Raises:
        StackError: it does not answer.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(command, env={**os.environ, **more}, stdout=file, stderr=subprocess.STDOUT)  # noqa: S603 (our own)
    try:
        _await(process, ready, log)
        yield process
    finally:
        process.terminate()
        process.wait()


def _await(process: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(ready, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise StackError(f"A process does not answer; see {log}.")
