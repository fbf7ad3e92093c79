"""Transfers on a bad day: ``python -m benchmarks.chaos``. See docs/performance.md.

Exit code 0: nothing was lost and nothing doubled. 1: something was. 2: it could not be tried here and now.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from secrets import randbelow

from benchmarks.chaos.plan import planned
from benchmarks.chaos.run import run
from benchmarks.rehearsal import free_ports, leave, rehearsal
from cli.rehearsal.local import LocalSettings
from cli.rehearsal.stack import StackError

QUIET = {"TRANSFERS_DIGEST_AT": "", "TRANSFERS_RECONCILE_AT": ""}
"""The books are compared once, in the end."""


def main() -> int:
    """Strike as the command line says."""
    said = _command_line().parse_args()
    folder = said.folder or Path(".transfers") / f"chaos-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 (a name for people here)
    # Until everything is stopped in order, being told to end is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.update(QUIET)
    local = LocalSettings(folder=folder.absolute()).model_copy(update=free_ports())
    try:
        with rehearsal(local) as stack:
            plan = planned(said.seed, said.transfers, said.minutes)
            print(f"seed {plan.seed}: {len(plan.transfers)} transfers, {len(plan.blows)} blows", flush=True)
            result = asyncio.run(run(stack, plan, said.patience))
    except StackError as error:
        print(f"chaos: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("chaos: stopped", file=sys.stderr)
        return 130
    written = folder / "chaos.json"
    written.write_text(json.dumps(result.content(), indent=2) + "\n", encoding="utf-8")
    print("", *result.lines(), "", f"Written to {written}.", sep="\n")
    return 0 if result.verdict.is_right else 1


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chaos",
        description="Drives transfers while everything around them is struck, and compares the books of all sides.",
    )
    parser.add_argument("--seed", type=int, default=randbelow(10_000), help="what happens follows from it (any)")
    parser.add_argument("--transfers", type=int, default=100, help="how many (100)")
    parser.add_argument("--minutes", type=float, default=20, help="for how long it is struck (20)")
    parser.add_argument("--patience", type=float, default=900, help="seconds after that until the last one ends (900)")
    parser.add_argument("--folder", type=Path, help="an empty folder for everything that is kept (.transfers/chaos-…)")
    return parser


if __name__ == "__main__":
    leave(main())
