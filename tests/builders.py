"""Short ways to say a start, a step and where a transfer stands; every default is a family for whom all goes well."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from adapters.england import EnglishCalendar
from models.attention import Attention, Resolution
from models.calendar import CouncilDays, WorkingCalendar
from models.census import ClosureReason, ClosureReasons
from models.certificate import PauseReason, calculate
from models.effects import Effect, EffectResult, Ended, Intent
from models.journey.answers import Refusal, Rejected
from models.journey.due_dates import calculations, count
from models.journey.harm_outcome import ChildHarmOutcome, HarmContact, HarmOutcome, RecordHarmOutcome
from models.journey.ladder import next_rung
from models.journey.recorded import Opening
from models.journey.recording import record_result
from models.journey.steps import (
    Cancel,
    CancelReason,
    PauseClock,
    Reassign,
    RecalculateClocks,
    ReportSignificantHarm,
    ResolveAttention,
    ResumeClock,
    SpokenTo,
    Step,
)
from models.kinds import ClockKind, EffectKind
from models.people import Person
from models.plans import PlanOutcome
from models.policy import Policy
from models.services import EarlyHelpService
from models.step_down.corrections import letters_sent
from models.step_down.effects import looks
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.family import ChildOfFamily, Family, FamilyMember, Relation, Responsibility
from models.step_down.leaving import digest
from models.step_down.papers import share_with_service
from models.step_down.start import Criteria, Document, DocumentKind, PlanType, Route, StepDownRequest
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import (
    AcknowledgeTransfer,
    ApproveLetters,
    ChildAcknowledgement,
    Letter,
    RecordFamiliesFirstNotification,
    WhyDeclined,
)
from models.step_down.steps.consent import (
    ChildConsent,
    ChildVoice,
    Holder,
    HolderAnswer,
    RecordConsent,
    RecordExploration,
    Shareable,
    VoiceKind,
    WithdrawConsent,
)
from models.step_down.steps.conversation import AgreedChild, AnswerRequest, RecordContactConversation, ResponseKind
from models.step_down.steps.decision import (
    ChildAdvice,
    ChildDecision,
    Decision,
    NameLeadPractitioner,
    Part,
    RecordAdviceSummary,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.endings import HowPlanEnded, Move, MoveKind, PlanEnd
from models.step_down.steps.every import AnyStep
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import (
    ChildAtMeeting,
    MeetingOutcome,
    RecordFinalMeeting,
    ScheduleFinalMeeting,
)
from models.step_down.steps.first_contact import (
    AgreeStart,
    Became,
    ChildFirstContact,
    ChildNotSeen,
    ChildStart,
    DecideFirstContact,
    RecordFirstContact,
    Unseen,
)
from models.step_down.steps.sharing import ChildSharing, RecordFamilySharing, RecordSharingBasis, WithoutDocument
from models.step_down.steps.transfer import AddChild, ChangeService
from models.vocabulary import LONDON, Actor, ChildRef, Role
from tests import step_down
from tests.colleagues import COLLEAGUES
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.step_down import due_now, raise_alerts, refusal, update_clocks

THEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""When the steps happened, if a test does not say."""
USUAL_START = date(2026, 3, 16)
"""From when on support is there, of what happened then."""
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""The transfer's own time, if a test does not say."""

SOCIAL_WORKER = Actor(id="sw-7", role=Role.SOCIAL_WORKER, team="team-sw")
MANAGER = Actor(id="tm-1", role=Role.TEAM_MANAGER, team="team-sw")
CONTACT = Actor(id="eh-contact-3", role=Role.EARLY_HELP_CONTACT, team="team-eh")
SERVICE = Actor(id="eh-service-2", role=Role.EARLY_HELP_SERVICE, team="team-eh")
CHAIR = Actor(id="chair-1", role=Role.CHAIR)
CONFERENCE_MANAGER = Actor(id="cm-1", role=Role.CONFERENCE_MANAGER)
OPERATIONS = Actor(id="ops-1", role=Role.OPERATIONS)

CHILD = "child-a"
SIBLING = "child-b"
EVERY_CHILD = tuple(f"child-{name}" for name in (*"abcdexz", "elsewhere", *range(1, 21)))
"""Of whom a look into Mosaic says something, where a test does not say what."""
ASSESSMENT = "assessment-1"
PLAN = "plan-1"


def calendar(**changes: Any) -> WorkingCalendar:
    """England's, far into a future that time is skipped to."""
    return EnglishCalendar(CouncilDays.model_validate({"known_until": date(2060, 12, 31), **changes})).current()


@cache
def england() -> WorkingCalendar:
    """The same for every test that does not change it."""
    return calendar()


def london(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


def service(**changes: Any) -> EarlyHelpService:
    said = {
        "ref": "service-north",
        "name": "Early Help North",
        "contact_email": "contact@north.example",
        "manager_email": "manager@north.example",
        "mosaic_team": "team-eh",
    }
    return EarlyHelpService.model_validate({**said, **changes})


CALLED = {"mother": "Ms Example", "father": "Mr Other"}


def person(
    ref: str = "mother",
    *children: str,
    by: Responsibility = Responsibility.BIRTH,
    lives_with: bool = True,
    **changes: Any,
) -> FamilyMember:
    """Somebody who is to each of the children what they are called by reference."""
    relations = [
        Relation(child=child, relation=ref, parental_responsibility=by, lives_with=lives_with)
        for child in children or (CHILD,)
    ]
    contact = {"ways": [{"by": "email", "to": f"{ref}@home.example"}]}
    said = {"ref": ref, "called": CALLED.get(ref, ref), "relations": relations, "contact": contact}
    return FamilyMember.model_validate({**said, **changes})


def born(ref: str = CHILD, age: int = 9, **changes: Any) -> ChildOfFamily:
    """A child of this age, whose birthday was yesterday."""
    return ChildOfFamily.model_validate({"ref": ref, "born_on": date(THEN.year - age, 3, 1), **changes})


def family(*children: str, **changes: Any) -> Family:
    """A mother with whom the children live, and a father with whom they do not; both hold responsibility by birth."""
    refs = tuple(dict.fromkeys(children or (CHILD,)))
    people = (person("mother", *refs), person("father", *refs, lives_with=False))
    return Family.model_validate({"people": people, "children": tuple(map(born, refs)), **changes})


def grown_up_family(ref: str = CHILD) -> Family:
    """A young person of 17, who is reached as somebody of their own."""
    people = (*family(ref).people, person("young", ref, by=Responsibility.NONE, is_child=ref))
    return family(ref, people=people, children=(born(ref, age=17),))


def young_family(*children: str, born_on: date | None = None) -> Family:
    """For tests that skip decades: born on this day, or not born before the calendar ends, with a mother alone."""
    refs = tuple(dict.fromkeys(children or (CHILD,)))
    if born_on is not None:
        return family(*refs, children=tuple(born(ref, born_on=born_on) for ref in refs))
    unborn = tuple(ChildOfFamily(ref=ref, expected_on=date(2060, 1, 1)) for ref in refs)
    father = person("father", *refs, by=Responsibility.NONE, lives_with=False)
    return family(*refs, people=(person("mother", *refs), father), children=unborn)


def family_record(*children: str, **changes: Any) -> RecordFamily:
    """The same, as a step."""
    return _step(RecordFamily, dict(family(*children)), changes)


def request(*children: str, **changes: Any) -> StepDownRequest:
    said = {
        "id": "transfer-1",
        "route": Route.ASSESSMENT,
        "children": tuple(ChildRef(ref=ref) for ref in children or (CHILD,)),
        "family_ref": "family-1",
        "service_ref": "service-north",
        "social_work_team": "team-sw",
        "social_worker": "sw-7",
        "team_manager": "tm-1",
        "documents": (Document(kind=DocumentKind.ASSESSMENT, ref=ASSESSMENT),),
        "criteria": Criteria(no_further_role=True, needs_early_help_can_meet=True, response_required=True),
        "family": family(*children),
    }
    return StepDownRequest.model_validate({**said, **changes})


def own_assessment(child: str, ref: str | None = None) -> Document:
    """The assessment of this child, and of no other."""
    return Document(kind=DocumentKind.ASSESSMENT, ref=ref or f"of-{child}", children=(ChildRef(ref=child),))


def each_with_its_own_assessment(*documents: Document) -> StepDownFacts:
    """Two children, opened: each with an assessment of its own, unless these are their documents."""
    own = documents or (own_assessment(CHILD), own_assessment(SIBLING))
    return facts(request=request(CHILD, SIBLING, documents=own))


def opening(**changes: Any) -> Opening:
    return _opening(**changes) if changes else _usual_opening()


@cache
def _usual_opening() -> Opening:
    return _opening()


def _opening(**changes: Any) -> Opening:
    return Opening.model_validate({"policy": Policy(), "service": service(), "people": COLLEAGUES, **changes})


def _step(kind: type[Step], said: dict[str, Any], changes: dict[str, Any]) -> Any:
    common = {"step_id": kind.model_fields["step"].default, "actor": SOCIAL_WORKER, "occurred_at": THEN}
    return kind.model_validate({**common, **said, **changes})


def exploration(**changes: Any) -> RecordExploration:
    return _step(RecordExploration, {"asked": ("mother", "school"), "needs": "help with routines"}, changes)


def with_school(before: StepDownFacts | None = None) -> StepDownFacts:
    """The same, where Hill School is known to be involved."""
    now = before or facts()
    said = now.exploration
    new = exploration(agencies=("Hill School",), took_part_in_plan=(), step_id="the-school")
    return facts_after(new.model_copy(update={"corrects": said.step_id if said else None}), before=now)


def holder(answer: HolderAnswer = HolderAnswer.AGREED, person: str = "mother", **changes: Any) -> Holder:
    because = None if answer.is_a_word else "not to be found"
    return Holder.model_validate({"person": person, "answer": answer, "because": because, **changes})


def voice(**changes: Any) -> ChildVoice:
    return ChildVoice.model_validate({"kind": VoiceKind.VIEWS, "views": "wants help at school", **changes})


def own_word(agreed: bool) -> ChildVoice:
    """What a young person of 16 or 17 says for themselves."""
    return ChildVoice(kind=VoiceKind.OWN_CONSENT, agreed=agreed)


def competent(agreed: bool) -> ChildVoice:
    """What a child under 16 says whom somebody judged to understand it."""
    return ChildVoice(kind=VoiceKind.JUDGED_COMPETENT, agreed=agreed, judged_by="the school nurse, Ms Sample")


TO_SHARE = (Shareable.ASSESSMENT, Shareable.ADVICE_SUMMARY)


def child_consent(ref: str = CHILD, *holders: Holder, stands: bool = True, **changes: Any) -> ChildConsent:
    """With a yes, that what the assessment route shares may be shared."""
    asked = holders or (holder(HolderAnswer.AGREED if stands else HolderAnswer.REFUSED),)
    said = {"ref": ref, "holders": asked, "voice": voice(), "may_share": TO_SHARE if stands else ()}
    return ChildConsent.model_validate({**said, **changes})


def consent(
    *children: str | ChildConsent, may_share: tuple[Shareable, ...] = TO_SHARE, **changes: Any
) -> RecordConsent:
    """Consent that stands for each child, unless a ``ChildConsent`` says otherwise."""
    said = {
        "service_ref": "service-north",
        "explained_by": "social worker",
        "explained_how": "at a visit",
        "children": tuple(
            c if isinstance(c, ChildConsent) else child_consent(c, may_share=may_share) for c in children or (CHILD,)
        ),
    }
    return _step(RecordConsent, said, changes)


def refused_consent(*children: str, **changes: Any) -> RecordConsent:
    answers = (child_consent(child, stands=False) for child in children or (CHILD,))
    return consent(*answers, **changes)


def withdrawal(*children: str, **changes: Any) -> WithdrawConsent:
    said = {"children": tuple(ChildRef(ref=ref) for ref in children or (CHILD,)), "withdrawn_by": "mother"}
    return _step(WithdrawConsent, said, changes)


def offer(**changes: Any) -> AnswerRequest:
    said = {"actor": CONTACT, "contact": "eh-contact-3", "conversation_at": datetime(2026, 3, 9, 14, 0, tzinfo=UTC)}
    return _step(AnswerRequest, said, changes)


def not_us(**changes: Any) -> AnswerRequest:
    return offer(conversation_at=None, not_us_because="the school nurse fits better", **changes)


def added_child(ref: str = "child-c", **changes: Any) -> AddChild:
    return _step(AddChild, {"child_ref": ref, "because": "lives with the family now"}, changes)


def other_service(ref: str = "service-south", **changes: Any) -> ChangeService:
    return _step(ChangeService, {"service_ref": ref, "because": "nearer to the family"}, changes)


def reassigned(**changes: Any) -> Reassign:
    return _step(Reassign, {"social_worker": "sw-8", "because": "sw-7 has left"}, changes)


def pause(clock: ClockKind = ClockKind.CONVERSATION, **changes: Any) -> PauseClock:
    said = {
        "actor": MANAGER,
        "clock": clock,
        "reason": PauseReason.FAMILY_UNAVAILABLE,
        "because": "the family is with a relative",
    }
    return _step(PauseClock, said, changes)


def resume(clock: ClockKind = ClockKind.CONVERSATION, **changes: Any) -> ResumeClock:
    return _step(ResumeClock, {"actor": MANAGER, "clock": clock}, changes)


def recalculation(**changes: Any) -> RecalculateClocks:
    return _step(RecalculateClocks, {"actor": OPERATIONS, "because": "a bank holiday was announced"}, changes)


def cancellation(**changes: Any) -> Cancel:
    return _step(Cancel, {"reason_code": CancelReason.CIRCUMSTANCES_CHANGED, "because": "a relative helps"}, changes)


def on_a_plan(*children: str, **changes: Any) -> StepDownFacts:
    """The plan route, opened."""
    papers = (Document(kind=DocumentKind.PLAN, ref=PLAN), Document(kind=DocumentKind.ASSESSMENT, ref=ASSESSMENT))
    said = {"route": Route.PLAN, "plan_type": PlanType.CHILD_IN_NEED, "documents": papers}
    return facts(*children, **{"request": request(*children, **said), **changes})


def in_child_protection(*children: str) -> StepDownFacts:
    """Out of a Child Protection plan, opened."""
    now = on_a_plan(*children)
    return now.having(request=now.request.model_copy(update={"plan_type": PlanType.CHILD_PROTECTION}))


def a_person_chooses() -> StepDownFacts:
    """Opened, in a council where no reason for closure follows."""
    now, none = facts(), ClosureReasons(early_help=None, universal_services=None, no_further_support=None)
    return now.having(opening=opening(policy=Policy(closure_reasons=none)))


def consent_to_all(*children: str | ChildConsent, **changes: Any) -> RecordConsent:
    """Consent to what the plan route shares."""
    said = (
        c.model_copy(update={"may_share": tuple(Shareable)}) if isinstance(c, ChildConsent) and c.may_share else c
        for c in children
    )
    return consent(*said, may_share=tuple(Shareable), **changes)


def plan_sharing(**changes: Any) -> RecordFamilySharing:
    return family_sharing(**{"step_id": "plan_sharing", "document_ref": PLAN, **changes})


def scheduled(**changes: Any) -> ScheduleFinalMeeting:
    said = {"meeting_at": datetime(2026, 3, 16, 10, 0, tzinfo=UTC), "place": "Town hall, room 4"}
    return _step(ScheduleFinalMeeting, said, changes)


def scheduled_today(**changes: Any) -> ScheduleFinalMeeting:
    """For this afternoon, so that a meeting that is held now is held on its day, and not over yet."""
    return scheduled(**{"meeting_at": datetime(2026, 3, 2, 15, 0, tzinfo=UTC), **changes})


def cancelled_meeting(**changes: Any) -> ScheduleFinalMeeting:
    said = {"step_id": "cancel-meeting", "meeting_at": None, "place": None, "cancelled_because": "the chair is ill"}
    return scheduled(**{**said, **changes})


def at_meeting(
    ref: str = CHILD, outcome: MeetingOutcome = MeetingOutcome.AGREED, plan: PlanOutcome | None = None
) -> ChildAtMeeting:
    reason = None if outcome is MeetingOutcome.AGREED else "the risk has not fallen enough"
    return ChildAtMeeting(ref=ref, outcome=outcome, plan=plan, reason=reason)


def at_conference(ref: str = CHILD, outcome: MeetingOutcome = MeetingOutcome.AGREED) -> ChildAtMeeting:
    """What becomes of the plan is said, too."""
    said = at_meeting(ref, outcome)
    return said.model_copy(update={"plan": said.of_plan})


def conference(*children: str | ChildAtMeeting, **changes: Any) -> RecordFinalMeeting:
    """A final meeting that is a conference, recorded by its chair."""
    said = (c if isinstance(c, ChildAtMeeting) else at_conference(c) for c in children or (CHILD,))
    return meeting(*said, **{"actor": CHAIR, **changes})


def confirmation(of: str = "record_final_meeting", by: Actor = CHAIR, **changes: Any) -> ConfirmMeeting:
    return _step(ConfirmMeeting, {"actor": by, "of": of}, changes)


def meeting(*children: str | ChildAtMeeting, **changes: Any) -> RecordFinalMeeting:
    """Held now, after everything that happened before, with the service there."""
    said = {
        "occurred_at": NOW,
        "chair": "chair-1",
        "service_attended": True,
        "children": tuple(c if isinstance(c, ChildAtMeeting) else at_meeting(c) for c in children or (CHILD,)),
    }
    return _step(RecordFinalMeeting, said, changes)


def harm_report(*children: str, **changes: Any) -> ReportSignificantHarm:
    """What the social worker reports, without a word of who was spoken to."""
    said = {"children": tuple(ChildRef(ref=ref) for ref in children or (CHILD,)), "concern": "new marks, and afraid"}
    return _step(ReportSignificantHarm, said, changes)


def harm_not_taken(**changes: Any) -> Rejected:
    """A report of significant harm that came as a message, and could not be taken."""
    said = {"step": "report_significant_harm", "step_id": "lost", "sender": "social worker sw-7", "digest": "lost"}
    said |= {
        "at": NOW,
        "reason": "Child child-x: This child is not in this transfer.",
        "said": "child-x: new marks",
    }
    return Rejected.model_validate({**said, **changes})


def family_sharing(**changes: Any) -> RecordFamilySharing:
    said = {"document_ref": ASSESSMENT, "version": 1, "agreed_as_basis": True, "cleared_of_third_parties": True}
    return _step(RecordFamilySharing, said, changes)


def going_on_without(**changes: Any) -> RecordFamilySharing:
    """The family does not agree to the document, and support goes on without it, as the manager records."""
    agreed = WithoutDocument(family_consents=True)
    said = {"actor": MANAGER, "agreed_as_basis": False, "cleared_of_third_parties": False, "without_it": agreed}
    return family_sharing(**{**said, **changes})


def agreed_child(ref: str = CHILD, **changes: Any) -> AgreedChild:
    said = {
        "ref": ref,
        "agreed": True,
        "priorities": "routines first",
        "realistic_start": USUAL_START,
        "response": ResponseKind.SINGLE_AGENCY,
    }
    return AgreedChild.model_validate({**said, **changes})


def not_agreed(ref: str = CHILD) -> AgreedChild:
    return AgreedChild(ref=ref, agreed=False, reason="supported elsewhere")


def conversation(*children: str | AgreedChild, **changes: Any) -> RecordContactConversation:
    said = {
        "contact": "eh-contact-3",
        "appropriate": True,
        "shared_understanding": "what the assessment recommends",
        "plan_needed": False,
        "children": tuple(c if isinstance(c, AgreedChild) else agreed_child(c) for c in children or (CHILD,)),
    }
    return with_starts(_step(RecordContactConversation, said, changes))


def with_starts(step: RecordContactConversation) -> RecordContactConversation:
    """The conversation, where a start that no test named lies as far behind it as usual."""
    moved = {"realistic_start": USUAL_START + (step.day - THEN.date())}
    usual = (child.realistic_start == USUAL_START for child in step.children)
    children = zip(step.children, usual, strict=True)
    return step.model_copy(update={"children": tuple(c.model_copy(update=moved) if u else c for c, u in children)})


def at(step: Any, moment: datetime) -> Any:
    """The step as it happens at this moment."""
    then = step.model_copy(update={"occurred_at": moment})
    return with_starts(then) if isinstance(step, RecordContactConversation) else then


def not_appropriate(**changes: Any) -> RecordContactConversation:
    said = {"contact": "eh-contact-3", "appropriate": False, "reason": "another service fits"}
    return _step(RecordContactConversation, said, changes)


def practitioner(**changes: Any) -> NameLeadPractitioner:
    said = {
        "practitioner": "lp-4",
        "name": "Pat Example",
        "agency": "Hill School",
        "email": "pat@hill.example",
    }
    return _step(NameLeadPractitioner, said, changes)


def child_advice(ref: str = CHILD, **changes: Any) -> ChildAdvice:
    said = {
        "ref": ref,
        "reasons_for_end": Part(text="the risk has fallen"),
        "practitioners_views": Part(text="school agrees"),
        "childs_views": Part(text="wants a club"),
        "carers_views": Part(not_obtained_because="the carer was away"),
    }
    return ChildAdvice.model_validate({**said, **changes})


def interim_contact(**changes: Any) -> NameLeadPractitioner:
    """An interim contact, whom the manager names."""
    said = {"actor": MANAGER, "practitioner": "contact-5", "interim_until": date(2026, 3, 20)}
    return practitioner(**{**said, **changes})


def management_conversation(**changes: Any) -> RecordManagementConversation:
    said = {
        "actor": MANAGER,
        "team_manager": "tm-1",
        "targeted_services_leader": "tsl-1",
        "agreed": "the school is asked to lead",
    }
    return _step(RecordManagementConversation, said, changes)


def families_first(**changes: Any) -> RecordFamiliesFirstNotification:
    return _step(RecordFamiliesFirstNotification, {"actor": SERVICE, "notified_by": "the practitioner"}, changes)


def advice(*children: str, **changes: Any) -> RecordAdviceSummary:
    return _step(RecordAdviceSummary, {"children": tuple(child_advice(c) for c in children or (CHILD,))}, changes)


def decision(**changes: Any) -> RecordDecisions:
    """The child passes to Early Help; for other decisions see ``decided``."""
    return decided({CHILD: Decision.TRANSFER}, **changes)


def child_decision(ref: str, decision: Decision, **changes: Any) -> ChildDecision:
    """Who has moved is known there."""
    moved = away(confirmed_on=date(2026, 1, 15)) if decision is Decision.MOVED_AWAY else None
    said = {"ref": ref, "decision": decision, "because": "as talked over", "moved": moved}
    return ChildDecision.model_validate({**said, "address_known": True if decision.closes else None, **changes})


def away(**changes: Any) -> Move:
    """Gone to another council, which has our written notice."""
    said = {"kind": MoveKind.ANOTHER_COUNCIL, "authority": "Hillshire", "notice_sent_on": date(2026, 1, 12)}
    return Move.model_validate({**said, **changes})


def decided(decisions: dict[str, Decision], **changes: Any) -> RecordDecisions:
    return decided_as(*(child_decision(ref, decision) for ref, decision in decisions.items()), **changes)


def ended_without(how: HowPlanEnded = HowPlanEnded.DIED, on: date | None = None) -> ChildDecision:
    """Closed, as its Child Protection plan ended without a conference here."""
    end = PlanEnd(how=how, ended_on=on or NOW.date())
    if how is not HowPlanEnded.LEFT_UK:
        reason = ClosureReason.DIED if how is HowPlanEnded.DIED else ClosureReason.CEASED
        return child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, plan_ended=end, closure_reason=reason)
    abroad = away(kind=MoveKind.ABROAD, authority="The consulate", confirmed_on=date(2026, 1, 15))
    return child_decision(CHILD, Decision.MOVED_AWAY, moved=abroad, plan_ended=end)


def decided_as(*children: ChildDecision, **changes: Any) -> RecordDecisions:
    """Recorded by the team manager, so that nobody else's act is waited for."""
    said = {
        "actor": MANAGER,
        "children": children,
        "no_further_role_confirmed": True,
    }
    return _step(RecordDecisions, said, changes)


def authorised(of: str = "record_decisions", *children: str, **changes: Any) -> Authorise:
    """The team manager's act on what the social worker recorded."""
    said = {"actor": MANAGER, "of": of, "granted": True, "children": tuple(ChildRef(ref=ref) for ref in children)}
    return _step(Authorise, said, changes)


def not_authorised(of: str = "record_decisions", *children: str, **changes: Any) -> Authorise:
    return authorised(of, *children, **{"granted": False, "because": "the school still worries", **changes})


def looked_at(of: str = "record_consent", *children: str, **changes: Any) -> Authorise:
    """The team manager looked at a refusal of consent, and it does not change the risk."""
    return authorised(of, *children, **{"because": "nothing speaks of pressure", "step_id": "looked-at", **changes})


def sharing_basis(*children: ChildSharing, **changes: Any) -> RecordSharingBasis:
    return _step(RecordSharingBasis, {"service_ref": "service-north", "children": children or (by_power(),)}, changes)


def by_power(ref: str = CHILD, **changes: Any) -> ChildSharing:
    """With the service, by section 17."""
    said = {"basis": "power", "power": "children_act_1989_s17", "gdpr_basis": "public_task", "because": "in need"}
    shares = () if changes.get("agency") else (Shareable.ASSESSMENT,)
    return ChildSharing.model_validate({"ref": ref, "shares": shares, **said, **changes})


def withheld(ref: str = CHILD, agency: str | None = None) -> ChildSharing:
    """Nothing is shared, which would harm the child more."""
    said = {"ref": ref, "agency": agency, "basis": "not_shared", "because": "an uncle works there"}
    return ChildSharing.model_validate(said)


def for_service(actor: Actor, now: StepDownFacts) -> Actor:
    """The same, of the service to which the transfer goes."""
    team = (now.service.mosaic_team or now.service.ref) if now.service else actor.team
    return actor.model_copy(update={"team": team})


UNREAD = "a" + "0" * 11
"""Stands for the digest of a letter until somebody reads it: ``record`` reads each as it is approved."""


def letter(letter_id: str = "letter-1", *about: str, **changes: Any) -> Letter:
    """To the mother, about the child, if a test does not say about whom."""
    said = {
        "letter_id": letter_id,
        "person": None if "agency" in changes else "mother",
        "children": [{"ref": ref} for ref in about or (CHILD,)],
        "by": "email",
        "seen": UNREAD,
    }
    return Letter.model_validate({**said, **changes})


def letter_to_agency(letter_id: str = "letter-2", *about: str, **changes: Any) -> Letter:
    said = {"agency": "Hill School", "address": "office@hill.example"}
    return letter(letter_id, *about, **{**said, **changes})


def no_letter(letter_id: str = "letter-1", *about: str, **changes: Any) -> Letter:
    said = {"by": None, "address": None, "seen": None, "do_not_write_because": "told in person"}
    return letter(letter_id, *about, **{**said, **changes})


def as_read(before: StepDownFacts, step: Any) -> Any:
    """The approval with the digest of each letter that leaves it open, as somebody gives it who has read them.

    Whoever answers for the service by default is of the one to which the transfer goes.
    """
    if not isinstance(step, ApproveLetters):
        ours = step.actor in {SERVICE, CONTACT} and before.service is not None
        return step.model_copy(update={"actor": for_service(step.actor, before)}) if ours else step
    approved = (entry.step.letters for entry in before.steps if isinstance(entry.step, ApproveLetters))
    sent = {each.letter_id: each for written in approved for each in written}
    read = (
        each if each.seen != UNREAD else each.model_copy(update={"seen": _seen(before, each, sent.get(each.letter_id))})
        for each in step.letters
    )
    return step.model_copy(update={"letters": tuple(read)})


def unread(step: Any) -> Any:
    """The same, with no digest where nobody has read the letter."""
    if not isinstance(step, ApproveLetters):
        return step
    said = (each.model_copy(update={"seen": None}) if each.seen == UNREAD else each for each in step.letters)
    return step.model_copy(update={"letters": tuple(said)})


def _seen(now: StepDownFacts, written: Letter, before: Letter | None) -> str | None:
    """What was sent keeps the number by which it was approved."""
    same = before is not None and before.model_copy(update={"seen": UNREAD}) == written
    return (
        before.seen if before is not None and same and before.letter_id in letters_sent(now) else digest(now, written)
    )


def letters(*written: Letter, **changes: Any) -> ApproveLetters:
    """With the reason why none is written to the parents who have none."""
    return _step(ApproveLetters, {"letters": (*(written or (letter(),)), *to_no_parent(*written))}, changes)


def letters_alone(*written: Letter, **changes: Any) -> ApproveLetters:
    """These, and of nobody else anything said."""
    return _step(ApproveLetters, {"letters": written}, changes)


TO_NO_PARENT = "none-to-"
"""How the names of those begin."""


def to_no_parent(*written: Letter) -> tuple[Letter, ...]:
    """That none is written to the parents who are told nothing here of a child whom the letters name."""
    said, about = written or (letter(),), dict.fromkeys(child for one in written or (letter(),) for child in one.about)
    told = {(one.person, child) for one in said for child in one.about}
    untold = {ref: [child for child in about if (ref, child) not in told] for ref in ("mother", "father")}
    return tuple(no_letter(f"{TO_NO_PARENT}{ref}", *of, person=ref) for ref, of in untold.items() if of)


def by_post(letter_id: str = "letter-1", *about: str, **changes: Any) -> Letter:
    """To somebody of the family, by post."""
    return letter(letter_id, *about, **{"by": "post", **changes})


def delivery(*written: Letter, **changes: Any) -> RecordDelivery:
    """They were posted or handed over, as the text that was approved last."""
    said = ({"letter_id": one.letter_id, "seen": one.seen, "by_whom": "Jo Sample"} for one in written)
    return _step(RecordDelivery, {"letters": tuple(said)}, changes)


def part_given(**changes: Any) -> RecordDelivery:
    """A person gave the younger child's worker what the assessment says of that child."""
    said = {"document_ref": ASSESSMENT, "practitioner": "lp-5", "children": ({"ref": SIBLING},)}
    how = {"not_given_because": changes.pop("because")} if "because" in changes else {"by_whom": "Jo Sample"}
    part = {**said, **how, **{key: changes.pop(key) for key in tuple(changes) if key in said}}
    return _step(RecordDelivery, {"documents": (part,)}, changes)


def worker_for_each() -> tuple[Step, ...]:
    """Two children in one assessment pass on, each to a worker; the younger's reads nothing in Mosaic."""
    elder = practitioner(children=(ChildRef(ref=CHILD),), step_id="elder")
    other = {"practitioner": "lp-5", "email": "lp-5@hub.example", "uses_mosaic": False, "step_id": "younger"}
    younger = practitioner(children=(ChildRef(ref=SIBLING),), **other)
    decides = decided({CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER})
    return elder, younger, advice(CHILD, SIBLING), decides


def two_workers(*steps: Step) -> StepDownFacts:
    """They are closed."""
    return facts_after(*worker_for_each(), *steps, before=facts_before(NameLeadPractitioner, CHILD, SIBLING))


def decided_alone(*, known: Family | None = None) -> StepDownFacts:
    """A young person decided for themselves, passes on, and letters are to be approved."""
    own = consent(child_consent(voice=own_word(agreed=True)))
    path = [own if step.step == "record_consent" else step for step in whole_path()[:-3]]
    return facts_after(*path, before=facts(request=request(family=known or grown_up_family())))


def to_family(*about: str, **changes: Any) -> ApproveLetters:
    """One letter to the family, about these children."""
    return letters(letter("letter-1", *about), **changes)


def acknowledgement(*children: str, accepted: bool = True, **changes: Any) -> AcknowledgeTransfer:
    said = {} if accepted else {"reason": WhyDeclined.CAPACITY, "because": "no place"}
    answers = (ChildAcknowledgement(ref=ref, accepted=accepted, **said) for ref in children or (CHILD,))
    return _step(AcknowledgeTransfer, {"actor": SERVICE, "children": tuple(answers)}, changes)


def declined_for_harm(*children: str, **changes: Any) -> AcknowledgeTransfer:
    said = {"accepted": False, "reason": WhyDeclined.NEW_HARM, "because": "a new injury"}
    answers = (ChildAcknowledgement(ref=ref, **said) for ref in children or (CHILD,))
    return _step(AcknowledgeTransfer, {"actor": SERVICE, "children": tuple(answers)}, changes)


def resolution(attention_id: str = "A1", how: Resolution = Resolution.RETRY, **changes: Any) -> ResolveAttention:
    note = None if how is Resolution.RETRY else "seen in the other system"
    said = {
        "step_id": f"resolve-{attention_id}",
        "actor": OPERATIONS,
        "attention_id": attention_id,
        "resolution": how,
        "note": note,
    }
    return _step(ResolveAttention, said, changes)


def attention(effect: Effect, number: int = 1, problem: str = "locked") -> Attention:
    return Attention(id=f"A{number}", effect=effect.id, kind=effect.kind, what=effect.words, problem=problem, since=NOW)


def intent(effect: Effect | None = None, go: int = 1) -> Intent:
    """About a letter, if a test does not say."""
    about = effect or Effect(kind=EffectKind.SEND_LETTER, letter="letter-1")
    return Intent(transfer_id="transfer-1", effect=about, clause="SD-33", go=go)


def result(effect: Effect, ended: Ended = Ended.DONE, evidence: str = "seen") -> EffectResult:
    """How the effect ended; a directory that is asked for a service knows it."""
    found = None
    if effect.kind is EffectKind.LOOK_UP_SERVICE and ended is Ended.DONE:
        found = service(ref=effect.service, name="Early Help South", mosaic_team="team-south")
    looked = effect.kind is EffectKind.LOOK_AT_CHILDREN and ended is Ended.DONE
    seen = dict.fromkeys(EVERY_CHILD, NOTHING_KEEPS_OPEN) if looked else {}
    known = COLLEAGUES if effect.kind is EffectKind.LOOK_UP_PEOPLE and ended is Ended.DONE else None
    return EffectResult(
        effect=effect, ended=ended, evidence=evidence, at=NOW, service=found, records=seen, people=known
    )


def facts(*children: str, **changes: Any) -> StepDownFacts:
    """An opened transfer in which nothing was recorded yet."""
    said = {"request": request(*children), "opened_at": THEN, "opening": opening()}
    opened = StepDownFacts(**{**said, **changes})
    seen = tuple(result(look).model_copy(update={"at": THEN}) for look in looks(opened))
    return opened.having(begun=(*looks(opened), *opened.begun), effects=(*seen, *opened.effects))


def in_directory(now: StepDownFacts, *people: Person) -> StepDownFacts:
    """The same, where these people are in the directory, and nobody else."""
    known = opening(people=tuple(person.colleague for person in people))
    return now.having(opening=known, effects=tuple(result.without_people() for result in now.effects))


def refused(before: StepDownFacts, step: Step, now: datetime = NOW) -> Refusal:
    """The refusal of a step that has to be refused."""
    said = refusal(before, as_read(before, step), now)
    assert said is not None, f"{step.step} was taken"
    return said


def record(before: StepDownFacts, step: Any, now: datetime = NOW) -> StepDownFacts:
    """Take a step as the workflow does; a step that is refused fails the test."""
    step = as_read(before, step)
    said = refusal(before, step, now)
    assert said is None, said.words if said else ""
    if before.entry(step.step_id) is not None:
        return before
    after = step_down.record_step(before, step, now)
    return looked(after.having(evidence_kept=len(after.steps)))


def looked(now: StepDownFacts) -> StepDownFacts:
    """Mosaic, which answers at once, was asked of each child, and nothing keeps one open."""
    coming = tuple(look for look in looks(now) if look not in now.begun) if now.opening else ()
    return end(begin(now, *coming), *coming)


def due(now: StepDownFacts) -> tuple[Effect, ...]:
    """What the workflow begins where the transfer stands, as far as it has not begun it."""
    return tuple(effect for effect in due_now(now) if effect not in now.begun)


def the_share(now: StepDownFacts) -> Effect | None:
    """The one document that the service is to have; None where it is to have none."""
    return next(iter(share_with_service(now)), None)


def close_child(child: str) -> Effect:
    """The first closing of the child."""
    return Effect(kind=EffectKind.CLOSE_CHILD, child=child)


def begin(now: StepDownFacts, *effects: Effect) -> StepDownFacts:
    return now.model_copy(update={"begun": (*now.begun, *effects)})


def end(now: StepDownFacts, *effects: Effect, ended: Ended = Ended.DONE) -> StepDownFacts:
    return now.model_copy(update={"effects": (*now.effects, *(result(effect, ended) for effect in effects))})


def stop(now: StepDownFacts, effect: Effect, *, may_have_been_sent: bool) -> StepDownFacts:
    """It is no longer wanted, and no other attempt begins."""
    stopped = result(effect, Ended.STOPPED).model_copy(update={"may_have_been_sent": may_have_been_sent})
    return record_result(now, stopped)


def let_machine_work(now: StepDownFacts) -> StepDownFacts:
    """Begin and end everything that is due, until the transfer waits for a person or is closed."""
    while begun := due(now):
        now = end(begin(now, *begun), *begun)
    return now


def taken(step: AnyStep, **changes: Any) -> Recorded:
    """The step as it was recorded, while the transfer went to the northern service."""
    return Recorded(**{"step": step, "accepted_at": NOW, "service_ref": "service-north", **changes})


def facts_after(*steps: Step, before: StepDownFacts | None = None) -> StepDownFacts:
    """The steps in this order, each followed by what the machine does."""
    now = before or facts()
    for step in steps:
        now = let_machine_work(record(now, step))
    return now


def whole_path(*children: str) -> tuple[Step, ...]:
    """Every step of a transfer in which each child passes to Early Help, in the order of the guidance."""
    refs = children or (CHILD,)
    return (
        exploration(),
        consent(*refs),
        family_sharing(),
        conversation(*refs),
        practitioner(),
        advice(*refs),
        decided(dict.fromkeys(refs, Decision.TRANSFER)),
        to_family(*refs),
        acknowledgement(*refs),
        seen(*refs),
    )


def plan_path(*children: str) -> tuple[Step, ...]:
    """The whole path out of a plan, in the order of the guidance."""
    refs = children or (CHILD,)
    return (
        exploration(),
        consent_to_all(*refs),
        plan_sharing(),
        family_sharing(),
        conversation(*refs),
        scheduled_today(),
        meeting(*refs),
        practitioner(),
        advice(*refs),
        decided(dict.fromkeys(refs, Decision.TRANSFER)),
        to_family(*refs),
        acknowledgement(*refs),
        seen(*refs),
    )


def seen(*children: str, **changes: Any) -> RecordFirstContact:
    """The service saw each child."""
    said = tuple(ChildFirstContact(ref=ref, became=Became.SEEN, seen_by="Pat Example") for ref in children or (CHILD,))
    return _step(RecordFirstContact, {"actor": SERVICE, "children": said}, changes)


def unseen(*children: str, became: Became = Became.NOT_SEEN, **changes: Any) -> RecordFirstContact:
    """The service did not see the children."""
    said = tuple(ChildFirstContact(ref=ref, became=became, because="nobody was in") for ref in children or (CHILD,))
    return _step(RecordFirstContact, {"step_id": "unseen", "actor": SERVICE, "children": said}, changes)


def agreed_start(*children: str, on: date = USUAL_START, **changes: Any) -> AgreeStart:
    said = tuple(ChildStart(ref=ref, realistic_start=on) for ref in children or (CHILD,))
    return _step(AgreeStart, {"actor": SERVICE, "children": said}, changes)


def not_seen(ref: str = CHILD, decision: Unseen = Unseen.ACCEPT, **changes: Any) -> ChildNotSeen:
    said = {"ref": ref, "decision": decision, "because": "as the service says"}
    if decision is not Unseen.REOPEN and not {"review_on", "no_review_because"} & {*changes}:
        said["review_on"] = date(2026, 4, 1)
    if decision is Unseen.DUTY_AND_ADVICE:
        said["spoken_to"] = SpokenTo(who="the duty worker", at=THEN)
    return ChildNotSeen.model_validate({**said, **changes})


FOR_GOOD: dict[str, Any] = {"review_on": None, "no_review_because": "the family does not want it"}
"""Nothing more is to come, as the manager says once they have looked again."""


def decided_unseen(*children: ChildNotSeen, **changes: Any) -> DecideFirstContact:
    said = {"actor": MANAGER, "of": "unseen", "children": children or (not_seen(),)}
    return _step(DecideFirstContact, said, changes)


def facts_before(kind: type[Step], *children: str) -> StepDownFacts:
    """The whole path up to, and without, the step of this kind."""
    return _on_the_way(whole_path, facts, children, _place(kind, whole_path(*children)))


def _place(kind: type[Step], path: tuple[Step, ...]) -> int:
    return next(place for place, step in enumerate(path) if isinstance(step, kind))


def _on_the_way(
    path: Callable[..., tuple[Step, ...]], begun: Callable[..., StepDownFacts], children: tuple[str, ...], steps: int
) -> StepDownFacts:
    """After so many steps of the path: a copy, of which nothing was asked yet."""
    return _so_far(path, begun, children, steps).having()


@cache
def _so_far(
    path: Callable[..., tuple[Step, ...]], begun: Callable[..., StepDownFacts], children: tuple[str, ...], steps: int
) -> StepDownFacts:
    """Worked out once: facts never change, and most tests begin somewhere on these ways."""
    if not steps:
        return begun(*children)
    return facts_after(path(*children)[steps - 1], before=_on_the_way(path, begun, children, steps - 1))


def waiting_for_the_manager(*children: str) -> StepDownFacts:
    """The social worker has recorded that each child passes to Early Help."""
    refs = children or (CHILD,)
    by_sw = decided(dict.fromkeys(refs, Decision.TRANSFER), actor=SOCIAL_WORKER)
    return facts_after(by_sw, before=facts_before(RecordDecisions, *refs))


def plan_before(kind: type[Step], *children: str, before: StepDownFacts | None = None) -> StepDownFacts:
    """The whole path out of a plan up to, and without, the step of this kind."""
    path = plan_path(*children)
    place = _place(kind, path)
    if before is None:
        return _on_the_way(plan_path, on_a_plan, children, place)
    return facts_after(*path[:place], before=before)


def without_mosaic(**changes: Any) -> EarlyHelpService:
    return service(ref="service-north", mosaic_team=None, **changes)


def facts_declined(*children: str) -> StepDownFacts:
    """Closed in Mosaic, and the service declines all of the children."""
    return facts_after(acknowledgement(*children, accepted=False), before=facts_before(AcknowledgeTransfer, *children))


def facts_declined_and_talked_about(*children: str) -> StepDownFacts:
    return facts_after(management_conversation(), before=facts_declined(*children))


def passed_on(*children: str, before: StepDownFacts | None = None) -> StepDownFacts:
    """Closed in Mosaic, everybody is told, and the service has accepted each child."""
    *path, _ = whole_path(*children)
    return _on_the_way(whole_path, facts, children, len(path)) if before is None else facts_after(*path, before=before)


def not_known_when(*children: str) -> StepDownFacts:
    """The same, where nobody could say when support begins."""
    refs = children or (CHILD,)
    unknown = {"realistic_start": None, "start_not_known_because": "the post is being filled"}
    talked = conversation(*(agreed_child(ref, **unknown) for ref in refs))
    path = (talked if isinstance(step, RecordContactConversation) else step for step in whole_path(*refs)[:-1])
    return facts_after(*path, before=facts(*refs))


def taken_back() -> StepDownFacts:
    """The service did not see the child, and the team manager takes it back."""
    return facts_after(unseen(), decided_unseen(not_seen(decision=Unseen.REOPEN)), before=passed_on())


def facts_closed(*children: str) -> StepDownFacts:
    return facts_after(*whole_path(*children), before=facts(*children))


def calculated(now: StepDownFacts, effect: Effect, moment: datetime, on: WorkingCalendar | None = None) -> EffectResult:
    """A due date that was calculated."""
    certificate = calculate(count(now, effect), on or england())
    return result(effect).model_copy(update={"at": moment, "certificate": certificate})


def keeping_time(now: StepDownFacts, moment: datetime, on: WorkingCalendar | None = None) -> StepDownFacts:
    """Clocks begun and ended, due dates calculated, and those told whose rung has come, all at this moment."""
    now = update_clocks(now, moment)
    while working := calculations(now):
        now = begin(now, *(effect for effect in working if effect not in now.begun))
        found = (calculated(now, effect, moment, on) for effect in working)
        now = update_clocks(now.model_copy(update={"effects": (*now.effects, *found)}), moment)
    return update_clocks(raise_alerts(now, moment), moment)


def let_time_pass(now: StepDownFacts, until: datetime) -> StepDownFacts:
    """Each alert raised at its instant, up to this moment."""
    while (coming := next_rung(now)) is not None and coming.at <= until:
        now = keeping_time(now, coming.at)
    return keeping_time(now, until)


def facts_at(moment: datetime, *steps: Step, before: StepDownFacts | None = None) -> StepDownFacts:
    """The steps, each recorded at this moment and followed by what the machine does and by the clocks."""
    now = before or facts()
    for step in steps:
        now = record(now, step, moment)
        while begun := due(now):
            results = (result(effect).model_copy(update={"at": moment}) for effect in begun)
            now = begin(now, *begun)
            now = now.model_copy(update={"effects": (*now.effects, *results)})
        now = keeping_time(now, moment)
    return now


def harm_outcome(*children: str, nothing: bool = True, **changes: Any) -> RecordHarmOutcome:
    """Duty and Advice say what it came to: advice and no referral, or an assessment."""
    outcomes = (HarmOutcome.ADVICE_NO_REFERRAL if nothing else HarmOutcome.SINGLE_ASSESSMENT,)
    said = {
        "actor": SOCIAL_WORKER,
        "heard_from": HarmContact.DUTY_AND_ADVICE,
        "said_by": "the duty worker",
        "said_at": THEN,
        "children": tuple(ChildHarmOutcome(ref=ref, outcomes=outcomes) for ref in children or (CHILD,)),
    }
    return _step(RecordHarmOutcome, said, changes)


def came_to_nothing(*children: str) -> StepDownFacts:
    """Harm was reported of the first child, and came to nothing for all of them; the stop is not lifted yet."""
    return record(record(facts(*children), harm_report(children[0])), harm_outcome(*children))


def seen_in_mosaic(now: StepDownFacts, **says: object) -> StepDownFacts:
    """Each time that Mosaic was looked at, it held this of every child."""
    found = dict.fromkeys(EVERY_CHILD, NOTHING_KEEPS_OPEN.model_copy(update=says))
    looks = (one.effect.kind is EffectKind.LOOK_AT_CHILDREN for one in now.effects)
    results = zip(now.effects, looks, strict=True)
    return now.having(
        effects=tuple(one.model_copy(update={"records": found}) if look else one for one, look in results)
    )
