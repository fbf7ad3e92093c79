"""Around every answer of the gateway: what browsers and caches are told, how long a body may take, and the count."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.bodies import MOST_BYTES, TOO_LONG, reports_harm, sent_of_harm
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

        request = Request(scope, body_in_time(receive))
        try:
            if _declared(request) > MOST_BYTES:
                refused = await self._refused(request, ProblemError(Code.TOO_LONG, TOO_LONG))
                await refused(scope, receive, with_headers)
            else:
                await self._app(scope, request.receive, with_headers)
        finally:
            self._counted.request(scope, status, time.perf_counter() - begun)
            if await sent_of_harm(request, reports_harm):
                self._counted.harm(status)


def _declared(request: Request) -> int:
    said = request.headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() else 0


def body_in_time(receive: Receive, within: float | None = None) -> Receive:
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
