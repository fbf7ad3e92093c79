"""A group of commands whose modules are imported when they are called."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class Row(NamedTuple):
    """A command as the help of its group shows it, and where it is."""

    name: str
    place: str
    """``module:name`` of a function, or of a ``typer.Typer`` with commands of its own."""
    says: str
    """What its own help begins with."""


class AtNeed(TyperGroup):
    """A group of rows: its help needs them alone, and whoever calls a command imports that one."""

    def __init__(self, rows: Iterable[Row], **said: Any) -> None:
        """Take the rows, in the order of the help."""
        self.rows = {row.name: row for row in rows}
        super().__init__(commands=[TyperCommand(row.name, help=row.says) for row in self.rows.values()], **said)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, as its module has it."""
        name, line, rest = super().resolve_command(ctx, args)
        return name, line and self.found(line.name), rest

    def found(self, name: str | None) -> Any:
        """The command of this name, its module imported."""
        row = self.rows[str(name)]
        module, _, inside = row.place.partition(":")
        command = getattr(import_module(module), inside)
        if isinstance(command, typer.Typer):
            return get_group(command)
        alone = typer.Typer(add_completion=False)
        alone.command(row.name)(command)
        return get_command(alone)
