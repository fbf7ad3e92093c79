"""A step as a file to be filled in: what is known stands there, and what somebody has to say is left empty."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import typer
from pydantic import BaseModel

from cli.documents import journey_of
from cli.terminal import print_json
from cli.wiring import find_transfers, mosaic, numbers_to_ring, temporal
from client.errors import InputError
from client.journeys import kind_named
from client.messages import no_such_step
from client.transfers import find_journey, kind_of, new_start
from client.transfers import new_step as ask_for_step
from models.errors import LastingError
from models.field_words import field_words
from models.journey.new_step import NewStep
from models.journey.steps import ReportSignificantHarm, Step, step_name
from models.step_down.steps.sharing import RecordFamilySharing

HEADER = (
    "# What is empty is yours to say; delete a line that does not apply. Then send it: transfers step {id} FILE\n"
    "# What stands here is known: from this {it}, Mosaic and the directories. Check that it is still right.\n"
)


TO_START = (
    "# What is empty is yours to say; delete a line that does not apply. Then start it: transfers start FILE\n"
    "# What stands here is known from {id}. Check that it is still right.\n"
)
WHEN_OFFERED = "a step-down is, where an assessment ended without ongoing social work and needs remain (SU-07)."


RING_FIRST = "# Ring first. {phones} Recording it here is not the call.{empty}\n"
"""Above a step in which it is said who was spoken to about a risk of significant harm (SU-01)."""
MAY_STAY_EMPTY = " What does not apply may stay empty."
"""Nothing that may be left out holds up a report of harm."""
THE_SAME = (
    "# A report that nobody has rung about stands here, to be sent again with who was spoken to. If anything else "
    "worries you,\n# delete the line 'corrects' and write your own: otherwise the first report is replaced.\n"
)
"""Above a report that would take the place of one."""


def show_new_step(transfer_id: str, name: str, *, as_json: bool) -> None:
    """Print the file for a step of this name.

    Raises:
        InputError: there is no such step.
    """
    find_transfers()
    kind, noun, content = asyncio.run(_asked(transfer_id, name))
    if kind is RecordFamilySharing:
        content["version"] = _newest(content["document_ref"])
    if as_json:
        print_json(content)
    else:
        typer.echo(_header(kind, transfer_id, noun, content) + written(kind, content), nl=False)


def show_new_start(transfer_id: str, *, as_json: bool) -> None:
    """Print the file of the start that is offered out of this journey (SU-07).

    Raises:
        InputError: none is.
    """
    find_transfers()
    found = asyncio.run(_offered(transfer_id))
    if found is None:
        raise InputError(f"--out-of: nothing is offered out of {transfer_id}: {WHEN_OFFERED}")
    if as_json:
        print_json(found.content)
        return
    kind = kind_named(journey_of(found.content)).start
    typer.echo(TO_START.format(id=transfer_id) + written(kind, found.content), nl=False)


async def _offered(transfer_id: str) -> NewStep | None:
    return await new_start(await find_journey(await temporal(), transfer_id))


async def _asked(transfer_id: str, name: str) -> tuple[type[Step], str, dict[str, Any]]:
    """The type of the step, what its journey is called, and what of the step is known."""
    journey = await find_journey(await temporal(), transfer_id)
    steps, noun = kind_of(journey).steps, kind_of(journey).name.noun
    kind = next((kind for kind in steps if step_name(kind) == name), None)
    if kind is None:
        raise InputError(f"--new: {no_such_step(name, steps)}")
    return kind, noun, (await ask_for_step(journey, name)).content


def _header(kind: type[Step], transfer_id: str, noun: str, content: dict[str, Any]) -> str:
    header = HEADER.format(id=transfer_id, it=noun)
    if "spoken_to" not in content:
        return header
    reports = kind is ReportSignificantHarm
    ring = RING_FIRST.format(phones=numbers_to_ring(), empty=MAY_STAY_EMPTY if reports else "")
    return f"{ring}{THE_SAME if reports and content.get('corrects') else ''}{header}"


def _newest(document: str) -> int | None:
    """The newest version in Mosaic, to be compared with what the family saw; None where it does not say."""
    with mosaic() as known:
        try:
            return known.newest_version(document)
        except LastingError:
            return None


def written(kind: type[BaseModel], content: dict[str, Any]) -> str:
    """The file, with a word beside each empty place."""
    return "\n".join(_lines(content, kind.model_json_schema(), kind.model_json_schema(), "")) + "\n"


def _lines(value: dict[str, Any], schema: dict[str, Any], whole: dict[str, Any], within: str) -> Iterator[str]:
    for name, said in value.items():
        inner = _schema(schema.get("properties", {}).get(name, {}), whole)
        if isinstance(said, dict):
            yield f"{name}:"
            yield from (f"  {line}" for line in _lines(said, inner, whole, name))
        elif isinstance(said, list) and said and isinstance(said[0], dict):
            yield f"{name}:"
            for each in said:
                first, *others = _lines(each, _schema(inner.get("items", {}), whole), whole, name)
                yield f"  - {first}"
                yield from (f"    {line}" for line in others)
        elif said is None:
            words = field_words(within) if name == "text" else field_words(name, within)
            yield f"{name}:   # {words}{_choices(inner, whole)}"
        else:
            yield f"{name}: {json.dumps(said, ensure_ascii=False)}"


def _schema(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """What a field takes, without null."""
    one = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
    found: dict[str, Any] = whole["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
    return found


MOMENTS = {"date-time": ", as 2026-04-02T10:00", "date": ", as 2026-04-02"}


def _choices(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """What may stand there, where that is a matter of choice."""
    several = schema.get("type") == "array"
    one = _schema(schema.get("items", {}), whole) if several else schema
    words = one.get("enum") or (["true", "false"] if one.get("type") == "boolean" else ())
    listed = ", as [one, two]" if several else ""
    moment = MOMENTS.get(one.get("format", ""), "")
    return f": {', '.join(words)}{listed}" if words else f"{moment}{listed}"
