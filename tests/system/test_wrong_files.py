"""A wrong file says everything that is wrong, names what is meant, and says nothing that follows from another error."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.documents import MOST_BYTES, named, read_document
from cli.rehearsal.case_file import read_case
from cli.step_file import read_step
from client.errors import InputError
from tests.system.conftest import MAIN_CASE

THEN = datetime(2026, 4, 2, 10, tzinfo=UTC)


def lines_of(folder: Path, change: Callable[[Any], object]) -> list[str]:
    content = yaml.safe_load(MAIN_CASE.read_text())
    change(content)
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(InputError) as error:
        read_case(path, "t-1", THEN)
    return [line.removeprefix(f"{path}: ") for line in str(error.value).splitlines()]


def wrong_in_one_child(content: Any) -> None:
    del content["steps"][5]["children"][0]["carers_views"]


def wrong_everywhere(content: Any) -> None:
    del content["start"]["social_worker"]
    content["steps"][0].update(step="dance")
    content["steps"][1].update(at="soon", meanwhile=[{"do": "lock"}, {"do": "sing"}])
    content["expect"].update(outcome="well")
    content["before"] = [{"do": "lock", "child": "child-9"}]


def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    def change(content: Any) -> None:
        for name in ("title", "mosaic", "start", "steps", "expect"):
            del content[name]

    said = lines_of(tmp_path, lambda case: (change(case), case.update(note="nothing else")))
    assert said[:3] == ["mosaic: is missing", "start: is missing", "steps: is missing"]
    assert sorted(said[3:]) == ["expect: is missing", "note: there is no such field", "title: is missing"]


def test_what_is_wrong_in_different_parts_is_said_at_once(tmp_path: Path) -> None:
    said = lines_of(tmp_path, wrong_everywhere)
    assert [line.partition(";")[0].partition(", such as")[0] for line in said] == [
        "start: social_worker: is missing",
        "before.0: child: Mosaic does not know this child, child-9",
        "steps.0: step: there is no such step",
        "steps.1: at: is no working day and time",
        "steps.1.meanwhile.0: child: is missing",
        "steps.1.meanwhile.1: do: there is no such act",
        said[-1].partition(";")[0],
    ]
    assert said[-1].startswith("expect.outcome: is not one of ")


def test_a_wrong_child_does_not_make_the_list_of_children_empty(tmp_path: Path) -> None:
    assert lines_of(tmp_path, wrong_in_one_child) == [
        "steps.5: children no. 1 (child-1), carers_views: is missing",
    ]


def test_where_the_family_is_wrong_no_child_is_called_unknown(tmp_path: Path) -> None:
    assert lines_of(tmp_path, lambda case: case["mosaic"].pop("teams")) == ["mosaic: teams: is missing"]


def test_a_letter_without_a_safe_address_names_the_field_that_is_meant() -> None:
    said = yaml.safe_load(MAIN_CASE.read_text())["steps"][7]
    said["letters"][0]["address_is_safe"] = False
    with pytest.raises(InputError) as error:
        read_step(said, "letters.yaml", "step-1", THEN)
    assert str(error.value) == (
        "letters.yaml: letters no. 1 (family-letter): address, address_is_safe: give an address, and say true for "
        "address_is_safe; or say do_not_write_because (SD-33)"
    )


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("note: " + "a" * MOST_BYTES, "is longer than 4 MB"),
        ("[" * 5000, "is nested too deep"),
        ("- one", "is empty, or not a list of fields with their values"),
        ("day: 2026-02-30", "holds something that is no value, such as a date that does not exist"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_a_line(tmp_path: Path, said: str, rule: str) -> None:
    path = tmp_path / "step.yaml"
    path.write_text(said)
    with pytest.raises(InputError) as error:
        read_document(path)
    assert str(error.value) == f"{path}: {rule}"


def test_what_never_ends_is_read_no_further_than_a_file_may_be() -> None:
    with pytest.raises(InputError, match="/dev/zero: is longer than 4 MB"):
        read_document(Path("/dev/zero"))


CONTENT = {"children": [{"ref": "child-1"}, {"ref": "child-9", "holders": [{"who": "The mother"}]}]}


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (
            "children no. 2, ref: This child is not in this transfer.",
            "children no. 2 (child-9), ref: This child is not in this transfer.",
        ),
        (
            "children no. 2, holders no. 1, answer: is missing",
            "children no. 2 (child-9), holders no. 1 (The mother), answer: is missing",
        ),
        ("children no. 7, ref: is missing", "children no. 7, ref: is missing"),
        ("note: is empty", "note: is empty"),
        ("Nothing with a colon", "Nothing with a colon"),
    ],
)
def test_what_has_a_number_in_a_list_is_named_as_the_file_names_it(problem: str, shown: str) -> None:
    assert named(problem, CONTENT) == shown
