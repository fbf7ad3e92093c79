"""The demo: plays case files against everything real, and compares with the other side's own books.

A case ends, or it is played until the stage in which it stays open, so that people can look at it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import zip_longest

from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from cli.rehearsal.act_words import act_words
from cli.rehearsal.acts import Act, plans_faults
from cli.rehearsal.books import Books, admit, closing_step_of, read_books
from cli.rehearsal.case import CaseFile
from cli.rehearsal.expectation import (
    BY_ITSELF,
    WAITS,
    ExpectedClock,
    as_far_as_said,
    as_on_duty,
    how_it_ended,
    same_attention,
)
from cli.rehearsal.local import Rehearsal
from cli.rehearsal.player import Player
from cli.rehearsal.skipped import note_skipped
from cli.wiring import directory
from client.checks import item_meant, with_item_meant
from client.errors import InputError, NotKnownError
from client.letters import as_read
from client.transfers import NOT_KNOWN, Transfer, send, start, status
from models.attention import Attention, Resolution
from models.journey.status import Status
from models.journey.steps import ResolveAttention, Step
from models.journey.timeline import told_words
from models.kinds import OFFICES, Audience
from models.step_down.stage import Stage
from models.vocabulary import local_time

STEP_SECONDS = 60
LOOK_SECONDS = 0.05

Progress = Callable[[str], None]

HOW_IT_ENDED = {
    Resolution.RETRY: "tried again",
    Resolution.DONE_BY_HAND: "done by hand",
    Resolution.SKIP: "skipped",
    BY_ITSELF: "ended by itself",
    WAITS: "still waits for a person",
}
"""How an item that needed attention ended, in plain words."""


@dataclass(frozen=True)
class Played:
    """A case that was played to its end, or as far as it came."""

    case: CaseFile
    ended: str
    """The outcome in plain words, or what kept the case from its end."""
    books: Books
    attention: tuple[str, ...]
    """What needed attention, and how that ended, in plain words."""
    differences: tuple[str, ...]


async def play(client: Client, local: Rehearsal, case: CaseFile, progress: Progress) -> Played:
    """Play one case: admit the family, start, send each step when the machine has done its part, read the books.

    Raises:
        InputError: what is to happen before the start cannot.
    """
    admit(local, case)
    player = Player(local, client, case.mosaic.family_ref, closing_step_of(case) or "")
    try:
        await _carry_out(player, case.before, lambda words: progress(f"before: {_shown(words, case)}"))
        if case.already_open is not None:
            await until(await start(client, case.already_open), lambda now: now.service_name)
        handle = await start(client, case.start)
        progress("started")
        kept_from_its_end = await _Playing(client, case, handle, replace(player, handle=handle), progress).to_the_end()
    finally:
        if plans_faults(case.acts):
            player.mend()
    now, books = await status(handle), read_books(local, case)
    attention = tuple(_shown(attention_words(item), case) for item in now.attention)
    if kept_from_its_end:
        return Played(case, kept_from_its_end, books, attention, ("the case did not end",))
    ended = now.ended or f"Stays open. {now.stage_words}"
    progress(f"ended: {ended}" if now.outcome else ended)
    return Played(case, ended, books, attention, tuple(_differences(case, now, books)))


async def _carry_out(player: Player, acts: Sequence[Act], tell: Progress) -> None:
    for act in acts:
        tell(act_words(act))
        await player.play(act)


def _shown(words: str, case: CaseFile) -> str:
    """References as the case file has them."""
    return words.replace(f"{case.start.id}-", "")


@dataclass(frozen=True)
class _Playing:
    """A case on its way."""

    client: Client
    case: CaseFile
    handle: Transfer
    player: Player
    progress: Progress

    async def to_the_end(self) -> str | None:
        """Take every step; what kept the case from its end, in plain words."""
        try:
            for step, moment, acts in zip_longest(self.case.steps, self.case.moments, self.case.meanwhile):
                await self._take(step, moment, acts or ())
            if self.case.expect.stage is not None:
                await self._leave_open()
                return None
            await self._until(lambda now: now.outcome is not None)
        except (InputError, NotKnownError) as error:
            return f"could not go on: {error}"
        except TimeoutError:
            now = await status(self.handle)
            return f"stays at: {now.stage_words}"
        await self.handle.result()
        return None

    async def _leave_open(self) -> None:
        """Wait until the machine is at rest, and let time pass where the case says so."""
        await self._until(_at_rest)
        if self.case.expect.at is not None:
            await self._let_time_pass(self.case.expect.at, _at_rest)

    async def _take(self, step: Step, moment: datetime | None, acts: Sequence[Act]) -> None:
        """One step, when its turn has come, with what happens meanwhile and the time that passes before it.

        What goes wrong meanwhile meets the time that passes; what puts it right, when the item is there.
        """
        if isinstance(step, ResolveAttention):
            if moment is not None:
                await until(self.handle, lambda now: not now.at_work or item_meant(step, now))
                await self._let_time_pass(moment, is_asked_for(step))
            else:
                await self._until(is_asked_for(step))
            await self._tell_what_needs_attention(step)
            await self._let_happen(acts)
        else:
            await until_machine_is_done(self.handle, step)
            await self._let_happen(acts)
            if moment is not None:
                await self._let_time_pass(moment, is_asked_for(step))
            else:
                await self._until(is_asked_for(step))
        now = await until_machine_is_done(self.handle, step)
        if now.outcome is not None:
            raise InputError(f"{step.step_id}: the transfer has ended before this step")
        receipt = await send(self.handle, await as_read(self.handle, with_item_meant(step, now)))
        self.progress(f"{step.actor.role.words} {step.does} → {receipt.stage_words}")

    async def _until(self, holds: Callable[[Status], object]) -> None:
        """Wait until this holds; what waits for office hours leaves first, at whatever hour the case is played."""
        while (now := await until(self.handle, lambda now: now.held or holds(now))).held:
            leaves = min(held.until for held in now.held)
            await self._let_time_pass(leaves, partial(_nothing_held_until, leaves))

    async def _let_happen(self, acts: Sequence[Act]) -> None:
        await _carry_out(self.player, acts, lambda words: self.progress(f"meanwhile: {_shown(words, self.case)}"))

    async def _tell_what_needs_attention(self, step: ResolveAttention) -> None:
        item = item_meant(step, await until_machine_is_done(self.handle, step))
        if item is not None:
            self.progress(f"needs attention: {_shown(item.what, self.case)}. {item.words.happened}")

    async def _let_time_pass(self, moment: datetime, holds: Callable[[Status], object]) -> None:
        self.progress(f"time is skipped to {local_time(moment)}")
        told = len((await status(self.handle)).alerts)
        await skip_to(self.client, self.handle, moment)
        note_skipped(self.player.local, self.case.start.id, moment - datetime.now(UTC))
        now = await until(self.handle, holds)
        for alert in now.alerts[told:]:
            self.progress(f"{local_time(alert.raised_at)}: {told_words(alert)}")


async def skip_to(client: Client, handle: Transfer, moment: datetime) -> None:
    """Let the time of this one transfer pass; what comes due on the way comes in its turn."""
    skipper = TimeSkipper(client)
    wait = moment - await skipper.get_current_time(handle)
    if wait > timedelta(0):
        await skipper.fast_forward(handle, wait)


async def until_machine_is_done(handle: Transfer, step: Step) -> Status:
    """A person's step comes when the machine has done its part; putting right, when attention is asked for."""
    return await until(handle, is_asked_for(step))


def is_asked_for(step: Step) -> Callable[[Status], object]:
    """Whether the turn of this step has come, as the transfer stands."""
    if isinstance(step, ResolveAttention):
        return lambda now: item_meant(step, now)
    return lambda now: not _machine_at_work(now)


def _nothing_held_until(moment: datetime, now: Status) -> bool:
    return all(held.until > moment for held in now.held)


def _at_rest(now: Status) -> bool:
    """The machine has done what it can; what is still to do may wait for a person."""
    return not now.at_work if now.needs_attention else not _machine_at_work(now)


def _machine_at_work(now: Status) -> bool:
    by_machine = any(need.step is None and need.who is None for need in now.next_steps)
    return now.service_name is None or bool(now.at_work) or (by_machine and now.stage != Stage.CONFIRMATION)


async def until(handle: Transfer, holds: Callable[[Status], object]) -> Status:
    """Wait until this holds; where no answer comes, it is asked again.

    Raises:
        TimeoutError: it did not within a minute.
    """
    async with asyncio.timeout(STEP_SECONDS):
        while (now := await _status_if_told(handle)) is None or not holds(now):  # noqa: ASYNC110 (a query has no event)
            await asyncio.sleep(LOOK_SECONDS)
    return now


async def _status_if_told(handle: Transfer) -> Status | None:
    try:
        return await status(handle)
    except RPCError as error:
        if error.status not in NOT_KNOWN:
            raise
        return None


def _differences(case: CaseFile, now: Status, books: Books) -> list[str]:
    """What is not as the case file says, in plain words."""
    expect = case.expect
    found = []
    if expect.outcome is not None and now.outcome != expect.outcome:
        found.append(f"it should end as: {expect.outcome.words}")
    if expect.stage is not None and now.stage != expect.stage:
        found.append(f"it should stay open at: {expect.stage.words}; it is at: {now.stage_words}")
    if books.children != expect.children:
        found.append(f"Mosaic should hold for the children: {expect.children}")
    if sorted(map(str, books.shared)) != sorted(map(str, expect.shared)):
        found.append(f"shared should be: {'; '.join(map(str, expect.shared)) or 'nothing'}")
    if sorted(map(str, as_far_as_said(books.mail, expect.mail))) != sorted(map(str, expect.mail)):
        found.append(f"sent should be: {'; '.join(map(str, expect.mail)) or 'nothing'}")
    clocks = tuple(ExpectedClock(kind=c.kind, due=c.due, ended=c.state) for c in now.responses if c.due)
    if case.expect.clocks and clocks != expect.clocks:
        found.append(f"the clocks should be: {'; '.join(map(str, expect.clocks))}; they are: {clocks}")
    offices = (OFFICES[who] for who in (Audience.DUTY_AND_ADVICE, Audience.EMERGENCY_DUTY_TEAM))
    on_duty = {address for office in offices if (address := directory().address_of(office)) is not None}
    alerts = as_on_duty(books.alerts, expect.alerts, on_duty)
    if Counter(map(str, alerts)) != Counter(map(str, expect.alerts)):
        found.append(f"alerts should be: {'; '.join(map(str, expect.alerts)) or 'none'}")
    if not same_attention(now.attention, expect.attention):
        found.append(f"attention should be: {'; '.join(map(str, expect.attention)) or 'needed by nothing'}")
    return [*found, *(f"the due date of {name} is not what its certificate says" for name in books.wrong_certificates)]


def attention_words(item: Attention) -> str:
    """What needed attention, what had happened, and how it ended."""
    return f"{item.what}. {item.words.happened} → {HOW_IT_ENDED[how_it_ended(item)]}"
