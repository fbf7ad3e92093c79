"""Correspondence: the papers of a transfer and the letters. Names and documents come from Mosaic when one is written.

An attempt that has begun goes to its end, though what it does is no longer wanted: broken off, nobody would know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from temporalio import activity

from activities.addresses import contact_of
from activities.effect import Effects
from activities.failures import as_failures
from activities.heartbeat import beating
from activities.letters import to_practitioner, to_service
from activities.letters.papers import PackDocument, Papers
from activities.newer import NewerVersions
from activities.ports import CaseManagement, Directory, Post
from models.effects import EffectResult, Intent
from models.mail import Attachment, Mail
from models.services import EarlyHelpService
from models.step_down.letter_reference import in_subject
from models.step_down.letter_words import SUBJECT, in_place_of_name
from models.step_down.steps.conversation import AgreedChild
from models.step_down.steps.decision import ChildAdvice, NameLeadPractitioner
from models.vocabulary import EmailAddress, Frozen, Ref


class MailDocument(Frozen):
    """Send a service that does not use Mosaic the document that the family agreed to share (SD-11)."""

    intent: Intent
    service: EarlyHelpService
    document: PackDocument
    social_worker: str
    """Whom to ask: name and telephone, as far as they are known, and team."""


class PackChild(Frozen):
    """One child who passes to the service now."""

    agreed: AgreedChild
    """What was agreed for it (SD-13)."""
    practitioner: NameLeadPractitioner
    """Who takes it over (SD-38)."""


class SendPack(Frozen):
    """Send a service that does not use Mosaic what it needs for the children who pass to it now (SD-24, SD-25)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    service: EarlyHelpService
    papers: Papers
    children: tuple[PackChild, ...]
    social_worker: str
    answer_within: int | None = None
    """The working days in which the service answers for each child (SD-35)."""


class SendAdviceSummary(Frozen):
    """Send the summary of advice, with what keeps people safe, to the practitioner (SD-30, SD-30a)."""

    privacy: ClassVar[str] = "restricted"
    intent: Intent
    practitioner: NameLeadPractitioner
    advice: tuple[ChildAdvice, ...]
    agreed: tuple[AgreedChild, ...]
    """What was agreed with the service for each child, in the same order (SD-13)."""
    safety: str
    """What keeps people safe, with each child by reference (SD-30a)."""
    social_worker: str
    papers: Papers = Papers()
    reads_mosaic: bool = True
    """The practitioner finds the documents in Mosaic; where not, they go with the summary (SD-31)."""


class TellSafety(Frozen):
    """Tell the practitioner what keeps people safe, by itself (SD-30a)."""

    privacy: ClassVar[str] = "restricted"
    intent: Intent
    practitioner: NameLeadPractitioner
    safety: str
    """With each child by reference."""
    children: tuple[Ref, ...]
    """The children of whom it tells."""
    social_worker: str


class TellPractitioner(Frozen):
    """Tell a practitioner who was written to that something changed; says nothing about a person (SD-09a, SD-30a)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    practitioner: NameLeadPractitioner
    social_worker: str
    what: str
    """The step that changed it, by its name."""


class RecommendFamiliesFirst(Frozen):
    """Recommend the practitioner to tell Families First; says nothing about a person of the family (SD-26)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    practitioner: NameLeadPractitioner
    service_name: str
    social_worker: str


class SendLetter(Frozen):
    """Send one approved letter to its one reader (SD-33); where they are reached is for few to know."""

    privacy: ClassVar[str] = "restricted"
    intent: Intent
    to: EmailAddress | None
    """None where it is not to be sent any more."""
    reference: str
    """What its reader gives when they ring or answer."""
    text: str
    """As it was approved, with each child by reference."""
    children: tuple[Ref, ...]
    """The children whom it names."""


@dataclass(frozen=True)
class CorrespondenceActivities:
    """What is written to people outside."""

    post: Post
    mosaic: CaseManagement
    directory: Directory
    effects: Effects

    @activity.defn(no_thread_cancel_exception=True)
    def mail_document(self, order: MailDocument) -> EffectResult:
        """SD-11, for a service that does not use Mosaic."""
        with as_failures(), beating():
            return self._send_papers(order.intent, (order.document,), lambda: self._document_mail(order))

    @activity.defn(no_thread_cancel_exception=True)
    def send_pack(self, order: SendPack) -> EffectResult:
        """SD-24, SD-25."""
        with as_failures(), beating():
            return self._send_papers(order.intent, order.papers.agreed, lambda: self._pack(order))

    @activity.defn(no_thread_cancel_exception=True)
    def send_advice_summary(self, order: SendAdviceSummary) -> EffectResult:
        """SD-30, SD-31."""
        with as_failures(), beating():
            return self.effects.send_once(order.intent, lambda: self._advice_summary(order), self.post.send)

    @activity.defn(no_thread_cancel_exception=True)
    def tell_safety(self, order: TellSafety) -> EffectResult:
        """SD-30a."""
        with as_failures(), beating():
            return self.effects.send_once(order.intent, lambda: self._safety(order), self.post.send)

    @activity.defn(no_thread_cancel_exception=True)
    def tell_practitioner(self, order: TellPractitioner) -> EffectResult:
        """SD-09a, SD-30a."""
        transfer, to = order.intent.transfer_id, order.practitioner.email
        subject, text = to_practitioner.change(order.practitioner, order.social_worker, transfer, order.what)
        mail = Mail(order.intent.key, transfer, to, subject, text)
        with as_failures(), beating():
            return self.effects.send_again_if_unsure(order.intent, lambda at: self.post.send(mail, at))

    @activity.defn(no_thread_cancel_exception=True)
    def recommend_families_first(self, order: RecommendFamiliesFirst) -> EffectResult:
        """SD-26."""
        transfer, to = order.intent.transfer_id, order.practitioner.email
        subject, text = to_practitioner.families_first(
            order.practitioner, order.service_name, transfer, order.social_worker
        )
        mail = Mail(order.intent.key, transfer, to, subject, text)
        with as_failures(), beating():
            return self.effects.send_again_if_unsure(order.intent, lambda at: self.post.send(mail, at))

    @activity.defn(no_thread_cancel_exception=True)
    def send_letter(self, order: SendLetter) -> EffectResult:
        """SD-32, SD-33."""
        with as_failures(), beating():
            return self.effects.send_once(order.intent, lambda: self._letter(order), self.post.send)

    def _send_papers(self, intent: Intent, papers: tuple[PackDocument, ...], write: Callable[[], Mail]) -> EffectResult:
        """Send a message with documents, and note of which Mosaic holds newer versions."""
        newer = NewerVersions(self.mosaic, {paper.ref: paper.version for paper in papers})

        def written() -> Mail:
            mail = write()
            newer.look()
            return mail

        return newer.noted_in(self.effects.send_once(intent, written, self.post.send))

    def _document_mail(self, order: MailDocument) -> Mail:
        transfer, to = order.intent.transfer_id, contact_of(self.directory, order.service)
        subject, text = to_service.document_for_conversation(
            order.service, order.document.kind, order.social_worker, transfer
        )
        attachments = self._attached(Papers(agreed=(order.document,)))
        return Mail(order.intent.key, transfer, to, subject, text, attachments)

    def _pack(self, order: SendPack) -> Mail:
        transfer, to = order.intent.transfer_id, contact_of(self.directory, order.service)
        subject, text = to_service.pack(
            order.service,
            [
                to_service.child_in_pack(self.mosaic.person_name(child.agreed.ref), child.agreed, child.practitioner)
                for child in order.children
            ],
            order.papers,
            social_worker=order.social_worker,
            transfer=transfer,
            answer_within=order.answer_within,
        )
        attachments = self._attached(order.papers)
        return Mail(order.intent.key, transfer, to, subject, text, attachments)

    def _advice_summary(self, order: SendAdviceSummary) -> Mail:
        transfer = order.intent.transfer_id
        attachments = () if order.reads_mosaic else self._attached(order.papers)
        subject, text = to_practitioner.advice_summary(
            order.practitioner,
            [
                to_practitioner.child_advice(self.mosaic.person_name(advice.ref), advice, agreed)
                for advice, agreed in zip(order.advice, order.agreed, strict=True)
            ],
            self._by_name(order.safety, tuple(advice.ref for advice in order.advice)),
            order.papers,
            transfer,
            social_worker=order.social_worker,
            attached=not order.reads_mosaic,
        )
        return Mail(order.intent.key, transfer, order.practitioner.email, subject, text, attachments)

    def _safety(self, order: TellSafety) -> Mail:
        transfer = order.intent.transfer_id
        said = self._by_name(order.safety, order.children)
        subject, text = to_practitioner.what_keeps_people_safe(order.practitioner, said, transfer, order.social_worker)
        return Mail(order.intent.key, transfer, order.practitioner.email, subject, text)

    def _letter(self, order: SendLetter) -> Mail:
        if order.to is None:
            raise AssertionError("a letter that leaves has a way")
        text = self._by_name(order.text, order.children)
        return Mail(order.intent.key, None, order.to, in_subject(SUBJECT, order.reference), text)

    def _by_name(self, text: str, children: tuple[Ref, ...]) -> str:
        """The text with each child's name in the place of its reference, asked now and kept nowhere."""
        for child in children:
            text = text.replace(in_place_of_name(child), self.mosaic.person_name(child))
        return text

    def _attached(self, papers: Papers) -> tuple[Attachment, ...]:
        """The documents' texts, fetched now and kept nowhere else; their names say nothing about a person."""
        return tuple(
            Attachment(name, self.mosaic.document_text(document.ref, document.version))
            for name, document in zip(papers.names, papers.agreed, strict=True)
        )
