"""Carrying out the blows, one after the other."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from temporalio.client import Client
from typer import echo

from benchmarks.chaos.plan import HELD, Blow
from cli.rehearsal.player import Player
from cli.rehearsal.stack import Stack


class Blows:
    """Strikes what runs."""

    def __init__(self, stack: Stack, client: Client) -> None:
        """Strike nothing yet."""
        self._stack = stack
        # The faults that are planned here are about whatever comes first, and no family.
        self._player = Player(stack.local, client)
        self.struck: list[tuple[float, Blow]] = []

    async def strike(self, blows: Sequence[Blow], began: float) -> None:
        """Each at its second, or as soon as what was struck before answers again; in the end everything works."""
        for blow in blows:
            await asyncio.sleep(max(0.0, began + blow.at - time.monotonic()))
            at = time.monotonic() - began
            echo(f"{at:7.1f} s  {blow.words}")
            self.struck.append((at, blow))
            await self._strike(blow)
        await asyncio.to_thread(self._player.mend)

    async def _strike(self, blow: Blow) -> None:
        if blow.fault is not None:
            await self._player.play(blow.fault)
        elif blow.target == HELD:
            await asyncio.to_thread(_hold, self._stack.local.folder / "register.db", blow.seconds)
        else:
            await asyncio.to_thread(self._stack.kill, blow.target)
            await asyncio.sleep(blow.seconds)
            await asyncio.to_thread(self._stack.start_again, blow.target)


def _hold(file: Path, seconds: float) -> None:
    """Take the turn to write, and keep it."""
    with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
