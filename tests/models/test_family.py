"""Who is who in the family is a record of its own, and nothing of it stands where others read (SD-09c)."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from models.journey.details import details
from models.step_down.facts import StepDownFacts
from models.step_down.family import Responsibility
from models.step_down.stage import Stage
from models.step_down.steps.family import RecordFamily
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    added_child,
    born,
    facts,
    facts_after,
    family,
    family_record,
    person,
    record,
    refused,
    request,
)
from tests.step_down import next_steps, stage, status
from workflows.step_down.transfer import StepDownRun, StepDownSoFar

BIRTH, GUARDIAN = Responsibility.BIRTH, Responsibility.SPECIAL_GUARDIAN


def without_family(*children: str) -> StepDownFacts:
    return facts(*children, request=request(*children, family=None))


def asked_for_family(now: StepDownFacts) -> bool:
    return any(need.step == "record_family" and need.clause == "SD-09c" for need in next_steps(now))


@pytest.mark.clause("SD-09c")
def test_the_family_is_asked_for_until_it_is_recorded_unless_the_start_brings_it() -> None:
    now = without_family()
    assert stage(now) is Stage.CONSENT
    assert asked_for_family(now)
    assert not asked_for_family(record(now, family_record()))
    assert not asked_for_family(facts())


@pytest.mark.clause("SD-09c")
def test_a_child_that_is_added_belongs_into_the_record() -> None:
    now = facts_after(added_child("child-c"))
    assert asked_for_family(now)
    assert refused(now, family_record(CHILD, step_id="f")).clause == "SD-09c"
    assert not asked_for_family(record(now, family_record(CHILD, "child-c")))


@pytest.mark.clause("SD-09c")
def test_the_last_record_holds_as_a_whole_and_corrects_the_one_before() -> None:
    now = record(facts(), family_record(people=[person("aunt", by=Responsibility.NONE)]))
    again = family_record(people=[person("mother")], step_id="again")
    assert refused(now, again).field == "corrects"
    now = record(now, again.model_copy(update={"corrects": "record_family"}))
    assert now.family is not None
    assert [one.ref for one in now.family.people] == ["mother"]
    assert (now.family.person("mother"), now.family.person("aunt")) == (now.family.people[0], None)


@pytest.mark.clause("SD-09c")
def test_who_holds_parental_responsibility_is_read_for_each_child() -> None:
    known = family(
        CHILD,
        SIBLING,
        people=[
            person("mother", CHILD, SIBLING),
            person("father", SIBLING, by=Responsibility.FORBIDDEN_BY_ORDER),
            person("grandmother", CHILD, by=Responsibility.NONE),
            person("stepfather", SIBLING, by=Responsibility.ORDER, lives_with=False),
        ],
    )
    assert [one.ref for one in known.holders(CHILD)] == ["mother"]
    assert [one.ref for one in known.holders(SIBLING)] == ["mother", "stepfather"]
    assert [one.ref for one in known.people_of(CHILD)] == ["mother", "grandmother"]


@pytest.mark.clause("SD-09c")
def test_where_there_is_a_special_guardian_no_parent_is_counted() -> None:
    known = family(people=[person("mother"), person("grandmother", by=GUARDIAN)])
    assert [one.ref for one in known.holders(CHILD)] == ["grandmother"]


@pytest.mark.clause("SD-09c")
def test_the_age_of_a_child_is_that_of_the_day() -> None:
    said = born(born_on=date(2009, 3, 2))
    ages = [said.age_on(day) for day in (date(2026, 3, 1), date(2026, 3, 2))]
    assert ages == [16, 17]
    assert born(born_on=None, expected_on=NOW.date()).age_on(NOW.date()) is None


TWICE = {"parental_responsibility": BIRTH, "lives_with": True, "relation": "mother", "child": CHILD}
WRONG: dict[str, tuple[Any, str]] = {
    "a person twice": (lambda: family(people=[person("mother"), person("mother")]), "people: each person"),
    "a child twice": (lambda: family(children=[born(), born()]), "children: each child"),
    "twice to one child": (lambda: person("mother", relations=[TWICE, TWICE]), "relations: this person"),
    "a child of others": (lambda: family(people=[person("mother", "child-x")]), "people: everybody is related"),
    "no date and no reason": (lambda: born(born_on=None), "born_on: say when"),
    "two dates": (lambda: born(expected_on=NOW.date()), "born_on: say when"),
    "no address": (
        lambda: person(contact={"ways": [{"by": "email", "to": "at home"}]}),
        "to: this is no e-mail address",
    ),
    "a start without a child of its own": (
        lambda: request(CHILD, SIBLING, family=family()),
        "family: its record names each child",
    ),
}


@pytest.mark.parametrize(("made", "words"), WRONG.values(), ids=WRONG)
def test_a_record_that_contradicts_itself_is_not_read(made: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        made()


@pytest.mark.clause("SD-09c")
def test_nothing_of_the_family_stands_where_others_read() -> None:
    hidden = {"ways": [{"by": "post", "to": "12 Quill Lane"}], "order": "Quill order", "whereabouts_hidden": True}
    people = [person("mother", called="Ms Quill", contact=hidden, not_to_know="Quill")]
    for now in (
        record(without_family(), family_record(people=people)),
        facts(request=request(family=family(people=people))),
    ):
        shown = status(now)
        assert "Quill" not in shown.model_dump_json()
        assert "Quill" not in details(shown)
        run = StepDownRun(**now.request.model_dump(), so_far=StepDownSoFar(version=1, shown=1, facts=now))
        assert run.privacy == "restricted"
    assert isinstance(family_record(), RecordFamily)


@pytest.mark.clause("SD-30a")
@pytest.mark.parametrize(
    "against",
    [
        {"contact": {"unsafe_because": "he threatened her"}},
        {"contact": {"order": "no contact"}},
        {"contact": {"whereabouts_hidden": True}},
        {"not_to_know": "that she has moved"},
        {"by": Responsibility.FORBIDDEN_BY_ORDER},
    ],
)
def test_nobody_vanishes_from_the_record_against_whom_something_stood(against: dict[str, Any]) -> None:
    now = record(facts(), family_record(people=[person(), person("father", **against)]))
    without = family_record(people=[person()], step_id="again", corrects="record_family")
    assert refused(now, without).clause == "SD-30a"
    safe = family_record(people=[person(), person("father")], step_id="safe", corrects="record_family")
    assert record(record(now, safe), without.model_copy(update={"corrects": "safe"})).family is not None
