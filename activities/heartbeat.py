"""Heartbeats of a call that may take long, so that Temporal notices soon when its worker has died."""

import contextvars
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import activity

EVERY_SECONDS = 2.0


@contextmanager
def beating() -> Iterator[None]:
    """Tell Temporal every two seconds that this activity is still at work."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(EVERY_SECONDS):
            activity.heartbeat()

    thread = threading.Thread(target=contextvars.copy_context().run, args=(beat,), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
