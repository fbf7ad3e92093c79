"""The command that explains a transfer."""

from datetime import UTC, datetime

from cli.rehearsal.skipped import skipped, skipped_words
from cli.screens import transfer_screen
from cli.terminal import AsJson, TransferId, out, print_json
from cli.wiring import find_transfers, transfers
from client.errors import InputError


def show(transfer_id: TransferId, *, as_json: AsJson = False) -> None:
    """Explain where a transfer stands, what it waits for, and what happened."""
    local = find_transfers()
    found = transfers().status(transfer_id)
    if found is None:
        raise InputError(f"transfer {transfer_id}: is not known (`transfers list --all` shows them all)")
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    out.print(transfer_screen(found))
    if (ahead := skipped(local).get(transfer_id)) is not None:
        out.print(skipped_words(datetime.now(UTC) + ahead))
