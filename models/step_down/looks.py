"""When Mosaic is asked what it holds of the children (SD-19a, SD-19b): of all in one, as often as that is due."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.effects import Effect
from models.journey.remembered import remembered
from models.journey.steps import Step
from models.kinds import EffectKind
from models.step_down.held import nothing_was_found
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.transfer import AddChild

if TYPE_CHECKING:
    from models.step_down.facts import StepDownFacts


@remembered
def _named(facts: "StepDownFacts") -> tuple[tuple[str, ...], ...]:
    """Who could be asked about, time by time: as the transfer opens, then whom a step adds or decides to close."""
    said = (entry.step for entry in facts.steps if not entry.late)
    return (tuple(child.ref for child in facts.request.children), *filter(None, map(_asked_by, said)))


def _asked_by(step: Step) -> tuple[str, ...]:
    if isinstance(step, AddChild):
        return (step.child_ref,)
    if isinstance(step, RecordDecisions):
        return tuple(said.ref for said in step.children if said.decision.closes)
    return ()


@remembered
def looks_at(facts: "StepDownFacts", child: str) -> tuple[Effect, ...]:
    """Each time that Mosaic is asked of a child, oldest first.

    Where the first look found nothing, the first decision asks nothing: the closing itself looks once more. Where it
    found something, or a decision was taken back or corrected, Mosaic is asked anew. A child of whom a look read
    nothing, though it read of siblings, is asked about once more, so that it holds up nobody else.
    """
    named = (number for number, children in enumerate(_named(facts), start=1) if child in children)
    first, *decided = (Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=number) for number in named)
    opening = tuple(_until_read(facts, first, child))
    seen = facts.result(opening[-1])
    needless = seen is None or nothing_was_found(seen.records.get(child))
    anew = decided[1:] if needless else decided
    return (*opening, *(again for look in anew for again in _until_read(facts, look, child)))


def _until_read(facts: "StepDownFacts", look: Effect, child: str) -> Iterator[Effect]:
    """The look, and the same once more for whom it left out."""
    yield look
    result = facts.result(look)
    if result is not None and result.records and child not in result.records:
        yield from _until_read(facts, look.model_copy(update={"time": look.time + 1}), child)


def look_at(facts: "StepDownFacts", child: str) -> Effect:
    """The newest time, which is the one that counts."""
    return looks_at(facts, child)[-1]


def asked_about(facts: "StepDownFacts", look: Effect) -> tuple[str, ...]:
    """Of whom Mosaic is asked in this look."""
    return tuple(child.ref for child in facts.children if look in looks_at(facts, child.ref))
