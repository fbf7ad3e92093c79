"""Every effect against every fault that can hit it: in the end it is done once, or a person ended it."""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from temporalio.client import Client

from models.kinds import NOT_ANSWERING, EffectKind
from models.ways import WAYS
from tests.matrix.cells import ADDRESS_IS_KEPT, NO_ADDRESS, Group, groups
from tests.matrix.journeys import ByMail, Cancelled, Journey, LookedAt, OnMosaic, OutOfAPlan, Tally
from tests.matrix.mornings import go_every_morning
from tests.matrix.outside import World, simulators
from tests.matrix.outside import struck as in_simulators
from tests.matrix.requests import Referred, Requested
from tests.simulators.conftest import Server
from worker.lanes import TransfersWorker

AT_ONCE = 12
"""How many families are on their way at the same time."""
QUEUES = count(1)

SUFFERED_BY: Mapping[type[Journey], tuple[EffectKind, ...]] = {
    OnMosaic: (
        EffectKind.SHARE_DOCUMENT,
        EffectKind.REQUEST_CONVERSATION,
        EffectKind.CLOSE_CHILD,
        EffectKind.SEND_LETTER,
        EffectKind.REOPEN_CHILD,
    ),
    LookedAt: (EffectKind.LOOK_AT_CHILDREN,),
    Requested: (EffectKind.WRITE_CONTACT, EffectKind.LOOK_AT_CHILDREN, EffectKind.LOOK_UP_SERVICE),
    Referred: (EffectKind.OPEN_JOURNEY, EffectKind.TELL_JOURNEY),
    ByMail: (
        EffectKind.MAIL_DOCUMENT,
        EffectKind.SEND_PACK,
        EffectKind.SEND_ADVICE_SUMMARY,
        EffectKind.TELL_SAFETY,
        EffectKind.TELL_PRACTITIONER,
        EffectKind.RECOMMEND_FAMILIES_FIRST,
    ),
    OutOfAPlan: (
        EffectKind.INVITE_TO_MEETING,
        EffectKind.CANCEL_INVITATION,
        EffectKind.ENTER_MEETING,
        EffectKind.REMOVE_MEETING,
        EffectKind.SEND_MEETING_OUTCOME,
    ),
    Cancelled: (
        EffectKind.RESERVE_CHILD,
        EffectKind.LOOK_UP_SERVICE,
        EffectKind.LOOK_UP_PEOPLE,
        EffectKind.CALCULATE_DUE_DATE,
        EffectKind.MAIL_ALERT,
        EffectKind.POST_ALERT,
        EffectKind.TELL_SERVICE,
    ),
}
"""On which ways each kind of effect is met; every journey has one group of faults for each."""


@contextmanager
def worlds(folder: Path, mosaic: Server, mailbox: Server) -> Iterator[tuple[World, World]]:
    """One for the transfers, and one for the digests, which read every open transfer of their register."""
    both = World(folder / "transfers", mosaic, mailbox), World(folder / "digests", mosaic, mailbox)
    try:
        yield both
    finally:
        for world in both:
            world.stop()


def working(client: Client, queue: str, world: World) -> TransfersWorker:
    return TransfersWorker(client, queue, world.calls(client, queue), timedelta(seconds=5))


def ways(world: World, client: Client, queue: str) -> list[Journey]:
    """Every journey, in the order in which they start."""
    found = [
        way(world, client, queue, number, suffers)
        for way, kinds in SUFFERED_BY.items()
        for number, suffers in enumerate(shared_out(kinds))
    ]
    return sorted(found, key=lambda journey: sum(map(len, journey.suffers.values())), reverse=True)


def shared_out(kinds: Sequence[EffectKind]) -> Iterator[dict[EffectKind, Group]]:
    """One group of each kind's to each journey, until all are given out; the first journey suffers what lasts.

    The long groups come early in each list, so each kind's is turned a little further.
    """
    given = {kind: deque(groups(kind)) for kind in kinds}
    yield {kind: theirs.popleft() for kind, theirs in given.items()}
    longest = max(map(len, given.values()))
    for place, theirs in enumerate(given.values()):
        theirs.extend([()] * (longest - len(theirs)))
        theirs.rotate(3 * place)
    for row in zip(*given.values(), strict=True):
        yield {kind: group for kind, group in zip(kinds, row, strict=True) if group}


def test_every_kind_of_effect_of_a_transfer_is_met_on_some_way() -> None:
    met = {kind for kinds in SUFFERED_BY.values() for kind in kinds}
    assert met == set(EffectKind) - {EffectKind.MAIL_DIGEST}


async def go_all(journeys: Sequence[Journey]) -> Tally:
    turn = asyncio.Semaphore(AT_ONCE)

    async def go(journey: Journey) -> None:
        async with turn:
            begun = time.monotonic()
            try:
                await journey.go()
            finally:
                sys.stdout.write(f"{time.monotonic() - begun:5.1f} s {journey!r}\n")

    ended = await asyncio.gather(*map(go, journeys), return_exceptions=True)
    wrong = []
    for journey, error in zip(journeys, ended, strict=True):
        # What pytest raises where something that has to be refused is taken is no Exception.
        if isinstance(error, BaseException):
            error.add_note(repr(journey))
            wrong.append(error)
    if wrong:
        raise BaseExceptionGroup("not everything came to its end as it has to", wrong)
    tally = Tally()
    for journey in journeys:
        tally.add(journey.tally)
    return tally


def table(tally: Tally) -> str:
    """Effect by fault, with how often it struck."""
    kinds = [kind for kind in EffectKind if any(kind is met for met, _ in tally.cells)]
    faults = list(dict.fromkeys(fault for _, fault in tally.cells))
    width = max(map(len, faults))
    head = [f"{number}: {kind}" for number, kind in enumerate(kinds, 1)]
    lines = [f"{'':{width}} " + " ".join(f"{number:>3}" for number in range(1, len(kinds) + 1))]
    for fault in sorted(faults):
        struck = (tally.cells.get((kind, fault), 0) for kind in kinds)
        lines.append(f"{fault:{width}} " + " ".join(f"{times or '.':>3}" for times in struck))
    return "\n".join([*head, *lines])


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_every_effect_survives_every_fault(
    tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()
    with simulators(tmp_path) as servers, worlds(tmp_path, *servers) as (world, digests):
        journeys, mornings = f"matrix-{next(QUEUES)}", f"matrix-{next(QUEUES)}"
        async with working(client, journeys, world), working(client, mornings, digests):
            for each in await asyncio.gather(
                go_all(ways(world, client, journeys)), go_every_morning(digests, client, mornings)
            ):
                tally.add(each)
        struck = in_simulators(*servers) + world.struck() + digests.struck()
    with capsys.disabled():
        sys.stdout.write(f"\n{table(tally)}\n{struck.total()} strikes, {len(tally.cells)} cells\n")
    assert struck == tally.planned
    assert set(tally.cells) == {(kind, cell.fault) for kind in WAYS for group in groups(kind) for cell in group}
    # A due date is calculated from what the worker has in memory: nothing there can keep failing.
    never = {EffectKind.CALCULATE_DUE_DATE: {NOT_ANSWERING}, **{kind: {NO_ADDRESS} for kind in ADDRESS_IS_KEPT}}
    assert tally.problems == {kind: way.problems - never.get(kind, set()) for kind, way in WAYS.items()}
