"""What the commands share at the terminal: what several of them take, and how they print."""

import json
from typing import Annotated

import typer
from rich.console import Console

TransferId = Annotated[
    str,
    typer.Argument(
        help="The id of the transfer, as `transfers start` printed it.",
        callback=lambda said: said.rpartition("/")[2],  # the Temporal UI shows the kind before it
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
"""The option of every command that reads."""


def print_json(value: object) -> None:
    """Print for other programs."""
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def _console() -> Console:
    made = Console(highlight=False)
    return made if made.is_terminal else Console(highlight=False, width=160)


out = _console()
"""Standard output; wide enough for a table where it is not a terminal."""
