"""A family that says yes for one child and no for the other, over HTTP: each records in their own name."""

from datetime import timedelta
from typing import Any

import pytest

from models.journey.steps import Step
from models.step_down.steps.decision import Decision
from models.vocabulary import Role
from tests.builders import (
    acknowledgement,
    advice,
    agreed_child,
    child_consent,
    consent,
    decided,
    exploration,
    family_record,
    family_sharing,
    letter,
    letters,
    looked_at,
    practitioner,
    seen,
    service,
)
from tests.gateway.house import TODAY, GatewayHouse, Http, signed
from tests.pace import eventually

TRANSFERS = "/v1/transfers"
OF_THE_SERVICE: dict[str, Any] = {"teams": [service().mosaic_team]}


class Family:
    """One transfer, and who records in it."""

    def __init__(self, house: GatewayHouse, http: Http, transfer: str) -> None:
        self.http, self.transfer = http, transfer
        self.social_worker = signed(house.token())
        self.manager = signed(house.token("tm-1", roles=[Role.TEAM_MANAGER]))
        self.contact = signed(house.token("eh-1", roles=[Role.EARLY_HELP_CONTACT], **OF_THE_SERVICE))
        self.service = signed(house.token("eh-2", roles=[Role.EARLY_HELP_SERVICE], **OF_THE_SERVICE))

    async def record(self, who: dict[str, str], step: Step | dict[str, Any], **how: Any) -> str:
        self.http.headers.update(who)
        taken = await self.http.record(self.transfer, step, **how)
        assert taken.status_code == 201, taken.text
        return taken.text

    async def read(self, who: dict[str, str], of: str = "") -> Any:
        answer = await self.http.get(f"{TRANSFERS}/{self.transfer}{of}", headers=who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until_asked(self, who: dict[str, str], for_step: str) -> None:
        async def is_asked() -> bool:
            return for_step in [one["step"] for one in (await self.read(who))["next_steps"]]

        await eventually(is_asked)

    async def state(self, child: str, name: str) -> Any:
        children = (await self.read(self.social_worker))["children"]
        states = next(one["states"] for one in children if one["ref"] == child)
        return next(state["value"] for state in states if state["name"] == name)

    async def closed(self, child: str) -> bool:
        return await self.state(child, "closed_in_mosaic") is True


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09")
@pytest.mark.clause("SD-23")
async def test_the_contact_records_the_conversation_of_one_child_and_the_other_stays_with_social_work(
    house: GatewayHouse, http: Http
) -> None:
    first = house.request().children[0].ref
    second = f"{first}-b"
    request = house.request(first, second)
    assert (await http.start(request)).status_code == 201
    family = Family(house, http, request.id)
    for step in (family_record(first, second), exploration()):
        await family.record(family.social_worker, step)
    answer = consent(child_consent(first), child_consent(second, stands=False))
    await family.record(family.social_worker, answer, key="answer")
    await family.record(family.manager, looked_at("answer", second))
    await family.record(family.social_worker, family_sharing(without_children=(second,)))

    await family.until_asked(family.contact, "record_contact_conversation")
    form = await family.read(family.contact, "/steps/record_contact_conversation")
    assert [one["ref"] for one in form["children"]] == [first]
    start = TODAY.date() + timedelta(days=10)
    said = agreed_child(first, realistic_start=start).model_dump(mode="json", exclude_none=True)
    held = {"contact": "eh-1", "appropriate": True, "shared_understanding": "what is recommended", "plan_needed": False}
    filled = {**form, **held, "occurred_at": TODAY.isoformat(), "children": [said]}
    assert second not in await family.record(family.contact, filled)
    assert await family.state(first, "agreed_with_service") is True
    assert await family.state(second, "agreed_with_service") is None

    await family.record(family.social_worker, practitioner())
    await family.record(family.social_worker, advice(first))
    ways = {first: Decision.TRANSFER, second: Decision.STAYS_WITH_SOCIAL_WORK}
    await family.record(family.manager, decided(ways))
    await eventually(lambda: family.closed(first))
    to_mother = letter("letter-1", first, second, seen=None)
    http.headers.update(family.social_worker)
    [unread] = (await http.record(request.id, letters(to_mother))).json()["letters"]
    assert f"Our social work with [{second}] goes on." in unread["text"]
    read = to_mother.model_copy(update={"seen": unread["letter"]["seen"]})
    await family.record(family.social_worker, letters(read))
    await family.record(family.service, acknowledgement(first))
    await family.record(family.service, seen(first))

    async def has_ended() -> bool:
        return (await family.read(family.social_worker))["stage"] == "closed"

    await eventually(has_ended)
    assert await family.closed(first)
    assert not await family.closed(second)
