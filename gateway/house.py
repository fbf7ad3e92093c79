"""What the gateway needs of everything else; the adapters fit these by shape."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import ParamSpec, Protocol, TypeVar

from fastapi.concurrency import run_in_threadpool
from temporalio.client import Client

from adapters.register.clocks import KeptClock
from adapters.register.lists import After, TransferLine, Wanted
from adapters.register.readings import Look, Noted
from client.ports import Differences, OpenChildren, Persons, Services
from gateway.limits import Limits
from gateway.noting import OnceAMinute
from gateway.signed_in import SignedIn
from gateway.waiting import ANSWERED_WITHIN
from gateway.watching import Watch
from models.access import About, Caller
from models.journey.status import Status
from models.policy import Phones
from models.services import EarlyHelpService

P = ParamSpec("P")
T = TypeVar("T")

LOOK_AGAIN, LOOK = 0.25, 0.01
"""Seconds between two looks whether a journey was shown anew: for whoever waits long, and for a moment."""


class Journeys(OpenChildren, Protocol):
    """The journeys as the register shows them."""

    def status(self, transfer_id: str) -> Status | None:
        """The journey as it was last shown; None where it is not known."""

    def version(self, transfer_id: str) -> int | None:
        """How often it was shown anew; None where it is not known."""

    def versions(self, transfer_ids: Collection[str]) -> Mapping[str, int]:
        """The same of each of these that is known."""


class Directory(Services, Protocol):
    """The directory of services."""

    def services(self) -> Sequence[EarlyHelpService]:
        """All of them, by reference."""

    def put_services(self, services: Sequence[EarlyHelpService]) -> None:
        """Add them, or change them: all or none."""


class Clocks(Protocol):
    """How due dates came about."""

    def clocks(self, transfer_id: str) -> Sequence[KeptClock]:
        """Each with its certificate, the oldest first."""


class Lists(Protocol):
    """The journeys that somebody may see."""

    def slice(self, wanted: Wanted, seen_by: Caller, after: After | None, most: int) -> Sequence[TransferLine]:
        """Of those for which all of this holds the newest after this one, at most so many."""


class Readings(Protocol):
    """Who may read about a journey, and who did."""

    def about(self, transfer_id: str) -> About | None:
        """What decides who may read about the journey; None where it is not known."""

    def look(self, transfer_id: str) -> Look | None:
        """How the journey stands, and who may read about it, all as of one moment; None where it is not known."""

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read, or wanted to read, about the journey."""

    def audit(self, transfer_id: str, after: int | None, most: int) -> Sequence[Noted]:
        """What was noted of the journey, oldest first: at most so many, after the row of this number."""


@dataclass(frozen=True)
class House:
    """Everything that the routes reach; what blocks is asked on a thread, but for a look at a register that is here."""

    client: Client
    journeys: Journeys
    directory: Directory
    readings: Readings
    clocks: Clocks
    lists: Lists
    differences: Differences
    mosaic: Persons
    phones: Phones
    caller: Callable[[str], Caller]
    """Whom a token is about.

    Raises:
        NotSignedInError: it does not hold.
        IssuerSilentError: that cannot be known now.
    """
    now: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
    answered_within: float = ANSWERED_WITHIN
    """Seconds in which Temporal has answered, or it is said that it is not known."""

    register_is_here: bool = False
    """It is a file of this machine, whose readers wait for no writer."""

    async def looked(self, look: Callable[P, T], *said: P.args, **more: P.kwargs) -> T:
        """What the register says to a look at one journey, or at versions.

        Where it is here, without a thread: on a busy machine it takes many times as long to change to one and back.
        """
        return look(*said, **more) if self.register_is_here else await run_in_threadpool(look, *said, **more)

    @cached_property
    def noting(self) -> OnceAMinute:
        """Where it is noted who read what."""
        return OnceAMinute(self.readings.audit_read)

    @cached_property
    def signed_in(self) -> SignedIn:
        """Whom tokens name."""
        return SignedIn(self.caller)

    @cached_property
    def watch(self) -> Watch:
        """For whoever waits for something new."""
        return Watch(self._versions, LOOK_AGAIN)

    @cached_property
    def close_watch(self) -> Watch:
        """For whoever waits for what they have just recorded."""
        return Watch(self._versions, LOOK)

    async def _versions(self, journey_ids: Collection[str]) -> Mapping[str, int]:
        return await self.looked(self.journeys.versions, journey_ids)

    def stop_waiting(self) -> None:
        """The process stops: whoever waits is answered now."""
        self.watch.stop()
        self.close_watch.stop()
