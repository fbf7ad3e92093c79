"""The service directory as a file: ``ref,name,contact_email,mosaic_team``; the team is empty without Mosaic."""

import csv
from pathlib import Path

from cli.documents import InputError, checked
from models.services import EarlyHelpService

COLUMNS = ("ref", "name", "contact_email", "mosaic_team")


def read_services(path: Path) -> list[EarlyHelpService]:
    """The services of a CSV file.

    Raises:
        InputError: naming the line, the field and the rule.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise InputError(f"{path}: line 1: the columns are {', '.join(COLUMNS)}")
            return [_service(row, f"{path}: line {rows.line_num}") for row in rows]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def _service(row: dict[str, str], where: str) -> EarlyHelpService:
    return checked(EarlyHelpService, {**row, "mosaic_team": row["mosaic_team"] or None}, where)
