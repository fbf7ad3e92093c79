"""What is still missing, where the transfer stands, and how it ends."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache

import pytest

from models.effects import Ended
from models.journey.answers import NextStep
from models.journey.attention import raise_attention
from models.journey.details import details
from models.journey.missing import Missing
from models.journey.recording import record_result
from models.journey.rows import Doing, Need
from models.journey.steps import SpokenTo, Step
from models.kinds import EffectKind
from models.plans import PlanOutcome
from models.step_down.facts import StepDownFacts
from models.step_down.family import Responsibility
from models.step_down.journey import STEP_DOWN
from models.step_down.stage import Outcome, Stage
from models.step_down.stages.deciding import NONE_FOLLOWS
from models.step_down.start import Criteria
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters
from models.step_down.steps.consent import HolderAnswer, RecordConsent, RecordExploration
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordAdviceSummary, RecordDecisions
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    THEN,
    USUAL_START,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    at_meeting,
    attention,
    away,
    begin,
    born,
    by_post,
    cancellation,
    cancelled_meeting,
    child_consent,
    child_decision,
    close_child,
    conference,
    confirmation,
    consent,
    conversation,
    decided,
    decided_alone,
    decided_as,
    decided_unseen,
    decision,
    due,
    end,
    ended_without,
    exploration,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    facts_declined,
    facts_declined_and_talked_about,
    families_first,
    family_record,
    family_sharing,
    going_on_without,
    harm_not_taken,
    harm_outcome,
    harm_report,
    holder,
    in_child_protection,
    interim_contact,
    letter,
    letters,
    looked_at,
    meeting,
    no_letter,
    not_agreed,
    not_appropriate,
    not_authorised,
    not_known_when,
    not_seen,
    not_us,
    offer,
    on_a_plan,
    opening,
    other_service,
    passed_on,
    person,
    plan_before,
    plan_path,
    plan_sharing,
    practitioner,
    record,
    refused_consent,
    request,
    result,
    scheduled,
    seen,
    sharing_basis,
    taken_back,
    to_family,
    two_workers,
    unseen,
    waiting_for_the_manager,
    whole_path,
    withdrawal,
    without_mosaic,
)
from tests.step_down import missing_rows, next_steps, outcome, record_step, reject, stage, status, waiting_for, wanted

TRANSFER, CLOSES, STAYS = Decision.TRANSFER, Decision.NO_FURTHER_SUPPORT, Decision.STAYS_WITH_SOCIAL_WORK
BOTH = (CHILD, SIBLING)
SW, CONTACT, SERVICE = Role.SOCIAL_WORKER, Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE

EXPLORE = NextStep(
    step="record_exploration",
    who=SW,
    ask="Record what was explored with the family and the network, or why not.",
    clause="SD-05",
)
WHO_IS_WHO = NextStep(
    step="record_family",
    who=SW,
    ask="Record the people of the family: who they are to each child, how parental responsibility is held, and how "
    "they may safely be reached.",
    clause="SD-09c",
)
ASK_CONSENT = NextStep(
    step="record_consent",
    who=SW,
    ask="Ask the family for consent and record the answer, child by child.",
    clause="SD-09",
)
DECIDE_DISPUTE = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="What was said about consent is not enough by itself for a child: somebody else with parental "
    "responsibility objects, nobody with it can be reached, the child agrees alone, or lacks capacity. "
    "Decide whether the transfer goes on for this child.",
    clause="SD-09c",
)
TAKE_OUT = NextStep(
    step="record_family_sharing",
    who=SW,
    ask="Sharing a document was agreed for some of the children, and others are still in it: take them out, show the "
    "family that version, and record it.",
    clause="SD-09d",
)
LOOK_AT_REFUSAL = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="Consent was refused for a child. Look at whether the refusal changes the risk, or points to coercion "
    "or exploitation; the child's case is not closed before you have. If it does not, authorise; if it "
    "does, say no. Either way, give what you found as your reason.",
    clause="SD-09e",
)
SHARE_WITH_FAMILY = NextStep(
    step="record_family_sharing",
    who=SW,
    ask="Share the assessment with the family and record whether they agree that it is the basis.",
    clause="SD-10",
)
SEE = NextStep(
    step="record_first_contact",
    who=SERVICE,
    ask="See each child who passed on by the day that was agreed, and record who saw the child; or that the "
    "child was not seen, that the family refused or that it has to wait, and why.",
    clause="SD-37",
)
SAY_WHEN = NextStep(
    step="agree_start",
    who=SERVICE,
    ask="It is not known yet when support begins for a child who passed on: say from which day on.",
    clause="SD-13",
)
DECIDE_UNSEEN = NextStep(
    step="decide_first_contact",
    who=Role.TEAM_MANAGER,
    ask="A child who passed on has not been seen. Decide: accept it, with the day on which you look again; take the "
    "child back into social work; or go to Duty and Advice, whom you ring first.",
    clause="SD-37",
)
LOOK_AGAIN = NextStep(
    step="decide_first_contact",
    who=Role.TEAM_MANAGER,
    ask="A child who passed on was not seen, and you look at this again on the day that you named: decide again "
    "then, unless the child has been seen.",
    clause="SD-37",
)
CONFIRM_END = NextStep(
    step="confirm_meeting",
    who=Role.CONFERENCE_MANAGER,
    ask="The Child Protection plan of a child is said to have ended without a conference: the conference "
    "manager confirms it, and the child's case is not closed before. Or the social worker decides again for "
    "the child.",
    clause="SD-19a",
)
SHARING = NextStep(
    step=None, who=None, ask="The version that the family saw is being shared with the service.", clause="SD-11"
)
RESERVING = NextStep(step=None, who=None, ask="A child who was added is being reserved for this transfer.", clause=None)
LOOKING_UP = NextStep(step=None, who=None, ask="The service directory is being asked for the service.", clause="SD-06")
NOT_AGREED = NextStep(
    step="record_family_sharing",
    who=SW,
    ask="Not agreed: correct the document and share it again, or record that support goes on without it.",
    clause="SD-10a",
)
OFFER = NextStep(
    step="answer_request",
    who=CONTACT,
    ask="Answer the request: offer a date for the conversation, or say that it is not for this service.",
    clause="SD-07",
)
TALK_OVER = NextStep(
    step="record_contact_conversation",
    who=CONTACT,
    ask="Talk about the child who was added, or to whose support the family has agreed since, and record whether the "
    "service agreed to support them.",
    clause="SD-08",
)
ASK_AGAIN = NextStep(
    step="record_consent",
    who=SW,
    ask="Consent was withdrawn, or had never been given: ask the family, or decide something else for the child.",
    clause="SD-09a",
)
ANOTHER_SERVICE = NextStep(
    step="change_service",
    who=SW,
    ask="Another service may be named instead; the family is then asked for consent again.",
    clause="SD-09a",
)
PUT_RIGHT = NextStep(step="resolve_attention", who=Role.OPERATIONS, ask="Put right what needs attention.", clause=None)
SHARE_NEWER = NextStep(
    step="record_family_sharing",
    who=SW,
    ask="Mosaic holds a newer version of a document than the family saw: share it with the family and record that, or "
    "have operations skip the item with the reason.",
    clause="SD-11",
)
CONVERSE = NextStep(
    step="record_contact_conversation",
    who=CONTACT,
    ask="Hold the conversation with the social worker and record what was agreed; the family reads the priorities in "
    "its letters, word for word.",
    clause="SD-07",
)
SHARE_PLAN = NextStep(
    step="record_family_sharing",
    who=SW,
    ask="Share the plan and the newest assessment with the family and record, for each, whether they agree that it is "
    "the basis.",
    clause="SD-15",
)
SCHEDULE = NextStep(
    step="schedule_final_meeting",
    who=SW,
    ask="Schedule the final meeting; the service is invited to it.",
    clause="SD-18",
)
INVITING = NextStep(step=None, who=None, ask="The service is being invited to the final meeting.", clause="SD-18")
MEET = NextStep(
    step="record_final_meeting",
    who=SW,
    ask="Hold the final meeting and record what it says of each child.",
    clause="SD-19",
)
CONFIRM_MEETING = NextStep(
    step="confirm_meeting",
    who=Role.CHAIR,
    ask="The meeting agreed something before the conversation, or the service was not invited to that day: the "
    "chair of the meeting confirms it, or at a Child in Need review the team manager; or another meeting is "
    "held.",
    clause="SD-16",
)
CONFIRM_CONFERENCE = NextStep(
    step="confirm_meeting",
    who=Role.CHAIR,
    ask="A conference ended the Child Protection plan of a child: the chair of the meeting confirms it; the "
    "child's case is not closed before.",
    clause="SD-19a",
)
CONFIRM_STEP_DOWN = NextStep(
    step="confirm_meeting",
    who=Role.CHAIR,
    ask="It was recorded that a conference ended the Child Protection plan of a child who stays with social "
    "work: the chair of the meeting confirms it. Until then no letter that names the child is sent.",
    clause="SD-33d",
)
RING = NextStep(
    step="report_significant_harm",
    who=SW,
    ask="A risk of significant harm was reported. Ring Duty and Advice at once (out of hours, the emergency duty "
    "team). Then record who was spoken to and when: send the report again, as a correction of the first. If the "
    "service declined the child because of the risk, send a report about that child instead.",
    clause="SU-01",
)
LIFT = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="No referral or social work followed from the risk of significant harm for a child. Authorise that the stop "
    "is lifted, or say why not; nothing goes on until you do. For a brother or sister, give your reason as well.",
    clause="SD-39",
)
REPORT = NextStep(
    step="report_significant_harm",
    who=SW,
    ask="A report of significant harm came that could not be taken; the timeline says what could be read of it. Ring "
    "Duty and Advice at once (out of hours, the emergency duty team), and record the report.",
    clause="SU-01",
)
WHO_IS_MEANT = NextStep(
    step="report_significant_harm",
    who=SW,
    ask="A report of significant harm names somebody who is not in this transfer: ask now who reported it which child "
    "is meant. If it was mistyped, have it sent again, as a correction, with the right child. If it is a child of "
    "others, ring Duty and Advice about that child, too, have it reported where the child is, and have operations "
    "record the item as done by hand.",
    clause="SU-01",
)
NAME = NextStep(
    step="name_lead_practitioner",
    who=SW,
    ask="Name the practitioner who takes over for each child who passes on; it need not be the same one.",
    clause="SD-28",
)
ADVISE = NextStep(
    step="record_advice_summary",
    who=SW,
    ask="Record the summary of advice for each child who passes to Early Help.",
    clause="SD-30",
)
DECIDE = NextStep(
    step="record_decisions",
    who=SW,
    ask="Decide for each child what happens; the team manager records it, or authorises it.",
    clause="SD-23",
)
DECIDE_WHO_STAYS = NextStep(
    step="record_decisions",
    who=SW,
    ask="A risk of significant harm was reported: decide that each child for whom the team manager does not lift the "
    "stop stays with social work. Until then, nothing goes on for the other children, even where the stop is lifted.",
    clause="SD-39",
)
GO_ON_WITHOUT = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="Support is to go on without a document to which the family does not agree: authorise it, or say why not.",
    clause="SD-10a",
)
AGREE_TO_CONTACT = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="Until a practitioner is allocated there is to be an interim contact: authorise it, or say why not.",
    clause="SD-28",
)
AUTHORISE = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="A child's case is to be closed, as was decided: authorise it, or say why not. Nothing is closed until you do.",
    clause="SD-23b",
)
LOOKING = NextStep(step=None, who=None, ask="Mosaic is asked what it holds about the children.", clause="SD-19b")
SAY_WHY = NextStep(
    step="record_decisions",
    who=Role.SOCIAL_WORKER,
    ask=f"{NONE_FOLLOWS} Until then the child's case is not closed: decide again, as a correction that gives it.",
    clause="SD-40",
)
SAY_IT = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="Mosaic does not answer every question that could keep a child's case open (`transfers show ID "
    "--in-mosaic`). The child's case is not closed before you have said what you know about it: say it when "
    "you authorise the closing again, as a correction with your reason; or, if you decided it yourself, when "
    "you decide again.",
    clause="SD-19b",
)
AGREE_TO_POWER = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="Information is to be shared by a power or duty, and not by consent: authorise it, or say why not; "
    "nothing is shared until you do.",
    clause="SD-09e",
)
CONFIRM_NOTICE = NextStep(
    step="record_decisions",
    who=SW,
    ask="The case of a child who has moved is not closed until the authority there has confirmed our written "
    "notice: ask them again. Once they have, record the decision again, with the day, as a correction.",
    clause="SD-23a",
)
HOME_LOST = NextStep(
    step="record_decisions",
    who=SW,
    ask="It is not known where a brother or sister lives who shares a home with a child whose case is to be "
    "closed, so that case is not closed. Follow the missing-family procedure, and speak to Duty and Advice. "
    "If the two do not live together, record the family again; if it is known again where the brother or "
    "sister lives, decide again for them, and say so; or decide again for the child.",
    clause="SD-23a",
)
CLOSING = NextStep(
    step=None, who=None, ask="The children's cases are being closed in Mosaic as decided.", clause="SD-21"
)
APPROVE = NextStep(
    step="approve_letters",
    who=SW,
    ask="Approve the letters that tell the family, and the agencies, what is happening.",
    clause="SD-33",
)
APPROVE_ANEW = NextStep(
    step="approve_letters",
    who=SW,
    ask="What a letter says, or where it goes, has changed since it was approved: read it again, and approve it again.",
    clause="SD-33a",
)
TELL_THEMSELVES = NextStep(
    step="approve_letters",
    who=SW,
    ask="A young person who decided for themselves is not told: approve a letter to them, or say why none is written.",
    clause="SD-33",
)
TELL_HOLDER = NextStep(
    step="approve_letters",
    who=SW,
    ask="Somebody who holds parental responsibility is not told of a child: approve a letter to them, or say why none "
    "is written.",
    clause="SD-33a",
)
TELL_THE_AGENCY = NextStep(
    step="approve_letters",
    who=SW,
    ask="According to the exploration or Mosaic, an agency is involved that no letter tells: approve a letter "
    "to it, or say why none is written.",
    clause="SD-33c",
)
PRACTITIONER_ELSEWHERE = NextStep(
    step="name_lead_practitioner",
    who=SW,
    ask="According to the family record, somebody in the family reads what is sent to a practitioner's address, "
    "so nothing is sent there: name the practitioner with another address.",
    clause="SD-33a",
)
SERVICE_ELSEWHERE = NextStep(
    step="change_service",
    who=SW,
    ask="According to the family record, somebody in the family reads what is sent to the service's contact, so "
    "nothing is sent there: name another service; or, if the record is wrong, record the family again.",
    clause="SD-33a",
)
LETTER_AUTHORISED = NextStep(
    step="authorise",
    who=Role.TEAM_MANAGER,
    ask="A letter is to somebody unsafe to contact, or under an order: authorise sending it, or say why not.",
    clause="SD-33a",
)
APPROVE_WITHOUT_IT = NextStep(
    step="approve_letters",
    who=SW,
    ask="The team manager did not authorise a letter: approve the letters without it, and say why none is written.",
    clause="SD-33a",
)
SENDING_ADVICE = NextStep(
    step=None, who=None, ask="The summary of advice is being sent to the practitioner.", clause="SD-30"
)
TELLING_SAFETY = NextStep(
    step=None, who=None, ask="The practitioner is being told what keeps people safe.", clause="SD-30a"
)
HAND_OVER = NextStep(
    step="record_delivery",
    who=SW,
    ask="A letter goes by post or by hand: print it, post it or hand it over, and record who did and when.",
    clause="SD-33b",
)
GIVE_PART = NextStep(
    step="record_delivery",
    who=SW,
    ask="A practitioner is not sent a document, as it also tells about somebody else's child: give them what is "
    "about their own children, and record who did and when, or why it was not given.",
    clause="SD-31",
)
POSTED = family_record(people=(person(contact={"ways": [{"by": "post", "to": "1 Example Street"}]}),))
SENDING_LETTERS = NextStep(step=None, who=None, ask="The letters are being sent.", clause="SD-33")
TALK = NextStep(
    step="record_management_conversation",
    who=Role.TEAM_MANAGER,
    ask="The service has not accepted a child, or gave the child back: you are responsible for the child until "
    "a service has accepted the child or social work's case is open again. Talk with the Targeted Services "
    "Leader, and record what you agree.",
    clause="SD-29",
)
SETTLE = NextStep(
    step="record_decisions",
    who=Role.TEAM_MANAGER,
    ask="The service has not accepted a child or gave the child back, or you took the child back: you are "
    "responsible for the child until a service has accepted the child or social work's case is open again. "
    "What you can record now is listed below.",
    clause="SD-36",
)
RECOMMENDING = NextStep(
    step=None, who=None, ask="The practitioner is being recommended to tell Families First.", clause="SD-26"
)
CONFIRM = NextStep(
    step="record_families_first_notification",
    who=SERVICE,
    ask="Say that Families First was told of the support, or why not.",
    clause="SD-26",
)
TELL_AGENCY = NextStep(
    step="approve_letters",
    who=SW,
    ask="Universal services are enough for a child: approve a letter that tells an agency, or say why none is written.",
    clause="SD-32",
)
ALLOCATE = NextStep(
    step="name_lead_practitioner",
    who=SW,
    ask="Only an interim contact is named: name the practitioner once one is allocated.",
    clause="SD-28",
)
SAY_WHAT_IT_CAME_TO = NextStep(
    step="record_harm_outcome",
    who=SW,
    ask="Somebody was spoken to about a risk of significant harm: record what came of it for each child it was "
    "reported about, or decide that the child stays with social work.",
    clause="SD-39",
)
SPOKEN = SpokenTo(who="the duty worker", at=THEN)
ENDING = NextStep(step=None, who=None, ask="What was begun in other systems is being finished.", clause=None)
ACKNOWLEDGE = NextStep(
    step="acknowledge_transfer", who=SERVICE, ask="Acknowledge each child that was passed on.", clause="SD-35"
)


def without_machine(kind: type[Step], step: Step) -> StepDownFacts:
    """The path up to this step, which was recorded, and the machine has not begun what follows."""
    return record(facts_before(kind), step)


def of_the_father(address: str) -> RecordFamily:
    """He is reached there."""
    reached = {"ways": [{"by": "email", "to": address}]}
    return family_record(people=(person("mother"), person("father", lives_with=False, contact=reached)))


def closed_and_the_father_unsafe() -> StepDownFacts:
    unsafe = {"unsafe_because": "he threatened her", "ways": [{"by": "email", "to": "father@home.example"}]}
    people = (person(), person("father", lives_with=False, contact=unsafe))
    return record(closed_but_for_the_letters(), family_record(people=people))


def decided_and_mosaic_is_silent() -> StepDownFacts:
    """Mosaic did not say everything at first, and has not answered since the decision."""
    before = facts_before(RecordDecisions)
    silent = tuple(one.model_copy(update={"records": {}}) for one in before.effects)
    return record_step(before.having(effects=silent), decision(), NOW)


def looked_at_by_hand() -> StepDownFacts:
    """Mosaic's record could not be read, and a person says that they looked."""
    decided_ = decided_and_mosaic_is_silent()
    look = decided_.child(CHILD).look
    later = result(look, Ended.BY_HAND).model_copy(update={"at": NOW + timedelta(minutes=1)})
    return record_result(begin(decided_, look), later)


def closed_but_for_the_letters() -> StepDownFacts:
    before = without_machine(RecordDecisions, decision())
    return end(begin(before, close_child(CHILD)), close_child(CHILD))


def not_ended(now: StepDownFacts, kind: EffectKind) -> StepDownFacts:
    """As if this effect had not come to its end yet."""
    return now.model_copy(update={"effects": tuple(r for r in now.effects if r.effect.kind is not kind)})


def agreed_by(*children: str) -> StepDownFacts:
    return facts_before(RecordDecisions, *children)


def not_met(**criteria: bool) -> StepDownFacts:
    met = {"no_further_role": True, "needs_early_help_can_meet": True, "response_required": True}
    return facts(request=request(criteria=Criteria.model_validate({**met, "because": "as found", **criteria})))


WHERE: dict[str, tuple[Callable[[], StepDownFacts], Stage, tuple[NextStep, ...]]] = {
    "to be shared by a power": (
        lambda: facts_after(exploration(), consent(), sharing_basis(actor=SOCIAL_WORKER)),
        Stage.SHARING,
        (SHARE_WITH_FAMILY, AGREE_TO_POWER),
    ),
    "moved, and nobody there has answered": (
        lambda: facts_after(
            decided_as(child_decision(CHILD, Decision.MOVED_AWAY, moved=away())), before=facts_before(RecordDecisions)
        ),
        Stage.CLOSURE,
        (CONFIRM_NOTICE,),
    ),
    "at the start": (facts, Stage.CONSENT, (EXPLORE, ASK_CONSENT)),
    "explored": (lambda: facts_after(exploration()), Stage.CONSENT, (ASK_CONSENT,)),
    "asked before it was explored": (lambda: facts_after(consent()), Stage.CONSENT, (EXPLORE,)),
    "nobody knows the family": (
        lambda: facts_after(exploration(), before=facts(request=request(family=None))),
        Stage.CONSENT,
        (WHO_IS_WHO, ASK_CONSENT),
    ),
    "a child was added": (
        lambda: record(facts(), added_child()),
        Stage.CONSENT,
        (RESERVING, WHO_IS_WHO, EXPLORE, ASK_CONSENT),
    ),
    "a child was added late": (
        lambda: record(agreed_by(CHILD), added_child()),
        Stage.CONSENT,
        (RESERVING, WHO_IS_WHO, ASK_CONSENT),
    ),
    "another service is looked up": (
        lambda: record(facts_after(exploration()), other_service()),
        Stage.CONSENT,
        (LOOKING_UP, ASK_CONSENT),
    ),
    "another service needs consent anew": (
        lambda: facts_after(other_service(), before=agreed_by(CHILD)),
        Stage.CONSENT,
        (ASK_CONSENT,),
    ),
    "a newer version in Mosaic than the family saw": (
        lambda: raise_attention(
            facts_before(AcknowledgeTransfer), NOW, "newer_version", "Document assessment-1 version 2"
        ),
        Stage.CONFIRMATION,
        (ACKNOWLEDGE, SHARE_NEWER),
    ),
    "those with parental responsibility disagree": (
        lambda: facts_after(
            exploration(), consent(child_consent(CHILD, holder(), holder(HolderAnswer.REFUSED, "father")))
        ),
        Stage.CONSENT,
        (DECIDE_DISPUTE,),
    ),
    "one of two refuses, and is in the document": (
        lambda: facts_after(
            exploration(),
            consent(CHILD, child_consent(SIBLING, stands=False)),
            family_sharing(),
            before=facts(CHILD, SIBLING),
        ),
        Stage.SHARING,
        (TAKE_OUT, LOOK_AT_REFUSAL),
    ),
    "a risk of significant harm is reported": (
        lambda: facts_after(harm_report(), before=agreed_by(CHILD)),
        Stage.DECISION,
        (RING, DECIDE_WHO_STAYS),
    ),
    "a report of significant harm came to nothing": (
        lambda: facts_after(harm_report(), harm_outcome(), before=agreed_by(CHILD)),
        Stage.DECISION,
        (LIFT, DECIDE_WHO_STAYS),
    ),
    "a report of significant harm could not be taken": (
        lambda: reject(facts_before(RecordContactConversation), harm_not_taken()),
        Stage.CONVERSATION,
        (OFFER, CONVERSE, REPORT),
    ),
    "a report of significant harm names a child who is not here": (
        lambda: facts_after(harm_report(CHILD, "mistyped"), before=agreed_by(CHILD)),
        Stage.DECISION,
        (RING, DECIDE_WHO_STAYS, WHO_IS_MEANT),
    ),
    "consent given": (lambda: facts_before(RecordFamilySharing), Stage.SHARING, (SHARE_WITH_FAMILY,)),
    "the family does not agree to the basis": (
        lambda: without_machine(RecordFamilySharing, family_sharing(agreed_as_basis=False)),
        Stage.SHARING,
        (NOT_AGREED,),
    ),
    "the family agreed": (
        lambda: without_machine(RecordFamilySharing, family_sharing()),
        Stage.SHARING,
        (SHARING,),
    ),
    "support goes on without the document": (
        lambda: facts_after(going_on_without(), before=facts_before(RecordFamilySharing)),
        Stage.CONVERSATION,
        (OFFER, CONVERSE),
    ),
    "shared with the service": (lambda: facts_before(RecordContactConversation), Stage.CONVERSATION, (OFFER, CONVERSE)),
    "a date was offered": (
        lambda: facts_after(offer(), before=facts_before(RecordContactConversation)),
        Stage.CONVERSATION,
        (CONVERSE,),
    ),
    "not for this service, as its contact says": (
        lambda: facts_after(not_us(), before=facts_before(RecordContactConversation)),
        Stage.DECISION,
        (ANOTHER_SERVICE, DECIDE),
    ),
    "an added child is not talked over": (
        lambda: facts_after(
            added_child(),
            family_record(CHILD, "child-c"),
            consent("child-c", step_id="consent-c"),
            before=agreed_by(CHILD),
        ),
        Stage.CONVERSATION,
        (TALK_OVER,),
    ),
    "consent withdrawn": (
        lambda: facts_after(withdrawal(), before=agreed_by(CHILD)),
        Stage.DECISION,
        (ASK_AGAIN, DECIDE),
    ),
    "consent withdrawn before the conversation": (
        lambda: facts_after(withdrawal(), before=facts_before(RecordContactConversation)),
        Stage.DECISION,
        (ASK_AGAIN, DECIDE),
    ),
    "consent withdrawn for one of two before the conversation": (
        lambda: facts_after(withdrawal(SIBLING), before=facts_before(RecordContactConversation, CHILD, SIBLING)),
        Stage.CONVERSATION,
        (OFFER, CONVERSE),
    ),
    "consent withdrawn for one of two who are agreed": (
        lambda: facts_after(withdrawal(SIBLING), before=agreed_by(CHILD, SIBLING)),
        Stage.DECISION,
        (ASK_AGAIN, DECIDE),
    ),
    "consent withdrawn for one of two, who stays": (
        lambda: facts_after(withdrawal(SIBLING), decided({SIBLING: STAYS}), before=agreed_by(CHILD, SIBLING)),
        Stage.DECISION,
        (DECIDE,),
    ),
    "cancelled": (lambda: facts_after(cancellation()), Stage.DECISION, (DECIDE,)),
    "cancelled though it was not appropriate and consent was withdrawn": (
        lambda: facts_after(consent(), not_appropriate(), withdrawal(), cancellation()),
        Stage.DECISION,
        (DECIDE,),
    ),
    "cancelled and one of two decided": (
        lambda: facts_after(cancellation(), decided({CHILD: STAYS}), before=facts(CHILD, SIBLING)),
        Stage.DECISION,
        (DECIDE,),
    ),
    "not for Early Help from the start": (lambda: not_met(no_further_role=False), Stage.DECISION, (DECIDE,)),
    "something needs attention at the end": (
        lambda: raise_attention(facts_before(AcknowledgeTransfer), NOW, "in_clear", "A step"),
        Stage.CONFIRMATION,
        (ACKNOWLEDGE, PUT_RIGHT),
    ),
    "consent given, out of a plan": (lambda: plan_before(RecordFamilySharing), Stage.SHARING, (SHARE_PLAN,)),
    "only the plan shared, out of a plan": (
        lambda: facts_after(plan_sharing(), before=plan_before(RecordFamilySharing)),
        Stage.SHARING,
        (SHARE_PLAN,),
    ),
    "conversation held, out of a plan": (
        lambda: plan_before(ScheduleFinalMeeting),
        Stage.FINAL_MEETING,
        (SCHEDULE,),
    ),
    "final meeting scheduled": (
        lambda: record(plan_before(ScheduleFinalMeeting), scheduled()),
        Stage.FINAL_MEETING,
        (INVITING, MEET),
    ),
    "the service has accepted the child, and is to see it": (passed_on, Stage.FIRST_CONTACT, (SEE,)),
    "nobody has said when support begins": (not_known_when, Stage.FIRST_CONTACT, (SAY_WHEN,)),
    "the service did not see the child": (
        lambda: facts_after(unseen(), before=passed_on()),
        Stage.FIRST_CONTACT,
        (DECIDE_UNSEEN,),
    ),
    "the manager accepts that until a day": (
        lambda: facts_after(unseen(), decided_unseen(not_seen(review_on=USUAL_START)), before=passed_on()),
        Stage.FIRST_CONTACT,
        (LOOK_AGAIN,),
    ),
    "the manager takes the child back": (taken_back, Stage.CONFIRMATION, (SETTLE,)),
    "service invited to the final meeting": (lambda: plan_before(RecordFinalMeeting), Stage.FINAL_MEETING, (MEET,)),
    "final meeting cancelled": (
        lambda: facts_after(cancelled_meeting(), before=plan_before(RecordFinalMeeting)),
        Stage.FINAL_MEETING,
        (SCHEDULE,),
    ),
    "final meeting held without the service being invited": (
        lambda: facts_after(meeting(), before=plan_before(ScheduleFinalMeeting)),
        Stage.FINAL_MEETING,
        (CONFIRM_MEETING,),
    ),
    "final meeting agreed": (
        lambda: plan_before(NameLeadPractitioner),
        Stage.DECISION,
        (NAME, ADVISE, DECIDE),
    ),
    "final meeting agreed no child": (
        lambda: facts_after(
            meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED)), before=plan_before(RecordFinalMeeting)
        ),
        Stage.DECISION,
        (DECIDE,),
    ),
    "conversation held": (lambda: facts_before(NameLeadPractitioner), Stage.DECISION, (NAME, ADVISE, DECIDE)),
    "practitioner named": (lambda: facts_before(RecordAdviceSummary), Stage.DECISION, (ADVISE, DECIDE)),
    "advice recorded": (lambda: facts_before(RecordDecisions), Stage.DECISION, (DECIDE,)),
    "decided, and looked at by hand": (looked_at_by_hand, Stage.DECISION, (SAY_IT, SAY_WHY)),
    "decided, and Mosaic is silent": (decided_and_mosaic_is_silent, Stage.CLOSURE, (LOOKING,)),
    "decided": (lambda: without_machine(RecordDecisions, decision()), Stage.CLOSURE, (CLOSING,)),
    "closed in Mosaic": (closed_but_for_the_letters, Stage.CONFIRMATION, (APPROVE, SENDING_ADVICE, ACKNOWLEDGE)),
    "letters approved": (
        lambda: record(closed_but_for_the_letters(), letters()),
        Stage.CONFIRMATION,
        (SENDING_ADVICE, SENDING_LETTERS, ACKNOWLEDGE),
    ),
    "somebody was spoken to about a risk of significant harm to a child who has passed on": (
        lambda: record(facts_before(AcknowledgeTransfer), harm_report(spoken_to=SPOKEN)),
        Stage.CONFIRMATION,
        (ENDING, ACKNOWLEDGE, SAY_WHAT_IT_CAME_TO),
    ),
    "what keeps people safe has changed since the summary left": (
        lambda: record(facts_before(AcknowledgeTransfer), family_record(risks_to_workers="a dog")),
        Stage.CONFIRMATION,
        (TELLING_SAFETY, ENDING, ACKNOWLEDGE),
    ),
    "somebody of the family reads at the practitioner's address": (
        lambda: record(facts_before(RecordDecisions), of_the_father("pat@hill.example")),
        Stage.DECISION,
        (DECIDE, PRACTITIONER_ELSEWHERE),
    ),
    "somebody of the family reads what the service's contact is sent": (
        lambda: record(facts_after(exploration(), consent()), of_the_father("contact@north.example")),
        Stage.SHARING,
        (SHARE_WITH_FAMILY, SERVICE_ELSEWHERE),
    ),
    "all sent": (lambda: facts_before(AcknowledgeTransfer), Stage.CONFIRMATION, (ACKNOWLEDGE,)),
    "declined by the service": (
        facts_declined,
        Stage.CONFIRMATION,
        (TALK,),
    ),
    "declined by the service, and the managers have talked": (
        facts_declined_and_talked_about,
        Stage.CONFIRMATION,
        (SETTLE,),
    ),
    "passed on to an interim contact": (
        lambda: facts_after(
            interim_contact(),
            advice(),
            decision(),
            letters(),
            acknowledgement(),
            seen(),
            before=facts_before(NameLeadPractitioner),
        ),
        Stage.CONFIRMATION,
        (ALLOCATE,),
    ),
    "the service without Mosaic has answered, and Families First is to be told": (
        lambda: facts_after(*whole_path(), before=facts(opening=opening(service=without_mosaic()))),
        Stage.CONFIRMATION,
        (CONFIRM,),
    ),
    "universal services are enough, and only the family's letter was approved before": (
        lambda: facts_after(
            letters(no_letter()), decided({CHILD: Decision.UNIVERSAL_ONLY}), before=facts_before(RecordDecisions)
        ),
        Stage.CONFIRMATION,
        (TELL_AGENCY,),
    ),
    "a letter was approved, and its reader is safely reached somewhere else since": (
        lambda: record(
            record(closed_but_for_the_letters(), letters()),
            family_record(people=(person(contact={"ways": [{"by": "email", "to": "new@home.example"}]}),)),
        ),
        Stage.CONFIRMATION,
        (APPROVE_ANEW, SENDING_ADVICE, ACKNOWLEDGE),
    ),
    "a letter goes by post": (
        lambda: record(
            record(closed_but_for_the_letters(), POSTED),
            letters(by_post()),
        ),
        Stage.CONFIRMATION,
        (SENDING_ADVICE, HAND_OVER, ACKNOWLEDGE),
    ),
    "a practitioner is not sent a document in which another one's child stands": (
        lambda: two_workers(to_family(CHILD, SIBLING)),
        Stage.CONFIRMATION,
        (GIVE_PART, ACKNOWLEDGE),
    ),
    "somebody else is known to hold parental responsibility since the letters were approved": (
        lambda: record(
            record(closed_but_for_the_letters(), letters()),
            family_record(people=(person(), person("grandmother", by=Responsibility.ORDER))),
        ),
        Stage.CONFIRMATION,
        (TELL_HOLDER, SENDING_ADVICE, SENDING_LETTERS, ACKNOWLEDGE),
    ),
    "a young person who decided for themselves is not told": (
        lambda: record(
            record(decided_alone(), letters(letter(), no_letter("none", person="young"))),
            family_record(children=(born(age=17),), step_id="f-2"),
        ),
        Stage.CONFIRMATION,
        (TELL_THEMSELVES, TELLING_SAFETY, SENDING_LETTERS, ACKNOWLEDGE),
    ),
    "another agency is known to be involved since the letters were approved": (
        lambda: record(
            record(closed_but_for_the_letters(), letters()),
            exploration(agencies=("Hill School",), step_id="e-2", corrects="record_exploration"),
        ),
        Stage.CONFIRMATION,
        (TELL_THE_AGENCY, SENDING_ADVICE, SENDING_LETTERS, ACKNOWLEDGE),
    ),
    "a letter is to somebody unsafe to contact": (
        lambda: record(closed_and_the_father_unsafe(), letters(letter(), letter("letter-3", person="father"))),
        Stage.CONFIRMATION,
        (LETTER_AUTHORISED, SENDING_ADVICE, SENDING_LETTERS, ENDING, ACKNOWLEDGE),
    ),
    "the manager does not authorise the letter to somebody unsafe": (
        lambda: record(
            record(closed_and_the_father_unsafe(), letters(letter(), letter("letter-3", person="father"))),
            not_authorised("approve_letters"),
        ),
        Stage.CONFIRMATION,
        (APPROVE_WITHOUT_IT, SENDING_ADVICE, SENDING_LETTERS, ENDING, ACKNOWLEDGE),
    ),
    "Families First is being recommended": (
        lambda: not_ended(
            facts_after(*whole_path(), families_first(), before=facts(opening=opening(service=without_mosaic()))),
            EffectKind.RECOMMEND_FAMILIES_FIRST,
        ),
        Stage.CONFIRMATION,
        (ENDING, RECOMMENDING),
    ),
    "the request to the contact is still on its way": (
        lambda: not_ended(facts_closed(), EffectKind.REQUEST_CONVERSATION),
        Stage.CONFIRMATION,
        (ENDING,),
    ),
    "acknowledged": (facts_closed, Stage.CLOSED, ()),
    "refused by the family": (lambda: facts_after(refused_consent()), Stage.DECISION, (DECIDE, LOOK_AT_REFUSAL)),
    "refused by the family after the service had agreed": (
        lambda: facts_after(exploration(), conversation(), refused_consent()),
        Stage.DECISION,
        (DECIDE, LOOK_AT_REFUSAL),
    ),
    "not appropriate for the service": (
        lambda: facts_after(exploration(), consent(), not_appropriate()),
        Stage.DECISION,
        (ANOTHER_SERVICE, DECIDE),
    ),
    "not appropriate before it was explored": (
        lambda: facts_after(consent(), not_appropriate()),
        Stage.DECISION,
        (ANOTHER_SERVICE, DECIDE),
    ),
    "held before the family answered": (
        lambda: facts_after(exploration(), conversation()),
        Stage.CONSENT,
        (ASK_CONSENT,),
    ),
    "held before it was shared": (
        lambda: facts_after(exploration(), consent(), conversation()),
        Stage.SHARING,
        (SHARE_WITH_FAMILY,),
    ),
    "refused and decided": (
        lambda: facts_after(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK})),
        Stage.CONFIRMATION,
        (APPROVE,),
    ),
    "a letter that is not written is not waited for": (
        lambda: facts_after(
            refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters(no_letter())
        ),
        Stage.CLOSED,
        (),
    ),
    "one of two children decided": (
        lambda: facts_after(decided({CHILD: Decision.TRANSFER}), before=facts_before(RecordDecisions, CHILD, SIBLING)),
        Stage.DECISION,
        (DECIDE,),
    ),
    "support is to go on without the document": (
        lambda: facts_after(going_on_without(actor=SOCIAL_WORKER), before=facts_before(RecordFamilySharing)),
        Stage.SHARING,
        (GO_ON_WITHOUT,),
    ),
    "an interim contact whom the social worker named": (
        lambda: facts_after(interim_contact(actor=SOCIAL_WORKER), before=facts_before(NameLeadPractitioner)),
        Stage.DECISION,
        (AGREE_TO_CONTACT, ADVISE, DECIDE),
    ),
    "a conference whose chair has not confirmed the end of the plan": (
        lambda: facts_after(
            conference(actor=SOCIAL_WORKER), before=plan_before(RecordFinalMeeting, before=in_child_protection())
        ),
        Stage.FINAL_MEETING,
        (CONFIRM_CONFERENCE,),
    ),
    "a conference that stepped a plan down, as the social worker recorded it": (
        lambda: facts_after(
            conference(
                at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED),
                actor=SOCIAL_WORKER,
            ),
            decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}),
            letters(),
            before=plan_before(RecordFinalMeeting, before=in_child_protection()),
        ),
        Stage.CONFIRMATION,
        (CONFIRM_STEP_DOWN,),
    ),
    "a plan that ended without a conference": (
        lambda: record(in_child_protection(), decided_as(ended_without())),
        Stage.DECISION,
        (CONFIRM_END,),
    ),
    "decided by the social worker": (waiting_for_the_manager, Stage.DECISION, (AUTHORISE,)),
    "decided by the social worker for one of two children, before anything else": (
        lambda: facts_after(
            decided({CHILD: Decision.NO_FURTHER_SUPPORT}, actor=SOCIAL_WORKER), before=facts(CHILD, SIBLING)
        ),
        Stage.CONSENT,
        (EXPLORE, ASK_CONSENT, AUTHORISE),
    ),
    "no advice for the sibling that the service did not agree": (
        lambda: facts_after(
            exploration(),
            consent(CHILD, SIBLING),
            family_sharing(),
            conversation(agreed_child(CHILD), not_agreed(SIBLING)),
            practitioner(),
            advice(CHILD),
            before=facts(CHILD, SIBLING),
        ),
        Stage.DECISION,
        (DECIDE,),
    ),
    "nobody passes on, though all was agreed": (
        lambda: facts_after(decided({CHILD: Decision.NO_FURTHER_SUPPORT}), before=facts_before(NameLeadPractitioner)),
        Stage.CONFIRMATION,
        (APPROVE,),
    ),
    "nobody knows where a child of the same home lives": (
        lambda: facts_after(
            decided({SIBLING: Decision.NO_FURTHER_SUPPORT}),
            decided_as(child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=False), step_id="lost"),
            before=facts_before(RecordDecisions, CHILD, SIBLING),
        ),
        Stage.DECISION,
        (HOME_LOST,),
    ),
    "a duplicate": (lambda: facts(opening=opening(duplicate_of="transfer-0")), Stage.CLOSED, ()),
}


def told(stage: Stage, row: Need | Doing) -> Missing:
    """What is said while the row keeps its stage from ending."""
    if isinstance(row, Need):
        return Missing(stage, row.clause, row.step, row.who, row.ask, row.clock)
    return Missing(stage, row.clause, None, None, row.words)


NEEDS = [told(stage, row) for stage, row in STEP_DOWN.missing]


@cache
def held_up_here() -> Sequence[Missing]:
    """Whatever one of the transfers lacks."""
    return [need._replace(of=(), ways=()) for now, _, _ in WHERE.values() for need in missing_rows(now())]


@cache
def lacking_at_the_end() -> Sequence[Missing]:
    ways = facts_closed(), facts_after(*plan_path(), before=on_a_plan())
    return [need for closed in ways for need in missing_rows(closed)]


def clauses(lacks: tuple[NextStep, ...]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.clause(clause) for clause in sorted({need.clause for need in lacks if need.clause})]


@pytest.mark.parametrize(
    ("now", "where", "lacks"), [pytest.param(*said, id=name, marks=clauses(said[2])) for name, said in WHERE.items()]
)
def test_a_transfer_says_where_it_stands_and_what_it_lacks(
    now: Callable[[], StepDownFacts], where: Stage, lacks: tuple[NextStep, ...]
) -> None:
    asked = tuple(need.model_copy(update={"by": None, "of": (), "ways": ()}) for need in next_steps(now()))
    assert (stage(now()), asked) == (where, lacks)


ACTS = {"authorise", "confirm_meeting", "decide_first_contact"}


@pytest.mark.parametrize(
    "now", [pytest.param(now, id=name) for name, (now, _, lacks) in WHERE.items() if ACTS & {n.step for n in lacks}]
)
def test_an_act_that_is_asked_for_says_what_it_is_about_with_the_command_to_copy(
    now: Callable[[], StepDownFacts],
) -> None:
    acts = [need for need in next_steps(now()) if need.step in ACTS]
    assert all(need.of for need in acts)
    for about in (about for need in acts for about in need.of):
        entry = now().entry(about.step_id)
        assert entry is not None
        assert about.told.removesuffix("; the chair is Robin Sample (chair-1)") == entry.told
        assert about.command("transfer-1") == f"transfers step transfer-1 FILE --of {about.step_id}"
        assert about.command("transfer-1") in details(status(now()))


@pytest.mark.clause("SD-19a")
def test_the_chair_reads_what_they_are_to_confirm_as_long_as_they_are_and_the_directory_has_them() -> None:
    waits = WHERE["a conference whose chair has not confirmed the end of the plan"][0]()
    assert status(waits).named_people == ("sw-7", "tm-1", "chair-1")
    [about] = [about for need in next_steps(waits) if need.who is Role.CHAIR for about in need.of]
    confirmed = facts_after(confirmation(about.step_id), before=waits)
    assert status(confirmed).named_people == ("sw-7", "tm-1")
    unknown = waits.having(opening=opening(people=()))
    assert status(unknown).named_people == ("sw-7", "tm-1")


@pytest.mark.clause("SD-16")
def test_the_chair_who_is_asked_to_confirm_a_meeting_is_named() -> None:
    [need] = [
        need
        for need in next_steps(WHERE["a conference whose chair has not confirmed the end of the plan"][0]())
        if need.who is Role.CHAIR
    ]
    assert [about.told.partition("; ")[2] for about in need.of] == ["the chair is Robin Sample (chair-1)"]
    assert "the chair is Robin Sample (chair-1)" in details(
        status(WHERE["a conference whose chair has not confirmed the end of the plan"][0]())
    )


@pytest.mark.parametrize(
    "need",
    [pytest.param(need, id=f"{need.clause} {need.ask}") for need in NEEDS],
)
def test_every_need_holds_up_a_transfer_here_and_is_met_in_the_end(need: Missing) -> None:
    assert need in held_up_here()
    assert need not in lacking_at_the_end()


@pytest.mark.parametrize(
    ("who", "step", "said"),
    [
        *((need.who, need.step, need.ask) for need in NEEDS if need.step),
        *((Role.TEAM_MANAGER, up.step, up.ask) for up in STEP_DOWN.time_is_up.values() if up.step),
    ],
)
def test_whoever_is_asked_for_a_step_may_record_it_or_reads_who_does(who: Role, step: type[Step], said: str) -> None:
    assert who in step.recorded_by or any(f"the {role.words} " in said for role in step.recorded_by)


@pytest.mark.parametrize(
    ("start", "path", "stages"),
    [
        (facts, whole_path(), [stage for stage in Stage if stage is not Stage.FINAL_MEETING]),
        (on_a_plan, plan_path(), list(Stage)),
    ],
    ids=["out of an assessment", "out of a plan"],
)
def test_the_stages_follow_each_other_in_the_order_of_the_guidance(
    start: Callable[[], StepDownFacts], path: tuple[Step, ...], stages: list[Stage]
) -> None:
    passed, now = [], start()
    for step in path:
        now = record(now, step)
        passed.append(stage(now))
        while begun := due(now):
            now = end(begin(now, *begun), *begun)
            passed.append(stage(now))
    assert list(dict.fromkeys(passed)) == stages


def test_an_early_step_is_not_asked_for_again() -> None:
    assert next_steps(facts_after(practitioner(), before=facts_before(RecordContactConversation))) == (OFFER, CONVERSE)
    later = facts_after(practitioner(), conversation(), before=facts_before(RecordContactConversation))
    assert next_steps(later) == (ADVISE, DECIDE)


@pytest.mark.parametrize(
    ("now", "roles"),
    [
        (facts, ("social_worker",)),
        (lambda: facts_before(RecordContactConversation), ("early_help_contact",)),
        (closed_but_for_the_letters, ("social_worker", "early_help_service")),
        (lambda: without_machine(RecordFamilySharing, family_sharing()), ("nobody",)),
        (facts_closed, ("nobody",)),
    ],
    ids=["start", "conversation", "confirmation", "machine at work", "closed"],
)
def test_a_transfer_waits_for_roles_named_once_or_for_nobody(
    now: Callable[[], StepDownFacts], roles: tuple[str, ...]
) -> None:
    assert waiting_for(now()) == roles


def test_what_needs_attention_waits_for_operations_beside_everybody_else() -> None:
    before = not_ended(facts_before(RecordContactConversation), EffectKind.REQUEST_CONVERSATION)
    raised = before.model_copy(update={"raised": (attention(before.begun[-1]),)})
    assert waiting_for(raised) == ("early_help_contact", "operations")


def ended_with(*decisions: Decision, before: StepDownFacts | None = None) -> StepDownFacts:
    refs = (CHILD, SIBLING)[: len(decisions)]
    start = before or facts_before(RecordDecisions, *refs)
    passed = [ref for ref, how in zip(refs, decisions, strict=True) if how is Decision.TRANSFER]
    steps: list[Step] = [decided(dict(zip(refs, decisions, strict=True))), to_family(*refs)]
    return facts_after(*steps, *([acknowledgement(*passed), seen(*passed)] if passed else []), before=start)


def partly_refused() -> Step:
    return consent(child_consent(CHILD), child_consent(SIBLING, stands=False))


@pytest.mark.parametrize(
    ("now", "how"),
    [
        (lambda: ended_with(TRANSFER), Outcome.TRANSFERRED),
        (lambda: ended_with(TRANSFER, STAYS), Outcome.TRANSFERRED),
        (lambda: ended_with(CLOSES, TRANSFER), Outcome.TRANSFERRED),
        (lambda: ended_with(CLOSES), Outcome.NO_FURTHER_SUPPORT),
        (lambda: ended_with(CLOSES, STAYS), Outcome.NO_FURTHER_SUPPORT),
        (lambda: ended_with(STAYS), Outcome.NOT_ELIGIBLE),
        (lambda: ended_with(STAYS, STAYS), Outcome.NOT_ELIGIBLE),
        (lambda: ended_with(STAYS, before=facts_after(refused_consent(), looked_at())), Outcome.CONSENT_REFUSED),
        (lambda: ended_with(CLOSES, before=facts_after(refused_consent(), looked_at())), Outcome.CONSENT_REFUSED),
        (lambda: ended_with(STAYS, before=facts_after(consent(), not_appropriate())), Outcome.NOT_APPROPRIATE),
        (
            lambda: ended_with(STAYS, before=facts_after(refused_consent(), looked_at(), not_appropriate())),
            Outcome.CONSENT_REFUSED,
        ),
        (lambda: ended_with(STAYS, before=not_met(no_further_role=False)), Outcome.NOT_ELIGIBLE),
        (lambda: ended_with(CLOSES, before=not_met(response_required=False)), Outcome.NOT_ELIGIBLE),
        (
            lambda: ended_with(
                STAYS,
                before=facts_after(refused_consent(), looked_at(), before=not_met(needs_early_help_can_meet=False)),
            ),
            Outcome.NOT_ELIGIBLE,
        ),
        (
            lambda: ended_with(STAYS, before=facts_after(cancellation(), before=not_met(no_further_role=False))),
            Outcome.NOT_ELIGIBLE,
        ),
        (lambda: ended_with(STAYS, before=facts_after(consent(), withdrawal())), Outcome.CONSENT_WITHDRAWN),
        (
            lambda: ended_with(
                STAYS, STAYS, before=facts_after(partly_refused(), looked_at(), withdrawal(), before=facts(*BOTH))
            ),
            Outcome.CONSENT_WITHDRAWN,
        ),
        (
            lambda: ended_with(STAYS, before=facts_after(consent(), not_appropriate(), withdrawal())),
            Outcome.CONSENT_WITHDRAWN,
        ),
        (
            lambda: ended_with(STAYS, before=facts_after(not_us(), before=facts_before(RecordContactConversation))),
            Outcome.NOT_APPROPRIATE,
        ),
        (lambda: ended_with(CLOSES, before=facts_after(consent(), not_appropriate())), Outcome.NOT_APPROPRIATE),
        (
            lambda: ended_with(TRANSFER, STAYS, before=facts_after(withdrawal(SIBLING), before=agreed_by(*BOTH))),
            Outcome.TRANSFERRED,
        ),
        (lambda: ended_with(STAYS, before=facts_after(cancellation())), Outcome.CANCELLED),
        (
            lambda: ended_with(STAYS, STAYS, before=facts_after(cancellation(), before=agreed_by(*BOTH))),
            Outcome.CANCELLED,
        ),
        (lambda: ended_with(CLOSES, before=facts_after(cancellation())), Outcome.NO_FURTHER_SUPPORT),
        (
            lambda: ended_with(STAYS, before=facts_after(refused_consent(), looked_at(), cancellation())),
            Outcome.CONSENT_REFUSED,
        ),
        (
            lambda: ended_with(STAYS, before=facts_after(consent(), withdrawal(), cancellation())),
            Outcome.CONSENT_WITHDRAWN,
        ),
        (lambda: ended_with(STAYS, before=facts_after(not_appropriate(), cancellation())), Outcome.NOT_APPROPRIATE),
        (lambda: facts(opening=opening(duplicate_of="transfer-0")), Outcome.DUPLICATE),
        (
            lambda: not_met(response_required=False).model_copy(update={"opening": opening(duplicate_of="transfer-0")}),
            Outcome.DUPLICATE,
        ),
    ],
)
def test_a_transfer_ends_with_the_first_outcome_that_applies(now: Callable[[], StepDownFacts], how: Outcome) -> None:
    assert outcome(now()) is how


@pytest.mark.parametrize(
    "kind",
    [RecordExploration, RecordConsent, RecordFamilySharing, RecordDecisions, ApproveLetters, AcknowledgeTransfer],
    ids=lambda kind: kind.__name__,
)
def test_an_open_transfer_has_no_outcome(kind: type[Step]) -> None:
    assert outcome(facts_before(kind)) is None


def test_the_summary_is_asked_for_each_agreed_child_that_is_not_decided_yet() -> None:
    before = facts_before(RecordAdviceSummary, CHILD, SIBLING)
    assert next_steps(facts_after(advice(CHILD), before=before)) == (ADVISE, DECIDE)
    assert next_steps(facts_after(advice(CHILD), decided({SIBLING: STAYS}), before=before)) == (DECIDE,)


def test_a_child_that_was_skipped_in_mosaic_counts_as_ended_for_the_stage() -> None:
    before = without_machine(RecordDecisions, decision())
    assert next_steps(before) == (CLOSING,)
    assert stage(end(begin(before, close_child(CHILD)), close_child(CHILD), ended=Ended.SKIPPED)) is Stage.CONFIRMATION


def test_a_conversation_that_agrees_no_child_turns_the_transfer_away() -> None:
    now = facts_after(conversation(not_agreed()), before=facts_before(RecordContactConversation))
    assert next_steps(now) == (ANOTHER_SERVICE, DECIDE)


@pytest.mark.clause("SD-11")
def test_a_transfer_does_not_end_while_something_that_was_begun_is_still_being_done() -> None:
    sharing = without_machine(RecordFamilySharing, family_sharing())
    begun = begin(sharing, *due(sharing))
    now = facts_after(not_appropriate(), decided({CHILD: STAYS}), letters(), before=begun)
    assert stage(now) is not Stage.CLOSED, "the sharing of the document has not come to its end"


def test_what_the_journey_wants_is_calculated_once_for_the_same_facts() -> None:
    now = facts_before(RecordDecisions, CHILD, SIBLING)
    assert wanted(now) is wanted(now)
