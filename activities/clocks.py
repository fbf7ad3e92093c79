"""Due dates and alerts: calculating when something is due, and telling people before and after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf

from temporalio import activity

from activities.addresses import address_of
from activities.effect import Effects
from activities.failures import as_failures
from activities.heartbeat import beating
from activities.letters.alerts import AlertText, alert_letter, alert_post
from activities.ports import Calendars, Channels, Directory, Post
from models.calendar import CalendarEndsError
from models.certificate import Count, calculate
from models.effects import EffectResult, Ended, Intent
from models.errors import LastingError
from models.kinds import OFFICES, Audience
from models.mail import Mail
from models.vocabulary import Frozen, Ref


class CalculateDueDate(Frozen):
    """Calculate when something is due (SD-34, SD-35)."""

    intent: Intent
    count: Count
    calendar_kept: str | None
    """The calendar, by version, that the register kept when the transfer was opened."""


class MailAlert(Frozen):
    """Tell one audience by e-mail; says nothing about a person of the family."""

    intent: Intent
    audience: Audience
    people: tuple[Ref, ...]
    """Who is meant, by reference; the first whose address is known is told. Empty where the service has it."""
    service_ref: Ref
    text: AlertText


class PostAlert(Frozen):
    """Tell a channel, such as a room of a chat service."""

    intent: Intent
    channel: str
    text: AlertText


@dataclass(frozen=True)
class ClockActivities:
    """Due dates."""

    calendars: Calendars
    now: Callable[[], datetime]

    @activity.defn
    def calculate_due_date(self, order: CalculateDueDate) -> EffectResult:
        """SD-34, SD-35: on the calendar of today; its version stands on the certificate."""
        calendar = self.calendars.current()
        with as_failures():
            try:
                certificate = calculate(order.count, calendar)
            except CalendarEndsError as error:
                raise LastingError("calendar_ends", str(error)) from error
        return EffectResult(
            effect=order.intent.effect,
            ended=Ended.DONE,
            evidence=certificate.words,
            at=self.now(),
            certificate=certificate,
            calendar=None if calendar.version == order.calendar_kept else calendar,
        )


@dataclass(frozen=True)
class AlertActivities:
    """Telling people that time runs out, or has run out. An alert may come twice, under the same number."""

    post: Post
    channels: Channels
    directory: Directory
    effects: Effects
    calendars: Calendars
    now: Callable[[], datetime]

    @activity.defn(no_thread_cancel_exception=True)
    def mail_alert(self, order: MailAlert) -> EffectResult:
        """SD-34, SD-35."""
        with as_failures(), beating():
            audience = self._there_now(order.audience)
            people = (OFFICES[audience],) if audience in OFFICES else order.people
            address = address_of(self.directory, audience, people, order.service_ref)
            subject, text = alert_letter(order.text, audience)
            mail = Mail(order.intent.key, order.intent.transfer_id, address, subject, text)
            return self.effects.send_again_if_unsure(order.intent, lambda at: self.post.send(mail, at))

    def _there_now(self, audience: Audience) -> Audience:
        """SD-36: who is on duty at this hour."""
        if audience is not Audience.ON_DUTY:
            return audience
        in_hours = self.calendars.current().is_open(self.now())
        return Audience.DUTY_AND_ADVICE if in_hours else Audience.EMERGENCY_DUTY_TEAM

    @activity.defn(no_thread_cancel_exception=True)
    def post_alert(self, order: PostAlert) -> EffectResult:
        """SD-34, SD-35."""
        subject, text = alert_post(order.text)
        with as_failures():
            # Nobody looks what a channel has: what it did not take is told again until it takes it.
            return self.effects.send_again_if_unsure(
                order.intent, lambda _: self.channels.send(order.channel, subject, text), most=inf
            )
