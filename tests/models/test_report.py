"""The report: what is counted, for whom, and how long answers took in working time."""

import random
from datetime import datetime, timedelta

import pytest

from models.certificate import Count, Pause, PauseReason, calculate
from models.journey.clocks import ClockState
from models.kinds import ClockKind
from models.operations.report import Asked, Ran, report
from models.policy import Policy
from models.step_down.stage import Outcome
from tests.builders import england, london

THURSDAY = london(2026, 4, 2, 10)


def asked(
    state: ClockState = ClockState.MET,
    *,
    service: str = "east-hub",
    team: str = "team-1",
    hours: float = 1,
    pauses: tuple[Pause, ...] = (),
    received: datetime = THURSDAY,
) -> Asked:
    answered = received + timedelta(hours=hours) if state in {ClockState.MET, ClockState.LATE} else None
    kind, policy = ClockKind.CONVERSATION, Policy()
    how = policy.clocks[kind]
    what = Count(kind=kind, received=received, policy_version=policy.version, policy=how, pauses=pauses)
    certificate = calculate(what, england())
    return Asked(service, team, state, answered, certificate, england())


def test_each_answer_is_counted_once_for_its_service_and_once_for_its_team():
    every = [asked(state, service="east-hub") for state in ClockState]
    every.append(asked(ClockState.BREACHED, service="west-hub", team="team-2"))
    found = report(every, [])
    assert [(line.name, line.answers.asked) for line in found.services] == [("east-hub", 8), ("west-hub", 1)]
    assert [(line.name, line.answers.overdue) for line in found.teams] == [("team-1", 1), ("team-2", 1)]
    said = found.all.answers
    assert (said.asked, said.in_time, said.late, said.overdue, said.waiting, said.paused, said.needless) == (
        *(9, 1, 1, 2, 3, 1, 1),
    )
    assert said.asked == said.in_time + said.late + said.overdue + said.waiting + said.paused + said.needless


def test_hours_are_working_hours_and_leave_the_pause_out():
    over_easter = asked(received=london(2026, 4, 2, 16), hours=24 * 4 + 18)
    still = Pause(since=london(2026, 4, 2, 10), until=london(2026, 4, 2, 14), reason=PauseReason.SAFETY, by="tm-1")
    assert over_easter.worked == timedelta(hours=2), "Thursday 16:00 to Tuesday 10:00"
    assert asked(hours=6, pauses=(still,)).worked == timedelta(hours=2)
    assert asked(ClockState.BREACHED).worked is None


def test_an_answer_that_came_after_the_calendar_ends_is_late_and_its_hours_are_not_known():
    beyond = asked(ClockState.LATE, hours=24 * 366 * 200)
    said = report([beyond, asked()], []).all.answers
    assert (said.late, said.median_hours) == (1, 1)


def test_an_hour_before_opening_is_no_working_hour():
    assert asked(received=london(2026, 4, 2, 7), hours=3).worked == timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "median", "ninetieth"),
    [([], None, None), ([3], 3, 3), ([1, 2], 1.5, 2), ([1, 2, 3, 4, 5, 6, 7, 1, 2, 1], 2.5, 6), ([0.25], 0.2, 0.2)],
)
def test_half_were_faster_than_the_median_and_nine_of_ten_within_the_ninetieth(
    hours: list[float], median: float | None, ninetieth: float | None
):
    answered = [asked(hours=lasted, received=london(2026, 4, 2, 9)) for lasted in hours]
    random.Random(1).shuffle(answered)
    said = report(answered, []).all.answers
    assert (said.median_hours, said.ninetieth_hours) == (median, ninetieth)


def test_a_clock_that_stood_still_is_told_whatever_became_of_it():
    still = Pause(since=THURSDAY, until=london(2026, 4, 2, 11), reason=PauseReason.SAFETY, by="tm-1")
    said = report([asked(pauses=(still,)), asked(ClockState.PAUSED), asked()], []).all.answers
    assert (said.paused, said.were_paused) == (1, 2)


def test_transfers_are_counted_by_how_they_ended():
    ran = [
        Ran("east-hub", "team-1", Outcome.TRANSFERRED),
        Ran("east-hub", "team-1", None),
        Ran("west-hub", "team-1", Outcome.CONSENT_REFUSED),
        Ran("west-hub", "team-2", Outcome.TRANSFERRED),
    ]
    found = report([], ran)
    assert [(line.name, line.open, line.outcomes) for line in found.services] == [
        ("east-hub", 1, {Outcome.TRANSFERRED: 1}),
        ("west-hub", 0, {Outcome.CONSENT_REFUSED: 1, Outcome.TRANSFERRED: 1}),
    ]
    assert found.all.outcomes == {Outcome.TRANSFERRED: 2, Outcome.CONSENT_REFUSED: 1}
