"""Families who step up again: those whom social work let go are counted in the database, those who came back are named.

A few counts and one list, however many transfers there are; the list is no longer than the referrals that followed one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, distinct, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from adapters.register.lists import parted
from adapters.register.store import Store, select_plain
from models.operations.again import YEAR, By, CameBack, LetGo
from models.register.tables import LET_GO, LET_SOMEBODY_GO, REFERRED, ChildRow, TransferRow, columns

WAYS = {"service": TransferRow.service_ref, "route": TransferRow.route}
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
        """Those of them for one of whose children a referral was opened after its case had been closed.

        The days are looked at here: where the database knows of them it begins with every transfer that ended then,
        instead of with the referrals, which are few.
        """
        referred, referral = aliased(ChildRow), aliased(TransferRow)
        alike = columns(
            *(TransferRow.service_ref, TransferRow.route, ChildRow.response),
            *(TransferRow.family_ref, TransferRow.closed_at),
        )
        counts = or_(col(referral.outcome).is_(None), col(referral.outcome) != CANCELLED)
        found = (
            select_plain(*alike, func.min(col(referral.opened_at)))
            .select_from(TransferRow)
            .join(ChildRow)
            .join(referred, col(referred.child_ref) == col(ChildRow.child_ref))
            .join(referral, col(referral.id) == col(referred.transfer_id))
            .where(
                LET_GO, col(referred.journey) == REFERRED, col(referral.opened_at) >= col(ChildRow.let_go_at), counts
            )
            .where(col(TransferRow.closed_at).is_not(None))
            .group_by(*alike)
        )
        with self.store.reading() as session:
            every = (CameBack(*row) for row in session.exec(found))
            return [one for one in every if since <= one.ended_at < until]


def _counted(session: Session, since: datetime, until: datetime, now: datetime) -> Iterator[LetGo]:
    ended = _ended(since, until)
    for what, named in WAYS.items():
        each = select_plain(col(named), *_families(now)).where(*ended).group_by(col(named)).order_by(col(named))
        for name, families, within_year in session.exec(each):
            yield LetGo(By(what, name), families, within_year)
    to = col(TransferRow.let_go)
    together = session.exec(select(to).where(*ended).distinct()).all()
    kinds = sorted({kind for some in together for kind in parted(some)})
    of_kind = {kind: to.in_([some for some in together if kind in parted(some)]) for kind in kinds}
    counts = [count for rule in of_kind.values() for count in _families(now, rule)]
    [found] = session.exec(select_plain(*_families(now), *counts).where(*ended))
    lines = [By("all", "all"), *(By("response", kind) for kind in kinds)]
    for by, families, within_year in zip(lines, found[::2], found[1::2], strict=True):
        if families:
            yield LetGo(by, families, within_year)


def _ended(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (LET_SOMEBODY_GO, col(TransferRow.closed_at) >= since, col(TransferRow.closed_at) < until)


def _families(now: datetime, *rules: ColumnElement[bool]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """How many families there are, and how many of them whose year is not over."""
    family, within = col(TransferRow.family_ref), and_(col(TransferRow.closed_at) > now - YEAR, *rules)
    every = case((and_(*rules), family)) if rules else family
    return func.count(distinct(every)), func.count(distinct(case((within, family))))
