"""What an alert says of its time: how late it comes, and that what it counts from is still to come; whom it reaches."""

from datetime import datetime, timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.clocks import AlertActivities, MailAlert, PostAlert
from activities.effect import Effects
from activities.failures import PASSING
from activities.letters.alerts import AlertText, alert_letter, alert_post
from models.effects import Effect, Ended
from models.errors import PassingError
from models.kinds import OFFICES, Audience, ClockKind, EffectKind, RungKind
from tests.builders import england, intent, london
from tests.fakes import FakeBook, FakeCalendars, FakeChannels, FakePost, FakeRegister

DUE = london(2026, 3, 5, 17)


def alert(late: timedelta) -> AlertText:
    return AlertText(
        responsible="sw-7, team team-sw, manager Jo Sample (tm-1)",
        transfer_id="transfer-1",
        number=1,
        kind=ClockKind.CONVERSATION,
        what=RungKind.BREACH,
        since=london(2026, 3, 2, 10),
        due=DUE,
        at=DUE,
        raised_at=DUE + late,
        service="Early Help North",
    )


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (timedelta(days=2, hours=3, minutes=4), "2 days and 3 hours"),
        (timedelta(hours=1, seconds=30), "1 hour"),
        (timedelta(minutes=6), "6 minutes"),
    ],
)
def test_an_alert_that_comes_late_says_how_late_and_gives_no_cause(late: timedelta, said: str) -> None:
    for _, text in (alert_letter(alert(late), Audience.OPERATIONS), alert_post(alert(late))):
        assert f"\nThis alert comes {said} late.\n" in text
        assert "running" not in text


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=2), timedelta(minutes=5)])
def test_an_alert_that_comes_in_time_says_nothing_of_being_late(late: timedelta) -> None:
    assert "late" not in alert_post(alert(late))[1]


@pytest.mark.clause("SD-34")
def test_that_it_is_not_overdue_any_more_says_who_looks_at_what_and_is_not_called_late() -> None:
    text = alert(timedelta(days=3)).model_copy(update={"what": RungKind.LIFTED, "at": DUE + timedelta(days=3)})
    subject, said = alert_letter(text, Audience.TEAM_MANAGER)
    assert subject.startswith("Not overdue any more: response of the contact due Thursday 5 March 17:00")
    assert said.startswith("It was told that this is overdue. An answer has been recorded since, as given in time.")
    assert "Who must act: the manager: see whether the moment that was given is right" in said
    assert " late." not in said


def about_the_meeting(kind: ClockKind, what: RungKind, raised: datetime) -> str:
    said = {"kind": kind, "what": what, "since": london(2026, 3, 16, 10), "due": london(2026, 3, 19, 17)}
    return alert_post(alert(timedelta()).model_copy(update={**said, "at": raised, "raised_at": raised}))[1]


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (london(2026, 3, 13, 9), "The final meeting about the plan is near."),
        (london(2026, 3, 18, 9), "It is not recorded what the final meeting agreed."),
    ],
    ids=["before", "after"],
)
def test_who_is_reminded_of_the_final_meeting_reads_whether_it_is_still_to_come(raised: datetime, said: str) -> None:
    text = about_the_meeting(ClockKind.FINAL_MEETING, RungKind.REMINDER, raised)
    assert text.startswith(f"{said}\nFinal meeting: Monday 16 March 2026 10:00. It is due on Thursday 19 March 2026")
    assert "Waiting since" not in text


@pytest.mark.clause("SD-16")
def test_a_meeting_that_is_near_without_a_conversation_is_told_as_that_with_its_rule() -> None:
    text = about_the_meeting(ClockKind.MEETING_NEAR, RungKind.ESCALATION, london(2026, 3, 12, 9))
    assert text.startswith("The final meeting is near, and the conversation with the Early Help contact is not")
    assert "\nFinal meeting: Monday 16 March 2026 10:00." in text
    assert "(SD-16)" in text
    assert "hold the conversation before the meeting, or move the meeting" in text


@pytest.mark.clause("SD-16")
def test_after_the_day_nobody_reads_that_the_meeting_comes_near() -> None:
    text = about_the_meeting(ClockKind.MEETING_NEAR, RungKind.END, london(2026, 3, 16, 17))
    assert text.startswith("The day of the final meeting has come, and the conversation with the Early Help contact")
    assert "comes near" not in text
    assert "the chair or the team manager confirms what it agreed" in text


ON_DUTY = {
    "on a Friday at 16:55": (london(2026, 3, 6, 16, 55), Audience.DUTY_AND_ADVICE),
    "at 17:00": (london(2026, 3, 6, 17), Audience.EMERGENCY_DUTY_TEAM),
    "on a Friday evening": (london(2026, 3, 6, 17, 40), Audience.EMERGENCY_DUTY_TEAM),
    "on a Saturday": (london(2026, 3, 7, 11), Audience.EMERGENCY_DUTY_TEAM),
    "on a bank holiday": (london(2026, 5, 4, 11), Audience.EMERGENCY_DUTY_TEAM),
    "as the next working day opens": (london(2026, 5, 5, 9), Audience.DUTY_AND_ADVICE),
    "at night": (london(2026, 3, 4, 3), Audience.EMERGENCY_DUTY_TEAM),
    "on a day that the calendar does not know": (london(2031, 3, 5, 11), Audience.DUTY_AND_ADVICE),
}


@pytest.mark.clause("SD-36")
@pytest.mark.parametrize(("now", "who"), ON_DUTY.values(), ids=ON_DUTY)
def test_whoever_is_on_duty_at_this_hour_is_told_and_reads_to_ring_where_nobody_rang(
    now: datetime, who: Audience
) -> None:
    post, effects = FakePost(), Effects(FakeBook(), now=lambda: now)
    alerts = AlertActivities(post, FakeChannels(), FakeRegister(), effects, FakeCalendars(england()), lambda: now)
    effect = Effect(kind=EffectKind.MAIL_ALERT, number=1, audience=Audience.ON_DUTY)
    known = {"reported_by": "Early Help contact eh-4", "service_contact": "contact@north.example"}
    risk = {"kind": ClockKind.SIGNIFICANT_HARM, "what": RungKind.ALARM, **known}
    text = alert(timedelta()).model_copy(update=risk)
    alerts.mail_alert(
        MailAlert(intent=intent(effect), audience=Audience.ON_DUTY, people=(), service_ref="service-north", text=text)
    )
    [sent] = post.sent
    assert sent.to == f"{OFFICES[who]}@council.example"
    assert f"You get this as {who.words}. If nobody has rung you about this yet, do not wait to be rung:" in sent.text
    assert "Early Help service: Early Help North, contact@north.example\n" in sent.text
    assert "\nReported by: Early Help contact eh-4\n" in sent.text


@pytest.mark.clause("SD-34")
def test_a_channel_that_is_away_for_long_is_told_as_soon_as_it_takes_it() -> None:
    channels, effects = FakeChannels(), Effects(FakeBook())
    alerts = AlertActivities(FakePost(), channels, FakeRegister(), effects, FakeCalendars(england()), lambda: DUE)
    effect = Effect(kind=EffectKind.POST_ALERT, number=1, channel="operations-room")
    order = PostAlert(intent=intent(effect), channel="operations-room", text=alert(timedelta()))
    channels.troubles.before("operations-room", *(PassingError("the channel did not take it") for _ in range(5)))
    for _ in range(5):
        with pytest.raises(ApplicationError) as failure:
            alerts.post_alert(order)
        assert failure.value.type == PASSING
    assert alerts.post_alert(order).ended is Ended.DONE
