"""A step to be filled in: what is known stands there, and nothing that somebody has to say."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.new_step import written
from cli.rehearsal.case_file import read_case
from cli.services import read_services
from client.errors import InputError
from client.messages import empty_places, read_step
from models.journey.steps import ReportSignificantHarm, step_name
from models.mosaic import Relationship
from models.step_down.new_step import new_step
from models.step_down.start import StepDownRequest
from models.step_down.steps.acts import Authorise
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters
from models.step_down.steps.consent import RecordConsent, RecordExploration, WithdrawConsent
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.every import STEPS
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.first_contact import AgreeStart, DecideFirstContact, RecordFirstContact
from tests.builders import (
    CHILD,
    MANAGER,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    decided,
    declined_for_harm,
    facts,
    facts_at,
    facts_before,
    harm_report,
    let_time_pass,
    opening,
    passed_on,
    record,
    request,
    unseen,
)
from tests.fakes import NOTHING_KEEPS_OPEN

EXAMPLE = Path(__file__).parents[2] / "examples" / "01-one-child-passes-on-a-sibling-closes.yaml"
MOST_TYPED = 50
WORDS_OF_SOMEBODY = {
    *(
        "answer",
        "agreed",
        "views",
        "may_share",
        "explained_by",
        "explained_how",
        "agreed_as_basis",
        "granted",
        "because",
    ),
    *(
        "cleared_of_third_parties",
        "family_said",
        "appropriate",
        "plan_needed",
        "shared_understanding",
        "decision",
        "text",
    ),
    *(
        "no_further_role_confirmed",
        "address_known",
        "accepted",
        "outcome",
        "plan",
        "service_attended",
        "basis",
        "by_whom",
        "became",
        "seen_by",
        "review_on",
    ),
    *(
        "concern",
        "resolution",
        "needs",
        "asked",
        "response",
        "priorities",
        "realistic_start",
        "withdrawn_by",
        "notified_by",
    ),
}
"""The fields where somebody's word is the point."""


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if parts is None:
        yield path, value
    else:
        for name, said in parts:
            yield from leaves(said, f"{path}.{name}")


@pytest.mark.parametrize("kind", STEPS, ids=step_name)
@pytest.mark.parametrize("now", [facts(), facts_before(RecordDecisions, CHILD, SIBLING)], ids=["opened", "to decide"])
def test_no_word_of_anybody_stands_there_before_they_said_it(kind: Any, now: Any) -> None:
    content = new_step(now, kind).content
    said = {path for path, value in leaves(content) if value is not None}
    assert [path for path in said if path.rpartition(".")[2] in WORDS_OF_SOMEBODY] == []
    assert content["step"] == step_name(kind)


@pytest.mark.parametrize("kind", [kind for kind in STEPS if "harm" not in step_name(kind)], ids=step_name)
def test_what_is_left_empty_is_refused_and_each_place_is_named_in_plain_words(kind: Any) -> None:
    content = new_step(facts_before(RecordDecisions), kind).content
    empty = list(empty_places(content))
    if not empty:
        return
    with pytest.raises(InputError) as error:
        read_step(content, "step-1", NOW)
    if kind.__name__ != "AcknowledgeTransfer":
        assert [flaw.field for flaw in error.value.flaws] == empty
        assert all(
            flaw.words.startswith("This is left empty: say ") and "_" not in flaw.words for flaw in error.value.flaws
        )


def test_for_whom_consent_is_withdrawn_is_left_open() -> None:
    assert new_step(facts(CHILD, SIBLING), WithdrawConsent).content["children"] == [{"ref": None}]


def test_a_report_of_harm_is_not_held_up_by_an_empty_place() -> None:
    content = new_step(facts(), next(kind for kind in STEPS if step_name(kind) == "report_significant_harm")).content
    assert read_step({**content, "concern": "Bruises.", "spoken_to": None}, "step-1", NOW).step_id == "step-1"


@pytest.mark.clause("SU-01")
def test_a_report_of_harm_has_a_place_for_who_was_spoken_to_which_may_stay_empty() -> None:
    content = new_step(facts(), ReportSignificantHarm).content
    assert content["spoken_to"] == {"who": None, "at": None}
    sent = read_step({**content, "concern": "Bruises."}, "step-1", NOW)
    assert isinstance(sent, ReportSignificantHarm)
    assert sent.spoken_to is None


@pytest.mark.clause("SU-01")
def test_a_report_that_waits_for_who_was_spoken_to_is_printed_as_its_own_correction() -> None:
    waiting = record(facts(CHILD, SIBLING), harm_report(SIBLING, step_id="the-report", concern="Bruises."))
    content = new_step(waiting, ReportSignificantHarm).content
    assert (content["corrects"], content["children"], content["concern"]) == (
        "the-report",
        [{"ref": SIBLING}],
        "Bruises.",
    )
    content |= {"spoken_to": {"who": "The duty worker", "at": NOW.isoformat()}}
    said = record(waiting, read_step(content, "said", NOW))
    assert not said.nobody_spoken_to


@pytest.mark.clause("SD-36")
def test_an_answer_has_a_place_for_why_a_child_is_declined_and_an_accepted_one_leaves_it_empty() -> None:
    content = new_step(facts_before(AcknowledgeTransfer), AcknowledgeTransfer).content
    [child] = content["children"]
    assert child == {"ref": CHILD, "accepted": None, "reason": None, "because": None}
    accepted = {**content, "actor": {**content["actor"], "id": "eh-1"}, "children": [{**child, "accepted": True}]}
    assert record(facts_before(AcknowledgeTransfer), read_step(accepted, "step-1", NOW)).child(CHILD).acknowledgement


@pytest.mark.clause("SD-36")
def test_the_managers_decision_about_a_child_who_was_declined_names_the_child_and_what_it_corrects() -> None:
    declined = record(facts_before(AcknowledgeTransfer), declined_for_harm(CHILD))
    content = new_step(declined, RecordDecisions).content
    assert [child["ref"] for child in content["children"]] == [CHILD]
    assert content["corrects"] == declined.child(CHILD).decided_in.step_id  # type: ignore[union-attr]
    assert content["actor"]["role"] == "team_manager"


def test_consent_names_the_service_the_children_and_who_is_asked() -> None:
    now = facts(CHILD, SIBLING)
    content = new_step(now, RecordConsent).content
    assert (content["service_ref"], [child["ref"] for child in content["children"]]) == (
        "service-north",
        [CHILD, SIBLING],
    )
    asked = [{"person": "mother", "answer": None}, {"person": "father", "answer": None}]
    assert content["children"][0]["holders"] == asked
    assert content["children"][0]["voice"] == {"kind": "views", "views": None}
    assert content["actor"] == {"id": now.social_worker, "role": "social_worker", "team": now.social_work_team}


def test_whom_mosaic_names_is_there_to_be_gone_through() -> None:
    mother = Relationship(person_ref="p-1", relation="mother", parental_responsibility=True)
    seen = NOTHING_KEEPS_OPEN.model_copy(
        update={"relationships": (mother,), "agencies": ("Hill School",), "born_on": date(2019, 3, 2)}
    )
    opened = facts(request=request(family=None))
    now = opened.having(effects=tuple(one.model_copy(update={"records": {CHILD: seen}}) for one in opened.effects))
    family = new_step(now, RecordFamily).content
    [person] = family["people"]
    assert (person["ref"], person["relations"][0]["relation"]) == ("p-1", "mother")
    assert person["relations"][0]["parental_responsibility"] is None, "by what, Mosaic does not say"
    assert family["children"] == [{"ref": CHILD, "born_on": "2019-03-02"}]
    assert new_step(now, RecordExploration).content["agencies"] == ["Hill School"]


def test_an_act_names_the_step_that_waits_for_it_and_not_who_acts() -> None:
    waiting = record(
        facts(), decided({CHILD: Decision.NO_FURTHER_SUPPORT}, actor=SOCIAL_WORKER, step_id="the-decision")
    )
    content = new_step(waiting, Authorise).content
    assert (content["of"], content["granted"], content["actor"]["id"]) == ("the-decision", None, None)


@pytest.mark.clause("SD-37")
def test_who_saw_a_child_is_left_open_and_the_manager_names_what_the_service_said_and_of_whom() -> None:
    now = passed_on(CHILD, SIBLING)
    assert new_step(now, RecordFirstContact).content["children"] == [
        {"ref": ref, "became": None, "seen_by": None} for ref in (CHILD, SIBLING)
    ]
    now = record(now, unseen(SIBLING))
    decides = new_step(now, DecideFirstContact).content
    assert (decides["of"], [child["ref"] for child in decides["children"]]) == ("unseen", [SIBLING])
    silent = new_step(let_time_pass(passed_on(), NOW + timedelta(days=60)), DecideFirstContact).content
    assert "of" not in silent, "the service has said nothing that could be named"
    assert [child["decision"] for child in silent["children"]] == [None]


def test_letters_are_proposed_and_nobody_is_said_to_have_read_them() -> None:
    content = new_step(facts_before(ApproveLetters), ApproveLetters).content
    assert content["letters"]
    assert not any("seen" in letter for letter in content["letters"])


def test_the_file_says_beside_each_empty_place_what_belongs_there() -> None:
    text = written(RecordConsent, new_step(facts(), RecordConsent).content)
    assert "explained_by:   # " in text
    assert "answer:   # the answer: agreed, refused, absent, unsafe_to_contact, not_competent" in text


def test_the_file_says_how_a_day_and_a_moment_are_written() -> None:
    assert "  at:   # when you spoke to them, as 2026-04-02T10:00" in written(
        ReportSignificantHarm, new_step(facts(), ReportSignificantHarm).content
    )
    started = written(AgreeStart, {"children": [{"ref": CHILD, "realistic_start": None}]})
    assert "realistic_start:   # the realistic start, as 2026-04-02" in started


def test_fewer_values_than_fifty_are_typed_until_a_child_is_passed_on_and_three_once_it_was_seen() -> None:
    """Example 01, each step filled in where it is empty; what its file says otherwise counts, too.

    The name of a letter is proposed, and may stay.
    """
    case = read_case(EXAMPLE, "t1", datetime.now(UTC))
    hub = next(one for one in read_services(EXAMPLE.parent / "services.csv") if one.ref == case.start.service_ref)
    now = facts(request=StepDownRequest.model_validate(named(case.start)), opening=opening(service=hub))
    typed = {}
    for sent in case.steps:
        step = type(sent).model_validate(named(sent))
        known = dict(leaves(new_step(now, type(step)).content))
        said = leaves(step.model_dump(mode="json", exclude_unset=True, exclude={"occurred_at", "step_id"}))
        typed[step.step] = [path for path, value in said if known.get(path) != value and "letter_id" not in path]
        # The texts of the letters are of another test, and whoever acknowledges does not wait for them.
        now = now if isinstance(step, ApproveLetters) else facts_at(step.occurred_at, step, before=now)
    assert len(typed.pop("record_first_contact")) == 3, "who says it, that it was seen, by whom"
    assert sum(map(len, typed.values())) < MOST_TYPED, {step: len(paths) for step, paths in typed.items()}


AS_IN_OTHER_TESTS = {
    "t1-child-1": CHILD,
    "t1-child-2": SIBLING,
    "sw-17": SOCIAL_WORKER.id,
    "tm-3": MANAGER.id,
    "north-2": str(MANAGER.team),
}


def named(said: Any) -> Any:
    """With children and people as the other tests call them, whose Mosaic and directory know them."""
    text = said.model_dump_json(exclude_unset=True)
    for ours, theirs in AS_IN_OTHER_TESTS.items():
        text = text.replace(ours, theirs)
    return json.loads(text)


def test_a_printed_step_says_whose_reference_is_asked_for() -> None:
    printed = written(Authorise, {"step": "authorise", "actor": {"id": None, "role": "team_manager"}})
    assert "  id:   # the reference of who does this\n" in printed
