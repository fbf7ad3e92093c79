"""The desk at which calls arrive: the books behind it, and the faults that it suffers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import TypeVar

from simulators.faults import Action, Fate, Faults, When
from simulators.mosaic.books import Books
from simulators.mosaic.contract import Code, RefusedError
from simulators.mosaic.staging import MosaicBlow, Operation

T = TypeVar("T")


class AnswerLostError(Exception):
    """The caller is to meet a broken connection instead of an answer."""


@dataclass(frozen=True)
class Desk:
    """Takes every call of the contract; `closing` lets held answers go when the server stops."""

    books: Books
    faults: Faults[MosaicBlow] = field(default_factory=Faults)
    closing: Event = field(default_factory=Event)

    def write(self, operation: Operation, target: str, reference: str, work: Callable[[int], T]) -> T:
        """Note the call, do the work, and answer; a fault may strike on either side of the work."""
        call = self.books.receive(operation, target, reference)
        fate = self.faults.take(operation, target)
        try:
            self._suffer(fate, When.BEFORE)
            return work(call)
        except RefusedError as refusal:
            self.books.refuse(call, refusal.code)
            raise
        finally:
            self._suffer(fate, When.AFTER)

    def suffer_read(self, *about: str) -> None:
        """Let a planned fault strike a read, which has nothing to store before or after."""
        self._suffer(self.faults.take(Operation.READ, *about), *When)

    def _suffer(self, fate: Fate[MosaicBlow], *sides: When) -> None:
        blow = fate.at(*sides)
        if blow is None:
            return
        match blow.action:
            case Action.HANG:
                if self.closing.wait(blow.seconds):
                    raise AnswerLostError
            case Action.DROP:
                raise AnswerLostError
            case Action.ERROR:
                raise RefusedError(blow.error or Code.UNAVAILABLE, "A rehearsed fault.", blow.retry_after)
