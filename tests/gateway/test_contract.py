"""The contract against the house as it is: every operation answers its example, and nothing breaks it."""

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
from gateway.openapi import SERVICE, key
from models.kinds import JourneyKind
from models.vocabulary import Role
from tests.gateway.house import GatewayHouse, numbered
from tests.gateway.test_openapi import SERVED, whole

SERVICES = read_services(EXAMPLES / "services.csv")
READS_ALL = ("transfers-casework", "transfers-restricted")
HARM = "report_significant_harm"


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
    app, token = await house.app(), anybody(house)
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
