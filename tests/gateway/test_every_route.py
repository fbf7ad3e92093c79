"""Who may do what: every route, for everybody who may knock, of a family's record that is theirs and one that is not.

The table says what is to be; a route or a caller that it does not name fails.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.local_issuer import AUDIENCE, ISSUER
from client.journeys import EVERY, Kind
from gateway.app import Gateway
from models.access import Scope
from models.journey.start import Start
from models.kinds import JourneyKind
from models.vocabulary import Role
from tests import builders, help_requests, step_ups
from tests.gateway.house import GatewayHouse, Http, numbered, signed

UNSIGNED = frozenset({"not_signed_in"})
REFUSED = frozenset({"not_yours", "not_in_scope"})
OPEN, START, LIST, READ, FORM, AUDIT, RECORD, LOOK_UP, CHANGE = (
    *("open", "start", "list", "read", "form", "audit", "record", "look up", "change"),
)
OF_PATHS = {
    ("GET", ""): LIST,
    ("POST", ""): START,
    ("GET", "/{journey_id}"): READ,
    ("GET", "/{journey_id}/timeline"): READ,
    ("GET", "/{journey_id}/clocks"): READ,
    ("GET", "/{journey_id}/audit"): AUDIT,
    ("GET", "/{journey_id}/steps/{step}"): FORM,
    ("POST", "/{journey_id}/steps/{step}"): RECORD,
    ("GET", "/v1/services"): LOOK_UP,
    ("GET", "/v1/services/{ref}"): LOOK_UP,
    ("PUT", "/v1/services/{ref}"): CHANGE,
    ("GET", "/health/live"): OPEN,
    ("GET", "/health/ready"): OPEN,
    ("GET", "/metrics"): OPEN,
    ("HEAD", "/health/live"): OPEN,
    ("HEAD", "/health/ready"): OPEN,
    ("HEAD", "/metrics"): OPEN,
}
EVERYTHING = frozenset({OPEN, START, LIST, READ, FORM, AUDIT, RECORD, LOOK_UP, CHANGE})
OF_NO_FAMILY = frozenset({OPEN, START, LIST, LOOK_UP, CHANGE})
"""What is of no family's record: a start is one's own, and a list holds what one may see."""


class Knocks(NamedTuple):
    """Somebody, and what they may do with a step-down that is open to all of its team, and with a restricted one."""

    may: frozenset[str]
    restricted: frozenset[str]
    token: Mapping[str, Any]


def scope(*only: Scope) -> dict[str, Any]:
    return {"scopes": only}


CALLERS = {
    "its social worker": Knocks(EVERYTHING, EVERYTHING, {}),
    "its team manager": Knocks(EVERYTHING, EVERYTHING, {"who": "tm-1", "roles": [Role.TEAM_MANAGER]}),
    "somebody of its team": Knocks(EVERYTHING, OF_NO_FAMILY, {"who": "sw-8"}),
    "somebody of its team who reads nothing": Knocks(OF_NO_FAMILY, OF_NO_FAMILY, {"who": "sw-8", "reads": ()}),
    "another team": Knocks(OF_NO_FAMILY - {START}, OF_NO_FAMILY - {START}, {"who": "sw-9", "teams": ["team-south"]}),
    "operations": Knocks(
        EVERYTHING - {START},
        OF_NO_FAMILY - {START},
        {"who": "op-1", "roles": [Role.OPERATIONS], "teams": (), "reads": ["transfers-operations"]},
    ),
    "its service, for which nobody has agreed": Knocks(
        (OF_NO_FAMILY | {RECORD}) - {START},
        (OF_NO_FAMILY | {RECORD}) - {START},
        {"who": "eh-1", "roles": [Role.EARLY_HELP_SERVICE], "teams": [builders.service().mosaic_team]},
    ),
    "who reads restricted families": Knocks(
        EVERYTHING - {START},
        EVERYTHING - {START},
        {"who": "ig-1", "roles": (), "teams": (), "reads": ["transfers-restricted"]},
    ),
    "a program that may read alone": Knocks(
        frozenset({OPEN, LIST, READ, FORM}), frozenset({OPEN, LIST, READ, FORM}), scope(Scope.READ)
    ),
    "a program that may record alone": Knocks(
        frozenset({OPEN, RECORD}), frozenset({OPEN, RECORD}), scope(Scope.RECORD)
    ),
    "a program that may start alone": Knocks(frozenset({OPEN, START}), frozenset({OPEN, START}), scope(Scope.START)),
    "a program without scopes": Knocks(frozenset({OPEN}), frozenset({OPEN}), scope()),
}
OTHERS = [kind for kind in EVERY if kind.name is not JourneyKind.STEP_DOWN]
NUMBERS = count(1)


def claims() -> dict[str, Any]:
    return {
        "sub": "sw-7",
        "aud": AUDIENCE,
        "iss": ISSUER,
        "exp": datetime.now(UTC) + timedelta(minutes=5),
        "roles": [Role.SOCIAL_WORKER, "transfers-casework"],
        "teams": ["team-sw"],
        "scope": " ".join(Scope),
    }


def column(route: Any, method: str) -> str:
    kind = next((kind for kind in EVERY if route.path.split("/")[2:3] == [kind.path]), None)
    return OF_PATHS[method, route.path.removeprefix(f"/v1/{kind.path}") if kind is not None else route.path]


def start_of(kind: Kind) -> Start:
    number = next(NUMBERS)
    said = {"id": f"knock-{number}", "family_ref": f"family-{number}"}
    children = [{"ref": f"knock-child-{number}"}]
    match kind.name:
        case JourneyKind.STEP_DOWN:
            return builders.request(f"knock-child-{number}", **said)
        case JourneyKind.HELP_REQUEST:
            return help_requests.request(**said)
        case _:
            return step_ups.referral(**said, children=children)


async def asked(http: httpx.AsyncClient, method: str, path: str, kind: Kind | None, headers: Any) -> httpx.Response:
    """Ask it as a system would; what is wrong with the content is of no matter here."""
    body: Any = None
    if method == "PUT":
        body = builders.service().model_dump(mode="json", exclude={"ref"})
    elif method == "POST" and kind is not None:
        body = (
            {"occurred_at": datetime.now(UTC).isoformat(), "because": "A holiday was announced"}
            if "steps" in path
            else start_of(kind).model_dump(mode="json", exclude_defaults=True)
        )
    return await http.request(
        method, path, json=body, headers={**headers, **numbered((body or {}).get("id"))}, params=waits(method)
    )


def waits(method: str) -> dict[str, Any]:
    return {"wait": 0} if method == "POST" else {}


def path_of(route: Any, journey_id: str, step: str = "recalculate_clocks") -> str:
    found = route.path.replace("{journey_id}", journey_id).replace("{step}", step)
    return str(found.replace("{ref}", builders.service().ref))


@pytest.fixture
async def app(house: GatewayHouse) -> Gateway:
    return await house.app()  # type: ignore[return-value] # it is ours


@pytest.fixture
async def at(house: GatewayHouse, app: Gateway) -> Http:
    return house.http(app)


async def begun(at: Http, request: Start) -> str:
    answer = await at.start(request)
    assert answer.status_code == 201, answer.text
    return request.id


async def test_whoever_has_no_token_that_holds_comes_in_nowhere(house: GatewayHouse, app: Gateway, at: Http) -> None:
    one = await begun(at, house.request())
    good = house.token()
    key_id = {"kid": jwt.get_unverified_header(good)["kid"]}
    forged = jwt.encode(claims(), "a secret that somebody made up, and long enough", "HS256", key_id)
    head, body, signature = good.split(".")
    tokens = {
        "none": {},
        "no bearer": {"authorization": f"Basic {good}"},
        "empty": {"authorization": "Bearer "},
        "signed with a secret": signed(forged),
        "unsigned": signed(jwt.encode(claims(), None, "none", key_id)),
        "changed": signed(f"{head}.{body[:-4]}AAAA.{signature}"),
        "ended": signed(house.token(at=datetime.now(UTC) - timedelta(hours=2))),
        "of another key": signed(of_another_key(key_id)),
        "for somebody else": signed(house.signed_by_issuer({**claims(), "aud": "another-system"})),
        "without an end": signed(house.signed_by_issuer({**claims(), "exp": None})),
    }
    for name, headers in tokens.items():
        # Each at a door of its own: whoever knocks often without a token waits.
        at = house.http(await house.app())
        at.headers.pop("authorization")
        for route in app.every:
            for method in route.methods or ():
                kind = next((kind for kind in EVERY if f"/v1/{kind.path}" in route.path), None)
                answer = await asked(at, method, path_of(route, one), kind, headers)
                expected = 200 if column(route, method) == OPEN else 401
                assert answer.status_code == expected, (method, route.path, name, answer.text)


def of_another_key(key_id: dict[str, str], **changes: Any) -> str:
    return jwt.encode({**claims(), **changes}, Ed25519PrivateKey.generate(), "EdDSA", key_id)


@pytest.mark.parametrize("restricted", [False, True], ids=["open to its team", "restricted"])
@pytest.mark.parametrize("name", CALLERS)
async def test_each_route_is_open_to_those_of_the_table(
    house: GatewayHouse, app: Gateway, at: Http, name: str, restricted: bool
) -> None:
    one = await begun(at, house.request(restricted=restricted))
    knocks = CALLERS[name]
    may = knocks.restricted if restricted else knocks.may
    headers = signed(house.token(**knocks.token))
    for route in app.every:
        if any(f"/v1/{kind.path}" in route.path for kind in OTHERS):
            continue
        for method in sorted(route.methods or ()):
            answer = await asked(at, method, path_of(route, one), EVERY[0], headers)
            code = answer.json().get("code") if answer.content and "json" in answer.headers["content-type"] else None
            allowed = code not in UNSIGNED | REFUSED
            assert allowed == (column(route, method) in may), (name, method, route.path, answer.text)


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.name)
async def test_the_routes_of_every_journey_are_closed_to_whoever_it_does_not_concern(
    house: GatewayHouse, app: Gateway, at: Http, kind: Kind
) -> None:
    one = await begun(at, start_of(kind))
    headers = signed(house.token("sw-9", teams=["team-south"]))
    for route in app.every:
        for method in sorted(route.methods or ()):
            if f"/v1/{kind.path}" not in route.path or column(route, method) in {START, LIST}:
                continue
            answer = await asked(at, method, path_of(route, one), kind, headers)
            assert answer.json()["code"] in REFUSED | {"not_found"}, (method, route.path, answer.text)
            assert one not in answer.text
