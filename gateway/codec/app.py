"""The codec server: makes the Temporal UI readable for who may read, and notes who read what."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from adapters.encryption import EncryptedPayloads

LOCAL_USER = "local user"


class ReadingRegister(Protocol):
    """Where readings are noted."""

    def audit_read(self, transfer_id: str, who: str, what: str) -> None:
        """Note that somebody read about the transfer."""


def codec_app(codec: EncryptedPayloads, register: ReadingRegister, ui_origins: frozenset[str]) -> FastAPI:
    """Decode and encode for the UI at these origins only; a page from anywhere else is refused."""
    app = FastAPI(title="Codec server", openapi_url=None)
    noted: dict[str, str] = {}

    def note(read: Iterable[Payload]) -> None:
        """Write the reading down, once a minute for each transfer; only what is written down is shown."""
        minute = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"
        for workflow_id in sorted({payload.metadata["workflow-id"].decode() for payload in read}):
            if noted.get(workflow_id) != minute:
                transfer_id = workflow_id.rpartition("/")[2] or "unknown"
                register.audit_read(transfer_id, LOCAL_USER, "read in the Temporal UI")
                noted[workflow_id] = minute

    @app.middleware("http")
    async def only_from_the_ui(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.headers.get("origin") not in {None, *ui_origins}:
            return Response("This page may not read transfers.", status_code=403)
        return await call_next(request)

    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(ui_origins),
        allow_methods=["POST"],
        allow_headers=["content-type", "x-namespace", "authorization"],
    )

    @app.post("/decode")
    async def decode(request: Request) -> Response:
        payloads = await _payloads(request)
        clear = [codec.open(payload) for payload in payloads]
        read = [payload for payload, opened in zip(payloads, clear, strict=True) if opened is not None]
        await run_in_threadpool(note, read)
        return _answer([opened or payload for payload, opened in zip(payloads, clear, strict=True)])

    @app.post("/encode")
    async def encode(request: Request) -> Response:
        return _answer(await codec.encode(await _payloads(request)))

    @app.exception_handler(UnicodeDecodeError)
    @app.exception_handler(json_format.ParseError)
    def not_payloads(request: Request, error: Exception) -> Response:  # noqa: ARG001 (FastAPI's signature)
        return Response("This is not a list of payloads.", status_code=400)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


async def _payloads(request: Request) -> list[Payload]:
    return list(json_format.Parse(await request.body(), Payloads()).payloads)


def _answer(payloads: list[Payload]) -> Response:
    return Response(json_format.MessageToJson(Payloads(payloads=payloads)), media_type="application/json")
