"""No row of the rules can go unnoticed: each is taken out once, and a test that is marked with its clause fails."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.warm import warm
from tests.without_row import OPTIONS, Row, every_row, who_misses

HERE = Path(__file__).parent
NO_EXAMPLES = {HERE / "test_journeys.py", Path(__file__), *HERE.glob("test_any_*.py")}
EXAMPLES = [path for path in sorted(HERE.glob("test_*.py")) if path not in NO_EXAMPLES]
"""The tests that say with one example what a rule is for: none that comes upon it by chance."""
LIKELY = {
    "RULES": "test_rules.py",
    "RESOLVING": "test_rules.py",
    "CORRECTIONS": "test_corrections.py",
    "NEEDS": "test_needs.py",
    "WAITS": "test_needs.py",
    "DOINGS": "test_needs.py",
    "TIME_IS_UP": "test_clocks.py",
    "INTERLOCK": "test_interlock.py",
    "LOCKS": "test_interlock.py",
    "KEEPS_OPEN": "test_held.py",
    "TURNS": "test_turns.py",
    **dict.fromkeys(("REQUEST_RULES", "REQUEST_NEEDS", "REQUEST_DOINGS", "REQUEST_TIME_IS_UP"), "test_help_request.py"),
    "REQUEST_WAITS": "test_help_contact.py",
    **dict.fromkeys(("REFERRAL_RULES", "REFERRAL_NEEDS", "REFERRAL_DOINGS", "REFERRAL_TIME_IS_UP"), "test_step_up.py"),
}
"""Where most rows of a table are held: looked at first, as most of the time goes into reading the tests."""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def new_processes() -> Iterator[Executor]:
    """Each task has a process of its own, a copy of one that has read the rules and nothing of the tests."""
    with ProcessPoolExecutor(1, warm(), max_tasks_per_child=1) as processes:
        yield processes


def holding(row: Row) -> Sequence[Path]:
    """The files that name its clause, the likely one first, then those that name it most often."""
    named = {path: path.read_text().count(f'"{row.clause}"') for path in EXAMPLES}
    naming = (path for path, times in named.items() if times)
    return sorted(naming, key=lambda path: (path.name != LIKELY.get(row.table), -named[path]))


@pytest.mark.timeout(600)
def test_with_every_row_in_its_place_the_examples_pass() -> None:
    """Here those that hold most of the rows, run as below; the others pass with the quick tests, as they do."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, *(str(HERE / name) for name in sorted({*LIKELY.values()}))],
        cwd=HERE.parents[1],
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == pytest.ExitCode.OK, told.stdout


@pytest.mark.parametrize("row", every_row().values(), ids=every_row())
def test_a_row_that_is_taken_out_is_missed(row: Row, new_processes: Executor) -> None:
    code, said = new_processes.submit(who_misses, row.name, holding(row)).result()
    assert code == pytest.ExitCode.TESTS_FAILED, f"nobody holds it\n{said}"
