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
from models.effects import EffectResult, Intent
from models.errors import LastingError
from models.mail import Mail
from models.operations.digest import Digest, DigestPlan, Recipient, digest_for, london_day, readers
from models.vocabulary import Frozen


class PlanDigests(Frozen):
    """See who has to be told what, as things stand at this moment."""

    at: datetime


class SendDigest(Frozen):
    """Mail a reader's digest; says who reads, and nothing of a transfer."""

    intent: Intent
    at: datetime
    """What is overdue and due is told as of this moment."""
    reader: Recipient


@dataclass(frozen=True)
class DigestActivities:
    """The digest of each morning. It may come twice where nobody knows whether it was sent."""

    transfers: OpenTransfers
    calendars: Calendars
    directory: Directory
    post: Post
    effects: Effects

    @activity.defn
    def plan_digests(self, order: PlanDigests) -> DigestPlan:
        """SD-34, SD-35: each reader who has something to read; nobody on a day off."""
        with as_failures():
            try:
                day_off = self.calendars.current().day_off(london_day(order.at))
            except CalendarEndsError as error:
                raise LastingError("calendar_ends", str(error)) from error
        if day_off is not None:
            return DigestPlan(day_off=day_off)
        return DigestPlan(readers=readers(self.transfers.running_transfers(), order.at))

    @activity.defn(no_thread_cancel_exception=True)
    def mail_digest(self, order: SendDigest) -> EffectResult:
        """SD-34, SD-35: what the reader has to read now; nothing goes where nothing is left to read."""
        with as_failures(), beating():
            try:
                return self._send(order)
            except LastingError as error:
                structlog.get_logger().warning(
                    "a digest cannot be sent", key=order.intent.key, reader=order.reader.id, problem=error.problem
                )
                raise

    def _send(self, order: SendDigest) -> EffectResult:
        digest = digest_for(order.reader, self.transfers.running_transfers(order.reader), order.at)
        intent = order.intent.model_copy(update={"only_look": not digest.lines})
        return self.effects.send_again_if_unsure(intent, lambda at: self.post.send(self._mail(order, digest), at))

    def _mail(self, order: SendDigest, digest: Digest) -> Mail:
        address = address_of(self.directory, order.reader.audience, digest.people, order.reader.ref)
        subject, text = digest_letter(digest, order.at)
        return Mail(order.intent.key, order.intent.transfer_id, address, subject, text)
