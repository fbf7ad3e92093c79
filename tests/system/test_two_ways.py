"""Two ways in, one behaviour: a case over HTTP, by the client of the examples, and by signals with our plugin."""

import importlib.util
import json
import re
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any

import httpx
from sqlmodel import Session, select
from temporalio.client import Client

from adapters.local_issuer import RehearsalIssuer, TokenSettings
from cli.rehearsal.case_file import read_file
from cli.rehearsal.demo import play
from cli.rehearsal.sending import Sending, receipt_of, token_of
from cli.rehearsal.waiting import until
from cli.step_file import new_transfer_id, now
from cli.wiring import temporal
from client.transfers import Transfer, show_now, transfer
from models.journey.answers import Receipt
from models.journey.start import Start
from models.journey.steps import Step
from models.register.tables import ChildRow, ClockRow, EvidenceRow, TransferRow
from models.vocabulary import Actor
from tests.system.conftest import EXAMPLES, Rehearsal

[CASE] = EXAMPLES.glob("43-*.yaml")
"""Somebody authorises in it, and somebody confirms a meeting."""
OVER_HTTP_ALONE = frozenset({"authorise", "confirm_meeting"})
OF_ONE_RUN = re.compile(
    r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?|\bmessage [0-9a-f]{32}\b|\bread as [0-9a-f]{12}\b|\bWS-\d+\b"
    r"|\b[A-Z]\w+day \d+ \w+ \d{4} \d\d:\d\d"
)
"""A moment; the number of a message, of a letter that was read, of a step in Mosaic."""


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class ByExample:
    """As the client of the examples does it; or, where it may be, by the signals of the examples."""

    client: Client
    http: Any
    signals: ModuleType | None = None

    async def start(self, at: datetime | None, request: Start) -> Transfer:
        assert at is None
        said = {**request.model_dump(mode="json", exclude_unset=True), "id": request.id}
        actor = {"id": request.opened_by, "role": "social_worker", "team": request.team}
        return transfer(self.client, self.http.start(said, actor), request.kind)

    async def send(self, handle: Transfer, step: Step) -> Receipt:
        # Who answers within the moment in which a due date is calculated has none to be compared.
        await show_now(handle)
        await until(handle, lambda now: all(clock.due is not None for clock in now.clocks))
        said = step.model_dump(mode="json", exclude_none=True)
        _, _, journey_id = handle.id.partition("/")
        if self.signals is None or step.step in OVER_HTTP_ALONE:
            self.http.record(journey_id, said)
        else:
            await self.signals.record(self.client, journey_id, said)
        await until(handle, lambda now: any(entry.step_id == step.step_id for entry in now.timeline))
        return await receipt_of(handle, step)


def gateway(rehearsal: Rehearsal) -> Any:
    issuer = RehearsalIssuer.read(TokenSettings().key)
    return example("caseworker_client").Gateway(
        rehearsal.local.gateway_url, lambda actor: token_of(issuer, Actor.model_validate(actor))
    )


async def played(rehearsal: Rehearsal, by: Sending) -> dict[str, Any]:
    """What the register holds of the case, once it was played so."""
    file = read_file(CASE, new_transfer_id(), now())
    done = await play(by.client, rehearsal.local, file, lambda words: None, by)
    assert not done.differences, done.differences
    return kept(rehearsal, file.id)


def kept(rehearsal: Rehearsal, transfer_id: str) -> dict[str, Any]:
    """Each row of the transfer, opened; without its times, its versions and its own id."""
    found: dict[str, list[Any]] = {}
    with Session(rehearsal.register.engine) as session:
        for table in (TransferRow, ChildRow, EvidenceRow, ClockRow):
            own = TransferRow.id if table is TransferRow else table.transfer_id
            rows = session.exec(select(table).where(own == transfer_id)).all()
            found[table.__tablename__] = sorted((opened(rehearsal, transfer_id, row) for row in rows), key=json.dumps)
    return found


def opened(rehearsal: Rehearsal, transfer_id: str, row: Any) -> dict[str, Any]:
    unseal = rehearsal.register.store.unseal
    said = {
        name: json.loads(unseal(transfer_id, value)) if isinstance(value, bytes) else value
        for name, value in row.model_dump().items()
        if name != "version" and not isinstance(value, datetime)
    }
    found = json.loads(OF_ONE_RUN.sub("…", json.dumps(said).replace(transfer_id, "ID")))
    if "status" in found:
        # What is sent at once ends in any order.
        found["status"]["timeline"].sort(key=json.dumps)
    return dict(found)


def test_the_client_sends_the_very_same_again_until_it_is_known_what_became_of_it():
    client, sent = example("caseworker_client"), []
    answers = iter(
        [httpx.Response(503, headers={"Retry-After": "0"}), None, httpx.Response(201, json={"stage": "consent"})]
    )

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.headers["Idempotency-Key"], request.content))
        said = next(answers)
        if said is None:
            raise httpx.ReadError("cut off")
        return said

    gateway = client.Gateway("http://gateway", lambda actor: "token", pause=0)
    gateway.http = httpx.Client(base_url="http://gateway", transport=httpx.MockTransport(answer))
    step = {"step": "record_exploration", "step_id": "one", "actor": {"id": "sw-17"}, "needs": "Help."}

    assert gateway.record("t-1", step) == {"stage": "consent"}
    assert len(sent) == 3
    assert len({*sent}) == 1


async def test_the_same_case_by_http_and_by_signal_stands_in_the_register_alike(rehearsal: Rehearsal):
    client, http = await temporal(), gateway(rehearsal)

    over_http = await played(rehearsal, ByExample(client, http))
    by_signal = await played(rehearsal, ByExample(client, http, example("caseworker_signals")))

    assert over_http["evidence"]
    assert over_http["clocks"]
    assert over_http == by_signal
