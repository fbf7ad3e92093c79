"""The register: opening a transfer in it, and showing there how the transfer stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from temporalio import activity

from activities.failures import as_failures
from activities.ports import EffectBook, TransferRegister
from models.effects import EffectResult, Intent
from models.step_down.facts import Opening
from models.step_down.start import StepDownRequest
from models.step_down.status import Status
from models.vocabulary import Frozen


class OpenTransfer(Frozen):
    """Reserve the children, and load the policy and the service that hold for this transfer."""

    request: StepDownRequest
    at: datetime


class Projection(Frozen):
    """How the transfer stands, with a version that only grows."""

    privacy: ClassVar[str] = "narrative"
    status: Status
    version: int


class EndedByPerson(Frozen):
    """An effect that a person ended: done by hand, or left out."""

    intent: Intent
    result: EffectResult


@dataclass(frozen=True)
class RegisterActivities:
    """Writes the register."""

    register: TransferRegister
    book: EffectBook

    @activity.defn
    def open_transfer(self, order: OpenTransfer) -> Opening:
        """A child in another open transfer makes this one a duplicate."""
        with as_failures():
            return self.register.open_transfer(order.request, order.at)

    @activity.defn
    def show_in_register(self, projection: Projection) -> None:
        """An older version never overwrites a newer one."""
        self.register.project(projection.status, projection.version)

    @activity.defn
    def note_result(self, note: EndedByPerson) -> None:
        """Every intent gets its result, by whomever it ended."""
        self.book.finish(note.intent, note.result)
