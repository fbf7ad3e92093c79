"""The schemas of the contract: those of every start and step as they are committed, and of everything answered."""

import json
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from adapters.register.lists import TransferLine
from adapters.register.readings import Noted
from client.journeys import EVERY, Kind
from client.schemas import START, messages, schema
from gateway.answers import Act, Link
from gateway.problems import ProblemSaid
from gateway.recording import PENDING, SHOWN
from models.journey.answers import NextStep, Receipt
from models.journey.status import ClockStatus, Status
from models.journey.timeline import TimelineEntry
from models.services import EarlyHelpService

Schema = dict[str, Any]

IN_CONTRACT = "#/components/schemas/"
IN_FILE = "#/$defs/"
SAID_ELSEWHERE = ("step_id", "actor")
"""The header and the token say it; a body may repeat it."""
REGISTER: Schema = {
    "type": "string",
    "enum": [SHOWN, PENDING],
    "description": "Whether the journey is shown with this already; else in a moment.",
}


def component(kind: Kind, name: str) -> str:
    """What the contract calls a step of this journey, or its start: ``StepDownRecordConsent``."""
    return "".join(word.title() for word in f"{kind.name}_{name}".replace("-", "_").split("_"))


def components() -> dict[str, Schema]:
    """Every schema by its name."""
    kept = _Components()
    for kind in EVERY:
        for name, of in messages(kind).items():
            made = schema(of)
            said = _as_start(made, kind) if name == START else _as_body(made, name)
            kept.add(component(kind, name), said, component(kind, ""))
    for name, made in {**_of_types(), **_answers()}.items():
        kept.add(name, made, "")
    # A generator of clients calls its classes by the titles, and makes none where two are alike.
    return {name: {**made, "title": name} for name, made in sorted(kept.schemas.items())}


def _as_body(made: Schema, step: str) -> Schema:
    """The step as its body says it: which one is said there, who and under which number elsewhere."""
    required = ["step", *(name for name in made["required"] if name not in {*SAID_ELSEWHERE, "step"})]
    return {**made, "required": required, "title": step}


def _as_start(made: Schema, kind: Kind) -> Schema:
    """The start as its body says it: without an id it is given one, and which journey it is the address says."""
    properties = {**made["properties"], "journey": {"const": kind.name.value, "type": "string"}}
    return {**made, "properties": properties, "required": [name for name in made["required"] if name != "id"]}


def _of_types() -> dict[str, Schema]:
    said: dict[str, type[BaseModel]] = {"Problem": ProblemSaid, "Service": EarlyHelpService, "Act": Act, "Link": Link}
    made = {name: schema(of) for name, of in said.items()}
    put = schema(EarlyHelpService)
    made["ServiceToPut"] = {**put, "required": [name for name in put["required"] if name != "ref"]}
    made["Missing"] = _with(schema(NextStep), {"acts": _list(_ref("Act"))}, ["acts"])
    made["Clock"] = _with(schema(ClockStatus), {"certificate": {"type": ["object", "null"]}}, ["certificate"])
    line = _with(schema(TransferLine), {"links": {"type": "object", "additionalProperties": _ref("Link")}}, ["links"])
    made["Line"], made["Noted"] = line, schema(Noted)
    made["TimelineEntry"] = schema(TimelineEntry)
    return made


def _answers() -> dict[str, Schema]:
    """What is answered where something was done or read."""
    missing, links = _list(_ref("Missing")), {"type": "object", "additionalProperties": _ref("Link")}
    journey = _with(
        _without(schema(Status), {"timeline", "next_steps", "alerts"}),
        {"next_steps": missing, "links": links},
        ["links"],
    )
    begun = {name: {**part} for name, part in journey["properties"].items()} | {"register": REGISTER}
    return {
        "Journey": journey,
        "Started": {**journey, "title": "Started", "properties": begun, "required": ["id", "register", "links"]},
        "StepTaken": _taken(missing, links),
        "StepReceived": _received(),
        "StepToFillIn": {
            "type": "object",
            "title": "StepToFillIn",
            "description": "The step with all that is known; what is null somebody has to say.",
            "properties": {"step": {"type": "string"}},
            "required": ["step"],
        },
        "Timeline": _group(
            {
                "from": {
                    "type": "integer",
                    "description": "How many entries that you have still stand; those here come after them.",
                },
                "entries": _list(_ref("TimelineEntry")),
                "next": {"type": "string"},
                "more": {"type": "boolean"},
            }
        ),
        "Journeys": _page("Line", {"type": ["string", "null"]}),
        "Audit": _page("Noted", {"type": ["integer", "null"]}),
        "Clocks": _group({"clocks": _list(_ref("Clock"))}),
        "Services": _group({"services": _list(_ref("Service"))}),
        "Lives": _group({"status": {"const": "ok"}}),
        "Ready": _group({"status": {"enum": ["ok", "away"]}, "away": _list({"enum": ["register", "temporal"]})}),
    }


def _taken(missing: Schema, links: Schema) -> Schema:
    """The receipt of a step, with where the journey stands."""
    today = {"stage": {"type": "string"}, "stage_words": {"type": "string"}, "next_steps": missing}
    more = {
        "today": {"anyOf": [_group(today), {"type": "null"}]},
        "next_steps": missing,
        "register": REGISTER,
        "links": links,
    }
    receipt = _without(schema(Receipt), {"today", "next_steps"})
    return {**_with(receipt, more, ["next_steps", "register", "links"]), "title": "StepTaken"}


def _page(of: str, cursor: Schema) -> Schema:
    """Entries, and where the next page begins: null on the last."""
    return _group({"entries": _list(_ref(of)), "next": cursor})


def _received() -> Schema:
    """What somebody reads who sees nothing of the journey."""
    made = schema(Receipt)
    kept = ("step_id", "step", "accepted_at", "note")
    said = {name: made["properties"][name] for name in kept} | {"register": REGISTER}
    return {**_group(said), "title": "StepReceived"}


def _ref(name: str) -> Schema:
    return {"$ref": f"{IN_CONTRACT}{name}"}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _group(properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _with(made: Schema, more: dict[str, Schema], required: Iterable[str]) -> Schema:
    return {
        **made,
        "properties": {**made["properties"], **more},
        "required": [*dict.fromkeys([*made.get("required", ()), *required])],
    }


def _without(made: Schema, names: set[str]) -> Schema:
    properties = {name: part for name, part in made["properties"].items() if name not in names}
    return {**made, "properties": properties, "required": [n for n in made.get("required", ()) if n not in names]}


class _Components:
    """All in one place: what several schemas define alike stands there once, anything else under its owner's name."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._defined: dict[str, str] = {}

    def add(self, name: str, made: Schema, owner: str) -> None:
        """Keep it, with what it defines."""
        defined = made.get("$defs", {})
        names = {one: self._name(one, defined, owner) for one in _reached(made, defined)}
        for one, called in names.items():
            self.schemas[called] = _pointing(defined[one], names)
        self.schemas[name] = _pointing({key: part for key, part in made.items() if key != "$defs"}, names)

    def _name(self, one: str, defined: dict[str, Schema], owner: str) -> str:
        said = {name: defined[name] for name in sorted({one, *_reached(defined[one], defined)})}
        text = json.dumps(said, sort_keys=True)
        return one if self._defined.setdefault(one, text) == text else f"{owner}{one}"


def _reached(part: Any, defined: dict[str, Schema], seen: frozenset[str] = frozenset()) -> list[str]:
    """The definitions to which it points, and they in turn."""
    found: dict[str, None] = {}
    for name in _pointed(part):
        if name in defined and name not in seen and name not in found:
            found |= dict.fromkeys([name, *_reached(defined[name], defined, seen | {name, *found})])
    return [*found]


def _pointed(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"].removeprefix(IN_FILE)] if str(part.get("$ref", "")).startswith(IN_FILE) else []
        return [*own, *(name for value in part.values() for name in _pointed(value))]
    return [name for value in part for name in _pointed(value)] if isinstance(part, list) else []


def _pointing(part: Any, names: dict[str, str]) -> Any:
    """The same, pointing into the contract."""
    if isinstance(part, dict):
        return {key: _pointing(value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [_pointing(value, names) for value in part]
    if isinstance(part, str) and part.startswith(IN_FILE):
        return f"{IN_CONTRACT}{names[part.removeprefix(IN_FILE)]}"
    return part
