"""No row of the rules can go unnoticed: each is taken out once, and a test that is marked with its clause fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.without_row import ROW, Row, every_row

HERE = Path(__file__).parent
EXAMPLES = [
    path for path in sorted(HERE.glob("test_*.py")) if path.name not in {"test_journeys.py", Path(__file__).name}
]
"""The tests that say with one example what a rule is for."""

pytestmark = pytest.mark.long


def run(without: Row | None = None) -> subprocess.CompletedProcess[str]:
    """Run the examples, of a row only the files that name its clause: most of the time goes into reading them."""
    files = [str(path) for path in EXAMPLES if without is None or f'"{without.clause}"' in path.read_text()]
    options = ("-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:randomly", "-m", "clause")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-p", "tests.without_row", *files],
        cwd=HERE.parents[1],
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTEST")},
            ROW: without.name if without else "",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(600)
def test_with_every_row_in_its_place_the_examples_pass() -> None:
    told = run()
    assert told.returncode == pytest.ExitCode.OK, told.stdout


@pytest.mark.parametrize("row", every_row().values(), ids=every_row())
def test_a_row_that_is_taken_out_is_missed(row: Row) -> None:
    told = run(without=row)
    assert told.returncode == pytest.ExitCode.TESTS_FAILED, f"nobody holds it\n{told.stdout}{told.stderr}"
