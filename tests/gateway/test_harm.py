"""A risk of significant harm over HTTP: anybody may report it, and whoever could not reads whom to ring (SU-01)."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from client.transfers import TOLD_ON
from gateway.bodies import MOST_BYTES
from gateway.problems import Code
from models.access import Scope
from models.attention import HARM_NOT_TAKEN
from models.journey.status import Status
from models.vocabulary import Role
from tests import builders, step_ups
from tests.gateway.house import PHONES, GatewayHouse, Http, as_sent, numbered, signed
from tests.gateway.test_once import SEES_ALL, begun, harm_to, recorded
from tests.pace import eventually

REPORT = "report_significant_harm"
AT = f"/v1/transfers/nowhere/steps/{REPORT}"
SAID = as_sent(builders.harm_report())
STRANGER: dict[str, Any] = {"roles": (), "teams": (), "reads": ()}


class Sent(NamedTuple):
    """Something that goes wrong."""

    status: int
    content: bytes | None = None
    method: str = "POST"
    path: str = AT
    headers: Mapping[str, str] = MappingProxyType({})
    token: Mapping[str, Any] = MappingProxyType({})


FAILS = {
    "no token": Sent(401, headers={"authorization": ""}),
    "a token that does not hold": Sent(401, headers=signed("nonsense")),
    "a program that may not record": Sent(403, token={"scopes": [Scope.READ]}),
    "somebody else's name": Sent(403, json.dumps({**SAID, "actor": {"id": "sw-8"}}).encode()),
    "no such journey": Sent(404),
    "a mistyped address": Sent(404, path=AT.replace("transfers", "transfer")),
    "a wrong method": Sent(405, method="PUT"),
    "no JSON": Sent(422, b"{"),
    "no text": Sent(422, b'{"concern": "\xff"}'),
    "too long": Sent(413, b'{"concern": "' + b"a" * MOST_BYTES + b'"}'),
    "no number": Sent(422, headers={"idempotency-key": ""}),
    "another kind of content": Sent(415, headers={"content-type": "text/plain"}),
    "an id that is none": Sent(422, path=AT.replace("nowhere", "no where")),
    "nothing said": Sent(422, b"{}"),
    "harm in a start that is no text": Sent(422, b'{"harm": "\xff"}', path="/v1/help-requests"),
    "harm in a start without a token": Sent(401, b'{"harm": {}}', path="/v1/help-requests", headers=signed("")),
}


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("name", FAILS)
async def test_whoever_could_not_report_harm_reads_whom_to_ring(idle_house: GatewayHouse, name: str) -> None:
    sent = FAILS[name]
    headers = {"content-type": "application/json", "idempotency-key": "k-1", **sent.headers}
    content = json.dumps(SAID).encode() if sent.content is None else sent.content
    async with idle_house.http(await idle_house.app(), idle_house.token(**sent.token)) as http:
        answer = await http.request(sent.method, sent.path, content=content, headers=headers)
        figures = (await http.get("/metrics")).text
    assert answer.status_code == sent.status, answer.text
    assert answer.json()["ring"] == PHONES.words
    assert harm_counted(figures) == {sent.status: 1}


def harm_counted(figures: str) -> dict[int, int]:
    """How many reports were answered by which status."""
    found = re.findall(r'^transfers_gateway_harm_total{status="(\d+)"} (\d+)', figures, re.MULTILINE)
    return {int(status): int(count) for status, count in found if count != "0"}


@pytest.mark.clause("SU-01")
async def test_a_first_report_of_harm_is_counted_from_nothing_whatever_it_is_answered(idle_house: GatewayHouse) -> None:
    async with idle_house.http(await idle_house.app()) as http:
        figures = (await http.get("/metrics")).text
    for status in (200, 201, 500, *(code.status for code in Code)):
        assert f'transfers_gateway_harm_total{{status="{status}"}} 0.0' in figures


NO_REPORT = {
    "a form": ("GET", AT, None),
    "what a referral came to": ("POST", "/v1/step-ups/nowhere/steps/record_contact_outcome", {}),
    "a request that says no harm": ("POST", "/v1/help-requests", {"harm": None, "significant_harm": None}),
}


@pytest.mark.parametrize("name", NO_REPORT)
async def test_what_reports_no_harm_is_not_counted_as_a_report_that_was_not_taken(
    idle_house: GatewayHouse, name: str
) -> None:
    method, path, said = NO_REPORT[name]
    async with idle_house.http(await idle_house.app()) as http:
        answer = await http.request(method, path, json=said, headers=numbered(None))
        figures = (await http.get("/metrics")).text
    assert answer.status_code >= 400
    assert harm_counted(figures) == {}


@pytest.mark.clause("SU-01")
async def test_harm_that_is_refused_or_not_known_says_whom_to_ring(
    house: GatewayHouse, http: Http, hasty: Http
) -> None:
    journey_id = await begun(house, http)
    wrong = await http.record(journey_id, builders.harm_report("child-of-others"))
    assert (wrong.status_code, wrong.json()["ring"]) == (422, PHONES.words), wrong.text
    await house.wire.cut()
    silent = await hasty.record(journey_id, harm_to(house, journey_id))
    assert (silent.status_code, silent.json()["ring"]) == (503, PHONES.words)
    referral = step_ups.referral(significant_harm=True)
    silent = await hasty.start(referral)
    assert silent.json()["ring"] == PHONES.words


CANNOT_BE_READ = {
    "without its children": (json.dumps({**SAID, "children": []}).encode(), "k-1", "children"),
    "under a name that is misspelt": (json.dumps({**SAID, "chlidren": []}).encode(), "k-1", "chlidren"),
    "without a moment": (json.dumps({**SAID, "occurred_at": None}).encode(), "k-1", "occurred_at"),
    "without a number": (json.dumps(SAID).encode(), "", "Idempotency-Key"),
    "no JSON": (b"{'concern': 'new marks, and afraid'", "k-1", ""),
}


@pytest.mark.clause("SU-01")
async def test_of_a_report_that_cannot_be_read_people_are_told_once_and_whoever_sent_it_reads_so(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    for name, (content, key, field) in (*CANNOT_BE_READ.items(), *CANNOT_BE_READ.items()):
        headers = {"content-type": "application/json", "idempotency-key": key}
        answer = await http.post(f"/v1/transfers/{journey_id}/steps/{REPORT}", content=content, headers=headers)
        problem = answer.json()
        said = (answer.status_code, problem.get("field"), problem["ring"], problem["note"])
        assert said == (422, field, PHONES.words, TOLD_ON), f"{name}: {answer.text}"
    status = await asked_about(house, journey_id, len(CANNOT_BE_READ))
    lost = [entry for entry in status.timeline if "was not taken" in entry.what]
    assert ["new marks, and afraid" in (entry.note or "") for entry in lost] == [True] * len(CANNOT_BE_READ)
    assert {entry.who for entry in lost} == {"social worker sw-7"}
    named = [entry.note or "" for entry in lost if entry.field in {"occurred_at", "Idempotency-Key"}]
    assert [f"{builders.CHILD}: new marks" in note for note in named] == [True, True], "which child is in danger"


NAMES_A_FIELD = {
    "one that nobody knows": json.dumps({**SAID, "bruises on both arms": True}),
    "one that is said twice": '{"bruises on both arms": 1, "bruises on both arms": 2}',
}


@pytest.mark.parametrize("name", NAMES_A_FIELD)
async def test_what_somebody_wrote_as_the_name_of_a_field_they_read_alone(
    house: GatewayHouse, http: Http, name: str
) -> None:
    journey_id = await begun(house, http)
    headers = {"content-type": "application/json", "idempotency-key": "k-1"}
    where = f"/v1/transfers/{journey_id}/steps/{REPORT}"
    answer = await http.post(where, content=NAMES_A_FIELD[name], headers=headers)
    assert "bruises on both arms" in answer.json()["detail"]
    status = await asked_about(house, journey_id, 1)
    [item] = [item for item in status.attention if item.problem == HARM_NOT_TAKEN]
    told = [item.detail or "", *(entry.what for entry in status.timeline)]
    assert not any("bruises" in words for words in told), told


async def asked_about(house: GatewayHouse, journey_id: str, times: int) -> Status:
    """How it stands once people are asked about so many reports that were not taken."""

    async def are_asked() -> Status | None:
        status = house.register.status(journey_id)
        items = [item for item in status.attention if item.problem == HARM_NOT_TAKEN] if status else []
        assert len(items) <= times
        return status if len(items) == times else None

    found = await eventually(are_asked)
    assert found is not None
    return found


@pytest.mark.clause("SU-01")
async def test_of_a_report_that_is_refused_people_are_told_and_of_anything_else_nobody(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    wrong = await http.record(journey_id, {"children": [{"ref": "x"}]}, name="record_exploration")
    assert (wrong.status_code, "note" in wrong.json()) == (422, False)
    refused = await http.record(journey_id, builders.harm_report("child-of-others"))
    assert (refused.status_code, refused.json()["note"].endswith(TOLD_ON)) == (422, True), refused.text
    await asked_about(house, journey_id, 1)


@pytest.mark.clause("SU-01")
async def test_one_mistyped_child_keeps_nobody_from_reporting_harm_of_the_others(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    [child, *_] = harm_to(house, journey_id).children_named()
    answer = await http.record(journey_id, builders.harm_report(child, "mistyped"))
    assert answer.status_code == 201, answer.text
    assert "Not in this transfer: mistyped." in answer.json()["note"]


@pytest.mark.clause("SU-01")
async def test_somebody_who_sees_nothing_of_a_journey_reports_harm_there_and_reads_nothing_of_it(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    async with house.http(await house.app(), house.token("school-1", **STRANGER)) as outside:
        assert (await outside.get(f"/v1/transfers/{journey_id}")).status_code == 403
        answer = await outside.record(journey_id, harm_to(house, journey_id), "k-1")
        assert answer.status_code == 201, answer.text
        assert set(answer.json()) == {"step_id", "step", "accepted_at", "note", "register"}
        again = await outside.record(journey_id, harm_to(house, journey_id), "k-1")
        assert again.json()["accepted_at"] == answer.json()["accepted_at"]
        assert set(again.json()) == set(answer.json())
        assert harm_counted((await outside.get("/metrics")).text) == {201: 2}
    assert await recorded(house, journey_id, "k-1") == (1, 1)


async def test_somebody_who_sees_nothing_is_not_told_what_stands_under_a_number(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    other = {**as_sent(harm_to(house, journey_id)), "concern": "something else"}
    assert (await http.record(journey_id, harm_to(house, journey_id), "k-1")).status_code == 201
    inside = await http.record(journey_id, other, "k-1")
    assert "sw-7" in inside.text
    stranger = house.token("duty-1", **{**STRANGER, "roles": [Role.DUTY_AND_ADVICE]})
    async with house.http(await house.app(), stranger) as outside:
        told = await outside.record(journey_id, other, "k-1")
    assert (told.status_code, told.json()["code"], told.json()["ring"]) == (409, "step_id_reused", PHONES.words)
    assert "sw-7" not in told.text
    assert "Give this one another number" in told.json()["detail"]


@pytest.mark.clause("SU-01")
async def test_a_referral_of_a_child_in_danger_starts_whatever_is_away(house: GatewayHouse, http: Http) -> None:
    referral = step_ups.referral(id=f"{house.queue}-danger", significant_harm=True)
    house.persons.away = house.register_away = True
    token = house.token("duty-1", roles=[Role.DUTY_AND_ADVICE], reads=SEES_ALL)
    async with house.http(await house.app(), token) as duty:
        answer = await duty.start(referral)
    assert (answer.status_code, answer.json()["register"]) == (201, "pending"), answer.text


@pytest.mark.clause("SU-01")
async def test_harm_in_an_answer_that_is_not_theirs_is_said_to_be_not_recorded_and_where_it_is(
    house: GatewayHouse, http: Http
) -> None:
    journey_id = await begun(house, http)
    [child, *_] = harm_to(house, journey_id).children_named()
    given_back = builders.declined_for_harm(child)
    former = house.token("eh-9", roles=[Role.EARLY_HELP_SERVICE], teams=["another-hub"])
    async with house.http(await house.app(), former) as service:
        refused = await service.record(journey_id, given_back)
        assert (refused.status_code, refused.json()["ring"]) == (403, PHONES.words), refused.text
        assert "was not recorded" in refused.json()["note"]
        assert (await service.record(journey_id, harm_to(house, journey_id))).status_code == 201


@pytest.mark.clause("SU-01")
async def test_who_starts_a_referral_that_they_do_not_see_reads_whom_to_ring(house: GatewayHouse, http: Http) -> None:
    http.headers.update(signed(house.token("eh-9", roles=[Role.EARLY_HELP_CONTACT], teams=["another-hub"])))
    begun = await http.start(step_ups.referral(id="referral-of-a-stranger", family_ref="family-of-a-stranger"))
    assert begun.status_code == 201, begun.text
    assert "stage" not in begun.json()
    assert PHONES.duty_and_advice in begun.json()["ring"]
