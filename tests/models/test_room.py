"""Work per message and per transfer is bounded: what is too long is refused in words; harm can always be reported."""

import zlib
from collections.abc import Callable, Iterator
from random import Random
from string import printable
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from client.errors import InputError
from client.transfers import send
from models.journey.answers import Refusal
from models.journey.projection import projection
from models.journey.recording import MOST_REJECTED
from models.journey.refusing import refusal
from models.journey.room import (
    BEGINNING,
    MOST_OF_ONE,
    MOST_SAID,
    MOST_STEPS_OF_ONE,
    ROOM,
    ROOM_FOR_DANGER,
    SHORT,
    too_long,
    too_much_of_one,
)
from models.journey.steps import Step
from models.step_down.facts import StepDownFacts
from models.step_down.family import MOST_CHARACTERS
from models.step_down.journey import STEP_DOWN
from models.step_down.start import StepDownRequest
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.every import STEPS
from models.vocabulary import Actor, Role
from models.wrong_input import first_flaw
from tests.builders import (
    CHILD,
    NOW,
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
        report = harm_report(concern=LONG, step_id=f"harm-{number}", actor=somebody(number))
        if now.text_held + report.size > ROOM_FOR_DANGER.long:
            return now
        now = record(now, report)
    raise AssertionError


def somebody(number: int) -> Actor:
    """Others write, too: one person fills nothing up."""
    return Actor(id=f"sw-{number}", role=Role.SOCIAL_WORKER)


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


@pytest.mark.clause("SU-01")
def test_one_person_s_flood_of_reports_leaves_room_for_the_reports_and_the_work_of_others() -> None:
    flooder, other = somebody(1), somebody(2)
    now = reported(*(harm_report(step_id=f"harm-{n}", actor=flooder) for n in range(MOST_STEPS_OF_ONE)))
    said = refused(now, harm_report(concern="one more", step_id="more", actor=flooder))
    assert said.reason.startswith(
        f"You have recorded {MOST_STEPS_OF_ONE} reports of harm, withdrawals and the like in this tra"
    )
    assert "a colleague can still record it here" in said.reason
    assert said.note is not None, "whom to ring"
    assert refusal(STEP_DOWN, now, harm_report(concern="seen by another", step_id="other", actor=other), NOW) is None
    assert refusal(STEP_DOWN, now, exploration(actor=flooder), NOW) is None, "nor does it keep anybody from other work"


def test_nor_do_a_few_very_long_ones() -> None:
    size = harm_report(concern=LONG, step_id="harm-1", actor=somebody(1)).size
    many = (harm_report(concern=LONG, step_id=f"harm-{n}", actor=somebody(1)) for n in range(MOST_OF_ONE // size))
    now = reported(*many)
    assert str(now.text_held) in refused(now, harm_report(concern=LONG, step_id="more", actor=somebody(1))).reason
    other = harm_report(concern=LONG, step_id="other", actor=somebody(2))
    assert refusal(STEP_DOWN, now, other, NOW) is None


def reported(*reports: Step) -> StepDownFacts:
    """As if each of them had been recorded: all that follows from one is not found for each."""
    first = record(facts(), reports[0])
    return first.having(steps=tuple(first.steps[0].model_copy(update={"step": one}) for one in reports))


KINDS = st.sampled_from((harm_report, exploration, withdrawal, cancellation, resolution))
LENGTHS = st.sampled_from((0, 3000, 7900))
A_FLOOD = st.tuples(KINDS, st.just("flooder"), st.sampled_from((10, 70, 300, 700)), LENGTHS)
SOME = st.tuples(KINDS, st.just("others"), st.integers(1, 15), st.just(0))


@pytest.mark.clause("SU-01")
@settings(max_examples=25, deadline=None)
@given(st.lists(A_FLOOD | SOME, min_size=1, max_size=5))
def test_whatever_one_person_sends_there_is_room_for_harm_that_others_report(
    blocks: list[tuple[Callable[..., Step], str, int, int]],
) -> None:
    taken: list[Step] = []
    for build, who, times, length in blocks:
        said = {"concern": "x" * length} if build is harm_report and length else {}
        step = build(actor=Actor(id=who, role=Role.SOCIAL_WORKER), **said)
        for _ in range(times):
            if no_room(step, taken) is not None:
                break
            taken.append(step)
    assert no_room(harm_report(concern="x" * 3000, actor=somebody(3)), taken) is None


def no_room(step: Step, taken: list[Step]) -> Refusal | None:
    held = sum(one.size for one in taken)
    return too_long(step, held=held, steps=len(taken)) or too_much_of_one(step, taken)


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
