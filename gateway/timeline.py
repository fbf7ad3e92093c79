"""What happened in a journey, told from where the caller is; where there is nothing new, it is waited for."""

import asyncio
import base64
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from client.journeys import Kind
from gateway.addresses import Id, router_of
from gateway.asking import asks, read, still_signed_in
from gateway.house import House
from gateway.problems import Code, ProblemError
from models.access import Caller, Scope

LONGEST_WAIT = 30.0
"""Seconds for which a question what has changed is kept waiting."""
MOST_ENTRIES, ENTRIES = 500, 100
DIGEST, NUMBER = 6, 4
"""Bytes in a cursor: of a fingerprint, and of the number of entries."""
LONGEST_CURSOR = 400
NO_CURSOR = "This is not what `next` said of this journey: leave it out to begin with what happened first."


@dataclass(frozen=True)
class Asked:
    """From where on it is told, how much, and how long something new is waited for."""

    after: Annotated[str, Query(max_length=LONGEST_CURSOR, description="What `next` said last time.")] = ""
    most: Annotated[int, Query(ge=1, le=MOST_ENTRIES, description="How many entries there are in an answer.")] = ENTRIES
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for something new.")] = 0


@dataclass(frozen=True)
class Told:
    """What a caller may read of what happened in a journey, as it stands now.

    It does not only grow at its end: what happened earlier may become known later, the words of an entry may change,
    and what somebody may no longer read is gone. So a cursor has fingerprints of how the list began, closer together
    towards its end, and what is told begins where the lists part.
    """

    journey_id: str
    entries: Sequence[dict[str, Any]]

    @cached_property
    def _beginnings(self) -> Sequence[bytes]:
        """A fingerprint of the first so many entries, for each number of them."""
        so_far = blake2b(self.journey_id.encode(), digest_size=DIGEST)
        found = [so_far.digest()]
        for entry in self.entries:
            so_far.update(json.dumps(entry, sort_keys=True).encode())
            found.append(so_far.digest())
        return found

    def cursor(self, upto: int) -> str:
        """Where somebody is who has read so many."""
        said = b"".join(self._beginnings[place] for place in (0, *_places(upto)))
        return base64.urlsafe_b64encode(upto.to_bytes(NUMBER) + said).decode()

    def known(self, cursor: str) -> int:
        """How many entries somebody with this cursor has read, as they stand now.

        Raises:
            ProblemError: it is no cursor of this journey.
        """
        upto, digests = self._read(cursor)
        places = zip(_places(upto), digests, strict=True)
        return next((place for place, said in places if self._begins(place, said)), 0)

    def is_all(self, cursor: str) -> bool:
        """Whether somebody with this cursor has read just this."""
        return bool(cursor) and self.known(cursor) == len(self.entries) == self._read(cursor)[0]

    def _begins(self, place: int, said: bytes) -> bool:
        return place <= len(self.entries) and self._beginnings[place] == said

    def _read(self, cursor: str) -> tuple[int, Sequence[bytes]]:
        if not cursor:
            return 0, ()
        try:
            said = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
        except ValueError:
            said = b""
        upto, whole = int.from_bytes(said[:NUMBER]), said[NUMBER:]
        found = [whole[at : at + DIGEST] for at in range(0, len(whole), DIGEST)]
        if len(said) < NUMBER or len(whole) != DIGEST * (1 + len(_places(upto))) or found[0] != self._beginnings[0]:
            raise ProblemError(Code.WRONG_CONTENT, NO_CURSOR, field="after")
        return upto, found[1:]


def _places(upto: int) -> Sequence[int]:
    """Of which beginnings a cursor has fingerprints, the longest first."""
    steps = [0, *(2**power for power in range(upto.bit_length()))]
    return [upto - step for step in steps if step < upto]


def routes(house: House, kind: Kind) -> APIRouter:
    """What happened in journeys of this kind."""
    router = router_of(kind)

    async def told(journey_id: str, caller: Caller) -> Told:
        one = await read(house, kind, journey_id, caller, "what happened")
        return Told(journey_id, [entry.model_dump(mode="json") for entry in one.status.timeline])

    async def version(journey_id: str) -> int | None:
        """Asked for before what it numbers: so nothing that comes in between is waited for."""
        return await house.looked(house.journeys.version, journey_id)

    async def something_new(request: Request, journey_id: str, caller: Caller, asked: Asked) -> Told:
        until = _time() + asked.wait
        seen, now = await version(journey_id), await told(journey_id, caller)
        while now.is_all(asked.after) and await house.watch.newer(journey_id, seen, until - _time(), _gone(request)):
            caller = await still_signed_in(house, request)
            seen, now = await version(journey_id), await told(journey_id, caller)
        return now

    @router.get("/{journey_id}/timeline")
    async def timeline(
        request: Request,
        journey_id: Id,
        caller: Annotated[Caller, Depends(asks(house, Scope.READ))],
        asked: Annotated[Asked, Depends()],
    ) -> JSONResponse:
        """What happened, the oldest first; where there is nothing new, it is waited for."""
        with house.limits.waits(caller.who) if asked.wait else nullcontext():
            now = await something_new(request, journey_id, caller, asked)
        known = now.known(asked.after)
        entries = now.entries[known : known + asked.most]
        upto = known + len(entries)
        return JSONResponse(
            {"from": known, "entries": entries, "next": now.cursor(upto), "more": upto < len(now.entries)}
        )

    return router


def _time() -> float:
    return asyncio.get_running_loop().time()


async def _gone(request: Request) -> None:
    """Until the caller hangs up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
