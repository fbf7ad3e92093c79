"""A gateway behind which nothing is known: for what is answered before anything is asked there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import uvicorn
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from adapters.oidc import NotSignedInError
from adapters.register.readings import Look
from gateway.app import Gateway, gateway_app
from gateway.house import House
from gateway.limits import Limits
from gateway.serving import HeadInTime
from models.access import OF_NO_FAMILY, About, Caller, Scope
from models.policy import Phones
from models.services import EarlyHelpService
from models.vocabulary import Role
from tests.pace import eventually

FORGED = "forged"
RING = "0113 496 0001"


class Nothing:
    """Knows no journey and no service; fails in a way that nobody foresaw, where a test says so."""

    fails: Exception | None = None

    def about(self, transfer_id: str) -> About | None:
        return OF_NO_FAMILY

    def status(self, transfer_id: str) -> None:
        return None

    def look(self, transfer_id: str) -> Look:
        return Look(OF_NO_FAMILY, 0, None)

    def services(self) -> Sequence[EarlyHelpService]:
        if self.fails is not None:
            raise self.fails
        return ()


class Away:
    """A Temporal that does not answer."""

    def get_workflow_handle(self, *args: Any, **kwargs: Any) -> "Away":
        return self

    async def execute_update(self, *args: Any, **kwargs: Any) -> None:
        raise RPCError("no connection", RPCStatusCode.UNAVAILABLE, b"")


def caller(token: str) -> Caller:
    """Whoever's name it is."""
    if token == FORGED:
        raise NotSignedInError("InvalidSignatureError")
    return Caller(who=token, roles=frozenset({Role.SOCIAL_WORKER}), scopes=frozenset(Scope))


def quiet_app(
    limits: Limits | None = None,
    *,
    nothing: Any = None,
    caller: Callable[[str], Caller] = caller,
    names: Sequence[str] = ("*",),
) -> Gateway:
    known = nothing or Nothing()
    house = House(
        client=cast("Client", Away()),
        journeys=known,
        directory=known,
        readings=known,
        clocks=known,
        lists=known,
        differences=known,
        mosaic=known,
        phones=Phones(duty_and_advice=RING, out_of_hours="0113 496 0002"),
        caller=caller,
        now=lambda: datetime.now(UTC),
        limits=limits or Limits(),
    )
    return gateway_app(house, names)


def asking(app: Gateway, scheme: str = "http") -> httpx.AsyncClient:
    """As a server answers: what the application does not catch is answered all the same."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://gateway.example")


def signed(who: str = "sw-17") -> dict[str, str]:
    return {"authorization": f"Bearer {who}"}


@asynccontextmanager
async def served(app: Gateway, http: type[HeadInTime] = HeadInTime) -> AsyncIterator[int]:
    """On a port of its own, as the process serves it."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, access_log=False, server_header=False, http=http)
    )
    task = asyncio.create_task(server.serve())

    async def listens() -> bool:
        return server.started

    await eventually(listens)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task
