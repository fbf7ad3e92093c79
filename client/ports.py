"""What the client needs of the outside beside Temporal; the adapters fit these by shape."""

from collections.abc import Collection
from typing import Protocol

from models.journey.steps import ResolveAttention
from models.services import EarlyHelpService


class Services(Protocol):
    """The directory of services."""

    def service(self, ref: str) -> EarlyHelpService | None:
        """The service, or None where the directory does not know it."""


class OpenChildren(Protocol):
    """The children who are in a transfer now."""

    def open_transfer_of(self, child_ref: str, among: Collection[str] | None = None) -> str | None:
        """The open journey of this child, of one of these kinds; or None."""


class Persons(Protocol):
    """The persons whom Mosaic knows."""

    def knows_person(self, ref: str) -> bool:
        """Whether Mosaic holds the person."""


class Differences(Protocol):
    """What differs between register, Mosaic and Temporal, of transfers that no workflow works on."""

    def accept_difference(self, transfer_id: str, step: ResolveAttention) -> None:
        """Keep that the difference stays as it is."""
