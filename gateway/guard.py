"""Around every answer of the gateway: what browsers and caches are told, how long a body may take, and the count."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import h11
from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.bodies import MOST_BYTES, TOO_LONG
from gateway.metrics import Counted
from gateway.problems import Code, ProblemError

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
OVER_HTTPS = {"strict-transport-security": "max-age=31536000"}
BODY_WITHIN = 30.0
"""Seconds in which a body has come, as long as it may be."""
HEAD_WITHIN = 10.0
"""Seconds in which it has been said what is asked."""
TOO_SLOW = "What you sent did not arrive in time: send the very same again."


class Guard:
    """Stands before the application."""

    def __init__(
        self, app: ASGIApp, refused: Callable[[Request, Exception], Awaitable[Response]], counted: Counted
    ) -> None:
        """Take how a problem is answered, and where requests are counted."""
        self._app, self._refused, self._counted = app, refused, counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500
        headers = {**HEADERS, **(OVER_HTTPS if scope["scheme"] == "https" else {})}

        async def with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update(headers)
            await send(message)

        request = Request(scope, in_time(receive))
        try:
            if _declared(request) > MOST_BYTES:
                refused = await self._refused(request, ProblemError(Code.TOO_LONG, TOO_LONG))
                await refused(scope, receive, with_headers)
            else:
                await self._app(scope, request.receive, with_headers)
        finally:
            self._counted.request(scope, status, time.perf_counter() - begun)


def _declared(request: Request) -> int:
    said = request.headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() else 0


def in_time(receive: Receive, within: float | None = None) -> Receive:
    """What is received, as long as the body comes in time.

    Raises, where it is awaited:
        ProblemError: it does not.
    """
    until = asyncio.get_running_loop().time() + (BODY_WITHIN if within is None else within)
    whole = False

    async def received() -> Message:
        nonlocal whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise ProblemError(Code.TOO_SLOW, TOO_SLOW) from None
        whole = not message.get("more_body", False)
        return message

    return received


class InTime(H11Protocol):
    """HTTP as uvicorn speaks it, but for whoever does not say in time what they ask: the connection ends.

    Each that is left open holds memory, and uvicorn waits for the rest without end.
    """

    within = HEAD_WITHIN
    _hangs_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting, unless it has been said."""
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._hangs_up is None:
            self._hangs_up = self.loop.call_later(self.within, self.transport.close)

    def _stop(self) -> None:
        if self._hangs_up is not None:
            self._hangs_up.cancel()
            self._hangs_up = None
