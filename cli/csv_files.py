"""Files that come from a spreadsheet (CSV): all of a file or nothing, and every line that is wrong named at once."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from client.checked import checked
from client.errors import InputError
from models.vocabulary import Frozen

K = TypeVar("K", bound=Frozen)

Columns = tuple[str, ...]


class _Line(NamedTuple, Generic[K]):
    """A line of a file: where it stands, and what it says or what is wrong with it."""

    where: str
    ref: str | None
    read: K | str


def read_csv(path: Path, kind: type[K], heads: Sequence[Columns]) -> list[K]:
    """The things of this kind in a file that has one of these heads; each has a ``ref`` of its own.

    Raises:
        InputError: a line for each thing that is wrong, naming the line, the field and the rule.
    """
    try:
        # Spreadsheets put a mark before the first column of a file in UTF-8.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = tuple(rows.fieldnames or ())
            if columns not in heads:
                raise InputError(f"{path}: line 1: the columns are {', '.join(heads[0])}, separated by commas")
            # Spreadsheets write commas for rows that somebody emptied.
            said = ((row, f"{path}: line {rows.line_num}") for row in rows if not _is_blank(row))
            lines = [_line(row, kind, columns, where) for row, where in said]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: is not CSV in UTF-8; in Excel, save it as 'CSV UTF-8 (comma delimited)'") from error
    wrong = [*(line.read for line in lines if isinstance(line.read, str)), *_named_twice(lines)]
    if wrong:
        raise InputError("\n".join(wrong))
    return [line.read for line in lines if not isinstance(line.read, str)]


def _is_blank(row: dict[str | None, Any]) -> bool:
    """Nothing stands in it, in however many columns; those beyond the last that has a name are one list."""
    return not "".join("".join(cell or "") for cell in row.values()).strip()


def _line(row: dict[str | None, str | None], kind: type[K], columns: Columns, where: str) -> _Line[K]:
    """One line; an empty cell says None where that is the field's default."""
    if None in row or None in row.values():
        return _Line(where, None, f"{where}: does not have {len(columns)} columns")
    said = {name: row[name] or (None if kind.model_fields[name].default is None else "") for name in columns}
    try:
        return _Line(where, row["ref"], checked(kind, said))
    except InputError as error:
        return _Line(where, None, "\n".join(f"{where}: {flaw.written}" for flaw in error.flaws))


def _named_twice(lines: Sequence[_Line[K]]) -> Iterator[str]:
    seen = set()
    for where, ref, _ in lines:
        if ref is not None and ref in seen:
            yield f"{where}: ref: {ref} is named twice"
        seen.add(ref)
