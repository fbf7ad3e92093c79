"""The register whole: every part of it in one, as tests write and read it from all sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from adapters.encryption import Cipher
from adapters.register.clocks import SqlClocks
from adapters.register.comparison import SqlComparison
from adapters.register.directory import SqlDirectory
from adapters.register.effect_book import SqlEffectBook
from adapters.register.evidence import SqlEvidence
from adapters.register.lists import SqlLists, TransferLine, Wanted
from adapters.register.readings import SqlReadings
from adapters.register.reports import SqlReports
from adapters.register.running import SqlRunning
from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from adapters.register.transfers import SqlTransfers


@dataclass(frozen=True)
class WholeRegister(
    SqlTransfers,
    SqlEvidence,
    SqlEffectBook,
    SqlClocks,
    SqlDirectory,
    SqlLists,
    SqlRunning,
    SqlReports,
    SqlComparison,
    SqlReadings,
):
    """No process has all of it; each wiring composes what it needs."""

    @property
    def engine(self) -> Engine:
        return self.store.engine

    def transfers(self) -> Sequence[TransferLine]:
        """All of them, the newest first."""
        return self.page(Wanted(ended=True), 1, 10_000).lines


def register_at(url: str, cipher: Cipher) -> WholeRegister:
    """As it stands there."""
    return WholeRegister(Store(register_engine(RegisterSettings(url=url)), cipher))


def new_register(url: str, cipher: Cipher) -> WholeRegister:
    """With its tables."""
    migrate(RegisterSettings(url=url))
    return register_at(url, cipher)
