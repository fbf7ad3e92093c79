"""Documents that are made from the code are up to date, and what is written by hand points at what is there."""

import re
from pathlib import Path

import pytest

from cli.generate import ROOT, clauses, documents, marked_tests, rows_by_clause

DONE = (
    *("SD-01", "SD-02", "SD-03", "SD-04", "SD-05", "SD-06", "SD-07", "SD-08", "SD-09", "SD-09a", "SD-10", "SD-11"),
    *(
        "SD-10a",
        "SD-12",
        "SD-13",
        "SD-14",
        "SD-15",
        "SD-16",
        "SD-17",
        "SD-18",
        "SD-19",
        "SU-01",
        "SD-20",
        "SD-21",
        "SD-22",
        "SD-23",
        "SD-24",
        "SD-25",
        "SD-26",
        "SD-27",
    ),
    *("SD-28", "SD-29", "SD-30", "SD-31", "SD-32", "SD-33", "SD-34", "SD-35"),
)
"""The clauses that the code claims to hold today."""
MADE, MARKED = documents(), marked_tests()


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MADE[path], "run: python -m cli.generate"


def test_no_schema_is_left_over() -> None:
    kept = set((ROOT / "docs" / "schemas").rglob("*.json"))
    assert kept == {path for path in MADE if path.suffix == ".json"}


def test_rules_and_tests_name_only_clauses_of_the_guidance() -> None:
    assert set(rows_by_clause()) | set(MARKED) <= set(clauses())


@pytest.mark.parametrize("clause", DONE)
def test_a_clause_that_is_held_has_a_marked_test(clause: str) -> None:
    assert MARKED[clause]


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
def test_links_of_a_document_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
