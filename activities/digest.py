"""The morning digest: reading who has to be told what, and mailing it."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from temporalio import activity

from activities.addresses import address_of
from activities.effect import Effects
from activities.failures import as_failures
from activities.heartbeat import beating
from activities.letters.digest import digest_letter
from activities.ports import Calendars, Directory, OpenTransfers, Post
from models.calendar import CalendarEndsError
from models.digest import Digest, DigestPlan, digests, london_day
from models.effects import EffectResult, Intent
from models.errors import LastingError
from models.exchange import Mail
from models.vocabulary import Frozen


class PlanDigests(Frozen):
    """See who has to be told what, as things stand at this moment."""

    at: datetime


class SendDigest(Frozen):
    """Mail a digest; says nothing about a person of a family."""

    intent: Intent
    at: datetime
    """How things stood when."""
    digest: Digest

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return self.digest.privacy


@dataclass(frozen=True)
class DigestActivities:
    """The digest of each morning. It may come twice where nobody knows whether it had left."""

    transfers: OpenTransfers
    calendars: Calendars
    directory: Directory
    post: Post
    effects: Effects

    @activity.defn
    def plan_digests(self, order: PlanDigests) -> DigestPlan:
        """SD-34, SD-35: one digest for each reader who has something to read; none on a day off."""
        with as_failures():
            try:
                day_off = self.calendars.current().day_off(london_day(order.at))
            except CalendarEndsError as error:
                raise LastingError("calendar_ends", str(error)) from error
        if day_off is not None:
            return DigestPlan(day_off=day_off)
        return DigestPlan(digests=digests(self.transfers.running_transfers(), order.at))

    @activity.defn(no_thread_cancel_exception=True)
    def mail_digest(self, order: SendDigest) -> EffectResult:
        """SD-34, SD-35."""
        with as_failures(), beating():
            try:
                return self._send(order)
            except LastingError as error:
                reader = order.digest.recipient
                structlog.get_logger().warning(
                    "a digest cannot be sent", key=order.intent.key, reader=reader.id, problem=error.problem
                )
                raise

    def _send(self, order: SendDigest) -> EffectResult:
        digest, day = order.digest, order.intent.transfer_id
        reader = digest.recipient
        address = address_of(self.directory, reader.audience, digest.people, reader.ref)
        subject, text = digest_letter(digest, order.at)
        mail = Mail(order.intent.key, day, address, subject, text)
        return self.effects.send_again_if_unsure(order.intent, lambda: self.post.send(mail))
