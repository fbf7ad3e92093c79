"""Showing in the register how a transfer stands; what is evidence is kept in the same breath."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from activities.failures import as_failures
from activities.ports import Calendars, TransferRegister
from models.calendar import KnownDays
from models.journey.projection import Projection
from models.step_down.facts import Recorded


class ShowTransfer(Projection):
    """How the transfer stands, and the steps of it that are evidence."""

    evidence: tuple[Recorded, ...] = ()
    """Each as it was taken."""

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        for_few = any(entry.step.privacy == "restricted" for entry in self.evidence)
        return "restricted" if for_few else super().privacy


@dataclass(frozen=True)
class Shows:
    """Shows a transfer in the register."""

    register: TransferRegister
    calendars: Calendars
    now: Callable[[], datetime]

    def show(self, order: ShowTransfer) -> KnownDays | None:
        """An older version never overwrites a newer one; returns the calendar where the transfer knows another one."""
        calendar = self.calendars.current()
        with as_failures():
            self.register.project(order, calendar, order.evidence)
        return None if calendar.version == order.calendar else calendar.known_days(self.now())
