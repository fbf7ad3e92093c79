"""Lists over HTTP: what somebody may see, page by page; and what was noted of a journey, for who may read that."""

from typing import Any

import pytest

from models.access import Scope
from models.vocabulary import Role
from tests import builders
from tests.gateway.house import GatewayHouse, Http, signed

TRANSFERS = "/v1/transfers"


async def started(house: GatewayHouse, http: Http, number: int = 3) -> list[str]:
    """Some transfers, the oldest first."""
    requests = [house.request() for _ in range(number)]
    for request in requests:
        begun = await http.start(request)
        assert begun.status_code == 201, begun.text
    return [request.id for request in requests]


async def listed(http: Http, **query: Any) -> list[str]:
    answer = await http.get(TRANSFERS, params=query)
    assert answer.status_code == 200, answer.text
    return [line["id"] for line in answer.json()["entries"]]


async def test_a_team_finds_its_transfers_page_by_page_the_newest_first(house: GatewayHouse, http: Http) -> None:
    ids = await started(house, http)
    first = (await http.get(TRANSFERS, params={"most": 2})).json()
    second = (await http.get(TRANSFERS, params={"most": 2, "after": first["next"]})).json()
    assert [line["id"] for line in (*first["entries"], *second["entries"])] == ids[::-1]
    assert second["next"] is None
    line = second["entries"][0]
    assert line["links"]["self"]["href"] == f"{TRANSFERS}/{ids[0]}"
    assert (await http.get(line["links"]["self"]["href"])).json()["id"] == ids[0]


async def test_another_team_finds_none_of_them(house: GatewayHouse, http: Http) -> None:
    await started(house, http, 1)
    token = house.token("sw-99", teams=["team-south"])
    answer = await http.get(TRANSFERS, headers=signed(token))
    assert answer.json() == {"entries": [], "next": None}


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ({"stage": "consent"}, True),
        ({"stage": "closure"}, False),
        ({"response": "none"}, True),
        ({"response": "breached"}, False),
        ({"service": builders.service().ref}, True),
        ({"service": "another-hub"}, False),
        ({"team": "team-sw"}, True),
        ({"team": "team-south"}, False),
        ({"attention": "true"}, False),
        ({"ended": "true"}, True),
    ],
)
async def test_a_list_holds_what_its_filters_say(
    house: GatewayHouse, http: Http, query: dict[str, str], finds: bool
) -> None:
    [one] = await started(house, http, 1)
    assert await listed(http, **query) == ([one] if finds else [])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"stage": "conset"}, "stage"),
        ({"response": "late"}, "response"),
        ({"after": "bm9uZQ=="}, "after"),
        ({"most": "0"}, "most"),
    ],
)
async def test_a_filter_that_says_nothing_is_named(http: Http, query: dict[str, str], field: str) -> None:
    answer = await http.get(TRANSFERS, params=query)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_the_lists_of_other_journeys_hold_no_transfer(house: GatewayHouse, http: Http) -> None:
    [one] = await started(house, http, 1)
    for path in ("help-requests", "step-ups"):
        assert (await http.get(f"/v1/{path}")).json()["entries"] == []
        assert (await http.get(f"/v1/{path}/{one}")).status_code == 404


async def test_who_read_a_journey_and_who_asked_in_vain_can_be_read(house: GatewayHouse, http: Http) -> None:
    [one] = await started(house, http, 1)
    assert (await http.get(f"{TRANSFERS}/{one}")).status_code == 200
    stranger = house.token("sw-99", teams=["team-south"])
    assert (await http.get(f"{TRANSFERS}/{one}", headers=signed(stranger))).status_code == 403
    governs = house.token("ig-1", roles=(Role.OPERATIONS,), reads=("transfers-operations",), scopes=[Scope.READ_AUDIT])
    rows, after = [], None
    while True:
        page = await http.get(
            f"{TRANSFERS}/{one}/audit", params={"most": 2, **after_of(after)}, headers=signed(governs)
        )
        assert page.status_code == 200, page.text
        rows += page.json()["entries"]
        if (after := page.json()["next"]) is None:
            break
    noted = {(row["who"], row["what"].split()[0]) for row in rows}
    assert {("sw-7", "read"), ("sw-99", "refused")} <= noted
    assert len({row["number"] for row in rows}) == len(rows)


def after_of(after: int | None) -> dict[str, int]:
    return {} if after is None else {"after": after}


async def test_the_audit_is_not_for_everybody_who_reads_the_journey(house: GatewayHouse, http: Http) -> None:
    [one] = await started(house, http, 1)
    token = house.token(scopes=[Scope.READ])
    answer = await http.get(f"{TRANSFERS}/{one}/audit", headers=signed(token))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_in_scope")
