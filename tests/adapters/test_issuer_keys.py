"""The issuer's keys: fetched once for everybody; who is known waits for nobody, strangers only for themselves."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from adapters.issuer_keys import (
    LIFESPAN_SECONDS,
    MOST_BYTES,
    PAUSE_SECONDS,
    TRUSTED_SECONDS,
    IssuerKeys,
    IssuerSilentError,
    UnknownKeyError,
)
from tests.pace import A_MOMENT, patient, until

ISSUER = "https://issuer.example"


class Issuer:
    """Publishes these keys; ``hangs`` lets it answer only once somebody says so."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.asked = 0
        self.down = False
        self.answers = threading.Event()
        self.answers.set()
        self.reached = threading.Event()
        self.time = 0.0
        self.keys = IssuerKeys(ISSUER, httpx.Client(transport=httpx.MockTransport(self._answer)), lambda: self.time)

    def hangs(self) -> None:
        self.answers.clear()
        self.reached.clear()

    def asks_for(self, key: str) -> None:
        with contextlib.suppress(UnknownKeyError):
            self.keys.key(key)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503)
        if request.url.path != "/keys":
            return httpx.Response(200, json={"jwks_uri": f"{ISSUER}/keys"})
        self.asked += 1
        self.reached.set()
        self.answers.wait(patient(A_MOMENT))
        return httpx.Response(200, json={"keys": [published(name) for name in self.names]})


def published(name: str) -> dict[str, Any]:
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    return {**jwt.algorithms.OKPAlgorithm.to_jwk(public, as_dict=True), "kid": name, "use": "sig", "alg": "EdDSA"}


@pytest.fixture
def issuer() -> Issuer:
    return Issuer("1")


def beside(does: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=does, daemon=True)
    thread.start()
    return thread


def test_the_keys_are_fetched_once_for_all_readers_who_come_at_first(issuer: Issuer) -> None:
    issuer.hangs()
    found: list[str | None] = []
    readers = [beside(lambda: found.append(issuer.keys.key("1").key_id)) for _ in range(5)]
    assert issuer.reached.wait(patient(A_MOMENT))
    issuer.answers.set()
    for reader in readers:
        reader.join(patient(A_MOMENT))
    assert (found, issuer.asked) == (["1"] * 5, 1)


def test_who_is_known_does_not_wait_while_a_stranger_has_the_issuer_asked(issuer: Issuer) -> None:
    issuer.keys.key("1")
    issuer.time += PAUSE_SECONDS
    issuer.hangs()
    stranger = beside(lambda: issuer.asks_for("made-up"))
    assert issuer.reached.wait(patient(A_MOMENT))
    assert issuer.keys.key("1").key_id == "1"
    with pytest.raises(IssuerSilentError):
        issuer.keys.key("another")
    issuer.answers.set()
    stranger.join(patient(A_MOMENT))


def test_however_many_keys_strangers_make_up_the_issuer_is_asked_once_in_a_while(issuer: Issuer) -> None:
    issuer.keys.key("1")
    for number in range(20):
        with pytest.raises(IssuerSilentError):
            issuer.keys.key(f"made-up-{number}")
    assert issuer.asked == 1
    issuer.time += PAUSE_SECONDS
    with pytest.raises(UnknownKeyError):
        issuer.keys.key("made-up")
    assert issuer.asked == 2


def test_a_new_key_of_the_issuer_is_tried_again_within_seconds_and_nobody_is_sent_to_sign_in(issuer: Issuer) -> None:
    issuer.keys.key("1")
    issuer.names.append("2")
    with pytest.raises(IssuerSilentError):
        issuer.keys.key("2")
    issuer.time += PAUSE_SECONDS
    assert issuer.keys.key("2").key_id == "2"


def test_old_keys_hold_while_they_are_fetched_anew_and_those_withdrawn_no_longer(issuer: Issuer) -> None:
    issuer.keys.key("1")
    issuer.time += LIFESPAN_SECONDS
    issuer.names[:] = ["2"]
    issuer.hangs()
    assert issuer.keys.key("1").key_id == "1"
    issuer.answers.set()
    until(lambda: not issuer.keys.being_fetched)
    with pytest.raises(IssuerSilentError):
        issuer.keys.key("1")
    assert issuer.keys.key("2").key_id == "2"


def test_an_issuer_that_is_silent_for_an_hour_lets_nobody_in_any_more(issuer: Issuer) -> None:
    issuer.keys.key("1")
    issuer.down = True
    issuer.time += TRUSTED_SECONDS - 1
    assert issuer.keys.key("1").key_id == "1"
    until(lambda: not issuer.keys.being_fetched)
    issuer.time += PAUSE_SECONDS
    with pytest.raises(IssuerSilentError):
        issuer.keys.key("1")


def test_an_answer_that_does_not_end_is_broken_off() -> None:
    endless = httpx.MockTransport(lambda request: httpx.Response(200, content=b" " * (MOST_BYTES + 1)))
    with pytest.raises(IssuerSilentError, match="does not end"):
        IssuerKeys(ISSUER, httpx.Client(transport=endless)).key("1")


def test_keys_are_fetched_again_after_a_moment_in_which_the_machine_had_no_thread_to_spare(issuer: Issuer) -> None:
    def no_thread(_does: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    issuer.asks_for("1")
    issuer.keys.beside, with_threads = no_thread, issuer.keys.beside
    issuer.time += LIFESPAN_SECONDS
    assert issuer.keys.key("1").key_id == "1"
    issuer.keys.beside = with_threads
    assert issuer.keys.key("1").key_id == "1"
    until(lambda: issuer.asked == 2)
