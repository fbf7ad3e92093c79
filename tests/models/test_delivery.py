"""A letter that goes by post or by hand: who is waited for, and what its record is bound to (SD-33b)."""

from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from models.journey.refusing import refusal
from models.step_down.child_states import child_states
from models.step_down.effects import letters as letters_to_send
from models.step_down.effects import to_hand_over
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.leaving import text
from models.step_down.letter_reference import reference, transfer_of
from models.step_down.new_step import new_step
from models.step_down.parts import to_give
from models.step_down.reading import BY_A_PERSON, WAS_SENT, LettersAsked, to_print, to_read
from models.step_down.stage import Stage
from models.step_down.steps.confirmation import ApproveLetters, Letter
from models.step_down.steps.decision import NameLeadPractitioner, RecordDecisions
from models.step_down.steps.delivery import PartGiven, RecordDelivery
from tests.builders import (
    ASSESSMENT,
    CHILD,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    acknowledgement,
    authorised,
    by_post,
    decision,
    delivery,
    facts_after,
    facts_before,
    family_record,
    harm_report,
    interim_contact,
    letter,
    letter_to_agency,
    letters,
    no_letter,
    part_given,
    person,
    practitioner,
    record,
    refused,
    seen,
    two_workers,
    with_school,
    withdrawal,
    worker_for_each,
)
from tests.step_down import next_steps, stage

POST = {"ways": [{"by": "post", "to": "1 Example Street, Leeds"}, {"by": "by_hand", "to": "at school, by Jo Sample"}]}
NOT_AS_THIS = "Do not post this letter or hand it over"


@cache
def to_be_approved(**of_mother: Any) -> StepDownFacts:
    return with_mother(facts_before(ApproveLetters), **of_mother)


def with_mother(before: StepDownFacts, **of_mother: Any) -> StepDownFacts:
    mother = person("mother", **{"contact": POST, **of_mother})
    step_id = f"family-{len(before.steps)}"
    replaces = next((e.step.step_id for e in reversed(before.steps) if e.step.step == "record_family"), None)
    return facts_after(family_record(people=(mother,), step_id=step_id, corrects=replaces), before=before)


def approved(*written: Letter) -> StepDownFacts:
    return facts_after(letters(*(written or (by_post(),))), before=to_be_approved())


def waits(now: StepDownFacts) -> list[str]:
    return [one.letter_id for one in to_hand_over(now)]


def as_approved(now: StepDownFacts, letter_id: str = "letter-1") -> Letter:
    return now.letter(letter_id)


@pytest.mark.clause("SD-33b")
@pytest.mark.parametrize("by", ["post", "by_hand"])
def test_a_letter_by_post_or_by_hand_is_not_mailed_and_waits_for_the_social_worker(by: str) -> None:
    now = approved(letter(by=by))
    assert letters_to_send(now) == ()
    assert waits(now) == ["letter-1"]
    [need] = [one for one in next_steps(now) if one.clause == "SD-33b"]
    assert (need.step, need.who) == ("record_delivery", "social_worker")


@pytest.mark.clause("SD-33b")
def test_the_transfer_ends_only_once_it_is_recorded_that_the_letter_left() -> None:
    now = facts_after(acknowledgement(), seen(), before=approved())
    assert stage(now) is Stage.CONFIRMATION
    assert stage(facts_after(delivery(as_approved(now)), before=now)) is Stage.CLOSED


@pytest.mark.clause("SD-33b")
def test_what_was_handed_over_is_recorded_once_and_stays_as_it_was_approved() -> None:
    now = record(approved(), delivery(as_approved(approved())))
    assert (waits(now), now.delivered) == ([], {"letter-1"})
    again = refused(now, delivery(as_approved(now), step_id="again"))
    assert (again.field, again.may_correct) == ("corrects", "record_delivery")
    other = letters(letter(by="by_hand"), step_id="letters-2", corrects="approve_letters")
    assert refused(now, other).reason.startswith("A letter that was sent stays as it is")
    [offered] = to_read(now, LettersAsked(letters=(by_post(seen=None),))).letters
    assert WAS_SENT in offered.notes


@pytest.mark.clause("SD-33a")
def test_a_letter_whose_text_has_changed_since_it_was_read_is_read_anew_before_it_is_handed_over() -> None:
    before = approved()
    now = with_mother(before, called="Ms Otherwise")
    assert waits(now) == []
    assert refused(now, delivery(as_approved(before))).reason.startswith(NOT_AS_THIS)
    assert ("approve_letters", "SD-33a") in [(one.step, one.clause) for one in next_steps(now)]
    again = facts_after(letters(by_post(), step_id="letters-2", corrects="approve_letters"), before=now)
    assert refused(again, delivery(as_approved(before))).reason.startswith(NOT_AS_THIS), "it was another text"
    assert waits(facts_after(delivery(as_approved(again)), before=again)) == []


@pytest.mark.clause("SD-33b")
def test_what_goes_by_mail_or_is_not_written_is_not_handed_over() -> None:
    now = facts_after(letters(), before=facts_before(ApproveLetters))
    assert refused(now, delivery(as_approved(now))).reason.startswith(NOT_AS_THIS)
    none = approved(no_letter())
    assert waits(none) == []
    assert refused(none, delivery(as_approved(none))).reason.startswith(NOT_AS_THIS)


@pytest.mark.clause("SD-33b")
def test_nothing_is_printed_before_the_children_are_closed_as_the_letter_tells() -> None:
    before = with_mother(facts_before(ApproveLetters))
    early = record(before, letters(by_post()))
    assert waits(early) == ["letter-1"]
    unclosed = early.having(effects=tuple(one for one in early.effects if one.effect.kind != "close_child"))
    assert waits(unclosed) == []
    assert to_print(unclosed).letters == ()
    assert refusal(STEP_DOWN, unclosed, delivery(as_approved(early)), NOW) is not None


@pytest.mark.clause("SD-23b")
def test_nothing_is_printed_before_the_manager_has_authorised_the_closing_of_which_it_tells() -> None:
    by_sw = facts_after(decision(actor=SOCIAL_WORKER), before=with_mother(facts_before(RecordDecisions)))
    now = record(by_sw, letters(by_post()))
    assert (waits(now), to_print(now).letters) == ([], ())
    assert refused(now, delivery(as_approved(now))).reason.startswith(NOT_AS_THIS)
    assert waits(facts_after(authorised(), before=now)) == ["letter-1"]


@pytest.mark.clause("SU-01")
def test_after_a_report_of_harm_nothing_is_printed_and_what_had_left_can_still_be_recorded() -> None:
    now = facts_after(harm_report(), before=approved())
    assert (waits(now), to_print(now).letters) == ([], ())
    assert record(now, delivery(as_approved(now))).delivered == {"letter-1"}


@pytest.mark.clause("SD-09a")
def test_a_withdrawal_of_consent_voids_what_has_not_been_handed_over() -> None:
    assert waits(record(approved(), withdrawal(CHILD))) == []


@pytest.mark.clause("SD-33a")
def test_somebody_unsafe_is_handed_a_letter_by_the_managers_own_act_alone() -> None:
    unsafe = {**POST, "unsafe_because": "he threatened her"}
    father = person("father", lives_with=False, contact=unsafe)
    before = facts_after(
        family_record(people=(person("mother"), father), step_id="family-2"), before=facts_before(ApproveLetters)
    )
    now = facts_after(letters(letter(), by_post("to-father", person="father")), before=before)
    assert waits(now) == []
    assert refused(now, delivery(as_approved(now, "to-father"))).reason.startswith(NOT_AS_THIS)
    assert waits(facts_after(authorised("approve_letters"), before=now)) == ["to-father"]


@pytest.mark.clause("SD-33b")
def test_what_is_printed_is_the_text_that_was_approved_with_its_number_and_where_it_goes() -> None:
    now = approved()
    [one] = to_print(now).letters
    assert (one.to, one.reader, one.letter.seen) == ("1 Example Street, Leeds", "Ms Example", as_approved(now).seen)
    assert one.text == text(now, as_approved(now))
    assert BY_A_PERSON in one.notes


@pytest.mark.clause("SD-33b")
def test_an_agency_may_be_written_to_by_post() -> None:
    both = letters(letter(person="mother", by="post"), letter_to_agency(by="post", address="Hill School, Hill Road"))
    now = facts_after(both, before=with_school(to_be_approved()))
    assert waits(now) == ["letter-1", "letter-2"]
    assert [one.to for one in to_print(now).letters] == ["1 Example Street, Leeds", "Hill School, Hill Road"]


@pytest.mark.clause("SD-33a")
def test_the_letters_of_one_transfer_cannot_be_linked_by_what_their_readers_give_on_the_telephone() -> None:
    mother, father = reference("transfer-1", "to-mother"), reference("transfer-1", "to-father")
    assert not {*mother.split("-")} & {*father.split("-")}
    assert "transfer-1" not in text(to_be_approved(), letter())
    assert reference("transfer-1", "letter-1") in text(to_be_approved(), letter())


@pytest.mark.clause("SD-33b")
def test_whoever_answers_the_telephone_finds_the_transfer_by_the_reference() -> None:
    said = reference("transfer-2", "to-mother").lower().replace("-", " ")
    assert transfer_of(said, ["transfer-1", "transfer-2"]) == "transfer-2"
    assert transfer_of(said, ["transfer-1", "transfer-3"]) is None
    assert transfer_of("", ["transfer-1"]) is None


@pytest.mark.clause("SD-33b")
def test_what_was_posted_before_the_letters_were_approved_again_is_recorded_with_its_own_moment() -> None:
    first = facts_after(letters(by_post(), occurred_at=NOW - timedelta(hours=2)), before=to_be_approved())
    again = record(first, letters(by_post(), step_id="again", corrects="approve_letters", occurred_at=NOW))
    written = again.letter("letter-1")
    assert refusal(STEP_DOWN, again, delivery(written, occurred_at=NOW - timedelta(hours=1)), NOW) is None
    assert refused(again, delivery(written, occurred_at=NOW - timedelta(hours=3))).field == "occurred_at"


TWO = (by_post(), letter("letter-2", by="by_hand"))


def corrected(now: StepDownFacts, *written: Letter, **changes: Any) -> StepDownFacts:
    right = delivery(*written, **{"step_id": "right", "corrects": "record_delivery", **changes})
    return record(now, right)


@pytest.mark.clause("SD-33b")
def test_what_was_recorded_of_the_wrong_letter_is_put_right() -> None:
    now = approved(*TWO)
    wrong = record(now, delivery(as_approved(now)))
    right = corrected(wrong, as_approved(now, "letter-2"))
    assert (waits(right), right.delivered) == (["letter-1"], {"letter-2"})
    both = record(right, delivery(as_approved(now), step_id="the-other"))
    assert (waits(both), both.delivered) == ([], {"letter-1", "letter-2"})


@pytest.mark.clause("SD-33b")
def test_what_was_never_posted_waits_again_once_that_is_said() -> None:
    now = approved()
    wrong = record(now, delivery(as_approved(now)))
    right = corrected(wrong, because="It lay in the wrong tray")
    assert (waits(right), right.delivered) == (["letter-1"], frozenset())
    assert "record_delivery" in [need.step for need in next_steps(right)]
    for said in ({"corrects": None}, {"because": None}):
        with pytest.raises(ValidationError, match="letters: say which letters, or which documents, were posted"):
            delivery(**{"step_id": "none", "corrects": "record_delivery", "because": "a slip", **said})


@pytest.mark.clause("SD-33b")
def test_who_posted_it_and_when_is_put_right_though_the_text_has_changed_since() -> None:
    now = approved()
    posted = with_mother(record(now, delivery(as_approved(now))), called="Ms Otherwise")
    right = corrected(posted, as_approved(now), because="Sam Sample posted it")
    assert right.delivered == {"letter-1"}
    twice = refused(right, delivery(step_id="third", corrects="record_delivery", because="it was nobody"))
    assert twice.may_correct == "right", "what stands in its place is what is corrected"


@pytest.mark.clause("SD-33b")
def test_a_correction_names_no_letter_that_may_not_leave() -> None:
    now = with_mother(approved(*TWO), called="Ms Otherwise")
    before = record(approved(*TWO), delivery(as_approved(now)))
    changed = with_mother(before, called="Ms Otherwise")
    said = delivery(as_approved(now, "letter-2"), step_id="right", corrects="record_delivery")
    assert refused(changed, said).reason.startswith(NOT_AS_THIS)


def part_waits(now: StepDownFacts) -> list[tuple[str, ...]]:
    return [(one.practitioner.practitioner, one.shared.document_ref, *one.children) for one in to_give(now)]


@pytest.mark.clause("SD-31")
@pytest.mark.clause("SD-38")
def test_a_practitioners_part_of_a_document_is_waited_for_until_it_was_given_or_is_said_why_not() -> None:
    now = two_workers()
    assert part_waits(now) == [("lp-5", ASSESSMENT, SIBLING)]
    [need] = [need for need in next_steps(now) if need.clause == "SD-31"]
    assert [(way.child, way.words, way.step) for way in need.ways] == [
        (SIBLING, "give lp-5 what the assessment says of this child", "record_delivery")
    ]
    for said in (part_given(), part_given(because="She has read it at the meeting")):
        done = record(now, said)
        assert "SD-31" not in [need.clause for need in next_steps(done)]
        assert part_waits(done) == []
    assert shown_documents(record(now, part_given())).endswith("the part about this child, by hand, given")
    assert shown_documents(record(now, part_given(because="She declined it"))).endswith("by hand, not given")


def shown_documents(now: StepDownFacts) -> str:
    return next(one.words for one in child_states(now, SIBLING) if one.name == "documents")


@pytest.mark.clause("SD-31")
def test_what_was_not_given_may_be_given_later_and_what_was_never_given_waits_again() -> None:
    now = record(two_workers(), part_given(because="She is on leave"))
    assert refused(now, part_given(step_id="later")).may_correct == "record_delivery"
    later = record(now, part_given(step_id="later", corrects="record_delivery"))
    assert later.parts_said == {(ASSESSMENT, "lp-5", SIBLING): True}
    nothing = delivery(step_id="none", corrects="later", because="It was another family's")
    assert part_waits(record(later, nothing)) == [("lp-5", ASSESSMENT, SIBLING)]


@pytest.mark.clause("SD-31")
def test_nothing_of_a_child_is_given_before_social_work_has_closed_it() -> None:
    [*named, _] = worker_for_each()
    before = facts_after(*named, before=facts_before(NameLeadPractitioner, CHILD, SIBLING))
    assert refused(before, part_given()).clause == "SD-31"
    assert part_waits(before) == []


@pytest.mark.clause("SD-31")
def test_nothing_more_is_given_once_consent_is_withdrawn_or_harm_is_reported() -> None:
    assert part_waits(record(two_workers(), withdrawal(SIBLING))) == []
    harm = record(two_workers(), harm_report(SIBLING))
    assert part_waits(harm) == []
    assert record(harm, part_given()).parts_said, "what was given before is still recorded"


@pytest.mark.clause("SD-31")
def test_who_takes_over_from_an_interim_contact_is_given_their_part_anew() -> None:
    of_sibling = {"children": ({"ref": SIBLING},), "uses_mosaic": False}
    contact = interim_contact(practitioner="lp-5", **of_sibling)
    elder, _, *rest = worker_for_each()
    given = facts_after(elder, contact, *rest, part_given(), before=facts_before(NameLeadPractitioner, CHILD, SIBLING))
    assert part_waits(given) == []
    named = practitioner(practitioner="lp-6", step_id="allocated", **of_sibling)
    assert part_waits(facts_after(named, before=given)) == [("lp-6", ASSESSMENT, SIBLING)]


@pytest.mark.parametrize("said", [{"by_whom": "Jo", "not_given_because": "no"}, {}], ids=["both", "neither"])
def test_a_part_was_given_or_it_is_said_why_not(said: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="by_whom: say who gave it to them"):
        PartGiven(document_ref=ASSESSMENT, practitioner="lp-5", children=({"ref": SIBLING},), **said)


@pytest.mark.clause("SD-31")
def test_the_file_for_a_delivery_names_each_part_that_is_to_be_given() -> None:
    assert new_step(two_workers(), RecordDelivery).content["documents"] == [
        {"document_ref": ASSESSMENT, "practitioner": "lp-5", "children": [{"ref": SIBLING}], "by_whom": None}
    ]
