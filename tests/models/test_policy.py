"""Policy: every wait has its end."""

from typing import Any

import pytest
from pydantic import ValidationError

from models.clocks import ClockKind, RungKind
from models.policy import DEFAULT_CLOCKS, Policy


@pytest.mark.parametrize("kind", ClockKind)
def test_a_wait_whose_ladder_is_empty_or_only_reminds_is_no_policy(kind: ClockKind) -> None:
    usual = DEFAULT_CLOCKS[kind]
    reminders = tuple(rung for rung in usual.ladder if rung.kind is RungKind.REMINDER)
    for ladder in ((), reminders):
        clocks: Any = {**DEFAULT_CLOCKS, kind: usual.model_copy(update={"ladder": ladder})}
        with pytest.raises(ValidationError, match=f"clocks.{kind}.ladder"):
            Policy(clocks=clocks)


@pytest.mark.parametrize("kind", ClockKind)
def test_a_policy_says_how_long_everything_may_take(kind: ClockKind) -> None:
    with pytest.raises(ValidationError, match=f"{kind} is missing"):
        Policy(clocks={other: policy for other, policy in DEFAULT_CLOCKS.items() if other is not kind})
