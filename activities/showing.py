"""Showing in the register how a transfer stands; what is evidence is kept in the same breath."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from activities.failures import as_failures
from activities.ports import Calendars, Directory, Neighbours, TransferRegister
from models.journey.projection import News, Projection
from models.journey.recorded import Elsewhere, RecordedStep
from models.services import EarlyHelpService
from models.step_down.facts import Recorded


class ShowJourney(Projection):
    """How a journey stands, and the steps of it that are evidence."""

    evidence: tuple[RecordedStep, ...] = ()
    """Each as it was taken."""

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        for_few = any(entry.step.privacy == "restricted" for entry in self.evidence)
        return "restricted" if for_few else super().privacy


class ShowTransfer(ShowJourney):
    """How a step-down stands."""

    evidence: tuple[Recorded, ...] = ()


@dataclass(frozen=True)
class Shows:
    """Shows a transfer in the register."""

    register: TransferRegister
    directory: Directory
    calendars: Calendars
    now: Callable[[], datetime]
    neighbours: Neighbours

    def show(self, order: ShowJourney) -> News | None:
        """An older version never overwrites a newer one; returns what the transfer knows otherwise, if anything."""
        calendar = self.calendars.current()
        with as_failures():
            # Before it is shown as ended, and so has let its children go: whoever takes one then is no news to it.
            elsewhere = self._elsewhere(order)
            self.register.project(order, calendar, order.evidence)
            for kind, other in self.register.lacking(order.status.id) if order.status.outcome is not None else ():
                self.neighbours.look_again(kind, other)
            services = tuple(now for one in order.services if (now := self._as_it_is_reached(one)) != one)
        newer = None if calendar.version == order.calendar else calendar.known_days(self.now())
        if newer is None and not services and elsewhere is None:
            return None
        return News(calendar=newer, services=services, elsewhere=elsewhere)

    def _elsewhere(self, order: ShowJourney) -> tuple[Elsewhere, ...] | None:
        """The children whom others hold by now, where it knows otherwise; who is free is its own from now on."""
        if not order.takes_from:
            return None
        now = self.register.take_free_children(order.status.id, order.takes_from, order.frees)
        return None if now is None or now == order.elsewhere else now

    def _as_it_is_reached(self, known: EarlyHelpService) -> EarlyHelpService:
        now = self.directory.service(known.ref)
        return known.reached_as(now) if now else known
