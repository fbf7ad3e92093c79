"""Reports: what the report of a time is counted from, and how everything stands now, in figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, extract, func
from sqlmodel import Session, col, select

from adapters.register.clocks import calendar_of, certificate_of
from adapters.register.lists import ENDED_CLOCKS, HARM, parted
from adapters.register.store import Store
from models.journey.clocks import ClockState
from models.kinds import RESPONSES
from models.operations.figures import Figures, Told
from models.operations.report import Asked, Ran
from models.register.tables import AlertRow, CalendarRow, ClockRow, EvidenceRow, TransferRow

SECONDS_OF_A_DAY = 24 * 60 * 60
IS_OPEN = col(TransferRow.outcome).is_(None)


@dataclass(frozen=True)
class SqlReports:
    """Read by the report, and by the metrics of the worker."""

    store: Store

    def asked(self, since: datetime, until: datetime) -> Sequence[Asked]:
        """The answers that services owed, of those that were asked in this time."""
        with self.store.reading() as session:
            calendars = {row.version: calendar_of(row) for row in session.exec(select(CalendarRow))}
            found = select(ClockRow, TransferRow.social_work_team).join(TransferRow)
            within = col(ClockRow.kind).in_(RESPONSES) & (ClockRow.received >= since) & (ClockRow.received < until)
            return [
                Asked(
                    service_ref=row.service_ref,
                    social_work_team=team,
                    state=ClockState(row.state),
                    answered_at=row.answered_at,
                    certificate=certificate_of(self.store, row),
                    calendar=calendars[row.calendar],
                )
                for row, team in session.exec(found.where(within))
            ]

    def ran(self, since: datetime, until: datetime) -> Sequence[Ran]:
        """The transfers that were started in this time, with how they ended."""
        with self.store.reading() as session:
            within = (TransferRow.opened_at >= since) & (TransferRow.opened_at < until)
            rows = session.exec(select(TransferRow).where(within))
            return [Ran(row.service_ref, row.social_work_team, row.outcome) for row in rows]

    def figures(self) -> Figures:
        """How everything stands now."""
        with self.store.reading() as session:
            return Figures(
                _open_by_stage(session), _clocks(session), _alerts(session), _attention(session), _harm(session)
            )


def _open_by_stage(session: Session) -> Mapping[str, int]:
    stages = select(TransferRow.stage, func.count()).where(IS_OPEN).group_by(TransferRow.stage)
    return dict(session.exec(stages).all())


def _clocks(session: Session) -> Mapping[tuple[str, str], int]:
    running = select(ClockRow.kind, ClockRow.state, func.count()).join(TransferRow).where(IS_OPEN)
    running = running.where(col(ClockRow.state).not_in(ENDED_CLOCKS)).group_by(ClockRow.kind, ClockRow.state)
    return {(kind, state): number for kind, state, number in session.exec(running)}


def _alerts(session: Session) -> Mapping[tuple[str, str], Told]:
    told = select(AlertRow.kind, AlertRow.what, func.count(), func.sum(_late(session)))
    return {
        (kind, what): Told(number, timedelta(milliseconds=round(1000 * float(late))))
        for kind, what, number, late in session.exec(told.group_by(AlertRow.kind, AlertRow.what))
    }


def _late(session: Session) -> ColumnElement[float]:
    """By how many seconds an alert was raised late; summed up in the database, as alerts are kept for good."""
    due, raised = col(AlertRow.at), col(AlertRow.raised_at)
    if session.get_bind().dialect.name == "sqlite":
        seconds = (func.julianday(raised) - func.julianday(due)) * SECONDS_OF_A_DAY
    else:
        seconds = extract("epoch", raised - due)
    return case((raised > due, seconds), else_=0.0)


def _attention(session: Session) -> Mapping[str, int]:
    asked = session.exec(select(TransferRow.attention).where(IS_OPEN, TransferRow.attention != ""))
    return Counter(problem for problems in asked for problem in parted(problems))


def _harm(session: Session) -> int:
    """How many reports of significant harm there were; what adds to one, as who was spoken to, is none."""
    first_said = (col(EvidenceRow.step) == HARM) & col(EvidenceRow.corrects).is_(None)
    return session.exec(select(func.count()).select_from(EvidenceRow).where(first_said)).one()
