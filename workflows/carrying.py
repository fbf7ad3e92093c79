"""How the effects of a transfer are carried out: each once, beside everything else, to its end."""

import asyncio
import builtins
from datetime import timedelta
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ActivityError, CancelledError, RetryState
from temporalio.exceptions import TimeoutError as OutOfTimeError

with workflow.unsafe.imports_passed_through():
    from activities.failures import known, problem
    from activities.register import EndedByPerson, RegisterActivities
    from models.attention import Resolution
    from models.effects import Effect, EffectResult, Ended, Intent
    from models.step_down.clocks import goes_uncounted, needless
    from models.step_down.ladder import wanted
    from models.step_down.resolving import left_out
    from models.step_down.steps import ResolveAttention
    from models.step_down.taking import ask, end
    from models.step_down.wanted import receiver
    from models.step_down.words import effect_words
    from workflows.bookkeeping import Bookkeeping
    from workflows.errands import ERRANDS, clause
    from workflows.known import Known
    from workflows.timeouts import UNTIL_IT_ANSWERS


ASKED_ONCE = "asked-once-where-the-calendar-ends"
"""Marks histories since which nobody is asked twice, or for longer than it is waited for, about one due date."""


class Carrying:
    """Every effect that was begun."""

    def __init__(self, known: Known, books: Bookkeeping) -> None:
        """Begin with nothing under way."""
        self._known = known
        self._books = books
        self._as_before: set[Effect] = set()
        """Of which a person was asked before ``ASKED_ONCE``."""
        self.tasks: list[asyncio.Task[None]] = []

    def go_on(self) -> None:
        """Take up what was begun in the run before, and has not ended."""
        self.tasks = [asyncio.create_task(self._carry_out(effect)) for effect in self._known.facts.unfinished]

    def begin(self, *effects: Effect | None) -> None:
        """Begin each effect once; it goes on beside everything else, to its end."""
        new = self.new(*effects)
        if new and not self._known.moving_on:
            self._known.learn(begun=(*self._known.facts.begun, *new))
            self.tasks += [asyncio.create_task(self._carry_out(effect)) for effect in new]

    def new(self, *effects: Effect | None) -> list[Effect]:
        """Those that were not begun yet."""
        return [effect for effect in effects if effect is not None and effect not in self._known.facts.begun]

    def at_rest(self) -> bool:
        """No attempt is under way."""
        return all(task.done() for task in self.tasks)

    async def _carry_out(self, effect: Effect) -> None:
        """Do an effect until it is done, until it is no longer wanted, or until a person says how it ended."""
        result, tried = None, None
        while result is None:
            await workflow.wait_condition(partial(self._may_go_on, effect, tried))
            if self._known.moving_on:
                return
            if self._is_needless(effect):
                result = self._let_go(effect)
                continue
            by, tried = self._known.facts.person_ended(effect), self._intent(effect)
            result = await (self._attempt(tried) if by is None else self._ended_by_person(tried, by))
        self._known.know(end(self._known.facts, result))

    def _may_go_on(self, effect: Effect, tried: Intent | None) -> bool:
        """No person is asked; or what they are asked about is no longer wanted, and was not looked for yet."""
        looked = tried is not None and tried.only_look
        waits = self._known.facts.waits_for_a_person(effect) is not None
        only_look = self._intent(effect).only_look and not looked
        return self._known.moving_on or not waits or only_look or self._is_needless(effect)

    def _is_needless(self, effect: Effect) -> bool:
        return effect not in self._as_before and needless(self._known.facts, effect)

    def _let_go(self, effect: Effect) -> EffectResult | None:
        if workflow.patched(ASKED_ONCE):
            return EffectResult(effect=effect, ended=Ended.STOPPED, evidence="no longer waited for", at=workflow.now())
        self._as_before.add(effect)
        return None

    async def _attempt(self, intent: Intent) -> EffectResult | None:
        """One go at an effect; None where it was broken off between two tries, where it lasts, or a person was asked.

        Where the facts ask for something else now, no further try of the old order begins, and one that has begun is
        waited for. What is no longer wanted at all is then only looked for (SD-09a).
        """
        effect, errand = intent.effect, ERRANDS[intent.effect.kind]
        order = errand.order(self._known.facts, intent)
        going = workflow.start_activity_method(
            errand.act,
            order,
            task_queue=errand.patience.queue(workflow.info().task_queue),
            start_to_close_timeout=errand.patience.attempt,
            schedule_to_close_timeout=self._known.facts.policy.attention_after,
            heartbeat_timeout=errand.patience.heartbeat,
            retry_policy=UNTIL_IT_ANSWERS,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"{effect_words(effect)} ({intent.clause})",
        )
        await workflow.wait_condition(lambda: going.done() or self._known.moving_on or self._changed(effect, order))
        going.cancel()
        try:
            return await going
        except ActivityError as error:
            if self._goes_uncounted(effect, error):
                evidence = "the calendar ends before"
                return EffectResult(effect=effect, ended=Ended.SKIPPED, evidence=evidence, at=workflow.now())
            if not _broken_off(error):
                self._ask_a_person(effect, error)
            if isinstance(error.cause, OutOfTimeError):
                await self._let_it_end(effect, errand.patience.attempt)
            return None

    async def _let_it_end(self, effect: Effect, attempt: timedelta) -> None:
        """Wait as long as an attempt may take: one may be under way still, and the next comes after it."""
        try:
            await workflow.wait_condition(
                lambda: self._known.facts.person_ended(effect) is not None,
                timeout=attempt,
                timeout_summary="the last attempt comes to its end",
            )
        except builtins.TimeoutError:
            return

    def _changed(self, effect: Effect, order: object) -> bool:
        """A person said how it ended, or the facts ask for something else now."""
        facts = self._known.facts
        by_person = facts.person_ended(effect) is not None
        return by_person or ERRANDS[effect.kind].order(facts, self._intent(effect)) != order

    def _intent(self, effect: Effect) -> Intent:
        facts = self._known.facts
        return Intent(
            transfer_id=facts.request.id,
            effect=effect,
            clause=clause(facts, effect),
            go=1 + facts.retries(effect),
            only_look=effect not in wanted(facts),
        )

    def _ask_a_person(self, effect: Effect, error: ActivityError) -> None:
        """Say what is wrong, once. What only lasts is tried on; the rest waits for ``resolve_attention``."""
        facts, code = self._known.facts, problem(error)
        asked = {item.problem for item in facts.open_attention if item.effect == effect.id}
        if code not in asked:
            to = receiver(facts, effect)
            detail = " ".join(filter(None, (known(error), f"It goes to {to}." if to else ""))) or None
            self._known.know(ask(facts, workflow.now(), code, effect_words(effect), effect=effect.id, detail=detail))

    def _goes_uncounted(self, effect: Effect, error: ActivityError) -> bool:
        uncounted = not _broken_off(error) and goes_uncounted(self._known.facts, effect, problem(error))
        return uncounted and workflow.patched(ASKED_ONCE)

    async def _ended_by_person(self, intent: Intent, by: ResolveAttention) -> EffectResult:
        ended = Ended.BY_HAND if by.resolution is Resolution.DONE_BY_HAND else left_out(intent)
        evidence = f"recorded by {by.actor.id} in step {by.step_id}"
        result = EffectResult(effect=intent.effect, ended=ended, evidence=evidence, at=workflow.now())
        note = EndedByPerson(intent=intent, result=result)
        await self._books.write(RegisterActivities.note_result, note, "Note in the register how it ended")
        return result


def _broken_off(error: ActivityError) -> bool:
    """Whether an activity ended because we no longer wanted its next try."""
    return isinstance(error.cause, CancelledError) or error.retry_state is RetryState.CANCEL_REQUESTED
