"""Who may record something in a journey of which they see a part, or nothing."""

from typing import Any

from models.step_down.steps.consent import RecordConsent
from models.vocabulary import Role
from tests import builders
from tests.gateway.house import GatewayHouse, Http, signed

SERVICE: dict[str, Any] = {"roles": [Role.EARLY_HELP_CONTACT], "teams": [builders.service().mosaic_team]}


def one_of_two(first: str, second: str) -> RecordConsent:
    """The family agrees for the first child, and says no for the second."""
    said_no = builders.child_consent(second, stands=False)
    return builders.consent(first, said_no)


async def with_consent_for_one_of_two(house: GatewayHouse, http: Http) -> tuple[str, str, str]:
    """A transfer of two children, of whom one is agreed for the service."""
    request = house.request()
    first = request.children[0].ref
    request = house.request(first, f"{first}-b")
    second = f"{first}-b"
    assert (await http.start(request)).status_code == 201
    for step in (builders.family_record(first, second), builders.exploration(), one_of_two(first, second)):
        taken = await http.record(request.id, step)
        assert taken.status_code == 201, taken.text
    return request.id, first, second


async def test_a_service_records_what_is_about_the_children_agreed_for_it_and_reads_nothing_of_others(
    house: GatewayHouse, http: Http
) -> None:
    one, first, second = await with_consent_for_one_of_two(house, http)
    theirs = signed(house.token("eh-1", **SERVICE))
    shown = await http.get(f"/v1/transfers/{one}", headers=theirs)
    assert shown.status_code == 200, shown.text
    assert second not in shown.text
    http.headers.update(theirs)
    refused = await http.record(one, builders.conversation(first, second))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    taken = await http.record(one, builders.conversation(first))
    assert taken.status_code != 403, taken.text
    assert second not in taken.text


async def test_a_service_reads_nothing_before_anybody_has_agreed(house: GatewayHouse, http: Http) -> None:
    request = house.request()
    assert (await http.start(request)).status_code == 201
    answer = await http.get(f"/v1/transfers/{request.id}", headers=signed(house.token("eh-1", **SERVICE)))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")


async def test_another_service_records_nothing(house: GatewayHouse, http: Http) -> None:
    one, first, _ = await with_consent_for_one_of_two(house, http)
    stranger = house.token("eh-9", roles=[Role.EARLY_HELP_CONTACT], teams=["another-hub"])
    http.headers.update(signed(stranger))
    refused = await http.record(one, builders.conversation(first))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")


async def test_what_a_service_answers_is_taken_though_the_family_agrees_no_more(
    house: GatewayHouse, http: Http
) -> None:
    one, first, _ = await with_consent_for_one_of_two(house, http)
    withdrawn = await http.record(one, builders.withdrawal(first))
    assert withdrawn.status_code == 201, withdrawn.text
    http.headers.update(signed(house.token("eh-1", **SERVICE)))
    assert (await http.get(f"/v1/transfers/{one}")).status_code == 403
    answer = await http.record(one, builders.acknowledgement(first))
    assert answer.json().get("code") != "not_yours", answer.text


async def test_whoever_starts_what_they_do_not_see_reads_its_id_alone(house: GatewayHouse, http: Http) -> None:
    stranger = house.token("sw-7", teams=["team-sw"], reads=())
    request = house.request().model_copy(update={"social_worker": "sw-70", "team_manager": "tm-70"})
    begun = await http.post(
        "/v1/transfers",
        json=request.model_dump(mode="json", exclude_defaults=True),
        headers={**signed(stranger), "idempotency-key": "start-1"},
    )
    assert begun.status_code == 201, begun.text
    assert {*begun.json()} == {"id", "links", "register"}
