"""``transfers report``: the same numbers as a table, CSV, JSON and a picture."""

import csv
import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

from cli.report import csv_text, draw, period_words, report_screen
from client.errors import InputError
from models.journey.clocks import ClockState
from models.kinds import ClockKind, JourneyKind
from models.operations.advice import AdviceChannel, AdviceKind, Advised
from models.operations.again import AgainLine
from models.operations.report import Ran, report
from models.step_down.stage import Outcome
from models.vocabulary import LONDON
from tests.models.test_report import asked
from tests.system.conftest import Typed
from tests.system.test_screens import drawn

APRIL, JUNE = datetime(2026, 4, 1, tzinfo=LONDON), datetime(2026, 6, 30, tzinfo=LONDON)
FOUND = report(
    [asked(), asked(ClockState.BREACHED), asked(ClockState.LATE, service="west-hub", hours=5)],
    [
        Ran(JourneyKind.STEP_DOWN, "east-hub", "team-1", Outcome.TRANSFERRED),
        Ran(JourneyKind.STEP_DOWN, "east-hub", "team-1", None),
    ],
)


def test_the_table_says_in_plain_words_how_services_answered_and_how_transfers_ended():
    shown = drawn(report_screen(FOUND, "up to now"))
    [east, *_] = [line.split() for line in shown.splitlines() if "east-hub" in line]
    assert [cell for cell in east if cell.isdigit()][:4] == ["2", "1", "0", "1"], "asked, in time, late, overdue"
    assert "1  Passed to Early Help" in shown
    assert "working hours of this council" in " ".join(shown.split())


@pytest.mark.clause("SD-37")
def test_the_report_says_how_many_days_it_took_until_children_were_seen_by_service():
    seen = [asked(hours=hours, kind=ClockKind.FIRST_CONTACT) for hours in (24, 60, 108)]
    found = report([*seen, asked(ClockState.NEEDLESS, kind=ClockKind.FIRST_CONTACT)], [])
    table = drawn(report_screen(found, "up to now")).partition("When children were seen")[2]
    [line] = [line.split() for line in table.splitlines() if "east-hub" in line and "." in line]
    assert [cell for cell in line if cell[0].isdigit()] == ["4", "3", "0", "0", "0", "1", "2.5", "4.5"]
    [read, *_] = csv.DictReader(csv_text(found).splitlines())
    assert (read["first contact: children"], read["first contact: median days"]) == ("4", "2.5")
    assert "When children were seen" not in drawn(report_screen(FOUND, "up to now"))


@pytest.mark.clause("ER-06")
@pytest.mark.clause("ER-08")
def test_where_both_journeys_ran_the_table_tells_them_apart_and_advice_stands_beside_them():
    both = [
        Ran(JourneyKind.STEP_DOWN, "east-hub", "team-1", None),
        Ran(JourneyKind.HELP_REQUEST, "east-hub", None, "signposted", 1),
    ]
    given = [Advised(AdviceKind.OWN_WORK, AdviceChannel.LINE, 7)]
    found = report([asked()], both, given)
    shown = drawn(report_screen(found, "up to now"))
    assert "Answers by journey" in shown
    assert "request for Early Help" in shown
    assert "7" in shown.partition("Advice about families whom nobody named")[2]
    lines = list(csv.DictReader(csv_text(found).splitlines()))
    assert [(line["of"], line["name"]) for line in lines][:2] == [("journey", "help-request"), ("journey", "step-down")]
    assert (lines[-1]["of"], lines[-1]["asked"]) == ("advice", "7")
    assert "Answers by journey" not in drawn(report_screen(FOUND, "up to now"))


def test_where_nothing_was_asked_the_table_says_so():
    assert drawn(report_screen(report([], []), "in this time")).strip().startswith("Nothing was asked in this time")


def test_a_spreadsheet_reads_a_line_for_each_service_and_team_and_one_for_all():
    lines = list(csv.DictReader(csv_text(FOUND).splitlines()))
    assert [(line["of"], line["name"], line["asked"], line["late"]) for line in lines] == [
        ("service", "east-hub", "2", "0"),
        ("service", "west-hub", "1", "1"),
        ("team", "team-1", "3", "1"),
        ("all", "all", "3", "1"),
    ]
    assert lines[1]["median hours"] == "5.0"
    assert (lines[0]["Passed to Early Help"], lines[0]["open"]) == ("1", "1")


@pytest.mark.parametrize(("name", "begins"), [("answers.svg", b"<?xml"), ("answers.png", b"\x89PNG")])
def test_a_picture_shows_each_service(tmp_path: Path, name: str, begins: bytes):
    draw(FOUND, tmp_path / name, "up to now")
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (APRIL, JUNE, "from 1 April 2026 to 30 June 2026"),
        (APRIL, None, "since 1 April 2026"),
        (None, JUNE, "until 30 June 2026"),
        (None, None, "up to now"),
    ],
)
def test_table_and_picture_say_of_which_time_they_tell(
    tmp_path: Path, since: datetime | None, until: datetime | None, words: str
):
    assert period_words(since, until) == words
    draw(FOUND, tmp_path / "answers.svg", words)
    assert f"what was asked {words} -->" in (tmp_path / "answers.svg").read_text()
    assert f"What was asked {words}" in drawn(report_screen(FOUND, words))


def test_where_nothing_was_asked_no_picture_is_drawn_and_that_is_said(typed: Typed, tmp_path: Path):
    chart = tmp_path / "answers.svg"
    said = typed("report", "--since", "2019-01-01", "--until", "2019-03-31", "--chart", str(chart))
    assert (said.returncode, chart.exists()) == (0, False)
    assert said.stderr == f"{chart} was not drawn: nothing was asked from 1 January 2019 to 31 March 2019.\n"
    assert said.stdout.startswith("Nothing was asked from 1 January 2019 to 31 March 2019")


def test_without_what_draws_the_picture_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(InputError, match=r"pip install '\.\[chart\]'"):
        draw(FOUND, tmp_path / "answers.svg", "up to now")


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("--csv", "--json"), "--csv or --json, not both"),
        (("--chart", "answers.pdf"), "a chart is drawn as .svg or .png"),
        (("--since", "2026-04-02", "--until", "2026-04-01"), "--until: lies before --since"),
        (("--since", "yesterday"), "--since"),
    ],
)
def test_what_cannot_be_reported_is_one_line(typed: Typed, options: tuple[str, ...], wrong: str):
    said = typed("report", *options)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert wrong in said.stderr


def test_other_programs_read_the_same_numbers(typed: Typed):
    said = json.loads(typed("report", "--json").stdout)
    assert set(said) == {"journeys", "services", "teams", "all", "advice", "again"}
    assert said["all"]["answers"]["asked"] == sum(line["answers"]["asked"] for line in said["services"])


def of(families: int, again: int, by: str = "all", name: str = "all", within_year: int = 0) -> AgainLine:
    return AgainLine(by=by, name=name, families=families, again=again, within_year=within_year)


def test_the_report_says_how_many_families_stepped_up_again_of_how_many_and_which_numbers_are_small():
    lines = [of(9, 1, "service", "east-hub", 4), of(12, 2, "response", "single_agency"), of(21, 3)]
    shown = drawn(report_screen(report([], [], (), lines), "up to now"))
    table = shown.partition("Families who stepped up again within a year of a step-down that ended up to now")[2]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines() if line.startswith("│")]
    assert rows == [
        ["Early Help service", "east-hub", "9", "1", "4", "few"],
        ["kind of response", "a response by one agency", "12", "2", "0", ""],
        ["all", "all together", "21", "3", "0", ""],
    ]
    said = " ".join(shown.split())
    assert "This is for learning, and no verdict on anybody" in said
    assert "fewer than 10 families" in said


def test_where_no_figure_is_small_and_where_no_step_down_ended_nothing_is_said_of_it():
    assert "fewer than" not in drawn(report_screen(report([], [], (), [of(10, 0)]), "up to now"))
    assert "stepped up" not in drawn(report_screen(FOUND, "up to now"))


def test_a_spreadsheet_has_the_families_behind_everything_else():
    lines = list(csv.DictReader(csv_text(report([asked()], [], (), [of(9, 1, "route", "plan")])).splitlines()))
    assert lines[-1]["of"] == "stepped up again, by route, few"
    assert (lines[-1]["name"], lines[-1]["asked"], lines[-1]["open"]) == ("out of a plan", "", "")
    assert lines[-1]["families whose step-down ended"] == "9"
    assert lines[-1]["of them stepped up again within a year"] == "1"
