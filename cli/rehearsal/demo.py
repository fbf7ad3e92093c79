"""The demo: plays case files against everything real, and compares with the other side's own books.

A case ends, or it is played until the stage in which it stays open, so that people can look at it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from temporalio.client import Client

from cli.rehearsal.act_words import act_words
from cli.rehearsal.acts import Act, plans_faults
from cli.rehearsal.books import Books, admit, all_mail, closing_step_of, read_books
from cli.rehearsal.case import Case, CaseFile, Turn
from cli.rehearsal.differences import attention_words, beyond, differences, same_standing
from cli.rehearsal.local import Rehearsal
from cli.rehearsal.player import Player
from cli.rehearsal.sending import ByClient, Sending
from cli.rehearsal.skipped import note_skipped
from cli.rehearsal.skipping import is_open, skip_to
from cli.rehearsal.waiting import (
    LOOK_SECONDS,
    STEP_SECONDS,
    at_rest,
    is_asked_for,
    nothing_held_until,
    until,
    until_machine_is_done,
)
from cli.wiring import lists, transfers
from client.checks import item_meant, with_item_meant
from client.errors import InputError, NotKnownError
from client.letters import as_read
from client.transfers import Transfer, status, transfer
from models.journey.answers import Receipt
from models.journey.status import Status
from models.journey.steps import ResolveAttention, Step
from models.journey.timeline import told_words
from models.vocabulary import local_time

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Played:
    """A case that was played to its end, or as far as it came."""

    case: Case
    ended: str
    """The outcome in plain words, or what kept the case from its end."""
    books: Books
    attention: tuple[str, ...]
    """What needed attention, and how that ended, in plain words."""
    differences: tuple[str, ...]


@dataclass(frozen=True)
class PlayedFile:
    """Everything that a file tells, played."""

    title: str
    id: str
    cases: tuple[Played, ...]
    beyond: tuple[str, ...] = ()
    """What the register has that no case of the file started."""

    @property
    def differences(self) -> tuple[str, ...]:
        """What is not as the file says, in plain words."""
        return (*(said for case in self.cases for said in case.differences), *self.beyond)


async def play(
    client: Client, local: Rehearsal, file: CaseFile, progress: Progress, sending: Sending | None = None
) -> PlayedFile:
    """Play a file: admit its families, start and send everything at its time, read the books.

    What is sent goes by the client, where nothing else is said.

    Raises:
        InputError: what is to happen before a start cannot.
    """
    for family in file.mosaic:
        admit(local, *file.of_family(family.family_ref))
    by = sending or ByClient(client)
    playing = {case.start.id: Playing.of(by, local, file, case, progress) for case in file.journeys}
    try:
        for turn in file.turns():
            await playing[turn.case.start.id].take(turn)
        for one in playing.values():
            await one.to_the_end()
    finally:
        if any(plans_faults(case.acts) for case in file.journeys):
            Player(local, client).mend()
    mail = all_mail(local)
    played = [await one.played(mail) for one in playing.values()]
    return PlayedFile(file.title, file.id, tuple(played), tuple(beyond(file, lists().ids())))


@dataclass
class Playing:
    """A case on its way."""

    by: Sending
    case: Case
    player: Player
    tell: Progress
    number: str
    """Of several cases, which one; nothing where it is the only one."""
    kept_from_its_end: str | None = None
    """In plain words."""
    sent: dict[int, tuple[Step, Receipt]] = field(default_factory=dict)
    """Each step as it was sent, and its receipt."""
    reached: datetime | None = None
    """Up to when its time was skipped."""
    changed: list[str] = field(default_factory=list)
    """What was changed by something that was only sent once more."""

    @classmethod
    def of(cls, by: Sending, local: Rehearsal, file: CaseFile, case: Case, tell: Progress) -> "Playing":
        """A case of a file before its start; where there are several, what happens in it is told with its number."""
        family = case.mosaic.family_ref
        player = Player(local, by.client, family, closing_step_of(*file.of_family(family)) or "")
        number = "" if file.only_case else f"{file.journeys.index(case) + 1}: "
        return cls(by, case, player, tell, number)

    @property
    def client(self) -> Client:
        """Temporal, which is asked how things stand."""
        return self.by.client

    @property
    def handle(self) -> Transfer:
        """What was started."""
        return transfer(self.client, self.case.start.id, self.case.start.kind)

    async def opened(self) -> list[Transfer]:
        """What was opened out of it; while it is open, its time is as far as that of the case."""
        found = [transfer(self.client, one.id, one.kind) for one in (await status(self.handle)).opened]
        if self.reached is not None:
            for handle in [one for one in found if await is_open(one)]:
                await skip_to(self.client, handle, self.reached)
                note_skipped(self.player.local, handle.id.partition("/")[2], self.reached - datetime.now(UTC))
        return found

    async def _receiver(self, place: int) -> Transfer:
        """To whom a step goes: the case, or what was opened out of it, once it was."""
        to = self.case.to[place]
        if to is None:
            return self.handle
        await until(self.handle, lambda now: len(now.opened) >= to)
        return (await self.opened())[to - 1]

    def progress(self, words: str) -> None:
        """Tell what happens now."""
        self.tell(f"{self.number}{words}")

    async def take(self, turn: Turn) -> None:
        """The start, or the step, whose turn it is; nothing more, once something kept the case from its end."""
        if turn.step is None and not turn.again:
            await self._begin()
        elif turn.again:
            await self._unless_kept(lambda: self._send_again(turn.step))
        else:
            await self._unless_kept(lambda: self._step(turn.step or 0))

    async def to_the_end(self) -> None:
        """Until it has ended, or is where it stays open."""
        await self._unless_kept(self._leave_open if self.case.expect.stage is not None else self._end)

    async def played(self, mail: Sequence[Mapping[str, Any]]) -> Played:
        """How it went, and what the others hold of it now."""
        books, now = read_books(self.player.local, self.case, mail), await status(self.handle)
        attention = tuple(self.case.as_written(attention_words(item)) for item in now.attention)
        if self.kept_from_its_end:
            return Played(self.case, self.kept_from_its_end, books, attention, ("the case did not end",))
        shown = await self._in_register(now)
        opened = [await until(handle, at_rest) for handle in await self.opened()]
        ended = now.ended or f"Stays open. {now.stage_words}"
        self.progress(f"ended: {ended}" if now.outcome else ended)
        found = (*self.changed, *differences(self.case, now, books, shown, opened))
        return Played(self.case, ended, books, attention, tuple(map(self.case.as_written, found)))

    async def _unless_kept(self, do: Callable[[], Awaitable[None]]) -> None:
        if self.kept_from_its_end:
            return
        try:
            await do()
        except (InputError, NotKnownError) as error:
            self.kept_from_its_end = f"could not go on: {error}"
        except TimeoutError:
            now = await status(self.handle)
            self.kept_from_its_end = f"stays at: {now.stage_words}"

    async def _begin(self) -> None:
        """Start it, at its time: what stands before the start happens then."""
        await _carry_out(self.player, self.case.before, lambda words: self.progress(f"before: {self._shown(words)}"))
        handle = await self.by.start(self.case.at, self.case.start)
        self.player = replace(self.player, handle=handle)
        if self.case.at is not None:
            await skip_to(self.client, handle, self.case.at)
            self.reached = self.case.at
            note_skipped(self.player.local, self.case.start.id, self.case.at - datetime.now(UTC))
        if self.number:
            # What comes next in the file may be about a child whom this one holds.
            await until(handle, at_rest)
        self.progress(f"started{f' at {local_time(self.case.at)}' if self.case.at else ''}")

    async def _end(self) -> None:
        await self._until(lambda now: now.outcome is not None)
        await self.handle.result()

    async def _leave_open(self) -> None:
        """Wait until the machine is at rest, and let time pass where the case says so."""
        await self._until(at_rest)
        if self.case.expect.at is not None:
            await self._let_time_pass(self.case.expect.at, at_rest)

    async def _step(self, place: int) -> None:
        """One step, when its turn has come, with what happens meanwhile and the time that passes before it.

        What goes wrong meanwhile meets the time that passes; what puts it right, when the item is there.
        """
        step, moment, acts = self.case.steps[place], self.case.moments[place], self.case.meanwhile[place]
        handle = await self._receiver(place)
        if isinstance(step, ResolveAttention):
            if moment is not None:
                await until(handle, lambda now: not now.at_work or item_meant(step, now))
                await self._let_time_pass(moment, is_asked_for(step))
            else:
                await self._until(is_asked_for(step))
            await self._tell_what_needs_attention(step)
            await self._let_happen(acts)
        else:
            await until_machine_is_done(handle, step)
            await self._let_happen(acts)
            if moment is not None:
                await self._let_time_pass(moment, is_asked_for(step))
            else:
                await self._until(is_asked_for(step))
        await self._send(place, step, handle)

    async def _send(self, place: int, step: Step, handle: Transfer) -> None:
        now = await until_machine_is_done(handle, step)
        if now.outcome is not None:
            raise InputError(f"{step.step_id}: the transfer has ended before this step")
        said = await as_read(handle, with_item_meant(step, now))
        receipt = await self.by.send(handle, said)
        self.sent[place] = said, receipt
        self.progress(f"{step.actor.role.words} {step.does} → {receipt.stage_words}")

    async def _send_again(self, place: int | None) -> None:
        """Once more what was sent before: nothing changes, and the answer is that of the first time."""
        before = await status(self.handle)
        same = await (self._start_again() if place is None else self._step_again(*self.sent[place]))
        what = "the same start" if place is None else f"{self.sent[place][0].step_id}, the same"
        if not same or (await status(self.handle)).timeline != before.timeline:
            self.changed.append(f"{what} once more: it was not as if it had been sent once")

    async def _start_again(self) -> bool:
        try:
            await self.by.start(None, self.case.start)
        except InputError as error:
            said = str(error)
        else:
            said = "as it was"
        self.progress(f"started once more → {self._shown(said)}")
        return True

    async def _step_again(self, step: Step, receipt: Receipt) -> bool:
        again = await self.by.send(self.handle, step)
        self.progress(f"{step.actor.role.words} sends the same again → its first receipt")
        return again.model_copy(update={"today": None}) == receipt

    async def _in_register(self, now: Status) -> Status | None:
        """What the register shows, once it shows how the transfer stands; after a minute, whatever it shows."""
        register = transfers()
        shown = register.status(now.id)
        for _ in range(int(STEP_SECONDS / LOOK_SECONDS)):
            if same_standing(shown, now):
                break
            await asyncio.sleep(LOOK_SECONDS)
            shown = register.status(now.id)
        return shown

    async def _until(self, holds: Callable[[Status], object]) -> None:
        """Wait until this holds; what waits for office hours leaves first, at whatever hour the case is played."""
        while (now := await until(self.handle, lambda now: now.held or holds(now))).held:
            leaves = min(held.until for held in now.held)
            await self._let_time_pass(leaves, partial(nothing_held_until, leaves))

    async def _let_happen(self, acts: Sequence[Act]) -> None:
        await _carry_out(self.player, acts, lambda words: self.progress(f"meanwhile: {self._shown(words)}"))

    async def _tell_what_needs_attention(self, step: ResolveAttention) -> None:
        item = item_meant(step, await until_machine_is_done(self.handle, step))
        if item is not None:
            self.progress(f"needs attention: {self._shown(item.what)}. {item.words.happened}")

    async def _let_time_pass(self, moment: datetime, holds: Callable[[Status], object]) -> None:
        self.progress(f"time is skipped to {local_time(moment)}")
        told = len((await status(self.handle)).alerts)
        if await is_open(self.handle):
            await skip_to(self.client, self.handle, moment)
            note_skipped(self.player.local, self.case.start.id, moment - datetime.now(UTC))
        self.reached = moment
        await self.opened()
        now = await until(self.handle, holds)
        for alert in now.alerts[told:]:
            self.progress(f"{local_time(alert.raised_at)}: {told_words(alert)}")

    def _shown(self, words: str) -> str:
        return self.case.as_written(words)


async def _carry_out(player: Player, acts: Sequence[Act], tell: Progress) -> None:
    for act in acts:
        tell(act_words(act))
        await player.play(act)
