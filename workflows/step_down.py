"""The step-down: one family's transfer from social work to Early Help, as a workflow that lives for weeks."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn, TypeVar, assert_never

from temporalio import workflow
from temporalio.common import RawValue, TypedSearchAttributes
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, RetryState

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.failures import START_REFUSED
    from activities.register import EndedByPerson, OpenTransfer, Projection, RegisterActivities
    from models.attention import PROBLEMS, Resolution
    from models.effects import Effect, EffectResult, Ended, Intent
    from models.step_down import conditions
    from models.step_down.answers import Outcome, Receipt, Stage
    from models.step_down.facts import Facts
    from models.step_down.needs import outcome, stage
    from models.step_down.resolving import left_out
    from models.step_down.rules import refusal
    from models.step_down.start import StepDownRequest
    from models.step_down.status import Status, details, status
    from models.step_down.steps import (
        AcknowledgeTransfer,
        AddChild,
        ApproveLetters,
        Cancel,
        ChangeService,
        DecideChildren,
        NameLeadPractitioner,
        OfferConversation,
        Reassign,
        RecordAdviceSummary,
        RecordConsent,
        RecordContactConversation,
        RecordExploration,
        RecordFamilySharing,
        ResolveAttention,
        Step,
        WithdrawConsent,
        step_name,
    )
    from models.step_down.taking import ask, end, reject, take
    from models.step_down.words import effect_words
    from models.vocabulary import Frozen
    from workflows.errands import ERRANDS
    from workflows.evidence import evidence
    from workflows.messages import UnreadableMessageError, digest, read_step, refused_message
    from workflows.timeouts import REGISTER, UNTIL_IT_ANSWERS
    from workflows.visibility import search_attributes

STEP_REFUSED = "StepRefused"
"""The type of the error that refuses a step; its one detail is a ``Refusal``."""

S = TypeVar("S", bound=Step)
R = TypeVar("R")


class StepDownResult(Frozen):
    """How the transfer ended."""

    outcome: Outcome


class SoFar(Frozen):
    """What one run of a transfer hands over to the next, when its history has become long."""

    facts: Facts
    version: int
    shown: int
    evidence_kept: int


class StepDownRun(StepDownRequest):
    """What a run begins with: the start as others send it, and from the second run on what came before."""

    so_far: SoFar | None = None

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return "restricted" if self.restricted else "narrative" if self.so_far else "plain"

    @property
    def request(self) -> StepDownRequest:
        """The start as others send it."""
        return StepDownRequest.model_validate(self.model_dump(exclude={"so_far"}))


def _step(kind: type[S]) -> Any:
    """The update by which a step of this kind is recorded, with its validator: all steps go the same short way."""
    # Temporal takes the first parameter for the instance only where it bears no annotation.

    @workflow.update(name=step_name(kind))
    def record(self, step: kind) -> Receipt:  # type: ignore[no-untyped-def,valid-type] # noqa: ANN001
        receipt: Receipt = self._record(step)
        return receipt

    @record.validator
    def allowed(self, step: kind) -> None:  # type: ignore[no-untyped-def,valid-type] # noqa: ANN001
        if not isinstance(step, kind):
            raise ApplicationError(f"step: {step_name(kind)} came without its content", type=STEP_REFUSED)
        self._refuse_unless_allowed(step)

    return record


@workflow.defn(failure_exception_types=[ValidationError])
class StepDownTransfer:
    """The transfer of one family from Children's Social Work Services to one Early Help service."""

    @workflow.init
    def __init__(self, start: StepDownRun) -> None:
        """Take the start, or what the run before hands over; steps may arrive before ``run`` begins."""
        # Whoever starts with no value at all is told so; Temporal checks only what it has to convert.
        so_far = StepDownRun.model_validate(start).so_far
        self._facts = so_far.facts if so_far else Facts(request=start.request, opened_at=workflow.now())
        self._version = so_far.version if so_far else 0
        self._shown = so_far.shown if so_far else -1
        self._evidence_kept = so_far.evidence_kept if so_far else 0
        self._seen = -1
        self._found_by: TypedSearchAttributes | None = None
        self._beside: list[asyncio.Task[None]] = []
        self._errands: list[asyncio.Task[None]] = []
        self._writing = 0
        self._moving_on = False
        if so_far is None and start.came_in_clear:
            self._facts = ask(self._facts, workflow.now(), "in_clear", "The start of the transfer")

    @workflow.run
    async def run(self, start: StepDownRun) -> StepDownResult:
        """Go the journey to its end, in as many runs as its history needs."""
        if start.so_far is not None and workflow.info().continued_run_id is None:
            raise ApplicationError("so_far: there is no run before this one", type=START_REFUSED)
        journey = asyncio.create_task(self._go())
        await self._through_cancel_requests(lambda: journey.done() or workflow.info().is_continue_as_new_suggested())
        if not journey.done():
            self._moving_on = True
            await self._through_cancel_requests(lambda: journey.done() or self._at_rest())
        if not journey.done():
            self._continue_in_a_new_run()
        return journey.result()

    async def _go(self) -> StepDownResult:
        """Wait for what is missing, do what follows, until every child has been treated as decided."""
        self._show()
        await self._open()
        ended = False
        while not ended:
            match stage(self._facts):
                case Stage.CONSENT:
                    await self._settle_consent()  # SD-05, SD-09
                case Stage.SHARING:
                    await self._share_with_service()  # SD-10, SD-11
                case Stage.CONVERSATION:
                    await self._hold_conversation()  # SD-06…08, SD-12…14
                case Stage.DECISION:
                    await self._decide_children()  # SD-01, SD-23, SD-28, SD-30
                case Stage.CLOSURE:
                    await self._close_children()  # SD-20…23
                case Stage.CONFIRMATION:
                    await self._confirm()  # SD-30, SD-33, SD-35
                case Stage.CLOSED:
                    ended = await self._nothing_is_left()
                case unknown:
                    assert_never(unknown)
        return self._result()

    record_exploration = _step(RecordExploration)
    record_consent = _step(RecordConsent)
    withdraw_consent = _step(WithdrawConsent)
    record_family_sharing = _step(RecordFamilySharing)
    offer_conversation = _step(OfferConversation)
    record_contact_conversation = _step(RecordContactConversation)
    name_lead_practitioner = _step(NameLeadPractitioner)
    record_advice_summary = _step(RecordAdviceSummary)
    decide_children = _step(DecideChildren)
    approve_letters = _step(ApproveLetters)
    acknowledge_transfer = _step(AcknowledgeTransfer)
    add_child = _step(AddChild)
    change_service = _step(ChangeService)
    reassign = _step(Reassign)
    cancel = _step(Cancel)
    resolve_attention = _step(ResolveAttention)

    @workflow.signal(dynamic=True)
    def step(self, signal: str, values: Sequence[RawValue]) -> None:
        """A step from a system that waits for no answer; what cannot be taken is kept, and a person is asked."""
        now = workflow.now()
        try:
            step = read_step(signal, values, workflow.payload_converter())
        except UnreadableMessageError as error:
            self._know(reject(self._facts, error.rejected(now, digest(values))))
            return
        if (refused := refusal(self._facts, step, now)) is None:
            self._record(step)
        else:
            self._know(reject(self._facts, refused_message(step, refused, now, digest(values))))

    @workflow.query
    def status(self) -> Status:
        """Where the transfer stands."""
        return status(self._facts)

    async def _open(self) -> None:
        """Reserve the children, load policy and service, and begin what runs beside the journey."""
        if self._facts.opening is None:
            order = OpenTransfer(request=self._facts.request, at=workflow.now())
            opening = await self._in_register(
                RegisterActivities.open_transfer, order, "Open the transfer and reserve the children"
            )
            self._learn(opening=opening)
        self._beside = [
            asyncio.create_task(work())
            for work in (self._keep_evidence, self._show_in_register, self._do_what_waits_for_no_stage)
        ]
        self._errands = [asyncio.create_task(self._carry_out(effect)) for effect in self._facts.unfinished]

    async def _settle_consent(self) -> None:
        """SD-05, SD-09: explored, asked, answered."""
        await self._while_in(Stage.CONSENT)

    async def _share_with_service(self) -> None:
        """SD-10, SD-11: the version that the family agreed to goes to the service, once consent can be shown."""
        while await self._still_in(Stage.SHARING):
            await self._wait(self._evidence_is_kept)
            self._begin(conditions.share_with_service(self._facts))

    async def _hold_conversation(self) -> None:
        """SD-06…08, SD-12…14: the contact is asked; the conversation says what is agreed."""
        while await self._still_in(Stage.CONVERSATION):
            self._begin(conditions.request_conversation(self._facts))

    async def _decide_children(self) -> None:
        """SD-01, SD-23, SD-28, SD-30: practitioner named, advice recorded, each child decided."""
        await self._while_in(Stage.DECISION)

    async def _close_children(self) -> None:
        """SD-20…23: each child as decided, in parallel; only what the interlock lets pass."""
        while await self._still_in(Stage.CLOSURE):
            self._begin(*conditions.closures(self._facts))

    async def _confirm(self) -> None:
        """SD-30, SD-33, SD-35: practitioner, family and agencies are told; the service acknowledges."""
        while await self._still_in(Stage.CONFIRMATION):
            self._begin(conditions.advice_summary(self._facts), *conditions.letters(self._facts))

    async def _nothing_is_left(self) -> bool:
        """Every message answered, all evidence kept, the register up to date, and nothing came up meanwhile."""
        await self._wait(workflow.all_handlers_finished)
        await self._wait(lambda: self._shown == self._version and self._evidence_is_kept())
        if stage(self._facts) is not Stage.CLOSED:
            return False
        for task in self._beside:
            task.cancel()
        return True

    def _result(self) -> StepDownResult:
        ended = outcome(self._facts)
        if ended is None:
            raise ApplicationError("the transfer ended without an outcome", type="NoOutcome")
        return StepDownResult(outcome=ended)

    def _refuse_unless_allowed(self, step: Step) -> None:
        if (refused := refusal(self._facts, step, workflow.now())) is not None:
            raise ApplicationError(refused.words, refused, type=STEP_REFUSED)

    def _record(self, step: Any) -> Receipt:
        """Take a step that the rules let pass; the same step again gets its first receipt."""
        if (known := self._facts.receipt(step.step_id)) is not None:
            return known
        self._know(take(self._facts, step, workflow.now()))
        return self._facts.receipts[-1]

    def _learn(self, **changes: Any) -> None:
        self._know(self._facts.model_copy(update=changes))

    def _know(self, facts: Facts) -> None:
        """Take new facts, and show at once what follows from them."""
        self._facts = facts
        self._version += 1
        self._show()

    def _show(self) -> None:
        now = status(self._facts)
        workflow.set_current_details(details(now))
        if (found_by := search_attributes(now)) != self._found_by:
            workflow.upsert_search_attributes([attribute.key.value_set(attribute.value) for attribute in found_by])
            self._found_by = found_by

    async def _wait(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds; an error beside the journey fails the workflow task, and so is seen."""
        await workflow.wait_condition(lambda: holds() or any(map(_failed, self._tasks)))
        for task in filter(_failed, self._tasks):
            task.result()

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return [*self._beside, *self._errands]

    async def _while_in(self, current: Stage) -> None:
        await self._wait(lambda: stage(self._facts) is not current)

    async def _still_in(self, current: Stage) -> bool:
        """Whether the transfer is still in this stage; answers at once, then at each new fact."""
        await self._wait(lambda: self._version != self._seen)
        still = stage(self._facts) is current
        if still:
            self._seen = self._version
        return still

    def _begin(self, *effects: Effect | None) -> None:
        """Begin each effect once; it goes on beside everything else, to its end."""
        new = self._new(*effects)
        if new and not self._moving_on:
            self._learn(begun=(*self._facts.begun, *new))
            self._errands += [asyncio.create_task(self._carry_out(effect)) for effect in new]

    def _new(self, *effects: Effect | None) -> list[Effect]:
        return [effect for effect in effects if effect is not None and effect not in self._facts.begun]

    async def _carry_out(self, effect: Effect) -> None:
        """Do an effect until it is done, until it is no longer wanted, or until a person says how it ended."""
        result, tried = None, None
        while result is None:
            await workflow.wait_condition(partial(self._may_go_on, effect, tried))
            if self._moving_on:
                return
            by, tried = self._facts.person_ended(effect), self._intent(effect)
            result = await (self._attempt(tried) if by is None else self._ended_by_person(tried, by))
        self._know(end(self._facts, result))

    def _may_go_on(self, effect: Effect, tried: Intent | None) -> bool:
        """No person is asked; or what they are asked about is no longer wanted, and was not looked for yet."""
        looked = tried is not None and tried.only_look
        waits = self._facts.waits_for_a_person(effect) is not None
        return self._moving_on or not waits or (self._intent(effect).only_look and not looked)

    async def _attempt(self, intent: Intent) -> EffectResult | None:
        """One go at an effect; None where it was broken off between two tries, or a person was asked.

        Where the facts ask for something else now, no further try of the old order begins, and one that has begun is
        waited for. What is no longer wanted at all is then only looked for (SD-09a).
        """
        effect, errand = intent.effect, ERRANDS[intent.effect.kind]
        order = errand.order(self._facts, intent)
        going = workflow.start_activity_method(
            errand.act,
            order,
            start_to_close_timeout=errand.patience.attempt,
            heartbeat_timeout=errand.patience.heartbeat,
            retry_policy=UNTIL_IT_ANSWERS,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"{effect_words(effect)} ({errand.clause})",
        )
        await workflow.wait_condition(
            lambda: going.done() or self._moving_on or errand.order(self._facts, self._intent(effect)) != order
        )
        going.cancel()
        try:
            return await going
        except ActivityError as error:
            if not _broken_off(error):
                self._ask_a_person(effect, error)
            return None

    def _intent(self, effect: Effect) -> Intent:
        return Intent(
            transfer_id=self._facts.request.id,
            effect=effect,
            clause=ERRANDS[effect.kind].clause,
            go=1 + self._facts.retries(effect),
            only_look=effect not in conditions.wanted(self._facts),
        )

    def _ask_a_person(self, effect: Effect, error: ActivityError) -> None:
        """Say what is wrong, once; the effect waits for ``resolve_attention``, and everything else goes on."""
        problem, waits = _problem(error), self._facts.waits_for_a_person(effect)
        if waits is None or waits.problem != problem:
            self._know(ask(self._facts, workflow.now(), problem, effect_words(effect), effect=effect.id))

    async def _ended_by_person(self, intent: Intent, by: ResolveAttention) -> EffectResult:
        ended = Ended.BY_HAND if by.resolution is Resolution.DONE_BY_HAND else left_out(intent)
        evidence = f"recorded by {by.actor.id} in step {by.step_id}"
        result = EffectResult(effect=intent.effect, ended=ended, evidence=evidence, at=workflow.now())
        note = EndedByPerson(intent=intent, result=result)
        await self._in_register(RegisterActivities.note_result, note, "Note in the register how it ended")
        return result

    async def _do_what_waits_for_no_stage(self) -> None:
        """Children added are reserved, the directory is asked, a service is told that it is to stop (SD-09a)."""
        while True:
            await workflow.wait_condition(
                lambda: not self._moving_on and bool(self._new(*conditions.at_once(self._facts)))
            )
            self._begin(*conditions.at_once(self._facts))

    async def _keep_evidence(self) -> None:
        """Consent (SD-09) and conversation (SD-08, SD-12…14) are kept, each as recorded, so that they can be shown."""
        while True:
            await workflow.wait_condition(lambda: not self._moving_on and not self._evidence_is_kept())
            recorded = self._facts.steps[self._evidence_kept]
            if (keeping := evidence(self._facts.request.id, recorded)) is not None:
                await self._in_register(keeping.act, keeping.order, keeping.summary)
            self._evidence_kept += 1

    def _evidence_is_kept(self) -> bool:
        return self._evidence_kept == len(self._facts.steps)

    async def _show_in_register(self) -> None:
        """Show each state in the register; an outage there holds nothing back, and the newest state wins."""
        while True:
            await workflow.wait_condition(lambda: not self._moving_on and self._shown != self._version)
            version = self._version
            projection = Projection(status=status(self._facts), version=version)
            await self._in_register(
                RegisterActivities.show_in_register, projection, "Show the transfer in the register"
            )
            self._shown = version

    async def _in_register(self, write: Callable[[Any, Any], R], order: Any, summary: str) -> R:
        self._writing += 1
        result = await workflow.execute_activity_method(
            write, order, start_to_close_timeout=REGISTER.attempt, retry_policy=UNTIL_IT_ANSWERS, summary=summary
        )
        self._writing -= 1
        return result

    async def _through_cancel_requests(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds; the Temporal UI's *Request Cancellation* is noted and ends nothing."""
        while not holds():
            try:
                await workflow.wait_condition(holds)
            except asyncio.CancelledError:
                if workflow.cancellation_reason() is None:
                    raise
                self._learn(cancel_requests=(*self._facts.cancel_requests, workflow.now()))

    def _at_rest(self) -> bool:
        """Nothing is under way that a new run could not take up: no call, no errand, no message half taken."""
        errands_rest = all(task.done() for task in self._errands)
        return self._writing == 0 and errands_rest and workflow.all_handlers_finished()

    def _continue_in_a_new_run(self) -> NoReturn:
        so_far = SoFar(facts=self._facts, version=self._version, shown=self._shown, evidence_kept=self._evidence_kept)
        workflow.continue_as_new(StepDownRun(**self._facts.request.model_dump(), so_far=so_far))


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None


def _broken_off(error: ActivityError) -> bool:
    """Whether an activity ended because we no longer wanted its next try."""
    return isinstance(error.cause, CancelledError) or error.retry_state is RetryState.CANCEL_REQUESTED


def _problem(error: ActivityError) -> str:
    """The code of the problem that a person has to put right."""
    cause = error.cause
    code = str(cause.details[0]) if isinstance(cause, ApplicationError) and cause.details else ""
    return code if code in PROBLEMS else "unexpected"
