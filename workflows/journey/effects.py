"""How the effects of a journey are carried out: each once, beside everything else, to its end."""

import asyncio
import builtins
from datetime import timedelta
from functools import partial
from typing import Generic, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, CancelledError, RetryState
from temporalio.exceptions import TimeoutError as OutOfTimeError

with workflow.unsafe.imports_passed_through():
    from activities.failures import known, problem
    from activities.register import EndedByPerson, RegisterActivities
    from models.attention import Resolution
    from models.effects import Effect, EffectResult, Ended, Intent
    from models.journey.attention import raise_attention, skipped
    from models.journey.clocks import is_needless
    from models.journey.due_dates import goes_uncounted
    from models.journey.facts import Facts
    from models.journey.ladder import everything_wanted
    from models.journey.recording import record_result
    from models.journey.steps import ResolveAttention
    from workflows.journey.orders import Orders, Write
    from workflows.journey.register import RegisterWriter
    from workflows.journey.state import State
    from workflows.timeouts import UNTIL_IT_ANSWERS

F = TypeVar("F", bound=Facts)


class EffectRunner(Generic[F]):
    """Every effect that was begun."""

    def __init__(self, state: State[F], orders: Orders[F], register: RegisterWriter[F]) -> None:
        """Begin with nothing under way."""
        self._state = state
        self._orders = orders
        self._register = register
        self.tasks: list[asyncio.Task[None]] = []

    def go_on(self) -> None:
        """Take up what was begun in the run before, and has not ended."""
        self.tasks = [asyncio.create_task(self._carry_out(effect)) for effect in self._state.facts.unfinished]

    def begin(self, *effects: Effect) -> None:
        """Begin each effect once; it goes on beside everything else, to its end."""
        new = [effect for effect in dict.fromkeys(effects) if effect not in self._state.facts.begun]
        if new and not self._state.moving_on:
            # First known, then begun: a task that ran before would ask facts in which it had not begun.
            self._state.learn(begun=(*self._state.facts.begun, *new))
            self.tasks += [asyncio.create_task(self._carry_out(effect)) for effect in new]

    def at_rest(self) -> bool:
        """No attempt is under way."""
        return all(task.done() for task in self.tasks)

    async def _carry_out(self, effect: Effect) -> None:
        """Do an effect until it is done, until it is no longer wanted, or until a person says how it ended."""
        result, tried = None, None
        while result is None:
            await workflow.wait_condition(partial(self._may_go_on, effect, tried))
            if self._state.moving_on:
                return
            if not self._may_go_on(effect, tried):
                continue  # What let it go on was over before this ran: a person is still asked.
            if is_needless(self._state.journey, self._state.facts, effect):
                result = self._ended(effect, Ended.STOPPED, "no longer waited for")
                continue
            by, tried = self._state.facts.person_ended(effect), self._intent(effect)
            result = await (self._attempt(tried) if by is None else self._ended_by_person(tried, by))
        # Nothing is awaited between the result and its being known: a run that moved on between them would lose it.
        self._state.know(record_result(self._state.facts, result))

    def _may_go_on(self, effect: Effect, tried: Intent | None) -> bool:
        """No person is asked; or what they are asked about is no longer wanted, and was not looked for yet."""
        facts = self._state.facts
        looked = tried is not None and tried.only_look
        waits = facts.waits_for_a_person(effect) is not None
        only_look = self._intent(effect).only_look and not looked
        needless = is_needless(self._state.journey, facts, effect)
        return self._state.moving_on or not waits or only_look or needless

    async def _attempt(self, intent: Intent) -> EffectResult | None:
        """One go at an effect; None where it was broken off between two tries, where it lasts, or a person was asked.

        Where the facts ask for something else now, no further try of the old order begins, and one that has begun is
        waited for. What is no longer wanted at all is then only looked for.
        """
        effect, how = intent.effect, self._orders.effects[intent.effect.kind]
        order = how.order(self._state.facts, intent)
        going = workflow.start_activity_method(
            how.act,
            order,
            task_queue=how.patience.queue(workflow.info().task_queue),
            start_to_close_timeout=how.patience.attempt,
            schedule_to_close_timeout=self._state.facts.policy.attention_after,
            heartbeat_timeout=how.patience.heartbeat,
            retry_policy=UNTIL_IT_ANSWERS,
            # An attempt that has begun goes to its end: broken off, nobody would know whether it happened.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"{effect.words} ({intent.clause})",
        )
        await workflow.wait_condition(lambda: going.done() or self._state.moving_on or self._changed(effect, order))
        going.cancel()
        try:
            return await going
        except ActivityError as error:
            return await self._without_result(effect, error, how.patience.attempt)

    async def _without_result(self, effect: Effect, error: ActivityError, attempt: timedelta) -> EffectResult | None:
        """No result came: a person is asked, unless the attempt was broken off because its order changed."""
        if not _broken_off(error):
            if goes_uncounted(self._state.facts, effect, problem(error)):
                return self._ended(effect, Ended.SKIPPED, "the calendar ends before")
            self._ask_a_person(effect, error)
        if isinstance(error.cause, OutOfTimeError):
            await self._let_it_end(effect, attempt)
        return None

    async def _let_it_end(self, effect: Effect, attempt: timedelta) -> None:
        """Wait as long as an attempt may take: one may be under way still, and the next comes after it."""
        try:
            await workflow.wait_condition(
                lambda: self._state.facts.person_ended(effect) is not None,
                timeout=attempt,
                timeout_summary="the last attempt comes to its end",
            )
        except builtins.TimeoutError:  # not that of temporalio.exceptions, which says how an activity ended
            return

    def _changed(self, effect: Effect, order: object) -> bool:
        """A person said how it ended, or the facts ask for something else now."""
        facts = self._state.facts
        by_person = facts.person_ended(effect) is not None
        return by_person or self._orders.effects[effect.kind].order(facts, self._intent(effect)) != order

    def _intent(self, effect: Effect) -> Intent:
        facts = self._state.facts
        return Intent(
            transfer_id=facts.request.id,
            effect=effect,
            clause=self._orders.clause(facts, effect),
            go=1 + facts.retries(effect),
            only_look=effect not in everything_wanted(self._state.journey, facts),
        )

    def _ask_a_person(self, effect: Effect, error: ActivityError) -> None:
        """Say what is wrong, once. What only lasts is tried on; the rest waits for ``resolve_attention``."""
        facts, code = self._state.facts, problem(error)
        asked = {item.problem for item in facts.open_attention if item.effect == effect.id}
        if code not in asked:
            to, now, detail = self._state.journey.receiver(facts, effect), workflow.now(), known(error) or None
            raised = raise_attention(facts, now, code, effect.words, effect=effect, detail=detail, goes_to=to)
            self._state.know(raised)

    async def _ended_by_person(self, intent: Intent, by: ResolveAttention) -> EffectResult:
        ended = Ended.BY_HAND if by.resolution is Resolution.DONE_BY_HAND else skipped(intent)
        result = self._ended(intent.effect, ended, f"recorded by {by.actor.id} in step {by.step_id}")
        note = EndedByPerson(intent=intent, result=result)
        await self._register.write(Write(RegisterActivities.note_result, note, "Note in the register how it ended"))
        return result

    def _ended(self, effect: Effect, ended: Ended, evidence: str) -> EffectResult:
        return EffectResult(effect=effect, ended=ended, evidence=evidence, at=workflow.now())


def _broken_off(error: ActivityError) -> bool:
    """Whether an activity ended because we no longer wanted its next try."""
    return isinstance(error.cause, CancelledError) or error.retry_state is RetryState.CANCEL_REQUESTED
