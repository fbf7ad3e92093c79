"""Who acts signs in: what the gateway sent is taken, what anybody else sent is not, and a replay asks for no key."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from adapters.encryption import data_converter
from adapters.signing import SignedInKeys, SignedInSettings, Signer, Signing
from adapters.temporal_client import transfers_plugin
from models.journey.answers import Receipt
from models.journey.steps import Step
from models.journey.timeline import NAMED_BY_THE_SENDER, SIGNED_IN
from models.step_down.steps.decision import Decision
from tests.builders import CHILD, MANAGER, SIBLING, SOCIAL_WORKER, at, authorised, decided
from tests.workflows.conftest import KEYS, House, Transfer, working
from workflows.step_down.transfer import StepDownTransfer

GATEWAY, ANOTHER = (Signer.new(date(2026, 11, 30)) for _ in range(2))


def public(signer: Signer) -> SignedInKeys:
    return SignedInKeys.from_settings(SignedInSettings(signed_in_keys={signer.key_id: signer.public}))


async def client_with(server: WorkflowEnvironment, signing: Signing) -> Client:
    address = server.client.service_client.config.target_host
    return await Client.connect(address, plugins=[transfers_plugin(KEYS, signing)])


@pytest.fixture
async def signed_in_house(server: WorkflowEnvironment) -> AsyncIterator[House]:
    """Where acts need sign-in, and the worker has the public key of the gateway."""
    house = House(await client_with(server, public(GATEWAY)))
    house.register.policy = house.register.policy.model_copy(update={"acts_need_sign_in": True})
    async with working(house):
        yield house


@pytest.fixture
async def rehearsed_house(server: WorkflowEnvironment) -> AsyncIterator[House]:
    """Where nobody has to sign in, and the worker has the public key of the gateway."""
    house = House(await client_with(server, public(GATEWAY)))
    async with working(house):
        yield house


async def waiting_for_the_manager(house: House) -> Transfer:
    transfer = await house.start(CHILD, SIBLING)
    await transfer.settled()
    await transfer.record(decided(dict.fromkeys((CHILD, SIBLING), Decision.NO_FURTHER_SUPPORT), actor=SOCIAL_WORKER))
    await transfer.settled()
    return transfer


async def through(client: Client, transfer: Transfer, step: Step) -> Receipt:
    handle: WorkflowHandle[object, object] = client.get_workflow_handle(transfer.handle.id)
    receipt: Receipt = await handle.execute_update(step.step, at(step, await transfer.now()), result_type=Receipt)
    return receipt


async def replayed(transfer: Transfer, signing: Signing | None) -> None:
    replayer = Replayer(workflows=[StepDownTransfer], data_converter=data_converter(KEYS, signing), debug_mode=True)
    await replayer.replay_workflow(await transfer.handle.fetch_history())


@pytest.mark.clause("SD-23c")
async def test_an_act_is_taken_from_the_gateway_alone_and_replays_whatever_public_keys_there_are(
    signed_in_house: House, server: WorkflowEnvironment
) -> None:
    transfer = await waiting_for_the_manager(signed_in_house)
    foreign = await client_with(server, ANOTHER)
    for client in (signed_in_house.client, foreign):
        refused = await Transfer(client, transfer.handle, transfer.id).refused(at(authorised(), await transfer.now()))
        assert "nobody can record it for them" in refused.message
        assert refused.details[0]["clause"] == "SD-23c"
    assert [line.step_id for line in (await transfer.status()).timeline if line.step_id] == ["record_decisions"]
    gateway = await client_with(server, GATEWAY)
    first = await through(gateway, transfer, authorised("record_decisions", CHILD))
    await through(gateway, transfer, authorised("record_decisions", SIBLING, step_id="another"))
    assert (first.step, first.step_id) == ("authorise", "authorise")
    now = await transfer.status()
    lines = {line.step_id: line.what for line in now.timeline}
    assert SIGNED_IN in lines["authorise"]
    assert SIGNED_IN in lines["another"]
    assert now.attention == ()
    await transfer.settled()
    for known in (None, public(GATEWAY), public(ANOTHER)):
        await replayed(transfer, known)


@pytest.mark.clause("SD-23c")
async def test_a_signal_is_nobodys_act_whoever_signed_it_and_is_read_alike_wherever_it_is_read_again(
    signed_in_house: House, server: WorkflowEnvironment
) -> None:
    transfer = await waiting_for_the_manager(signed_in_house)
    gateway = await client_with(server, GATEWAY)
    said = at(authorised(), await transfer.now())
    await gateway.get_workflow_handle(transfer.handle.id).signal("step", said)
    now = await transfer.attention()
    [item] = now.attention
    assert item.problem == "rejected_step"
    assert "nobody can record it for them" in (now.timeline[-2].note or "") + (now.timeline[-1].note or "")
    assert "authorise" not in [line.step_id for line in now.timeline]
    await transfer.settled()
    for known in (None, public(GATEWAY)):
        await replayed(transfer, known)


@pytest.mark.clause("SD-23c")
async def test_what_a_manager_is_said_to_have_decided_alone_is_not_taken_from_whoever_holds_a_key(
    signed_in_house: House, server: WorkflowEnvironment
) -> None:
    transfer = await signed_in_house.start()
    await transfer.settled()
    alone = at(decided({CHILD: Decision.NO_FURTHER_SUPPORT}, actor=MANAGER), await transfer.now())
    assert (await transfer.refused(alone)).details[0]["clause"] == "SD-23c"
    gateway = await client_with(server, GATEWAY)
    assert (await through(gateway, transfer, alone)).step == "record_decisions"


@pytest.mark.clause("SD-23c")
async def test_where_nobody_has_to_sign_in_each_act_says_what_is_known_of_it_whatever_keys_read_it_again(
    rehearsed_house: House, server: WorkflowEnvironment
) -> None:
    transfer = await waiting_for_the_manager(rehearsed_house)
    await through(await client_with(server, GATEWAY), transfer, authorised("record_decisions", CHILD))
    await transfer.record(authorised("record_decisions", SIBLING, step_id="another"))
    lines = {line.step_id: line.what for line in (await transfer.status()).timeline}
    assert SIGNED_IN in lines["authorise"]
    assert NAMED_BY_THE_SENDER in lines["another"]
    await transfer.settled()
    for known in (None, public(GATEWAY), public(ANOTHER)):
        await replayed(transfer, known)
