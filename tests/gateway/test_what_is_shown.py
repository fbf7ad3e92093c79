"""What of a journey somebody reads who does not see all of it: operations, and the service of one of its children."""

import pytest

from models.access import Scope
from models.vocabulary import Role
from tests.builders import CHILD, SIBLING, child_consent, consent, exploration, withdrawal
from tests.gateway.house import TODAY, GatewayHouse, Http, signed

TRANSFERS = "/v1/transfers"
ONE_OF_TWO = consent(CHILD, child_consent(SIBLING, stands=False))


@pytest.fixture
async def one(house: GatewayHouse, http: Http) -> str:
    """A transfer of two children, for one of whom the family has agreed that something is shared."""
    request = house.request(CHILD, SIBLING)
    assert (await http.start(request)).status_code == 201
    for step in (exploration(), ONE_OF_TWO):
        answer = await http.record(request.id, step)
        assert answer.status_code == 201, answer.text
    return request.id


def operations(house: GatewayHouse) -> dict[str, str]:
    return signed(house.token("op-1", roles=(Role.OPERATIONS,), teams=(), reads=("transfers-operations",)))


def of_the_service(house: GatewayHouse, team: str = "team-eh") -> dict[str, str]:
    return signed(house.token("eh-2", roles=(Role.EARLY_HELP_SERVICE,), teams=(team,)))


async def test_operations_read_where_it_stands_and_no_word_that_anybody_wrote(
    house: GatewayHouse, http: Http, one: str
) -> None:
    ours = (await http.get(f"{TRANSFERS}/{one}/timeline")).json()["entries"]
    theirs = (await http.get(f"{TRANSFERS}/{one}/timeline", headers=operations(house))).json()["entries"]
    assert any(entry["note"] for entry in ours)
    assert {entry["note"] for entry in theirs} == {None}
    assert [entry["what"] for entry in theirs] == [entry["what"] for entry in ours]
    form = await http.get(f"{TRANSFERS}/{one}/steps/record_consent", headers=operations(house))
    assert [child["ref"] for child in form.json()["children"]] == [CHILD, SIBLING]
    assert form.json()["service_ref"] is None
    assert "mother" not in form.text


@pytest.mark.parametrize("team", ["team-eh", "service-north"])
async def test_the_service_reads_of_the_child_that_it_may_see_under_either_name_and_of_no_other(
    house: GatewayHouse, http: Http, one: str, team: str
) -> None:
    service = of_the_service(house, team)
    answer = await http.get(f"{TRANSFERS}/{one}", headers=service)
    assert answer.status_code == 200, answer.text
    assert [child["ref"] for child in answer.json()["children"]] == [CHILD]
    read = [answer.text, *[(await http.get(f"{TRANSFERS}/{one}/{of}", headers=service)).text for of in OF_IT]]
    assert not [text for text in read if SIBLING in text or "mother" in text or "family-1" in text]
    assert (await http.get(f"{TRANSFERS}/{one}/audit", headers=service)).status_code == 403
    listed = await http.get(TRANSFERS, headers=service)
    assert [line["id"] for line in listed.json()["entries"]] == [one]
    assert SIBLING not in listed.text


OF_IT = ("timeline", "clocks", "steps/record_contact_conversation", "steps/record_consent")


async def test_the_service_gets_the_form_that_its_next_step_names_with_its_child_alone(
    house: GatewayHouse, http: Http, one: str
) -> None:
    answer = await http.get(f"{TRANSFERS}/{one}/steps/record_contact_conversation", headers=of_the_service(house))
    assert answer.status_code == 200, answer.text
    assert [child["ref"] for child in answer.json()["children"]] == [CHILD]
    assert {part for name, part in answer.json().items() if name not in {"step", "children"}} == {None}


async def test_a_form_is_taken_from_whoever_asked_for_it_though_somebody_else_is_expected(
    house: GatewayHouse, http: Http
) -> None:
    request = house.request()
    assert (await http.start(request)).status_code == 201
    http.headers.update(signed(house.token("sw-8")))
    form = (await http.get(f"{TRANSFERS}/{request.id}/steps/record_exploration")).json()
    assert {"step", "occurred_at"} <= {*form}
    assert "sw-7" not in str(form)
    del form["agencies"]
    filled = {**form, "occurred_at": TODAY.isoformat(), "asked": ["The mother"], "needs": "Help with routines."}
    taken = await http.record(request.id, filled)
    assert taken.status_code == 201, taken.text


async def test_a_form_asks_who_has_several_roles_in_which_one_they_act(
    house: GatewayHouse, http: Http, one: str
) -> None:
    both = signed(house.token("sw-8", roles=(Role.SOCIAL_WORKER, Role.TEAM_MANAGER)))
    form = await http.get(f"{TRANSFERS}/{one}/steps/record_decisions", headers=both)
    assert form.json()["actor"] == {"role": None}


async def test_once_consent_is_withdrawn_the_service_finds_it_no_more_and_that_it_asked_is_noted(
    house: GatewayHouse, http: Http, one: str
) -> None:
    answer = await http.record(one, withdrawal(CHILD))
    assert answer.status_code == 201, answer.text
    service = of_the_service(house)
    refused = await http.get(f"{TRANSFERS}/{one}", headers=service)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert (await http.get(TRANSFERS, headers=service)).json()["entries"] == []
    governs = signed(
        house.token("ig-1", roles=(), teams=(), reads=("transfers-operations",), scopes=[Scope.READ_AUDIT])
    )
    noted = (await http.get(f"{TRANSFERS}/{one}/audit", headers=governs)).json()["entries"]
    assert [row["who"] for row in noted if row["what"].startswith("refused")] == ["eh-2"]
