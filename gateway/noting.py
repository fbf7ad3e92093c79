"""Noting who read what about a journey, and who wanted to: what cannot be noted is not shown."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any, NamedTuple, Protocol

from adapters.register.readings import Look
from models.access import About


class ReadingRegister(Protocol):
    """What is known of a journey, and where readings are noted."""

    def about(self, transfer_id: str) -> About | None:
        """What decides who may read about the journey; None where it is not known."""

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read, or wanted to read, about the journey."""


class Line(NamedTuple):
    """What is noted."""

    transfer_id: str
    who: str
    what: str


@dataclass
class OnceAMinute:
    """The register, in which the same reading by the same person is noted once a minute.

    Requests are answered by several threads: whoever reads the same at the same moment is shown it once it is noted.
    """

    register: ReadingRegister
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _noted: dict[Line, Future[None]] = field(default_factory=dict, init=False)
    _minute: str = field(default="", init=False)
    _turn: Lock = field(default_factory=Lock, init=False)

    def about(self, transfer_id: str) -> About | None:
        """See ``ReadingRegister``."""
        return self.register.about(transfer_id)

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """See ``ReadingRegister``; whatever the register raises goes on to all who wait for this line."""
        line = Line(transfer_id, who, what)
        with self._turn:
            self._forget_what_is_over()
            before = self._noted.get(line)
            noted = self._noted.setdefault(line, Future()) if before is None else before
        if before is None:
            self._write(line, noted)
        noted.result()

    def _write(self, line: Line, noted: Future[None]) -> None:
        try:
            self.register.audit_read(*line)
        except BaseException as error:  # noqa: BLE001 (raised for whoever waits for this line, below)
            with self._turn:
                self._noted.pop(line, None)
            noted.set_exception(error)
        else:
            noted.set_result(None)

    def _forget_what_is_over(self) -> None:
        minute = f"{self.now():%Y-%m-%dT%H:%M}"
        if minute != self._minute:
            self._minute, self._noted = minute, {}


class AuditedRegister(ReadingRegister, Protocol):
    """A register in which one can look up what was noted."""

    def look(self, transfer_id: str) -> Look | None:
        """How the journey stands, and who may read about it, all as of one moment; None where it is not known."""

    def audit(self, transfer_id: str, after: int | None, most: int) -> Sequence[Any]:
        """What was noted of the journey, oldest first: at most so many, after the row of this number."""


@dataclass
class AuditedOnceAMinute(OnceAMinute):
    """The same, for whoever also shows what was noted."""

    register: AuditedRegister

    def look(self, transfer_id: str) -> Look | None:
        """See ``AuditedRegister``."""
        return self.register.look(transfer_id)

    def audit(self, transfer_id: str, after: int | None, most: int) -> Sequence[Any]:
        """See ``AuditedRegister``."""
        return self.register.audit(transfer_id, after, most)
