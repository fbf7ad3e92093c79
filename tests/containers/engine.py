"""The container engine, by its own command, and what this project runs in it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.pace import patient

ROOT = Path(__file__).parents[2]
BUILDS = 900.0
"""Seconds: an image is built from nothing, and its packages are fetched."""


def run(*words: str | Path, within: float = 120, **said: Any) -> str:
    """What a command says; what it complains of is raised with it."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=patient(within), check=False, **said
    )
    if done.returncode != 0:
        raise AssertionError(
            f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )
    return done.stdout.strip()


def docker(*words: str | Path, within: float = 120, **said: Any) -> str:
    return run("docker", *words, within=within, **said)


@cache
def no_engine() -> str | None:
    """Why nothing can be run in containers here; None where it can."""
    if shutil.which("docker") is None:
        return "there is no docker command"
    answered = subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0
    return None if answered else "no container engine answers"


@cache
def compose_command() -> tuple[str, ...]:
    """Compose as a part of docker, or the program from PyPI."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        return ("docker", "compose")
    return (str(Path(sys.executable).parent / "docker-compose"),)


def build(tag: str, context: Path = ROOT) -> str:
    docker("build", "--quiet", "--file", context / "docker" / "Dockerfile", "--tag", tag, context, within=BUILDS)
    return tag


@dataclass(frozen=True)
class Compose:
    """A project of the compose file, under a name of its own."""

    project: str
    settings: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[Path, ...] = ()
    """Files that are laid over the compose file."""

    def __call__(self, *words: str, within: float = 300) -> str:
        files = [word for file in self.files for word in ("-f", str(file))]
        return run(*compose_command(), "-p", self.project, *files, *words, within=within, env=self.environment)

    @property
    def files(self) -> tuple[Path, ...]:
        return (ROOT / "docker" / "compose.yaml", *self.beside)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.settings}

    def container(self, service: str, number: int = 1) -> str:
        return f"{self.project}-{service}-{number}"

    def state(self, service: str, number: int = 1) -> Any:
        return json.loads(docker("inspect", "--format", "{{json .State}}", self.container(service, number)))

    def is_healthy(self, service: str, number: int = 1) -> bool:
        state = self.state(service, number)
        return bool(state["Running"] and state["Health"]["Status"] == "healthy")
