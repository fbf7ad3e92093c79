"""A step as people write it, and what they need not write: its id, its time, the id of a transfer."""

import secrets
from datetime import UTC, datetime
from typing import Any

from cli.documents import checked
from client.errors import InputError
from models.journey.steps import CLOCK_SKEW, Step, step_name
from models.step_down.steps.every import STEPS
from models.wrong_input import Flaw


def read_step(content: Any, default_id: str, at: datetime, place: str = "") -> Step:
    """The step at this place of a file; without ``step_id`` and ``occurred_at`` it has the default id, and happens now.

    Raises:
        InputError: naming the field that is wrong and its rule.
    """
    if not isinstance(content, dict):
        raise InputError(Flaw.of(place, "This is not a step with its fields."))
    kinds = {step_name(kind): kind for kind in STEPS}
    kind = kinds.get(str(content.get("step")))
    if kind is None:
        unknown = f"There is no such step; the steps are {', '.join(kinds)}."
        raise InputError(Flaw.of("step", unknown).under(place))
    step: Step = checked(kind, {"step_id": default_id, "occurred_at": at, **content}, place)
    if step.occurred_at > at + CLOCK_SKEW:
        raise InputError(Flaw.of("occurred_at", "The moment at which this happened lies in the future.").under(place))
    return step


def new_transfer_id() -> str:
    """An opaque id for a transfer."""
    return f"t-{secrets.token_hex(5)}"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
