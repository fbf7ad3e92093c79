"""The directory of people, teams and offices: a file of a spreadsheet, whole or not at all, each wrong line named."""

import json
from datetime import date
from pathlib import Path

import pytest

from cli.people import COLUMNS, read_people
from cli.rehearsal.acts import PutPerson
from cli.rehearsal.case_file import read_file
from cli.services import read_services
from cli.step_file import now
from client.errors import InputError
from models.kinds import OFFICES
from models.people import Person
from models.step_down.start import StepDownRequest
from models.vocabulary import Role
from tests.system.conftest import EXAMPLES, Typed

HEAD, ADDRESSES = ",".join(COLUMNS), "ref,email"
EMPTY = "sw-99,social.worker.99@council.example,,,,,,,,"
TM = (
    "tm-99,tm.99@council.example,Jo Sample,0113 496 0003 ext 4,Team manager; chair,north-2; south-1,"
    "tm-3,02/03/2026,2026-03-13,31/12/2026"
)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "people.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_directory_says_who_is_there_for_what_and_until_when_and_where_told(tmp_path: Path):
    assert read_people(written(tmp_path, HEAD, EMPTY, TM)) == [
        Person(ref="sw-99", email="social.worker.99@council.example"),
        Person(
            ref="tm-99",
            email="tm.99@council.example",
            name="Jo Sample",
            telephone="0113 496 0003 ext 4",
            roles=(Role.TEAM_MANAGER, Role.CHAIR),
            teams=("north-2", "south-1"),
            covers=("tm-3",),
            cover_from=date(2026, 3, 2),
            cover_until=date(2026, 3, 13),
            until=date(2026, 12, 31),
        ),
    ]


def test_a_file_may_hold_addresses_alone(tmp_path: Path):
    [person] = read_people(written(tmp_path, ADDRESSES, "sw-99,social.worker.99@council.example"))
    assert person.model_fields_set == {"ref", "email"}


WRONG = {
    "other columns": (["ref,mail", EMPTY], f"line 1: the columns are {', '.join(COLUMNS)}, separated by commas"),
    "a wrong address": (
        [HEAD, EMPTY.replace("social.worker.99@council.example", "nowhere")],
        "line 2: email: is not an e-mail address, such as name@council.example",
    ),
    "no address": ([ADDRESSES, "sw-99,"], "line 2: email: is not an e-mail address, such as name@council.example"),
    "a reference with a blank": (
        [HEAD, EMPTY.replace("sw-99", "sw 99")],
        "line 2: ref: is not a reference, such as sw-17",
    ),
    "somebody twice": ([HEAD, EMPTY, EMPTY], "line 3: ref: sw-99 is named twice"),
    "too many columns": ([HEAD, f"{EMPTY},more"], "line 2: does not have 10 columns"),
    "a role that nobody has": (
        [HEAD, TM.replace("chair", "boss")],
        "line 2: roles no. 2: is not one of 'social_worker'",
    ),
    "a day that does not exist": (
        [HEAD, TM.replace("31/12", "31/11")],
        "line 2: until: is not a date, such as 2026-04-02",
    ),
    "no name": (
        [HEAD, TM.replace("Jo Sample", "")],
        "line 2: name: who has a role, or covers for somebody, has a name",
    ),
    "no telephone number": (
        [HEAD, TM.replace("0113 496", "ring")],
        "line 2: telephone: is not a telephone number, such as",
    ),
    "a cover without its days": (
        [HEAD, TM.replace("02/03/2026", "")],
        "line 2: covers: give for whom, cover_from and cover_until, or none of the three",
    ),
    "days without a cover": ([HEAD, TM.replace("tm-3,", ",")], "line 2: covers: give for whom"),
    "a cover that ends before it begins": (
        [HEAD, TM.replace("2026-03-13", "2026-03-01")],
        "line 2: cover_until: lies before cover_from",
    ),
    "a cover for oneself": ([HEAD, TM.replace("tm-3,", "tm-99,")], "line 2: covers: nobody covers for themselves"),
}


@pytest.mark.parametrize(("lines", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_line_is_named_with_its_field_and_rule(tmp_path: Path, lines: list[str], words: str):
    with pytest.raises(InputError) as error:
        read_people(written(tmp_path, *lines))
    assert words in str(error.value)


def _told(start: StepDownRequest) -> tuple[str, str, str]:
    return start.social_worker, start.team_manager, start.social_work_team


def test_the_examples_know_the_address_of_everybody_who_is_told_of_their_alerts():
    known = {person.ref for person in read_people(EXAMPLES / "people.csv")}
    cases = [case for path in EXAMPLES.glob("*.yaml") for case in read_file(path, "t-1", now()).journeys]
    # Where a case puts somebody into the directory, it is about somebody whom nobody knows.
    usual = (case for case in cases if not any(isinstance(act, PutPerson) for act in case.acts))
    starts = [case.start for case in usual if isinstance(case.start, StepDownRequest)]
    told = {who for start in starts for who in _told(start)} | set(OFFICES.values())
    assert told - known == set()
    assert all(service.manager_email for service in read_services(EXAMPLES / "services.csv"))


@pytest.mark.long
def test_people_are_added_and_changed_whole_or_not_at_all(typed: Typed, tmp_path: Path):
    manager = TM.replace("tm-3", "sw-99")
    path = written(tmp_path, HEAD, EMPTY, manager)
    assert "2 added, 0 changed, 0 as they were." in typed("people", "import", str(path)).stdout
    written(tmp_path, HEAD, EMPTY.replace("social.worker.99", "new"), manager)
    assert "0 added, 1 changed, 1 as they were." in typed("people", "import", str(path)).stdout
    written(tmp_path, ADDRESSES, "sw-99,newer@council.example", "sw-98,nowhere")
    wrong = typed("people", "import", str(path))
    assert (wrong.returncode, wrong.stderr) == (
        2,
        f"{path}: line 3: email: is not an e-mail address, such as name@council.example\n",
    )
    written(tmp_path, ADDRESSES, "tm-99,moved@council.example")
    assert "0 added, 1 changed, 0 as they were." in typed("people", "import", str(path)).stdout
    listed = {one["ref"]: one for one in json.loads(typed("people", "list", "--json").stdout)}
    assert (listed["sw-99"]["email"], listed["tm-99"]["email"]) == ("new@council.example", "moved@council.example")
    assert (listed["tm-99"]["roles"], listed["tm-99"]["until"]) == (["team_manager", "chair"], "2026-12-31")
    shown = " ".join(typed("people", "list").stdout.split())
    assert ("Jo Sample" in shown, "13 March 2026" in shown) == (True, True)


@pytest.mark.long
def test_a_cover_for_somebody_whom_nobody_knows_is_refused(typed: Typed, tmp_path: Path):
    path = written(tmp_path, HEAD, EMPTY.replace("sw-99", "sw-97"), TM.replace("tm-3", "tm-404"))
    refused = typed("people", "import", str(path))
    said = f"{path}: tm-99: covers: tm-404 is neither in this file nor in the directory\n"
    assert (refused.returncode, refused.stderr) == (2, said)
    assert "sw-97" not in typed("people", "list").stdout
