"""A request for Early Help, on a real Temporal server: read, answered, told; harm in it is told at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.worker import Replayer

from client.comparison import TemporalTransfers
from client.errors import InputError
from client.journeys import kind_named
from client.starting import start
from client.transfers import find_journey, send
from models.help_request.facts import HelpFacts
from models.help_request.stage import Outcome, Stage
from models.journey.answers import Receipt, ReceiptAsked
from models.journey.steps import SpokenTo
from models.operations.comparison import RunState
from models.vocabulary import Role
from tests import help_requests as said
from tests.builders import CHILD, NOW, exploration
from tests.workflows.conftest import NUMBERS, House, Transfer
from workflows.help_request.request import EarlyHelpRequest, HelpRequestSoFar
from workflows.ids import workflow_id

KIND = kind_named("help-request")
WITH_HARM = {"harm": {"children": ({"ref": CHILD},), "concern": "New marks."}}


async def begun(house: House, **changes: Any) -> Transfer:
    return await house.start_as(said.request(id=f"{house.queue}-{next(NUMBERS)}", **changes))


@pytest.mark.clause("ER-06")
@pytest.mark.clause("ER-12")
async def test_a_request_is_read_completed_answered_and_told_and_its_history_replays(house: House) -> None:
    asked = await begun(house)
    now = await asked.until(lambda now: now.response_due is not None)
    assert (now.stage, now.waiting_for[0]) == (Stage.ADMISSION, Role.EARLY_HELP_SERVICE)
    await asked.record(said.read(), said.returned())
    await asked.record(said.completed(), said.documents(), said.consent(), said.reach(), said.matrix(), said.tried())
    await asked.record(said.read(step_id="again"))
    await asked.record(said.response(), said.told())
    assert await asked.outcome() == Outcome.SUPPORT_OFFERED
    assert await asked.failed_tasks() == []
    history = await asked.handle.fetch_history()
    replayer = Replayer(workflows=[EarlyHelpRequest], data_converter=house.client.data_converter)
    await replayer.replay_workflow(history)


@pytest.mark.clause("ER-14")
@pytest.mark.clause("SU-01")
async def test_harm_in_the_request_is_told_at_once_to_the_team_that_answers_and_to_whoever_is_on_duty(
    house: House,
) -> None:
    asked = await begun(house, **WITH_HARM)
    now = await asked.until(lambda now: any(one.kind == "significant_harm" for one in now.alerts) and not now.at_work)
    assert now.stopped_by_harm
    told = {mail.to for mail in house.post.sent if "/mail_alert/" in mail.key}
    assert house.register.services[now.service_ref].contact_email in told
    assert (asked.id, "in-the-request") in house.register.evidence
    spoken = SpokenTo(who="The duty worker", at=await asked.now())
    report = said.harm(step_id="spoken", corrects="in-the-request", spoken_to=spoken)
    await asked.record(said.read(found="reported"), report, said.redirected())
    await asked.record(said.told(said_safe_by="The duty worker"))
    assert await asked.outcome() == Outcome.REDIRECTED


@pytest.mark.clause("ER-14")
async def test_harm_in_a_start_under_an_id_that_was_used_is_reported_in_what_has_that_id(house: House) -> None:
    asked = await begun(house)
    again = said.request(id=asked.id, **WITH_HARM)
    for _ in range(2):
        with pytest.raises(InputError, match=r"was started before\. The risk of significant harm is recorded there"):
            await start(house.client, again)
    now = await asked.until(lambda now: any(one.kind == "significant_harm" for one in now.alerts))
    assert [report.step_id for report in now.harm] == ["in-the-request"]
    other = said.harm(children=({"ref": "somebody-else"},), concern="Hit.")
    with pytest.raises(InputError, match="is recorded there"):
        await start(house.client, said.request(id=asked.id, harm={"children": other.children, "concern": "Hit."}))
    assert len((await asked.status()).harm) == 2


@pytest.mark.clause("ER-14")
async def test_harm_in_a_request_to_an_unknown_team_is_taken_and_whoever_is_on_duty_is_told(house: House) -> None:
    asked = await begun(house, service_ref="nobody-knows", **WITH_HARM)
    now = await asked.until(lambda now: any(one.kind == "significant_harm" for one in now.alerts) and not now.at_work)
    assert now.stopped_by_harm
    told = {mail.to for mail in house.post.sent if "/mail_alert/" in mail.key}
    assert told
    assert "no_address" in now.problems


@pytest.mark.clause("ER-06")
async def test_nobody_answers_and_everybody_is_told_up_to_the_top(house: House) -> None:
    asked = await begun(house, received={"channel": "central_mailbox", "at": datetime.now(UTC)})
    await asked.record(said.read())
    await asked.skip_to(await asked.now() + timedelta(days=14))
    now = await asked.until(lambda now: now.response == "breached")
    assert {one.what for one in now.alerts if one.kind == "help_request"} >= {"reminder", "breach", "escalation"}
    assert now.outcome is None


@pytest.mark.clause("ER-15")
async def test_a_child_in_a_step_down_is_routed_and_the_step_down_is_left_as_it_is(house: House) -> None:
    other = await house.start(CHILD)
    await other.until(lambda now: now.service_name is not None)
    asked = await begun(house)
    now = await asked.until(lambda now: now.service_name is not None)
    assert now.outcome is None
    await asked.record(said.read(), said.routed(), said.told())
    assert await asked.outcome() == Outcome.ROUTED
    assert (await other.status()).outcome is None


@pytest.mark.clause("ER-15")
async def test_once_another_request_has_ended_this_one_hears_of_it_and_is_answered_like_any_other(house: House) -> None:
    one_child: dict[str, Any] = {"children": ({"ref": CHILD},), **said.WHOLE}
    other = await begun(house, **one_child)
    await other.until(lambda now: now.service_name is not None)
    asked = await begun(house, **one_child)
    held = await asked.until(lambda now: now.service_name is not None)
    assert held.children[0].value("elsewhere") == other.id
    for each in (other, asked):
        await each.record(said.matrix(), said.tried(), said.read(), said.response(), said.told())
        assert await each.outcome() == Outcome.SUPPORT_OFFERED
        await asked.until(lambda now: now.children[0].value("elsewhere") is None)


@pytest.mark.clause("ER-15")
async def test_a_response_that_is_refused_for_who_holds_the_child_is_sent_once_more_after_a_look(house: House) -> None:
    asked = await begun(house, children=({"ref": CHILD},), **said.WHOLE)
    await asked.until(lambda now: now.service_name is not None)
    house.register.open[CHILD] = "transfer-9"
    await asked.record(said.matrix(), said.tried(), said.read())
    await asked.until(lambda now: now.children[0].value("elsewhere") == "transfer-9")
    house.register.open.clear()
    receipt = await send(asked.handle, said.response())
    assert receipt.next_steps[0].step == "record_referrer_told"


async def test_a_request_goes_on_in_a_new_run_that_takes_everything_along(impatient_house: House) -> None:
    asked = await begun(impatient_house)
    await asked.record(said.documents(), said.consent(), said.reach(), said.matrix(), said.tried(), said.read())
    await asked.skip_to(await asked.now() + timedelta(days=10))
    await asked.record(said.response(), said.told())
    assert await asked.outcome() == Outcome.SUPPORT_OFFERED
    assert len(await asked.runs()) > 1


async def test_a_request_is_found_by_its_id_alone_and_the_comparison_knows_it(house: House) -> None:
    asked, other = await begun(house), await house.start()
    assert (await find_journey(house.client, asked.id)).id == f"help-request/{asked.id}"
    assert (await find_journey(house.client, other.id)).id == f"step-down/{other.id}"
    assert (await find_journey(house.client, "nobody")).id == "step-down/nobody"
    await asked.until(lambda now: now.service_name is not None)
    transfers = TemporalTransfers(house.client, house.queue)
    (ran,) = await transfers._all([asked.id])  # noqa: SLF001 (from threads it is asked through the event loop of this test)
    assert (ran.state, ran.standing is not None) == (RunState.RUNS, True)


async def test_a_request_under_another_id_than_its_own_is_refused(house: House) -> None:
    start = said.request(id=f"{house.queue}-{next(NUMBERS)}")
    run = KIND.run.model_validate(start.model_dump())
    handle = await house.client.start_workflow(
        KIND.type, run, id=workflow_id(KIND.name, "another"), task_queue=house.queue
    )
    with pytest.raises(WorkflowFailureError):
        await handle.result()


async def test_nobody_starts_a_request_with_what_only_a_run_before_can_hand_over(house: House) -> None:
    start = said.request(id=f"{house.queue}-{next(NUMBERS)}")
    forged = HelpRequestSoFar(facts=HelpFacts(request=start, opened_at=NOW), version=3, shown=3)
    run = KIND.run.model_validate({**start.model_dump(), "so_far": forged})
    handle = await house.client.start_workflow(
        KIND.type, run, id=workflow_id(KIND.name, start.id), task_queue=house.queue
    )
    with pytest.raises(WorkflowFailureError) as error:
        await handle.result()
    assert "There is no run before this one." in str(error.value.cause)


async def test_a_step_of_another_journey_is_no_step_here_and_a_person_is_asked(house: House) -> None:
    asked = await begun(house)
    await asked.handle.signal("step", exploration())
    now = await asked.attention()
    [item] = now.attention
    assert (item.problem, item.what) == ("rejected_step", "A message that is no step")


async def test_the_last_step_of_a_request_that_has_ended_still_has_its_receipt(house: House) -> None:
    asked = await begun(house, **said.WHOLE)
    await asked.record(said.matrix(), said.tried(), said.read(), said.response())
    last = said.told(occurred_at=await asked.now())
    await asked.record(last)
    await asked.outcome()
    same = ReceiptAsked(step_id=last.step_id, said=last.model_dump(mode="json"))
    again = await asked.handle.query("receipt", same, result_type=Receipt | None)
    assert (again.step_id, again.today.next_steps) == (last.step_id, ())
    other = same.model_copy(update={"said": {**same.said, "how": "By letter"}})
    assert await asked.handle.query("receipt", other, result_type=Receipt | None) is None


async def test_a_click_in_the_temporal_ui_ends_no_request_and_is_noted(house: House) -> None:
    asked = await begun(house)
    await asked.record(said.read())
    await asked.handle.cancel()
    now = await asked.until(lambda now: any("asked to cancel" in entry.what for entry in now.timeline))
    assert now.outcome is None
