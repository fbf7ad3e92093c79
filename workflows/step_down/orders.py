"""What a step-down orders: for each effect the activity, its order, the clause, and with how much patience."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from activities.consent import ConsentActivities
from activities.contact_conversation import ContactConversationActivities, RequestConversation, TellService
from activities.correspondence import (
    CorrespondenceActivities,
    MailDocument,
    PackChild,
    RecommendFamiliesFirst,
    SendAdviceSummary,
    SendLetter,
    SendPack,
    TellPractitioner,
    TellSafety,
)
from activities.final_meeting import FinalMeetingActivities, MeetingMail, SendMeetingOutcome
from activities.letters.papers import PackDocument, Papers
from activities.links import LinkActivities, OpenJourney, TellJourney
from activities.mosaic import CloseChild, LookAtChildren, MosaicActivities, ReopenChild, ShareDocument
from activities.register import LookUpPeople, OpenTransfer, RegisterActivities, ReserveChild
from activities.showing import ShowTransfer
from activities.significant_harm import SignificantHarmActivities
from models.effects import Effect, Intent
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.projection import News, Projection
from models.journey.recorded import RecordedStep
from models.journey.steps import ReportSignificantHarm, Step
from models.kinds import Audience, ClockKind, EffectKind
from models.links.referral import referral
from models.links.words import who_was_spoken_to
from models.step_down.child import Child
from models.step_down.closure_reason import reason_for_closure
from models.step_down.direction import undecided
from models.step_down.effects import in_pack, told_at_meeting
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.final_meeting import (
    held_instead_of,
    meeting_told_of,
    moved_from,
    scheduled_as,
    sequence,
    told_before,
)
from models.step_down.leaving import text
from models.step_down.letter_reference import reference
from models.step_down.looks import asked_about
from models.step_down.papers import agreed_papers, papers_of
from models.step_down.practitioners import as_named, in_summary, reads_mosaic, tells_of_others, theirs
from models.step_down.readers import reads_of, way
from models.step_down.safety import safety
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.consent import RecordConsent, WithdrawConsent
from models.step_down.steps.conversation import AgreedChild, RecordContactConversation
from models.step_down.steps.decision import Decision
from models.step_down.steps.final_meeting import RecordFinalMeeting
from models.step_down.steps.transfer import AddChild
from models.step_down.whom_to_ask import whom_to_ask
from workflows.journey.orders import SHARED, Order, Orders, Write, look_up_service, people, tell
from workflows.timeouts import LOOKS, MAIL, MOSAIC, REGISTER, TEMPORAL

T = TypeVar("T")


def _opening(facts: StepDownFacts) -> Write:
    order = OpenTransfer(request=facts.request, at=facts.opened_at)
    return Write(RegisterActivities.open_transfer, order, "Open the transfer and reserve the children")


def _named(part: T | None) -> T:
    """What the effect names."""
    if part is None:
        raise AssertionError("an effect names what it is about")
    return part


def _document(facts: StepDownFacts, effect: Effect) -> PackDocument:
    """The version that the family saw, as the effect names it."""
    ref = _named(effect.document)
    return PackDocument(kind=_named(facts.paper(ref)).kind, ref=ref, version=effect.version or 0)


def _papers(facts: StepDownFacts, children: Iterable[Child], practitioner: str | None = None) -> Papers:
    """Those of the children, in the version that the family agreed to; support goes on without others (SD-10a)."""
    about = dict.fromkeys(paper for child in children for paper in papers_of(child))
    papers = tuple(paper for paper in facts.papers if paper in about)
    agreed = {paper: shared for shared in agreed_papers(facts) if (paper := facts.paper(shared.document_ref)) in papers}
    for_others = {p for p, shared in agreed.items() if practitioner and tells_of_others(facts, shared, practitioner)}
    return Papers(
        agreed=tuple(
            PackDocument(kind=paper.kind, ref=agreed[paper].document_ref, version=agreed[paper].version)
            for paper in papers
            if paper in agreed and paper not in for_others
        ),
        omitted=tuple(paper.kind for paper in papers if paper not in agreed),
        of_others=tuple(paper.kind for paper in papers if paper in for_others),
    )


def _look_at_children(facts: StepDownFacts, intent: Intent) -> LookAtChildren:
    return LookAtChildren(intent=intent, child_refs=asked_about(facts, intent.effect))


def _share_document(facts: StepDownFacts, intent: Intent) -> ShareDocument:
    document, service = _document(facts, intent.effect), _named(intent.effect.service)
    team = facts.known_service(service).mosaic_team or service
    return ShareDocument(intent=intent, document_ref=document.ref, version=document.version, team=team)


def _mail_document(facts: StepDownFacts, intent: Intent) -> MailDocument:
    return MailDocument(
        intent=intent,
        service=facts.known_service(intent.effect.service),
        document=_document(facts, intent.effect),
        social_worker=whom_to_ask(facts),
    )


def _request_conversation(facts: StepDownFacts, intent: Intent) -> RequestConversation:
    return RequestConversation(
        intent=intent,
        service=facts.known_service(intent.effect.service),
        social_worker=whom_to_ask(facts),
        papers=_papers(facts, (child for child in undecided(facts) if not child.cannot_pass or child.by_power(None))),
        answer_within=facts.policy.clocks[ClockKind.CONVERSATION].days_after_receipt,
    )


def _tell_service(facts: StepDownFacts, intent: Intent) -> TellService:
    return TellService(
        intent=intent,
        service=facts.known_service(intent.effect.service),
        social_worker=whom_to_ask(facts),
        what=_what_changed(facts, intent.effect),
    )


def _tell_practitioner(facts: StepDownFacts, intent: Intent) -> TellPractitioner:
    return TellPractitioner(
        intent=intent,
        practitioner=as_named(facts, _named(intent.effect.practitioner)),
        social_worker=whom_to_ask(facts),
        what=_what_changed(facts, intent.effect),
    )


def _what_changed(facts: StepDownFacts, effect: Effect) -> str:
    told = facts.entry(_named(effect.step))
    if told is None:
        raise AssertionError("people are told only of what was recorded")
    return told.step.step


def _meeting_mail(facts: StepDownFacts, intent: Intent) -> MeetingMail:
    scheduled = scheduled_as(facts, intent.effect)
    instead = held_instead_of(facts, scheduled)
    return MeetingMail(
        intent=intent,
        service=facts.known_service(intent.effect.service),
        scheduled=scheduled,
        occasion=_named(intent.effect.occasion),
        since=_since(intent.effect),
        sequence=sequence(facts, intent.effect),
        social_worker=whom_to_ask(facts),
        organisers=people(facts, Audience.SOCIAL_WORKER),
        moved_from=moved_from(facts, intent.effect),
        held_at=instead.occurred_at if instead else None,
    )


def _since(message: Effect) -> datetime:
    if message.since is None:
        raise AssertionError("what is written into a calendar says since when it holds")
    return message.since


def _meeting_outcome(facts: StepDownFacts, intent: Intent) -> SendMeetingOutcome:
    meeting = meeting_told_of(facts, intent.effect)
    return SendMeetingOutcome(
        intent=intent,
        service=facts.known_service(intent.effect.service),
        held_at=meeting[-1].occurred_at,
        children=told_at_meeting(facts, meeting),
        social_worker=whom_to_ask(facts),
        replaces=told_before(facts, intent.effect),
    )


def _look_up_people(facts: StepDownFacts, intent: Intent) -> LookUpPeople:
    return LookUpPeople(
        intent=intent,
        team=facts.social_work_team,
        social_worker=facts.social_worker,
        team_manager=facts.team_manager,
    )


def _reserve_child(facts: StepDownFacts, intent: Intent) -> ReserveChild:
    child = _named(intent.effect.child)
    added_by = next(step.actor.id for step in facts.all_of(AddChild) if step.child_ref == child)
    among = tuple(sorted(facts.request.held_by))
    return ReserveChild(intent=intent, child_ref=child, added_by=added_by, among=among)


def _send_pack(facts: StepDownFacts, intent: Intent) -> SendPack:
    children = tuple(map(facts.child, in_pack(facts, intent.effect)))
    return SendPack(
        intent=intent,
        service=facts.known_service(intent.effect.service),
        papers=_papers(facts, children),
        children=tuple(map(_in_pack, children)),
        social_worker=whom_to_ask(facts),
        answer_within=facts.policy.clocks[ClockKind.ACKNOWLEDGEMENT].days_after_receipt,
    )


def _in_pack(child: Child) -> PackChild:
    return PackChild(agreed=_agreed(child), practitioner=_named(child.practitioner))


def _agreed(child: Child) -> AgreedChild:
    if child.talked_over is None:
        raise AssertionError("no child passes on whom the service did not agree")
    return child.talked_over


def _close_child(facts: StepDownFacts, intent: Intent) -> CloseChild:
    child = facts.child(_named(intent.effect.child))
    passes_on = child.is_decided(Decision.TRANSFER)
    if child.decision is None:
        raise AssertionError("no child is closed that is not decided")
    return CloseChild(
        intent=intent,
        child_ref=child.ref,
        route=facts.request.route,
        since=child.reopened_at,
        transfer_to=facts.known_service(facts.service_ref).mosaic_team if passes_on else None,
        reason=reason_for_closure(child, child.decision),
        plan=child.plan_here(child.decision),
        answered=child.answered_by_manager,
    )


def _reopen_child(facts: StepDownFacts, intent: Intent) -> ReopenChild:
    child = facts.child(_named(intent.effect.child))
    return ReopenChild(intent=intent, child_ref=child.ref, route=facts.request.route, since=child.reopened_at)


def _advice_summary(facts: StepDownFacts, intent: Intent) -> SendAdviceSummary:
    told_of = in_summary(facts, intent.effect)
    children = tuple(child for child in told_of if child.advice is not None)
    named = as_named(facts, _named(intent.effect.practitioner))
    return SendAdviceSummary(
        intent=intent,
        practitioner=named,
        advice=tuple(child.advice for child in children if child.advice is not None),
        agreed=tuple(map(_agreed, children)),
        papers=_papers(facts, told_of, None if reads_mosaic(facts, named) else named.practitioner),
        reads_mosaic=reads_mosaic(facts, named),
        safety=safety(facts.family, [child.ref for child in told_of]),
        social_worker=whom_to_ask(facts),
    )


def _tell_safety(facts: StepDownFacts, intent: Intent) -> TellSafety:
    named = _named(intent.effect.practitioner)
    children = tuple(child.ref for child in theirs(facts, named))
    return TellSafety(
        intent=intent,
        practitioner=as_named(facts, named),
        safety=safety(facts.family, children),
        children=children,
        social_worker=whom_to_ask(facts),
    )


def _recommend_families_first(facts: StepDownFacts, intent: Intent) -> RecommendFamiliesFirst:
    return RecommendFamiliesFirst(
        intent=intent,
        practitioner=as_named(facts, _named(intent.effect.practitioner)),
        service_name=facts.known_service(intent.effect.service).name,
        social_worker=whom_to_ask(facts),
    )


def _letter(facts: StepDownFacts, intent: Intent) -> SendLetter:
    """Its text as things stand, which is the one that was approved (SD-33a)."""
    letter = facts.letter(intent.effect.letter)
    to = way(facts, letter)
    children = tuple(child.ref for child in reads_of(facts, letter))
    return SendLetter(
        intent=intent,
        to=to.to if to else None,
        reference=reference(facts.request.id, letter.letter_id),
        text=text(facts, letter),
        children=children,
    )


EVIDENCE: Mapping[type[Step], tuple[Callable[[Any, ShowTransfer], News | None], str]] = {
    RecordConsent: (ConsentActivities.capture_consent, "Keep the family's answer as evidence"),
    WithdrawConsent: (ConsentActivities.capture_withdrawal, "Keep that consent was withdrawn"),
    RecordContactConversation: (
        ContactConversationActivities.capture_conversation,
        "Keep the record of the conversation",
    ),
    RecordFinalMeeting: (FinalMeetingActivities.capture_meeting, "Keep the record of the final meeting"),
    ReportSignificantHarm: (SignificantHarmActivities.capture_harm_report, "Keep the report of significant harm"),
    AcknowledgeTransfer: (SignificantHarmActivities.capture_harm_report, "Keep the report of significant harm"),
    RecordHarmOutcome: (SignificantHarmActivities.capture_harm_report, "Keep what the contact about harm came to"),
}
"""By which activity each step is kept that is evidence; of others, the transfer as it stands shows enough."""


def _show(told: Projection, new: Sequence[RecordedStep]) -> Write:
    """How the transfer is shown, with what is evidence among the steps that the register has not seen."""
    kept = tuple(Recorded.model_validate(entry) for entry in new if entry.step.is_kept)
    nothing_new = (RegisterActivities.show_in_register, "Show the transfer in the register")
    act, summary = EVIDENCE[type(kept[-1].step)] if kept else nothing_new
    return Write(act, ShowTransfer(**dict(told), evidence=kept), summary)


_meetings, _mail = FinalMeetingActivities, CorrespondenceActivities


def _open_journey(facts: StepDownFacts, intent: Intent) -> OpenJourney:
    return OpenJourney(intent=intent, start=referral(facts, intent.effect, facts.to_refer))


def _tell_journey(facts: StepDownFacts, intent: Intent) -> TellJourney:
    return tell(facts, intent, who_was_spoken_to(facts, intent.effect, facts.to_refer))


ORDERS = Orders[StepDownFacts](
    opening=_opening,
    show=_show,
    clock_clauses={
        ClockKind.CONVERSATION: "SD-34",
        ClockKind.ACKNOWLEDGEMENT: "SD-35",
        ClockKind.FIRST_CONTACT: "SD-37",
        ClockKind.MEETING_NEAR: "SD-16",
    },
    effects={
        **SHARED,
        EffectKind.LOOK_AT_CHILDREN: Order(MosaicActivities.look_at_children, _look_at_children, "SD-19b", LOOKS),
        EffectKind.SHARE_DOCUMENT: Order(MosaicActivities.share_document, _share_document, "SD-11", MOSAIC),
        EffectKind.MAIL_DOCUMENT: Order(_mail.mail_document, _mail_document, "SD-11", MAIL),
        EffectKind.REQUEST_CONVERSATION: Order(
            ContactConversationActivities.request_conversation, _request_conversation, "SD-07", MAIL
        ),
        EffectKind.TELL_SERVICE: Order(ContactConversationActivities.tell_service, _tell_service, "SD-09a", MAIL),
        EffectKind.INVITE_TO_MEETING: Order(_meetings.invite_to_meeting, _meeting_mail, "SD-18", MAIL),
        EffectKind.CANCEL_INVITATION: Order(_meetings.cancel_invitation, _meeting_mail, "SD-18", MAIL),
        EffectKind.ENTER_MEETING: Order(_meetings.enter_meeting, _meeting_mail, "SD-18", MAIL),
        EffectKind.REMOVE_MEETING: Order(_meetings.remove_meeting, _meeting_mail, "SD-18", MAIL),
        EffectKind.SEND_MEETING_OUTCOME: Order(_meetings.send_meeting_outcome, _meeting_outcome, "SD-18", MAIL),
        EffectKind.LOOK_UP_SERVICE: Order(RegisterActivities.look_up_service, look_up_service, "SD-06", REGISTER),
        EffectKind.LOOK_UP_PEOPLE: Order(RegisterActivities.look_up_people, _look_up_people, "SD-23b", REGISTER),
        EffectKind.RESERVE_CHILD: Order(RegisterActivities.reserve_child, _reserve_child, "SD-23", REGISTER),
        EffectKind.OPEN_JOURNEY: Order(LinkActivities.open_journey, _open_journey, "SD-39", TEMPORAL),
        EffectKind.TELL_JOURNEY: Order(LinkActivities.tell_journey, _tell_journey, "SD-39", TEMPORAL),
        EffectKind.SEND_PACK: Order(_mail.send_pack, _send_pack, "SD-25", MAIL),
        EffectKind.CLOSE_CHILD: Order(MosaicActivities.close_child, _close_child, "SD-21", MOSAIC),
        EffectKind.REOPEN_CHILD: Order(MosaicActivities.reopen_child, _reopen_child, "SD-35", MOSAIC),
        EffectKind.SEND_ADVICE_SUMMARY: Order(_mail.send_advice_summary, _advice_summary, "SD-30", MAIL),
        EffectKind.TELL_SAFETY: Order(_mail.tell_safety, _tell_safety, "SD-30a", MAIL),
        EffectKind.TELL_PRACTITIONER: Order(_mail.tell_practitioner, _tell_practitioner, "SD-30a", MAIL),
        EffectKind.RECOMMEND_FAMILIES_FIRST: Order(
            _mail.recommend_families_first, _recommend_families_first, "SD-26", MAIL
        ),
        EffectKind.SEND_LETTER: Order(_mail.send_letter, _letter, "SD-33", MAIL),
    },
)
