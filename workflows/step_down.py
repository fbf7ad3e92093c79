"""The step-down: one family's transfer from social work to Early Help, as a workflow that lives for weeks."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, assert_never

from temporalio import workflow
from temporalio.common import TypedSearchAttributes
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.consent import CaptureConsent, ConsentActivities
    from activities.contact_conversation import (
        CaptureConversation,
        ContactConversationActivities,
    )
    from activities.register import EndedByPerson, OpenTransfer, Projection, RegisterActivities
    from models.attention import PROBLEMS, Attention, Resolution
    from models.effects import Effect, EffectResult, Ended, Intent
    from models.step_down import conditions
    from models.step_down.answers import Outcome, Receipt, Stage
    from models.step_down.facts import Facts, RecordedStep
    from models.step_down.needs import next_steps, outcome, stage
    from models.step_down.rules import refusal
    from models.step_down.start import StepDownRequest
    from models.step_down.status import Status, details, effect_words, status
    from models.step_down.steps import (
        AcknowledgeTransfer,
        ApproveLetters,
        DecideChildren,
        NameLeadPractitioner,
        RecordAdviceSummary,
        RecordConsent,
        RecordContactConversation,
        RecordExploration,
        RecordFamilySharing,
        ResolveAttention,
        Step,
        step_name,
    )
    from models.vocabulary import Frozen
    from workflows.errands import ERRANDS
    from workflows.timeouts import REGISTER_TIMEOUT, UNTIL_IT_ANSWERS
    from workflows.visibility import search_attributes

STEP_REFUSED = "StepRefused"
"""The type of the error that refuses a step; its one detail is a ``Refusal``."""

S = TypeVar("S", bound=Step)
R = TypeVar("R")


class StepDownResult(Frozen):
    """How the transfer ended."""

    outcome: Outcome


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
    def __init__(self, request: StepDownRequest) -> None:
        """Take the start; steps may arrive before ``run`` begins."""
        self._facts = Facts(request=request, opened_at=workflow.now())
        self._version = 0
        self._seen = -1
        self._shown = -1
        self._evidence_kept = 0
        self._found_by: TypedSearchAttributes | None = None
        self._beside: list[asyncio.Task[None]] = []

    @workflow.run
    async def run(self, request: StepDownRequest) -> StepDownResult:
        """Go the journey to its end; the Temporal UI's *Request Cancellation* is noted and ends nothing."""
        journey = asyncio.create_task(self._go(request))
        while not journey.done():
            try:
                await asyncio.shield(journey)
            except asyncio.CancelledError:
                if workflow.cancellation_reason() is None:
                    raise
                self._know(cancel_requests=(*self._facts.cancel_requests, workflow.now()))
        return journey.result()

    async def _go(self, request: StepDownRequest) -> StepDownResult:
        """Wait for what is missing, do what follows, until every child has been treated as decided."""
        await self._open(request)
        while (current := stage(self._facts)) is not Stage.CLOSED:
            match current:
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
                case _:
                    assert_never(current)
        await self._leave_nothing_behind()
        return self._result()

    record_exploration = _step(RecordExploration)
    record_consent = _step(RecordConsent)
    record_family_sharing = _step(RecordFamilySharing)
    record_contact_conversation = _step(RecordContactConversation)
    name_lead_practitioner = _step(NameLeadPractitioner)
    record_advice_summary = _step(RecordAdviceSummary)
    decide_children = _step(DecideChildren)
    approve_letters = _step(ApproveLetters)
    acknowledge_transfer = _step(AcknowledgeTransfer)
    resolve_attention = _step(ResolveAttention)

    @workflow.query
    def status(self) -> Status:
        """Where the transfer stands."""
        return status(self._facts)

    async def _open(self, request: StepDownRequest) -> None:
        """Reserve the children, load policy and service, and begin to keep the register up to date."""
        opening = await self._in_register(
            RegisterActivities.open_transfer,
            OpenTransfer(request=request, at=workflow.now()),
            "Open the transfer and reserve the children",
        )
        self._know(opening=opening)
        self._beside += [asyncio.create_task(self._keep_evidence()), asyncio.create_task(self._show_in_register())]

    async def _settle_consent(self) -> None:
        """SD-05, SD-09: explored, asked, answered."""
        await self._while_in(Stage.CONSENT)

    async def _share_with_service(self) -> None:
        """SD-10, SD-11: the version that the family agreed to goes to the service, once consent can be shown."""
        while await self._still_in(Stage.SHARING):
            await self._wait(self._evidence_is_kept)
            if (effect := conditions.share_with_service(self._facts)) is not None:
                self._begin(effect)

    async def _hold_conversation(self) -> None:
        """SD-06…08, SD-12…14: the contact is asked; the conversation says what is agreed."""
        self._begin(conditions.request_conversation(self._facts))
        await self._while_in(Stage.CONVERSATION)

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
            if (advice := conditions.advice_summary(self._facts)) is not None:
                self._begin(advice)
            self._begin(*conditions.letters(self._facts))

    async def _leave_nothing_behind(self) -> None:
        """Every message answered, all evidence kept, the register up to date."""
        await self._wait(workflow.all_handlers_finished)
        await self._wait(lambda: self._shown == self._version and self._evidence_is_kept())
        for task in self._beside:
            task.cancel()

    def _result(self) -> StepDownResult:
        ended = outcome(self._facts)
        if ended is None:
            raise ApplicationError("the transfer ended without an outcome", type="NoOutcome")
        return StepDownResult(outcome=ended)

    def _refuse_unless_allowed(self, step: Step) -> None:
        if (refused := refusal(self._facts, step, workflow.now())) is not None:
            raise ApplicationError(refused.words, refused, type=STEP_REFUSED)

    def _record(self, step: Any) -> Receipt:
        """Take a step that the validator let pass; the same step again gets its first receipt."""
        if (known := self._facts.receipt(step.step_id)) is not None:
            return known
        steps = (*self._facts.steps, RecordedStep(step=step, accepted_at=workflow.now()))
        facts = self._facts.model_copy(update={"steps": steps})
        receipt = Receipt(
            step_id=step.step_id,
            step=step.step,
            accepted_at=workflow.now(),
            stage=stage(facts),
            next_steps=next_steps(facts),
        )
        self._know(steps=steps, receipts=(*facts.receipts, receipt))
        return receipt

    def _know(self, **changes: Any) -> None:
        """Take new facts, and show at once what follows from them."""
        self._facts = self._facts.model_copy(update=changes)
        self._version += 1
        now = status(self._facts)
        workflow.set_current_details(details(now))
        if (found_by := search_attributes(now)) != self._found_by:
            workflow.upsert_search_attributes([attribute.key.value_set(attribute.value) for attribute in found_by])
            self._found_by = found_by

    async def _wait(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds; an error beside the journey fails the workflow task, and so is seen."""
        await workflow.wait_condition(lambda: holds() or any(map(_failed, self._beside)))
        for task in filter(_failed, self._beside):
            task.result()

    async def _while_in(self, current: Stage) -> None:
        await self._wait(lambda: stage(self._facts) is not current)

    async def _still_in(self, current: Stage) -> bool:
        """Whether the transfer is still in this stage; answers at once, then at each new fact."""
        await self._wait(lambda: self._version != self._seen)
        still = stage(self._facts) is current
        if still:
            self._seen = self._version
        return still

    def _begin(self, *effects: Effect) -> None:
        """Begin each effect once; it goes on beside everything else, to its end."""
        new = [effect for effect in effects if effect not in self._facts.begun]
        if new:
            self._know(begun=(*self._facts.begun, *new))
            self._beside += [asyncio.create_task(self._carry_out(effect)) for effect in new]

    async def _carry_out(self, effect: Effect) -> None:
        """Do an effect until it is done, or until a person says how it ended."""
        errand = ERRANDS[effect.kind]
        while True:
            go = 1 + self._facts.retries(effect)
            intent = Intent(transfer_id=self._facts.request.id, effect=effect, clause=errand.clause, go=go)
            try:
                result = await workflow.execute_activity_method(
                    errand.act,
                    errand.order(self._facts, intent),
                    start_to_close_timeout=errand.patience.attempt,
                    heartbeat_timeout=errand.patience.heartbeat,
                    retry_policy=UNTIL_IT_ANSWERS,
                    summary=f"{effect_words(effect)} ({errand.clause})",
                )
            except ActivityError as error:
                resolution = await self._ask_a_person(effect, error)
                if resolution.resolution is Resolution.RETRY:
                    continue
                result = await self._ended_by_person(intent, resolution)
            self._know(effects=(*self._facts.effects, result))
            return

    async def _ended_by_person(self, intent: Intent, by: ResolveAttention) -> EffectResult:
        ended = Ended.BY_HAND if by.resolution is Resolution.DONE_BY_HAND else Ended.SKIPPED
        evidence = f"recorded by {by.actor.id} in step {by.step_id}"
        result = EffectResult(effect=intent.effect, ended=ended, evidence=evidence, at=workflow.now())
        note = EndedByPerson(intent=intent, result=result)
        await self._in_register(RegisterActivities.note_result, note, "Note in the register how it ended")
        return result

    async def _ask_a_person(self, effect: Effect, error: ActivityError) -> ResolveAttention:
        """Say what is wrong and wait for ``resolve_attention``; everything else goes on."""
        item = Attention(
            id=f"A{len(self._facts.raised) + 1}",
            effect=effect.id,
            what=effect_words(effect),
            problem=_problem(error),
            since=workflow.now(),
        )
        self._know(raised=(*self._facts.raised, item))
        await workflow.wait_condition(lambda: self._facts.resolution(item.id) is not None)
        resolution = self._facts.resolution(item.id)
        if resolution is None:
            raise AssertionError("waited for above")
        return resolution

    async def _keep_evidence(self) -> None:
        """Consent (SD-09) and conversation (SD-08, SD-12…14) are kept, each as recorded, so that they can be shown."""
        while True:
            await workflow.wait_condition(lambda: not self._evidence_is_kept())
            step = self._facts.steps[self._evidence_kept].step
            transfer_id = self._facts.request.id
            if isinstance(step, RecordConsent):
                answer = CaptureConsent(transfer_id=transfer_id, consent=step)
                await self._in_register(
                    ConsentActivities.capture_consent, answer, "Keep the family's answer as evidence"
                )
            elif isinstance(step, RecordContactConversation):
                held = CaptureConversation(transfer_id=transfer_id, conversation=step)
                keep = ContactConversationActivities.capture_conversation
                await self._in_register(keep, held, "Keep the record of the conversation")
            self._evidence_kept += 1

    def _evidence_is_kept(self) -> bool:
        return self._evidence_kept == len(self._facts.steps)

    async def _show_in_register(self) -> None:
        """Show each state in the register; an outage there holds nothing back, and the newest state wins."""
        while True:
            await workflow.wait_condition(lambda: self._shown != self._version)
            version = self._version
            projection = Projection(status=status(self._facts), version=version)
            await self._in_register(
                RegisterActivities.show_in_register, projection, "Show the transfer in the register"
            )
            self._shown = version

    async def _in_register(self, write: Callable[[Any, Any], R], order: Any, summary: str) -> R:
        return await workflow.execute_activity_method(
            write, order, start_to_close_timeout=REGISTER_TIMEOUT, retry_policy=UNTIL_IT_ANSWERS, summary=summary
        )


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None


def _problem(error: ActivityError) -> str:
    """The code of the problem that a person has to put right."""
    cause = error.cause
    code = str(cause.details[0]) if isinstance(cause, ApplicationError) and cause.details else ""
    return code if code in PROBLEMS else "unexpected"
