"""Everything outside, real: Mosaic and rooms as processes, a mail server for each message, a register with outages."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, cast

from aiosmtpd.smtp import SMTP
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select
from temporalio.client import Client

from activities.effect import Effects
from adapters.alert_channels import AppriseChannels, ChannelSettings
from adapters.calendar_ics import IcsInvitations
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from adapters.smtp import Encryption, PostSettings, SmtpPost, message_id
from client.comparison import TemporalTransfers
from models.effects import Intent
from models.journey.recorded import Opening
from models.journey.start import Start
from models.mail import Mail
from models.policy import Policy
from models.register.tables import ChildRow, EffectRow, PersonRow
from models.step_down.start import StepDownRequest
from simulators.faults import Faults
from simulators.mailbox.smtp import MailBlow, MailFault, Postbox
from simulators.mailbox.store import MailStore
from tests import builders
from tests.fakes import FakeCalendars
from tests.pace import A_MOMENT, patient
from tests.register import new_register
from tests.simulators.conftest import Server, start_mailbox, start_mosaic
from tests.workflows.conftest import KEYS
from worker.lanes import Calls
from worker.wiring import Outside, activities, transfer_time

PATIENCE = patient(2.0)
"""Seconds that our adapters wait for an answer."""


class Outages:
    """Moments at which the register is away: before a call is done, or after it, when its answer is lost."""

    def __init__(self) -> None:
        self._planned: list[tuple[str, str, str]] = []
        self._held: dict[tuple[str, str], Event] = {}
        self._lock = Lock()
        self.struck: Counter[tuple[str, str]] = Counter()

    def plan(self, operation: str, when: str, about: str) -> None:
        with self._lock:
            self._planned.append((operation, when, about))

    def hold(self, operation: str, about: str) -> Callable[[], None]:
        """Let such calls wait until they are released."""
        self._held[operation, about] = Event()
        return self._held[operation, about].set

    @property
    def planned(self) -> list[tuple[str, str, str]]:
        return list(self._planned)

    def around(self, operation: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def weak(*args: Any, **named: Any) -> Any:
            keys = (str(arg.key) for arg in args if hasattr(arg, "key"))
            about = next(keys, "/".join(_words(args)))
            if (operation, about) in self._held:
                self._held[operation, about].wait(timeout=patient(50))
            when = self._take(operation, about)
            if when == "before":
                raise _away()
            answer = call(*args, **named)
            if when == "after":
                raise _away()
            return answer

        return weak

    def _take(self, operation: str, about: str) -> str | None:
        with self._lock:
            found = next((plan for plan in self._planned if plan[0] == operation and about.startswith(plan[2])), None)
            if found is None:
                return None
            self._planned.remove(found)
            self.struck[found[:2]] += 1
            return found[1]


def _words(args: Iterable[Any]) -> Iterator[str]:
    for arg in args:
        if isinstance(arg, tuple):
            yield from _words(arg)
        elif isinstance(arg, str):
            yield arg
        elif isinstance(arg, Start):
            yield arg.id


def _away() -> OperationalError:
    return OperationalError("a statement", None, Exception("the register is away"))


@dataclass(frozen=True)
class WeakPort:
    """A port of the register, whose calls suffer the outages that are planned."""

    port: Any
    name: str
    outages: Outages
    policies: dict[str, Policy] = field(default_factory=dict)

    def open_transfer(self, request: StepDownRequest, *how: Any) -> Opening:
        opening: Opening = self.port.open_transfer(request, *how)
        return opening.model_copy(update={"policy": self.policies.get(request.id, opening.policy)})

    def asks(self, _problem: str, _intent: Intent) -> bool:
        """Each message has a mail server of its own, and so its own setup."""
        return True

    def __getattr__(self, method: str) -> Any:
        call = getattr(self.port, method)
        return self.outages.around(f"{self.name}.{method}", call) if callable(call) else call


@dataclass(frozen=True)
class MailServer:
    """A mail server that takes one message, and what it suffers."""

    port: int
    store: MailStore
    faults: Faults[MailBlow]


class MailServers:
    """A mail server for each message, so that a fault at any stage strikes that message and no other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._servers: dict[str, MailServer] = {}
        self._lock = Lock()
        self._thread = Thread(target=self._loop.run_forever, name="mail servers", daemon=True)
        self._thread.start()

    def of(self, key: str) -> MailServer:
        with self._lock:
            if key not in self._servers:
                opening: Future[MailServer] = asyncio.run_coroutine_threadsafe(self._open(), self._loop)
                self._servers[key] = opening.result(timeout=patient(A_MOMENT))
            return self._servers[key]

    async def _open(self) -> MailServer:
        loop, store, faults = self._loop, MailStore(self._folder / str(len(self._servers))), Faults[MailBlow]()
        postbox = Postbox(store, faults)
        server = await loop.create_server(
            lambda: SMTP(postbox, hostname="mailbox.example", ident="Mailbox", enable_SMTPUTF8=True, loop=loop),
            "127.0.0.1",
            0,
        )
        return MailServer(server.sockets[0].getsockname()[1], store, faults)

    @property
    def keys(self) -> list[str]:
        return list(self._servers)

    def arrived(self, key: str) -> list[str | None]:
        """The Message-ID of each message that arrived."""
        return [envelope.message_id for envelope in self.of(key).store.envelopes()]

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=patient(A_MOMENT))


@dataclass(frozen=True)
class Posts:
    """Our mail over SMTP, each message to its own server."""

    servers: MailServers

    def send(self, mail: Mail, at: datetime) -> str:
        port = self.servers.of(mail.key).port
        settings = PostSettings(
            host="127.0.0.1",
            port=port,
            encryption=Encryption.NONE,
            sender="transfers@council.example",
            timeout=PATIENCE,
        )
        return SmtpPost(settings).send(mail, at)


class Rooms:
    """Our alert channels; a person may add one to the settings."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, SecretStr] = {}
        self._channels = AppriseChannels(ChannelSettings(channels={}))

    def add(self, room: str) -> None:
        address = f"json://127.0.0.1:{self._server.ports[0]}/rooms/{room}?cto={PATIENCE}"
        self._known[room] = SecretStr(address)
        self._channels = AppriseChannels(ChannelSettings(channels=dict(self._known), timeout=PATIENCE))

    def send(self, channel: str, subject: str, text: str) -> str:
        return self._channels.send(channel, subject, text)


class World:
    """What the worker reaches, and what a person and a test see and do there."""

    def __init__(self, folder: Path, mosaic: Server, mailbox: Server) -> None:
        self.mosaic, self.mailbox = mosaic, mailbox
        folder.mkdir(exist_ok=True)
        self.register = new_register(f"sqlite:///{folder / 'register.db'}", KEYS)
        self.outages, self.policies = Outages(), dict[str, Policy]()
        self.mails, self.rooms = MailServers(folder / "mail"), Rooms(mailbox)
        self.calendars = FakeCalendars(builders.calendar())
        self._http = http_client(MosaicSettings(url=f"http://127.0.0.1:{mosaic.ports[0]}", timeout=PATIENCE))

    def calls(self, client: Client, task_queue: str) -> Calls:
        weak = {
            name: WeakPort(self.register, name, self.outages, self.policies)
            for name in ("register", "book", "directory", "transfers")
        }
        things = Outside(
            mosaic=HttpMosaic(self._http),
            post=Posts(self.mails),
            channels=self.rooms,
            invitations=IcsInvitations("transfers@council.example"),
            calendars=self.calendars,
            compared=self.register,
            **weak,
        )
        effects = Effects(things.book, transfer_time, unsure_pause=timedelta(seconds=1))
        journeys = WeakPort(TemporalTransfers(client, task_queue), "journeys", self.outages)
        return activities(things, effects, cast("TemporalTransfers", journeys))

    def in_mosaic(self, act: str, **said: Any) -> Any:
        """What somebody does in Mosaic by hand, or a fault that is planned there."""
        assert self.mosaic.http is not None
        answer = self.mosaic.http.post(f"/rehearsal/{act}", json=said).raise_for_status()
        return answer.json()

    def forget_in_mosaic(self, what: str) -> None:
        assert self.mosaic.http is not None
        self.mosaic.http.delete(f"/rehearsal/{what}").raise_for_status()

    def plan_mail(self, key: str, **blow: Any) -> None:
        self.mails.of(key).faults.plan(MailFault(**blow))

    def plan_room(self, room: str, **blow: Any) -> None:
        assert self.mailbox.http is not None
        self.mailbox.http.post("/rehearsal/faults/rooms", json={"target": room, **blow}).raise_for_status()

    def said_in(self, room: str) -> list[Any]:
        assert self.mailbox.http is not None
        return list(self.mailbox.http.get(f"/rooms/{room}").raise_for_status().json())

    def books(self, family: str) -> Any:
        assert self.mosaic.http is not None
        return self.mosaic.http.get("/rehearsal/books", params={"family_ref": family}).raise_for_status().json()

    def times_sent(self, key: str) -> int:
        """How often the message arrived; everything that arrived for it has its one Message-ID."""
        arrived = self.mails.arrived(key)
        assert set(arrived) <= {message_id(key)}
        return len(arrived)

    def effects(self, transfer: str) -> list[EffectRow]:
        """The effect book about this transfer."""
        with Session(self.register.engine) as session:
            return list(session.exec(select(EffectRow).where(col(EffectRow.transfer_id) == transfer)))

    def forget_person(self, ref: str) -> None:
        """Somebody is taken out of the directory."""
        with Session(self.register.engine) as session, session.begin():
            if (row := session.get(PersonRow, ref)) is not None:
                session.delete(row)

    def release_child(self, child: str) -> None:
        """The other transfer of the child ends."""
        with Session(self.register.engine) as session, session.begin():
            for row in session.exec(select(ChildRow).where(col(ChildRow.child_ref) == child)):
                row.open = False

    def struck(self) -> Counter[str]:
        """What really struck mail and the register."""
        found: Counter[str] = Counter()
        for key in self.mails.keys:
            tally = json.loads(self.mails.of(key).faults.tally().model_dump_json())
            assert tally["planned"] == 0, f"a fault that was planned did not strike {key}"
            found.update(_tallied(tally))
        assert self.outages.planned == []
        found.update({f"{operation} {when}": times for (operation, when), times in self.outages.struck.items()})
        return found

    def stop(self) -> None:
        self._http.close()
        self.mails.stop()
        self.register.engine.dispose()


def struck(*servers: Server) -> Counter[str]:
    """What really struck the simulators, as they say themselves."""
    found: Counter[str] = Counter()
    for server in servers:
        assert server.http is not None
        tally = server.http.get("/rehearsal/faults").raise_for_status().json()
        assert tally["planned"] == 0, "a fault that was planned did not strike"
        found.update(_tallied(tally))
    return found


def _tallied(tally: Any) -> dict[str, int]:
    return {strike_name(each): each["struck"] for each in tally["struck"]}


def strike_name(strike: Any) -> str:
    """One kind of strike in words; of what is refused, the error too."""
    what = f"{strike['operation']} {strike['action']} {strike['when']}"
    return f"{what} {strike['error']}" if strike["error"] is not None else what


@contextmanager
def simulators(folder: Path) -> Iterator[tuple[Server, Server]]:
    mosaic, mailbox = start_mosaic(folder / "mosaic"), start_mailbox(folder / "rooms")
    try:
        yield mosaic, mailbox
    finally:
        mosaic.end()
        mailbox.end()
