"""Letters wait for office hours on a real server whose time is skipped; every moment is London's (SD-33b)."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from temporalio.worker import Replayer

from adapters.encryption import data_converter
from models.policy import LetterHours
from models.step_down.stage import Outcome
from models.vocabulary import LONDON
from tests.builders import CHILD, SIBLING, acknowledgement, harm_report, letter, letters, no_letter, seen, whole_path
from tests.workflows.conftest import KEYS, House, Transfer
from workflows.step_down.transfer import StepDownTransfer

pytestmark = pytest.mark.clause("SD-33b")

ACTIVITY = "activity_task_scheduled_event_attributes"
SHOWN = {"show_in_register", "capture_consent", "capture_conversation", "capture_harm_report"}
"""How often, and together with what, is a matter of moments."""
HOURS = LetterHours()
SATURDAY = datetime(2040, 3, 24, 20, 0, tzinfo=LONDON)
MONDAY = datetime(2040, 3, 26, 8, 0, tzinfo=LONDON)
"""The clocks go forward on the day between."""


async def closed_on(house: House, when: datetime, child: str = CHILD, hours: LetterHours | None = HOURS) -> Transfer:
    """A transfer whose child is closed at this moment, with its letters still to be approved."""
    house.register.letter_hours = hours
    transfer = await house.start(child)
    *before, decision, _, _, _ = whole_path(child)
    for step in before:
        await transfer.settled()
        await transfer.record(step)
    await transfer.skip_to(when)
    await transfer.record(decision)
    await transfer.settled()
    return transfer


def letters_of(house: House) -> list[str]:
    return [mail for mail in house.letters_sent() if mail.startswith("send_letter")]


async def test_a_letter_that_is_approved_on_a_saturday_leaves_on_monday_at_eight_and_not_before(house: House) -> None:
    transfer = await closed_on(house, SATURDAY)
    await transfer.record(letters(), acknowledgement(), seen())
    waiting = await transfer.until(lambda now: bool(now.held))
    assert [held.until for held in waiting.held] == [MONDAY]
    await transfer.skip_to(MONDAY - timedelta(minutes=1))
    assert letters_of(house) == []
    await transfer.skip_to(MONDAY)
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert letters_of(house) == ["send_letter to mother@home.example"]
    history = await transfer.handle.fetch_history()
    replayer = Replayer(workflows=[StepDownTransfer], data_converter=data_converter(KEYS), debug_mode=True)
    await replayer.replay_workflow(history)


async def test_a_letter_that_is_approved_within_hours_asks_nobody_anything_more(
    house: House,
) -> None:
    counts = []
    for child, hours in ((CHILD, LetterHours()), (SIBLING, None)):
        transfer = await closed_on(house, MONDAY + timedelta(hours=2), child, hours)
        await transfer.record(letters(letter("letter-1", child)))
        await transfer.settled()
        await transfer.record(acknowledgement(child), seen(child))
        assert await transfer.outcome() == Outcome.TRANSFERRED
        events = [event async for event in transfer.handle.fetch_history_events()]
        begun = (event.activity_task_scheduled_event_attributes for event in events if event.HasField(ACTIVITY))
        acts = Counter(one.activity_type.name for one in begun if one.activity_type.name not in SHOWN)
        counts.append(acts)
        assert (await transfer.status()).held == ()
    assert counts[0] == counts[1]
    assert letters_of(house) == ["send_letter to mother@home.example"] * 2


async def test_a_letter_that_waits_can_still_be_taken_back_and_does_not_leave_then(house: House) -> None:
    transfer = await closed_on(house, SATURDAY)
    await transfer.record(letters())
    await transfer.until(lambda now: bool(now.held))
    none = letters(no_letter("letter-1"), step_id="letters-2", corrects="approve_letters")
    await transfer.record(none, acknowledgement(), seen())
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert letters_of(house) == []


@pytest.mark.clause("SU-01")
async def test_harm_that_is_reported_while_a_letter_waits_is_told_at_once_and_the_letter_never_leaves(
    house: House,
) -> None:
    transfer = await closed_on(house, SATURDAY)
    await transfer.record(letters(letter("letter-1", CHILD)))
    await transfer.until(lambda now: bool(now.held))
    await transfer.record(harm_report())
    told = await transfer.until(lambda now: bool(now.alerts))
    assert told.alerts[0].raised_at - SATURDAY < timedelta(hours=1)
    await transfer.skip_to(MONDAY + timedelta(hours=1))
    assert letters_of(house) == []
