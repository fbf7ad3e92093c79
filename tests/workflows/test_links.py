"""Journeys that are opened out of others: by a real worker, on a real Temporal, each once."""

import pytest

from client.transfers import new_start
from client.transfers import transfer as handle_of
from models.journey.harm_outcome import HarmOutcome
from models.journey.start import Linked
from models.kinds import JourneyKind
from models.step_up.stage import Stage
from models.step_up.steps.assessment import Assessed
from tests import help_requests, step_ups
from tests.builders import CHILD
from tests.workflows.conftest import NUMBERS, House, Transfer

HUB = help_requests.HUB


async def asked(house: House, **said: object) -> Transfer:
    """A request for Early Help that was received, and is on its way."""
    found = await house.start_as(help_requests.request(id=f"{house.queue}-{next(NUMBERS)}", **said))
    await found.until(lambda now: now.service_name is not None)
    return found


async def opened(house: House, origin: Transfer, number: int = 1) -> Transfer:
    """What was opened out of it, once it stands somewhere."""
    now = await origin.until(lambda now: len(now.opened) >= number)
    linked = now.opened[number - 1]
    found = Transfer(house.client, handle_of(house.client, linked.id, linked.kind), linked.id)
    await found.until(lambda now: now.service_name is not None)
    return found


@pytest.mark.clause("SU-01")
@pytest.mark.clause("SU-04")
async def test_harm_in_a_request_opens_a_referral_which_opens_a_request_and_each_knows_the_other(house: House) -> None:
    request = await asked(house)
    await request.record(help_requests.harm(actor=HUB))
    referral = await opened(house, request)
    assert (await referral.status()).out_of == Linked(
        kind=JourneyKind.HELP_REQUEST,
        id=request.id,
        step="report_significant_harm",
        opened_for="report_significant_harm",
    )
    await referral.record(
        step_ups.contact(CHILD, spoken_to={"who": "Ms Green", "at": await referral.now()}, parents=step_ups.NOT_ASKED)
    )
    await request.until(lambda now: all(report.spoken_to_at for report in now.harm))
    said = {"said_at": await referral.now()}
    await referral.record(step_ups.decided({CHILD: HarmOutcome.EARLY_HELP}, **said), step_ups.told())
    second = await opened(house, referral)
    now = await second.until(lambda now: now.stage == "admission")
    assert (now.out_of and now.out_of.id, now.journey) == (referral.id, JourneyKind.HELP_REQUEST)
    assert await referral.outcome() == "early_help"
    assert (await request.status()).outcome is None, "the end of one is not the end of another"


@pytest.mark.clause("SU-01")
async def test_a_report_that_was_sent_twice_opens_one_referral(house: House) -> None:
    request = await asked(house)
    await request.record(help_requests.harm(actor=HUB), help_requests.harm(actor=HUB, step_id="again"))
    referral = await opened(house, request)
    await request.settled()
    assert [linked.id for linked in (await request.status()).opened] == [referral.id]
    assert (await referral.status()).stage == Stage.CONTACT


@pytest.mark.clause("SU-07")
async def test_the_file_of_the_step_down_that_is_offered_is_asked_of_the_referral_and_nothing_else_has_one(
    house: House,
) -> None:
    referral = await house.start_as(step_ups.referral(id=f"{house.queue}-{next(NUMBERS)}", parents=step_ups.AGREED))
    await referral.until(lambda now: now.service_name is not None)
    assert await new_start(referral.handle) is None
    at = await referral.now()
    ended = step_ups.assessed({CHILD: Assessed.NO_SOCIAL_WORK})
    needy = ended.children[0].model_copy(update={"needs_remain": True})
    receipt = await referral.record(
        step_ups.decided({CHILD: HarmOutcome.SINGLE_ASSESSMENT}, said_at=at),
        ended.model_copy(update={"children": (needy,)}),
    )
    assert f"transfers start --out-of {referral.id}" in (receipt.note or "")
    offered = await new_start(referral.handle)
    assert offered is not None
    assert offered.content["children"] == [{"ref": CHILD}]
    assert await new_start((await asked(house)).handle) is None
