"""``transfers family``: a picture of the journeys, and what happened in them, for whoever asks who knew what, when."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from cli.family import BAR, family_screen, page_words
from cli.rehearsal.case_file import read_file
from cli.rehearsal.demo import play
from cli.step_file import new_transfer_id, now
from cli.wiring import temporal
from client.errors import InputError
from models.kinds import JourneyKind
from models.operations.family import NAMED_PEOPLE_ONLY, FamilyEntry, FamilyJourney, FamilyTimeline, family_timeline
from models.vocabulary import LONDON
from tests import help_requests, step_down, step_ups
from tests.browser.one_family import one_family
from tests.builders import NOW, THEN, consent, facts, facts_after, request
from tests.models.test_family_timeline import kept
from tests.system.conftest import EXAMPLES, MAIN_CASE, Rehearsal, Typed
from tests.system.test_screens import drawn

APRIL = datetime(2026, 4, 1, 10, tzinfo=LONDON)
DAY = timedelta(days=1)


def journey(number: int, begins: int, ends: int | None, **changes: Any) -> FamilyJourney:
    said = {
        "number": number,
        "id": f"t-{number}",
        "journey": JourneyKind.STEP_DOWN,
        "stands": "Passed to Early Help",
        "ended": ends is not None,
        "stopped_by_harm": False,
        "opened_at": APRIL + begins * DAY,
        "closed_at": APRIL + ends * DAY if ends is not None else None,
    }
    return FamilyJourney.model_validate({**said, **changes})


def found(journeys: Sequence[FamilyJourney] = (), entries: Sequence[FamilyEntry] = (), **said: Any) -> FamilyTimeline:
    said = {"family_ref": "f-1", "journeys": tuple(journeys), "entries": tuple(entries), "all": len(entries), **said}
    return FamilyTimeline.model_validate(said)


def bars(shown: str) -> list[str]:
    return [cells[2][1 : BAR + 1] for line in shown.splitlines() if "█" in line or "▶" in line if (cells := cut(line))]


def cut(line: str) -> list[str]:
    return line.split("│")


def test_the_picture_has_a_bar_for_each_journey_from_its_opening_to_its_end_and_an_arrow_where_it_is_open():
    every = (journey(1, 0, 9), journey(2, 9, 18), journey(3, 27, None))
    shown = drawn(family_screen(found(every), APRIL + 36 * DAY))
    assert bars(shown) == ["█" * 9 + " " * 27, " " * 9 + "█" * 9 + " " * 18, " " * 27 + "█" * 8 + "▶"]
    assert f"1 Apr 2026{'7 May 2026'.rjust(BAR - 10)}" in shown


def test_the_picture_says_out_of_which_journey_another_one_was_opened():
    shown = drawn(family_screen(found([journey(1, 0, 9), journey(2, 9, 18, out_of=1)]), APRIL))
    assert [cut(line)[1].strip() for line in shown.splitlines() if "out of" in line] == ["opened out of 1"]


def test_a_journey_of_a_moment_has_a_bar_too_and_journeys_of_one_day_are_told_by_the_hour():
    shown = drawn(family_screen(found([journey(1, 0, 0), journey(2, 0, None)]), APRIL + DAY))
    assert [bar.strip() for bar in bars(shown)] == ["█", "█" * (BAR - 1) + "▶"]
    assert "1 Apr 10:00" in shown


def test_a_journey_whose_time_runs_ahead_of_this_machine_stays_within_the_picture():
    shown = drawn(family_screen(found([journey(1, 0, None), journey(2, 30, None)]), APRIL + DAY))
    assert [len(bar) for bar in bars(shown)] == [BAR, BAR]


@pytest.mark.clause("SU-01")
def test_where_harm_stops_an_open_journey_the_picture_says_so():
    stands = {"stands": "Waits for consent", "stopped_by_harm": True}
    shown = drawn(family_screen(found([journey(1, 0, None, **stands)]), APRIL + DAY))
    assert "Waits for consent; significant harm reported" in shown


def test_an_inspector_reads_of_all_three_kinds_who_did_what_when_in_which_journey_and_when_that_was_recorded():
    journeys = (
        kept(step_ups.status(step_ups.facts(id="up-1")), THEN - DAY),
        kept(step_down.status(facts_after(consent(), before=facts(request=request(id="down-1")))), THEN),
        kept(help_requests.status(help_requests.facts(id="ask-1")), NOW),
    )
    shown = drawn(family_screen(family_timeline("family-1", journeys, frozenset(), 1, 50), NOW + DAY))
    picture, _, happened = shown.partition("What happened")
    for words in ("Referral to Children's Social Work", "Step-down", "Request for Early Help", "up-1", "down-1"):
        assert words in picture
    for words in ("1 referral", "2 transfer", "3 request", "The transfer was started", "social worker sw-7"):
        assert words in happened
    [consented] = [cut(line) for line in happened.splitlines() if "family's answer on consent" in line]
    assert [cell.strip() for cell in consented[:3]] == ["Mon 2 Mar 2026 10:00", "Mon 2 Mar 2026 12:00", "2 transfer"]
    [started] = [cut(line) for line in happened.splitlines() if "The transfer was started" in line]
    assert [cell.strip() for cell in started[:2]] == ["Mon 2 Mar 2026 10:00", ""], "recorded as it happened"


def test_of_what_is_for_named_people_it_is_said_whom_to_ask_and_nothing_else():
    shown = drawn(family_screen(found(named_people_only=NAMED_PEOPLE_ONLY), APRIL))
    assert shown.split("\n")[:2] == ["Family f-1", "Also a journey for named people only; ask operations"]
    assert page_words(found(named_people_only=NAMED_PEOPLE_ONLY), 1, 50) == "Nothing of this family may be shown here."


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (1, "Entries 71 to 120 of 120, in the order of time. Those before them: --page 2."),
        (3, "Entries 1 to 20 of 120, in the order of time."),
    ],
)
def test_the_page_says_which_entries_it_has_and_where_those_before_are(page: int, words: str):
    entry = FamilyEntry(at=NOW, recorded_at=NOW, number=1, journey_id="t-1", who="system", what="x")
    on_it = [entry] * (50 if page < 3 else 20)
    assert page_words(found([journey(1, 0, None)], on_it, all=120), page, 50) == words
    with pytest.raises(InputError, match="--page: the last page is 3"):
        page_words(found([journey(1, 0, None)], all=120), 4, 50)


def test_the_command_shows_a_family_that_was_started_and_says_where_none_is_known(rehearsal: Rehearsal, typed: Typed):
    started = json.loads(rehearsal.command("start", str(MAIN_CASE), "--json").stdout)["id"]
    rehearsal.until_shown(started)
    status = rehearsal.register.status(started)
    assert status is not None
    said = typed("family", status.family_ref, "--json", "--number", "1000")
    read = json.loads(said.stdout)
    assert started in [one["id"] for one in read["journeys"]]
    assert {one["journey_id"] for one in read["entries"]} <= {one["id"] for one in read["journeys"]}
    assert read["all"] == len(read["entries"])
    shown = typed("family", status.family_ref, "--number", "1")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"Family {status.family_ref}" in shown.stdout
    unknown = typed("family", "nobody")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == "family nobody: no journey of it is known\n"


def test_the_family_of_the_picture_is_let_go_and_worried_about_again():
    shown = one_family()
    assert [(one.journey, one.ended) for one in shown.journeys] == [
        (JourneyKind.STEP_UP, True),
        (JourneyKind.STEP_DOWN, True),
        (JourneyKind.STEP_UP, False),
    ]
    late = [one for one in shown.entries if one.recorded_at - one.at > timedelta(hours=12)]
    assert [one.what.partition(":")[0] for one in late] == ["Recorded what the contact came to"]


async def test_a_request_that_a_referral_opened_stands_beside_it_with_out_of_which_it_came(
    rehearsal: Rehearsal, typed: Typed
):
    [path] = EXAMPLES.glob("82-*.yaml")
    file = read_file(path, new_transfer_id(), now())
    played = await play(await temporal(), rehearsal.local, file, lambda words: None)
    assert not played.differences, played.differences
    read = json.loads(typed("family", file.only_case.mosaic.family_ref, "--json", "--number", "1000").stdout)
    own = [one for one in read["journeys"] if one["id"] == file.id]
    opened = [one for one in read["journeys"] if one["out_of"] == own[0]["number"]]
    assert [one["journey"] for one in own + opened] == ["step-up", "help-request"]
    assert {one["number"] for one in read["entries"]} >= {one["number"] for one in own + opened}
