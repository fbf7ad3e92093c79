"""The `transfers` command, as a person types it."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.commands import told_if_stopped
from cli.main import UNSENT
from cli.rehearsal.local import PHONES, Process, Session
from client.errors import NO_SUCH_TRANSFER, NotKnownError
from tests.pace import A_MOMENT, patient
from tests.system.conftest import EXAMPLES, MAIN_CASE, Rehearsal, Typed, local_settings, until

PROGRAM = Path(sys.executable).parent / "transfers"


def changed_case(folder: Path, change: Any) -> Path:
    content = yaml.safe_load(MAIN_CASE.read_text())
    change(content)
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def misspell(content: Any) -> None:
    content["start"]["childen"] = content["start"].pop("children")


EXPLORATION = {"step": "record_exploration", "actor": {"id": "sw-17", "role": "social_worker"}}

WRONG_FILES = {
    "a field is missing": (
        lambda c: c["start"].pop("social_worker"),
        "The social worker is missing. In the file: `social_worker`.",
    ),
    "a field is unknown": (lambda c: c["start"].update(colour="red"), "There is no field called colour."),
    "a field is misspelt": (misspell, "The list of children is missing."),
    "a child is unknown": (
        lambda c: (c["start"].pop("family"), c["start"]["children"].append({"ref": "child-9"})),
        "Mosaic does not know child child-9.",
    ),
    "the service is unknown": (
        lambda c: c["start"].update(service_ref="nowhere"),
        "The service directory does not know this service",
    ),
    "a step is in the future": (
        lambda c: c["steps"][0].update(occurred_at="2199-01-01T10:00"),
        "The moment at which this happened lies in the future.",
    ),
    "a step names an hour that does not exist": (
        lambda c: c["steps"][0].update(occurred_at="2026-03-29T01:30"),
        "The moment at which it happened lies in an hour that does not exist, as the clocks went forward.",
    ),
    "a step has no evidence": (
        lambda c: c["steps"][2].pop("agreed_as_basis"),
        "Whether the family agrees that it is the basis is missing.",
    ),
    "a step is of no known kind": (
        lambda c: c["steps"][0].update(step="dance"),
        "There is no such step",
    ),
    "there are no steps": (lambda c: c.pop("steps"), "The file has no steps."),
    "a criterion is not met and nobody says why": (
        lambda c: c["start"]["criteria"].update(no_further_role=False),
        "The judgement whether the transfer may begin: say why the transfer may not begin (SD-01, SD-02, SD-03)",
    ),
}


@pytest.mark.parametrize("why", WRONG_FILES)
@pytest.mark.parametrize("command", ["demo", pytest.param("start", marks=pytest.mark.long)])
def test_a_wrong_case_file_has_a_line_for_each_field_with_its_rule_and_nothing_is_started(
    rehearsal: Rehearsal, typed: Typed, tmp_path: Path, why: str, command: str
):
    change, words = WRONG_FILES[why]
    path = changed_case(tmp_path, change)
    before = rehearsal.register.transfers()
    result = typed(command, str(path))
    assert result.returncode == 2
    assert words in result.stderr
    assert all(line.startswith(f"{path}: ") for line in result.stderr.splitlines())
    assert "Traceback" not in result.stderr + result.stdout
    assert rehearsal.register.transfers() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not YAML (line 1"),
        ("", "is empty"),
        ("- a\n- b", "not a list of fields"),
        ("a: [1, 2", "is not YAML"),
        ("note: rung at once: nobody there", "a text in which a colon stands is written in quotes"),
    ],
)
def test_a_file_that_is_no_document_is_one_line(typed: Typed, tmp_path: Path, content: str, words: str):
    path = tmp_path / "broken.yaml"
    path.write_text(content)
    result = typed("start", str(path))
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert words in result.stderr


@pytest.mark.parametrize("command", ["demo", "start"])
def test_a_step_that_is_to_be_played_or_started_is_said_to_be_one(typed: Typed, tmp_path: Path, command: str):
    (path := tmp_path / "step.yaml").write_text(yaml.safe_dump({**EXPLORATION, "not_done_because": "They moved"}))
    said = typed(command, str(path))
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f"{path}: is a step: send it to a transfer with `transfers step ID {path}`\n"


def test_a_folder_that_is_not_there_is_said_to_be_none(typed: Typed, tmp_path: Path):
    said = typed("demo", str(tmp_path / "nowhere"))
    assert (said.returncode, said.stderr) == (2, f"{tmp_path / 'nowhere'}: there is no such file or folder\n")


def test_a_missing_file_is_one_line(typed: Typed):
    result = typed("start", "nowhere.yaml")
    assert (result.returncode, result.stderr) == (2, "nowhere.yaml: cannot be read: No such file or directory\n")


def test_a_transfer_is_started_moved_and_shown_by_hand(rehearsal: Rehearsal, tmp_path: Path):
    started = rehearsal.command("start", str(MAIN_CASE), "--json")
    transfer = json.loads(started.stdout)["id"]
    taken = rehearsal.command("step", transfer, str(MAIN_CASE), "--number", "1")
    assert (taken.returncode, "Taken." in taken.stdout) == (0, True)
    own = tmp_path / "step.yaml"
    own.write_text(
        yaml.safe_dump({"step": "record_advice_summary", "actor": {"id": "x", "role": "operations"}, "children": []})
    )
    wrong = rehearsal.command("step", transfer, str(own))
    assert (wrong.returncode, "children" in wrong.stderr) == (2, True)
    too_early = rehearsal.command("step", transfer, str(MAIN_CASE), "--number", "7")
    assert too_early.returncode == 2
    assert (
        "The service must have the version that the family agreed to before the decision. (SD-11)" in too_early.stderr
    )
    until(lambda: "explored with family" in rehearsal.command("show", transfer).stdout)
    shown = rehearsal.command("show", transfer).stdout
    assert "Ask the family for consent and record the answer, child by child. (SD-09)" in shown
    assert not {"social_worker", "None", "stays_with"} & set(shown.split())
    assert any(line["id"] == transfer for line in json.loads(rehearsal.command("list", "--json").stdout))


def test_the_list_shows_those_for_whom_all_that_is_asked_holds(rehearsal: Rehearsal, typed: Typed):
    transfer = json.loads(typed("start", str(MAIN_CASE), "--json").stdout)["id"]
    rehearsal.until_shown(transfer)

    def found(*options: str) -> bool:
        return any(one["id"] == transfer for one in json.loads(typed("list", "--json", *options).stdout))

    assert found("--stage", "consent", "--service", "east-hub", "--team", "north-2")
    for options in (
        ("--stage", "closure"),
        ("--service", "west-hub"),
        ("--stage", "consent", "--team", "south-1"),
        ("--overdue",),
        ("--today",),
        ("--attention",),
    ):
        assert not found(*options), options
    none = typed("list", "--team", "nobody")
    assert (none.returncode, none.stdout.startswith("No open transfer matches that")) == (0, True)
    wrong = typed("list", "--stage", "limbo")
    assert (wrong.returncode, "consent" in wrong.stderr) == (2, True)


def test_the_list_comes_in_pages_and_what_has_ended_is_asked_for(rehearsal: Rehearsal, typed: Typed):
    transfer = json.loads(typed("start", str(MAIN_CASE), "--json").stdout)["id"]
    until(lambda: rehearsal.register.open_transfer_of(f"{transfer}-child-1"))
    # Requests of a day that is still to come are newer.
    step_downs = ("list", "--all", "--journey", "step-down")
    first = typed(*step_downs, "--number", "1", "--json")
    assert [one["id"] for one in json.loads(first.stdout)] == [transfer]
    every = len(json.loads(typed(*step_downs, "--json").stdout))
    assert first.stderr.startswith(f"Transfers 1 to 1 of {every}, the newest first.")
    beyond = typed(*step_downs, "--page", str(every + 1), "--number", "1")
    assert (beyond.returncode, beyond.stderr) == (2, f"--page: the last page is {every}\n")
    ended = [one["outcome"] for one in json.loads(typed("list", "--stage", "closed", "--json").stdout)]
    assert None not in ended


def test_a_used_step_id_with_other_content_is_refused_and_the_same_step_again_changes_nothing(
    typed: Typed, tmp_path: Path
):
    transfer = json.loads(typed("start", str(MAIN_CASE), "--json").stdout)["id"]
    own = tmp_path / "step.yaml"
    said = {"step": "record_exploration", "step_id": "once", "occurred_at": "2026-03-02T10:00"}
    said |= {"actor": {"id": "sw-17", "role": "social_worker"}, "not_done_because": "The family moved"}
    own.write_text(yaml.safe_dump(said))
    first = typed("step", transfer, str(own), "--json")
    again = json.loads(typed("step", transfer, str(own), "--json").stdout)
    assert again.pop("today")["stage"] == "consent"
    assert {**again, "today": None} == json.loads(first.stdout)
    own.write_text(yaml.safe_dump(said | {"not_done_because": "Something else"}))
    other = typed("step", transfer, str(own))
    assert other.returncode == 2
    assert re.fullmatch(
        rf"{own}: line \d+: Something else was recorded under the same number before: social worker sw-17 recorded "
        r"what was explored with family and network on \w+ \d+ \w+ \d{4} \d\d:\d\d\. Give this one another number\.\n",
        other.stderr,
    )


@pytest.mark.parametrize("words", [("bogus",), ("show",), ("step", "t-1"), ("step", "t-1", "x.yaml", "--number", "x")])
def test_wrong_usage_is_said_without_a_traceback(typed: Typed, words: tuple[str, ...]):
    result = typed(*words)
    assert result.returncode == 2
    assert result.stderr
    assert "Traceback" not in result.stderr


def talks_to(process: subprocess.Popen[str], port: int) -> bool:
    """Whether the process has a connection to this port of this machine."""
    own = set()
    for file in Path(f"/proc/{process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since
            own.add(str(file.readlink()))
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(line[2].endswith(f":{port:04X}") and f"socket:[{line[9]}]" in own for line in lines)


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who is connected; .ci/run runs it there")
@pytest.mark.parametrize("out_of_a_case_file", [False, True])
def test_who_stops_a_step_before_its_answer_copies_the_command_that_sends_the_same_and_it_is_recorded_once(
    rehearsal: Rehearsal, tmp_path: Path, out_of_a_case_file: bool
):
    transfer = json.loads(rehearsal.command("start", str(MAIN_CASE), "--json").stdout)["id"]
    # What the register does not show yet, Temporal is asked about before anything is sent.
    rehearsal.until_shown(transfer)
    own = tmp_path / "step.yaml"
    own.write_text(yaml.safe_dump({**EXPLORATION, "not_done_because": "The family moved"}))
    typed = [str(MAIN_CASE), "--number", "1"] if out_of_a_case_file else [str(own)]
    worker = rehearsal.stack.running["worker"]
    worker.send_signal(signal.SIGSTOP)
    try:
        sending = rehearsal.begun("step", transfer, *typed)
        until(lambda: talks_to(sending, rehearsal.local.temporal_port))
        sending.send_signal(signal.SIGINT)
        _, told = sending.communicate(timeout=patient(A_MOMENT))
    finally:
        worker.send_signal(signal.SIGCONT)
    again = re.search(r"Send it again with: transfers (step .*)$", told.strip())
    assert again is not None, told
    for _ in range(2):
        sent = rehearsal.command(*shlex.split(again[1]))
        assert sent.returncode == 0, sent.stderr

    def recorded() -> list[str]:
        timeline = json.loads(rehearsal.command("show", transfer, "--json").stdout)["timeline"]
        return [entry["step_id"] for entry in timeline if entry["step_id"]]

    assert len(until(recorded)) == 1


def test_what_was_recorded_before_is_corrected_by_the_command_that_the_refusal_gives(typed: Typed, tmp_path: Path):
    transfer = json.loads(typed("start", str(MAIN_CASE), "--json").stdout)["id"]
    own = tmp_path / "a step.yaml"
    for reason in ("The family moved", "The family was away"):
        own.write_text(yaml.safe_dump({**EXPLORATION, "not_done_because": reason}))
        sent = typed("step", transfer, str(own))
    assert sent.returncode == 2
    said, command = sent.stderr.splitlines()
    assert "This was recorded before: social worker sw-17 recorded what was explored with family and network on" in said
    as_json = json.loads(typed("step", transfer, str(own), "--json").stdout)
    assert (as_json["field"], as_json["clause"]) == ("corrects", None)
    corrected = typed(*shlex.split(command.removeprefix("As a correction: transfers ")))
    assert corrected.returncode == 0, corrected.stderr


def test_an_unknown_transfer_is_said_plainly(typed: Typed):
    shown = typed("show", "t-nobody")
    assert (shown.returncode, "t-nobody: is not known" in shown.stderr) == (2, True)
    sent = typed("step", "t-nobody", str(MAIN_CASE), "--number", "1")
    assert (sent.returncode, sent.stderr) == (
        2,
        f"{NO_SUCH_TRANSFER}\n",
    )


def test_a_transfer_that_has_ended_says_so_and_how_it_is_read(rehearsal: Rehearsal, typed: Typed):
    case = str(EXAMPLES / "10-a-child-in-two-transfers.yaml")
    assert rehearsal.command("demo", case).returncode == 0
    newest = typed("list", "--all", "--journey", "step-down", "--number", "1", "--json").stdout
    transfer = json.loads(newest)[0]["id"]
    sent = typed("step", transfer, str(MAIN_CASE), "--number", "1")
    assert sent.returncode == 2
    assert re.fullmatch(
        rf"This transfer has ended \(.+\): it takes no step any more\. Read it with: transfers show {transfer}\n",
        sent.stderr,
    )


def test_the_same_step_of_a_case_file_sent_twice_gets_the_first_receipt(rehearsal: Rehearsal, typed: Typed):
    started = typed("start", str(MAIN_CASE))
    [transfer] = set(re.findall(r"t-[0-9a-f]{10}", started.stdout))
    assert started.stdout == f"{transfer}\n", "a script takes the id as it stands"
    until(lambda: typed("step", transfer, str(MAIN_CASE), "--number", "1").returncode == 0)
    sent = [typed("step", transfer, str(MAIN_CASE), "--number", "1", "--json") for _ in range(2)]
    first, again = ({**json.loads(one.stdout), "today": None} for one in sent)
    assert (sent[1].returncode, again) == (0, first)
    assert json.loads(sent[1].stdout)["today"]["next_steps"]


def test_a_step_that_the_case_file_does_not_have_is_said_to_be_none(typed: Typed):
    said = typed("step", "t-1", str(MAIN_CASE), "--number", "99")
    assert (said.returncode, f"{MAIN_CASE}: has no step 99: it has " in said.stderr) == (2, True)


@pytest.mark.parametrize("command", [("start",), ("step", "t-1")])
def test_who_stops_a_command_before_it_sends_anything_reads_that_nothing_was(
    rehearsal: Rehearsal, tmp_path: Path, command: tuple[str, ...]
):
    # A file that nobody has written yet keeps the command from going on.
    os.mkfifo(pipe := tmp_path / "step.yaml")
    waiting = rehearsal.begun(*command, str(pipe))
    writer = until(lambda: _opened(pipe))
    waiting.send_signal(signal.SIGINT)
    os.close(writer)
    _, told = waiting.communicate(timeout=patient(A_MOMENT))
    assert (waiting.returncode, told.strip()) == (130, UNSENT)


def _opened(pipe: Path) -> int | None:
    with suppress(OSError):  # nobody reads it yet
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    return None


def test_who_stops_a_command_after_it_may_have_sent_something_reads_what_to_do() -> None:
    with (
        pytest.raises(NotKnownError, match="Stopped: look with transfers show"),
        told_if_stopped("look with transfers show"),
    ):
        raise KeyboardInterrupt


@pytest.mark.clause("SD-36")
def test_a_decline_for_a_new_risk_that_is_mistyped_says_all_the_same_whom_to_ring(typed: Typed, tmp_path: Path):
    answer, who = tmp_path / "answer.yaml", {"id": "eh-4", "role": "early_help_contact"}
    declined = {"ref": "c-1", "accepted": False, "reason": "new_harm", "becuse": "a new injury"}
    answer.write_text(yaml.safe_dump({"step": "acknowledge_transfer", "actor": who, "children": [declined]}))
    result = typed("step", "t-nobody", str(answer))
    assert result.returncode == 2
    assert result.stderr.startswith("Ring now, all the same. ")
    assert PHONES["TRANSFERS_DUTY_AND_ADVICE_PHONE"] in result.stderr


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("concern", ["afraid to go home", None])
def test_a_report_of_harm_that_cannot_be_taken_says_all_the_same_whom_to_ring(
    typed: Typed, tmp_path: Path, concern: str | None
):
    report, who = tmp_path / "report.yaml", {"id": "eh-4", "role": "early_help_contact"}
    said = {"step": "report_significant_harm", "actor": who, "children": [{"ref": "c-1"}], "concern": concern}
    report.write_text(yaml.safe_dump(said))
    result = typed("step", "t-nobody", str(report))
    assert result.returncode == 2
    assert result.stderr.startswith("Ring now, all the same. ")
    assert "in an emergency: 999." in result.stderr.lower()


def test_a_case_that_does_not_end_as_its_file_says_fails_the_demo(rehearsal: Rehearsal, tmp_path: Path):
    path = changed_case(tmp_path, lambda case: case["expect"].update(outcome="consent_refused", mail=[]))
    result = rehearsal.command("demo", str(path))
    assert result.returncode == 1
    assert "NO: it should end as" in result.stdout


def test_without_a_rehearsal_a_command_says_how_to_start_one(tmp_path: Path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRANSFERS_")}
    environment["TRANSFERS_LOCAL_FOLDER"] = str(tmp_path)
    result = subprocess.run([PROGRAM, "list"], env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "transfers up" in result.stderr
    assert f"No rehearsal runs in this folder, {Path.cwd()}." in result.stderr


def test_where_temporal_does_not_answer_it_is_said_in_one_line_that_nothing_was_sent(
    rehearsal: Rehearsal, tmp_path: Path
):
    step = tmp_path / "step.yaml"
    step.write_text("step: resume_clock\nactor: {id: ops-1, role: operations}\nclock: conversation\n")
    nobody_there = {**rehearsal.environment, "TEMPORAL_ADDRESS": "127.0.0.1:9"}
    sent = subprocess.run(
        [PROGRAM, "step", "t-1", str(step)], env=nobody_there, capture_output=True, text=True, check=False
    )
    assert (sent.returncode, sent.stderr) == (1, "Temporal does not answer; nothing was sent.\n")


def test_a_second_rehearsal_in_the_same_folder_is_refused(rehearsal: Rehearsal):
    result = rehearsal.command("up")
    assert result.returncode == 1
    assert "already runs" in result.stderr


class OwnUp:
    """`transfers up` in a folder and on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.local = local_settings(folder)
        ports = {f"TRANSFERS_LOCAL_{k.upper()}": str(v) for k, v in self.local.model_dump().items() if k != "folder"}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRANSFERS_")}
        self.environment = {**clean, **ports, "TRANSFERS_LOCAL_FOLDER": str(folder)}
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROGRAM, "up"], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def read_until_ready(self) -> str:
        said = ""
        while "Ready." not in said:
            line = self.process.stdout.readline()
            assert line, said + self.process.stderr.read()
            said += line
        return said

    def leave_nothing(self) -> None:
        """Whatever a test did or failed to do, nothing of it runs on."""
        for process in (*self.children, Process.of(self.process.pid)):
            if process.runs:
                os.kill(process.pid, signal.SIGKILL)

    @property
    def children(self) -> tuple[Process, ...]:
        session = Session.read(self.local.folder)
        return session.children if session else ()


@pytest.fixture
def own_up(tmp_path: Path) -> Iterator[OwnUp]:
    up = OwnUp(tmp_path / "kept")
    yield up
    up.leave_nothing()


@pytest.mark.long
def test_ctrl_c_stops_everything_a_killed_run_is_cleaned_up_by_the_next_and_their_owner_alone_reads_what_is_kept(
    own_up: OwnUp,
):
    up = own_up
    said = up.read_until_ready()
    assert up.local.ui_url in said
    assert up.local.gateway_url in said
    assert up.local.mailbox_url in said
    left = up.children
    assert len(left) == 6
    up.process.send_signal(signal.SIGKILL)
    up.process.wait()
    assert all(child.runs for child in left)
    up.process = up.start()
    assert "A previous run ended without cleaning up; 6 of its processes" in up.read_until_ready()
    children = up.children
    assert not set(left) & set(children)
    up.process.send_signal(signal.SIGINT)
    out, err = up.process.communicate(timeout=patient(A_MOMENT))
    assert (up.process.returncode, err) == (0, "")
    assert "Stopped." in out
    assert not any(child.runs for child in (*left, *children))
    kept = [path for path in up.local.folder.rglob("*") if path.is_file()]
    assert len(kept) > 5
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []


def test_a_taken_port_is_one_line_that_names_the_setting(rehearsal: Rehearsal, tmp_path: Path):
    taken = rehearsal.local.ui_port
    environment = {**os.environ, "TRANSFERS_LOCAL_FOLDER": str(tmp_path), "TRANSFERS_LOCAL_UI_PORT": str(taken)}
    free = local_settings(tmp_path).model_dump()
    environment |= {f"TRANSFERS_LOCAL_{k.upper()}": str(v) for k, v in free.items() if k not in {"folder", "ui_port"}}
    result = subprocess.run(
        [PROGRAM, "up"], env=environment, capture_output=True, text=True, check=False, timeout=patient(A_MOMENT)
    )
    assert result.returncode == 1
    assert result.stderr == (
        f"Port {taken} for the Temporal UI is taken: stop what uses it, or set TRANSFERS_LOCAL_UI_PORT.\n"
    )
