"""Fakes of everything outside: they keep what they were told, and fail as a test orders."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import TypeVar

from models.calendar import WorkingCalendar
from models.census import ClosureReason
from models.certificate import Certificate
from models.effects import BookEntry, EffectResult, Intent
from models.errors import LastingError, StartRefusedError
from models.journey.clocks import ClockState
from models.journey.projection import Projection
from models.journey.recorded import Elsewhere, Opening, RecordedStep
from models.journey.start import Start
from models.journey.status import ChildStatus, Status
from models.journey.steps import Step
from models.mail import Calendar, Mail, Meeting
from models.mosaic import (
    ChildRecord,
    ClosingStep,
    Completion,
    EarlyHelpEntry,
    EarlyHelpWorkflow,
    NextAction,
    OpenPlan,
)
from models.office_hours import office_hours
from models.operations.digest import Recipient, RunningClock, RunningTransfer
from models.people import Colleague, of_transfer
from models.policy import LetterHours, Policy
from models.services import EarlyHelpService
from models.vocabulary import ChildRef
from tests.colleagues import chair, conference_manager, manager
from tests.pace import patient

S = TypeVar("S", bound=Step)


class Troubles:
    """Errors that a test ordered, by operation; each strikes once, before the work or after it."""

    def __init__(self) -> None:
        self._before: dict[str, list[Exception]] = defaultdict(list)
        self._after: dict[str, list[Exception]] = defaultdict(list)
        self._held: dict[str, Event] = {}
        self.reached: set[str] = set()

    def before(self, operation: str, *errors: Exception) -> None:
        self._before[operation] += errors

    def after(self, operation: str, *errors: Exception) -> None:
        self._after[operation] += errors

    def left(self, operation: str) -> int:
        """How many errors are still to strike."""
        return len(self._before[operation])

    def forget(self) -> None:
        self._before.clear()
        self._after.clear()

    def hold(self, operation: str) -> Callable[[], None]:
        """From now on it hangs, until what this returns is called; ``reached`` says when it does."""
        self._held[operation] = Event()
        return self._held[operation].set

    def strike(self, operation: str) -> None:
        if operation in self._held:
            self.reached.add(operation)
            self._held[operation].wait(timeout=patient(30))
        if self._before[operation]:
            raise self._before[operation].pop(0)

    def strike_after(self, operation: str) -> None:
        if self._after[operation]:
            raise self._after[operation].pop(0)


NOTHING_KEEPS_OPEN = ChildRecord(
    legal_statuses=(),
    open_plan=OpenPlan.NONE,
    open_enquiry=False,
    proceedings=False,
    assessment_authorised=True,
    since_referral=(),
)
"""A child whom nothing in Mosaic keeps open."""


class FakeMosaic:
    """Mosaic in memory; a child without an entry in ``completed`` has an open closing step."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self.answers = Event()
        """While it is not set, every look hangs."""
        self.answers.set()
        self.names: dict[str, str] = {}
        self.documents: dict[tuple[str, int], str] = {}
        self.fetched: list[tuple[str, int]] = []
        self.shares: list[tuple[str, int, str]] = []
        self.completed: dict[str, Completion] = {}
        self.records: dict[str, ChildRecord] = {}
        self.reopened: list[str] = []
        self.workflows: dict[str, list[EarlyHelpWorkflow]] = {}
        """The Early Help workflows of each child."""
        self.entries: list[tuple[str, str, EarlyHelpEntry, str]] = []
        """What was written into them: workflow, team, text, key."""
        self.calls: list[str] = []
        self.step_types: list[str] = []
        """Which closing steps were asked for."""

    def person_name(self, ref: str) -> str:
        self.troubles.strike("person_name")
        return self.names.get(ref, f"Name of {ref}")

    def child_record(self, ref: str) -> ChildRecord:
        self.calls.append("record")
        self.answers.wait(timeout=patient(20))
        self.troubles.strike("record")
        return self.records.get(ref, NOTHING_KEEPS_OPEN)

    def is_shared(self, document: str, version: int, team: str) -> bool:
        self.calls.append("look")
        self.answers.wait(timeout=patient(20))
        self.troubles.strike("look")
        return (document, version, team) in self.shares

    def share(self, document: str, version: int, team: str, reference: str) -> None:
        self.calls.append("act")
        self.troubles.strike("share")
        self.shares.append((document, version, team))
        self.troubles.strike_after("share")

    def newest_version(self, document: str) -> int:
        self.troubles.strike("newest_version")
        return max((version for ref, version in self.documents if ref == document), default=1)

    def document_text(self, ref: str, version: int) -> str:
        self.fetched.append((ref, version))
        self.troubles.strike("document_text")
        return self.documents.get((ref, version), f"Text of {ref}, version {version}.")

    def closing_step(self, child: str, step_type: str) -> ClosingStep:
        self.calls.append("look")
        self.step_types.append(step_type)
        self.troubles.strike("look")
        done = self.completed.get(child)
        return ClosingStep(id=self._newest_step(child), version=2 if done else 1, completion=done)

    def complete(
        self, step: ClosingStep, reference: str, next_actions: tuple[NextAction, ...], closure_reason: ClosureReason
    ) -> None:
        self.calls.append("act")
        self.troubles.strike("complete")
        child = step.id.removeprefix("WS-").partition("/")[0]
        if child in self.completed:
            raise LastingError("already_completed", "completed before")
        self.completed[child] = Completion(reference, next_actions, datetime.now(UTC), closure_reason)
        self.troubles.strike_after("complete")

    def early_help(self, child: str) -> tuple[EarlyHelpWorkflow, ...]:
        self.calls.append("look")
        self.answers.wait(timeout=patient(20))
        self.troubles.strike("look")
        return tuple(self.workflows.get(child, ()))

    def start_contact(self, child: str, team: str, entry: EarlyHelpEntry, reference: str) -> None:
        self.calls.append("act")
        self.troubles.strike("start_contact")
        self.opened(child, reference)
        self.entries.append((f"EHC-{child}", team, entry, reference))
        self.troubles.strike_after("start_contact")

    def add_entry(self, workflow: str, team: str, entry: EarlyHelpEntry, reference: str) -> None:
        self.calls.append("act")
        self.troubles.strike("add_entry")
        self.entries.append((workflow, team, entry, reference))
        for workflows in self.workflows.values():
            workflows[:] = [
                replace(one, references=one.references | {reference}) if one.id == workflow else one
                for one in workflows
            ]
        self.troubles.strike_after("add_entry")

    def opened(self, child: str, *references: str, id: str = "", is_open: bool = True) -> None:  # noqa: A002 (as the model says it)
        """An Early Help workflow of the child is there, with these entries."""
        said = EarlyHelpWorkflow(id=id or f"EHC-{child}", open=is_open, references=frozenset(references))
        self.workflows.setdefault(child, []).append(said)

    def reopen(self, child: str) -> None:
        """A person opens the case again, with a new closing step."""
        del self.completed[child]
        self.reopened.append(child)

    def _newest_step(self, child: str) -> str:
        again = self.reopened.count(child)
        return f"WS-{child}/{1 + again}" if again else f"WS-{child}"


class FakePost:
    """A mail server that keeps what it accepted."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self.sent: list[Mail] = []

    def send(self, mail: Mail, at: datetime) -> str:
        kind = mail.key.split("/")[1]
        self.troubles.strike(kind)
        self.troubles.strike(mail.to)
        self.sent.append(mail)
        self.troubles.strike_after(kind)
        return "accepted by the mail server, message 1"

    def sent_to(self, address: str) -> list[Mail]:
        return [mail for mail in self.sent if mail.to == address]


class FakeInvitations:
    """A calendar program that reads meetings, and writes them in one line."""

    def __init__(self) -> None:
        self.meetings: list[Meeting] = []

    def invitation(self, meeting: Meeting) -> Calendar:
        return self._of(meeting, "REQUEST")

    def cancellation(self, meeting: Meeting) -> Calendar:
        return self._of(meeting, "CANCEL")

    def entry(self, meeting: Meeting) -> Calendar:
        return self._of(meeting, "PUBLISH")

    def removal(self, meeting: Meeting) -> Calendar:
        return self._of(meeting, "CANCEL")

    def _of(self, meeting: Meeting, method: str) -> Calendar:
        self.meetings.append(meeting)
        return Calendar(method=method, text=f"{method} {meeting.uid} {meeting.sequence}")


class FakeChannels:
    """Rooms that keep what was said in them."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self.said: list[tuple[str, str]] = []

    def send(self, channel: str, subject: str, text: str) -> str:
        self.troubles.strike(channel)
        self.said.append((channel, subject))
        return f"taken by the channel {channel}"


class FakeCalendars:
    """The calendar that a test sets."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self.troubles = Troubles()

    def current(self) -> WorkingCalendar:
        self.troubles.strike("current")
        return self.calendar


class FakeBook:
    """The book of effects, with the order in which it was written."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.unsure: dict[str, tuple[int, int]] = {}
        """For each key the go, and how many of its attempts may have done it."""
        self.since: dict[str, datetime] = {}
        self.asked_by: dict[str, str] = {}
        self.results: dict[str, EffectResult] = {}
        self._lock = Lock()

    def begin(self, intent: Intent) -> BookEntry:
        with self._lock:
            self.written.append("intent")
            if intent.key in self.results:
                return BookEntry(self.results[intent.key], 1, datetime.now(UTC))
            go, unsure = self.unsure.get(intent.key, (intent.go, 0))
            if not unsure:
                self.since[intent.key] = datetime.now(UTC)
            unsure = unsure if go == intent.go else 0
            self.unsure[intent.key] = (intent.go, unsure + 1)
            return BookEntry(None, unsure, self.since[intent.key])

    def finish(self, intent: Intent, result: EffectResult) -> None:
        self.written.append("result")
        self.results[intent.key] = result

    def withdraw(self, intent: Intent, *, every: bool = False) -> None:
        self.written.append("withdrawn")
        go, unsure = self.unsure.get(intent.key, (intent.go, 1))
        left = 0 if every else max(0, unsure - 1)
        self.unsure[intent.key] = (go, left if go == intent.go else unsure)

    def asks(self, problem: str, intent: Intent) -> bool:
        return self.asked_by.setdefault(problem, intent.key) == intent.key


SHOWN_AFTER = timedelta(milliseconds=20)
"""What is shown follows what happens at once: a test that is about something else does not wait for it."""


ANY_TIME = timedelta(days=3660)
"""What tests record happened on a day of their own, long before the transfer began in real time."""


class FakeRegister:
    """The register of transfers in memory; ``hold`` makes one operation wait until ``release``."""

    def __init__(self, *services: EarlyHelpService) -> None:
        self.services = {service.ref: service for service in services}
        self.open: dict[str, str] = {}
        self.evidence: dict[tuple[str, str], RecordedStep] = {}
        self.policy = Policy(shown_after=SHOWN_AFTER)
        self.letter_hours: LetterHours | None = None
        """At any hour, if a test does not say when."""
        self.people: dict[str, str | None] = {}
        """Their addresses, where a test says so."""
        self.organisers: dict[str, str] = {}
        self.directory = [manager(), chair(), conference_manager()]
        self.certificates: dict[str, list[Certificate]] = defaultdict(list)
        self.calendars: set[str] = set()
        self.shown: dict[str, tuple[int, Status]] = {}
        self.told_to_look: list[tuple[str, str]] = []
        self.also_open: list[RunningTransfer] = []
        """Open transfers beside those that were shown."""
        self.troubles = Troubles()
        self.reached = Event()
        self._held: dict[str, Event] = {}

    def hold(self, operation: str) -> Callable[[], None]:
        self._held[operation] = Event()
        return self._held[operation].set

    def _wait(self, operation: str) -> None:
        self.troubles.strike(operation)
        if operation in self._held:
            self.reached.set()
            self._held[operation].wait(timeout=patient(30))

    def open_transfer(
        self,
        request: Start,
        at: datetime,
        calendar: WorkingCalendar,
        begun: Callable[[Opening], Status] | None = None,
    ) -> Opening:
        self._wait("open_transfer")
        if request.service_ref not in self.services and not request.says_harm:
            raise StartRefusedError("service_ref", "The service directory does not know this service.")
        own = {request.id, request.frees or ""}
        elsewhere = self._elsewhere(own, [child.ref for child in request.children])
        holder = elsewhere[0].holder if elsewhere and not request.begins_anyhow else None
        if holder is None:
            self._take(request.id, request.children, elsewhere)
        self.calendars.add(calendar.version)
        opening = Opening(
            policy=self.policy.model_copy(update={"backdated_by": ANY_TIME}),
            service=self.services.get(request.service_ref),
            people=self._people(request.team or "", request.colleagues),
            duplicate_of=holder,
            elsewhere=elsewhere if request.begins_anyhow else (),
            calendar=calendar.known_days(at),
            letter_hours=office_hours(self.letter_hours, calendar, at),
        )
        if begun is not None:
            self.shown.setdefault(request.id, (0, begun(opening)))
        return opening

    def store_evidence(self, transfer_id: str, entry: RecordedStep) -> None:
        self._wait(entry.step.step)
        self.evidence.setdefault((transfer_id, entry.step.step_id), entry)

    def kept(self, kind: type[S]) -> list[S]:
        """The steps of this kind that are kept as evidence."""
        return [entry.step for entry in self.evidence.values() if isinstance(entry.step, kind)]

    def look_up_service(self, ref: str) -> EarlyHelpService:
        self._wait("look_up_service")
        if ref not in self.services:
            raise LastingError("unknown_service", "no such service")
        return self.services[ref]

    def look_up_people(self, team: str, named: Sequence[str]) -> tuple[Colleague, ...]:
        self._wait("look_up_people")
        return self._people(team, named)

    def _people(self, team: str, named: Sequence[str]) -> tuple[Colleague, ...]:
        return of_transfer(self.directory, team, named)

    def knows(self, kind: str, journey_id: str) -> bool:
        self._wait("knows")
        return journey_id in self.shown and self.shown[journey_id][1].journey == kind

    def take_free_children(
        self, transfer_id: str, among: Collection[str], out_of: str | None = None
    ) -> tuple[Elsewhere, ...] | None:
        self._wait("take_free_children")
        now = self.shown[transfer_id][1]
        if now.outcome is not None:
            return None
        children = now.children
        elsewhere = self._elsewhere({transfer_id, out_of or ""}, [child.ref for child in children])
        self._take(transfer_id, children, elsewhere)
        return elsewhere

    def lacking(self, transfer_id: str) -> Sequence[tuple[str, str]]:
        let_go = {child.ref for child in self.shown[transfer_id][1].children}
        others = (now for _, now in self.shown.values() if now.id != transfer_id and now.outcome is None)
        return [
            (now.journey, now.id)
            for now in others
            if any(child.ref in let_go and self.open.get(child.ref) != now.id for child in now.children)
        ]

    def look_again(self, kind: str, journey_id: str) -> None:
        """In a test without workflows, this notes who was told."""
        self._wait("look_again")
        self.told_to_look.append((kind, journey_id))

    def _elsewhere(self, own: Collection[str], refs: Sequence[str]) -> tuple[Elsewhere, ...]:
        held = ((ref, self.open[ref]) for ref in sorted(refs) if self.open.get(ref, "") not in {"", *own})
        shown = {by: self.shown[by][1] if by in self.shown else None for by in self.open.values()}
        return tuple(
            Elsewhere(child=ref, holder=by, kind=now.journey if now else "step-down")
            for ref, by in held
            if (now := shown[by]) is None or now.outcome is None
        )

    def _take(self, own: str, children: Sequence[ChildRef | ChildStatus], elsewhere: Sequence[Elsewhere]) -> None:
        held = {one.child for one in elsewhere}
        self.open |= {child.ref: own for child in children if child.ref not in held}

    def reserve_child(self, transfer_id: str, child: str, who: str, among: Collection[str] = ()) -> None:
        self._wait("reserve_child")
        if self.open.setdefault(child, transfer_id) != transfer_id:
            raise LastingError("child_elsewhere", "in another transfer", f"It is transfer {self.open[child]}.")

    def service(self, ref: str) -> EarlyHelpService | None:
        return self.services.get(ref)

    def address_of(self, ref: str) -> str | None:
        return self.people.get(ref, f"{ref}@council.example")

    def organiser_of(self, uid: str, today: str | None) -> str | None:
        return self.organisers.setdefault(uid, today) if today is not None else self.organisers.get(uid)

    def project(self, projection: Projection, calendar: WorkingCalendar, evidence: Sequence[RecordedStep] = ()) -> None:
        self._wait("project")
        status, version = projection.status, projection.version
        for entry in evidence:
            self.store_evidence(status.id, entry)
        self.calendars |= {one.version for one in (calendar, *projection.calendars)}
        for due_date in projection.due_dates:
            assert due_date.certificate.calendar in self.calendars, "a due date is kept with its calendar"
            self.certificates[due_date.clock].append(due_date.certificate)
        if version > self.shown.get(status.id, (-1, status))[0]:
            self.shown[status.id] = (version, status)

    def running_transfers(self, reader: Recipient | None = None) -> list[RunningTransfer]:
        self._wait("running_transfers")
        shown = [status for _, status in self.shown.values() if status.outcome is None]
        return [*(self._running(status) for status in shown), *self.also_open]

    def _running(self, status: Status) -> RunningTransfer:
        service = self.service(status.service_ref)
        without = {ClockState.STARTING, ClockState.PAUSED}
        return RunningTransfer(
            id=status.id,
            journey=status.journey,
            stage_words=status.stage_words,
            service_ref=status.service_ref,
            service=service.name if service else status.service_ref,
            social_work_team=status.social_work_team,
            social_worker=status.social_worker,
            team_manager=status.team_manager,
            restricted=status.restricted,
            waiting_for=status.waiting_for,
            clocks=tuple(
                RunningClock(kind=clock.kind, since=clock.since, due=None if clock.state in without else clock.due)
                for clock in status.clocks
                if clock.runs
            ),
        )
