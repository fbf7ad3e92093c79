"""The Early Help Contact of a request: when it is due, what is written into it, each once, one after the other."""

from typing import Any

import pytest

from models.effects import Effect, Ended
from models.help_request.contact import AS_BEFORE, NOBODY_SAID, contact_entries
from models.help_request.facts import LOOK, HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.help_request.situation import Situation
from models.help_request.stage import Stage
from models.help_request.start import FormPart
from models.journey.missing import wanted
from models.journey.steps import Step
from models.kinds import EffectKind
from models.mosaic import ChildRecord, EarlyHelpEntry, LegalStatus, OpenPlan
from tests.builders import CHILD, NOW, SIBLING, intent, result, service
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.help_requests import (
    HUB,
    WHOLE,
    asks,
    cancellation,
    completed,
    consent,
    documents,
    facts,
    harm,
    matrix,
    reach,
    read,
    record,
    record_step,
    redirected,
    request,
    response,
    returned,
    routed,
    situations,
    stage,
    told,
    tried,
    waiting,
    whole,
    withdrawal,
)
from workflows.help_request.orders import ORDERS

FROM_DUTY_AND_ADVICE: dict[str, Any] = {
    "received": {"channel": "duty_and_advice", "at": NOW},
    "referrer": {"who": "The duty worker", "kind": "duty_and_advice", "reached": "By telephone"},
}
OWN_NO = {"who": "The young person", "relation": "child", "child": CHILD, "age": 17}
FROM_THE_FAMILY = {"referrer": {"who": "The mother", "kind": "family", "reached": "By telephone"}}


def entry(step: str = "read_for_harm") -> Effect:
    return Effect(kind=EffectKind.WRITE_CONTACT, child=CHILD, step=step)


def written(now: HelpFacts) -> list[str]:
    """By which steps entries were written, in their order."""
    done = [one.effect for one in now.effects if one.effect.kind is EffectKind.WRITE_CONTACT]
    assert len(done) == len(set(done)), "each once"
    return [effect.step or "" for effect in done]


def undone(*steps: Step, **changes: Any) -> HelpFacts:
    """As ``whole``, while nothing was written into Mosaic yet."""
    now = whole(*steps, **changes)
    return now.having(begun=(), effects=tuple(one for one in now.effects if one.effect.step is None))


def looked_at(now: HelpFacts, **shown: Any) -> HelpFacts:
    """Mosaic shows this of the lead child, and nothing of the others."""
    seen = result(LOOK).model_copy(update={"records": {CHILD: ChildRecord(**shown)}})
    return now.having(effects=tuple(seen if one.effect == LOOK else one for one in now.effects))


def ending(now: HelpFacts, effect: Effect, ended: Ended = Ended.DONE) -> HelpFacts:
    return now.having(begun=(*now.begun, effect), effects=(*now.effects, result(effect, ended)))


def order(now: HelpFacts, effect: Effect) -> Any:
    return ORDERS.effects[EffectKind.WRITE_CONTACT].order(now, intent(effect))


@pytest.mark.clause("ER-09")
@pytest.mark.clause("ER-11")
def test_a_request_that_is_read_and_complete_is_written_into_the_contact_of_the_lead_child() -> None:
    now = undone()
    assert contact_entries(now) == (entry(),)
    assert entry() in wanted(HELP_REQUEST, now)
    said = order(now, entry())
    assert (said.child_ref, said.team, said.may_start, said.number) == (CHILD, "team-eh", True, None)
    assert said.entry == EarlyHelpEntry(
        who_asks="Ms Field, Oak Primary School",
        current_issues="Help with the mornings.\nHow the family may be reached safely: By telephone, before noon",
        work_so_far="Breakfast club, and a talk each week.",
    )


@pytest.mark.clause("ER-09")
def test_until_its_entries_are_written_a_request_that_was_answered_waits_for_them_and_says_so() -> None:
    assert asks(undone(response(), told())) == ["ER-09"]
    assert asks(whole(response(), told())) == []


@pytest.mark.clause("ER-15")
def test_where_nobody_knows_how_the_family_is_reached_safely_the_contact_says_so() -> None:
    now = whole(reach(reach={"safely": "Only at school"}), read(step_id="again"), reach=None)
    assert "ask before anybody writes or rings" in order(now, entry()).entry.current_issues
    assert written(now) == ["read_for_harm", "record_reach"]
    said = order(now, entry("record_reach")).entry
    assert said.current_issues == "How the family may be reached safely: Only at school"


@pytest.mark.clause("ER-09a")
def test_the_number_of_a_contact_that_the_referrer_started_goes_along_with_the_request_itself() -> None:
    now = whole(response(), contact_number="WS-7")
    assert [order(now, entry(step)).number for step in written(now)] == ["WS-7", None]


def lacking(**changes: Any) -> HelpFacts:
    return facts(matrix(), tried(), read(), **{**WHOLE, **changes})


NOT_DUE: dict[str, HelpFacts] = {
    "not known to be nobody else's": whole().having(effects=(), begun=()),
    "open to social work": looked_at(undone(), open_plan=OpenPlan.CHILD_IN_NEED),
    "not read": facts(matrix(), tried(), **WHOLE),
    "without part 1": lacking(forms=()),
    "on an old form": lacking(forms=({"part": "part_1", "version": "2019"},)),
    "without the plan that is open": lacking(plan_open=True),
    "without consent or power": lacking(agreement=None),
    "what was tried not asked": facts(matrix(), read(), **WHOLE),
    "restricted": undone(restricted=True),
    "the lead child in another open journey": whole(
        opened={"elsewhere": ({"child": CHILD, "holder": "transfer-7", "kind": "step-down"},)}
    ),
    "answered by a team without Mosaic": whole(opened={"service": service(mosaic_team=None)}),
    "with harm": undone(harm()),
    "cancelled": undone(cancellation()),
    "without word whether a plan is open": lacking(plan_open=None),
    "against the lead child's own word": undone(withdrawal(withdrawn_by=OWN_NO), consent(occurred_at=NOW)),
    "withdrawn": undone(withdrawal()),
    "withdrawn, from Duty and Advice": undone(withdrawal(), **FROM_DUTY_AND_ADVICE),
    "routed": undone(routed()),
    "redirected": undone(redirected()),
    "returned": undone(returned()),
}


@pytest.mark.clause("ER-09")
@pytest.mark.parametrize("why", NOT_DUE)
def test_nothing_is_written_for_a_request_that_is(why: str) -> None:
    assert contact_entries(NOT_DUE[why]) == ()


@pytest.mark.clause("SU-04")
def test_a_request_that_duty_and_advice_pass_on_is_written_without_form_or_consent() -> None:
    now = facts(matrix(), tried(), read(), **FROM_DUTY_AND_ADVICE)
    assert written(now) == ["read_for_harm"]


@pytest.mark.clause("ER-05")
def test_a_family_is_not_asked_what_was_tried_and_what_it_says_of_it_is_added() -> None:
    now = undone(**FROM_THE_FAMILY)
    assert order(now, entry()).entry.work_so_far == NOBODY_SAID
    assert contact_entries(ending(now, entry())) == (entry(), entry("record_graduated_response"))


@pytest.mark.clause("ER-11")
def test_what_comes_is_added_once_each_and_in_its_order() -> None:
    later = tried(step_id="more", tried="A mentor since May.", corrects="record_graduated_response")
    now = whole(documents(FormPart.PART_2), later, read(step_id="again"), waiting(), told())
    assert written(now) == ["read_for_harm", "receive_documents", "more", "record_response"]
    assert written(record(now, response(step_id="begun"))) == [*written(now), "begun"]
    said = [order(now, entry(step)).entry for step in written(now)[1:]]
    assert {one.current_issues for one in said} == {AS_BEFORE}
    assert {one.who_asks for one in said} == {None}
    assert [one.work_so_far for one in said] == [
        "Came: part 2 of version 2025-08.",
        "A mentor since May.",
        f"Answered: {waiting().gist}.",
    ]
    assert not any(order(now, entry(step)).may_start for step in written(now)[1:])


@pytest.mark.clause("ER-14")
def test_why_a_request_was_answered_so_does_not_go_along() -> None:
    now = whole(response(because="The father must not know."))
    assert "father" not in order(now, entry("record_response")).entry.work_so_far


@pytest.mark.clause("ER-11")
def test_nothing_is_added_before_the_request_itself_stands_there() -> None:
    now = undone(documents(FormPart.PART_2), read(step_id="again"))
    assert contact_entries(now) == (entry(),)
    assert contact_entries(ending(now, entry())) == (entry(), entry("receive_documents"))


def test_where_a_person_leaves_the_contact_out_nothing_is_added_to_it() -> None:
    now = ending(undone(response()), entry(), Ended.SKIPPED)
    assert contact_entries(now) == (entry(),)


def test_where_a_person_wrote_it_by_hand_what_comes_is_added() -> None:
    now = ending(undone(response()), entry(), Ended.BY_HAND)
    assert contact_entries(now) == (entry(), entry("record_response"))


def test_what_was_corrected_before_it_was_written_is_written_as_corrected() -> None:
    right = tried(step_id="right", tried="A mentor.", corrects="record_graduated_response")
    now = undone(right, read(step_id="again"), response(), response(step_id="r-2", corrects="record_response"))
    assert order(now, entry()).entry.work_so_far == "A mentor."
    assert contact_entries(ending(ending(now, entry()), entry("right")))[2:] == (entry("r-2"),)


@pytest.mark.clause("ER-09a")
def test_a_request_ends_only_when_its_answer_stands_in_the_contact() -> None:
    now = record_step(record_step(whole(), response(), NOW), told(), NOW)
    now = now.having(evidence_kept=len(now.steps))
    assert stage(now) is Stage.RESPONSE
    assert stage(ending(now, entry("record_response"))) is Stage.CLOSED


@pytest.mark.clause("ER-07")
@pytest.mark.parametrize("step", [harm(), cancellation()], ids=["harm", "the end"])
def test_neither_harm_nor_the_end_waits_for_the_contact(step: Step) -> None:
    now = record_step(undone().having(begun=(entry(),)), step, NOW)
    assert entry() not in wanted(HELP_REQUEST, now)


@pytest.mark.clause("SD-09a")
def test_after_a_yes_that_follows_a_withdrawal_it_is_due_again() -> None:
    now = undone(withdrawal(), consent(step_id="yes", occurred_at=NOW))
    assert contact_entries(now) == (entry(),)


@pytest.mark.clause("ER-12")
def test_a_request_that_was_completed_is_written_then() -> None:
    now = whole(forms=())
    assert written(now) == []
    for step in (returned(), documents(), completed(), read(step_id="again")):
        now = record(now, step)
    assert written(now) == ["read_for_harm", "receive_documents"]


def test_a_number_is_a_reference_and_never_words() -> None:
    with pytest.raises(ValueError, match="contact_number"):
        request(contact_number="the one of Ms Field")


def test_the_hub_writes_it() -> None:
    assert order(undone(), entry()).privacy == "narrative"
    assert HUB.id not in order(undone(), entry()).intent.key


SHOWN: dict[str, tuple[dict[str, Any], Situation | None]] = {
    "a plan": ({"open_plan": OpenPlan.CHILD_PROTECTION}, Situation.OPEN_TO_SOCIAL_WORK),
    "an enquiry": ({"open_enquiry": True}, Situation.OPEN_TO_SOCIAL_WORK),
    "proceedings": ({"proceedings": True}, Situation.OPEN_TO_SOCIAL_WORK),
    "an assessment under way": ({"assessment_authorised": False}, Situation.OPEN_TO_SOCIAL_WORK),
    "a supervision order": ({"legal_statuses": (LegalStatus.SUPERVISION_ORDER,)}, Situation.OPEN_TO_SOCIAL_WORK),
    "looked after": (
        {"legal_statuses": (LegalStatus.LOOKED_AFTER,), "open_plan": OpenPlan.CHILD_IN_NEED},
        Situation.LOOKED_AFTER,
    ),
    "a care order": ({"legal_statuses": (LegalStatus.CARE_ORDER,)}, Situation.LOOKED_AFTER),
    "expected": ({"expected_on": "2026-06-01"}, Situation.UNBORN),
    "born since": ({"expected_on": "2026-06-01", "born_on": "2026-05-20"}, None),
    "nothing": (dict(NOTHING_KEEPS_OPEN), None),
    "no word": ({}, None),
}


@pytest.mark.clause("ER-15")
@pytest.mark.parametrize("what", SHOWN)
def test_who_answers_for_a_child_is_read_from_mosaic_where_mosaic_says_it(what: str) -> None:
    shown, situation = SHOWN[what]
    now = looked_at(whole(), **shown)
    assert dict(now.situations) == ({CHILD: situation} if situation else {})


@pytest.mark.clause("ER-15")
def test_what_a_person_says_of_a_child_holds_over_what_mosaic_shows() -> None:
    now = looked_at(whole(situations({CHILD: Situation.NONE})), open_plan=OpenPlan.CHILD_IN_NEED)
    assert not now.situations


@pytest.mark.clause("ER-15")
def test_a_request_about_children_whom_social_work_has_is_to_be_routed_by_what_mosaic_shows() -> None:
    shown = ChildRecord(open_plan=OpenPlan.CHILD_IN_NEED)
    seen = result(LOOK).model_copy(update={"records": dict.fromkeys((CHILD, SIBLING), shown)})
    now = whole()
    assert not now.to_be_routed
    assert now.having(effects=(seen,)).to_be_routed


@pytest.mark.clause("ER-15")
def test_mosaic_is_asked_of_every_child_as_the_request_opens() -> None:
    now = facts().having(begun=(), effects=())
    assert wanted(HELP_REQUEST, now) == (LOOK,)
    asks = ORDERS.effects[EffectKind.LOOK_AT_CHILDREN].order(now, intent(LOOK))
    assert asks.child_refs == (CHILD, SIBLING)
