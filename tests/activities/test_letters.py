"""What is sent: the right words, to one recipient, and nothing that is for somebody else."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.letters import to_practitioner
from activities.letters.papers import Papers
from activities.letters.to_service import WHAT_CHANGED
from models.effects import Ended
from models.errors import PassingError, UnclearError
from models.journey.steps import Cancel, ReportSignificantHarm, step_name
from models.policy import Phones
from models.services import ContactKind
from models.step_down.family import Responsibility
from models.step_down.recording import turns_away
from models.step_down.safety import safety
from models.step_down.steps.confirmation import Letter
from models.step_down.steps.consent import WithdrawConsent
from models.step_down.steps.conversation import ResponseKind
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.every import STEPS
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.transfer import ChangeService
from models.step_down.telling import ToldChild
from tests.activities.office import (
    AGREED,
    ASK,
    BOTH_OMITTED,
    NOT_AGREED,
    OF_A_PLAN,
    ONE_OMITTED,
    Office,
    advice_order,
    letter_order,
    only_look,
    request_order,
    safety_order,
)
from tests.builders import (
    CHILD,
    MANAGER,
    SIBLING,
    agreed_child,
    born,
    facts,
    family,
    letter,
    letter_to_agency,
    person,
    practitioner,
    service,
)

INTERIM = practitioner(actor=MANAGER, interim_until=date(2026, 4, 3))


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.parametrize("what", ["ask", "tell", "invite", "cancel", "tell_outcome", "mail_document", "pack"])
def test_every_mail_to_a_service_says_whom_to_ask_and_on_which_number(office: Office, what: str) -> None:
    assert getattr(office, what)().text.endswith(f"\nSocial worker: {ASK}\n")


@pytest.mark.parametrize("what", ["advise", "tell_safety", "recommend"])
def test_every_mail_to_the_practitioner_says_whom_to_ask_and_on_which_number(office: Office, what: str) -> None:
    assert getattr(office, what)().text.endswith(f"\nSocial worker: {ASK}\n")


@pytest.mark.clause("SD-07")
def test_the_contact_is_asked_without_a_word_about_a_person(office: Office) -> None:
    mail = office.ask()
    assert mail.to == "contact@north.example"
    assert "Early Help North" in mail.text
    assert "transfer-1" in mail.text
    assert "team-sw" in mail.text
    for about in ("Ada", "Ben", "Pat", "sw-7", CHILD, "family-1"):
        assert about not in mail.text + mail.subject


@pytest.mark.clause("SD-34")
def test_the_request_says_by_when_an_answer_is_due(office: Office) -> None:
    assert "Please ring or write to the social worker within 3 working days: offer a date" in " ".join(
        office.ask().text.split()
    )


@pytest.mark.clause("SD-06")
@pytest.mark.parametrize("kind", ContactKind)
def test_the_request_says_who_is_the_right_contact(office: Office, kind: ContactKind) -> None:
    assert kind.words in " ".join(office.ask(contact_kind=kind).text.split())


@pytest.mark.clause("SD-11")
@pytest.mark.parametrize(
    ("team", "papers", "said"),
    [
        ("team-eh", AGREED, "in Mosaic, where the assessment that the family agreed to share is open to your team."),
        (None, AGREED, "is sent to you by e-mail, in a message of its own."),
        ("team-eh", NOT_AGREED, "not shared with you, because that was not agreed."),
        (None, NOT_AGREED, "not shared with you, because that was not agreed."),
        pytest.param("team-eh", OF_A_PLAN, "where the plan and the assessment that", marks=pytest.mark.clause("SD-15")),
        (None, OF_A_PLAN, "are sent to you by e-mail, each in a message of its own."),
        (None, ONE_OMITTED, "The plan is not shared with you, because that was not agreed"),
        (None, BOTH_OMITTED, "The plan and the assessment are not shared with you, because"),
    ],
    ids=[
        "in Mosaic",
        "by e-mail",
        "not shared in Mosaic",
        "not sent by e-mail",
        "of a plan, in Mosaic",
        "of a plan, by e-mail",
        "the assessment without the plan",
        "neither plan nor assessment",
    ],
)
def test_the_request_says_truthfully_where_the_papers_are(
    office: Office, team: str | None, papers: Papers, said: str
) -> None:
    text = " ".join(office.ask(papers, mosaic_team=team).text.split())
    assert said in text
    assert ("Mosaic" in text) is (team is not None and bool(papers.agreed))
    assert ("e-mail" in text) is (team is None and bool(papers.agreed))
    assert ("that was not agreed" in text) is bool(papers.omitted)
    assert "family did not" not in text


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    ("what", "said"),
    [
        (
            "withdraw_consent",
            "In a transfer that you may know of, consent no longer stands for one or more children.",
        ),
        ("change_service", "A transfer that you may know of goes to another service. Nothing more is shared with you."),
        ("cancel", "A transfer that you may know of has been cancelled. Nothing more is shared with you."),
    ],
)
def test_a_service_that_knew_is_told_what_changed_and_to_stop_without_a_word_about_a_person(
    office: Office, what: str, said: str
) -> None:
    mail = office.tell(what)
    assert (mail.to, mail.subject) == ("contact@north.example", "A change to a transfer")
    assert said in mail.text
    stop = "Before you do anything more" if what == "withdraw_consent" else "From now on, please do nothing more"
    assert f"{stop} on this transfer" in mail.text
    assert "transfer-1" in mail.text
    assert "team-sw" in mail.text
    for about in ("Ada", "Ben", "Pat", "sw-7", CHILD, "family-1"):
        assert about not in mail.text + mail.subject


@pytest.mark.clause("SD-09a")
def test_whatever_turns_a_transfer_away_has_words_for_the_service_and_the_practitioner() -> None:
    turning = {kind for kind in STEPS if turns_away(facts(), kind.model_construct())}
    assert turning == {WithdrawConsent, ChangeService, Cancel}
    for kind in (*turning, RecordDecisions):
        assert Office().tell(step_name(kind)).text
        assert Office().tell_practitioner(step_name(kind)).text


@pytest.mark.clause("SU-01")
def test_after_a_report_of_harm_a_service_that_knew_hears_that_it_is_stopped_and_not_why(office: Office) -> None:
    text = office.tell("report_significant_harm").text
    assert "A transfer that you may know of has been stopped." in text
    assert "Nothing more is shared with you. If you already support children of this family, please carry on." in text
    assert "If you are worried about a child yourself, ring Duty and Advice." in text
    for said in ("harm", "Ada", "Ben", CHILD, "sw-7", "family-1"):
        assert said not in text


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize("what", WHAT_CHANGED)
def test_a_service_without_mosaic_is_not_pointed_to_it_and_asks_about_papers_that_it_has(what: str) -> None:
    text = Office().tell(what, mosaic_team=None).text
    assert "Mosaic" not in text
    assert "If papers came to you by e-mail, ask the social worker what to do with them." in text
    assert "ask the social worker which of them you may still read." in Office().tell(what).text


@pytest.mark.clause("SD-09a")
def test_each_step_of_which_a_service_is_told_has_its_words() -> None:
    told_of = (WithdrawConsent, ChangeService, RecordDecisions, RecordFamily, Cancel)
    assert set(to_practitioner.WHAT_CHANGED) == {step_name(kind) for kind in told_of}
    assert set(WHAT_CHANGED) == {step_name(kind) for kind in (*told_of, ReportSignificantHarm)}


@pytest.mark.clause("SD-30")
def test_the_summary_of_advice_has_the_four_parts_for_each_child_by_name(office: Office) -> None:
    mail = office.advise(CHILD, SIBLING)
    assert mail.to == "pat@hill.example"
    for said in (
        "Dear Pat Example",
        "Ada Example\n- Why social work ended: the risk has fallen\n",
        "- Views of the practitioners involved: school agrees\n",
        "- Views, wishes and feelings of Ben Example: wants a club\n",
        "- Views of the parents or carers: Not obtained: the carer was away",
        "transfer number is transfer-1",
    ):
        assert said in mail.text


@pytest.mark.clause("SD-30a")
def test_the_practitioner_reads_who_is_unsafe_which_orders_stand_and_what_must_not_be_told_to_whom(
    office: Office,
) -> None:
    ways = [{"by": "post", "to": "12 Hill Street", "safe_times": "not on Sundays"}]
    contact = {"unsafe_because": "he threatened her", "order": "a non-molestation order", "whereabouts_hidden": True}
    forbidden = Responsibility.FORBIDDEN_BY_ORDER
    father = person("father", by=forbidden, lives_with=False, contact=contact, not_to_know="that she works nights")
    known = family(CHILD, SIBLING, people=(person("mother", CHILD, SIBLING, contact={"ways": ways}), father))
    text = office.advise(safety=safety(known, {CHILD})).text
    for said in (
        "Ms Example (mother of Ada Example)\n- Nothing is recorded against contact. That does not mean",
        "- Safe ways to reach them: post, 12 Hill Street (not on Sundays)",
        "Mr Other (father of Ada Example)\n- Unsafe to contact: he threatened her\n",
        "- An order limits contact or knowledge: a non-molestation order\n",
        "- An order forbids them to use their parental responsibility for Ada Example\n",
        "- Must not learn where the children are\n",
        "- Must not be told: that she works nights\n",
        "- No safe way to reach them is recorded. Ask the social worker before you write or ring.",
    ):
        assert said in text
    assert "Ben" not in text, "the child is with nobody who reads this"


@pytest.mark.clause("SD-30a")
@pytest.mark.parametrize(
    "against", [{"unsafe_because": "he hit her"}, {"order": "no contact"}, {"whereabouts_hidden": True}]
)
def test_no_way_to_somebody_unsafe_or_under_an_order_is_called_safe(office: Office, against: dict[str, Any]) -> None:
    contact = {"ways": [{"by": "post", "to": "5 Mill Row"}], **against}
    text = office.advise(safety=safety(family(CHILD, people=(person("father", contact=contact),)), {CHILD})).text
    assert (
        "Do not write, ring or visit before you have asked the social worker. What is recorded: post, 5 Mill Row"
        in text
    )
    assert "Safe ways" not in text


@pytest.mark.clause("SD-30a")
def test_where_nothing_is_recorded_the_practitioner_is_never_told_that_there_is_no_risk(office: Office) -> None:
    text = " ".join(office.advise().text.split())
    assert "Nothing is recorded of who is safe to contact. That does not mean that everybody is" in text
    assert "no risk" not in text
    assert advice_order().privacy == "restricted"


@pytest.mark.clause("SD-30a")
def test_what_keeps_people_safe_reaches_the_practitioner_by_itself_with_visits_and_words_not_to_be_repeated(
    office: Office,
) -> None:
    known = family(
        CHILD,
        SIBLING,
        children=(
            born(CHILD, not_to_repeat="that she is afraid, to her father"),
            born(SIBLING, not_to_repeat="a thing"),
        ),
        risks_to_workers="a dog; visit in pairs",
    )
    mail = office.tell_safety(safety=safety(known, {CHILD}))
    for said in (
        "Ms Example (mother of Ada Example)\n",
        "Risks to whoever visits the home: a dog; visit in pairs",
        "Do not repeat this, which Ada Example said: that she is afraid, to her father",
        "The transfer number is transfer-1.",
    ):
        assert said in mail.text
    assert "a thing" not in mail.text
    assert "Ada" not in mail.subject
    assert safety_order().privacy == "restricted"
    nothing = " ".join(Office().tell_safety().text.split())
    assert "Risks to whoever visits the home: nothing is recorded. That does not mean that it is safe" in nothing


@pytest.mark.clause("SD-31")
def test_practitioner_and_family_are_told_that_there_is_no_second_assessment(office: Office) -> None:
    assert "should not have to go through another assessment" in " ".join(office.advise().text.split())
    assert "There is no need for a new assessment." in " ".join(Office().write(letter()).text.split())


@pytest.mark.clause("SD-33")
def test_the_family_reads_who_takes_over_and_that_it_may_change_its_mind(office: Office) -> None:
    mail = office.write(letter(), (CHILD, Decision.TRANSFER), (SIBLING, Decision.TRANSFER))
    assert mail.to == "mother@home.example"
    for said in (
        "Dear Ms Example",
        "Support comes",
        "Our social work with Ben Example has ended. Support comes",
        "Pat Example from Hill School",
    ):
        assert said in mail.text
    assert "You can change your mind about this support at any time." in mail.text


@pytest.mark.clause("SD-33")
def test_a_family_whose_children_do_not_pass_on_reads_that_nothing_starts_and_nothing_more_is_shared(
    office: Office,
) -> None:
    mail = office.write(letter(), passes_on=False)
    assert "Support from Early Help North will not start. We share nothing more with them." in mail.text
    assert "Pat Example" not in mail.text


@pytest.mark.clause("SD-33")
def test_the_letter_to_an_agency_does_not_speak_to_it_as_if_it_were_the_family(office: Office) -> None:
    text = " ".join(office.write(letter_to_agency()).text.split())
    assert "Hill School" in text
    for to_the_family in ("Your social worker", "With your agreement", "You can change your mind"):
        assert to_the_family not in text


@pytest.mark.clause("SD-33")
def test_each_child_is_told_of_as_it_was_decided_and_nobody_reads_that_social_work_ended_for_a_child_who_stays(
    office: Office,
) -> None:
    text = office.write(letter(), (CHILD, Decision.TRANSFER), (SIBLING, Decision.STAYS_WITH_SOCIAL_WORK)).text
    assert "Our social work with Ada Example has ended. Support comes from Early Help North." in text
    assert "Our social work with Ben Example goes on." in text
    assert text.count("ended") == 1


@pytest.mark.clause("SD-28")
@pytest.mark.parametrize("written", [letter(), letter_to_agency()], ids=["family", "agency"])
def test_with_an_interim_contact_the_letter_says_who_it_is_and_by_when_a_practitioner_is_named(
    office: Office, written: Letter
) -> None:
    text = " ".join(office.write(written, practitioner=INTERIM).text.split())
    assert "Pat Example from Hill School is the contact for now." in text
    assert "We expect to know by Friday 3 April 2026 who takes over from the social worker." in text
    assert "takes over from the social worker." not in text.replace("who takes over from the social worker.", "")


@pytest.mark.clause("SD-32")
def test_the_family_reads_that_the_help_which_every_family_has_is_enough(office: Office) -> None:
    text = office.write(letter(), (CHILD, Decision.UNIVERSAL_ONLY), passes_on=False, service_in_question=False).text
    assert "Our social work with Ada Example has ended. Help that is open to every family is enough now." in text
    assert "school, the health visitor or the children's centre" in text


@pytest.mark.clause("SD-32")
def test_an_agency_reads_clearly_that_there_is_no_plan_and_that_it_carries_on_with_what_it_does(office: Office) -> None:
    text = office.write(letter_to_agency(), (CHILD, Decision.UNIVERSAL_ONLY), passes_on=False).text
    assert "There is no Early Help plan and no other Early Help response." in text
    assert "Please carry on with what your agency already does for Ada Example." in text


@pytest.mark.clause("SD-33")
@pytest.mark.parametrize(
    ("changes", "closing"),
    [
        ({"service_in_question": False}, None),
        ({}, "Support from Early Help North will not start. We share nothing more with them."),
        ({"withdrawn": (CHILD,)}, "We share nothing more with Early Help North."),
    ],
    ids=["never heard of it", "was in question", "consent withdrawn"],
)
@pytest.mark.parametrize("how", [how for how in Decision if how is not Decision.TRANSFER])
def test_where_no_child_passes_the_family_reads_of_the_service_only_what_is_true(
    how: Decision, changes: dict[str, Any], closing: str | None
) -> None:
    text = Office().write(letter(), (CHILD, how), passes_on=False, **changes).text
    said = [paragraph for paragraph in text.split("\n\n") if "Early Help North" in paragraph]
    assert [paragraph for paragraph in said if "Ada" not in paragraph] == ([closing] if closing else [])
    assert "\n\n\n" not in text
    assert "change your mind" not in text


@pytest.mark.clause("SD-33")
@pytest.mark.parametrize("written", [letter(), letter_to_agency()], ids=["family", "agency"])
def test_from_no_letter_follows_that_a_child_lives_elsewhere_now(office: Office, written: Letter) -> None:
    text = office.write(written, (CHILD, Decision.MOVED_AWAY), passes_on=False).text
    assert "Our social work with Ada Example has ended.\n" in text
    assert not any(word in text for word in ("council", "moved", "lives", "home is now"))


@pytest.mark.clause("SD-33")
@pytest.mark.parametrize("written", [letter(), letter_to_agency()], ids=["family", "agency"])
@pytest.mark.parametrize("how", Decision)
def test_a_letter_names_only_the_children_of_whom_its_reader_may_read(written: Letter, how: Decision) -> None:
    text = Office().write(written, (CHILD, how), withdrawn=(SIBLING,)).text
    assert "Ada Example" in text
    assert "Ben" not in text
    assert "as agreed" not in text, "the reason is not for the reader"


@pytest.mark.clause("SD-09a")
def test_the_family_reads_that_consent_was_taken_back_and_not_by_whom(office: Office) -> None:
    both = ((CHILD, Decision.TRANSFER), (SIBLING, Decision.TRANSFER))
    text = office.write(letter(), *both, withdrawn=(SIBLING,)).text
    assert "Our social work with Ben Example has ended. Support from Early Help North does not go ahead" in text
    assert "You withdrew" not in text, "the reader may be the other parent"


@pytest.mark.clause("SD-33")
def test_a_letter_says_whom_to_ring_when_support_begins_and_what_to_do_when_worried() -> None:
    phones = Phones(duty_and_advice="0113 496 0101", out_of_hours="0113 496 0102", letters="0113 496 0100")
    agreed = agreed_child(realistic_start=date(2026, 4, 6))
    child = ToldChild(ref=CHILD, decision=Decision.TRANSFER, practitioner=practitioner(), agreed=agreed)
    for written in (letter(), letter_to_agency()):
        text = " ".join(Office().write(written, phones=phones, children=(child,)).text.split())
        assert "Support is planned to start on Monday 6 April 2026." in text
        assert "If you want to talk about this letter, ring 0113 496 0100." in text
        assert "If you are worried about a child, ring the Duty and Advice team on 0113 496 0101." in text
        assert "At night and at weekends, ring 0113 496 0102. If anybody is in danger now, ring 999." in text
        assert text.endswith("From the social work team")


@pytest.mark.clause("SD-13")
def test_the_family_reads_what_kind_of_support_it_is_when_it_starts_and_what_comes_first_an_agency_when_alone() -> None:
    agreed = agreed_child(priorities="School mornings first.", response=ResponseKind.MULTI_AGENCY_PLAN)
    child = ToldChild(ref=CHILD, decision=Decision.TRANSFER, practitioner=practitioner(), agreed=agreed)
    family = " ".join(Office().write(letter(), children=(child,)).text.split())
    assert "Several agencies work together on one plan. Support is planned to start on Monday 16 March 2026." in family
    assert "What comes first: School mornings first. Pat Example" in family
    agency = " ".join(Office().write(letter_to_agency(), children=(child,)).text.split())
    assert "Support is planned to start on Monday 16 March 2026." in agency
    assert "School mornings" not in agency
    assert "Several agencies" not in agency


@pytest.mark.clause("SD-13")
def test_a_family_reads_that_the_start_is_not_known_yet_and_professionals_read_why() -> None:
    agreed = agreed_child(realistic_start=None, start_not_known_because="The worker is on leave.")
    child = ToldChild(ref=CHILD, decision=Decision.TRANSFER, practitioner=practitioner(), agreed=agreed)
    family = " ".join(Office().write(letter(), children=(child,)).text.split())
    assert "It is not known yet when support can start." in family
    assert "on leave" not in family
    for mail in (Office().advise(agreed=(agreed,)), Office().pack(agreed=(agreed,))):
        assert (
            "It is not known yet when support can start. Why: The worker is on leave. What comes first: routines first."
            in " ".join(mail.text.split())
        )


@pytest.mark.clause("SD-13")
def test_practitioner_and_service_read_response_start_and_priorities_of_each_child() -> None:
    said = (
        "A response by one agency. Support is planned to start on Monday 16 March 2026. "
        "What comes first: routines first."
    )
    assert f"- What was agreed with the Early Help service: {said}\n" in Office().advise().text
    assert (
        f"- Ada Example. {said} Pat Example from Hill School takes over from the social worker.\n"
        in Office().pack().text
    )


@pytest.mark.clause("SD-33a")
def test_who_must_not_learn_where_a_child_is_reads_nothing_of_the_support() -> None:
    child = ToldChild(ref=CHILD, decision=Decision.TRANSFER, agreed=agreed_child(priorities="Hill School first"))
    text = Office().write(letter(), children=(child,), without_whereabouts=True).text
    assert "Hill School" not in text
    assert "16 March" not in text


@pytest.mark.clause("SD-33")
def test_each_recipient_has_a_letter_of_their_own_that_shows_no_other_recipient(office: Office) -> None:
    everyone = (letter(), letter("letter-3", person="father"), letter_to_agency())
    for written in everyone:
        office.writes.send_letter(letter_order(written))
    readers = {
        "mother@home.example": "Ms Example",
        "father@home.example": "Mr Other",
        "office@hill.example": "Hill School",
    }
    assert [mail.to for mail in office.post.sent] == [*readers]
    for mail in office.post.sent:
        for address, reader in readers.items():
            assert (f"Dear {reader}" in mail.text) is (address == mail.to)
            assert address not in f"{mail.text}{mail.subject}{mail.key}"
        assert mail.attachments == ()


def test_no_letter_shows_an_address(office: Office) -> None:
    mails = [
        Office().ask(),
        Office().tell(),
        Office().invite(),
        Office().cancel(),
        Office().tell_outcome(),
        Office().mail_document(),
        Office().pack(),
        Office().advise(),
        Office().recommend(),
        Office().write(letter()),
        Office().write(letter_to_agency()),
        Office().write(letter(), passes_on=False),
    ]
    for mail in mails:
        assert "@" not in mail.text + mail.subject


def test_no_subject_names_a_person() -> None:
    mails = (
        Office().ask(),
        Office().tell(),
        Office().invite(),
        Office().cancel(),
        Office().tell_outcome(),
        Office().mail_document(),
        Office().pack(),
        Office().advise(),
        Office().recommend(),
        Office().write(letter()),
    )
    for mail in mails:
        assert not re.search("Ada|Ben|Pat|Example|child-", mail.subject)


def test_messages_of_one_transfer_have_one_key_each_and_the_transfer_in_common_but_for_the_letters() -> None:
    mails = (
        Office().ask(),
        Office().tell(),
        Office().invite(),
        Office().cancel(),
        Office().tell_outcome(),
        Office().mail_document(),
        Office().pack(),
        Office().advise(),
        Office().recommend(),
    )
    to_reader = Office().write(letter())
    assert len({mail.key for mail in (*mails, to_reader)}) == len(mails) + 1
    assert {mail.transfer_id for mail in mails} == {"transfer-1"}
    assert to_reader.transfer_id is None, "whoever compares two letters learns nothing from what links them"


def test_an_outage_of_mosaic_while_a_letter_is_written_leaves_its_sending_clear(office: Office) -> None:
    office.mosaic.troubles.before("person_name", PassingError("no Mosaic"))
    with pytest.raises(ApplicationError, match="no Mosaic"):
        office.write(letter())
    assert office.book.written == ["intent", "withdrawn"]
    assert office.write(letter()).text


def test_no_name_is_asked_for_where_nothing_is_sent(office: Office) -> None:
    office.write(letter())
    office.mosaic.troubles.before("person_name", PassingError("asked again"))
    assert office.write(letter())


@pytest.mark.clause("SD-09a")
def test_a_letter_that_is_no_longer_wanted_is_neither_written_nor_sent(office: Office) -> None:
    office.mosaic.troubles.before("person_name", PassingError("asked"))
    assert office.writes.send_letter(only_look(letter_order(letter()))).ended is Ended.STOPPED
    assert office.post.sent == []


def test_a_letter_that_ended_unclear_is_not_written_twice(office: Office) -> None:
    office.post.troubles.after("send_letter", UnclearError("no answer"))
    for _ in range(2):
        with pytest.raises(Exception, match=r"an answer|no answer"):
            office.write(letter())
    assert len(office.post.sent) == 1


def test_a_request_to_the_contact_that_ended_unclear_is_sent_again_under_the_same_key(office: Office) -> None:
    office.post.troubles.after("request_conversation", UnclearError("no answer"))
    with pytest.raises(Exception, match="no answer"):
        office.ask()
    assert office.asks.request_conversation(request_order()).ended is Ended.DONE
    first, second = office.post.sent
    assert first == second


@pytest.mark.clause("SD-06")
def test_nothing_goes_to_an_address_of_a_service_that_the_directory_has_no_more() -> None:
    office = Office()
    office.register.services = {"service-north": service(contact_email="new@north.example")}
    acts: tuple[Callable[[], object], ...] = (
        office.ask,
        office.tell,
        office.mail_document,
        office.pack,
        office.invite,
        office.cancel,
        office.tell_outcome,
    )
    for act in acts:
        with pytest.raises(ApplicationError) as failure:
            act()
        assert not failure.value.non_retryable
    assert office.post.sent == []
    assert office.ask(contact_email="new@north.example").to == "new@north.example"
