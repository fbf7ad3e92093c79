"""Time-outs and retries of activities. Waits for people are policy and stand in the journeys."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RetryPolicy


@dataclass(frozen=True)
class Patience:
    """How long one attempt at an effect may take, and how soon a dead worker is noticed by its silence."""

    attempt: timedelta
    heartbeat: timedelta | None = None
    lane: str | None = None
    """The queue of its own that its calls wait in: where they hang, nothing else does."""

    def queue(self, home: str) -> str:
        """The task queue, beside that of the workflows."""
        return f"{home}-{self.lane}" if self.lane else home


MOSAIC = Patience(attempt=timedelta(seconds=13), lane="mosaic")
"""Four calls. Short and without a heartbeat: what died with its worker is tried again after it."""

MAIL = Patience(attempt=timedelta(minutes=5), heartbeat=timedelta(seconds=8), lane="mail")
"""A mail server that may take four minutes in all, and before it what is asked of Mosaic."""

ALERT = Patience(attempt=MAIL.attempt, heartbeat=MAIL.heartbeat, lane="alerts")
"""Mail that says nothing about a person, and asks nobody for a name before it is sent."""

CHANNEL = Patience(attempt=timedelta(seconds=30), lane="channels")
"""One call to a chat service or webhook."""

REGISTER = Patience(attempt=timedelta(seconds=5))
"""One transaction in our own database."""

TEMPORAL = Patience(attempt=timedelta(seconds=30))
"""Three calls to Temporal, of five seconds each, beside the register."""

CALCULATION = Patience(attempt=timedelta(seconds=5))
"""A look into the calendar, which every worker has in memory."""

LOOKS = Patience(attempt=timedelta(seconds=30), lane=MOSAIC.lane)
"""Ten questions to Mosaic, or one about each child; nothing changed."""

WORKFLOWS = Patience(attempt=timedelta(seconds=60))
"""Questions to fifty workflows, ten at a time; one that nobody works on is silent for five seconds."""

UNTIL_IT_ANSWERS = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1)
)
"""Without end: an outage passes, and each attempt looks before it acts. What will not pass is marked not retryable."""
