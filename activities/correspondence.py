"""Correspondence: the summary of advice and the letters. Names come from Mosaic when a message is written.

An attempt that has begun goes to its end, though what it does is no longer wanted: broken off, nobody would know.
"""

from dataclasses import dataclass
from typing import ClassVar

from temporalio import activity

from activities.effect import Effects
from activities.failures import as_failures
from activities.heartbeat import beating
from activities.letters.texts import (
    ADVICE,
    CONSENT_TAKEN_BACK,
    LETTERS,
    SUPPORT_DOES_NOT_START,
    SUPPORT_STARTS,
    WHAT_HAPPENS,
    child_advice,
)
from activities.ports import CaseManagement, Post
from models.effects import EffectResult, Intent
from models.exchange import Mail
from models.step_down.said import ChildAdvice, ChildDecision, Letter
from models.step_down.steps import NameLeadPractitioner
from models.vocabulary import Frozen


class SendAdviceSummary(Frozen):
    """Send the summary of advice for the transferred children to the practitioner (SD-30)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    practitioner: NameLeadPractitioner
    advice: tuple[ChildAdvice, ...]


class SendLetter(Frozen):
    """Send one approved letter to its one recipient (SD-33)."""

    privacy: ClassVar[str] = "narrative"
    intent: Intent
    letter: Letter
    children: tuple[ChildDecision, ...]
    """What the standard letter tells, child by child."""
    taken_back: tuple[str, ...] = ()
    """The children who were passed on, and for whom consent was taken back since."""
    service_name: str
    practitioner: NameLeadPractitioner | None
    """Who takes over; None where no child passes to Early Help."""


@dataclass(frozen=True)
class CorrespondenceActivities:
    """What is written to people outside."""

    post: Post
    mosaic: CaseManagement
    effects: Effects

    @activity.defn(no_thread_cancel_exception=True)
    def send_advice_summary(self, order: SendAdviceSummary) -> EffectResult:
        """SD-30."""
        with as_failures(), beating():
            return self.effects.send_once(order.intent, lambda: self._advice_summary(order), self.post.send)

    @activity.defn(no_thread_cancel_exception=True)
    def send_letter(self, order: SendLetter) -> EffectResult:
        """SD-33."""
        with as_failures(), beating():
            return self.effects.send_once(order.intent, lambda: self._letter(order), self.post.send)

    def _advice_summary(self, order: SendAdviceSummary) -> Mail:
        children = [child_advice(self.mosaic.person_name(advice.ref), advice) for advice in order.advice]
        text = ADVICE.format(
            practitioner=order.practitioner.name, children="\n\n".join(children), transfer=order.intent.transfer_id
        )
        subject = "Summary of advice from the social worker"
        return Mail(order.intent.key, order.intent.transfer_id, order.practitioner.email, subject, text)

    def _letter(self, order: SendLetter) -> Mail:
        if order.letter.address is None:
            raise AssertionError("a letter that is not written is never ordered")
        text = order.letter.text or self._standard_letter(order)
        return Mail(order.intent.key, order.intent.transfer_id, order.letter.address, "What happens next", text)

    def _standard_letter(self, order: SendLetter) -> str:
        takes_over = order.practitioner
        children = [
            (CONSENT_TAKEN_BACK if child.ref in order.taken_back else WHAT_HAPPENS[child.decision]).format(
                name=self.mosaic.person_name(child.ref),
                service=order.service_name,
                practitioner=takes_over.name if takes_over else "",
                agency=takes_over.agency if takes_over else "",
            )
            for child in order.children
        ]
        return LETTERS[order.letter.audience].format(
            recipient=order.letter.recipient,
            children="\n\n".join(children),
            closing=(SUPPORT_STARTS if takes_over else SUPPORT_DOES_NOT_START).format(service=order.service_name),
            transfer=order.intent.transfer_id,
        )
