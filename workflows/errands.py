"""How each effect of a step-down is carried out: the activity, its order, the clause, and with how much patience."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.contact_conversation import ContactConversationActivities, RequestConversation, TellService
from activities.correspondence import CorrespondenceActivities, SendAdviceSummary, SendLetter
from activities.mosaic import CloseChild, MosaicActivities, ShareDocument
from activities.register import LookUpService, RegisterActivities, ReserveChild
from models.effects import EffectKind, EffectResult, Intent
from models.step_down.conditions import passed_on
from models.step_down.facts import Facts
from models.step_down.said import Decision, LetterAudience
from models.step_down.steps import AddChild
from workflows.timeouts import MAIL, MOSAIC, REGISTER, Patience


@dataclass(frozen=True)
class Errand:
    """One kind of effect, as it is carried out."""

    act: Callable[[Any, Any], EffectResult]
    order: Callable[[Facts, Intent], Any]
    """Made anew for every go, so that what was corrected meanwhile is what is done."""
    clause: str
    patience: Patience


def _share_document(facts: Facts, intent: Intent) -> ShareDocument:
    document, version, service = intent.effect.subject.split("/")
    team = facts.known_service(service).mosaic_team or service
    return ShareDocument(intent=intent, document_ref=document, version=int(version.removeprefix("v")), team=team)


def _request_conversation(facts: Facts, intent: Intent) -> RequestConversation:
    service = facts.known_service(intent.effect.subject.partition("/")[0])
    return RequestConversation(intent=intent, service=service, social_work_team=facts.social_work_team)


def _tell_service(facts: Facts, intent: Intent) -> TellService:
    service, _, step_id = intent.effect.subject.partition("/")
    told = facts.entry(step_id)
    if told is None:
        raise AssertionError("a service is told only of what was recorded")
    return TellService(
        intent=intent,
        service=facts.known_service(service),
        social_work_team=facts.social_work_team,
        what=told.step.step,
    )


def _look_up_service(facts: Facts, intent: Intent) -> LookUpService:  # noqa: ARG001 (every order is made so)
    return LookUpService(intent=intent, service_ref=intent.effect.subject.partition("/")[0])


def _reserve_child(facts: Facts, intent: Intent) -> ReserveChild:
    child = intent.effect.subject
    added_by = next(step.actor.id for step in facts.all_of(AddChild) if step.child_ref == child)
    return ReserveChild(intent=intent, child_ref=child, added_by=added_by)


def _close_child(facts: Facts, intent: Intent) -> CloseChild:
    child = intent.effect.subject
    passes_on = child in facts.decided(Decision.TRANSFER)
    team = facts.known_service(facts.service_ref).mosaic_team if passes_on else None
    return CloseChild(intent=intent, child_ref=child, since=facts.opened_at, transfer_to=team)


def _advice_summary(facts: Facts, intent: Intent) -> SendAdviceSummary:
    if facts.practitioner is None:
        raise AssertionError("no advice is sent before the practitioner is named")
    advice = [facts.advice(child) for child in passed_on(facts)]
    return SendAdviceSummary(
        intent=intent, practitioner=facts.practitioner, advice=tuple(part for part in advice if part)
    )


def _letter(facts: Facts, intent: Intent) -> SendLetter:
    """An agency reads only of children for whom consent stands (SD-09)."""
    letter = facts.letter(intent.effect.subject)
    decisions = [facts.decision(child) for child in facts.child_refs]
    may_read = letter.audience is LetterAudience.FAMILY
    return SendLetter(
        intent=intent,
        letter=letter,
        children=tuple(d for d in decisions if d is not None and (may_read or facts.consents(d.ref))),
        taken_back=tuple(c for c in facts.decided(Decision.TRANSFER) if not facts.consents(c)),
        service_name=facts.service.name if facts.service else facts.service_ref,
        practitioner=facts.practitioner if passed_on(facts) else None,
    )


ERRANDS = {
    EffectKind.SHARE_DOCUMENT: Errand(MosaicActivities.share_document, _share_document, "SD-11", MOSAIC),
    EffectKind.REQUEST_CONVERSATION: Errand(
        ContactConversationActivities.request_conversation, _request_conversation, "SD-07", MAIL
    ),
    EffectKind.TELL_SERVICE: Errand(ContactConversationActivities.tell_service, _tell_service, "SD-09a", MAIL),
    EffectKind.LOOK_UP_SERVICE: Errand(RegisterActivities.look_up_service, _look_up_service, "SD-06", REGISTER),
    EffectKind.RESERVE_CHILD: Errand(RegisterActivities.reserve_child, _reserve_child, "SD-23", REGISTER),
    EffectKind.CLOSE_CHILD: Errand(MosaicActivities.close_child, _close_child, "SD-21", MOSAIC),
    EffectKind.SEND_ADVICE_SUMMARY: Errand(
        CorrespondenceActivities.send_advice_summary, _advice_summary, "SD-30", MAIL
    ),
    EffectKind.SEND_LETTER: Errand(CorrespondenceActivities.send_letter, _letter, "SD-33", MAIL),
}
