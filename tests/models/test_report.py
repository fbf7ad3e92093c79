"""The report: what is counted, and for whom."""

import random

import pytest

from models.journey.clocks import JUDGED, ClockState
from models.kinds import ClockKind, JourneyKind
from models.operations.report import Asked, Ran, report
from models.step_down.stage import Outcome


def asked(
    state: ClockState = ClockState.MET,
    *,
    service: str = "east-hub",
    team: str = "team-1",
    hours: float | None = 1,
    was_paused: bool = False,
    number: int = 1,
    kind: ClockKind = ClockKind.CONVERSATION,
) -> Asked:
    return Asked(
        JourneyKind.STEP_DOWN, service, team, state, was_paused, hours if state in JUDGED else None, number, kind
    )


def test_each_answer_is_counted_once_for_its_service_and_once_for_its_team():
    every = [asked(state, service="east-hub") for state in ClockState]
    every.append(asked(ClockState.BREACHED, service="west-hub", team="team-2"))
    found = report(every, [])
    assert [(line.name, line.answers.asked) for line in found.services] == [("east-hub", 9), ("west-hub", 1)]
    assert [(line.name, line.answers.overdue) for line in found.teams] == [("team-1", 1), ("team-2", 1)]
    said = found.all.answers
    assert (said.asked, said.in_time, said.late, said.overdue, said.waiting, said.paused, said.undated) == (
        *(10, 1, 1, 2, 3, 1, 1),
    )
    assert (
        said.asked
        == said.in_time + said.late + said.overdue + said.waiting + said.paused + said.undated + said.needless
    )


@pytest.mark.clause("ER-06")
def test_each_journey_has_a_line_of_its_own():
    request = Asked(JourneyKind.HELP_REQUEST, "east-hub", None, ClockState.LATE, False, 5, 2, ClockKind.HELP_REQUEST)
    started = Ran(JourneyKind.HELP_REQUEST, "east-hub", None, "signposted", 3)
    found = report([asked(), request], [Ran(JourneyKind.STEP_DOWN, "east-hub", "team-1", None), started])
    assert [
        (line.name, line.answers.asked, line.answers.late, line.open, line.outcomes) for line in found.journeys
    ] == [
        ("help-request", 2, 2, 0, {"signposted": 3}),
        ("step-down", 1, 0, 1, {}),
    ]


def test_hours_that_are_not_known_are_counted_nowhere():
    said = report([asked(ClockState.LATE, hours=None), asked()], []).all.answers
    assert (said.late, said.median_hours) == (1, 1)


def test_answers_that_are_alike_count_as_many_times_as_there_are():
    said = report([asked(hours=1, number=4), asked(hours=9, number=5), asked(ClockState.BREACHED, number=3)], [])
    answers = said.all.answers
    assert (answers.asked, answers.in_time, answers.overdue) == (12, 9, 3)
    assert (answers.median_hours, answers.ninetieth_hours) == (9, 9)
    assert report([asked(hours=1, number=4), asked(hours=2, number=4)], []).all.answers.median_hours == 1.5


@pytest.mark.parametrize(
    ("hours", "median", "ninetieth"),
    [([], None, None), ([3], 3, 3), ([1, 2], 1.5, 2), ([1, 2, 3, 4, 5, 6, 7, 1, 2, 1], 2.5, 6), ([0.2], 0.2, 0.2)],
)
def test_half_were_faster_than_the_median_and_nine_of_ten_within_the_ninetieth(
    hours: list[float], median: float | None, ninetieth: float | None
):
    answered = [asked(hours=lasted) for lasted in hours]
    random.Random(1).shuffle(answered)
    said = report(answered, []).all.answers
    assert (said.median_hours, said.ninetieth_hours) == (median, ninetieth)


@pytest.mark.clause("SD-37")
def test_first_contacts_are_counted_apart_from_answers():
    seen = [asked(hours=48, kind=ClockKind.FIRST_CONTACT), asked(ClockState.BREACHED, kind=ClockKind.FIRST_CONTACT)]
    found = report([asked(hours=2), *seen], []).all
    assert (found.answers.asked, found.answers.median_hours) == (1, 2)
    assert (found.seen.asked, found.seen.in_time, found.seen.overdue, found.seen.median_hours) == (2, 1, 1, 48)


def test_a_clock_that_stood_still_is_told_whatever_became_of_it():
    said = report([asked(was_paused=True), asked(ClockState.PAUSED), asked()], []).all.answers
    assert (said.paused, said.were_paused) == (1, 2)


def test_transfers_are_counted_by_how_they_ended():
    ran = [
        Ran(JourneyKind.STEP_DOWN, "east-hub", "team-1", Outcome.TRANSFERRED),
        Ran(JourneyKind.STEP_DOWN, "east-hub", "team-1", None),
        Ran(JourneyKind.STEP_DOWN, "west-hub", "team-1", Outcome.CONSENT_REFUSED, 2),
        Ran(JourneyKind.STEP_DOWN, "west-hub", "team-2", Outcome.TRANSFERRED),
    ]
    found = report([], ran)
    assert [(line.name, line.open, line.outcomes) for line in found.services] == [
        ("east-hub", 1, {Outcome.TRANSFERRED: 1}),
        ("west-hub", 0, {Outcome.CONSENT_REFUSED: 2, Outcome.TRANSFERRED: 1}),
    ]
    assert found.all.outcomes == {Outcome.TRANSFERRED: 2, Outcome.CONSENT_REFUSED: 2}
