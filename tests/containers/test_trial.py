"""The trial profile for real: the demo plays through it, it is struck while people work, and two versions share it."""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from adapters.local_issuer import RehearsalIssuer
from benchmarks.chaos.drive import Driven
from benchmarks.chaos.run import books_compared
from cli.rehearsal.local import gateway_keys
from cli.wiring import temporal
from models.access import Scope
from tests.containers.engine import ROOT, build, docker
from tests.containers.trial import Trial, some_transfers
from tests.pace import a_while, patient

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


async def drive(trial: Trial, named: str, count: int, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """Play so many transfers to their end while something happens; the books of all sides have nothing against it."""
    client, local = await temporal(), trial.local
    driven = [Driven.of(client, local, SEED, begins) for begins in some_transfers(named, count)]
    playing = [asyncio.create_task(_play(one)) for one in driven]
    await meanwhile()
    done, late = await asyncio.wait(playing, timeout=patient(PATIENCE))
    for task in late:
        task.cancel()
    failed = [str(task.exception()) for task in done if task.exception() is not None]
    verdict, _ = await books_compared(client, local, driven)
    wrong = [*failed, *verdict.lost, *verdict.doubled]
    assert not wrong, "\n".join([*wrong, trial.compose("logs", "--no-color", "--tail=60", "worker")])


async def _play(one: Driven) -> None:
    await a_while(one.begins.at)
    await one.play()


def test_the_demo_plays_a_family_through_the_trial(trial: Trial):
    said = trial.compose("run", "--rm", "transfers", "demo", "--server", "temporal:7233", CASE)
    assert "The case went as its file says." in said
    shown = trial.compose("run", "--rm", "transfers", "list", "--all", "--json")
    assert "transferred" in shown


def test_whoever_has_a_token_of_the_trial_reads_through_its_gateway_and_nobody_else(trial: Trial, tmp_path: Path):
    token = trial.compose("run", "--rm", "transfers", "token", "sw-17")
    elsewhere = RehearsalIssuer.read(Path(gateway_keys(tmp_path)["TRANSFERS_TOKEN_KEY"]))
    foreign = elsewhere.token("sw-17", roles=(), teams=(), scopes=Scope, at=datetime.now(UTC), minutes=5)

    def read(said: str) -> int:
        return httpx.get(f"{trial.gateway}/v1/transfers", headers={"Authorization": said}).status_code

    assert [read(f"Bearer {token}"), read(f"Bearer {foreign}"), read("")] == [200, 401, 401]


async def test_whatever_is_struck_while_people_work_the_books_agree_afterwards(driver: Trial):
    async def strike() -> None:
        do, compose = asyncio.to_thread, driver.compose
        await a_while(AT_WORK)
        await do(driver.kill, "worker", 1)
        await do(driver.until_started_again, "worker", 1)
        for begin, end in (("stop", "start"), ("pause", "unpause")):
            await do(compose, begin, "postgres")
            await a_while(AWAY)
            await do(compose, end, "postgres")
            await do(driver.until_healthy, "postgres")
        for service, number in (("postgres", 1), ("worker", 2)):
            await do(driver.cut_off, service, number)
            await a_while(AWAY)
            await do(driver.connect, service, number)

    await drive(driver, "struck", 6, strike)


@pytest.fixture(scope="session")
def image_before(image: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image of the commit before; how it was built says its own file."""
    folder = tmp_path_factory.mktemp("before")
    anew = ["git", "diff", "--quiet", "HEAD~1", "HEAD", "--", "tests/workflows/histories"]
    if subprocess.run(anew, cwd=ROOT, check=False).returncode == 1:
        pytest.skip("this commit recorded the histories anew, as it may before a release (ADR 68); it runs at the next")
    try:
        archived = ["git", "-c", "tar.umask=0022", "archive", "HEAD~1"]
        archive = subprocess.check_output(archived, cwd=ROOT, stderr=subprocess.DEVNULL, timeout=patient(60))
    except subprocess.CalledProcessError:
        pytest.skip(
            "this clone has no commit before its last one, so there is no other version beside it; a whole clone has"
        )
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True, timeout=patient(60))
    if not (folder / "docker" / "Dockerfile").exists():
        pytest.skip("the commit before has no image; it runs at the next")
    tag = "early-help-transfers:tested-before"
    return build(tag, folder)


async def test_two_versions_share_the_queue_and_nothing_breaks(driver: Trial, image_before: str):
    before, now = ("before", 1), ("worker", 2)
    other = replace(driver.compose, settings={**driver.compose.settings, "TRANSFERS_IMAGE": image_before})
    docker("stop", driver.compose.container("worker", 1))
    other("run", "--detach", "--no-deps", "--name", driver.compose.container(*before), "worker")
    driver.until_healthy(*before)

    async def take_turns() -> None:
        await a_while(AT_WORK)
        # Each version meets, from its history alone, what the other one began.
        for worker in (now, before):
            name = driver.compose.container(*worker)
            await asyncio.to_thread(docker, "stop", name)
            assert docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"
            await a_while(AT_WORK)
            await asyncio.to_thread(docker, "start", name)
            await asyncio.to_thread(driver.until_healthy, *worker)

    try:
        await drive(driver, "shared", 4, take_turns)
    finally:
        docker("rm", "--force", driver.compose.container(*before))
        docker("start", driver.compose.container("worker", 1))
