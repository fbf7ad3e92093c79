"""What the gateway adds to a step and to a read: ``python -m benchmarks.gateway``. See docs/performance.md.

Exit code 0: measured. 2: it could not be tried here and now.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.gateway.drive import READS, TEAM, WORKER, Families, NotTakenError, pages, reads
from benchmarks.gateway.result import Figure, Round, line, of_lists, of_reads, of_steps
from benchmarks.gateway.stage import BARE, GATEWAY, QUIET, Stage, beside, issuer, signed, stage
from benchmarks.gauges import Machine, processor_seconds
from benchmarks.register.copies import TEAMS, Order
from benchmarks.register.fill import NothingToCopyError, fill, is_filled
from benchmarks.register.real import NotPlayedError, rehearsal_in
from benchmarks.rehearsal import free_ports, leave
from benchmarks.written import PAGE, written_down
from cli.rehearsal.local import HOST
from cli.rehearsal.stack import StackError
from cli.wiring import temporal

WARM = 2
"""Families of each side before anything is counted."""
READERS = 8
PAGES = 200
COLUMN = "times the reference over HTTP"
LISTS = {
    "a team": (("worker-1", TEAMS[:1], "transfers-casework"), "/v1/transfers?most=50"),
    "operations": (("ops-1", (), "transfers-operations"), "/v1/transfers?most=50"),
    "operations, with those that ended": (("ops-1", (), "transfers-operations"), "/v1/transfers?most=50&ended=true"),
}
"""Who asks for which list."""


def main() -> int:
    """Measure as the command line says."""
    said = _command_line().parse_args()
    folder = said.folder or Path(".transfers") / f"gateway-{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005 (a name for people here)
    machine = Machine.this(os.getloadavg()[0])
    # Until everything is stopped in order, being told to end is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    known = written_down(PAGE.read_text(encoding="utf-8"), COLUMN)
    print(f"{machine.cores} cores, {machine.memory_gib} GiB, load before {machine.load_before}", flush=True)
    try:
        for figure in _figures(said, folder):
            print(line(figure, known.get(figure.name)), flush=True)
    except (StackError, NotTakenError, NotPlayedError, NothingToCopyError) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gateway: stopped", file=sys.stderr)
        return 130
    return 0


def _figures(said: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    if said.families:
        with stage(folder) as running:
            yield from asyncio.run(_beside_references(running, said))
    if said.transfers:
        yield from _lists(folder / "lists", said.transfers)


async def _beside_references(running: Stage, said: argparse.Namespace) -> list[Figure]:
    async with httpx.AsyncClient(base_url=running.stack.local.mosaic_url, timeout=60) as mosaic:
        client = await temporal()
        await Families(running, client, mosaic).play(WARM, said.at_once)
        families = Families(running, client, mosaic)
        ids = await families.play(said.families, said.at_once)
        headers = signed(running.issuer, WORKER, [TEAM], READS)
        ours: list[Round] = []
        bare: list[Round] = []
        for _ in range(said.rounds):
            for name, port, found in ((GATEWAY, running.gateway_port, ours), (BARE, running.bare_port, bare)):
                before = processor_seconds(running.servers)[name]
                number = await reads(port, headers, ids, READERS, said.seconds)
                took = processor_seconds(running.servers)[name] - before
                found.append(Round(number / said.seconds, took / number))
    steps = families.times.steps
    return [*of_steps(*steps.values()), *of_reads(ours, bare)]


def _lists(folder: Path, number: int) -> Iterator[Figure]:
    url = f"sqlite:///{(folder / 'filled.db').absolute()}"
    rehearsal = rehearsal_in(folder / "rehearsal")
    if not is_filled(url):
        print(f"Filling a register with {number:,} transfers ...", flush=True)
        fill(Order(number, number * 3 // 100), rehearsal, url, datetime.now(UTC))
    [port, *_] = free_ports().values()
    said = {**QUIET, "TRANSFERS_REGISTER_URL": url, "TRANSFERS_GATEWAY_PORT": str(port)}
    command = (sys.executable, "-m", "gateway")
    with beside(command, f"http://{HOST}:{port}/health/live", said, folder / "gateway.log"):
        yield from of_lists(
            {
                who: asyncio.run(pages(port, signed(issuer(), *caller), path, PAGES))
                for who, (caller, path) in LISTS.items()
            }
        )


def _command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gateway",
        description="Sends the same steps by a Temporal client and over HTTP, reads over HTTP, and asks for lists.",
    )
    parser.add_argument("--families", type=int, default=60, help="families of each side (60; 0: no steps, no reads)")
    parser.add_argument("--at-once", type=int, default=2, help="families that are worked on at one time (2)")
    parser.add_argument("--rounds", type=int, default=5, help="how often reads are measured (5)")
    parser.add_argument("--seconds", type=float, default=4, help="for how long each time (4)")
    parser.add_argument(
        "--transfers", type=int, default=100_000, help="transfers of which lists are asked for (100,000; 0: no lists)"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        help="where everything is kept; lists that were filled there before are measured again (.transfers/gateway-…)",
    )
    return parser


if __name__ == "__main__":
    leave(main())
