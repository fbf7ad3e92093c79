"""Reports: what the report of a time is counted from, and how everything stands now, in figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from adapters.register.lists import parted
from adapters.register.running import WITHOUT_DUE_DATE
from adapters.register.store import Store, select_plain
from models.journey.clocks import ClockState
from models.kinds import ClockKind
from models.operations.figures import LATE, Figures, Told, Waits
from models.operations.report import Asked, Ran
from models.register.tables import (
    IN_HAND,
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
    *(ClockRow.kind, TransferRow.journey),
)
RAN_ALIKE = columns(
    *(TransferRow.service_ref, TransferRow.social_work_team, TransferRow.outcome, TransferRow.journey),
)
STANDS_ALIKE = columns(
    *(TransferRow.stage, TransferRow.outcome, TransferRow.waiting_for, TransferRow.attention, TransferRow.harm)
)
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
                Asked(journey, service, team, ClockState(state), was_paused, hours, number, ClockKind(kind))
                for service, team, state, was_paused, hours, kind, journey, number in session.exec(
                    found.group_by(*ASKED_ALIKE)
                )
            ]

    def ran(self, since: datetime, until: datetime) -> Sequence[Ran]:
        """The transfers that were started in this time, with how they ended."""
        within = (col(TransferRow.opened_at) >= since, col(TransferRow.opened_at) < until)
        found = select_plain(*RAN_ALIKE, func.count()).where(*within).group_by(*RAN_ALIKE)
        with self.store.reading() as session:
            return [
                Ran(journey, service, team, outcome, number)
                for service, team, outcome, journey, number in session.exec(found)
            ]

    def figures(self) -> Figures:
        """How everything stands now."""
        with self.store.reading() as session:
            now = _in_hand(session)
            return Figures(
                now.stages, now.waiting, _clocks(session), _alerts(session), now.attention, now.harm, _harm(session)
            )


class _InHand(NamedTuple):
    stages: Counter[str]
    waiting: Counter[tuple[str, str]]
    attention: Counter[str]
    harm: Counter[str]


def _in_hand(session: Session) -> _InHand:
    """Open transfers, counted in each way; by what is wrong also those that have ended."""
    now = _InHand(Counter(), Counter(), Counter(), Counter())
    alike = select_plain(*STANDS_ALIKE, func.count()).where(IN_HAND).group_by(*STANDS_ALIKE)
    for stage, outcome, whom, problems, harm, number in session.exec(alike):
        for problem in parted(problems):
            now.attention[problem] += number
        if outcome is None:
            now.stages[stage] += number
            now.waiting.update({(stage, one): number for one in parted(whom)})
            now.harm.update({harm: number} if harm else {})
    return now


def _clocks(session: Session) -> Mapping[tuple[str, str], Waits]:
    since, due = func.min(col(ClockRow.received)), func.min(col(ClockRow.due))
    running = select_plain(*STANDS, func.count(), since, due).select_from(ClockRow).join(TransferRow)
    return {
        (kind, state): Waits(number, oldest, None if state in WITHOUT_DUE_DATE else first)
        for kind, state, number, oldest, first in session.exec(running.where(IS_OPEN, RUNS).group_by(*STANDS))
    }


def _alerts(session: Session) -> Mapping[tuple[str, str], Told]:
    """Counted over all years, as alerts are kept for good."""
    is_late = col(AlertRow.late_ms) > LATE // timedelta(milliseconds=1)
    counted = (func.count(), func.sum(col(AlertRow.late_ms)), func.sum(case((is_late, 1), else_=0)))
    return {
        (kind, what): Told(number, timedelta(milliseconds=int(lateness)), int(late))
        for kind, what, number, lateness, late in session.exec(select_plain(*TOLD, *counted).group_by(*TOLD))
    }


def _harm(session: Session) -> int:
    """How many reports of significant harm there were; what adds to one, as who was spoken to, is none."""
    first_said = (SAYS_HARM, col(EvidenceRow.corrects).is_(None))
    return session.exec(select(func.count()).select_from(EvidenceRow).where(*first_said)).one()
