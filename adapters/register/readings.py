"""Readings: who may read about a transfer, and who did."""

from dataclasses import dataclass

from adapters.register.store import Store, audit
from models.access import About
from models.register.tables import TransferRow


@dataclass(frozen=True)
class SqlReadings:
    """Fits ``ReadingRegister`` of the codec server."""

    store: Store

    def about(self, transfer_id: str) -> About | None:
        """What decides who may read about the transfer; None where it is not known."""
        with self.store.reading() as session:
            row = session.get(TransferRow, transfer_id)
            if row is None:
                return None
            named = frozenset(who for who in (row.social_worker, row.team_manager) if who)
            teams = frozenset(team for team in (row.social_work_team,) if team)
            return About(restricted=row.restricted, named=named, teams=teams)

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read about the transfer."""
        with self.store.transaction() as session:
            session.add(audit(transfer_id, who, what))
