"""What `transfers letters` shows: what was approved or sent, as it stands, and whom nobody has written to yet."""

import re
from datetime import timedelta
from functools import cache
from typing import ClassVar, Self

import pytest
import yaml

from models.journey.recorded import Held
from models.journey.steps import Step
from models.policy import Phones
from models.step_down.beware import (
    HAS_MOVED,
    HIDDEN_FROM_ANOTHER,
    NOT_TO_REPEAT,
    SHARES_A_HOME,
    THEIR_OWN_DECISION,
)
from models.step_down.effects import letters as letters_to_send
from models.step_down.facts import StepDownFacts
from models.step_down.family import FamilyMember, Responsibility
from models.step_down.leaving import as_it_left, digest
from models.step_down.reading import (
    AFTER_HARM,
    ENDED,
    TEXT_IS_GONE,
    LettersAsked,
    LetterState,
    LettersToRead,
    LetterToRead,
    to_read,
)
from models.step_down.stage import Stage
from models.step_down.steps.confirmation import ApproveLetters, Letter
from models.step_down.steps.decision import Decision, RecordDecisions
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    acknowledgement,
    begin,
    born,
    by_post,
    child_consent,
    consent,
    decided,
    decided_alone,
    end,
    exploration,
    facts,
    facts_after,
    facts_before,
    family_record,
    grown_up_family,
    harm_report,
    letter,
    letter_to_agency,
    letters,
    letters_alone,
    no_letter,
    own_word,
    person,
    record,
    refused,
    request,
    seen,
    with_school,
    withdrawal,
)
from tests.step_down import stage

BOTH = (CHILD, SIBLING)


@cache
def to_be_approved() -> StepDownFacts:
    """For two children, of a family with a father who can be written to."""
    now = facts_before(ApproveLetters, *BOTH)
    people = (person("mother", *BOTH), person("father", *BOTH, contact={"ways": [{"by": "post", "to": "1 High St"}]}))
    return facts_after(family_record(*BOTH, people=people, step_id="family-2"), before=now)


def shown(now: StepDownFacts) -> LettersToRead:
    return to_read(now, LettersAsked())


def one_by_one(now: StepDownFacts) -> dict[str, LetterState]:
    return {one.letter.letter_id: one.state for one in shown(now).letters}


def approved() -> StepDownFacts:
    return record(
        to_be_approved(), letters_alone(letter("our-letter", *BOTH), no_letter("none", *BOTH, person="father"))
    )


def left(now: StepDownFacts) -> StepDownFacts:
    return end(begin(now, *letters_to_send(now)), *letters_to_send(now))


@pytest.mark.clause("SD-33a")
def test_before_anything_is_approved_one_is_proposed_to_everybody_who_may_be_written_to() -> None:
    assert one_by_one(to_be_approved()) == {"to-mother": LetterState.PROPOSED, "to-father": LetterState.PROPOSED}
    assert shown(with_school(to_be_approved())).agencies == ("Hill School",)


@pytest.mark.clause("SD-33a")
def test_none_is_proposed_to_a_relative_unless_they_care_for_a_child_whom_no_holder_lives_with() -> None:
    none = {"by": Responsibility.NONE}
    aunt, visits = person("aunt", *BOTH, **none), person("uncle", *BOTH, lives_with=False, **none)
    at_home = family_record(*BOTH, people=(person("mother", *BOTH), aunt, visits), step_id="f-9", corrects="family-2")
    assert one_by_one(record(to_be_approved(), at_home)) == {"to-mother": LetterState.PROPOSED}
    away = person("mother", *BOTH, lives_with=False)
    with_aunt = family_record(*BOTH, people=(away, aunt, visits), step_id="f-9", corrects="family-2")
    now = one_by_one(record(to_be_approved(), with_aunt))
    assert now == {"to-mother": LetterState.PROPOSED, "to-aunt": LetterState.PROPOSED}


@pytest.mark.clause("SD-33a")
def test_what_was_approved_is_shown_by_its_own_name_and_nothing_else_is_proposed_to_its_reader() -> None:
    assert one_by_one(approved()) == {
        "our-letter": LetterState.APPROVED,
        "none": LetterState.NONE,
    }
    assert not any(one.state.to_approve for one in shown(approved()).letters)


@pytest.mark.clause("SD-33a")
def test_of_a_child_of_whom_no_letter_tells_its_reader_one_is_proposed_under_a_name_that_is_free() -> None:
    written = letters_alone(
        letter("our-letter", CHILD), no_letter("to-mother", SIBLING), no_letter("none", *BOTH, person="father")
    )
    now = record(to_be_approved(), written)
    people = (person("mother", *BOTH), person("father", *BOTH), person("aunt", CHILD, lives_with=False))
    aunt = record(now, family_record(*BOTH, people=people, step_id="family-3", corrects="family-2"))
    assert [(one.letter.letter_id, one.letter.about) for one in shown(aunt).letters if one.state.to_approve] == [
        ("to-aunt", (CHILD,))
    ]
    assert shown(record(to_be_approved(), written)).letters[1].letter.letter_id == "to-mother"


@pytest.mark.clause("SD-33a")
def test_what_has_changed_since_it_was_approved_is_to_be_read_again_by_the_same_name() -> None:
    people = (person("mother", *BOTH, called="Ms Otherwise"), person("father", *BOTH))
    now = record(approved(), family_record(*BOTH, people=people, step_id="family-3", corrects="family-2"))
    [changed] = [one for one in shown(now).letters if one.state.to_approve]
    assert (changed.letter.letter_id, changed.state) == ("our-letter", LetterState.CHANGED)
    assert changed.letter.seen == digest(now, changed.letter)
    assert "Ms Otherwise" in changed.text


@pytest.mark.clause("SD-33a")
def test_what_was_sent_is_shown_as_it_left_whatever_is_recorded_since() -> None:
    before = left(approved())
    as_sent = letter_of(shown(before), "our-letter")
    people = (person("mother", *BOTH, called="Ms Otherwise"), person("father", *BOTH))
    later = NOW + timedelta(days=1)
    now = record(before, family_record(*BOTH, people=people, step_id="family-3", corrects="family-2"), later)
    again = letter_of(shown(now), "our-letter")
    assert (again.state, again.text, again.to) == (LetterState.SENT, as_sent.text, as_sent.to)
    assert again.letter.seen == now.letter("our-letter").seen
    assert any("It was sent on" in note for note in again.notes)


@pytest.mark.clause("SD-33a")
def test_of_what_was_sent_and_cannot_be_found_any_more_nothing_is_made_up() -> None:
    now = left(approved())
    assert now.opening is not None
    otherwise = now.opening.policy.model_copy(update={"phones": Phones(emergency="112")})
    other = now.having(opening=now.opening.model_copy(update={"policy": otherwise}))
    again = letter_of(shown(other), "our-letter")
    assert (again.text, again.to) == (TEXT_IS_GONE, None)
    assert again.letter.seen == now.letter("our-letter").seen


class Counting(StepDownFacts):
    """Facts that count how often others are made of them."""

    made: ClassVar[list[object]] = []

    def having(self, **changes: object) -> Self:
        self.made.append(changes)
        return super().having(**changes)


@pytest.mark.clause("SD-33a")
def test_to_show_what_was_sent_one_state_is_looked_at_however_much_was_recorded_since() -> None:
    now = left(approved())
    assert now.opening is not None
    otherwise = now.opening.policy.model_copy(update={"phones": Phones(emergency="112")})
    other = now.having(opening=now.opening.model_copy(update={"policy": otherwise}))
    assert as_it_left(Counting.model_construct(**dict(other)), other.letter("our-letter")) is None
    assert len(Counting.made) == 1


def letter_of(found: LettersToRead, letter_id: str) -> LetterToRead:
    [one] = [one for one in found.letters if one.letter.letter_id == letter_id]
    return one


@pytest.mark.clause("SD-33")
def test_what_was_sent_and_counts_no_more_stands_beside_a_new_one_under_another_name() -> None:
    sent = left(record(to_be_approved(), letters(letter("to-mother", *BOTH))))
    now = record(sent, withdrawal(*BOTH))
    assert now.letters is None
    assert one_by_one(now) == {
        "to-mother": LetterState.SENT,
        "none-to-father": LetterState.CHANGED,
        "to-mother-2": LetterState.PROPOSED,
    }


@pytest.mark.clause("SD-33")
def test_on_a_transfer_that_has_ended_nothing_is_to_be_approved() -> None:
    school = letter_to_agency("school", *BOTH)
    all_told = letters_alone(letter("our-letter", *BOTH), school, no_letter("none", *BOTH, person="father"))
    now = facts_after(all_told, acknowledgement(*BOTH), seen(*BOTH), before=with_school(to_be_approved()))
    assert stage(now) is Stage.CLOSED
    found = shown(now)
    assert (found.over, found.agencies, found.holders) == (ENDED, (), ())
    assert [one.letter.letter_id for one in found.letters] == ["our-letter", "school", "none"]
    assert not any(one.state.to_approve for one in found.letters)


@pytest.mark.clause("SU-01")
def test_after_a_report_of_harm_nothing_is_proposed() -> None:
    found = shown(facts_after(harm_report(), before=to_be_approved()))
    assert (found.over, found.letters, found.agencies) == (AFTER_HARM, (), ())


@pytest.mark.clause("SU-01")
def test_after_a_report_of_harm_a_letter_that_was_approved_is_not_said_to_leave() -> None:
    before = approved()
    [waits, *_] = letters_to_send(before)
    held = before.having(held=(Held(effect=waits, until=NOW),))
    assert "It is sent on" in str([one.notes for one in shown(held).letters])
    found = shown(record(held, harm_report()))
    assert found.letters[0].state is LetterState.STOPPED
    assert not found.letters[0].state.to_approve
    assert "It is sent on" not in str([one.notes for one in found.letters])
    assert "sent yet" not in found.letters[0].state.words


@pytest.mark.clause("SD-33a")
def test_the_number_of_what_was_read_is_a_text_wherever_it_is_typed() -> None:
    numbers = {digest(to_be_approved(), letter(f"letter-{n}", CHILD)) for n in range(300)}
    assert len(numbers) == 300
    assert all(isinstance(yaml.safe_load(number), str) for number in numbers)
    assert all(re.fullmatch("[a-f][0-9a-f]{11}", number) for number in numbers)


POST = {"ways": [{"by": "post", "to": "9 Old Lane"}]}
HIDDEN = {"unsafe_because": "he threatened her", "whereabouts_hidden": True}


def of_family(*people: FamilyMember, before: type[Step] = ApproveLetters) -> StepDownFacts:
    """Two children, and these people."""
    return facts_after(family_record(*BOTH, people=people, step_id="family-2"), before=facts_before(before, *BOTH))


def notes(now: StepDownFacts, asked: Letter) -> set[str]:
    [one] = to_read(now, LettersAsked(letters=(asked,))).letters
    return {*one.notes} & {HAS_MOVED, SHARES_A_HOME, HIDDEN_FROM_ANOTHER, THEIR_OWN_DECISION.format(children=CHILD)}


@pytest.mark.clause("SD-33b")
def test_who_approves_is_told_that_a_child_of_the_household_has_moved_before_anything_is_posted_there() -> None:
    people = (person("mother", *BOTH, contact=POST), person("father", *BOTH, lives_with=False, contact=POST))
    before = of_family(*people, before=RecordDecisions)
    now = record(before, decided({CHILD: Decision.MOVED_AWAY}))
    assert notes(now, by_post("letter-1", *BOTH)) == {HAS_MOVED}
    assert notes(now, by_post("letter-1", *BOTH, person="father")) == set()
    assert notes(before, by_post("letter-1", *BOTH)) == set()


@pytest.mark.clause("SD-33a")
def test_who_approves_is_told_that_somebody_unsafe_lives_where_it_is_posted() -> None:
    people = (person("mother", *BOTH, contact=POST), person("father", *BOTH, lives_with=False, contact=POST))
    there = of_family(*people, person("partner", SIBLING, contact={"unsafe_because": "he hit her"}))
    assert notes(there, by_post("letter-1", CHILD)) == {SHARES_A_HOME}
    assert notes(there, by_post("letter-1", CHILD, person="father")) == set()


@pytest.mark.clause("SD-33a")
def test_who_tells_a_father_where_a_child_is_learns_that_a_child_of_that_home_is_hidden_from_somebody_else() -> None:
    people = (person("mother", *BOTH), person("father", SIBLING, lives_with=False))
    tells = letter("to-father", SIBLING, person="father", no_risk_known=True)
    now = of_family(*people, person("other", CHILD, lives_with=False, contact=HIDDEN))
    assert notes(now, tells) == {HIDDEN_FROM_ANOTHER}
    assert notes(now, letter("to-father", SIBLING, person="father")) == set()
    assert notes(of_family(*people), tells) == set()


@pytest.mark.clause("SD-09b")
def test_who_writes_to_a_parent_of_a_young_person_who_decided_alone_is_told_to_ask_them_first() -> None:
    now = decided_alone()
    assert notes(now, letter()) == {THEIR_OWN_DECISION.format(children=CHILD)}
    assert notes(now, letter("own", person="young")) == set()


@pytest.mark.clause("SD-30a")
@pytest.mark.clause("SD-33a")
def test_who_approves_a_letter_reads_which_words_of_a_child_it_must_not_repeat() -> None:
    grown_up = grown_up_family().people
    known = family_record(people=grown_up, children=(born(not_to_repeat="that he drinks"),), step_id="family-2")
    now = facts_after(known, before=facts_before(ApproveLetters))
    said = NOT_TO_REPEAT.format(child=CHILD, words="that he drinks")
    assert said in letter_of(to_read(now, LettersAsked(letters=(letter(),))), "letter-1").notes
    own, none = letter("own", person="young"), no_letter("none")
    found = to_read(now, LettersAsked(letters=(own, none)))
    assert not any(said in one.notes for one in found.letters)


@pytest.mark.clause("SD-09b")
def test_a_young_person_who_said_no_or_took_it_back_is_asked_first_and_told_too() -> None:
    no, yes = (consent(child_consent(voice=own_word(agreed=said))) for said in (False, True))
    ends = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK})
    before = facts(request=request(family=grown_up_family()))
    for now in (
        facts_after(exploration(), no, ends, before=before),
        facts_after(exploration(), yes, withdrawal(withdrawn_by="young"), ends, before=before),
    ):
        assert notes(now, letter()) == {THEIR_OWN_DECISION.format(children=CHILD)}
        assert refused(now, letters()).reason.startswith("Tell a young person who decided for themselves, too")
