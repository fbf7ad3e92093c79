"""How each effect of a step-down is carried out: the activity, its order, the clause, and with how much patience."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.contact_conversation import ContactConversationActivities, RequestConversation
from activities.correspondence import CorrespondenceActivities, SendAdviceSummary, SendLetter
from activities.mosaic import CloseChild, MosaicActivities, ShareDocument
from models.effects import EffectKind, EffectResult, Intent
from models.services import EarlyHelpService
from models.step_down.facts import Facts
from models.step_down.steps import Decision, LetterAudience
from workflows.timeouts import MAIL, MOSAIC, Patience


@dataclass(frozen=True)
class Errand:
    """One kind of effect, as it is carried out."""

    act: Callable[[Any, Any], EffectResult]
    order: Callable[[Facts, Intent], Any]
    """Made anew for every go, so that what was corrected meanwhile is what is done."""
    clause: str
    patience: Patience


def _share_document(facts: Facts, intent: Intent) -> ShareDocument:
    shared = facts.family_sharing
    if shared is None:
        raise AssertionError("nothing is shared that the family did not see")
    return ShareDocument(
        intent=intent,
        document_ref=shared.document_ref,
        version=shared.version,
        team=_service(facts).mosaic_team or facts.request.service_ref,
    )


def _request_conversation(facts: Facts, intent: Intent) -> RequestConversation:
    return RequestConversation(intent=intent, service=_service(facts), social_work_team=facts.request.social_work_team)


def _close_child(facts: Facts, intent: Intent) -> CloseChild:
    child = intent.effect.subject
    passes_on = child in facts.decided(Decision.TRANSFER)
    team = _service(facts).mosaic_team if passes_on else None
    return CloseChild(intent=intent, child_ref=child, since=facts.opened_at, transfer_to=team)


def _advice_summary(facts: Facts, intent: Intent) -> SendAdviceSummary:
    if facts.practitioner is None:
        raise AssertionError("no advice is sent before the practitioner is named")
    advice = [facts.advice(child) for child in facts.decided(Decision.TRANSFER)]
    return SendAdviceSummary(
        intent=intent, practitioner=facts.practitioner, advice=tuple(part for part in advice if part)
    )


def _letter(facts: Facts, intent: Intent) -> SendLetter:
    """An agency reads only of children for whom consent stands (SD-09)."""
    letter = next(letter for letter in facts.letters or () if letter.letter_id == intent.effect.subject)
    decisions = [facts.decision(child) for child in facts.child_refs]
    may_read = letter.audience is LetterAudience.FAMILY
    return SendLetter(
        intent=intent,
        letter=letter,
        children=tuple(d for d in decisions if d is not None and (may_read or facts.consents(d.ref))),
        service_name=_service(facts).name,
        practitioner=facts.practitioner if facts.decided(Decision.TRANSFER) else None,
    )


def _service(facts: Facts) -> EarlyHelpService:
    if facts.opening is None:
        raise AssertionError("nothing is done outside before the transfer is open")
    return facts.opening.service


ERRANDS = {
    EffectKind.SHARE_DOCUMENT: Errand(MosaicActivities.share_document, _share_document, "SD-11", MOSAIC),
    EffectKind.REQUEST_CONVERSATION: Errand(
        ContactConversationActivities.request_conversation, _request_conversation, "SD-07", MAIL
    ),
    EffectKind.CLOSE_CHILD: Errand(MosaicActivities.close_child, _close_child, "SD-21", MOSAIC),
    EffectKind.SEND_ADVICE_SUMMARY: Errand(
        CorrespondenceActivities.send_advice_summary, _advice_summary, "SD-30", MAIL
    ),
    EffectKind.SEND_LETTER: Errand(CorrespondenceActivities.send_letter, _letter, "SD-33", MAIL),
}
