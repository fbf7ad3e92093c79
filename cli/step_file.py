"""What a command gives to what people write: an id for a transfer, and this moment."""

import secrets
from datetime import UTC, datetime


def new_transfer_id() -> str:
    """An opaque id for a transfer."""
    return f"t-{secrets.token_hex(5)}"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
