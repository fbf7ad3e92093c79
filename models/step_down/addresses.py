"""Who of the family reads at an address, so that nothing that is for somebody else reaches them there (SD-33a)."""

import re
from itertools import pairwise

from models.step_down.facts import StepDownFacts
from models.step_down.family import Channel, Family, FamilyMember
from models.step_down.steps.consent import plain
from models.step_down.steps.decision import NameLeadPractitioner
from models.step_down.steps.family import RecordFamily
from models.vocabulary import in_one_spelling

POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b")
SHORT = {"st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane", "dr": "drive", "cl": "close"}
FEWEST_WORDS = 2
"""A town alone is no address."""
EARLIER = {Channel.EMAIL, Channel.POST}
"""By hand they were met somewhere, and live nowhere by that."""


def who_reads_at(facts: StepDownFacts, address: str) -> tuple[FamilyMember, ...]:
    """Whom the record of the family has there; whoever something stands against, also as it had them before."""
    people = facts.family.people if facts.family else ()
    return tuple(person for person in people if any(same_address(address, one) for one in _addresses(facts, person)))


def same_address(one: str, other: str) -> bool:
    """Two people may have typed it differently; postal ones are the same where the house is.

    Where it cannot be told, they count as the same: a letter less is put right, a letter too many is not.
    """
    if plain(one) == plain(other) or "@" in one + other:
        return plain(one) == plain(other)
    words, others = _words(one), _words(other)
    fewer, more = sorted(({*words}, {*others}), key=len)
    alike = bool(_houses(words) & _houses(others)) or (len(fewer) >= FEWEST_WORDS and fewer <= more)
    return alike or (bool(_postcodes(one) & _postcodes(other)) and not _other_house(words, others))


def _words(address: str) -> list[str]:
    """Of a postal address, without its postcode."""
    words = re.findall(r"[^\W_]+", POSTCODE.sub(" ", in_one_spelling(address)))
    return [SHORT.get(word, word) for word in words if word != "the"]


def _postcodes(address: str) -> set[str]:
    return {plain(found) for found in POSTCODE.findall(in_one_spelling(address))}


def _other_house(words: list[str], others: list[str]) -> bool:
    """Both say a number, and not the same: of one postcode, it is another house."""
    here, there = ({word for word in of if word[0].isdigit()} for of in (words, others))
    return bool(here and there) and not here & there


def _houses(words: list[str]) -> set[tuple[str, str]]:
    """Each number with the word that follows: the house and its street."""
    return {(here, after) for here, after in pairwise(words) if here[0].isdigit() and not after[0].isdigit()}


def _addresses(facts: StepDownFacts, person: FamilyMember) -> set[str]:
    """Of who is not safe any more, no way of a kind may be left in the record: they read there what they did."""
    now = person.contact.ways
    if not person.something_against:
        return {way.to for way in now}
    known = (one for family in _records(facts) if (one := family.person(person.ref)) is not None)
    gone = EARLIER - {way.by for way in now}
    before = (way for one in known for way in one.contact.ways if way.by in gone and _still_theirs(one, person, way.by))
    return {way.to for way in (*now, *before)}


def _still_theirs(then: FamilyMember, now: FamilyMember, by: Channel) -> bool:
    """Who lived with other children then has left that house."""
    return by is Channel.EMAIL or _lives_with(then) == _lives_with(now)


def _lives_with(person: FamilyMember) -> set[str]:
    return {relation.child for relation in person.relations if relation.lives_with}


def _records(facts: StepDownFacts) -> tuple[Family, ...]:
    started_with = (facts.request.family,) if facts.request.family else ()
    return (*started_with, *facts.all_of(RecordFamily))


def service_is_safe(facts: StepDownFacts) -> bool:
    """Nobody of the family reads what its contact is sent."""
    return facts.service is None or contact_is_safe(facts, facts.service.ref)


def contact_is_safe(facts: StepDownFacts, service: str) -> bool:
    """The same, of any service that this transfer has gone to."""
    return not who_reads_at(facts, facts.known_service(service).contact_email)


def nobody_else_reads(facts: StepDownFacts, named: NameLeadPractitioner) -> bool:
    """Nobody of the family reads what this practitioner is sent."""
    return not who_reads_at(facts, named.email)
