"""Processes that are copies of one which has read everything they need: of most starts, that is most of the time."""

import asyncio
import os
import runpy
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

READ = [
    "hypothesis.stateful",
    "pytest_asyncio.plugin",
    "pytest_timeout",
    "xdist.plugin",
    "_pytest.unittest",
    "execnet",
    "tests.without_row",
]
READ += ["worker.process", "worker.memory", "tests.system.dying_worker", "tests.postgres.run"]
"""No test: some look into the tables of the rules when they are read."""


def warm() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(READ)
    return context


class Program:
    """A module that runs as ``python -m`` runs it, to whoever waits for its end."""

    def __init__(self, module: str, environment: Mapping[str, str], log: Path) -> None:
        self._process = warm().Process(target=_run, args=(module, dict(environment), str(log)))
        self._process.start()
        self._ended, self._loop = asyncio.Event(), asyncio.get_running_loop()
        self._loop.add_reader(self._process.sentinel, self._end)

    def _end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._process.join()
        self._ended.set()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    async def wait(self) -> None:
        await self._ended.wait()


def _run(module: str, environment: Mapping[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(written, stream)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
