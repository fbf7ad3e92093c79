"""Steps as people and systems write them: read, and checked so that what is wrong is said in a sentence."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from client.checked import checked
from client.errors import InputError
from client.journeys import kind_with_step
from models.field_words import field_words
from models.journey.steps import CLOCK_SKEW, ReportsHarm, Step, step_name
from models.step_down.steps.every import STEPS
from models.wrong_input import Flaw


def read_step(
    content: Any, default_id: str, at: datetime, place: str = "", steps: Sequence[type[Step]] = STEPS
) -> Step:
    """The step, one of these, at this place of a file.

    Without ``step_id`` and ``occurred_at`` it has the default id, and happens now.

    Raises:
        InputError: naming the field that is wrong and its rule.
    """
    if not isinstance(content, dict):
        raise InputError(Flaw.of(place, "This is not a step with its fields."))
    kinds = {step_name(kind): kind for kind in steps}
    kind = kinds.get(str(content.get("step")))
    if kind is None:
        raise InputError(Flaw.of("step", no_such_step(content.get("step"), steps)).under(place))
    if not issubclass(kind, ReportsHarm) and (left := [_left_empty(field) for field in empty_places(content)]):
        raise InputError(*(flaw.under(place) for flaw in left))
    return step_of(kind, {"step_id": default_id, "occurred_at": at, **content}, at, place)


def step_of(kind: type[Step], content: dict[str, Any], at: datetime, place: str = "") -> Step:
    """The step of this kind that the content says, which stands at this place of a file.

    Raises:
        InputError: naming the field that is wrong and its rule.
    """
    # Nothing that may be left out holds up a report of harm.
    if issubclass(kind, ReportsHarm) and _says_nothing(content.get("spoken_to")):
        content = {name: said for name, said in content.items() if name != "spoken_to"}
    step: Step = checked(kind, content, place)
    if step.occurred_at > at + CLOCK_SKEW:
        raise InputError(Flaw.of("occurred_at", "The moment at which this happened lies in the future.").under(place))
    return step


def no_such_step(name: object, steps: Sequence[type[Step]] = STEPS) -> str:
    """What has it instead; or which one was meant, where one is near; else, which there are."""
    names = [step_name(kind) for kind in steps]
    if (elsewhere := kind_with_step(name)) is not None:
        whose = elsewhere.name.words
        return f"There is no such step here: a {whose} has it. The steps here are {', '.join(names)}."
    near = get_close_matches(str(name), names, n=1)
    return (
        f"There is no such step; did you mean {near[0]}?"
        if near
        else f"There is no such step; the steps are {', '.join(names)}."
    )


def empty_places(value: Any, path: str = "") -> Iterator[str]:
    """Where something is left empty."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, said in parts:
        field = f"{path}.{name}".lstrip(".")
        if said is None:
            yield field
        yield from empty_places(said, field)


def _says_nothing(value: Any) -> bool:
    """All of its places are left empty, as a file that was printed has them."""
    return isinstance(value, dict) and all(said is None for said in value.values())


def _left_empty(field: str) -> Flaw:
    within, _, name = field.rpartition(".")
    words = field_words(name, next((part for part in reversed(within.split(".")) if not part.isdigit()), ""))
    return Flaw.of(field, f"This is left empty: say {words}, or delete the line if it does not apply.")
