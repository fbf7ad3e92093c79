"""What the Temporal UI asks its server for with the text in the address: nothing in it that people wrote.

A proxy's log may hold that address. So no word that somebody typed into a step, and nobody's address, stands in the
current details, nor in the summary of an activity or a timer.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from models.clock_words import rung_words
from models.journey.answers import Rejected
from models.journey.details import details
from models.journey.ladder import next_rung
from models.journey.recording import reject
from models.step_down.journey import STEP_DOWN
from models.step_down.steps.decision import RecordDecisions
from tests.builders import NOW, facts_before
from tests.models.test_step_samples import NAMES, Family, before, on_page
from tests.step_down import status

MARKER = "Zwetschge"
M = TypeVar("M", bound=BaseModel)


def marked(said: Any) -> Any:
    """The same, with a marker in each text and address that a person typed; what else has no blank is a choice."""
    if isinstance(said, dict):
        return {name: marked(value) for name, value in said.items()}
    if isinstance(said, list):
        return [marked(value) for value in said]
    if isinstance(said, str) and "@" in said:
        return f"{MARKER}.{said}"
    return f"{MARKER} {said}" if isinstance(said, str) and " " in said else said


def written_by_people(message: M) -> M:
    return type(message).model_validate(marked(message.model_dump(mode="json")))


def shown(family: Family) -> Iterator[str]:
    now = status(family.facts)
    yield details(now)
    yield from (effect.words for effect in family.facts.begun)
    if (rung := next_rung(family.facts)) is not None:
        yield rung_words(rung.kind, rung.due, rung.what, rung.at)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_somebody_typed_is_shown_where_the_text_stands_in_an_address(name: str) -> None:
    sample = on_page()[name]
    family = before(sample)
    steps = [written_by_people(step) for step in family.case.steps[: sample.number]]
    family = Family(family.case.model_copy(update={"start": written_by_people(family.case.start)}))
    for step in steps:
        family.take(step)
        for text in shown(family):
            assert MARKER not in text, text[max(0, text.index(MARKER) - 200) : text.index(MARKER) + 100]
    assert MARKER in family.facts.model_dump_json(), "the markers did travel"


def test_what_a_report_of_harm_said_that_could_not_be_taken_is_not_shown_there_either() -> None:
    words = f"She is hurt, {MARKER}"
    message = Rejected(
        at=NOW,
        step="report_significant_harm",
        reason="It has no actor.",
        step_id=None,
        sender=None,
        said=words,
        digest="d",
    )
    facts = reject(STEP_DOWN, facts_before(RecordDecisions), message)
    assert words in status(facts).model_dump_json()
    assert "could not be taken" in details(status(facts))
    assert MARKER not in details(status(facts))
