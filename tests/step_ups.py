"""Referrals to Children's Social Work: their builders, and the machinery of journeys with their tables."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from models.effects import EffectResult, Ended
from models.journey import clocks, ladder, missing, recording, refusing
from models.journey import status as statuses
from models.journey.answers import Refusal
from models.journey.beginning import begun
from models.journey.due_dates import calculations
from models.journey.harm_outcome import HarmContact, HarmOutcome
from models.journey.ladder import next_rung
from models.journey.recording import record_result
from models.journey.steps import ReportSignificantHarm, Step
from models.kinds import EffectKind
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.start import Referral, ReferrerKind
from models.step_up.steps.assessment import (
    AnswerDisagreement,
    Assessed,
    CancelReferral,
    Reassign,
    RecordAssessmentOutcome,
    RecordDisagreement,
    RecordReferrerTold,
    RecordSocialWorker,
)
from models.step_up.steps.contact import RecordAdviceTaken, RecordContact
from models.step_up.steps.decision import (
    RecordContactOutcome,
    RecordDesignatedOfficer,
    RecordHousehold,
    RecordStrategyDiscussion,
)
from models.vocabulary import Actor, Role
from tests.builders import CHILD, NOW, SIBLING, THEN, calculated, opening, result, service

HUB = Actor(id="hub-1", role=Role.EARLY_HELP_SERVICE, team="team-eh")
DUTY = Actor(id="duty-1", role=Role.DUTY_AND_ADVICE)
WORKER = Actor(id="sw-7", role=Role.SOCIAL_WORKER, team="team-sw")
MANAGER = Actor(id="tm-1", role=Role.TEAM_MANAGER, team="team-sw")
HEAD = Actor(id="head-1", role=Role.HEAD_OF_SERVICE)
EVERYONE = (CHILD, SIBLING)
ASSESSMENT, EMERGENCY = HarmOutcome.SINGLE_ASSESSMENT, HarmOutcome.EMERGENCY_RESPONSE
ADVICE, EARLY_HELP = HarmOutcome.ADVICE_NO_REFERRAL, HarmOutcome.EARLY_HELP
LINKS = frozenset({EffectKind.OPEN_JOURNEY, EffectKind.TELL_JOURNEY})
S = TypeVar("S", bound=Step)

stage = partial(missing.stage, STEP_UP)
next_steps = partial(missing.next_steps, STEP_UP)
waiting_for = partial(missing.waiting_for, STEP_UP)
refusal = partial(refusing.refusal, STEP_UP)
record_step = partial(recording.record, STEP_UP)
status = partial(statuses.status, STEP_UP)
update_clocks = partial(clocks.update_clocks, STEP_UP)
raise_alerts = partial(ladder.raise_alerts, STEP_UP)


def referrer(kind: ReferrerKind = ReferrerKind.EARLY_HELP, **changes: Any) -> dict[str, Any]:
    return {"who": "Ms Brook", "kind": kind, "reached": "By telephone at the hub, 0113 496 0210", **changes}


def referral(**changes: Any) -> Referral:
    """A practitioner is worried about a child below significant harm, with nothing but what every referral says."""
    said = {
        "id": "referral-1",
        "children": ({"ref": CHILD}, {"ref": SIBLING}),
        "family_ref": "family-1",
        "service_ref": "service-north",
        "received_at": THEN,
        "referrer": referrer(),
        "concern": "The plan does not help, and the house grows colder.",
        "significant_harm": False,
    }
    return Referral.model_validate({**said, **changes})


SPOKEN = {"who": "Ms Green", "at": THEN}
AGREED = {"asked": "The mother", "agreed": True, "may_be_told": True}
NOT_ASKED = {
    "not_asked_because": "It could put a child at risk.",
    "may_be_told": False,
    "not_told_because": "The same.",
}
SAID: dict[str, Any] = {"spoken_to": SPOKEN, "parents": AGREED}
"""What a referral says of which nobody has to ask what was said before it."""
HARM: dict[str, Any] = {"significant_harm": True}


def facts(*steps: Step, opened: dict[str, Any] | None = None, **changes: Any) -> StepUpFacts:
    """A referral that was opened at noon, with these steps recorded."""
    start = begun(STEP_UP, StepUpFacts(request=referral(**changes), opened_at=NOW))
    now = keeping_time(kept(start.having(opening=opening(people=(), **(opened or {})))), NOW)
    for step in steps:
        now = record(now, step)
    return now


def record(before: StepUpFacts, step: Step, moment: datetime = NOW) -> StepUpFacts:
    """Take a step as the workflow does; a step that is refused fails the test."""
    said = refusal(before, step, moment)
    assert said is None, said.words if said else ""
    return keeping_time(kept(record_step(before, step, moment)), moment)


def kept(now: StepUpFacts) -> StepUpFacts:
    """What is evidence is kept, and whatever is due in another journey done at once."""
    now = now.having(evidence_kept=len(now.steps))
    while new := [one for one in missing.wanted(STEP_UP, now) if one.kind in LINKS and not now.ended(one)]:
        now = now.having(begun=tuple(dict.fromkeys((*now.begun, *new))), effects=(*now.effects, *map(result, new)))
    return now


def refused(before: StepUpFacts, step: Step, moment: datetime = NOW) -> Refusal:
    said = refusal(before, step, moment)
    assert said is not None
    return said


def asks(now: StepUpFacts) -> list[str | None]:
    """Which steps are missing, in their order."""
    return [need.step for need in next_steps(now)]


def keeping_time(now: StepUpFacts, moment: datetime) -> StepUpFacts:
    """Clocks begun and ended, due dates calculated, and those told whose rung has come, all at this moment."""
    now = update_clocks(now, moment)
    while working := calculations(now):
        now = now.having(begun=(*now.begun, *(effect for effect in working if effect not in now.begun)))
        found = tuple(calculated(now, effect, moment, None) for effect in working)
        now = update_clocks(now.having(effects=(*now.effects, *found)), moment)
    return update_clocks(raise_alerts(now, moment), moment)


def let_time_pass(now: StepUpFacts, until: datetime) -> StepUpFacts:
    """Each alert raised at its instant, up to this moment."""
    while (coming := next_rung(now)) is not None and coming.at <= until:
        now = keeping_time(now, coming.at)
    return keeping_time(now, until)


def known(now: StepUpFacts, ref: str, moment: datetime = NOW) -> StepUpFacts:
    """The directory has answered that it knows the service to which the referral was given."""
    effect = now.service_look_up
    assert effect is not None
    found = EffectResult(effect=effect, ended=Ended.DONE, at=moment, evidence=ref, service=service(ref=ref))
    begun_now = tuple(dict.fromkeys((*now.begun, effect)))
    return keeping_time(record_result(now.having(begun=begun_now), found), moment)


def _step(kind: type[S], said: dict[str, Any], changes: dict[str, Any]) -> S:
    usual = {"step_id": str(kind.model_fields["step"].default), "actor": HUB, "occurred_at": THEN}
    return kind.model_validate({**usual, **said, **changes})


def _refs(children: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    return tuple({"ref": ref} for ref in children)


def contact(*children: str, **changes: Any) -> RecordContact:
    return _step(RecordContact, {"children": _refs(children or EVERYONE), "spoken_to": SPOKEN}, changes)


def advice(**changes: Any) -> RecordAdviceTaken:
    said = {"adviser": "line_manager", "advised_by": "Mr Stone", "advice": "Ring Duty and Advice."}
    return _step(RecordAdviceTaken, said, changes)


def decided(of: Mapping[str, HarmOutcome | tuple[HarmOutcome, ...]], **changes: Any) -> RecordContactOutcome:
    """What the contact came to, child by child."""
    children = tuple({"ref": ref, "outcomes": said if isinstance(said, tuple) else (said,)} for ref, said in of.items())
    said = {"heard_from": HarmContact.DUTY_AND_ADVICE, "said_by": "Ms Green", "said_at": THEN, "children": children}
    return _step(RecordContactOutcome, {"actor": DUTY, **said}, changes)


def strategy(*children: str, section_47: bool = True, **changes: Any) -> RecordStrategyDiscussion:
    said = {"children": _refs(children or (CHILD,)), "held_at": THEN, "section_47": section_47}
    talked = {"police": "PC Hill", "health": "Ms Wood", "decided": "Social work sees the child today."}
    return _step(RecordStrategyDiscussion, {"actor": DUTY, **said, **talked}, changes)


def household(**changes: Any) -> RecordHousehold:
    return _step(RecordHousehold, {"considered": "The cousin who stays at weekends, too."}, changes)


def allegation(**changes: Any) -> RecordDesignatedOfficer:
    return _step(RecordDesignatedOfficer, {"taken_by": {"who": "Mr Rule", "at": THEN}}, changes)


def assessed(of: dict[str, Assessed], **changes: Any) -> RecordAssessmentOutcome:
    """What the assessment came to, child by child."""
    ends = {"needs_remain": False, "advised": "The children's centre has a place."}
    children = tuple(
        {"ref": ref, "outcome": said, **(ends if said is Assessed.NO_SOCIAL_WORK else {})} for ref, said in of.items()
    )
    return _step(RecordAssessmentOutcome, {"actor": WORKER, "children": children, "because": "As assessed."}, changes)


def worker(*children: str, **changes: Any) -> RecordSocialWorker:
    said = {"children": _refs(children or (CHILD,)), "social_worker": "sw-7", "taken_over_at": THEN}
    return _step(RecordSocialWorker, {"actor": MANAGER, **said}, changes)


def told(**changes: Any) -> RecordReferrerTold:
    return _step(
        RecordReferrerTold, {"actor": DUTY, "said": "It was looked at. Thank you.", "how": "By telephone"}, changes
    )


def not_told(**changes: Any) -> RecordReferrerTold:
    return _step(RecordReferrerTold, {"actor": DUTY, "not_told_because": "It may not be safe."}, changes)


def disagreement(**changes: Any) -> RecordDisagreement:
    return _step(RecordDisagreement, {"because": "The child is not safe at home."}, changes)


def answer(*, settled: bool = True, of: str = "record_disagreement", **changes: Any) -> AnswerDisagreement:
    said = {"actor": MANAGER, "of": of, "settled": settled, "because": "We talked it over."}
    return _step(AnswerDisagreement, said, changes)


def given_to(service_ref: str, **changes: Any) -> Reassign:
    return _step(Reassign, {"service_ref": service_ref, "because": "The family moved."}, changes)


def cancellation(**changes: Any) -> CancelReferral:
    return _step(CancelReferral, {"reason_code": "opened_in_error", "because": "Typed twice."}, changes)


def harm(*children: str, **changes: Any) -> ReportSignificantHarm:
    said = {"children": _refs(children or (CHILD,)), "concern": "New marks."}
    return _step(ReportSignificantHarm, said, changes)
