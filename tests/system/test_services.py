"""The service directory: a file of a spreadsheet, whole or not at all, each wrong line named."""

import json
from pathlib import Path

import pytest
import yaml

from cli.services import COLUMNS, COLUMNS_BEFORE, read_services
from client.errors import InputError
from models.services import ContactKind
from tests.system.conftest import EXAMPLES, Rehearsal, Typed

HEAD = ",".join(COLUMNS)
HEAD_BEFORE = ",".join(COLUMNS_BEFORE)
GOOD = "hill-hub,Hill Hub,lead@hill.example,allocates,manager@hill.example,EH-HILL"


def written(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "services.csv"
    path.write_text("\n".join(lines), encoding=encoding)
    return path


@pytest.mark.clause("SD-06")
@pytest.mark.clause("SD-20")
def test_a_directory_says_who_agrees_and_whether_the_service_uses_mosaic(tmp_path: Path):
    lead, picks_up = read_services(written(tmp_path, HEAD, GOOD, "youth,Youth Work,team@youth.example,practitioner,,"))
    assert (lead.contact_kind, lead.mosaic_team) == (ContactKind.ALLOCATES, "EH-HILL")
    assert (picks_up.contact_kind, picks_up.mosaic_team) == (ContactKind.PRACTITIONER, None)
    assert (lead.manager_email, picks_up.manager_email) == ("manager@hill.example", None)


def test_a_file_may_lack_the_column_of_managers(tmp_path: Path):
    [lead] = read_services(written(tmp_path, HEAD_BEFORE, GOOD.replace("manager@hill.example,", "")))
    assert (lead.manager_email, lead.mosaic_team) == (None, "EH-HILL")


def test_a_file_from_a_spreadsheet_with_its_mark_is_read(tmp_path: Path):
    assert len(read_services(written(tmp_path, HEAD, GOOD, encoding="utf-8-sig"))) == 1


def test_rows_that_somebody_emptied_in_a_spreadsheet_are_skipped(tmp_path: Path):
    for blank in (",,,,,", " , ,,\t,,", ",,,,,,,,", "", ","):
        assert len(read_services(written(tmp_path, HEAD, blank, GOOD, blank))) == 1


WRONG = {
    "other columns": (["ref,name", GOOD], "line 1: the columns are ref, name, contact_email"),
    "other separators": ([HEAD.replace(",", ";")], "separated by commas"),
    "an empty file": ([""], "line 1: the columns are"),
    "too few columns": ([HEAD, GOOD, "a,b"], "line 3: does not have 6 columns"),
    "too many columns": ([HEAD, f"{GOOD},more"], "line 2: does not have 6 columns"),
    "a wrong address of a manager": (
        [HEAD, GOOD.replace("manager@", "")],
        "line 2: manager_email: is not an e-mail address",
    ),
    "no kind of contact": ([HEAD, GOOD.replace("allocates", "")], "line 2: contact_kind: is not one of"),
    "a wrong address": ([HEAD, GOOD.replace("lead@", "lead")], "line 2: contact_email: is not an e-mail address"),
    "an unknown kind of contact": ([HEAD, GOOD.replace("allocates", "boss")], "line 2: contact_kind: "),
    "a service twice": ([HEAD, GOOD, GOOD], "line 3: ref: hill-hub is named twice"),
    "a reference with a blank": ([HEAD, GOOD.replace("hill-hub", "hill hub")], "line 2: ref: is not a reference"),
}


@pytest.mark.parametrize(("lines", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_line_is_named_with_its_field_and_rule(tmp_path: Path, lines: list[str], words: str):
    with pytest.raises(InputError) as error:
        read_services(written(tmp_path, *lines))
    assert words in str(error.value)


def test_every_wrong_line_is_named_at_once(tmp_path: Path):
    with pytest.raises(InputError) as error:
        read_services(written(tmp_path, HEAD, "a,b", GOOD, GOOD.replace("lead@", "lead")))
    assert [line.split(": ")[1] for line in str(error.value).splitlines()] == ["line 2", "line 4"]


def test_a_file_that_is_no_text_is_said_so(tmp_path: Path):
    path = tmp_path / "services.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not CSV in UTF-8"):
        read_services(path)


@pytest.mark.long
def test_services_are_added_and_changed_whole_or_not_at_all(typed: Typed, tmp_path: Path):
    path = written(tmp_path, HEAD, GOOD)
    assert "1 added, 0 changed, 0 as they were." in typed("services", "import", str(path)).stdout
    written(
        tmp_path, HEAD, GOOD.replace("Hill Hub", "Hill House"), (EXAMPLES / "services.csv").read_text().splitlines()[1]
    )
    assert "0 added, 1 changed, 1 as they were." in typed("services", "import", str(path)).stdout
    written(tmp_path, HEAD, GOOD.replace("Hill Hub", "Hill Place"), "broken")
    wrong = typed("services", "import", str(path))
    assert (wrong.returncode, "line 3" in wrong.stderr) == (2, True)
    listed = json.loads(typed("services", "list", "--json").stdout)
    assert [service["name"] for service in listed if service["ref"] == "hill-hub"] == ["Hill House"]
    assert "a lead or manager" in typed("services", "list").stdout


@pytest.mark.long
def test_a_file_without_managers_leaves_those_that_the_directory_has(typed: Typed, tmp_path: Path):
    typed("services", "import", str(written(tmp_path, HEAD, GOOD.replace("hill-hub", "kept"))))
    before = GOOD.replace("hill-hub", "kept").replace("manager@hill.example,", "").replace("Hill Hub", "Hill House")
    changed = typed("services", "import", str(written(tmp_path, HEAD_BEFORE, before)))
    assert "0 added, 1 changed, 0 as they were." in changed.stdout
    listed = json.loads(typed("services", "list", "--json").stdout)
    [service] = [service for service in listed if service["ref"] == "kept"]
    assert (service["name"], service["manager_email"]) == ("Hill House", "manager@hill.example")


@pytest.mark.long
def test_a_name_with_brackets_is_shown_as_it_is(typed: Typed, tmp_path: Path):
    path = written(tmp_path, HEAD, GOOD.replace("Hill Hub", "[red]Hill[/red] [/]").replace("hill-hub", "brackets"))
    typed("services", "import", str(path))
    listed = typed("services", "list")
    assert (listed.returncode, "[red]Hill[/red] [/]" in listed.stdout) == (0, True)


def test_a_case_that_begins_with_another_open_transfer_is_for_the_demo(typed: Typed):
    started = typed("start", str(EXAMPLES / "10-a-child-in-two-transfers.yaml"))
    assert (started.returncode, "play it with `transfers demo`" in started.stderr) == (2, True)


@pytest.mark.long
@pytest.mark.clause("SD-06")
def test_a_change_to_a_service_that_the_directory_does_not_know_is_refused_before_it_is_sent(
    typed: Typed, tmp_path: Path
):
    case = str(EXAMPLES / "05-another-service.yaml")
    transfer = json.loads(typed("start", case, "--json").stdout)["id"]
    step = {"step": "change_service", "service_ref": "nowhere", "because": "closer"}
    path = tmp_path / "step.yaml"
    path.write_text(yaml.safe_dump({**step, "actor": {"id": "sw-17", "role": "social_worker"}}))
    result = typed("step", transfer, str(path))
    assert (result.returncode, "The service directory does not know" in result.stderr) == (2, True)


@pytest.mark.long
def test_a_restricted_family_is_hidden_in_the_list_and_marked_where_it_is_shown(rehearsal: Rehearsal, typed: Typed):
    started = typed("start", str(EXAMPLES / "11-three-ways-in-one-family.yaml"), "--json")
    transfer = json.loads(started.stdout)["id"]
    rehearsal.until_shown(transfer)
    lines = typed("list").stdout.splitlines()
    [line] = [line for line in lines if transfer in line]
    assert "restricted" in line
    assert "east-hub" not in line
    assert "Restricted family: only for the people named for it." in typed("show", transfer).stdout
