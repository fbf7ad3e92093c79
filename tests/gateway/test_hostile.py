"""Whatever bytes are sent, the answer is a problem with its words, and never that something broke."""

import json
from typing import Any

import pytest
from starlette.types import Message

from cli.pages.api_examples import api_examples
from client.journeys import EVERY
from client.schemas import START
from gateway.limits import Limits
from gateway.problems import PROBLEM_JSON
from tests.gateway.quiet import asking, quiet_app, signed

AS_OFTEN = 1_000_000
APP = quiet_app(Limits(AS_OFTEN, AS_OFTEN))
STEP = "/v1/transfers/t-1/steps/report_significant_harm"
HARM = api_examples()[EVERY[0].name]["report_significant_harm"]
SENT = {**signed(), "idempotency-key": "k-1", "content-type": "application/json"}

BODIES: dict[str, bytes] = {
    "half of a character": b'{"concern": "\\ud800"}',
    "bytes that are no text": b'{"concern": "\xff\xfe"}',
    "nothing": b"",
    "a number too large for any machine": b'{"concern": ' + b"9" * 6000 + b"}",
    "a number without an end": b'{"concern": 1e999}',
    "no number": b'{"concern": NaN}',
    "lists in lists in lists": b"[" * 100_000,
    "groups in groups in groups": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "the same twice": b'{"step": "cancel", "step": "cancel"}',
    "a list": b"[]",
    "a mark of the order of bytes": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", [STEP, "/v1/transfers", "/v1/step-ups"])
async def test_a_body_that_is_none_is_refused_in_words(path: str, name: str) -> None:
    async with asking(APP) as http:
        answer = await http.post(path, content=BODIES[name], headers=SENT)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == PROBLEM_JSON


FIELDS: dict[str, dict[str, Any]] = {
    "the first day of the calendar": {"occurred_at": "0001-01-01T00:00:00+14:00"},
    "the last day of the calendar": {"occurred_at": "9999-12-31T23:59:59-14:00"},
    "a moment that is a number": {"occurred_at": 10**300},
    "an hour that there is not": {"occurred_at": "2026-03-29T01:30:00"},
    "a list of steps": {"step": ["report_significant_harm"]},
    "a group as a number": {"step_id": {}},
    "an actor in words": {"actor": "sw-17"},
    "a list of actors": {"actor": [{}]},
    "an actor with an empty role": {"actor": {"role": {}}},
    "an actor with two ids": {"actor": {"id": ["sw-17"]}},
    "an actor with more to them": {"actor": {"hat": True}},
    "children in a group": {"children": {"ref": "child-1"}},
    "a child in a child": {"children": [{"ref": {"ref": "child-1"}}]},
    "a child that nobody can name": {"children": [{"ref": "\x00"}]},
    "something that no one knows": {"__class__": "x"},
}


@pytest.mark.parametrize("name", FIELDS)
async def test_a_field_that_is_none_is_named(name: str) -> None:
    async with asking(APP) as http:
        answer = await http.post(STEP, content=json.dumps({**HARM, **FIELDS[name]}), headers=SENT)
    assert answer.status_code in {403, 422}, answer.text
    assert answer.json()["field"].partition(".")[0] == next(iter(FIELDS[name]))


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
@pytest.mark.parametrize("journey", [["step-down"], {}, 7, "nothing"])
async def test_a_start_of_another_journey_is_refused(kind: Any, journey: object) -> None:
    body = {**api_examples()[kind.name][START], "journey": journey}
    async with asking(APP) as http:
        answer = await http.post(f"/v1/{kind.path}", content=json.dumps(body), headers=SENT)
    assert (answer.status_code, answer.json()["field"]) == (422, "journey")


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
@pytest.mark.parametrize("own", [[], {}, ["t-1"], 7, 1.5, True])
async def test_an_id_that_is_no_text_is_refused(kind: Any, own: object) -> None:
    body = {**api_examples()[kind.name][START], "id": own, "children": "none"}
    async with asking(APP) as http:
        answer = await http.post(f"/v1/{kind.path}", content=json.dumps(body), headers=SENT)
    # Where it speaks of harm its id does not matter, and what is wrong with the rest is said.
    assert (answer.status_code, answer.json()["field"]) in {(422, "id"), (422, "children")}


ADDRESSES = [
    b"/v1/transfers/\xff",
    b"/v1/transfers/\x00",
    b"/v1/transfers/t 1",
    b"/v1/services/" + b"a" * 60_000,
    b"/\n",
]
QUERIES = [b"wait=nan", b"wait=inf", b"wait=-1", b"wait=1&wait=x", b"most=1e9", b"most=" + b"9" * 5000]
HEADERS = [
    (b"authorization", b"Bearer \xff\xfe"),
    (b"authorization", b"Bearer " + b"a" * 60_000),
    (b"authorization", b"Basic c3ctMTc6eA=="),
    (b"authorization", b"\x00"),
    (b"idempotency-key", b"\xff"),
    (b"content-length", b"-1"),
    (b"content-length", b"\xb2"),
    (b"host", b"\xff"),
]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_an_address_of_any_bytes_is_answered(path: bytes) -> None:
    assert await status_of(path=path) in {404, 422}


@pytest.mark.parametrize("query", QUERIES)
async def test_a_query_of_any_bytes_is_answered(query: bytes) -> None:
    assert await status_of(path=b"/v1/transfers/t-1/timeline", query=query) == 422


@pytest.mark.parametrize("header", HEADERS)
async def test_a_header_of_any_bytes_is_answered(header: tuple[bytes, bytes]) -> None:
    assert await status_of(header, path=STEP.encode(), method="POST") in {400, 401, 413, 415, 422}


async def status_of(*headers: tuple[bytes, bytes], path: bytes, query: bytes = b"", method: str = "GET") -> int:
    """As a server hands it on: no client in between puts it right."""
    found: list[Message] = []
    usual = {b"authorization": b"Bearer sw-17", b"host": b"gateway.example"}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Message) -> None:
        found.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path.decode(errors="replace"),
        "raw_path": path,
        "query_string": query,
        "headers": [*{**usual, **dict(headers)}.items()],
        "client": None,
        "server": None,
        "root_path": "",
    }
    await APP(scope, receive, send)
    return int(found[0]["status"])
