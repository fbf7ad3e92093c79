"""The gateway in front of a real Temporal server, worker and register; whatever is outside can go away."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile
from threading import Event
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from temporalio.client import Client

from adapters.issuer_keys import IssuerSilentError
from adapters.local_issuer import ALGORITHM, AUDIENCE, ISSUER, FileKeys, RehearsalIssuer
from adapters.oidc import OidcCallers, OidcSettings
from adapters.temporal_client import transfers_plugin
from client.comparison import TemporalTransfers
from client.journeys import kind_named
from client.transfers import Transfer, transfer
from gateway.app import gateway_app
from gateway.house import House
from gateway.waiting import ANSWERED_WITHIN
from models.access import Scope
from models.errors import LastingError, PassingError
from models.journey.projection import Projection
from models.journey.start import Start
from models.journey.status import Status
from models.journey.steps import Step
from models.kinds import JourneyKind
from models.people import Person
from models.policy import Phones, Policy
from models.vocabulary import Role
from tests import builders
from tests.colleagues import chair, conference_manager, manager
from tests.fakes import FakeCalendars, FakeChannels, FakeInvitations, FakeMosaic, FakePost
from tests.gateway.wire import Wire
from tests.pace import eventually, patient
from tests.register import WholeRegister, register_at
from tests.workflows.conftest import KEYS
from worker.lanes import TransfersWorker
from worker.wiring import Outside, all_activities

HERE = "http://127.0.0.1:8080"
NUMBERS = count(1)
SOON = 0.3
"""Seconds in which a hasty gateway says that something is not known: no test waits for as long as people would."""
TODAY = datetime.now(UTC)
"""When the steps happened, if a test does not say: what is sent again says the same."""
READS = ("transfers-casework",)
PHONES = Phones(duty_and_advice="0113 496 0001", out_of_hours="0113 496 0002")


class Keys:
    """Those of the issuer, who may fall silent."""

    def __init__(self, issuer: RehearsalIssuer) -> None:
        self._known = FileKeys({str(key.key_id): key for key in jwt.PyJWKSet.from_json(issuer.public).keys})
        self.away = False

    def key(self, key_id: str) -> jwt.PyJWK:
        if self.away:
            raise IssuerSilentError("it does not answer")
        return self._known.key(key_id)


class Persons:
    """Whom Mosaic knows, as the gateway asks it."""

    def __init__(self, mosaic: FakeMosaic) -> None:
        self._mosaic = mosaic
        self.away = False

    def knows_person(self, ref: str) -> bool:
        if self.away:
            raise PassingError("Mosaic does not answer")
        try:
            self._mosaic.person_name(ref)
        except LastingError:
            return False
        return True


class WorkersRegister:
    """The register as the worker has it: a test may keep it from opening journeys, and be told before it shows one."""

    def __init__(self, register: WholeRegister) -> None:
        self._register = register
        self.opens = Event()
        self.opens.set()
        self.before_showing: Callable[[Status], None] = lambda _: None

    def open_transfer(self, *said: Any) -> Any:
        self.opens.wait(timeout=patient(30))
        return self._register.open_transfer(*said)

    def project(self, projection: Projection, *said: Any) -> None:
        self.before_showing(projection.status)
        self._register.project(projection, *said)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._register, name)


class GatewayHouse:
    """All of it; the gateway reaches Temporal over ``wire``, and the register by connections of its own."""

    def __init__(self, client: Client, wire: Wire, empty_register: Path, folder: Path) -> None:
        self.client, self.wire = client, wire
        self.queue = f"gateway-{next(NUMBERS)}"
        self.made: list[House] = []
        """What each gateway was given."""
        self.mosaic, self.post = FakeMosaic(), FakePost()
        self.persons = Persons(self.mosaic)
        self.issuer = RehearsalIssuer(Ed25519PrivateKey.generate())
        self.keys = Keys(self.issuer)
        self.register_file = Path(copyfile(empty_register, folder / "register.db"))
        self.register = self._register()
        self.register.put_services([builders.service()])
        self.register.put_people(self.people())
        self.workers = WorkersRegister(self.register)
        self._asked = self._register()
        self.register_away = False
        """The gateway cannot reach it; the worker can."""
        event.listen(self._asked.engine, "begin", self._reached)

    def _register(self) -> WholeRegister:
        return replace(
            register_at(f"sqlite:///{self.register_file}", KEYS), policy=Policy(letter_hours=None, phones=PHONES)
        )

    def _reached(self, _connection: Any) -> None:
        if self.register_away:
            raise OperationalError("BEGIN", None, OSError("no connection"))

    def people(self) -> list[Person]:
        return [manager(), chair(), conference_manager()]

    def close(self) -> None:
        for register in (self.register, self._asked):
            register.engine.dispose()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker runs meanwhile."""
        things = Outside(
            mosaic=self.mosaic,
            post=self.post,
            channels=FakeChannels(),
            register=self.workers,
            book=self.register,
            directory=self.register,
            invitations=FakeInvitations(),
            calendars=FakeCalendars(builders.calendar()),
            transfers=self.register,
            compared=self.register,
        )
        calls = all_activities(things, TemporalTransfers(self.client, self.queue))
        async with TransfersWorker(self.client, self.queue, calls, timedelta(seconds=5)):
            yield

    async def inside(self, **changes: Any) -> House:
        """What the gateway is given."""
        register = self._asked
        house = House(
            client=await Client.connect(self.wire.address, plugins=[transfers_plugin(KEYS)], lazy=True),
            journeys=register,
            directory=register,
            readings=register,
            clocks=register,
            lists=register,
            differences=register,
            mosaic=self.persons,
            phones=PHONES,
            caller=OidcCallers(OidcSettings.model_construct(issuer=ISSUER, audience=AUDIENCE), self.keys).caller,
            now=lambda: datetime.now(UTC),
            answered_within=patient(ANSWERED_WITHIN),
            register_is_here=True,
        )
        self.made.append(replace(house, **changes))
        return self.made[-1]

    async def app(self, **changes: Any) -> FastAPI:
        return gateway_app(await self.inside(**changes), ["*"])

    def token(
        self,
        who: str = "sw-7",
        *,
        roles: Iterable[str] = (Role.SOCIAL_WORKER,),
        teams: Iterable[str] = ("team-sw",),
        scopes: Iterable[str] = tuple(Scope),
        reads: Iterable[str] = READS,
        at: datetime | None = None,
    ) -> str:
        """Of the social worker of a usual transfer, who reads what is their team's."""
        said, at = [*roles, *reads], at or datetime.now(UTC)
        return self.issuer.token(who, roles=said, teams=teams, scopes=scopes, at=at, minutes=30)

    def signed_by_issuer(self, claims: dict[str, Any]) -> str:
        """A token with these claims, some of which no issuer would make; without those that are None."""
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, self.issuer.key, ALGORITHM, {"kid": self.issuer.key_id})

    def http(self, app: FastAPI, token: str | None = None) -> "Http":
        """As this person asks it; whatever the application does not catch is a 500."""
        return self._http(HERE, token, transport=httpx.ASGITransport(app, raise_app_exceptions=False))

    def http_at(self, address: str, token: str | None = None) -> "Http":
        """The same over a connection."""
        return self._http(address, token)

    def _http(self, address: str, token: str | None, **how: Any) -> "Http":
        return Http(base_url=address, headers=signed(token or self.token()), timeout=patient(60), **how)

    def journey(self, journey_id: str, kind: str = JourneyKind.STEP_DOWN) -> Transfer:
        """As Temporal knows it."""
        return transfer(self.client, journey_id, kind)

    def request(self, *children: str, **changes: Any) -> Start:
        """A usual step-down under an id of its own, of children who are in no other."""
        number = next(NUMBERS)
        refs = children or (f"child-{number}",)
        return builders.request(*refs, **{"id": f"{self.queue}-{number}", **changes})

    async def shown(self, journey_id: str) -> Status:
        """As the register has it, once it does."""

        async def is_shown() -> Status | None:
            return self.register.status(journey_id)

        found = await eventually(is_shown)
        assert found is not None
        return found


class Http(httpx.AsyncClient):
    """Sends what this API takes."""

    async def start(
        self,
        said: Start | dict[str, Any],
        key: str | None = None,
        kind: JourneyKind = JourneyKind.STEP_DOWN,
        **query: Any,
    ) -> httpx.Response:
        """Start it; without a number under its id, or one of its own."""
        kind, body = (said.kind, as_sent(said)) if isinstance(said, Start) else (kind, said)
        key = key or body.get("id")
        return await self.post(f"/v1/{kind_named(kind).path}", json=body, headers=numbered(key), params=query)

    async def record(
        self,
        journey_id: str,
        step: Step | dict[str, Any],
        key: str | None = None,
        kind: JourneyKind = JourneyKind.STEP_DOWN,
        name: str | None = None,
        **query: Any,
    ) -> httpx.Response:
        """Send a step without its number and its actor; it happened now, if it does not say."""
        body = step if isinstance(step, dict) else as_sent(step)
        where = f"/v1/{kind_named(kind).path}/{journey_id}/steps/{name or body['step']}"
        return await self.post(where, json=body, headers=numbered(key), params=query)


def as_sent(step: Step | Start) -> dict[str, Any]:
    """As a system sends it: who acts, and under which number, is said elsewhere."""
    if isinstance(step, Start):
        return step.model_dump(mode="json", exclude_defaults=True)
    said = step.model_dump(mode="json", exclude_defaults=True, exclude={"step_id", "actor", "on_behalf_of"})
    at = TODAY if step.occurred_at == builders.THEN else step.occurred_at
    return {**said, "step": step.step, "occurred_at": at.isoformat()}


def numbered(key: str | None) -> dict[str, str]:
    return {"idempotency-key": key or f"n-{next(NUMBERS)}"}


def signed(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
