"""What people read of a transfer: plain words, in the query, the register and the Temporal UI."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from models.attention import CHILD_NOT_HERE, NEWER_VERSION, PROBLEMS, Resolution
from models.effects import Ended
from models.journey.attention import raise_attention
from models.journey.details import details
from models.journey.timeline import ASKED_TO_CANCEL, NAMED_BY_THE_SENDER
from models.kinds import ClockKind, EffectKind
from models.mosaic import DocumentVersion
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Stage
from models.step_down.start import Criteria
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordDecisions
from models.ways import WAYS
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    THEN,
    acknowledgement,
    added_child,
    attention,
    begin,
    cancellation,
    close_child,
    consent,
    decided,
    decision,
    end,
    exploration,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    going_on_without,
    harm_report,
    letters,
    looked_at,
    management_conversation,
    not_appropriate,
    not_us,
    offer,
    opening,
    other_service,
    reassigned,
    record,
    refused_consent,
    request,
    resolution,
    result,
    whole_path,
    withdrawal,
)
from tests.step_down import status, update_clocks


def locked_out() -> StepDownFacts:
    """A child of two could not be closed, and waits for operations."""
    before = record(
        facts_before(RecordDecisions, CHILD, SIBLING),
        decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}),
    )
    begun = begin(before, close_child(CHILD))
    return begun.model_copy(update={"raised": (attention(close_child(CHILD)),)})


NOT_MET = Criteria(
    no_further_role=False, needs_early_help_can_meet=True, response_required=True, because="a court order"
)

EVERYWHERE: dict[str, Callable[[], StepDownFacts]] = {
    "start": facts,
    "not opened yet": lambda: facts(opening=None),
    "duplicate": lambda: facts(opening=opening(duplicate_of="transfer-0")),
    "consent": lambda: facts_before(RecordConsent),
    "conversation held": lambda: facts_before(NameLeadPractitioner, CHILD, SIBLING),
    "attention": locked_out,
    "resolved": lambda: record(locked_out(), resolution("A1", Resolution.DONE_BY_HAND)),
    "closed": lambda: facts_closed(CHILD, SIBLING),
    "refused": lambda: facts_after(
        refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters()
    ),
    "declined": lambda: facts_after(acknowledgement(accepted=False), before=facts_before(AcknowledgeTransfer)),
    "not for early help": lambda: facts(request=request(criteria=NOT_MET)),
    "restricted": lambda: facts_after(*whole_path()[:4], before=facts(request=request(restricted=True))),
    "withdrawn": lambda: facts_after(withdrawal(step_id="w-1"), before=facts_before(RecordDecisions, CHILD, SIBLING)),
    "another service": lambda: facts_after(other_service(step_id="c-1"), before=facts_before(RecordDecisions)),
    "cancelled": lambda: facts_after(cancellation()),
    "added": lambda: facts_after(added_child()),
    "reassigned": lambda: facts_after(reassigned()),
    "late": lambda: record(
        facts_before(AcknowledgeTransfer),
        decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="again", corrects="record_decisions"),
    ),
    "without the document": lambda: facts_after(going_on_without(), before=facts_after(*whole_path()[:2])),
    "offered": lambda: facts_after(offer(), before=facts_before(RecordContactConversation)),
    "not for us": lambda: facts_after(not_us(), before=facts_before(RecordContactConversation)),
    "corrected": lambda: facts_after(exploration(), exploration(step_id="again", corrects="record_exploration")),
}


@pytest.mark.parametrize("now", EVERYWHERE.values(), ids=EVERYWHERE)
def test_the_details_are_plain_words(now: Callable[[], StepDownFacts]) -> None:
    text = details(status(now()))
    without_references = re.sub(r"\(corrects [^)]*\)", "", text)
    assert "_" not in without_references, "no name of the code"
    for word in ("None", "True", "False", "Traceback", "Error", "workflow", "activity", "enum", "<"):
        assert word not in text
    assert "--" not in re.sub("`[^`]*`", "", text), "the Temporal UI makes a dash of two outside a command"


def test_the_details_say_where_it_stands_what_it_waits_for_and_what_happened() -> None:
    assert details(status(facts_before(RecordConsent))) == (
        "## Consent: the family's answer\n"
        "\n"
        "Early Help service: Early Help North\n"
        "\n"
        "Social work: sw-7, team team-sw; manager Jo Sample (tm-1), 0113 496 0003\n"
        "\n"
        "**Waits for**\n"
        "\n"
        "- social worker: Ask the family for consent and record the answer, child by child. (SD-09)\n"
        "\n"
        "**Time**\n"
        "\n"
        "- Consent: being calculated\n"
        "\n"
        "**Children**\n"
        "\n"
        "- **child-a**: consent: not yet; agreed with service: not yet; practitioner: not yet; decision: not yet; "
        "closed in Mosaic: no; acknowledged: not yet\n"
        "\n"
        "**What happened, the newest first**\n"
        "\n"
        "- Monday 2 March 2026 12:00: Recorded what was explored with family and network (social worker sw-7, whom "
        "the directory of people does not have in this team)\n"
        "- Monday 2 March 2026 10:00: The transfer was started (system)"
    )


def test_what_needs_attention_says_what_happened_and_what_to_do_until_it_is_resolved() -> None:
    waiting = details(status(locked_out()))
    assert "**Needs attention by operations**" in waiting
    assert (
        "- **A1** Close a child's case in Mosaic: child-a: The record is locked in Mosaic: somebody has it open."
        " Ask them to save and close it, then retry. (since Monday 2 March 2026 12:00)"
    ) in waiting
    resolved = status(record(locked_out(), resolution("A1", Resolution.DONE_BY_HAND)))
    assert "Needs attention by" not in details(resolved)
    assert "Dealt with an item that needed attention: A1, done by hand (operations ops-1)" in details(resolved)
    assert not resolved.needs_attention
    assert resolved.attention[0].note == "seen in the other system"


def test_what_a_person_wrote_about_an_item_is_in_the_status_and_not_in_the_temporal_ui() -> None:
    resolved = status(EVERYWHERE["resolved"]())
    assert "seen in the other system" in [entry.note for entry in resolved.timeline]
    assert "seen in the other system" not in details(resolved)


def test_an_ended_transfer_says_how_it_ended() -> None:
    assert "**Passed to Early Help.**" in details(status(EVERYWHERE["closed"]()))
    assert "**The family did not consent.**" in details(status(EVERYWHERE["refused"]()))
    assert "**Not started: a child is in another open transfer.**" in details(status(EVERYWHERE["duplicate"]()))


def test_each_childs_way_is_told() -> None:
    now = status(locked_out())
    child, sibling = now.children
    assert (child.ref, child.value("consent_stands"), child.value("agreed_with_service"), child.value("decision")) == (
        CHILD,
        True,
        True,
        Decision.TRANSFER,
    )
    assert sibling.value("decision") == Decision.STAYS_WITH_SOCIAL_WORK
    assert (
        "**child-b**: consent: yes; agreed with service: yes; decision: stays with social work; closed in Mosaic: no\n"
        in details(now)
    )


@pytest.mark.parametrize(("ended", "closed"), [(Ended.DONE, True), (Ended.BY_HAND, True), (Ended.SKIPPED, False)])
def test_a_child_whose_closing_was_skipped_is_not_shown_as_closed(ended: Ended, closed: bool) -> None:
    now = status(end(locked_out(), close_child(CHILD), ended=ended))
    assert now.children[0].value("closed_in_mosaic") is closed


def test_the_answer_of_the_service_is_shown_for_each_child() -> None:
    assert status(EVERYWHERE["declined"]()).children[0].value("acknowledged") is False
    assert status(facts_closed()).children[0].value("acknowledged") is True


def test_the_timeline_is_in_the_order_of_recording_and_keeps_when_it_happened() -> None:
    early = exploration(occurred_at=THEN - timedelta(days=3))
    now = record(facts(), early, NOW)
    started, explored = status(now).timeline
    assert (started.at, started.recorded_at) == (THEN, THEN)
    assert (explored.at, explored.recorded_at) == (THEN - timedelta(days=3), NOW)


AT_NOON = "Monday 2 March 2026 12:00"


def test_a_correction_names_what_it_corrects_and_both_stay() -> None:
    told = [entry.what for entry in status(EVERYWHERE["corrected"]()).timeline]
    assert told[1:] == [
        "Recorded what was explored with family and network",
        f"Recorded what was explored with family and network (corrects what social worker sw-7 recorded on {AT_NOON})",
    ]


def test_the_timeline_repeats_nothing_that_people_wrote() -> None:
    now = facts_closed(CHILD, SIBLING)
    told = details(status(now))
    for written in ("help with routines", "mother", "Pat Example", "wants a club", "Ms Example", "home.example"):
        assert written not in told


def test_every_effect_and_its_end_are_on_the_timeline() -> None:
    told = [entry.what for entry in status(facts_closed()).timeline]
    subjects = ("assessment-1 version 1, with service-north", "service-north", "child-a", "lp-4", "letter-1")
    kinds = (
        EffectKind.SHARE_DOCUMENT,
        EffectKind.REQUEST_CONVERSATION,
        EffectKind.CLOSE_CHILD,
        EffectKind.SEND_ADVICE_SUMMARY,
        EffectKind.SEND_LETTER,
    )
    for words, subject in zip((WAYS[kind].words for kind in kinds), subjects, strict=True):
        assert f"{words[0].upper()}{words[1:]}: {subject}: done (seen)" in told


def test_a_status_is_the_same_after_it_went_over_the_wire() -> None:
    for now in EVERYWHERE.values():
        said = status(now())
        assert type(said).model_validate_json(said.model_dump_json()) == said


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_problem_can_be_shown(problem: str) -> None:
    item = attention(close_child(CHILD), problem=problem)
    if problem == NEWER_VERSION:
        newer = DocumentVersion(ref="d-1", version=2)
        item = item.model_copy(update={"what": newer.words, "document": newer})
    now = locked_out().model_copy(update={"raised": (item,)})
    if problem == CHILD_NOT_HERE:
        now = record(facts(), harm_report(CHILD, "mistyped"))
    assert PROBLEMS[problem].advice in details(status(now))


def test_facts_know_nothing_before_something_was_recorded() -> None:
    now = facts()
    assert now.letters is None
    assert not now.child(CHILD).consents
    assert now.receipt("none") is None
    assert facts(opening=None).policy == now.policy


def test_a_receipt_is_kept_for_each_step() -> None:
    now = facts_after(*whole_path())
    assert [receipt.step_id for receipt in now.receipts] == [step.step_id for step in whole_path()]
    first = now.receipt("record_exploration")
    assert first is not None
    assert (first.stage, [need.step for need in first.next_steps]) == (Stage.CONSENT, ["record_consent"])


def test_a_family_whose_records_are_restricted_shows_neither_children_nor_what_happened_in_the_temporal_ui() -> None:
    now = status(EVERYWHERE["restricted"]())
    assert now.restricted
    assert len(now.timeline) > 4
    assert details(now) == (
        "## Decision, child by child\n\nEarly Help service: Early Help North\n\nSocial work: sw-7, team "
        "team-sw; manager Jo Sample (tm-1), 0113 496 0003\n\n**Waits for**\n\n- social worker: Name the "
        "practitioner who takes over for each child who passes on; it need not be the same one. (SD-28)\n- "
        "social worker: Record the summary of advice for each child who passes to Early Help. (SD-30)\n- "
        "social worker: Decide for each child what happens; the team manager records it, or authorises it. "
        "(SD-23)\n\n**Time**\n\n- Practitioner who takes over: being calculated\n- Decision for the children: "
        "being calculated\n\nRestricted family: the people named for it read the rest with `transfers show transfer-1`."
    )


@pytest.mark.parametrize(("now", "kind"), [("restricted", "restricted"), ("closed", "narrative")])
def test_a_status_is_classed_as_restricted_where_the_start_says_so(now: str, kind: str) -> None:
    assert status(EVERYWHERE[now]()).privacy == kind


def test_what_needs_attention_in_a_restricted_family_is_shown_in_the_temporal_ui() -> None:
    now = raise_attention(EVERYWHERE["restricted"](), NOW, "in_clear", "The start of the transfer")
    text = details(status(now))
    assert "**Needs attention by operations**\n\n- **A1**\n" in text
    assert "The start of the transfer" not in text, "what it is about may name a child"


def test_what_is_under_way_in_a_restricted_family_is_not_shown_in_the_temporal_ui() -> None:
    before = facts_before(RecordDecisions)
    now = record(before.model_copy(update={"request": request(restricted=True)}), decision())
    assert CHILD not in details(status(begin(now, close_child(CHILD))))
    assert CHILD in details(status(begin(record(before, decision()), close_child(CHILD))))


@pytest.mark.clause("SD-01")
@pytest.mark.parametrize(("by", "who"), [(None, "sw-7"), ("sw-9", "sw-9")])
def test_a_transfer_that_may_not_go_on_says_who_judged_so_and_why(by: str | None, who: str) -> None:
    now = facts(request=request(criteria=NOT_MET.model_copy(update={"judged_by": by})))
    assert status(now).timeline[0].note == f"Not for Early Help, as {who} judged: a court order"
    assert status(facts()).timeline[0].note is None
    assert "a court order" not in details(status(now))


def test_a_correction_that_came_too_late_says_so() -> None:
    told = [entry.what for entry in status(EVERYWHERE["late"]()).timeline]
    late = f"(corrects what team manager tm-1 recorded on {AT_NOON}); too late to replace it, as it had been acted on"
    decided = "Recorded the decision for the children: child-a stays with social work"
    assert f"{decided}{NAMED_BY_THE_SENDER} {late}" in told
    assert any(each.startswith("Needs attention A1, ") and "Something was corrected" in each for each in told)


@pytest.mark.clause("SD-09a")
def test_a_child_whose_consent_was_withdrawn_is_shown_so() -> None:
    now = status(EVERYWHERE["withdrawn"]())
    consents = [state for child in now.children for state in child.states if state.name == "consent_stands"]
    assert [(state.value, state.words) for state in consents] == [(False, "withdrawn"), (True, "yes")]
    assert "**child-a**: consent: withdrawn; agreed with service: yes, without consent; practitioner: lp-4;" in (
        details(now)
    )
    again = facts_after(consent(step_id="consent-2"), before=EVERYWHERE["withdrawn"]())
    assert "**child-a**: consent: yes; agreed with service: yes; practitioner: lp-4;" in details(status(again))


def test_what_is_under_way_is_told_until_it_ends_or_waits_for_a_person() -> None:
    begun = begin(facts_before(RecordContactConversation), close_child(CHILD))
    now = status(begun)
    assert now.at_work == ("Close a child's case in Mosaic: child-a",)
    assert "**Under way**\n\n- Close a child's case in Mosaic: child-a\n" in details(now)
    assert status(end(begun, close_child(CHILD))).at_work == ()
    assert status(locked_out()).at_work == ()
    assert "Under way" not in details(status(locked_out()))


def test_what_was_stopped_is_told_and_may_be_begun_again() -> None:
    stopped = result(close_child(CHILD), Ended.STOPPED, "no longer wanted")
    now = status(facts().model_copy(update={"stopped": (stopped,)}))
    assert (
        now.timeline[-1].what
        == "Close a child's case in Mosaic: child-a: stopped before it was done (no longer wanted)"
    )
    assert not now.children[0].value("closed_in_mosaic")


def test_that_somebody_asked_to_cancel_in_the_temporal_ui_is_told_and_by_itself_ends_nothing() -> None:
    now = status(facts().model_copy(update={"cancel_requests": (NOW,)}))
    entry = now.timeline[-1]
    assert (entry.at, entry.who, entry.what) == (
        NOW,
        "Temporal UI",
        ASKED_TO_CANCEL,
    )
    assert now.stage == Stage.CONSENT


def test_what_is_known_of_an_item_beyond_its_problem_is_shown_between_problem_and_advice() -> None:
    now = status(
        raise_attention(
            facts(), NOW, "rejected_step", "The step “cancel”", detail="No such child. Sent as operations ops-1."
        )
    )
    assert (
        "- **A1** The step “cancel”: A message came that could not be taken as a step."
        " No such child. Sent as operations ops-1. Tell whoever sent it what was wrong"
    ) in details(now)
    assert now.timeline[-1].note == "No such child. Sent as operations ops-1."


def test_an_item_waits_only_as_long_as_its_effect_has_not_ended() -> None:
    waiting = locked_out()
    assert status(waiting).needs_attention
    assert not status(end(waiting, close_child(CHILD))).needs_attention, "done meanwhile"
    assert not status(waiting.model_copy(update={"begun": ()})).needs_attention, "stopped meanwhile"


def test_the_responsible_people_and_the_service_are_those_of_now() -> None:
    now = status(EVERYWHERE["reassigned"]())
    assert (now.social_worker, now.team_manager) == ("sw-8", "tm-1")
    moved = status(EVERYWHERE["another service"]())
    assert (moved.service_ref, moved.service_name) == ("service-south", "Early Help South")
    assert status(record(facts(), other_service())).service_name is None


def test_each_child_is_shown_with_what_counts_now() -> None:
    child = status(EVERYWHERE["withdrawn"]()).children[0]
    known = [child.value(name) for name in ("consent_stands", "agreed_with_service", "decision")]
    assert known == [False, True, None]
    child = status(EVERYWHERE["another service"]()).children[0]
    assert (child.value("consent_stands"), child.value("agreed_with_service")) == (None, None)
    assert [child.ref for child in status(EVERYWHERE["added"]()).children] == [CHILD, "child-c"]
    refused = status(facts_after(not_appropriate())).children[0]
    assert (refused.value("consent_stands"), refused.value("agreed_with_service")) == (None, False)


@pytest.mark.clause("SD-35")
def test_a_decline_is_told_with_its_reason_and_waits_for_the_team_manager_too() -> None:
    declined = EVERYWHERE["declined"]()
    [told] = [entry.note for entry in status(declined).timeline if entry.what.startswith("Answered for the Early")]
    assert told == "child-a: no place"
    [said] = [entry.what for entry in status(declined).timeline if entry.what.startswith("Answered for the Early")]
    assert said.endswith("child-a declined, as the service has no place")
    assert status(declined).waiting_for == ("team_manager",)
    talked_about = status(record(declined, management_conversation()))
    assert talked_about.waiting_for == ("team_manager",), "until it has become what they agreed"


def test_what_runs_about_an_item_says_its_number() -> None:
    raised = locked_out().model_copy(
        update={"raised": (attention(close_child(CHILD)), attention(close_child(CHILD), 2))}
    )
    running = [clock.words for clock in status(update_clocks(raised, NOW)).clocks if clock.kind is ClockKind.ATTENTION]
    assert [words.partition(":")[0] for words in running] == ["A1", "A2"]


def test_the_timeline_says_by_which_id_a_step_is_corrected() -> None:
    now = status(facts_after(exploration(step_id="explored")))
    assert [entry.step_id for entry in now.timeline if entry.step_id] == ["explored"]


@pytest.mark.parametrize(
    ("now", "to"),
    [
        (facts_before(AcknowledgeTransfer), "single_agency"),
        (facts_before(RecordDecisions), None),
    ],
    ids=["its case is closed", "its case is open"],
)
def test_a_child_whose_case_is_closed_says_to_which_response_it_was_let_go(now: StepDownFacts, to: str | None) -> None:
    assert status(now).children[0].value("let_go_to") == to
