"""Policy: every wait has its end."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.clocks import RESPONSES, ClockKind, RungKind
from models.policy import DEFAULT_CLOCKS, Policy


def with_ladder_of(kind: ClockKind, *kinds: RungKind) -> Any:
    """The defaults, with a ladder of which only rungs of these kinds are left."""
    usual = DEFAULT_CLOCKS[kind]
    left = tuple(rung for rung in usual.ladder if rung.kind in kinds)
    return {**DEFAULT_CLOCKS, kind: usual.model_copy(update={"ladder": left})}


@pytest.mark.parametrize("kind", ClockKind)
@pytest.mark.parametrize("kinds", [(), (RungKind.REMINDER,), (RungKind.REMINDER, RungKind.ESCALATION)])
def test_a_wait_whose_ladder_never_says_that_the_time_is_over_is_no_policy(
    kind: ClockKind, kinds: tuple[RungKind, ...]
) -> None:
    with pytest.raises(ValidationError, match=f"clocks.{kind}.ladder: .*no wait is without an end"):
        Policy(clocks=with_ladder_of(kind, *kinds))


@pytest.mark.parametrize("kind", ClockKind)
def test_whoever_must_answer_breaches_and_a_wait_of_our_own_people_ends(kind: ClockKind) -> None:
    over = RungKind.BREACH if kind in RESPONSES else RungKind.END
    [rung] = Policy(clocks=with_ladder_of(kind, over)).clocks[kind].ladder
    other = rung.model_copy(update={"kind": RungKind.END if kind in RESPONSES else RungKind.BREACH})
    usual = DEFAULT_CLOCKS[kind]
    wrong = "it has a breach" if kind in RESPONSES else "its last rung is the end"
    with pytest.raises(ValidationError, match=f"clocks.{kind}.ladder: {wrong}"):
        Policy(clocks={**DEFAULT_CLOCKS, kind: usual.model_copy(update={"ladder": (other,)})})


@pytest.mark.parametrize("kind", sorted(set(ClockKind) - set(RESPONSES)))
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


@pytest.mark.parametrize("kind", ClockKind)
def test_a_policy_says_how_long_everything_may_take(kind: ClockKind) -> None:
    with pytest.raises(ValidationError, match=f"{kind} is missing"):
        Policy(clocks={other: policy for other, policy in DEFAULT_CLOCKS.items() if other is not kind})
