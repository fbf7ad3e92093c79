"""What one journey tells another of what was recorded in it (SU-01, SD-39)."""

from collections.abc import Callable

from models.effects import Effect
from models.journey.facts import Facts
from models.journey.linked import newly_named, opened_for, step_id_of
from models.journey.steps import ReportsHarm, Step
from models.step_up.steps.contact import RecordContact
from models.vocabulary import ChildRef


def head(facts: Facts, effect: Effect) -> tuple[Step, dict[str, object]]:
    """The step that is told of, and what the step says of itself by which it is told."""
    entry = facts.entry(effect.step or "")
    if entry is None:
        raise AssertionError("what is told was recorded")
    step = entry.step
    return step, {
        "step_id": step_id_of(facts.request.id, effect),
        "actor": step.actor,
        "occurred_at": step.occurred_at,
    }


def who_was_spoken_to(facts: Facts, effect: Effect, of_whom: Callable[[ReportsHarm], tuple[str, ...]]) -> RecordContact:
    """SU-01: a referral is told who was spoken to, of those of its children whom that word was about."""
    step, said = head(facts, effect)
    report = opened_for(facts, effect.to)
    here = of_whom(report) or newly_named(facts, report)
    children = tuple(ChildRef(ref=child) for child in step.children_named() if child in here)
    return RecordContact.model_validate({**said, "children": children, "spoken_to": getattr(step, "spoken_to", None)})
