"""What happens on a bad day follows from its seed, and what was lost or doubled in it is seen."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.smtp import message_id
from benchmarks.chaos.books import (
    Effected,
    Verdict,
    as_its_file_says,
    closed_once,
    mail_of_effects,
    steps_recorded,
)
from benchmarks.chaos.plan import HELD, KILLED, how_sent, planned
from benchmarks.herd.books import MailSeen
from cli.rehearsal.books import Books
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_case
from cli.rehearsal.player import EARLY_HELP
from tests.pace import patient
from tests.system.conftest import MAIN_CASE

PROJECT = Path(__file__).parents[2]
AT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
KEY = "t-1/send_letter/family"
SENT = Effected(KEY, "send_letter", "done")
MAIL = MailSeen(message_id(KEY), AT, "family@home.example", "What happens next")
CLOSING = "Case Closure from Assessment"


def test_the_same_seed_gives_the_same_transfers_blows_and_ways_of_sending() -> None:
    assert planned(7, 40, 10) == planned(7, 40, 10)
    assert planned(7, 40, 10) != planned(8, 40, 10)
    assert how_sent(7, "t-1", "step-3") == how_sent(7, "t-1", "step-3")


def test_in_ten_minutes_every_program_is_killed_the_register_held_and_both_others_break_off() -> None:
    plan = planned(1, 40, 10)
    assert {blow.target for blow in plan.blows} == {*KILLED, HELD, "mail", "Mosaic"}
    assert [blow.at for blow in plan.blows] == sorted(blow.at for blow in plan.blows)
    assert len({begins.id for begins in plan.transfers}) == 40
    assert len({begins.example for begins in plan.transfers}) > 10


def test_each_mail_that_is_noted_as_sent_and_came_is_right_and_one_that_came_twice_is_told() -> None:
    assert mail_of_effects([SENT], [MAIL]) == Verdict()
    twice = mail_of_effects([SENT], [MAIL, MAIL])
    assert twice.is_right
    assert twice.mails_twice == 1


def test_a_mail_that_never_came_is_lost_and_one_that_nobody_meant_to_send_is_too_much() -> None:
    assert len(mail_of_effects([SENT], []).lost) == 1
    assert len(mail_of_effects([], [MAIL]).doubled) == 1


def test_a_step_that_is_missing_or_stands_twice_on_the_timeline_is_seen() -> None:
    assert steps_recorded("t-1", {"a", "b"}, ["a", None, "b", "of-operations"]).is_right
    assert len(steps_recorded("t-1", {"a", "b"}, ["a"]).lost) == 1
    assert len(steps_recorded("t-1", {"a"}, ["a", "a"]).doubled) == 1


def test_a_child_who_was_closed_or_given_to_the_service_twice_is_seen() -> None:
    closed = {"person_ref": "c-1", "type": CLOSING, "completion": {"next_actions": []}}
    opened = {"person_ref": "c-1", "type": CLOSING, "completion": None}
    passed_on = {"person_ref": "c-1", "type": EARLY_HELP, "completion": None}
    assert closed_once("t-1", CLOSING, [opened, closed, passed_on]).is_right
    assert len(closed_once("t-1", CLOSING, [closed, closed]).doubled) == 1
    assert len(closed_once("t-1", CLOSING, [passed_on, passed_on]).doubled) == 1


def as_said(case: Case) -> Books:
    expect = case.expect
    return Books(expect.children, expect.shared, expect.contact, expect.mail, (), ())


def seen(case: Case) -> list[MailSeen]:
    return [MailSeen(str(number), AT, mail.to, mail.subject) for number, mail in enumerate(case.expect.mail)]


def test_what_the_others_hold_is_compared_with_what_the_example_says() -> None:
    case = read_case(MAIN_CASE, "t-1", AT)
    books, mails = as_said(case), seen(case)
    assert as_its_file_says(case, "transferred", books, mails) == Verdict()
    assert len(as_its_file_says(case, "cancelled", books, mails).lost) == 1
    fewer = Books({}, books.shared[1:], {"child-1": ("Nothing",)}, books.mail[1:], (), ())
    assert len(as_its_file_says(case, "transferred", fewer, mails[1:]).lost) == 4


def test_a_letter_that_came_again_is_too_much_unless_it_came_under_its_message_id() -> None:
    case = read_case(MAIN_CASE, "t-1", AT)
    books = as_said(case)
    more = Books(books.children, books.shared, {}, (*books.mail, books.mail[0]), (), ())
    again = MailSeen("another", AT, books.mail[0].to, books.mail[0].subject)
    assert len(as_its_file_says(case, "transferred", more, [*seen(case), again]).doubled) == 1
    assert as_its_file_says(case, "transferred", more, [*seen(case), seen(case)[0]]).is_right


def test_a_share_that_came_again_is_told_where_mosaic_was_silent_before_it_and_else_too_much() -> None:
    case = read_case(MAIN_CASE, "t-1", AT)
    books = as_said(case)
    again = Books(books.children, (*books.shared, books.shared[0]), {}, books.mail, (), ())
    found = as_its_file_says(case, "transferred", again, seen(case))
    assert found.after_silences(1).is_right
    assert len(found.after_silences(0).doubled) == 1
    assert as_its_file_says(case, "transferred", books, seen(case)).after_silences(0) == Verdict()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_ten_transfers_lose_nothing_and_double_nothing_while_all_programs_are_killed_and_the_register_is_held(
    tmp_path: Path,
) -> None:
    words = ("--seed", "20", "--transfers", "10", "--minutes", "1.2", "--patience", f"{patient(120)}")
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", *words, "--folder", tmp_path / "chaos"],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if not name.startswith("TRANSFERS_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    result = json.loads((tmp_path / "chaos" / "chaos.json").read_text())
    struck = " ".join(blow["what"] for blow in result["blows"])
    assert all(f"{program} is killed" in struck for program in KILLED)
    assert "file is held" in struck
    assert (result["lost"], result["doubled"], len(result["transfers"])) == ([], [], 10)
