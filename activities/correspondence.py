"""Correspondence: the papers of a transfer and the letters. Names and documents come from Mosaic when one is written.

An attempt that has begun goes to its end, though what it does is no longer wanted: broken off, nobody would know.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from temporalio import activity

from activities.effect import Effects
from activities.failures import as_failures
from activities.heartbeat import beating
from activities.letters import to_practitioner, to_service, what_happens
from activities.letters.papers import PackDocument, Papers
from activities.letters.words import who_takes_over
from activities.newer import NewerVersions
from activities.ports import CaseManagement, Post
from models.effects import EffectResult, Intent
from models.mail import Attachment, Mail
from models.services import EarlyHelpService
from models.step_down.steps.confirmation import Letter, LetterAudience
from models.step_down.steps.decision import ChildAdvice, Decision, NameLeadPractitioner
from models.vocabulary import Frozen, Ref


class MailDocument(Frozen):
    """Send a service that does not use Mosaic the document that the family agreed to share (SD-11)."""

    intent: Intent
    service: EarlyHelpService
    document: PackDocument
    social_work_team: str


class SendPack(Frozen):
    """Send a service that does not use Mosaic what it needs for the children who pass to it now (SD-24, SD-25)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    service: EarlyHelpService
    papers: Papers
    children: tuple[str, ...]
    practitioner: NameLeadPractitioner
    social_work_team: str


class SendAdviceSummary(Frozen):
    """Send the summary of advice for the transferred children to the practitioner (SD-30)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    practitioner: NameLeadPractitioner
    advice: tuple[ChildAdvice, ...]
    papers: Papers = Papers()
    reads_mosaic: bool = True
    """The practitioner finds the documents in Mosaic; where not, they go with the summary (SD-31)."""


class RecommendFamiliesFirst(Frozen):
    """Recommend the practitioner to tell Families First; says nothing about a person of the family (SD-26)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    practitioner: NameLeadPractitioner
    service_name: str


class DecidedChild(Frozen):
    """What a letter needs of a decision; neither its reason nor where the child went."""

    ref: Ref
    decision: Decision


class SendLetter(Frozen):
    """Send one approved letter to its one recipient (SD-33)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    letter: Letter
    children: tuple[DecidedChild, ...]
    """What the standard letter tells, child by child."""
    withdrawn: tuple[str, ...] = ()
    """The children who were passed on, and for whom consent was withdrawn since."""
    service_name: str
    practitioner: NameLeadPractitioner | None
    """Who takes over; None where no child passes to Early Help."""
    service_in_question: bool = True
    """The family knows of the service: it was asked whether it agrees to it."""


@dataclass(frozen=True)
class CorrespondenceActivities:
    """What is written to people outside."""

    post: Post
    mosaic: CaseManagement
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
    def recommend_families_first(self, order: RecommendFamiliesFirst) -> EffectResult:
        """SD-26."""
        transfer, to = order.intent.transfer_id, order.practitioner.email
        subject, text = to_practitioner.families_first(order.practitioner, order.service_name, transfer)
        mail = Mail(order.intent.key, transfer, to, subject, text)
        with as_failures(), beating():
            return self.effects.send_again_if_unsure(order.intent, lambda: self.post.send(mail))

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
        transfer, to = order.intent.transfer_id, order.service.contact_email
        subject, text = to_service.document_for_conversation(
            order.service, order.document.kind, order.social_work_team, transfer
        )
        return Mail(order.intent.key, transfer, to, subject, text, (self._attached(order.document),))

    def _pack(self, order: SendPack) -> Mail:
        transfer = order.intent.transfer_id
        subject, text = to_service.pack(
            order.service,
            [self.mosaic.person_name(child) for child in order.children],
            order.practitioner,
            order.papers,
            team=order.social_work_team,
            transfer=transfer,
        )
        attachments = tuple(map(self._attached, order.papers.agreed))
        return Mail(order.intent.key, transfer, order.service.contact_email, subject, text, attachments)

    def _advice_summary(self, order: SendAdviceSummary) -> Mail:
        transfer = order.intent.transfer_id
        attachments = () if order.reads_mosaic else tuple(map(self._attached, order.papers.agreed))
        subject, text = to_practitioner.advice_summary(
            order.practitioner,
            [to_practitioner.child_advice(self.mosaic.person_name(advice.ref), advice) for advice in order.advice],
            order.papers,
            transfer,
            attached=not order.reads_mosaic,
        )
        return Mail(order.intent.key, transfer, order.practitioner.email, subject, text, attachments)

    def _letter(self, order: SendLetter) -> Mail:
        if order.letter.address is None:
            raise AssertionError("a letter that is not written is never ordered")
        text = order.letter.text or self._standard_letter(order)
        return Mail(order.intent.key, order.intent.transfer_id, order.letter.address, what_happens.SUBJECT, text)

    def _standard_letter(self, order: SendLetter) -> str:
        """An agency reads nothing of a child for whom consent was withdrawn (SD-09a)."""
        to_family = order.letter.audience is LetterAudience.FAMILY
        children = [child for child in order.children if to_family or child.ref not in order.withdrawn]
        said = [self._of_child(order, child) for child in children]
        if to_family:
            said += [text.format(service=order.service_name) for text in _of_all(order)]
        return what_happens.standard_letter(
            order.letter.audience, order.letter.recipient, said, order.intent.transfer_id
        )

    def _of_child(self, order: SendLetter, child: DecidedChild) -> str:
        withdrawn = child.ref in order.withdrawn
        reads = what_happens.READS[order.letter.audience][child.decision]
        return (what_happens.CONSENT_WITHDRAWN if withdrawn else reads).format(
            name=self.mosaic.person_name(child.ref),
            service=order.service_name,
            who=who_takes_over(order.practitioner) if order.practitioner else "",
        )

    def _attached(self, document: PackDocument) -> Attachment:
        """The document's text, fetched now and kept nowhere else; its name says nothing about a person."""
        name = f"{document.kind.replace('_', '-')}-version-{document.version}.txt"
        return Attachment(name, self.mosaic.document_text(document.ref, document.version))


def _of_all(order: SendLetter) -> Iterator[str]:
    """What the family reads after its children, where there is something to say of support as a whole."""
    if order.practitioner:
        yield what_happens.SUPPORT_STARTS
    elif order.withdrawn:
        yield what_happens.NOTHING_MORE_SHARED
    elif order.service_in_question:
        yield what_happens.SUPPORT_DOES_NOT_START
