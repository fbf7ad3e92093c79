"""The step-down: one family's transfer from social work to Early Help, as a workflow that lives for weeks."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar, assert_never

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.failures import START_REFUSED
    from activities.register import OpenTransfer, RegisterActivities
    from models.differences import Became, Difference, tell
    from models.reconciliation import DocumentVersion, Standing
    from models.step_down import wanted
    from models.step_down.answers import Outcome, Receipt, Stage
    from models.step_down.facts import Facts
    from models.step_down.ladder import beside_the_stages
    from models.step_down.needs import stage
    from models.step_down.outcome import outcome
    from models.step_down.rules import refusal
    from models.step_down.said import CancelReason
    from models.step_down.start import StepDownRequest
    from models.step_down.status import Status
    from models.step_down.steps import (
        AcknowledgeTransfer,
        AddChild,
        ApproveLetters,
        Cancel,
        ChangeService,
        DecideChildren,
        NameLeadPractitioner,
        OfferConversation,
        PauseClock,
        Reassign,
        RecalculateClocks,
        RecordAdviceSummary,
        RecordConsent,
        RecordContactConversation,
        RecordExploration,
        RecordFamiliesFirstNotified,
        RecordFamilySharing,
        RecordFinalMeeting,
        RecordManagementConversation,
        ReportSignificantHarm,
        ResolveAttention,
        ResumeClock,
        ScheduleFinalMeeting,
        Step,
        WithdrawConsent,
        step_name,
    )
    from models.step_down.taking import ask, reject, take
    from models.vocabulary import Actor, Frozen, Role
    from workflows.bookkeeping import Bookkeeping
    from workflows.carrying import Carrying
    from workflows.known import Known
    from workflows.messages import UnreadableMessageError, digest, read_step, refused_message
    from workflows.timekeeping import keep_clocks

STEP_REFUSED = "StepRefused"
"""The type of the error that refuses a step; its one detail is a ``Refusal``."""

CALLS_OFF = "cancel-request-calls-off"
"""Marks histories since which a request to cancel is the step; before, it was only noted."""

S = TypeVar("S", bound=Step)


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
        return "narrative" if self.so_far and not self.restricted else self.request.privacy

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
        facts = so_far.facts if so_far else Facts(request=start.request, opened_at=workflow.now())
        if so_far is None and start.came_in_clear:
            facts = ask(facts, workflow.now(), "in_clear", "The start of the transfer")
        self._known = Known(facts, so_far.version) if so_far else Known(facts)
        self._books = (
            Bookkeeping(self._known, so_far.shown, so_far.evidence_kept) if so_far else Bookkeeping(self._known)
        )
        self._effects = Carrying(self._known, self._books)
        self._beside: list[asyncio.Task[None]] = []
        self._seen = -1

    @workflow.run
    async def run(self, start: StepDownRun) -> StepDownResult:
        """Go the journey to its end, in as many runs as its history needs."""
        if start.so_far is not None and workflow.info().continued_run_id is None:
            raise ApplicationError("so_far: there is no run before this one", type=START_REFUSED)
        journey = asyncio.create_task(self._go())
        await self._through_cancel_requests(lambda: journey.done() or workflow.info().is_continue_as_new_suggested())
        if not journey.done():
            self._known.moving_on = True
            await self._through_cancel_requests(lambda: journey.done() or self._at_rest())
        if not journey.done():
            self._continue_in_a_new_run()
        return journey.result()

    async def _go(self) -> StepDownResult:
        """Wait for what is missing, do what follows, until every child has been treated as decided."""
        self._known.show()
        await self._open()
        ended = False
        while not ended:
            match stage(self._known.facts):
                case Stage.CONSENT:
                    await self._settle_consent()  # SD-05, SD-09
                case Stage.SHARING:
                    await self._share_with_service()  # SD-10, SD-11, SD-15
                case Stage.CONVERSATION:
                    await self._hold_conversation()  # SD-06…08, SD-12…14, SD-17
                case Stage.FINAL_MEETING:
                    await self._hold_final_meeting()  # SD-16, SD-18, SD-19
                case Stage.DECISION:
                    await self._decide_children()  # SD-01, SD-23, SD-27…30
                case Stage.CLOSURE:
                    await self._close_children()  # SD-20…25
                case Stage.CONFIRMATION:
                    await self._confirm()  # SD-26, SD-29…33, SD-35
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
    schedule_final_meeting = _step(ScheduleFinalMeeting)
    record_final_meeting = _step(RecordFinalMeeting)
    name_lead_practitioner = _step(NameLeadPractitioner)
    record_management_conversation = _step(RecordManagementConversation)
    record_advice_summary = _step(RecordAdviceSummary)
    decide_children = _step(DecideChildren)
    approve_letters = _step(ApproveLetters)
    acknowledge_transfer = _step(AcknowledgeTransfer)
    record_families_first_notified = _step(RecordFamiliesFirstNotified)
    add_child = _step(AddChild)
    change_service = _step(ChangeService)
    reassign = _step(Reassign)
    pause_clock = _step(PauseClock)
    resume_clock = _step(ResumeClock)
    recalculate_clocks = _step(RecalculateClocks)
    cancel = _step(Cancel)
    report_significant_harm = _step(ReportSignificantHarm)
    resolve_attention = _step(ResolveAttention)

    @workflow.signal(dynamic=True)
    def step(self, signal: str, values: Sequence[RawValue]) -> None:
        """A step from a system that waits for no answer; what cannot be taken is kept, and a person is asked."""
        now = workflow.now()
        try:
            step = read_step(signal, values, workflow.payload_converter())
        except UnreadableMessageError as error:
            self._known.know(reject(self._known.facts, error.rejected(now, digest(values))))
            return
        if (refused := refusal(self._known.facts, step, now)) is None:
            self._record(step)
        else:
            rejected = refused_message(step, refused, now, digest(values))
            self._known.know(reject(self._known.facts, rejected))

    @workflow.update
    def note_difference(self, difference: Difference) -> Became:
        """What differs between register, Temporal and Mosaic becomes an item, once while it is open."""
        self._known.catch_up(difference.register_version)
        facts, became = tell(self._known.facts, difference, workflow.now())
        if became is Became.RAISED:
            self._known.know(facts)
        return became

    @note_difference.validator
    def _about_this_transfer(self, difference: Difference) -> None:
        if not isinstance(difference, Difference) or difference.transfer_id != self._known.facts.request.id:
            raise ApplicationError("difference: it is not about this transfer", type=STEP_REFUSED)

    @workflow.query
    def status(self) -> Status:
        """Where the transfer stands."""
        return self._known.status

    @workflow.query
    def standing(self) -> Standing:
        """How far its own books have come, for the comparison with the register."""
        facts = self._known.facts
        return Standing(
            version=self._known.version,
            shown=self._books.shown,
            opened=facts.opening is not None,
            ended=stage(facts) is Stage.CLOSED,
            papers=tuple(
                DocumentVersion(ref=shared.document_ref, version=shared.version)
                for shared in wanted.papers_for_service(facts)
            ),
        )

    async def _open(self) -> None:
        """Reserve the children, load policy and service, and begin what runs beside the journey."""
        if self._known.facts.opening is None:
            order = OpenTransfer(request=self._known.facts.request, at=workflow.now())
            opening = await self._books.write(
                RegisterActivities.open_transfer, order, "Open the transfer and reserve the children"
            )
            self._known.learn(opening=opening)
        beside = (
            self._books.keep_evidence(),
            self._books.show(),
            keep_clocks(self._known),
            self._do_what_waits_for_no_stage(),
        )
        self._beside = [asyncio.create_task(work) for work in beside]
        self._effects.go_on()

    async def _settle_consent(self) -> None:
        """SD-05, SD-09: explored, asked, answered."""
        await self._while_in(Stage.CONSENT)

    async def _share_with_service(self) -> None:
        """SD-10, SD-11, SD-15: what the family agreed to goes to the service, once consent can be shown."""
        while await self._still_in(Stage.SHARING):
            await self._wait(self._books.evidence_is_kept)
            self._effects.begin(*wanted.share_with_service(self._known.facts))

    async def _hold_conversation(self) -> None:
        """SD-06…08, SD-12…14, SD-17: the contact is asked; the conversation says what is agreed."""
        while await self._still_in(Stage.CONVERSATION):
            self._effects.begin(wanted.request_conversation(self._known.facts))

    async def _hold_final_meeting(self) -> None:
        """SD-16, SD-18, SD-19: scheduled, the service invited, what it said of each child recorded."""
        await self._while_in(Stage.FINAL_MEETING)

    async def _decide_children(self) -> None:
        """SD-01, SD-23, SD-27…30: practitioner named, advice recorded, each child decided."""
        await self._while_in(Stage.DECISION)

    async def _close_children(self) -> None:
        """SD-20…25: each child as decided, in parallel; a service without Mosaic has its pack first."""
        while await self._still_in(Stage.CLOSURE):
            facts = self._known.facts
            self._effects.begin(*wanted.packs(facts), *wanted.closures(facts))

    async def _confirm(self) -> None:
        """SD-26, SD-30…33, SD-35: practitioner, family and agencies are told; the service acknowledges."""
        while await self._still_in(Stage.CONFIRMATION):
            facts = self._known.facts
            self._effects.begin(wanted.advice_summary(facts), wanted.recommend_families_first(facts))
            self._effects.begin(*wanted.letters(facts))

    async def _nothing_is_left(self) -> bool:
        """Every message answered, all evidence kept, the register up to date, and nothing came up meanwhile."""
        await self._wait(workflow.all_handlers_finished)
        await self._wait(self._books.is_up_to_date)
        if stage(self._known.facts) is not Stage.CLOSED:
            return False
        for task in self._beside:
            task.cancel()
        return True

    def _result(self) -> StepDownResult:
        ended = outcome(self._known.facts)
        if ended is None:
            raise ApplicationError("the transfer ended without an outcome", type="NoOutcome")
        return StepDownResult(outcome=ended)

    def _refuse_unless_allowed(self, step: Step) -> None:
        if (refused := refusal(self._known.facts, step, workflow.now())) is not None:
            raise ApplicationError(refused.words, refused, type=STEP_REFUSED)

    def _record(self, step: Any) -> Receipt:
        """Take a step that the rules let pass; the same step again gets its first receipt."""
        if (receipt := self._known.facts.receipt(step.step_id)) is not None:
            return receipt
        self._known.know(take(self._known.facts, step, workflow.now()))
        return self._known.facts.receipts[-1]

    async def _wait(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds; an error beside the journey fails the workflow task, and so is seen."""
        await workflow.wait_condition(lambda: holds() or any(map(_failed, self._tasks)))
        for task in filter(_failed, self._tasks):
            task.result()

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return [*self._beside, *self._effects.tasks]

    async def _while_in(self, current: Stage) -> None:
        await self._wait(lambda: stage(self._known.facts) is not current)

    async def _still_in(self, current: Stage) -> bool:
        """Whether the transfer is still in this stage; answers at once, then at each new fact."""
        await self._wait(lambda: self._known.version != self._seen)
        still = stage(self._known.facts) is current
        if still:
            self._seen = self._known.version
        return still

    async def _do_what_waits_for_no_stage(self) -> None:
        """Children reserved, services told (SD-09a) or invited (SD-18), due dates calculated, alerts sent."""
        while True:
            await workflow.wait_condition(
                lambda: not self._known.moving_on and bool(self._effects.new(*beside_the_stages(self._known.facts)))
            )
            self._effects.begin(*beside_the_stages(self._known.facts))

    async def _through_cancel_requests(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds; the Temporal UI's *Request Cancellation* cancels the transfer, and ends no run."""
        while not holds():
            try:
                await workflow.wait_condition(holds)
            except asyncio.CancelledError:
                if workflow.cancellation_reason() is None:
                    raise
                self._call_off()

    def _call_off(self) -> None:
        """Somebody pressed the button: the step ``cancel`` by operations, where that may come now; noted always."""
        asked = (*self._known.facts.cancel_requests, workflow.now())
        self._known.learn(cancel_requests=asked)
        if not workflow.patched(CALLS_OFF):
            return
        step = Cancel(
            step_id=f"temporal-ui-{len(asked)}",
            actor=Actor(id="temporal-ui", role=Role.OPERATIONS),
            occurred_at=workflow.now(),
            reason_code=CancelReason.OTHER,
            because="Somebody asked for it in the Temporal UI (Request Cancellation).",
        )
        if refusal(self._known.facts, step, workflow.now()) is None:
            self._record(step)

    def _at_rest(self) -> bool:
        """Nothing is under way that a new run could not take up: no call, no errand, no message half taken."""
        return self._books.at_rest() and self._effects.at_rest() and workflow.all_handlers_finished()

    def _continue_in_a_new_run(self) -> NoReturn:
        known, books = self._known, self._books
        so_far = SoFar(facts=known.facts, version=known.version, shown=books.shown, evidence_kept=books.evidence_kept)
        workflow.continue_as_new(StepDownRun(**known.facts.request.model_dump(), so_far=so_far))


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None
