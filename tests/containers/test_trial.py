"""The trial profile for real: the demo plays through it, it is struck while people work, and two versions share it."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from benchmarks.chaos.drive import Driven
from benchmarks.chaos.run import books_compared
from cli.wiring import temporal
from tests.containers.engine import ROOT, build, docker
from tests.containers.trial import Trial, some_transfers
from tests.pace import patient

CASE = "/app/examples/01-one-child-passes-on-a-sibling-closes.yaml"
SEED = 12
PATIENCE = 150.0
"""Seconds after the last blow until the last transfer ends."""
AT_WORK, AWAY = 4.0, 4.0
"""Seconds that people work undisturbed; and that something is away: longer than an attempt at the register."""


@pytest.fixture
def driver(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """This process speaks to the trial."""
    for name, value in trial.environment.items():
        monkeypatch.setenv(name, value)
    return trial


async def drive(trial: Trial, named: str, count: int, meanwhile: Callable[[], Awaitable[None]]) -> list[str]:
    """Play so many transfers to their end while something happens; what the books of all sides have against it."""
    client, local = await temporal(), trial.local
    driven = [Driven.of(client, local, SEED, begins) for begins in some_transfers(named, count)]
    playing = [asyncio.create_task(one.play()) for one in driven]
    await meanwhile()
    done, late = await asyncio.wait(playing, timeout=patient(PATIENCE))
    for task in late:
        task.cancel()
    failed = [str(task.exception()) for task in done if task.exception() is not None]
    verdict, comparison = await books_compared(client, local, driven)
    wrong = [*failed, *verdict.lost, *verdict.doubled]
    assert comparison
    return wrong


def test_the_demo_plays_a_family_through_the_trial(trial: Trial):
    said = trial.compose("run", "--rm", "transfers", "demo", "--server", "temporal:7233", CASE)
    assert "The case went as its file says." in said
    shown = trial.compose("run", "--rm", "transfers", "list", "--all", "--json")
    assert "transferred" in shown


async def test_whatever_is_struck_while_people_work_the_books_agree_afterwards(driver: Trial):
    async def strike() -> None:
        do, compose = asyncio.to_thread, driver.compose
        await asyncio.sleep(AT_WORK)
        await do(driver.kill, "worker", 1)
        await do(driver.until_healthy, "worker", 1)
        assert docker("inspect", "--format", "{{.RestartCount}}", compose.container("worker", 1)) == "1"
        for begin, end in (("stop", "start"), ("pause", "unpause")):
            await do(compose, begin, "postgres")
            await asyncio.sleep(AWAY)
            await do(compose, end, "postgres")
            await do(driver.until_healthy, "postgres")
        for service, number in (("postgres", 1), ("worker", 2)):
            await do(driver.cut_off, service, number)
            await asyncio.sleep(AWAY)
            await do(driver.connect, service, number)

    assert await drive(driver, "struck", 6, strike) == []


@pytest.fixture(scope="session")
def image_before(image: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image of the commit before; how it was built says its own file."""
    folder = tmp_path_factory.mktemp("before")
    anew = ["git", "diff", "--quiet", "HEAD~1", "HEAD", "--", "tests/workflows/histories"]
    if subprocess.run(anew, cwd=ROOT, check=False).returncode == 1:
        pytest.skip("this commit recorded the histories anew, which it may before the first release (ADR 68)")
    try:
        archive = subprocess.run(
            ["git", "-c", "tar.umask=0022", "archive", "HEAD~1"], cwd=ROOT, capture_output=True, check=True, timeout=60
        ).stdout
    except subprocess.CalledProcessError:
        pytest.skip("this clone has no commit before its last one, so there is no other version to run beside it")
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True, timeout=60)
    if not (folder / "docker" / "Dockerfile").exists():
        pytest.skip("the commit before has no image")
    tag = "early-help-transfers:tested-before"
    return build(tag, folder)


async def test_two_versions_share_the_queue_and_nothing_breaks(driver: Trial, image_before: str):
    before, now = driver.compose.container("before"), driver.compose.container("worker", 2)
    other = replace(driver.compose, settings={**driver.compose.settings, "TRANSFERS_IMAGE": image_before})
    docker("stop", driver.compose.container("worker", 1))
    other("run", "--detach", "--no-deps", "--name", before, "worker")

    async def change() -> None:
        await asyncio.sleep(AT_WORK)
        # Each version meets, from its history alone, what the other one began.
        for act, name in (("stop", now), ("start", now), ("stop", before), ("start", before)):
            await asyncio.to_thread(docker, act, name)
            assert act == "start" or docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"
            await asyncio.sleep(AT_WORK)

    try:
        assert await drive(driver, "shared", 4, change) == []
    finally:
        docker("rm", "--force", before)
        docker("start", driver.compose.container("worker", 1))
