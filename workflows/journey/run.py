"""One run of a journey, whatever its tables say: opened; what is due is begun at each new fact; ended."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Generic, NoReturn, TypeVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from models.effects import Effect
    from models.journey.answers import Receipt, ReceiptAsked, Rejected
    from models.journey.facts import Facts
    from models.journey.hours import hold
    from models.journey.ladder import to_begin
    from models.journey.missing import is_closed, wanted
    from models.journey.new_step import NewStepAsked
    from models.journey.people import looked_up
    from models.journey.recording import is_of_harm, is_told_already, receipt_again, record, reject
    from models.journey.refusing import refusal
    from models.journey.rows import Journey
    from models.journey.start import Start
    from models.journey.status import Status
    from models.journey.steps import Cancel, CancelReason, Step, step_name
    from models.operations.comparison import Standing, Taken
    from models.operations.differences import Became, Difference, put_right, raise_difference
    from models.vocabulary import Actor, Frozen, Role
    from workflows.journey.effects import EffectRunner
    from workflows.journey.hours import begin_in_office_hours
    from workflows.journey.inbox import Inbox, Message
    from workflows.journey.ladders import run_ladders
    from workflows.journey.orders import Orders
    from workflows.journey.register import RegisterWriter
    from workflows.journey.showing import Showing
    from workflows.journey.state import State
    from workflows.journey.step_signal import (
        UnreadableMessageError,
        digest,
        digest_as_sealed,
        read_step,
        refused_message,
        sealed_message,
    )

STEP_REFUSED = "StepRefused"
"""The type of the error that refuses a step; its one detail is a ``Refusal``."""

TOLD_ALREADY = "ToldAlready"
"""The type of the error where people are told of a report of harm already."""

JUST_READ = timedelta(seconds=10)
"""The directory is read no more often, however often somebody is refused."""

F = TypeVar("F", bound=Facts)
S = TypeVar("S", bound=Step)


class JourneyResult(Frozen):
    """How the journey ended."""

    outcome: str


class SoFar(Frozen):
    """What one run of a journey hands over to the next, when its history has become long; beside the facts."""

    version: int
    shown: int


def step(kind: type[S]) -> Any:
    """The update by which a step of this kind is recorded, with its validator: all steps go the same short way."""
    # Temporal takes the first parameter for the instance only where it bears no annotation.

    @workflow.update(name=step_name(kind))
    def recorded(self, said: kind) -> Receipt:  # type: ignore[no-untyped-def,valid-type] # noqa: ANN001
        receipt: Receipt = self.record(said, by_update=True)
        return receipt

    @recorded.validator
    def allowed(self, said: kind) -> None:  # type: ignore[no-untyped-def,valid-type] # noqa: ANN001
        # A validator only reads: it may run again, and nothing that it did would stand in the history.
        if not isinstance(said, kind):
            raise ApplicationError("The step came without what it says.", type=STEP_REFUSED)
        self.refuse_unless_allowed(said)

    return recorded


def came_signed_in(said: Step, before: int) -> bool:
    """Whether an act came from somebody who had signed in, where nobody has to; so many steps were recorded before.

    What is known of it rests on the keys of this worker, so a mark in the history holds it for good (ADR 72).
    """
    may = said.counts_by_role and (said.came_signed_in or workflow.unsafe.is_replaying())
    return may and workflow.patched(f"signed-in-{before + 1}")


class JourneyRun(Generic[F]):
    """What every journey's workflow does; a workflow adds its start, its steps by name, and how it hands over."""

    def begin(self, journey: Journey[F], orders: Orders[F], facts: F, so_far: SoFar | None) -> None:
        """Take the facts of the start, or of the run before; steps may arrive before ``run`` begins."""
        self.state = State(journey, facts, so_far.version) if so_far else State(journey, facts)
        self.register = RegisterWriter(self.state, orders, so_far.shown if so_far else 0)
        self.effects = EffectRunner(self.state, orders, self.register)
        self.showing = Showing(self.state, self.effects.begin)
        self.inbox = Inbox(self._read)
        self._orders = orders
        self._beside: list[asyncio.Task[None]] = []

    def kind_of(self, asked: NewStepAsked) -> type[Step]:
        """The step of this name, which there is."""
        return next(kind for kind in self.state.journey.steps if step_name(kind) == asked.step)

    async def go(self, run: Callable[..., Start], so_far: Callable[..., SoFar]) -> JourneyResult:
        """Go the journey to its end, in as many runs as its history needs: what one begins with, and is handed."""
        journey = asyncio.create_task(self._go())
        await self._through_cancel_requests(lambda: journey.done() or workflow.info().is_continue_as_new_suggested())
        if not journey.done():
            self.state.moving_on = True
            await self._through_cancel_requests(lambda: journey.done() or self._at_rest())
        if not journey.done():
            self._continue_in_a_new_run(run, so_far)
        return journey.result()

    def _continue_in_a_new_run(self, run: Callable[..., Start], so_far: Callable[..., SoFar]) -> NoReturn:
        facts = self.state.facts
        handed = so_far(facts=facts, version=self.state.version, shown=self.register.shown)
        workflow.continue_as_new(run(**facts.request.model_dump(), so_far=handed))

    async def _go(self) -> JourneyResult:
        self.state.show()
        self._beside = [asyncio.create_task(self.inbox.read_on())]
        await self._open()
        while not self._is_over():
            facts = self.state.facts
            self._begin(*to_begin(self.state.journey, facts))
            await self._newer_than(facts)
        for task in self._beside:
            task.cancel()
        return JourneyResult(outcome=self.state.journey.outcome(self.state.facts))

    def _begin(self, *due: Effect) -> None:
        """Begin what is due; what leaves in office hours alone waits for them."""
        facts = hold(self.state.facts, lambda: due, workflow.now())
        if facts is not self.state.facts:
            self.state.know(facts)
        self.effects.begin(*(effect for effect in due if facts.held_until(effect) is None))

    async def _open(self) -> None:
        """Reserve the children, load policy and service, and begin what runs beside the stages."""
        if self.state.facts.opening is None:
            opening = await self.register.write(self._orders.opening(self.state.facts))
            self.state.learn(opening=opening)
        beside = (
            self.showing.show_what_changes(),
            self.register.show(),
            run_ladders(self.state),
            begin_in_office_hours(self.state, self.effects.begin),
        )
        self._beside += [asyncio.create_task(work) for work in beside]
        self.effects.go_on()

    def _is_over(self) -> bool:
        """Nothing is missing, every message is answered, and the register holds everything."""
        closed = is_closed(self.state.journey, self.state.facts)
        # A handler that were still at work when ``run`` returns would lose its message.
        read = self.inbox.at_rest() and workflow.all_handlers_finished()
        return closed and read and self.register.is_up_to_date()

    async def _newer_than(self, facts: F) -> None:
        """Wait for a new fact, or the end; an error beside the stages fails the workflow task, and so is seen."""
        await workflow.wait_condition(
            lambda: self.state.facts is not facts or self._is_over() or any(map(_failed, self._tasks))
        )
        for task in filter(_failed, self._tasks):
            task.result()

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return [*self._beside, *self.effects.tasks]

    @workflow.signal(dynamic=True)
    def step(self, signal: str, values: Sequence[RawValue]) -> None:
        """A step from a system that waits for no answer; what cannot be recorded is kept, and a person is asked."""
        self.inbox.take(Message(signal, values))

    @workflow.signal
    def look_again(self) -> None:
        """Another journey has ended, and may have let a child go that this one began without (ER-15)."""
        if self.state.facts.request.begins_anyhow:
            self.state.learn()

    @workflow.signal
    def show_now(self) -> None:
        """Somebody waits until the register shows what they record: a moment ago, or in a moment."""
        self.showing.now()

    def _read(self, message: Message, sealed: bool) -> bool:
        """Whether it was a step that is recorded."""
        # Nothing may be raised here: an error in a signal's handler would fail the workflow.
        now, journey, values = workflow.now(), self.state.journey, message.values
        try:
            if sealed:
                raise sealed_message(journey.steps, message.signal, values)
            said = read_step(journey.steps, message.signal, values, workflow.payload_converter())
        except UnreadableMessageError as error:
            told_by = digest_as_sealed(values) if sealed else digest(values)
            self.state.know(reject(journey, self.state.facts, error.rejected(now, told_by)))
            return False
        if (refused := refusal(journey, self.state.facts, said, now)) is None:
            self.record(said)
            return True
        rejected = refused_message(said, refused, now, digest(values))
        self.state.know(reject(journey, self.state.facts, rejected))
        return False

    @workflow.update
    def tell_of_harm(self, message: Rejected) -> None:
        """A report of significant harm that was refused, or could not be read, is kept, and people are told (SU-01)."""
        came = message.model_copy(update={"at": workflow.now()})
        self.state.know(reject(self.state.journey, self.state.facts, came))

    @tell_of_harm.validator
    def _is_not_told_yet(self, message: Rejected) -> None:
        """What would only be counted leaves nothing in the history: whoever sends a flood of it fills nothing up."""
        if not isinstance(message, Rejected) or not is_of_harm(message):
            raise ApplicationError("This is no report of significant harm.", type=STEP_REFUSED)
        if is_told_already(self.state.facts, message):
            raise ApplicationError("People have been told of this already.", type=TOLD_ALREADY)

    @workflow.update
    def raise_difference(self, difference: Difference) -> Became:
        """What differs between register, Temporal and Mosaic becomes an item, once while it is open."""
        self.state.catch_up(difference.register_version)
        facts, became = raise_difference(self.state.journey, self.state.facts, difference, workflow.now())
        if became is Became.RAISED:
            self.state.know(facts)
        return became

    @raise_difference.validator
    def _about_this_transfer(self, difference: Difference) -> None:
        if not isinstance(difference, Difference) or difference.transfer_id != self.state.facts.request.id:
            raise ApplicationError("What differs is not about this transfer.", type=STEP_REFUSED)

    @workflow.update
    async def look_up_people(self) -> None:
        """What the register knows is read anew: who may act, who holds the children (SD-23b, ER-15)."""
        self.state.learn(people_asked=(*self.state.facts.people_asked, workflow.now()))
        asked = self.state.version
        await workflow.wait_condition(lambda: self.state.moving_on or self._is_read_anew(asked))

    @look_up_people.validator
    def _people_are_to_be_read(self) -> None:
        """Not while it is being read, nor where it just was: each look stands in the history."""
        asked = self.state.facts.people_asked
        just_read = bool(asked) and workflow.now() - asked[-1] <= JUST_READ
        if just_read or not self._people_are_read() or is_closed(self.state.journey, self.state.facts):
            raise ApplicationError("The directory of people is not read once more now.", type=STEP_REFUSED)

    def _is_read_anew(self, asked: int) -> bool:
        """Who holds the children is told with what is shown; a journey that began with all of them is told nothing."""
        looked = self.register.shown >= asked or not self.state.facts.request.begins_anyhow
        return looked and self._people_are_read()

    def _people_are_read(self) -> bool:
        """It is, or cannot be, or nobody wants to know."""
        facts = self.state.facts
        unread = (effect for effect in looked_up(facts) if not facts.ended(effect))
        wants = wanted(self.state.journey, facts)
        return all(effect not in wants or facts.waits_for_a_person(effect) is not None for effect in unread)

    @workflow.query
    def status(self) -> Status:
        """Where the journey stands."""
        return self.state.status

    @workflow.query
    def receipt(self, asked: ReceiptAsked) -> Receipt | None:
        """The receipt of this very step, also once the journey has ended; None where it was never recorded."""
        entry = self.state.facts.entry(asked.step_id)
        same = entry is not None and entry.step.says_the_same_as(type(entry.step).model_validate(asked.said))
        return receipt_again(self.state.journey, self.state.facts, asked.step_id) if same else None

    @workflow.query
    def standing(self) -> Standing:
        """How far its own books have come, for the comparison with the register."""
        facts = self.state.facts
        return Standing(
            version=self.state.version,
            shown=self.register.shown,
            opened=facts.opening is not None,
            ended=is_closed(self.state.journey, facts),
            papers=self.state.journey.documents_outside(facts),
            closed_for=self.state.journey.reasons_outside(facts),
            put_right=put_right(facts.attention),
        )

    @workflow.query
    def taken(self) -> tuple[Taken, ...]:
        """The steps that it knows: the comparison asks for them after a reset."""
        said = (entry.step for entry in self.state.facts.steps)
        return tuple(Taken(step_id=s.step_id, step=step_name(type(s)), who=s.who, at=s.occurred_at) for s in said)

    def refuse_unless_allowed(self, said: Step) -> None:
        """Ask the rules.

        Raises:
            ApplicationError: the step may not be recorded now; its one detail is the ``Refusal``.
        """
        # A validator runs once, and never in a replay: here alone an answer may rest on the keys of this worker.
        signed_in = said.came_signed_in
        refused = refusal(self.state.journey, self.state.facts, said, workflow.now(), signed_in=signed_in)
        if refused is not None:
            raise ApplicationError(refused.words, refused, type=STEP_REFUSED)

    def record(self, said: Step, *, by_update: bool = False) -> Receipt:
        """Record a step that the rules let pass; the same step again gets its first receipt."""
        if said.is_waited_for:
            self.showing.now()
        facts = self.state.facts
        if (again := receipt_again(self.state.journey, facts, said.step_id)) is not None:
            return again
        # Of a signal nobody is known to have signed in: its signature may be looked at with other keys later.
        signed_in = by_update and not facts.policy.acts_need_sign_in and came_signed_in(said, len(facts.steps))
        self.state.know(record(self.state.journey, facts, said, workflow.now(), signed_in=signed_in))
        return self.state.facts.receipts[-1]

    async def _through_cancel_requests(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds; the Temporal UI's *Request Cancellation* cancels the transfer, and ends no run."""
        while not holds():
            try:
                await workflow.wait_condition(holds)
            except asyncio.CancelledError:
                # Without a reason it is the worker that takes the workflow out of its cache: that must go through.
                if workflow.cancellation_reason() is None:
                    raise
                self._cancel()

    def _cancel(self) -> None:
        """Somebody pressed the button: the step ``cancel`` by operations, where that may come now; noted always."""
        asked = (*self.state.facts.cancel_requests, workflow.now())
        self.state.learn(cancel_requests=asked)
        kind = next(kind for kind in self.state.journey.steps if issubclass(kind, Cancel))
        said = kind(
            step_id=f"temporal-ui-{len(asked)}",
            actor=Actor(id="temporal-ui", role=Role.OPERATIONS),
            occurred_at=workflow.now(),
            reason_code=CancelReason.OTHER,
            because="Somebody asked for it in the Temporal UI (Request Cancellation).",
        )
        if refusal(self.state.journey, self.state.facts, said, workflow.now()) is None:
            self.record(said)

    def _at_rest(self) -> bool:
        """Nothing is under way that a new run could not take up: no call, no effect, no message half recorded."""
        parts = (self.register, self.effects, self.showing, self.inbox)
        return all(part.at_rest() for part in parts) and workflow.all_handlers_finished()


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
