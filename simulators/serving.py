"""How every simulator listens, serves and stops."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HANG_UP = "simulators.hang_up"
"""The key of `scope["extensions"]` under which an application finds the function that breaks its connection."""

GRACE_SECONDS = 2


class NoAnswer(Response):
    """Hangs up instead of answering."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Break the connection."""
        await scope["extensions"][HANG_UP]()


def listen(host: str, port: int) -> socket.socket:
    """Take the port, or end the process with one line on stderr and exit code 1."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio spares its callers the delay of small packets only where the socket names its protocol.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        sys.exit(f"Cannot listen on {host} port {port}: {error.strerror or error}.")
    return listener


def address(listener: socket.socket) -> str:
    """The `host:port` that the listener took."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def announce(text: str) -> None:
    """Say on stdout, in one line, where the server is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""How a browser, or one of our processes, names a server on this machine."""


def serve(
    app: FastAPI,
    listener: socket.socket,
    on_stop: Callable[[], None] = lambda: None,
    names: Collection[str] = (),
) -> None:
    """Serve until SIGTERM or SIGINT, which end the process with exit code 0; under these names, and on this machine.

    A page elsewhere may have its own name lead here, and a browser would then let it read.

    `on_stop` runs as soon as the signal arrives, so that held answers can be let go.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    config = uvicorn.Config(
        _OwnNames(app, LOOPBACK | {*names, address(listener).rpartition(":")[0]}),
        http=_BreakableProtocol,
        ws="none",
        access_log=False,
        log_config=None,
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    _Server(config, on_stop).run(sockets=[listener])


class _OwnNames:
    """An application that answers to no other name than these."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._host(scope) not in self._names:
            await Response("This server is not asked under that name.", status_code=400)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @staticmethod
    def _host(scope: Scope) -> str:
        said = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").casefold()
        return said.rpartition(":")[0] if re.search(r":\d+$", said) else said


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End the process; uvicorn repeats the signal to this handler once it has shut down."""
    sys.exit(0)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_stop()
        super().handle_exit(sig, frame)


class _BreakableProtocol(H11Protocol):
    """HTTP/1.1 whose application may hang up, so that the caller sees a broken connection and no answer."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._whole_app = self.app
        self.app = self._breakable_app

    async def _breakable_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[HANG_UP] = self._hang_up
        await self._whole_app(scope, receive, send)

    async def _hang_up(self) -> None:
        self.transport.abort()
        # One turn of the loop tells uvicorn that the connection is gone; it would try to answer 500 otherwise.
        await asyncio.sleep(0)
