"""The demo: plays case files against everything real, and compares with the other side's own books."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from temporalio.client import Client
from temporalio.testing import TimeSkipper

from cli.case_file import CaseFile, ExpectedClock
from cli.documents import InputError
from cli.journeys import Transfer, send, start, status
from cli.local import LocalSettings
from cli.rehearsal import Books, admit, read_books
from models.step_down.answers import Stage
from models.step_down.status import Status, told_words
from models.step_down.steps import ResolveAttention, Step
from models.step_down.words import OUTCOME_WORDS, STAGE_WORDS, STEP_WORDS
from models.vocabulary import local_time

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
        for step, moment in zip_longest(case.steps, case.moments):
            await until_machine_is_done(handle, step)
            if moment is not None:
                progress(f"time is skipped to {local_time(moment)}")
                told = len((await status(handle)).alerts)
                await skip_to(client, handle, moment)
                now = await until_machine_is_done(handle, step)
                for alert in now.alerts[told:]:
                    progress(f"{local_time(alert.raised_at)}: {told_words(alert)}")
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


async def skip_to(client: Client, handle: Transfer, moment: datetime) -> None:
    """Let the time of this one transfer pass; what comes due on the way comes in its turn."""
    skipper = TimeSkipper(client)
    wait = moment - await skipper.get_current_time(handle)
    if wait > timedelta(0):
        await skipper.fast_forward(handle, wait)


async def until_machine_is_done(handle: Transfer, step: Step) -> Status:
    """A person's step comes when the machine has done its part; putting right, when attention is asked for."""
    if isinstance(step, ResolveAttention):
        return await until(handle, lambda now: any(item.id == step.attention_id for item in now.attention))
    return await until(handle, lambda now: not _machine_at_work(now))


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
    clocks = tuple(ExpectedClock(kind=c.kind, due=c.due, ended=c.state) for c in now.responses if c.due)
    if case.expect.clocks and clocks != expect.clocks:
        found.append(f"the clocks should be: {'; '.join(map(str, expect.clocks))}; they are: {clocks}")
    if Counter(map(str, books.alerts)) != Counter(map(str, expect.alerts)):
        found.append(f"alerts should be: {'; '.join(map(str, expect.alerts)) or 'none'}")
    return [*found, *(f"the due date of {name} is not what its certificate says" for name in books.wrong_certificates)]
