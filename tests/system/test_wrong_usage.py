"""A command that is typed wrongly: what is said of it has no word for programmers."""

import re

import pytest

from cli.screens import letters_screen
from cli.wrong import plain_usage
from models.step_down.reading import LettersAsked, LetterState, LettersToRead, to_read
from models.step_down.steps.confirmation import ApproveLetters
from tests.builders import facts_before
from tests.system.conftest import EXAMPLES, Rehearsal, Typed
from tests.system.test_screens import drawn

FAMILY = EXAMPLES / "01-one-child-passes-on-a-sibling-closes.yaml"
TYPED = {
    "a page that is no number": (("list", "--page", "x"), "--page: is not a whole number"),
    "no page": (("list", "--page", "0"), "--page: is at least 1"),
    "too long a page": (("list", "--number", "99999"), "--number: is at most 1000"),
    "a day that is none": (("report", "--since", "01/04/2026"), "--since: is not a date, such as 2026-04-02"),
    "a word that is none of those there are": (
        ("advice", "holidays"),
        "kind: is not one of 'how_to_request', 'for_all_families', 'kind_of_service', 'own_work', 'duty_and_advice'",
    ),
    "a journey that there is not": (
        ("list", "--journey", "holidays"),
        "--journey: is not one of 'step-down', 'help-request', 'step-up'",
    ),
    "a moment that is none": (
        ("step", "t-1", "f.yaml", "--at", "x"),
        "--at: is not a moment, as the command to copy has it",
    ),
}


@pytest.mark.parametrize(("words", "told"), TYPED.values(), ids=TYPED)
def test_an_option_with_a_wrong_value_is_said_with_its_rule(typed: Typed, words: tuple[str, ...], told: str) -> None:
    result = typed(*words)
    assert (result.returncode, result.stderr) == (2, f"{told}\n")


def test_what_is_plain_already_is_said_as_it_is() -> None:
    assert plain_usage("No such command 'lst'. Did you mean 'list'?") == "No such command 'lst'. Did you mean 'list'?"


def test_the_name_that_the_temporal_ui_shows_is_taken_for_the_id(rehearsal: Rehearsal, typed: Typed) -> None:
    found = re.search(r"\bt-[0-9a-f]{10}\b", typed("start", str(FAMILY)).stdout)
    assert found is not None
    rehearsal.until_shown(found[0])
    assert typed("show", f"step-down/{found[0]}").stdout.startswith(f"╭─ Transfer {found[0]} ")


def test_a_mistyped_service_or_team_is_not_taken_for_one_without_transfers(typed: Typed) -> None:
    assert "The directory has no service eats-hub:" in typed("list", "--service", "eats-hub").stdout
    assert "The directory has no team north-22:" in typed("list", "--team", "north-22").stdout
    assert "The directory has no" not in typed("list", "--service", "youth-work", "--team", "north-2").stdout


def test_of_letters_that_were_posted_nobody_reads_that_there_is_nothing_to_approve() -> None:
    nothing = "There is nothing to approve here."
    read = to_read(facts_before(ApproveLetters), LettersAsked())
    assert read.letters
    sent = LettersToRead(letters=tuple(one.model_copy(update={"state": LetterState.SENT}) for one in read.letters))
    assert nothing in drawn(letters_screen(sent))
    assert nothing not in drawn(letters_screen(sent, of_a_step=True))
