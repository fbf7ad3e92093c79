"""The directory of people, teams and offices: who is there for what, and where told. As a file (CSV), and commands."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BeforeValidator
from rich.table import Table
from rich.text import Text

from cli.csv_files import read_csv
from cli.terminal import AsJson, out, print_json
from cli.wiring import directory, find_transfers
from client.errors import InputError
from models.people import Person
from models.vocabulary import Ref, Role

COLUMNS = ("ref", "email", "name", "telephone", "roles", "teams", "covers", "cover_from", "cover_until", "until")
ADDRESSES = ("ref", "email")
"""A file may hold addresses alone: what else the directory knows stays."""

ROLES = ", ".join(role.value for role in Role)
BETWEEN = re.compile(r"[;,]")
ENGLISH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
"""As a spreadsheet writes a day in a file, whatever was typed."""

app = typer.Typer(help="The directory of people, teams and offices.", no_args_is_help=True)


def _entries(cell: object) -> object:
    """What stands in a cell, with semicolons or commas between."""
    return tuple(filter(None, map(str.strip, BETWEEN.split(cell)))) if isinstance(cell, str) else cell


def _roles(cell: object) -> object:
    """Roles as people write them: ``Team manager`` is ``team_manager``."""
    said = _entries(cell)
    return tuple(role.lower().replace(" ", "_") for role in said) if isinstance(said, tuple) else said


def _day(cell: object) -> object:
    english = ENGLISH_DAY.fullmatch(cell) if isinstance(cell, str) else None
    return "{2}-{1:0>2}-{0:0>2}".format(*english.groups()) if english else cell


Day = Annotated[date, BeforeValidator(_day)]


class PersonLine(Person):
    """A person as a line of the file says it."""

    roles: Annotated[tuple[Role, ...], BeforeValidator(_roles)] = ()
    teams: Annotated[tuple[Ref, ...], BeforeValidator(_entries)] = ()
    covers: Annotated[tuple[Ref, ...], BeforeValidator(_entries)] = ()
    cover_from: Day | None = None
    cover_until: Day | None = None
    until: Day | None = None


@app.command("import")
def import_people(
    file: Annotated[
        Path,
        typer.Argument(
            help=f"A CSV file with the columns {', '.join(COLUMNS)}; or with ref and email alone. Several roles, teams "
            f"or covered people stand in a cell with semicolons between. The roles are {ROLES}."
        ),
    ],
) -> None:
    """Bring people, teams and offices into the directory: new ones are added, known ones changed; all or nothing.

    Nobody is taken out: who leaves gets the last day in until. Offices have references of their own:
    targeted-services-leader, head-of-service, operations, duty-and-advice and emergency-duty-team.
    """
    read = read_people(file)
    find_transfers()
    before = {person.ref: person for person in directory().people()}
    people = [_over(before.get(person.ref), person) for person in read]
    wrong = list(_cover_for_nobody(file, people, {**before, **{person.ref: person for person in people}}))
    if wrong:
        raise InputError("\n".join(wrong))
    directory().put_people(people)
    added = sum(1 for person in people if person.ref not in before)
    changed = sum(1 for person in people if before.get(person.ref, person) != person)
    out.print(f"{added} added, {changed} changed, {len(people) - added - changed} as they were.")


@app.command("list")
def list_people(*, as_json: AsJson = False) -> None:
    """Show the directory: who is there for what, for which teams, for whom and until when, and where told."""
    find_transfers()
    people = directory().people()
    if as_json:
        print_json([person.model_dump(mode="json") for person in people])
        return
    table = Table("person, team or office", "name", "role", "teams", "stands in for", "there until", "told at")
    for person in people:
        roles = ", ".join(role.words for role in person.roles)
        told = ", ".join(filter(None, (person.email, person.telephone)))
        cells = (
            person.name or "",
            roles,
            ", ".join(person.teams),
            _cover_words(person),
            _day_words(person.until),
            told,
        )
        table.add_row(*map(Text, (person.ref, *cells)))
    out.print(table)


def read_people(path: Path) -> list[Person]:
    """The people of a CSV file.

    Raises:
        InputError: a line for each thing that is wrong, naming the line, the field and the rule.
    """
    lines = read_csv(path, PersonLine, (COLUMNS, ADDRESSES))
    return [Person(**line.model_dump(exclude_unset=True)) for line in lines]


def _over(before: Person | None, said: Person) -> Person:
    """The person as the file says it; what the file has no column for stays as the directory has it."""
    return before.model_copy(update=said.model_dump(exclude_unset=True)) if before else said


def _cover_for_nobody(path: Path, people: list[Person], known: Mapping[str, Person]) -> Iterator[str]:
    for person in people:
        for ref in person.covers:
            if ref not in known:
                yield f"{path}: {person.ref}: covers: {ref} is neither in this file nor in the directory"


def _cover_words(person: Person) -> str:
    days = f"{_day_words(person.cover_from)} to {_day_words(person.cover_until)}"
    return f"{', '.join(person.covers)}, {days}" if person.covers else ""


def _day_words(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
