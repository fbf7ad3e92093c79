"""The codec server: readable for the Temporal UI of this machine, for nobody else, and every reading is noted."""

import contextlib
import json
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from adapters.encryption import EncryptedPayloads
from adapters.keyring import Keyring
from gateway.codec.app import HIDDEN, LOCAL_USER, MOST_BYTES, Door, Reading, codec_app
from models.access import About, Caller, Privacy

UI = "http://127.0.0.1:8233"
MOMENT = 0.3
"""Seconds for which the first of two readings waits for a second that must not come."""
HEADERS = {"origin": UI, "x-namespace": "default"}
CLEAR = Payload(metadata={"encoding": b"json/plain", "privacy": b"narrative"}, data=b'"help with routines"')


class FakeReadings:
    """Where readings are noted."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str, str]] = []
        self.down = False
        self.known: dict[str, About] = {}

    def about(self, transfer_id: str) -> About | None:
        return self.known.get(transfer_id)

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        if self.down:
            raise OSError("the register is not there")
        self.noted.append((transfer_id, who, what))


@pytest.fixture
def readings() -> FakeReadings:
    return FakeReadings()


@pytest.fixture
def codec() -> EncryptedPayloads:
    return EncryptedPayloads(Keyring(current="key-1", keys={"key-1": bytes(range(32))}))


class SignedIn:
    """Who asks."""

    caller = LOCAL_USER


@pytest.fixture
def signed_in() -> SignedIn:
    return SignedIn()


@pytest.fixture
def http(codec: EncryptedPayloads, readings: FakeReadings, signed_in: SignedIn) -> httpx.AsyncClient:
    origins = frozenset({UI, "http://localhost:8233"})
    door = Door(origins, ("127.0.0.1", "localhost"), "default", lambda request: signed_in.caller)
    app = codec_app(codec, readings, door)
    # As a server answers: what the application does not catch is a 500.
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8082", headers=HEADERS)


async def sealed(codec: EncryptedPayloads, transfer: str = "t-1", clear: Payload = CLEAR) -> Payload:
    [payload] = await EncryptedPayloads(codec.cipher, f"step-down/{transfer}").encode([clear])
    return payload


def body(*payloads: Payload) -> Any:
    return json_format.MessageToDict(Payloads(payloads=payloads))


def read(answer: httpx.Response) -> list[Payload]:
    assert answer.status_code == 200, answer.text
    return list(json_format.Parse(answer.content, Payloads()).payloads)


async def test_the_ui_reads_what_was_sealed(http: httpx.AsyncClient, codec: EncryptedPayloads) -> None:
    assert read(await http.post("/decode", json=body(await sealed(codec)))) == [CLEAR]


async def test_a_reading_is_noted_by_transfer(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings
) -> None:
    await http.post("/decode", json=body(await sealed(codec, "t-1"), await sealed(codec, "t-2")))
    assert readings.noted == [
        ("t-1", "local user", "read in the Temporal UI: narrative"),
        ("t-2", "local user", "read in the Temporal UI: narrative"),
    ]


async def test_a_reading_is_noted_once_a_minute(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings
) -> None:
    one = body(await sealed(codec))
    before = datetime.now(UTC).minute
    for _ in range(5):
        await http.post("/decode", json=one)
    minutes = 1 if datetime.now(UTC).minute == before else 2
    assert 1 <= len(readings.noted) <= minutes


async def test_two_readings_at_the_same_time_are_noted_once(codec: EncryptedPayloads) -> None:
    payload, both = await sealed(codec), threading.Barrier(2)

    class Slow(FakeReadings):
        def audit_read(self, transfer_id: str, who: str, what: str) -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(timeout=MOMENT)
            super().audit_read(transfer_id, who, what)

    readings = Slow()
    reading = Reading(codec, readings)
    before = datetime.now(UTC).minute
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: reading.shown(LOCAL_USER, [payload]), range(2))) == [[CLEAR], [CLEAR]]
    assert len(readings.noted) == 1 or datetime.now(UTC).minute != before


async def test_what_was_clear_already_is_no_reading(http: httpx.AsyncClient, readings: FakeReadings) -> None:
    assert read(await http.post("/decode", json=body(CLEAR))) == [CLEAR]
    assert readings.noted == []


async def unreadable(codec: EncryptedPayloads) -> dict[str, Payload]:
    payload = await sealed(codec)
    changed = {
        name: Payload(metadata={**payload.metadata, **metadata}, data=payload.data)
        for name, metadata in {
            "an unknown key": {"key-id": b"key-9"},
            "another workflow": {"workflow-id": b"step-down/t-2"},
            "metadata that is no text": {"workflow-id": b"\xff\xfe"},
        }.items()
    }
    return {**changed, "no text": Payload(metadata=payload.metadata), "nothing at all": Payload()}


@pytest.mark.parametrize(
    "name", ["an unknown key", "another workflow", "metadata that is no text", "no text", "nothing at all"]
)
async def test_what_cannot_be_opened_passes_unchanged(
    http: httpx.AsyncClient, codec: EncryptedPayloads, name: str
) -> None:
    payload = (await unreadable(codec))[name]
    good = await sealed(codec)
    assert read(await http.post("/decode", json=body(payload, good))) == [payload, CLEAR]


async def test_only_what_was_read_is_noted_as_read(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings
) -> None:
    await http.post("/decode", json=body((await unreadable(codec))["another workflow"]))
    assert readings.noted == [], "nothing of t-2 was shown"


@pytest.mark.parametrize(
    "garbage",
    [b"", b"not json", b'{"payloads": 1}', b'{"payloads": [{"data": "not base64!"}]}', b"\xff\xfe", b'{"x": 1}'],
)
async def test_garbage_is_refused(http: httpx.AsyncClient, garbage: bytes) -> None:
    assert (await http.post("/decode", content=garbage)).status_code == 400


async def test_an_empty_list_is_no_garbage(http: httpx.AsyncClient) -> None:
    assert read(await http.post("/decode", content=b"{}")) == []


@pytest.mark.parametrize("path", ["/decode", "/encode"])
@pytest.mark.parametrize("origin", [UI, "http://localhost:8233"])
async def test_the_uis_page_may_ask_with_the_headers_that_it_sends(
    http: httpx.AsyncClient, path: str, origin: str
) -> None:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-namespace",
    }
    answer = await http.options(path, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "x-namespace"} <= allowed
    assert "POST" in answer.headers["access-control-allow-methods"]


async def test_the_answer_is_for_the_uis_page_only(http: httpx.AsyncClient, codec: EncryptedPayloads) -> None:
    answer = await http.post("/decode", json=body(await sealed(codec)))
    assert answer.headers["access-control-allow-origin"] == UI


@pytest.mark.parametrize("path", ["/decode", "/encode"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8233", f"{UI}.evil.example"]
)
async def test_a_page_from_anywhere_else_is_refused_and_nothing_is_read(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings, path: str, origin: str
) -> None:
    answer = await http.post(path, json=body(await sealed(codec)), headers={"origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert readings.noted == []
    asked = {"origin": origin, "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in (await http.options(path, headers=asked)).headers


async def test_a_program_on_this_machine_may_ask_without_an_origin(
    http: httpx.AsyncClient, codec: EncryptedPayloads
) -> None:
    del http.headers["origin"]
    assert read(await http.post("/decode", json=body(await sealed(codec)))) == [CLEAR]


async def test_a_name_that_was_bent_to_this_machine_is_refused(
    http: httpx.AsyncClient, codec: EncryptedPayloads
) -> None:
    del http.headers["origin"]
    answer = await http.post("/decode", json=body(await sealed(codec)), headers={"host": "evil.example:8082"})
    assert answer.status_code == 400


async def test_the_server_says_that_it_answers(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health")
    assert (answer.status_code, json.loads(answer.content)) == (200, {"status": "ok", "keys": "key-1"})
    assert (await http.get("/openapi.json")).status_code == 404


async def test_what_cannot_be_noted_is_not_shown(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings
) -> None:
    readings.down = True
    for _ in range(2):
        assert (await http.post("/decode", json=body(await sealed(codec)))).status_code == 500


PLAIN = Payload(metadata={"encoding": b"json/plain", "privacy": b"plain"}, data=b'"conversation"')
TEAM, OF_CASEWORK = frozenset({"team-1"}), frozenset({Privacy.PLAIN, Privacy.NARRATIVE})
STRANGE = Payload(metadata={"encoding": b"json/plain", "privacy": b"secret-ish"}, data=b'"something new"')


async def test_who_may_not_read_what_people_said_reads_the_rest_and_both_are_noted(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings, signed_in: SignedIn
) -> None:
    readings.known["t-1"] = About(restricted=False, named=frozenset({"sw-1"}))
    signed_in.caller = Caller(who="op-1", everywhere=frozenset({Privacy.PLAIN}))
    both = body(await sealed(codec), await sealed(codec, clear=PLAIN))
    assert read(await http.post("/decode", json=both)) == [HIDDEN, PLAIN]
    assert readings.noted == [
        ("t-1", "op-1", "refused in the Temporal UI: narrative"),
        ("t-1", "op-1", "read in the Temporal UI: plain"),
    ]


async def test_of_a_restricted_family_only_who_is_named_reads(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings, signed_in: SignedIn
) -> None:
    readings.known["t-1"] = About(restricted=True, named=frozenset({"sw-1"}), teams=TEAM)
    for who, shown in (("sw-2", HIDDEN), ("sw-1", PLAIN)):
        signed_in.caller = Caller(who=who, teams=TEAM, own=OF_CASEWORK)
        assert read(await http.post("/decode", json=body(await sealed(codec, clear=PLAIN)))) == [shown]


async def test_a_class_that_is_not_known_is_taken_for_the_strictest(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings, signed_in: SignedIn
) -> None:
    readings.known["t-1"] = About(restricted=False, teams=TEAM)
    signed_in.caller = Caller(who="sw-2", teams=TEAM, own=OF_CASEWORK)
    assert read(await http.post("/decode", json=body(await sealed(codec, clear=STRANGE)))) == [HIDDEN]


@pytest.mark.parametrize("namespace", ["another", "", None])
async def test_another_namespace_is_refused(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings, namespace: str | None
) -> None:
    del http.headers["x-namespace"]
    headers = {} if namespace is None else {"x-namespace": namespace}
    assert (await http.post("/decode", json=body(await sealed(codec)), headers=headers)).status_code == 403
    assert readings.noted == []


async def test_a_form_of_the_ui_sends_nothing_and_its_page_may_read_why(
    http: httpx.AsyncClient, readings: FakeReadings
) -> None:
    answer = await http.post("/encode", json=body(CLEAR))
    assert (answer.status_code, answer.text) == (
        403,
        "Nothing is sent from the Temporal UI: use the command transfers step.",
    )
    assert answer.headers["access-control-allow-origin"] == UI
    assert readings.noted == [], "nothing was read"


@pytest.mark.parametrize(
    "sent", [b"[]", b"7", b"null", b"{", b'{"payloads": [{"data": "not base64!"}]}', b"[" * 100_000]
)
async def test_what_is_no_list_of_payloads_is_refused(http: httpx.AsyncClient, sent: bytes) -> None:
    answer = await http.post("/decode", content=sent)
    assert (answer.status_code, answer.text) == (400, "This is not a list of payloads.")


async def test_a_body_longer_than_any_page_of_a_history_is_read_no_further(http: httpx.AsyncClient) -> None:
    read_so_far = 0

    async def long() -> AsyncIterator[bytes]:
        nonlocal read_so_far
        for _ in range(200):
            read_so_far += 1_000_000
            yield b" " * 1_000_000

    answer = await http.post("/decode", content=long())
    assert answer.status_code == 413
    assert read_so_far <= MOST_BYTES + 2_000_000


async def test_a_caseworker_reads_what_is_their_own_teams_and_nothing_of_another_team(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings, signed_in: SignedIn
) -> None:
    readings.known = {
        "t-1": About(restricted=False, teams=TEAM),
        "t-2": About(restricted=False, teams=frozenset({"team-2"})),
    }
    signed_in.caller = Caller(who="sw-2", teams=TEAM, own=OF_CASEWORK)
    both = body(await sealed(codec), await sealed(codec, "t-2"))
    assert read(await http.post("/decode", json=both)) == [CLEAR, HIDDEN]


async def test_a_service_reads_nothing_here_as_what_is_sealed_is_about_the_whole_family(
    http: httpx.AsyncClient, codec: EncryptedPayloads, readings: FakeReadings, signed_in: SignedIn
) -> None:
    readings.known["t-1"] = About(restricted=False, agreed={"EH-EAST": frozenset({"child-1"})})
    signed_in.caller = Caller(who="eh-1", teams=frozenset({"EH-EAST"}), own=OF_CASEWORK)
    both = body(await sealed(codec), await sealed(codec, clear=PLAIN))
    assert read(await http.post("/decode", json=both)) == [HIDDEN, HIDDEN]


async def test_what_runs_for_no_family_operations_read_and_what_is_not_known_they_do_not(
    http: httpx.AsyncClient, codec: EncryptedPayloads, signed_in: SignedIn
) -> None:
    signed_in.caller = Caller(who="op-1", everywhere=frozenset({Privacy.PLAIN}))
    [digest] = await EncryptedPayloads(codec.cipher, "morning-digest-2026-04-02").encode([PLAIN])
    [nowhere] = await EncryptedPayloads(codec.cipher, "").encode([PLAIN])
    unknown = await sealed(codec, "t-9", PLAIN)
    assert read(await http.post("/decode", json=body(digest, nowhere, unknown))) == [PLAIN, HIDDEN, HIDDEN]
