"""The conversation with the contact of the Early Help service: asking for it, keeping its record, calling it off."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.addresses import contact_of
from activities.effect import Effects
from activities.failures import as_failures
from activities.heartbeat import beating
from activities.letters import to_service
from activities.letters.papers import Papers
from activities.ports import Directory, Post
from activities.showing import Shows, ShowTransfer
from models.effects import EffectResult, Intent
from models.journey.projection import News
from models.mail import Mail
from models.services import EarlyHelpService
from models.vocabulary import Frozen


class RequestConversation(Frozen):
    """Ask the contact for the conversation; says nothing about a person (SD-07)."""

    intent: Intent
    service: EarlyHelpService
    social_worker: str
    """Whom to ask: name and telephone, as far as they are known, and team."""
    papers: Papers = Papers()
    answer_within: int | None = None
    """The working days in which an answer is due (SD-34)."""


class TellService(Frozen):
    """Tell a service that knew of the transfer, or may have, what changed; says nothing about a person (SD-09a)."""

    intent: Intent
    service: EarlyHelpService
    social_worker: str
    what: str
    """The step that changed it, by its name."""


@dataclass(frozen=True)
class ContactConversationActivities:
    """The conversation with the contact."""

    post: Post
    directory: Directory
    shows: Shows
    effects: Effects

    @activity.defn(no_thread_cancel_exception=True)
    def request_conversation(self, order: RequestConversation) -> EffectResult:
        """SD-07."""
        service, transfer = order.service, order.intent.transfer_id
        subject, text = to_service.conversation_request(
            service, order.social_worker, transfer, order.papers, order.answer_within
        )
        return self._send(order.intent, service, subject, text)

    @activity.defn(no_thread_cancel_exception=True)
    def tell_service(self, order: TellService) -> EffectResult:
        """SD-09a."""
        service, transfer = order.service, order.intent.transfer_id
        subject, text = to_service.change(service, order.social_worker, transfer, order.what)
        return self._send(order.intent, service, subject, text)

    @activity.defn
    def capture_conversation(self, order: ShowTransfer) -> News | None:
        """SD-08, SD-12, SD-13, SD-14: what the conversation agreed."""
        return self.shows.show(order)

    def _send(self, intent: Intent, service: EarlyHelpService, subject: str, text: str) -> EffectResult:
        def send(at: datetime) -> str:
            to = contact_of(self.directory, service)
            return self.post.send(Mail(intent.key, intent.transfer_id, to, subject, text), at)

        with as_failures(), beating():
            return self.effects.send_again_if_unsure(intent, send)
