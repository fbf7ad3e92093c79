"""Backup and restore as `docs/deployment.md` has them, played in a trial: both books of other moments, and mended."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.chaos.drive import Driven
from benchmarks.chaos.plan import Begins
from cli.project import DOCS, EXAMPLES
from cli.rehearsal.books import read_books
from cli.wiring import temporal, transfers
from client.reconciling import compared
from client.transfers import status
from models.operations.differences import Reconciled
from tests.containers.conftest import RUN
from tests.containers.engine import compose_command
from tests.containers.trial import Trial, trial_of
from tests.pace import eventually, patient

PAGE = (DOCS / "deployment.md").read_text(encoding="utf-8")
CASE = EXAMPLES / "01-one-child-passes-on-a-sibling-closes.yaml"
SEED = 3


@pytest.fixture(scope="module")
def own(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial of its own: what was restored stays so."""
    with trial_of(image, f"{RUN}-restored", tmp_path_factory.mktemp("restored")) as running:
        yield running


@pytest.fixture
def driver(own: Trial, monkeypatch: pytest.MonkeyPatch) -> Trial:
    for name, value in own.environment.items():
        monkeypatch.setenv(name, value)
    return own


def as_the_page_says(trial: Trial, what: str, folder: Path) -> str:
    """Run the block of the page that is marked so, in this trial."""
    [commands] = re.findall(rf"<!-- {what} -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    files = " ".join(f"-f {file}" for file in trial.compose.files)
    here = f"{' '.join(compose_command())} -p {trial.compose.project} {files}"
    # In the test everything belongs to root, who needs no sudo and may not have it.
    said = commands.replace("sudo ", "").replace("docker compose -f docker/compose.yaml", here)
    said = said.replace("early-help-transfers_", f"{trial.compose.project}_")
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", said],
        cwd=folder,
        env=trial.compose.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(240),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def driven(trial: Trial, name: str) -> Driven:
    return Driven.of(await temporal(), trial.local, SEED, Begins(0.0, name, CASE))


async def shown(one: Driven) -> bool:
    """The register shows it as it stands in Temporal."""
    there, here = await status(one.handle), transfers().status(one.begins.id)
    return here is not None and here.timeline == there.timeline


async def compared_now() -> Reconciled:
    return await compared(await temporal())


async def is_asked(one: Driven, problems: list[str]) -> bool:
    """Whether operations are asked this in the transfer: it is told by a signal."""
    return [item.problem for item in (await status(one.handle)).attention if item.open] == problems


def shown_in_register(one: Driven) -> list[str]:
    """What operations are asked in the register, where nothing runs."""
    found = transfers().status(one.begins.id)
    return [item.problem for item in found.attention if item.open] if found else []


def shared(trial: Trial, one: Driven) -> int:
    """How often its document was shared in Mosaic."""
    return len(read_books(trial.local, one.case).shared)


async def is_shared(trial: Trial, one: Driven) -> bool:
    return shared(trial, one) == 1


async def test_a_register_of_yesterday_is_brought_up_to_today_by_the_comparison(driver: Trial, tmp_path: Path) -> None:
    known, unknown = await driven(driver, "known"), await driven(driver, "unknown")
    await known.begin()
    await known.take(0, 2)
    await eventually(lambda: shown(known))
    as_the_page_says(driver, "back up the register", tmp_path)
    await known.take(2, 4)
    await unknown.begin()
    await unknown.take(0, 1)
    await eventually(lambda: shown(unknown))
    said = as_the_page_says(driver, "restore the register", tmp_path)
    assert "The register had lost how this transfer stands." in said
    assert "The register had lost this transfer." in said
    await eventually(lambda: shown(known))
    await eventually(lambda: shown(unknown))
    await eventually(lambda: is_asked(known, ["register_behind"]))
    await eventually(lambda: is_asked(unknown, ["not_in_register"]))
    assert (await compared_now()).found == ()
    await known.take(4, 5)
    assert shared(driver, known) == 1


async def test_a_temporal_of_yesterday_says_which_steps_it_lost_and_takes_them(driver: Trial, tmp_path: Path) -> None:
    known, unknown = await driven(driver, "kept"), await driven(driver, "lost")
    await known.begin()
    await known.take(0, 2)
    await eventually(lambda: shown(known))
    as_the_page_says(driver, "back up Temporal", tmp_path)
    await known.take(2, 4)
    await unknown.begin()
    await eventually(lambda: shown(unknown))
    await eventually(lambda: is_shared(driver, known))
    await eventually(lambda: shown(known))
    as_the_page_says(driver, "restore Temporal", tmp_path)
    await eventually(lambda: is_asked(known, ["register_ahead"]))
    assert shown_in_register(unknown) == ["no_workflow"]
    await known.take(2, 4)
    await eventually(lambda: shown(known))
    assert shared(driver, known) == 1


def test_both_workers_say_which_keys_they_have_and_another_one_is_made_in_a_file(own: Trial, tmp_path: Path) -> None:
    said = json.loads(own.compose("run", "--rm", "transfers", "keys", "status", "--json"))
    [key] = said["keys"]
    assert [worker["keys"] for worker in said["workers"]] == [[key["id"]], [key["id"]]]
    said_of_it = as_the_page_says(own, "make another key", tmp_path)
    made = tmp_path / "turn" / "keys-2"
    assert made.stat().st_mode & 0o777 == 0o600
    ids, secrets = zip(*(entry.split(":") for entry in made.read_text().split(",")), strict=True)
    assert ids[0] == key["id"]
    assert f"A new key, {ids[1]}, stands second" in said_of_it
    assert not any(secret.strip() in said_of_it for secret in secrets)
