"""A newer version of a document than the family saw: told once, and until the family has seen that one (SD-11)."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from models.attention import Resolution
from models.effects import Effect
from models.journey.recording import record_result
from models.kinds import ClockKind, EffectKind
from models.mosaic import DocumentVersion
from models.operations.differences import Became, Difference, DifferenceKind
from models.policy import DEFAULT_CLOCKS
from models.step_down.facts import StepDownFacts
from models.step_down.papers import papers_for_service
from models.step_down.start import Document, DocumentKind
from models.step_down.steps.conversation import RecordContactConversation
from models.vocabulary import Role
from tests.builders import (
    ASSESSMENT,
    CHILD,
    NOW,
    THEN,
    acknowledgement,
    begin,
    close_child,
    decision,
    due,
    facts,
    facts_after,
    facts_before,
    family_sharing,
    harm_report,
    interim_contact,
    let_machine_work,
    letters,
    london,
    opening,
    practitioner,
    record,
    request,
    resolution,
    result,
    scheduled,
    seen,
    whole_path,
    withdrawal,
    without_mosaic,
)
from tests.step_down import next_steps, raise_difference, update_clocks, waiting_for, wanted

pytestmark = pytest.mark.clause("SD-11")

NEXT = "assessment-2"
"""A newer assessment, with versions of its own."""
DIFFERENCE = Difference(
    kind=DifferenceKind.NEWER_VERSION,
    transfer_id="transfer-1",
    document=DocumentVersion(ref=ASSESSMENT, version=3),
    register_version=1,
)


def of_version(version: int) -> Difference:
    return DIFFERENCE.model_copy(update={"document": DocumentVersion(ref=ASSESSMENT, version=version)})


def found(newest: int) -> StepDownFacts:
    """The version that the family saw was shared, and Mosaic holds a newer one."""
    before = facts_before(RecordContactConversation)
    shared = next(each for each in before.effects if each.effect.kind == "share_document")
    return record_result(before, result(shared.effect).model_copy(update={"newer": {ASSESSMENT: newest}, "at": THEN}))


def shown(version: int = 2, **changes: object) -> object:
    """The family sees another version."""
    return family_sharing(**{"step_id": "again", "version": version, "corrects": "record_family_sharing", **changes})


@pytest.mark.parametrize(("seen", "still_open"), [(2, 1), (3, 0), (4, 0)])
def test_it_is_told_until_the_family_has_seen_that_version_or_a_newer_one(seen: int, still_open: int) -> None:
    assert len(record(found(3), shown(seen), NOW).open_attention) == still_open


def test_one_that_the_family_saw_while_the_one_before_was_sent_is_not_told() -> None:
    before = record(facts_before(RecordContactConversation), shown(2))
    shared = next(each for each in before.effects if each.effect.kind == "share_document")
    now = record_result(before, result(shared.effect).model_copy(update={"newer": {ASSESSMENT: 2}}))
    assert now.raised == ()


def test_the_comparison_and_the_sending_tell_one_version_once() -> None:
    compared, became = raise_difference(found(3), DIFFERENCE, NOW)
    assert (became, len(compared.raised)) == (Became.KNOWN, 1)
    first, became = raise_difference(facts_before(RecordContactConversation), DIFFERENCE, NOW)
    shared = next(each for each in first.effects if each.effect.kind == "share_document")
    sent = record_result(first, result(shared.effect).model_copy(update={"newer": {ASSESSMENT: 3}}))
    assert (became, [(item.problem, item.what) for item in sent.raised]) == (
        Became.RAISED,
        [("newer_version", "Document assessment-1 version 3")],
    )
    _, of_the_next = raise_difference(first, of_version(4), NOW)
    assert of_the_next is Became.RAISED


@pytest.mark.parametrize("how", [Resolution.SKIP, Resolution.DONE_BY_HAND])
def test_what_a_person_says_of_a_version_holds(how: Resolution) -> None:
    settled = record(found(3), resolution("A1", how))
    assert raise_difference(settled, DIFFERENCE, NOW) == (settled, Became.ACCEPTED)


def test_the_social_worker_is_asked_told_and_waited_for_and_operations_are_not() -> None:
    now = update_clocks(found(3), NOW)
    assert Role.OPERATIONS not in waiting_for(now)
    assert [clock.id for clock in now.open_clocks() if clock.about == "A1"] == ["newer_version/A1"]
    told = {who for rung in DEFAULT_CLOCKS[ClockKind.NEWER_VERSION].ladder for who in rung.audiences}
    assert told == {"social_worker", "team_manager"}


def test_before_the_end_the_social_worker_is_asked_to_share_it() -> None:
    closed = facts_after(*whole_path()[:-2])
    now, _ = raise_difference(closed, DIFFERENCE, NOW)
    now = facts_after(acknowledgement(), seen(), before=now)
    assert [(need.who, need.step, need.clause) for need in next_steps(now)] == [
        (Role.SOCIAL_WORKER, "record_family_sharing", "SD-11")
    ]


def being_closed(**changes: object) -> StepDownFacts:
    before = facts_after(*whole_path()[:6], before=facts(**changes))
    return begin(record(before, decision()), close_child(CHILD))


def closed(**changes: object) -> StepDownFacts:
    return facts_after(*whole_path()[:7], before=facts(**changes))


def pack_begun(**changes: object) -> StepDownFacts:
    before = record(facts_after(*whole_path()[:6], before=facts(**changes)), decision())
    return begin(before, *due(before))


BY_MAIL = opening(service=without_mosaic())
LATE_SHOWN = {
    "being closed": (being_closed, opening(), EffectKind.SHARE_DOCUMENT),
    "closed": (closed, opening(), EffectKind.SHARE_DOCUMENT),
    "the pack being sent": (pack_begun, BY_MAIL, EffectKind.MAIL_DOCUMENT),
    "closed, without Mosaic": (closed, BY_MAIL, EffectKind.MAIL_DOCUMENT),
}


@pytest.mark.parametrize(("before", "opened", "kind"), LATE_SHOWN.values(), ids=LATE_SHOWN)
def test_one_that_the_family_agrees_to_goes_to_the_service_whose_children_are_being_closed_or_were(
    before: Callable[..., StepDownFacts], opened: object, kind: EffectKind
) -> None:
    now = record(before(opening=opened), shown())
    assert (now.steps[-1].late, now.open_attention) == (False, ())
    sent = [effect for effect in let_machine_work(now).begun if effect.kind is kind]
    assert [effect.version for effect in sent] == [1, 2]


def test_one_that_the_family_does_not_agree_to_then_is_kept_as_late_and_counts_as_seen() -> None:
    now, _ = raise_difference(closed(), DIFFERENCE, NOW)
    now = record(now, shown(3, agreed_as_basis=False))
    assert now.steps[-1].late
    assert [item.problem for item in now.open_attention] == ["late_correction"]
    assert [shared.version for shared in papers_for_service(now)] == [1]
    assert raise_difference(now, DIFFERENCE, NOW) == (now, Became.ACCEPTED)


def test_one_that_the_family_saw_before_anybody_noticed_it_is_not_told() -> None:
    now = record(closed(), shown(3, agreed_as_basis=False))
    assert raise_difference(now, DIFFERENCE, NOW) == (now, Became.ACCEPTED)


NO_LONGER = {
    "consent withdrawn": lambda: record(closed(), withdrawal(), NOW),
    "not taken": lambda: facts_after(letters(), acknowledgement(accepted=False), before=closed()),
    "significant harm": lambda: record(closed(), harm_report(), NOW),
}


@pytest.mark.parametrize("before", NO_LONGER.values(), ids=NO_LONGER)
def test_it_does_not_go_to_a_service_that_may_not_read_or_did_not_take_the_child(
    before: Callable[[], StepDownFacts],
) -> None:
    now = before()
    assert papers_for_service(now) == ()
    assert not [effect for effect in wanted(now) if effect.kind is EffectKind.SHARE_DOCUMENT]


@pytest.mark.clause("SD-31")
@pytest.mark.parametrize(("reads_mosaic", "told"), [(True, False), (False, True)])
def test_the_social_worker_is_told_that_the_practitioner_has_the_one_before(reads_mosaic: bool, told: bool) -> None:
    steps = (*whole_path()[:4], practitioner(uses_mosaic=reads_mosaic), *whole_path()[5:7])
    now = record(facts_after(*steps), shown())
    assert ("give them this one yourself" in (now.receipts[-1].note or "")) is told


def test_nobody_has_the_one_before_where_the_summary_is_still_to_come() -> None:
    before = facts_after(*whole_path()[:4], interim_contact(uses_mosaic=False), *whole_path()[5:6])
    assert record(before, shown()).receipts[-1].note is None


def of_two_assessments() -> StepDownFacts:
    papers = tuple(Document(kind=DocumentKind.ASSESSMENT, ref=ref) for ref in (ASSESSMENT, NEXT))
    seen = family_sharing(version=3)
    return facts_after(*whole_path()[:2], seen, before=facts(request=request(documents=papers)))


@pytest.mark.parametrize("version", [1, 3, 5])
def test_another_document_of_the_kind_is_not_compared_by_its_number_and_goes_to_the_service(version: int) -> None:
    before, _ = raise_difference(of_two_assessments(), of_version(4), NOW)
    now = let_machine_work(record(before, shown(version, document_ref=NEXT)))
    assert not now.steps[-1].late
    shared = Effect(kind=EffectKind.SHARE_DOCUMENT, document=NEXT, version=version, service="service-north")
    assert shared in now.begun
    assert now.open_attention == ()


@pytest.mark.parametrize(("version", "late"), [(2, True), (3, True), (4, False)])
def test_of_the_same_document_only_a_higher_number_is_newer(version: int, late: bool) -> None:
    assert record(of_two_assessments(), shown(version)).steps[-1].late is late


@pytest.mark.clause("SD-18")
def test_a_meeting_more_than_a_year_ahead_is_a_slip_of_the_pen() -> None:
    with pytest.raises(ValidationError, match="meeting_at"):
        scheduled(meeting_at=london(2062, 3, 16, 10))
