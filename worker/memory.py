"""How often this process looks through what it remembers for what nobody needs any more."""

import gc

THRESHOLDS = (10_000, 20, 10)
"""Thirty times as rarely as Python's own. To look through all open transfers holds up every thread, for about a
millisecond of processor each; on a busy machine that was the longest part of the 2 s after which Temporal's SDK takes
a workflow task for stuck."""


def look_for_garbage_rarely() -> None:
    """Let young garbage gather up to some 10,000 objects; what waits meanwhile are cycles, the rest goes at once."""
    gc.set_threshold(*THRESHOLDS)
