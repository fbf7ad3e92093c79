"""What the activities need of the outside; adapters fit these by shape."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from models.calendar import WorkingCalendar
from models.census import ClosureReason
from models.effects import BookEntry, EffectResult, Intent
from models.journey.projection import Projection
from models.journey.recorded import Elsewhere, Opening, RecordedStep
from models.journey.start import Start
from models.journey.status import Status
from models.journey.steps import Step
from models.mail import Calendar, Mail, Meeting
from models.mosaic import ChildRecord, ClosingStep, EarlyHelpEntry, EarlyHelpWorkflow, NextAction
from models.operations.comparison import Ran, Registered
from models.operations.differences import Became, Difference
from models.operations.digest import Recipient, RunningTransfer
from models.people import Colleague
from models.services import EarlyHelpService


class CaseManagement(Protocol):
    """Mosaic, as far as transfers need it. Every call raises one of ``models.errors``."""

    def person_name(self, ref: str) -> str:
        """The name of a person, to be used in a message and kept nowhere."""

    def child_record(self, ref: str) -> ChildRecord:
        """What Mosaic holds of the child now."""

    def is_shared(self, document: str, version: int, team: str) -> bool:
        """Whether this version of the document is shared with the team."""

    def share(self, document: str, version: int, team: str, reference: str) -> None:
        """Share this version of the document with the team."""

    def newest_version(self, document: str) -> int:
        """The newest version of the document."""

    def document_text(self, ref: str, version: int) -> str:
        """The text of this version of the document, to be sent in a message and kept nowhere."""

    def closing_step(self, child: str, step_type: str) -> ClosingStep:
        """The newest workflow step of this type for the child."""

    def complete(
        self, step: ClosingStep, reference: str, next_actions: tuple[NextAction, ...], closure_reason: ClosureReason
    ) -> None:
        """Complete the step with its next actions, all in one."""

    def early_help(self, child: str) -> tuple[EarlyHelpWorkflow, ...]:
        """The Early Help workflows of the child, oldest first."""

    def start_contact(self, child: str, team: str, entry: EarlyHelpEntry, reference: str) -> None:
        """Start an Early Help Contact on the child for the team, and leave it open."""

    def add_entry(self, workflow: str, team: str, entry: EarlyHelpEntry, reference: str) -> None:
        """Write into an open Early Help workflow."""


class Post(Protocol):
    """Mail. Raises one of ``models.errors``; ``UnclearError`` once the text was on its way and no answer came."""

    def send(self, mail: Mail, at: datetime) -> str:
        """Hand the message to the mail server; returns what shows that the server accepted it.

        ``at`` is its date: the same, however often it is sent.
        """


class Invitations(Protocol):
    """Meetings as calendar programs read them. Asks nobody, and says nothing that the meeting does not."""

    def invitation(self, meeting: Meeting) -> Calendar:
        """Ask the attendee to come; with a higher sequence, tell what changed. Reminds a day before."""

    def cancellation(self, meeting: Meeting) -> Calendar:
        """Take the meeting out of the attendee's calendar; needs a higher sequence than the invitation."""

    def entry(self, meeting: Meeting) -> Calendar:
        """The same meeting for the calendar of its organiser, who is asked for no answer. Reminds a day before."""

    def removal(self, meeting: Meeting) -> Calendar:
        """Take the meeting out of its organiser's calendar."""


class Channels(Protocol):
    """Alert channels: rooms of chat services, webhooks. Raises one of ``models.errors``."""

    def send(self, channel: str, subject: str, text: str) -> str:
        """Say it there; returns what shows that the channel took it. May be said again where it is unsure."""


class Calendars(Protocol):
    """The working calendar of this council."""

    def current(self) -> WorkingCalendar:
        """As it is now."""


class Directory(Protocol):
    """Where people and services are reached."""

    def service(self, ref: str) -> EarlyHelpService | None:
        """The service as the directory has it, or None."""

    def address_of(self, ref: str) -> str | None:
        """Where a person, team or office is told today, or None: who stands in for them, or else they themselves."""

    def organiser_of(self, uid: str, today: str | None) -> str | None:
        """The address under which calendars have this meeting: the first that was given, kept from now on; or None."""


class EffectBook(Protocol):
    """Intents and results of effects, kept in the register."""

    def begin(self, intent: Intent) -> BookEntry:
        """Write the intent down before the act; tells what was known before."""

    def finish(self, intent: Intent, result: EffectResult) -> None:
        """Write the result down."""

    def withdraw(self, intent: Intent, *, every: bool = False) -> None:
        """Take the intent of this attempt back, or of every one: it is certain that nothing happened."""

    def asks(self, problem: str, intent: Intent) -> bool:
        """Whether this effect is to ask a person about what concerns all transfers; False where another asks."""


class OpenTransfers(Protocol):
    """The register, as far as the morning digest reads it."""

    def running_transfers(self, reader: Recipient | None = None) -> Sequence[RunningTransfer]:
        """Every open transfer with the clocks that run, as last shown; for ``reader``, those that name them.

        An office is named by all.
        """


class ComparedRegister(Protocol):
    """The register, as far as it is compared with Temporal and Mosaic."""

    def transfers_to_compare(self, closed_since: datetime) -> Sequence[str]:
        """The ids of the open transfers, and of those that were closed since."""

    def registered(self, ids: Sequence[str]) -> Sequence[Registered]:
        """These transfers as the register holds them; what it does not hold is omitted."""

    def restore(self, status: Status, version: int) -> None:
        """Show the transfer so, though the register does not hold it, or not its end. Repeating it changes nothing."""

    def show_differences(
        self, transfer_id: str, found: Sequence[Difference], at: datetime, *, all_compared: bool
    ) -> Sequence[Became]:
        """Show what differs until the workflow shows the transfer again; says what became of each difference.

        Where everything was compared, what is shown and not found any more ends. Repeating it changes nothing.
        """


class Neighbours(Protocol):
    """The other journeys, which may wait for what one of them lets go."""

    def look_again(self, kind: str, journey_id: str) -> None:
        """Have it look again who holds its children; one that does not run any more is left in peace.

        Raises:
            PassingError: Temporal did not answer.
        """


class LinkedJourneys(Protocol):
    """The journeys that are opened out of others, and told of them."""

    def knows(self, kind: str, journey_id: str) -> bool:
        """Whether one of this kind and id was started, as far as Temporal remembers.

        Raises:
            PassingError: Temporal did not answer.
        """

    def start(self, start: Start, at: datetime) -> None:
        """Start it, as whoever starts one does; where it was started before, nothing happens.

        ``at`` is the time of the journey that opens it.

        Raises:
            PassingError: Temporal did not answer.
        """

    def tell(self, kind: str, journey_id: str, step: Step) -> bool:
        """Hand it a step, without waiting for its answer; False where it has ended, or is not known.

        Raises:
            PassingError: Temporal did not answer.
        """


class TransferWorkflows(Neighbours, LinkedJourneys, Protocol):
    """The workflows of the transfers, as Temporal has them."""

    def listed(self) -> Sequence[str]:
        """The ids of the transfers that run, as far as Temporal lists them by now."""

    def ran(self, ids: Sequence[str]) -> Sequence[Ran]:
        """Each of these transfers, asked itself."""

    def view(self, transfer_id: str) -> tuple[Status, int]:
        """How the transfer stands, or ended, with its version.

        Raises:
            PassingError: it did not answer.
        """

    def note(self, difference: Difference, message_id: str) -> Became:
        """Tell the transfer what differs; under the same message id it is told once.

        Returns:
            ``NOT_TOLD`` where it runs no more, or has ended.

        Raises:
            PassingError: it did not answer.
        """


class TransferRegister(Protocol):
    """The register, as far as transfers write it."""

    def open_transfer(
        self, request: Start, at: datetime, calendar: WorkingCalendar, begun: Callable[[Opening], Status]
    ) -> Opening:
        """Reserve the children, load policy and service, keep the calendar, and show how the transfer begins.

        All in one transaction; repeating it changes nothing.

        Raises:
            StartRefusedError: the service is unknown, or something of another kind was started under this id.
        """

    def look_up_service(self, ref: str) -> EarlyHelpService:
        """The service as the directory has it.

        Raises:
            LastingError: it is unknown.
        """

    def look_up_people(self, team: str, named: Sequence[str]) -> tuple[Colleague, ...]:
        """Who is named, who may act for the team, and whoever may act for every team; with who stands in for them."""

    def knows(self, kind: str, journey_id: str) -> bool:
        """Whether a journey of this kind and id was ever opened here."""

    def take_free_children(
        self, transfer_id: str, among: Collection[str], out_of: str | None = None
    ) -> tuple[Elsewhere, ...] | None:
        """Reserve the children of an open journey whom no other one of these kinds holds; tells who holds the others.

        What the journey holds out of which it was opened is free. Repeating it changes nothing. A journey that has
        ended takes nobody, and is told nothing: None.
        """

    def lacking(self, transfer_id: str) -> Sequence[tuple[str, str]]:
        """The open journeys that began without a child of this one, each by its kind and id."""

    def reserve_child(self, transfer_id: str, child: str, who: str, among: Collection[str]) -> None:
        """Reserve one more child for the transfer, where none of these kinds holds it; repeating it changes nothing.

        Raises:
            LastingError: another open transfer holds the child.
        """

    def project(self, projection: Projection, calendar: WorkingCalendar, evidence: Sequence[RecordedStep] = ()) -> None:
        """Show the transfer as it stands; keep its new due dates, and steps as they were taken, with it.

        An older version never overwrites a newer one, and repeating it changes nothing. ``calendar`` is the one at
        hand: it is kept, so that a transfer may be told of it.

        Raises:
            PassingError: the register has lost the transfer.
        """
