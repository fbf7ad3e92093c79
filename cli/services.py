"""The service directory: as a file (CSV), and the commands that bring it into the register and show it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.documents import InputError, checked
from cli.screens import AsJson, out, print_json
from cli.wiring import find_transfers, register
from models.services import EarlyHelpService

COLUMNS = ("ref", "name", "contact_email", "contact_kind", "mosaic_team")

app = typer.Typer(help="The directory of Early Help services.", no_args_is_help=True)


@app.command("import")
def import_services(
    file: Annotated[Path, typer.Argument(help=f"A CSV file with the columns {', '.join(COLUMNS)}.")],
) -> None:
    """Bring services into the directory: new ones are added, known ones changed; all of the file or nothing."""
    services = read_services(file)
    find_transfers()
    before = {service.ref: service for service in register().services()}
    register().put_services(services)
    added = sum(1 for service in services if service.ref not in before)
    changed = sum(1 for service in services if before.get(service.ref, service) != service)
    out.print(f"{added} added, {changed} changed, {len(services) - added - changed} as they were.")


@app.command("list")
def list_services(*, as_json: AsJson = False) -> None:
    """Show the directory."""
    find_transfers()
    services = register().services()
    if as_json:
        print_json([service.model_dump(mode="json") for service in services])
        return
    table = Table("service", "name", "who agrees to a transfer", "asked at", "team in Mosaic")
    for service in services:
        team = service.mosaic_team or "does not use Mosaic"
        cells = (service.ref, service.name, service.contact_kind.words, service.contact_email, team)
        table.add_row(*map(Text, cells))
    out.print(table)


def read_services(path: Path) -> list[EarlyHelpService]:
    """The services of a CSV file; the team is empty for a service that does not use Mosaic.

    Raises:
        InputError: a line for each thing that is wrong, naming the line, the field and the rule.
    """
    try:
        # Spreadsheets put a mark before the first column of a file in UTF-8.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise InputError(f"{path}: line 1: the columns are {', '.join(COLUMNS)}, separated by commas")
            read = [(line := f"{path}: line {rows.line_num}", _service(row, line)) for row in rows]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: is not CSV in UTF-8") from error
    services = [(line, service) for line, service in read if isinstance(service, EarlyHelpService)]
    wrong = [*(problem for _, problem in read if isinstance(problem, str)), *_named_twice(services)]
    if wrong:
        raise InputError("\n".join(wrong))
    return [service for _, service in services]


def _service(row: dict[str | None, str | None], where: str) -> EarlyHelpService | str:
    """The service of a line, or what is wrong with it."""
    if None in row or None in row.values():
        return f"{where}: does not have {len(COLUMNS)} columns"
    try:
        return checked(EarlyHelpService, {**row, "mosaic_team": row["mosaic_team"] or None}, where)
    except InputError as error:
        return str(error)


def _named_twice(services: list[tuple[str, EarlyHelpService]]) -> Iterator[str]:
    seen = set()
    for line, service in services:
        if service.ref in seen:
            yield f"{line}: ref: {service.ref} is named twice"
        seen.add(service.ref)
