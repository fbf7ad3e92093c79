"""Which journeys a caller finds: the rule of ``models.access`` in the words of the database."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from adapters.register.directory import person_of
from models.access import Caller, Privacy
from models.people import places_of
from models.register.tables import IS_OPEN, SEEN_IN_HAND, How, PersonRow, SeenByRow, ServiceRow, TransferRow

IS_RESTRICTED = col(TransferRow.restricted)


class Name(NamedTuple):
    """A name under which a caller finds journeys, and why."""

    ref: str
    how: How
    journey: str = ""
    """The kind that is looked for under it."""


def names_of(session: Session, caller: Caller, day: date) -> Sequence[Name]:
    """Under which names the caller finds journeys on this day: their own, and those of their teams and services.

    Those under which more of a journey is seen come first.
    """
    row = session.get(PersonRow, caller.who)
    places = places_of(person_of(row), day) if row is not None else {caller.who}
    names = [Name(ref, How.NAMED) for ref in sorted(places)]
    if not caller.reads_own:
        return names
    refs = sorted({*caller.teams, *_services_of(session, caller.teams)})
    return [*names, *(Name(ref, how) for how in (How.OWN, How.AGREED) for ref in refs)]


def seen_everywhere(caller: Caller, names: Sequence[Name]) -> Iterator[ColumnElement[bool]]:
    """For whom reads every journey: of restricted families those where they are named, unless they read these, too."""
    if Privacy.RESTRICTED in caller.everywhere:
        return
    places = [name.ref for name in names if name.how is How.NAMED]
    theirs = (col(SeenByRow.transfer_id) == col(TransferRow.id), col(SeenByRow.how) == How.NAMED)
    yield or_(~IS_RESTRICTED, exists().where(*theirs, col(SeenByRow.ref).in_(places)))


def seen_under(name: Name, *, ended: bool) -> Iterator[ColumnElement[bool]]:
    """Which journeys of its kind are found under this name; with those that have ended, or without.

    A service is not shown that something of an ended journey, which was not its own, waits for a person.
    """
    yield from (col(SeenByRow.ref) == name.ref, col(SeenByRow.how) == name.how, col(SeenByRow.journey) == name.journey)
    if name.how is not How.NAMED:
        yield ~IS_RESTRICTED
    if not ended:
        yield SEEN_IN_HAND
        yield from (IS_OPEN,) if name.how is How.AGREED else ()


def _services_of(session: Session, teams: Collection[str]) -> Collection[str]:
    """The services that these teams in Mosaic are, by reference."""
    return session.exec(select(ServiceRow.ref).where(col(ServiceRow.mosaic_team).in_(teams))).all()
