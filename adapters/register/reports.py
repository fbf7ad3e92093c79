"""Reports: what the report of a time is counted from, and how everything stands now, in figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from adapters.register.lists import parted
from adapters.register.store import Store, select_plain
from models.journey.clocks import ClockState
from models.kinds import ClockKind
from models.operations.figures import Figures, Told
from models.operations.report import Asked, Ran
from models.register.tables import (
    IS_OPEN,
    IS_OWED,
    RUNS,
    SAYS_HARM,
    AlertRow,
    ClockRow,
    EvidenceRow,
    TransferRow,
    columns,
)

ASKED_ALIKE = columns(
    *(ClockRow.service_ref, TransferRow.social_work_team, ClockRow.state, ClockRow.was_paused, ClockRow.hours),
    ClockRow.kind,
)
RAN_ALIKE = columns(TransferRow.service_ref, TransferRow.social_work_team, TransferRow.outcome)
STANDS = columns(ClockRow.kind, ClockRow.state)
TOLD = columns(AlertRow.kind, AlertRow.what)


@dataclass(frozen=True)
class SqlReports:
    """Read by the report, and by the metrics of the worker; whatever is alike is counted in the database."""

    store: Store

    def asked(self, since: datetime, until: datetime) -> Sequence[Asked]:
        """The answers that services owed, of those that were asked in this time."""
        within = (IS_OWED, col(ClockRow.received) >= since, col(ClockRow.received) < until)
        found = select_plain(*ASKED_ALIKE, func.count()).select_from(ClockRow).join(TransferRow).where(*within)
        with self.store.reading() as session:
            return [
                Asked(service, team, ClockState(state), was_paused, hours, number, ClockKind(kind))
                for service, team, state, was_paused, hours, kind, number in session.exec(found.group_by(*ASKED_ALIKE))
            ]

    def ran(self, since: datetime, until: datetime) -> Sequence[Ran]:
        """The transfers that were started in this time, with how they ended."""
        within = (col(TransferRow.opened_at) >= since, col(TransferRow.opened_at) < until)
        found = select_plain(*RAN_ALIKE, func.count()).where(*within).group_by(*RAN_ALIKE)
        with self.store.reading() as session:
            return [Ran(*row) for row in session.exec(found)]

    def figures(self) -> Figures:
        """How everything stands now."""
        with self.store.reading() as session:
            return Figures(
                _open_by_stage(session), _clocks(session), _alerts(session), _attention(session), _harm(session)
            )


def _open_by_stage(session: Session) -> Mapping[str, int]:
    stage = col(TransferRow.stage)
    return dict(session.exec(select(stage, func.count()).where(IS_OPEN).group_by(stage)).all())


def _clocks(session: Session) -> Mapping[tuple[str, str], int]:
    running = select_plain(*STANDS, func.count()).select_from(ClockRow).join(TransferRow).where(IS_OPEN, RUNS)
    return {(kind, state): number for kind, state, number in session.exec(running.group_by(*STANDS))}


def _alerts(session: Session) -> Mapping[tuple[str, str], Told]:
    """Counted over all years, as alerts are kept for good."""
    told = select_plain(*TOLD, func.count(), func.sum(col(AlertRow.late_ms))).group_by(*TOLD)
    return {
        (kind, what): Told(number, timedelta(milliseconds=int(late))) for kind, what, number, late in session.exec(told)
    }


def _attention(session: Session) -> Mapping[str, int]:
    needed = select(col(TransferRow.attention)).where(IS_OPEN, col(TransferRow.attention) != "")
    return Counter(problem for problems in session.exec(needed) for problem in parted(problems))


def _harm(session: Session) -> int:
    """How many reports of significant harm there were; what adds to one, as who was spoken to, is none."""
    first_said = (SAYS_HARM, col(EvidenceRow.corrects).is_(None))
    return session.exec(select(func.count()).select_from(EvidenceRow).where(*first_said)).one()
