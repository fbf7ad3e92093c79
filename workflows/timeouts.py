"""Time-outs and retries of activities. Waits for people are policy and stand in the journeys."""

from datetime import timedelta

from temporalio.common import RetryPolicy

OUTSIDE_TIMEOUT = timedelta(seconds=10)
"""One attempt at something outside. Short, because what died with its worker is only retried after it."""

REGISTER_TIMEOUT = timedelta(seconds=5)

UNTIL_IT_ANSWERS = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1)
)
"""Without end: an outage passes, and each attempt looks before it acts. What will not pass is marked not retryable."""
