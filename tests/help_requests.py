"""Requests for Early Help: their builders, and the machinery of journeys with their tables."""

from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from models.effects import Effect, EffectResult, Ended
from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.help_request.stage import Outcome
from models.help_request.start import FormPart, HelpRequest
from models.help_request.steps.admission import (
    AnswerOpenPlan,
    AnswerRiskMatrix,
    CompleteRequest,
    ReadForHarm,
    ReceiveDocuments,
    RecordConsent,
    RecordGraduatedResponse,
    RecordReach,
    RecordSituations,
    ReturnIncomplete,
    WithdrawConsent,
)
from models.help_request.steps.response import CancelRequest, Reassign, RecordReferrerTold, RecordResponse, TakeOver
from models.journey import clocks, ladder, missing, recording, refusing
from models.journey import status as statuses
from models.journey.answers import Refusal
from models.journey.beginning import begun
from models.journey.due_dates import calculations
from models.journey.ladder import next_rung
from models.journey.recording import record_result
from models.journey.steps import ReportSignificantHarm, Step
from models.kinds import EffectKind
from models.vocabulary import Actor, Role
from tests.builders import CHILD, NOW, SIBLING, THEN, calculated, opening, result, service

HUB = Actor(id="hub-1", role=Role.EARLY_HELP_SERVICE, team="team-eh")
FORM = "2025-08"
"""The version that the policy accepts if nobody says otherwise."""
OLD = "2019"
S = TypeVar("S", bound=Step)

stage = partial(missing.stage, HELP_REQUEST)
next_steps = partial(missing.next_steps, HELP_REQUEST)
waiting_for = partial(missing.waiting_for, HELP_REQUEST)
refusal = partial(refusing.refusal, HELP_REQUEST)
record_step = partial(recording.record, HELP_REQUEST)
status = partial(statuses.status, HELP_REQUEST)
update_clocks = partial(clocks.update_clocks, HELP_REQUEST)
raise_alerts = partial(ladder.raise_alerts, HELP_REQUEST)


def request(**changes: Any) -> HelpRequest:
    """A school asks for help, with nothing but what every request says."""
    said = {
        "id": "request-1",
        "children": ({"ref": CHILD}, {"ref": SIBLING}),
        "lead_child": CHILD,
        "family_ref": "family-1",
        "service_ref": "service-north",
        "received": {"channel": "central_mailbox", "at": THEN},
        "referrer": {
            "who": "Ms Field",
            "kind": "professional",
            "organisation": "Oak Primary School",
            "reached": "By telephone at the school, 0113 496 0200",
        },
        "asks_for": "Help with the mornings.",
        "plan_open": False,
    }
    return HelpRequest.model_validate({**said, **changes})


MOTHER = {"who": "The mother", "relation": "parent"}
WHOLE: dict[str, Any] = {
    "forms": ({"part": "part_1", "version": FORM},),
    "agreement": {"agreed_by": (MOTHER,)},
    "reach": {"safely": "By telephone, before noon"},
}
"""What a request says that lacks nothing."""


def facts(*steps: Step, opened: dict[str, Any] | None = None, **changes: Any) -> HelpFacts:
    """A request that was opened at noon, with these steps recorded."""
    start = begun(HELP_REQUEST, HelpFacts(request=request(**changes), opened_at=NOW))
    now = keeping_time(written(start.having(opening=opening(people=(), **(opened or {})))), NOW)
    for step in steps:
        now = record(now, step)
    return now


def whole(*steps: Step, **changes: Any) -> HelpFacts:
    """One that lacks nothing and was read."""
    return facts(matrix(), tried(), read(), *steps, **{**WHOLE, **changes})


def record(before: HelpFacts, step: Step, moment: datetime = NOW) -> HelpFacts:
    """Take a step as the workflow does; a step that is refused fails the test."""
    said = refusal(before, step, moment)
    assert said is None, said.words if said else ""
    after = record_step(before, step, moment)
    return keeping_time(written(after.having(evidence_kept=len(after.steps))), moment)


def written(now: HelpFacts) -> HelpFacts:
    """Whatever is due in Mosaic, or in another journey, done at once."""
    while new := [effect for effect in missing.wanted(HELP_REQUEST, now) if to_be_done(now, effect)]:
        ended = (*now.effects, *map(result, new))
        now = now.having(begun=tuple(dict.fromkeys((*now.begun, *new))), effects=ended)
    return now


def to_be_done(now: HelpFacts, effect: Effect) -> bool:
    return effect.kind is not EffectKind.LOOK_UP_SERVICE and not now.ended(effect)


def refused(before: HelpFacts, step: Step, moment: datetime = NOW) -> Refusal:
    said = refusal(before, step, moment)
    assert said is not None
    return said


def asks(now: HelpFacts) -> list[str | None]:
    """By which clauses something is missing, in its order."""
    return [need.clause for need in next_steps(now)]


def keeping_time(now: HelpFacts, moment: datetime) -> HelpFacts:
    """Clocks begun and ended, due dates calculated, and those told whose rung has come, all at this moment."""
    now = update_clocks(now, moment)
    while working := calculations(now):
        now = now.having(begun=(*now.begun, *(effect for effect in working if effect not in now.begun)))
        found = tuple(calculated(now, effect, moment, None) for effect in working)
        now = update_clocks(now.having(effects=(*now.effects, *found)), moment)
    return update_clocks(raise_alerts(now, moment), moment)


def let_time_pass(now: HelpFacts, until: datetime) -> HelpFacts:
    """Each alert raised at its instant, up to this moment."""
    while (coming := next_rung(now)) is not None and coming.at <= until:
        now = keeping_time(now, coming.at)
    return keeping_time(now, until)


def _step(kind: type[S], said: dict[str, Any], changes: dict[str, Any]) -> S:
    usual = {"step_id": str(kind.model_fields["step"].default), "actor": HUB, "occurred_at": THEN}
    return kind.model_validate({**usual, **said, **changes})


def read(**changes: Any) -> ReadForHarm:
    return _step(ReadForHarm, {"found": "nothing"}, changes)


def documents(*parts: FormPart, version: str = FORM, **changes: Any) -> ReceiveDocuments:
    forms = tuple({"part": part, "version": version} for part in parts or (FormPart.PART_1,))
    return _step(ReceiveDocuments, {"forms": forms}, changes)


def consent(**changes: Any) -> RecordConsent:
    return _step(RecordConsent, {"agreement": WHOLE["agreement"]}, changes)


def reach(**changes: Any) -> RecordReach:
    return _step(RecordReach, {"reach": WHOLE["reach"]}, changes)


def situations(of: dict[str, str], **changes: Any) -> RecordSituations:
    children = tuple({"ref": ref, "situation": situation} for ref, situation in of.items())
    return _step(RecordSituations, {"children": children}, changes)


def plan(*, is_open: bool, **changes: Any) -> AnswerOpenPlan:
    return _step(AnswerOpenPlan, {"plan_open": is_open}, changes)


def withdrawal(**changes: Any) -> WithdrawConsent:
    return _step(WithdrawConsent, {"withdrawn_by": MOTHER}, changes)


def matrix(**changes: Any) -> AnswerRiskMatrix:
    return _step(AnswerRiskMatrix, {"answer": "not_required"}, changes)


def tried(**changes: Any) -> RecordGraduatedResponse:
    said = {} if "not_done_because" in changes else {"tried": "Breakfast club, and a talk each week."}
    return _step(RecordGraduatedResponse, said, changes)


def returned(**changes: Any) -> ReturnIncomplete:
    said = {"missing": "Part 1 of the form.", "told_how": "By telephone"}
    return _step(ReturnIncomplete, said, changes)


def completed(**changes: Any) -> CompleteRequest:
    return _step(CompleteRequest, {}, changes)


def response(outcome: Outcome = Outcome.SUPPORT_OFFERED, **changes: Any) -> RecordResponse:
    return _step(RecordResponse, {"outcome": outcome, "because": "Talked over with the family."}, changes)


def redirected(**changes: Any) -> RecordResponse:
    """Nobody has said yet who was spoken to."""
    return response(Outcome.REDIRECTED, **{"children": ({"ref": CHILD},), **changes})


def waiting(**changes: Any) -> RecordResponse:
    said = {"until_about": "2026-04-01", "owner": "hub-1", "review_on": "2026-03-16"}
    return response(Outcome.WAITING, **{**said, **changes})


def routed(**changes: Any) -> RecordResponse:
    taken = {"who": "The social worker", "at": THEN}
    return response(Outcome.ROUTED, **{"routed_to": "The social worker of the child", "taken_by": taken, **changes})


def told(**changes: Any) -> RecordReferrerTold:
    return _step(
        RecordReferrerTold, {"said": "Your request was dealt with. Thank you.", "how": "By telephone"}, changes
    )


def given_to(service: str, **changes: Any) -> Reassign:
    return _step(Reassign, {"service_ref": service, "because": "The family moved."}, changes)


def taken_over(**changes: Any) -> TakeOver:
    return _step(TakeOver, {}, changes)


def known(now: HelpFacts, ref: str, moment: datetime = NOW) -> HelpFacts:
    """The directory has answered that it knows the service to which the request was given."""
    effect = now.service_look_up
    assert effect is not None
    found = EffectResult(effect=effect, ended=Ended.DONE, at=moment, evidence=ref, service=service(ref=ref))
    return keeping_time(record_result(now, found), moment)


def cancellation(**changes: Any) -> CancelRequest:
    return _step(CancelRequest, {"reason_code": "opened_in_error", "because": "Typed twice."}, changes)


def harm(**changes: Any) -> ReportSignificantHarm:
    return _step(ReportSignificantHarm, {"children": ({"ref": CHILD},), "concern": "New marks."}, changes)
