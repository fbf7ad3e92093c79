"""Rows of the rules that no other file holds by an example marked with their clause."""

import pytest

from models.step_down.answers import Stage
from models.step_down.needs import next_steps, stage
from models.step_down.start import Criteria
from tests.builders import consent, exploration, facts, facts_after, family_sharing, not_us, request


@pytest.mark.clause("SD-01")
@pytest.mark.clause("SD-02")
@pytest.mark.clause("SD-03")
@pytest.mark.parametrize("lacking", ["no_further_role", "needs_early_help_can_meet", "response_required"])
def test_where_the_start_says_that_it_is_not_for_early_help_only_the_decision_is_asked(lacking: str) -> None:
    judged = {name: name != lacking for name in ("no_further_role", "needs_early_help_can_meet", "response_required")}
    now = facts(request=request(criteria=Criteria(**judged, because="as the assessment says")))
    assert stage(now) is Stage.DECISION
    assert [asked.step for asked in next_steps(now)] == ["decide_children"]


@pytest.mark.clause("SD-07")
def test_where_the_contact_says_that_it_is_not_for_this_service_nobody_goes_on_to_it() -> None:
    now = facts_after(exploration(), consent(), family_sharing(), not_us())
    assert stage(now) is Stage.DECISION
    assert [asked.step for asked in next_steps(now)] == ["change_service", "decide_children"]
