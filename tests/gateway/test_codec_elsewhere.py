"""The codec server in production: a process of its own, over HTTPS, with people signed in by an issuer."""

import asyncio
import base64
import contextlib
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import httpx
import jwt
import pytest
import trustme
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ed25519
from fastapi import FastAPI
from google.protobuf import json_format
from sqlmodel import Session, select
from temporalio.api.common.v1 import Payload, Payloads

from adapters.encryption import EncryptedPayloads
from adapters.keyring import Keyring
from gateway.codec import __main__ as codec
from gateway.codec.app import HIDDEN
from models.register.tables import AuditRow
from tests.builders import request, service
from tests.pace import A_MOMENT, patient, until
from tests.ports import free_ports
from tests.register import new_register

UI = "https://temporal.council.example"
AUDIENCE = "early-help-transfers"
KEY = bytes(range(32))
RING = Keyring(current="k", keys={"k": KEY})

PLAIN = Payload(metadata={"encoding": b"json/plain", "privacy": b"plain"}, data=b'"conversation"')
NARRATIVE = Payload(metadata={"encoding": b"json/plain", "privacy": b"narrative"}, data=b'"help with routines"')


class Issuer:
    """Signs people in: publishes its keys over HTTPS, and makes tokens."""

    def __init__(self, port: int, authority: trustme.CA, folder: Path) -> None:
        self.url = f"https://localhost:{port}"
        self.key, self.asked = ed25519.Ed25519PrivateKey.generate(), 0
        certificate = authority.issue_cert("localhost")
        certificate.private_key_pem.write_to_path(folder / "issuer.key")
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(folder / "issuer.pem", append=True)
        config = uvicorn.Config(
            self._app(),
            port=port,
            log_config=None,
            ssl_certfile=folder / "issuer.pem",
            ssl_keyfile=folder / "issuer.key",
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, str]:
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            self.asked += 1
            public = jwt.algorithms.OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
            return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "EdDSA"}]}

        return app

    def token(self, who: str, *roles: str, key: Any = None, algorithm: str = "EdDSA", **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": who, "exp": now + 300, "roles": list(roles)}
        return jwt.encode(
            {**usual, **claims}, self.key if key is None else key, algorithm=algorithm, headers={"kid": "1"}
        )


class Elsewhere:
    """The codec server as a council runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.authority = folder, trustme.CA()
        port, issuer_port = free_ports(2)
        self.authority.cert_pem.write_to_path(folder / "ca.pem")
        own = self.authority.issue_cert("localhost")
        own.private_key_pem.write_to_path(folder / "codec.key")
        for blob in own.cert_chain_pems:
            blob.write_to_path(folder / "codec.pem", append=True)
        self.issuer = Issuer(issuer_port, self.authority, folder)
        self.url = f"https://localhost:{port}"
        register_url = f"sqlite:///{folder / 'register.db'}"
        self.register = new_register(register_url, RING)
        self.register.put_services([service()])
        self.settings = {
            "TRANSFERS_KEYS": "k:" + base64.b64encode(KEY).decode(),
            "TRANSFERS_REGISTER_URL": register_url,
            "TRANSFERS_CODEC_PORT": str(port),
            "TRANSFERS_CODEC_UI_ORIGINS": f'["{UI}"]',
            "TRANSFERS_CODEC_NAMES": '["localhost"]',
            "TRANSFERS_CODEC_CERTIFICATE": str(folder / "codec.pem"),
            "TRANSFERS_CODEC_CERTIFICATE_KEY": str(folder / "codec.key"),
            "TRANSFERS_CODEC_COOKIE": "signed-in",
            "TRANSFERS_OIDC_ISSUER": self.issuer.url,
            "TRANSFERS_OIDC_AUDIENCE": AUDIENCE,
            "SSL_CERT_FILE": str(folder / "ca.pem"),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self, *, without: str | None = None) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("TRANSFERS_", "TEMPORAL_"))}
        return {**clean, **{name: value for name, value in self.settings.items() if name != without}}

    def start(self) -> None:
        self.issuer.thread.start()
        self.process = subprocess.Popen([sys.executable, "-m", "gateway.codec"], env=self.environment())
        until(self.answers)

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError), self.client() as client:
            return client.get("/health").is_success
        return False

    def stop(self) -> None:
        self.issuer.server.should_exit = True
        if self.process is not None:
            self.process.terminate()
            self.process.wait(patient(A_MOMENT))
        self.register.engine.dispose()

    def client(self) -> httpx.Client:
        trusted = ssl.create_default_context(cafile=self.folder / "ca.pem")
        return httpx.Client(base_url=self.url, verify=trusted, headers={"origin": UI, "x-namespace": "default"})

    def decode(self, *payloads: Payload, token: str | None = None, **headers: str) -> httpx.Response:
        said = {"authorization": f"Bearer {token}"} if token else {}
        with self.client() as client:
            content = json_format.MessageToDict(Payloads(payloads=payloads))
            return client.post("/decode", json=content, headers={**said, **headers})

    def readings(self, transfer: str) -> list[tuple[str, str]]:
        with Session(self.register.engine) as session:
            rows = session.exec(select(AuditRow).where(AuditRow.transfer_id == transfer).order_by("id"))
            return [(row.who, row.what) for row in rows if "Temporal UI" in row.what]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    started = Elsewhere(tmp_path_factory.mktemp("codec"))
    started.start()
    yield started
    started.stop()


def sealed(transfer: str, *clear: Payload) -> list[Payload]:
    return asyncio.run(EncryptedPayloads(RING, f"step-down/{transfer}").encode(clear))


def read(answer: httpx.Response) -> list[Payload]:
    assert answer.status_code == 200, answer.text
    return list(json_format.Parse(answer.content, Payloads()).payloads)


def test_operations_read_what_is_plain_and_casework_what_people_said_of_their_own_team_each_noted_by_name(
    elsewhere: Elsewhere,
):
    elsewhere.register.opened(request(id="t-1"), datetime.now(UTC))
    both = sealed("t-1", PLAIN, NARRATIVE)
    operations = elsewhere.issuer.token("op-7", "transfers-operations")
    casework = elsewhere.issuer.token(
        "sw-8", "transfers-casework", "something-else", teams=[request().social_work_team]
    )
    another = elsewhere.issuer.token("sw-9", "transfers-casework", teams=["team-elsewhere"])
    assert read(elsewhere.decode(*both, token=operations)) == [PLAIN, HIDDEN]
    assert read(elsewhere.decode(*both, token=casework)) == [PLAIN, NARRATIVE]
    assert read(elsewhere.decode(*both, token=another)) == [HIDDEN, HIDDEN]
    assert elsewhere.readings("t-1") == [
        ("op-7", "refused in the Temporal UI: narrative"),
        ("op-7", "read in the Temporal UI: plain"),
        ("sw-8", "read in the Temporal UI: narrative"),
        ("sw-8", "read in the Temporal UI: plain"),
        ("sw-9", "refused in the Temporal UI: narrative"),
        ("sw-9", "refused in the Temporal UI: plain"),
    ]


def test_of_a_restricted_family_only_those_read_who_are_named_or_may(elsewhere: Elsewhere):
    of = request("c-9", id="t-2", restricted=True, social_worker="sw-20", team_manager="tm-20")
    elsewhere.register.opened(of, datetime.now(UTC))
    [payload] = sealed("t-2", PLAIN)
    readers = {"sw-8": "transfers-casework", "sw-20": "none", "tm-20": "none", "head-1": "transfers-restricted"}
    shown = {
        who: read(elsewhere.decode(payload, token=elsewhere.issuer.token(who, role)))[0]
        for who, role in readers.items()
    }
    assert shown == {"sw-8": HIDDEN, "sw-20": PLAIN, "tm-20": PLAIN, "head-1": PLAIN}


def test_a_form_of_the_ui_sends_nothing_whoever_fills_it_in_and_the_register_notes_no_reading(elsewhere: Elsewhere):
    token = elsewhere.issuer.token("head-2", "transfers-restricted")
    with elsewhere.client() as client:
        content = json_format.MessageToDict(Payloads(payloads=[NARRATIVE]))
        answer = client.post("/encode", json=content, headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, "Nothing is sent" in answer.text) == (403, True)
    with Session(elsewhere.register.engine) as session:
        assert session.exec(select(AuditRow).where(AuditRow.who == "head-2")).all() == []


FORGED = {
    "no token": lambda issuer: None,
    "no token at all": lambda issuer: "not-a-token",
    "signed by somebody else": lambda issuer: issuer.token("sw-8", key=ed25519.Ed25519PrivateKey.generate()),
    "signed by nobody": lambda issuer: issuer.token("sw-8", key="", algorithm="none"),
    "signed with a secret that is no secret": lambda issuer: issuer.token("sw-8", key="0" * 64, algorithm="HS256"),
    "for somebody else": lambda issuer: issuer.token("sw-8", "transfers-casework", aud="another"),
    "of another issuer": lambda issuer: issuer.token("sw-8", "transfers-casework", iss="https://evil.example"),
    "out of date": lambda issuer: issuer.token("sw-8", "transfers-casework", exp=int(time.time()) - 120),
    "without an end": lambda issuer: issuer.token("sw-8", "transfers-casework", exp=None),
    "without a person": lambda issuer: issuer.token("", "transfers-casework"),
}


@pytest.mark.parametrize("name", FORGED)
def test_without_a_token_that_holds_nothing_is_read_and_the_page_is_told_to_sign_in(elsewhere: Elsewhere, name: str):
    answer = elsewhere.decode(*sealed("t-3", NARRATIVE), token=FORGED[name](elsewhere.issuer))
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == UI, "the page may read why"
    assert b"routines" not in answer.content
    assert elsewhere.readings("t-3") == []


def test_a_token_in_the_cookie_counts_only_for_the_uis_page(elsewhere: Elsewhere):
    [payload] = sealed("t-4", PLAIN)
    cookie = f"signed-in={elsewhere.issuer.token('op-7', 'transfers-restricted')}"
    assert read(elsewhere.decode(payload, cookie=cookie)) == [PLAIN]
    assert elsewhere.decode(payload, cookie=cookie, origin="https://evil.example").status_code == 403
    with elsewhere.client() as client:
        del client.headers["origin"]
        content = json_format.MessageToDict(Payloads(payloads=[payload]))
        assert client.post("/decode", json=content, headers={"cookie": cookie}).status_code == 401


def test_the_uis_page_may_send_its_cookie_and_no_other_page_may(elsewhere: Elsewhere):
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,x-namespace"}
    with elsewhere.client() as client:
        answer = client.options("/decode", headers=asked)
        assert answer.headers["access-control-allow-origin"] == UI
        assert answer.headers["access-control-allow-credentials"] == "true"
        other = client.options("/decode", headers={**asked, "origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


def test_another_namespace_is_refused(elsewhere: Elsewhere):
    token = elsewhere.issuer.token("sw-8", "transfers-casework")
    answer = elsewhere.decode(*sealed("t-5", NARRATIVE), token=token, **{"x-namespace": "another"})
    assert answer.status_code == 403
    assert elsewhere.readings("t-5") == []


def test_the_issuers_keys_are_asked_for_once_and_not_for_every_reading(elsewhere: Elsewhere):
    [payload] = sealed("t-6", PLAIN)
    token = elsewhere.issuer.token("op-7", "transfers-restricted")
    read(elsewhere.decode(payload, token=token))
    before = elsewhere.issuer.asked
    for _ in range(5):
        read(elsewhere.decode(payload, token=token))
    assert elsewhere.issuer.asked == before


class Ended(NamedTuple):
    code: int
    said: str


Refused = Callable[[Mapping[str, str]], Ended]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """How the server ends that does not start, in this process: most of the time of one of its own is imports."""

    def start(environment: Mapping[str, str]) -> Ended:
        with patch.dict(os.environ, environment, clear=True), patch.object(codec, "set_up_logs"):
            return Ended(codec.main(), capsys.readouterr().err)

    return start


@pytest.mark.parametrize(
    "missing",
    [
        "TRANSFERS_OIDC_ISSUER",
        "TRANSFERS_OIDC_AUDIENCE",
        "TRANSFERS_CODEC_CERTIFICATE",
        "TRANSFERS_CODEC_CERTIFICATE_KEY",
        "TRANSFERS_CODEC_UI_ORIGINS",
        "TRANSFERS_CODEC_NAMES",
    ],
)
def test_it_does_not_start_without(elsewhere: Elsewhere, refused: Refused, missing: str):
    environment = elsewhere.environment(without=missing)
    ended = refused(environment)
    assert (ended.code, ended.said.count("\n")) == (2, 1)
    assert missing in ended.said


def test_an_issuer_that_does_not_speak_https_is_refused(elsewhere: Elsewhere, refused: Refused):
    environment = {**elsewhere.environment(), "TRANSFERS_OIDC_ISSUER": "http://issuer.example"}
    ended = refused(environment)
    assert (ended.code, "TRANSFERS_OIDC_ISSUER" in ended.said) == (2, True)


@pytest.mark.parametrize("key", ["nowhere.key", "codec.pem", "issuer.key"], ids=["no file", "no key", "another's key"])
def test_a_certificate_without_its_key_is_told_in_one_line(elsewhere: Elsewhere, refused: Refused, key: str):
    environment = {**elsewhere.environment(), "TRANSFERS_CODEC_CERTIFICATE_KEY": str(elsewhere.folder / key)}
    ended = refused(environment)
    assert (ended.code, ended.said.count("\n")) == (2, 1)
    assert "no certificate with its key" in ended.said
