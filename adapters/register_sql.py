"""The register in SQL: SQLite by default, PostgreSQL by one setting."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from alembic import command
from alembic.config import Config
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import ColumnElement, Engine, case, event, extract, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, create_engine, select

from adapters.encryption import Cipher
from models.access import About
from models.calendar import WorkingCalendar
from models.certificate import Certificate
from models.clocks import RESPONSES, ClockKind
from models.differences import Became, Difference, asked_before, left_as_it_is, show
from models.digest import RunningClock, RunningTransfer
from models.effects import Effect, EffectKind, EffectResult, Ended, Intent
from models.errors import LastingError, StartRefusedError
from models.exchange import BookEntry
from models.figures import Figures, Told
from models.policy import Policy
from models.protocols import WAYS, System
from models.reconciliation import Noted, Registered
from models.register.tables import (
    AlertRow,
    AuditRow,
    CalendarRow,
    ChildRow,
    ClockRow,
    ConsentRow,
    ConversationRow,
    EffectRow,
    HarmReportRow,
    MeetingRow,
    PersonRow,
    ServiceRow,
    TransferRow,
)
from models.report import Asked, Ran
from models.services import EarlyHelpService
from models.step_down.answers import Outcome, Stage
from models.step_down.clocks import ClockState
from models.step_down.recorded import Opening
from models.step_down.start import Route, StepDownRequest
from models.step_down.status import Status
from models.step_down.steps import (
    RecordConsent,
    RecordContactConversation,
    RecordFinalMeeting,
    ReportSignificantHarm,
    ResolveAttention,
    Step,
    WithdrawConsent,
)
from models.vocabulary import Frozen

CONNECTIONS = 20
"""As many as activities may run at once in one worker."""

ENDED_CLOCKS = frozenset({ClockState.MET, ClockState.LATE, ClockState.NEEDLESS})
WITHOUT_DUE_DATE = frozenset({ClockState.STARTING, ClockState.PAUSED})

SECONDS_OF_A_DAY = 24 * 60 * 60

READS = "transfers_reads"
"""Marks a connection that only reads: on SQLite it does not wait for the one writer."""


class RegisterSettings(BaseSettings):
    """Where the register is kept."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_REGISTER_", extra="ignore")

    url: str = "sqlite:///.transfers/register.db"
    """``sqlite:///FILE``, or ``postgresql+psycopg://USER:PASSWORD@HOST/DATABASE``."""


def register_engine(settings: RegisterSettings) -> Engine:
    """The engine; its error texts never show what was written."""
    engine = create_engine(settings.url, hide_parameters=True, pool_size=CONNECTIONS)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late: a read and then a write in one transaction would fail under load.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=3000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READS) else "BEGIN IMMEDIATE")


def migrate(settings: RegisterSettings) -> None:
    """Bring the register's tables up to date."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = register_engine(settings)
    command.upgrade(config, "head")


@dataclass(frozen=True)
class TransferLine:
    """One line of the list of transfers."""

    id: str
    stage: str
    outcome: str | None
    service_ref: str
    social_work_team: str
    waiting_for: tuple[str, ...]
    needs_attention: bool
    attention: tuple[str, ...]
    """What is wrong, of each item that waits for a person."""
    restricted: bool
    response: str
    response_due: datetime | None
    opened_at: datetime
    harm_reported: bool = False
    """A risk of significant harm was reported (SU-01)."""


class KeptClock(NamedTuple):
    """A clock as the register holds it."""

    clock_id: str
    state: str
    answered_at: datetime | None
    recorded_at: datetime | None
    certificate: Certificate
    calendar: WorkingCalendar
    """The calendar that the certificate rests on."""


class _Answer(NamedTuple):
    """A family's answer for one child."""

    child_ref: str
    service_ref: str
    answer: str


@dataclass(frozen=True)
class SqlRegister:
    """The register, as ``TransferRegister`` and ``EffectBook`` need it, and as the commands read it."""

    engine: Engine
    cipher: Cipher
    policy: Policy = field(default_factory=Policy)
    """What a transfer that starts now is given."""
    _turn: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        # SQLite has one writer: threads that ask it again and again starve each other, so here they queue.
        turn = self._turn if self.engine.dialect.name == "sqlite" else nullcontext()
        with turn, Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with Session(self.engine.execution_options(**{READS: True})) as session:
            yield session

    def open_transfer(self, request: StepDownRequest, at: datetime) -> Opening:
        """See ``TransferRegister``."""
        try:
            return self._open(request, at)
        except IntegrityError:
            # Another start took a child between our look and our write; the second look sees it.
            return self._open(request, at)

    def _open(self, request: StepDownRequest, at: datetime) -> Opening:
        with self._transaction() as session:
            service = _service(session, request.service_ref)
            known = session.get(TransferRow, request.id)
            holder = known.duplicate_of if known else _open_elsewhere(session, request)
            if known is None:
                _add_transfer(session, request, at, holder)
            return Opening(policy=self.policy, service=service, duplicate_of=holder)

    def keep_consent(self, transfer_id: str, consent: RecordConsent) -> None:
        """See ``TransferRegister``."""
        with self._transaction() as session:
            for child in consent.children:
                answer = "stands" if child.stands else "does not stand"
                self._keep_answer(session, transfer_id, consent, _Answer(child.ref, consent.service_ref, answer))

    def look_up_service(self, ref: str) -> EarlyHelpService:
        """See ``TransferRegister``."""
        service = self.service(ref)
        if service is None:
            raise LastingError("unknown_service", f"the directory does not know this service: {ref}")
        return service

    def reserve_child(self, transfer_id: str, child: str, who: str) -> None:
        """See ``TransferRegister``."""
        try:
            with self._transaction() as session:
                if session.get(ChildRow, (transfer_id, child)) is None:
                    session.add(ChildRow(transfer_id=transfer_id, child_ref=child, open=True))
                    session.add(_audit(transfer_id, who, "child added", new=child))
        except IntegrityError as error:
            if (holder := self.open_transfer_of(child)) is None:  # it has ended meanwhile, or this one was lost here
                raise
            there = f"It is transfer {holder}."
            raise LastingError("child_elsewhere", f"{child} is in another open transfer", there) from error

    def keep_withdrawal(self, transfer_id: str, service_ref: str, withdrawal: WithdrawConsent) -> None:
        """See ``TransferRegister``."""
        with self._transaction() as session:
            for child in withdrawal.children_named():
                self._keep_answer(session, transfer_id, withdrawal, _Answer(child, service_ref, "withdrawn"))

    def keep_conversation(self, transfer_id: str, conversation: RecordContactConversation) -> None:
        """See ``TransferRegister``."""
        with self._transaction() as session:
            if session.get(ConversationRow, (transfer_id, conversation.step_id)) is None:
                row = ConversationRow(
                    transfer_id=transfer_id,
                    step_id=conversation.step_id,
                    appropriate=conversation.appropriate,
                    held_at=conversation.occurred_at,
                    record=self._seal(transfer_id, conversation),
                )
                session.add(row)
                session.add(_audit(transfer_id, conversation.actor.id, "conversation kept"))

    def keep_meeting(self, transfer_id: str, meeting: RecordFinalMeeting) -> None:
        """See ``TransferRegister``."""
        with self._transaction() as session:
            if session.get(MeetingRow, (transfer_id, meeting.step_id)) is None:
                row = MeetingRow(
                    transfer_id=transfer_id,
                    step_id=meeting.step_id,
                    held_at=meeting.occurred_at,
                    service_attended=meeting.service_attended,
                    record=self._seal(transfer_id, meeting),
                )
                session.add(row)
                session.add(_audit(transfer_id, meeting.actor.id, "final meeting kept"))

    def keep_harm_report(self, transfer_id: str, report: ReportSignificantHarm) -> None:
        """See ``TransferRegister``."""
        with self._transaction() as session:
            if session.get(HarmReportRow, (transfer_id, report.step_id)) is None:
                row = HarmReportRow(
                    transfer_id=transfer_id,
                    step_id=report.step_id,
                    corrects=report.corrects,
                    reported_at=report.occurred_at,
                    spoken_to_at=report.spoken_to.at if report.spoken_to else None,
                    record=self._seal(transfer_id, report),
                )
                session.add(row)
                session.add(_audit(transfer_id, report.actor.id, "report of significant harm kept", why="SU-01"))

    def project(self, status: Status, version: int) -> None:
        """See ``TransferRegister``."""
        with self._transaction() as session:
            row = session.get(TransferRow, status.id, with_for_update=True)
            if row is not None and row.version < version:
                self._show(session, row, status, version)

    def restore(self, status: Status, version: int) -> None:
        """See ``ComparedRegister``."""
        with self._transaction() as session:
            row = session.get(TransferRow, status.id, with_for_update=True)
            if row is None:
                row = _add_lost(session, status)
            elif row.version >= version and row.outcome == status.outcome:
                return
            session.add(_audit(status.id, "system", "shown again as Temporal has it"))
            self._show(session, row, status, version)

    def _show(self, session: Session, row: TransferRow, status: Status, version: int) -> None:
        if row.stage != status.stage:
            session.add(_audit(status.id, "system", "stage", old=row.stage, new=status.stage))
        row.version = version
        row.stage, row.outcome = status.stage, status.outcome
        row.service_ref, row.social_work_team = status.service_ref, status.social_work_team
        row.social_worker, row.team_manager = status.social_worker, status.team_manager
        row.response, row.response_due = status.response, status.response_due
        self._show_items(row, status)
        _show_time(session, status)
        if status.outcome is None and row.closed_at is not None:
            _open_again(session, row)
        if status.outcome is not None and row.closed_at is None:
            row.closed_at = datetime.now(UTC)
            for child in session.exec(select(ChildRow).where(ChildRow.transfer_id == status.id)):
                child.open = False

    def keep_clock(
        self,
        transfer_id: str,
        clock_id: str,
        certificate: Certificate,
        calendar: WorkingCalendar,
        service_ref: str | None = None,
    ) -> None:
        """See ``TransferRegister``."""
        kept = ClockRow(
            transfer_id=transfer_id,
            clock_id=clock_id,
            kind=certificate.kind,
            service_ref=service_ref,
            received=certificate.received,
            due=certificate.due,
            calendar=certificate.calendar,
            certificate=self._seal(transfer_id, certificate),
            state="on_track",
        )
        try:
            self._keep_clock(kept, certificate, calendar)
        except IntegrityError:
            # Another clock kept the same calendar between our look and our write; the second look sees it.
            self._keep_clock(kept, certificate, calendar)

    def _keep_clock(self, kept: ClockRow, certificate: Certificate, calendar: WorkingCalendar) -> None:
        with self._transaction() as session:
            if session.get(CalendarRow, calendar.version) is None:
                session.add(CalendarRow(version=calendar.version, content=calendar.model_dump_json()))
                session.flush()
            row = session.get(ClockRow, (kept.transfer_id, kept.clock_id), with_for_update=True)
            if row is not None and self._certificate(row) == certificate:
                return
            before = row.due.isoformat() if row else None
            if row is not None:
                kept.state, kept.answered_at, kept.recorded_at = row.state, row.answered_at, row.recorded_at
            session.merge(kept)
            what, due = "due date worked out", certificate.due.isoformat()
            session.add(_audit(kept.transfer_id, "system", what, old=before, new=due, why=kept.clock_id))

    def clocks(self, transfer_id: str) -> Sequence[KeptClock]:
        """How each due date of the transfer came about, the oldest first."""
        with self._reading() as session:
            found = select(ClockRow, CalendarRow).join(CalendarRow).where(ClockRow.transfer_id == transfer_id)
            rows = session.exec(found.order_by(col(ClockRow.received), col(ClockRow.clock_id)))
            return [self._kept_clock(clock, calendar) for clock, calendar in rows]

    def _kept_clock(self, row: ClockRow, calendar: CalendarRow) -> KeptClock:
        return KeptClock(
            clock_id=row.clock_id,
            state=row.state,
            answered_at=row.answered_at,
            recorded_at=row.recorded_at,
            certificate=self._certificate(row),
            calendar=_calendar(calendar),
        )

    def _certificate(self, row: ClockRow) -> Certificate:
        return Certificate.model_validate_json(self._unseal(row.transfer_id, row.certificate))

    def put_people(self, addresses: Mapping[str, str]) -> None:
        """Add people, teams and offices to the directory, or change their addresses: all or none."""
        with self._transaction() as session:
            for ref, email in addresses.items():
                session.merge(PersonRow(ref=ref, email=email))

    def people(self) -> Mapping[str, str]:
        """Where people, teams and offices are reached, by reference."""
        with self._reading() as session:
            return {row.ref: row.email for row in session.exec(select(PersonRow).order_by("ref"))}

    def address_of(self, ref: str) -> str | None:
        """See ``Directory``."""
        with self._reading() as session:
            row = session.get(PersonRow, ref)
            return row.email if row else None

    def begin(self, intent: Intent) -> BookEntry:
        """See ``EffectBook``."""
        with self._transaction() as session:
            row = session.get(EffectRow, intent.key, with_for_update=True)
            if row is None:
                session.add(_intended(intent))
                return BookEntry(tried_before=False, result=None)
            if row.ended is not None:
                return BookEntry(tried_before=True, result=_result(row, intent))
            tried = row.standing and intent.go <= row.go
            row.go, row.standing, row.attempts = max(row.go, intent.go), True, row.attempts + 1
            return BookEntry(tried_before=tried, result=None)

    def finish(self, intent: Intent, result: EffectResult) -> None:
        """See ``EffectBook``."""
        with self._transaction() as session:
            row = session.get(EffectRow, intent.key, with_for_update=True) or _intended(intent)
            if row.ended is not None:
                return
            session.add(row)
            row.ended, row.ended_at, row.evidence = result.ended, result.at, result.evidence
            session.add(_audit(intent.transfer_id, "system", intent.effect.kind, new=result.ended, why=intent.clause))

    def withdraw(self, intent: Intent) -> None:
        """See ``EffectBook``."""
        with self._transaction() as session:
            row = session.get_one(EffectRow, intent.key, with_for_update=True)
            # A late attempt of an earlier go says nothing about the one that a person ordered since.
            row.standing = row.standing and row.go != intent.go

    def put_services(self, services: Iterable[EarlyHelpService]) -> None:
        """Add the services to the directory, or change them: all or none."""
        with self._transaction() as session:
            for service in services:
                session.merge(ServiceRow(**service.model_dump()))

    def service(self, ref: str) -> EarlyHelpService | None:
        """The service as the directory has it, or None."""
        with self._reading() as session:
            row = session.get(ServiceRow, ref)
            return EarlyHelpService(**row.model_dump()) if row else None

    def services(self) -> Sequence[EarlyHelpService]:
        """The whole directory, by reference."""
        with self._reading() as session:
            return [EarlyHelpService(**row.model_dump()) for row in session.exec(select(ServiceRow).order_by("ref"))]

    def open_transfer_of(self, child_ref: str) -> str | None:
        """The id of the open transfer that holds the child, or None."""
        with self._reading() as session:
            found = select(ChildRow).where(ChildRow.child_ref == child_ref, col(ChildRow.open))
            row = session.exec(found).first()
            return row.transfer_id if row else None

    def transfers(self) -> Sequence[TransferLine]:
        """All transfers, the newest first."""
        with self._reading() as session:
            rows = session.exec(select(TransferRow).order_by(col(TransferRow.opened_at).desc()))
            harm = set(session.exec(select(HarmReportRow.transfer_id)))
            return [_line(row, harm_reported=row.id in harm) for row in rows]

    def open_between(self) -> Sequence[tuple[str, str]]:
        """The service and the team of open transfers, each pair once; those of restricted families are left out."""
        with self._reading() as session:
            found = select(TransferRow.service_ref, TransferRow.social_work_team).distinct()
            return session.exec(found.where(col(TransferRow.outcome).is_(None), ~col(TransferRow.restricted))).all()

    def asked(self, since: datetime, until: datetime) -> Sequence[Asked]:
        """The answers that services owed, of those that were asked in this time."""
        with self._reading() as session:
            calendars = {row.version: _calendar(row) for row in session.exec(select(CalendarRow))}
            found = select(ClockRow, TransferRow).join(TransferRow)
            within = col(ClockRow.kind).in_(RESPONSES) & (ClockRow.received >= since) & (ClockRow.received < until)
            return [
                Asked(
                    service_ref=row.service_ref or transfer.service_ref,
                    social_work_team=transfer.social_work_team,
                    state=ClockState(row.state),
                    answered_at=row.answered_at,
                    certificate=self._certificate(row),
                    calendar=calendars[row.calendar],
                )
                for row, transfer in session.exec(found.where(within))
            ]

    def ran(self, since: datetime, until: datetime) -> Sequence[Ran]:
        """The transfers that were started in this time, with how they ended."""
        with self._reading() as session:
            within = (TransferRow.opened_at >= since) & (TransferRow.opened_at < until)
            rows = session.exec(select(TransferRow).where(within))
            return [
                Ran(row.service_ref, row.social_work_team, Outcome(row.outcome) if row.outcome else None)
                for row in rows
            ]

    def figures(self) -> Figures:
        """How everything stands now."""
        with self._reading() as session:
            is_open = col(TransferRow.outcome).is_(None)
            stages = session.exec(select(TransferRow.stage, func.count()).where(is_open).group_by(TransferRow.stage))
            running = select(ClockRow.kind, ClockRow.state, func.count()).join(TransferRow).where(is_open)
            running = running.where(col(ClockRow.state).not_in(ENDED_CLOCKS)).group_by(ClockRow.kind, ClockRow.state)
            clocks = {(kind, state): number for kind, state, number in session.exec(running)}
            told = select(AlertRow.kind, AlertRow.what, func.count(), func.sum(_late(session))).group_by(
                AlertRow.kind, AlertRow.what
            )
            alerts = {
                (kind, what): Told(number, timedelta(milliseconds=round(1000 * float(late))))
                for kind, what, number, late in session.exec(told)
            }
            asked = session.exec(select(TransferRow.attention).where(is_open, TransferRow.attention != ""))
            attention = Counter(problem for problems in asked for problem in _parted(problems))
            first_said = col(HarmReportRow.corrects).is_(None)
            harm = session.exec(select(func.count()).select_from(HarmReportRow).where(first_said)).one()
            open_by_stage = dict(stages.all())
        return Figures(open_by_stage, clocks, alerts, attention, harm)

    def running_transfers(self) -> Sequence[RunningTransfer]:
        """See ``OpenTransfers``."""
        with self._reading() as session:
            is_open = col(TransferRow.outcome).is_(None)
            clocks: dict[str, list[RunningClock]] = defaultdict(list)
            for clock in session.exec(select(ClockRow).join(TransferRow).where(is_open)):
                if clock.state not in ENDED_CLOCKS:
                    clocks[clock.transfer_id].append(_running_clock(clock))
            found = select(TransferRow, ServiceRow.name).where(is_open)
            rows = session.exec(found.outerjoin(ServiceRow, col(ServiceRow.ref) == col(TransferRow.service_ref)))
            return [_running(row, name or row.service_ref, clocks[row.id]) for row, name in rows]

    def transfers_to_compare(self, closed_since: datetime) -> Sequence[str]:
        """See ``ComparedRegister``."""
        with self._reading() as session:
            recent = col(TransferRow.closed_at).is_(None) | (col(TransferRow.closed_at) >= closed_since)
            return session.exec(select(TransferRow.id).where(recent).order_by("id")).all()

    def registered(self, ids: Sequence[str]) -> Sequence[Registered]:
        """See ``ComparedRegister``."""
        with self._reading() as session:
            rows = session.exec(select(TransferRow).where(col(TransferRow.id).in_(ids))).all()
            children, noted = _children(session, ids), _noted(session, ids)
        return [self._registered(row, children[row.id], noted[row.id]) for row in rows]

    def _registered(self, row: TransferRow, children: Sequence[str], noted: Sequence[Noted]) -> Registered:
        shown = self._status(row)
        return Registered(
            id=row.id,
            version=row.version,
            closed=row.outcome is not None,
            opened_at=row.opened_at,
            restricted=row.restricted,
            service_ref=row.service_ref,
            route=Route(row.route),
            children=tuple(children),
            consents=shown is not None and any(child.consent_stands for child in shown.children),
            noted=tuple(noted),
            shows=row.attention != "" and (shown is None or any(i.open and i.in_register for i in shown.attention)),
        )

    def show_differences(
        self, transfer_id: str, found: Sequence[Difference], at: datetime, *, all_compared: bool
    ) -> Sequence[Became]:
        """See ``ComparedRegister``."""
        with self._transaction() as session:
            row = session.get(TransferRow, transfer_id, with_for_update=True)
            if row is None:
                return [Became.NOT_TOLD for _ in found]
            before = self._status(row)
            if before is None:
                return _mark(session, row, found)
            after = show(before, found, at, all_compared=all_compared)
            self._show_items(row, after)
            became = [asked_before(before.attention, one) or Became.SHOWN for one in found]
            new = [one for one, how in zip(found, became, strict=True) if how is Became.SHOWN]
            session.add_all(_audit(transfer_id, "system", "needs attention", new=one.id) for one in new)
            return became

    def leave_difference(self, transfer_id: str, step: ResolveAttention) -> None:
        """Keep that a person left an item as it is that the register alone shows; what is over stays as it ended."""
        with self._transaction() as session:
            row = session.get_one(TransferRow, transfer_id, with_for_update=True)
            before = self._status(row)
            if before is not None and any(i.open and i.id == step.attention_id for i in before.attention):
                self._show_items(row, left_as_it_is(before, step))
                session.add(_audit(transfer_id, step.actor.id, "left as it is", new=step.attention_id))

    def _show_items(self, row: TransferRow, status: Status) -> None:
        row.waiting_for, row.attention = ",".join(status.waiting_for), ",".join(status.problems)
        row.status = self._seal(row.id, status)

    def status(self, transfer_id: str) -> Status | None:
        """The transfer as it was last shown in the register, or None where it is unknown."""
        with self._reading() as session:
            row = session.get(TransferRow, transfer_id)
            return self._status(row) if row else None

    def _status(self, row: TransferRow) -> Status | None:
        return Status.model_validate_json(self._unseal(row.id, row.status)) if row.status is not None else None

    def about(self, transfer_id: str) -> About | None:
        """What decides who may read about the transfer; None where it is not known."""
        with self._reading() as session:
            row = session.get(TransferRow, transfer_id)
            if row is None:
                return None
            named = frozenset(who for who in (row.social_worker, row.team_manager) if who)
            return About(restricted=row.restricted, named=named)

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read about the transfer."""
        with self._transaction() as session:
            session.add(_audit(transfer_id, who, what))

    def _keep_answer(self, session: Session, transfer_id: str, step: Step, said: _Answer) -> None:
        if session.get(ConsentRow, (transfer_id, step.step_id, said.child_ref)) is not None:
            return
        row = ConsentRow(
            transfer_id=transfer_id,
            step_id=step.step_id,
            child_ref=said.child_ref,
            service_ref=said.service_ref,
            answer=said.answer,
            answered_at=step.occurred_at,
            evidence=self._seal(transfer_id, step),
        )
        session.add(row)
        session.add(_audit(transfer_id, step.actor.id, "consent kept", new=f"{said.child_ref}: {said.answer}"))

    def _seal(self, transfer_id: str, value: Frozen) -> bytes:
        key_id, sealed = self.cipher.seal(value.model_dump_json().encode(), transfer_id.encode())
        return key_id.encode() + b"\n" + sealed

    def _unseal(self, transfer_id: str, sealed: bytes) -> bytes:
        key_id, _, rest = sealed.partition(b"\n")
        clear = self.cipher.open(key_id.decode(), rest, transfer_id.encode())
        if clear is None:
            raise UnreadableError("the register holds this under a key that is not here")
        return clear


class UnreadableError(Exception):
    """A sealed column cannot be opened with the keys at hand."""


def _calendar(row: CalendarRow) -> WorkingCalendar:
    return WorkingCalendar.model_validate_json(row.content)


def _service(session: Session, ref: str) -> EarlyHelpService:
    row = session.get(ServiceRow, ref)
    if row is None:
        raise StartRefusedError("service_ref", "the service directory does not know this service")
    return EarlyHelpService(**row.model_dump())


def _open_elsewhere(session: Session, request: StepDownRequest) -> str | None:
    refs = [child.ref for child in request.children]
    elsewhere = select(ChildRow).where(
        col(ChildRow.child_ref).in_(refs), col(ChildRow.open), ChildRow.transfer_id != request.id
    )
    row = session.exec(elsewhere).first()
    return row.transfer_id if row else None


def _add_transfer(session: Session, request: StepDownRequest, at: datetime, holder: str | None) -> None:
    session.add(
        TransferRow(
            id=request.id,
            version=0,
            route=request.route,
            stage="consent",
            service_ref=request.service_ref,
            social_work_team=request.social_work_team,
            social_worker=request.social_worker,
            team_manager=request.team_manager,
            waiting_for="social_worker",
            restricted=request.restricted,
            opened_at=at,
            duplicate_of=holder,
        )
    )
    session.flush()
    reserved = holder is None
    session.add_all(ChildRow(transfer_id=request.id, child_ref=child.ref, open=reserved) for child in request.children)
    what = "transfer opened" if reserved else "transfer not opened: a child is in another"
    session.add(_audit(request.id, request.social_worker, what, why="SD-01, SD-02, SD-03"))


def _add_lost(session: Session, status: Status) -> TransferRow:
    """The row of a transfer that runs and was lost here."""
    row = TransferRow(
        id=status.id,
        version=0,
        route=status.route,
        stage=status.stage,
        service_ref=status.service_ref,
        social_work_team=status.social_work_team,
        waiting_for="",
        restricted=status.restricted,
        opened_at=min(entry.recorded_at for entry in status.timeline),
    )
    session.add(row)
    session.flush()
    session.add_all(ChildRow(transfer_id=row.id, child_ref=child.ref, open=False) for child in status.children)
    session.flush()
    _reserve(session, row)
    return row


def _open_again(session: Session, row: TransferRow) -> None:
    """A closed transfer runs again."""
    row.closed_at = None
    session.add(_audit(row.id, "system", "transfer open again"))
    if row.duplicate_of is None:
        _reserve(session, row)


def _reserve(session: Session, row: TransferRow) -> None:
    """The transfer holds its children, but for those whom another one holds by now."""
    for child in session.exec(select(ChildRow).where(ChildRow.transfer_id == row.id)):
        elsewhere = select(ChildRow).where(ChildRow.child_ref == child.child_ref, col(ChildRow.open))
        child.open = session.exec(elsewhere).first() is None


def _children(session: Session, ids: Sequence[str]) -> Mapping[str, list[str]]:
    children: dict[str, list[str]] = defaultdict(list)
    for child in session.exec(select(ChildRow).where(col(ChildRow.transfer_id).in_(ids)).order_by("child_ref")):
        children[child.transfer_id].append(child.child_ref)
    return children


COMPARED = tuple(kind for kind, way in WAYS.items() if way.system is System.MOSAIC)


def _noted(session: Session, ids: Sequence[str]) -> Mapping[str, list[Noted]]:
    """What was done in Mosaic, or is under way there; an intent that was taken back is none."""
    noted: dict[str, list[Noted]] = defaultdict(list)
    counts = col(EffectRow.ended).is_not(None) | col(EffectRow.standing)
    found = select(EffectRow).where(col(EffectRow.transfer_id).in_(ids), col(EffectRow.kind).in_(COMPARED), counts)
    for row in session.exec(found.order_by(col(EffectRow.intended_at))):
        subject = row.key.removeprefix(f"{row.transfer_id}/{row.kind}/")
        effect, ended = Effect(kind=EffectKind(row.kind), subject=subject), Ended(row.ended) if row.ended else None
        noted[row.transfer_id].append(Noted(effect=effect, ended=ended, evidence=row.evidence or "", at=row.ended_at))
    return noted


def _mark(session: Session, row: TransferRow, found: Sequence[Difference]) -> Sequence[Became]:
    """Of a transfer that was never shown the lists can only say that something is wrong."""
    known = row.attention != ""
    row.attention, row.waiting_for = ",".join(one.kind for one in found), "operations" if found else "social_worker"
    if not known:
        session.add_all(_audit(row.id, "system", "needs attention", new=one.id) for one in found)
    return [Became.KNOWN if known else Became.SHOWN for _ in found]


def _show_time(session: Session, status: Status) -> None:
    """The clocks as they stand, and the alerts; an alert is recorded once."""
    for clock in status.clocks:
        row = session.get(ClockRow, (status.id, clock.id))
        if row is not None:
            row.state, row.answered_at, row.recorded_at = clock.state, clock.answered, clock.recorded
    for alert in status.alerts:
        if session.get(AlertRow, (status.id, alert.number)) is None:
            session.add(
                AlertRow(
                    transfer_id=status.id,
                    number=alert.number,
                    kind=alert.kind,
                    what=alert.what,
                    audiences=",".join(alert.audiences),
                    due=alert.due,
                    at=alert.at,
                    raised_at=alert.raised_at,
                )
            )


def _intended(intent: Intent) -> EffectRow:
    return EffectRow(
        key=intent.key,
        transfer_id=intent.transfer_id,
        kind=intent.effect.kind,
        clause=intent.clause,
        go=intent.go,
        attempts=1,
        standing=True,
        intended_at=datetime.now(UTC),
    )


def _result(row: EffectRow, intent: Intent) -> EffectResult:
    if row.ended is None or row.ended_at is None:
        raise AssertionError("asked only of an ended effect")
    return EffectResult(effect=intent.effect, ended=Ended(row.ended), evidence=row.evidence or "", at=row.ended_at)


def _audit(transfer_id: str, who: str, what: str, **change: Any) -> AuditRow:
    """A row with ``old``, ``new`` and ``why`` where they are given."""
    return AuditRow(transfer_id=transfer_id, at=datetime.now(UTC), who=who, what=what, **change)


def _late(session: Session) -> ColumnElement[float]:
    """By how many seconds an alert was raised late; summed up in the database, as alerts are kept for good."""
    due, raised = col(AlertRow.at), col(AlertRow.raised_at)
    if session.get_bind().dialect.name == "sqlite":
        seconds = (func.julianday(raised) - func.julianday(due)) * SECONDS_OF_A_DAY
    else:
        seconds = extract("epoch", raised - due)
    return case((raised > due, seconds), else_=0.0)


def _line(row: TransferRow, *, harm_reported: bool) -> TransferLine:
    return TransferLine(
        id=row.id,
        stage=row.stage,
        outcome=row.outcome,
        service_ref=row.service_ref,
        social_work_team=row.social_work_team,
        waiting_for=_parted(row.waiting_for),
        needs_attention=row.attention != "",
        attention=_parted(row.attention),
        restricted=row.restricted,
        response=row.response,
        response_due=row.response_due,
        opened_at=row.opened_at,
        harm_reported=harm_reported,
    )


def _parted(joined: str) -> tuple[str, ...]:
    return tuple(filter(None, joined.split(",")))


def _running(row: TransferRow, service: str, clocks: Sequence[RunningClock]) -> RunningTransfer:
    return RunningTransfer(
        id=row.id,
        stage=Stage(row.stage),
        service_ref=row.service_ref,
        service=service,
        social_work_team=row.social_work_team,
        social_worker=row.social_worker,
        team_manager=row.team_manager,
        restricted=row.restricted,
        waiting_for=_parted(row.waiting_for),
        clocks=tuple(clocks),
    )


def _running_clock(row: ClockRow) -> RunningClock:
    due = None if row.state in WITHOUT_DUE_DATE else row.due
    return RunningClock(kind=ClockKind(row.kind), since=row.received, due=due)
