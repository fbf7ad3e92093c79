"""A step as people write it, and what they need not write: its id, its time, the id of a transfer."""

import secrets
from datetime import UTC, datetime
from typing import Any

from cli.documents import checked
from client.errors import InputError
from models.journey.steps import CLOCK_SKEW, Step, step_name
from models.step_down.steps.every import STEPS


def read_step(content: Any, where: str, default_id: str, at: datetime) -> Step:
    """A step; without ``step_id`` and ``occurred_at`` it gets the default id and happens now.

    Raises:
        InputError: naming the field that is wrong and its rule.
    """
    if not isinstance(content, dict):
        raise InputError(f"{where}: is not a step with its fields")
    kinds = {step_name(kind): kind for kind in STEPS}
    kind = kinds.get(str(content.get("step")))
    if kind is None:
        raise InputError(f"{where}: step: there is no such step; the steps are {', '.join(kinds)}")
    step: Step = checked(kind, {"step_id": default_id, "occurred_at": at, **content}, where)
    if step.occurred_at > at + CLOCK_SKEW:
        raise InputError(f"{where}: occurred_at: this is in the future")
    return step


def new_transfer_id() -> str:
    """An opaque id for a transfer."""
    return f"t-{secrets.token_hex(5)}"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
