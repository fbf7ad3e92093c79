"""The directory of people, teams and offices: a file of a spreadsheet, whole or not at all, each wrong line named."""

import json
from pathlib import Path

import pytest

from cli.people import read_people
from cli.rehearsal.acts import PutPerson
from cli.rehearsal.case_file import read_case
from cli.services import read_services
from cli.step_file import now
from client.errors import InputError
from models.kinds import OFFICES
from models.step_down.start import StepDownRequest
from tests.system.conftest import EXAMPLES, Rehearsal

HEAD = "ref,email"
GOOD = "sw-99,social.worker.99@council.example"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "people.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_directory_says_where_each_is_told(tmp_path: Path):
    assert read_people(written(tmp_path, HEAD, GOOD)) == {"sw-99": "social.worker.99@council.example"}


WRONG = {
    "other columns": (["ref,mail", GOOD], "line 1: the columns are ref, email, separated by commas"),
    "a wrong address": ([HEAD, "sw-99,nowhere"], "line 2: email: is not written as this field must be"),
    "no address": ([HEAD, "sw-99,"], "line 2: email: is not written as this field must be"),
    "a reference with a blank": (
        [HEAD, "sw 99,a@council.example"],
        "line 2: ref: is not written as this field must be",
    ),
    "somebody twice": ([HEAD, GOOD, GOOD], "line 3: ref: sw-99 is named twice"),
    "too many columns": ([HEAD, f"{GOOD},more"], "line 2: does not have 2 columns"),
}


@pytest.mark.parametrize(("lines", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_line_is_named_with_its_field_and_rule(tmp_path: Path, lines: list[str], words: str):
    with pytest.raises(InputError) as error:
        read_people(written(tmp_path, *lines))
    assert words in str(error.value)


def _told(start: StepDownRequest) -> tuple[str, str, str]:
    return start.social_worker, start.team_manager, start.social_work_team


def test_the_examples_know_the_address_of_everybody_who_is_told_of_their_alerts():
    known = read_people(EXAMPLES / "people.csv").keys()
    cases = [read_case(path, "t-1", now()) for path in EXAMPLES.glob("*.yaml")]
    # Where a case puts somebody into the directory, it is about somebody whom nobody knows.
    usual = (case for case in cases if not any(isinstance(act, PutPerson) for act in case.acts))
    told = {who for case in usual for who in _told(case.start)} | set(OFFICES.values())
    assert told - known == set()
    assert all(service.manager_email for service in read_services(EXAMPLES / "services.csv"))


@pytest.mark.long
def test_people_are_added_and_changed_whole_or_not_at_all(rehearsal: Rehearsal, tmp_path: Path):
    path = written(tmp_path, HEAD, GOOD)
    assert "1 added, 0 changed, 0 as they were." in rehearsal.command("people", "import", str(path)).stdout
    written(tmp_path, HEAD, "sw-99,new@council.example", "operations,transfers.operations@council.example")
    assert "0 added, 1 changed, 1 as they were." in rehearsal.command("people", "import", str(path)).stdout
    written(tmp_path, HEAD, "sw-99,newer@council.example", "sw-98,nowhere")
    wrong = rehearsal.command("people", "import", str(path))
    assert (wrong.returncode, wrong.stderr) == (2, f"{path}: line 3: email: is not written as this field must be\n")
    listed = json.loads(rehearsal.command("people", "list", "--json").stdout)
    assert [person["email"] for person in listed if person["ref"].startswith("sw-9")] == ["new@council.example"]
    assert "new@council.example" in rehearsal.command("people", "list").stdout
