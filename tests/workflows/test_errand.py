"""The machinery with the smallest journey there is: whatever it does for a step-down it does for an errand, too."""

import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Replayer, Worker

from adapters.encryption import data_converter
from models.attention import Resolution
from models.effects import Effect
from models.journey.answers import Receipt, ReceiptAsked
from models.journey.clocks import ClockState
from models.journey.recorded import Opening
from models.journey.start import StartInSocialWork
from models.journey.status import ResponseState
from models.journey.steps import IN_THE_FUTURE, SpokenTo
from models.kinds import ClockKind, EffectKind, RungKind
from models.policy import Policy
from models.vocabulary import ChildRef, Role
from tests import builders
from tests.builders import (
    CHILD,
    NOW,
    SERVICE,
    SIBLING,
    SOCIAL_WORKER,
    THEN,
    cancellation,
    harm_report,
    resolution,
    service,
)
from tests.journeys.errand.facts import ErrandFacts, ErrandStart
from tests.journeys.errand.journey import Outcome, Stage
from tests.journeys.errand.steps import AcceptMeal, AskForMeal, ConfirmMeal
from tests.journeys.errand.workflow import ORDERS as ERRAND_ORDERS
from tests.journeys.errand.workflow import Errand, ErrandActivities, ErrandRun, ErrandSoFar
from tests.workflows.conftest import KEYS, NUMBERS, House, Transfer
from workflows.journey.orders import Orders
from workflows.step_down.orders import ORDERS as STEP_DOWN_ORDERS
from workflows.timeouts import ALERT

KITCHEN = service(ref="kitchen-1", name="The kitchen")
PROJECT = Path(__file__).parents[2]


def ask(**changes: Any) -> AskForMeal:
    said = {"step_id": "ask", "actor": SOCIAL_WORKER, "occurred_at": THEN, "meal": "soup, and no nuts"}
    return AskForMeal.model_validate({**said, **changes})


def accept(**changes: Any) -> AcceptMeal:
    said = {"step_id": "accept", "actor": SERVICE, "occurred_at": THEN, "kitchen": KITCHEN.ref}
    return AcceptMeal.model_validate({**said, **changes})


def confirm(*children: str, **changes: Any) -> ConfirmMeal:
    refs = tuple(ChildRef(ref=ref) for ref in children or (CHILD,))
    said = {"step_id": f"confirm-{refs[0].ref}", "actor": SOCIAL_WORKER, "occurred_at": THEN, "children": refs}
    return ConfirmMeal.model_validate({**said, **changes})


class ErrandHouse(House):
    """A worker for errands alone, with the activities that they share with every journey."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.register.services[KITCHEN.ref] = KITCHEN

    @asynccontextmanager
    async def errands(self) -> AsyncIterator["ErrandHouse"]:
        calls, threads = self.calls(), ThreadPoolExecutor(10)
        own = ErrandActivities(self._take_in).open_errand
        home = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[Errand],
            activities=[own, *calls[None]],
            activity_executor=threads,
        )
        alerts = Worker(
            self.client,
            task_queue=ALERT.queue(self.queue),
            activities=calls[ALERT.lane],
            activity_executor=threads,
        )
        async with home, alerts:
            yield self

    def _take_in(self, start: StartInSocialWork, at: datetime) -> Opening:
        return self.register.open_transfer(start, at, self.calendars.current())

    async def begun(self, *children: str, **changes: Any) -> Transfer:
        said = builders.request(*children).model_dump(include=set(StartInSocialWork.model_fields))
        start = ErrandRun.model_validate({**said, "id": f"{self.queue}-{next(NUMBERS)}", **changes})
        handle = await self.client.start_workflow(Errand.run, start, id=f"errand/{start.id}", task_queue=self.queue)
        return Transfer(self.client, handle, start.id)


@pytest.fixture
async def errands(client: Client) -> AsyncIterator[ErrandHouse]:
    async with ErrandHouse(client).errands() as house:
        yield house


@pytest.fixture
async def impatient_errands(impatient_client: Client) -> AsyncIterator[ErrandHouse]:
    async with ErrandHouse(impatient_client).errands() as house:
        yield house


async def replayed(errand: Transfer) -> None:
    """Every run of it."""
    for run in await errand.runs():
        history = await errand.client.get_workflow_handle(errand.handle.id, run_id=run).fetch_history()
        failed = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]
        causes = {e.workflow_task_failed_event_attributes.cause for e in failed}
        assert causes <= {WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND}, (
            "a message that comes while a run ends gives the server's task out again, and nothing else does"
        )
        await Replayer(workflows=[Errand], data_converter=data_converter(KEYS), debug_mode=True).replay_workflow(
            history
        )


async def test_an_errand_goes_to_its_end_and_shows_how_it_stands(errands: ErrandHouse) -> None:
    errand = await errands.begun(CHILD, SIBLING)
    now = await errand.until(lambda now: now.service_name is not None)
    assert (now.route, now.stage, now.stage_words) == ("errand", Stage.ASKING, "A meal is asked for")
    receipt = await errand.record(ask())
    assert (receipt.stage, receipt.next_steps[0].step) == (Stage.COOKING, "accept_meal")
    await errand.record(accept())
    now = await errand.until(lambda now: now.stage == Stage.EATING)
    assert "Look the service up in the directory: kitchen-1: done (kitchen-1 is in the service directory)" in [
        entry.what for entry in now.timeline
    ]
    await errand.record(confirm(CHILD))
    assert [child.value("fed") for child in (await errand.status()).children] == [True, False]
    assert (await errand.refused(confirm(CHILD, step_id="twice"))).message.endswith("confirmed before. (ER-4)")
    await errand.record(confirm(SIBLING))
    assert await errand.outcome() == Outcome.FED
    _, shown = errands.register.shown[errand.id]
    assert shown == await errand.status()
    assert (shown.ended, shown.response) == ("The children are fed", ResponseState.MET)
    await replayed(errand)


async def test_the_same_step_again_gets_its_first_receipt(errands: ErrandHouse) -> None:
    errand = await errands.begun()
    first = await errand.record(ask(occurred_at=NOW))
    await errand.settled()  # until it is worked out by when
    asked = (await errand.status()).next_steps
    again = await errand.record(ask(occurred_at=NOW))
    assert first.today is None
    assert again.model_copy(update={"today": None}) == first
    assert again.today is not None
    assert (again.today.stage, again.today.next_steps) == ((await errand.status()).stage, asked)


async def test_the_last_step_of_an_errand_that_has_ended_still_has_its_receipt(errands: ErrandHouse) -> None:
    errand = await errands.begun(CHILD, SIBLING)
    await errand.record(ask())
    await errand.record(accept())
    await errand.until(lambda now: now.stage == Stage.EATING)
    await errand.record(confirm(CHILD))
    last = confirm(SIBLING, occurred_at=NOW)
    await errand.record(last)
    await errand.outcome()
    said = {name: step.model_dump(mode="json") for name, step in {"same": last, "other": confirm(CHILD)}.items()}
    asked = {name: ReceiptAsked(step_id=last.step_id, said=step) for name, step in said.items()}
    again = await errand.handle.query("receipt", asked["same"], result_type=Receipt | None)
    assert (again.step_id, again.today.next_steps) == (last.step_id, ())
    assert await errand.handle.query("receipt", asked["other"], result_type=Receipt | None) is None


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (accept(), "Nobody has asked for a meal. (ER-2)"),
        (ask(actor=SERVICE), f"Only the social worker records this, not {SERVICE.words}."),
        (confirm("child-x"), "Child child-x: This child is not in this transfer."),
        (ask(occurred_at=datetime(2150, 1, 1, tzinfo=NOW.tzinfo)), IN_THE_FUTURE),
    ],
)
async def test_a_step_that_breaks_a_rule_is_refused_and_says_why(errands: ErrandHouse, step: Any, why: str) -> None:
    errand = await errands.begun()
    assert (await errand.refused(step)).message == why


async def test_a_step_of_another_journey_is_not_known_here(errands: ErrandHouse) -> None:
    errand = await errands.begun()
    await errand.handle.signal("step", builders.exploration())
    now = await errand.attention()
    [item] = now.attention
    assert (item.problem, item.what) == ("rejected_step", "A message that is no step")


async def test_a_step_that_comes_as_a_signal_is_taken_or_asked_about(errands: ErrandHouse) -> None:
    errand = await errands.begun()
    await errand.handle.signal("step", accept(occurred_at=NOW))
    await errand.handle.signal("step", ask(occurred_at=NOW))
    now = await errand.until(lambda now: now.stage == Stage.COOKING)
    assert [(item.problem, item.what) for item in now.attention] == [("rejected_step", "The step “accept meal”")]
    await errand.record(resolution("A1", Resolution.SKIP))
    assert not (await errand.status()).needs_attention


async def test_who_owes_an_answer_is_reminded_told_it_is_over_and_a_manager_is_asked(errands: ErrandHouse) -> None:
    errand = await errands.begun()
    await errand.record(ask())
    now = await errand.until(lambda now: now.response_due is not None)
    due = now.response_due
    assert due is not None
    assert (now.response, now.next_steps[0].by) == (ResponseState.ON_TRACK, due)
    await errand.skip_to(due + timedelta(minutes=1))
    now = await errand.status()
    assert [alert.what for alert in now.alerts] == [RungKind.REMINDER, RungKind.REMINDER, RungKind.BREACH]
    assert now.response is ResponseState.BREACHED
    assert [mail.to for mail in errands.post.sent][:2] == ["contact@north.example"] * 2
    assert [entry.who for entry in now.next_steps] == [Role.EARLY_HELP_SERVICE]
    await errand.skip_to(due + timedelta(days=10))
    now = await errand.status()
    assert now.alerts[-1].top
    assert [(need.step, need.who) for need in now.next_steps][1:] == [("cancel", Role.TEAM_MANAGER)]
    await errand.record(accept())
    await errand.until(lambda now: now.stage == Stage.EATING)
    await errand.record(confirm())
    assert await errand.outcome() == Outcome.FED
    assert [clock.state for clock in (await errand.status()).clocks] == [ClockState.LATE]
    await replayed(errand)


@pytest.mark.parametrize(("orders", "clause"), [(STEP_DOWN_ORDERS, "SD-34"), (ERRAND_ORDERS, "ER-2")])
def test_a_wait_is_counted_by_the_clause_of_its_journey_and_harm_by_that_of_all(
    orders: Orders[Any], clause: str
) -> None:
    waits = (ClockKind.CONVERSATION, ClockKind.HARM_NOT_TAKEN, ClockKind.ATTENTION)
    effects = (Effect(kind=EffectKind.CALCULATE_DUE_DATE, clock="any", wait=wait, number=1) for wait in waits)
    assert [orders.clause(builders.facts(), effect) for effect in effects] == [clause, "SU-01", "own rule"]


async def test_an_effect_that_is_refused_asks_a_person_and_is_done_when_it_is_put_right(errands: ErrandHouse) -> None:
    del errands.register.services[KITCHEN.ref]
    errand = await errands.begun()
    await errand.record(ask(), accept())
    now = await errand.attention()
    assert [(item.problem, item.what) for item in now.attention] == [
        ("unknown_service", "Look the service up in the directory: kitchen-1")
    ]
    assert {need.step for need in now.next_steps} == {None, "resolve_attention"}
    refused = await errand.refused(resolution("A1", Resolution.SKIP))
    assert refused.message == "This must not be skipped: do it by hand and record that, or retry."
    errands.register.services[KITCHEN.ref] = KITCHEN
    await errand.record(resolution("A1", Resolution.RETRY))
    await errand.until(lambda now: now.stage == Stage.EATING)
    await errand.record(confirm())
    assert await errand.outcome() == Outcome.FED
    await replayed(errand)


async def test_another_kitchen_is_named_before_the_first_was_found(errands: ErrandHouse) -> None:
    errand = await errands.begun()
    await errand.record(ask(), accept(kitchen="kitchen-x"))
    await errand.attention()
    again = accept(step_id="accept-2")
    assert (await errand.refused(again)).message.endswith("To replace that, send this as its correction.")
    await errand.record(again.model_copy(update={"corrects": "accept"}))
    now = await errand.until(lambda now: now.stage == Stage.EATING and not now.needs_attention)
    assert [entry.what for entry in now.timeline if "kitchen-x: stopped before it was done" in entry.what]


async def test_what_is_corrected_after_it_was_acted_on_is_kept_beside_it_and_a_person_compares(
    errands: ErrandHouse,
) -> None:
    errand = await errands.begun()
    await errand.record(ask())
    await errand.record(ask(step_id="ask-2", corrects="ask", meal="no soup"))
    await errand.record(accept())
    late = await errand.record(ask(step_id="ask-3", corrects="ask-2", meal="soup after all"))
    assert late.note is not None
    assert "already been acted on" in late.note
    now = await errand.attention()
    assert [item.problem for item in now.attention] == ["late_correction"]
    await errand.record(confirm())
    await errand.until(lambda now: [need.step for need in now.next_steps] == ["resolve_attention"])
    await errand.record(resolution("A1", Resolution.DONE_BY_HAND))
    assert await errand.outcome() == Outcome.FED


async def test_an_errand_whose_history_becomes_long_goes_on_in_new_runs_and_its_clock_rings_there(
    impatient_errands: ErrandHouse,
) -> None:
    # Longer than steps follow each other here, so that no timer ends in the very task that takes it back.
    impatient_errands.register.policy = Policy(shown_after=timedelta(seconds=1))
    errand = await impatient_errands.begun()
    await errand.record(ask())
    now = await errand.until(lambda now: now.response_due is not None)
    due = now.response_due
    assert due is not None
    for number in range(8):
        await errand.handle.signal("step", accept(step_id=f"wrong-{number}", corrects="ask", occurred_at=NOW))
    await errand.until(lambda now: len(now.attention) == 8)
    await errand.settled()
    before = len(await errand.runs())
    assert before > 1
    for number in range(8):
        await errand.record(resolution(f"A{number + 1}", Resolution.SKIP, step_id=f"seen-{number}"))
    for rung in (due - timedelta(hours=9), due - timedelta(hours=7), due + timedelta(minutes=1)):
        await errand.skip_to(rung)
    alerts = (await errand.status()).alerts
    assert [alert.what for alert in alerts] == [RungKind.REMINDER, RungKind.REMINDER, RungKind.BREACH]
    # The last skip is a minute past the due date; a new run that begins during it sees only its end.
    assert max(alert.raised_at - alert.at for alert in alerts) < timedelta(minutes=2)
    await errand.record(accept())
    await errand.until(lambda now: now.stage == Stage.EATING)
    await errand.record(confirm())
    assert await errand.outcome() == Outcome.FED
    assert len(await errand.runs()) > before
    assert len([entry for entry in (await errand.status()).timeline if entry.step_id]) == 11
    await replayed(errand)


async def test_nobody_starts_an_errand_with_what_only_a_run_before_can_hand_over(errands: ErrandHouse) -> None:
    said = builders.request().model_dump(include=set(StartInSocialWork.model_fields))
    forged = ErrandSoFar(facts=ErrandFacts(request=ErrandStart.model_validate(said), opened_at=NOW), version=3, shown=3)
    errand = await errands.begun(so_far=forged)
    with pytest.raises(WorkflowFailureError) as error:
        await errand.outcome()
    assert "There is no run before this one." in str(error.value.cause)


async def test_a_risk_of_significant_harm_stops_an_errand_and_is_told_until_somebody_was_spoken_to(
    errands: ErrandHouse,
) -> None:
    errand = await errands.begun()
    await errand.record(ask())
    receipt = await errand.record(harm_report())
    assert receipt.next_steps[0].step == "report_significant_harm"
    now = await errand.until(lambda now: now.alerts != () and not now.at_work)
    at = now.alerts[0].at
    await errand.skip_to(at + timedelta(minutes=31))
    assert len((await errand.status()).alerts) == 2
    spoken = SpokenTo(who="the duty worker", at=await errand.now())
    await errand.record(harm_report(step_id="spoken", corrects=receipt.step_id, spoken_to=spoken))
    assert await errand.outcome() == Outcome.STOPPED
    told = [mail.to for mail in errands.post.sent if "/mail_alert/" in mail.key]
    on_duty = {"duty-and-advice@council.example", "emergency-duty-team@council.example"}
    assert sorted(to for to in told if to not in on_duty) == ["sw-7@council.example"] * 2 + ["tm-1@council.example"] * 2
    assert len([to for to in told if to in on_duty]) == 2, "by day Duty and Advice, else the emergency duty team"
    await replayed(errand)


async def test_an_errand_is_cancelled_by_step_or_in_the_temporal_ui_as_long_as_nobody_cooks(
    errands: ErrandHouse,
) -> None:
    by_step, by_click, too_late = await errands.begun(CHILD), await errands.begun(SIBLING), await errands.begun("c")
    await by_step.record(ask(), cancellation())
    assert await by_step.outcome() == Outcome.CANCELLED
    await by_click.handle.cancel()
    assert await by_click.outcome() == Outcome.CANCELLED
    await too_late.record(ask(), accept())
    await too_late.until(lambda now: now.stage == Stage.EATING)
    await too_late.handle.cancel()
    await too_late.until(lambda now: any("asked to cancel" in entry.what for entry in now.timeline))
    assert (await too_late.status()).stage == Stage.EATING


async def test_a_child_in_another_open_errand_makes_a_duplicate(errands: ErrandHouse) -> None:
    first = await errands.begun()
    await first.settled()
    assert await (await errands.begun()).outcome() == Outcome.DUPLICATE


def test_what_is_every_journeys_names_none() -> None:
    shared = ("models/journey", "models/operations", "workflows/journey")
    sources = [path for folder in shared for path in (PROJECT / folder).rglob("*.py")]
    assert len(sources) > 20
    assert [path for path in sources if re.search(r"step.?down", path.read_text(encoding="utf-8"), re.IGNORECASE)] == []
