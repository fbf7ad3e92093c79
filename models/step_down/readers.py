"""Who may read a letter, of whom, how much, and where it reaches them (SD-33a, SD-33b)."""

from models.step_down.addresses import who_reads_at
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.family import Channel, FamilyMember, Responsibility, WayToReach
from models.step_down.homes import home_may_be_empty
from models.step_down.steps.confirmation import Letter, LetterAudience
from models.step_down.steps.consent import plain


def person_of(facts: StepDownFacts, letter: Letter) -> FamilyMember | None:
    """Who of the family it is to, as they are recorded now; None where nobody is, or it is to an agency."""
    known = facts.family is not None and letter.person is not None
    return facts.family.person(letter.person) if facts.family and letter.person and known else None


def may_read_of(person: FamilyMember, child: str) -> bool:
    """They are somebody to the child: they hold responsibility, it lives with them, or nothing stands against it."""
    relation = person.to(child)
    if relation is None or person.is_child == child:
        return person.is_child == child
    holds = relation.parental_responsibility is not Responsibility.NONE
    return holds or relation.lives_with or not person.something_against


def reads_of(facts: StepDownFacts, letter: Letter) -> tuple[Child, ...]:
    """The children whom a letter names, and of whom its reader may read; an agency by SD-09, SD-32, SD-33d."""
    named, person = (child for child in facts.children if child.ref in letter.about), person_of(facts, letter)
    if letter.audience is LetterAudience.AGENCY:
        involved = (child for child in named if is_involved(facts, letter.agency, child))
        return tuple(child for child in involved if agency_reads_of(facts, letter, child))
    return tuple(child for child in named if person is not None and may_read_of(person, child.ref))


def agency_reads_of(facts: StepDownFacts, letter: Letter, child: Child) -> bool:
    """By consent, as part of the plan that ended, or by a power; never where telling it would harm the child more."""
    lawful = child.agencies_may_read or in_plan(facts, letter) or child.by_power(letter.agency) is not None
    return lawful and not child.withheld_from(letter.agency)


def is_written_to(facts: StepDownFacts, person: FamilyMember, child: str) -> bool:
    """SD-33a: whom a letter is offered to: who holds responsibility, the child itself, or who cares for it.

    It is cared for by whom it lives with, where nobody who holds responsibility does. Relatives are the social worker's
    to name.
    """
    if person.is_child == child or (person.ref, child) in holders(facts):
        return True
    relation, people = person.to(child), facts.family.people if facts.family else ()
    at_home = [one.ref for one in people if (its := one.to(child)) is not None and its.lives_with]
    held = any(ref in at_home for ref, of in holders(facts) if of == child)
    return relation is not None and relation.lives_with and not held


def against(facts: StepDownFacts, letter: Letter) -> tuple[str, ...]:
    """SD-33a: why its reader is unsafe to contact, or what an order limits: contact, knowledge or responsibility."""
    person = person_of(facts, letter)
    if person is None:
        return ()
    forbidden = (
        f"an order forbids that they use their responsibility for {relation.child}"
        for relation in person.relations
        if relation.child in letter.about and relation.parental_responsibility is Responsibility.FORBIDDEN_BY_ORDER
    )
    return (*filter(None, (person.contact.unsafe_because, person.contact.order)), *forbidden)


def agencies_involved(facts: StepDownFacts) -> tuple[str, ...]:
    """SD-33c: the agencies that the exploration or Mosaic names, by name, each once."""
    in_mosaic = (agency for child in facts.children for agency in _in_mosaic(child))
    return tuple({plain(agency): agency for agency in (*in_mosaic, *_explored(facts))}.values())


def is_involved(facts: StepDownFacts, agency: str | None, child: Child) -> bool:
    """SD-33c: the exploration names the agency, or Mosaic does for this child."""
    return agency is not None and plain(agency) in map(plain, (*_explored(facts), *_in_mosaic(child)))


def _explored(facts: StepDownFacts) -> tuple[str, ...]:
    return facts.exploration.agencies if facts.exploration else ()


def _in_mosaic(child: Child) -> tuple[str, ...]:
    return (child.record.agencies or ()) if child.record else ()


def holders(facts: StepDownFacts) -> tuple[tuple[str, str], ...]:
    """SD-33a: who holds parental responsibility for which child, by reference; not whom an order forbids to use it."""
    people = facts.family.people if facts.family else ()
    relations = ((person.ref, relation) for person in people for relation in person.relations)
    held = ((ref, one.child) for ref, one in relations if one.parental_responsibility.counts)
    return tuple((ref, child) for ref, child in held if child in facts.child_refs)


def decided_for_themselves(facts: StepDownFacts) -> tuple[str, ...]:
    """SD-09b: the children who said yes or no themselves, whichever service it was about."""
    return tuple(child.ref for child in facts.children if child.has_own_word)


def in_plan(facts: StepDownFacts, letter: Letter) -> bool:
    """SD-33d: it is to an agency that took part in the plan that this transfer ends."""
    known = facts.exploration if facts.on_a_plan else None
    return known is not None and letter.agency is not None and known.in_plan(letter.agency)


def needs_the_manager(facts: StepDownFacts, letter: Letter) -> bool:
    """SD-33a: something stands against its reader, so that it leaves by the manager's own act alone."""
    return letter.written and bool(against(facts, letter))


def told_no_whereabouts(facts: StepDownFacts, letter: Letter) -> bool:
    """SD-33a: a child whom it names does not live with its reader, and nobody has recorded that no risk is known."""
    person = person_of(facts, letter)
    if person is None:
        return False
    others = (child for child in letter.about if child != person.is_child)
    apart = any((relation := person.to(child)) is None or not relation.lives_with for child in others)
    return person.contact.whereabouts_hidden or (apart and not letter.no_risk_known)


def risk_is_known(facts: StepDownFacts, letter: Letter) -> bool:
    """Of this person nobody can say that no risk is known in their knowing where the children are."""
    person = person_of(facts, letter)
    return person is not None and (person.contact.whereabouts_hidden or bool(speaks_against(facts, letter)))


def way(facts: StepDownFacts, letter: Letter) -> WayToReach | None:
    """Where it goes: to the first safe way of its kind in the family record; to an agency, as it says itself.

    Nothing is posted to somebody who lives with a child of whom nobody knows where it lives (SD-23a).
    """
    if letter.agency is not None and letter.by is not None:
        return WayToReach(by=letter.by, to=letter.address or letter.agency)
    person = person_of(facts, letter)
    if person is None or (letter.by is Channel.POST and home_may_be_empty(facts, person)):
        return None
    return next((one for one in person.contact.ways if one.by is letter.by), None)


def reaches_others(facts: StepDownFacts, letter: Letter) -> tuple[str, ...]:
    """SD-33a: who else of the family reads at its address: anybody, of an agency's; of a person's, whom it may harm."""
    goes_to, reader = way(facts, letter), person_of(facts, letter)
    there = who_reads_at(facts, goes_to.to) if goes_to else ()
    return tuple(one.ref for one in there if one != reader and (reader is None or one.something_against))


def speaks_against(facts: StepDownFacts, letter: Letter) -> tuple[str, ...]:
    """SD-33a: what is recorded against its reader, what they must not be told, and who else reads at its address."""
    person = person_of(facts, letter)
    not_to_know = [person.not_to_know] if person is not None and person.not_to_know else []
    return (*against(facts, letter), *not_to_know, *reaches_others(facts, letter))


def reader_words(facts: StepDownFacts, letter: Letter) -> str:
    """How the letter calls its reader."""
    person = person_of(facts, letter)
    return person.called if person else letter.agency or ""


def goes_by_mail(letter: Letter) -> bool:
    """The machine sends it."""
    return letter.by is Channel.EMAIL
