"""A risk of significant harm, on a real Temporal server: everything stops, people are told day and night (SU-01)."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType

from client.errors import InputError
from client.transfers import TOLD_ON, send, told_of_harm
from models.attention import HARM_NOT_TAKEN
from models.errors import NothingHappenedError
from models.journey.recorded import Alert
from models.journey.recording import MOST_REJECTED
from models.journey.status import Status
from models.journey.steps import ReportSignificantHarm, SpokenTo
from models.kinds import OFFICES, Audience, ClockKind
from models.policy import HARM_ALERTS, Phones, Policy
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision
from tests.builders import (
    CHILD,
    SIBLING,
    acknowledgement,
    advice,
    cancellation,
    consent,
    conversation,
    decided,
    decision,
    exploration,
    family_sharing,
    harm_not_taken,
    harm_outcome,
    harm_report,
    letters,
    no_letter,
    practitioner,
    seen,
    to_family,
)
from tests.workflows.conftest import House, Transfer

A_MOMENT = timedelta(minutes=1)
STAYS = Decision.STAYS_WITH_SOCIAL_WORK
PHONES = Phones(duty_and_advice="0113 496 0101", out_of_hours="0113 496 0102")

pytestmark = pytest.mark.clause("SU-01")


async def in_conversation(house: House, *children: str) -> Transfer:
    house.register.policy = Policy(phones=PHONES)
    transfer = await house.start(*children)
    await transfer.record(exploration(), consent(*children), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION and not now.at_work)
    return transfer


def told(house: House) -> list[str]:
    """Who was told by mail, in the order in which it went; whoever is there at this hour is ``on duty``."""
    alerts = (mail for mail in house.post.sent if "/mail_alert/" in mail.key)
    return ["on duty" if mail.to.partition("@")[0] in OFFICES.values() else mail.to for mail in alerts]


async def spoken(transfer: Transfer, **changes: Any) -> ReportSignificantHarm:
    """The report with the word of who was spoken to, now."""
    now = await transfer.now()
    return harm_report(occurred_at=now, spoken_to=SpokenTo(who="the duty worker", at=now), **changes)


async def reported(transfer: Transfer) -> datetime:
    """The moment of the report, once everybody of the first rung was told."""
    await transfer.record(harm_report())
    now = await transfer.until(lambda now: now.alerts != () and not now.at_work)
    return now.alerts[0].due


async def test_the_answer_names_whom_to_ring_and_asks_who_was_spoken_to(house: House) -> None:
    transfer = await in_conversation(house)
    receipt = await transfer.record(harm_report())
    assert receipt.note is not None
    assert "Recording this is not enough" in receipt.note
    assert PHONES.words in receipt.note
    assert receipt.next_steps[0].step == "report_significant_harm"
    after = await transfer.record(await spoken(transfer, step_id="spoken", corrects=receipt.step_id))
    assert "report_significant_harm" not in {need.step for need in after.next_steps}
    await transfer.settled()
    assert [kept.step_id for kept in house.register.kept(ReportSignificantHarm)] == [receipt.step_id, "spoken"]


def of_harm(now: Status) -> list[Alert]:
    """The alerts that tell of a report; that nobody says what it came to is told besides."""
    return [alert for alert in now.alerts if alert.kind is not ClockKind.HARM_OUTCOME]


async def test_people_are_told_at_once_and_on_through_the_night_until_it_is_said_who_was_spoken_to(
    house: House,
) -> None:
    transfer = await in_conversation(house)
    at = await reported(transfer)
    assert sorted(told(house)) == ["on duty", "sw-7@council.example", "tm-1@council.example"]
    for after in (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)):
        await transfer.skip_to(at + after + A_MOMENT)
    now = await transfer.status()
    assert [alert.at - at for alert in now.alerts] == [
        timedelta(0),
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=2),
    ]
    assert Audience.OPERATIONS in now.alerts[-1].audiences
    await transfer.record(await spoken(transfer, step_id="spoken", corrects="report_significant_harm"))
    await transfer.skip_to(at + timedelta(days=2))
    assert len(of_harm(await transfer.status())) == 4


@pytest.mark.long
async def test_people_are_told_on_every_four_hours_in_new_runs_too_and_no_more_once_somebody_was_spoken_to(
    impatient_house: House,
) -> None:
    transfer = await in_conversation(impatient_house)
    at = await reported(transfer)
    for hours in range(4, 29, 4):
        await transfer.skip_to(at + timedelta(hours=hours) + A_MOMENT)
    assert len(await transfer.runs()) > 2
    now = await transfer.until(lambda now: told(impatient_house).count("tm-1@council.example") == len(now.alerts))
    ladder = [timedelta(hours=hours) for hours in (0, 0.5, 1, 2, *range(4, 29, 4))]
    assert [alert.at - at for alert in now.alerts] == ladder
    # One that comes due just as a run moves on is raised by the next, whose first task Temporal puts off for a moment.
    assert all(alert.raised_at - alert.at < 2 * A_MOMENT for alert in now.alerts)
    await transfer.record(await spoken(transfer, step_id="spoken", corrects="report_significant_harm"))
    await transfer.skip_to(at + timedelta(days=3))
    assert len(of_harm(await transfer.status())) == len(ladder)


@pytest.mark.long
async def test_what_came_due_again_and_again_while_no_worker_ran_is_told_once_on_return(
    idle_house: tuple[House, Callable[[], AbstractAsyncContextManager[House]]],
) -> None:
    house, work = idle_house
    second = timedelta(seconds=3)
    at_once, *_, last = HARM_ALERTS
    house.register.policy = Policy(
        harm_alerts=(at_once, last.model_copy(update={"after": second})), harm_alerts_again=2 * second
    )
    async with work():
        transfer = await house.start()
        at = await reported(transfer)
        assert len((await transfer.status()).alerts) == 1
    while datetime.now(at.tzinfo) < at + 6 * second:
        await transfer.handle.describe()
    async with work():
        now = await transfer.until(lambda now: len(now.alerts) > 2)
    first, back, following = now.alerts[:3]
    assert first.at == at
    assert back.at >= at + 5 * second
    assert back.raised_at - back.at < 2 * second
    assert following.at == back.at + 2 * second


async def test_the_alert_says_whom_to_ring_and_nothing_about_the_family(house: House) -> None:
    await reported(await in_conversation(house))
    alert = next(mail for mail in house.post.sent if "/mail_alert/" in mail.key)
    assert alert.subject.startswith("Act now: risk of significant harm reported")
    assert PHONES.words in alert.text
    assert CHILD not in alert.text
    assert "marks" not in alert.text


NOT_TAKEN: dict[str, tuple[dict[str, Any], str]] = {
    "about a child whom nobody knows": ({"children": [{"ref": "child-x"}]}, "This child is not in this transfer"),
    "of a moment to come": ({"occurred_at": "2150-01-01T10:00:00Z"}, "the time given is in the future"),
    "without its children": ({"children": []}, "children"),
    "with a number that is none": ({"occurred_at": float("nan")}, "The moment at which it happened"),
}


async def not_taken(transfer: Transfer, **wrong: Any) -> Status:
    """Once everybody of the first rung was told of a report that came as a signal and could not be taken."""
    await transfer.handle.signal("step", {**harm_report().model_dump(mode="json"), **wrong})
    return await transfer.until(lambda now: len(now.alerts) == 1 and not now.at_work)


@pytest.mark.parametrize(("wrong", "why"), NOT_TAKEN.values(), ids=NOT_TAKEN)
async def test_a_report_that_came_as_a_signal_and_could_not_be_taken_is_told_at_once(
    house: House, wrong: dict[str, Any], why: str
) -> None:
    now = await not_taken(await in_conversation(house), **wrong)
    assert now.stage == Stage.CONVERSATION, "nothing is stopped"
    [lost] = [entry for entry in now.timeline if "report significant harm” was not taken" in entry.what]
    assert why in (lost.note or "")
    assert "new marks, and afraid" in (lost.note or "")
    assert sorted(told(house)) == ["on duty", "sw-7@council.example", "tm-1@council.example"]
    alert = next(mail for mail in house.post.sent if "/mail_alert/" in mail.key)
    assert alert.subject.startswith("Act now: report of significant harm that could not be taken")
    assert PHONES.words in alert.text
    assert "marks" not in alert.text


async def test_a_report_that_could_not_be_taken_is_told_in_real_time_until_one_is_taken(house: House) -> None:
    transfer = await in_conversation(house)
    at = (await not_taken(transfer, children=[])).alerts[0].at
    await transfer.skip_to(at + timedelta(hours=8) + A_MOMENT)
    ladder = [timedelta(hours=hours) for hours in (0, 0.5, 1, 2, 4, 8)]
    assert [alert.at - at for alert in (await transfer.status()).alerts] == ladder
    await transfer.record(await spoken(transfer))
    now = await transfer.until(lambda now: len(now.alerts) == len(ladder) + 1)
    assert not now.needs_attention
    await transfer.skip_to(at + timedelta(days=2))
    assert len(of_harm(await transfer.status())) == len(ladder) + 1


async def test_a_report_that_is_refused_answers_at_once_and_is_told_of_once_however_often_it_is_sent(
    house: House,
) -> None:
    transfer = await in_conversation(house)
    wrong = harm_report("child-x", occurred_at=await transfer.now())
    for _ in range(2):
        with pytest.raises(InputError) as error:
            await send(transfer.handle, wrong)
        assert f"Ring now, all the same. {PHONES.words}" in str(error.value)
        assert TOLD_ON in str(error.value)
    now = await transfer.until(lambda now: len(now.alerts) == 1 and not now.at_work)
    assert now.stage == Stage.CONVERSATION, "nothing is stopped"
    assert [item.problem for item in now.attention if item.open] == [HARM_NOT_TAKEN]
    [lost] = [entry for entry in now.timeline if "was not taken" in entry.what]
    assert "new marks, and afraid" in (lost.note or "")
    await send(transfer.handle, harm_report(occurred_at=await transfer.now()))
    now = await transfer.until(lambda now: len(now.harm) == 1)
    assert [item.problem for item in now.attention if item.open] == []
    assert await transfer.failed_tasks() == []


async def test_a_flood_of_refused_reports_leaves_no_more_in_the_history_than_is_kept(house: House) -> None:
    transfer = await in_conversation(house)
    kept = MOST_REJECTED // 2
    before = await transfer.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
    for number in range(kept + 10):
        assert await told_of_harm(transfer.handle, harm_not_taken(digest=f"{number}"))
    assert await told_of_harm(transfer.handle, harm_not_taken(digest="of another", sender="early help contact eh-4"))
    assert await transfer.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) == before + kept + 1


async def test_only_what_was_to_report_harm_is_told_of_so(house: House) -> None:
    transfer = await in_conversation(house)
    assert not await told_of_harm(transfer.handle, harm_not_taken(step="cancel", said=None))


async def test_a_report_by_signal_that_comes_after_the_end_and_before_the_register_knows_it_opens_the_transfer_again(
    house: House,
) -> None:
    house.register.policy = Policy(phones=PHONES)
    transfer = await house.start()
    await transfer.record(cancellation(), decided({CHILD: STAYS}))
    await transfer.settled()
    release = house.register.hold("project")
    await transfer.record(letters(no_letter()))
    await transfer.until(lambda now: now.stage == Stage.CLOSED)
    await transfer.handle.signal("step", harm_report())
    now = await transfer.until(lambda now: len(now.alerts) == 1)
    release()
    assert now.stage != Stage.CLOSED
    await transfer.record(await spoken(transfer))
    assert await transfer.outcome() == Outcome.ESCALATED


async def test_everything_that_has_not_been_sent_is_stopped_closing_included_and_the_child_stays(house: House) -> None:
    transfer = await in_conversation(house, CHILD, SIBLING)
    house.mosaic.troubles.before("complete", *[NothingHappenedError("down")] * 1000)
    await transfer.record(conversation(CHILD, SIBLING), practitioner(), advice(CHILD, SIBLING))
    await transfer.record(
        decided({CHILD: Decision.TRANSFER, SIBLING: Decision.NO_FURTHER_SUPPORT}), to_family(CHILD, SIBLING)
    )
    await transfer.until(lambda _: house.mosaic.troubles.left("complete") < 1000)
    await transfer.record(await spoken(transfer))
    now = await transfer.until(lambda now: sum("stopped before" in entry.what for entry in now.timeline) == 2)
    house.mosaic.troubles.forget()
    await transfer.settled()
    assert [child.value("decision") for child in now.children] == [None, None]
    error = await transfer.refused(decided({CHILD: Decision.TRANSFER}, step_id="again"))
    assert "stays with social work" in str(error)
    await transfer.record(decided({CHILD: STAYS, SIBLING: STAYS}, step_id="stays"))
    assert await transfer.outcome() == Outcome.ESCALATED
    assert house.mosaic.completed == {}
    assert [sent for sent in house.letters_sent() if not sent.startswith("mail_alert")] == [
        "request_conversation to contact@north.example",
        "tell_service to contact@north.example",
    ]


async def test_a_child_who_had_passed_on_stays_with_the_service_and_nobody_is_written_to(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(conversation(), practitioner(), advice())
    release = house.post.troubles.hold("send_advice_summary")
    await transfer.record(decision())
    await transfer.until(lambda _: "send_advice_summary" in house.post.troubles.reached)
    await transfer.record(await spoken(transfer))
    release()
    now = await transfer.until(lambda now: not now.at_work)
    assert [need.step for need in now.next_steps] == ["acknowledge_transfer", "record_harm_outcome"]
    await transfer.record(acknowledgement(), seen(), harm_outcome(nothing=False, said_at=await transfer.now()))
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert not any("/send_letter/" in mail.key for mail in house.post.sent)
