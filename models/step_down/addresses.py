"""Who of the family reads at an address, so that nothing that is for somebody else reaches them there (SD-33a)."""

from models.step_down.facts import StepDownFacts
from models.step_down.family import Channel, Family, FamilyMember
from models.step_down.steps.consent import plain
from models.step_down.steps.family import RecordFamily


def who_reads_at(facts: StepDownFacts, address: str) -> tuple[FamilyMember, ...]:
    """Whom the record of the family has there; whoever something stands against, also as it had them before."""
    people = facts.family.people if facts.family else ()
    return tuple(person for person in people if plain(address) in _addresses(facts, person))


def _addresses(facts: StepDownFacts, person: FamilyMember) -> set[str]:
    """Of who is not safe any more, no way may be left in the record: they read the e-mail that they did."""
    now = person.contact.ways
    if not person.something_against or any(way.by is Channel.EMAIL for way in now):
        return {plain(way.to) for way in now}
    known = (one for family in _records(facts) if (one := family.person(person.ref)) is not None)
    before = (way for one in known for way in one.contact.ways if way.by is Channel.EMAIL)
    return {plain(way.to) for way in (*now, *before)}


def _records(facts: StepDownFacts) -> tuple[Family, ...]:
    started_with = (facts.request.family,) if facts.request.family else ()
    return (*started_with, *facts.all_of(RecordFamily))


def service_is_safe(facts: StepDownFacts) -> bool:
    """Nobody of the family reads what its contact is sent."""
    return facts.service is None or not who_reads_at(facts, facts.service.contact_email)


def practitioner_is_safe(facts: StepDownFacts) -> bool:
    """Nobody of the family reads what the practitioner is sent."""
    return facts.practitioner is None or not who_reads_at(facts, facts.practitioner.email)
