"""Whoever was written to about the family is told when something of it does not hold any more (SD-09a, SD-30a)."""

from datetime import timedelta

import pytest

from models.effects import Effect, EffectResult, Ended
from models.journey.recording import record_result
from models.journey.steps import Step
from models.kinds import EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.family import SafeContact
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.family import RecordFamily
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    attention,
    cancellation,
    decided,
    end,
    facts,
    facts_after,
    facts_before,
    facts_declined_and_talked_about,
    family_record,
    harm_report,
    interim_contact,
    let_machine_work,
    other_service,
    person,
    practitioner,
    stop,
    whole_path,
    withdrawal,
)

UNSAFE = {"unsafe_because": "he threatened her"}
PRACTITIONER, SERVICE = "tell_practitioner/lp-4/", "tell_service/service-north/"


def with_father(step_id: str = "f-2", **contact: object) -> RecordFamily:
    father = person("father", lives_with=False, contact=SafeContact.model_validate(contact))
    return family_record(people=(person("mother"), father), step_id=step_id)


def warned(now: StepDownFacts, before: StepDownFacts | None = None) -> set[str]:
    """Who was told since, without a name, that something changed."""
    told = {EffectKind.TELL_SERVICE, EffectKind.TELL_PRACTITIONER}
    return {one.id for one in now.begun if one.kind in told} - (warned(before) if before else set())


@pytest.fixture
def advised() -> StepDownFacts:
    """The child is closed, and the practitioner has the summary."""
    return facts_before(ApproveLetters)


@pytest.mark.clause("SD-09a")
def test_who_takes_over_is_told_that_consent_was_withdrawn_once_they_were_written_to(advised: StepDownFacts) -> None:
    both = {f"{PRACTITIONER}withdraw_consent", f"{SERVICE}withdraw_consent"}
    assert warned(facts_after(withdrawal(), before=advised)) == both
    assert warned(facts_after(*whole_path()[:5], withdrawal())) == {f"{SERVICE}withdraw_consent"}


def being_sent(now: StepDownFacts) -> tuple[StepDownFacts, Effect]:
    """The same, while the mail server does not take the summary of advice."""
    [summary] = [one for one in now.begun if one.kind is EffectKind.SEND_ADVICE_SUMMARY]
    return now.having(effects=tuple(one for one in now.effects if one.effect != summary)), summary


@pytest.mark.clause("SD-09a")
def test_whose_only_mail_was_stopped_before_it_left_is_not_told_that_they_were_written_to(
    advised: StepDownFacts,
) -> None:
    going, summary = being_sent(advised)
    now = facts_after(withdrawal(), before=going)
    assert warned(now) == {f"{SERVICE}withdraw_consent"}, "nothing has reached them yet"
    stopped = let_machine_work(stop(now, summary, may_have_been_sent=False))
    assert warned(stopped) == {f"{SERVICE}withdraw_consent"}


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize("how", ["sent", "perhaps", "unclear"])
def test_who_may_have_been_reached_in_the_last_moment_is_told(advised: StepDownFacts, how: str) -> None:
    going, summary = being_sent(advised)
    now = facts_after(withdrawal(), before=going)
    after = {
        "sent": lambda: end(now, summary),
        "perhaps": lambda: stop(now, summary, may_have_been_sent=True),
        "unclear": lambda: now.having(raised=(attention(summary, problem="unclear"),)),
    }[how]()
    assert f"{PRACTITIONER}withdraw_consent" in warned(let_machine_work(after))


@pytest.mark.clause("SD-09a")
def test_a_summary_that_was_stopped_and_sent_later_tells_nothing_of_the_withdrawal_before_it(
    advised: StepDownFacts,
) -> None:
    going, summary = being_sent(advised)
    stopped = stop(facts_after(withdrawal(), before=going), summary, may_have_been_sent=False)
    later = EffectResult(effect=summary, ended=Ended.DONE, evidence="sent", at=NOW + timedelta(days=1))
    now = let_machine_work(record_result(stopped.having(begun=(*stopped.begun, summary)), later))
    assert f"{PRACTITIONER}withdraw_consent" not in warned(now)


@pytest.mark.clause("SD-09a")
def test_who_was_never_written_to_as_a_person_skipped_that_is_told_nothing(advised: StepDownFacts) -> None:
    going, summary = being_sent(advised)
    skipped = end(going, summary, ended=Ended.SKIPPED)
    assert f"{PRACTITIONER}withdraw_consent" not in warned(facts_after(withdrawal(), before=skipped))
    unclear = skipped.having(raised=(attention(summary, problem="unclear"),))
    assert f"{PRACTITIONER}withdraw_consent" in warned(facts_after(withdrawal(), before=unclear))


@pytest.mark.clause("SD-09a")
def test_a_withdrawal_for_a_child_of_whom_the_practitioner_never_read_is_not_told_them() -> None:
    before = facts_before(RecordDecisions, CHILD, SIBLING)
    one = facts_after(decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}), before=before)
    assert warned(facts_after(withdrawal(SIBLING), before=one)) == {f"{SERVICE}withdraw_consent"}


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    ("step", "what"),
    [
        (other_service(), "change_service"),
        (decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="anew", corrects="record_decisions"), "anew"),
    ],
    ids=["another service", "decided otherwise"],
)
def test_the_practitioner_of_a_service_that_gave_the_child_back_is_told_what_became_of_it(step, what: str) -> None:
    before = facts_declined_and_talked_about()
    assert f"{PRACTITIONER}{what}" in warned(facts_after(step, before=before), before)


@pytest.mark.clause("SD-09a")
def test_the_practitioner_of_a_child_that_was_given_back_is_told_that_the_transfer_is_cancelled() -> None:
    stays = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="anew", corrects="record_decisions")
    before = facts_after(stays, before=facts_declined_and_talked_about())
    assert f"{PRACTITIONER}cancel" in warned(facts_after(cancellation(), before=before), before)


@pytest.mark.clause("SD-09a")
def test_whose_service_the_transfer_has_left_hears_no_more_of_it_but_of_danger() -> None:
    there = {"practitioner": "lp-6", "name": "Sam Sample", "email": "sam@south.example", "service_ref": "service-south"}
    _, agrees, _, talks, named, _, decides, *_ = whole_path()
    anew = [
        step.model_copy(update={"step_id": f"{step.step}-2", **_of(step, there)})
        for step in (agrees, talks, named, decides)
    ]
    left = facts_after(other_service(), before=facts_declined_and_talked_about())
    assert f"{PRACTITIONER}change_service" in warned(left)
    assert f"{PRACTITIONER}back" not in warned(facts_after(other_service("service-north", step_id="back"), before=left))
    passed = facts_after(*anew, before=left)
    withdrawn = warned(facts_after(withdrawal(), before=passed), passed)
    assert withdrawn == {"tell_practitioner/lp-6/withdraw_consent", "tell_service/service-south/withdraw_consent"}
    assert f"{PRACTITIONER}f-2" in warned(facts_after(with_father(**UNSAFE), before=passed), passed)


def _of(step: Step, there: dict[str, str]) -> dict[str, str]:
    return {key: said for key, said in there.items() if key in type(step).model_fields}


@pytest.mark.clause("SD-30a")
def test_a_service_that_knows_the_family_is_told_that_somebody_became_unsafe(advised: StepDownFacts) -> None:
    assert warned(facts_after(with_father(**UNSAFE), before=advised)) == {f"{SERVICE}f-2"}
    shared = facts_after(*whole_path()[:3])
    assert EffectKind.SHARE_DOCUMENT in {one.kind for one in shared.begun}
    assert warned(facts_after(with_father(**UNSAFE), before=shared)) == {f"{SERVICE}f-2"}
    assert warned(facts_after(with_father(**UNSAFE), before=facts())) == set()


@pytest.mark.clause("SD-30a")
def test_a_service_is_not_told_of_ways_to_reach_somebody_nor_that_somebody_is_safe_again(
    advised: StepDownFacts,
) -> None:
    ways = with_father(ways=[{"by": "post", "to": "5 Mill Row"}])
    assert warned(facts_after(ways, before=advised)) == set()
    unsafe = facts_after(with_father(**UNSAFE), before=advised)
    again = with_father("f-3").model_copy(update={"corrects": "f-2"})
    assert warned(facts_after(again, before=unsafe), unsafe) == set()


@pytest.mark.clause("SD-30a")
def test_a_conversation_is_not_asked_for_again_because_somebody_became_unsafe() -> None:
    shared = facts_after(*whole_path()[:3])
    asked = [one.id for one in shared.begun if one.kind is EffectKind.REQUEST_CONVERSATION]
    now = facts_after(with_father(**UNSAFE), before=shared)
    assert [one.id for one in now.begun if one.kind is EffectKind.REQUEST_CONVERSATION] == asked


@pytest.mark.clause("SD-30a")
@pytest.mark.parametrize("first", [harm_report(), withdrawal()], ids=["harm", "consent withdrawn"])
def test_who_may_not_be_told_in_full_any_more_is_asked_to_ring(first, advised: StepDownFacts) -> None:
    before = facts_after(first, before=advised)
    now = facts_after(with_father(**UNSAFE), before=before)
    assert warned(now, before) == {f"{PRACTITIONER}f-2", f"{SERVICE}f-2"}
    assert EffectKind.TELL_SAFETY not in {one.kind for one in now.begun}
    assert "Ring everybody who was written to about the family now" in (now.receipts[-1].note or "")


@pytest.mark.clause("SD-30a")
def test_who_was_replaced_is_asked_to_ring_and_who_is_named_now_is_told_in_full() -> None:
    path = [interim_contact() if step.step == "name_lead_practitioner" else step for step in whole_path()[:-2]]
    before = facts_after(*path, practitioner(step_id="named"))
    now = facts_after(with_father(**UNSAFE), before=before)
    assert f"tell_practitioner/{interim_contact().practitioner}/f-2" in warned(now)


@pytest.mark.clause("SD-33a")
def test_nothing_of_it_goes_where_somebody_of_the_family_reads(advised: StepDownFacts) -> None:
    for address in ("pat@hill.example", "contact@north.example"):
        ways = [{"by": "email", "to": address}]
        known = facts_after(with_father(ways=ways), before=advised)
        unsafe = with_father("f-3", ways=ways, **UNSAFE).model_copy(update={"corrects": "f-2"})
        now = facts_after(withdrawal(), unsafe, before=known)
        told = {one.kind for one in now.begun} & {EffectKind.TELL_SERVICE, EffectKind.TELL_PRACTITIONER}
        there = EffectKind.TELL_PRACTITIONER if address.startswith("pat") else EffectKind.TELL_SERVICE
        assert there not in told
        assert told


@pytest.mark.clause("SD-09a")
def test_who_records_a_withdrawal_is_told_to_ring_whoever_was_written_to(advised: StepDownFacts) -> None:
    assert "Ring the practitioner now" in (facts_after(withdrawal(), before=advised).receipts[-1].note or "")
    assert "Ring the practitioner now" not in (facts_after(*whole_path()[:3], withdrawal()).receipts[-1].note or "")
