"""Messages that came as signals: read in the order in which they came, and no more in one workflow task than it can."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from temporalio import workflow
from temporalio.common import RawValue

from workflows.journey.step_signal import is_sealed

MOST_IN_A_TASK = 50
"""A flood may not use up the two seconds of a workflow task: reading a message takes some milliseconds."""

MOST_RECORDED = 2
"""So many of them are steps that are recorded: all that follows from one is found each time, in up to half a second."""

A_MOMENT = timedelta(milliseconds=1)
"""A timer ends the workflow task; what is left is read in the next one."""


class Message(NamedTuple):
    """A signal as it came, not read yet."""

    signal: str
    values: Sequence[RawValue]


class KeyMissingError(Exception):
    """What was read before cannot be read now, as its key is not here: this worker may not go on with the transfer."""


def came_sealed(message: Message, number: int) -> bool:
    """Whether this message, the ``number``-th of its run, could not be read when it came.

    A key may come later, or be missing in one of several workers. How a message was read decides what follows from it,
    so a mark in the history holds for good that it was not.

    Raises:
        KeyMissingError: it was read then, and cannot be now; that fails the workflow task, which is tried again.
    """
    mark, sealed = f"sealed-{number}", is_sealed(message.values)
    if not workflow.unsafe.is_replaying():
        return sealed and workflow.patched(mark)
    known = workflow.patched(mark)
    if sealed and not known:
        raise KeyMissingError("a step in the history is encrypted under a key that is not here")
    return known


class Inbox:
    """What came and is not read yet."""

    def __init__(self, read: Callable[[Message, bool], bool]) -> None:
        """Begin empty; ``read`` is given a message, and whether it came sealed; it says whether a step was recorded."""
        self._read = read
        self._number = 0
        self._unread: deque[Message] = deque()
        self._task = -1
        self._left = 0
        self._moment_runs = False

    def at_rest(self) -> bool:
        """Everything that came was read; a timer taken back in the task in which it ends would fail that task."""
        return not self._unread and not self._moment_runs

    def take(self, message: Message) -> None:
        """Read it now, after what came before it, where this workflow task has room; else it waits its turn."""
        self._unread.append(message)
        self._read_some()

    async def read_on(self) -> None:
        """Read what a workflow task had no room for in the next ones."""
        while True:
            await workflow.wait_condition(lambda: bool(self._unread))
            self._moment_runs = True
            await workflow.sleep(A_MOMENT)
            self._moment_runs = False
            self._read_some()

    def _read_some(self) -> None:
        task = workflow.info().get_current_history_length()
        if task != self._task:
            self._task, self._left = task, MOST_IN_A_TASK
        while self._unread and self._left:
            self._number += 1
            message = self._unread.popleft()
            recorded = self._read(message, came_sealed(message, self._number))
            self._left = max(0, self._left - (MOST_IN_A_TASK // MOST_RECORDED if recorded else 1))
