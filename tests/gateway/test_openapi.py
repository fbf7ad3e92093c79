"""The contract: the same that is committed and served, made of the committed schemas, with examples that hold."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from itertools import product
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import APIRoute

from cli.pages.api_examples import EXAMPLES_FILE, api_examples
from cli.pages.schemas import CONTRACT, written
from cli.project import DOCS
from client.errors import InputError
from client.journeys import EVERY, Kind, kind_named
from client.schemas import START, messages
from gateway.bodies import start_said, step_said
from gateway.components import IN_CONTRACT, SAID_ELSEWHERE, component
from gateway.openapi import OPERATIONS
from gateway.problems import Code, ProblemError
from models.access import Caller, Scope
from models.kinds import JourneyKind
from models.vocabulary import Role
from tests.gateway.quiet import asking, quiet_app

APP = quiet_app()
SERVED = APP.openapi()
NOW = datetime(2026, 12, 1, tzinfo=UTC)
EACH = [(kind, name) for kind in EVERY for name in messages(kind)]
STEPS = [(kind, name) for kind, name in EACH if name != START]
OPEN = {"/health/live", "/health/ready", "/metrics"}
OPERATION = [(path, method) for path, methods in SERVED["paths"].items() for method in methods]


def said(of: tuple[Kind, str]) -> str:
    return f"{of[0].name} {of[1]}"


def whole(schema: Any, root: Any) -> Any:
    """The schema with everything that it points to in its place."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            found = root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return whole({**found, **{key: value for key, value in schema.items() if key != "$ref"}}, root)
        return {key: whole(value, root) for key, value in schema.items() if key not in {"$defs", "mapping"}}
    return [whole(value, root) for value in schema] if isinstance(schema, list) else schema


def untitled(schema: Any) -> Any:
    """The schema without what it is called."""
    if isinstance(schema, dict):
        return {key: untitled(part) for key, part in schema.items() if key != "title" or isinstance(part, dict)}
    return [untitled(part) for part in schema] if isinstance(schema, list) else schema


def in_contract(kind: Kind, name: str) -> Any:
    return whole({"$ref": f"{IN_CONTRACT}{component(kind, name)}"}, SERVED)


def example(kind: Kind, name: str) -> dict[str, Any]:
    made: dict[str, Any] = deepcopy(api_examples()[kind.name][name])
    return made


def test_what_is_committed_is_what_the_code_says() -> None:
    assert (DOCS / "schemas" / f"{CONTRACT}.json").read_text(encoding="utf-8") == written(SERVED)
    assert EXAMPLES_FILE.read_text(encoding="utf-8") == written(api_examples())


async def test_it_is_served_to_everybody() -> None:
    async with asking(APP) as http:
        assert (await http.get("/openapi.json")).json() == SERVED


@pytest.mark.parametrize(("kind", "name"), EACH, ids=map(said, EACH))
def test_a_component_is_the_committed_schema_without_what_header_address_and_token_say(kind: Kind, name: str) -> None:
    file = json.loads((DOCS / "schemas" / kind.name / f"{name}.json").read_text(encoding="utf-8"))
    committed, found = untitled(whole(file, file)), untitled(in_contract(kind, name))
    asked = {*committed.pop("required", ())} - {*SAID_ELSEWHERE}
    if name == START:
        assert found["properties"].pop("journey")["const"] == kind.name
        asked -= {"id"}
    else:
        asked |= {"step"}
    assert {*found.pop("required")} == asked
    assert found == committed
    assert found["additionalProperties"] is False


@pytest.mark.parametrize(("kind", "name"), EACH, ids=map(said, EACH))
def test_an_example_holds_by_its_schema_and_is_read(kind: Kind, name: str) -> None:
    body = example(kind, name)
    jsonschema_rs.validator_for(in_contract(kind, name)).validate(body)
    read(kind, name, body)


def read(kind: Kind, name: str, body: dict[str, Any]) -> None:
    """As the routes read it."""
    caller = Caller(who="sw-17", roles=frozenset({Role.SOCIAL_WORKER}), teams=frozenset({"north-2"}))
    if name == START:
        start_said(kind, body, key="k-1", made_up="t-1")
    else:
        step_said(kind, name, body, key="k-1", caller=caller, now=NOW)


BREAKS = {
    "something that no one knows": lambda body, _: {**body, "nobody_knows": 1},
    "a number in place of a text": lambda body, field: {**body, field: 7},
    "a text in place of whatever it is": lambda body, field: {**body, field: "\x00"},
    "a truth value in place of whatever it is": lambda body, field: {**body, field: True},
    "nothing": lambda body, field: {name: value for name, value in body.items() if name != field},
}


@pytest.mark.parametrize(("kind", "name"), EACH, ids=map(said, EACH))
def test_what_the_schema_refuses_the_gateway_refuses(kind: Kind, name: str) -> None:
    schema = jsonschema_rs.validator_for(in_contract(kind, name))
    body = example(kind, name)
    for field, change in product(body, BREAKS.values()):
        broken = change(body, field)
        if schema.is_valid(broken) or field == "step" or is_repaired(kind, name, field):
            continue
        with pytest.raises((InputError, ProblemError)) as refused:
            read(kind, name, broken)
        assert getattr(refused.value, "code", Code.WRONG_CONTENT) is Code.WRONG_CONTENT, field


LAX = {"true", "no", "1", "0", 0, 1, "off"}


@pytest.mark.parametrize("said", sorted(LAX, key=str))
def test_what_is_no_truth_value_is_not_taken_for_one(said: object) -> None:
    kind = EVERY[0]
    body = example(kind, "authorise") | {"granted": said}
    with pytest.raises(InputError, match="is not true or false"):
        read(kind, "authorise", body)


def test_a_truth_value_is_no_number() -> None:
    kind = kind_named(JourneyKind.HELP_REQUEST)
    body = example(kind, START) | {"harm": None}
    body["agreement"]["agreed_by"][0]["age"] = False
    with pytest.raises(InputError, match="is not a whole number"):
        read(kind, START, body)


def test_a_referral_is_read_as_well_as_it_can_be() -> None:
    kind = kind_named(JourneyKind.STEP_UP)
    read(kind, START, example(kind, START) | {"significant_harm": "true"})


def is_repaired(kind: Kind, name: str, field: str) -> bool:
    """A report of harm is taken as far as it can be read (SU-01)."""
    return name == "report_significant_harm" and field in {"concern", "spoken_to"}


@pytest.mark.parametrize(("path", "method"), OPERATION)
def test_each_operation_has_a_name_words_and_every_answer(path: str, method: str) -> None:
    operation = SERVED["paths"][path][method]
    assert operation["operationId"].isidentifier()
    assert operation["summary"]
    assert operation["description"]
    behind = (
        "/".join(["", *path.split("/")[3:]]).rstrip("/") if operation["tags"][0] not in {"services", "health"} else path
    )
    assert (method, behind) in OPERATIONS, "its answers are not described"
    assert ({"401", "403", "429", "503"} <= operation["responses"].keys()) == (path not in OPEN)
    assert ("404" in operation["responses"]) >= ("{journey_id}" in path)
    assert ({"413", "415", "422"} <= operation["responses"].keys()) == (method in {"post", "put"})


def test_each_schema_is_titled_by_its_own_name_as_generators_of_clients_call_their_classes_so() -> None:
    schemas = SERVED["components"]["schemas"]
    assert {name: made["title"] for name, made in schemas.items()} == {name: name for name in schemas}


def test_everything_that_is_pointed_to_is_there() -> None:
    pointed = set(re.findall(f'"{IN_CONTRACT}([^"]+)"', json.dumps(SERVED)))
    assert pointed <= SERVED["components"]["schemas"].keys()


def test_each_operation_is_called_by_a_name_of_its_own() -> None:
    names = [SERVED["paths"][path][method]["operationId"] for path, method in OPERATION]
    assert len({*names}) == len(names)
    assert {"startTransfer", "recordHelpRequestStep", "getStepUpTimeline"} <= {*names}


def test_each_operation_names_the_scope_that_its_route_asks() -> None:
    asked = {
        (route.path, name.lower()): [
            one.call.scope for one in route.dependant.dependencies if hasattr(one.call, "scope")
        ]
        for route in APP.every
        if isinstance(route, APIRoute)
        for name in route.methods or ()
    }
    for path, method in OPERATION:
        security = SERVED["paths"][path][method]["security"]
        assert [scope for one in security for scope in one["signedIn"]] == asked[path, method]
        assert bool(security) == (path not in OPEN)
    assert {scope for one in asked.values() for scope in one} <= {*Scope}


def test_what_may_be_sent_to_a_step_are_the_steps_of_its_journey() -> None:
    for kind in EVERY:
        operation = SERVED["paths"][f"/v1/{kind.path}/{{journey_id}}/steps/{{step}}"]["post"]
        body = operation["requestBody"]["content"]["application/json"]
        steps = [name for name in messages(kind) if name != START]
        assert [*body["examples"]] == steps == [*body["schema"]["discriminator"]["mapping"]]
        assert len(body["schema"]["oneOf"]) == len(steps)
        assert next(one for one in operation["parameters"] if one["name"] == "step")["schema"]["enum"] == steps


def test_every_kind_of_problem_stands_in_some_answer() -> None:
    described = json.dumps(SERVED["paths"])
    # A wrong method is no operation.
    assert {code for code in Code if f"`{code.value}`" not in described} == {Code.NO_SUCH_METHOD}
    assert {*whole({"$ref": f"{IN_CONTRACT}Code"}, SERVED)["enum"]} == {*Code}
