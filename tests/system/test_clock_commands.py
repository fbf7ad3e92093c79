"""`transfers due` and `transfers clock`: when an answer is due, and how that came about."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.register.clocks import KeptClock
from cli.wiring import temporal
from models.journey.projection import DueDate
from models.kinds import ClockKind
from tests.pace import A_MOMENT, patient
from tests.system.conftest import MAIN_CASE, Rehearsal, Said, Typed, said_here, until
from tests.system.family import Family

PROGRAM = Path(sys.executable).parent / "transfers"
RECEIVED = "2026-04-02T10:00"
"""The Thursday before Easter."""

Due = Callable[..., Said]


def unset() -> dict[str, str]:
    """The environment where nothing runs and nothing is set."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("TRANSFERS_", "TEMPORAL_"))}


@pytest.fixture
def due(tmp_path: Path) -> Due:
    """The command as a person types it where nothing runs and nothing is set."""
    clean = unset()

    def run(*words: str, **settings: str) -> Said:
        command = [PROGRAM, "due", *words]
        environment = {**clean, **settings}
        return subprocess.run(
            command,
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=patient(A_MOMENT),
        )

    yield run
    assert list(tmp_path.glob("*")) in ([], [tmp_path / "policy.yaml"]), "nothing is left where the command ran"


@pytest.fixture
def due_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Due:
    """The same in this process."""
    monkeypatch.chdir(tmp_path)
    yield lambda *words: said_here(capsys, unset(), "due", *words)
    assert list(tmp_path.iterdir()) == [], "nothing is left where the command ran"


def words_of(said: str) -> dict[str, str]:
    """The lines below the due instant: a name and its words."""
    pairs = (line.split("  ", 1) for line in said.splitlines()[2:])
    return {name: words.strip() for name, words in pairs}


@pytest.mark.clause("SD-34")
@pytest.mark.clause("SD-35")
def test_three_working_days_over_easter_end_on_the_thursday_after(due: Due):
    said = due(RECEIVED, "--days", "3")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines()[0] == "2026-04-09T17:00:00+01:00"
    words = words_of(said.stdout)
    assert words.pop("Calendar").startswith("england-")
    assert words == {
        "Received": "Thursday 2 April 2026 10:00",
        "Counts from": "Thursday 2 April 2026 10:00",
        "Thursday 2 April 2026": "day 0",
        "Friday 3 April 2026": "does not count: Good Friday",
        "Saturday 4 April 2026": "does not count: Saturday",
        "Sunday 5 April 2026": "does not count: Sunday",
        "Monday 6 April 2026": "does not count: Easter Monday",
        "Tuesday 7 April 2026": "day 1",
        "Wednesday 8 April 2026": "day 2",
        "Thursday 9 April 2026": "day 3",
        "Due": "Thursday 9 April 2026 17:00",
        "Policy": "defaults-2026-11",
    }


COUNTS = {
    "as the policy has it": ([RECEIVED], "2026-04-09T17:00:00+01:00"),
    "the day of receipt is day 1": ([RECEIVED, "--receipt-is", "1"], "2026-04-08T17:00:00+01:00"),
    "after the cut-off": ([RECEIVED, "--cut-off", "09:30"], "2026-04-10T17:00:00+01:00"),
    "due the same day": ([RECEIVED, "--days", "0"], "2026-04-02T17:00:00+01:00"),
    "on a bank holiday": (["2026-04-03T10:00"], "2026-04-10T17:00:00+01:00"),
    "at the close of business": (["2026-03-23T17:00"], "2026-03-26T17:00:00+00:00"),
    "a minute after": (["2026-03-23T17:01"], "2026-03-27T17:00:00+00:00"),
    "over the change to summer time": (["2026-03-26T10:00"], "2026-03-31T17:00:00+01:00"),
    "with another offset": (["2026-04-02T23:30+14:00"], "2026-04-09T17:00:00+01:00"),
}


@pytest.mark.parametrize(("words", "instant"), COUNTS.values(), ids=COUNTS)
def test_the_first_line_is_the_due_instant(due_here: Due, words: list[str], instant: str):
    assert due_here(*words).stdout.splitlines()[0] == instant


def test_the_certificate_is_printed_for_other_programs(due: Due):
    said = json.loads(due(RECEIVED, "--days", "3", "--json").stdout)
    assert said["due"] == "2026-04-09T17:00:00+01:00"
    assert [day["number"] for day in said["days"]] == [0, None, None, None, None, 1, 2, 3]


def test_the_policy_file_of_the_council_is_heeded(due: Due, tmp_path: Path):
    (tmp_path / "policy.yaml").write_text(
        "policy: {version: council-1, clocks: {conversation: {working_days: 2}}}\n"
        "calendar: {closes: '16:00', closure_days: [{day: 2026-04-07, name: The council is closed}]}"
    )
    said = due(RECEIVED, TRANSFERS_POLICY_FILE="policy.yaml")
    assert said.stdout.splitlines()[0] == "2026-04-09T16:00:00+01:00"
    words = words_of(said.stdout)
    assert (words["Tuesday 7 April 2026"], words["Policy"]) == ("does not count: The council is closed", "council-1")


WRONG = {
    "a skipped hour": (["2026-03-29T01:30"], "moment: lies in an hour that does not exist, as the clocks went forward"),
    "a number": (["1775120400"], "moment: is a number; write a date and time, such as 2026-04-02T10:00"),
    "a year": (["2026"], "moment: is a number; write a date and time, such as 2026-04-02T10:00"),
    "rubbish": (["soon"], "moment: is not a date and time, such as 2026-04-02T10:00"),
    "nothing": ([""], "moment: is not a date and time, such as 2026-04-02T10:00"),
    "a day that does not exist": (["2026-02-30T10:00"], "moment: is not a date and time, such as 2026-04-02T10:00"),
    "an ancient moment": (["1066-10-14T10:00"], "moment: lies outside the years 1900 to 2200"),
    "a moment before the calendar": (["2019-12-31T10:00"], "2019-12-31 lies outside the calendar"),
    "a count past the calendar": (["2027-12-30T10:00"], "moment: the due date cannot be calculated: 2028-01-01 lies"),
    "a negative number of days": ([RECEIVED, "--days", "-1"], "--days"),
    "a huge number of days": ([RECEIVED, "--days", "100000"], "--days"),
    "days that are no number": ([RECEIVED, "--days", "three"], "--days"),
    "another day of receipt": ([RECEIVED, "--receipt-is", "2"], "--receipt-is"),
    "no day at all": ([RECEIVED, "--days", "0", "--receipt-is", "1"], "At least one day is needed where the day of"),
    "a cut-off that is none": ([RECEIVED, "--cut-off", "25:00"], "cut-off: is not a time of day, such as 16:00"),
}


@pytest.mark.parametrize(("words", "line"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_counted_is_one_line_with_field_and_rule(due_here: Due, words: list[str], line: str):
    said = due_here(*words)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert line in said.stderr


def test_a_policy_file_that_is_none_is_one_line(due: Due, tmp_path: Path):
    (tmp_path / "policy.yaml").write_text("calendar: {closes: 17:00}")
    said = due(RECEIVED, TRANSFERS_POLICY_FILE="policy.yaml")
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)
    assert said.stderr.startswith("policy.yaml: calendar.closes: is a number; write the time of day in quotes")


async def asked(rehearsal: Rehearsal) -> str:
    """A transfer whose contact was asked for the conversation."""
    family = await Family.begin(await temporal(), rehearsal.local, MAIN_CASE)
    transfer = family.case.start.id
    # A wait of our own people that ends before it is shown needs no due date.
    until(lambda: kept(rehearsal, transfer, ClockKind.CONSENT))
    await family.record_up_to("record_family_sharing")
    until(lambda: kept(rehearsal, transfer, ClockKind.CONVERSATION))
    return transfer


def kept(rehearsal: Rehearsal, transfer: str, kind: ClockKind) -> list[KeptClock]:
    return [clock for clock in rehearsal.register.clocks(transfer) if clock.certificate.kind is kind]


@pytest.mark.long
@pytest.mark.clause("SD-34")
async def test_every_clock_of_a_transfer_is_shown_with_how_its_due_date_came_about(rehearsal: Rehearsal):
    transfer = await asked(rehearsal)
    [clock] = kept(rehearsal, transfer, ClockKind.CONVERSATION)
    before = len(rehearsal.register.clocks(transfer))
    said = rehearsal.command("clock", transfer)
    assert (said.returncode, said.stderr) == (0, "")
    lines = said.stdout.splitlines()
    assert lines[0].startswith("Response to the request for a conversation (")
    assert any(line.startswith("Consent (") for line in lines[1:]), "the waits of our own people come after"
    assert f"Calendar                {clock.calendar.version}".split() in [line.split() for line in lines]
    assert "rehearsal-1" in said.stdout
    # More may be kept while the command runs.
    assert before <= lines.count("Calculated again: the same.") <= len(rehearsal.register.clocks(transfer))
    listed = json.loads(rehearsal.command("clock", transfer, "--json").stdout)
    assert listed[0]["certificate"] == json.loads(clock.certificate.model_dump_json())
    assert all(one["agrees"] for one in listed)


@pytest.mark.long
@pytest.mark.clause("SD-34")
async def test_what_is_due_stands_in_the_list_and_where_the_transfer_is_shown(rehearsal: Rehearsal):
    transfer = await asked(rehearsal)
    until(lambda: "Response of the contact due" in rehearsal.command("show", transfer).stdout)
    assert "on track" in rehearsal.command("show", transfer).stdout
    listed: list[dict[str, Any]] = json.loads(rehearsal.command("list", "--json").stdout)
    [line] = [line for line in listed if line["id"] == transfer]
    assert (line["response"], bool(line["response_due"])) == ("on_track", True)
    assert "answer due" in rehearsal.command("list").stdout


@pytest.mark.long
async def test_a_certificate_that_does_not_come_out_the_same_is_said_so(rehearsal: Rehearsal):
    transfer = await asked(rehearsal)
    [clock] = kept(rehearsal, transfer, ClockKind.CONVERSATION)
    other = clock.certificate.model_copy(update={"due": clock.certificate.received})
    due = DueDate(clock=clock.clock_id, service_ref="service-north", certificate=other)
    rehearsal.register.keeps(transfer, due, clock.calendar)
    assert "Calculated again: it does NOT come out the same." in rehearsal.command("clock", transfer).stdout
    listed = json.loads(rehearsal.command("clock", transfer, "--json").stdout)
    assert [one["agrees"] for one in listed if one["clock_id"] == clock.clock_id] == [False]


def test_the_clocks_of_an_unknown_transfer_are_said_to_be_unknown(typed: Typed):
    said = typed("clock", "t-nobody")
    assert (said.returncode, said.stderr) == (
        2,
        "transfer t-nobody: is not known (`transfers list --all` shows them all)\n",
    )


def test_what_was_said_in_a_room_is_shown_with_the_mailbox(rehearsal: Rehearsal, typed: Typed):
    notice = {"title": "Overdue: response", "message": "Line one.", "type": "info"}
    httpx.post(f"{rehearsal.local.mailbox_url}/rooms/shown", json=notice).raise_for_status()
    said = typed("mail", "--room", "shown")
    assert (said.returncode, said.stdout.splitlines()[0], said.stdout.splitlines()[2]) == (
        0,
        "Overdue: response",
        "Line one.",
    )
    assert "Nothing was said in this room yet." in typed("mail", "--room", "silent").stdout
    wrong = typed("mail", "--room", "No room")
    assert (wrong.returncode, "is not known" in wrong.stderr) == (2, True)
