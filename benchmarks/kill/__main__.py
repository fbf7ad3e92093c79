"""How long a step waits after ``kill -9`` of its worker: ``python -m benchmarks.kill``. See docs/performance.md.

Exit code 0: measured. 2: it could not be tried here and now.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from benchmarks.gauges import Machine
from benchmarks.kill.measure import Kills, Round
from benchmarks.kill.result import Result
from benchmarks.rehearsal import free_ports, leave, rehearsal
from benchmarks.written import PAGE, written_down
from cli.rehearsal.local import LocalSettings
from cli.rehearsal.stack import StackError


def main() -> int:
    """Kill workers as the command line says."""
    said = _command_line().parse_args()
    folder = said.folder or Path(".transfers") / f"kill-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 (a name for people here)
    # Until everything is stopped in order, being told to end is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    load = os.getloadavg()[0]
    local = LocalSettings(folder=folder.absolute()).model_copy(update=free_ports())
    rounds = [Round(noticed, after) for after in said.after for noticed in (True, False) for _ in range(said.rounds)]
    try:
        with rehearsal(local) as stack:
            measured = asyncio.run(Kills(stack, said.transfers).measure(rounds))
    except StackError as error:
        print(f"kill: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("kill: stopped", file=sys.stderr)
        return 130
    result = Result(Machine.this(load), said.transfers, measured)
    written = folder / "kill.json"
    written.write_text(json.dumps(result.content(), indent=2) + "\n", encoding="utf-8")
    known = written_down(PAGE.read_text(encoding="utf-8"), "times no kill")
    print("", *result.lines(known), "", f"Written to {written}.", sep="\n")
    return 0


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.kill",
        description="Kills the worker of some transfers while another is ready, and times their next step.",
    )
    parser.add_argument("--transfers", type=int, default=5, help="how many transfers the killed worker remembers (5)")
    parser.add_argument("--rounds", type=int, default=2, help="kills of each kind (2)")
    parser.add_argument(
        "--after", type=float, nargs="+", default=[5, 0], help="seconds from the kill until the steps are sent (5 0)"
    )
    parser.add_argument("--folder", type=Path, help="an empty folder for everything that is kept (.transfers/kill-…)")
    return parser


if __name__ == "__main__":
    leave(main())
