"""How the servers of this package are reached: in a rehearsal from this machine alone, in production by HTTPS only."""

import asyncio
import errno
import ipaddress
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from adapters.settings import Mode

HEAD_WITHIN = 10.0
"""Seconds in which it has been said what is asked."""


def refuse_other_machines(host: str, mode: Mode, prefix: str) -> None:
    """Keep a rehearsal on this machine; a trial has a container around it.

    Raises:
        ValueError: in local mode, the address can be reached from other machines.
    """
    if mode is not Mode.LOCAL:
        return
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False  # What a name stands for may change.
    if not is_loopback:
        words = "in local mode only a loopback address, such as 127.0.0.1; whoever reaches it can be anybody"
        raise ValueError(f"{prefix}HOST: {words}")


def https(certificate: Path, key: Path, prefix: str) -> dict[str, Any]:
    """How uvicorn is told to speak it.

    Raises:
        ValueError: the certificate or its key cannot be used.
    """
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError:
        wrong = f"{prefix}CERTIFICATE, {prefix}CERTIFICATE_KEY: no certificate with its key"
        raise ValueError(f"{wrong}; in production only HTTPS is spoken") from None
    return {"ssl_certfile": certificate, "ssl_keyfile": key}


def listening(host: str, port: int, prefix: str) -> list[socket.socket]:
    """Sockets at which the server is reached from now on.

    Raises:
        ValueError: the port is taken, or this machine cannot be reached so.
    """
    try:
        # A name may stand for the same address twice, and nobody listens there twice.
        found = dict.fromkeys(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE))
        sockets = [socket.create_server(address[:2], family=family) for family, *_, address in found]
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ValueError(f"{prefix}PORT: port {port} is taken: stop what uses it, or set another one") from None
        raise ValueError(f"{prefix}HOST, {prefix}PORT: this machine cannot listen at {host}, port {port}") from None
    for one in sockets:
        # The loop does this by itself only at sockets that it made. Without it the body of an answer waits for 40 ms,
        # until whoever asked has acknowledged its head.
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sockets


class Server(uvicorn.Server):
    """Ends as soon as what it is at is answered: nobody is left waiting for something new."""

    def __init__(self, config: uvicorn.Config, stop_waiting: Callable[[], None]) -> None:
        """Take what answers all who wait."""
        super().__init__(config)
        self._stop_waiting = stop_waiting

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer them, then end."""
        self._stop_waiting()
        await super().shutdown(sockets)


class HeadInTime(H11Protocol):
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
        # Who has been answered, and goes on with a body that nobody reads, holds the connection as well.
        answered = self.cycle is not None and self.cycle.response_complete
        if self.conn.their_state is not h11.IDLE and not answered:
            self._stop()
        elif self._hangs_up is None:
            self._hangs_up = self.loop.call_later(self.within, self.transport.close)

    def _stop(self) -> None:
        if self._hangs_up is not None:
            self._hangs_up.cancel()
            self._hangs_up = None
