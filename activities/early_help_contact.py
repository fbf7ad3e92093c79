"""The Early Help Contact in Mosaic: started on the lead child, or what is open there is added to (ER-09, ER-11)."""

from dataclasses import dataclass, field
from typing import ClassVar

from temporalio import activity

from activities.effect import Effects, Seen
from activities.failures import as_failures
from activities.ports import CaseManagement
from models.effects import EffectResult, Intent
from models.errors import LastingError
from models.mosaic import EarlyHelpEntry, EarlyHelpWorkflow
from models.vocabulary import Frozen


class WriteContact(Frozen):
    """Write into the Early Help workflow of a child."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    child_ref: str
    team: str | None
    """The Mosaic team of whoever answers; None where that is not known any more, and nothing is written."""
    number: str | None = None
    """The workflow that the referrer started, as they gave it (ER-09a); of the first entry."""
    may_start: bool = False
    """Where none is open, a contact is started; otherwise a person is asked."""
    entry: EarlyHelpEntry


@dataclass(frozen=True)
class EarlyHelpContactActivities:
    """What the machine writes into Early Help workflows."""

    mosaic: CaseManagement
    effects: Effects

    @activity.defn(no_thread_cancel_exception=True)
    def write_contact(self, order: WriteContact) -> EffectResult:
        """ER-09, ER-09a, ER-11: into the one that is open, and never a second beside it; it stays open."""
        with as_failures():
            return self.effects.carry_out(order.intent, _Writing(self.mosaic, order))


@dataclass
class _Writing:
    mosaic: CaseManagement
    order: WriteContact
    _open: list[EarlyHelpWorkflow] = field(default_factory=list)

    def look(self) -> Seen | None:
        found = self.mosaic.early_help(self.order.child_ref)
        self._open = [one for one in found if one.open]
        ours = (one for one in found if self.order.intent.key in one.references)
        return next((Seen(f"it stands in workflow {one.id}") for one in ours), None)

    def act(self) -> None:
        order, key = self.order, self.order.intent.key
        if order.team is None:
            raise AssertionError("it is written only for a team on Mosaic")
        workflow = self._to_add_to()
        if workflow is not None:
            self.mosaic.add_entry(workflow, order.team, order.entry, reference=key)
        elif order.may_start:
            self.mosaic.start_contact(order.child_ref, order.team, order.entry, reference=key)
        else:
            raise LastingError("contact_closed", "no Early Help workflow of the child is open any more")

    def _to_add_to(self) -> str | None:
        """The one that the referrer started, that was written into before, or the newest; never another child's."""
        given = self.order.number
        if given is None:
            written_before = [one for one in self._open if self._is_ours(one)]
            return next((one.id for one in reversed(written_before or self._open)), None)
        numbers = [one.id for one in self._open]
        if given not in numbers:
            shown = " and ".join(numbers) or "none"
            raise LastingError("contact_elsewhere", "the number is none of the child's", f"Open for the child: {shown}")
        return given

    def _is_ours(self, workflow: EarlyHelpWorkflow) -> bool:
        """Something of this request stands in it."""
        return any(key.startswith(f"{self.order.intent.transfer_id}/") for key in workflow.references)
