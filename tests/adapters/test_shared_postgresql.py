"""One PostgreSQL server serves all processes of a run of the tests, and outlives none of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pace import until
from tests.postgres.keeper import WANTED, no_container
from tests.postgres.servers import FOLDER, answers

FIRST = f"""
import os, signal
from tests.postgres.run import Run, shared_server
run = Run()
os.environ["{FOLDER}"] = str(run.folder)
print(run.folder, shared_server().url, flush=True)
signal.pause()
"""
ANOTHER = "from tests.postgres.run import shared_server; print(shared_server().url)"


@pytest.fixture
def first() -> Iterator[subprocess.Popen[str]]:
    """The first process of another run."""
    usual = {name: value for name, value in os.environ.items() if name != FOLDER}
    command = [sys.executable, "-c", FIRST]
    with subprocess.Popen(command, env=usual | {WANTED: "wheel"}, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_the_processes_of_a_run_share_a_server_which_ends_though_the_first_of_them_was_killed(
    first: subprocess.Popen[str],
) -> None:
    assert first.stdout is not None
    folder, url = first.stdout.readline().split()
    another = subprocess.run(
        [sys.executable, "-c", ANOTHER], env=os.environ | {FOLDER: folder}, capture_output=True, text=True, check=True
    )
    assert another.stdout.split() == [url]
    assert answers(url)
    first.kill()
    until(lambda: not Path(folder).exists())
    assert not answers(url)


def test_where_no_engine_answers_that_is_why_there_is_no_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WANTED, raising=False)
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert no_container() == "as no Docker engine answers"


def test_whoever_asks_for_a_container_gets_no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WANTED, "container")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(SystemExit, match="no Docker engine answers"):
        no_container()
