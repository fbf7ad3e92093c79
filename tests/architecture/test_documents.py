"""Documents that are made from the code are up to date, and what is written by hand points at what is there."""

import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import yaml

from adapters.england import BANK_HOLIDAYS
from cli.main import app
from cli.pages.api_examples import EXAMPLES_FILE
from cli.pages.blocks import BlockError, filled
from cli.pages.coverage import clauses, marked_tests, rows_by_clause
from cli.pages.documents import PAGES, documents
from cli.project import DOCS, ROOT
from cli.views import views_of
from client.messages import read_step
from models.attention import PROBLEMS
from models.vocabulary import LONDON
from workflows.timeouts import UNTIL_IT_ANSWERS

DONE = (
    *("SD-01", "SD-02", "SD-03", "SD-04", "SD-05", "SD-06", "SD-07", "SD-08", "SD-09", "SD-09a"),
    *("SD-09b", "SD-09c", "SD-09d", "SD-09e", "SD-10", "SD-10a"),
    *("SD-11", "SD-12", "SD-13", "SD-14", "SD-15", "SD-16", "SD-17", "SD-18", "SD-19", "SD-20", "SD-21", "SD-22"),
    *(
        "SD-23",
        "SD-23c",
        "SD-24",
        "SD-25",
        "SD-26",
        "SD-27",
        "SD-28",
        "SD-29",
        "SD-30",
        "SD-31",
        "SD-32",
        "SD-33",
        "SD-33a",
        "SD-33b",
        "SD-34",
    ),
    *("SD-35", "SU-01", "SU-01a", "SU-02", "SU-03", "SU-04", "SU-05", "SU-06", "SU-08"),
    *(
        "ER-01",
        "ER-02",
        "ER-03",
        "ER-04",
        "ER-05",
        "ER-06",
        "ER-07",
        "ER-08",
        "ER-09",
        "ER-09a",
        "ER-10",
        "ER-10a",
        "ER-11",
        "ER-12",
        "ER-14",
        "ER-15",
    ),
)
"""The clauses that the code claims to hold today."""
RUNBOOK = (DOCS / "operations.md").read_text(encoding="utf-8")
README, TIME, STEPS = (
    path.read_text(encoding="utf-8") for path in (ROOT / "README.md", DOCS / "time.md", DOCS / "steps.md")
)
STEP_FILES = re.findall(r"```yaml\n(.*?)```", README + TIME + RUNBOOK + STEPS, re.DOTALL)
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]+))?\)")


made, marked = cache(documents), cache(marked_tests)
"""Made where a test asks for them: it takes seconds, and every process of the tests reads this file."""
PAGES_AND_SCHEMAS = [*(DOCS / f"{name}.md" for name in PAGES), *sorted((DOCS / "schemas").rglob("*.json"))]
GENERATED = [*PAGES_AND_SCHEMAS, BANK_HOLIDAYS, EXAMPLES_FILE]


def test_the_generated_documents_are_these_and_no_schema_is_left_over() -> None:
    assert set(GENERATED) == set(made())


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == made()[path], "run: python -m cli.pages"


def test_the_longest_pause_between_two_tries_is_told_as_it_is() -> None:
    assert UNTIL_IT_ANSWERS.maximum_interval == timedelta(minutes=1)
    for told in ((DOCS / "attention.md").read_text(encoding="utf-8"), RUNBOOK):
        assert "pauses of up to a minute" in told


def test_rules_and_tests_name_only_clauses_of_the_guidance() -> None:
    assert set(rows_by_clause()) | set(marked()) <= set(clauses())


@pytest.mark.parametrize("clause", DONE)
def test_a_clause_that_is_held_has_a_marked_test(clause: str) -> None:
    assert marked()[clause]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_document_lead_somewhere(path: Path) -> None:
    for file, place in LINK.findall(path.read_text(encoding="utf-8")):
        target = path.parent / file if file else path
        assert target.exists(), file
        assert not place or place in places(target), f"{file}#{place}"


def places(path: Path) -> set[str]:
    """What a link may name within a file: the headings of a page, the lines of a source."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".md":
        return {f"L{number}" for number in range(1, 1 + len(text.splitlines()))}
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_files_that_a_document_names_are_there(path: Path) -> None:
    folders = "|".join(init.parent.name for init in ROOT.glob("*/__init__.py")) + "|docs|docker|examples"
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    named = re.findall(rf"`((?:{folders})/[\w./*-]*)`", text)
    assert [name for name in named if not any(ROOT.glob(name.rstrip("/")))] == []


def test_the_index_names_every_page_once() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    named = [file for file, _ in LINK.findall(index) if not file.startswith("../")]
    assert sorted(file for file in named if file.endswith(".md")) == sorted(pages)


def test_the_readme_and_the_pages_name_only_commands_that_are_there() -> None:
    pages = [path.read_text(encoding="utf-8") for path in WRITTEN if path.parent.name != "adr"]
    said = "\n".join(code for page in pages for code in re.findall(r"```\n(.*?)```", page, re.DOTALL))
    said += "\n".join(code for page in pages for code in re.findall(r"`([^`\n]+)`", page))
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^(?:\$ )?transfers ([a-z]+)", said, re.MULTILINE)) <= set(app.rows)
    assert set(re.findall(r"^(?:\$ )?make ([a-z-]+)", said, re.MULTILINE)) <= set(targets)


def test_the_readme_says_what_is_a_stand_in_and_stays_short() -> None:
    assert "Mosaic has no public API; what runs here is our own simulator" in README
    assert len(README.splitlines()) <= 120


def test_the_runbook_speaks_of_nothing_that_is_not_there() -> None:
    assert set(re.findall(r"\(attention\.md#(\w+)\)", RUNBOOK)) <= set(PROBLEMS)
    views = {view.name.partition(",")[0] for view in views_of(datetime(2026, 4, 2, tzinfo=LONDON), (), ())}
    assert set(re.findall(r"[Vv]iew \*([^*]+)\*", " ".join(RUNBOOK.split()))) <= views


def test_every_picture_is_shown_and_every_one_that_is_shown_is_there() -> None:
    pictures = {path.name for path in (DOCS / "pictures").iterdir()}
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    shown = re.findall(r"\(pictures/([^)]+)\)", pages) + re.findall(r"\(docs/pictures/([^)]+)\)", README)
    assert set(shown) == pictures


def test_the_pictures_stay_small_and_ask_nobody_for_anything() -> None:
    pictures = list((DOCS / "pictures").iterdir())
    assert sum(path.stat().st_size for path in pictures) < 3_000_000
    drawn = "".join(path.read_text(encoding="utf-8") for path in pictures if path.suffix == ".svg")
    assert re.findall(r"url\([\"']?http|<image|<script", drawn) == []


@pytest.mark.parametrize("content", STEP_FILES)
def test_a_step_file_of_the_pages_can_be_sent(content: str) -> None:
    read_step(yaml.safe_load(content), "step-1", datetime(2026, 11, 25, 10, tzinfo=LONDON))


def test_a_page_that_lacks_the_marks_of_what_is_made_for_it_is_not_written() -> None:
    page = "Text.\n<!-- made by python -m cli.pages: one -->\nold\n<!-- end of one -->\nMore.\n"
    assert filled("page.md", page, {"one": "new"}) == page.replace("old", "new")
    for blocks in ({}, {"one": "new", "two": "new"}):
        with pytest.raises(BlockError, match=r"^page\.md: has marks for one; made for it is"):
            filled("page.md", page, blocks)


def pages_made_in(project: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project), **settings}
    command = [sys.executable, "-m", "cli.pages"]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_outside_a_clone_the_pages_are_not_made_and_one_line_says_so(tmp_path: Path) -> None:
    for package in ("activities", "adapters", "cli", "client", "models", "workflows"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    made = pages_made_in(tmp_path)
    assert (made.returncode, made.stderr.count("\n")) == (1, 1)
    assert "the pages are made in a clone" in made.stderr


def test_a_setting_that_keeps_the_pages_from_being_made_is_named_in_one_line() -> None:
    made = pages_made_in(ROOT, TRANSFERS_POLICY_FILE="nowhere.yaml")
    assert (made.returncode, made.stderr.count("\n")) == (1, 1)
    assert made.stderr.startswith("Nothing was written. nowhere.yaml")
