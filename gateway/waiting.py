"""How long the gateway waits for others before it says that something is not known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from adapters.register.store import UnreadableError
from client.errors import NotKnownError
from client.transfers import NOT_KNOWN

NEVER_CONNECTED = "Failed client connect"
SILENT = (SQLAlchemyError, UnreadableError)
"""The register does not answer, or what it holds cannot be opened here."""

ANSWERED_WITHIN = 15.0
"""Seconds in which Temporal has answered, or it is said that it is not known."""


@asynccontextmanager
async def in_time(seconds: float) -> AsyncIterator[None]:
    """Temporal answers within this time, or it is not known.

    Raises:
        NotKnownError: it took longer, or cannot be reached.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise NotKnownError("No answer came in time.") from None
    except RPCError as error:
        if error.status not in NOT_KNOWN:
            raise
        raise NotKnownError("No answer came.") from None
    except RuntimeError as error:
        # So the SDK says that its very first connection did not come about.
        if not str(error).startswith(NEVER_CONNECTED):
            raise
        raise NotKnownError("No answer came.") from None
