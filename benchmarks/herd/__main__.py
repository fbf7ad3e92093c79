"""The herd at close of business: ``python -m benchmarks.herd``. See docs/performance.md.

Exit code 0: every alert was raised once and reached the mailbox. 1: one is missing, or was raised twice. 2: it could
not be tried here and now.
"""

import argparse
import asyncio
import json
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.herd.measure import Herd
from benchmarks.herd.result import Order, Result
from benchmarks.herd.stage import HerdError, prepare
from benchmarks.rehearsal import leave, rehearsal
from benchmarks.written import PAGE, written_down
from cli.rehearsal.stack import StackError

OPENED_A_MINUTE = 120
"""At least, on two cores that somebody else uses, too."""


def main() -> int:
    """Run the herd as the command line says."""
    said = _command_line().parse_args()
    minutes = said.minutes or 2 + said.transfers / OPENED_A_MINUTE
    folder = said.folder or Path(".transfers") / f"herd-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 (a name for people here)
    # Until everything is stopped in order, being told to end is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    order = Order(said.transfers, minutes * 60, said.rate, said.before, said.patience)
    try:
        result = _run(order, folder)
    except (HerdError, StackError) as error:
        print(f"herd: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("herd: stopped", file=sys.stderr)
        return 130
    written = folder / "herd.json"
    written.write_text(json.dumps(result.content(), indent=2) + "\n", encoding="utf-8")
    known = written_down(PAGE.read_text(encoding="utf-8"), "times the mails alone")
    print("", *result.lines(known), "", f"Written to {written}.", sep="\n")
    return 0 if result.count.is_right else 1


def _run(order: Order, folder: Path) -> Result:
    local, due = prepare(folder, timedelta(seconds=order.closes_in_seconds))
    with rehearsal(local) as stack:
        return asyncio.run(Herd(order, stack, due).measure())


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.herd",
        description="Lets the clocks of many transfers end at one instant, and counts what follows.",
    )
    parser.add_argument("--transfers", type=int, default=2000, help="how many clocks end at once (2000)")
    parser.add_argument("--folder", type=Path, help="an empty folder for everything that is kept (.transfers/herd-…)")
    parser.add_argument(
        "--minutes",
        type=float,
        help=f"when the day closes; has to be enough to open them (2 + 1 for each {OPENED_A_MINUTE})",
    )
    parser.add_argument("--rate", type=float, default=4, help="steps a second to other transfers meanwhile (4)")
    parser.add_argument("--before", type=float, default=60, help="seconds in which steps are measured before (60)")
    parser.add_argument("--patience", type=float, default=900, help="seconds after which alerts count as missing (900)")
    return parser


if __name__ == "__main__":
    leave(main())
