"""What the gateway needs of everything else; the adapters fit these by shape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from temporalio.client import Client

from client.ports import Differences, OpenChildren, Persons, Services
from gateway.limits import Limits
from gateway.waiting import ANSWERED_WITHIN
from models.access import About, Caller
from models.journey.status import Status
from models.policy import Phones
from models.services import EarlyHelpService


class Journeys(OpenChildren, Protocol):
    """The journeys as the register shows them."""

    def status(self, transfer_id: str) -> Status | None:
        """The journey as it was last shown; None where it is not known."""

    def version(self, transfer_id: str) -> int | None:
        """How often it was shown anew; None where it is not known."""


class Directory(Services, Protocol):
    """The directory of services."""

    def services(self) -> Sequence[EarlyHelpService]:
        """All of them, by reference."""

    def put_services(self, services: Sequence[EarlyHelpService]) -> None:
        """Add them, or change them: all or none."""


class Readings(Protocol):
    """Who may read, and who did."""

    def about(self, transfer_id: str) -> About | None:
        """What decides who may read about the journey; None where the register does not know it."""

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read, or wanted to read, about the journey."""

    def audit(self, transfer_id: str, after: int | None, most: int) -> Sequence[Any]:
        """What was noted of the journey, oldest first: at most so many, after the row of this number."""


class Clocks(Protocol):
    """How due dates came about."""

    def clocks(self, transfer_id: str) -> Sequence[Any]:
        """Each with its certificate, the oldest first."""


@dataclass(frozen=True)
class House:
    """Everything that the routes reach; what blocks is asked on a thread."""

    client: Client
    journeys: Journeys
    directory: Directory
    readings: Readings
    clocks: Clocks
    lists: Any
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
