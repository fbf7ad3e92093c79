"""The demo: plays case files against everything real, and compares with the other side's own books."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from temporalio.client import Client

from cli.case_file import CaseFile
from cli.documents import InputError
from cli.journeys import Transfer, send, start, status
from cli.local import LocalSettings
from cli.rehearsal import Books, admit, read_books
from models.step_down.answers import Stage
from models.step_down.status import Status
from models.step_down.steps import ResolveAttention, Step
from models.step_down.words import OUTCOME_WORDS, STAGE_WORDS, STEP_WORDS

STEP_SECONDS = 60
LOOK_SECONDS = 0.05

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Played:
    """A case that was played to its end, or as far as it came."""

    case: CaseFile
    ended: str
    """The outcome in plain words, or what kept the case from its end."""
    books: Books
    differences: tuple[str, ...]


async def play(client: Client, local: LocalSettings, case: CaseFile, progress: Progress) -> Played:
    """Play one case: admit the family, start, send each step when the machine has done its part, read the books."""
    admit(local, case.mosaic)
    if case.already_open is not None:
        await until(await start(client, case.already_open), lambda now: now.service_name)
    handle = await start(client, case.start)
    progress("started")
    try:
        for step in case.steps:
            await until_machine_is_done(handle, step)
            receipt = await send(handle, step)
            progress(f"{step.actor.role.words} {STEP_WORDS[step.step]} → {STAGE_WORDS[receipt.stage]}")
        now = await until(handle, lambda s: s.outcome is not None)
    except InputError as error:
        return Played(case, f"a step was not taken: {error}", read_books(local, case), ("the case did not end",))
    except TimeoutError:
        now = await status(handle)
        return Played(case, f"stays at: {STAGE_WORDS[now.stage]}", read_books(local, case), ("the case did not end",))
    await handle.result()
    books = read_books(local, case)
    ended = OUTCOME_WORDS[now.outcome] if now.outcome else ""
    progress(f"ended: {ended}")
    return Played(case, ended, books, tuple(_differences(case, now, books)))


async def until_machine_is_done(handle: Transfer, step: Step) -> None:
    """A person's step comes when the machine has done its part; putting right, when attention is asked for."""
    if isinstance(step, ResolveAttention):
        await until(handle, lambda now: any(item.id == step.attention_id for item in now.attention))
    else:
        await until(handle, lambda now: not _machine_at_work(now))


def _machine_at_work(now: Status) -> bool:
    by_machine = any(need.step is None and need.who is None for need in now.next_steps)
    return now.service_name is None or bool(now.at_work) or (by_machine and now.stage is not Stage.CONFIRMATION)


async def until(handle: Transfer, holds: Callable[[Status], object]) -> Status:
    """Wait until this holds.

    Raises:
        TimeoutError: it did not within a minute.
    """
    async with asyncio.timeout(STEP_SECONDS):
        while not holds(now := await status(handle)):  # noqa: ASYNC110 (a query has no event to wait for)
            await asyncio.sleep(LOOK_SECONDS)
    return now


def _differences(case: CaseFile, now: Status, books: Books) -> list[str]:
    """What is not as the case file says, in plain words."""
    expect = case.expect
    found = []
    if now.outcome is not expect.outcome:
        found.append(f"it should end as: {OUTCOME_WORDS[expect.outcome]}")
    if books.children != expect.children:
        found.append(f"Mosaic should hold for the children: {expect.children}")
    if sorted(map(str, books.shared)) != sorted(map(str, expect.shared)):
        found.append(f"shared should be: {'; '.join(map(str, expect.shared)) or 'nothing'}")
    if sorted(map(str, books.mail)) != sorted(map(str, expect.mail)):
        found.append(f"sent should be: {'; '.join(map(str, expect.mail)) or 'nothing'}")
    return found
