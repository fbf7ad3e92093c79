"""The limit of every test grows with the time that this machine takes, and what takes long begins first."""

import gc
import os
from collections.abc import Generator, MutableSequence
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.pace import patient, slowness

settings.register_profile("a busy machine", deadline=None)
settings.load_profile("a busy machine")
pytest_plugins = ("tests.postgres.run",)
SHARES_A_REHEARSAL = "tests/system/"
SECOND_HALF = f"{SHARES_A_REHEARSAL}test_m"
ALONE = ("tests/models/test_journeys.py", "tests/system/test_deaths.py", "tests/matrix/test_fault_matrix.py")
"""One test of each takes minutes: they begin first, none behind another."""
OF_MANY = "tests/models/test_every_rule_is_held.py"
WAIT_MORE_THAN_THEY_WORK = ("tests/observability/", "tests/benchmarks/")
LONGEST = (*ALONE, OF_MANY, SHARES_A_REHEARSAL, *WAIT_MORE_THAN_THEY_WORK, "tests/workflows/", "")
"""What takes most of the time, in this order, so that at the end of a session no process waits long for another."""
NO_LIMIT_OF_TWO_SECONDS = "TEMPORAL_DEBUG"
"""After two seconds the SDK counts a workflow task, or its removal from the cache, as stuck, and begins it once more.

Where more tests run than there are cores, one that has only waited for its turn takes that long; begun twice, it never
ends, nor does its worker. The SDK's debug mode, which the sandbox stays on in, is the one way to say so.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before pytest-timeout reads it; the processes of pytest-xdist are given what the first one worked out."""
    if config.option.timeout is None:
        config.option.timeout = patient(float(config.getini("timeout")))
    os.environ[NO_LIMIT_OF_TWO_SECONDS] = "1"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Who asks for the long tests alone reads no file that has none: to read all of them takes each process seconds."""
    if config.option.markexpr != "long" or not collection_path.match("test_*.py"):
        return None
    return "mark.long" not in collection_path.read_text(encoding="utf-8") or None


def pytest_collection_modifyitems(items: MutableSequence[pytest.Item]) -> None:
    items.sort(key=lambda item: next(place for place, of in enumerate(LONGEST) if item.nodeid.startswith(of)))
    for item in items:
        if (own := item.get_closest_marker("timeout")) is not None:
            item.add_marker(pytest.mark.timeout(patient(own.args[0])), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is read stays: it is not looked through for garbage while the tests are found, nor while they run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_report_header() -> str:
    return f"limits: {slowness():.1f} times those of a machine that is quick and at rest"


class InTurn(LoadScopeScheduling):
    """The tests that share what takes long to start go to two processes, half of them each; every other file to one.

    What is alone is so here, too; and of the file of every row, each table of rows goes to a process.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file == OF_MANY:
            return nodeid.partition(": ")[0]
        if file in ALONE or not file.startswith(SHARES_A_REHEARSAL):
            return file
        return SHARES_A_REHEARSAL if file < SECOND_HALF else SECOND_HALF


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InTurn | None:
    """Where nobody asked for another way of sharing out."""
    if config.option.dist != "load":
        return None
    config.option.loadscopereorder = False
    return InTurn(config, log)
