"""The contract: what can be asked of the gateway and what it answers, for every journey out of one table."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from client.journeys import EVERY, Kind
from client.schemas import START, messages
from gateway.addresses import home
from gateway.bodies import KEY
from gateway.components import IN_CONTRACT, component, components
from gateway.metrics import TEXT
from gateway.problems import PROBLEM_JSON, TITLES, Code
from models.access import Scope
from models.vocabulary import REF_PATTERN

JSON = "application/json"
EXAMPLES_FILE = Path(__file__).with_name("examples.json")
ABOUT = (
    "Transfers of families between Children's Social Work and Early Help. Each answer says what is missing next, and "
    "the link that does it. What is sent again under the same Idempotency-Key happens once. An answer 503 means: it is "
    "not known, so send it again under the same key."
)
SIGNED_IN = "signedIn"
SECURITY = {
    SIGNED_IN: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An OAuth 2 access token of the council's issuer (RFC 6750, RFC 9068). Each operation names the "
        f"scope that it needs; there are {', '.join(scope.value for scope in Scope)}.",
    }
}
KEY_PARAMETER = {
    "name": KEY,
    "in": "header",
    "required": True,
    "description": "A number of your own. Under the same one the same is recorded once; of a step it is the `step_id`, "
    "of a start its `id`, where it says one.",
    "schema": {"type": "string", "pattern": REF_PATTERN},
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
HEADERS: Mapping[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}}},
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}
LOCATION = {"Location": {"description": "Where the journey is read.", "schema": {"type": "string"}}}

OF_THE_FRAMEWORK = {"HTTPValidationError", "ValidationError"}
"""What FastAPI says of problems that we answer otherwise."""
OF_WHO_ASKS = (Code.NOT_SIGNED_IN, Code.NOT_IN_SCOPE, Code.TOO_OFTEN, Code.NOT_KNOWN)
OF_AN_ADDRESS = (Code.WRONG_CONTENT,)
OF_ONE_JOURNEY = (Code.NOT_FOUND, Code.NOT_YOURS)
OF_A_BODY = (Code.TOO_SLOW, Code.TOO_LONG, Code.NO_JSON, Code.WRONG_CONTENT)


@dataclass(frozen=True)
class Operation:
    """What FastAPI does not know of a route."""

    name: str
    """With ``{}`` for the journey."""
    answers: Mapping[int, tuple[str, ...]]
    """By status the schemas, one of which it has."""
    problems: tuple[Code, ...] = ()
    """Those beside what its address, its body and its sign-in bring."""


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("post", ""): Operation(
        "start{}",
        {201: ("Started",), 200: ("Started",)},
        (Code.STARTED_BEFORE, Code.NOT_YOURS, Code.NOT_FOR_YOU, Code.NOT_NOW),
    ),
    ("get", ""): Operation("list{}s", {200: ("Journeys",)}, (Code.WRONG_CONTENT,)),
    ("get", "/{journey_id}/audit"): Operation("get{}Audit", {200: ("Audit",)}),
    ("get", "/{journey_id}"): Operation("get{}", {200: ("Journey",)}),
    ("get", "/{journey_id}/timeline"): Operation("get{}Timeline", {200: ("Timeline",)}, (Code.BUSY,)),
    ("get", "/{journey_id}/clocks"): Operation("get{}Clocks", {200: ("Clocks",)}),
    ("get", "/{journey_id}/steps/{step}"): Operation("get{}Step", {200: ("StepToFillIn",)}),
    ("post", "/{journey_id}/steps/{step}"): Operation(
        "record{}Step",
        {201: ("StepTaken", "StepReceived"), 200: ("StepTaken", "StepReceived")},
        (Code.NOT_FOR_YOU, Code.STEP_ID_REUSED, Code.NOT_NOW, Code.LETTERS_UNREAD),
    ),
    ("get", "/v1/services"): Operation("listServices", {200: ("Services",)}),
    ("get", "/v1/services/{ref}"): Operation("getService", {200: ("Service",)}, (Code.NOT_FOUND,)),
    ("put", "/v1/services/{ref}"): Operation("putService", {200: ("Service",), 201: ("Service",)}),
    ("get", "/health/live"): Operation("getLive", {200: ("Lives",)}),
    ("get", "/health/ready"): Operation("getReady", {200: ("Ready",), 503: ("Ready",)}),
    ("get", "/metrics"): Operation("getMetrics", {}),
}
"""By method, and by what stands behind the address of the journeys."""

Examples = Mapping[str, Mapping[str, Any]]


@cache
def kept_examples() -> Examples:
    """Those that were made from the case files."""
    found: Examples = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))
    return found


def contract(routes: Sequence[APIRoute], examples: Examples) -> dict[str, Any]:
    """All of it, in OpenAPI 3.1."""
    made = get_openapi(title="Early Help transfers", version="1", description=ABOUT, routes=routes)
    scopes = {(route.path, name.lower()): _scope(route) for route in routes for name in route.methods or ()}
    for path, methods in made["paths"].items():
        for method, said in methods.items():
            methods[method] = _operation(path, method, said, scopes[path, method], examples)
    of_addresses = {name: part for name, part in made["components"]["schemas"].items() if name not in OF_THE_FRAMEWORK}
    made["components"] = {"securitySchemes": SECURITY, "schemas": {**of_addresses, **components()}}
    return made


def _scope(route: APIRoute) -> Scope | None:
    found = (getattr(one.call, "scope", None) for one in route.dependant.dependencies)
    return next((scope for scope in found if scope is not None), None)


def _operation(path: str, method: str, said: dict[str, Any], scope: Scope | None, examples: Examples) -> dict[str, Any]:
    kind = next((one for one in EVERY if path.split("/")[2:3] == [one.path]), None)
    behind = path.removeprefix(home(kind)) if kind is not None else path
    row = OPERATIONS.get((method, behind), Operation(f"{method}{behind}", {}))
    problems = (*_problems(path, method, scope), *row.problems)
    return {
        "tags": said["tags"],
        "summary": said["description"].split(";")[0].split(".")[0],
        "description": said["description"],
        "operationId": row.name.format(noun(kind) if kind is not None else ""),
        "security": [{SIGNED_IN: [scope.value]}] if scope is not None else [],
        "parameters": _parameters(said.get("parameters", []), method, kind),
        **({"requestBody": body} if (body := _body(behind, method, kind, examples)) else {}),
        "responses": {**_answers(row, behind), **_refusals(problems)},
    }


def noun(kind: Kind) -> str:
    """What the names of operations call a journey of this kind."""
    return "".join(word.title() for word in kind.path.removesuffix("s").split("-"))


def _problems(path: str, method: str, scope: Scope | None) -> Iterable[Code]:
    yield from OF_WHO_ASKS if scope is not None else ()
    yield from OF_AN_ADDRESS if "{" in path else ()
    yield from OF_ONE_JOURNEY if "{journey_id}" in path else ()
    yield from OF_A_BODY if method in {"post", "put"} else ()


def _parameters(said: list[dict[str, Any]], method: str, kind: Kind | None) -> list[dict[str, Any]]:
    found = [_of_kind(one, kind) if kind is not None else one for one in said]
    return [*found, {**KEY_PARAMETER, "example": key(kind)}] if method == "post" and kind is not None else found


def key(kind: Kind) -> str:
    """An example of a number of one's own."""
    return f"{kind.path}-2026-04-07-0001"


def _of_kind(said: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """What is asked for by name has the names of this journey."""
    named = {"step": [name for name in messages(kind) if name != START], "stage": [*map(str, kind.journey.stages)]}
    return {**said, "schema": {"type": "string", "enum": named[said["name"]]}} if said["name"] in named else said


def _body(behind: str, method: str, kind: Kind | None, examples: Examples) -> dict[str, Any] | None:
    if method == "put":
        return _sent({"$ref": f"{IN_CONTRACT}ServiceToPut"}, {"service": SERVICE})
    if method != "post" or kind is None:
        return None
    if behind == "":
        return _sent({"$ref": _where(kind, START)}, {START: examples[kind.name][START]})
    steps = [name for name in messages(kind) if name != START]
    one_of = {
        "oneOf": [{"$ref": _where(kind, name)} for name in steps],
        "discriminator": {"propertyName": "step", "mapping": {name: _where(kind, name) for name in steps}},
    }
    return _sent(one_of, {name: examples[kind.name][name] for name in steps})


SERVICE = {
    "name": "East Early Help Hub",
    "contact_email": "lead@east-hub.example",
    "contact_kind": "allocates",
    "mosaic_team": "EH-EAST",
}


def _where(kind: Kind, name: str) -> str:
    return f"{IN_CONTRACT}{component(kind, name)}"


def _sent(schema: dict[str, Any], examples: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: {"summary": name.replace("_", " "), "value": value} for name, value in examples.items()}
    return {"required": True, "content": {JSON: {"schema": schema, "examples": said}}}


def _answers(row: Operation, behind: str) -> dict[str, Any]:
    if not row.answers:
        return {"200": {"description": "Done.", "content": {TEXT: {"schema": {"type": "string"}}}}}
    return {str(status): _answer(status, names, behind) for status, names in row.answers.items()}


def _answer(status: int, names: tuple[str, ...], behind: str) -> dict[str, Any]:
    refs = [{"$ref": f"{IN_CONTRACT}{name}"} for name in names]
    said = {
        "description": WORDS[status],
        "content": {JSON: {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}}},
    }
    return {**said, "headers": LOCATION} if behind == "" else said


WORDS = {
    200: "As it is; what was sent before under this number is answered so again.",
    201: "It was done now.",
    503: "Something that is asked does not answer.",
}


def _refusals(problems: Iterable[Code]) -> dict[str, Any]:
    """By status: what may be wrong."""
    found: dict[int, list[Code]] = {}
    for code in dict.fromkeys(problems):
        found.setdefault(code.status, []).append(code)
    return {str(status): _refusal(status, found[status]) for status in sorted(found)}


def _refusal(status: int, codes: list[Code]) -> dict[str, Any]:
    said = {
        "description": " ".join(f"`{code.value}`: {TITLES[code]}" for code in codes),
        "content": {PROBLEM_JSON: {"schema": {"$ref": f"{IN_CONTRACT}Problem"}}},
    }
    return {**said, "headers": HEADERS[status]} if status in HEADERS else said
