"""When Mosaic is asked what it holds of the children (SD-19a, SD-19b): of all in one, as often as that is due."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from models.effects import Effect
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.remembered import remembered
from models.journey.steps import Step
from models.kinds import EffectKind
from models.step_down.held import nothing_was_found
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.transfer import AddChild

if TYPE_CHECKING:
    from models.step_down.facts import StepDownFacts


class Asking(NamedTuple):
    """A reason to ask Mosaic: who, and whether it is asked whatever was found before."""

    children: tuple[str, ...]
    step: Step | None = None
    """None: the transfer opens."""

    @property
    def whatever_was_found(self) -> bool:
        """A report of harm is to come to nothing: no older answer counts (SD-39)."""
        return isinstance(self.step, RecordHarmOutcome)


@remembered
def _named(facts: "StepDownFacts") -> tuple[Asking, ...]:
    """Who could be asked about, time by time: as the transfer opens, then whom a step adds, decides or clears."""
    said = (Asking(_asked_by(entry.step), entry.step) for entry in facts.steps if not entry.late)
    opening = Asking(tuple(child.ref for child in facts.request.children))
    return (opening, *(asking for asking in said if asking.children))


def _asked_by(step: Step) -> tuple[str, ...]:
    match step:
        case AddChild():
            return (step.child_ref,)
        case RecordDecisions():
            return tuple(said.ref for said in step.children if said.decision.closes)
        case RecordHarmOutcome():
            return tuple(said.ref for said in step.children if said.comes_to_nothing)
        case _:
            return ()


def _look(number: int) -> Effect:
    return Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=number)


@remembered
def looks_at(facts: "StepDownFacts", child: str) -> tuple[Effect, ...]:
    """Each time that Mosaic is asked of a child, oldest first.

    Where the first look found nothing, the first decision asks nothing: the closing itself looks once more. Where it
    found something, or a decision was taken back or corrected, Mosaic is asked anew. A child of whom a look read
    nothing, though it read of siblings, is asked about once more, so that it holds up nobody else.
    """
    named = [(number, ask) for number, ask in enumerate(_named(facts), start=1) if child in ask.children]
    first, *later = named
    opening = tuple(_until_read(facts, _look(first[0]), child))
    seen = facts.result(opening[-1])
    needless = seen is None or nothing_was_found(seen.records.get(child))
    decided = [number for number, ask in later if not ask.whatever_was_found]
    left_out = decided[:1] if needless else []
    anew = [_look(number) for number, _ in later if number not in left_out]
    return (*opening, *(again for look in anew for again in _until_read(facts, look, child)))


def _until_read(facts: "StepDownFacts", look: Effect, child: str) -> Iterator[Effect]:
    """The look, and the same once more for whom it left out."""
    yield look
    result = facts.result(look)
    if result is not None and result.records and child not in result.records:
        yield from _until_read(facts, look.model_copy(update={"time": look.time + 1}), child)


def look_because_of(facts: "StepDownFacts", step: Step, child: str) -> Effect:
    """How Mosaic is asked of the child because of this step."""
    number = next(number for number, ask in enumerate(_named(facts), start=1) if ask.step is step)
    return [*_until_read(facts, _look(number), child)][-1]


def look_at(facts: "StepDownFacts", child: str) -> Effect:
    """The newest time, which is the one that counts."""
    return looks_at(facts, child)[-1]


def asked_about(facts: "StepDownFacts", look: Effect) -> tuple[str, ...]:
    """Of whom Mosaic is asked in this look."""
    return tuple(child.ref for child in facts.children if look in looks_at(facts, child.ref))
