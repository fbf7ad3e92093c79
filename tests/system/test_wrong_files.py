"""A wrong file says everything that is wrong, names what is meant, and says nothing that follows from another error."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.documents import MOST_BYTES, about, read_document
from cli.rehearsal.case_file import read_case
from client.errors import InputError
from client.messages import read_step
from models.wrong_input import Flaw
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
    assert said[:3] == ["The file has no mosaic.", "The file has no start.", "The file has no steps."]
    assert sorted(said[3:]) == [
        "Expect is missing. In the file: `expect`.",
        "Title is missing. In the file: `title`.",
        "line 1: There is no field called note.",
    ]


def test_what_is_wrong_in_different_parts_is_said_at_once(tmp_path: Path) -> None:
    said = lines_of(tmp_path, wrong_everywhere)
    assert [re.sub(r"^line \d+: ", "", line).partition(";")[0].partition(", such as")[0] for line in said] == [
        "The social worker is missing. In the file: `social_worker`.",
        "Mosaic does not know child child-9.",
        "There is no such step",
        "This is no working day and time",
        "The child is missing. In the file: `child`.",
        "There is no such act",
        re.sub(r"^line \d+: ", "", said[-1]).partition(";")[0],
    ]
    assert re.match(r"line \d+: Expect: the outcome is not one of ", said[-1])


def test_a_wrong_child_does_not_make_the_list_of_children_empty(tmp_path: Path) -> None:
    [said] = lines_of(tmp_path, wrong_in_one_child)
    line = said.split(":")[0].removeprefix("line ")
    assert said == f"line {line}: Child child-1: what parents or carers think is missing. In the file: `carers_views`."
    written = (tmp_path / "case.yaml").read_text().splitlines()
    assert written[int(line) - 1].strip() == "- childs_views:"


def test_where_the_family_is_wrong_no_child_is_called_unknown(tmp_path: Path) -> None:
    assert lines_of(tmp_path, lambda case: case["mosaic"].pop("family_ref")) == [
        "line 22: The family is missing. In the file: `family_ref`."
    ]


def test_a_letter_without_a_way_is_named_with_its_line(tmp_path: Path) -> None:
    said = yaml.safe_load(MAIN_CASE.read_text())["steps"]
    said = next(step for step in said if step["step"] == "approve_letters")
    del said["letters"][0]["by"]
    path = tmp_path / "letters.yaml"
    path.write_text(yaml.safe_dump(said, sort_keys=False))
    with pytest.raises(InputError) as error, about(path):
        read_step(said, "step-1", THEN)
    line = next(n for n, line in enumerate(path.read_text().splitlines(), 1) if "letter_id: family-letter" in line)
    assert str(error.value) == (
        f"{path}: line {line}: Letter family-letter: say in which way the letter goes, or why none is written, and "
        "not both (SD-33b) In the file: `by`."
    )


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("note: " + "a" * MOST_BYTES, "is longer than 4 MB"),
        ("[" * 5000, "is nested too deep"),
        ("- one", "is not a list of fields with their values"),
        ("# nothing yet", "is empty"),
        ("step: cancel\nstep: pause", "the field step is said twice (line 2, column 1)"),
        ('{"step": "cancel", "step": "pause"}', "the field step is said twice"),
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


def test_a_step_of_a_case_file_that_is_refused_is_named(tmp_path: Path) -> None:
    (path := tmp_path / "case.yaml").write_text("steps:\n- step: cancel\n- step: change_service\n  because: nearer\n")
    with pytest.raises(InputError) as error, about(path, "steps.1"):
        raise InputError(Flaw.of("because", "Everything is stopped."))
    assert str(error.value) == f"{path}: step 2, change_service: line 4: Everything is stopped."


def test_a_number_in_the_place_of_a_reference_is_said_once() -> None:
    said = {"step": "cancel", "reason_code": "other", "because": "Tried."}
    with pytest.raises(InputError) as error:
        read_step({**said, "actor": {"id": 4711, "role": "operations"}}, "step-1", THEN)
    assert [flaw.field for flaw in error.value.flaws] == ["actor.id"]
    assert str(error.value).endswith("is not text (a number is one in quotes)")
