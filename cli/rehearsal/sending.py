"""The two ways in which the demo starts and records: by the Temporal client, or over HTTP as caseworker systems do."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
from temporalio.client import Client

from adapters.local_issuer import RehearsalIssuer
from adapters.oidc import CASEWORK
from cli.rehearsal.skipping import begins_at
from cli.rehearsal.waiting import STEP_SECONDS
from client.errors import InputError, NotKnownError
from client.journeys import kind_named
from client.starting import start
from client.transfers import Transfer, send, transfer
from models.access import Scope
from models.journey.answers import Receipt, ReceiptAsked
from models.journey.start import Start
from models.journey.steps import Step
from models.vocabulary import Actor, Role
from workflows.journey.run import JourneyRun

TOKEN_MINUTES = 5
AGAIN_SECONDS = 0.5
"""Before the same is sent once more."""


class Sending(Protocol):
    """How starts and steps are sent."""

    @property
    def client(self) -> Client:
        """Temporal, where what was sent is looked at."""

    async def start(self, at: datetime | None, request: Start) -> Transfer:
        """Start a journey; with ``at``, so that it begins at this moment of its own time.

        Raises:
            InputError: it was not started.
            NotKnownError: no answer came.
        """

    async def send(self, handle: Transfer, step: Step) -> Receipt:
        """Record a step.

        Raises:
            InputError: it was not taken.
            NotKnownError: no answer came.
        """


@dataclass(frozen=True)
class ByClient:
    """As whoever holds a key does it."""

    client: Client

    async def start(self, at: datetime | None, request: Start) -> Transfer:
        """See ``Sending``."""
        return await start(begins_at(self.client, at), request)

    async def send(self, handle: Transfer, step: Step) -> Receipt:
        """See ``Sending``."""
        return await send(handle, step)


@dataclass(frozen=True)
class OverHttp:
    """Through the gateway, with a token for each who acts."""

    client: Client
    url: str
    issuer: RehearsalIssuer

    async def start(self, at: datetime | None, request: Start) -> Transfer:
        """See ``Sending``; a journey begins when it is sent."""
        if at is not None:
            raise InputError("over HTTP a journey begins when it is sent: leave out when it starts")
        who = request.opened_by
        role = Role(who) if who in [*Role] else Role.SOCIAL_WORKER
        starts = Actor(id=who, role=role, team=request.team)
        said = request.model_dump(mode="json", exclude_unset=True)
        await self._post(kind_named(request.kind).path, request.id, starts, {**said, "id": request.id})
        return transfer(self.client, request.id, request.kind)

    async def send(self, handle: Transfer, step: Step) -> Receipt:
        """See ``Sending``."""
        kind, _, journey_id = handle.id.partition("/")
        path = f"{kind_named(kind).path}/{journey_id}/steps/{step.step}"
        said = step.model_dump(mode="json", exclude={"step_id"})
        await self._post(path, step.step_id, step.actor, said)
        return await receipt_of(handle, step)

    async def _post(self, path: str, key: str, actor: Actor, said: dict[str, Any]) -> None:
        """Send it, again and again under the same key, until it is known what became of it."""
        async with httpx.AsyncClient(base_url=f"{self.url}/v1/", timeout=STEP_SECONDS) as http:
            for _ in range(int(STEP_SECONDS / AGAIN_SECONDS)):
                headers = {"Authorization": f"Bearer {token_of(self.issuer, actor)}", "Idempotency-Key": key}
                try:
                    answer = await http.post(path, json=said, headers=headers)
                except httpx.TransportError:
                    answer = httpx.Response(httpx.codes.SERVICE_UNAVAILABLE)
                if answer.is_success:
                    return
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    raise InputError(str(answer.json()["detail"]))
                await asyncio.sleep(AGAIN_SECONDS)
        raise NotKnownError("The gateway does not know what became of it.")


def token_of(issuer: RehearsalIssuer, actor: Actor) -> str:
    """A token for this person, in this role and for this team."""
    return issuer.token(
        actor.id,
        roles=(actor.role, CASEWORK),
        teams=(actor.team,) if actor.team else (),
        scopes=(Scope.READ, Scope.RECORD, Scope.START),
        at=datetime.now(UTC),
        minutes=TOKEN_MINUTES,
    )


async def receipt_of(handle: Transfer, step: Step) -> Receipt:
    """The receipt of this very step, from the journey itself: an answer may say less, to who does not see all of it.

    Raises:
        InputError: it was not recorded as it was sent.
    """
    asked = ReceiptAsked(step_id=step.step_id, said=step.model_dump(mode="json"))
    receipt = await handle.query(JourneyRun.receipt, asked)
    if receipt is None:
        raise InputError(f"{step.step_id}: was not recorded as it was sent")
    return receipt
