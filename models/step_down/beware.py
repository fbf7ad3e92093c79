"""What nobody but a person can judge of a letter, said to whoever approves it (SD-09b, SD-23a, SD-33a, SD-33b)."""

from collections.abc import Iterator

from models.step_down.facts import StepDownFacts
from models.step_down.family import Channel, FamilyMember
from models.step_down.homes import home_may_be_empty
from models.step_down.readers import decided_for_themselves, person_of, told_no_whereabouts
from models.step_down.steps.confirmation import Letter
from models.step_down.steps.decision import Decision

LOST = "Nobody knows where a child of this household lives now, so nothing is posted there."
HAS_MOVED = "A child of this household has moved: make sure that this is where its reader lives now."
SHARES_A_HOME = (
    "Somebody lives in this household about whom something is recorded that makes contact unsafe, and they may open "
    "what is posted: make sure that this way is safe."
)
HIDDEN_FROM_ANOTHER = (
    "Somebody else must not learn where a child of this household is, and this letter says what they must not read: "
    "make sure that its reader shows it to nobody."
)
THEIR_OWN_DECISION = "{children} decided for themselves: ask them first what this reader may learn."
NOT_TO_REPEAT = "It must not repeat this, which {child} said: {words}"


def beware(facts: StepDownFacts, letter: Letter) -> Iterator[str]:
    """What to make sure of before a letter to somebody of the family is approved."""
    person = person_of(facts, letter)
    if person is None or not letter.written:
        return
    if letter.by is Channel.POST and home_may_be_empty(facts, person):
        yield LOST
    if letter.by is Channel.POST and any(facts.child(ref).is_decided(Decision.MOVED_AWAY) for ref in person.home):
        yield HAS_MOVED
    if letter.by is Channel.POST and any(other.home & person.home for other in _not_safe(facts, person)):
        yield SHARES_A_HOME
    if letter.no_risk_known and not told_no_whereabouts(facts, letter) and _hidden(facts, letter, person):
        yield HIDDEN_FROM_ANOTHER
    themselves = [ref for ref in decided_for_themselves(facts) if ref in letter.about and ref != person.is_child]
    if themselves:
        yield THEIR_OWN_DECISION.format(children=" and ".join(themselves))
    for child in facts.family.children if facts.family else ():
        if child.not_to_repeat and child.ref in letter.about and child.ref != person.is_child:
            yield NOT_TO_REPEAT.format(child=child.ref, words=child.not_to_repeat)


def _not_safe(facts: StepDownFacts, but: FamilyMember) -> Iterator[FamilyMember]:
    people = facts.family.people if facts.family else ()
    return (person for person in people if person.something_against and person != but)


def _hidden(facts: StepDownFacts, letter: Letter, reader: FamilyMember) -> bool:
    """From somebody else, of these children or of whoever lives with them."""
    people = facts.family.people if facts.family else ()
    there = {*letter.about}.union(*(one.home for one in people if one.home & {*letter.about}))
    hidden = (person for person in _not_safe(facts, reader) if person.contact.whereabouts_hidden)
    return any(person.to(child) is not None for person in hidden for child in there)
