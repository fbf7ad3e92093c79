"""Readings: what decides who may read about a journey, who did, and what was noted of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam
from sqlmodel import SQLModel, and_, col, or_

from adapters.register.directory import person_said
from adapters.register.store import Store, audit, select_plain
from models.access import About
from models.journey.status import Status
from models.people import acting
from models.register.tables import AuditRow, ChildRow, How, PersonRow, SeenByRow, ServiceRow, TransferRow, columns
from models.vocabulary import LONDON

NOTED = columns(AuditRow.id, AuditRow.at, AuditRow.who, AuditRow.what, AuditRow.old, AuditRow.new, AuditRow.why)

TRANSFERS, SEEN_BY, SERVICES, CHILDREN, PEOPLE = (
    SQLModel.metadata.tables[str(row.__tablename__)]
    for row in (TransferRow, SeenByRow, ServiceRow, ChildRow, PersonRow)
)
ID: Any = bindparam("id")
# Put together once: that took longer than to run them, and whoever reads a journey waits for all of them.
SHOWN = select_plain(TRANSFERS.c.restricted, TRANSFERS.c.version, TRANSFERS.c.status).where(TRANSFERS.c.id == ID)
IS_RESTRICTED = select_plain(TRANSFERS.c.restricted).where(TRANSFERS.c.id == ID)
FINDERS = (
    select_plain(SEEN_BY.c.ref, SEEN_BY.c.how, SERVICES.c.mosaic_team)
    .select_from(SEEN_BY.outerjoin(SERVICES, SERVICES.c.ref == SEEN_BY.c.ref))
    .where(SEEN_BY.c.transfer_id == ID)
)
"""Who finds it, and why; of a service with its team in Mosaic."""
AGREED = (
    select_plain(CHILDREN.c.child_ref, CHILDREN.c.agreed_for, SERVICES.c.mosaic_team)
    .select_from(CHILDREN.outerjoin(SERVICES, SERVICES.c.ref == CHILDREN.c.agreed_for))
    .where(CHILDREN.c.transfer_id == ID, CHILDREN.c.agreed_for != "")
)
"""The children of whom a service may see how it stands with them, with the service and its team in Mosaic."""
PEOPLE_MEANT = select_plain(PEOPLE).where(
    or_(
        and_(PEOPLE.c.ref.in_(bindparam("named", expanding=True)), PEOPLE.c.until.is_not(None)),
        PEOPLE.c.covers != "",
    )
)
"""Of those who are named, whose time ends; and whoever stands in for somebody. Nobody else makes a difference."""


class Look(NamedTuple):
    """A journey as the register shows it at one moment."""

    about: About
    """What decides who may read about it."""
    version: int
    """How often it was shown anew."""
    status: Status | None
    """None where it never was."""


@dataclass(frozen=True)
class Noted:
    """A row of what was noted of a journey: who did what, when, why."""

    number: int
    """The next page is asked for after this one."""
    at: datetime
    who: str
    what: str
    old: str | None
    new: str | None
    why: str | None


@dataclass(frozen=True)
class SqlReadings:
    """Fits ``ReadingRegister`` of whoever shows journeys to people."""

    store: Store
    today: Callable[[], date] = lambda: datetime.now(LONDON).date()

    def about(self, transfer_id: str) -> About | None:
        """What decides who may read about the journey; None where it is not known."""
        with self.store.reading() as session:
            connection = session.connection()
            restricted = connection.execute(IS_RESTRICTED, {"id": transfer_id}).scalar()
            return None if restricted is None else self._about(connection, transfer_id, restricted=restricted)

    def look(self, transfer_id: str) -> Look | None:
        """How the journey stands, and who may read about it, all as of one moment; None where it is not known."""
        with self.store.reading() as session:
            connection = session.connection()
            found = connection.execute(SHOWN, {"id": transfer_id}).first()
            if found is None:
                return None
            restricted, version, sealed = found
            about = self._about(connection, transfer_id, restricted=restricted)
        clear = self.store.unseal(transfer_id, sealed) if sealed is not None else None
        return Look(about, version, Status.model_validate_json(clear) if clear is not None else None)

    def _about(self, connection: Connection, transfer_id: str, *, restricted: bool) -> About:
        said = {"id": transfer_id}
        found = [(ref, How(how), team) for ref, how, team in connection.execute(FINDERS, said)]
        agreed = connection.execute(AGREED, said).all() if any(how is How.AGREED for _, how, _ in found) else ()
        return About(
            restricted=restricted,
            named=_today(connection, {ref for ref, how, _ in found if how is How.NAMED}, self.today()),
            teams=frozenset(name for ref, how, team in found if how is How.OWN for name in (ref, team) if name),
            agreed=_by_name(agreed),
        )

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read, or wanted to read, about the journey."""
        with self.store.transaction() as session:
            session.add(audit(transfer_id, who, what))

    def audit(self, transfer_id: str, after: int | None, most: int) -> Sequence[Noted]:
        """What was noted of the journey, oldest first: at most so many, after the row of this number."""
        found = select_plain(*NOTED).where(col(AuditRow.transfer_id) == transfer_id)
        if after is not None:
            found = found.where(col(AuditRow.id) > after)
        with self.store.reading() as session:
            return [Noted(*row) for row in session.exec(found.order_by(col(AuditRow.id)).limit(most))]


def _by_name(agreed: Iterable[tuple[str, str, str | None]]) -> Mapping[str, frozenset[str]]:
    children = defaultdict[str, set[str]](set)
    for child, service, team in agreed:
        for name in filter(None, (service, team)):
            children[name].add(child)
    return {name: frozenset(refs) for name, refs in children.items()}


def _today(connection: Connection, named: Collection[str], day: date) -> frozenset[str]:
    """Who of these is there, and who stands in for one of them."""
    if not named:
        return frozenset()
    rows = connection.execute(PEOPLE_MEANT, {"named": [*named]})
    return acting([person_said(row._asdict()) for row in rows], named, day)
