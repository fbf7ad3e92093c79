"""How a step is recorded and a journey started: looked at, sent under its number, and waited for in the register."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import NoReturn

from fastapi.concurrency import run_in_threadpool
from temporalio.service import RPCError, RPCStatusCode

from client.checks import (
    answer_in_register,
    item_meant,
    refuse_mistyped_moment,
    refuse_not_born_yet,
    refuse_several_items,
    refuse_unknown_children,
    refuse_unknown_service,
    with_item_meant,
)
from client.errors import InputError
from client.journeys import Kind
from client.letters import unread
from client.starting import refuse_another, start_once, started_before
from client.transfers import send, show_now, transfer
from gateway.bodies import KEY
from gateway.house import House
from gateway.problems import Code, ProblemError, not_taken_of_others, not_taken_of_part
from gateway.waiting import SILENT, in_time
from models.access import Caller, Part, Privacy, View, view
from models.journey.answers import Receipt
from models.journey.refusing import NOT_HERE, wrong_sender
from models.journey.start import Start
from models.journey.status import Status
from models.journey.steps import ResolveAttention, Step
from models.step_down.reading import LetterToRead

SHOWN_WITHIN = 2.0
"""Seconds for which the register is waited for, where nobody says less."""
ANOTHER_UNDER_NUMBER = (
    "Under this number something was started before, with an id of its own or without: send the very same again, or "
    "take another number."
)
IT_HAS_ENDED = "This has ended: it takes no step any more."
TOLD_AGAIN_AFTER = 0.3
"""Seconds after which a journey is told once more that somebody waits: something else was shown in between."""
SHOWN, PENDING = "shown", "pending"
LETTERS_OF_FEW = (
    "Letters say where people live: the social worker of this family reads and approves them, the team manager, or "
    "whoever stands in for them, as the directory of people has it."
)
READ_THEM = "Letters are read before they are approved, or handed over: send the number of each text with it, as seen."


@dataclass(frozen=True)
class Recording:
    """Records steps of one kind of journey, and starts it."""

    house: House
    kind: Kind

    async def step(self, journey_id: str, status: Status | None, view: View, step: Step) -> Receipt:
        """Send the step, once all is looked at that can be seen from here; under its number it is recorded once.

        Without ``status``, the register does not say how the journey stands.

        Raises:
            ProblemError: letters were not read.
            InputError: it was not taken.
            NotKnownError: no answer came in time.
        """
        try:
            return await self._step(journey_id, status, view, step)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            # SU-01: whoever reports harm where nothing is taken any more reads where it is.
            where = {"note": NOT_HERE} if step.speaks_of_harm else {}
            raise ProblemError(Code.NOT_NOW, IT_HAS_ENDED, field="step", **where) from None
        except InputError as error:
            if view.part in {Part.EVERYTHING, Part.WITHOUT_RESTRICTED} or error.refusal is None:
                raise
            told = not_taken_of_others if view.part is Part.NOTHING else not_taken_of_part
            raise told(error.refusal) from None

    async def _step(self, journey_id: str, status: Status | None, view: View, step: Step) -> Receipt:
        handle = transfer(self.house.client, journey_id, self.kind.name)
        if step.goes_to is not None:
            await run_in_threadpool(refuse_unknown_service, step, self.house.directory)
        if isinstance(step, ResolveAttention) and status is not None:
            refuse_several_items(step, status)
            item = item_meant(step, status)
            if item is not None and item.in_register:
                return await run_in_threadpool(
                    answer_in_register, step, item, status, self.house.differences, self.house.now()
                )
            step = with_item_meant(step, status)
        async with in_time(self.house.answered_within):
            if wrong_sender(step) is None and (letters := await unread(handle, step)):
                await self._have_letters_read(journey_id, view, step, letters)
            return await send(handle, step)

    async def _have_letters_read(
        self, journey_id: str, view: View, step: Step, letters: Sequence[LetterToRead]
    ) -> NoReturn:
        """Show the letters to whoever approves them, and may read where people live; that they did is noted.

        Raises:
            ProblemError: in any case, with the letters or without.
        """
        reads = view.reads(Privacy.RESTRICTED)
        told = f"{'read' if reads else 'refused'} over the API: letters"
        await run_in_threadpool(self.house.noting.audit_read, journey_id, step.actor.id, told)
        if not reads:
            raise ProblemError(Code.NOT_YOURS, LETTERS_OF_FEW)
        shown = tuple(one.model_dump(mode="json") for one in letters)
        raise ProblemError(Code.LETTERS_UNREAD, READ_THEM, letters=shown)

    async def start(self, request: Start, caller: Caller, otherwise: str) -> bool:
        """Start the journey, or find the very same started before; whether it began now.

        Who started it is noted, as it may name others; harm waits for no register. ``otherwise`` is the id that it
        would have under the same number, if it said one of its own, or said none.

        Raises:
            StartedBeforeError: something else was started under this id.
            ProblemError: under the other id the same was started.
            InputError: it cannot be started so.
            NotKnownError: no answer came in time.
        """
        known = await run_in_threadpool(self._is_known, request)
        if not known:
            if not request.says_harm:
                await self._refuse_second(request, otherwise)
            await run_in_threadpool(self._look, request, caller)
        async with in_time(self.house.answered_within):
            if known:
                # Temporal forgets what ended long ago, and would start it once more.
                await refuse_another(self.house.client, request)
            began = not known and await start_once(self.house.client, request)
        await run_in_threadpool(self._note_start, request, caller)
        return began

    async def _refuse_second(self, request: Start, otherwise: str) -> None:
        async with in_time(self.house.answered_within):
            before = await started_before(self.house.client, transfer(self.house.client, otherwise, self.kind.name))
        # Of another family it is: a system that counts up its numbers gives one that another system has as an id.
        if before is not None and before.model_copy(update={"id": request.id}).says_the_same_as(request):
            raise ProblemError(Code.STARTED_BEFORE, ANOTHER_UNDER_NUMBER, field=KEY)

    def _note_start(self, request: Start, caller: Caller) -> None:
        try:
            self.house.noting.audit_read(request.id, caller.who, "started over the API")
        except SILENT:
            if not request.says_harm:
                raise

    def _is_known(self, request: Start) -> bool:
        """Whether the register has it; harm in a start waits for no register, and Temporal starts it once (SU-01)."""
        try:
            return self.house.journeys.version(request.id) is not None
        except SILENT:
            if not request.says_harm:
                raise
            return False

    def _look(self, request: Start, caller: Caller) -> None:
        house = self.house

        def sees(journey_id: str) -> bool:
            return view(caller, house.readings.about(journey_id)).part is not Part.NOTHING

        refuse_unknown_service(request, house.directory)
        refuse_mistyped_moment(request, house.now())
        refuse_not_born_yet(request, house.now())
        refuse_unknown_children(request, house.journeys, house.mosaic, sees)

    async def shown(
        self, journey_id: str, wait: float, holds: Callable[[Status], bool], seen: int | None = None
    ) -> Status | None:
        """The journey as the register shows it, once this holds of it; None where that takes longer than is waited.

        It is known not to hold of the version that was ``seen``.
        """
        if wait <= 0:
            return None
        try:
            async with asyncio.timeout(wait):
                while True:
                    while not await self.house.close_watch.newer(journey_id, seen, TOLD_AGAIN_AFTER):
                        await self.tell_that_somebody_waits(journey_id)
                    one = await self.house.looked(self.house.readings.look, journey_id)
                    if one is not None and one.status is not None and holds(one.status):
                        return one.status
                    seen = one.version if one is not None else None
        except (TimeoutError, *SILENT):
            return None  # It was taken: that it cannot be seen yet changes nothing of that.

    async def tell_that_somebody_waits(self, journey_id: str) -> None:
        """Have the journey shown at once, instead of together with what comes within its moment."""
        # Whether Temporal is there at all, the step itself says.
        with suppress(RuntimeError):
            await show_now(transfer(self.house.client, journey_id, self.kind.name))


def id_from(caller: Caller, kind: Kind, key: str) -> str:
    """The id of what this caller starts under this number: the same again, as often as it is sent."""
    return f"t-{sha256(f'{kind.name}/{caller.who}/{key}'.encode()).hexdigest()[:20]}"


def has_step(step_id: str) -> Callable[[Status], bool]:
    """Whether a journey is shown with this step."""
    return lambda status: any(entry.step_id == step_id for entry in status.timeline)
