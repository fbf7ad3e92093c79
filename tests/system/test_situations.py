"""The situations of the runbook: each is played until it stays open, and is there to be looked at."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.rehearsal.case_file import read_case
from cli.step_file import now
from tests.pace import until
from tests.system.conftest import EXAMPLES, Rehearsal, Typed

PARTS = (
    "The file has no mosaic.",
    "The file has no start.",
    "The file has no steps.",
    "Expect is missing. In the file: `expect`.",
)
SITUATIONS = sorted((EXAMPLES / "situations").glob("*.yaml"))


@pytest.mark.parametrize("path", SITUATIONS, ids=lambda path: path.stem)
def test_a_situation_stays_open(path: Path):
    expect = read_case(path, "t-1", now()).expect
    assert (expect.outcome, expect.stage is not None) == (None, True)


def test_the_moment_until_which_time_passes_is_said_in_working_days():
    monday = datetime(2026, 11, 23, 10, tzinfo=UTC)
    expect = read_case(EXAMPLES / "situations" / "breached.yaml", "t-1", monday).expect
    assert expect.at == monday + timedelta(days=7)


@pytest.mark.long
def test_the_situations_are_as_they_say_and_can_be_looked_at_afterwards(rehearsal: Rehearsal, typed: Typed):
    before = {line["id"] for line in json.loads(typed("list", "--json").stdout)}
    played = typed("demo", str(EXAMPLES / "situations"))
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.count("Stays open. ") >= len(SITUATIONS)
    assert len(played.stdout.splitlines()) < 60
    assert played.stdout.splitlines()[-1].startswith(f"All {len(SITUATIONS)} cases went as their files say.")
    said = [yaml.safe_load(path.read_text())["expect"] for path in SITUATIONS]
    to_be_shown = (
        sorted(expect["stage"] for expect in said),
        sum("attention" in expect for expect in said),
        1,
    )

    def as_shown() -> list[Any]:
        lines = [line for line in json.loads(typed("list", "--json").stdout) if line["id"] not in before]
        shown = (
            sorted(line["stage"] for line in lines),
            sum(line["needs_attention"] for line in lines),
            [line["response"] for line in lines].count("breached"),
        )
        return lines if shown == to_be_shown else []

    lines = until(as_shown)
    assert {line["outcome"] for line in lines} == {None}
    assert [line["restricted"] for line in lines].count(True) == 1
    [overdue] = [line["id"] for line in lines if line["response"] == "breached"]
    assert "Time was skipped in this rehearsal for " in typed("list").stdout
    assert "Time was skipped in this rehearsal: for this transfer it is " in typed("show", overdue).stdout


def test_a_situation_that_is_not_as_it_says_fails_the_demo(typed: Typed, tmp_path: Path):
    case = yaml.safe_load((EXAMPLES / "situations" / "message.yaml").read_text())
    case["expect"]["stage"] = "conversation"
    (path := tmp_path / "case.yaml").write_text(yaml.safe_dump(case))
    played = typed("demo", str(path))
    said = " ".join(played.stdout.replace("│", " ").split())
    assert (played.returncode, "NO: it should stay open at" in said) == (1, True)


def test_the_demo_tells_one_case_in_full_a_line_for_each_other_all_of_one_that_differs_and_the_verdict_last(
    typed: Typed, tmp_path: Path
):
    case = yaml.safe_load((EXAMPLES / "situations" / "message.yaml").read_text())
    for name, stage in {"first": "consent", "second": "consent", "third": "conversation"}.items():
        case["title"], case["expect"]["stage"] = f"The {name} case", stage
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(case))
    played = typed("demo", str(tmp_path))
    first, second, third = (played.stdout.index(f"{place} of 3  The") for place in (1, 2, 3))
    assert "meanwhile: another system sends" in played.stdout[first:second]
    assert "As its file says: yes" in played.stdout[first:second]
    [line] = played.stdout[second:third].strip().splitlines()
    assert line.endswith("Stays open. Consent: the family's answer. As its file says.")
    assert "meanwhile: another system sends" in played.stdout[third:]
    assert "NO: it should stay open at" in played.stdout[third:]
    assert played.stdout.splitlines()[-1].startswith("NO: 1 of 3 did not go as the file says: The third case (t-")
    assert played.returncode == 1


def test_before_anything_is_played_everything_that_is_wrong_in_any_file_is_said(typed: Typed, tmp_path: Path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("title: Nothing but a title")
    played = typed("demo", str(tmp_path))
    assert played.returncode == 2
    wrong = [f"{tmp_path / name}: {part}" for name in ("a.yaml", "b.yaml") for part in PARTS]
    assert played.stderr.splitlines() == wrong
