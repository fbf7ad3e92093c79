"""Who may record something in a journey of which they see a part, or nothing."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.problems import Code, not_taken_of_others
from models.journey.answers import Refusal
from models.kinds import JourneyKind
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.consent import RecordConsent
from models.vocabulary import Role
from tests import builders, step_ups
from tests.gateway.house import TODAY, GatewayHouse, Http, as_sent, signed

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
    in_ten_days = builders.agreed_child(first, realistic_start=TODAY.date() + timedelta(days=10))
    taken = await http.record(one, builders.conversation(in_ten_days))
    assert taken.status_code == 201, taken.text
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
        headers={**signed(stranger), "idempotency-key": request.id},
    )
    assert begun.status_code == 201, begun.text
    assert {*begun.json()} == {"id", "links", "register"}


def letter_to_mother(child: str) -> ApproveLetters:
    return builders.letters_alone(builders.letter("letter-1", child, seen=None))


OPERATIONS: dict[str, Any] = {"roles": [Role.OPERATIONS], "teams": (), "reads": ["transfers-operations"]}
OF_ANY_MEETING: dict[str, Any] = {"roles": [Role.CHAIR], "teams": (), "reads": ()}


@pytest.mark.clause("SD-33a")
@pytest.mark.parametrize("token", [SERVICE, OPERATIONS, OF_ANY_MEETING], ids=["service", "operations", "chair"])
async def test_whoever_does_not_approve_letters_reads_none(
    house: GatewayHouse, http: Http, token: dict[str, Any]
) -> None:
    one, first, _ = await with_consent_for_one_of_two(house, http)
    shown = await http.record(one, letter_to_mother(first))
    assert shown.json()["code"] == "letters_unread", shown.text
    assert await noted(http, one, "sw-7", "read over the API: letters")
    async with house.http(await house.app(), house.token("eh-1", **token)) as other:
        refused = await other.record(one, letter_to_mother(first))
    assert refused.status_code == 403, refused.text
    assert "letters" not in refused.json()


@pytest.mark.parametrize(
    "token",
    [
        {"roles": [Role.SOCIAL_WORKER], "teams": (), "reads": ["transfers-operations"]},
        {"roles": [Role.SOCIAL_WORKER], "teams": (), "reads": ["transfers-restricted"]},
        {"roles": [Role.SOCIAL_WORKER], "teams": [builders.service().mosaic_team]},
    ],
    ids=["reads references", "reads everything", "of the service"],
)
async def test_whoever_reads_the_journeys_of_others_records_nothing_there_in_their_place(
    house: GatewayHouse, http: Http, token: dict[str, Any]
) -> None:
    one, _, _ = await with_consent_for_one_of_two(house, http)
    http.headers.update(signed(house.token("sw-9", **token)))
    refused = await http.record(one, builders.exploration())
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours"), refused.text
    http.headers.update(signed(house.token()))
    assert await noted(http, one, "sw-9", "refused over the API: record_exploration")


async def noted(http: Http, journey_id: str, who: str, what: str) -> bool:
    """Whether it stands in the audit that this person did that."""
    answer = await http.get(f"/v1/transfers/{journey_id}/audit", params={"most": 200})
    return (who, what) in [(row["who"], row["what"]) for row in answer.json()["entries"]]


@pytest.mark.clause("SU-08")
async def test_the_team_that_assesses_records_in_a_referral_that_it_did_not_see_before(
    house: GatewayHouse, http: Http
) -> None:
    referral = step_ups.referral(id=f"{house.queue}-assessed")
    front = house.token("duty-1", roles=[Role.DUTY_AND_ADVICE], teams=["duty-and-advice"])
    async with house.http(await house.app(), front) as duty:
        assert (await duty.start(referral)).status_code == 201
    taken = await http.record(referral.id, step_ups.worker(), kind=JourneyKind.STEP_UP)
    assert taken.json().get("code") != "not_yours", taken.text


async def test_whoever_starts_it_is_noted_whomever_they_name(house: GatewayHouse, http: Http) -> None:
    request = house.request()
    async with house.http(await house.app(), house.token("bs-1", roles=[Role.BUSINESS_SUPPORT])) as support:
        assert (await support.start(request)).status_code == 201
    assert await noted(http, request.id, "bs-1", "started over the API")


@pytest.mark.parametrize("restricted", [False, True], ids=["of another team", "restricted"])
async def test_which_transfer_holds_a_child_is_told_to_whoever_may_see_it_alone(
    house: GatewayHouse, http: Http, restricted: bool
) -> None:
    held = house.request(restricted=restricted)
    assert (await http.start(held)).status_code == 201
    again = held.model_copy(update={"id": f"{held.id}-again", "social_work_team": "team-south"})
    stranger = house.token("sw-9", teams=["team-south"])
    async with house.http(await house.app(), stranger) as other:
        refused = await other.start(again)
    assert (refused.status_code, refused.json()["field"]) == (422, "children.0.ref"), refused.text
    assert f"{held.id}." not in refused.json()["detail"]
    own = await http.start(again.model_copy(update={"social_work_team": "team-sw"}))
    assert f"the open transfer {held.id}." in own.json()["detail"]


async def test_nobody_reads_from_a_refusal_who_recorded_what_they_do_not_see(house: GatewayHouse, http: Http) -> None:
    one, first, second = await with_consent_for_one_of_two(house, http)
    spoken = await http.record(one, builders.at(builders.conversation(first, second), TODAY), "spoken-1")
    assert spoken.status_code == 201, spoken.text
    http.headers.update(signed(house.token("eh-1", **SERVICE)))
    reused = await http.record(one, builders.conversation(first), "spoken-1")
    assert (reused.json()["code"], "sw-7" in reused.text) == ("step_id_reused", False), reused.text


def test_whoever_sees_nothing_reads_of_no_earlier_record_what_it_was_nor_by_whom() -> None:
    before = Refusal(field="corrects", reason="This was recorded before: team manager tm-1.", may_correct="step-1")
    said = not_taken_of_others(before).said()
    assert (said.code, said.may_correct) == (Code.NOT_NOW, None)
    assert "tm-1" not in said.detail


async def test_under_one_key_each_kind_of_journey_has_an_id_of_its_own(house: GatewayHouse, http: Http) -> None:
    starts = {JourneyKind.STEP_DOWN: house.request(), JourneyKind.STEP_UP: step_ups.referral()}
    without_id = {kind: as_sent(start) for kind, start in starts.items()}
    for said in without_id.values():
        del said["id"]
    # The server is that of other tests, too, and ids are made of who starts and the key.
    one, other = [await http.start(said, house.queue, kind) for kind, said in without_id.items()]
    assert (one.status_code, other.status_code) == (201, 201), other.text
    assert one.json()["id"] != other.json()["id"]


async def test_where_people_are_stands_in_a_form_for_those_who_are_responsible_alone(
    house: GatewayHouse, http: Http
) -> None:
    request = house.request()
    assert (await http.start(request)).status_code == 201
    form = f"/v1/transfers/{request.id}/steps/record_family"
    team = signed(house.token("sw-8"))
    theirs, other = await http.get(form), await http.get(form, headers=team)
    assert (theirs.status_code, other.status_code) == (200, 200), theirs.text + other.text
    assert "mother" in theirs.text
    assert "mother" not in other.text


@pytest.mark.clause("SD-33a")
async def test_letters_say_where_people_live_and_are_read_by_no_colleague(house: GatewayHouse, http: Http) -> None:
    one, first, _ = await with_consent_for_one_of_two(house, http)
    async with house.http(await house.app(), house.token("sw-8")) as colleague:
        letters = await colleague.record(one, letter_to_mother(first))
    assert (letters.status_code, letters.json()["code"]) == (403, "not_yours"), letters.text
    assert await noted(http, one, "sw-8", "refused over the API: letters")


async def test_each_change_of_the_directory_of_services_is_noted_with_whoever_made_it(
    house: GatewayHouse, http: Http
) -> None:
    service = builders.service().model_dump(mode="json")
    moved = {**service, "contact_email": "elsewhere@hub.example"}
    for said in (service, moved, moved, service):
        assert (await http.put(f"/v1/services/{service['ref']}", json=said)).status_code == 200
    rows = house.register.audit("", None, 10)
    assert [(row.who, row.what) for row in rows] == [("sw-7", f"changed over the API: service {service['ref']}")] * 2
