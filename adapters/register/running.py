"""The open transfers with what they wait for, as the morning digest reads them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row
from sqlmodel import Session, col

from adapters.register.lists import parted
from adapters.register.store import Store, select_plain
from models.journey.clocks import ClockState
from models.kinds import Audience, ClockKind
from models.operations.digest import Recipient, RunningClock, RunningTransfer
from models.register.tables import IS_OPEN, RUNS, ClockRow, ServiceRow, TransferRow, columns

WITHOUT_DUE_DATE = frozenset({ClockState.STARTING, ClockState.PAUSED})
TOLD = columns(
    TransferRow.id,
    TransferRow.journey,
    TransferRow.stage_words,
    TransferRow.service_ref,
    TransferRow.social_work_team,
    TransferRow.social_worker,
    TransferRow.team_manager,
    TransferRow.restricted,
    TransferRow.waiting_for,
)
"""What the morning digest tells of a transfer."""
CLOCK = columns(ClockRow.transfer_id, ClockRow.kind, ClockRow.state, ClockRow.received, ClockRow.due)
NAMED_IN = {
    Audience.EARLY_HELP_CONTACT: col(TransferRow.service_ref),
    Audience.EARLY_HELP_MANAGER: col(TransferRow.service_ref),
    Audience.SOCIAL_WORKER: col(TransferRow.social_worker),
    Audience.TEAM_MANAGER: col(TransferRow.team_manager),
}
"""Where a reader stands who reads of some transfers only; an office reads of all."""


@dataclass(frozen=True)
class SqlRunning:
    """Fits ``OpenTransfers``."""

    store: Store

    def running_transfers(self, reader: Recipient | None = None) -> Sequence[RunningTransfer]:
        """See ``OpenTransfers``."""
        told = (IS_OPEN, *_names(reader))
        with self.store.reading() as session:
            clocks = _running_clocks(session, told)
            found = select_plain(*TOLD, col(ServiceRow.name)).where(*told)
            named = found.outerjoin(ServiceRow, col(ServiceRow.ref) == col(TransferRow.service_ref))
            return [_running(row, clocks[row.id]) for row in session.exec(named)]


def _names(reader: Recipient | None) -> Iterator[ColumnElement[bool]]:
    """Which transfers the reader may read of at all."""
    if reader is not None and reader.audience in NAMED_IN:
        yield NAMED_IN[reader.audience] == reader.ref


def _running_clocks(session: Session, told: Collection[ColumnElement[bool]]) -> Mapping[str, list[RunningClock]]:
    """The clocks that run, by transfer; a transfer without one has none."""
    clocks: dict[str, list[RunningClock]] = defaultdict(list)
    running = select_plain(*CLOCK).join(TransferRow).where(RUNS, *told)
    for transfer, kind, state, since, due in session.exec(running):
        due_now = None if state in WITHOUT_DUE_DATE else due
        clocks[transfer].append(RunningClock(kind=ClockKind(kind), since=since, due=due_now))
    return clocks


def _running(row: Row[Any], clocks: Sequence[RunningClock]) -> RunningTransfer:
    return RunningTransfer(
        id=row.id,
        journey=row.journey,
        stage_words=row.stage_words,
        service_ref=row.service_ref,
        service=row.name or row.service_ref,
        social_work_team=row.social_work_team,
        social_worker=row.social_worker,
        team_manager=row.team_manager,
        restricted=row.restricted,
        waiting_for=parted(row.waiting_for),
        clocks=tuple(clocks),
    )
