"""A report of harm that cannot be read is not lost with its answer: people are told of it, too (SU-01)."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from typing import Any

from fastapi import Request

from client.errors import InputError, NotKnownError
from client.journeys import Kind
from client.transfers import TOLD_ON, told_of_harm, transfer
from gateway.actor import acting
from gateway.bodies import json_of, key_of, text_of
from gateway.house import House
from gateway.problems import ProblemError, wrong_content
from gateway.waiting import in_time
from models.access import Caller
from models.journey.answers import Rejected
from models.journey.harm import HARM_REPORT
from models.journey.steps import ReportSignificantHarm
from models.vocabulary import MOST_ENTRIES, REF_PATTERN, Actor
from models.wrong_input import PLAIN_WORDS, UNKNOWN_FIELD, Flaw
from workflows.journey.step_signal import words_of

NO_FIELDS = Flaw.of("", "It is written in a way that cannot be read.")
NO_SUCH_FIELD = Flaw.of("", f"It {UNKNOWN_FIELD}.")


@asynccontextmanager
async def telling_of_harm(
    house: House, kind: Kind, journey_id: str, *, caller: Caller, request: Request
) -> AsyncIterator[None]:
    """While a report of harm is read: where it cannot be, those responsible are told.

    Raises:
        ProblemError, InputError: what is wrong with it; that people are told stands there only where they are.
    """
    try:
        yield
    except (ProblemError, InputError) as error:
        wrong = error if isinstance(error, ProblemError) else wrong_content(error.flaws)
        message = await _as_far_as_it_can_be_read(house, caller, request, _first_wrong(error))
        if not await _told(house, kind, journey_id, message):
            raise
        wrong.more["note"] = TOLD_ON
        raise wrong from None


async def _told(house: House, kind: Kind, journey_id: str, message: Rejected) -> bool:
    try:
        async with in_time(house.answered_within):
            return await told_of_harm(transfer(house.client, journey_id, kind.name), message)
    except NotKnownError:
        return False


def _first_wrong(error: ProblemError | InputError) -> Flaw:
    """One thing that is wrong, as others read it: without a name that whoever sent it gave to a field."""
    if isinstance(error, ProblemError):
        field = error.more.get("field")
        return NO_FIELDS if field == "" else Flaw.of(field or "", error.detail)
    first = error.flaws[0]
    return NO_SUCH_FIELD if first.rule == PLAIN_WORDS["extra_forbidden"] else first


async def _as_far_as_it_can_be_read(house: House, caller: Caller, request: Request, wrong: Flaw) -> Rejected:
    """What came, by whom the token names; where it is no group of fields, its text."""
    content: dict[str, Any] = {}
    with suppress(ProblemError):
        content = {"concern": await text_of(request)}
        content = await json_of(request)
    key = None
    with suppress(ProblemError):
        key = key_of(request)
    return Rejected(
        at=house.now(),
        step=HARM_REPORT,
        step_id=key,
        sender=Actor.model_validate(acting(caller, ReportSignificantHarm, None)).words,
        reason=wrong.words,
        field=wrong.field or None,
        digest=sha256(json.dumps([key, content], default=str).encode()).hexdigest(),
        said=": ".join(filter(None, (", ".join(_children_in(content)), words_of(content)))) or None,
    )


def _children_in(content: dict[str, Any]) -> list[str]:
    """Whom it names, as far as that can be read: nobody has to ask first which child is in danger."""
    named = content.get("children")
    said = named[:MOST_ENTRIES] if isinstance(named, list) else [named]
    refs = (one.get("ref") if isinstance(one, dict) else one for one in said)
    return [ref for ref in refs if isinstance(ref, str) and re.fullmatch(REF_PATTERN, ref) is not None]
