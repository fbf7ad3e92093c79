"""Nothing is lost and nothing is doubled over HTTP, whatever goes away meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlmodel import select

from models.journey.status import Status
from models.journey.steps import Step
from models.kinds import JourneyKind
from models.register.tables import EvidenceRow
from models.vocabulary import Role
from tests import builders, help_requests, step_ups
from tests.gateway.conftest import house_on
from tests.gateway.house import PHONES, SOON, TODAY, GatewayHouse, Http, as_sent, signed
from tests.gateway.wire import wire_to
from tests.pace import eventually, patient
from tests.workflows.conftest import connected, started

TIMES = 10
SEES_ALL = ("transfers-restricted",)


async def begun(house: GatewayHouse, http: Http) -> str:
    """A usual transfer, started and shown."""
    request = house.request()
    answer = await http.start(request)
    assert answer.status_code == 201, answer.text

    async def is_shown() -> Status | None:
        return house.register.status(request.id)

    await eventually(is_shown)
    return request.id


def people_of(house: GatewayHouse, journey_id: str) -> Step:
    """A step that a step-down takes at any time, of the children of this one."""
    return builders.family_record(*_children(house, journey_id))


def harm_to(house: GatewayHouse, journey_id: str) -> Step:
    """A step that is kept as evidence, too."""
    return builders.harm_report(*_children(house, journey_id))


def _children(house: GatewayHouse, journey_id: str) -> Iterable[str]:
    status = house.register.status(journey_id)
    assert status is not None
    return [child.ref for child in status.children]


async def recorded(house: GatewayHouse, journey_id: str, key: str) -> tuple[int, int]:
    """How often this step stands in the timeline, and in the evidence; once both are written."""

    async def is_shown() -> Status | None:
        status = house.register.status(journey_id)
        return status if status and any(entry.step_id == key for entry in status.timeline) else None

    status = await eventually(is_shown)
    assert status is not None
    with house.register.store.reading() as session:
        kept = session.exec(select(EvidenceRow).where(EvidenceRow.transfer_id == journey_id)).all()
    return (
        len([entry for entry in status.timeline if entry.step_id == key]),
        len([row for row in kept if row.step_id == key]),
    )


def not_known(answer: httpx.Response) -> bool:
    """It says so, and when to ask again."""
    said = (answer.status_code, answer.json()["code"], int(answer.headers.get("retry-after", 0)) > 0)
    assert said == (503, "not_known", True), answer.text
    return True


async def at_once(sent: Iterable[Awaitable[httpx.Response]]) -> Counter[int]:
    return Counter(answer.status_code for answer in await asyncio.gather(*sent))


async def test_what_is_waited_for_is_shown_and_what_is_not_is_pending(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    keys = map("waited-{}".format, count())

    async def shown_in_time() -> str | None:
        # On a machine that is busy one of them may take longer than is waited for.
        waited = await http.record(journey_id, people_of(house, journey_id), key := next(keys))
        assert waited.status_code == 201, waited.text
        return key if waited.json()["register"] == "shown" else None

    key = await eventually(shown_in_time)
    timeline = (await http.get(f"/v1/transfers/{journey_id}/timeline")).json()["entries"]
    assert [entry["step_id"] for entry in timeline].count(key) == 1
    hurried = await http.record(journey_id, builders.exploration(), "hurried", wait=0)
    assert (hurried.status_code, hurried.json()["register"]) == (201, "pending"), hurried.text
    assert await recorded(house, journey_id, "hurried") == (1, 0)


async def test_a_step_while_no_worker_runs_is_not_known_and_taken_once_when_it_is_sent_again(
    idle_house: GatewayHouse, hasty: Http
) -> None:
    house = idle_house
    async with house.http(await house.app()) as http:
        async with house.working():
            journey_id = await begun(house, http)
        step, asked = harm_to(house, journey_id), time.monotonic()
        assert not_known(await hasty.record(journey_id, step, "k-1"))
        assert time.monotonic() - asked < patient(2 * SOON)
        async with house.working():
            await eventually(lambda: _is_taken(http, journey_id, step, "k-1"))
            assert await recorded(house, journey_id, "k-1") == (1, 1)


async def _is_taken(http: Http, journey_id: str, step: Step, key: str) -> bool:
    answer = await http.record(journey_id, step, key)
    return answer.status_code in {200, 201} or not not_known(answer)


async def test_a_step_to_what_has_just_been_started_is_not_known_yet_and_then_taken(idle_house: GatewayHouse) -> None:
    house, request = idle_house, idle_house.request()
    step = builders.family_record(*(child.ref for child in request.children))
    async with house.http(await house.app()) as http:
        answer = await http.start(request, wait=0)
        assert (answer.status_code, answer.json()["register"]) == (201, "pending")
        assert not_known(await http.record(request.id, step, "early"))
        assert not_known(await http.get(f"/v1/transfers/{request.id}"))
        async with house.working():
            await eventually(lambda: _is_taken(http, request.id, step, "early"))
            assert await recorded(house, request.id, "early") == (1, 0)


async def test_while_temporal_is_away_nothing_is_known_and_afterwards_all_is_taken_once(
    house: GatewayHouse, http: Http, hasty: Http
) -> None:
    journey_id, request = await begun(house, http), house.request()
    step = harm_to(house, journey_id)
    await house.wire.cut()
    asked = time.monotonic()
    assert not_known(await hasty.record(journey_id, step, "k-1"))
    assert not_known(await hasty.start(request))
    assert time.monotonic() - asked < patient(4 * SOON)
    assert (await http.get(f"/v1/transfers/{journey_id}")).status_code == 200
    await house.wire.mend()
    await eventually(lambda: _is_taken(http, journey_id, step, "k-1"))
    assert (await http.start(request)).status_code == 201
    assert await recorded(house, journey_id, "k-1") == (1, 1)


async def test_a_gateway_that_has_never_reached_temporal_says_that_it_is_not_known(house: GatewayHouse) -> None:
    request = house.request()
    await house.wire.cut()
    async with house.http(await house.app()) as http:
        assert not_known(await http.start(request))
        await house.wire.mend()
        assert (await http.start(request)).status_code == 201


async def test_while_the_register_is_away_nothing_is_read_or_recorded_and_afterwards_it_is_recorded_once(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    step = people_of(house, journey_id)
    house.register_away = True
    for place in ("", "/timeline", "/clocks", "/steps/record_family"):
        assert not_known(await http.get(f"/v1/transfers/{journey_id}{place}"))
    assert not_known(await http.record(journey_id, step, "k-1"))
    assert not_known(await http.start(house.request()))
    house.register_away = False
    assert [(await http.record(journey_id, step, "k-1")).status_code for _ in range(2)] == [201, 200]
    assert await recorded(house, journey_id, "k-1") == (1, 0)


async def test_harm_is_taken_while_the_register_is_away(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    step = harm_to(house, journey_id)
    house.register_away = True
    answer = await http.record(journey_id, step, "k-1")
    assert (answer.status_code, answer.json()["register"]) == (201, "pending"), answer.text
    assert "stage" not in answer.json()
    house.register_away = False
    assert await recorded(house, journey_id, "k-1") == (1, 1)


async def test_harm_in_what_has_just_been_started_waits_for_no_register(house: GatewayHouse, http: Http) -> None:
    request = house.request()
    house.workers.opens.clear()
    assert (await http.start(request, wait=0)).status_code == 201
    answer = await http.record(request.id, builders.harm_report(request.children[0].ref), "k-1", wait=0)
    assert answer.status_code == 201, answer.text
    house.workers.opens.set()
    assert await recorded(house, request.id, "k-1") == (1, 1)


async def test_a_register_that_goes_away_after_a_step_was_taken_does_not_make_it_unknown(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)

    def goes_away(shown: Status) -> None:
        house.register_away = house.register_away or any(entry.step_id == "k-1" for entry in shown.timeline)

    house.workers.before_showing = goes_away
    answer = await http.record(journey_id, people_of(house, journey_id), "k-1")
    assert (answer.status_code, answer.json()["register"]) == (201, "pending"), answer.text


async def test_without_mosaic_no_transfer_starts_and_a_referral_all_the_same(house: GatewayHouse, http: Http) -> None:
    house.persons.away = True
    request = house.request()
    assert not_known(await http.start(request))
    referral = step_ups.referral(id=f"{house.queue}-referral")
    duty = house.token("duty-1", roles=[Role.DUTY_AND_ADVICE])
    async with house.http(await house.app(), duty) as at_duty:
        assert (await at_duty.start(referral)).status_code == 201
    house.persons.away = False
    assert (await http.start(request)).status_code == 201
    house.persons.away = True
    assert (await http.start(request)).status_code == 200, "what was started is not looked up again"


async def test_while_the_issuer_is_away_nobody_is_known_and_a_token_that_cannot_be_right_does_not_hold(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    house.keys.away = True
    assert not_known(await http.get(f"/v1/transfers/{journey_id}", headers=signed(house.token("sw-8"))))
    for wrong in ("nonsense", "a.b.c", house.token().rpartition(".")[0]):
        answer = await http.get(f"/v1/transfers/{journey_id}", headers=signed(wrong))
        assert answer.status_code == 401, answer.text


async def test_the_same_start_sent_ten_times_at_once_starts_one(house: GatewayHouse, http: Http) -> None:
    request = house.request()
    assert await at_once(http.start(request) for _ in range(TIMES)) == {201: 1, 200: TIMES - 1}
    keyed = {name: said for name, said in as_sent(house.request()).items() if name != "id"}
    assert await at_once(http.start(keyed, "one-key") for _ in range(TIMES)) == {201: 1, 200: TIMES - 1}


async def test_one_number_starts_one_whatever_id_is_said(house: GatewayHouse, http: Http) -> None:
    said = as_sent(house.request())
    own = said.pop("id")
    first = await http.start(said, own)
    assert first.status_code == 201, first.text
    for other in (own, f"{own}-again"):
        refused = await http.start({**said, "id": other}, own)
        assert (refused.status_code, refused.json()["field"]) in {(409, "Idempotency-Key"), (422, "id")}, refused.text
    again = await http.start({**said, "id": first.json()["id"]}, own)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    named = as_sent(house.request())
    assert (await http.start(named, named["id"])).status_code == 201
    unnamed = await http.start({name: value for name, value in named.items() if name != "id"}, named["id"])
    assert (unnamed.status_code, unnamed.json()["code"]) == (409, "started_before"), unnamed.text


async def test_a_number_that_is_the_id_of_another_family_keeps_nobody_from_starting(
    house: GatewayHouse, http: Http
) -> None:
    theirs, ours = as_sent(house.request()), as_sent(house.request())
    assert (await http.start(theirs, theirs["id"])).status_code == 201
    del ours["id"]
    begun = await http.start(ours, theirs["id"])
    assert (begun.status_code, begun.json()["id"] != theirs["id"]) == (201, True), begun.text


async def test_an_id_of_ones_own_comes_under_itself_as_number(house: GatewayHouse, http: Http) -> None:
    said = as_sent(house.request())
    refused = await http.start(said, "k-1")
    assert (refused.status_code, refused.json()["field"]) == (422, "id"), refused.text
    assert (await http.start(said, said["id"])).status_code == 201


@pytest.mark.clause("SU-01")
async def test_harm_in_a_start_is_taken_whatever_id_is_said(house: GatewayHouse, http: Http) -> None:
    hub = house.token("hub-1", roles=[Role.EARLY_HELP_SERVICE], teams=["team-eh"], reads=SEES_ALL)
    seen = {"harm": {"children": [{"ref": builders.CHILD}], "concern": "marks, and afraid"}}
    said = {**as_sent(help_requests.request(id=f"{house.queue}-request")), **seen}
    http.headers.update(signed(hub))
    taken = [
        await http.start({**said, "id": f"attempt-{number}"}, "one-key", kind=JourneyKind.HELP_REQUEST)
        for number in (1, 2)
    ]
    assert [one.status_code for one in taken] == [201, 200], [one.text for one in taken]
    assert len({one.json()["id"] for one in taken}) == 1


@pytest.mark.parametrize("by", ["id", "key"])
async def test_another_start_under_a_used_id_or_number_is_refused(house: GatewayHouse, http: Http, by: str) -> None:
    one, other = as_sent(house.request()), as_sent(house.request())
    other["id"] = one["id"]
    if by == "key":
        del one["id"], other["id"]
    key = one.get("id", "k-1")
    assert (await http.start(one, key)).status_code == 201
    refused = await http.start(other, key)
    assert (refused.status_code, refused.json()["code"]) == (409, "started_before")


async def test_harm_in_a_start_under_a_used_id_is_recorded_there_and_says_whom_to_ring(house: GatewayHouse) -> None:
    hub = house.token("hub-1", roles=[Role.EARLY_HELP_SERVICE], teams=["team-eh"], reads=SEES_ALL)
    calm = help_requests.request(id=f"{house.queue}-request")
    seen = {"harm": {"children": [{"ref": builders.CHILD}], "concern": "marks, and afraid"}}
    async with house.http(await house.app(), hub) as http:
        assert (await http.start(calm)).status_code == 201
        refused = await http.start({**as_sent(calm), **seen}, kind=JourneyKind.HELP_REQUEST)
    said = refused.json()
    assert (refused.status_code, said["code"], said["ring"]) == (409, "started_before", PHONES.words), said
    assert "is recorded there" in said["detail"]
    assert await recorded(house, calm.id, "in-the-request") == (1, 1)


async def test_the_same_step_sent_ten_times_at_once_is_recorded_once(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    step = harm_to(house, journey_id)
    sent = (http.record(journey_id, step, "k-1") for _ in range(TIMES))
    assert await at_once(sent) == {201: 1, 200: TIMES - 1}
    assert await recorded(house, journey_id, "k-1") == (1, 1)
    other = await http.record(journey_id, {**as_sent(step), "concern": "something else"}, "k-1")
    assert (other.status_code, other.json()["code"]) == (409, "step_id_reused")


async def test_what_has_ended_takes_no_step_and_gives_the_receipt_of_one_that_it_took(house: GatewayHouse) -> None:
    # What came long ago has people told of it, and waits for them.
    today = {"channel": "central_mailbox", "at": TODAY}
    request = help_requests.request(id=f"{house.queue}-request", received=today)
    cancelled = help_requests.cancellation()
    async with house.http(
        await house.app(), house.token("hub-1", roles=[Role.EARLY_HELP_SERVICE], teams=["team-eh"], reads=SEES_ALL)
    ) as http:
        assert (await http.start(request)).status_code == 201
        for step, key in ((help_requests.read(), "k-0"), (cancelled, "k-1")):
            answer = await http.record(request.id, step, key, kind=request.kind)
            assert answer.status_code == 201, answer.text
        await house.journey(request.id, request.kind).result()
        again = await http.record(request.id, cancelled, "k-1", kind=request.kind)
        assert (again.status_code, again.json()["step_id"]) == (200, "k-1"), again.text
        late = await http.record(request.id, help_requests.matrix(), kind=request.kind)
        harm = await http.record(request.id, builders.harm_report(request.children[0].ref), kind=request.kind)
    assert (harm.status_code, harm.json()["ring"]) == (409, PHONES.words), harm.text
    assert "start a referral to Children's Social Work" in harm.json()["note"]
    assert "note" not in late.json()
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed_now"), late.text
    assert "ended" in late.json()["detail"]


async def test_a_journey_of_another_kind_is_not_found(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    answer = await http.record(journey_id, harm_to(house, journey_id), kind=JourneyKind.HELP_REQUEST)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await http.get(f"/v1/help-requests/{journey_id}")).status_code == 404


async def test_an_answer_that_is_lost_on_its_way_is_given_when_the_same_is_sent_again(house: GatewayHouse) -> None:
    async with served(await house.app()) as address, wire_to(address) as wire:
        async with house.http_at(f"http://{wire.address}") as http:
            journey_id = await begun(house, http)
            step = harm_to(house, journey_id)
            wire.loses_answers = True
            with pytest.raises(httpx.RemoteProtocolError):
                await http.record(journey_id, step, "k-1")
            assert wire.lost.is_set()
        wire.loses_answers = False
        async with house.http_at(f"http://{wire.address}") as http:
            again = await http.record(journey_id, step, "k-1")
        assert (again.status_code, again.json()["step_id"]) == (200, "k-1")
        assert await recorded(house, journey_id, "k-1") == (1, 1)


async def test_a_step_whose_sender_hangs_up_is_taken_once_and_its_receipt_is_there_for_them(
    house: GatewayHouse,
) -> None:
    async with served(await house.app()) as address:
        async with house.http_at(f"http://{address}") as http:
            journey_id = await begun(house, http)
            step = harm_to(house, journey_id)
            sending = asyncio.create_task(http.record(journey_id, step, "k-1"))
            await recorded(house, journey_id, "k-1")
            sending.cancel()
        async with house.http_at(f"http://{address}") as http:
            assert (await http.record(journey_id, step, "k-1")).status_code == 200
        assert await recorded(house, journey_id, "k-1") == (1, 1)


@pytest.fixture
async def impatient_house(
    empty_register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[GatewayHouse]:
    """On a server that wants every journey to go on in a new run after 40 events."""
    async with (
        await started("limit.historyCount.suggestContinueAsNew=40") as server,
        house_on(await connected(server), empty_register, tmp_path) as house,
        house.working(),
    ):
        monkeypatch.setenv("TRANSFERS_TASK_QUEUE", house.queue)
        yield house


async def test_after_a_journey_went_on_in_a_new_run_the_same_start_is_still_the_same(
    impatient_house: GatewayHouse,
) -> None:
    house, request = impatient_house, impatient_house.request()
    async with house.http(await house.app()) as http:
        assert (await http.start(request)).status_code == 201
        first = (await house.journey(request.id).describe()).run_id

        async def in_a_new_run() -> bool:
            assert (await http.record(request.id, harm_to(house, request.id))).status_code == 201
            return (await house.journey(request.id).describe()).run_id != first

        await eventually(in_a_new_run)
        assert (await http.start(request)).status_code == 200
        assert (await http.start({**as_sent(request), "family_ref": "another"})).status_code == 409


@asynccontextmanager
async def served(
    app: FastAPI, server_of: Callable[[uvicorn.Config], uvicorn.Server] = uvicorn.Server
) -> AsyncIterator[str]:
    """By a server with real connections."""
    server = server_of(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())

    async def listens() -> bool:
        return server.started

    await eventually(listens)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"{host}:{port}"
    server.should_exit = True
    await task
