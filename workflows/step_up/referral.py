"""The referral to Children's Social Work: from the worry to who has the children, as a workflow."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from models.journey import steps as shared
    from models.journey.beginning import begun
    from models.journey.new_step import NewStep, NewStepAsked
    from models.links.step_down import start_out_of
    from models.step_up.facts import StepUpFacts
    from models.step_up.journey import STEP_UP
    from models.step_up.new_step import new_step
    from models.step_up.start import Referral
    from models.step_up.steps import assessment, contact, decision
    from workflows.journey.run import JourneyResult, JourneyRun, SoFar, step
    from workflows.journey.starting import begun_with, privacy_of, refuse_another_s_name, refuse_second_hand
    from workflows.step_up.orders import ORDERS


class StepUpSoFar(SoFar):
    """What one run of a referral hands over to the next."""

    facts: StepUpFacts


class StepUpRun(Referral):
    """What a run begins with: the start as others send it, and from the second run on what came before."""

    so_far: StepUpSoFar | None = None

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return privacy_of(self.request, self.so_far.facts if self.so_far is not None else None)

    @property
    def request(self) -> Referral:
        """The start as others send it."""
        return Referral.model_validate(self.model_dump(exclude={"so_far"}))


@workflow.defn(failure_exception_types=[ValidationError])
class StepUpReferral(JourneyRun[StepUpFacts]):
    """A referral of children of one family to Children's Social Work."""

    @workflow.init
    def __init__(self, start: StepUpRun) -> None:
        """Take the start, with the harm that stands in it; or what the run before hands over."""
        so_far = StepUpRun.model_validate(start).so_far
        if so_far is None:
            refuse_another_s_name(start)
            facts = begun(STEP_UP, StepUpFacts(request=start.request, opened_at=workflow.now()))
            facts = begun_with(facts, in_clear=start.came_in_clear)
        else:
            facts = so_far.facts
        self.begin(STEP_UP, ORDERS, facts, so_far)

    @workflow.run
    async def run(self, start: StepUpRun) -> JourneyResult:
        """Go the journey to its end."""
        refuse_second_hand(hands_over=start.so_far is not None)
        return await self.go(StepUpRun, StepUpSoFar)

    record_contact = step(contact.RecordContact)
    record_advice_taken = step(contact.RecordAdviceTaken)
    record_contact_outcome = step(decision.RecordContactOutcome)
    record_strategy_discussion = step(decision.RecordStrategyDiscussion)
    record_household = step(decision.RecordHousehold)
    record_designated_officer = step(decision.RecordDesignatedOfficer)
    record_assessment_outcome = step(assessment.RecordAssessmentOutcome)
    record_social_worker = step(assessment.RecordSocialWorker)
    record_referrer_told = step(assessment.RecordReferrerTold)
    record_disagreement = step(assessment.RecordDisagreement)
    answer_disagreement = step(assessment.AnswerDisagreement)
    reassign = step(assessment.Reassign)
    recalculate_clocks = step(shared.RecalculateClocks)
    cancel = step(assessment.CancelReferral)
    report_significant_harm = step(shared.ReportSignificantHarm)
    resolve_attention = step(shared.ResolveAttention)

    @workflow.query
    def new_start(self) -> NewStep | None:
        """The start of the step-down that is offered out of it; None where none is (SU-07)."""
        return start_out_of(self.state.facts)

    @workflow.query
    def new_step(self, asked: NewStepAsked) -> NewStep:
        """A step with everything that is known, to be filled in by who records it."""
        return new_step(self.state.facts, self.kind_of(asked))
