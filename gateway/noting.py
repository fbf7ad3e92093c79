"""Noting who read what about a journey, and who wanted to: what cannot be noted is not shown."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple


class Line(NamedTuple):
    """What is noted."""

    transfer_id: str
    who: str
    what: str


@dataclass
class OnceAMinute:
    """Notes the same reading by the same person once a minute.

    Requests are answered by several threads: whoever reads the same at the same moment is shown it once it is noted.
    """

    note: Callable[[str, str, str], None]
    """Into the register: about which journey, who, what."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _noted: dict[Line, Future[None]] = field(default_factory=dict, init=False)
    _minute: str = field(default="", init=False)
    _turn: Lock = field(default_factory=Lock, init=False)

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read, or wanted to; what the register raises goes on to all who wait for this line."""
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
            self.note(*line)
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
