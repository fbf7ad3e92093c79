"""The final meeting about a plan: the service invited, its invitation cancelled, what it missed, the record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from temporalio import activity

from activities.addresses import address_of, contact_of
from activities.effect import Effects
from activities.failures import as_failures
from activities.heartbeat import beating
from activities.letters import to_organiser, to_service
from activities.letters.in_calendars import CalendarWords
from activities.ports import CaseManagement, Directory, Invitations, Post
from activities.showing import Shows, ShowTransfer
from models.effects import EffectResult, Intent
from models.journey.projection import News
from models.kinds import Audience
from models.mail import Calendar, Mail, Meeting
from models.services import EarlyHelpService
from models.step_down.steps.final_meeting import ChildAtMeeting, ScheduleFinalMeeting
from models.vocabulary import Frozen, Ref

Written = Callable[[Meeting], Calendar]
SUMMARY = "Final meeting about a transfer to Early Help"


class MeetingMail(Frozen):
    """Invite the service to the final meeting, or cancel the invitation; says nothing about a person (SD-18)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    service: EarlyHelpService
    scheduled: ScheduleFinalMeeting
    occasion: str
    """Names the meeting in the calendar, however often it is moved; another one once it may have been called off."""
    since: datetime
    """When what it tells came to be known: that the meeting is set, moved or called off."""
    sequence: int
    """The number of this message about it; calendars leave what has a lower one than they know."""
    social_worker: str
    """Whom to ask: name and telephone, as far as they are known, and team."""
    organisers: tuple[Ref, ...]
    """Who gets the answers: the first of them of whom the directory knows an address as the meeting gets its name."""
    moved_from: ScheduleFinalMeeting | None = None
    """The date that this one takes the place of in the calendar of the service."""
    held_at: datetime | None = None
    """When the meeting was held, where that was before the day to which the service is invited."""

    @property
    def starts(self) -> datetime:
        """The moment of the meeting."""
        if self.scheduled.meeting_at is None:
            raise AssertionError("nobody is invited to a meeting without a date")
        return self.scheduled.meeting_at


class SendMeetingOutcome(Frozen):
    """Tell a service in writing what the meeting said at which it was not (SD-18, SD-19)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    service: EarlyHelpService
    held_at: datetime
    children: tuple[ChildAtMeeting, ...]
    social_worker: str
    replaces: bool = False
    """It was told of the meeting before, and something has been corrected since."""


@dataclass(frozen=True)
class FinalMeetingActivities:
    """The final meeting."""

    post: Post
    mosaic: CaseManagement
    directory: Directory
    invitations: Invitations
    shows: Shows
    effects: Effects

    @activity.defn(no_thread_cancel_exception=True)
    def invite_to_meeting(self, order: MeetingMail) -> EffectResult:
        """SD-18."""
        words = to_service.invitation(
            order.service, order.scheduled, order.moved_from, order.social_worker, order.intent.transfer_id
        )
        return self._send(order, words, self.invitations.invitation, order.service.contact_email)

    @activity.defn(no_thread_cancel_exception=True)
    def cancel_invitation(self, order: MeetingMail) -> EffectResult:
        """SD-18."""
        words = to_service.cancellation(order.starts, order.held_at, order.social_worker, order.intent.transfer_id)
        return self._send(order, words, self.invitations.cancellation, order.service.contact_email)

    @activity.defn(no_thread_cancel_exception=True)
    def enter_meeting(self, order: MeetingMail) -> EffectResult:
        """SD-18: into the organiser's own calendar."""
        words = to_organiser.entry(order.service, order.scheduled, order.intent.transfer_id)
        return self._send(order, words, self.invitations.entry)

    @activity.defn(no_thread_cancel_exception=True)
    def remove_meeting(self, order: MeetingMail) -> EffectResult:
        """SD-18: out of it."""
        words = to_organiser.removal(order.service, order.scheduled, order.intent.transfer_id)
        return self._send(order, words, self.invitations.removal)

    @activity.defn(no_thread_cancel_exception=True)
    def send_meeting_outcome(self, order: SendMeetingOutcome) -> EffectResult:
        """SD-18, SD-19."""
        with as_failures(), beating():
            return self.effects.send_once(order.intent, lambda: self._outcome(order), self.post.send)

    @activity.defn
    def capture_meeting(self, order: ShowTransfer) -> News | None:
        """SD-19: what the meeting said."""
        return self.shows.show(order)

    def _send(self, order: MeetingMail, words: CalendarWords, written: Written, to: str | None = None) -> EffectResult:
        """To the organiser, where nobody is named."""
        with as_failures(), beating():
            return self.effects.send_again_if_unsure(
                order.intent, lambda at: self.post.send(self._mail(order, words, written, to), at)
            )

    def _mail(self, order: MeetingMail, words: CalendarWords, written: Written, to: str | None) -> Mail:
        meeting, transfer = self._meeting(order, words.note), order.intent.transfer_id
        return Mail(
            order.intent.key,
            transfer,
            to or meeting.organiser,
            words.subject,
            words.text,
            calendar=written(meeting),
            reply_to=meeting.organiser,
        )

    def _meeting(self, order: MeetingMail, note: str) -> Meeting:
        uid = f"{order.intent.transfer_id}/final-meeting/{order.service.ref}/{order.occasion}"
        return Meeting(
            uid=uid,
            sequence=order.sequence,
            starts=order.starts,
            ends=order.starts + timedelta(minutes=order.scheduled.minutes),
            summary=f"{SUMMARY} ({order.intent.transfer_id})",
            place=order.scheduled.place,
            text=note,
            organiser=self._organiser(uid, order),
            attendee=contact_of(self.directory, order.service),
            stamp=order.since,
        )

    def _organiser(self, uid: str, order: MeetingMail) -> str:
        """Under one address for good: calendars take a change from another one for another meeting, or not at all."""
        known = self.directory.organiser_of(uid, None)
        if known is not None:
            return known
        today = address_of(self.directory, Audience.SOCIAL_WORKER, order.organisers, order.service.ref)
        return self.directory.organiser_of(uid, today) or today

    def _outcome(self, order: SendMeetingOutcome) -> Mail:
        transfer = order.intent.transfer_id
        said = [f"{self.mosaic.person_name(child.ref)}: {child.outcome.words}" for child in order.children]
        subject, text = to_service.meeting_outcome(
            order.service, order.held_at, said, order.social_worker, transfer, replaces=order.replaces
        )
        to = contact_of(self.directory, order.service)
        return Mail(order.intent.key, transfer, to, subject, text)
