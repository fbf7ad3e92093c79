"""Whom tokens name: each is checked once, and remembered for a moment."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

import jwt
from fastapi.concurrency import run_in_threadpool

from models.access import Caller

REMEMBERED_SECONDS = 30.0
"""For so long a token that held is not checked again; never beyond its own end."""
MOST_REMEMBERED = 10_000


class _Known(NamedTuple):
    caller: Caller
    until: float


@dataclass(eq=False)
class SignedIn:
    """Knows callers by their tokens; of a token itself nothing is kept."""

    check: Callable[[str], Caller]
    now: Callable[[], float] = time.time
    _known: OrderedDict[bytes, _Known] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._known)

    async def caller(self, token: str) -> Caller:
        """Whom the token names.

        Raises:
            NotSignedInError: it does not hold.
            IssuerSilentError: that cannot be known now.
        """
        digest = sha256(token.encode()).digest()
        if (known := self._known.get(digest)) is not None and self.now() < known.until:
            return known.caller
        found = await run_in_threadpool(self.check, token)
        self._known[digest] = _Known(found, min(_end(token), self.now() + REMEMBERED_SECONDS))
        self._known.move_to_end(digest)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return found


def _end(token: str) -> float:
    """When a token that was checked ends; one that does not say it is not remembered."""
    try:
        said = jwt.decode(token, options={"verify_signature": False}).get("exp")
    except jwt.PyJWTError:
        return 0.0
    return float(said) if isinstance(said, int | float) else 0.0
