"""Whoever takes over is told what keeps people safe, and told anew when that changes (SD-30a)."""

from typing import Any

import pytest

from models.effects import Ended
from models.kinds import EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.letter_words import in_place_of_name
from models.step_down.safety import safety, safety_told
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.consent import Shareable
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.family import RecordFamily
from tests.builders import (
    CHILD,
    SIBLING,
    born,
    child_consent,
    consent,
    decided,
    end,
    facts,
    facts_after,
    facts_before,
    family_record,
    harm_report,
    interim_contact,
    person,
    practitioner,
    whole_path,
)

pytestmark = pytest.mark.clause("SD-30a")

POST = {"by": "post", "to": "5 Mill Row"}
UNSAFE = {"contact": {"unsafe_because": "he threatened her"}}


def told(now: StepDownFacts) -> list[str]:
    """What the practitioner is told of safety by itself."""
    return [effect.id for effect in now.begun if effect.kind is EffectKind.TELL_SAFETY]


def with_father(step_id: str, corrects: str | None = None, **changes: Any) -> RecordFamily:
    people = (person("mother"), person("father", lives_with=False, **changes))
    return family_record(people=people, step_id=step_id, corrects=corrects)


def advised() -> StepDownFacts:
    """The summary has left, with what was known."""
    now = facts_before(ApproveLetters)
    assert EffectKind.SEND_ADVICE_SUMMARY in {effect.kind for effect in now.begun}
    return now


def without_summary(*may_share: Shareable, children: tuple[str, ...] = (CHILD,)) -> StepDownFacts:
    """The first child's summary is not agreed to be shared."""
    first, *others = children
    answers = consent(child_consent(first, may_share=may_share), *others)
    path = [answers if step.step == "record_consent" else step for step in whole_path(*children)[:-3]]
    return facts_after(*path, before=facts(*children))


def test_the_summary_brings_it_along_and_nothing_is_told_twice() -> None:
    assert told(advised()) == []


@pytest.mark.parametrize("children", [(CHILD,), (CHILD, SIBLING)], ids=["of nobody", "of one of two"])
def test_where_the_summary_is_not_shared_for_a_child_it_goes_by_itself(children: tuple[str, ...]) -> None:
    now = without_summary(Shareable.ASSESSMENT, children=children)
    assert told(now) == ["tell_safety/lp-4"]


def test_who_becomes_unsafe_after_the_summary_left_is_told_anew_once_for_each_change() -> None:
    unsafe = facts_after(with_father("f-2", **UNSAFE), before=advised())
    assert told(unsafe) == ["tell_safety/lp-4/2"]
    same = facts_after(with_father("f-3", corrects="f-2", **UNSAFE), before=unsafe)
    assert told(same) == ["tell_safety/lp-4/2"]
    hidden = {"contact": {"unsafe_because": "he threatened her", "whereabouts_hidden": True}}
    assert told(facts_after(with_father("f-4", corrects="f-3", **hidden), before=same)) == [
        "tell_safety/lp-4/2",
        "tell_safety/lp-4/3",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"risks_to_workers": "a dog"},
        {"children": (born(CHILD, not_to_repeat="that she is afraid, to her father"),)},
    ],
    ids=["visits", "the child's words"],
)
def test_risks_to_whoever_visits_and_words_not_to_be_repeated_are_told_anew(changed: dict[str, Any]) -> None:
    assert told(facts_after(family_record(step_id="f-2", **changed), before=advised())) == ["tell_safety/lp-4/2"]


def test_what_the_practitioner_would_not_read_is_not_told_anew() -> None:
    older = family_record(step_id="f-2", children=(born(CHILD, age=10),))
    assert told(facts_after(older, before=advised())) == []


def test_what_changes_before_the_summary_leaves_comes_with_it() -> None:
    before = facts_after(with_father("f-2", **UNSAFE), *whole_path()[1:-3], before=facts_after(whole_path()[0]))
    assert told(before) == []


def with_siblings_father(step_id: str, **changes: Any) -> RecordFamily:
    """He is somebody to the sibling, who stays, and nobody to the child who passes on."""
    people = (person("mother", CHILD, SIBLING), person("father", SIBLING, lives_with=False, **changes))
    return family_record(CHILD, SIBLING, people=people, step_id=step_id)


def test_who_is_unsafe_and_somebody_to_a_sibling_alone_is_told_of_without_the_sibling() -> None:
    family = with_siblings_father("f-2", contact={"unsafe_because": "he hit her", "ways": [POST]}, not_to_know="where")
    said = safety(family, {CHILD})
    [of_him] = [part for part in said.split("\n\n") if part.startswith("Mr Other")]
    assert "Unsafe to contact: he hit her" in of_him
    assert "Must not be told: where" in of_him
    assert in_place_of_name(SIBLING) not in said
    assert POST["to"] not in said
    assert "Mr Other" not in safety(with_siblings_father("f-2"), {CHILD})


def test_who_becomes_unsafe_and_is_somebody_to_a_sibling_alone_is_told_of_anew() -> None:
    before = facts_before(RecordDecisions, CHILD, SIBLING)
    now = facts_after(decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}), before=before)
    assert told(facts_after(with_siblings_father("f-2", **UNSAFE), before=now)) == ["tell_safety/lp-4/2"]


def test_a_summary_that_somebody_skipped_brings_nothing_along() -> None:
    now = advised()
    [summary] = [effect for effect in now.begun if effect.kind is EffectKind.SEND_ADVICE_SUMMARY]
    others = tuple(result for result in now.effects if result.effect != summary)
    skipped = end(now.having(effects=others), summary, ended=Ended.SKIPPED)
    assert [effect.id for effect in safety_told(skipped)] == ["tell_safety/lp-4"]


def test_who_is_named_after_an_interim_contact_reads_what_holds_then_in_the_summary_and_is_told_it_once() -> None:
    path = [interim_contact() if step.step == "name_lead_practitioner" else step for step in whole_path()[:-3]]
    for_now = facts_after(*path)
    changed = facts_after(with_father("f-2", **UNSAFE), before=for_now)
    assert told(changed) == ["tell_safety/contact-5/2"]
    named = facts_after(practitioner(step_id="named"), before=changed)
    assert told(named) == ["tell_safety/contact-5/2"]
    again = facts_after(with_father("f-3", corrects="f-2"), before=named)
    assert told(again) == ["tell_safety/contact-5/2", "tell_safety/lp-4/2"]


def test_after_a_report_of_significant_harm_the_machine_tells_nobody() -> None:
    assert told(facts_after(harm_report(), with_father("f-2", **UNSAFE), before=advised())) == []
