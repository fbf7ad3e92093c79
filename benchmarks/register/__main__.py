"""What reading a large register costs: ``python -m benchmarks.register``. See docs/performance.md."""

import argparse
import json
import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from benchmarks.gauges import Machine
from benchmarks.register.copies import Order
from benchmarks.register.fill import NothingToCopyError, fill, is_filled, size
from benchmarks.register.measure import measured
from benchmarks.register.real import NotPlayedError, rehearsal_in
from benchmarks.register.result import Took, content, line
from benchmarks.written import PAGE, written_down

COLUMNS = {"sqlite": "times the reference", "postgresql": "times the reference on PostgreSQL"}
"""Of the tables of docs/performance.md, by the kind of database."""


def main() -> int:
    """Fill and measure as the command line says.

    Returns:
        0, or 2 where it could not be tried.
    """
    said = _command_line().parse_args()
    try:
        with _folder(said.folder) as folder:
            url = said.url or f"sqlite:///{Path(folder).absolute() / 'filled.db'}"
            _run(Order(said.transfers, said.open), Path(folder), url)
    except (NotPlayedError, NothingToCopyError, OSError) as error:
        print(f"register: {error}", file=sys.stderr)
        return 2
    return 0


def _folder(kept: Path | None) -> AbstractContextManager[Path | str]:
    """The one that was named, or one that is gone afterwards."""
    return TemporaryDirectory(prefix="register-") if kept is None else nullcontext(kept)


def _run(order: Order, folder: Path, url: str) -> None:
    machine = Machine.this(os.getloadavg()[0])
    known = written_down(PAGE.read_text(encoding="utf-8"), COLUMNS[make_url(url).get_backend_name()])
    print("Playing the case files, unless that was done here before ...", flush=True)
    rehearsal = rehearsal_in(folder / "rehearsal")
    if not is_filled(url):
        began = time.monotonic()
        print(f"Filling a register with {order.transfers:,} transfers, {order.open:,} of them open ...", flush=True)
        rows = fill(order, rehearsal, url, datetime.now(UTC))
        print(f"{rows:,} rows in {time.monotonic() - began:.0f} s", flush=True)
    print(f"{machine.cores} cores, {machine.memory_gib} GiB, load before {machine.load_before}; {size(url)}")
    took: list[Took] = []
    for one in measured(url):
        took.append(one)
        print(line(one, known.get(one.name)), flush=True)
    (folder / "register.json").write_text(json.dumps(content(took), indent=2) + "\n", encoding="utf-8")


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.register",
        description="Fills a register with many transfers, made from real ones, and measures what reads it.",
    )
    parser.add_argument("--transfers", type=int, default=100_000, help="how many transfers there are (100,000)")
    parser.add_argument("--open", type=int, default=3_000, help="how many of them are open (3,000)")
    parser.add_argument(
        "--url",
        help="an empty database, as TRANSFERS_REGISTER_URL names it; one that was filled before is measured again "
        "(without it: SQLite, in the folder)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        help="where everything is kept, register.json with every figure, too; what was filled there before is "
        "measured again (without it: a folder that is gone afterwards)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
