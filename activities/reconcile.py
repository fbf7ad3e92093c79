"""Reconciliation: asking the register, Temporal and Mosaic about the same transfers, and telling what differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.failures import as_failures
from activities.mosaic import CLOSING_STEPS
from activities.ports import CaseManagement, ComparedRegister, TransferWorkflows
from models.errors import LastingError
from models.mosaic import DocumentVersion, SharedDocument
from models.operations.comparison import Ran, Registered, SeenChild, SeenDocument, SeenInMosaic
from models.operations.differences import Became, Difference, Found
from models.step_down.start import Route
from models.vocabulary import Frozen, Ref

NO_STEP = frozenset({"not_found", "step_cancelled"})
"""Problems that say that there is no closing step; what else Mosaic refuses says nothing about the child."""


class ListTransfers(Frozen):
    """See which transfers are to be compared."""

    closed_since: datetime


class AboutTransfers(Frozen):
    """Ask one side about these transfers."""

    ids: tuple[Ref, ...]


class LookInMosaic(Frozen):
    """Ask Mosaic about these children and documents."""

    route: Route = Route.ASSESSMENT
    """Of the transfers that the children are in."""
    children: tuple[Ref, ...] = ()
    documents: tuple[SharedDocument, ...] = ()
    newest: tuple[Ref, ...] = ()
    """The documents of which the newest version is asked for."""


class TellTransfer(Frozen):
    """Ask about a difference, in the transfer that it is about."""

    difference: Difference
    at: datetime


class ShowInRegister(Frozen):
    """Show in the register what differs about one transfer."""

    transfer_id: Ref
    found: tuple[Difference, ...]
    at: datetime
    all_compared: bool
    """What is shown there, and is not found any more, has ended."""


class RestoreInRegister(Frozen):
    """Show a transfer in the register that had lost it, or how it ended."""

    transfer_id: Ref


@dataclass(frozen=True)
class ReconcileActivities:
    """The questions to the three sides, and where the answers lead."""

    register: ComparedRegister
    workflows: TransferWorkflows
    mosaic: CaseManagement

    @activity.defn
    def list_transfers(self, order: ListTransfers) -> tuple[Ref, ...]:
        """Whatever the register holds or Temporal lists; that a list omits something is no difference."""
        held = self.register.transfers_to_compare(order.closed_since)
        return tuple(dict.fromkeys((*held, *self.workflows.listed())))

    @activity.defn
    def read_register(self, order: AboutTransfers) -> tuple[Registered, ...]:
        """As the register holds them; what it does not hold is omitted."""
        return tuple(self.register.registered(order.ids))

    @activity.defn
    def ask_workflows(self, order: AboutTransfers) -> tuple[Ran, ...]:
        """As Temporal has each of them."""
        return tuple(self.workflows.ran(order.ids))

    @activity.defn
    def look_in_mosaic(self, order: LookInMosaic) -> SeenInMosaic:
        """What Mosaic shows; what it refuses to tell is omitted."""
        with as_failures():
            children = tuple(seen for child in order.children for seen in self._child(child, order.route))
            documents = tuple(seen for document in order.documents for seen in self._document(document))
            newest = tuple(version for document in order.newest for version in self._newest(document))
        return SeenInMosaic(children=children, documents=documents, newest=newest)

    def _child(self, child: str, route: Route) -> Iterator[SeenChild]:
        try:
            yield SeenChild(ref=child, step=self.mosaic.closing_step(child, CLOSING_STEPS[route]))
        except LastingError as error:
            if error.problem in NO_STEP:
                yield SeenChild(ref=child, step=None)

    def _document(self, document: SharedDocument) -> Iterator[SeenDocument]:
        try:
            shared = self.mosaic.is_shared(document.ref, document.version, document.team)
            yield SeenDocument(document=document, shared=shared)
        except LastingError as error:
            if error.problem == "not_found":
                yield SeenDocument(document=document, shared=False)

    def _newest(self, document: str) -> Iterator[DocumentVersion]:
        try:
            yield DocumentVersion(ref=document, version=self.mosaic.newest_version(document))
        except LastingError as error:
            if error.problem == "not_found":
                yield DocumentVersion(ref=document, version=0)

    @activity.defn
    def tell_transfer(self, order: TellTransfer) -> Found:
        """An item in the transfer; in the register where the transfer takes none, as it has ended meanwhile."""
        with as_failures():
            told = self.workflows.note(order.difference, message_id=_message_id())
        if told is Became.NOT_TOLD:
            shown = ShowInRegister(
                transfer_id=order.difference.transfer_id, found=(order.difference,), at=order.at, all_compared=False
            )
            [found] = self.show_differences(shown)
            return found
        return Found(difference=order.difference, became=told)

    @activity.defn
    def restore_in_register(self, order: RestoreInRegister) -> None:
        """Show a transfer as its workflow has it."""
        with as_failures():
            status, version = self.workflows.view(order.transfer_id)
        self.register.restore(status, version)

    @activity.defn
    def show_differences(self, order: ShowInRegister) -> tuple[Found, ...]:
        """Items that the register alone shows, each once."""
        became = self.register.show_differences(
            order.transfer_id, order.found, order.at, all_compared=order.all_compared
        )
        pairs = zip(order.found, became, strict=True)
        return tuple(Found(difference=difference, became=how) for difference, how in pairs)


def _message_id() -> str:
    """The same at each attempt, so that a repeated message gets its first answer."""
    info = activity.info()
    return f"reconcile-{info.workflow_run_id}-{info.activity_id}"
