"""Rows of the rules that no other file holds by an example marked with their clause."""

import pytest

from models.step_down.stage import Stage
from models.step_down.start import Criteria
from models.step_down.steps.decision import NameLeadPractitioner
from tests.builders import (
    advice,
    consent,
    decision,
    exploration,
    facts,
    facts_after,
    facts_before,
    family_sharing,
    not_us,
    record,
    refused,
    request,
)
from tests.step_down import next_steps, stage


@pytest.mark.clause("SD-01")
@pytest.mark.clause("SD-02")
@pytest.mark.clause("SD-03")
@pytest.mark.parametrize("lacking", ["no_further_role", "needs_early_help_can_meet", "response_required"])
def test_where_the_start_says_that_it_is_not_for_early_help_only_the_decision_is_asked(lacking: str) -> None:
    judged = {name: name != lacking for name in ("no_further_role", "needs_early_help_can_meet", "response_required")}
    now = facts(request=request(criteria=Criteria(**judged, because="as the assessment says")))
    assert stage(now) is Stage.DECISION
    assert [asked.step for asked in next_steps(now)] == ["record_decisions"]


@pytest.mark.clause("SD-07")
def test_where_the_contact_says_that_it_is_not_for_this_service_nobody_goes_on_to_it() -> None:
    now = facts_after(exploration(), consent(), family_sharing(), not_us())
    assert stage(now) is Stage.DECISION
    assert [asked.step for asked in next_steps(now)] == ["change_service", "record_decisions"]


@pytest.mark.clause("SD-28")
def test_nobody_passes_on_before_the_practitioner_who_takes_over_is_named() -> None:
    before = facts_before(NameLeadPractitioner)
    assert "name_lead_practitioner" in [asked.step for asked in next_steps(before)]
    said = refused(record(before, advice()), decision())
    assert said.clause == "SD-28"
    assert said.reason.startswith("The practitioner who takes over is not named yet")
