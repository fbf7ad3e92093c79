"""Lists, in pages: the journeys that somebody may see, and what was noted of one."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic_core import to_jsonable_python

from adapters.register.lists import After, TransferLine, Wanted
from client.journeys import Kind
from gateway.addresses import Id, address, router_of
from gateway.answers import Link
from gateway.asking import asks, read
from gateway.house import House
from gateway.problems import Code, ProblemError
from models.access import Caller, Privacy, Scope
from models.journey.status import ResponseState
from models.vocabulary import REF_PATTERN

T = TypeVar("T")

LINES, MOST_LINES = 50, 200
MOST_NUMBER = 2**62
NO_CURSOR = "This is not what `next` said: leave it out to begin with the newest."

Most = Annotated[int, Query(ge=1, le=MOST_LINES, description="How many there are on a page.")]
Ref = Annotated[str | None, Query(pattern=REF_PATTERN)]


@dataclass(frozen=True)
class Filters:
    """Which journeys are asked for: those for which all of this holds."""

    stage: Annotated[str | None, Query(pattern="^[a-z_]{1,60}$", description="Where they stand.")] = None
    response: Annotated[ResponseState | None, Query(description="How those stand who must answer.")] = None
    service: Ref = None
    team: Ref = None
    attention: Annotated[bool, Query(description="Only those in which something waits for a person.")] = False
    ended: Annotated[bool, Query(description="Those that have ended, too.")] = False


def routes(house: House, kind: Kind) -> APIRouter:
    """The lists of this kind."""
    router = router_of(kind)
    stages = {str(stage) for stage in kind.journey.stages}

    @router.get("")
    async def every(
        caller: Annotated[Caller, Depends(asks(house, Scope.READ))],
        filters: Annotated[Filters, Depends()],
        after: Annotated[str | None, Query(max_length=400, description="What `next` said last time.")] = None,
        most: Most = LINES,
    ) -> JSONResponse:
        """Those that you may see, the newest first, a page of them; those that are open, or need attention."""
        if filters.stage is not None and filters.stage not in stages:
            words = f"There is no such stage; the stages are {', '.join(sorted(stages))}."
            raise ProblemError(Code.WRONG_CONTENT, words, field="stage")
        wanted = Wanted(journey=kind.name, **vars(filters))
        lines = await run_in_threadpool(house.lists.slice, wanted, caller, _place(after), most + 1)
        return JSONResponse(_page(lines, most, lambda line: _line(kind, line), _cursor))

    @router.get("/{journey_id}/audit")
    async def audit(
        journey_id: Id,
        caller: Annotated[Caller, Depends(asks(house, Scope.READ_AUDIT))],
        after: Annotated[int | None, Query(ge=0, le=MOST_NUMBER, description="What `next` said last time.")] = None,
        most: Most = LINES,
    ) -> JSONResponse:
        """Who did what and when, and who read it; the oldest first."""
        await read(house, kind, journey_id, caller, "what was noted", of_all=Privacy.PLAIN)
        rows = await run_in_threadpool(house.readings.audit, journey_id, after, most + 1)
        return JSONResponse(_page(rows, most, lambda row: row.__dict__, lambda row: row.number))

    return router


def _page(found: Sequence[T], most: int, said: Callable[[T], Any], cursor: Callable[[T], Any]) -> dict[str, Any]:
    """So many of them; ``next`` is where the next page begins, and null on the last."""
    page = found[:most]
    further = cursor(page[-1]) if len(found) > most else None
    return {"entries": to_jsonable_python([said(one) for one in page]), "next": further}


def _line(kind: Kind, line: TransferLine) -> dict[str, Any]:
    return {**line.__dict__, "links": {"self": Link(href=address(kind, line.id))}}


def _cursor(line: TransferLine) -> str:
    said = json.dumps([line.opened_at.isoformat(), line.id])
    return base64.urlsafe_b64encode(said.encode()).decode()


def _place(cursor: str | None) -> After | None:
    if cursor is None:
        return None
    try:
        opened_at, last = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        moment = datetime.fromisoformat(opened_at)
        if moment.tzinfo is None or not isinstance(last, str):
            raise ValueError  # noqa: TRY301 (it is none of ours, like what cannot be read)
    except (ValueError, TypeError):
        raise ProblemError(Code.WRONG_CONTENT, NO_CURSOR, field="after") from None
    return After(moment, last)
