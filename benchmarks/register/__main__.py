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

from benchmarks.gauges import Machine
from benchmarks.register.copies import Order
from benchmarks.register.fill import NothingToCopyError, fill
from benchmarks.register.measure import measured
from benchmarks.register.real import NotPlayedError, rehearsal_in
from benchmarks.register.result import Took, content, line
from benchmarks.written import PAGE, written_down


def main() -> int:
    """Fill and measure as the command line says.

    Returns:
        0, or 2 where it could not be tried.
    """
    said = _command_line().parse_args()
    try:
        with _folder(said.folder) as folder:
            _run(Order(said.transfers, said.open), Path(folder))
    except (NotPlayedError, NothingToCopyError, OSError) as error:
        print(f"register: {error}", file=sys.stderr)
        return 2
    return 0


def _folder(kept: Path | None) -> AbstractContextManager[Path | str]:
    """The one that was named, or one that is gone afterwards."""
    return TemporaryDirectory(prefix="register-") if kept is None else nullcontext(kept)


def _run(order: Order, folder: Path) -> None:
    machine = Machine.this(os.getloadavg()[0])
    known = written_down(PAGE.read_text(encoding="utf-8"), "times the reference")
    print("Playing the case files, unless that was done here before ...", flush=True)
    rehearsal, register = rehearsal_in(folder / "rehearsal"), folder / "filled.db"
    if not register.exists():
        began = time.monotonic()
        print(f"Filling a register with {order.transfers:,} transfers, {order.open:,} of them open ...", flush=True)
        rows = fill(order, rehearsal, f"sqlite:///{register}", datetime.now(UTC))
        print(f"{rows:,} rows in {time.monotonic() - began:.0f} s", flush=True)
    size = register.stat().st_size / 1024**3
    print(f"{machine.cores} cores, {machine.memory_gib} GiB, load before {machine.load_before}; {size:.1f} GiB")
    took: list[Took] = []
    for one in measured(register):
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
        "--folder",
        type=Path,
        help="where everything is kept, register.json with every figure, too; what was filled there before is "
        "measured again (without it: a folder that is gone afterwards)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
