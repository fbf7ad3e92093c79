"""Names that people typed are looked for in every place that is kept; a control without encryption finds them all."""

import asyncio
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from adapters.calendar_ics import IcsInvitations
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from adapters.smtp import Encryption, PostSettings, SmtpPost
from cli.people import read_people
from cli.rehearsal.books import read_books
from cli.services import read_services
from cli.wiring import temporal
from client.comparison import TemporalTransfers
from models.step_down.stage import Outcome
from tests.builders import calendar
from tests.fakes import FakeCalendars, FakeChannels
from tests.register import new_register
from tests.system.conftest import EXAMPLES, MAIN_CASE, Rehearsal
from tests.system.family import Family
from worker.lanes import TransfersWorker
from worker.wiring import Outside, all_activities
from workflows.journey import visibility

WRITTEN_BY_PEOPLE = frozenset(
    {"asked", "needs", "agencies", "explained_by", "explained_how", "who", "because", "views", "not_obtained_because"}
    | {"family_said", "shared_understanding", "priorities", "reason", "name", "agency", "text", "recipient"}
)
ADDRESSES = frozenset({"email", "address"})


def marked_case(folder: Path) -> tuple[Path, list[str]]:
    """The main case with a marker in everything that a person writes, and all markers."""
    markers: list[str] = []

    def marker() -> str:
        markers.append(f"Zwetschge{len(markers):03d}")
        return markers[-1]

    @cache
    def written(words: str) -> str:
        """An agency is told under the name by which it was recorded."""
        return f"{words} {marker()}"

    def mark(value: Any, field: str = "") -> Any:
        if isinstance(value, dict):
            return {name: mark(entry, name) for name, entry in value.items()}
        if isinstance(value, list):
            return [mark(entry, field) for entry in value]
        if field in WRITTEN_BY_PEOPLE:
            return written(value)
        return f"{marker()}@home.example" if field in ADDRESSES else value

    content = yaml.safe_load(MAIN_CASE.read_text())
    content["steps"] = mark(content["steps"])
    path = folder / "marked.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path, markers


def found_in(content: bytes) -> set[str]:
    return {match.decode() for match in re.findall(rb"Zwetschge\d{3}", content)}


def kept_files(folder: Path) -> Iterator[bytes]:
    return map(bytes_of, (path for path in folder.rglob("*") if path.is_file()))


def bytes_of(path: Path) -> bytes:
    """Read by another process: closing a file ends the locks that SQLite has on it in this one."""
    return subprocess.run(("cat", path), check=True, capture_output=True).stdout


async def test_what_people_wrote_is_nowhere_in_clear(rehearsal: Rehearsal, tmp_path: Path):
    path, markers = marked_case(tmp_path)
    client = await temporal()
    family = await Family.begin(client, rehearsal.local, path)
    steps = [step.step for step in family.case.steps]
    await family.record(*steps[: steps.index("record_decisions")])
    rehearsal.mosaic_fault(operation="complete_step", when="before", action="error", error="locked", times=1)
    rehearsal.mail_fault(when="before", action="error", code="554 no", times=1)
    await family.record("record_decisions", "authorise")
    await family.until(lambda now: [item.problem for item in now.attention] == ["locked"])
    await family.resolve("A1", resolution="retry", note="Zwetschge998 closed the record")
    await family.until(lambda now: len(now.attention) == 2)
    await family.resolve("A2", resolution="skip", note="Zwetschge999 knows by telephone")
    await family.record("approve_letters", "acknowledge_transfer", "record_first_contact")
    assert (await family.closed()).outcome == Outcome.TRANSFERRED

    local = rehearsal.local
    databases = [local.folder / name for name in ("temporal.db", "register.db")]
    logs = list(kept_files(local.folder / "logs"))
    wals = [path.with_name(path.name + "-wal") for path in databases]
    assert all(path.stat().st_size > 0 for path in (*databases, *wals))
    assert any(b"worker ready" in log for log in logs)
    for content in (*map(bytes_of, (*databases, *wals)), *logs):
        assert found_in(content) == set()
    metrics = httpx.get(f"http://127.0.0.1:{local.metrics_port}/metrics").content
    assert b"temporal_workflow_completed" in metrics
    assert found_in(metrics) == set()
    listed = [repr(execution) async for execution in client.list_workflows()]
    assert any(family.case.start.id in line and "TransferStage" in line for line in listed)
    assert found_in("".join(listed).encode()) == set()
    letters = b"".join(kept_files(local.folder / "mail"))
    assert found_in(letters) & set(markers), "the markers did travel: the letters carry them"


class ClearText:
    """The control's cipher: seals nothing."""

    def seal(self, clear: bytes, bound_to: bytes) -> tuple[str, bytes]:
        return "none", clear

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes:
        return sealed


async def test_the_control_without_encryption_finds_every_marker(rehearsal: Rehearsal, tmp_path: Path):
    path, markers = marked_case(tmp_path)
    local = rehearsal.local
    register = new_register(f"sqlite:///{tmp_path / 'register.db'}", ClearText())
    register.put_services(read_services(EXAMPLES / "services.csv"))
    register.put_people(read_people(EXAMPLES / "people.csv"))
    attributes = [visibility.STAGE, visibility.ROUTE, visibility.SERVICE, visibility.TEAM, visibility.RESPONSE_STATE]
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal",
        dev_server_database_filename=str(tmp_path / "temporal.db"),
        search_attributes=[
            *attributes,
            visibility.RESPONSE_DUE,
            visibility.WAITING_FOR,
            visibility.NEEDS_ATTENTION,
        ],
    ) as environment:
        client = Client(environment.client.service_client, data_converter=pydantic_data_converter)
        with http_client(MosaicSettings(url=local.mosaic_url)) as http:
            post = SmtpPost(
                PostSettings(
                    host="127.0.0.1", port=local.smtp_port, encryption=Encryption.NONE, sender="t@council.example"
                )
            )
            things = Outside(
                mosaic=HttpMosaic(http),
                post=post,
                channels=FakeChannels(),
                register=register,
                book=register,
                directory=register,
                invitations=IcsInvitations("t@council.example"),
                calendars=FakeCalendars(calendar()),
                transfers=register,
                compared=register,
            )
            calls = all_activities(things, TemporalTransfers(client, "transfers"))
            async with TransfersWorker(client, "transfers", calls, timedelta(seconds=5)):
                family = await Family.begin(client, local, path)
                await family.record_up_to("record_first_contact")
                assert (await family.closed()).outcome == Outcome.TRANSFERRED
    books = await asyncio.to_thread(read_books, local, family.case)
    assert books.children == family.case.expect.children
    kept = {name: b"".join(map(bytes_of, tmp_path.glob(f"{name}.db*"))) for name in ("temporal", "register")}
    assert found_in(kept["temporal"]) >= set(markers)
    assert found_in(kept["register"]), "consent and conversation lie in the register too"
