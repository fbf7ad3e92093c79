"""What turns a transfer: consent withdrawn, another service, the end before its time, one more child, other people."""

from collections.abc import Callable
from typing import Any

import pytest

from models.attention import Resolution
from models.effects import Effect, Ended
from models.journey.counting import told_of
from models.journey.projection import News, projection
from models.journey.recording import record_result as finish
from models.journey.steps import Cancel, Step
from models.kinds import EffectKind
from models.step_down.effects import closures, conversation_requested, service_told
from models.step_down.effects import letters as due_letters
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.practitioners import advice_summaries
from models.step_down.stage import Outcome, Stage
from models.step_down.start import Criteria
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters, RecordFamiliesFirstNotification
from models.step_down.steps.consent import RecordConsent, RecordExploration, WithdrawConsent
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordAdviceSummary, RecordDecisions
from models.step_down.steps.first_contact import AgreeStart, DecideFirstContact, RecordFirstContact
from models.step_down.steps.sharing import RecordFamilySharing
from models.step_down.steps.transfer import ChangeService
from tests.builders import (
    ASSESSMENT,
    CHILD,
    MANAGER,
    SIBLING,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    agreed_start,
    attention,
    begin,
    cancellation,
    child_consent,
    close_child,
    consent,
    conversation,
    decided,
    decision,
    end,
    exploration,
    facts,
    facts_after,
    facts_before,
    facts_declined_and_talked_about,
    families_first,
    family_record,
    family_sharing,
    interim_contact,
    letter,
    letter_to_agency,
    letters,
    looked_at,
    management_conversation,
    no_letter,
    not_agreed,
    not_appropriate,
    not_us,
    offer,
    opening,
    other_service,
    practitioner,
    reassigned,
    record,
    refused,
    refused_consent,
    request,
    resolution,
    result,
    seen,
    service,
    taken_back,
    the_share,
    to_family,
    whole_path,
    with_school,
    withdrawal,
    without_mosaic,
)
from tests.step_down import everything_wanted, next_steps, outcome, stage, status

BOTH = (CHILD, SIBLING)
TRANSFER, CLOSES, STAYS = Decision.TRANSFER, Decision.NO_FURTHER_SUPPORT, Decision.STAYS_WITH_SOCIAL_WORK


def consent_to_south(*children: str, **changes: Any) -> RecordConsent:
    return consent(*children, **{"service_ref": "service-south", "step_id": "consent-south", **changes})


LOOK_UP = Effect(kind=EffectKind.LOOK_UP_SERVICE, service="service-south", step="change_service")
RESERVE = Effect(kind=EffectKind.RESERVE_CHILD, child="child-c")


def begun(now: StepDownFacts, kind: EffectKind) -> list[str]:
    """What the effects of a kind that were begun are about, as their keys name it."""
    return [effect.id.removeprefix(f"{kind}/") for effect in now.begun if effect.kind is kind]


def told(now: StepDownFacts) -> list[str]:
    """Whom a message told that something changed, and by which step."""
    return begun(now, EffectKind.TELL_SERVICE)


def asked(now: StepDownFacts) -> list[str]:
    return begun(now, EffectKind.REQUEST_CONVERSATION)


def one_of_two_decided(how: Decision = TRANSFER) -> StepDownFacts:
    return facts_after(decided({CHILD: how}), before=facts_before(RecordDecisions, *BOTH))


def being_closed(*children: str) -> StepDownFacts:
    refs = children or (CHILD,)
    before = record(facts_before(RecordDecisions, *refs), decided(dict.fromkeys(refs, TRANSFER)))
    return begin(before, *closures(before))


def ready() -> StepDownFacts:
    return facts_after(letters(no_letter()), before=facts_before(RecordDecisions))


TURNS: dict[type[Step], Step] = {
    ChangeService: other_service(),
    WithdrawConsent: withdrawal(),
    Cancel: cancellation(),
}
LATER: dict[type[Step], Step] = {
    RecordDecisions: decided(
        {CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="decision-2", corrects="record_decisions"
    ),
    NameLeadPractitioner: practitioner(step_id="practitioner-2"),
}
"""What the letters that had been sent did not say."""


def told_of_the_contact() -> StepDownFacts:
    """The family has a letter that names the interim contact."""
    return facts_after(interim_contact(), advice(), decision(), letters(), before=facts_before(NameLeadPractitioner))


def families_first_told() -> StepDownFacts:
    return facts_after(
        *whole_path()[:-2],
        families_first(),
        acknowledgement(accepted=False),
        management_conversation(),
        before=facts(opening=opening(service=without_mosaic())),
    )


def start_agreed_later() -> StepDownFacts:
    unknown = agreed_child(realistic_start=None, start_not_known_because="the post is being filled")
    return facts_after(conversation(unknown), agreed_start(), before=facts_before(RecordContactConversation))


UNDONE: list[tuple[type[Step], type[Step], Callable[[], StepDownFacts]]] = [
    (RecordConsent, ChangeService, lambda: facts_after(consent())),
    (RecordConsent, WithdrawConsent, lambda: facts_after(consent())),
    (WithdrawConsent, ChangeService, lambda: facts_after(consent(), withdrawal(step_id="withdrawal-1"))),
    (AnswerRequest, ChangeService, lambda: facts_after(offer(), before=facts_before(RecordContactConversation))),
    (RecordContactConversation, ChangeService, ready),
    (NameLeadPractitioner, ChangeService, ready),
    (ApproveLetters, ChangeService, ready),
    (ApproveLetters, WithdrawConsent, ready),
    (ApproveLetters, Cancel, ready),
    (ApproveLetters, RecordDecisions, facts_declined_and_talked_about),
    (ApproveLetters, NameLeadPractitioner, told_of_the_contact),
    (AcknowledgeTransfer, ChangeService, facts_declined_and_talked_about),
    (AgreeStart, ChangeService, start_agreed_later),
    (RecordFirstContact, ChangeService, taken_back),
    (DecideFirstContact, ChangeService, taken_back),
    (RecordFamiliesFirstNotification, ChangeService, families_first_told),
]


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    ("kind", "turn", "before"), UNDONE, ids=[f"{kind.__name__} by {turn.__name__}" for kind, turn, _ in UNDONE]
)
def test_a_turn_undoes_what_rested_on_what_was_before(
    kind: type[Step], turn: type[Step], before: Callable[[], StepDownFacts]
) -> None:
    now = before()
    assert now.last_of(kind) is not None
    after = record(now, {**TURNS, **LATER}[turn])
    assert after.last_of(kind) is None
    assert len(after.steps) == len(now.steps) + 1, "it stays on the timeline"


def test_everything_that_a_turn_undoes_is_tried() -> None:
    assert {(kind, turn) for kind, turns in StepDownFacts.UNDONE_BY.items() for turn in turns} == {
        row[:2] for row in UNDONE
    }


KEPT = [
    *((ChangeService, kind) for kind in (RecordExploration, RecordFamilySharing, RecordAdviceSummary)),
    *(
        (turn, kind)
        for turn in (WithdrawConsent, Cancel)
        for kind in (RecordFamilySharing, RecordContactConversation, NameLeadPractitioner, RecordAdviceSummary)
    ),
    (Cancel, RecordConsent),
]


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(("turn", "kind"), KEPT, ids=[f"{kind.__name__} by {turn.__name__}" for turn, kind in KEPT])
def test_a_turn_leaves_what_did_not_rest_on_it(turn: type[Step], kind: type[Step]) -> None:
    assert record(ready(), TURNS[turn]).last_of(kind) == ready().last_of(kind)


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize("turn", TURNS.values(), ids=lambda step: step.step)
def test_a_turn_voids_that_a_child_passes_on(turn: Step) -> None:
    assert facts_after(turn, before=one_of_two_decided()).child(CHILD).decision is None


@pytest.mark.clause("SD-09a")
def test_once_its_closing_has_begun_what_was_decided_for_a_child_stands() -> None:
    assert record(being_closed(), withdrawal()).child(CHILD).decision is not None


@pytest.mark.clause("SD-23")
@pytest.mark.parametrize("turn", TURNS.values(), ids=lambda step: step.step)
@pytest.mark.parametrize("how", [CLOSES, STAYS])
def test_no_turn_voids_that_a_child_closes_or_stays(turn: Step, how: Decision) -> None:
    before = facts_after(decided({CHILD: how}), before=facts_before(RecordDecisions, *BOTH))
    assert [child.ref for child in facts_after(turn, before=before).decided(how)] == [CHILD]


@pytest.mark.clause("SD-09a")
def test_consent_withdrawn_for_one_child_leaves_its_siblings_consent_and_decision() -> None:
    after = facts_after(withdrawal(SIBLING), before=one_of_two_decided())
    assert (after.child(CHILD).consents, after.child(SIBLING).consents) == (True, False)
    assert (after.child(CHILD).withdrawn, after.child(SIBLING).withdrawn) == (False, True)
    assert after.child(CHILD).decision is not None
    assert [child.value("consent_stands") for child in status(after).children] == [True, False]


@pytest.mark.clause("SD-09a")
def test_the_timeline_says_what_will_not_be_done_any_more_and_nothing_of_what_goes_on() -> None:
    before = record(facts_after(*whole_path(*BOTH)[:6], before=facts(*BOTH)), decided(dict.fromkeys(BOTH, TRANSFER)))
    one = record(before, withdrawal(SIBLING))
    assert one.steps[-1].will_not_be_done == (close_child(SIBLING),)
    all_of_them = record(before, cancellation())
    assert set(all_of_them.steps[-1].will_not_be_done) >= {close_child(CHILD), close_child(SIBLING)}
    [line] = [entry.what for entry in status(one).timeline if entry.what.startswith("Had been sent by then")]
    assert line.endswith(f". Will no longer be done: Close a child's case in Mosaic: {SIBLING}")


@pytest.mark.clause("SD-09a")
def test_consent_withdrawn_for_one_child_and_given_again_lets_both_pass_on() -> None:
    before = facts_after(withdrawal(SIBLING), before=facts_before(RecordDecisions, *BOTH))
    assert refused(before, decided(dict.fromkeys(BOTH, TRANSFER))).field == "children.1.decision"
    again = facts_after(consent(SIBLING, step_id="consent-2"), before=before)
    assert not again.child(SIBLING).withdrawn
    rest = (decided(dict.fromkeys(BOTH, TRANSFER)), to_family(*BOTH), acknowledgement(*BOTH), seen(*BOTH))
    assert outcome(facts_after(*rest, before=again)) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-09a")
def test_consent_withdrawn_and_given_again_goes_on_where_the_transfer_stood() -> None:
    before = facts_after(withdrawal(), before=facts_before(RecordContactConversation))
    assert stage(before) is Stage.DECISION
    again = facts_after(consent(step_id="consent-2"), before=before)
    assert stage(again) is Stage.CONVERSATION
    assert outcome(facts_after(*whole_path()[3:], before=again)) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-09a")
def test_a_child_whose_consent_was_withdrawn_is_asked_about_no_more_than_its_answer() -> None:
    after = facts_after(withdrawal(SIBLING), before=facts_before(RecordContactConversation, *BOTH))
    assert stage(after) is Stage.CONVERSATION, "the sibling's answer is known"


@pytest.mark.clause("SD-09a")
def test_what_is_under_way_to_the_service_is_no_longer_wanted_once_consent_is_withdrawn() -> None:
    before = record(facts_before(RecordFamilySharing), family_sharing())
    share = the_share(before)
    assert share is not None
    assert share in everything_wanted(before)
    after = record(begin(before, share), withdrawal())
    assert share not in everything_wanted(after)
    assert the_share(after) is None


@pytest.mark.clause("SD-09a")
def test_agencies_are_not_written_to_any_more_once_consent_is_withdrawn() -> None:
    before = record(with_school(being_closed()), letters(letter(), letter_to_agency()))
    assert [effect.letter for effect in due_letters(before)] == ["letter-1", "letter-2"]
    assert due_letters(record(before, withdrawal())) == (), "the approval is void"


@pytest.mark.clause("SD-09a")
def test_consent_withdrawn_after_closing_has_begun_asks_operations_and_sends_no_advice_about_the_child() -> None:
    after = record(being_closed(*BOTH), withdrawal(SIBLING))
    [item] = after.open_attention
    assert (item.problem, item.effect) == ("withdrawn_too_late", None)
    closed = facts_after(to_family(*BOTH), before=end(after, *after.unfinished))
    assert advice_summaries(closed) != ()
    assert [need.step for need in next_steps(closed)] == ["acknowledge_transfer", "resolve_attention"]
    ended = facts_after(acknowledgement(CHILD), seen(), resolution("A1", Resolution.DONE_BY_HAND), before=closed)
    assert (stage(ended), outcome(ended)) == (Stage.CLOSED, Outcome.TRANSFERRED)


@pytest.mark.clause("SD-09a")
def test_consent_withdrawn_for_the_only_child_after_closing_has_begun_sends_no_advice_and_awaits_no_answer() -> None:
    after = record(end(being_closed(), close_child(CHILD)), withdrawal())
    assert advice_summaries(after) == ()
    assert "acknowledge_transfer" not in [need.step for need in next_steps(after)]
    assert [child.ref for child in after.decided(TRANSFER)] == [CHILD], "it was closed"


@pytest.mark.clause("SD-09a")
def test_consent_withdrawn_before_closing_has_begun_asks_no_operations() -> None:
    assert facts_after(withdrawal(), before=facts_before(RecordDecisions)).raised == ()


@pytest.mark.clause("SD-09a")
def test_a_closing_that_was_stopped_leaves_the_child_undecided() -> None:
    after = record(being_closed(), withdrawal())
    assert close_child(CHILD) not in everything_wanted(after)
    stopped = after.model_copy(update={"begun": tuple(e for e in after.begun if e != close_child(CHILD))})
    assert stopped.child(CHILD).decision is None
    assert [need.step for need in next_steps(stopped)][:2] == ["record_consent", "record_decisions"]


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize("turn", TURNS.values(), ids=lambda step: step.step)
@pytest.mark.parametrize(
    ("before", "knew"),
    [
        (lambda: facts_after(consent()), False),
        (lambda: facts_before(RecordFamilySharing), False),
        (lambda: facts_before(RecordContactConversation), True),
    ],
    ids=["nothing was shared", "consent only", "asked and shared"],
)
def test_a_service_is_told_that_it_is_to_stop_only_if_it_knew(
    before: Callable[[], StepDownFacts], knew: bool, turn: Step
) -> None:
    after = facts_after(turn, before=before())
    assert told(after) == ([f"service-north/{turn.step}"] if knew else [])


@pytest.mark.clause("SD-09a")
def test_a_service_that_has_the_document_and_was_not_asked_yet_is_told_too() -> None:
    before = record(facts_before(RecordFamilySharing), family_sharing())
    share = the_share(before)
    assert share is not None
    assert told(facts_after(withdrawal(), before=begin(before, share))) == ["service-north/withdraw_consent"]


@pytest.mark.clause("SD-09a")
def test_a_contact_who_was_told_to_stop_is_asked_anew_once_consent_is_given_again() -> None:
    before = facts_after(withdrawal(), before=facts_before(RecordContactConversation))
    assert asked(before) == ["service-north"]
    assert asked(facts_after(consent(step_id="consent-2"), before=before)) == ["service-north", "service-north/2"]


@pytest.mark.clause("SD-09a")
def test_another_service_starts_with_the_familys_consent_and_gets_document_and_request_of_its_own() -> None:
    turned = facts_after(other_service(), before=facts_before(RecordDecisions))
    assert (turned.service_ref, stage(turned)) == ("service-south", Stage.CONSENT)
    assert turned.child(CHILD).consents is False
    assert refused(turned, consent(step_id="consent-2")).field == "service_ref"
    agreed = facts_after(consent_to_south(), before=turned)
    shared = Effect(kind=EffectKind.SHARE_DOCUMENT, document=ASSESSMENT, version=1, service="service-south")
    assert the_share(agreed) == shared
    assert the_share(agreed) in agreed.begun
    assert (stage(agreed), asked(agreed)) == (Stage.CONVERSATION, ["service-north", "service-south"])
    talked = facts_after(conversation(step_id="conversation-2"), before=agreed)
    assert [need.step for need in next_steps(talked)] == ["name_lead_practitioner", "record_decisions"]
    rest = (practitioner(step_id="practitioner-2"), decision(), letters(), acknowledgement(), seen())
    assert outcome(facts_after(*rest, before=talked)) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-06")
def test_nothing_goes_to_another_service_before_the_directory_has_answered() -> None:
    turned = record(facts_before(RecordContactConversation), other_service())
    turned = record(turned, consent_to_south())
    assert turned.service is None
    assert the_share(turned) is None
    assert conversation_requested(turned) == ()
    assert LOOK_UP in everything_wanted(turned)
    found = end(begin(turned, LOOK_UP), LOOK_UP)
    assert found.service is not None
    assert found.service.name == "Early Help South"
    assert the_share(found) is not None


@pytest.mark.clause("SD-06")
def test_a_service_that_the_directory_does_not_know_gives_way_to_another_one() -> None:
    before = record(facts(), other_service())
    after = record(begin(before, LOOK_UP), other_service("service-east", step_id="change-2"))
    again = Effect(kind=EffectKind.LOOK_UP_SERVICE, service="service-east", step="change-2")
    assert LOOK_UP not in everything_wanted(after)
    assert again in everything_wanted(after)


@pytest.mark.clause("SD-09a")
def test_going_back_to_a_service_that_was_told_to_stop_asks_it_anew() -> None:
    south = facts_after(other_service(), consent_to_south(), before=facts_before(RecordContactConversation))
    back = facts_after(other_service("service-north", step_id="change-2"), consent(step_id="consent-3"), before=south)
    assert told(back) == ["service-north/change_service", "service-south/change-2"]
    assert asked(back) == ["service-north", "service-south", "service-north/2"]
    assert begun(back, EffectKind.LOOK_UP_SERVICE) == ["service-south/change_service", "service-north/change-2"]


@pytest.mark.clause("SD-06")
def test_a_service_to_which_the_transfer_comes_back_is_asked_where_the_directory_has_it_by_then() -> None:
    south = facts_after(other_service(), consent_to_south(), before=facts_before(RecordContactConversation))
    back = record(south, other_service("service-north", step_id="change-2"))
    assert back.service is None, "nothing goes there before the directory was asked"
    look_up = Effect(kind=EffectKind.LOOK_UP_SERVICE, service="service-north", step="change-2")
    moved = service(contact_email="new@north.example")
    known = finish(begin(back, look_up), result(look_up).model_copy(update={"service": moved}))
    assert known.service == moved
    assert known.known_service("service-north") == moved


@pytest.mark.clause("SD-06")
def test_a_transfer_that_runs_is_told_of_another_address_and_goes_on_as_it_was_begun_otherwise() -> None:
    now = facts_before(RecordContactConversation)
    moved = service(contact_email="new@north.example", mosaic_team=None)
    told = told_of(now, News(services=(service().reached_as(moved),)), 0)
    assert told.known_service("service-north") == service(contact_email="new@north.example")
    assert projection(STEP_DOWN, told, 1).services == told.services
    again = told_of(told, News(services=(service(contact_email="third@north.example"),)), 0)
    assert [one.contact_email for one in again.services] == ["third@north.example"]


@pytest.mark.clause("SD-33a")
def test_nothing_goes_to_another_address_of_the_service_at_which_somebody_of_the_family_reads() -> None:
    before = facts_after(exploration(), consent(), before=facts())
    address = before.family.people[0].contact.ways[0].to if before.family else ""
    told = told_of(before, News(services=(service(contact_email=address),)), 0)
    after = record(told, family_sharing())
    assert EffectKind.REQUEST_CONVERSATION not in {effect.kind for effect in everything_wanted(after)}
    as_known = record(before, family_sharing())
    assert EffectKind.REQUEST_CONVERSATION in {effect.kind for effect in everything_wanted(as_known)}


@pytest.mark.clause("SD-09a")
def test_where_one_service_found_it_not_appropriate_another_may_take_the_children() -> None:
    before = facts_after(not_appropriate(), before=facts_before(RecordContactConversation))
    turned = facts_after(other_service(), consent_to_south(), before=before)
    assert stage(turned) is Stage.CONVERSATION


@pytest.mark.clause("SD-07")
@pytest.mark.parametrize(
    "answer",
    [not_us(), not_appropriate(), conversation(not_agreed())],
    ids=["as its contact says", "as the conversation found", "no child was agreed"],
)
def test_what_is_not_for_the_service_leaves_the_children_to_be_decided_otherwise(answer: Step) -> None:
    after = facts_after(answer, before=facts_before(RecordContactConversation))
    assert stage(after) is Stage.DECISION
    assert [need.step for need in next_steps(after)] == ["change_service", "record_decisions"]
    assert conversation_requested(after) == ()


@pytest.mark.clause("SD-01")
@pytest.mark.clause("SD-02")
@pytest.mark.clause("SD-03")
@pytest.mark.parametrize("criterion", ["no_further_role", "needs_early_help_can_meet", "response_required"])
def test_what_is_not_for_early_help_from_the_start_leaves_the_children_to_be_decided_otherwise(criterion: str) -> None:
    met = {"no_further_role": True, "needs_early_help_can_meet": True, "response_required": True}
    judged = Criteria.model_validate({**met, "because": "as it was found", criterion: False})
    now = facts(request=request(criteria=judged))
    assert [need.step for need in next_steps(now)] == ["record_decisions"]
    agreed = facts_before(RecordContactConversation).model_copy(update={"request": now.request})
    assert the_share(agreed) is None
    assert conversation_requested(agreed) == ()


def test_a_transfer_that_was_cancelled_is_open_until_every_child_is_decided_and_the_family_is_written_to() -> None:
    before = facts_after(cancellation(), before=facts_before(RecordContactConversation, *BOTH))
    assert stage(before) is Stage.DECISION
    one = facts_after(decided({CHILD: STAYS}), before=before)
    assert stage(one) is Stage.DECISION
    two = facts_after(decided({SIBLING: STAYS}, step_id="decide-2"), before=one)
    assert stage(two) is Stage.CONFIRMATION
    assert outcome(facts_after(to_family(*BOTH), before=two)) is Outcome.CANCELLED


def test_nothing_more_goes_to_the_service_once_the_transfer_is_cancelled() -> None:
    before = record(facts_before(RecordFamilySharing), family_sharing())
    assert the_share(before) is not None
    after = record(before, cancellation())
    assert the_share(after) is None
    assert conversation_requested(after) == ()


@pytest.mark.clause("SD-33")
def test_letters_are_approved_anew_after_a_turn_and_one_that_was_sent_stays_as_it_is() -> None:
    before = facts_before(AcknowledgeTransfer, *BOTH)
    turned = facts_after(withdrawal(SIBLING), before=before)
    assert turned.letters is None
    assert "approve_letters" in [need.step for need in next_steps(turned)]
    changed = refused(turned, letters(letter("letter-1", CHILD), letter("letter-3", *BOTH), step_id="letters-2"))
    assert (changed.field, changed.clause) == ("letters", "SD-33")
    assert refused(turned, to_family(*BOTH, step_id="letters-2")).reason.startswith(
        "Tell what has changed since the last letter"
    )
    after = facts_after(letters(letter("letter-3", *BOTH), step_id="letters-2"), before=turned)
    assert begun(after, EffectKind.SEND_LETTER) == ["letter-1", "letter-3"]


def test_a_child_that_was_added_goes_the_whole_way() -> None:
    new = "child-c"
    added = facts_after(added_child(), family_record(CHILD, new), before=facts_before(RecordDecisions))
    assert added.child_refs == (CHILD, new)
    assert RESERVE in added.begun
    asked_for = facts_after(consent(new, step_id="consent-2"), before=added)
    talked = facts_after(conversation(new, step_id="conversation-2"), before=asked_for)
    assert talked.child(CHILD).agreement == agreed_child(CHILD), "what was said of the first stays"
    advised = facts_after(advice(new, step_id="advice-2"), before=talked)
    rest = (
        decided(dict.fromkeys((CHILD, new), TRANSFER)),
        to_family(CHILD, new),
        acknowledgement(CHILD, new),
        seen(CHILD, new),
    )
    ended = facts_after(*rest, before=advised)
    assert outcome(ended) is Outcome.TRANSFERRED
    assert {close_child(CHILD), close_child(new)} <= set(ended.begun)


@pytest.mark.clause("SD-09")
def test_consent_of_the_first_children_does_not_hold_for_the_one_that_was_added() -> None:
    added = facts_after(added_child(), before=facts_before(RecordDecisions))
    assert not added.child("child-c").consents
    assert stage(added) is Stage.CONSENT


def test_a_child_that_was_added_is_reserved_at_once_and_belongs_unless_a_person_skips_it() -> None:
    before = record(facts(), added_child())
    assert RESERVE in everything_wanted(before)
    assert "child-c" in before.child_refs
    assert stage(end(begin(before, RESERVE), RESERVE)) is Stage.CONSENT
    skipped = end(begin(before, RESERVE), RESERVE, ended=Ended.SKIPPED)
    assert skipped.child_refs == (CHILD,)
    assert [child.ref for child in status(skipped).children] == [CHILD]


@pytest.mark.parametrize(
    ("changes", "responsible"),
    [
        ({}, ("sw-8", "tm-1", "team-sw")),
        ({"social_worker": None, "team_manager": "tm-2"}, ("sw-7", "tm-2", "team-sw")),
        ({"social_work_team": "team-9"}, ("sw-8", "tm-1", "team-9")),
    ],
)
def test_who_is_responsible_changes_as_far_as_a_step_says_so(
    changes: dict[str, Any], responsible: tuple[str, ...]
) -> None:
    now = status(facts_after(reassigned(**changes)))
    assert (now.social_worker, now.team_manager, now.social_work_team) == responsible


def test_the_last_word_on_who_is_responsible_counts() -> None:
    now = facts_after(reassigned(), reassigned(step_id="second", social_worker=None, team_manager="tm-2"))
    now = facts_after(reassigned(step_id="third", social_worker="sw-9"), before=now)
    assert (now.social_worker, now.team_manager) == ("sw-9", "tm-2")


def test_a_manager_may_add_a_child_reassign_change_the_service_and_cancel() -> None:
    steps = (
        added_child(actor=MANAGER),
        reassigned(actor=MANAGER),
        other_service(actor=MANAGER),
        cancellation(actor=MANAGER),
    )
    assert stage(facts_after(*steps)) is Stage.DECISION


def test_a_duplicate_begins_nothing() -> None:
    assert everything_wanted(record(facts(), other_service())) != ()
    twin = record(facts(), other_service()).model_copy(
        update={"opening": opening(duplicate_of="transfer-0"), "clocks": ()}
    )
    assert everything_wanted(twin) == ()


@pytest.mark.clause("SD-09a")
def test_the_contact_is_asked_again_only_after_it_was_told_what_changed() -> None:
    before = facts_before(RecordContactConversation, CHILD, SIBLING)
    now = record(before, withdrawal(SIBLING))
    [told] = service_told(now)
    assert conversation_requested(now) == ()
    [again] = conversation_requested(end(begin(now, told), told))
    assert (again.service, again.time) == ("service-north", 2)


def test_what_was_stopped_asks_nobody_when_it_is_wanted_again() -> None:
    before = facts_after(*whole_path()[:2])
    shared = record(before, family_sharing())
    share = the_share(shared)
    assert share is not None
    stuck = begin(shared, share).model_copy(update={"raised": (attention(share),)})
    stopped = finish(record(stuck, withdrawal()), result(share, Ended.STOPPED))
    assert stopped.open_attention == ()
    wanted_again = begin(record(stopped, consent(step_id="consent-2")), share)
    assert wanted_again.open_attention == ()


@pytest.mark.clause("SD-09a")
def test_consent_refused_for_the_children_who_are_left_turns_the_transfer_though_another_was_decided_before() -> None:
    early = facts_after(decided({CHILD: STAYS}, step_id="decide-1"), before=facts(*BOTH))
    refused_for_the_rest = facts_after(refused_consent(SIBLING), before=early)
    assert [need.step for need in next_steps(refused_for_the_rest)] == ["record_decisions", "authorise"]
    rest = (looked_at(), decided({SIBLING: STAYS}, step_id="decide-2"), to_family(*BOTH))
    assert outcome(facts_after(*rest, before=refused_for_the_rest)) is Outcome.CONSENT_REFUSED


@pytest.mark.clause("SD-09a")
def test_consent_is_withdrawn_for_all_named_though_it_stood_for_some_only() -> None:
    mixed = consent(child_consent(CHILD), child_consent(SIBLING, stands=False))
    now = facts_after(mixed, withdrawal(*BOTH), before=facts(*BOTH))
    assert not now.child(CHILD).consents


@pytest.mark.clause("SD-09")
def test_a_family_that_refused_for_a_sibling_may_agree_after_the_service_was_asked() -> None:
    mixed = consent(child_consent(CHILD), child_consent(SIBLING, stands=False))
    asked = facts_after(exploration(), mixed, family_sharing(), before=facts(*BOTH))
    now = record(asked, consent(SIBLING, step_id="consent-2", corrects="record_consent"))
    assert now.child(SIBLING).consents
    assert now.open_attention == ()


@pytest.mark.clause("SD-11")
def test_nobody_is_decided_to_pass_on_before_the_directory_said_how_the_new_service_is_reached() -> None:
    changed = record(facts_before(RecordDecisions), other_service())
    said = refused(changed, decided({CHILD: TRANSFER}, step_id="decide-2"))
    assert said.clause in {"SD-11", "SD-09"}
