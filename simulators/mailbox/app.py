"""The HTTP side of the mailbox, which runs the SMTP side beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from aiosmtpd.smtp import SMTP
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.types import Receive, Scope, Send

from simulators.faults import Action, Faults, When
from simulators.mailbox.page import letter_page, list_page
from simulators.mailbox.rooms import Notice, RoomFault, RoomName, RoomStore, Said
from simulators.mailbox.smtp import MailFault, Postbox
from simulators.mailbox.store import Envelope, Letter, MailStore, UnknownMessageError
from simulators.serving import HANG_UP

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


def the_rooms(request: Request) -> RoomStore:
    """What was said in the rooms of this server."""
    rooms: RoomStore = request.app.state.rooms
    return rooms


def the_room_faults(request: Request) -> Faults[RoomFault]:
    """The faults that are planned for the rooms."""
    faults: Faults[RoomFault] = request.app.state.room_faults
    return faults


Store = Annotated[MailStore, Depends(the_store)]
PlannedFaults = Annotated[Faults[MailFault], Depends(the_faults)]
Rooms = Annotated[RoomStore, Depends(the_rooms)]
RoomFaults = Annotated[Faults[RoomFault], Depends(the_room_faults)]


@router.get("/")
def show_list(store: Store, rooms: Rooms) -> HTMLResponse:
    """Show every message, and what was said in each room, newest first."""
    said = {room: rooms.said_in(room) for room in rooms.rooms()}
    return HTMLResponse(list_page(store.envelopes(), said), headers=NO_SCRIPTS)


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


@router.get("/rooms")
def list_rooms(rooms: Rooms) -> list[str]:
    """List the rooms in which something was said."""
    return rooms.rooms()


@router.get("/rooms/{room}")
def list_said(room: RoomName, rooms: Rooms) -> list[Said]:
    """List what was said in a room, oldest first."""
    return rooms.said_in(room)


@router.post("/rooms/{room}", status_code=201)
async def say(room: RoomName, notice: Notice, rooms: Rooms, faults: RoomFaults) -> Response:
    """Say something in a room, with a fault on either side of the storing where one is planned."""
    refusal = await _suffer(faults, When.BEFORE)
    if refusal:
        return refusal
    said = await asyncio.to_thread(rooms.store, room, notice)
    return await _suffer(faults, When.AFTER) or JSONResponse(said.model_dump(mode="json"), 201)


@router.get("/health")
def get_health() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}


@router.post("/rehearsal/faults", status_code=201)
def plan_fault(fault: MailFault, faults: PlannedFaults) -> MailFault:
    """Plan a fault."""
    faults.plan(fault)
    return fault


@router.post("/rehearsal/faults/rooms", status_code=201)
def plan_room_fault(fault: RoomFault, faults: RoomFaults) -> RoomFault:
    """Plan a fault of the rooms."""
    faults.plan(fault)
    return fault


@router.delete("/rehearsal/faults", status_code=204)
def clear_faults(faults: PlannedFaults, room_faults: RoomFaults) -> None:
    """Forget every planned fault, those of the rooms too."""
    faults.clear()
    room_faults.clear()


class NoAnswer(Response):
    """Hangs up instead of answering."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Break the connection."""
        await scope["extensions"][HANG_UP]()


async def _suffer(faults: Faults[RoomFault], when: When) -> Response | None:
    fault = faults.take(lambda planned: planned.when == when)
    if fault is None:
        return None
    match fault.action:
        case Action.HANG:
            await asyncio.sleep(fault.seconds)
            return None
        case Action.DROP:
            return NoAnswer()
        case Action.ERROR:
            return JSONResponse({"detail": "A planned fault."}, fault.status)


def create_app(store: MailStore, rooms: RoomStore, smtp_listener: socket.socket) -> FastAPI:
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
    app.state.rooms = rooms
    app.state.room_faults = Faults[RoomFault]()
    app.include_router(router)
    app.add_exception_handler(UnknownMessageError, _no_such_message)
    return app


def _no_such_message(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"detail": "There is no such message."}, 404)
