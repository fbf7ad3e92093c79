"""The HTTP side of the mailbox, which runs the SMTP side beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from aiosmtpd.smtp import SMTP
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from simulators.faults import Faults
from simulators.mailbox.page import letter_page, list_page
from simulators.mailbox.smtp import MailFault, Postbox
from simulators.mailbox.store import Envelope, Letter, MailStore, UnknownMessageError

NO_SCRIPTS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

router = APIRouter()


def the_store(request: Request) -> MailStore:
    """The messages of this server."""
    store: MailStore = request.app.state.store
    return store


def the_faults(request: Request) -> Faults[MailFault]:
    """The planned faults of this server."""
    faults: Faults[MailFault] = request.app.state.faults
    return faults


Store = Annotated[MailStore, Depends(the_store)]
PlannedFaults = Annotated[Faults[MailFault], Depends(the_faults)]


@router.get("/")
def show_list(store: Store) -> HTMLResponse:
    """Show every message, newest first."""
    return HTMLResponse(list_page(store.envelopes()), headers=NO_SCRIPTS)


@router.get("/letters/{id}")
def show_letter(id: str, store: Store) -> HTMLResponse:  # noqa: A002 - the path's name
    """Show one message."""
    return HTMLResponse(letter_page(store.letter(id)), headers=NO_SCRIPTS)


@router.get("/messages")
def list_messages(store: Store) -> list[Envelope]:
    """List every message, oldest first."""
    return store.envelopes()


@router.get("/messages/{id}.eml")
def get_raw(id: str, store: Store) -> Response:  # noqa: A002 - the path's name
    """Read one message as it is on disk."""
    return Response(store.raw(id), media_type="message/rfc822", headers={"X-Content-Type-Options": "nosniff"})


@router.get("/messages/{id}")
def get_message(id: str, store: Store) -> Letter:  # noqa: A002 - the path's name
    """Read one message."""
    return store.letter(id)


@router.get("/health")
def get_health() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}


@router.post("/rehearsal/faults", status_code=201)
def plan_fault(fault: MailFault, faults: PlannedFaults) -> MailFault:
    """Plan a fault."""
    faults.plan(fault)
    return fault


@router.delete("/rehearsal/faults", status_code=204)
def clear_faults(faults: PlannedFaults) -> None:
    """Forget every planned fault."""
    faults.clear()


def create_app(store: MailStore, smtp_listener: socket.socket) -> FastAPI:
    """The application, which takes mail on the listener while it runs."""
    faults: Faults[MailFault] = Faults()
    postbox = Postbox(store, faults)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(postbox, hostname="mailbox.example", ident="Mailbox", enable_SMTPUTF8=True, loop=loop),
            sock=smtp_listener,
        )
        yield
        server.close()

    app = FastAPI(title="Mailbox", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.store = store
    app.state.faults = faults
    app.include_router(router)
    app.add_exception_handler(UnknownMessageError, _no_such_message)
    return app


def _no_such_message(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"detail": "There is no such message."}, 404)
