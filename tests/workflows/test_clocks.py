"""Clocks and alerts on a real server whose time is skipped; every moment is London's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.worker import Replayer

from adapters.encryption import EncryptedPayloads, data_converter
from models.attention import Attention, Resolution
from models.calendar import DayOff
from models.certificate import PauseReason
from models.effects import Effect
from models.errors import NothingHappenedError, PassingError
from models.journey.clocks import ClockState
from models.journey.status import ResponseState, Status
from models.journey.steps import PauseClock, RecalculateClocks, ResumeClock, Step
from models.kinds import Audience, ClockKind, EffectKind, RungKind
from models.policy import ClockPolicy, Policy, Rung
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision
from models.vocabulary import LONDON
from tests.builders import (
    CHILD,
    CONTACT,
    MANAGER,
    OPERATIONS,
    THEN,
    acknowledgement,
    calendar,
    cancellation,
    child_consent,
    consent,
    conversation,
    decided,
    exploration,
    family_sharing,
    letters,
    looked_at,
    offer,
    other_service,
    refused_consent,
    resolution,
    seen,
    service,
    whole_path,
)
from tests.fakes import SHOWN_AFTER
from tests.workflows.conftest import KEYS, House, Transfer, working
from workflows.step_down.transfer import StepDownTransfer

AT_WORK = datetime(2040, 3, 28, 10, 0, tzinfo=LONDON)
"""A Wednesday; Good Friday and Easter Monday follow, so three working days end on Wednesday 4 April."""


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2040, month, day, hour, minute, tzinfo=LONDON)


async def asked(house: House, when: datetime = AT_WORK, **changes: Any) -> Transfer:
    """A transfer whose contact was asked for the conversation at this moment, and of whom nobody was told before."""
    transfer = await house.start(**changes)
    await transfer.record(exploration())
    await transfer.skip_to(when)
    await transfer.record(consent(child_consent()), family_sharing())
    await transfer.until(lambda now: running(now, ClockKind.CONVERSATION))
    await transfer.settled()
    return transfer


async def passed_on(house: House, when: datetime) -> Transfer:
    """A transfer whose child was passed on to the service at this moment."""
    transfer = await house.start()
    *before, decision, letters, _, _ = whole_path()
    for step in before:
        await transfer.settled()
        await transfer.record(step)
    await transfer.skip_to(when)
    await transfer.record(decision)
    await transfer.settled()
    await transfer.record(letters)
    await transfer.settled()
    return transfer


def running(now: Status, kind: ClockKind) -> bool:
    return any(clock.kind is kind and clock.due is not None and clock.runs for clock in now.clocks)


def clock_of(now: Status, kind: ClockKind) -> Any:
    return next(clock for clock in reversed(now.clocks) if clock.kind is kind)


def told(now: Status, kind: ClockKind) -> list[tuple[RungKind, datetime, set[Audience]]]:
    """Who was told of this kind of clock: what, when in London, whom."""
    alerts = (alert for alert in now.alerts if alert.kind is kind)
    return [(alert.what, on_the_minute(alert.raised_at), set(alert.audiences)) for alert in alerts]


def on_the_minute(moment: datetime) -> datetime:
    return moment.astimezone(LONDON).replace(second=0, microsecond=0)


def pause(clock: ClockKind = ClockKind.CONVERSATION) -> Step:
    return PauseClock(
        step_id="pause",
        actor=MANAGER,
        occurred_at=THEN,
        clock=clock,
        reason=PauseReason.FAMILY_UNAVAILABLE,
        because="in hospital",
    )


def resume(clock: ClockKind = ClockKind.CONVERSATION) -> Step:
    return ResumeClock(step_id="resume", actor=MANAGER, occurred_at=THEN, clock=clock)


def recalculation() -> Step:
    return RecalculateClocks(step_id="again", actor=OPERATIONS, occurred_at=THEN, because="a holiday was announced")


RESPONSE_LADDER = [
    (RungKind.REMINDER, at(4, 3, 17), {Audience.EARLY_HELP_CONTACT}),
    (RungKind.REMINDER, at(4, 4, 9), {Audience.EARLY_HELP_CONTACT}),
    (RungKind.BREACH, at(4, 4, 17), {Audience.EARLY_HELP_CONTACT, Audience.SOCIAL_WORKER}),
    (RungKind.ESCALATION, at(4, 5, 9), {Audience.TEAM_MANAGER, Audience.EARLY_HELP_MANAGER}),
    (RungKind.ESCALATION, at(4, 6, 9), {Audience.TARGETED_SERVICES_LEADER}),
    (RungKind.ESCALATION, at(4, 9, 9), {Audience.OPERATIONS}),
]


@pytest.mark.clause("SD-34")
async def test_an_unanswered_request_warns_breaches_and_climbs_the_ladder_each_at_its_instant(house: House) -> None:
    transfer = await asked(house)
    await transfer.skip_to(at(4, 20, 10))
    now = await transfer.status()
    assert told(now, ClockKind.CONVERSATION) == RESPONSE_LADDER
    assert now.response is ResponseState.BREACHED
    assert now.stage == Stage.CONVERSATION, "nothing ends by time alone"
    assert "team_manager" in now.waiting_for


@pytest.mark.long
@pytest.mark.clause("SD-34")
@pytest.mark.parametrize(("place", "moment"), [(place, rung[1]) for place, rung in enumerate(RESPONSE_LADDER)])
async def test_a_minute_before_its_instant_nobody_is_told(house: House, place: int, moment: datetime) -> None:
    transfer = await asked(house)
    await transfer.skip_to(moment - timedelta(minutes=1))
    assert len(told(await transfer.status(), ClockKind.CONVERSATION)) == place
    await transfer.skip_to(moment + timedelta(seconds=30))
    assert told(await transfer.status(), ClockKind.CONVERSATION) == RESPONSE_LADDER[: place + 1]


@pytest.mark.long
@pytest.mark.clause("SD-35")
async def test_an_unacknowledged_child_warns_breaches_and_climbs_the_same_ladder(house: House) -> None:
    transfer = await passed_on(house, AT_WORK)
    await transfer.skip_to(at(4, 20, 10))
    now = await transfer.status()
    assert told(now, ClockKind.ACKNOWLEDGEMENT) == RESPONSE_LADDER
    await transfer.record(acknowledgement(), seen())
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert clock_of(await transfer.status(), ClockKind.ACKNOWLEDGEMENT).state is ClockState.LATE


async def test_everybody_gets_one_numbered_mail_for_each_alert_and_nothing_in_it_is_about_the_family(
    house: House,
) -> None:
    transfer = await asked(house)
    await transfer.skip_to(at(4, 20, 10))
    mails = [mail for mail in house.post.sent if "/mail_alert/" in mail.key]
    numbers = {alert.number for alert in (await transfer.status()).alerts if alert.kind is ClockKind.CONVERSATION}
    sent = [
        (mail.to, mail.subject.partition("alert ")[2])
        for mail in mails
        if "response of the contact due" in mail.subject
    ]
    assert len(sent) == len(set(sent)) == sum(len(audiences) for _, _, audiences in RESPONSE_LADDER)
    assert {int(number.rstrip(")")) for _, number in sent} == numbers
    assert not [mail for mail in mails if CHILD in mail.text + mail.subject or "family-1" in mail.text]


async def test_a_clock_that_runs_over_the_change_to_summer_time_ends_at_close_of_business(house: House) -> None:
    transfer = await asked(house, at(3, 22, 10))
    clock = clock_of(await transfer.status(), ClockKind.CONVERSATION)
    assert clock.due == at(3, 27, 17)
    assert clock.due.astimezone(UTC).hour == 16
    await transfer.skip_to(at(3, 27, 17, 1))
    assert told(await transfer.status(), ClockKind.CONVERSATION)[-1][:2] == (RungKind.BREACH, at(3, 27, 17))


@pytest.mark.long
async def test_a_clock_goes_on_in_new_runs_and_tells_nobody_twice(impatient_house: House) -> None:
    transfer = await asked(impatient_house)
    for _, moment, _ in RESPONSE_LADDER:
        # A skip that is under way when a new run begins passes all timers by: so only as far as the next rung.
        await transfer.skip_to(moment + timedelta(seconds=1))
    assert len(await transfer.runs()) > 2
    assert told(await transfer.status(), ClockKind.CONVERSATION) == RESPONSE_LADDER
    mails = [mail.key for mail in impatient_house.post.sent if "/mail_alert/" in mail.key]
    assert len(mails) == len(set(mails))


@pytest.mark.long
@pytest.mark.clause("SD-34")
async def test_an_answer_in_time_stops_the_clock(house: House) -> None:
    transfer = await asked(house)
    await transfer.skip_to(at(4, 4, 16))
    await transfer.record(offer(conversation_at=at(4, 5, 11)))
    await transfer.skip_to(at(4, 5, 10))
    now = await transfer.status()
    assert (now.response, clock_of(now, ClockKind.CONVERSATION).state) == (ResponseState.MET, ClockState.MET)
    assert RungKind.BREACH not in {alert.what for alert in now.alerts}


@pytest.mark.long
@pytest.mark.clause("SD-34")
async def test_an_answer_given_in_time_and_recorded_late_lifts_the_breach_and_both_times_stay(house: House) -> None:
    transfer = await asked(house)
    await transfer.skip_to(at(4, 5, 8))
    assert (await transfer.status()).response is ResponseState.BREACHED
    given = at(4, 4, 15)
    await transfer.record(offer(conversation_at=at(4, 6, 11), occurred_at=given, actor=CONTACT))
    await transfer.skip_to(at(4, 5, 10))
    now = await transfer.status()
    clock = clock_of(now, ClockKind.CONVERSATION)
    assert (now.response, clock.state) == (ResponseState.MET, ClockState.MET)
    assert (clock.answered, on_the_minute(clock.recorded)) == (given, at(4, 5, 8))
    lifted = (RungKind.LIFTED, at(4, 5, 8), {Audience.TEAM_MANAGER})
    assert told(now, ClockKind.CONVERSATION) == [*RESPONSE_LADDER[:3], lifted]


@pytest.mark.long
@pytest.mark.clause("SD-34")
async def test_an_answer_given_late_stays_late(house: House) -> None:
    transfer = await asked(house)
    await transfer.skip_to(at(4, 5, 8))
    await transfer.record(offer(conversation_at=at(4, 6, 11)))
    assert clock_of(await transfer.status(), ClockKind.CONVERSATION).state is ClockState.LATE


@pytest.mark.long
async def test_a_clock_that_stands_still_tells_nobody_and_does_not_count_those_days(house: House) -> None:
    transfer = await asked(house)
    await transfer.skip_to(at(3, 29, 12))
    await transfer.record(pause())
    await transfer.skip_to(at(4, 10, 12))
    assert (await transfer.status()).response is ResponseState.PAUSED
    await transfer.record(resume())
    await transfer.settled()
    now = await transfer.status()
    assert told(now, ClockKind.CONVERSATION) == []
    assert clock_of(now, ClockKind.CONVERSATION).due == at(4, 13, 17)
    await transfer.skip_to(at(4, 13, 17, 1))
    assert told(await transfer.status(), ClockKind.CONVERSATION)[-1][:2] == (RungKind.BREACH, at(4, 13, 17))


@pytest.mark.long
async def test_a_bank_holiday_that_is_announced_moves_the_due_date_on_request_and_the_certificate_keeps_both(
    house: House,
) -> None:
    transfer = await asked(house)
    holiday = DayOff(day=at(4, 3, 0).date(), name="Announced")
    house.calendars.calendar = calendar(announced=(holiday,))
    await transfer.skip_to(at(3, 29, 12))
    assert clock_of(await transfer.status(), ClockKind.CONVERSATION).due == at(4, 4, 17)
    await transfer.record(recalculation())
    await transfer.settled()
    assert clock_of(await transfer.status(), ClockKind.CONVERSATION).due == at(4, 5, 17)
    before, after = house.register.certificates["conversation/service-north"]
    [change] = after.recalculations
    assert (change.due_before, change.calendar_before) == (before.due, before.calendar)
    assert (after.due, after.calendar) == (at(4, 5, 17), house.calendars.calendar.version)


async def test_a_due_date_beyond_the_calendar_asks_a_person_and_is_worked_out_when_the_calendar_is_there(
    house: House,
) -> None:
    house.calendars.calendar = calendar(known_until=at(3, 30, 0).date())
    transfer = await house.start()
    await transfer.record(exploration())
    await transfer.skip_to(AT_WORK)
    await transfer.record(consent(child_consent()), family_sharing())
    await transfer.until(lambda now: now.response is not ResponseState.NONE)
    await transfer.until(lambda now: any(map(_about_the_response, now.attention)))
    await transfer.settled()
    now = await transfer.status()
    assert clock_of(now, ClockKind.CONVERSATION).due is None
    about_the_response = next(filter(_about_the_response, now.attention))
    assert about_the_response.problem == "calendar_ends"
    skip = resolution(about_the_response.id, Resolution.SKIP, step_id="skip")
    assert "must not be skipped" in (await transfer.refused(skip)).message
    house.calendars.calendar = calendar()
    await transfer.record(resolution(about_the_response.id))
    now = await transfer.until(lambda now: running(now, ClockKind.CONVERSATION))
    assert clock_of(now, ClockKind.CONVERSATION).due == at(4, 4, 17)


async def test_a_due_date_beyond_the_calendar_that_nobody_waits_for_any_more_is_let_go_once_and_the_transfer_ends(
    house: House,
) -> None:
    house.calendars.calendar = calendar(known_until=at(3, 30, 0).date())
    transfer = await house.start()
    await transfer.record(exploration())
    await transfer.skip_to(AT_WORK)
    await transfer.record(consent(child_consent()), family_sharing())
    await transfer.until(lambda now: any(map(_about_the_response, now.attention)))
    await transfer.record(cancellation(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    assert await transfer.outcome() == Outcome.CANCELLED
    about = [item for item in (await transfer.status()).attention if _about_the_response(item)]
    assert len(about) <= 1


async def test_where_the_calendar_ends_one_item_says_so_for_what_is_waited_for_and_no_other(house: House) -> None:
    house.calendars.calendar = calendar(known_until=(datetime.now(LONDON) + timedelta(days=2)).date())
    transfer = await house.start()
    await transfer.record(exploration())
    await transfer.settled()
    assert _open_items(await transfer.status()) == ["Calculate a due date: consent"]
    await transfer.record(consent(child_consent()))
    await transfer.settled()
    now = await transfer.status()
    assert _open_items(now) == ["Calculate a due date: sharing with the family"]
    assert not [clock for clock in now.clocks if clock.kind is ClockKind.ATTENTION and clock.runs]
    house.calendars.calendar = calendar()
    await transfer.record(resolution("A2"))
    now = await transfer.until(lambda now: running(now, ClockKind.SHARING))
    assert (now.needs_attention, now.at_work) == (False, ())
    history = await transfer.handle.fetch_history()
    await Replayer(workflows=[StepDownTransfer], data_converter=data_converter(KEYS), debug_mode=True).replay_workflow(
        history
    )


async def test_an_item_about_an_answer_that_came_stays_so_that_it_is_known_whether_it_came_in_time(
    house: House,
) -> None:
    transfer = await house.start()
    await transfer.record(exploration())
    await transfer.skip_to(AT_WORK)
    house.calendars.calendar = calendar(known_until=at(3, 30, 0).date())
    await transfer.record(consent(child_consent()), family_sharing())
    await transfer.until(lambda now: any(map(_about_the_response, now.attention)))
    await transfer.record(conversation())
    await transfer.settled()
    assert any(map(_about_the_response, (await transfer.status()).attention))
    assert "Calculate a due date: response to the request for a conversation" in _open_items(await transfer.status())


def _open_items(now: Status) -> list[str]:
    return [item.what for item in now.attention if item.open]


def _about_the_response(item: Attention) -> bool:
    return str(item.effect).startswith("calculate_due_date/conversation/")


@pytest.mark.long
async def test_a_restricted_family_is_told_of_to_named_people_only(house: House) -> None:
    house.register.policy = Policy(channels=dict.fromkeys(Audience, ("room",)))
    house.register.people = {"team-sw": "team@council.example"}
    transfer = await asked(house, restricted=True)
    await transfer.skip_to(at(4, 20, 10))
    told_to = {mail.to for mail in house.post.sent if "/mail_alert/" in mail.key}
    assert told_to == {"contact@north.example", "sw-7@council.example", "tm-1@council.example"}
    assert house.channels.said == []


@pytest.mark.long
async def test_another_service_ends_the_clock_of_the_first_and_gets_its_own_time(house: House) -> None:
    house.register.services["service-south"] = service(ref="service-south", contact_email="contact@south.example")
    transfer = await asked(house)
    await transfer.skip_to(at(4, 4, 10))
    other = consent(child_consent(), step_id="consent-2", service_ref="service-south")
    await transfer.record(other_service(), other)
    await transfer.until(lambda now: len([c for c in now.clocks if c.kind is ClockKind.CONVERSATION]) == 2)
    await transfer.settled()
    first, second = [c for c in (await transfer.status()).clocks if c.kind is ClockKind.CONVERSATION]
    assert (first.state, second.state) == (ClockState.NEEDLESS, ClockState.ON_TRACK)
    assert second.due == at(4, 9, 17)


FAMILY_LADDER = [
    (RungKind.REMINDER, at(4, 6, 9), {Audience.SOCIAL_WORKER}),
    (RungKind.ESCALATION, at(4, 11, 9), {Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER}),
    (RungKind.END, at(4, 13, 17), {Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER}),
]


@pytest.mark.long
@pytest.mark.clause("SD-01")
async def test_a_family_that_does_not_answer_ends_as_not_engaged_once_the_children_are_decided(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration())
    await transfer.skip_to(AT_WORK)
    await transfer.record(consent(child_consent()))
    await transfer.skip_to(at(4, 20, 10))
    now = await transfer.status()
    assert told(now, ClockKind.SHARING) == FAMILY_LADDER
    assert (now.stage, "team_manager" in now.waiting_for) == (Stage.SHARING, True)
    *_, letters, _, _ = whole_path()
    await transfer.record(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters)
    assert await transfer.outcome() == Outcome.FAMILY_NOT_ENGAGED


@pytest.mark.long
async def test_a_family_that_answers_after_all_goes_on(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration())
    await transfer.skip_to(at(4, 20, 10))
    assert RungKind.END in {alert.what for alert in (await transfer.status()).alerts}
    await transfer.record(consent(child_consent()), family_sharing())
    now = await transfer.until(lambda now: running(now, ClockKind.CONVERSATION))
    assert now.stage == Stage.CONVERSATION
    assert "team_manager" not in now.waiting_for


def close_of_business_in(house: House, seconds: float) -> datetime:
    """A calendar, in real time, that closes in a moment; what is asked today is due then."""
    closes = (datetime.now(LONDON) + timedelta(seconds=seconds)).replace(microsecond=0) + timedelta(seconds=1)
    if closes.date() != datetime.now(LONDON).date():
        pytest.skip("midnight is seconds away; `make test` runs this at any other time")
    house.calendars.calendar = calendar(opens="00:00", closes=closes.time(), weekdays=tuple(range(7)))
    today = Rung(kind=RungKind.BREACH, working_days=0, at="closing", audiences=(Audience.EARLY_HELP_CONTACT,))
    waits = Policy().clocks | {ClockKind.CONVERSATION: ClockPolicy(working_days=0, ladder=(today,))}
    channels = {Audience.EARLY_HELP_CONTACT: ("room",)}
    house.register.policy = Policy(
        clocks=waits, channels=channels, attention_after=timedelta(seconds=2), shown_after=SHOWN_AFTER
    )
    return closes


MORE_AND_MORE_SECONDS = (2.5, 5, 10, 20, 40)
"""Until the answer is due: a slow machine asks too late, and again with more time."""


async def asked_before_it_closes(house: House, *tries: float) -> tuple[Transfer, datetime]:
    """A transfer whose answer is due in a moment, and when."""
    for seconds in tries:
        child, closes = f"child-{seconds}", close_of_business_in(house, seconds)
        transfer = await house.start(child)
        await transfer.record(exploration(), consent(child_consent(child)), family_sharing())
        now = await transfer.until(lambda now: running(now, ClockKind.CONVERSATION))
        if clock_of(now, ClockKind.CONVERSATION).due == closes:
            return transfer, closes
    raise AssertionError("it was asked too late each time")


async def left_before_it_closes(client: Client) -> tuple[House, Transfer, datetime]:
    """A house whose worker stopped before the answer is due, with the transfer, and when it is due."""
    for number in range(len(MORE_AND_MORE_SECONDS)):
        house = House(client)
        async with working(house):
            transfer, due = await asked_before_it_closes(house, *MORE_AND_MORE_SECONDS[number:])
            await transfer.settled()
        if datetime.now(LONDON) < due:
            return house, transfer, due
    raise AssertionError("the worker stopped too late each time")


async def test_an_alert_whose_time_came_while_no_worker_ran_comes_on_return_once_and_knows_how_late_it_is(
    client: Client,
) -> None:
    house, transfer, due = await left_before_it_closes(client)
    assert house.channels.said == []
    while datetime.now(LONDON) < due + timedelta(seconds=1):
        await transfer.handle.describe()
    async with working(house):
        now = await transfer.until(lambda now: len(house.channels.said) == 1 and not now.at_work)
        [alert] = now.alerts
        assert alert.at == due
        assert alert.raised_at >= due + timedelta(seconds=1)
        await transfer.settled()
    assert len([mail for mail in house.post.sent if "/mail_alert/" in mail.key]) == 1


async def test_mosaic_and_mail_down_do_not_hold_a_breach_back_on_another_channel(house: House) -> None:
    transfer, _ = await asked_before_it_closes(house, *MORE_AND_MORE_SECONDS)
    house.mosaic.answers.clear()
    house.post.troubles.before("mail_alert", *[NothingHappenedError("mail is down")] * 100)
    for other in range(12):
        stuck = await house.start(f"child-{other}")
        await stuck.record(exploration(), consent(child_consent(f"child-{other}")), family_sharing())
    await transfer.until(lambda now: len(house.channels.said) == 1)
    house.mosaic.answers.set()
    assert house.channels.said[0][1].startswith("Overdue: response of the contact due")


@pytest.mark.long
async def test_a_dead_channel_is_tried_on_and_raises_attention_that_ends_by_itself(house: House) -> None:
    house.channels.troubles.before("room", *[PassingError("no answer")] * 3)
    transfer, _ = await asked_before_it_closes(house, *MORE_AND_MORE_SECONDS)
    now = await transfer.attention()
    assert [item.problem for item in now.attention if item.open] == ["not_answering"]
    now = await transfer.until(lambda now: len(house.channels.said) == 1 and not now.needs_attention)
    assert not now.at_work


@pytest.mark.long
async def test_a_dead_channel_can_be_skipped_by_a_person(house: House) -> None:
    house.channels.troubles.before("room", *[PassingError("no answer")] * 100)
    transfer, _ = await asked_before_it_closes(house, *MORE_AND_MORE_SECONDS)
    now = await transfer.attention()
    await transfer.record(resolution(now.attention[-1].id, Resolution.SKIP))
    await transfer.until(lambda now: not now.needs_attention and not now.at_work)
    assert house.channels.said == []


async def test_a_transfer_keeps_the_policy_that_it_started_with(house: House) -> None:
    transfer = await asked(house)
    house.register.policy = Policy(version="another", clocks=Policy().clocks)
    await transfer.skip_to(at(4, 4, 17, 1))
    assert house.register.certificates["conversation/service-north"][0].policy_version == Policy().version


async def test_the_timer_in_the_temporal_ui_says_when_the_response_is_due(house: House) -> None:
    transfer = await asked(house)
    codec = EncryptedPayloads(KEYS)
    said = [
        codec.read(event.user_metadata.summary).data.decode()
        async for event in transfer.handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]
    assert '"response of the contact due Wednesday 4 April 17:00; reminder Tuesday 3 April 17:00"' in said


async def test_what_is_tried_on_is_not_ordered_once_more_so_an_unclear_letter_stays_one(house: House) -> None:
    house.register.policy = Policy(attention_after=timedelta(seconds=1))
    house.post.troubles.before("send_letter", *[NothingHappenedError("mail is down")] * 2)
    transfer = await house.start()
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    letter = Effect(kind=EffectKind.SEND_LETTER, letter="letter-1").id
    now = await transfer.until(lambda now: any(item.effect == letter for item in now.attention))
    [tried_on] = [item for item in now.attention if item.effect == letter]
    refused = await transfer.refused(resolution(tried_on.id, Resolution.RETRY))
    assert "nothing to try again" in refused.message


async def test_an_attempt_that_is_under_way_when_the_time_is_over_comes_to_its_end_before_the_next(
    house: House,
) -> None:
    house.register.policy = Policy(attention_after=timedelta(seconds=1))
    house.mosaic.answers.clear()
    transfer = await house.start()
    await transfer.record(exploration(), consent(child_consent()), family_sharing())
    await transfer.attention()
    assert house.mosaic.calls == ["record", "look"]
    house.mosaic.answers.set()
    await transfer.skip_to(await transfer.now() + timedelta(seconds=30))
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION and not now.needs_attention)
    assert len(house.mosaic.shares) == 1
