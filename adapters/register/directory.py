"""The directory: how services and people are reached."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from adapters.register.store import Store
from models.people import COUNCIL_WIDE, Colleague, Person, covers_of, of_transfer
from models.register.tables import OrganiserRow, PersonRow, ServiceRow
from models.services import EarlyHelpService
from models.vocabulary import LONDON, Role

LISTS = ("roles", "teams", "covers")
"""What of a person is kept with commas between."""


@dataclass(frozen=True)
class SqlDirectory:
    """Fits ``Directory``, and is read and changed by the commands."""

    store: Store
    today: Callable[[], date] = lambda: datetime.now(LONDON).date()

    def put_services(self, services: Iterable[EarlyHelpService]) -> None:
        """Add the services to the directory, or change them: all or none."""
        with self.store.transaction() as session:
            for service in services:
                session.merge(ServiceRow(**service.model_dump()))

    def service(self, ref: str) -> EarlyHelpService | None:
        """The service as the directory has it, or None."""
        with self.store.reading() as session:
            row = session.get(ServiceRow, ref)
            return service_of(row) if row else None

    def services(self) -> Sequence[EarlyHelpService]:
        """The whole directory, by reference."""
        with self.store.reading() as session:
            return [service_of(row) for row in session.exec(select(ServiceRow).order_by("ref"))]

    def put_people(self, people: Iterable[Person]) -> None:
        """Add people, teams and offices to the directory, or change them: all or none."""
        with self.store.transaction() as session:
            for person in people:
                lists = {name: ",".join(getattr(person, name)) for name in LISTS}
                session.merge(PersonRow(**person.model_dump() | lists))

    def people(self) -> Sequence[Person]:
        """All people, teams and offices, by reference."""
        with self.store.reading() as session:
            return [person_of(row) for row in session.exec(select(PersonRow).order_by("ref"))]

    def address_of(self, ref: str) -> str | None:
        """See ``Directory``."""
        with self.store.reading() as session:
            row = session.get(PersonRow, ref)
            return self._told_for(session, person_of(row)) if row else None

    def organiser_of(self, uid: str, today: str | None) -> str | None:
        """See ``Directory``."""
        with self.store.transaction() as session:
            kept = session.get(OrganiserRow, uid, with_for_update=True)
            if kept is None and today is not None:
                session.add(OrganiserRow(uid=uid, address=today))
            return today if kept is None else kept.address

    def _told_for(self, session: Session, person: Person) -> str | None:
        """Who stands in for them today is told; of whom the time has ended, nobody else."""
        rows = session.exec(select(PersonRow).where(col(PersonRow.covers).contains(person.ref)).order_by("ref"))
        covers = covers_of([person_of(row) for row in rows], person.ref, self.today())
        themselves = person.email if person.is_there(self.today()) else None
        return next((cover.email for cover in covers), themselves)


def service_of(row: ServiceRow) -> EarlyHelpService:
    """The service as it is used."""
    return EarlyHelpService(**row.model_dump())


def people_of(session: Session, team: str, named: Sequence[str]) -> tuple[Colleague, ...]:
    """See ``TransferRegister.look_up_people``; of a large directory, only who may concern a transfer is read."""
    acts = (col(PersonRow.roles).contains(role) for role in (Role.TEAM_MANAGER, *COUNCIL_WIDE))
    theirs = col(PersonRow.teams).contains(team)
    concerned = or_(col(PersonRow.ref).in_(named), col(PersonRow.covers) != "", theirs, *acts)
    rows = session.exec(select(PersonRow).where(concerned).order_by("ref"))
    return of_transfer([person_of(row) for row in rows], team, named)


def person_of(row: PersonRow) -> Person:
    """The person as they are used."""
    return person_said(row.model_dump())


def person_said(said: Mapping[str, Any]) -> Person:
    """The same of what their row says, column by column."""
    return Person(**{**said, **{name: tuple(filter(None, said[name].split(","))) for name in LISTS}})
