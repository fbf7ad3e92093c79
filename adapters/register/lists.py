"""Lists of transfers: for people who look what is open, and for the morning digest."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from adapters.register.store import Store
from models.journey.clocks import ClockState
from models.journey.steps import ReportSignificantHarm, step_name
from models.kinds import ClockKind
from models.operations.digest import RunningClock, RunningTransfer
from models.register.tables import ClockRow, EvidenceRow, ServiceRow, TransferRow

ENDED_CLOCKS = frozenset({ClockState.MET, ClockState.LATE, ClockState.NEEDLESS})
WITHOUT_DUE_DATE = frozenset({ClockState.STARTING, ClockState.PAUSED})
HARM = step_name(ReportSignificantHarm)
"""How evidence of significant harm is named."""


@dataclass(frozen=True)
class TransferLine:
    """One line of the list of transfers."""

    id: str
    stage: str
    stage_words: str
    """The stage as people read it."""
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


@dataclass(frozen=True)
class SqlLists:
    """Fits ``OpenTransfers``, and is read by the commands."""

    store: Store

    def transfers(self) -> Sequence[TransferLine]:
        """All transfers, the newest first."""
        with self.store.reading() as session:
            rows = session.exec(select(TransferRow).order_by(col(TransferRow.opened_at).desc()))
            harm = set(session.exec(select(EvidenceRow.transfer_id).where(EvidenceRow.step == HARM)))
            return [_line(row, harm_reported=row.id in harm) for row in rows]

    def open_between(self) -> Sequence[tuple[str, str]]:
        """The service and the team of open transfers, each pair once; those of restricted families are omitted."""
        with self.store.reading() as session:
            found = select(TransferRow.service_ref, TransferRow.social_work_team).distinct()
            return session.exec(found.where(col(TransferRow.outcome).is_(None), ~col(TransferRow.restricted))).all()

    def running_transfers(self) -> Sequence[RunningTransfer]:
        """See ``OpenTransfers``."""
        with self.store.reading() as session:
            clocks = _running_clocks(session)
            found = select(TransferRow, ServiceRow.name).where(col(TransferRow.outcome).is_(None))
            rows = session.exec(found.outerjoin(ServiceRow, col(ServiceRow.ref) == col(TransferRow.service_ref)))
            return [_running(row, name or row.service_ref, clocks[row.id]) for row, name in rows]


def parted(joined: str) -> tuple[str, ...]:
    """What stands in one column with commas between."""
    return tuple(filter(None, joined.split(",")))


def _line(row: TransferRow, *, harm_reported: bool) -> TransferLine:
    return TransferLine(
        id=row.id,
        stage=row.stage,
        stage_words=row.stage_words,
        outcome=row.outcome,
        service_ref=row.service_ref,
        social_work_team=row.social_work_team,
        waiting_for=parted(row.waiting_for),
        needs_attention=row.attention != "",
        attention=parted(row.attention),
        restricted=row.restricted,
        response=row.response,
        response_due=row.response_due,
        opened_at=row.opened_at,
        harm_reported=harm_reported,
    )


def _running_clocks(session: Session) -> Mapping[str, list[RunningClock]]:
    """The clocks that run, by transfer; a transfer without one has none."""
    clocks: dict[str, list[RunningClock]] = defaultdict(list)
    for row in session.exec(select(ClockRow).join(TransferRow).where(col(TransferRow.outcome).is_(None))):
        if row.state not in ENDED_CLOCKS:
            due = None if row.state in WITHOUT_DUE_DATE else row.due
            clocks[row.transfer_id].append(RunningClock(kind=ClockKind(row.kind), since=row.received, due=due))
    return clocks


def _running(row: TransferRow, service: str, clocks: Sequence[RunningClock]) -> RunningTransfer:
    return RunningTransfer(
        id=row.id,
        stage_words=row.stage_words,
        service_ref=row.service_ref,
        service=service,
        social_work_team=row.social_work_team,
        social_worker=row.social_worker,
        team_manager=row.team_manager,
        restricted=row.restricted,
        waiting_for=parted(row.waiting_for),
        clocks=tuple(clocks),
    )
