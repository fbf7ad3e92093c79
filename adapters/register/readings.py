"""Readings: what decides who may read about a journey, who did, and what was noted of it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, or_, select

from adapters.register.directory import person_of
from adapters.register.store import Store, audit, select_plain
from models.access import About
from models.journey.status import Status
from models.people import acting
from models.register.tables import AuditRow, ChildRow, How, PersonRow, SeenByRow, ServiceRow, TransferRow, columns
from models.vocabulary import LONDON

NOTED = columns(AuditRow.id, AuditRow.at, AuditRow.who, AuditRow.what, AuditRow.old, AuditRow.new, AuditRow.why)

SEALED = columns(TransferRow.restricted, TransferRow.version, TransferRow.status)


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
            restricted = session.exec(select(TransferRow.restricted).where(TransferRow.id == transfer_id)).first()
            return None if restricted is None else self._about(session, transfer_id, restricted=restricted)

    def look(self, transfer_id: str) -> Look | None:
        """How the journey stands, and who may read about it, all as of one moment; None where it is not known."""
        with self.store.reading() as session:
            found = session.exec(select_plain(*SEALED).where(col(TransferRow.id) == transfer_id)).first()
            if found is None:
                return None
            restricted, version, sealed = found
            about = self._about(session, transfer_id, restricted=restricted)
        clear = self.store.unseal(transfer_id, sealed) if sealed is not None else None
        return Look(about, version, Status.model_validate_json(clear) if clear is not None else None)

    def _about(self, session: Session, transfer_id: str, *, restricted: bool) -> About:
        found = [(ref, How(how), team) for ref, how, team in session.exec(_who_finds(transfer_id))]
        agreed = session.exec(_agreed(transfer_id)).all() if any(how is How.AGREED for _, how, _ in found) else ()
        return About(
            restricted=restricted,
            named=_today(session, {ref for ref, how, _ in found if how is How.NAMED}, self.today()),
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


def _who_finds(transfer_id: str) -> Any:
    """Who finds it, and why; of a service with its team in Mosaic."""
    with_teams = select_plain(*columns(SeenByRow.ref, SeenByRow.how, ServiceRow.mosaic_team)).select_from(SeenByRow)
    services = with_teams.outerjoin(ServiceRow, col(ServiceRow.ref) == col(SeenByRow.ref))
    return services.where(col(SeenByRow.transfer_id) == transfer_id)


def _agreed(transfer_id: str) -> Any:
    """The children of whom a service may see how it stands with them, with the service and its team in Mosaic."""
    with_teams = select_plain(*columns(ChildRow.child_ref, ChildRow.agreed_for, ServiceRow.mosaic_team))
    services = with_teams.select_from(ChildRow).outerjoin(ServiceRow, col(ServiceRow.ref) == col(ChildRow.agreed_for))
    return services.where(col(ChildRow.transfer_id) == transfer_id, col(ChildRow.agreed_for) != "")


def _by_name(agreed: Iterable[tuple[str, str, str | None]]) -> Mapping[str, frozenset[str]]:
    children = defaultdict[str, set[str]](set)
    for child, service, team in agreed:
        for name in filter(None, (service, team)):
            children[name].add(child)
    return {name: frozenset(refs) for name, refs in children.items()}


def _today(session: Session, named: Collection[str], day: date) -> frozenset[str]:
    """Who of these is there, and who stands in for one of them."""
    rows = session.exec(select(PersonRow).where(or_(col(PersonRow.ref).in_(named), col(PersonRow.covers) != "")))
    return acting([person_of(row) for row in rows], named, day) if named else frozenset()
