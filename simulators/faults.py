"""Faults that a rehearsal plans and a simulator then suffers; plans and counts live in memory.

A call asks `Faults.take` once what it suffers, and asks that answer on either side of its work.
"""

from abc import abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain, count, repeat
from random import Random
from threading import Lock
from typing import Any, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class When(StrEnum):
    """Whether the fault strikes before the work, or after it was done or refused."""

    BEFORE = "before"
    AFTER = "after"


class Action(StrEnum):
    """What the caller meets: a held answer, a broken connection, or a refusal."""

    HANG = "hang"
    DROP = "drop"
    ERROR = "error"


class Planned(BaseModel):
    """What a rehearsal may say about faults: nothing beside the named fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Blow(Planned):
    """What one call suffers; a hang lasts `seconds`."""

    when: When
    action: Action
    seconds: float = Field(default=30, ge=0, le=3600)

    @property
    @abstractmethod
    def refusal(self) -> str:
        """What the caller is told where the action is an error."""


class Aim(Planned):
    """Which calls are meant: those of one place, and with a `target` only those about it."""

    target: str | None = None

    @property
    @abstractmethod
    def place(self) -> str:
        """The operation or stage at which it strikes."""

    def meets(self, place: str, about: Sequence[str]) -> bool:
        """Whether a call at this place, about these things, is meant."""
        return self.place == place and (self.target is None or self.target in about)


class Fault(Aim, Blow):
    """One fault: `skip` matching calls pass, then it strikes `times` times, each call or by `rate`.

    The same `seed` strikes the same calls.
    """

    skip: int = Field(default=0, ge=0, le=1_000_000)
    times: int = Field(default=1, ge=1, le=1_000_000)
    rate: float | None = Field(default=None, gt=0, le=1)
    seed: int = 0

    def chances(self) -> Iterator[bool]:
        """For each matching call in turn, whether the fault would strike it."""
        dice = Random(self.seed)  # noqa: S311 - a rehearsal has to be repeatable
        throws = (self.rate is None or dice.random() < self.rate for _ in count())
        return chain(repeat(False, self.skip), throws)

    def blows(self) -> Sequence[Self]:
        """What the calls suffer that it strikes."""
        return [self] * self.times


B = TypeVar("B", bound=Blow)
B_co = TypeVar("B_co", bound=Blow, covariant=True)


class Script(Aim, Generic[B]):
    """What the next matching calls suffer, one after the other; `None` lets a call pass."""

    calls: list[B | None] = Field(min_length=1, max_length=10_000)

    def chances(self) -> Iterator[bool]:
        """A script decides about every matching call."""
        return repeat(True)

    def blows(self) -> Sequence[B | None]:
        """What the calls suffer, in their order."""
        return self.calls


class Plan(Protocol[B_co]):
    """A fault or a script."""

    def meets(self, place: str, about: Sequence[str]) -> bool:
        """Whether such a call is meant."""

    def chances(self) -> Iterator[bool]:
        """For each call that is meant, whether the plan would decide about it."""

    def blows(self) -> Sequence[B_co | None]:
        """What the calls suffer about which it decides; after the last one the plan is gone."""


class Strike(BaseModel):
    """A kind of strike; `error` is what the caller was told, where it was told anything."""

    model_config = ConfigDict(frozen=True)

    operation: str
    when: When
    action: Action
    error: str | None


class Struck(Strike):
    """How often faults of one kind really struck."""

    struck: int


class Tally(BaseModel):
    """How many faults and scripts still wait, and what struck so far."""

    planned: int
    struck: list[Struck]


@dataclass(frozen=True)
class Fate(Generic[B]):
    """What one call suffers, as it was decided when the call came in."""

    blow: B | None
    count: Callable[[B], None]

    def at(self, *sides: When) -> B | None:
        """The blow, if it strikes on one of these sides of the work; from then on it counts."""
        if self.blow is None or self.blow.when not in sides:
            return None
        self.count(self.blow)
        return self.blow


@dataclass(frozen=True)
class _Waiting(Generic[B]):
    plan: Plan[B]
    chances: Iterator[bool]
    blows: deque[B | None]


class Faults(Generic[B]):
    """The plans, scripts first and then by age, and what they did; safe to use from several threads."""

    def __init__(self) -> None:
        """Start without a plan."""
        self._waiting: list[_Waiting[B]] = []
        self._struck: Counter[Strike] = Counter()
        self._lock = Lock()

    def plan(self, plan: Plan[B]) -> None:
        """Add a fault or a script behind those of its kind; no fault strikes a call that a script decides about."""
        with self._lock:
            self._waiting.append(_Waiting(plan, plan.chances(), deque(plan.blows())))
            self._waiting.sort(key=lambda each: isinstance(each.plan, Fault))

    def clear(self, counts: bool) -> None:
        """Forget every plan, and what has struck so far only where `counts` says so."""
        with self._lock:
            self._waiting.clear()
            if counts:
                self._struck.clear()

    def take(self, place: str, *about: str) -> Fate[B]:
        """Decide what a call suffers; to be asked once for each call.

        The first plan that would strike decides; every plan that means the call has then seen it.
        """
        with self._lock:
            ready = [each for each in self._waiting if each.plan.meets(place, about) and next(each.chances)]
            blow = ready[0].blows.popleft() if ready else None
            self._waiting = [each for each in self._waiting if each.blows]
        return Fate(blow, partial(self._count, place))

    def tally(self) -> Tally:
        """What waits and what struck, in the order in which each kind struck first."""
        with self._lock:
            struck = [Struck(**dict(strike), struck=times) for strike, times in self._struck.items()]
            return Tally(planned=len(self._waiting), struck=struck)

    def _count(self, place: str, blow: B) -> None:
        error = blow.refusal if blow.action is Action.ERROR else None
        with self._lock:
            self._struck[Strike(operation=place, when=blow.when, action=blow.action, error=error)] += 1


def tally_of(*all_faults: Faults[Any]) -> Tally:
    """What waits and what struck in all of them."""
    tallies = [faults.tally() for faults in all_faults]
    struck = [each for tally in tallies for each in tally.struck]
    return Tally(planned=sum(tally.planned for tally in tallies), struck=struck)
