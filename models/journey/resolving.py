"""What a person may say when they put something right."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from models.attention import Attention, Resolution
from models.effects import Effect
from models.journey.answers import Refusal
from models.journey.due_dates import is_unanswered
from models.journey.facts import Facts
from models.journey.ladder import everything_wanted
from models.journey.rows import Journey
from models.journey.steps import ResolveAttention
from models.kinds import NOT_ANSWERING
from models.ways import WAYS, by_machine_alone

F = TypeVar("F", bound=Facts)

UNKNOWN = Refusal(field="attention_id", reason="No item with this number needs attention.")


def refusal(journey: Journey[F], facts: F, step: ResolveAttention) -> Refusal | None:
    """What a person may not say when they put something right."""
    item = next((item for item in facts.open_attention if item.id == step.attention_id), None)
    if item is None:
        return UNKNOWN
    effect = next((effect for effect in everything_wanted(journey, facts) if effect.id == item.effect), None)
    for row in ROWS:
        if row.refuses(facts, item, effect, step.resolution):
            return Refusal(field=row.field, reason=row.otherwise, clause=row.clause)
    return None


def _must_be(facts: Facts, item: Attention, effect: Effect | None, how: Resolution) -> bool:  # noqa: ARG001 (asked alike)
    """Somebody skips what must be done."""
    must_be = effect is not None and (WAYS[effect.kind].must_be or is_unanswered(facts, effect))
    return how is Resolution.SKIP and must_be


def _is_not_wanted(facts: Facts, item: Attention, effect: Effect | None, how: Resolution) -> bool:  # noqa: ARG001 (asked alike)
    """Somebody orders another try of what the facts no longer ask for."""
    return how is Resolution.RETRY and item.effect is not None and effect is None


def _cannot_be_tried(facts: Facts, item: Attention, effect: Effect | None, how: Resolution) -> bool:  # noqa: ARG001 (asked alike)
    """Somebody orders another try of what was recorded, or of what is being tried all the time."""
    return how is Resolution.RETRY and (item.effect is None or item.problem == NOT_ANSWERING)


def _only_the_machine_does(facts: Facts, item: Attention, effect: Effect | None, how: Resolution) -> bool:  # noqa: ARG001 (asked alike)
    """Somebody says to have done by hand what is done in our own register."""
    return how is Resolution.DONE_BY_HAND and effect is not None and by_machine_alone(effect.kind)


class Resolving(NamedTuple):
    """An item is not resolved so."""

    clause: str | None
    field: str
    refuses: Callable[[Facts, Attention, Effect | None, Resolution], bool]
    otherwise: str


ROWS = (
    Resolving(None, "resolution", _must_be, "This must not be skipped: do it by hand and record that, or retry."),
    Resolving(
        None,
        "resolution",
        _is_not_wanted,
        "Something has changed since, and this will no longer be done: record that it had been done, or skip it.",
    ),
    Resolving(
        None,
        "resolution",
        _cannot_be_tried,
        "There is nothing to try again: record what was done by hand, or skip it with the reason.",
    ),
    Resolving(None, "resolution", _only_the_machine_does, "Nobody can do this by hand: retry when it is put right."),
)
"""What a person may not say when they put something right, each with its clause."""
