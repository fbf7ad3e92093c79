"""The HTTP side of the mailbox, which runs the SMTP side beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from aiosmtpd.smtp import SMTP
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from simulators.faults import Action, Fate, Faults, When
from simulators.mailbox.page import letter_page, list_page
from simulators.mailbox.rehearsal import RoomFaults, rehearsal
from simulators.mailbox.rooms import PLACE, Notice, RoomBlow, RoomName, RoomStore, Said
from simulators.mailbox.smtp import MailBlow, Postbox
from simulators.mailbox.store import Envelope, Letter, MailStore, UnknownMessageError
from simulators.page import NO_SCRIPTS
from simulators.serving import NoAnswer

router = APIRouter()


def the_store(request: Request) -> MailStore:
    """The messages of this server."""
    store: MailStore = request.app.state.store
    return store


def the_rooms(request: Request) -> RoomStore:
    """What was said in the rooms of this server."""
    rooms: RoomStore = request.app.state.rooms
    return rooms


Store = Annotated[MailStore, Depends(the_store)]
Rooms = Annotated[RoomStore, Depends(the_rooms)]


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
    fate = faults.take(PLACE, room)
    refusal = await _suffer(fate, When.BEFORE)
    if refusal:
        return refusal
    said = await asyncio.to_thread(rooms.store, room, notice)
    return await _suffer(fate, When.AFTER) or JSONResponse(said.model_dump(mode="json"), 201)


@router.get("/health")
def get_health() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}


async def _suffer(fate: Fate[RoomBlow], when: When) -> Response | None:
    blow = fate.at(when)
    if blow is None:
        return None
    match blow.action:
        case Action.HANG:
            await asyncio.sleep(blow.seconds)
            return None
        case Action.DROP:
            return NoAnswer()
        case Action.ERROR:
            return JSONResponse({"detail": "A planned fault."}, blow.status)


def create_app(store: MailStore, rooms: RoomStore, smtp_listener: socket.socket) -> FastAPI:
    """The application, which takes mail on the listener while it runs."""
    faults: Faults[MailBlow] = Faults()
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
    app.state.room_faults = Faults[RoomBlow]()
    app.include_router(router)
    app.include_router(rehearsal)
    app.add_exception_handler(UnknownMessageError, _no_such_message)
    return app


def _no_such_message(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"detail": "There is no such message."}, 404)
