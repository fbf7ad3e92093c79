"""What the start and the steps accept: wrong content is refused at the door, naming the field and the clause."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from models.attention import PROBLEMS, Resolution
from models.errors import StartRefusedError
from models.journey.steps import step_name
from models.kinds import ClockKind
from models.mosaic import Relationship
from models.services import EarlyHelpService
from models.step_down.start import Criteria, Document, StepDownRequest
from models.step_down.steps.confirmation import ChildAcknowledgement, LetterAudience, WhyDeclined
from models.step_down.steps.consent import HolderAnswer, RecordExploration, VoiceKind
from models.step_down.steps.conversation import AgreedChild
from models.step_down.steps.decision import Part
from models.step_down.steps.every import STEPS, AnyStep
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.sharing import RecordSharingBasis
from models.vocabulary import LONDON, ChildRef, Role, local_time
from models.wrong_input import first_flaw
from tests.builders import (
    CHILD,
    SIBLING,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    cancellation,
    child_consent,
    consent,
    conversation,
    decided,
    delivery,
    exploration,
    families_first,
    family_sharing,
    going_on_without,
    holder,
    interim_contact,
    letter,
    letter_to_agency,
    letters,
    letters_alone,
    london,
    no_letter,
    not_appropriate,
    not_authorised,
    not_us,
    offer,
    other_service,
    pause,
    practitioner,
    reassigned,
    recalculation,
    request,
    resolution,
    resume,
    scheduled,
    service,
    voice,
    whole_path,
    withdrawal,
)


def judged(**criteria: Any) -> Criteria:
    met = {"no_further_role": True, "needs_early_help_can_meet": True, "response_required": True}
    return Criteria.model_validate({**met, **criteria})


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "exploration without who was asked": (lambda: exploration(asked=()), "asked, needs: .*SD-05"),
    "exploration without what is needed": (lambda: exploration(needs=None), "asked, needs: .*SD-05"),
    "an absent holder without a reason": (lambda: holder(HolderAnswer.ABSENT, because=None), "because: .*SD-09"),
    "an unsafe holder without a reason": (
        lambda: holder(HolderAnswer.UNSAFE_TO_CONTACT, because=None),
        "because: .*SD-09",
    ),
    "views that were not given": (lambda: voice(views=None), "views: .*SD-09"),
    "a young person without an answer": (lambda: voice(kind=VoiceKind.OWN_CONSENT), "agreed: .*SD-09"),
    "a competent child without an answer": (lambda: voice(kind=VoiceKind.JUDGED_COMPETENT), "agreed: .*SD-09"),
    "a competent child whom nobody judged": (
        lambda: voice(kind=VoiceKind.JUDGED_COMPETENT, agreed=True),
        "judged_by: .*SD-09c",
    ),
    "a judgement of nobody": (lambda: voice(judged_by="the school nurse"), "judged_by: .*SD-09c"),
    "a yes of who lacks capacity": (
        lambda: voice(
            kind=VoiceKind.OWN_CONSENT, agreed=True, lacks_capacity={"assessed_by": "Dr", "best_interests": "help"}
        ),
        "lacks_capacity: .*SD-09b",
    ),
    "a person asked twice": (lambda: child_consent(CHILD, holder(), holder()), "holders: each person"),
    "consent without children": (
        lambda: consent().model_validate({**consent().model_dump(), "children": ()}),
        "children",
    ),
    "a version before the first": (lambda: family_sharing(version=0), "version"),
    "an agreed child without priorities": (
        lambda: agreed_child(priorities=None),
        "priorities: .*SD-13",
    ),
    "an agreed child without a start": (
        lambda: agreed_child(realistic_start=None),
        "realistic_start: .*SD-13",
    ),
    "an agreed child with a start that is not known yet": (
        lambda: agreed_child(start_not_known_because="the worker is on leave"),
        "realistic_start: .*SD-13",
    ),
    "an agreed child without a response": (lambda: agreed_child(response=None), "response: .*SD-27"),
    "a child that was not agreed for no reason": (lambda: AgreedChild(ref=CHILD, agreed=False), "reason: .*SD-08"),
    "not appropriate for no reason": (lambda: not_appropriate(reason=None), "reason: .*SD-07"),
    "a conversation about no child": (lambda: conversation(children=()), "children: .*SD-08"),
    "a conversation without understanding": (
        lambda: conversation(shared_understanding=None),
        "shared_understanding: .*SD-12",
    ),
    "a conversation that leaves the plan open": (lambda: conversation(plan_needed=None), "plan_needed: .*SD-14"),
    "a part with neither text nor reason": (Part, "text: .*SD-30"),
    "a part with both text and reason": (lambda: Part(text="a", not_obtained_because="b"), "text: .*SD-30"),
    "a summary for no child": (lambda: advice().model_validate({**advice().model_dump(), "children": ()}), "children"),
    "a decision for no child": (lambda: decided({}), "children"),
    "a letter without a way": (lambda: letter(by=None), "by: .*SD-33b"),
    "a letter to nobody": (lambda: letter(person=None), "person: .*SD-33"),
    "a letter to somebody of the family with an address": (lambda: letter(address="a@b.example"), "address: .*SD-33a"),
    "a letter to an agency without an address": (lambda: letter_to_agency(address=None), "address: .*SD-33b"),
    "a letter that is not written, with a way": (
        lambda: letter(do_not_write_because="told in person"),
        "by: .*SD-33b",
    ),
    "a letter to an agency by post without an address": (
        lambda: letter_to_agency(by="post", address=None),
        "address: .*SD-33b",
    ),
    "a letter by e-mail to no e-mail address": (
        lambda: letter_to_agency(address="Hill School, Hill Road"),
        "address: this is no e-mail address",
    ),
    "a delivery that names a letter twice": (
        lambda: delivery(letter(), letter()),
        "letters: each letter is named once",
    ),
    "letters of which none is for the family": (lambda: letters_alone(letter_to_agency()), "letters: .*SD-33"),
    "two letters under one id": (
        lambda: letters(letter(), letter_to_agency("letter-1")),
        "each letter has a name of its own",
    ),
    "no letters": (lambda: letters().model_validate({**letters().model_dump(), "letters": ()}), "letters"),
    "an interim contact for a thousand years": (
        lambda: interim_contact(interim_until=date(3026, 3, 20)),
        "interim_until: .*more than a year.*SD-28",
    ),
    "an interim contact who was to go before coming": (
        lambda: interim_contact(interim_until=date(2026, 3, 1)),
        "interim_until: .*before.*SD-28",
    ),
    "not authorised, and nobody knows why": (lambda: not_authorised(because=None), "because: .*SD-23b"),
    "Families First told and not told": (
        lambda: families_first(not_done_because="no access"),
        "notified_by: .*SD-26",
    ),
    "declining for no reason": (
        lambda: acknowledgement().model_validate(
            {**acknowledgement().model_dump(), "children": [{"ref": CHILD, "accepted": False}]}
        ),
        "reason: .*SD-36",
    ),
    "declining for another reason without a word": (
        lambda: ChildAcknowledgement(ref=CHILD, accepted=False, reason=WhyDeclined.OTHER),
        "because: .*SD-36",
    ),
    "accepting, with a reason to decline": (
        lambda: ChildAcknowledgement(ref=CHILD, accepted=True, reason=WhyDeclined.CAPACITY),
        "reason: .*SD-36",
    ),
    "acknowledging no child": (
        lambda: acknowledgement().model_validate({**acknowledgement().model_dump(), "children": ()}),
        "children",
    ),
    "done by hand without evidence": (lambda: resolution(how=Resolution.DONE_BY_HAND, note=None), "note: "),
    "skipped for no reason": (lambda: resolution(how=Resolution.SKIP, note=None), "note: "),
    "a practitioner without an e-mail address": (lambda: practitioner(email="pat at hill"), "email"),
    "a practitioner whose address hides a second one": (lambda: practitioner(email="a@b.example,c@d.example"), "email"),
    "a blank text": (lambda: exploration(needs="   "), "needs"),
    "a text of more than 8,000 characters": (lambda: exploration(needs="x" * 8001), "needs"),
    "a reference with a space": (lambda: exploration(step_id="step 1"), "step_id"),
    "a reference with a slash": (lambda: exploration(step_id="../1"), "step_id"),
    "a reference with a line break at its end": (lambda: exploration(step_id="step-1\n"), "step_id"),
    "a reference of more than 80 characters": (lambda: exploration(step_id="x" * 81), "step_id"),
    "a field that nobody knows": (lambda: exploration(mood="cheerful"), "mood"),
    "another step's name": (lambda: exploration(step="record_consent"), "step"),
    "a child named twice at the start": (lambda: request(CHILD, CHILD), "children: each child is named once"),
    "a start without children": (lambda: request(children=()), "children"),
    "a start with 21 children": (lambda: request(*(f"child-{n}" for n in range(21))), "children"),
    "a start without documents": (lambda: request(documents=()), "documents"),
    "a start with another route": (lambda: request(route="plan"), "route"),
    "a start that may not begin, for no reason: a role": (lambda: judged(no_further_role=False), "because: .*SD-01"),
    "a start that may not begin, for no reason: needs": (
        lambda: judged(needs_early_help_can_meet=False),
        "because: .*SD-02",
    ),
    "a start that may not begin, for no reason: response": (
        lambda: judged(response_required=False),
        "because: .*SD-03",
    ),
    "withdrawing for no child": (
        lambda: withdrawal().model_validate({**withdrawal().model_dump(), "children": ()}),
        "children",
    ),
    "withdrawing that nobody said": (lambda: withdrawal(withdrawn_by=" "), "withdrawn_by"),
    "going on without a document that is agreed": (
        lambda: going_on_without(agreed_as_basis=True),
        "without_it: .*SD-10a",
    ),
    "going on without the document and without the family's consent": (
        lambda: family_sharing(agreed_as_basis=False, without_it={"family_consents": False}),
        "without_it.family_consents",
    ),
    "an offer that says neither": (lambda: offer(conversation_at=None), "conversation_at: .*SD-07"),
    "an offer that says both": (lambda: offer(not_us_because="full"), "conversation_at: .*SD-07"),
    "a contact of a kind that nobody knows": (lambda: conversation(contact_kind="friend"), "contact_kind"),
    "reassigning nobody": (lambda: reassigned(social_worker=None), "name the social worker"),
    "reassigning for no reason": (lambda: reassigned(because=None), "because"),
    "adding a child for no reason": (lambda: added_child(because=""), "because"),
    "changing the service for no reason": (lambda: other_service(because=None), "because"),
    "cancelling for no reason": (lambda: cancellation(because=None), "because"),
    "cancelling for a reason that is not on the list": (lambda: cancellation(reason_code="weather"), "reason_code"),
    "stopping a clock of our own people": (lambda: pause(ClockKind.CONSENT), "clock"),
    "letting a clock of our own people run again": (lambda: resume(ClockKind.DECISION), "clock"),
    "stopping a clock because a service has too much to do": (lambda: pause(reason="workload"), "reason"),
    "stopping a clock without saying why": (lambda: pause(because=" "), "because"),
    "having what is due calculated again for no reason": (lambda: recalculation(because=None), "because"),
    "a moment that is a number": (lambda: exploration(occurred_at=1772445600), "occurred_at"),
    "a moment that is a number in a text": (lambda: exploration(occurred_at="-1"), "occurred_at"),
    "a service without a name": (lambda: service(name=" "), "name"),
    "a service with a name that a screen would obey": (lambda: service(name="Hill\x1b[2J Hub"), "name"),
    "a service with a name of two lines": (lambda: service(name="Hill\nHub"), "name"),
    "a service with a name that nobody reads to its end": (lambda: service(name="x" * 201), "name"),
    "a text that a screen would obey": (lambda: exploration(needs="help\x1b[2J"), "needs"),
    "a text that runs the other way": (lambda: exploration(needs="help \u202egnp.exe"), "needs"),
    "a service with a contact of no kind": (lambda: service(contact_kind="friend"), "contact_kind"),
    "a service without a contact": (lambda: service(contact_email="nobody"), "contact_email"),
}


@pytest.mark.clause("SD-02")
@pytest.mark.clause("SD-03")
@pytest.mark.clause("SD-04")
@pytest.mark.clause("SD-06")
@pytest.mark.clause("SD-13")
@pytest.mark.clause("SD-14")
@pytest.mark.clause("SD-27")
@pytest.mark.parametrize(("build", "told"), WRONG.values(), ids=WRONG)
def test_wrong_content_is_refused_and_the_field_is_named(build: Callable[[], Any], told: str) -> None:
    with pytest.raises(ValidationError, match=f"(?s){told}"):
        build()


@pytest.mark.parametrize(
    "criteria",
    [
        pytest.param({"no_further_role": False}, marks=pytest.mark.clause("SD-01")),
        pytest.param({"needs_early_help_can_meet": False}, marks=pytest.mark.clause("SD-02")),
        pytest.param({"response_required": False}, marks=pytest.mark.clause("SD-03")),
    ],
)
def test_a_start_that_may_not_begin_is_taken_with_its_reason(criteria: dict[str, bool]) -> None:
    assert judged().met
    assert not judged(**criteria, because="a court order").met
    assert request(criteria=judged(**criteria, because="a court order")).criteria.because == "a court order"


@pytest.mark.clause("SD-10")
def test_the_assessment_route_needs_the_assessment() -> None:
    other = Document.model_construct(kind="plan", ref="plan-1")
    with pytest.raises(ValidationError, match=r"documents: the assessment route needs the assessment \(SD-10\)"):
        request(documents=(other,))


def test_an_error_text_does_not_repeat_what_was_written() -> None:
    with pytest.raises(ValidationError) as error:
        exploration(asked=("Jane Roe",), needs=None, agencies=("Roe family doctor",))
    assert "Roe" not in str(error.value)


@pytest.mark.parametrize(
    "good",
    [
        lambda: exploration(asked=(), needs=None, not_done_because="the family was away"),
        lambda: holder(HolderAnswer.REFUSED),
        lambda: voice(views=None, not_obtained_because="a baby"),
        lambda: voice(kind=VoiceKind.OWN_CONSENT, views=None, agreed=False),
        lambda: conversation(agreed_child(), AgreedChild(ref=SIBLING, agreed=False, reason="supported elsewhere")),
        lambda: letters(no_letter(), letter_to_agency()),
        lambda: resolution(how=Resolution.RETRY),
        lambda: service(mosaic_team=None),
        withdrawal,
        lambda: conversation(contact_kind=None),
        lambda: reassigned(social_worker=None, team_manager="tm-2"),
        lambda: reassigned(social_worker=None, social_work_team="team-9"),
        lambda: exploration(needs="a family \U0001f468\u200d\U0001f467,\n\tline by line"),
        lambda: request(*(f"child-{n}" for n in range(20))),
    ],
)
def test_what_the_guidance_leaves_open_may_be_omitted(good: Callable[[], Any]) -> None:
    assert good() is not None


def test_a_moment_without_an_offset_is_london_time() -> None:
    winter = exploration(occurred_at=datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001 - that is what is tried
    summer = exploration(occurred_at="2026-07-01T09:00:00")
    assert winter.occurred_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert summer.occurred_at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def test_an_hour_that_the_change_to_summer_time_skips_is_refused() -> None:
    for skipped in ("2026-03-29T01:00:00", "2026-03-29T01:59:59"):
        with pytest.raises(ValidationError, match="lies in an hour that does not exist, as the clocks went forward"):
            exploration(occurred_at=skipped)
    before, after = (exploration(occurred_at=f"2026-03-29T0{hour}:00:00").occurred_at for hour in (0, 2))
    assert after - before == timedelta(hours=2), "on the wall; one hour has passed"
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=1)


def test_the_hour_that_comes_twice_is_read_as_the_first() -> None:
    twice = exploration(occurred_at="2026-10-25T01:30:00").occurred_at
    assert twice.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_moment_with_an_offset_stays_that_instant() -> None:
    assert exploration(occurred_at="2026-03-29T01:30:00Z").occurred_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_people_read_london_time() -> None:
    assert local_time(datetime(2026, 4, 9, 16, 0, tzinfo=UTC)) == "Thursday 9 April 2026 17:00"
    assert local_time(datetime(2026, 1, 9, 16, 0, tzinfo=LONDON)) == "Friday 9 January 2026 16:00"


@pytest.mark.parametrize(
    "step",
    [
        *whole_path(CHILD, SIBLING),
        withdrawal(),
        going_on_without(),
        offer(),
        not_us(),
        added_child(),
        other_service(),
        reassigned(),
        pause(),
        resume(),
        recalculation(),
        cancellation(),
        resolution(),
    ],
    ids=lambda step: step.step,
)
def test_a_step_is_the_same_after_it_went_over_the_wire(step: Any) -> None:
    assert type(step).model_validate_json(step.model_dump_json()) == step


def test_a_start_is_the_same_after_it_went_over_the_wire() -> None:
    assert StepDownRequest.model_validate_json(request(CHILD, SIBLING).model_dump_json()) == request(CHILD, SIBLING)
    assert EarlyHelpService.model_validate_json(service().model_dump_json()) == service()


def test_outside_systems_know_the_steps_by_these_names() -> None:
    assert [step_name(kind) for kind in STEPS] == [
        "record_family",
        "record_exploration",
        "record_consent",
        "withdraw_consent",
        "record_family_sharing",
        "record_sharing_basis",
        "answer_request",
        "record_contact_conversation",
        "schedule_final_meeting",
        "record_final_meeting",
        "confirm_meeting",
        "name_lead_practitioner",
        "record_management_conversation",
        "record_advice_summary",
        "record_decisions",
        "authorise",
        "approve_letters",
        "record_delivery",
        "acknowledge_transfer",
        "record_families_first_notification",
        "agree_start",
        "record_first_contact",
        "decide_first_contact",
        "add_child",
        "change_service",
        "reassign",
        "pause_clock",
        "resume_clock",
        "recalculate_clocks",
        "cancel",
        "report_significant_harm",
        "record_harm_outcome",
        "resolve_attention",
    ]


def test_a_message_never_changes() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        exploration().needs = "something else"
    with pytest.raises(ValidationError, match="frozen"):
        ChildRef(ref=CHILD).ref = SIBLING


def test_every_step_is_marked_as_something_that_people_wrote_and_the_family_as_restricted() -> None:
    said = {kind: kind.model_construct(children=()).privacy for kind in STEPS}
    assert {said.pop(kind) for kind in (RecordFamily, RecordSharingBasis)} == {"restricted"}
    assert set(said.values()) == {"narrative"}


def test_a_start_is_marked_as_restricted_where_the_family_is() -> None:
    assert (request(family=None).privacy, request(family=None, restricted=True).privacy) == ("plain", "restricted")
    assert request().privacy == "restricted"


def test_every_step_can_be_read_by_its_name() -> None:
    steps: TypeAdapter[Any] = TypeAdapter(AnyStep)
    beside = (withdrawal(), offer(), added_child(), other_service(), reassigned(), pause(), resume(), recalculation())
    for step in (*beside, cancellation(), exploration()):
        assert steps.validate_json(step.model_dump_json()) == step


READ_WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "another name": ({"step": "record_weather"}, "There is no such step.", ""),
    "no name": ({"step": None}, "There is no such step.", ""),
    "a missing field": ({"practitioner": ...}, "The practitioner is missing.", "practitioner"),
    "a field too many": ({"mood": "cheerful"}, "There is no field called mood.", "mood"),
    "a reference that is none": (
        {"practitioner": "a b"},
        "The practitioner is not a reference, such as sw-17: letters, digits, dots, dashes and underscores only.",
        "practitioner",
    ),
    "an empty text": ({"agency": " "}, "The agency of the practitioner is empty.", "agency"),
    "a group that is none": ({"actor": "sw-7"}, "Who recorded this is not a group of fields.", "actor"),
}


@pytest.mark.parametrize(("changes", "told", "field"), READ_WRONG.values(), ids=READ_WRONG)
def test_what_is_wrong_with_a_message_is_told_in_plain_words(changes: dict[str, Any], told: str, field: str) -> None:
    said = {**practitioner().model_dump(mode="json"), **changes}
    with pytest.raises(ValidationError) as error:
        TypeAdapter(AnyStep).validate_python({name: value for name, value in said.items() if value is not ...})
    flaw = first_flaw(error.value)
    assert (flaw.words, flaw.field) == (told, field)


def test_a_field_that_nobody_knows_is_not_named_where_others_read_of_it() -> None:
    children = [{**child_consent().model_dump(mode="json"), "mood": "cheerful"}]
    for changes, told in (
        ({"mood": "cheerful"}, "It holds a field that nobody knows."),
        ({"children": children}, "Child child-a: it holds a field that nobody knows."),
    ):
        said = {**consent().model_dump(mode="json"), **changes}
        with pytest.raises(ValidationError) as error:
            TypeAdapter(AnyStep).validate_python(said)
        assert first_flaw(error.value, said, names_unknown=False).words == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"meeting_at": "2026-04-02"},
            "The date of the meeting is a day; write the time of day, too, such as 2026-04-02T10:00.",
        ),
        (
            {"meeting_at": date(2026, 4, 2)},
            "The date of the meeting is a day; write the time of day, too, such as 2026-04-02T10:00.",
        ),
        ({"meeting_at": "soon"}, "The date of the meeting is not a date and time, such as 2026-04-02T10:00."),
        (
            {"meeting_at": 1775120400},
            "The date of the meeting is a number; write a date and time, such as 2026-04-02T10:00.",
        ),
        ({"minutes": 10}, "The length of the meeting is too small; the limit is 15."),
        ({"minutes": 600}, "The length of the meeting is too large; the limit is 480."),
    ],
    ids=lambda case: str(case) if isinstance(case, dict) else "",
)
def test_a_slip_in_the_date_of_a_meeting_is_told_with_its_field(said: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as error:
        scheduled(**said)
    assert first_flaw(error.value).words == told
    assert scheduled(meeting_at="2026-04-02T10:00").meeting_at == london(2026, 4, 2, 10)


def test_what_a_rule_of_ours_says_is_told_as_it_stands() -> None:
    with pytest.raises(ValidationError) as error:
        offer(conversation_at=None)
    assert first_flaw(error.value).words == "Give a date, or say why it is not for this service, and not both (SD-07)"


def test_what_is_no_json_is_told_as_such() -> None:
    for broken, told in (
        ("{", "It is not written as JSON."),
        ("[]", "is not a group of fields."),
        ('{"because": "a"}', "It does not say which step it is."),
    ):
        with pytest.raises(ValidationError) as error:
            TypeAdapter(AnyStep).validate_json(broken)
        assert first_flaw(error.value).words.endswith(told)


def test_roles_are_said_as_people_say_them() -> None:
    assert [role.words for role in Role] == [
        "social worker",
        "team manager",
        "Early Help contact",
        "Early Help service",
        "Targeted Services Leader",
        "chair of the meeting",
        "conference manager",
        "operations",
        "duty social worker",
        "business support",
        "head of service",
        "emergency duty team",
        "Duty and Advice",
        "referrer",
        "family",
        "young person",
        "safeguarding lead",
        "receiving authority",
    ]


def test_a_part_of_the_summary_says_its_text_or_why_there_is_none() -> None:
    assert Part(text="wants a club").words == "wants a club"
    assert Part(not_obtained_because="the carer was away").words == "Not obtained: the carer was away"


def test_a_refused_start_names_the_field_and_the_reason() -> None:
    refused = StartRefusedError("service_ref", "unknown")
    assert (str(refused), refused.field) == ("unknown", "service_ref")


def test_every_problem_says_what_happened_and_what_to_do_in_whole_sentences() -> None:
    for problem in PROBLEMS.values():
        assert problem.happened.endswith(".")
        assert problem.advice.endswith(".")
        assert "_" not in problem.happened + problem.advice


def test_a_family_letter_is_for_the_family() -> None:
    assert letter().audience is LetterAudience.FAMILY
    assert isinstance(exploration(), RecordExploration)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("She was hit.\r\nShe is afraid.\rOf\x85him.\u2028Today.", "She was hit.\nShe is afraid.\nOf\nhim.\nToday."),
        ("\ufeffco\u00adoper\u200bate\u2060", "cooperate"),
        (
            "\u0645\u06cc\u200c\u0631\u0648\u0645 \U0001f469\u200d\U0001f467",
            "\u0645\u06cc\u200c\u0631\u0648\u0645 \U0001f469\u200d\U0001f467",
        ),
    ],
    ids=["lines as other systems end them", "marks that nobody sees", "what letters and pictures are made of"],
)
def test_a_text_is_taken_as_people_see_it(written: str, taken: str) -> None:
    assert exploration(needs=written).needs == taken


@pytest.mark.parametrize("hidden", ["\x1b", "\x00", "\u202e", "\u200f"])
def test_a_character_that_cannot_be_shown_is_named_with_its_place(hidden: str) -> None:
    with pytest.raises(ValidationError) as error:
        exploration(needs=f"help{hidden}")
    assert f"U+{ord(hidden):04X}, at place 5" in first_flaw(error.value).words


def test_what_mosaic_calls_somebody_is_shown_on_one_line_whatever_it_holds() -> None:
    said = {"person_ref": "p-1", "relation": "aunt\x1b[2J\u202e of\nthe\tchild " + "x" * 100_000}
    shown = Relationship.model_validate({**said, "parental_responsibility": None}).relation
    assert shown.startswith("aunt\ufffd[2J\ufffd of the child xxx")
    assert len(shown) == 200
