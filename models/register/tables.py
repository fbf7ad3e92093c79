"""The tables of the register. What people wrote stands in sealed columns; the rest are references."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, DateTime, Dialect, Index, LargeBinary, String, literal_column
from sqlalchemy.types import TypeDecorator
from sqlmodel import AutoString, Field, SQLModel, col

from models.kinds import JourneyKind


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: kept in UTC, given back aware, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Keep UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Give back an aware instant, in UTC."""
        if value is None or value.tzinfo is UTC:
            return value
        # SQLite knows no zones, and PostgreSQL answers in that of its server.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _instant(*, nullable: bool = False) -> Any:
    return Field(sa_column=Column(UtcDateTime(), nullable=nullable), default=None)


def _sealed() -> Any:
    return Field(sa_column=Column(LargeBinary(), nullable=False))


class ServiceRow(SQLModel, table=True):
    """An Early Help service, as the directory has it."""

    __tablename__ = "services"
    ref: str = Field(primary_key=True)
    name: str
    contact_email: str
    contact_kind: str
    manager_email: str | None = None
    mosaic_team: str | None = None


class PersonRow(SQLModel, table=True):
    """A person, team or office of the council, as the directory has it."""

    __tablename__ = "people"
    ref: str = Field(primary_key=True)
    email: str
    name: str | None = None
    telephone: str | None = None
    roles: str = ""
    """With commas between, as ``teams`` and ``covers``."""
    teams: str = ""
    covers: str = ""
    cover_from: date | None = None
    cover_until: date | None = None
    until: date | None = None


class CalendarRow(SQLModel, table=True):
    """A working calendar that a due date rests on; never changed."""

    __tablename__ = "calendars"
    version: str = Field(primary_key=True)
    content: str


class TransferRow(SQLModel, table=True):
    """A transfer as it stands: a projection of the workflow."""

    __tablename__ = "transfers"
    id: str = Field(primary_key=True)
    journey: str
    """Which kind of journey it is, as its workflow id begins."""
    family_ref: str
    version: int
    route: str
    stage: str
    stage_words: str
    """The stage as people read it."""
    outcome: str | None = None
    service_ref: str
    social_work_team: str | None = None
    """None where the service answers for it."""
    social_worker: str | None = None
    team_manager: str | None = None
    waiting_for: str
    attention: str = ""
    """What is wrong, of each item that waits for a person, with commas between."""
    harm: str = ""
    """How its reports of significant harm stand: ``HarmState``; empty where there is none (SU-01)."""
    restricted: bool = False
    response: str = "none"
    """How those stand who must answer: ``ResponseState``."""
    response_due: datetime | None = _instant(nullable=True)
    let_go: str = ""
    """The kinds of response to which social work let its children go, each once, with commas between."""
    duplicate_of: str | None = None
    """The open transfer that held a child when this one was started."""
    opened_at: datetime = _instant()
    closed_at: datetime | None = _instant(nullable=True)
    status: bytes | None = Field(sa_column=Column(LargeBinary(), nullable=True), default=None)

    @property
    def in_hand(self) -> bool:
        """It is open, or something in it waits for a person."""
        return self.outcome is None or self.attention != ""

    @property
    def in_social_work(self) -> bool:
        """A team of social work is responsible for it."""
        return self.social_work_team is not None


class How(StrEnum):
    """Why somebody finds a journey."""

    NAMED = "named"
    """They are responsible for the family by name."""
    OWN = "own"
    """It is their team's, their office's, or their service's."""
    AGREED = "agreed"
    """It is agreed that their service may see children of it."""


class SeenByRow(SQLModel, table=True):
    """Who finds a journey, and why; how much of it they see, ``models.access`` says."""

    __tablename__ = "seen_by"
    transfer_id: str = Field(primary_key=True, foreign_key="transfers.id")
    ref: str = Field(primary_key=True)
    """Of a person, team, office or service."""
    how: str = Field(primary_key=True)
    """``How``."""
    journey: str
    """As in the journey's own row, as are the next two: so that the newest of a kind are found first."""
    opened_at: datetime = _instant()
    in_hand: bool


class AdviceRow(SQLModel, table=True):
    """How often advice was given about families whom nobody named; nothing of them stands anywhere (ER-08)."""

    __tablename__ = "advice"
    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    number: int


class ChildRow(SQLModel, table=True):
    """A child of a journey; while ``open``, no other journey of this kind may hold it."""

    __tablename__ = "children"
    transfer_id: str = Field(primary_key=True, foreign_key="transfers.id")
    child_ref: str = Field(primary_key=True)
    journey: str
    """Of which kind."""
    open: bool
    response: str = ""
    """To which kind of response social work let the child go in this journey; empty where it did not."""
    let_go_at: datetime | None = _instant(nullable=True)
    """When that was shown first."""
    agreed_for: str = ""
    """The service that may see how it stands with the child now, by reference; empty where none may."""


class EvidenceRow(SQLModel, table=True):
    """A step that is kept as evidence, as it was taken."""

    __tablename__ = "evidence"
    transfer_id: str = Field(primary_key=True, foreign_key="transfers.id")
    step_id: str = Field(primary_key=True)
    step: str
    service_ref: str
    """The service that the transfer went to when it was taken."""
    occurred_at: datetime = _instant()
    accepted_at: datetime = _instant()
    recorded_by: str
    corrects: str | None = None
    """The step that it replaces, or to which it adds."""
    record: bytes = _sealed()


class OrganiserRow(SQLModel, table=True):
    """Under which address a meeting stands in calendars, whoever is told of it since."""

    __tablename__ = "organisers"
    uid: str = Field(primary_key=True)
    address: str


class EffectRow(SQLModel, table=True):
    """An effect: its intent before, its result after."""

    __tablename__ = "effects"
    key: str = Field(primary_key=True)
    transfer_id: str = Field(index=True)
    kind: str
    effect: str
    """Its identity, as JSON."""
    clause: str
    go: int
    attempts: int
    unsure: int
    """How many attempts of this go wrote their intent, and nothing says that it did not happen."""
    intended_at: datetime = _instant()
    """When the first attempt began that may have done it."""
    ended: str | None = None
    ended_at: datetime | None = _instant(nullable=True)
    evidence: str | None = None
    closed_step: str | None = None
    """The closing step in Mosaic that shows it, as JSON."""
    shared_document: str | None = None
    """The sharing in Mosaic that shows it, as JSON."""


class AskedRow(SQLModel, table=True):
    """A problem that concerns all transfers, and the effect that asks a person about it for all."""

    __tablename__ = "asked"
    problem: str = Field(primary_key=True)
    key: str
    transfer_id: str
    at: datetime = _instant()


class ClockRow(SQLModel, table=True):
    """Something that is, or was, waited for, with how its due date came about."""

    __tablename__ = "clocks"
    transfer_id: str = Field(primary_key=True, foreign_key="transfers.id")
    clock_id: str = Field(primary_key=True)
    kind: str
    service_ref: str
    """The service that the transfer went to when it began."""
    received: datetime = _instant()
    due: datetime = _instant()
    calendar: str = Field(foreign_key="calendars.version")
    state: str
    answered_at: datetime | None = _instant(nullable=True)
    recorded_at: datetime | None = _instant(nullable=True)
    hours: float | None = None
    """Working hours until a service's answer, to a tenth; None where there is none, or they are not known."""
    was_paused: bool = False
    """It was paused at some time, and runs again, or has ended."""
    certificate: bytes = _sealed()


class AlertRow(SQLModel, table=True):
    """Somebody was told that time runs out, or has run out."""

    __tablename__ = "alerts"
    transfer_id: str = Field(primary_key=True, foreign_key="transfers.id")
    number: int = Field(primary_key=True)
    kind: str
    what: str
    audiences: str
    due: datetime = _instant()
    at: datetime = _instant()
    raised_at: datetime = _instant()
    late_ms: int = Field(sa_type=BigInteger)
    """How late it was raised, in milliseconds: as nothing ran, or the machine was busy."""


class AuditRow(SQLModel, table=True):
    """Who did what, when, why; rows are only ever added."""

    __tablename__ = "audit_events"
    id: int | None = Field(default=None, primary_key=True)
    transfer_id: str = Field(index=True)
    at: datetime = _instant()
    who: str
    what: str
    old: str | None = None
    new: str | None = None
    why: str | None = None


BY_BYTES = String().with_variant(String(collation="C"), "postgresql")
"""Text that is sorted and compared as on SQLite, by whatever rules of a language the server goes."""
for _column in (column for table in SQLModel.metadata.tables.values() for column in table.columns):
    if isinstance(_column.type, AutoString):
        _column.type = BY_BYTES


def _said(*words: str) -> list[ColumnElement[str]]:
    """Words that stand in the statement itself: the database uses an index only where it sees what is asked."""
    return [literal_column(f"'{word}'") for word in words]


def columns(*named: Any) -> tuple[Any, ...]:
    """Columns as a statement takes them, however many they are."""
    return tuple(col(one) for one in named)


def _index(name: str, *named: Any, where: ColumnElement[bool] | None = None, unique: bool = False) -> Index:
    return Index(name, *columns(*named), unique=unique, sqlite_where=where, postgresql_where=where)


IS_OPEN = col(TransferRow.outcome).is_(None)
IN_HAND = IS_OPEN | (col(TransferRow.attention) != _said("")[0])
"""Open, or ended with something that waits for a person."""
FINDS = (SeenByRow.ref, SeenByRow.how, SeenByRow.journey, SeenByRow.opened_at, SeenByRow.transfer_id)
SEEN_IN_HAND = col(SeenByRow.in_hand).is_(True)
HOLDS_CHILD = col(ChildRow.open).is_(True)
RUNS = col(ClockRow.state).not_in(_said("met", "late", "answered", "needless"))
IS_OWED = col(ClockRow.kind).in_(_said("conversation", "acknowledgement", "first_contact", "help_request"))
"""Services owe the answer; the other clocks are waits of our own people."""
LET_SOMEBODY_GO = col(TransferRow.let_go) != _said("")[0]
LET_GO = col(ChildRow.response) != _said("")[0]
"""Social work has closed the child's case."""
REFERRED = _said(JourneyKind.STEP_UP)[0]
SAYS_HARM = col(EvidenceRow.step).in_(_said("report_significant_harm", "acknowledge_transfer"))
"""What queries ask for, and what indexes hold, in the same words: otherwise the whole table is read."""

INDEXES = (
    _index("one_open_transfer_per_child", ChildRow.child_ref, ChildRow.journey, where=HOLDS_CHILD, unique=True),
    _index(
        "transfers_in_hand",
        *(TransferRow.opened_at, TransferRow.id, TransferRow.stage, TransferRow.outcome),
        *(TransferRow.attention, TransferRow.waiting_for, TransferRow.harm),
        where=IN_HAND,
    ),
    _index(
        "transfers_started",
        *(TransferRow.opened_at, TransferRow.id, TransferRow.stage, TransferRow.outcome),
        *(TransferRow.service_ref, TransferRow.social_work_team, TransferRow.restricted, TransferRow.journey),
    ),
    _index("transfers_ended", TransferRow.closed_at, TransferRow.id),
    _index(
        "families_of_ended",
        *(TransferRow.closed_at, TransferRow.id, TransferRow.service_ref, TransferRow.route),
        *(TransferRow.family_ref, TransferRow.let_go),
        where=LET_SOMEBODY_GO,
    ),
    _index("transfers_of_family", TransferRow.family_ref, TransferRow.opened_at, TransferRow.id),
    _index(
        "children_let_go",
        *(ChildRow.child_ref, ChildRow.transfer_id, ChildRow.response, ChildRow.let_go_at),
        where=LET_GO,
    ),
    _index("children_referred", ChildRow.child_ref, ChildRow.transfer_id, where=col(ChildRow.journey) == REFERRED),
    _index(
        "clocks_running",
        *(ClockRow.transfer_id, ClockRow.kind, ClockRow.state, ClockRow.received, ClockRow.due),
        where=RUNS,
    ),
    _index(
        "clocks_of_services",
        *(ClockRow.received, ClockRow.transfer_id, ClockRow.service_ref, ClockRow.state),
        *(ClockRow.was_paused, ClockRow.hours, ClockRow.kind),
        where=IS_OWED,
    ),
    _index("journeys_seen", *FINDS),
    _index("journeys_seen_in_hand", *FINDS, where=SEEN_IN_HAND),
    _index("harm_reports", EvidenceRow.transfer_id, EvidenceRow.corrects, EvidenceRow.step, where=SAYS_HARM),
    _index("alerts_told", AlertRow.kind, AlertRow.what, AlertRow.late_ms),
)
"""An index holds every column that its readers count or ask for, so that no row is opened for it."""
