"""The step-down: one family's transfer from social work to Early Help, as a workflow that lives for weeks."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.failures import START_REFUSED
    from models.journey import harm_outcome
    from models.journey import steps as shared
    from models.journey.new_step import NewStep, NewStepAsked
    from models.step_down.facts import StepDownFacts
    from models.step_down.family import NOT_BORN_YET
    from models.step_down.in_mosaic import InMosaic, in_mosaic
    from models.step_down.journey import STEP_DOWN
    from models.step_down.new_step import new_step
    from models.step_down.reading import LettersAsked, LettersToRead, to_print, to_read
    from models.step_down.start import StepDownRequest
    from models.step_down.steps import (
        acts,
        confirmation,
        consent,
        conversation,
        decision,
        delivery,
        family,
        final_meeting,
        first_contact,
        sharing,
        transfer,
    )
    from models.vocabulary import LONDON
    from workflows.journey.run import JourneyResult, JourneyRun, SoFar, step
    from workflows.journey.starting import begun_with, privacy_of, refuse_another_s_name, refuse_second_hand
    from workflows.step_down.orders import ORDERS


class StepDownSoFar(SoFar):
    """What one run of a step-down hands over to the next."""

    facts: StepDownFacts


class StepDownRun(StepDownRequest):
    """What a run begins with: the start as others send it, and from the second run on what came before."""

    so_far: StepDownSoFar | None = None

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return privacy_of(self.request, self.so_far.facts if self.so_far is not None else None)

    @property
    def request(self) -> StepDownRequest:
        """The start as others send it."""
        return StepDownRequest.model_validate(self.model_dump(exclude={"so_far"}))


@workflow.defn(failure_exception_types=[ValidationError])
class StepDownTransfer(JourneyRun[StepDownFacts]):
    """The transfer of one family from Children's Social Work Services to one Early Help service."""

    @workflow.init
    def __init__(self, start: StepDownRun) -> None:
        """Take the start, or what the run before hands over."""
        # Whoever starts with no value at all is told so; Temporal checks only what it has to convert.
        so_far = StepDownRun.model_validate(start).so_far
        if so_far is None:
            refuse_another_s_name(start)
            self._refuse_not_born_yet(start)
            facts = StepDownFacts(request=start.request, opened_at=workflow.now())
            facts = begun_with(facts, in_clear=start.came_in_clear)
        else:
            facts = so_far.facts
        self.begin(STEP_DOWN, ORDERS, facts, so_far)

    @staticmethod
    def _refuse_not_born_yet(start: StepDownRequest) -> None:
        """SD-09b: ages are calculated from the days of birth, and none of them lies in the future."""
        later = start.born_after(workflow.now().astimezone(LONDON).date())
        if later is not None:
            raise ApplicationError(NOT_BORN_YET, later, type=START_REFUSED, non_retryable=True)

    @workflow.run
    async def run(self, start: StepDownRun) -> JourneyResult:
        """Go the journey to its end."""
        refuse_second_hand(hands_over=start.so_far is not None)
        return await self.go(StepDownRun, StepDownSoFar)

    record_family = step(family.RecordFamily)
    record_exploration = step(consent.RecordExploration)
    record_consent = step(consent.RecordConsent)
    withdraw_consent = step(consent.WithdrawConsent)
    record_family_sharing = step(sharing.RecordFamilySharing)
    record_sharing_basis = step(sharing.RecordSharingBasis)
    answer_request = step(conversation.AnswerRequest)
    record_contact_conversation = step(conversation.RecordContactConversation)
    schedule_final_meeting = step(final_meeting.ScheduleFinalMeeting)
    record_final_meeting = step(final_meeting.RecordFinalMeeting)
    confirm_meeting = step(acts.ConfirmMeeting)
    name_lead_practitioner = step(decision.NameLeadPractitioner)
    record_management_conversation = step(decision.RecordManagementConversation)
    record_advice_summary = step(decision.RecordAdviceSummary)
    record_decisions = step(decision.RecordDecisions)
    authorise = step(acts.Authorise)
    approve_letters = step(confirmation.ApproveLetters)
    record_delivery = step(delivery.RecordDelivery)
    acknowledge_transfer = step(confirmation.AcknowledgeTransfer)
    agree_start = step(first_contact.AgreeStart)
    record_first_contact = step(first_contact.RecordFirstContact)
    decide_first_contact = step(first_contact.DecideFirstContact)
    record_families_first_notification = step(confirmation.RecordFamiliesFirstNotification)
    add_child = step(transfer.AddChild)
    change_service = step(transfer.ChangeService)
    reassign = step(shared.Reassign)
    pause_clock = step(shared.PauseClock)
    resume_clock = step(shared.ResumeClock)
    recalculate_clocks = step(shared.RecalculateClocks)
    cancel = step(shared.Cancel)
    report_significant_harm = step(shared.ReportSignificantHarm)
    record_harm_outcome = step(harm_outcome.RecordHarmOutcome)
    resolve_attention = step(shared.ResolveAttention)

    @workflow.query
    def letters(self, asked: LettersAsked) -> LettersToRead:
        """The letters as they would leave now, to be read before they are approved (SD-33a)."""
        return to_read(self.state.facts, asked)

    @workflow.query
    def letters_to_print(self) -> LettersToRead:
        """The letters that a person is to post or hand over now (SD-33b)."""
        return to_print(self.state.facts)

    @workflow.query
    def in_mosaic(self) -> InMosaic:
        """What Mosaic holds of the children, for the few who may read of it (SD-19b)."""
        return in_mosaic(self.state.facts)

    @workflow.query
    def new_step(self, asked: NewStepAsked) -> NewStep:
        """A step with everything that is known, to be filled in by who records it."""
        return new_step(self.state.facts, self.kind_of(asked))
