"""The file of a step of a request: what is known stands in it, and what a person has to say is left empty."""

import re

import pytest
import yaml
from pydantic import ValidationError

from cli.new_step import written
from models.help_request.new_step import new_step
from models.help_request.stage import Outcome
from models.help_request.steps.admission import ReadForHarm, RecordConsent
from models.help_request.steps.every import STEPS
from models.help_request.steps.response import RecordResponse
from models.journey.steps import ReportSignificantHarm, Step, step_name
from tests.builders import CHILD, SIBLING
from tests.help_requests import facts, harm, read, whole


@pytest.mark.parametrize("kind", STEPS, ids=step_name)
def test_every_step_of_a_request_can_be_printed_with_a_word_beside_each_empty_place(kind: type[Step]) -> None:
    content = new_step(facts(), kind).content
    text = written(kind, content)
    assert yaml.safe_load(text) == content
    assert [line for line in text.splitlines() if ":   #" in line and not re.search(r":   # \w", line)] == []
    assert (content["step"], content["actor"]["id"]) == (step_name(kind), None)


@pytest.mark.clause("ER-12")
def test_the_file_of_a_response_has_a_place_for_what_each_answer_needs() -> None:
    content = new_step(whole(), RecordResponse).content
    assert {"outcome", "because", "taken_by", "risk_considered", "review_on"} <= content.keys()
    assert content["spoken_to"] == {"who": None, "at": None}
    assert [child["ref"] for child in content["children"]] == [CHILD, SIBLING]
    text = written(RecordResponse, content)
    assert Outcome.SIGNPOSTED in text
    assert Outcome.CANCELLED not in text


@pytest.mark.clause("ER-14")
def test_what_a_reading_found_is_left_for_whoever_has_read_it_to_say() -> None:
    assert new_step(facts(), ReadForHarm).content["found"] is None
    with pytest.raises(ValidationError, match="found"):
        ReadForHarm.model_validate(read().model_dump(exclude={"found"}))


@pytest.mark.clause("SD-09b")
def test_the_file_of_consent_has_a_place_for_whose_own_word_it_is() -> None:
    (word,) = new_step(facts(), RecordConsent).content["agreement"]["agreed_by"]
    assert {"child", "age", "judged_by"} <= word.keys()


@pytest.mark.clause("SU-01")
def test_a_report_that_nobody_has_rung_about_stands_in_the_file_to_be_sent_again_with_who_was_spoken_to() -> None:
    content = new_step(whole(harm()), ReportSignificantHarm).content
    assert (content["corrects"], content["concern"]) == ("report_significant_harm", "New marks.")
    assert content["spoken_to"] == {"who": None, "at": None}
    assert [child["ref"] for child in new_step(whole(), ReportSignificantHarm).content["children"]] == [CHILD, SIBLING]
