"""The request for Early Help: one family's way to support, as a workflow that lives until it is answered."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from models.help_request.facts import HelpFacts
    from models.help_request.journey import HELP_REQUEST
    from models.help_request.new_step import new_step
    from models.help_request.start import HelpRequest
    from models.help_request.steps import admission, response
    from models.journey import steps as shared
    from models.journey.beginning import begun
    from models.journey.new_step import NewStep, NewStepAsked
    from workflows.help_request.orders import ORDERS
    from workflows.journey.run import JourneyResult, JourneyRun, SoFar, step
    from workflows.journey.starting import begun_with, privacy_of, refuse_another_s_name, refuse_second_hand


class HelpRequestSoFar(SoFar):
    """What one run of a request hands over to the next."""

    facts: HelpFacts


class HelpRequestRun(HelpRequest):
    """What a run begins with: the start as others send it, and from the second run on what came before."""

    so_far: HelpRequestSoFar | None = None

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return privacy_of(self.request, self.so_far.facts if self.so_far is not None else None)

    @property
    def request(self) -> HelpRequest:
        """The start as others send it."""
        return HelpRequest.model_validate(self.model_dump(exclude={"so_far"}))


@workflow.defn(failure_exception_types=[ValidationError])
class EarlyHelpRequest(JourneyRun[HelpFacts]):
    """A request for Early Help about one family, answered by one Family Hub or team."""

    @workflow.init
    def __init__(self, start: HelpRequestRun) -> None:
        """Take the start, with the harm that stands in it; or what the run before hands over."""
        so_far = HelpRequestRun.model_validate(start).so_far
        if so_far is None:
            refuse_another_s_name(start)
            facts = begun(HELP_REQUEST, HelpFacts(request=start.request, opened_at=workflow.now()))
            facts = begun_with(facts, in_clear=start.came_in_clear)
        else:
            facts = so_far.facts
        self.begin(HELP_REQUEST, ORDERS, facts, so_far)

    @workflow.run
    async def run(self, start: HelpRequestRun) -> JourneyResult:
        """Go the journey to its end."""
        refuse_second_hand(hands_over=start.so_far is not None)
        return await self.go(HelpRequestRun, HelpRequestSoFar)

    read_for_harm = step(admission.ReadForHarm)
    receive_documents = step(admission.ReceiveDocuments)
    answer_open_plan = step(admission.AnswerOpenPlan)
    record_consent = step(admission.RecordConsent)
    withdraw_consent = step(admission.WithdrawConsent)
    record_reach = step(admission.RecordReach)
    record_situations = step(admission.RecordSituations)
    answer_risk_matrix = step(admission.AnswerRiskMatrix)
    record_graduated_response = step(admission.RecordGraduatedResponse)
    return_incomplete = step(admission.ReturnIncomplete)
    complete_request = step(admission.CompleteRequest)
    record_response = step(response.RecordResponse)
    record_referrer_told = step(response.RecordReferrerTold)
    reassign = step(response.Reassign)
    take_over = step(response.TakeOver)
    recalculate_clocks = step(shared.RecalculateClocks)
    cancel = step(response.CancelRequest)
    report_significant_harm = step(shared.ReportSignificantHarm)
    resolve_attention = step(shared.ResolveAttention)

    @workflow.query
    def new_step(self, asked: NewStepAsked) -> NewStep:
        """A step with everything that is known, to be filled in by who records it."""
        return new_step(self.state.facts, self.kind_of(asked))
