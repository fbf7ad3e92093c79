"""Practitioner, document and answer may differ from child to child of one family (SD-38)."""

from typing import Any

import pytest
from pydantic import ValidationError

from models.effects import Effect
from models.journey.details import details
from models.kinds import EffectKind
from models.step_down.child_states import child_states
from models.step_down.effects import closures
from models.step_down.facts import StepDownFacts
from models.step_down.papers import agreed_papers, share_with_service, still_in
from models.step_down.practitioners import advice_summaries, in_summary
from models.step_down.safety import safety_told
from models.step_down.stage import Stage
from models.step_down.start import Document, DocumentKind, PlanType, Route
from models.step_down.steps.consent import Shareable
from models.step_down.steps.conversation import RecordContactConversation, ResponseKind
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordAdviceSummary
from models.vocabulary import ChildRef
from tests.builders import (
    CHILD,
    SIBLING,
    SOCIAL_WORKER,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    authorised,
    child_consent,
    consent,
    conversation,
    decided,
    each_with_its_own_assessment,
    exploration,
    facts,
    facts_after,
    facts_before,
    family_sharing,
    going_on_without,
    interim_contact,
    own_assessment,
    practitioner,
    record,
    refused,
    request,
    to_family,
    whole_path,
    withdrawal,
)
from tests.step_down import next_steps, stage, status

BOTH = (CHILD, SIBLING)
TRANSFER = Decision.TRANSFER


def taking(child: str, who: str = "lp-4", **changes: Any) -> NameLeadPractitioner:
    """Somebody who takes this child over, and no other."""
    said = {"practitioner": who, "email": f"{who}@hub.example", "step_id": f"{who}-for-{child}"}
    return practitioner(**{**said, "children": (ChildRef(ref=child),), **changes})


def before_naming() -> StepDownFacts:
    return facts_before(NameLeadPractitioner, *BOTH)


def each_with_their_own(*steps: Any) -> StepDownFacts:
    """Two children, each with a practitioner of their own, decided to pass on and closed."""
    named = (taking(CHILD, "lp-4"), taking(SIBLING, "lp-5"))
    ends = steps or (decided(dict.fromkeys(BOTH, TRANSFER)),)
    return facts_after(*named, advice(*BOTH), *ends, before=before_naming())


def practitioners(now: StepDownFacts) -> list[Any]:
    return [next(one.value for one in child_states(now, ref) if one.name == "practitioner") for ref in BOTH]


def sent(now: StepDownFacts, kind: EffectKind = EffectKind.SEND_ADVICE_SUMMARY) -> list[str]:
    return [effect.id for effect in now.begun if effect.kind is kind]


def told_of(now: StepDownFacts, summary: Effect) -> list[str]:
    return [child.ref for child in in_summary(now, summary)]


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-28")
def test_each_child_may_have_a_practitioner_of_its_own_and_one_named_for_one_is_still_missing_for_the_other() -> None:
    one = facts_after(taking(CHILD), before=before_naming())
    assert practitioners(one) == ["lp-4", None]
    assert next(need.step for need in next_steps(one)) == "name_lead_practitioner"
    assert refused(facts_after(advice(*BOTH), before=one), decided({SIBLING: TRANSFER})).clause == "SD-28"
    both = facts_after(taking(SIBLING, "lp-5"), before=one)
    assert practitioners(both) == ["lp-4", "lp-5"]
    assert "name_lead_practitioner" not in [need.step for need in next_steps(both)]


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-30")
def test_each_practitioner_has_one_summary_of_their_own_children_alone() -> None:
    now = each_with_their_own()
    assert [(one.practitioner, told_of(now, one)) for one in advice_summaries(now)] == [
        ("lp-4", [CHILD]),
        ("lp-5", [SIBLING]),
    ]
    assert sent(now) == ["send_advice_summary/lp-4", "send_advice_summary/lp-5"]
    together = facts_after(*whole_path(*BOTH)[:7], before=facts_before(RecordAdviceSummary, *BOTH))
    assert [told_of(together, one) for one in advice_summaries(together)] == [[*BOTH]], "one e-mail to each"


@pytest.mark.clause("SD-38")
def test_a_practitioner_who_is_changed_for_one_child_stays_for_the_other() -> None:
    all_at_once = facts_after(practitioner(), before=before_naming())
    assert practitioners(all_at_once) == ["lp-4", "lp-4"]
    assert refused(all_at_once, taking(SIBLING, "lp-5")).field == "corrects"
    other = taking(SIBLING, "lp-5", corrects="name_lead_practitioner")
    assert practitioners(facts_after(other, before=all_at_once)) == ["lp-4", "lp-5"]


@pytest.mark.clause("SD-38")
def test_what_is_corrected_for_a_child_whose_practitioner_was_written_to_is_kept_beside_it() -> None:
    now = each_with_their_own()
    late = record(now, taking(CHILD, "lp-6", corrects="lp-4-for-child-a"))
    assert (late.steps[-1].late, practitioners(late)) == (True, ["lp-4", "lp-5"])


@pytest.mark.clause("SD-38")
def test_who_takes_over_from_an_interim_contact_of_one_child_is_written_to_of_that_child_alone() -> None:
    contact = interim_contact(practitioner="contact-5", children=(ChildRef(ref=SIBLING),), step_id="contact")
    path = (taking(CHILD), contact, advice(*BOTH), decided(dict.fromkeys(BOTH, TRANSFER)))
    now = facts_after(*path, to_family(*BOTH), acknowledgement(*BOTH), before=before_naming())
    assert next(need.step for need in next_steps(now)) == "name_lead_practitioner"
    named = facts_after(taking(SIBLING), before=now)
    assert sent(named) == [
        "send_advice_summary/lp-4",
        "send_advice_summary/contact-5",
        "send_advice_summary/lp-4/2",
    ]
    assert [told_of(named, one) for one in advice_summaries(named)] == [[CHILD], [SIBLING]]
    assert safety_told(named) == (), "it comes with the summary"


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-23b")
def test_an_interim_contact_for_one_child_asks_the_manager_for_that_child() -> None:
    contact = interim_contact(actor=SOCIAL_WORKER, children=(ChildRef(ref=SIBLING),))
    now = facts_after(taking(CHILD), contact, before=before_naming())
    assert practitioners(now) == ["lp-4", None]
    assert practitioners(facts_after(authorised("name_lead_practitioner"), before=now)) == ["lp-4", "contact-5"]


@pytest.mark.clause("SD-38")
@pytest.mark.parametrize(
    "other", [{"email": "else@hub.example"}, {"name": "Somebody Else"}, {"agency": "Elsewhere"}, {"uses_mosaic": False}]
)
def test_one_reference_is_one_person_at_one_address(other: dict[str, Any]) -> None:
    now = facts_after(taking(CHILD), before=before_naming())
    said = refused(now, taking(SIBLING, **other))
    assert (said.field, said.clause) == ("practitioner", "SD-38")
    assert practitioners(facts_after(taking(SIBLING), before=now)) == ["lp-4", "lp-4"]


@pytest.mark.clause("SD-38")
def test_one_child_is_closed_while_nobody_is_found_for_the_other() -> None:
    now = facts_after(taking(CHILD), advice(*BOTH), decided({CHILD: TRANSFER}), before=before_naming())
    assert [effect.child for effect in closures(now)] == [CHILD]
    assert stage(now) is Stage.DECISION


OF_CHILD, OF_SIBLING = own_assessment(CHILD, "of-a"), own_assessment(SIBLING, "of-b")
OF_ALL = Document(kind=DocumentKind.ASSESSMENT, ref="of-all")


def each_with_its_own(*steps: Any, documents: tuple[Document, ...] = (OF_CHILD, OF_SIBLING)) -> StepDownFacts:
    """Two children, each with an assessment of its own."""
    before = each_with_its_own_assessment(*documents)
    return facts_after(exploration(), *(steps or (consent(*BOTH),)), before=before)


def seen(ref: str, **changes: Any) -> Any:
    return family_sharing(**{"document_ref": ref, "step_id": f"{ref}-seen", **changes})


def shared(now: StepDownFacts) -> list[str | None]:
    return [effect.document for effect in share_with_service(now)]


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-10")
def test_the_assessment_of_each_child_is_shown_to_the_family_and_goes_to_the_service() -> None:
    one = facts_after(seen("of-a"), before=each_with_its_own())
    assert (shared(one), stage(one)) == (["of-a"], Stage.SHARING)
    assert next(need.step for need in next_steps(one)) == "record_family_sharing"
    both = facts_after(seen("of-b"), before=one)
    assert (shared(both), stage(both)) == (["of-a", "of-b"], Stage.CONVERSATION)


@pytest.mark.clause("SD-38")
def test_a_document_that_is_corrected_for_one_child_leaves_the_other_untouched() -> None:
    now = facts_after(seen("of-a"), seen("of-b"), before=each_with_its_own())
    assert refused(now, seen("of-b", step_id="again", version=2)).may_correct == "of-b-seen"
    newer = facts_after(seen("of-b", step_id="again", version=2, corrects="of-b-seen"), before=now)
    assert [(one.document_ref, one.version) for one in agreed_papers(newer)] == [("of-a", 1), ("of-b", 2)]


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-11")
def test_a_child_whose_assessment_is_not_settled_holds_up_nobody_else() -> None:
    not_agreed = seen("of-b", agreed_as_basis=False, cleared_of_third_parties=False)
    path = (seen("of-a"), not_agreed, conversation(*BOTH), practitioner(), advice(*BOTH))
    now = facts_after(*path, before=each_with_its_own())
    said = refused(now, decided(dict.fromkeys(BOTH, TRANSFER)))
    assert (said.clause, said.child) == ("SD-11", SIBLING)
    assert [effect.child for effect in closures(record(now, decided({CHILD: TRANSFER})))] == [CHILD]


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-10a")
def test_support_goes_on_without_the_document_of_one_child() -> None:
    without = going_on_without(document_ref="of-b", step_id="of-b-seen")
    now = facts_after(seen("of-a"), without, before=each_with_its_own())
    assert (shared(now), stage(now)) == (["of-a"], Stage.CONVERSATION)


@pytest.mark.clause("SD-38")
def test_who_refuses_has_no_document_shown_and_none_sent() -> None:
    refuses = child_consent(SIBLING, may_share=(Shareable.ADVICE_SUMMARY,))
    now = facts_after(seen("of-a"), seen("of-b"), before=each_with_its_own(consent(CHILD, refuses)))
    assert still_in(now, agreed_papers(now)[0] if agreed_papers(now) else seen("of-a")) == (SIBLING,)
    assert shared(now) == [], "a sibling is seldom missing in it: the social worker says so"
    said = facts_after(
        seen("of-a", step_id="again", corrects="of-a-seen", version=2, without_children=(SIBLING,)), before=now
    )
    assert shared(said) == ["of-a"]


@pytest.mark.clause("SD-38")
def test_a_child_who_has_none_of_its_own_stands_in_the_document_for_all_others() -> None:
    now = facts_after(seen("of-all"), before=each_with_its_own(documents=(OF_CHILD, OF_ALL)))
    assert stage(now) is Stage.SHARING
    assert shared(facts_after(seen("of-a"), before=now)) == ["of-a", "of-all"]


@pytest.mark.clause("SD-38")
@pytest.mark.parametrize(
    "documents",
    [
        (OF_CHILD,),
        (
            OF_CHILD,
            Document(kind=DocumentKind.ASSESSMENT, ref="of-both", children=(OF_CHILD.children + OF_SIBLING.children)),
        ),
        (OF_CHILD, own_assessment("child-x")),
    ],
    ids=["a child without", "a child in two", "a child of nobody here"],
)
def test_each_child_has_one_document_of_each_kind(documents: tuple[Document, ...]) -> None:
    with pytest.raises(ValidationError, match="SD-38"):
        request(*BOTH, documents=documents)


@pytest.mark.clause("SD-38")
def test_a_plan_for_all_may_come_with_the_assessment_of_each_child() -> None:
    plan = Document(kind=DocumentKind.PLAN, ref="plan")
    said = {"route": Route.PLAN, "plan_type": PlanType.CHILD_IN_NEED, "documents": (plan, OF_CHILD, OF_SIBLING)}
    now = facts(request=request(*BOTH, **said))
    assert [(paper.kind.value, sorted(paper.about)) for paper in now.papers] == [
        ("plan", [*BOTH]),
        ("assessment", [CHILD]),
        ("assessment", [SIBLING]),
    ]


@pytest.mark.clause("SD-38")
def test_a_child_that_is_added_brings_its_own_assessment_where_none_is_about_it() -> None:
    before = each_with_its_own()
    said = refused(before, added_child())
    assert (said.field, said.clause) == ("documents", "SD-38")
    own = own_assessment("child-c", "of-c")
    now = facts_after(added_child(documents=(own,)), before=before)
    assert [paper.about for paper in now.papers] == [{CHILD}, {SIBLING}, {"child-c"}]
    assert refused(before, added_child(documents=(own.model_copy(update={"ref": "of-a"}),))).field == "documents"


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-31")
def test_a_practitioner_is_not_sent_a_document_in_which_another_ones_child_stands_and_the_receipt_says_so() -> None:
    school = {"uses_mosaic": False, "agency": "Hill School"}
    now = facts_after(taking(CHILD), taking(SIBLING, "lp-5", **school), advice(*BOTH), before=before_naming())
    after = record(now, decided(dict.fromkeys(BOTH, TRANSFER)))
    assert after.receipts[-1].note == (
        "Pat Example is not sent the assessment: it also tells about another child of the family, for whom somebody "
        "else is named. Once the case is closed, give them what is about child-b yourself, and record that, so that "
        "the family need not go through another assessment."
    )
    own = facts_after(seen("of-a"), seen("of-b"), conversation(*BOTH), before=each_with_its_own())
    each = facts_after(taking(CHILD), taking(SIBLING, "lp-5", **school), advice(*BOTH), before=own)
    assert record(each, decided(dict.fromkeys(BOTH, TRANSFER))).receipts[-1].note is None


def shown(now: StepDownFacts, name: str) -> list[str]:
    return [next(one.words for one in child_states(now, ref) if one.name == name) for ref in BOTH]


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-27")
def test_the_response_that_was_agreed_for_each_child_is_shown_with_the_child() -> None:
    plan = agreed_child(SIBLING, response=ResponseKind.MULTI_AGENCY_PLAN)
    before = facts_before(RecordContactConversation, *BOTH)
    assert shown(before, "response") == ["-", "-"]
    now = record(before, conversation(CHILD, plan))
    assert shown(now, "response") == ["a response by one agency", "an Early Help plan of several agencies"]
    assert "response: a response by one agency" in details(status(now))
    stays = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK})
    assert shown(record(now, stays), "response")[0] == "-"


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-31")
def test_which_documents_service_and_practitioner_get_is_shown_with_each_child() -> None:
    school = {"uses_mosaic": False, "agency": "Hill School"}
    own = facts_after(seen("of-a"), conversation(*BOTH), before=each_with_its_own())
    assert shown(own, "documents") == ["assessment to the service", "-"], "the family has not seen the other one"
    each = facts_after(taking(CHILD, **school), taking(SIBLING, "lp-5"), seen("of-b"), before=own)
    assert shown(each, "documents") == [
        "assessment to the service and lp-4",
        "assessment to the service and lp-5, in Mosaic",
    ]
    one_for_both = facts_after(taking(CHILD), taking(SIBLING, "lp-5", **school), before=before_naming())
    assert shown(one_for_both, "documents") == [
        "assessment to the service and lp-4, in Mosaic",
        "assessment to the service, to lp-5 the part about this child, by hand",
    ]
    refuses = child_consent(SIBLING, may_share=(Shareable.ADVICE_SUMMARY,))
    not_shared = facts_after(seen("of-b"), seen("of-a"), before=each_with_its_own(consent(CHILD, refuses)))
    assert shown(not_shared, "documents") == ["assessment not sent", "assessment not sent"]


@pytest.mark.clause("SD-38")
def test_what_the_ui_says_of_a_big_family_leaves_room_for_what_has_happened() -> None:
    school = {"uses_mosaic": False, "agency": "Hill School"}
    named = (taking(CHILD, **school), taking(SIBLING, "lp-5", **school), advice(*BOTH))
    two = status(facts_after(*named, before=before_naming()))
    children = tuple(two.children[0].model_copy(update={"ref": f"child-{name}"}) for name in "abcdef")
    said = details(two.model_copy(update={"children": children}))
    assert said.count("to lp-4 the part about this child, by hand") == len(children)
    assert "What happened" in said


@pytest.mark.clause("SD-38")
@pytest.mark.clause("SD-09a")
def test_only_who_was_written_to_of_the_child_is_told_that_consent_holds_no_more() -> None:
    now = facts_after(withdrawal(SIBLING), before=each_with_their_own())
    assert sent(now, EffectKind.TELL_PRACTITIONER) == ["tell_practitioner/lp-5/withdraw_consent"]
