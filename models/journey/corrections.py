"""What a step says anew, and when that comes too late because it has been acted on."""

from collections.abc import Mapping
from typing import TypeVar

from models.journey.facts import Facts
from models.journey.rows import Correction
from models.journey.steps import Step

F = TypeVar("F", bound=Facts)
Corrections = Mapping[type[Step], Correction[F]]


def replaced_by(corrections: Corrections[F], facts: F, step: Step) -> tuple[str, ...]:
    """The steps that this one says anew, by ``step_id``, oldest first."""
    correction = corrections.get(type(step))
    said = correction.says_anew(facts, step) if correction is not None else ()
    before = {earlier.step_id for earlier in said if earlier is not None}
    return tuple(entry.step.step_id for entry in facts.steps if entry.step.step_id in before)


def is_late(corrections: Corrections[F], facts: F, step: Step) -> bool:
    """Whether the step corrects what has been acted on already."""
    correction = corrections.get(type(step))
    return correction is not None and bool(replaced_by(corrections, facts, step)) and correction.acted_on(facts, step)


def says_new_things_too_late(corrections: Corrections[F], facts: F, step: Step) -> bool:
    """Whether a late step speaks of a child, too, of whom nothing was said: that would be lost with it."""
    correction = corrections.get(type(step))
    new = correction is not None and any(True for _ in correction.new_children(facts, step))
    return new and is_late(corrections, facts, step)
