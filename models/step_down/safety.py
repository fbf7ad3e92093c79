"""What keeps people safe, for whoever takes over, and that they are told of it (SD-30a).

A child stands in it by reference, as in a letter. What is not recorded is said to be that; nowhere is it said that
there is no risk.
"""

from collections.abc import Collection, Iterator

from models.effects import Effect, Ended
from models.journey.recorded import RecordedStep
from models.kinds import EffectKind
from models.step_down.child import Child
from models.step_down.direction import service_reads_of_children
from models.step_down.facts import StepDownFacts
from models.step_down.family import Family, FamilyMember, Responsibility, WayToReach
from models.step_down.letter_words import in_place_of_name
from models.step_down.practitioners import TELLS, in_summary, reached_alone, summary_of, theirs, times_joined, was_with
from models.step_down.steps.decision import Decision
from models.step_down.steps.family import RecordFamily

NOTHING = (
    "Nothing is recorded of who is safe to contact. That does not mean that everybody is: ask the social worker before "
    "you write or ring."
)
NO_MORE = "Nothing is recorded against contact. That does not mean that there is nothing: ask the social worker."
NO_WAY = "No safe way to reach them is recorded. Ask the social worker before you write or ring."
KEEPS_OFF = "Do not write, ring or visit before you have asked the social worker."
SAME_FAMILY = "of the same family, not related to these children as far as is recorded"
ASK_FIRST = "Ask the social worker before you write or ring."
NO_RISKS = (
    "Risks to whoever visits the home: nothing is recorded. That does not mean that it is safe: ask the social worker "
    "before you visit."
)


def safety(family: Family | None, children: Collection[str]) -> str:
    """What is recorded of everybody who is somebody to these children, of visits, and of the children's own words.

    Of whom something stands against who is somebody to a brother or sister alone, that is told, too: whoever visits the
    home may meet them there.
    """
    people = family.people if family else ()
    told = [*filter(None, (_of_person(person, children) for person in people))] or [NOTHING]
    risks = family.risks_to_workers if family else None
    return "\n\n".join(
        [*told, f"Risks to whoever visits the home: {risks}" if risks else NO_RISKS, *_words(family, children)]
    )


def _words(family: Family | None, children: Collection[str]) -> Iterator[str]:
    for child in family.children if family else ():
        if child.ref in children and child.not_to_repeat:
            yield f"Do not repeat this, which {in_place_of_name(child.ref)} said: {child.not_to_repeat}"


def _of_person(person: FamilyMember, children: Collection[str]) -> str | None:
    """Who is nobody to these children, and safe, is nothing for whoever takes over."""
    if any(map(person.to, children)):
        return _person(person, children)
    against = [f"- {line}" for line in _against(person, children)]
    return "\n".join([f"{person.called} ({SAME_FAMILY})", *against, f"- {ASK_FIRST}"]) if against else None


def _person(person: FamilyMember, children: Collection[str]) -> str:
    to = [f"{one.relation} of {in_place_of_name(one.child)}" for one in person.relations if one.child in children]
    return "\n".join([f"{person.called} ({', '.join(to)})", *(f"- {line}" for line in _lines(person, children))])


def _lines(person: FamilyMember, children: Collection[str]) -> Iterator[str]:
    against = [*_against(person, children)]
    yield from against or (NO_MORE,)
    ways = "; ".join(map(_way, person.contact.ways))
    if not ways:
        yield NO_WAY
    elif person.contact.ask_first:
        yield f"{KEEPS_OFF} What is recorded: {ways}"
    else:
        yield f"Safe ways to reach them: {ways}"


def _against(person: FamilyMember, children: Collection[str]) -> Iterator[str]:
    contact = person.contact
    if contact.unsafe_because:
        yield f"Unsafe to contact: {contact.unsafe_because}"
    if contact.order:
        yield f"An order limits contact or knowledge: {contact.order}"
    for one in person.relations:
        if one.child in children and one.parental_responsibility is Responsibility.FORBIDDEN_BY_ORDER:
            yield f"An order forbids them to use their parental responsibility for {in_place_of_name(one.child)}"
    if contact.whereabouts_hidden:
        yield "Must not learn where the children are"
    if person.not_to_know:
        yield f"Must not be told: {person.not_to_know}"


def _way(way: WayToReach) -> str:
    by = {"email": "e-mail", "post": "post", "by_hand": "by hand"}[way.by]
    return f"{by}, {way.to}" + (f" ({way.safe_times})" if way.safe_times else "")


def dangers(family: Family | None) -> frozenset[tuple[str, str]]:
    """What stands against anybody, or against a visit, each with whom or what it is about; safe ways are none."""
    if family is None:
        return frozenset()
    children = {child.ref for child in family.children}
    said = {(one.ref, line) for one in family.people for line in _against(one, children)}
    risks = {("visits", family.risks_to_workers)} if family.risks_to_workers else set()
    return frozenset(
        {*said, *risks, *((child.ref, child.not_to_repeat) for child in family.children if child.not_to_repeat)}
    )


def safety_told(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-30a: told by itself where no summary brings it along, and anew for each change of what was told."""
    if not service_reads_of_children(facts):
        return ()
    told = (_told(facts, one.practitioner) for one in reached_alone(facts))
    return tuple(one for one in told if one is not None)


def _told(facts: StepDownFacts, practitioner: str) -> Effect | None:
    again = sum(practitioner in entry.retells for entry in facts.steps)
    if not again and all(_comes_with_summary(child) for child in theirs(facts, practitioner)):
        return None
    time = 1 + times_joined(facts, practitioner) + again
    return Effect(kind=EffectKind.TELL_SAFETY, practitioner=practitioner, time=time)


def _comes_with_summary(child: Child) -> bool:
    """A summary tells of the child, and nobody has it skipped."""
    summary = summary_of(child)
    result = child.facts.result(summary) if summary is not None else None
    skipped = result is not None and result.ended is Ended.SKIPPED
    return summary is not None and child in in_summary(child.facts, summary) and not skipped


def retells(facts: StepDownFacts, recorded: RecordedStep) -> tuple[str, ...]:
    """Who was told before, and reads something else of their children with this record of the family; by reference."""
    step = recorded.step
    if not isinstance(step, RecordFamily):
        return ()
    told = {effect.practitioner for effect in facts.begun if effect.kind in TELLS and effect.practitioner is not None}
    return tuple(sorted(one for one in told if _reads_otherwise(facts, step, one)))


def _reads_otherwise(facts: StepDownFacts, step: RecordFamily, practitioner: str) -> bool:
    children = {child.ref for child in facts.decided(Decision.TRANSFER) if was_with(child, practitioner)}
    return bool(children) and safety(facts.family, children) != safety(step, children)
