"""Policy: every wait has its end."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.help_request.journey import HELP_REQUEST
from models.journey.rows import Journey
from models.journey.side import EARLY_HELP, FRONT_DOOR, SOCIAL_WORK
from models.kinds import REAL_TIME, RESPONSES, Audience, ClockKind, RungKind
from models.policy import DEFAULT_CLOCKS, Policy, RealTimeRung
from models.step_down.journey import STEP_DOWN
from models.step_up.journey import STEP_UP


def with_ladder_of(kind: ClockKind, *kinds: RungKind) -> Any:
    """The defaults, with a ladder of which only rungs of these kinds are left."""
    usual = DEFAULT_CLOCKS[kind]
    left = tuple(rung for rung in usual.ladder if rung.kind in kinds)
    return {**DEFAULT_CLOCKS, kind: usual.model_copy(update={"ladder": left})}


@pytest.mark.parametrize("kind", DEFAULT_CLOCKS)
@pytest.mark.parametrize("kinds", [(), (RungKind.REMINDER,), (RungKind.REMINDER, RungKind.ESCALATION)])
def test_a_wait_whose_ladder_never_says_that_the_time_is_over_is_no_policy(
    kind: ClockKind, kinds: tuple[RungKind, ...]
) -> None:
    with pytest.raises(ValidationError, match=f"clocks.{kind}.ladder: .*no wait is without an end"):
        Policy(clocks=with_ladder_of(kind, *kinds))


@pytest.mark.parametrize("kind", DEFAULT_CLOCKS)
def test_whoever_must_answer_breaches_and_a_wait_of_our_own_people_ends(kind: ClockKind) -> None:
    over = RungKind.BREACH if kind in RESPONSES else RungKind.END
    [rung] = Policy(clocks=with_ladder_of(kind, over)).clocks[kind].ladder
    other = rung.model_copy(update={"kind": RungKind.END if kind in RESPONSES else RungKind.BREACH})
    usual = DEFAULT_CLOCKS[kind]
    wrong = "it has a breach" if kind in RESPONSES else "its last rung is the end"
    with pytest.raises(ValidationError, match=f"clocks.{kind}.ladder: {wrong}"):
        Policy(clocks={**DEFAULT_CLOCKS, kind: usual.model_copy(update={"ladder": (other,)})})


@pytest.mark.parametrize("kind", sorted(set(DEFAULT_CLOCKS) - set(RESPONSES)))
def test_nobody_is_told_of_a_wait_of_our_own_people_after_its_end(kind: ClockKind) -> None:
    usual = DEFAULT_CLOCKS[kind]
    after = usual.ladder[-1].model_copy(update={"kind": RungKind.ESCALATION, "working_days": 1})
    with pytest.raises(ValidationError, match="its last rung is the end"):
        Policy(clocks={**DEFAULT_CLOCKS, kind: usual.model_copy(update={"ladder": (*usual.ladder, after)})})


@pytest.mark.parametrize("after", [timedelta(), timedelta(minutes=-15), timedelta(milliseconds=999), timedelta(days=8)])
def test_what_keeps_failing_is_told_after_a_second_at_the_earliest_and_a_week_at_the_latest(after: timedelta) -> None:
    with pytest.raises(ValidationError, match="attention_after"):
        Policy(attention_after=after)
    for allowed in (timedelta(seconds=1), timedelta(days=7)):
        assert Policy(attention_after=allowed).attention_after == allowed


@pytest.mark.parametrize("kind", DEFAULT_CLOCKS)
def test_a_wait_of_which_a_policy_says_nothing_has_its_default(kind: ClockKind) -> None:
    said = {other: policy for other, policy in DEFAULT_CLOCKS.items() if other is not kind}
    assert Policy.model_validate({"clocks": said}).clocks == DEFAULT_CLOCKS


def test_every_wait_that_does_not_run_in_real_time_has_its_length() -> None:
    assert set(DEFAULT_CLOCKS) == set(ClockKind) - set(REAL_TIME)


AT_ONCE = RealTimeRung(kind=RungKind.ALARM, after=timedelta(0), audiences=(Audience.TEAM_MANAGER,))
LATER = AT_ONCE.model_copy(update={"after": timedelta(hours=1)})
END = LATER.model_copy(update={"kind": RungKind.END})


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("ladder", [(), (END,), (AT_ONCE, LATER), (AT_ONCE, END, END), (AT_ONCE, END, AT_ONCE)])
def test_of_significant_harm_people_are_told_at_once_and_then_on_to_an_end(ladder: tuple[RealTimeRung, ...]) -> None:
    with pytest.raises(ValidationError, match="harm_alerts"):
        Policy(harm_alerts=ladder)
    assert Policy(harm_alerts=(AT_ONCE, END)).harm_alerts == (AT_ONCE, END)


@pytest.mark.clause("SU-01")
def test_an_alarm_that_reaches_the_service_alone_or_comes_after_days_is_no_policy() -> None:
    contact = AT_ONCE.model_copy(update={"audiences": (Audience.EARLY_HELP_CONTACT,)})
    with pytest.raises(ValidationError, match="harm_alerts: each rung tells the team manager or whoever is on duty"):
        Policy(harm_alerts=(contact, END))
    with pytest.raises(ValidationError, match="harm_alerts: the last rung comes within a day"):
        Policy(harm_alerts=(AT_ONCE, END.model_copy(update={"after": timedelta(days=2)})))


@pytest.mark.clause("SD-34")
@pytest.mark.parametrize("kind", RESPONSES)
def test_an_answer_that_would_be_due_after_many_weeks_is_no_policy(kind: ClockKind) -> None:
    usual = DEFAULT_CLOCKS[kind]
    late = usual.model_copy(update={"working_days": 50})
    with pytest.raises(ValidationError, match=f"clocks.{kind}.working_days: an answer is due"):
        Policy(clocks={**DEFAULT_CLOCKS, kind: late})
    [breach] = (rung for rung in usual.ladder if rung.kind is RungKind.BREACH)
    told_late = usual.model_copy(update={"ladder": (breach.model_copy(update={"working_days": 50}),)})
    with pytest.raises(ValidationError, match=f"clocks.{kind}.working_days: an answer is due"):
        Policy(clocks={**DEFAULT_CLOCKS, kind: told_late})


@pytest.mark.clause("ER-15")
@pytest.mark.parametrize("journey", [HELP_REQUEST, STEP_DOWN, STEP_UP], ids=["a request", "a step-down", "a referral"])
def test_whoever_is_asked_at_the_end_of_a_wait_is_told_of_it(journey: Journey[Any]) -> None:
    side = {HELP_REQUEST.kind: EARLY_HELP, STEP_DOWN.kind: SOCIAL_WORK, STEP_UP.kind: FRONT_DOOR}[journey.kind]
    only_recommended = {ClockKind.FAMILIES_FIRST}
    ladders = {kind: DEFAULT_CLOCKS[kind].ladder for kind in {*journey.time_is_up} - {*REAL_TIME} - only_recommended}
    untold = {
        kind
        for kind, ladder in ladders.items()
        if side.manager.value not in {side.told(who) for rung in ladder for who in rung.audiences}
    }
    assert ladders
    assert not untold
