"""What people read of a transfer: plain words, in the query, the register and the Temporal UI."""

import re
from datetime import timedelta

import pytest

from models.attention import PROBLEMS, Resolution
from models.effects import EffectKind, Ended
from models.step_down.answers import Outcome, Stage
from models.step_down.conditions import close_child
from models.step_down.facts import Facts
from models.step_down.status import (
    EFFECT_WORDS,
    ENDED_WORDS,
    OUTCOME_WORDS,
    RESOLUTION_WORDS,
    STAGE_WORDS,
    STEP_WORDS,
    details,
    status,
)
from models.step_down.steps import (
    STEPS,
    AcknowledgeTransfer,
    DecideChildren,
    Decision,
    NameLeadPractitioner,
    RecordConsent,
    step_name,
)
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    THEN,
    acknowledgement,
    attention,
    begin,
    decided,
    end,
    exploration,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    letters,
    opening,
    record,
    refused_consent,
    resolution,
    whole_path,
)


def locked_out() -> Facts:
    """A child of two could not be closed, and waits for operations."""
    before = record(
        facts_before(DecideChildren, CHILD, SIBLING),
        decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}),
    )
    begun = begin(before, close_child(CHILD))
    return begun.model_copy(update={"raised": (attention(close_child(CHILD)),)})


EVERYWHERE = {
    "start": facts(),
    "not opened yet": facts(opening=None),
    "duplicate": facts(opening=opening(duplicate_of="transfer-0")),
    "consent": facts_before(RecordConsent),
    "conversation held": facts_before(NameLeadPractitioner, CHILD, SIBLING),
    "attention": locked_out(),
    "resolved": record(locked_out(), resolution("A1", Resolution.DONE_BY_HAND)),
    "closed": facts_closed(CHILD, SIBLING),
    "refused": facts_after(refused_consent(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters()),
    "declined": facts_after(acknowledgement(accepted=False), before=facts_before(AcknowledgeTransfer)),
    "corrected": facts_after(exploration(), exploration(step_id="again", corrects="record_exploration")),
}


@pytest.mark.parametrize("now", EVERYWHERE.values(), ids=EVERYWHERE)
def test_the_details_are_plain_words(now: Facts) -> None:
    text = details(status(now))
    without_references = re.sub(r"\(corrects [^)]*\)", "", text)
    assert "_" not in without_references, "no name of the code"
    for word in ("None", "True", "False", "Traceback", "Error", "workflow", "activity", "enum", "<"):
        assert word not in text


def test_the_details_say_where_it_stands_what_it_waits_for_and_what_happened() -> None:
    assert details(status(facts_before(RecordConsent))) == (
        "## Consent: the family is asked\n"
        "\n"
        "Early Help service: Early Help North\n"
        "\n"
        "**Waits for**\n"
        "\n"
        "- social worker: Ask the family for consent and record the answer, child by child. (SD-09)\n"
        "\n"
        "| child | consent | agreed | decision | closed in Mosaic | acknowledged |\n"
        "|---|---|---|---|---|---|\n"
        "| child-a | not yet | not yet | not yet | no | not yet |\n"
        "\n"
        "**What happened**\n"
        "\n"
        "- Monday 2 March 2026 10:00: The transfer was started (system)\n"
        "- Monday 2 March 2026 12:00: Recorded what was explored with family and network (social worker sw-7)"
    )


def test_what_needs_attention_says_what_happened_and_what_to_do_until_it_is_resolved() -> None:
    waiting = details(status(locked_out()))
    assert "**Needs attention by operations**" in waiting
    assert (
        "- **A1** Close a child in Mosaic: child-a: The record is locked in Mosaic: somebody has it open."
        " Ask them to save and close it, then retry. (since Monday 2 March 2026 12:00)"
    ) in waiting
    resolved = status(record(locked_out(), resolution("A1", Resolution.DONE_BY_HAND)))
    assert "Needs attention by" not in details(resolved)
    assert "Dealt with an item that needed attention: A1, done by hand (operations ops-1)" in details(resolved)
    assert not resolved.needs_attention
    assert resolved.attention[0].note == "seen in the other system"


def test_what_a_person_wrote_about_an_item_is_in_the_status_and_not_in_the_temporal_ui() -> None:
    resolved = status(EVERYWHERE["resolved"])
    assert "seen in the other system" in [entry.note for entry in resolved.timeline]
    assert "seen in the other system" not in details(resolved)


def test_an_ended_transfer_says_how_it_ended() -> None:
    assert "**Passed to Early Help.**" in details(status(EVERYWHERE["closed"]))
    assert "**The family did not consent.**" in details(status(EVERYWHERE["refused"]))
    assert "**Not started: a child is in another open transfer.**" in details(status(EVERYWHERE["duplicate"]))


def test_each_childs_way_is_told() -> None:
    now = status(locked_out())
    child, sibling = now.children
    assert (child.ref, child.consent_stands, child.agreed_with_service, child.decision) == (
        CHILD,
        True,
        True,
        Decision.TRANSFER,
    )
    assert sibling.decision is Decision.STAYS_WITH_SOCIAL_WORK
    assert "| child-b | yes | yes | stays with social work | no | not yet |" in details(now)


@pytest.mark.parametrize(("ended", "closed"), [(Ended.DONE, True), (Ended.BY_HAND, True), (Ended.SKIPPED, False)])
def test_a_child_whose_closing_was_left_out_is_not_shown_as_closed(ended: Ended, closed: bool) -> None:
    now = status(end(locked_out(), close_child(CHILD), ended=ended))
    assert now.children[0].closed_in_mosaic is closed


def test_the_answer_of_the_service_is_shown_for_each_child() -> None:
    assert status(EVERYWHERE["declined"]).children[0].acknowledged is False
    assert status(facts_closed()).children[0].acknowledged is True


def test_the_timeline_is_in_the_order_of_recording_and_keeps_when_it_happened() -> None:
    early = exploration(occurred_at=THEN - timedelta(days=3))
    now = record(facts(), early, NOW)
    started, explored = status(now).timeline
    assert (started.at, started.recorded_at) == (THEN, THEN)
    assert (explored.at, explored.recorded_at) == (THEN - timedelta(days=3), NOW)


def test_a_correction_names_what_it_corrects_and_both_stay() -> None:
    told = [entry.what for entry in status(EVERYWHERE["corrected"]).timeline]
    assert told[1:] == [
        "Recorded what was explored with family and network",
        "Recorded what was explored with family and network (corrects record_exploration)",
    ]


def test_the_timeline_repeats_nothing_that_people_wrote() -> None:
    now = facts_closed(CHILD, SIBLING)
    told = details(status(now))
    for written in ("help with routines", "mother", "Pat Example", "wants a club", "Ms Example", "home.example"):
        assert written not in told


def test_everything_that_can_be_shown_has_words() -> None:
    assert set(STAGE_WORDS) == set(Stage)
    assert set(OUTCOME_WORDS) == set(Outcome)
    assert set(STEP_WORDS) == {step_name(kind) for kind in STEPS}
    assert set(EFFECT_WORDS) == set(EffectKind)
    assert set(ENDED_WORDS) == set(Ended)
    assert set(RESOLUTION_WORDS) == set(Resolution)
    assert {decision.words for decision in Decision} == {
        "passes to Early Help",
        "closes, no further support",
        "stays with social work",
    }


def test_every_effect_and_its_end_are_on_the_timeline() -> None:
    told = [entry.what for entry in status(facts_closed()).timeline]
    subjects = ("assessment-1/v1", "service-north", "child-a", "lp-4", "letter-1")
    for words, subject in zip(EFFECT_WORDS.values(), subjects, strict=True):
        assert f"{words[0].upper()}{words[1:]}: {subject}: done (seen)" in told


def test_a_status_is_the_same_after_it_went_over_the_wire() -> None:
    for now in EVERYWHERE.values():
        said = status(now)
        assert type(said).model_validate_json(said.model_dump_json()) == said


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_can_be_shown(problem: str) -> None:
    now = locked_out().model_copy(update={"raised": (attention(close_child(CHILD), problem=problem),)})
    assert PROBLEMS[problem].advice in details(status(now))


def test_facts_know_nothing_before_something_was_recorded() -> None:
    now = facts()
    assert now.letters is None
    assert not now.consents(CHILD)
    assert now.receipt("none") is None
    assert facts(opening=None).policy == now.policy


def test_a_receipt_is_kept_for_each_step() -> None:
    now = facts_after(*whole_path())
    assert [receipt.step_id for receipt in now.receipts] == [step.step_id for step in whole_path()]
    first = now.receipt("record_exploration")
    assert first is not None
    assert (first.stage, [need.step for need in first.next_steps]) == (Stage.CONSENT, ["record_consent"])


@pytest.mark.clause("SD-35")
def test_a_decline_is_told_with_its_reason_and_waits_for_the_social_worker_too() -> None:
    declined = EVERYWHERE["declined"]
    told = [entry.note for entry in status(declined).timeline if entry.note]
    assert len(told) == 1
    assert "declined: " in told[0]
    assert status(declined).waiting_for == ("social_worker", "early_help_service")
