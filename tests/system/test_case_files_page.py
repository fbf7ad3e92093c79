"""docs/case-files.md: its example is played as it stands, and its tables name what a case file may hold, all of it."""

import re
from pathlib import Path

import pytest

from cli.project import DOCS
from cli.rehearsal.acts import KINDS
from cli.rehearsal.case import Case, CaseFile, RehearsalFamily
from cli.rehearsal.case_file import BESIDE_THE_STEP
from cli.rehearsal.expectation import Expectation
from tests.system.conftest import Typed

PAGE = (DOCS / "case-files.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
READ_FROM_STEPS = {"moments", "repeats", "meanwhile", "to"}
"""What a case holds of its steps, and no field of the file."""


def tables(part: str) -> list[set[str]]:
    """The names in the first column of each table of a part of the page."""
    text = PAGE.partition(f"## {part}")[2].partition("\n## ")[0]
    found = re.findall(r"^\|---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [set(re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in rows.splitlines()))) for rows in found]


def test_the_example_of_the_page_goes_as_it_says(typed: Typed, tmp_path: Path):
    (path := tmp_path / "own.yaml").write_text(EXAMPLE, encoding="utf-8")
    played = typed("demo", str(path))
    assert played.returncode == 0, played.stdout + played.stderr
    assert "The case went as its file says." in played.stdout


def test_the_tables_name_every_field_of_a_case_file_and_no_other():
    of_the_file, of_a_case, of_a_step, of_what_is_expected = tables("The fields")
    assert of_the_file == set(CaseFile.model_fields) - {"id"}
    assert of_a_case == {*Case.model_fields, "out_of"} - READ_FROM_STEPS - {"own", "mosaic"}
    assert of_a_step == BESIDE_THE_STEP
    assert of_what_is_expected == set(Expectation.model_fields)


def test_the_table_names_every_act_and_no_other():
    [acts] = tables("Acts")
    assert acts == set(KINDS)


@pytest.mark.parametrize("field", RehearsalFamily.model_fields)
def test_the_page_tells_of_each_field_of_the_family(field: str):
    assert f"`{field}`" in PAGE
