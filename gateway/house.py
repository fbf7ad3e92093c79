"""What the gateway needs of everything else; the adapters fit these by shape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from temporalio.client import Client

from client.ports import Differences, OpenChildren, Persons, Services
from gateway.limits import Limits
from gateway.noting import AuditedRegister
from gateway.waiting import ANSWERED_WITHIN
from models.access import Caller
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
    readings: AuditedRegister
    """Who may read, and who did; each reading is noted once a minute."""
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
