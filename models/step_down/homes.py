"""Children of whom nobody knows where they live: who shares their home is not found there either (SD-23a, SD-33b)."""

from collections.abc import Collection

from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.family import FamilyMember
from models.step_down.steps.decision import RecordDecisions


def lost(facts: StepDownFacts, step: RecordDecisions | None = None) -> frozenset[str]:
    """Those of whom it was said last that it is not known where they live; with this step, once it were recorded."""
    decided = (*facts.all_of(RecordDecisions), *([step] if step is not None else ()))
    said = (child for one in decided for child in one.children if child.address_known is not None and not child.died)
    return frozenset(ref for ref, known in {child.ref: child.address_known for child in said}.items() if not known)


def home_may_be_empty(facts: StepDownFacts, person: FamilyMember) -> bool:
    """They live with a child of whom nobody knows where it lives: what is posted goes to a home that may be empty."""
    return not person.home.isdisjoint(lost(facts))


def shares_home(facts: StepDownFacts, ref: str, others: Collection[str]) -> bool:
    """By the record of the family it lives with somebody with whom another one of these lives, too."""
    people = facts.family.people if facts.family else ()
    return any(ref in person.home and person.home & ({*others} - {ref}) for person in people)


def home_is_lost(child: Child) -> bool:
    """Nobody knows where a brother or sister lives who shares its home, and it is to be closed."""
    said = child.decision
    to_be_closed = said is not None and said.asks_for_address and not child.closing_begun
    return to_be_closed and shares_home(child.facts, child.ref, lost(child.facts))
