"""The register whole: every part of it in one, as tests write and read it from all sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from adapters.keyring import Cipher
from adapters.register.advice import SqlAdvice
from adapters.register.again import SqlAgain
from adapters.register.clocks import SqlClocks, keep_calendar, keep_due_date
from adapters.register.comparison import SqlComparison
from adapters.register.directory import SqlDirectory
from adapters.register.effect_book import SqlEffectBook
from adapters.register.evidence import keep_evidence
from adapters.register.families import SqlFamilies
from adapters.register.lists import SqlLists, TransferLine, Wanted
from adapters.register.readings import SqlReadings
from adapters.register.reports import SqlReports
from adapters.register.running import SqlRunning
from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from adapters.register.transfers import SqlTransfers
from models.calendar import WorkingCalendar
from models.journey.projection import DueDate, Projection
from models.journey.recorded import Opening, RecordedStep
from models.journey.status import Status, status
from models.policy import Policy
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.start import StepDownRequest
from tests.builders import calendar


@dataclass(frozen=True)
class WholeRegister(
    SqlTransfers,
    SqlEffectBook,
    SqlClocks,
    SqlDirectory,
    SqlLists,
    SqlRunning,
    SqlReports,
    SqlComparison,
    SqlReadings,
    SqlAdvice,
    SqlAgain,
    SqlFamilies,
):
    """No process has all of it; each wiring composes what it needs."""

    def opened(self, request: StepDownRequest, at: datetime) -> Opening:
        return self.open_transfer(request, at, calendar(), lambda opening: _begun(request, at, opening))

    def shows(self, status: Status, version: int, *due_dates: DueDate) -> None:
        self.project(Projection(status=status, version=version, due_dates=due_dates), calendar())

    def store_evidence(self, transfer_id: str, entry: RecordedStep) -> None:
        with self.store.transaction() as session:
            keep_evidence(self.store, session, transfer_id, entry)

    def keeps(self, transfer_id: str, due_date: DueDate, days: WorkingCalendar) -> None:
        with self.store.transaction() as session:
            keep_calendar(session, days)
            keep_due_date(self.store, session, transfer_id, due_date)

    @property
    def engine(self) -> Engine:
        return self.store.engine

    def transfers(self) -> Sequence[TransferLine]:
        """All of them, the newest first."""
        return self.page(Wanted(ended=True), 1, 10_000).lines


def register_at(url: str, cipher: Cipher) -> WholeRegister:
    """As it stands there; letters leave at any hour, so that what is played goes the same way at night."""
    store = Store(register_engine(RegisterSettings(url=url)), cipher)
    return WholeRegister(store, policy=Policy(letter_hours=None))


def new_register(url: str, cipher: Cipher) -> WholeRegister:
    """With its tables."""
    migrate(RegisterSettings(url=url))
    return register_at(url, cipher)


def _begun(request: StepDownRequest, at: datetime, opening: Opening) -> Status:
    return status(STEP_DOWN, StepDownFacts(request=request, opened_at=at, opening=opening))
