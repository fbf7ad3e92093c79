"""Time that was skipped in the rehearsal: by how much each transfer is ahead of this machine."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from rich.text import Text

from cli.rehearsal.local import Rehearsal
from models.vocabulary import local_time


def note_skipped(local: Rehearsal, transfer_id: str, ahead: timedelta) -> None:
    """Note that this transfer is so far ahead now, where it is."""
    if ahead <= timedelta(0):
        return
    found = {**skipped(local), transfer_id: ahead}
    seconds = {name: ahead.total_seconds() for name, ahead in found.items()}
    _kept(local).write_text(json.dumps(seconds), encoding="utf-8")


def skipped(local: Rehearsal | None) -> Mapping[str, timedelta]:
    """The transfers whose time was skipped, and by how much; none where this is no rehearsal."""
    if local is None:
        return {}
    try:
        seconds = json.loads(_kept(local).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: timedelta(seconds=ahead) for name, ahead in seconds.items()}


def skipped_words(furthest: datetime, transfers: int | None = None) -> Text:
    """That time was skipped: in one transfer, or in so many of a list."""
    if transfers is None:
        return Text(f"Time was skipped in this rehearsal: for this transfer it is {local_time(furthest)}.", "yellow")
    of = "1 of these transfers" if transfers == 1 else f"{transfers} of these transfers"
    words = f"Time was skipped in this rehearsal for {of}: the furthest is at {local_time(furthest)}."
    return Text(words, "yellow")


def _kept(local: Rehearsal) -> Path:
    return local.folder / "skipped.json"
