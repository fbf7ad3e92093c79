"""How each effect of a step-down is carried out: the activity, its order, the clause, and with how much patience."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.clocks import AlertActivities, ClockActivities, MailAlert, PostAlert, ReckonClock
from activities.contact_conversation import ContactConversationActivities, RequestConversation, TellService
from activities.correspondence import (
    CorrespondenceActivities,
    MailDocument,
    RecommendFamiliesFirst,
    SendAdviceSummary,
    SendLetter,
    SendPack,
)
from activities.final_meeting import FinalMeetingActivities, MeetingMail, SendMeetingOutcome
from activities.letters.alerts import AlertText
from activities.letters.papers import PackDocument, Papers
from activities.mosaic import CloseChild, MosaicActivities, ReopenChild, ShareDocument
from activities.register import LookUpService, RegisterActivities, ReserveChild
from models.clocks import OFFICES, REAL_TIME, Audience, ClockKind
from models.effects import Effect, EffectKind, EffectResult, Intent
from models.step_down.clocks import count
from models.step_down.conditions import agencies_may_read_of, agreed_papers, passed_on, with_the_service
from models.step_down.facts import Facts
from models.step_down.final_meeting import (
    meeting_told_of,
    moved_from,
    occasion,
    scheduled_as,
    sequence,
    told_before,
)
from models.step_down.said import Decision, LetterAudience
from models.step_down.start import DocumentKind
from models.step_down.steps import AddChild, NameLeadPractitioner, RecordConsent
from models.step_down.wanted import in_pack, reads_mosaic, told_at_meeting
from workflows.timeouts import ALERT, CHANNEL, MAIL, MOSAIC, REGISTER, Patience

OWN_RULE = "own rule"
CLOCK_CLAUSES = {
    ClockKind.CONVERSATION: "SD-34",
    ClockKind.ACKNOWLEDGEMENT: "SD-35",
    ClockKind.MEETING_NEAR: "SD-16",
    ClockKind.SIGNIFICANT_HARM: "SU-01",
    ClockKind.HARM_NOT_TAKEN: "SU-01",
}


@dataclass(frozen=True)
class Errand:
    """One kind of effect, as it is carried out."""

    act: Callable[[Any, Any], EffectResult]
    order: Callable[[Facts, Intent], Any]
    """Made anew for every go, so that what was corrected meanwhile is what is done."""
    clause: str
    patience: Patience


def _document(facts: Facts, effect: Effect) -> PackDocument:
    """The version that the family saw, as the effect names it."""
    ref, version, _ = effect.subject.split("/")
    return PackDocument(kind=_kind(facts, ref), ref=ref, version=int(version.removeprefix("v")))


def _papers(facts: Facts) -> Papers:
    """Each document in the version that the family agreed to; support goes on without the others (SD-10a)."""
    agreed = tuple(
        PackDocument(kind=_kind(facts, shared.document_ref), ref=shared.document_ref, version=shared.version)
        for shared in agreed_papers(facts)
    )
    kinds = {document.kind for document in agreed}
    return Papers(agreed=agreed, left_out=tuple(kind for kind in facts.papers if kind not in kinds))


def _kind(facts: Facts, ref: str) -> DocumentKind:
    kind = facts.kind_of(ref)
    if kind is None:
        raise AssertionError("only documents of the transfer are shared")
    return kind


def _meeting_mail(facts: Facts, intent: Intent) -> MeetingMail:
    scheduled = scheduled_as(facts, intent.effect)
    first_date = occasion(facts, scheduled)
    return MeetingMail(
        intent=intent,
        service=facts.known_service(intent.effect.subject.partition("/")[0]),
        scheduled=scheduled,
        occasion=first_date,
        sequence=sequence(facts, intent.effect),
        social_work_team=facts.social_work_team,
        organisers=_organisers(facts, first_date),
        moved_from=moved_from(facts, intent.effect),
    )


def _organisers(facts: Facts, first_date: str) -> tuple[str, ...]:
    """Who was responsible when the first date of the meeting was set: calendars take no changes from anybody else."""
    place = next(place for place, entry in enumerate(facts.steps) if entry.step.step_id == first_date)
    return _people(facts.model_copy(update={"steps": facts.steps[: place + 1]}), Audience.SOCIAL_WORKER)


def _meeting_outcome(facts: Facts, intent: Intent) -> SendMeetingOutcome:
    meeting = meeting_told_of(facts, intent.effect)
    return SendMeetingOutcome(
        intent=intent,
        service=facts.known_service(intent.effect.subject.partition("/")[0]),
        held_at=meeting[-1].occurred_at,
        children=told_at_meeting(facts, meeting),
        social_work_team=facts.social_work_team,
        replaces=told_before(facts, intent.effect),
    )


def _mail_document(facts: Facts, intent: Intent) -> MailDocument:
    service = intent.effect.subject.rpartition("/")[2]
    return MailDocument(
        intent=intent,
        service=facts.known_service(service),
        document=_document(facts, intent.effect),
        social_work_team=facts.social_work_team,
    )


def _send_pack(facts: Facts, intent: Intent) -> SendPack:
    return SendPack(
        intent=intent,
        service=facts.known_service(intent.effect.subject.partition("/")[0]),
        papers=_papers(facts),
        children=in_pack(facts, intent.effect),
        practitioner=_practitioner(facts),
        social_work_team=facts.social_work_team,
    )


def _practitioner(facts: Facts, ref: str | None = None) -> NameLeadPractitioner:
    """As last named, also where that counts no more: what was begun before is still looked for."""
    steps = (entry.step for entry in reversed(facts.steps) if not entry.late)
    named = (step for step in steps if isinstance(step, NameLeadPractitioner))
    return next(step for step in named if ref in {None, step.practitioner})


def _recommend_families_first(facts: Facts, intent: Intent) -> RecommendFamiliesFirst:
    practitioner, _, service = intent.effect.subject.partition("/")
    return RecommendFamiliesFirst(
        intent=intent,
        practitioner=_practitioner(facts, practitioner),
        service_name=facts.known_service(service).name,
    )


def _share_document(facts: Facts, intent: Intent) -> ShareDocument:
    document, service = _document(facts, intent.effect), intent.effect.subject.rpartition("/")[2]
    team = facts.known_service(service).mosaic_team or service
    return ShareDocument(intent=intent, document_ref=document.ref, version=document.version, team=team)


def _request_conversation(facts: Facts, intent: Intent) -> RequestConversation:
    service = facts.known_service(intent.effect.subject.partition("/")[0])
    return RequestConversation(
        intent=intent,
        service=service,
        social_work_team=facts.social_work_team,
        papers=_papers(facts),
    )


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
    child = intent.effect.subject.partition("/")[0]
    passes_on = child in facts.decided(Decision.TRANSFER)
    team = facts.known_service(facts.service_ref).mosaic_team if passes_on else None
    return CloseChild(
        intent=intent,
        child_ref=child,
        route=facts.request.route,
        since=facts.reopened_at(child),
        transfer_to=team,
    )


def _reopen_child(facts: Facts, intent: Intent) -> ReopenChild:
    child = intent.effect.subject.partition("/")[0]
    return ReopenChild(intent=intent, child_ref=child, route=facts.request.route, since=facts.reopened_at(child))


def _advice_summary(facts: Facts, intent: Intent) -> SendAdviceSummary:
    advice = [facts.advice(child) for child in with_the_service(facts)]
    return SendAdviceSummary(
        intent=intent,
        practitioner=_practitioner(facts, intent.effect.subject.partition("/")[0]),
        advice=tuple(part for part in advice if part),
        papers=_papers(facts),
        reads_mosaic=reads_mosaic(facts),
    )


def _letter(facts: Facts, intent: Intent) -> SendLetter:
    """An agency reads only of children of whom it may (SD-09, SD-32)."""
    letter = facts.letter(intent.effect.subject)
    decisions = [facts.decision(child) for child in facts.child_refs]
    may_read = letter.audience is LetterAudience.FAMILY
    return SendLetter(
        intent=intent,
        letter=letter,
        children=tuple(d for d in decisions if d is not None and (may_read or agencies_may_read_of(facts, d.ref))),
        taken_back=tuple(c for c in facts.decided(Decision.TRANSFER) if not facts.consents(c)),
        service_name=facts.service.name if facts.service else facts.service_ref,
        practitioner=facts.practitioner if passed_on(facts) else None,
        service_in_question=any(isinstance(entry.step, RecordConsent) for entry in facts.steps),
    )


def _reckon_clock(facts: Facts, intent: Intent) -> ReckonClock:
    clock_id = intent.effect.subject.rpartition("/")[0]
    clock = next(clock for clock in facts.clocks if clock.id == clock_id)
    how = count(facts, intent.effect)
    return ReckonClock(intent=intent, clock_id=clock_id, count=how, service_ref=facts.service_of(clock))


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
        phones=facts.policy.phones.words if alert.kind in REAL_TIME else None,
    )


ERRANDS = {
    EffectKind.SHARE_DOCUMENT: Errand(MosaicActivities.share_document, _share_document, "SD-11", MOSAIC),
    EffectKind.REQUEST_CONVERSATION: Errand(
        ContactConversationActivities.request_conversation, _request_conversation, "SD-07", MAIL
    ),
    EffectKind.MAIL_DOCUMENT: Errand(CorrespondenceActivities.mail_document, _mail_document, "SD-11", MAIL),
    EffectKind.INVITE_TO_MEETING: Errand(FinalMeetingActivities.invite_to_meeting, _meeting_mail, "SD-18", MAIL),
    EffectKind.CANCEL_INVITATION: Errand(FinalMeetingActivities.cancel_invitation, _meeting_mail, "SD-18", MAIL),
    EffectKind.SEND_MEETING_OUTCOME: Errand(
        FinalMeetingActivities.send_meeting_outcome, _meeting_outcome, "SD-18", MAIL
    ),
    EffectKind.SEND_PACK: Errand(CorrespondenceActivities.send_pack, _send_pack, "SD-25", MAIL),
    EffectKind.RECOMMEND_FAMILIES_FIRST: Errand(
        CorrespondenceActivities.recommend_families_first, _recommend_families_first, "SD-26", MAIL
    ),
    EffectKind.REOPEN_CHILD: Errand(MosaicActivities.reopen_child, _reopen_child, "SD-35", MOSAIC),
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
            return CLOCK_CLAUSES.get(ClockKind(about), OWN_RULE)
        case EffectKind.MAIL_ALERT | EffectKind.POST_ALERT:
            return CLOCK_CLAUSES.get(facts.alerts[int(about) - 1].kind, OWN_RULE)
        case _:
            return ERRANDS[effect.kind].clause
