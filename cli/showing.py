"""The command that explains a transfer."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.rehearsal.skipped import skipped, skipped_words
from cli.screens import transfer_screen
from cli.terminal import AsJson, TransferId, out, print_json
from cli.wiring import find_transfers, transfers
from client.errors import InputError

InMosaicToo = Annotated[
    bool,
    typer.Option(
        "--in-mosaic",
        help="Show what Mosaic holds of the children instead: orders, enquiries, plans. For those who work with them.",
    ),
]


def show(transfer_id: TransferId, *, of_children: InMosaicToo = False, as_json: AsJson = False) -> None:
    """Explain where a transfer stands, what it waits for, and what happened."""
    local = find_transfers()
    found = transfers().status(transfer_id)
    if found is None:
        raise InputError(f"transfer {transfer_id}: is not known (`transfers list --all` shows them all)")
    if of_children:
        # At need: the other question is answered without Temporal, in half the time.
        from cli.in_mosaic import show_in_mosaic

        show_in_mosaic(transfer_id, as_json=as_json)
        return
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    out.print(transfer_screen(found))
    if (ahead := skipped(local).get(transfer_id)) is not None:
        out.print(skipped_words(datetime.now(UTC) + ahead))
