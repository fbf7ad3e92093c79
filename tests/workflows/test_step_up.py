"""A referral to Children's Social Work, on a real Temporal server: from the worry to who has the children."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.worker import Replayer

from client.comparison import TemporalTransfers
from client.errors import InputError
from client.journeys import kind_named
from client.starting import start
from client.transfers import find_journey, send
from models.journey.answers import Receipt, ReceiptAsked
from models.journey.status import Status
from models.operations.comparison import RunState
from models.step_up.facts import StepUpFacts
from models.step_up.stage import Outcome, Stage
from models.step_up.start import ReferrerKind
from models.step_up.steps.assessment import Assessed
from models.vocabulary import Actor, Role
from tests import step_ups as said
from tests.builders import CHILD, NOW, SIBLING
from tests.step_ups import ADVICE, ASSESSMENT, EARLY_HELP, EMERGENCY
from tests.workflows.conftest import NUMBERS, House, Transfer
from workflows.ids import workflow_id
from workflows.step_up.referral import StepUpReferral, StepUpSoFar

KIND = kind_named("step-up")
BOTH = {CHILD: ADVICE, SIBLING: EARLY_HELP}


async def begun(house: House, **changes: Any) -> Transfer:
    return await house.start_as(said.referral(id=f"{house.queue}-{next(NUMBERS)}", **changes))


def mailed(house: House) -> set[str]:
    return {mail.to for mail in house.post.sent if "/mail_alert/" in mail.key}


def told_of(wait: str) -> Callable[[Status], bool]:
    """Somebody was told of such a wait, and the machine is at rest."""
    return lambda now: any(one.kind == wait for one in now.alerts) and not now.at_work


@pytest.mark.clause("SU-03")
@pytest.mark.clause("SU-06")
@pytest.mark.clause("SU-08")
async def test_a_referral_goes_from_the_worry_to_a_social_worker_and_its_history_replays(house: House) -> None:
    referred = await begun(house, **said.HARM, **said.SAID)
    now = await referred.until(lambda now: now.service_name is not None)
    assert now.stage == Stage.CONTACT_OUTCOME
    await referred.record(said.advice(), said.decided({CHILD: (ASSESSMENT, EMERGENCY), SIBLING: EARLY_HELP}))
    await referred.record(said.strategy(), said.household(), said.allegation(), said.told())
    await referred.record(said.assessed({CHILD: Assessed.CHILD_PROTECTION}))
    now = await referred.until(lambda now: now.stage == Stage.ASSESSMENT)
    assert "record_social_worker" in {need.step for need in now.next_steps}
    await referred.record(said.told(step_id="t-2"), said.worker())
    assert await referred.outcome() == Outcome.SOCIAL_WORK
    assert await referred.failed_tasks() == []
    history = await referred.handle.fetch_history()
    replayer = Replayer(workflows=[StepUpReferral], data_converter=house.client.data_converter)
    await replayer.replay_workflow(history)


@pytest.mark.clause("SU-01")
async def test_harm_in_a_referral_is_told_at_once_to_early_help_and_to_whoever_is_on_duty_until_a_call_is_recorded(
    house: House,
) -> None:
    referred = await begun(house, **said.HARM)
    now = await referred.until(
        lambda now: any(one.kind == "significant_harm" for one in now.alerts) and not now.at_work
    )
    assert house.register.services[now.service_ref].contact_email in mailed(house)
    assert (referred.id, "in-the-request") in house.register.evidence
    await referred.skip_to(await referred.now() + timedelta(hours=5))
    now = await referred.until(lambda now: len([one for one in now.alerts if one.kind == "significant_harm"]) >= 5)
    assert Role.HEAD_OF_SERVICE in now.waiting_for
    at = await referred.now()
    await referred.record(said.contact(spoken_to={"who": "Ms Green", "at": at}, parents=said.NOT_ASKED))
    await referred.record(said.decided(BOTH, said_at=at), said.told())
    assert await referred.outcome() == Outcome.EARLY_HELP


@pytest.mark.clause("SU-01")
async def test_harm_in_a_referral_to_an_unknown_service_is_taken_and_whoever_is_on_duty_is_told(house: House) -> None:
    referred = await begun(house, service_ref="nobody-knows", **said.HARM)
    now = await referred.until(
        lambda now: any(one.kind == "significant_harm" for one in now.alerts) and not now.at_work
    )
    assert now.stopped_by_harm
    assert mailed(house)
    assert "no_address" in now.problems


@pytest.mark.clause("SU-01")
async def test_harm_in_a_start_under_an_id_that_was_used_is_reported_in_what_has_that_id(house: House) -> None:
    referred = await begun(house)
    with pytest.raises(InputError, match=r"was started before\. The risk of significant harm is recorded there"):
        await start(house.client, said.referral(id=referred.id, **said.HARM))
    now = await referred.until(told_of("significant_harm"))
    assert [report.step_id for report in now.harm] == ["in-the-request"]


@pytest.mark.clause("SU-03")
async def test_duty_and_advice_are_told_of_a_contact_and_the_head_of_service_when_nobody_decides(house: House) -> None:
    referred = await begun(house, **said.SAID)
    await referred.until(lambda now: now.service_name is not None)
    await referred.skip_to(await referred.now() + timedelta(days=7))
    now = await referred.until(lambda now: Role.HEAD_OF_SERVICE in now.waiting_for)
    assert [one.what for one in now.alerts if one.kind == "contact_outcome"] == ["news", "reminder", "end"]
    assert now.outcome is None


@pytest.mark.clause("SU-08")
async def test_disagreement_is_answered_and_pauses_nothing(house: House) -> None:
    referred = await begun(house, **said.SAID)
    await referred.record(said.disagreement(), said.decided(dict.fromkeys(BOTH, ADVICE)), said.told())
    now = await referred.status()
    assert {need.step for need in now.next_steps if need.step} == {"answer_disagreement"}
    await referred.record(said.answer(settled=False), said.answer(step_id="a-2", actor=said.HEAD, settled=False))
    assert await referred.outcome() == Outcome.ADVICE


@pytest.mark.clause("SU-01a")
async def test_somebody_outside_who_reports_harm_hears_thanks_and_whom_to_ring_and_nothing_else(house: House) -> None:
    referred = await begun(house, referrer=said.referrer(ReferrerKind.PUBLIC), **said.SAID)
    aunt = Actor(id="aunt", role=Role.FAMILY)
    receipt = await referred.record(said.harm(actor=aunt))
    assert (receipt.stage, receipt.next_steps) == ("received", ())
    assert "Brook" not in receipt.model_dump_json()


@pytest.mark.clause("SU-01")
async def test_a_child_who_is_in_a_step_down_is_referred_all_the_same_and_the_step_down_is_left_as_it_is(
    house: House,
) -> None:
    other = await house.start(CHILD)
    await other.until(lambda now: now.service_name is not None)
    referred = await begun(house, **said.SAID)
    await referred.record(said.decided(BOTH), said.told())
    assert await referred.outcome() == Outcome.EARLY_HELP
    assert (await other.status()).outcome is None


async def test_a_referral_goes_on_in_a_new_run_that_takes_everything_along(impatient_house: House) -> None:
    referred = await begun(impatient_house, **said.SAID)
    await referred.record(said.advice(), said.household(), said.disagreement(), said.answer())
    await referred.skip_to(await referred.now() + timedelta(days=10))
    await referred.record(said.decided({CHILD: ASSESSMENT, SIBLING: ADVICE}), said.told())
    await referred.record(said.assessed({CHILD: Assessed.NO_SOCIAL_WORK}), said.told(step_id="t-2"))
    assert await referred.outcome() == Outcome.NO_SOCIAL_WORK
    assert len(await referred.runs()) > 1


async def test_a_referral_is_found_by_its_id_alone_and_the_comparison_knows_it(house: House) -> None:
    referred = await begun(house)
    assert (await find_journey(house.client, referred.id)).id == f"step-up/{referred.id}"
    await referred.until(lambda now: now.service_name is not None)
    transfers = TemporalTransfers(house.client, house.queue)
    (ran,) = await transfers._all([referred.id])  # noqa: SLF001 (from threads it is asked through the event loop of this test)
    assert (ran.state, ran.standing is not None) == (RunState.RUNS, True)


async def test_nobody_starts_a_referral_with_what_only_a_run_before_can_hand_over(house: House) -> None:
    begins = said.referral(id=f"{house.queue}-{next(NUMBERS)}")
    forged = StepUpSoFar(facts=StepUpFacts(request=begins, opened_at=NOW), version=3, shown=3)
    run = KIND.run.model_validate({**begins.model_dump(), "so_far": forged})
    handle = await house.client.start_workflow(
        KIND.type, run, id=workflow_id(KIND.name, begins.id), task_queue=house.queue
    )
    with pytest.raises(WorkflowFailureError) as error:
        await handle.result()
    assert "There is no run before this one." in str(error.value.cause)


async def test_the_last_step_of_a_referral_that_has_ended_still_has_its_receipt(house: House) -> None:
    referred = await begun(house, **said.SAID)
    await referred.record(said.decided(BOTH))
    last = said.told(occurred_at=await referred.now())
    await referred.record(last)
    await referred.outcome()
    same = ReceiptAsked(step_id=last.step_id, said=last.model_dump(mode="json"))
    again = await referred.handle.query("receipt", same, result_type=Receipt | None)
    assert (again.step_id, again.today.next_steps) == (last.step_id, ())


async def test_a_click_in_the_temporal_ui_ends_no_referral_with_harm_in_it_and_is_noted(house: House) -> None:
    referred = await begun(house, **said.HARM)
    await referred.handle.cancel()
    now = await referred.until(lambda now: any("asked to cancel" in entry.what for entry in now.timeline))
    assert now.outcome is None
    assert (await send(referred.handle, said.advice(occurred_at=await referred.now()))).step_id == "record_advice_taken"
