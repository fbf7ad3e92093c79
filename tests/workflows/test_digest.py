"""The morning digest on a real server: each reader once a day, and nobody waits for anybody else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.testing import TimeSkipper
from temporalio.worker import Replayer

from adapters.encryption import data_converter
from models.calendar import DayOff
from models.errors import LastingError, NothingHappenedError
from models.kinds import Audience, ClockKind
from models.operations.digest import Recipient, london_day
from tests.builders import CHILD, calendar, child_consent, consent, exploration, service
from tests.digests import MORNING, a_large_council, clock, running
from tests.pace import eventually, patient
from tests.workflows.conftest import KEYS, House
from workflows.digest import STALE_AFTER, TOO_LATE, DigestResult, MorningDigest, NotTold, details

LEADER = "targeted-services-leader@council.example"
OPERATIONS = "operations@council.example"
MANAGER = "tm-1@council.example"
CONTACT = "contact@north.example"


def on_every_day(**changes: Any) -> Any:
    """A calendar on which today is a working day, whenever a test runs."""
    return calendar(weekdays=tuple(range(7))).model_copy(update={"bank_holidays": (), **changes})


@pytest.fixture
def office(house: House) -> House:
    house.calendars.calendar = on_every_day()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    house.register.also_open = [running(clock(due=yesterday, since=yesterday - timedelta(days=3)))]
    return house


async def begun(house: House) -> WorkflowHandle[Any, DigestResult]:
    return await house.client.start_workflow(MorningDigest.run, id=f"morning-digest-{uuid4()}", task_queue=house.queue)


async def begun_late(house: House, by: timedelta) -> WorkflowHandle[Any, DigestResult]:
    """Started on time, and worked on only so much later."""
    handle = await house.client.start_workflow(
        MorningDigest.run, id=f"morning-digest-{uuid4()}", task_queue=house.queue, start_delay=by
    )
    await TimeSkipper(house.client).fast_forward(handle, by)
    return handle


async def morning(house: House) -> DigestResult:
    return await (await begun(house)).result()


def told(house: House) -> list[str]:
    return sorted(mail.to for mail in house.post.sent if "/mail_digest/" in mail.key)


async def until_told(house: House, readers: int) -> None:
    async def enough() -> bool:
        return len(told(house)) >= readers

    await eventually(enough)


async def test_each_reader_gets_one_digest_and_twice_a_day_is_once(office: House) -> None:
    first = await morning(office)
    assert told(office) == [CONTACT, OPERATIONS, LEADER, MANAGER]
    assert (first.told, first.not_told, first.nothing_because) == (4, (), None)
    assert await morning(office) == first
    assert len(told(office)) == 4
    assert {key for key in office.book.results if "mail_digest" in key} == {
        f"digest-{first.day}/mail_digest/{reader}"
        for reader in (
            "early_help_contact/service-north",
            "operations/operations",
            "targeted_services_leader/targeted-services-leader",
            "team_manager/tm-1",
        )
    }


async def test_who_has_something_to_read_only_later_in_the_day_still_gets_it(office: House) -> None:
    office.register.also_open = []
    assert (await morning(office)).told == 0
    office.register.also_open = [running(waiting_for=("social_worker",))]
    assert (await morning(office)).told == 1
    assert told(office) == ["sw-7@council.example"]


@pytest.mark.long
async def test_everybody_in_a_large_council_is_told(office: House) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    overdue = [clock(kind, yesterday, yesterday) for kind in (ClockKind.CONVERSATION, ClockKind.CONSENT)]
    council = a_large_council()
    office.register.also_open = [one.model_copy(update={"clocks": tuple(overdue)}) for one in council]
    office.register.services = {one.service_ref: service(ref=one.service_ref) for one in council}
    result = await morning(office)
    assert (result.told, result.not_told) == (282, ())
    assert len(told(office)) == 282


async def test_who_has_nothing_left_to_read_when_it_would_be_mailed_is_not_counted(office: House) -> None:
    office.post.troubles.before(MANAGER, *[NothingHappenedError("mail is down")] * 1000)
    handle = await begun(office)
    await until_told(office, 3)
    office.register.also_open = []
    office.post.troubles.forget()
    result = await handle.result()
    assert (result.told, result.not_told) == (3, ())
    assert told(office) == [CONTACT, OPERATIONS, LEADER]


async def test_on_a_bank_holiday_nobody_is_told(office: House) -> None:
    holiday = DayOff(day=london_day(datetime.now(UTC)), name="Jubilee")
    office.calendars.calendar = on_every_day(bank_holidays=(holiday,))
    assert (await morning(office)).nothing_because == "Jubilee"
    assert told(office) == []


async def test_one_who_cannot_be_told_holds_nobody_back_and_is_named(office: House) -> None:
    office.register.people["tm-1"] = None
    handle = await begun(office)
    result = await handle.result()
    assert told(office) == [CONTACT, OPERATIONS, LEADER]
    [not_told] = result.not_told
    assert (result.told, not_told.recipient.id, not_told.problem) == (3, "team_manager/tm-1", "no_address")


async def test_a_mail_server_that_fails_for_one_holds_nobody_back_and_is_tried_again(office: House) -> None:
    office.post.troubles.before(MANAGER, *[NothingHappenedError("mail is down")] * 1000)
    handle = await begun(office)
    await until_told(office, 3)
    assert told(office) == [CONTACT, OPERATIONS, LEADER]
    office.post.troubles.forget()
    assert (await handle.result()).told == 4
    assert told(office) == [CONTACT, OPERATIONS, LEADER, MANAGER]


async def test_an_address_that_is_refused_is_told_in_the_result(office: House) -> None:
    office.post.troubles.before("mail_digest", LastingError("refused_address", "550"))
    result = await morning(office)
    assert result.told == 3
    assert [one.problem for one in result.not_told] == ["refused_address"]


async def test_a_register_that_is_down_is_asked_again(office: House) -> None:
    office.register.troubles.before("running_transfers", OSError("down"))
    assert (await morning(office)).told == 4


async def test_a_day_beyond_the_calendar_fails_the_workflow_where_it_is_seen(office: House) -> None:
    office.calendars.calendar = on_every_day(known_until=calendar().known_from)
    with pytest.raises(WorkflowFailureError):
        await morning(office)
    assert told(office) == []


async def test_mail_that_stays_down_until_it_is_stale_ends_with_who_was_not_told(office: House) -> None:
    office.post.troubles.before("mail_digest", *[NothingHappenedError("mail is down")] * 1000)
    result = await (await begun_late(office, STALE_AFTER - timedelta(seconds=patient(3)))).result()
    assert (result.told, {one.problem for one in result.not_told}) == (0, {"not_answering"})
    assert len(result.not_told) == 4


async def test_nothing_about_a_family_stands_in_a_digest(house: House) -> None:
    house.calendars.calendar = on_every_day()
    transfer = await house.start(CHILD, family_ref="family-Quill")
    await transfer.record(exploration(), consent(child_consent()))
    await transfer.settled()
    assert (await morning(house)).told == 1
    [mail] = house.post.sent
    assert (mail.to, transfer.id in mail.text) == ("sw-7@council.example", True)
    for about_a_person in (CHILD, "Quill", "Example", "Name of"):
        assert about_a_person not in mail.subject + mail.text


async def test_a_restricted_family_is_told_to_named_people_alone(office: House) -> None:
    [open_to_all] = office.register.also_open
    secret = open_to_all.model_copy(
        update={"id": "transfer-secret", "restricted": True, "waiting_for": ("operations",)}
    )
    office.register.also_open.append(secret)
    await morning(office)
    reads = {mail.to: "transfer-secret" in mail.text for mail in office.post.sent}
    assert reads == {CONTACT: True, MANAGER: True, LEADER: False, OPERATIONS: False}


async def test_a_morning_on_which_nothing_ran_is_not_made_up_for_in_the_evening(office: House) -> None:
    handle = await begun_late(office, STALE_AFTER)
    assert (await handle.result()).nothing_because == TOO_LATE
    assert told(office) == []


async def test_the_history_of_a_morning_replays(office: House) -> None:
    office.register.people["tm-1"] = None
    handle = await begun(office)
    await handle.result()
    replayer = Replayer(workflows=[MorningDigest], data_converter=data_converter(KEYS), debug_mode=True)
    await replayer.replay_workflow(await handle.fetch_history())


def test_the_details_say_in_plain_words_who_was_not_told() -> None:
    day = london_day(MORNING)
    reader = Recipient(audience=Audience.TEAM_MANAGER, ref="tm-1")
    told_of = details(DigestResult(day=day, told=3, not_told=(NotTold(recipient=reader, problem="no_address"),)))
    assert "## Morning digest of Monday 23 November 2026" in told_of
    assert "Told by e-mail: 3" in told_of
    assert "- the social work team manager tm-1: There is no e-mail address" in told_of
    nothing = details(DigestResult(day=day, nothing_because="Christmas Day"))
    assert nothing.endswith("Nobody was told anything: Christmas Day.")
