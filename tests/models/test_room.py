"""Work per message and per transfer is bounded: what is too long is refused in words; harm can always be reported."""

import zlib
from collections.abc import Iterator
from random import Random
from string import printable
from time import process_time
from typing import Any

import pytest
from pydantic import ValidationError

from client.errors import InputError
from client.transfers import send
from models.journey.projection import projection
from models.journey.recording import MOST_REJECTED
from models.journey.room import BEGINNING, MOST_SAID, ROOM, ROOM_FOR_DANGER, SHORT, too_long
from models.journey.steps import Step
from models.step_down.facts import StepDownFacts
from models.step_down.family import MOST_CHARACTERS
from models.step_down.journey import STEP_DOWN
from models.step_down.start import StepDownRequest
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.every import STEPS
from models.wrong_input import first_flaw
from tests.builders import (
    CHILD,
    agreed_child,
    cancellation,
    conversation,
    exploration,
    facts,
    facts_before,
    family_record,
    harm_not_taken,
    harm_report,
    letter,
    letter_to_agency,
    letters,
    record,
    refused,
    resolution,
    withdrawal,
    young_family,
)
from tests.step_down import reject
from workflows.step_down.transfer import StepDownSoFar

LONG = "x" * 8000


def full() -> StepDownFacts:
    """A transfer in which nothing long fits any more."""
    now = facts()
    for number in range(100):
        step = explored(now, LONG, f"step-{number}")
        if now.text_held + step.size > ROOM.long:
            return now
        now = record(now, step)
    raise AssertionError


def full_of_harm() -> StepDownFacts:
    """One in which no long report of harm fits any more."""
    now = full()
    for number in range(100):
        report = harm_report(concern=LONG, step_id=f"harm-{number}")
        if now.text_held + report.size > ROOM_FOR_DANGER.long:
            return now
        now = record(now, report)
    raise AssertionError


def explored(now: StepDownFacts, needs: str, step_id: str) -> Step:
    before = now.steps[-1].step.step_id if now.steps else None
    return exploration(needs=needs, step_id=step_id, corrects=before)


def test_what_is_too_long_for_what_the_transfer_holds_already_is_refused_in_words() -> None:
    now = full()
    said = refused(now, explored(now, LONG, "more"))
    assert said.field == "step"
    assert said.reason == (
        f"This transfer already holds {now.text_held} characters, and this is too long for it. Say it in fewer words: "
        "up to 4000 characters still fit. Anything longer belongs in a document in Mosaic."
    )


def test_whatever_is_short_can_still_be_recorded() -> None:
    now = full()
    for number in range(10):
        now = record(now, explored(now, "x" * 3000, f"short-{number}"))
    assert now.text_held > ROOM.long


def test_a_report_of_harm_has_room_of_its_own_and_a_short_one_always_fits() -> None:
    assert record(full(), harm_report(concern=LONG)).harm_stands
    now = full_of_harm()
    assert refused(now, harm_report(concern=LONG)).note is not None, "whom to ring"
    assert len(record(now, harm_report(concern="x" * 3000)).harm_reports) == len(now.harm_reports) + 1


@pytest.mark.clause("SD-30a")
def test_who_is_not_safe_in_a_large_family_can_still_be_recorded() -> None:
    recorded = family_record(CHILD)
    many = tuple(recorded.people[0].model_copy(update={"called": "x" * 300}) for _ in range(20))
    family = recorded.model_copy(update={"people": many})
    assert family.size > SHORT
    assert too_long(family, held=ROOM.long) is None
    assert too_long(family, held=ROOM_FOR_DANGER.long) is not None


SENTENCE = (
    "A report of significant harm, the family record, a withdrawal of consent and a cancellation can still be recorded."
)


def test_a_transfer_is_full_some_day_and_then_only_harm_and_what_stops_something_get_in() -> None:
    short, harm = exploration(), harm_report()
    stops = (harm, withdrawal(), cancellation(), resolution())
    for held, steps in ((ROOM.short, 0), (0, ROOM.steps)):
        full = too_long(short, held=held, steps=steps)
        assert full is not None
        assert SENTENCE in full.reason
        assert [too_long(step, held=held, steps=steps) for step in stops] == [None] * len(stops)
    nothing = too_long(harm, held=ROOM_FOR_DANGER.short)
    assert nothing is not None
    assert "can still be recorded" not in nothing.reason, "it cannot"
    assert too_long(harm, steps=ROOM_FOR_DANGER.steps) is not None


def test_a_transfer_that_is_full_of_what_cannot_be_compressed_fits_into_one_message_of_temporal() -> None:
    dice, empty = Random(1), facts(*(f"child-{number}" for number in range(20)))
    one = record(empty, harm_report("child-0"))
    now = empty
    while now.text_held < ROOM_FOR_DANGER.short - 9000:
        length = 7900 if now.text_held < ROOM_FOR_DANGER.long - 9000 else 3500
        report = harm_report("child-0", concern=noise(dice, length), step_id=f"harm-{len(now.steps)}")
        entry = one.steps[0].model_copy(update={"step": report})
        now = now.having(steps=(*now.steps, entry), receipts=(*now.receipts, *one.receipts))
    for told in (StepDownSoFar(facts=now, version=1, shown=0), projection(STEP_DOWN, now, 1)):
        assert len(zlib.compress(told.model_dump_json().encode(), 1)) < 1_600_000


def noise(dice: Random, length: int) -> str:
    return "".join(dice.choices(printable.strip(), k=length))


@pytest.mark.clause("SU-01")
def test_hundreds_of_reports_of_harm_are_still_read_fast() -> None:
    now = facts(CHILD)
    for number in range(60):
        now = record(now, harm_report(concern=f"another {number}", step_id=f"harm-{number}"))
    before = process_time()
    record(now, harm_report(concern="the last", step_id="last"))
    assert process_time() - before < 1, "a workflow task has two seconds, and reads two of them"


async def test_what_is_too_long_for_any_transfer_is_refused_before_it_is_sent() -> None:
    long = conversation(children=tuple(agreed_child(f"child-{n}", priorities="\u20ac" * 8000) for n in range(30)))
    assert long.size > ROOM.long
    with pytest.raises(InputError, match="too long"):
        await send(None, long)  # type: ignore[arg-type] # nothing is sent


def test_what_reports_of_harm_said_that_could_not_be_taken_is_kept_whole_until_it_is_much() -> None:
    now = facts()
    for number in range(MOST_REJECTED):
        now = reject(now, harm_not_taken(digest=str(number), said=LONG))
    said = [message.said or "" for message in now.rejected]
    assert said[:3] == [LONG] * 3
    assert said[-1] == f"{LONG[:BEGINNING]} \u2026 (shortened)"
    assert sum(map(len, said)) < MOST_SAID + MOST_REJECTED * (BEGINNING + 20)


def test_a_family_s_record_has_a_limit_of_its_own() -> None:
    family = young_family(CHILD)
    relation = {"child": CHILD, "relation": "a neighbour", "parental_responsibility": "none", "lives_with": False}
    many = [{"ref": f"p-{n}", "called": "x" * 8000, "relations": [relation]} for n in range(30)]
    with pytest.raises(ValidationError) as error:
        type(family).model_validate({**family.model_dump(), "people": [*family.people, *many]})
    assert str(MOST_CHARACTERS) in first_flaw(error.value).words


def test_more_letters_than_one_approval_takes_are_refused_with_the_limit() -> None:
    many = (letter_to_agency(f"letter-{number}", address=f"a{number}@b.example") for number in range(2, 50))
    with pytest.raises(ValidationError) as error:
        letters(letter(), *many)
    assert first_flaw(error.value).words == "The list of letters has too many entries; the limit is 40."


@pytest.mark.parametrize("kind", [*STEPS, StepDownRequest], ids=lambda kind: kind.__name__)
def test_every_list_in_a_message_has_a_limit(kind: type[Step]) -> None:
    assert list(without_limit(kind.model_json_schema())) == []


def without_limit(schema: Any, name: str = "") -> Iterator[str]:
    """The lists that could be of any length."""
    if isinstance(schema, dict):
        if schema.get("type") == "array" and "maxItems" not in schema:
            yield name
        for key, part in schema.items():
            yield from without_limit(part, key)
    elif isinstance(schema, list):
        for part in schema:
            yield from without_limit(part, name)


def test_a_conversation_about_every_child_of_a_large_family_fits() -> None:
    now = facts_before(RecordConsent)
    assert (
        conversation(children=tuple(agreed_child(f"c-{n}", priorities="x" * 2000) for n in range(20))).size < ROOM.long
    )
    assert now.text_held < ROOM.long / 10
