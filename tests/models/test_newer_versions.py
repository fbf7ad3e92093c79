"""A newer version of a document than the family saw: told once, and until the family has seen that one (SD-11)."""

import pytest
from pydantic import ValidationError

from models.step_down.facts import Facts
from models.step_down.steps import RecordContactConversation
from models.step_down.taking import end
from tests.builders import ASSESSMENT, NOW, THEN, facts_before, family_sharing, london, record, result, scheduled

pytestmark = pytest.mark.clause("SD-11")


def found(newest: int) -> Facts:
    """The version that the family saw was shared, and Mosaic holds a newer one."""
    before = facts_before(RecordContactConversation)
    shared = next(each for each in before.effects if each.effect.kind == "share_document")
    return end(before, result(shared.effect).model_copy(update={"newer": {ASSESSMENT: newest}, "at": THEN}))


@pytest.mark.parametrize(("seen", "still_open"), [(2, 1), (3, 0), (4, 0)])
def test_it_is_told_until_the_family_has_seen_that_version_or_a_newer_one(seen: int, still_open: int) -> None:
    shown = family_sharing(step_id="again", version=seen, corrects="record_family_sharing")
    assert len(record(found(3), shown, NOW).open_attention) == still_open


@pytest.mark.clause("SD-18")
def test_a_meeting_more_than_a_year_ahead_is_a_slip_of_the_pen() -> None:
    with pytest.raises(ValidationError, match="meeting_at"):
        scheduled(meeting_at=london(2062, 3, 16, 10))
