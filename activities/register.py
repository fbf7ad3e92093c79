"""The register: opening a transfer in it, and showing there how the transfer stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio import activity

from activities.failures import as_failures
from activities.ports import Calendars, EffectBook, TransferRegister
from activities.showing import Shows, ShowTransfer
from models.effects import EffectResult, Ended, Intent
from models.errors import LastingError
from models.journey.projection import News
from models.journey.recorded import Opening
from models.journey.status import Status, status
from models.people import lack
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.start import StepDownRequest
from models.vocabulary import LONDON, Frozen, Role


class OpenTransfer(Frozen):
    """Reserve the children, and load the policy and the service that hold for this transfer."""

    request: StepDownRequest
    at: datetime

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return self.request.privacy


class LookUpService(Frozen):
    """Ask the directory how the service is reached, and whether it uses Mosaic (SD-06, SD-20)."""

    intent: Intent
    service_ref: str


class LookUpPeople(Frozen):
    """Ask the directory who is there for social work, and whether the team manager is (SD-23b)."""

    intent: Intent
    team: str
    social_worker: str
    team_manager: str


class ReserveChild(Frozen):
    """Reserve a child that was added to the transfer."""

    intent: Intent
    child_ref: str
    added_by: str
    among: tuple[str, ...] = ()
    """The kinds of journeys in which it must not be; that of the transfer always is one."""


class EndedByPerson(Frozen):
    """An effect that a person ended: done by hand, or skipped."""

    intent: Intent
    result: EffectResult


@dataclass(frozen=True)
class RegisterActivities:
    """Writes the register."""

    register: TransferRegister
    book: EffectBook
    calendars: Calendars
    shows: Shows
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @activity.defn
    def open_transfer(self, order: OpenTransfer) -> Opening:
        """A child in another open transfer makes this one a duplicate."""

        def begun(opening: Opening) -> Status:
            facts = StepDownFacts(request=order.request, opened_at=order.at, opening=opening)
            return status(STEP_DOWN, facts)

        with as_failures():
            return self.register.open_transfer(order.request, order.at, self.calendars.current(), begun)

    @activity.defn
    def look_up_service(self, order: LookUpService) -> EffectResult:
        """SD-06, SD-20."""
        if order.intent.only_look:
            return self._result(order.intent, Ended.STOPPED, "no longer wanted")
        with as_failures():
            service = self.register.look_up_service(order.service_ref)
        found = self._result(order.intent, Ended.DONE, f"{service.ref} is in the service directory")
        return found.model_copy(update={"service": service})

    @activity.defn
    def look_up_people(self, order: LookUpPeople) -> EffectResult:
        """SD-23b."""
        if order.intent.only_look:
            return self._result(order.intent, Ended.STOPPED, "no longer wanted")
        with as_failures():
            people = self.register.look_up_people(order.team, (order.social_worker, order.team_manager))
            today = self.now().astimezone(LONDON).date()
            if lack(people, order.team_manager, Role.TEAM_MANAGER, order.team, today) is not None:
                named = f"It is {order.team_manager}, of team {order.team}."
                raise LastingError("unknown_manager", f"{order.team_manager} is not the manager of the team", named)
        found = self._result(order.intent, Ended.DONE, f"{order.team_manager} is the manager of {order.team}")
        return found.model_copy(update={"people": people})

    @activity.defn
    def reserve_child(self, order: ReserveChild) -> EffectResult:
        """A child is in at most one open transfer."""
        with as_failures():
            self.register.reserve_child(order.intent.transfer_id, order.child_ref, order.added_by, order.among)
        return self._result(order.intent, Ended.DONE, f"{order.child_ref} is reserved")

    @activity.defn
    def show_in_register(self, order: ShowTransfer) -> News | None:
        """An older version never overwrites a newer one."""
        return self.shows.show(order)

    @activity.defn
    def note_result(self, note: EndedByPerson) -> None:
        """Every intent gets its result, by whomever it ended; what was not wanted any more may be wanted again."""
        if note.result.ended is Ended.STOPPED:
            self.book.withdraw(note.intent, every=True)
        else:
            self.book.finish(note.intent, note.result)

    def _result(self, intent: Intent, ended: Ended, evidence: str) -> EffectResult:
        return EffectResult(effect=intent.effect, ended=ended, evidence=evidence, at=self.now())
