"""`transfers step ID --new`: a file in which what is known stands; filled in, it is taken."""

import re
from pathlib import Path

import pytest

from tests.system.conftest import EXAMPLES, Typed

FAMILY = EXAMPLES / "01-one-child-passes-on-a-sibling-closes.yaml"
SAYS = {
    "explained_by": "The social worker",
    "explained_how": "At home",
    "answer": "agreed",
    "views": "Likes the idea",
    "may_share": "[assessment, advice_summary]",
}


@pytest.fixture
def transfer(typed: Typed) -> str:
    said = typed("start", str(FAMILY)).stdout
    found = re.search(r"\bt-[0-9a-f]{10}\b", said)
    assert found is not None
    typed("step", found[0], str(FAMILY), "--number", "1")
    return found[0]


def test_a_new_step_is_filled_in_and_taken(typed: Typed, transfer: str, tmp_path: Path) -> None:
    printed = typed("step", transfer, "--new", "record_consent")
    assert (printed.returncode, printed.stderr) == (0, "")
    path = tmp_path / "consent.yaml"
    path.write_text(printed.stdout)
    empty = typed("step", transfer, str(path))
    assert empty.returncode == 2
    assert "This is left empty: say who explained it, or delete the line" in " ".join(empty.stderr.split())
    filled = re.sub(r"(\w+):   #.*", lambda place: f"{place[1]}: {SAYS[place[1]]}", printed.stdout)
    path.write_text(filled)
    taken = typed("step", transfer, str(path))
    assert (taken.returncode, taken.stderr) == (0, "")


def test_a_report_of_harm_is_printed_with_the_numbers_above_it(typed: Typed, transfer: str) -> None:
    printed = typed("step", transfer, "--new", "report_significant_harm").stdout
    assert printed.startswith("# Ring first. Duty and Advice: 0113 496 0101")
    assert "spoken_to:\n  who:   # " in printed


def test_the_newest_version_of_the_document_comes_from_mosaic(typed: Typed, transfer: str) -> None:
    printed = typed("step", transfer, "--new", "record_family_sharing").stdout
    assert "version: 2\n" in printed
    assert f'document_ref: "{transfer}-assessment"\n' in printed


def test_a_step_that_there_is_not_is_refused_with_those_that_there_are(typed: Typed, transfer: str) -> None:
    refused = typed("step", transfer, "--new", "praise")
    assert (refused.returncode, "record_consent, withdraw_consent" in refused.stderr) == (2, True)
    near = typed("step", transfer, "--new", "record_consnt")
    assert (near.returncode, near.stderr) == (2, "--new: There is no such step; did you mean record_consent?\n")
    both = typed("step", transfer, "--new", "record_consent", str(FAMILY))
    assert (both.returncode, both.stdout) == (2, "")
    nothing = typed("step", transfer)
    assert (nothing.returncode, f"transfers step {transfer} --new STEP" in nothing.stderr) == (2, True)
    unknown = typed("step", "t-0000000000", "--new", "record_consent")
    assert unknown.returncode == 2
