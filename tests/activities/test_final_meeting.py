"""The final meeting in messages: the invitation, that it is cancelled, and in writing what the service missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.effects import Effect, Ended
from models.errors import NothingHappenedError, UnclearError
from models.kinds import EffectKind
from models.mail import Mail
from models.step_down.steps.final_meeting import MeetingOutcome
from tests.activities.office import Office, meeting_order, only_look, outcome_order, shown
from tests.builders import CHILD, NOW, SIBLING, at_meeting, intent, london, meeting, scheduled, taken

IN_SUMMER = scheduled(occurred_at=NOW, meeting_at=datetime(2026, 7, 6, 13, 30, tzinfo=UTC), minutes=90)


@pytest.fixture
def office() -> Office:
    return Office()


def words(mail: Mail) -> str:
    return " ".join(mail.text.split())


@pytest.mark.clause("SD-18")
def test_the_service_is_invited_with_time_and_place_and_a_file_for_its_calendar(office: Office) -> None:
    mail = office.invite(scheduled=IN_SUMMER)
    assert mail.to == "contact@north.example"
    assert mail.subject == "Invitation to a final meeting"
    assert "Early Help North is invited to the final meeting about a family's plan." in words(mail)
    assert "\n\nMonday 6 July 2026 14:30\nTown hall, room 4\n\n" in mail.text
    assert mail.calendar is not None
    assert mail.calendar.method == "REQUEST"
    [held] = office.invitations.meetings
    assert "attached" in mail.text
    assert held.text == mail.text.replace("The invitation for your calendar is attached. ", "")


@pytest.mark.clause("SD-18")
def test_no_note_in_a_calendar_speaks_of_a_file(office: Office) -> None:
    moved = scheduled(place="Town hall, room 9")
    office.meets.invite_to_meeting(meeting_order())
    office.meets.invite_to_meeting(meeting_order(moved_from=moved, **about("moved")))
    office.meets.enter_meeting(meeting_order(EffectKind.ENTER_MEETING))
    assert [note for note in (held.text for held in office.invitations.meetings) if "file" in note] == []
    assert all("attached" in mail.text for mail in office.post.sent)


@pytest.mark.clause("SD-18")
def test_the_meeting_in_the_calendar_lasts_as_long_as_was_said_and_is_answered_to_the_social_worker(
    office: Office,
) -> None:
    office.invite(scheduled=IN_SUMMER, sequence=7)
    [held] = office.invitations.meetings
    assert (held.starts, held.ends) == (london(2026, 7, 6, 14, 30), london(2026, 7, 6, 16))
    assert (held.organiser, held.attendee) == ("sw-7@council.example", "contact@north.example")
    assert (held.sequence, held.stamp) == (7, NOW)


@pytest.mark.clause("SD-18")
def test_a_meeting_keeps_the_address_of_its_organiser_whoever_is_told_or_responsible_since(office: Office) -> None:
    later = NOW + timedelta(days=1)
    office.meets.invite_to_meeting(meeting_order())
    office.register.people["sw-7"] = "new.address@council.example"
    office.meets.invite_to_meeting(
        meeting_order(scheduled=scheduled(step_id="moved"), organisers=("sw-8",), **about("moved"))
    )
    office.register.people["sw-7"] = None
    office.meets.cancel_invitation(
        meeting_order(
            scheduled=scheduled(step_id="moved"), since=later, **about("moved", kind=EffectKind.CANCEL_INVITATION)
        )
    )
    assert [held.organiser for held in office.invitations.meetings] == ["sw-7@council.example"] * 3
    assert [held.stamp for held in office.invitations.meetings] == [NOW, NOW, later]
    assert [mail.reply_to for mail in office.post.sent] == ["sw-7@council.example"] * 3
    office.meets.invite_to_meeting(
        meeting_order(occasion="another", organisers=("sw-8",), **about("schedule_final_meeting", time=2))
    )
    assert office.invitations.meetings[-1].organiser == "sw-8@council.example"


@pytest.mark.clause("SD-18")
def test_who_organises_the_meeting_is_sent_it_for_their_own_calendar_under_the_name_that_the_service_has(
    office: Office,
) -> None:
    office.meets.invite_to_meeting(meeting_order(scheduled=IN_SUMMER))
    office.meets.enter_meeting(meeting_order(EffectKind.ENTER_MEETING, scheduled=IN_SUMMER))
    office.meets.remove_meeting(meeting_order(EffectKind.REMOVE_MEETING, scheduled=IN_SUMMER, sequence=1))
    invited, entered, removed = office.post.sent
    assert (entered.to, entered.reply_to, entered.subject) == (
        "sw-7@council.example",
        "sw-7@council.example",
        "For your calendar: final meeting",
    )
    assert "Early Help North is invited to the final meeting about a family's plan:" in words(entered)
    assert "\n\nMonday 6 July 2026 14:30\nTown hall, room 4\n\n" in entered.text
    assert "no longer expected at the final meeting on Monday 6 July 2026 14:30" in words(removed)
    methods = [mail.calendar.method for mail in office.post.sent if mail.calendar]
    assert (invited.to, methods) == ("contact@north.example", ["REQUEST", "PUBLISH", "CANCEL"])
    assert len({held.uid for held in office.invitations.meetings}) == 1


@pytest.mark.clause("SD-18")
def test_an_invitation_that_is_tried_again_names_the_organiser_that_the_first_attempt_named(office: Office) -> None:
    office.post.troubles.after(EffectKind.INVITE_TO_MEETING, UnclearError("no answer"))
    with pytest.raises(Exception, match="no answer"):
        office.meets.invite_to_meeting(meeting_order())
    office.register.people["sw-7"] = "new.address@council.example"
    office.meets.invite_to_meeting(meeting_order())
    first, second = office.post.sent
    assert first == second


def about(step: str, **changes: Any) -> dict[str, Any]:
    """Another message about it."""
    said = {"kind": EffectKind.INVITE_TO_MEETING, "service": "service-north", "step": step}
    return {"intent": intent(Effect.model_validate({**said, **changes}))}


@pytest.mark.clause("SD-18")
def test_answers_to_an_invitation_and_to_its_cancellation_go_to_the_organiser() -> None:
    assert Office().invite(scheduled=IN_SUMMER).reply_to == "sw-7@council.example"
    assert Office().cancel(sequence=1).reply_to == "sw-7@council.example"


@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_moved_keeps_its_name_in_the_calendar_and_each_service_has_one_of_its_own() -> None:
    office, moved = Office(), scheduled(step_id="moved", meeting_at=NOW + timedelta(days=30))
    office.meets.invite_to_meeting(meeting_order())
    office.meets.invite_to_meeting(meeting_order(scheduled=moved, sequence=1000, **about("moved")))
    south = meeting_order().service.model_copy(update={"ref": "service-south"})
    office.meets.invite_to_meeting(meeting_order(service=south, **about("moved", service="service-south")))
    first, second, other = (held.uid for held in office.invitations.meetings)
    assert first == second
    assert other != first


@pytest.mark.clause("SD-18")
def test_of_a_meeting_that_is_moved_the_service_reads_from_when_and_gets_no_second_invitation(office: Office) -> None:
    mail = office.invite(scheduled=IN_SUMMER, moved_from=scheduled(place="Town hall, room 9"))
    assert mail.subject == "Final meeting moved"
    assert "to which Early Help North is invited, has been moved" in words(mail)
    assert mail.text.index("\n\nMonday 16 March 2026 10:00\nTown hall, room 9\n\n") < mail.text.index(
        "\n\nMonday 6 July 2026 14:30\nTown hall, room 4\n\n"
    )
    assert "The attached file changes the meeting in your calendar." in words(mail)
    assert "is invited to the final meeting" not in words(mail)


@pytest.mark.clause("SD-18")
def test_the_invitation_is_cancelled_under_the_name_under_which_it_was_sent(office: Office) -> None:
    mail = office.cancel(sequence=1)
    assert mail.to == "contact@north.example"
    assert mail.subject == "Final meeting: you are no longer invited"
    assert "You are no longer expected at the final meeting on Monday 16 March 2026 10:00." in words(mail)
    assert mail.calendar is not None
    assert mail.calendar.method == "CANCEL"
    office.meets.invite_to_meeting(meeting_order())
    assert len({held.uid for held in office.invitations.meetings}) == 1


@pytest.mark.clause("SD-18")
def test_of_a_meeting_that_was_brought_forward_the_service_reads_that_it_was_held(office: Office) -> None:
    mail = office.cancel(sequence=1, held_at=NOW)
    assert mail.subject == "Final meeting held already"
    assert "it has been held already, on Monday 2 March 2026 12:00. There is no longer a meeting to come to" in words(
        mail
    )


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("kind", [EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION])
def test_an_invitation_and_its_cancellation_say_nothing_about_a_person(office: Office, kind: EffectKind) -> None:
    mail = office.invite() if kind is EffectKind.INVITE_TO_MEETING else office.cancel()
    [held] = office.invitations.meetings
    assert mail.attachments == ()
    for person in ("Ada", "Ben", "Pat", "sw-7", CHILD, "family-1"):
        assert person not in f"{mail.subject}{mail.text}{held.summary}{held.text}{held.uid}"
    assert "transfer-1" in mail.text
    assert "team-sw" in mail.text


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("kind", [EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION])
def test_a_message_about_the_meeting_that_ended_unclear_is_sent_again_word_for_word(
    office: Office, kind: EffectKind
) -> None:
    act = office.meets.invite_to_meeting if kind is EffectKind.INVITE_TO_MEETING else office.meets.cancel_invitation
    office.post.troubles.after(kind, UnclearError("no answer"))
    with pytest.raises(Exception, match="no answer"):
        act(meeting_order(kind))
    assert act(meeting_order(kind)).ended is Ended.DONE
    first, second = office.post.sent
    assert first == second


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    ("trouble", "may_have_been_sent"),
    [(UnclearError("no answer"), True), (NothingHappenedError("not reached"), False)],
    ids=["it may have been sent", "it was not sent"],
)
def test_an_invitation_that_is_no_longer_wanted_says_whether_it_may_have_been_sent(
    office: Office, trouble: Exception, *, may_have_been_sent: bool
) -> None:
    office.post.troubles.before(EffectKind.INVITE_TO_MEETING, trouble)
    with pytest.raises(Exception, match=str(trouble)):
        office.meets.invite_to_meeting(meeting_order())
    stopped = office.meets.invite_to_meeting(only_look(meeting_order()))
    assert (stopped.ended, stopped.may_have_been_sent) == (Ended.STOPPED, may_have_been_sent)


@pytest.mark.clause("SD-18")
def test_a_message_about_the_meeting_that_is_no_longer_wanted_is_not_sent(office: Office) -> None:
    assert office.meets.invite_to_meeting(only_look(meeting_order())).ended is Ended.STOPPED
    assert office.meets.send_meeting_outcome(only_look(outcome_order())).ended is Ended.STOPPED
    assert office.post.sent == []


@pytest.mark.clause("SD-18")
@pytest.mark.clause("SD-19")
@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (MeetingOutcome.AGREED, "- Ada Example: transfer agreed"),
        (MeetingOutcome.NOT_AGREED, "- Ada Example: transfer not agreed"),
        (MeetingOutcome.PLAN_CONTINUES, "- Ada Example: the plan goes on"),
        (MeetingOutcome.UNIVERSAL_SERVICES, "- Ada Example: universal services are enough"),
        (MeetingOutcome.ADJOURNED, "- Ada Example: adjourned"),
    ],
)
def test_a_service_that_was_not_there_reads_by_name_what_the_meeting_said_and_not_why(
    office: Office, outcome: MeetingOutcome, said: str
) -> None:
    mail = office.tell_outcome(children=(at_meeting(CHILD, outcome),))
    assert mail.to == "contact@north.example"
    assert f"\n\n{said}\n\n" in mail.text
    assert "held on Monday 16 March 2026 10:00. Our record shows nobody from Early Help North there," in words(mail)
    assert "the risk has not fallen enough" not in mail.text
    assert "If you do not agree, tell the social worker at once." in words(mail)


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("replaces", [True, False])
def test_what_was_corrected_says_that_it_replaces_what_was_written_before(office: Office, *, replaces: bool) -> None:
    mail = office.tell_outcome(replaces=replaces)
    assert ("This replaces what we wrote to you about this meeting before." in words(mail)) is replaces


@pytest.mark.clause("SD-18")
def test_what_the_meeting_said_is_sent_once_and_names_only_the_children_that_it_is_given(office: Office) -> None:
    mail = office.tell_outcome(children=(at_meeting(SIBLING),))
    assert "Ben Example: transfer agreed" in mail.text
    assert "Ada" not in mail.text + mail.subject
    office.meets.send_meeting_outcome(outcome_order(children=(at_meeting(SIBLING),)))
    assert len(office.post.sent) == 1


@pytest.mark.clause("SD-19")
def test_what_the_meeting_said_is_kept_as_it_was_recorded(office: Office) -> None:
    held = taken(meeting(CHILD, SIBLING))
    for _ in range(2):
        office.meets.capture_meeting(shown(held))
    assert office.register.evidence == {("transfer-1", "record_final_meeting"): held}
