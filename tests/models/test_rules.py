from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.attention import Resolution
from models.effects import Effect, EffectKind
from models.policy import Policy
from models.step_down.answers import Refusal, Stage
from models.step_down.conditions import advice_summary, close_child, share_with_service
from models.step_down.facts import Facts
from models.step_down.needs import stage
from models.step_down.rules import RULES, WHO, refusal
from models.step_down.steps import (
    STEPS,
    AcknowledgeTransfer,
    ApproveLetters,
    DecideChildren,
    Decision,
    RecordAdviceSummary,
    RecordContactConversation,
    RecordFamilySharing,
    Shareable,
    Step,
)
from models.vocabulary import Actor, Role
from tests.builders import (
    ASSESSMENT,
    CHILD,
    CONTACT,
    MANAGER,
    NOW,
    OPERATIONS,
    SERVICE,
    SIBLING,
    SOCIAL_WORKER,
    acknowledgement,
    advice,
    agreed_child,
    attention,
    begin,
    child_consent,
    consent,
    conversation,
    decided,
    decision,
    end,
    exploration,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    family_sharing,
    letter,
    letter_to_agency,
    letters,
    no_letter,
    not_agreed,
    not_appropriate,
    opening,
    practitioner,
    record,
    refused,
    refused_consent,
    resolution,
    whole_path,
)


def stays(*children: str, **changes: Any) -> DecideChildren:
    return decided(dict.fromkeys(children or (CHILD,), Decision.STAYS_WITH_SOCIAL_WORK), **changes)


def being_closed() -> Facts:
    before = record(facts_before(DecideChildren), decision())
    return begin(before, close_child(CHILD))


def shared_without_exploration() -> Facts:
    before = facts_after(consent(), family_sharing(), conversation())
    share = share_with_service(before)
    assert share is not None
    return end(begin(before, share), share)


def summary_begun() -> Facts:
    before = facts_before(RecordAdviceSummary)
    before = record(record(before, advice()), decision())
    before = end(begin(before, close_child(CHILD)), close_child(CHILD))
    summary = advice_summary(before)
    assert summary is not None
    return begin(before, summary)


def needs_a_person(effect: Effect) -> Facts:
    return being_closed().model_copy(update={"raised": (attention(effect),)})


def refusal_answered() -> Facts:
    return facts_after(refused_consent(), stays())


Case = tuple[str | None, Callable[[], Facts], Step, str, str]

REFUSED: dict[str, Case] = {
    "consent_to_another_service": (
        "SD-09",
        facts,
        consent(service_ref="service-south"),
        "service_ref",
        "Consent names the service of this transfer.",
    ),
    "consent_that_leaves_a_child_out": (
        "SD-09",
        lambda: facts(CHILD, SIBLING),
        consent(CHILD),
        "children",
        "Consent is recorded for each child of this transfer.",
    ),
    "agreement_that_does_not_name_all_that_is_shared": (
        "SD-09",
        facts,
        consent(may_share=(Shareable.ASSESSMENT,)),
        "may_share",
        "Agreement says what may be shared: on this route the assessment and the advice summary.",
    ),
    "consent_replaced_after_something_was_done_on_it": (
        "SD-09",
        lambda: facts_before(RecordContactConversation),
        consent(step_id="consent-2", corrects="record_consent"),
        "step",
        "Something has been done on the consent recorded before; it can no longer be replaced.",
    ),
    "sharing_before_consent": (
        "SD-09",
        facts,
        family_sharing(),
        "step",
        "The family's consent comes before anything is shared.",
    ),
    "sharing_after_a_refusal": (
        "SD-09",
        lambda: facts_after(refused_consent()),
        family_sharing(),
        "step",
        "The family's consent comes before anything is shared.",
    ),
    "sharing_a_document_of_another_family": (
        "SD-10",
        lambda: facts_before(RecordFamilySharing),
        family_sharing(document_ref="assessment-9"),
        "document_ref",
        "This is not a document of this transfer.",
    ),
    "sharing_what_is_not_cleared_of_third_parties": (
        "SD-11",
        lambda: facts_before(RecordFamilySharing),
        family_sharing(cleared_of_third_parties=False),
        "cleared_of_third_parties",
        "Clear the document of what other people's privacy forbids before it goes to the service.",
    ),
    "sharing_replaced_after_the_version_left": (
        "SD-11",
        lambda: facts_before(RecordContactConversation),
        family_sharing(step_id="sharing-2", version=2, corrects="record_family_sharing"),
        "step",
        "The version recorded before has been shared with the service; it can no longer be replaced.",
    ),
    "conversation_that_leaves_a_child_out": (
        "SD-08",
        lambda: facts(CHILD, SIBLING),
        conversation(CHILD),
        "children",
        "The conversation says for each child of this transfer whether it was agreed.",
    ),
    "conversation_replaced_after_the_decision": (
        "SD-08",
        being_closed,
        conversation(step_id="conversation-2", corrects="record_contact_conversation"),
        "step",
        "Children have been decided on the conversation recorded before.",
    ),
    "decision_before_the_exploration": (
        "SD-05",
        lambda: facts_after(practitioner(), advice(), before=shared_without_exploration()),
        decision(),
        "step",
        "What was explored with the family and the network, or why not, comes before the decision.",
    ),
    "decision_before_the_version_is_with_the_service": (
        "SD-11",
        lambda: facts_after(exploration(), consent(), conversation(), practitioner(), advice()),
        decision(),
        "step",
        "The version that the family agreed to is with the service before the decision.",
    ),
    "passing_on_a_child_before_the_conversation": (
        "SD-07",
        lambda: facts_after(practitioner(), advice(), before=facts_before(RecordContactConversation)),
        decision(),
        "children.0.decision",
        "The conversation has not been held, or did not find the referral appropriate.",
    ),
    "passing_on_a_child_without_consent": (
        "SD-09",
        lambda: facts_after(
            exploration(),
            consent(child_consent(CHILD), child_consent(SIBLING, stands=False)),
            family_sharing(),
            conversation(CHILD, SIBLING),
            practitioner(),
            advice(CHILD, SIBLING),
            before=facts(CHILD, SIBLING),
        ),
        decided({CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER}),
        "children.1.decision",
        "The family's consent does not stand for this child.",
    ),
    "passing_on_a_child_that_the_service_did_not_agree": (
        "SD-08",
        lambda: facts_after(
            exploration(),
            consent(CHILD, SIBLING),
            family_sharing(),
            conversation(agreed_child(CHILD), not_agreed(SIBLING)),
            practitioner(),
            advice(CHILD, SIBLING),
            before=facts(CHILD, SIBLING),
        ),
        decided({SIBLING: Decision.TRANSFER}),
        "children.0.decision",
        "The conversation with the service has not agreed this child.",
    ),
    "passing_on_a_child_without_a_practitioner": (
        "SD-28",
        lambda: facts_after(exploration(), consent(), family_sharing(), conversation(), advice()),
        decision(),
        "children.0.decision",
        "The practitioner who takes over is not named yet.",
    ),
    "passing_on_a_child_without_the_summary_of_advice": (
        "SD-30",
        lambda: facts_before(RecordAdviceSummary),
        decision(),
        "children.0.decision",
        "The summary of advice for this child is not recorded yet.",
    ),
    "passing_on_a_child_while_social_work_keeps_a_role": (
        "SD-01",
        lambda: facts_before(DecideChildren),
        decision(no_further_role_confirmed=False),
        "no_further_role_confirmed",
        "Closing a child confirms that social work has no further role.",
    ),
    "closing_a_child_while_social_work_keeps_a_role": (
        "SD-01",
        lambda: facts_before(DecideChildren),
        decided({CHILD: Decision.NO_FURTHER_SUPPORT}, no_further_role_confirmed=False),
        "no_further_role_confirmed",
        "Closing a child confirms that social work has no further role.",
    ),
    "decision_that_nobody_authorised": (
        "SD-23",
        lambda: facts_before(DecideChildren),
        decision(authorised_by=None),
        "authorised_by",
        "The team manager, not the one who records it, authorises the decision (policy of this council).",
    ),
    "decision_authorised_by_the_social_worker": (
        "SD-23",
        lambda: facts_before(DecideChildren),
        decision(authorised_by=SOCIAL_WORKER),
        "authorised_by",
        "The team manager, not the one who records it, authorises the decision (policy of this council).",
    ),
    "decision_changed_while_the_child_is_being_closed": (
        "SD-23",
        being_closed,
        stays(step_id="decide-2"),
        "step",
        "Children are being closed, or letters sent, on the decisions recorded before.",
    ),
    "decision_for_a_sibling_changed_while_a_child_is_being_closed": (
        "SD-23",
        lambda: facts_after(
            decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}),
            before=facts_before(DecideChildren, CHILD, SIBLING),
        ),
        decided({SIBLING: Decision.TRANSFER}, step_id="decide-2"),
        "step",
        "Children are being closed, or letters sent, on the decisions recorded before.",
    ),
    "letter_to_an_agency_without_consent": (
        "SD-33",
        refusal_answered,
        letters(letter(), letter_to_agency()),
        "letters",
        "Without the family's consent only the family is written to.",
    ),
    "letter_changed_after_it_left": (
        "SD-33",
        lambda: facts_before(AcknowledgeTransfer),
        letters(letter(text="Another text."), step_id="letters-2", corrects="approve_letters"),
        "letters",
        "A letter that was sent stays as it is; what changes later is a new letter with its own letter_id.",
    ),
    "letter_left_out_after_it_left": (
        "SD-33",
        lambda: facts_before(AcknowledgeTransfer),
        letters(letter("letter-9"), step_id="letters-2", corrects="approve_letters"),
        "letters",
        "A letter that was sent stays as it is; what changes later is a new letter with its own letter_id.",
    ),
    "practitioner_replaced_after_the_summary_left": (
        "SD-28",
        summary_begun,
        practitioner(step_id="practitioner-2", corrects="name_lead_practitioner"),
        "step",
        "The summary of advice has gone to the practitioner named before.",
    ),
    "summary_changed_after_it_left": (
        "SD-30",
        summary_begun,
        advice(step_id="advice-2"),
        "step",
        "The summary of advice has been sent.",
    ),
    "acknowledging_a_child_that_is_not_closed_yet": (
        "SD-35",
        being_closed,
        acknowledgement(),
        "children.0.ref",
        "This child has not been passed on to the service.",
    ),
    "acknowledging_a_child_that_closed_without_early_help": (
        "SD-35",
        lambda: facts_after(decided({CHILD: Decision.NO_FURTHER_SUPPORT}), before=facts_before(DecideChildren)),
        acknowledgement(),
        "children.0.ref",
        "This child has not been passed on to the service.",
    ),
    "resolving_what_does_not_wait": (
        None,
        facts,
        resolution("A1"),
        "attention_id",
        "No such item waits for attention.",
    ),
    "trying_again_what_is_no_longer_wanted": (
        None,
        lambda: needs_a_person(Effect(kind=EffectKind.SHARE_DOCUMENT, subject="assessment-1/v9")),
        resolution("A1", Resolution.RETRY),
        "resolution",
        "This is no longer wanted, as what it rests on was corrected: leave it out.",
    ),
    "decision_authorised_by_the_one_who_records_it": (
        "SD-23",
        lambda: facts_before(DecideChildren),
        decision(authorised_by=SOCIAL_WORKER.model_copy(update={"role": MANAGER.role})),
        "authorised_by",
        "The team manager, not the one who records it, authorises the decision (policy of this council).",
    ),
    "leaving_out_the_closing_of_a_child": (
        None,
        lambda: needs_a_person(close_child(CHILD)),
        resolution("A1", Resolution.SKIP),
        "resolution",
        "This must not be left out: do it by hand and record that, or retry.",
    ),
    "leaving_out_the_sharing": (
        None,
        lambda: needs_a_person(Effect(kind=EffectKind.SHARE_DOCUMENT, subject=f"{ASSESSMENT}/v1")),
        resolution("A1", Resolution.SKIP),
        "resolution",
        "This must not be left out: do it by hand and record that, or retry.",
    ),
}


CASES = [
    pytest.param(case, id=name, marks=[pytest.mark.clause(case[0])] if case[0] else [])
    for name, case in REFUSED.items()
]


@pytest.mark.parametrize("case", CASES)
def test_a_step_that_breaks_a_rule_is_refused_with_field_reason_and_clause(case: Case) -> None:
    clause, before, step, field, reason = case
    assert refused(before(), step) == Refusal(field=field, reason=reason, clause=clause)


@pytest.mark.parametrize("case", CASES)
def test_without_that_one_rule_the_step_would_be_taken(case: Case) -> None:
    _, before, step, _, reason = case
    now = before()
    broken = [rule.otherwise for rule in RULES if isinstance(step, rule.step) and rule.breaks(now, step) is not None]
    assert broken == [reason]


def test_every_rule_refuses_something_here() -> None:
    told = {(clause, reason, type(step)) for clause, _, step, _, reason in REFUSED.values()}
    assert told == {(rule.clause, rule.otherwise, rule.step) for rule in RULES}


@pytest.mark.parametrize("children", [(CHILD,), (CHILD, SIBLING)], ids=["one child", "two children"])
def test_the_steps_in_the_order_of_the_guidance_are_all_taken(children: tuple[str, ...]) -> None:
    assert stage(facts_closed(*children)) is Stage.CLOSED


@pytest.mark.clause("SD-09")
def test_a_refusal_needs_not_say_what_may_be_shared() -> None:
    assert refusal(facts(), refused_consent(), NOW) is None


@pytest.mark.clause("SD-09")
def test_consent_for_one_of_two_children_lets_the_sharing_begin() -> None:
    before = facts_after(
        consent(child_consent(CHILD), child_consent(SIBLING, stands=False)), before=facts(CHILD, SIBLING)
    )
    assert refusal(before, family_sharing(), NOW) is None


@pytest.mark.clause("SD-09")
def test_consent_is_replaced_as_long_as_nothing_was_done_on_it() -> None:
    before = facts_after(consent(), before=facts())
    assert record(before, refused_consent(step_id="consent-2", corrects="record_consent")).consent is not None


@pytest.mark.clause("SD-10a")
def test_what_the_family_did_not_agree_to_needs_no_clearing_and_is_shared_again() -> None:
    not_agreed_yet = family_sharing(agreed_as_basis=False, cleared_of_third_parties=False)
    before = facts_after(not_agreed_yet, before=facts_before(RecordFamilySharing))
    assert stage(before) is Stage.SHARING
    again = family_sharing(step_id="sharing-2", version=2, corrects="record_family_sharing")
    assert stage(facts_after(again, before=before)) is Stage.CONVERSATION


@pytest.mark.clause("SD-08")
def test_a_conversation_that_finds_the_referral_not_appropriate_names_no_child() -> None:
    assert refusal(facts(), not_appropriate(), NOW) is None


@pytest.mark.clause("SD-08")
def test_the_conversation_may_be_corrected_until_a_child_is_decided_on_it() -> None:
    corrected = conversation(step_id="conversation-2", corrects="record_contact_conversation")
    assert refusal(facts_before(DecideChildren), corrected, NOW) is None


@pytest.mark.clause("SD-08")
def test_the_conversation_is_not_replaced_once_one_of_two_children_is_decided_on_it() -> None:
    before = facts_after(decided({CHILD: Decision.TRANSFER}), before=facts_before(DecideChildren, CHILD, SIBLING))
    taken_back = conversation(
        not_agreed(CHILD),
        agreed_child(SIBLING),
        step_id="conversation-2",
        corrects="record_contact_conversation",
    )
    assert refused(before, taken_back).clause == "SD-08"


@pytest.mark.clause("SD-07")
def test_after_a_refusal_the_children_are_decided_without_a_conversation() -> None:
    assert refusal(facts_after(refused_consent()), stays(), NOW) is None


@pytest.mark.clause("SD-05")
def test_where_the_service_said_no_the_decision_needs_neither_exploration_nor_sharing() -> None:
    assert refusal(facts_after(consent(), not_appropriate()), stays(), NOW) is None


@pytest.mark.clause("SD-23")
def test_children_are_decided_one_after_the_other_and_a_decision_may_change_before_closing_begins() -> None:
    before = facts_before(DecideChildren, CHILD, SIBLING)
    first = facts_after(decided({CHILD: Decision.TRANSFER}), before=before)
    assert stage(first) is Stage.DECISION
    changed = facts_after(stays(CHILD, step_id="decide-2"), before=first)
    assert changed.decided(Decision.STAYS_WITH_SOCIAL_WORK) == (CHILD,)


@pytest.mark.clause("SD-23")
def test_policy_may_let_the_social_worker_decide_alone() -> None:
    alone = opening(policy=Policy(closure_needs_manager=False))
    before = facts_before(DecideChildren).model_copy(update={"opening": alone})
    assert refusal(before, decision(authorised_by=None), NOW) is None


@pytest.mark.clause("SD-01")
def test_a_child_that_stays_needs_no_word_on_the_further_role() -> None:
    assert refusal(facts_before(DecideChildren), stays(no_further_role_confirmed=False), NOW) is None


@pytest.mark.clause("SD-30")
def test_no_child_is_passed_on_once_the_one_summary_of_advice_has_left_without_it() -> None:
    before = facts_after(
        decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}),
        before=facts_before(DecideChildren, CHILD, SIBLING),
    )
    assert advice_summary(before) in before.begun
    later = decided({SIBLING: Decision.TRANSFER}, step_id="decide-2")
    if refusal(before, later, NOW) is None:
        assert advice_summary(record(before, later)) not in before.begun, "the sibling's advice is never sent"


@pytest.mark.clause("SD-33")
def test_agencies_are_written_to_where_consent_stands() -> None:
    assert refusal(facts_before(ApproveLetters), letters(letter(), letter_to_agency()), NOW) is None


@pytest.mark.clause("SD-33")
def test_a_new_letter_may_follow_one_that_left() -> None:
    more = letters(letter(), letter_to_agency(), step_id="letters-2", corrects="approve_letters")
    assert refusal(facts_before(AcknowledgeTransfer), more, NOW) is None


@pytest.mark.clause("SD-33")
def test_a_letter_that_was_not_written_may_be_written_later() -> None:
    before = facts_after(letters(no_letter()), before=facts_before(ApproveLetters))
    assert refusal(before, letters(step_id="letters-2", corrects="approve_letters"), NOW) is None


@pytest.mark.clause("SD-33")
def test_letters_may_be_approved_before_the_children_are_closed() -> None:
    assert refusal(facts_before(DecideChildren), letters(), NOW) is None


@pytest.mark.clause("SD-35")
def test_a_service_that_declined_may_accept_later() -> None:
    before = facts_after(acknowledgement(accepted=False), before=facts_before(AcknowledgeTransfer))
    assert stage(before) is Stage.CONFIRMATION
    accepted = facts_after(acknowledgement(step_id="acknowledge-2"), before=before)
    assert stage(accepted) is Stage.CLOSED


def test_an_item_is_resolved_once() -> None:
    after = record(needs_a_person(close_child(CHILD)), resolution("A1"))
    assert refused(after, resolution("A1", step_id="again")).field == "attention_id"


@pytest.mark.parametrize(
    "early",
    [exploration(), consent(), conversation(), practitioner(), advice()],
    ids=lambda step: step.step,
)
def test_a_step_that_may_come_before_its_turn_is_kept(early: Step) -> None:
    rest = (step for step in whole_path() if step.step != early.step)
    assert stage(facts_after(early, *rest)) is Stage.CLOSED


def test_the_early_steps_may_come_in_any_order_before_the_sharing() -> None:
    early = (advice(), practitioner(), conversation(), consent(), exploration())
    assert stage(facts_after(*early, family_sharing())) is Stage.DECISION


EVERYBODY = {
    Role.SOCIAL_WORKER: SOCIAL_WORKER,
    Role.TEAM_MANAGER: MANAGER,
    Role.EARLY_HELP_CONTACT: CONTACT,
    Role.EARLY_HELP_SERVICE: SERVICE,
    Role.OPERATIONS: OPERATIONS,
}

MAY: dict[str, set[Role]] = {
    "record_exploration": {Role.SOCIAL_WORKER},
    "record_consent": {Role.SOCIAL_WORKER},
    "record_family_sharing": {Role.SOCIAL_WORKER},
    "record_contact_conversation": {Role.SOCIAL_WORKER, Role.EARLY_HELP_CONTACT},
    "name_lead_practitioner": {Role.SOCIAL_WORKER, Role.EARLY_HELP_SERVICE},
    "record_advice_summary": {Role.SOCIAL_WORKER},
    "decide_children": {Role.SOCIAL_WORKER},
    "approve_letters": {Role.SOCIAL_WORKER},
    "acknowledge_transfer": {Role.EARLY_HELP_SERVICE},
    "resolve_attention": {Role.OPERATIONS},
}


def before_and_step(name: str) -> tuple[Facts, Step]:
    if name == "resolve_attention":
        return needs_a_person(close_child(CHILD)), resolution("A1")
    step = next(step for step in whole_path() if step.step == name)
    return facts_before(type(step)), step


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("name", MAY)
def test_a_step_is_recorded_only_by_the_role_that_may(name: str, role: Role) -> None:
    before, step = before_and_step(name)
    answer = refusal(before, step.model_copy(update={"actor": EVERYBODY[role]}), NOW)
    if role in MAY[name]:
        assert answer is None
    else:
        who = " or ".join(sorted(may.words for may in MAY[name]))
        assert answer == Refusal(field="actor.role", reason=f"Only the {who} records this step.")


def test_every_step_says_who_may_record_it() -> None:
    assert set(WHO) == set(STEPS)


def test_a_step_may_be_a_minute_ahead_of_the_transfers_clock_and_no_more() -> None:
    minute = timedelta(minutes=1)
    assert refusal(facts(), exploration(occurred_at=NOW + minute), NOW) is None
    later = exploration(occurred_at=NOW + minute + timedelta(seconds=1))
    assert refused(facts(), later) == Refusal(field="occurred_at", reason="This is in the future.")


def test_a_child_of_another_transfer_is_refused() -> None:
    answer = refused(facts(), advice("child-z"))
    assert answer == Refusal(field="children.0.ref", reason="This child is not in this transfer.")


def test_a_child_that_is_named_twice_is_refused() -> None:
    answer = refused(facts(CHILD, SIBLING), advice(CHILD, SIBLING, CHILD))
    assert answer == Refusal(field="children.2.ref", reason="This child is named twice.")


def test_a_closed_transfer_takes_no_step() -> None:
    answer = refused(facts_closed(), exploration(step_id="late", corrects="record_exploration"))
    assert answer == Refusal(field="step", reason="This transfer is closed.")


def test_the_same_step_again_is_no_refusal_even_when_the_transfer_is_closed() -> None:
    closed = facts_closed()
    assert refusal(closed, consent(), NOW) is None
    assert record(closed, consent()) == closed


def test_a_step_id_with_other_content_is_refused() -> None:
    before = facts_after(exploration())
    told = Refusal(field="step_id", reason="This step_id was used for another step.")
    assert refused(before, exploration(needs="something else")) == told
    assert refused(before, practitioner(step_id="record_exploration")) == told


@pytest.mark.parametrize(
    "step",
    [exploration(), consent(), family_sharing(agreed_as_basis=False), not_appropriate(), practitioner(), letters()],
    ids=lambda step: step.step,
)
def test_a_step_is_replaced_only_by_one_that_says_which_it_corrects(step: Step) -> None:
    before = facts_before(RecordFamilySharing) if isinstance(step, RecordFamilySharing) else facts()
    if isinstance(step, ApproveLetters):
        before = facts_before(DecideChildren)
    before = record(before, step)
    again = step.model_copy(update={"step_id": "again"})
    told = Refusal(field="corrects", reason=f"This was recorded before; to replace it, correct {step.step}.")
    assert refused(before, again) == told
    assert refused(before, again.model_copy(update={"corrects": "something"})) == told
    after = record(before, again.model_copy(update={"corrects": step.step}))
    assert after.last_of(type(step)) == again.model_copy(update={"corrects": step.step})
    assert after.entry(step.step) is not None, "both stay on the timeline"


def test_what_is_corrected_has_to_be_a_step_of_the_same_kind() -> None:
    told = Refusal(field="corrects", reason="No such step of this kind was recorded.")
    before = facts_after(exploration(), advice())
    assert refused(before, advice(step_id="advice-2", corrects="nothing")) == told
    assert refused(before, advice(step_id="advice-2", corrects="record_exploration")) == told
    assert refusal(before, advice(step_id="advice-2", corrects="record_advice_summary"), NOW) is None


def test_a_correction_corrects_the_newest() -> None:
    before = facts_after(exploration(), exploration(step_id="second", corrects="record_exploration"))
    answer = refused(before, exploration(step_id="third", corrects="record_exploration"))
    assert answer.reason == "This was recorded before; to replace it, correct second."


@pytest.mark.parametrize(
    "kind", [EffectKind.REQUEST_CONVERSATION, EffectKind.SEND_ADVICE_SUMMARY, EffectKind.SEND_LETTER]
)
def test_a_message_may_be_left_out_with_a_reason(kind: EffectKind) -> None:
    before = needs_a_person(Effect(kind=kind, subject="one"))
    assert refusal(before, resolution("A1", Resolution.SKIP), NOW) is None


@pytest.mark.parametrize("how", [Resolution.RETRY, Resolution.DONE_BY_HAND])
def test_what_must_be_may_be_tried_again_or_done_by_hand(how: Resolution) -> None:
    assert refusal(needs_a_person(close_child(CHILD)), resolution("A1", how), NOW) is None


def test_an_actor_without_a_team_may_record() -> None:
    assert refusal(facts(), exploration(actor=Actor(id="sw-1", role=Role.SOCIAL_WORKER)), NOW) is None


def test_the_words_of_a_refusal_are_one_line_with_its_clause() -> None:
    assert refused(facts(), family_sharing()).words == (
        "step: The family's consent comes before anything is shared. (SD-09)"
    )
    assert refused(facts(), advice("child-z")).words == "children.0.ref: This child is not in this transfer."


@pytest.mark.clause("SD-28")
def test_the_practitioner_may_change_until_the_summary_is_on_its_way() -> None:
    other = practitioner(step_id="practitioner-2", practitioner="lp-5", corrects="name_lead_practitioner")
    assert refusal(being_closed(), other, NOW) is None
