"""Who is written to, of whom, and how much they learn, whatever the family record says (SD-33a)."""

from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.journey.refusing import refusal
from models.kinds import Audience, ClockKind
from models.step_down.effects import letters as letters_to_send
from models.step_down.facts import StepDownFacts
from models.step_down.family import FamilyMember, Relation, Responsibility
from models.step_down.journey import STEP_DOWN
from models.step_down.leaving import digest, text
from models.step_down.letter_words import WITHOUT_WHEREABOUTS, in_place_of_name
from models.step_down.readers import risk_is_known
from models.step_down.reading import AT_ANY_HOUR, WAS_SENT, LettersAsked, to_read
from models.step_down.stage import Stage
from models.step_down.steps.confirmation import ApproveLetters, Letter
from models.step_down.steps.decision import Decision
from models.step_down.steps.family import RecordFamily
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    as_read,
    authorised,
    begin,
    child_consent,
    close_child,
    consent_to_all,
    decided,
    decided_alone,
    end,
    exploration,
    facts_after,
    facts_before,
    family_record,
    grown_up_family,
    let_machine_work,
    let_time_pass,
    letter,
    letter_to_agency,
    letters,
    no_letter,
    not_authorised,
    on_a_plan,
    person,
    plan_path,
    record,
    refused,
    with_school,
)
from tests.step_down import next_steps, stage

pytestmark = pytest.mark.clause("SD-33a")

BOTH = (CHILD, SIBLING)
WAYS = [{"by": "email", "to": "father@home.example"}]
WHEREABOUTS = ("Early Help North", "Pat Example", "Hill School", "school", "team-sw", "health visitor")
"""What says where the children are, or from which it follows."""


@cache
def to_be_approved() -> StepDownFacts:
    return facts_before(ApproveLetters, *BOTH)


def known(father: FamilyMember) -> StepDownFacts:
    """Letters are to be approved for two children who pass on, and this is known of the father."""
    people = (person("mother", *BOTH), father)
    record_of_them = family_record(*BOTH, people=people, step_id="family-2")
    return facts_after(record_of_them, before=to_be_approved())


def of_the_family(father: FamilyMember, mother: FamilyMember | None = None) -> RecordFamily:
    """What is recorded of them later."""
    people = (mother or person("mother", *BOTH), father)
    return family_record(*BOTH, people=people, step_id="family-3", corrects="family-2")


def to_father(*about: str, **changes: Any) -> Letter:
    return letter("to-father", *(about or BOTH), person="father", **changes)


PEOPLE = st.builds(
    lambda relations, unsafe, order, hidden, ways, not_to_know: FamilyMember.model_validate(
        {
            "ref": "father",
            "called": "Mr Other",
            "relations": relations,
            "not_to_know": not_to_know,
            "contact": {
                "unsafe_because": unsafe,
                "order": order,
                "whereabouts_hidden": hidden,
                "ways": WAYS if ways else [],
            },
        }
    ),
    st.lists(
        st.builds(
            Relation,
            child=st.sampled_from(BOTH),
            relation=st.just("father"),
            parental_responsibility=st.sampled_from(Responsibility),
            lives_with=st.booleans(),
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda relation: relation.child,
    ),
    st.sampled_from([None, "he has threatened her"]),
    st.sampled_from([None, "a non-molestation order"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, "that she works nights"]),
)
LETTERS = st.builds(
    lambda about, no_risk_known: to_father(*about, no_risk_known=no_risk_known),
    st.lists(st.sampled_from(BOTH), min_size=1, unique=True),
    st.booleans(),
)


def against(father: FamilyMember, about: tuple[str, ...]) -> bool:
    """Unsafe, or under an order."""
    forbidden = {relation.parental_responsibility for relation in father.relations if relation.child in about}
    return bool(father.contact.unsafe_because or father.contact.order or Responsibility.FORBIDDEN_BY_ORDER in forbidden)


@settings(deadline=None)  # a busy machine is no wrong answer
@given(father=PEOPLE, to=LETTERS, other=PEOPLE)
def test_whatever_is_known_nobody_unsafe_is_written_to_no_child_is_named_to_a_stranger_and_no_whereabouts_follow(
    father: FamilyMember, to: Letter, other: FamilyMember
) -> None:
    before = known(father)
    approval = as_read(before, letters(letter("letter-1", *BOTH), to))
    if refusal(STEP_DOWN, before, approval, NOW) is not None:
        return
    approved = record(before, approval)
    agreed = record(approved, authorised("approve_letters")) if against(father, to.about) else approved
    assert against(father, to.about) is (agreed is not approved)
    changed = record(approved, of_the_family(other))
    again = record(agreed, of_the_family(other))
    to_be_sent = letters_to_send(agreed)
    left = end(begin(agreed, *to_be_sent), *to_be_sent)
    was_told = any(effect.letter == "to-father" for effect in to_be_sent) and against(other, to.about)
    if was_told and stage(left) is not Stage.CLOSED:
        afterwards = record(left, of_the_family(other))
        assert raised(afterwards) == ["has_left"] or against(father, to.about)
    for now, reader in ((approved, father), (changed, other), (again, other)):
        if any(effect.letter == "to-father" for effect in letters_to_send(now)):
            assert not against(reader, to.about) or (now is again and against(father, to.about))
            assert reader.contact.ways
            assert all(reader.to(child) for child in to.about)
            said = text(now, to)
            assert [child for child in BOTH if in_place_of_name(child) in said] == [c for c in BOTH if c in to.about]
            lives_there = all(relation.lives_with for relation in reader.relations if relation.child in to.about)
            if reader.contact.whereabouts_hidden or not (lives_there or to.no_risk_known):
                assert not [word for word in WHEREABOUTS if word in said]


def test_who_does_not_live_with_the_children_reads_of_no_service_until_no_risk_is_known() -> None:
    now = known(person("father", *BOTH, lives_with=False))
    apart, alike = text(now, to_father()), text(now, to_father(no_risk_known=True))
    assert not [word for word in WHEREABOUTS if word in apart]
    assert "Our social work with [child-a] has ended. Other support has been agreed." in apart
    assert alike == text(now, letter("to-father", *BOTH)).replace("Ms Example", "Mr Other")


@pytest.mark.clause("SD-09b")
def test_a_young_person_who_decided_alone_is_written_to_as_somebody_who_lives_where_they_live() -> None:
    before = decided_alone()
    to_them = letter("to-them", person="young")
    now = record(before, letters(letter(), to_them))
    assert sent(now) == ["letter-1", "to-them"]
    assert "Early Help North" in text(now, to_them)
    assert record(before, letters(letter(), no_letter("none", person="young"))).letters
    known = grown_up_family()
    unknown = known.model_copy(update={"people": known.people[:-1]})
    assert refused(decided_alone(known=unknown), letters()).reason.startswith("Tell a young person who decided for")


@pytest.mark.parametrize("how", Decision)
def test_whatever_was_decided_somebody_who_must_not_know_learns_no_whereabouts(how: Decision) -> None:
    before = known(person("father", *BOTH, lives_with=False))
    if how is not Decision.MOVED_AWAY:
        before = record(before, decided({CHILD: how}, step_id="d-2", corrects="record_decisions"))
    assert not [word for word in WHEREABOUTS if word in text(before, to_father(CHILD))]


UNSAFE = {"ways": WAYS, "unsafe_because": "he threatened her"}


def unsafe_father() -> StepDownFacts:
    return known(person("father", *BOTH, lives_with=False, contact=UNSAFE))


def sent(now: StepDownFacts) -> list[str | None]:
    return [effect.letter for effect in letters_to_send(now)]


def asked_of(now: StepDownFacts) -> list[tuple[str | None, str | None]]:
    """The steps that are missing because of letters, with who brings them."""
    return [(need.step, need.who) for need in next_steps(now) if need.clause == "SD-33a"]


def test_a_letter_that_was_approved_does_not_leave_once_its_reader_is_known_to_be_unsafe() -> None:
    approved = record(known(person("father", *BOTH, lives_with=False)), letters(letter("letter-1", *BOTH), to_father()))
    assert sent(approved) == ["letter-1", "to-father"]
    unsafe = person("father", *BOTH, lives_with=False, contact=UNSAFE)
    now = record(approved, of_the_family(unsafe))
    assert sent(now) == ["letter-1"]
    assert ("approve_letters", "social_worker") in asked_of(now)
    assert ("authorise", "team_manager") not in asked_of(now), "one need at a time"
    assert refused(now, authorised("approve_letters")).clause == "SD-33a", "nobody read it as it is now"


def test_somebody_unsafe_is_written_to_by_the_managers_own_act_alone() -> None:
    waits = record(unsafe_father(), letters(letter("letter-1", *BOTH), to_father()))
    assert sent(waits) == ["letter-1"]
    assert asked_of(waits) == [("authorise", "team_manager")]
    agreed = record(waits, authorised("approve_letters"))
    assert sent(agreed) == ["letter-1", "to-father"]
    assert asked_of(agreed) == []
    again = record(agreed, letters(letter("letter-1", *BOTH), to_father(), step_id="l-2", corrects="approve_letters"))
    assert sent(again) == ["letter-1"], "the act was for what was approved before"


def test_where_the_manager_says_no_the_letters_are_approved_without_it() -> None:
    waits = record(unsafe_father(), letters(letter("letter-1", *BOTH), to_father()))
    denied = record(waits, not_authorised("approve_letters"))
    assert sent(denied) == ["letter-1"]
    assert asked_of(denied) == [("approve_letters", "social_worker")]
    without = no_letter("to-father", *BOTH, person="father")
    ended = record(denied, letters(letter("letter-1", *BOTH), without, step_id="l-2", corrects="approve_letters"))
    assert (sent(ended), asked_of(ended)) == (["letter-1"], [])


def test_what_comes_to_stand_against_another_reader_after_the_act_is_not_agreed_with_it() -> None:
    waits = record(unsafe_father(), letters(letter("letter-1", *BOTH), to_father()))
    agreed = record(waits, authorised("approve_letters"))
    mother = person("mother", *BOTH, contact={"ways": [{"by": "email", "to": "mother@home.example"}], "order": "one"})
    father = person("father", *BOTH, lives_with=False, contact=UNSAFE)
    assert sent(record(agreed, of_the_family(father, mother=mother))) == ["to-father"]


@pytest.mark.parametrize(
    "changed",
    [
        {"contact": {"ways": [{"by": "email", "to": "new@home.example"}]}},
        {"called": "Mr Otherwise"},
        {"lives_with": True},
    ],
    ids=["another address", "another name", "the children live there"],
)
def test_whatever_an_approved_letter_rests_on_and_changes_voids_the_approval(changed: dict[str, Any]) -> None:
    approved = record(known(person("father", *BOTH, lives_with=False)), letters(letter("letter-1", *BOTH), to_father()))
    other = person("father", *BOTH, **{"lives_with": False, **changed})
    now = record(approved, of_the_family(other))
    assert [effect.letter for effect in letters_to_send(now)] == ["letter-1"]
    again = record(now, letters(letter("letter-1", *BOTH), to_father(), step_id="l-2", corrects="approve_letters"))
    assert [effect.letter for effect in letters_to_send(again)] == ["letter-1", "to-father"]


def test_a_decision_that_changes_before_a_letter_leaves_voids_the_approval() -> None:
    before = record(facts_before(ApproveLetters), letters())
    stays = {CHILD: Decision.NO_FURTHER_SUPPORT}
    assert close_child(CHILD) in before.begun
    early = record(facts_before(type(decided(stays))), decided({CHILD: Decision.TRANSFER}))
    approved = record(early, letters())
    now = record(approved, decided(stays, step_id="decide-2", corrects="record_decisions"))
    assert letters_to_send(now) == ()


def test_what_is_offered_to_be_read_leaves_out_whoever_may_read_of_no_child_or_has_no_safe_way() -> None:
    stranger = person("father", CHILD, by=Responsibility.NONE, lives_with=False, contact={"whereabouts_hidden": True})
    assert [one.letter.letter_id for one in to_read(known(stranger), LettersAsked()).letters] == ["to-mother"]


@pytest.mark.parametrize(("unsafe", "hidden"), list(product((None, "he threatened her"), (False, True))))
def test_who_reads_a_letter_before_it_is_approved_sees_what_to_look_at(unsafe: str | None, hidden: bool) -> None:
    contact = {"ways": WAYS, "unsafe_because": unsafe, "whereabouts_hidden": hidden}
    now = known(person("father", *BOTH, lives_with=False, contact=contact, not_to_know="that she works nights"))
    [one] = to_read(now, LettersAsked(letters=(to_father(),))).letters
    said = " ".join(one.notes)
    assert ("unsafe to contact" in said) is (unsafe is not None)
    assert "nothing that gives away where the children are" in said
    assert "Must not be told: that she works nights" in said
    assert one.to == "father@home.example"
    assert "Dear Mr Other" in one.text


def test_a_letter_that_was_sent_is_offered_as_it_was_approved_and_may_be_approved_beside_a_new_one() -> None:
    lives_elsewhere = person("father", *BOTH, lives_with=False)
    approved = record(known(lives_elsewhere), letters(letter("letter-1", *BOTH), to_father()))
    left = end(begin(approved, *letters_to_send(approved)), *letters_to_send(approved))
    now = record(left, of_the_family(lives_elsewhere, person("mother", *BOTH, called="Ms Otherwise")))
    asked = [letter("letter-1", *BOTH, seen=None), to_father(seen=None), letter("letter-3", *BOTH, seen=None)]
    offered = to_read(now, LettersAsked(letters=tuple(asked))).letters
    assert [WAS_SENT in one.notes for one in offered] == [True, True, False]
    again = record(now, letters(*(one.letter for one in offered), step_id="l-2", corrects="approve_letters"))
    assert sent(again) == ["letter-1", "to-father", "letter-3"]


def test_a_letter_waits_once_somebody_unsafe_is_recorded_at_its_address() -> None:
    approved = record(known(person("father", *BOTH, lives_with=False)), letters(letter("letter-1", *BOTH)))
    shared = [{"by": "email", "to": "Mother@home.example"}]
    unsafe = person("father", *BOTH, lives_with=False, contact={"ways": shared, "unsafe_because": "he threatened her"})
    assert letters_to_send(record(approved, of_the_family(unsafe, person("mother", *BOTH)))) == ()


def test_a_letter_that_is_not_written_says_why() -> None:
    now = known(person("father", *BOTH, lives_with=False))
    [one] = to_read(now, LettersAsked(letters=(no_letter("x", *BOTH, person="father"),))).letters
    assert (one.letter.seen, one.text) == (None, "Nothing is written: told in person")


HELD_ON = "Monday 2 March 2026"


def out_of_a_plan(*agreed: str, how: Decision = Decision.TRANSFER) -> StepDownFacts:
    """Two children were on a plan, which ended; a school took part in it, and a club did not."""
    known = exploration(agencies=("Hill School", "Boxing club"), took_part_in_plan=("Hill School",))
    answers = consent_to_all(*(child if child in agreed else child_consent(child, stands=False) for child in BOTH))
    ways = {child: how if child in agreed else Decision.NO_FURTHER_SUPPORT for child in BOTH}
    path = [
        known if step.step == "record_exploration" else answers if step.step == "record_consent" else step
        for step in plan_path(*BOTH)[:9]
    ]
    return facts_after(*path, decided(ways), before=on_a_plan(*BOTH))


@pytest.mark.clause("SD-33d")
def test_who_took_part_in_the_plan_reads_that_it_ended_and_without_consent_nothing_of_early_help() -> None:
    now = out_of_a_plan(CHILD)
    school = text(now, letter_to_agency("school", *BOTH))
    assert f"The child in need plan for [child-b] ended on {HELD_ON}." in school
    assert f"The child in need plan for [child-a] ended on {HELD_ON}." in school
    assert "Our social work with [child-a] has ended. Support comes from Early Help North." in school
    assert "[child-b]: social work" not in school
    assert "ring" in school
    nothing_agreed = text(now, letter_to_agency("school", SIBLING))
    assert not [word for word in ("Early Help North", "support", "assessment", "Pat Example") if word in nothing_agreed]
    assert record(now, letters(letter("letter-1", *BOTH), letter_to_agency("s", *BOTH), CLUB_IS_NOT)).letters


CLUB_IS_NOT = no_letter("club", *BOTH, agency="Boxing club")


@pytest.mark.clause("SD-33d")
def test_who_took_no_part_in_the_plan_reads_nothing_of_it_nor_of_a_child_for_whom_consent_is_refused() -> None:
    now = out_of_a_plan(CHILD)
    club = letter_to_agency("club", CHILD, agency="Boxing club", address="club@ring.example")
    assert "plan" not in text(now, club).replace("planned", "")
    both = letter_to_agency("club", *BOTH, agency="Boxing club", address="club@ring.example")
    said = refused(now, letters(letter("letter-1", *BOTH), letter_to_agency("school", *BOTH), both))
    assert said.reason == "Without the family's consent for a child, only the family is written to about that child."
    assert "[child-b]" not in text(now, both)


def raised(now: StepDownFacts) -> list[str]:
    return [item.problem for item in now.attention]


def left(*written: Letter, father: FamilyMember | None = None) -> StepDownFacts:
    """These letters have been sent, to whom nothing stood against."""
    before = known(father or person("father", *BOTH, lives_with=False))
    approved = record(before, letters(*written))
    return end(begin(approved, *letters_to_send(approved)), *letters_to_send(approved))


ELSEWHERE = {"ways": [{"by": "email", "to": "father@home.example"}]}


@pytest.mark.parametrize(
    "since",
    [
        {"contact": UNSAFE},
        {"contact": {**ELSEWHERE, "order": "a non-molestation order"}},
        {"contact": {**ELSEWHERE, "whereabouts_hidden": True}},
        {"by": Responsibility.FORBIDDEN_BY_ORDER},
        {"contact": {}},
        {"contact": ELSEWHERE, "not_to_know": "that she works nights"},
    ],
    ids=[
        "unsafe",
        "under an order",
        "not to know where they are",
        "forbidden by an order",
        "no safe way any more",
        "not to know something",
    ],
)
def test_a_letter_that_left_and_would_not_leave_now_asks_for_a_person_at_once(since: dict[str, Any]) -> None:
    sent_before = left(letter("letter-1", *BOTH), to_father(no_risk_known=True))
    now = record(sent_before, of_the_family(person("father", *BOTH, **{"lives_with": False, **since})))
    assert raised(now) == ["has_left"]
    assert "warn anybody who may be at risk, and ring Duty and Advice" in (now.receipts[-1].note or "")
    told = now.attention[0].model_dump_json() + " ".join(entry.id for entry in now.attention)
    assert not [word for word in ("Other", "threatened", "home.example", "order a") if word in told]
    again = of_the_family(person("father", *BOTH, **{"lives_with": False, **since}))
    assert raised(record(now, again.model_copy(update={"step_id": "f-4", "corrects": "family-3"}))) == ["has_left"]


@pytest.mark.clause("SD-33a")
def test_what_left_and_would_not_leave_now_is_told_at_once_to_social_work_and_whoever_is_on_duty() -> None:
    sent_before = left(letter("letter-1", *BOTH), to_father(no_risk_known=True))
    unsafe = person("father", *BOTH, lives_with=False, contact=UNSAFE)
    now = let_time_pass(let_machine_work(record(sent_before, of_the_family(unsafe))), NOW)
    assert [(alert.kind, alert.raised_at, alert.audiences) for alert in now.alerts][-1:] == [
        (ClockKind.HAS_LEFT, NOW, (Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER, Audience.ON_DUTY))
    ]


@pytest.mark.clause("SD-33b")
@pytest.mark.parametrize(("by", "at_any_hour"), [("email", True), ("by_hand", False)])
def test_who_approves_or_hands_over_a_letter_reads_when_it_is_safe(by: str, at_any_hour: bool) -> None:
    ways = [{"by": by, "to": "father@home.example", "safe_times": "mornings"}]
    now = known(person("father", *BOTH, lives_with=False, contact={"ways": ways}))
    [one] = to_read(now, LettersAsked(letters=(to_father(by=by),))).letters
    assert "Safe only at these times: mornings." in one.notes
    assert (AT_ANY_HOUR in one.notes) is at_any_hour


def test_from_what_somebody_reads_who_must_not_know_where_a_child_is_no_move_follows() -> None:
    ended = {Decision.UNIVERSAL_ONLY, Decision.NO_FURTHER_SUPPORT, Decision.MOVED_AWAY}
    assert {WITHOUT_WHEREABOUTS[how] for how in ended} == {"Our social work with {name} has ended."}


def test_what_somebody_must_not_know_is_part_of_what_is_approved_and_is_a_risk() -> None:
    father = person("father", *BOTH, lives_with=False)
    secret = father.model_copy(update={"not_to_know": "that she works nights"})
    assert digest(known(father), to_father()) != digest(known(secret), to_father())
    assert risk_is_known(known(secret), to_father())
    assert not risk_is_known(known(father), to_father())


def test_a_letter_that_left_to_an_address_where_somebody_unsafe_is_known_to_read_since_asks_for_a_person() -> None:
    before = with_school(known(person("father", *BOTH, lives_with=False)))
    approved = record(before, letters(letter("letter-1", *BOTH), letter_to_agency("x", CHILD)))
    sent_before = end(begin(approved, *letters_to_send(approved)), *letters_to_send(approved))
    reads = {"ways": [{"by": "email", "to": "mother@home.example"}], "unsafe_because": "he threatened her"}
    assert raised(record(sent_before, of_the_family(person("father", *BOTH, contact=reads)))) == ["has_left"]
    at_school = {"ways": [{"by": "email", "to": "office@hill.example"}]}
    assert raised(record(sent_before, of_the_family(person("father", *BOTH, contact=at_school)))) == ["has_left"]


def test_what_changes_in_the_family_and_harms_nobody_asks_for_nobody() -> None:
    sent_before = left(letter("letter-1", *BOTH), to_father())
    moved = person("father", *BOTH, lives_with=False, contact={"ways": [{"by": "email", "to": "new@home.example"}]})
    now = record(sent_before, of_the_family(moved))
    assert raised(now) == []
    assert "warn" not in (now.receipts[-1].note or "")


def test_who_is_unsafe_still_reads_where_they_did_though_no_safe_way_is_left() -> None:
    shared = {"ways": [{"by": "email", "to": "mother@home.example"}]}
    approved = record(known(person("father", *BOTH, contact=shared)), letters(letter("letter-1", *BOTH)))
    assert sent(approved) == ["letter-1"]
    now = record(approved, of_the_family(person("father", *BOTH, contact={"unsafe_because": "he threatened her"})))
    assert sent(now) == []


@pytest.mark.clause("SD-33c")
def test_an_agency_is_involved_with_the_child_of_whom_mosaic_names_it_and_with_no_other() -> None:
    before = known(person("father", *BOTH, lives_with=False))
    looked = next(result for result in reversed(before.effects) if result.records)
    named = {**looked.records, CHILD: looked.records[CHILD].model_copy(update={"agencies": ("Hill School",)})}
    others = tuple(result for result in before.effects if result is not looked)
    now = before.having(effects=(*others, looked.model_copy(update={"records": named})))
    assert to_read(now, LettersAsked()).agencies == ("Hill School",)
    assert refused(now, letters(letter("letter-1", *BOTH))).clause == "SD-33c"
    both = refused(now, letters(letter("letter-1", *BOTH), letter_to_agency("school", *BOTH)))
    assert (both.clause, both.field) == ("SD-33c", "letters.1")
    told = record(now, letters(letter("letter-1", *BOTH), letter_to_agency("school", CHILD)))
    assert sent(told) == ["letter-1", "school"]


@pytest.mark.clause("SD-33c")
def test_a_letter_to_an_agency_waits_once_nobody_names_it_as_involved_any_more() -> None:
    approved = record(with_school(to_be_approved()), letters(letter("letter-1", *BOTH), letter_to_agency("s", CHILD)))
    assert sent(approved) == ["letter-1", "s"]
    assert sent(record(approved, exploration(step_id="e-3", corrects="the-school"))) == ["letter-1"]
