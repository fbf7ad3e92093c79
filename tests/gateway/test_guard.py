"""What every answer says to browsers and caches; how long a head and a body may take; what is counted."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Message
from temporalio.service import RPCError, RPCStatusCode

from client.errors import NotKnownError
from gateway.bodies import MOST_BYTES
from gateway.guard import HEADERS, body_in_time
from gateway.problems import PROBLEM_JSON, Code, ProblemError
from gateway.serving import HeadInTime, listening
from gateway.waiting import in_time
from tests.gateway.quiet import RING, Nothing, asking, quiet_app, served, signed
from tests.pace import A_MOMENT, patient

HSTS = "strict-transport-security"
KEY = {"idempotency-key": "k-1"}


class Broken(Nothing):
    fails = RuntimeError("nobody foresaw it")


ANSWERS: dict[str, tuple[str, str, int]] = {
    "an answer": ("GET", "/v1/services", 200),
    "what is not there": ("GET", "/v1/nothing", 404),
    "a stroke too much": ("GET", "/v1/services/", 404),
    "what cannot be done": ("DELETE", "/v1/services", 405),
    "the figures": ("GET", "/metrics", 200),
    "whether it lives": ("GET", "/health/live", 200),
    "no JSON": ("POST", "/v1/transfers", 415),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_nothing_is_kept_by_a_cache_nor_run_by_a_browser(name: str) -> None:
    method, path, status = ANSWERS[name]
    async with asking(quiet_app()) as http:
        answer = await http.request(method, path, headers={**signed(), **KEY})
    assert answer.status_code == status
    assert HEADERS.items() <= dict(answer.headers).items()
    assert HSTS not in answer.headers
    assert status < 400 or answer.headers["content-type"] == PROBLEM_JSON


async def test_what_nobody_foresaw_and_a_wrong_name_are_answered_so_too() -> None:
    async with asking(quiet_app(nothing=Broken())) as http:
        answer = await http.get("/v1/services", headers=signed())
    assert answer.status_code == 503
    assert "foresaw" not in answer.text
    assert HEADERS.items() <= dict(answer.headers).items()
    async with asking(quiet_app(names=["transfers.council.example"])) as http:
        elsewhere = await http.get("/v1/services", headers=signed())
    assert elsewhere.status_code == 400
    assert HEADERS.items() <= dict(elsewhere.headers).items()


async def test_over_https_browsers_are_told_to_stay_there() -> None:
    async with asking(quiet_app(), "https") as http:
        assert HSTS in (await http.get("/health/live")).headers


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PATCH", "DELETE", "BREW"])
async def test_a_wrong_method_reads_which_there_are(method: str) -> None:
    async with asking(quiet_app()) as http:
        answer = await http.request(method, "/v1/transfers/t-1/steps/cancel", headers=signed())
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["/health/live", "/metrics", "/openapi.json"])
async def test_whoever_watches_over_processes_may_ask_for_the_head_alone(path: str) -> None:
    async with served(quiet_app()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        answer = await http.head(path)
        whole = await http.get(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == whole.headers["content-type"]


async def test_of_what_is_about_a_family_nobody_reads_the_head_alone() -> None:
    async with asking(quiet_app()) as http:
        answer = await http.head("/v1/transfers/t-1", headers=signed())
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


async def test_a_body_that_says_it_is_too_long_is_refused_before_anybody_signs_in() -> None:
    async with asking(quiet_app()) as http:
        answer = await http.post("/v1/step-ups", content=b" " * (MOST_BYTES + 1))
    assert answer.status_code == 413
    assert RING in answer.json()["ring"]
    assert answer.headers["connection"] == "close"


async def test_a_body_that_goes_on_and_on_is_read_no_further() -> None:
    sent = 0

    async def long() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 1
            yield b" " * 100_000

    async with asking(quiet_app()) as http:
        headers = {**signed(), **KEY, "content-type": "application/json"}
        answer = await http.post("/v1/transfers", content=long(), headers=headers)
    assert answer.status_code == 413
    assert sent * 100_000 < 2 * MOST_BYTES


async def test_a_body_that_does_not_come_is_not_waited_for_without_end() -> None:
    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(ProblemError) as late:
        await body_in_time(never, 0.01)()
    assert late.value.code is Code.TOO_SLOW


@pytest.mark.parametrize(
    ("status", "told"), [(RPCStatusCode.UNAVAILABLE, NotKnownError), (RPCStatusCode.NOT_FOUND, RPCError)]
)
async def test_only_a_temporal_that_does_not_answer_is_not_known(status: RPCStatusCode, told: type[Exception]) -> None:
    with pytest.raises(told):
        async with in_time(A_MOMENT):
            raise RPCError("", status, b"")


async def test_once_the_body_is_whole_time_does_not_count() -> None:
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(messages)

    received = body_in_time(receive, 60)
    await received()
    assert (await body_in_time(received, -1)())["type"] == "http.disconnect"


class Impatient(HeadInTime):
    within = 0.2


@pytest.mark.parametrize("said", [b"", b"GET /health/live HT", b"GET /health/live HTTP/1.1\r\nhost: here\r\n"])
async def test_whoever_does_not_say_what_they_ask_is_hung_up_on(said: bytes) -> None:
    async with served(quiet_app(), Impatient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        assert await asyncio.wait_for(reader.read(), patient(A_MOMENT)) == b""
        writer.close()


async def test_whoever_goes_on_with_a_body_that_nobody_reads_is_hung_up_on() -> None:
    async with served(quiet_app(), Impatient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health/live HTTP/1.1\r\nhost: here\r\ncontent-length: 1000\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b"}"), patient(A_MOMENT))
        writer.write(b"x")
        assert await asyncio.wait_for(reader.read(), patient(A_MOMENT)) == b""
        writer.close()


async def test_whoever_says_it_in_pieces_is_answered_and_asked_again_on_the_same_way() -> None:
    async with served(quiet_app(), Impatient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in (b"GET /health/live HTTP/1.1\r\n", b"host: here\r\n\r\n"):
            writer.write(piece)
            await writer.drain()
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), patient(A_MOMENT))
        assert head.startswith(b"HTTP/1.1 200")
        assert b"server:" not in head
        assert b"date:" in head
        writer.close()


async def test_what_is_counted_names_routes_and_never_what_stands_in_an_address() -> None:
    async with asking(quiet_app()) as http:
        await http.get("/v1/transfers/t-1f0c2a9b44", headers=signed("sw-17"))
        await http.get("/somebody/else", headers=signed("sw-17"))
        figures = (await http.get("/metrics")).text
    assert (
        'transfers_gateway_requests_total{method="GET",route="/v1/transfers/{journey_id}",status="404"} 1.0' in figures
    )
    assert 'route="unknown"' in figures
    assert 'transfers_gateway_problems_total{code="not_found"} 2.0' in figures
    assert 'transfers_gateway_problems_total{code="not_known"} 0.0' in figures
    assert "transfers_gateway_waiting 0.0" in figures
    for word in ("t-1f0c2a9b44", "somebody", "sw-17"):
        assert word not in figures


async def test_two_applications_of_one_process_count_for_themselves() -> None:
    one, other = quiet_app(), quiet_app()
    async with asking(one) as http:
        await http.get("/v1/nothing")
    async with asking(other) as http:
        assert 'code="not_found"} 0.0' in (await http.get("/metrics")).text


def test_the_body_of_an_answer_does_not_wait_until_its_head_has_been_acknowledged() -> None:
    [there] = listening("127.0.0.1", 0, "TRANSFERS_GATEWAY_")
    with there, socket.create_connection(there.getsockname()):
        here, _ = there.accept()
        with here:
            assert here.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
