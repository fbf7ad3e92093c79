"""How much one caller may ask, and how many wait for something new; nobody is kept from a report of harm by it."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from adapters.settings import Settings
from gateway.problems import Code, ProblemError

PER_SECOND, BURST = 50.0, 200
MOST_KEPT = 10_000
"""Callers, or addresses, of whom it is kept how much they asked; of more the newest."""
STRANGERS_PER_SECOND, STRANGERS_BURST = 5.0, 50.0
"""Of one address, for those who do not sign in; behind it may be a whole office."""
WIDER = 20
"""So many times as wide is the measure of reports of harm: nobody is refused by it, but has to wait."""
LONGEST_DELAY = 1.0
"""Seconds for which a report of harm is held up where they come in a flood."""
MOST_WAITING, MOST_WAITING_EACH = 400, 8
"""Questions what has changed that are kept waiting at once: in all, and of one caller."""
SLOWER = "Too much came from you at once. Wait a second, then send the very same again."
TOO_MANY_WAIT = f"You wait in {MOST_WAITING_EACH} places already: end one of these first, or ask without waiting."
ALL_WAIT = "Too many are waiting for something new: ask without waiting, or in a while."


class LimitSettings(Settings):
    """How much one caller may ask."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_GATEWAY_")

    per_second: Annotated[float, Field(ge=1)] = PER_SECOND
    """How many requests the gateway answers each person who is signed in, taken over a while; reports of significant
    harm and referrals are never refused for it."""
    burst: Annotated[int, Field(ge=1)] = BURST
    """As many at once, after a pause."""


@dataclass
class Buckets:
    """For each caller a bucket of requests that fills up again; of whoever has not asked for long nothing is kept."""

    per_second: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, who: str) -> float:
        """Take one; else the seconds until there is one."""
        now = self.clock()
        left, at = self._left.pop(who, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.per_second)
        enough = left >= 1
        self._left[who] = (left - 1 if enough else left, now)
        if len(self._left) > MOST_KEPT:
            self._left.popitem(last=False)
        return 0.0 if enough else (1 - left) / self.per_second

    def __len__(self) -> int:
        return len(self._left)


@dataclass
class Limits:
    """What is counted of all callers of one process."""

    per_second: float = PER_SECOND
    burst: int = BURST
    _waiting: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin with full buckets."""
        self.callers = Buckets(self.per_second, self.burst)
        self.harm = Buckets(self.per_second * WIDER, self.burst * WIDER)
        self.strangers = Buckets(STRANGERS_PER_SECOND, STRANGERS_BURST)

    def stranger(self, address: str) -> None:
        """Count somebody who does not sign in.

        Raises:
            ProblemError: from this address too many came.
        """
        if self.strangers.take(address) > 0:
            raise ProblemError(Code.TOO_OFTEN, SLOWER)

    def is_spent(self, who: str) -> bool:
        """Count a request of this caller; whether it is one too many."""
        return self.callers.take(who) > 0

    async def hold_up(self, who: str) -> None:
        """Let a report of harm wait a moment, where more come than any person writes."""
        await asyncio.sleep(min(self.harm.take(who), LONGEST_DELAY))

    @property
    def waiting(self) -> int:
        """How many wait for something new."""
        return self._waiting.total()

    @contextmanager
    def waits(self, who: str) -> Iterator[None]:
        """Meanwhile this caller waits for something new.

        Raises:
            ProblemError: too many do.
        """
        if self._waiting[who] >= MOST_WAITING_EACH:
            raise ProblemError(Code.TOO_OFTEN, TOO_MANY_WAIT)
        if self.waiting >= MOST_WAITING:
            raise ProblemError(Code.BUSY, ALL_WAIT)
        self._waiting[who] += 1
        try:
            yield
        finally:
            self._waiting[who] -= 1
            self._waiting = +self._waiting
