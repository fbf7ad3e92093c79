"""The directory of people of the council: who is there for what, for whom and until when; and who may act."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from pydantic import model_validator

from models.vocabulary import EmailAddress, Frozen, Name, Ref, Role, Telephone

COUNCIL_WIDE = (Role.CHAIR, Role.CONFERENCE_MANAGER)
"""Whoever has one of these roles has it for every team."""
MOST_COLLEAGUES = 200
"""A transfer keeps so many of the directory; those of its own team come first."""


class Colleague(Frozen):
    """A person of the council, as a transfer knows them; a team or an office has no more than its reference."""

    ref: Ref
    """The id that Mosaic has, or ``operations`` for an office."""
    name: Name | None = None
    telephone: Telephone | None = None
    roles: tuple[Role, ...] = ()
    teams: tuple[Ref, ...] = ()
    """For which teams, where a role is that of a team."""
    covers: tuple[Ref, ...] = ()
    """For whom they stand in, from ``cover_from`` to ``cover_until``, both days included."""
    cover_from: date | None = None
    cover_until: date | None = None
    until: date | None = None
    """The last day on which they are there; None while no end is known."""

    @model_validator(mode="after")
    def _who_acts_has_a_name(self) -> "Colleague":
        if self.name is None and (self.roles or self.covers):
            raise ValueError("name: who has a role, or covers for somebody, has a name")
        return self

    @model_validator(mode="after")
    def _cover_has_its_days(self) -> "Colleague":
        days = (self.cover_from, self.cover_until)
        if bool(self.covers) != all(days) or (not self.covers and any(days)):
            raise ValueError("covers: give for whom, cover_from and cover_until, or none of the three")
        if self.cover_from and self.cover_until and self.cover_until < self.cover_from:
            raise ValueError("cover_until: lies before cover_from")
        if self.ref in self.covers:
            raise ValueError("covers: nobody covers for themselves")
        return self

    def is_there(self, day: date) -> bool:
        """Whether their time has not ended."""
        return self.until is None or day <= self.until

    def has(self, role: Role, team: str) -> bool:
        """Whether they have the role, for this team or for all."""
        return role in self.roles and (role in COUNCIL_WIDE or team in self.teams)

    def stands_in(self, day: date) -> bool:
        """Whether they cover for somebody on this day."""
        return bool(self.cover_from and self.cover_until) and self.cover_from <= day <= self.cover_until  # type: ignore[operator]


C = TypeVar("C", bound=Colleague)


class Person(Colleague):
    """A person, team or office, with the address at which they are told."""

    email: EmailAddress

    @property
    def colleague(self) -> Colleague:
        """The same for a transfer: where somebody is told is looked up when they are."""
        return Colleague.model_validate(self.model_dump(exclude={"email"}))


class Lack(StrEnum):
    """Why somebody may not act in a role (SD-23b)."""

    NOT_SO = "not_so"
    """The directory does not have them, or not in this role for this team, nor as cover for one who is."""
    GONE = "gone"
    """Their time has ended."""
    NO_COVER_THEN = "no_cover_then"
    """They cover for one who has the role, and not on that day."""


def lack(people: Sequence[Colleague], ref: str, role: Role, team: str, day: date) -> Lack | None:
    """Why this person may not act in this role for this team on this day; None where they may (SD-23b).

    Who is covered may have left: a cover stands in for whoever is not there.
    """
    person = next((known for known in people if known.ref == ref), None)
    if person is None:
        return Lack.NOT_SO
    covered = any(other.ref in person.covers and other.has(role, team) for other in people)
    if not person.has(role, team) and not covered:
        return Lack.NOT_SO
    if not person.is_there(day):
        return Lack.GONE
    return None if person.has(role, team) or person.stands_in(day) else Lack.NO_COVER_THEN


def covers_of(people: Iterable[C], ref: str, day: date) -> Iterator[C]:
    """Who stands in for this person on this day."""
    yield from (one for one in people if ref in one.covers and one.stands_in(day) and one.is_there(day))


def acting(people: Sequence[Colleague], named: Collection[str], day: date) -> frozenset[str]:
    """Who is there on this day of those who are named, and who stands in for one of them, by reference.

    Whom the directory does not have is taken to be there.
    """
    gone = {one.ref for one in people if not one.is_there(day)}
    return frozenset({*named} - gone | {cover.ref for ref in named for cover in covers_of(people, ref, day)})


def places_of(person: Colleague, day: date) -> frozenset[str]:
    """In whose places this person is on this day, by reference: in their own, and in those of whom they cover.

    They are ``acting`` for whoever is among these; once their time has ended, for nobody.
    """
    if not person.is_there(day):
        return frozenset()
    return frozenset({person.ref, *(person.covers if person.stands_in(day) else ())})


def of_transfer(everybody: Sequence[Person], team: str, named: Sequence[str]) -> tuple[Colleague, ...]:
    """Whom a transfer knows: who is named in it, the managers of its team, and their covers; then the others.

    The others are those whose role is council-wide, and the rest of its team.
    """
    managers = [one for one in everybody if one.ref in named or one.has(Role.TEAM_MANAGER, team)]
    elsewhere = [one for one in everybody if any(role in COUNCIL_WIDE for role in one.roles)]
    acting = {one.ref for one in (*managers, *elsewhere)}
    covers = [one for one in everybody if acting & {*one.covers}]
    colleagues = [one for one in everybody if one.roles and team in one.teams]
    known = dict.fromkeys((*managers, *covers, *elsewhere, *colleagues))
    return tuple(one.colleague for one in [*known][:MOST_COLLEAGUES])
