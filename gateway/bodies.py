"""What is sent to the gateway: read no further than it may be long, as JSON, and made a step or a start."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from fastapi import Request

from adapters.written import SaidTwiceError, read_json
from client.checked import checked
from client.harm_words import HARM_IN_START, SPEAKS_OF_HARM
from client.journeys import Kind, kind_named
from client.messages import no_such_step, step_of
from gateway.actor import acting
from gateway.addresses import home
from gateway.problems import Code, ProblemError
from gateway.typed import typed
from models.access import Caller
from models.journey.start import Start
from models.journey.steps import ReportsHarm, ReportSignificantHarm, Step, step_name
from models.kinds import JourneyKind
from models.vocabulary import REF_PATTERN

MOST_BYTES = 2_000_000
"""Of a body; Temporal takes no message over 2 MB."""
TOO_LONG = f"A message has at most {MOST_BYTES // 1_000_000} MB."
KEY = "Idempotency-Key"
NO_KEY = (
    f"Give each POST a number of its own in the header {KEY}: letters, digits, dots, dashes and underscores, at most "
    "80. Under the same number it is recorded once, however often it is sent."
)

OTHER_ID = (
    f"An id of your own is sent as {KEY}, too, so that under one number one is started; or leave it out, and read it "
    "in the answer."
)


async def text_of(request: Request) -> str:
    """The body as text; read once, and kept.

    Raises:
        ProblemError: it is too long, or no text in UTF-8.
    """
    kept: bytes | None = getattr(request.state, "body", None)
    if kept is None:
        kept = request.state.body = await _read(request)
    try:
        return kept.decode()
    except UnicodeDecodeError:
        raise ProblemError(Code.WRONG_CONTENT, "The body is not text in UTF-8.", field="") from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            request.state.body = bytes(body[:MOST_BYTES])
            raise ProblemError(Code.TOO_LONG, TOO_LONG)
    return bytes(body)


async def json_of(request: Request) -> dict[str, Any]:
    """The body as a group of fields.

    Raises:
        ProblemError: it is no such JSON; what is wrong is said, and nothing of what it says.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ProblemError(Code.NO_JSON, "Send JSON, with the header Content-Type: application/json.")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise ProblemError(Code.NO_JSON, "Send the body as it is, not packed: without the header Content-Encoding.")
    try:
        found = read_json(await text_of(request))
    except SaidTwiceError as error:
        raise ProblemError(Code.WRONG_CONTENT, f"In the body {error.problem}.", field="") from None
    except (ValueError, RecursionError):
        raise ProblemError(Code.WRONG_CONTENT, "The body is not JSON.", field="") from None
    if not isinstance(found, dict):
        raise ProblemError(Code.WRONG_CONTENT, "The body is not a group of fields.", field="")
    return found


def key_of(request: Request) -> str:
    """The number under which this is sent, again and again if need be.

    Raises:
        ProblemError: it is missing, or not written as it must be.
    """
    key = request.headers.get(KEY, "")
    if re.fullmatch(REF_PATTERN, key) is None:
        raise ProblemError(Code.WRONG_CONTENT, NO_KEY, field=KEY)
    return key


def step_named(kind: Kind, name: str) -> type[Step]:
    """The step of this name.

    Raises:
        ProblemError: there is none in journeys of this kind.
    """
    step = next((each for each in kind.steps if step_name(each) == name), None)
    if step is None:
        raise ProblemError(Code.NOT_FOUND, no_such_step(name, kind.steps), field="step")
    return step


def step_said(kind: Kind, name: str, content: dict[str, Any], *, key: str, caller: Caller, now: datetime) -> Step:  # noqa: PLR0913 (what a step is made of)
    """The step of this name, as this caller records it under this number.

    Raises:
        ProblemError: it is another step, under another number, by somebody else, or has no such name.
        InputError: naming what is wrong with its content.
    """
    step = step_named(kind, name)
    for field, is_so, where in (("step", name, "the address"), ("step_id", key, f"the header {KEY}")):
        if content.get(field, is_so) != is_so:
            raise ProblemError(Code.WRONG_CONTENT, f"The body says something else than {where}.", field=field)
    if content.get("occurred_at") is None:
        raise ProblemError(
            Code.WRONG_CONTENT, "Say when this happened, as occurred_at: 2026-04-02T10:00.", field="occurred_at"
        )
    said = {**content, "step": name, "step_id": key, "actor": acting(caller, step, content.get("actor"))}
    return step_of(step, said if issubclass(step, ReportsHarm) else typed(step, said), now)


def start_said(kind: Kind, content: dict[str, Any], *, key: str, made_up: str) -> Start:
    """The start, under an id of its own where that is its number, else under the one that is made up out of that.

    Raises:
        ProblemError: it is the start of another journey; or says an id that may be another one each time.
        InputError: naming what is wrong with its content.
    """
    if content.get("journey", kind.name) != kind.name:
        words = f"This is the address of a {kind.name.noun}: the body says another journey."
        raise ProblemError(Code.WRONG_CONTENT, words, field="journey")
    said = {name: value for name, value in content.items() if name != "journey"}
    # What says harm is read as well as it can be: nobody waits for a truth value to be put right.
    says_harm = HARM_IN_START.search(json.dumps(said))
    said = said if says_harm else typed(kind.start, said)
    own = said.get("id", made_up) in (key, made_up)
    if not own and not says_harm:
        raise ProblemError(Code.WRONG_CONTENT, OTHER_ID, field="id")
    return checked(kind.start, {"id": made_up, **said} if own else {**said, "id": made_up})


def reports_harm(path: str, text: str) -> bool:
    """Whether somebody says here that a child may suffer significant harm (SU-01)."""
    of_path = step_name(ReportSignificantHarm) in path or path == home(kind_named(JourneyKind.STEP_UP))
    return of_path or bool(HARM_IN_START.search(text) or SPEAKS_OF_HARM.search(text))


def speaks_of_harm(path: str, text: str) -> bool:
    """The same, or anything in a referral to Children's Social Work: then they read whom to ring (SU-01)."""
    return path.startswith(home(kind_named(JourneyKind.STEP_UP))) or reports_harm(path, text)


async def sent_of_harm(request: Request, speaks: Callable[[str, str], bool] = speaks_of_harm) -> bool:
    """Whether what is sent, as far as it came, speaks so."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    # However the body came, or did not: the answer is given.
    with suppress(Exception):
        await text_of(request)
    came: bytes = getattr(request.state, "body", b"")
    return speaks(request.url.path, came.decode(errors="replace"))
