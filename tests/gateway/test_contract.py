"""The contract against the house as it is: every operation answers its example, and nothing breaks it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import jsonschema_rs
import pytest

from cli.pages.api_examples import api_examples
from cli.project import EXAMPLES
from cli.services import read_services
from client.journeys import EVERY, Kind
from client.schemas import START
from gateway.app import Gateway
from gateway.limits import Limits
from gateway.openapi import SERVICE, key, noun
from models.kinds import JourneyKind
from models.vocabulary import Role
from tests.gateway.house import GatewayHouse, numbered
from tests.gateway.quiet import served
from tests.gateway.test_openapi import SERVED, whole

SERVICES = read_services(EXAMPLES / "services.csv")
READS_ALL = ("transfers-casework", "transfers-restricted")
HARM = "report_significant_harm"
AS_OFTEN = 1_000_000
"""As a test asks."""
PHASES = "examples,coverage,fuzzing"


class Prepared(NamedTuple):
    """A house in which a journey of each kind was started from its example."""

    app: Gateway
    token: str
    journeys: dict[JourneyKind, str]
    started: dict[JourneyKind, httpx.Response]


def anybody(house: GatewayHouse) -> str:
    """Somebody with every role, who belongs to the team of the example and reads everything."""
    teams = {str(api_examples()[kind.name][START].get("social_work_team", "EH-EAST")) for kind in EVERY}
    return house.token(f"person-of-{house.queue}", roles=tuple(Role), teams=teams, reads=READS_ALL)


@pytest.fixture
async def prepared(house: GatewayHouse) -> Prepared:
    house.register.put_services(SERVICES)
    app, token = await house.app(limits=Limits(AS_OFTEN, AS_OFTEN)), anybody(house)
    started = {}
    async with house.http(app, token) as http:
        for kind in EVERY:
            started[kind.name] = await http.post(
                f"/v1/{kind.path}", json=api_examples()[kind.name][START], headers=numbered(key(kind))
            )
            assert started[kind.name].status_code == 201, started[kind.name].text
    return Prepared(app, token, {name: answer.json()["id"] for name, answer in started.items()}, started)


async def test_every_operation_answers_its_example(house: GatewayHouse, prepared: Prepared) -> None:
    async with house.http(prepared.app, prepared.token) as http:
        for path, methods in SERVED["paths"].items():
            for method, operation in methods.items():
                answer = await asked(http, prepared, path, method)
                assert answer.status_code in {200, 201}, f"{operation['operationId']}: {answer.text}"
                described = operation["responses"][str(answer.status_code)]
                [(media, content)] = described["content"].items()
                assert answer.headers["content-type"].startswith(media.partition(";")[0])
                if media == "application/json":
                    jsonschema_rs.validator_for(whole(content["schema"], SERVED)).validate(answer.json())


async def asked(http: httpx.AsyncClient, prepared: Prepared, path: str, method: str) -> httpx.Response:
    """As the example of the operation says; of the steps the report of harm."""
    kind = next((one for one in EVERY if path.split("/")[2:3] == [one.path]), None)
    body = sent(kind, path, method)
    journey = prepared.journeys[kind.name] if kind is not None else ""
    url = path.format(journey_id=journey, step=HARM, ref=SERVICES[0].ref)
    return await http.request(method, url, json=body, headers=numbered(key(kind) if kind else None))


def sent(kind: Kind | None, path: str, method: str) -> dict[str, Any] | None:
    if method == "put":
        return SERVICE
    if method == "post" and kind is not None:
        return api_examples()[kind.name][HARM if path.endswith("{step}") else START]
    return None


LEFT_OUT = {
    "object_level_authorization": "who sees what has a table of its own",
    "use_after_free": "nothing can be deleted",
    "ensure_resource_availability": "what was started is shown in a moment, and may be for others to see",
}
"""The checks that would ask for what is not so here."""
CONFIG = """
[generation]
max-examples = 25
deterministic = true

[phases.coverage]
unexpected-methods = ["DELETE", "PATCH", "OPTIONS", "TRACE"]

# What the rules of the guidance say, or the directory, no schema can: 422 with the field and the clause.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429"]
"""
OF_A_KIND = """
# Each step of each journey is broken in every field by test_openapi.py, in a second.
[[operations]]
include-operation-id = "record{noun}Step"
phases.coverage.enabled = false
parameters = {{ "path.journey_id" = "{journey}" }}

# Of a journey that there is; and nobody waits for what does not come.
[[operations]]
include-path-regex = "^/v1/{path}/"
exclude-operation-id = "record{noun}Step"
parameters = {{ "path.journey_id" = "{journey}", "query.wait" = 0.01 }}
"""


@pytest.mark.long
async def test_nothing_that_the_contract_allows_or_forbids_breaks_the_gateway(
    house: GatewayHouse, prepared: Prepared, tmp_path: Path
) -> None:
    kinds = (OF_A_KIND.format(noun=noun(one), path=one.path, journey=prepared.journeys[one.name]) for one in EVERY)
    (tmp_path / "schemathesis.toml").write_text(CONFIG + "".join(kinds))
    async with served(prepared.app) as port:
        asked = ("run", f"http://127.0.0.1:{port}/openapi.json", "--header", f"Authorization: Bearer {prepared.token}")
        how = ("--phases", PHASES, "--continue-on-failure", "--no-color", "--exclude-checks", ",".join(LEFT_OUT))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", *asked, *how),
            cwd=tmp_path,
            stdout=PIPE,
            stderr=STDOUT,
        )
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
