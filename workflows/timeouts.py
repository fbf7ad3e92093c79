"""Time-outs and retries of activities. Waits for people are policy and stand in the journeys."""

from datetime import timedelta

from temporalio.common import RetryPolicy

MOSAIC_TIMEOUT = timedelta(seconds=10)
"""One attempt in Mosaic, three calls. Short, because what died with its worker is only tried again after it."""

MAIL_TIMEOUT = timedelta(seconds=30)
"""One attempt at a message, six answers of a mail server that may take its time."""

REGISTER_TIMEOUT = timedelta(seconds=5)

UNTIL_IT_ANSWERS = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1)
)
"""Without end: an outage passes, and each attempt looks before it acts. What will not pass is marked not retryable."""
