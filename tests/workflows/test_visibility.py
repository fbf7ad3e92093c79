"""What operations staff see in Temporal: where it stands, whom it waits for, what went wrong; no word on a person."""

import re
from datetime import UTC, datetime

import pytest
from temporalio.api.enums.v1 import EventType, IndexedValueType
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from cli.views import WAITED_FOR, View, views_of
from client.journeys import kind_named
from models.errors import LastingError
from models.step_down.stage import Stage
from models.step_down.steps.decision import Decision
from tests.builders import (
    CHILD,
    consent,
    conversation,
    decided,
    exploration,
    facts,
    family_sharing,
    letters,
    looked_at,
    refused_consent,
)
from tests.pace import eventually
from tests.step_down import status
from tests.workflows.conftest import ATTRIBUTES, House, Transfer
from workflows.ids import workflow_id
from workflows.journey.visibility import (
    NEEDS_ATTENTION,
    RESPONSE_DUE,
    RESPONSE_STATE,
    ROUTE,
    SEARCH_ATTRIBUTES,
    SERVICE,
    STAGE,
    TEAM,
    WAITING_FOR,
    search_attributes,
)
from workflows.step_down.transfer import StepDownRun, StepDownTransfer


async def found_by(transfer: Transfer) -> dict[str, object]:
    told = (await transfer.handle.describe()).typed_search_attributes
    return {pair.key.name: pair.value for pair in told if pair.key.name in SEARCH_ATTRIBUTES}


async def details(handle: WorkflowHandle[object, object]) -> str:
    """The current details, as the Temporal UI asks for them."""
    from temporalio.api.sdk.v1 import WorkflowMetadata  # noqa: PLC0415 - used here only

    told = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return told.current_details


async def test_a_transfer_that_no_worker_has_taken_is_found_as_it_will_stand_and_only_a_waits_end_is_an_event(
    house: House,
) -> None:
    request = house.request()
    where = {"id": workflow_id(request.kind, request.id), "task_queue": house.queue}
    found = kind_named("step-down").found_at_start(request, datetime.now(UTC))
    handle = await house.client.start_workflow(
        StepDownTransfer.run, StepDownRun.model_validate(request.model_dump()), search_attributes=found, **where
    )
    transfer = Transfer(house.client, handle, request.id)
    await transfer.settled()
    assert (await found_by(transfer))[STAGE.name] == Stage.CONSENT
    fired = await transfer.count(EventType.EVENT_TYPE_TIMER_FIRED)
    assert await transfer.count(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES) == fired


async def test_a_transfer_is_found_by_stage_route_service_team_and_whom_it_waits_for(house: House) -> None:
    transfer = await house.start()
    await transfer.settled()
    assert await found_by(transfer) == {
        "TransferStage": "consent",
        "TransferRoute": "assessment",
        "EarlyHelpService": "service-north",
        "SocialWorkTeam": "team-sw",
        "ResponseState": "none",
        "WaitingFor": ["social_worker"],
        "NeedsAttention": False,
    }
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    seen = await found_by(transfer)
    assert (seen["TransferStage"], seen["WaitingFor"]) == ("conversation", ["early_help_contact"])
    [clock] = (await transfer.status()).responses
    assert (seen["ResponseState"], seen["ResponseDue"]) == ("on_track", clock.due)


async def test_what_needs_attention_is_found_and_told_in_plain_words(house: House) -> None:
    house.post.troubles.before("send_letter", LastingError("refused_address", "550"))
    transfer = await house.start()
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    await transfer.attention()
    await transfer.settled()
    seen = await found_by(transfer)
    assert (seen["NeedsAttention"], seen["WaitingFor"]) == (True, ["operations"])
    told = await details(transfer.handle)
    assert "**Needs attention by operations**" in told
    assert "The mail server refused the address." in told


async def test_the_details_show_where_it_stands_and_change_with_it(house: House) -> None:
    transfer = await house.start()
    await transfer.settled()
    assert (await details(transfer.handle)).startswith("## Consent: the family's answer")
    await transfer.record(refused_consent())
    await transfer.settled()
    assert (await details(transfer.handle)).startswith("## Decision, child by child")


async def test_nothing_about_a_person_is_in_search_attributes_summaries_or_ids(house: House, client: Client) -> None:
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing(), conversation())
    await transfer.settled()
    values = re.findall(r"[\w.@-]+", str(await found_by(transfer)))
    for personal in (CHILD, "family-1", "sw-7", "tm-1", "mother", "Example"):
        assert personal not in values
    assert transfer.handle.id == f"step-down/{transfer.id}"


async def test_a_list_by_attention_finds_the_transfer(house: House, client: Client) -> None:
    house.post.troubles.before("send_letter", LastingError("refused_address", "550"))
    transfer = await house.start()
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    await transfer.attention()
    query = f"NeedsAttention = true AND TransferStage = 'confirmation' AND WorkflowId = '{transfer.handle.id}'"

    async def listed() -> list[str]:
        return [each.id async for each in client.list_workflows(query)]

    assert await eventually(listed) == [transfer.handle.id]


def test_the_attributes_that_a_namespace_has_to_know_are_those_that_are_set() -> None:
    kinds = {
        "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
        "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
        "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    }
    keys = (STAGE, ROUTE, SERVICE, TEAM, RESPONSE_STATE, RESPONSE_DUE, WAITING_FOR, NEEDS_ATTENTION)
    assert {key.name: key.indexed_value_type for key in keys} == {
        name: kinds[kind] for name, kind in SEARCH_ATTRIBUTES.items()
    }
    assert {pair.key for pair in search_attributes(status(facts()))} == set(keys) == set(ATTRIBUTES)


async def test_history_shows_no_word_that_people_wrote(house: House) -> None:
    house.mosaic.names[CHILD] = "Quill Marker"
    marked = "Quill Marker"
    transfer = await house.start()
    said = exploration(needs=marked, asked=(marked,))
    await transfer.record(said, refused_consent(explained_by=marked))
    error = await transfer.refused(exploration(needs=f"{marked} again"))
    assert marked not in str(error)
    await transfer.settled()
    history = await transfer.handle.fetch_history()
    assert marked not in history.to_json()
    assert b"Quill" not in b"".join(event.SerializeToString() for event in history.events)


def test_no_two_roles_that_are_waited_for_differ_by_case_alone() -> None:
    """The server compares words of a list without it."""
    assert len({role.casefold() for role in WAITED_FOR}) == len(WAITED_FOR)


VIEWS = views_of(datetime(2026, 4, 2, 10, tzinfo=UTC), ["service-north"], ["team-sw"])


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
async def test_the_server_takes_the_query_of_every_view(house: House, view: View) -> None:
    assert (await house.client.count_workflows(view.query)).count >= 0


async def test_the_server_refuses_a_query_with_a_misspelt_attribute(house: House) -> None:
    [breached] = [view for view in VIEWS if view.name == "Overdue"]
    with pytest.raises(RPCError, match="ResponseStat"):
        await house.client.count_workflows(breached.query.replace("ResponseState", "ResponseStat"))
