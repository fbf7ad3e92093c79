"""What leaves the house: the right words, to one recipient, and nothing that is for somebody else."""

import re
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.contact_conversation import ContactConversationActivities, RequestConversation, TellService
from activities.correspondence import CorrespondenceActivities, SendAdviceSummary, SendLetter
from activities.effect import Effects
from activities.letters.texts import WHAT_CHANGED
from models.effects import EffectKind, Ended
from models.errors import PassingError, UnclearError
from models.exchange import Mail
from models.services import ContactKind
from models.step_down.said import (
    ChildDecision,
    Decision,
    Letter,
)
from models.step_down.steps import (
    Cancel,
    ChangeService,
    WithdrawConsent,
    step_name,
)
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    child_advice,
    intent,
    letter,
    letter_to_agency,
    practitioner,
    service,
)
from tests.fakes import FakeBook, FakeMosaic, FakePost, FakeRegister

JARGON = r"SD-\d\d|workflow|enum|effect|activity|Temporal|payload|codec|step_id|None|NoneType|_|\{|\}"


class Office:
    """Everything that writes to people, over fakes."""

    def __init__(self) -> None:
        self.post, self.mosaic, self.book = FakePost(), FakeMosaic(), FakeBook()
        self.mosaic.names = {CHILD: "Ada Example", SIBLING: "Ben Example"}
        effects = Effects(self.book, now=lambda: NOW)
        self.writes = CorrespondenceActivities(self.post, self.mosaic, effects)
        self.asks = ContactConversationActivities(self.post, FakeRegister(), effects)

    @property
    def sent(self) -> Mail:
        [mail] = self.post.sent
        return mail

    def ask(self, **changes: Any) -> Mail:
        order = RequestConversation(
            intent=intent(EffectKind.REQUEST_CONVERSATION, "service-north"),
            service=service(**changes),
            social_work_team="team-sw",
        )
        self.asks.request_conversation(order)
        return self.sent

    def tell(self, what: str = "withdraw_consent") -> Mail:
        order = TellService(
            intent=intent(EffectKind.TELL_SERVICE, f"service-north/{what}"),
            service=service(),
            social_work_team="team-sw",
            what=what,
        )
        self.asks.tell_service(order)
        return self.sent

    def advise(self, *children: str) -> Mail:
        order = SendAdviceSummary(
            intent=intent(EffectKind.SEND_ADVICE_SUMMARY, "lp-4"),
            practitioner=practitioner(),
            advice=tuple(child_advice(child) for child in children or (CHILD,)),
        )
        self.writes.send_advice_summary(order)
        return self.sent

    def write(self, written: Letter, *children: tuple[str, Decision], passes_on: bool = True) -> Mail:
        decided = children or ((CHILD, Decision.TRANSFER if passes_on else Decision.STAYS_WITH_SOCIAL_WORK),)
        order = SendLetter(
            intent=intent(EffectKind.SEND_LETTER, written.letter_id),
            letter=written,
            children=tuple(ChildDecision(ref=ref, decision=how, because="as agreed") for ref, how in decided),
            service_name="Early Help North",
            practitioner=practitioner() if passes_on else None,
        )
        self.writes.send_letter(order)
        return self.sent


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.mark.clause("SD-07")
def test_the_contact_is_asked_without_a_word_about_a_person(office: Office) -> None:
    mail = office.ask()
    assert mail.to == "contact@north.example"
    assert "Early Help North" in mail.text
    assert "transfer-1" in mail.text
    assert "team-sw" in mail.text
    for person in ("Ada", "Ben", "Pat", "sw-7", CHILD, "family-1"):
        assert person not in mail.text + mail.subject


@pytest.mark.clause("SD-06")
@pytest.mark.parametrize("kind", ContactKind)
def test_the_request_says_who_is_the_right_contact(office: Office, kind: ContactKind) -> None:
    assert kind.words in " ".join(office.ask(contact_kind=kind).text.split())


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("withdraw_consent", "In a transfer that you know of, consent has been taken back for one or more children."),
        ("change_service", "A transfer that you know of goes to another service. Nothing more is shared with you."),
        ("cancel", "A transfer that you know of has been called off. Nothing more is shared with you."),
    ],
)
def test_a_service_that_knew_is_told_what_changed_and_to_stop_without_a_word_about_a_person(
    office: Office, what: str, said: str
) -> None:
    mail = office.tell(what)
    assert (mail.to, mail.subject) == ("contact@north.example", "A change to a transfer")
    assert said in mail.text
    assert "Please do nothing more for this transfer" in mail.text
    assert "transfer-1" in mail.text
    assert "team-sw" in mail.text
    for person in ("Ada", "Ben", "Pat", "sw-7", CHILD, "family-1"):
        assert person not in mail.text + mail.subject


@pytest.mark.clause("SD-09a")
def test_each_step_of_which_a_service_is_told_has_its_words() -> None:
    assert set(WHAT_CHANGED) == {step_name(kind) for kind in (WithdrawConsent, ChangeService, Cancel)}


@pytest.mark.clause("SD-30")
def test_the_summary_of_advice_has_the_four_parts_for_each_child_by_name(office: Office) -> None:
    mail = office.advise(CHILD, SIBLING)
    assert mail.to == "pat@hill.example"
    for said in (
        "Dear Pat Example",
        "Ada Example\n- Why social work ended: the risk has fallen\n",
        "- Views of the practitioners involved: school agrees\n",
        "- Views, wishes and feelings of Ben Example: wants a club\n",
        "- Views of the parents or carers: Not obtained, because the carer was away",
        "Transfer number" if "Transfer number" in mail.text else "transfer number is transfer-1",
    ):
        assert said in mail.text


@pytest.mark.clause("SD-31")
def test_practitioner_and_family_are_told_that_there_is_no_second_assessment(office: Office) -> None:
    assert "should not have to go through another one" in " ".join(office.advise().text.split())
    assert "There is no need to go through another assessment." in " ".join(Office().write(letter()).text.split())


@pytest.mark.clause("SD-33")
def test_the_family_reads_who_takes_over_and_that_it_may_change_its_mind(office: Office) -> None:
    mail = office.write(letter(), (CHILD, Decision.TRANSFER), (SIBLING, Decision.TRANSFER))
    assert mail.to == "family@home.example"
    for said in (
        "Dear Ms Example",
        "Ada Example: support now",
        "Ben Example: support now",
        "Pat Example from Hill School",
    ):
        assert said in mail.text
    assert "You can change your mind at any time." in mail.text


@pytest.mark.clause("SD-33")
def test_a_family_whose_children_do_not_pass_on_reads_that_nothing_starts_and_nothing_more_is_shared(
    office: Office,
) -> None:
    mail = office.write(letter(), passes_on=False)
    assert (
        "Support from Early Help North will not start, and nothing more is shared with Early Help North." in mail.text
    )
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
    assert "Ada Example: support now comes from Early Help North." in text
    assert "Ben Example: social work goes on." in text
    assert "ended" not in text


@pytest.mark.clause("SD-33")
def test_a_text_that_was_approved_is_sent_as_it_was_approved(office: Office) -> None:
    text = "Dear Ms Example,\n\n{this} stays as it is: 100 %.\n"
    assert office.write(letter(text=text)).text == text.strip()


def test_no_letter_shows_an_address(office: Office) -> None:
    mails = [
        Office().ask(),
        Office().tell(),
        Office().advise(),
        Office().write(letter()),
        Office().write(letter(), passes_on=False),
    ]
    for mail in mails:
        assert "@" not in mail.text + mail.subject


def test_no_subject_names_a_person() -> None:
    for mail in (Office().ask(), Office().tell(), Office().advise(), Office().write(letter())):
        assert not re.search("Ada|Ben|Pat|Example|child-", mail.subject)


def sentences(text: str) -> list[str]:
    """The sentences of the running text; greeting, labels and lists apart."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    running = [part for part in paragraphs if re.search(r"[.?!]$", part)]
    return [each for part in running for each in re.split(r"(?<=[.?!])\s+", part)]


@pytest.mark.parametrize(
    "mail",
    [
        Office().ask(),
        *(Office().tell(what) for what in WHAT_CHANGED),
        Office().advise(CHILD, SIBLING),
        Office().write(letter(), (CHILD, Decision.TRANSFER), (SIBLING, Decision.NO_FURTHER_SUPPORT)),
        Office().write(letter(), passes_on=False),
    ],
    ids=["request", *WHAT_CHANGED, "advice", "letter", "letter of a transfer that did not happen"],
)
def test_every_text_is_plain_english(mail: Mail) -> None:
    said = sentences(mail.text)
    words = [len(sentence.split()) for sentence in said]
    assert len(said) >= 3
    assert sum(words) / len(words) <= 20, "the average sentence"
    assert max(words) <= 35, "the longest sentence"
    assert not re.search(JARGON, mail.text)


def test_messages_of_one_transfer_have_one_key_each_and_the_transfer_in_common() -> None:
    mails = (Office().ask(), Office().tell(), Office().advise(), Office().write(letter()))
    assert len({mail.key for mail in mails}) == 4
    assert {mail.transfer_id for mail in mails} == {"transfer-1"}


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
    order = SendLetter(
        intent=intent().model_copy(update={"only_look": True}),
        letter=letter(),
        children=(ChildDecision(ref=CHILD, decision=Decision.TRANSFER, because="as agreed"),),
        service_name="Early Help North",
        practitioner=practitioner(),
    )
    assert office.writes.send_letter(order).ended is Ended.STOPPED
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
    order = RequestConversation(
        intent=intent(EffectKind.REQUEST_CONVERSATION, "service-north"), service=service(), social_work_team="team-sw"
    )
    assert office.asks.request_conversation(order).ended is Ended.DONE
    first, second = office.post.sent
    assert first == second
