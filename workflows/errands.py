"""How each effect of a step-down is carried out: the activity, its order, the clause, and with how much patience."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.clocks import AlertActivities, ClockActivities, MailAlert, PostAlert, ReckonClock
from activities.contact_conversation import ContactConversationActivities, RequestConversation, TellService
from activities.correspondence import CorrespondenceActivities, SendAdviceSummary, SendLetter
from activities.letters.alerts import AlertText
from activities.mosaic import CloseChild, MosaicActivities, ShareDocument
from activities.register import LookUpService, RegisterActivities, ReserveChild
from models.clocks import OFFICES, Audience, ClockKind
from models.effects import Effect, EffectKind, EffectResult, Intent
from models.step_down.clocks import count
from models.step_down.conditions import passed_on
from models.step_down.facts import Facts
from models.step_down.said import Decision, LetterAudience
from models.step_down.steps import AddChild
from workflows.timeouts import ALERT, CHANNEL, MAIL, MOSAIC, REGISTER, Patience

OWN_RULE = "own rule"
RESPONSE_CLAUSES = {ClockKind.CONVERSATION: "SD-34", ClockKind.ACKNOWLEDGEMENT: "SD-35"}


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


def _reckon_clock(facts: Facts, intent: Intent) -> ReckonClock:
    clock_id = intent.effect.subject.rpartition("/")[0]
    return ReckonClock(intent=intent, clock_id=clock_id, count=count(facts, intent.effect))


def _mail_alert(facts: Facts, intent: Intent) -> MailAlert:
    number, _, audience = intent.effect.subject.partition("/")
    return MailAlert(
        intent=intent,
        audience=Audience(audience),
        people=_people(facts, Audience(audience)),
        service_ref=facts.alerts[int(number) - 1].service_ref,
        text=_alert_text(facts, int(number)),
    )


def _post_alert(facts: Facts, intent: Intent) -> PostAlert:
    number, _, channel = intent.effect.subject.partition("/")
    return PostAlert(intent=intent, channel=channel, text=_alert_text(facts, int(number)))


def _people(facts: Facts, audience: Audience) -> tuple[str, ...]:
    """Who is meant, by reference; for a restricted family only those who are named."""
    team = () if facts.request.restricted else (facts.social_work_team,)
    match audience:
        case Audience.SOCIAL_WORKER:
            return (facts.social_worker, *team)
        case Audience.TEAM_MANAGER:
            return (facts.team_manager,)
        case Audience.TARGETED_SERVICES_LEADER | Audience.OPERATIONS:
            return (OFFICES[audience],)
        case _:
            return ()


def _alert_text(facts: Facts, number: int) -> AlertText:
    alert = facts.alerts[number - 1]
    return AlertText(
        transfer_id=facts.request.id,
        number=number,
        kind=alert.kind,
        what=alert.what,
        since=min(clock.since for clock in facts.clocks if clock.id in alert.clocks),
        due=alert.due,
        at=alert.at,
        raised_at=alert.raised_at,
        service=facts.service_name(alert.service_ref),
        social_work_team=facts.social_work_team,
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
    EffectKind.RECKON_CLOCK: Errand(ClockActivities.reckon_clock, _reckon_clock, OWN_RULE, REGISTER),
    EffectKind.MAIL_ALERT: Errand(AlertActivities.mail_alert, _mail_alert, OWN_RULE, ALERT),
    EffectKind.POST_ALERT: Errand(AlertActivities.post_alert, _post_alert, OWN_RULE, CHANNEL),
    EffectKind.SEND_LETTER: Errand(CorrespondenceActivities.send_letter, _letter, "SD-33", MAIL),
}


def clause(facts: Facts, effect: Effect) -> str:
    """By which clause the effect is carried out; for clocks and alerts it is that of what is waited for."""
    about, _, _ = effect.subject.partition("/")
    match effect.kind:
        case EffectKind.RECKON_CLOCK:
            return RESPONSE_CLAUSES.get(ClockKind(about), OWN_RULE)
        case EffectKind.MAIL_ALERT | EffectKind.POST_ALERT:
            return RESPONSE_CLAUSES.get(facts.alerts[int(about) - 1].kind, OWN_RULE)
        case _:
            return ERRANDS[effect.kind].clause
