"""How long an answer over HTTP asks us to wait before we ask again."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(minutes=10)
"""However long it asks for: an alert about a risk of harm may wait behind it."""


def retry_after(said: str | None) -> timedelta | None:
    """Of the header ``Retry-After``, in seconds or until a date; None where it does not say. Ten minutes at most."""
    if said is None:
        return None
    try:
        wait = timedelta(seconds=int(said)) if said.isdecimal() else parsedate_to_datetime(said) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(wait, LONGEST) if wait > timedelta() else None
