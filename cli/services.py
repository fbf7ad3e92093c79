"""The service directory: as a file (CSV), and the commands that bring it into the register and show it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.csv_files import read_csv
from cli.terminal import AsJson, out, print_json
from cli.wiring import directory, find_transfers
from models.services import ContactKind, EarlyHelpService

COLUMNS = ("ref", "name", "contact_email", "contact_kind", "manager_email", "mosaic_team")
COLUMNS_BEFORE = tuple(name for name in COLUMNS if name != "manager_email")
"""A file may lack who is told when the contact does not answer."""

KINDS = f"The contact_kind is {' or '.join(f'{kind} ({kind.words})' for kind in ContactKind)}."

app = typer.Typer(help="The directory of Early Help services.", no_args_is_help=True)


@app.command("import")
def import_services(
    file: Annotated[Path, typer.Argument(help=f"A CSV file with the columns {', '.join(COLUMNS)}. {KINDS}")],
) -> None:
    """Bring services into the directory: new ones are added, known ones changed; all of the file or nothing."""
    read = read_services(file)
    find_transfers()
    before = {service.ref: service for service in directory().services()}
    services = [_over(before.get(service.ref), service) for service in read]
    directory().put_services(services)
    added = sum(1 for service in services if service.ref not in before)
    changed = sum(1 for service in services if before.get(service.ref, service) != service)
    out.print(f"{added} added, {changed} changed, {len(services) - added - changed} as they were.")


@app.command("list")
def list_services(*, as_json: AsJson = False) -> None:
    """Show the directory."""
    find_transfers()
    services = directory().services()
    if as_json:
        print_json([service.model_dump(mode="json") for service in services])
        return
    table = Table("service", "name", "who agrees to a transfer", "asked at", "manager told at", "team in Mosaic")
    for service in services:
        team = service.mosaic_team or "does not use Mosaic"
        manager = service.manager_email or "nobody"
        cells = (service.ref, service.name, service.contact_kind.words, service.contact_email, manager, team)
        table.add_row(*map(Text, cells))
    out.print(table)


def read_services(path: Path) -> list[EarlyHelpService]:
    """The services of a CSV file; the team is empty for a service that does not use Mosaic.

    Raises:
        InputError: a line for each thing that is wrong, naming the line, the field and the rule.
    """
    return read_csv(path, EarlyHelpService, (COLUMNS, COLUMNS_BEFORE))


def _over(before: EarlyHelpService | None, said: EarlyHelpService) -> EarlyHelpService:
    """The service as the file says it; what the file has no column for stays as the directory has it."""
    return before.model_copy(update=said.model_dump(exclude_unset=True)) if before else said
