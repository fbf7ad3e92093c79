"""The desk at which calls arrive: the books behind it, and the faults that it suffers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import TypeVar

from simulators.faults import Action, Faults, When
from simulators.mosaic.books import Books
from simulators.mosaic.contract import Code, RefusedError
from simulators.mosaic.staging import MosaicFault, Operation

T = TypeVar("T")


class AnswerLostError(Exception):
    """The caller is to meet a broken connection instead of an answer."""


@dataclass(frozen=True)
class Desk:
    """Takes every call of the contract; `closing` lets held answers go when the server stops."""

    books: Books
    faults: Faults[MosaicFault] = field(default_factory=Faults)
    closing: Event = field(default_factory=Event)

    def write(self, operation: Operation, target: str, reference: str, work: Callable[[int], T]) -> T:
        """Note the call, do the work, and answer; a fault may strike on either side of the work."""
        call = self.books.receive(operation, target, reference)
        try:
            self.suffer(operation, When.BEFORE)
            answer = work(call)
        except RefusedError as refusal:
            self.books.refuse(call, refusal.code)
            raise
        self.suffer(operation, When.AFTER)
        return answer

    def suffer(self, operation: Operation, when: When) -> None:
        """Let the planned fault strike, if there is one."""
        fault = self.faults.take(lambda planned: (planned.operation, planned.when) == (operation, when))
        if fault is None:
            return
        match fault.action:
            case Action.HANG:
                if self.closing.wait(fault.seconds):
                    raise AnswerLostError
            case Action.DROP:
                raise AnswerLostError
            case Action.ERROR:
                raise RefusedError(fault.error or Code.UNAVAILABLE, "A rehearsed fault.")
