"""The directory of people, teams and offices: where each is told what waits. As a file (CSV), and its commands."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.csv_files import read_csv
from cli.terminal import AsJson, out, print_json
from cli.wiring import directory, find_transfers
from models.vocabulary import EmailAddress, Frozen, Ref

COLUMNS = ("ref", "email")

app = typer.Typer(help="Where people, teams and offices are reached.", no_args_is_help=True)


class Person(Frozen):
    """A person, a team or an office."""

    ref: Ref
    """The id that Mosaic has, or ``targeted-services-leader`` and ``operations``."""
    email: EmailAddress


@app.command("import")
def import_people(
    file: Annotated[Path, typer.Argument(help=f"A CSV file with the columns {', '.join(COLUMNS)}.")],
) -> None:
    """Bring people, teams and offices into the directory: new ones are added, known ones changed; all or nothing.

    Two offices have references of their own: targeted-services-leader and operations.
    """
    people = read_people(file)
    find_transfers()
    before = directory().people()
    directory().put_people(people)
    added = len(people.keys() - before.keys())
    changed = sum(1 for ref, email in people.items() if before.get(ref, email) != email)
    out.print(f"{added} added, {changed} changed, {len(people) - added - changed} as they were.")


@app.command("list")
def list_people(*, as_json: AsJson = False) -> None:
    """Show the directory."""
    find_transfers()
    people = directory().people()
    if as_json:
        print_json([{"ref": ref, "email": email} for ref, email in people.items()])
        return
    table = Table("person, team or office", "told at")
    for entry in people.items():
        table.add_row(*map(Text, entry))
    out.print(table)


def read_people(path: Path) -> dict[str, str]:
    """The addresses of a CSV file, by reference.

    Raises:
        InputError: a line for each thing that is wrong, naming the line, the field and the rule.
    """
    return {person.ref: person.email for person in read_csv(path, Person, (COLUMNS,))}
