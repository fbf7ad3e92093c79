"""The papers of a transfer: which document goes to whom, in which version, and that it is kept nowhere."""

import logging
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from models.effects import Ended
from models.errors import LastingError, NothingHappenedError, PassingError, UnclearError
from tests.activities.office import (
    NOT_AGREED,
    OF_A_PLAN,
    ONE_OMITTED,
    WITHOUT_MOSAIC,
    Office,
    advice_order,
    carry_out,
    document_order,
    only_look,
    pack_order,
    recommendation,
)
from tests.builders import ASSESSMENT, CHILD, MANAGER, PLAN, SIBLING, practitioner

WRITTEN = "What is written in the assessment."
INTERIM = practitioner(actor=MANAGER, interim_until=date(2026, 4, 3))

with_each_document = pytest.mark.parametrize(
    "order", [document_order(), pack_order(), advice_order(reads_mosaic=False)], ids=["document", "pack", "advice"]
)


@pytest.fixture
def office() -> Office:
    office = Office()
    office.mosaic.documents = {(ASSESSMENT, 1): "An older text.", (ASSESSMENT, 2): WRITTEN}
    return office


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.clause("SD-11")
def test_a_service_without_mosaic_gets_the_version_that_the_family_saw_by_e_mail(office: Office) -> None:
    mail = office.mail_document()
    assert mail.to == "contact@north.example"
    [attached] = mail.attachments
    assert (attached.name, attached.text) == ("assessment-version-2.txt", WRITTEN)
    assert "The family agreed that you read the assessment. It is attached." in words(mail.text)


@pytest.mark.clause("SD-11")
@pytest.mark.parametrize("order", [document_order(), pack_order()], ids=["document", "pack"])
def test_where_the_answer_of_a_sending_was_lost_the_next_attempt_asks_for_newer_versions(
    office: Office, order: Any
) -> None:
    carry_out(office, order)
    office.mosaic.documents[ASSESSMENT, 3] = "Written since."
    assert carry_out(office, order).newer == {ASSESSMENT: 3}
    office.mosaic.troubles.before("newest_version", PassingError("Mosaic is down"))
    assert carry_out(office, order).newer == {}
    assert len(office.post.sent) == 1


@pytest.mark.clause("SD-11")
def test_beside_what_is_attached_the_message_says_nothing_about_a_person(office: Office) -> None:
    mail = office.mail_document()
    [attached] = mail.attachments
    for person in ("Ada", "Ben", "Pat", "sw-7", CHILD, "family-1", ASSESSMENT):
        assert person not in f"{mail.text}{mail.subject}{attached.name}"
    assert "transfer-1" in mail.text
    assert "team-sw" in mail.text


@pytest.mark.clause("SD-24")
@pytest.mark.clause("SD-25")
def test_a_service_without_mosaic_is_sent_the_assessment_and_who_passes_to_it(office: Office) -> None:
    mail = office.pack(CHILD, SIBLING)
    assert mail.to == WITHOUT_MOSAIC.contact_email
    assert "to Early Help North:\n\n- Ada Example. A response" in mail.text
    assert "\n- Ben Example. A response" in mail.text
    assert "Pat Example from Hill School takes over from the social worker." in mail.text
    assert "The assessment is attached. The family saw it and agreed" in words(mail.text)
    [attached] = mail.attachments
    assert (attached.name, attached.text) == ("assessment-version-2.txt", WRITTEN)


@pytest.mark.clause("SD-25")
def test_the_pack_names_no_child_who_does_not_pass(office: Office) -> None:
    mail = office.pack(SIBLING)
    assert "Ben Example" in mail.text
    assert "Ada" not in mail.text


@pytest.mark.clause("SD-35")
@pytest.mark.parametrize(
    ("days", "asked"),
    [
        (3, "This council asks for your answer within 3 working days."),
        (1, "This council asks for your answer within 1 working day."),
        (0, "This council asks for your answer by the end of today."),
        (None, ""),
    ],
)
def test_the_pack_asks_for_an_answer_for_each_child_by_when_the_policy_says(
    office: Office, days: int | None, asked: str
) -> None:
    text = words(office.pack(answer_within=days).text)
    assert "say for each child whether your service accepts the child" in text
    assert asked in text
    assert ("working day" in text) is bool(days)


@pytest.mark.clause("SD-25")
def test_a_pack_without_the_document_says_that_it_is_not_sent_and_why(office: Office) -> None:
    mail = office.pack(papers=NOT_AGREED)
    assert mail.attachments == ()
    assert office.mosaic.fetched == []
    said = "The assessment is not sent with this message, because that was not agreed."
    assert said in words(mail.text)


@pytest.mark.clause("SD-25")
def test_out_of_a_plan_the_pack_holds_the_plan_and_the_assessment_each_as_the_family_saw_it(office: Office) -> None:
    mail = office.pack(papers=OF_A_PLAN)
    assert [attached.name for attached in mail.attachments] == ["plan-version-3.txt", "assessment-version-2.txt"]
    assert office.mosaic.fetched == [(PLAN, 3), (ASSESSMENT, 2)]
    said = "The plan and the assessment are attached. The family saw them and agreed that support is based on them."
    assert said in words(mail.text)


@pytest.mark.clause("SD-10a")
@pytest.mark.clause("SD-15")
def test_of_plan_and_assessment_only_the_one_that_the_family_agreed_to_is_sent(office: Office) -> None:
    mail = office.pack(papers=ONE_OMITTED)
    assert [attached.name for attached in mail.attachments] == ["assessment-version-2.txt"]
    assert "The assessment is attached." in words(mail.text)
    assert "The plan is not sent with this message, because that was not agreed" in words(mail.text)


@pytest.mark.clause("SD-31")
@pytest.mark.parametrize(
    ("reads_mosaic", "said"),
    [
        (True, "The plan and the assessment are open to the Early Help service's team in Mosaic."),
        (False, "The plan and the assessment are attached."),
    ],
)
def test_out_of_a_plan_the_practitioner_has_the_plan_and_the_assessment(
    office: Office, reads_mosaic: bool, said: str
) -> None:
    mail = office.advise(papers=OF_A_PLAN, reads_mosaic=reads_mosaic)
    attached = [attachment.name for attachment in mail.attachments]
    assert attached == ([] if reads_mosaic else ["plan-version-3.txt", "assessment-version-2.txt"])
    assert said in words(mail.text)


@pytest.mark.clause("SD-28")
def test_the_pack_says_who_is_the_contact_until_a_practitioner_is_named(office: Office) -> None:
    text = words(office.pack(practitioner=INTERIM).text)
    assert "Pat Example from Hill School is the contact for now." in text
    assert "We expect to know by Friday 3 April 2026 who takes over from the social worker." in text


@pytest.mark.clause("SD-31")
def test_a_practitioner_without_mosaic_gets_the_assessment_with_the_advice(office: Office) -> None:
    mail = office.advise(reads_mosaic=False)
    assert mail.to == "pat@hill.example"
    [attached] = mail.attachments
    assert (attached.name, attached.text) == ("assessment-version-2.txt", WRITTEN)
    assert "The assessment is attached. The family should not have to go through another assessment." in words(
        mail.text
    )
    assert "Mosaic" not in mail.text


@pytest.mark.clause("SD-31")
def test_a_practitioner_who_reads_mosaic_is_told_that_the_assessment_is_there(office: Office) -> None:
    mail = office.advise()
    assert mail.attachments == ()
    assert office.mosaic.fetched == []
    assert "The assessment is open to the Early Help service's team in Mosaic." in words(mail.text)
    assert "attached" not in mail.text


@pytest.mark.clause("SD-31")
@pytest.mark.parametrize("reads_mosaic", [True, False])
def test_where_the_family_did_not_agree_the_practitioner_is_told_that_it_is_not_sent(
    office: Office, reads_mosaic: bool
) -> None:
    mail = office.advise(papers=NOT_AGREED, reads_mosaic=reads_mosaic)
    assert mail.attachments == ()
    assert office.mosaic.fetched == []
    said = "The assessment is not sent, because that was not agreed."
    assert said in words(mail.text)
    assert "Mosaic" not in mail.text


@pytest.mark.clause("SD-28")
def test_an_interim_contact_reads_that_they_are_that_and_until_when(office: Office) -> None:
    text = words(office.advise(practitioner=INTERIM).text)
    assert "You are the contact until a practitioner is allocated. That is expected by Friday 3 April 2026." in text
    assert "You are named as the practitioner" not in text
    assert "You are named as the practitioner who takes over from the social worker." in words(Office().advise().text)


@pytest.mark.clause("SD-26")
def test_the_practitioner_is_recommended_to_tell_families_first_and_to_have_it_recorded(office: Office) -> None:
    mail = office.recommend()
    assert mail.to == "pat@hill.example"
    text = words(mail.text)
    assert "We recommend that you tell the children and families service of this Early Help activity" in text
    assert "via Families First" in text
    assert "have your service record it for transfer transfer-1" in text


@pytest.mark.clause("SD-26")
def test_the_recommendation_says_nothing_of_the_family_and_asks_mosaic_nothing(office: Office) -> None:
    office.mosaic.troubles.before("person_name", PassingError("asked"))
    mail = office.recommend()
    assert mail.attachments == ()
    for person in ("Ada", "Ben", CHILD, "family-1", "sw-7", ASSESSMENT):
        assert person not in mail.text + mail.subject


@pytest.mark.clause("SD-26")
def test_a_recommendation_that_ended_unclear_is_sent_again_under_the_same_key(office: Office) -> None:
    office.post.troubles.after("recommend_families_first", UnclearError("no answer"))
    with pytest.raises(ApplicationError, match="no answer"):
        office.recommend()
    assert office.writes.recommend_families_first(recommendation()).ended is Ended.DONE
    first, second = office.post.sent
    assert first == second


@with_each_document
def test_a_document_is_fetched_only_when_it_is_about_to_be_sent_and_never_after_that(
    office: Office, order: Any
) -> None:
    assert carry_out(office, only_look(order)).ended is Ended.STOPPED
    assert office.mosaic.fetched == []
    assert carry_out(office, order) == carry_out(office, order)
    assert office.mosaic.fetched == [(ASSESSMENT, 2)]
    assert len(office.post.sent) == 1


@with_each_document
def test_a_document_whose_sending_ended_unclear_is_neither_fetched_nor_sent_again(office: Office, order: Any) -> None:
    office.post.troubles.after(order.intent.effect.kind, UnclearError("no answer"))
    for _ in range(2):
        with pytest.raises(ApplicationError) as failure:
            carry_out(office, order)
        assert list(failure.value.details) == ["unclear"]
    assert office.mosaic.fetched == [(ASSESSMENT, 2)]
    assert len(office.post.sent) == 1


@with_each_document
@pytest.mark.parametrize(
    ("trouble", "details"),
    [(LastingError("not_found", "Mosaic answered 404 not_found"), ["not_found"]), (PassingError("no answer"), [])],
    ids=["missing", "outage"],
)
def test_a_document_that_cannot_be_fetched_stops_the_message_before_anything_leaves(
    office: Office, order: Any, trouble: Exception, details: list[str]
) -> None:
    office.mosaic.troubles.before("document_text", trouble)
    with pytest.raises(ApplicationError) as failure:
        carry_out(office, order)
    assert list(failure.value.details) == details
    assert office.post.sent == []
    assert office.book.written == ["intent", "withdrawn"]
    assert carry_out(office, order).ended is Ended.DONE, "and it may be tried again"


def nothing() -> list[Exception]:
    return []


@with_each_document
@pytest.mark.parametrize(
    "troubles",
    [
        nothing,
        lambda: [NothingHappenedError("the mail server put the message off (451)")],
        lambda: [LastingError("refused_message", "the mail server refused (554)")],
        lambda: [UnclearError("the mail server gave no answer after the message")],
    ],
    ids=["sent", "put off", "refused", "unclear"],
)
def test_what_was_fetched_stands_in_no_result_failure_or_log(
    office: Office, order: Any, troubles: Callable[[], list[Exception]], caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    office.post.troubles.before(order.intent.effect.kind, *troubles())
    try:
        kept = carry_out(office, order).model_dump_json()
    except ApplicationError as failure:
        kept = "".join(traceback.format_exception(failure)) + f"{failure.details} {failure.__context__!r}"
    sent = [mail.attachments[0].text for mail in office.post.sent]
    assert sent == ([] if troubles() else [WRITTEN])
    printed = capfd.readouterr()
    for place in (kept, caplog.text, printed.out, printed.err, str(office.book.results), repr(office.post.sent)):
        assert WRITTEN not in place
