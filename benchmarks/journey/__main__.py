"""What a journey costs, beside a bare workflow: ``python -m benchmarks.journey``. See docs/performance.md.

Exit code 0: measured. 2: it could not be tried here and now.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import httpx

from benchmarks.gauges import Machine
from benchmarks.journey.measure import Block, Measure, Order, blocks
from benchmarks.journey.result import table
from benchmarks.journey.stage import stage
from benchmarks.rehearsal import leave
from benchmarks.written import PAGE, written_down
from cli.rehearsal.stack import StackError
from cli.wiring import temporal


def main() -> int:
    """Measure as the command line says."""
    said = _command_line().parse_args()
    folder = said.folder or Path(".transfers") / f"journey-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 (a name for people here)
    machine = Machine.this(os.getloadavg()[0])
    # Until everything is stopped in order, being told to end is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        measured = _run(folder, Order(said.at_once, said.journeys, said.rounds, said.open))
    except StackError as error:
        print(f"journey: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("journey: stopped", file=sys.stderr)
        return 130
    print("", f"{machine.cores} cores, {machine.memory_gib} GiB, load before {machine.load_before}", sep="\n")
    written = written_down(PAGE.read_text(encoding="utf-8"), "times the bare workflow")
    print(*table(measured, written), sep="\n")
    return 0


def _run(folder: Path, order: Order) -> Sequence[Block]:
    with stage(folder) as running:

        async def measured() -> Sequence[Block]:
            async with httpx.AsyncClient(base_url=running.stack.local.mosaic_url, timeout=60) as mosaic:
                return await blocks(Measure(running, await temporal(), mosaic), running, order)

        return asyncio.run(measured())


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.journey",
        description="Plays example 01 many times, in the product and in a bare workflow that trusts everybody.",
    )
    parser.add_argument("--at-once", type=_numbers, default=[1, 10, 30], help="journeys at one time (1,10,30)")
    parser.add_argument("--journeys", type=_numbers, default=[8, 30, 60], help="how many of each (8,30,60)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each block is measured (3)")
    parser.add_argument("--open", type=int, default=150, help="transfers left open, for their memory (150; 0: none)")
    parser.add_argument(
        "--folder", type=Path, help="an empty folder for everything that is kept (.transfers/journey-…)"
    )
    return parser


if __name__ == "__main__":
    leave(main())
