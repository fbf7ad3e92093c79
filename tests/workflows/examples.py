"""Plays a case file of examples/ against fakes, step after step, and keeps its history so that it can be replayed."""

import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

from adapters.encryption import ClassedPayloadConverter, EncryptedPayloads
from cli.people import read_people
from cli.rehearsal.acts import OnRecord
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_file
from cli.rehearsal.skipping import skip_to
from cli.rehearsal.waiting import until_machine_is_done
from cli.services import read_services
from client.checks import with_item_meant
from models.errors import LastingError
from models.mosaic import ChildRecord
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.workflows.conftest import KEYS, House, Transfer

EXAMPLES = Path(__file__).parents[2] / "examples"
ACTS = re.compile(r"\bdo: (\w+)")
FAKED = {"open_closing_step"}


def acts_in(path: Path) -> set[str]:
    return set(ACTS.findall(path.read_text(encoding="utf-8")))


CASES = [path for path in sorted(EXAMPLES.glob("*.yaml")) if acts_in(path) <= FAKED]
"""Where events happen that are no steps, the other side has to say no by rules of its own; fakes have none.

Those cases are played against the rehearsal, by `make demo`.
"""
KEPT = Path(__file__).parent / "histories"

IN_CLEAR = DataConverter(
    payload_converter_class=ClassedPayloadConverter,
    failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
)
"""How a kept history is read: it was opened before it was kept, so that a change in it can be seen."""


def kept_at(path: Path) -> Path:
    return KEPT / f"{path.stem}.json.gz"


def _held(said: ChildRecord) -> ChildRecord:
    """As the rehearsal Mosaic holds it: of what a case does not say, nothing keeps the child open."""
    return NOTHING_KEEPS_OPEN.model_copy(update={name: getattr(said, name) for name in said.model_fields_set})


async def play(house: House, path: Path) -> tuple[Case, Transfer]:
    """A file to its end, each step when the machine has come to rest; the last of its cases."""
    house.register.services = {service.ref: service for service in read_services(EXAMPLES / "services.csv")}
    house.register.directory = read_people(EXAMPLES / "people.csv")
    if "@refused.example" in path.read_text(encoding="utf-8"):
        house.post.troubles.before("send_letter", LastingError("refused_address", "550"))
    file = read_file(path, f"{house.queue}-example", datetime.now(UTC))
    house.mosaic.documents = {(d.ref, v.version): v.text for f in file.mosaic for d in f.documents for v in d.versions}
    house.mosaic.records = {child.ref: _held(child.record) for family in file.mosaic for child in family.children}
    transfers: dict[str, Transfer] = {}
    # What is sent once more is compared by the demo, with our own client.
    for turn in (turn for turn in file.turns() if not turn.again):
        if turn.step is None:
            transfers[turn.case.start.id] = await _started(house, turn.case)
        elif turn.case.to[turn.step] is None:  # What was opened out of a case is played by the demo.
            await _step(house, turn.case, turn.step, transfers[turn.case.start.id])
    for case in file.journeys:
        if case.expect.outcome is not None:
            assert await transfers[case.start.id].outcome() == case.expect.outcome
    return case, transfers[case.start.id]


async def _started(house: House, case: Case) -> Transfer:
    transfer = await house.start_as(case.start, case.at)
    if case.at is not None:
        await skip_to(house.client, transfer.handle, case.at)
    await transfer.settled()
    return transfer


async def _step(house: House, case: Case, place: int, transfer: Transfer) -> None:
    step, moment, acts = case.steps[place], case.moments[place], case.meanwhile[place]
    await transfer.settled()
    now = await until_machine_is_done(transfer.handle, step)
    if moment is not None:
        await transfer.skip_to(moment)
        now = await until_machine_is_done(transfer.handle, step)
    for opened_again in (act for act in acts if isinstance(act, OnRecord)):
        house.mosaic.reopen(opened_again.child)
    await transfer.record(with_item_meant(step, now))


async def opened(history: WorkflowHistory) -> WorkflowHistory:
    """The history with everything in clear, as far as it was ours."""
    codec = EncryptedPayloads(KEYS)
    for event in history.events:
        for payload in payloads_of(event):
            payload.CopyFrom(codec.read(payload))
    return history


def payloads_of(message: Message) -> Iterator[Payload]:
    """Every payload that a message holds, however deep."""
    for field, value in message.ListFields():
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            parts = [part for part in value.values() if isinstance(part, Message)]
        else:
            parts = list(value) if field.is_repeated else [value]
        for part in parts:
            if isinstance(part, Payload):
                yield part
            else:
                yield from payloads_of(part)


def keep(path: Path, history: WorkflowHistory) -> None:
    kept_at(path).write_bytes(gzip.compress(history.to_json().encode(), mtime=0))


def read(path: Path) -> WorkflowHistory:
    kept = gzip.decompress(kept_at(path).read_bytes()).decode()
    started = json.loads(kept)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], kept)
