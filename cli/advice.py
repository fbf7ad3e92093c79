"""The command that counts advice about a family that nobody names; nothing of the family can be said to it (ER-08)."""

from datetime import datetime
from typing import Annotated

import typer

from cli.terminal import AsJson, print_json
from cli.wiring import advice as counts
from cli.wiring import find_transfers, numbers_to_ring
from models.operations.advice import AdviceChannel, AdviceKind
from models.vocabulary import LONDON

RING = "{phones} If a child may be at risk, whoever asks rings now, and says who the child is: that is not for advice."
LISTED = "; ".join(f"{kind} ({kind.words})" for kind in AdviceKind)

Kind = Annotated[AdviceKind, typer.Argument(help=f"What it was about: {LISTED}.")]
By = Annotated[AdviceChannel, typer.Option("--by", help="How they asked.")]


def advice(kind: Kind, *, by: By = AdviceChannel.LINE, as_json: AsJson = False) -> None:
    """Count that somebody was advised about a family whom nobody named; nothing of the family is kept."""
    find_transfers()
    day = datetime.now(LONDON).date()
    counts().count(day, kind, by)
    if as_json:
        print_json({"day": day.isoformat(), "kind": kind, "channel": by})
        return
    typer.echo(RING.format(phones=numbers_to_ring()))
    typer.echo(f"Counted for today: advice {by.words}, about {kind.words}. Nothing of the family is kept.")
