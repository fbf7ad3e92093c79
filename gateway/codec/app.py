"""The codec server: makes the Temporal UI readable for who may read, and notes who read what, and who asked in vain."""

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from adapters.encryption import EncryptedPayloads
from adapters.issuer_keys import IssuerSilentError
from adapters.oidc import NotSignedInError
from gateway.noting import OnceAMinute
from models.access import EVERYTHING, OF_NO_FAMILY, About, Caller, Privacy, may_read
from models.kinds import JourneyKind

EVERY_KIND = frozenset(JourneyKind)
MOST_BYTES = 20_000_000
"""Of a request; Temporal takes no message over 2 MB, and the UI asks for a page of them."""

LOCAL_USER = Caller(who="local user", everywhere=EVERYTHING)
HIDDEN = Payload(
    metadata={"encoding": b"json/plain"},
    data=b'"Hidden: you may not read this of this transfer. That you asked is noted."',
)
"""What is shown in place of what the caller may not read."""


class WrongNamespaceError(Exception):
    """The page shows a namespace that this server does not read."""


class TooMuchError(Exception):
    """More was sent than the Temporal UI ever shows at once."""


class NothingIsSentError(Exception):
    """Somebody filled in a form of the Temporal UI."""


REFUSALS: dict[type[Exception], tuple[int, str]] = {
    UnicodeDecodeError: (400, "This is not a list of payloads."),
    json.JSONDecodeError: (400, "This is not a list of payloads."),
    RecursionError: (400, "This is not a list of payloads."),
    TooMuchError: (413, "This is more than a page of a history."),
    json_format.ParseError: (400, "This is not a list of payloads."),
    NotSignedInError: (401, "Sign in first."),
    NothingIsSentError: (403, "Nothing is sent from the Temporal UI: use the command transfers step."),
    WrongNamespaceError: (403, "This server reads another namespace."),
    IssuerSilentError: (503, "Who signs people in does not answer; try again later."),
}
"""What a page is told that is not shown anything, with the HTTP status."""


class ReadingRegister(Protocol):
    """What is known of a journey, and where readings are noted."""

    def about(self, transfer_id: str) -> About | None:
        """What decides who may read about the journey; None where it is not known."""

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read, or wanted to read, about the journey."""


@dataclass(frozen=True)
class Door:
    """Who may come in: pages of the UI, for one namespace, with somebody signed in."""

    ui_origins: frozenset[str]
    host_names: tuple[str, ...]
    namespace: str
    caller: Callable[[Request], Caller]
    """Who asks.

    Raises:
        NotSignedInError: nobody that we know.
        IssuerSilentError: it cannot be known now.
    """


@dataclass(frozen=True)
class Reading:
    """What one caller is shown of some payloads; nothing is shown that was not noted."""

    codec: EncryptedPayloads
    register: ReadingRegister

    @cached_property
    def noting(self) -> OnceAMinute:
        """Where it is noted who read what."""
        return OnceAMinute(self.register.audit_read)

    def shown(self, caller: Caller, payloads: Iterable[Payload]) -> list[Payload]:
        """Each payload opened; hidden where the caller may not read it; as it came where it cannot be opened."""
        opened = [(payload, self.codec.open(payload)) for payload in payloads]
        about = {named: self._about(named) for named in {_workflow(p) for p, clear in opened if clear}}
        shown, read = [], defaultdict[tuple[str, bool], set[str]](set)
        for payload, clear in opened:
            if clear is None:
                shown.append(payload)
                continue
            transfer, privacy = _transfer(payload), _privacy(payload)
            may = may_read(caller, privacy, about[_workflow(payload)])
            read[transfer, may].add(privacy)
            shown.append(clear if may else HIDDEN)
        for (transfer, may), classes in sorted(read.items()):
            for one in sorted(classes):
                what = f"{'read' if may else 'refused'} in the Temporal UI: {one}"
                self.noting.audit_read(transfer, caller.who, what)
        return shown

    def _about(self, workflow_id: str) -> About | None:
        kind, _, name = workflow_id.rpartition("/")
        return OF_NO_FAMILY if name and kind not in EVERY_KIND else self.register.about(name)


def codec_app(codec: EncryptedPayloads, register: ReadingRegister, door: Door) -> FastAPI:
    """Decode for the UI, for who comes in by the door; everybody else is refused.

    Nothing is encoded: what a form of the UI sends would belong to no transfer, and evade the checks of our commands.
    """
    app = FastAPI(title="Codec server", openapi_url=None)
    reading = Reading(codec, register)

    @app.middleware("http")
    async def only_from_the_ui(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.headers.get("origin") not in {None, *door.ui_origins}:
            return Response("This page may not read transfers.", status_code=403)
        return await call_next(request)

    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(door.host_names))
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(door.ui_origins),
        allow_methods=["POST"],
        allow_headers=["content-type", "x-namespace", "authorization"],
        allow_credentials=True,
    )

    async def come_in(request: Request) -> Caller:
        if request.headers.get("x-namespace") != door.namespace:
            raise WrongNamespaceError
        return await run_in_threadpool(door.caller, request)

    @app.post("/decode")
    async def decode(request: Request) -> Response:
        caller, payloads = await come_in(request), await _payloads(request)
        return _answer(await run_in_threadpool(reading.shown, caller, payloads))

    @app.post("/encode")
    def encode() -> Response:
        raise NothingIsSentError

    for error, (status, why) in REFUSALS.items():
        app.add_exception_handler(error, _refusal(status, why))

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok", "keys": ",".join(codec.cipher.ids)}

    return app


def _refusal(status: int, why: str) -> Callable[[Request, Exception], Response]:
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    return lambda request, error: Response(why, status_code=status, headers=headers)  # noqa: ARG005 (FastAPI's signature)


def _workflow(payload: Payload) -> str:
    return payload.metadata["workflow-id"].decode()


def _transfer(payload: Payload) -> str:
    return _workflow(payload).rpartition("/")[2] or "unknown"


def _privacy(payload: Payload) -> Privacy:
    """The class beside it, which it was sealed with; one that we do not know is taken for the strictest."""
    said = payload.metadata["privacy"].decode()
    return Privacy(said) if said in EVERYTHING else Privacy.RESTRICTED


async def _payloads(request: Request) -> list[Payload]:
    said = json.loads(await _body(request))
    if not isinstance(said, dict):
        raise json_format.ParseError
    return list(json_format.ParseDict(said, Payloads()).payloads)


async def _body(request: Request) -> bytes:
    """What was sent, read no further than a page of a history can be long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise TooMuchError
    return bytes(body)


def _answer(payloads: list[Payload]) -> Response:
    return Response(json_format.MessageToJson(Payloads(payloads=payloads)), media_type="application/json")
