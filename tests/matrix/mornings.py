"""The morning digest under faults: each reader suffers a group of them, and whoever is not told is told next time."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper

from models.effects import Effect
from models.kinds import NOT_ANSWERING, Audience, EffectKind
from models.operations.digest import Recipient, london_day
from models.people import Person
from tests import builders
from tests.matrix.cells import At, Group, groups
from tests.matrix.journeys import Tally, strike_of
from tests.matrix.outside import World
from tests.pace import patient
from workflows.digest import STALE_AFTER, DigestResult, MorningDigest

MOST_MORNINGS = 10
KIND = EffectKind.MAIL_DIGEST


class Reader:
    """A social worker with an open transfer, and what their digest suffers."""

    def __init__(self, world: World, number: int, suffers: Group) -> None:
        self.world, self.suffers = world, suffers
        self.ref = f"reader-{number:02}"
        self.effect = Effect(kind=KIND, audience=Audience.SOCIAL_WORKER, reader=self.ref)
        self.recipient = Recipient(audience=Audience.SOCIAL_WORKER, ref=self.ref).id
        self.problems: list[str] = []

    def key(self, at: datetime) -> str:
        return f"digest-{london_day(at)}/{self.effect.id}"

    def has_something_to_read(self) -> None:
        changes = {"id": f"of-{self.ref}", "service_ref": "a-service", "social_worker": self.ref}
        self.world.register.opened(builders.request(f"child-{self.ref}", **changes), builders.NOW)
        if not any(cell.at is At.HAND for cell in self.suffers):
            self.is_known()

    def is_known(self) -> None:
        self.world.register.put_people([Person(ref=self.ref, email=f"{self.ref}@council.example")])

    @property
    def may_have_been_told(self) -> bool:
        """Nobody knows, and on that day it is not sent again, however often the digest is begun."""
        return "unclear" in self.problems

    def plan(self, tally: Tally, at: datetime) -> None:
        for cell in self.suffers:
            blow = dict(cell.blow)
            if cell.at is At.MAIL:
                self.world.plan_mail(self.key(at), **blow, times=cell.times)
                tally.planned[strike_of(str(blow["stage"]), blow, blow.get("code"))] += cell.times
            elif cell.at is At.REGISTER:
                operation, when = blow["operation"], blow["when"]
                about = self.ref if operation.startswith("directory.") else self.key(at)
                self.world.outages.plan(operation, when, about)
                tally.planned[f"{operation} {when}"] += 1

    def check(self, tally: Tally) -> None:
        assert self.problems == [cell.problem for cell in self.suffers if cell.problem], self.ref
        tally.suffered(KIND, self.suffers)
        tally.problems[KIND] |= set(self.problems)
        told = [key for key in self.world.mails.keys if key.endswith(f"/{self.ref}")]
        assert sum(map(self.world.times_sent, told)) >= 1


async def go_every_morning(world: World, client: Client, queue: str) -> Tally:
    """Digest after digest, until everybody has been told."""
    world.calendars.calendar = builders.calendar(weekdays=tuple(range(7))).model_copy(update={"bank_holidays": ()})
    world.register.put_services([builders.service(ref="a-service")])
    tally = Tally()
    first, *others = (Reader(world, number, group) for number, group in enumerate(groups(KIND)))
    await _mail_is_away_until_it_is_too_late(first, client, queue, tally)
    for reader in others:
        reader.has_something_to_read()
        reader.plan(tally, datetime.now(UTC))
    for _ in range(MOST_MORNINGS):
        not_told = {one.recipient.id: one.problem for one in (await _begun(client, queue)).not_told}
        for reader in others:
            if reader.may_have_been_told:
                assert not_told.pop(reader.recipient) == "unclear"
            elif reader.recipient in not_told:
                reader.problems.append(not_told[reader.recipient])
                reader.is_known()
        if not not_told:
            break
    for reader in (first, *others):
        reader.check(tally)
    rows = [row for day in (datetime.now(UTC),) for row in world.effects(f"digest-{london_day(day)}")]
    assert len(rows) >= len(others)
    unknown = {reader.key(datetime.now(UTC)) for reader in others if reader.may_have_been_told}
    assert {row.key for row in rows if row.ended is None} == unknown
    return tally


async def _mail_is_away_until_it_is_too_late(reader: Reader, client: Client, queue: str, tally: Tally) -> None:
    """What is tried on for six hours is given up: it is told the next day, as it stands then."""
    by = STALE_AFTER - timedelta(seconds=patient(8))
    [cell] = reader.suffers
    reader.has_something_to_read()
    key = reader.key(datetime.now(UTC) + by)
    reader.world.plan_mail(key, **cell.blow, times=1000)
    handle = await _start(client, queue, start_delay=by)
    await TimeSkipper(client).fast_forward(handle, by)
    result = await asyncio.wait_for(handle.result(), patient(60))
    assert result.told == 0
    reader.problems += [one.problem for one in result.not_told]
    assert reader.problems == [NOT_ANSWERING]
    faults = reader.world.mails.of(key).faults
    faults.clear(counts=False)
    struck = sum(each.struck for each in faults.tally().struck)
    assert struck >= 2
    tally.planned[strike_of(str(cell.blow["stage"]), cell.blow, cell.blow["code"])] += struck


async def _begun(client: Client, queue: str) -> DigestResult:
    handle = await _start(client, queue)
    return await asyncio.wait_for(handle.result(), patient(90))


async def _start(client: Client, queue: str, **how: Any) -> WorkflowHandle[Any, DigestResult]:
    id_ = f"morning-digest-{queue}-{datetime.now(UTC).timestamp()}"
    return await client.start_workflow(MorningDigest.run, id=id_, task_queue=queue, **how)
