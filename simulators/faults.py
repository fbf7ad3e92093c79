"""Faults that a rehearsal plans and a simulator then suffers; they live in memory."""

from collections.abc import Callable
from enum import StrEnum
from threading import Lock
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class When(StrEnum):
    """Whether the fault strikes before or after the work is stored."""

    BEFORE = "before"
    AFTER = "after"


class Action(StrEnum):
    """What the caller meets: a held answer, a broken connection, or a refusal."""

    HANG = "hang"
    DROP = "drop"
    ERROR = "error"


class Fault(BaseModel):
    """One planned fault, which strikes `times` times; a hang lasts `seconds`."""

    model_config = ConfigDict(extra="forbid")

    when: When
    action: Action
    seconds: float = Field(default=30, ge=0, le=3600)
    times: int = Field(default=1, ge=1, le=1_000_000)


F = TypeVar("F", bound=Fault)


class Faults(Generic[F]):
    """The planned faults, oldest first; safe to use from several threads."""

    def __init__(self) -> None:
        """Start without a fault."""
        self._planned: list[F] = []
        self._lock = Lock()

    def plan(self, fault: F) -> None:
        """Add a fault behind those that wait."""
        with self._lock:
            self._planned.append(fault.model_copy())

    def clear(self) -> None:
        """Forget every fault that has not struck."""
        with self._lock:
            self._planned.clear()

    def take(self, strikes: Callable[[F], bool]) -> F | None:
        """Use up one time of the oldest fault that strikes here."""
        with self._lock:
            fault = next(filter(strikes, self._planned), None)
            if fault is not None:
                fault.times -= 1
                self._planned = [planned for planned in self._planned if planned.times]
            return fault
