"""A trial that tests hurt: the profile as it is, and what this machine needs to drive and to read it beside."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import yaml

from benchmarks.chaos.plan import Begins, playable
from benchmarks.rehearsal import at_any_hour
from cli.rehearsal.trial import TrialSettings
from tests.containers.engine import Compose, docker
from tests.pace import until
from tests.ports import free_ports

PAGES = ("ui", "codec", "gateway", "mosaic", "mailbox")
TEMPORAL, POSTGRES = 7233, 5432
APART = 6.0
"""Seconds between the beginnings of two transfers, so that some are on their way whatever happens when."""


@dataclass(frozen=True)
class Trial:
    """A trial that runs."""

    compose: Compose
    image: str
    environment: dict[str, str]
    """What a process on this machine needs to drive it and to read its books."""

    @property
    def local(self) -> TrialSettings:
        with patch.dict(os.environ, self.environment):
            return TrialSettings()

    @property
    def gateway(self) -> str:
        """The HTTP API."""
        return f"http://127.0.0.1:{self.compose.settings['TRANSFERS_LOCAL_GATEWAY_PORT']}"

    @property
    def temporal(self) -> str:
        return self.environment["TEMPORAL_ADDRESS"]

    def kill(self, service: str, number: int = 1) -> None:
        """``kill -9`` by the number that the process has on the machine: the engine is not asked, and sees it die."""
        name = self.compose.container(service, number)
        pid = docker("inspect", "--format", "{{.State.Pid}}", name)
        docker("run", "--rm", "--pid=host", "--user=0", "--entrypoint=sh", self.image, "-c", f"kill -9 {pid}")

    def cut_off(self, service: str, number: int = 1) -> None:
        docker("network", "disconnect", f"{self.compose.project}_default", self.compose.container(service, number))

    def connect(self, service: str, number: int = 1) -> None:
        name = self.compose.container(service, number)
        docker("network", "connect", "--alias", service, f"{self.compose.project}_default", name)

    def until_started_again(self, service: str, number: int = 1) -> None:
        """By the engine's own rule; more than once where what it needs was not there at first."""
        name = self.compose.container(service, number)
        until(lambda: docker("inspect", "--format", "{{.RestartCount}}", name) != "0")
        self.until_healthy(service, number)

    def until_healthy(self, service: str, number: int = 1) -> None:
        until(lambda: self.compose.is_healthy(service, number), told=lambda: str(self.compose.state(service, number)))


@contextmanager
def trial_of(image: str, project: str, folder: Path) -> Iterator[Trial]:
    """Up to the end of the block, and nothing of it left afterwards."""
    *pages, temporal, postgres = free_ports(len(PAGES) + 2)
    ports = {f"TRANSFERS_LOCAL_{name.upper()}_PORT": str(port) for name, port in zip(PAGES, pages, strict=True)}
    policy = at_any_hour(folder)
    beside = folder / "beside.yaml"
    beside.write_text(yaml.safe_dump(_laid_over(policy, temporal, postgres)), encoding="utf-8")
    compose = Compose(project, {**ports, "TRANSFERS_IMAGE": image}, (beside,))
    try:
        compose("--profile", "trial", "up", "--wait", "--no-build")
        yield Trial(
            compose, image, _environment(compose, dict(zip(PAGES, pages, strict=True)), temporal, postgres, policy)
        )
    finally:
        compose("--profile", "trial", "--profile", "command", "down", "--volumes", "--timeout", "5", "--remove-orphans")


def _laid_over(policy: Path, temporal: int, postgres: int) -> object:
    worker = {
        # Letters leave at any hour, so that a test goes the same way at night; and books are compared once, in the end.
        "environment": {
            "TRANSFERS_POLICY_FILE": "/policy.yaml",
            "TRANSFERS_DIGEST_AT": "",
            "TRANSFERS_RECONCILE_AT": "",
        },
        "volumes": [f"{policy}:/policy.yaml:ro"],
    }
    return {
        "services": {
            "worker": worker,
            "temporal": {"ports": [f"127.0.0.1:{temporal}:{TEMPORAL}"]},
            "postgres": {"ports": [f"127.0.0.1:{postgres}:{POSTGRES}"]},
        }
    }


def _environment(compose: Compose, pages: dict[str, int], temporal: int, postgres: int, policy: Path) -> dict[str, str]:
    return {
        "TRANSFERS_MODE": "trial",
        "TRANSFERS_KEYS": compose("exec", "-T", "codec", "cat", "/run/secrets/transfers_keys"),
        "TRANSFERS_POLICY_FILE": str(policy),
        "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal}",
        "TRANSFERS_REGISTER_URL": f"postgresql+psycopg://transfers@127.0.0.1:{postgres}/transfers",
        "TRANSFERS_MOSAIC_URL": f"http://127.0.0.1:{pages['mosaic']}",
        "TRANSFERS_MAILBOX_URL": f"http://127.0.0.1:{pages['mailbox']}",
        "TRANSFERS_UI_URL": f"http://127.0.0.1:{pages['ui']}",
    }


def some_transfers(named: str, count: int) -> Sequence[Begins]:
    """Transfers that go to their end by themselves, each another example, one after the other; so their ids begin."""
    examples = playable()
    chosen = examples[:: max(1, len(examples) // count)][:count]
    return [Begins(number * APART, f"{named}-{number + 1}", example) for number, example in enumerate(chosen)]
