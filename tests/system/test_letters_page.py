"""docs/letters.md: its commands are typed one after the other, as they stand; nobody approves what they did not see."""

import json
import re
import shlex
from pathlib import Path

import pytest

from cli.project import DOCS, ROOT
from client.errors import NO_SUCH_TRANSFER
from tests.pace import until
from tests.system.conftest import Rehearsal, Said, Typed

PAGE = (DOCS / "letters.md").read_text(encoding="utf-8")
TYPED = [
    line
    for language, block in re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if not language and line.startswith("transfers ")
]
TO_COPY = re.compile(r"type: (transfers .*)$", re.MULTILINE)
APPROVES, DELIVERS = "--number 9", "--number 11"


def taken(typed: Typed, line: str) -> Said:
    """Typed again while the system is at work, as the page says."""

    def once() -> Said | None:
        said = typed(*shlex.split(line)[1:])
        early = said.returncode == 2 and "Nothing is recorded yet" not in said.stderr
        return None if early else said

    return until(once)


@pytest.fixture
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.clause("SD-33a", "SD-33b")
@pytest.mark.usefixtures("in_project")
def test_the_commands_of_the_page_take_letters_from_a_proposal_to_their_delivery(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path
):
    lines, told, transfer = [], "", ""
    for written in TYPED:
        line = written.replace("ID", transfer).replace("--print printed", f"--print {tmp_path / 'printed'}")
        if "NUMBER" in line:
            [copied] = TO_COPY.findall(told)
            assert re.sub(r"--seen \w+", "--seen NUMBER", copied) == line, "the page has the command that is printed"
            line = copied
        said = taken(typed, line)
        unread = written.endswith((APPROVES, DELIVERS))
        assert said.returncode == (2 if unread else 0), (written, said.stderr)
        if " start " in line:
            transfer = re.findall(r"t-[0-9a-f]{10}", said.stdout)[0]
        told = said.stderr
        lines.append((written, said.stdout))
    rehearsal.until_shown(transfer)
    [proposed, *_, left] = [out for written, out in lines if written == "transfers letters ID"]
    assert "Proposed, not approved." in proposed
    assert "Approve it with seen" not in left
    assert [name for name in ("to-mother", "to-mr-stone", "to-mr-sample") if name not in left] == []
    assert "to-father-of-noor" not in left
    assert len(list((tmp_path / "printed").iterdir())) == 1


@pytest.fixture
def to_be_approved(rehearsal: Rehearsal, typed: Typed, in_project: None) -> tuple[str, str]:
    """A transfer whose letters are to be approved, and the command that would approve them."""
    commands = TYPED[: next(place for place, line in enumerate(TYPED) if line.endswith(APPROVES)) + 1]
    transfer = re.findall(r"t-[0-9a-f]{10}", taken(typed, commands[0]).stdout)[0]
    for line in commands[1:-1]:
        taken(typed, line.replace("ID", transfer))
    rehearsal.until_shown(transfer)
    return transfer, commands[-1].replace("ID", transfer)


@pytest.mark.long
@pytest.mark.clause("SD-33a")
def test_nobody_is_recorded_as_having_read_what_they_did_not_see(
    to_be_approved: tuple[str, str], rehearsal: Rehearsal, typed: Typed
):
    transfer, approves = to_be_approved
    shown = typed(*shlex.split(approves)[1:])
    numbers = re.findall(r"Approve it with seen: (\w+)", shown.stdout)
    assert len(numbers) == 5
    some = typed(*shlex.split(f"{approves} --seen {numbers[0]} --seen {'f' * 12}")[1:])
    assert (some.returncode, "What you read is not what would be sent now" in some.stderr) == (2, True)
    as_json = typed(*shlex.split(f"{approves} --json")[1:])
    assert [one["letter"]["seen"] for one in json.loads(as_json.stdout)["letters"]] == numbers
    status = json.loads(typed("show", transfer, "--json").stdout)
    assert "approve_letters" in [need["step"] for need in status["next_steps"]] or status["stage"] != "confirmation"
    [copied] = TO_COPY.findall(shown.stderr)
    first = typed(*shlex.split(copied)[1:], "--json")
    assert first.returncode == 0, first.stderr
    again = typed(*shlex.split(copied)[1:], "--json")
    said_again = json.loads(again.stdout)
    assert again.returncode == 0
    assert said_again.pop("today") is not None
    assert {**said_again, "today": None} == json.loads(first.stdout), "the same step again gets the first receipt"


def test_numbers_of_letters_go_with_no_other_step(rehearsal: Rehearsal, typed: Typed):
    case = str(ROOT / "examples" / "38-letters-that-keep-people-safe.yaml")
    transfer = json.loads(typed("start", case, "--json").stdout)["id"]
    said = typed("step", transfer, case, "--number", "1", "--seen", "f" * 12)
    assert (said.returncode, "--seen: goes with a step that approves letters" in said.stderr) == (2, True)


def test_letters_of_no_transfer_are_said_to_be_of_none(typed: Typed):
    said = typed("letters", "t-nobody")
    assert (said.returncode, said.stderr) == (
        2,
        f"{NO_SUCH_TRANSFER}\n",
    )


def test_what_is_to_be_printed_goes_into_a_folder_and_is_told_to_programs(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path
):
    case = str(ROOT / "examples" / "38-letters-that-keep-people-safe.yaml")
    transfer = json.loads(typed("start", case, "--json").stdout)["id"]
    nothing = typed("letters", transfer, "--print", str(tmp_path / "new"), "--json")
    assert (nothing.returncode, json.loads(nothing.stdout)) == (0, [])
    (file := tmp_path / "file").write_text("")
    said = typed("letters", transfer, "--print", str(file))
    assert (said.returncode, "is a file; name a folder" in said.stderr) == (2, True)
