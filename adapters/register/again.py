"""Families who step up again: those whom social work let go are counted in the database, those who came back are named.

Four counts and one list, however many transfers there are; the list is no longer than the referrals that followed one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, distinct, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from adapters.register.store import Store, select_plain
from models.operations.again import YEAR, By, CameBack, LetGo
from models.register.tables import HAS_ENDED, LET_GO, REFERRED, ChildRow, TransferRow, columns

WAYS = {"service": TransferRow.service_ref, "route": TransferRow.route, "response": ChildRow.response}
CANCELLED = "cancelled"
"""A referral that came to nothing, as one that was opened in error."""


@dataclass(frozen=True)
class SqlAgain:
    """Read by the report."""

    store: Store

    def let_go(self, since: datetime, until: datetime, now: datetime) -> Sequence[LetGo]:
        """The families whom social work let go in this time, by service, route, kind of response, and all together."""
        with self.store.reading() as session:
            return tuple(_counted(session, since, until, now))

    def came_back(self, since: datetime, until: datetime) -> Sequence[CameBack]:
        """Those of them for one of whose children a referral was opened after its case had been closed."""
        referred, referral = aliased(ChildRow), aliased(TransferRow)
        alike = columns(
            *(TransferRow.service_ref, TransferRow.route, ChildRow.response),
            *(TransferRow.family_ref, TransferRow.closed_at),
        )
        counts = or_(col(referral.outcome).is_(None), col(referral.outcome) != CANCELLED)
        found = (
            _of_children(since, until, *alike, func.min(col(referral.opened_at)))
            .join(referred, col(referred.child_ref) == col(ChildRow.child_ref))
            .join(referral, col(referral.id) == col(referred.transfer_id))
            .where(col(referred.journey) == REFERRED, col(referral.opened_at) >= col(ChildRow.let_go_at), counts)
            .group_by(*alike)
        )
        with self.store.reading() as session:
            return [CameBack(*row) for row in session.exec(found)]


def _counted(session: Session, since: datetime, until: datetime, now: datetime) -> Iterator[LetGo]:
    family, within = col(TransferRow.family_ref), col(TransferRow.closed_at) > now - YEAR
    counts = (func.count(distinct(family)), func.count(distinct(case((within, family)))))
    for what, named in WAYS.items():
        each = _of_children(since, until, named, *counts).group_by(col(named)).order_by(col(named))
        for name, families, within_year in session.exec(each):
            yield LetGo(By(what, name), families, within_year)
    [(families, within_year)] = session.exec(_of_children(since, until, *counts))
    if families:
        yield LetGo(By("all", "all"), families, within_year)


def _of_children(since: datetime, until: datetime, *counted: Any) -> Any:
    """These columns of the children whose cases were closed, in transfers that ended in this time."""
    ended = (HAS_ENDED, col(TransferRow.closed_at) >= since, col(TransferRow.closed_at) < until)
    return select_plain(*counted).select_from(TransferRow).join(ChildRow).where(LET_GO, *ended)
