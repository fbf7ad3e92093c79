from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from models.attention import Resolution
from models.census import ClosureReason
from models.effects import Effect, Ended
from models.journey.answers import Refusal
from models.journey.attention import raise_attention
from models.journey.harm_outcome import HarmContact
from models.journey.people import NOT_IN_DIRECTORY
from models.journey.recording import record_result
from models.journey.refusing import NOT_FOR_OTHERS, SAY_FOR_WHOM
from models.journey.resolving import ROWS
from models.journey.steps import IN_THE_FUTURE, ResolveAttention, Step, step_name
from models.kinds import ClockKind, EffectKind
from models.people import Person
from models.services import ContactKind
from models.step_down.facts import StepDownFacts
from models.step_down.family import Responsibility
from models.step_down.held import STAYS_OPEN
from models.step_down.journey import STEP_DOWN
from models.step_down.stage import Stage
from models.step_down.start import Criteria
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters
from models.step_down.steps.consent import ChildConsent, HolderAnswer, LacksCapacity
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import (
    Decision,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordDecisions,
)
from models.step_down.steps.endings import HowPlanEnded
from models.step_down.steps.every import STEPS
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.first_contact import Became, Unseen
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import Actor, ChildRef, Role, local_time
from tests.builders import (
    ASSESSMENT,
    CHAIR,
    CHILD,
    CONFERENCE_MANAGER,
    CONTACT,
    FOR_GOOD,
    MANAGER,
    NOW,
    OPERATIONS,
    SERVICE,
    SIBLING,
    SOCIAL_WORKER,
    a_person_chooses,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    agreed_start,
    as_read,
    at_meeting,
    attention,
    authorised,
    away,
    begin,
    born,
    by_post,
    by_power,
    came_to_nothing,
    cancellation,
    cancelled_meeting,
    child_consent,
    child_decision,
    close_child,
    competent,
    conference,
    confirmation,
    consent,
    consent_to_all,
    conversation,
    decided,
    decided_alone,
    decided_as,
    decided_unseen,
    decision,
    delivery,
    due,
    each_with_its_own_assessment,
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
    family,
    family_record,
    family_sharing,
    going_on_without,
    harm_outcome,
    harm_report,
    holder,
    in_child_protection,
    in_directory,
    interim_contact,
    keeping_time,
    let_time_pass,
    letter,
    letter_to_agency,
    letters,
    letters_alone,
    london,
    looked_at,
    management_conversation,
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
    own_assessment,
    own_word,
    part_given,
    passed_on,
    pause,
    person,
    plan_before,
    practitioner,
    reassigned,
    recalculation,
    record,
    refused,
    refused_consent,
    request,
    resolution,
    result,
    resume,
    scheduled,
    seen,
    seen_in_mosaic,
    service,
    sharing_basis,
    the_share,
    to_family,
    two_workers,
    unseen,
    voice,
    waiting_for_the_manager,
    whole_path,
    with_school,
    withdrawal,
    withheld,
    without_mosaic,
)
from tests.colleagues import manager
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.step_down import everything_wanted, refusal, stage, status


def of_whom_mosaic_does_not_say_everything() -> StepDownFacts:
    """It waits for the manager, and Mosaic says nothing of proceedings."""
    return seen_without_proceedings(waiting_for_the_manager())


def seen_without_proceedings(now: StepDownFacts) -> StepDownFacts:
    silent = NOTHING_KEEPS_OPEN.model_copy(update={"proceedings": None})
    return record_result(now, result(now.child(CHILD).look).model_copy(update={"records": {CHILD: silent}, "at": NOW}))


def stays(*children: str, **changes: Any) -> RecordDecisions:
    return decided(dict.fromkeys(children or (CHILD,), Decision.STAYS_WITH_SOCIAL_WORK), **changes)


def being_closed() -> StepDownFacts:
    before = record(facts_before(RecordDecisions), decision())
    return begin(before, close_child(CHILD))


def shared_without_exploration() -> StepDownFacts:
    before = facts_after(consent(), family_sharing(), conversation())
    share = the_share(before)
    assert share is not None
    return end(begin(before, share), share)


def needs_a_person(effect: Effect, before: StepDownFacts | None = None, problem: str = "locked") -> StepDownFacts:
    now = before or being_closed()
    begun = now if effect in now.begun else begin(now, effect)
    return begun.model_copy(update={"raised": (attention(effect, problem=problem),)})


def after_the_meeting(*held: RecordFinalMeeting, invited: bool = True) -> StepDownFacts:
    """Out of a plan, with everything for a decision but what the meeting said."""
    before = plan_before(RecordFinalMeeting if invited else ScheduleFinalMeeting)
    return facts_after(*held, practitioner(), advice(), before=before)


SHARE = Effect(kind=EffectKind.SHARE_DOCUMENT, document=ASSESSMENT, version=1, service="service-north")
LOOK_UP = Effect(kind=EffectKind.LOOK_UP_SERVICE, service="service-south", step="change_service")
RESERVE = Effect(kind=EffectKind.RESERVE_CHILD, child="child-c")


def sharing_waits() -> StepDownFacts:
    return needs_a_person(SHARE, record(facts_before(RecordFamilySharing), family_sharing()))


def service_unknown() -> StepDownFacts:
    return needs_a_person(LOOK_UP, record(facts(), other_service()), "unknown_service")


def child_elsewhere() -> StepDownFacts:
    return needs_a_person(RESERVE, record(facts(), added_child()), "child_elsewhere")


def omitted() -> StepDownFacts:
    """Operations skipped the added child, because another transfer holds it."""
    after = record(child_elsewhere(), resolution("A1", Resolution.SKIP))
    return end(after, RESERVE, ended=Ended.SKIPPED)


WAYS = [{"by": "email", "to": "father@home.example"}]
MOTHERS_WAYS = [{"by": "email", "to": "mother@home.example"}]


def knowing_of_father(**said: Any) -> StepDownFacts:
    """Letters are to be approved, and this is known of the father."""
    people = (person("mother"), person("father", lives_with=False, **said))
    return facts_after(family_record(people=people, step_id="family-2"), before=facts_before(ApproveLetters))


def half_siblings() -> StepDownFacts:
    """Letters are to be approved; the father is nobody to the other child."""
    people = (person("mother", CHILD, SIBLING), person("father", CHILD, lives_with=False))
    known = family_record(CHILD, SIBLING, people=people, step_id="family-2")
    return facts_after(known, before=facts_before(ApproveLetters, CHILD, SIBLING))


def letters_begun() -> StepDownFacts:
    stays = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK})
    before = record(facts_after(stays, before=refusal_answered()), letters())
    return begin(before, *due(before))


def ready_but_judged(**criteria: bool) -> StepDownFacts:
    """Everything else would let the child pass on."""
    met = {"no_further_role": True, "needs_early_help_can_meet": True, "response_required": True}
    judged = Criteria.model_validate({**met, "because": "as it was found", **criteria})
    return facts_before(RecordDecisions).model_copy(update={"request": request(criteria=judged)})


def moved_and_unanswered() -> RecordDecisions:
    """The notice was sent on 12 January, seven weeks ago."""
    moved = child_decision(CHILD, Decision.MOVED_AWAY, moved=away())
    return decided_as(moved, actor=SOCIAL_WORKER)


def refusal_answered() -> StepDownFacts:
    return facts_after(refused_consent(), looked_at(), stays())


def asked() -> StepDownFacts:
    """The contact was asked on Monday 2 March at noon, and the time to answer runs until Thursday at close."""
    return keeping_time(facts_before(RecordContactConversation), NOW)


NOT_SO = (
    "The directory of people does not have this person in this role for this team, nor as cover for one who has it. "
    "Whoever has the role records this; or have the person, the role, the team or the cover entered there (transfers "
    "people import), and send this again."
)
GONE = (
    "As the directory of people has it, this person had left by that day. Whoever has the role now records "
    "this; if the day is wrong there, have it put right (transfers people import), and send this again."
)
NO_COVER_THEN = (
    "As the directory of people has it, this person does not stand in for the one who has this role on that day. "
    "Whoever has the role, or covers for them now, records this; or have the days of the cover put right "
    "(transfers people import), and send this again."
)
COVER = Actor(id="tm-2", role=Role.TEAM_MANAGER)


def cover(**changes: Any) -> Person:
    """Somebody of another team, who stands in for the manager."""
    said = {"covers": ("tm-1",), "cover_from": date(2026, 2, 23), "cover_until": date(2026, 3, 6)}
    return manager(ref="tm-2", name="Alex Specimen", teams=("team-other",), **{**said, **changes})


def asked_of(*people: Person) -> StepDownFacts:
    """The contact was asked, and these people are in the directory."""
    return in_directory(asked(), *people)


def kept_open_in_mosaic(now: StepDownFacts) -> StepDownFacts:
    """An enquiry was opened, and Mosaic looked at since."""
    look = now.child(CHILD).look
    says = {CHILD: NOTHING_KEEPS_OPEN.model_copy(update={"open_enquiry": True})}
    return record_result(begin(now, look), result(look).model_copy(update={"records": says}))


def letters_that_changed() -> StepDownFacts:
    """One of them is to somebody unsafe; since they were approved, another day for support was agreed."""
    unsafe = {"unsafe_because": "he threatened her", "ways": [{"by": "email", "to": "father@home.example"}]}
    people = (person(), person("father", lives_with=False, contact=unsafe))
    now = record(facts_before(ApproveLetters), family_record(people=people))
    now = record(now, letters(letter(), letter("letter-3", person="father")))
    worse = {**unsafe, "unsafe_because": "he knows the address"}
    again = (person(), person("father", lives_with=False, contact=worse))
    return record(now, family_record(people=again, step_id="family-2", corrects="record_family"))


def manages_too(before: StepDownFacts) -> StepDownFacts:
    """The social worker of the family is a manager of the team, and chairs."""
    return in_directory(before, manager(), manager(ref=SOCIAL_WORKER.id, roles=(Role.TEAM_MANAGER, Role.CHAIR)))


def paused() -> StepDownFacts:
    return record(asked(), pause(occurred_at=NOW))


def overdue() -> StepDownFacts:
    return let_time_pass(asked(), london(2026, 3, 5, 17))


NOT_THIS_TRANSFER = (
    "Children's cases were closed so that they pass to this service, or all children are decided: for another "
    "service, start another transfer, unless this service accepted none of the children."
)

STOPPED = (
    "A risk of significant harm was reported, and everything is stopped. Record what came of the contact about "
    "it: if nothing follows from it, the team manager may lift the stop; if not, start another transfer "
    "afterwards."
)


LACKING = voice(lacks_capacity=LacksCapacity(assessed_by="Dr Sample", best_interests="support in the placement"))
Case = tuple[str | None, Callable[[], StepDownFacts], Step, str, str]

OBJECTED = (
    "Somebody who objected before says nothing now: name everybody who objected, with their yes or no as it is "
    "now, or their no as it was. If somebody holds no parental responsibility, put that right in the record of "
    "the family."
)
ROUTE = "After an assessment, the assessment and the summary of advice may be shared; a plan only after a plan."
AT_16 = (
    "From 16 on a young person says yes or no for themselves. Their views alone are enough only if a named "
    "person has assessed that capacity is lacking for this decision."
)
YOUNGER = (
    "This child is under 16: ask for their views. A named person judges whether they understand what they agree to."
)
IN_DOUBT = (
    "The date of birth is not known or disputed, or Mosaic has a different one from the record of the family: "
    "both the child's own yes or no and that of somebody who holds parental responsibility are needed. If the "
    "child is certainly younger, record the date that is taken to be right, and have it put right in Mosaic."
)


def aged(age: int = 9, **changes: Any) -> StepDownFacts:
    """A child of this age."""
    return facts(request=request(family=family(children=[born(age=age, **changes)])))


def with_father(answer: HolderAnswer) -> ChildConsent:
    return child_consent(CHILD, holder(), holder(answer, "father"))


CONFERENCE = (
    "The child is on a Child Protection plan, and no conference has ended it for this child, or its chair has "
    "not confirmed that: the child stays with social work until then; if the child has moved, until the "
    "conference in the area where the child lives now."
)
FAMILY_WHOLE = (
    "The family is recorded as a whole: name each child of this transfer, with the date of birth, or why it is "
    "not known."
)
NOT_AS_THIS = (
    "Do not post this letter or hand it over: it goes by e-mail, has changed since it was read, or may not be "
    "sent yet. `transfers letters ID` shows what may be sent. If it has already gone, ring the team manager "
    "now; then approve the letters again, and say there why no letter is written."
)


def posted() -> StepDownFacts:
    """A letter by post was approved, and the children are closed."""
    mother = person("mother", contact={"ways": [{"by": "post", "to": "1 Example Street"}]})
    known = family_record(people=(mother,), step_id="family-2")
    return facts_after(known, letters(by_post()), before=facts_before(ApproveLetters))


REFUSED: dict[str, Case] = {
    "a_family_that_omits_a_child": (
        "SD-09c",
        lambda: facts(CHILD, SIBLING),
        family_record(CHILD),
        "children",
        FAMILY_WHOLE,
    ),
    "consent_of_a_young_mother_whose_understanding_nobody_judged": (
        "SD-09c",
        lambda: facts(request=request(family=family(people=[person(born_on=date(2009, 6, 1))]))),
        consent(child_consent(CHILD, holder())),
        "children.0.holders",
        (
            "This parent or carer is under 18: name who judged that they understand what they say yes or no to; "
            "if they do not, record that they are not competent, with the reason."
        ),
    ),
    "consent_to_another_service": (
        "SD-09",
        facts,
        consent(service_ref="service-south"),
        "service_ref",
        "Consent names the service of this transfer.",
    ),
    "consent_that_omits_a_child": (
        "SD-09",
        lambda: facts(CHILD, SIBLING),
        consent(CHILD),
        "children",
        "Consent is recorded for each child of this transfer.",
    ),
    "agreement_on_the_assessment_route_that_names_a_plan": (
        "SD-09d",
        facts,
        consent_to_all(CHILD),
        "children.0.may_share",
        ROUTE,
    ),
    "consent_before_anybody_knows_the_family": (
        "SD-09c",
        lambda: facts(request=request(family=None)),
        consent(child_consent(CHILD, holders=())),
        "children.0.ref",
        "It is not recorded yet who is who to this child: record the people of the family first.",
    ),
    "the_word_of_somebody_who_is_nobody_to_the_child": (
        "SD-09c",
        facts,
        consent(child_consent(CHILD, holder(person="neighbour"))),
        "children.0.holders",
        "Choose who was asked from the people of the family, as they were recorded for this child.",
    ),
    "views_of_a_young_person_of_17": ("SD-09b", lambda: aged(17), consent(), "children.0.voice", AT_16),
    "a_young_person_of_16_who_is_judged_competent": (
        "SD-09b",
        lambda: aged(16),
        consent(child_consent(voice=competent(agreed=True))),
        "children.0.voice",
        AT_16,
    ),
    "nobody_heard_where_capacity_is_lacking": (
        "SD-09b",
        lambda: aged(17),
        consent(child_consent(CHILD, holder(HolderAnswer.ABSENT), voice=LACKING)),
        "children.0.voice",
        "If capacity is lacking, somebody who holds parental responsibility is heard before the manager decides.",
    ),
    "own_consent_of_a_child_of_15": (
        "SD-09b",
        lambda: aged(15),
        consent(child_consent(voice=own_word(agreed=True))),
        "children.0.voice",
        YOUNGER,
    ),
    "views_where_the_date_of_birth_is_disputed": (
        "SD-09b",
        lambda: aged(15, disputed=True),
        consent(),
        "children.0.voice",
        IN_DOUBT,
    ),
    "scheduling_a_final_meeting_where_there_is_no_plan": (
        "SD-18",
        lambda: facts_before(NameLeadPractitioner),
        scheduled(),
        "step",
        "A final meeting belongs to a transfer out of a plan; this one comes out of an assessment.",
    ),
    "recording_a_final_meeting_where_there_is_no_plan": (
        "SD-19",
        lambda: facts_before(NameLeadPractitioner),
        meeting(),
        "step",
        "A final meeting belongs to a transfer out of a plan; this one comes out of an assessment.",
    ),
    "cancelling_a_meeting_that_nobody_scheduled": (
        "SD-18",
        lambda: plan_before(ScheduleFinalMeeting),
        cancelled_meeting(),
        "cancelled_because",
        "No meeting is scheduled that could be cancelled.",
    ),
    "cancelling_a_meeting_that_was_held": (
        "SD-18",
        lambda: plan_before(NameLeadPractitioner),
        cancelled_meeting(occurred_at=NOW),
        "cancelled_because",
        "No meeting is scheduled that could be cancelled.",
    ),
    "cancelling_a_meeting_twice": (
        "SD-18",
        lambda: facts_after(cancelled_meeting(), before=plan_before(RecordFinalMeeting)),
        cancelled_meeting(step_id="cancel-meeting-2"),
        "cancelled_because",
        "No meeting is scheduled that could be cancelled.",
    ),
    "confirming_a_meeting_that_nobody_recorded": (
        "SD-16",
        lambda: facts_after(meeting(), before=plan_before(ScheduleFinalMeeting)),
        confirmation("no-such-meeting"),
        "of",
        "No such final meeting is recorded in this transfer, nor a decision that says that a plan ended without one.",
    ),
    "confirming_a_record_that_was_replaced": (
        "SD-16",
        lambda: facts_after(
            meeting(),
            meeting(step_id="anew", corrects="record_final_meeting"),
            before=plan_before(ScheduleFinalMeeting),
        ),
        confirmation(),
        "of",
        "This record of the meeting has been replaced: read the new one, and confirm that.",
    ),
    "confirming_a_conference_as_the_manager": (
        "SD-23b",
        lambda: facts_after(conference(actor=SOCIAL_WORKER), before=in_child_protection()),
        confirmation(by=MANAGER),
        "actor",
        (
            "What a conference said is confirmed by its chair alone, or by who covers for them on that day; what a "
            "Child in Need review said, by its chair or the team manager."
        ),
    ),
    "confirming_the_end_of_a_plan_without_a_conference_as_a_chair": (
        "SD-19a",
        lambda: record(in_child_protection(), decided_as(ended_without())),
        confirmation("record_decisions"),
        "actor",
        "That a Child Protection plan ended without a conference is confirmed by the conference manager alone.",
    ),
    "a_letter_about_a_child_who_has_died": (
        "SD-33",
        lambda: record(in_child_protection(), decided_as(ended_without())),
        letters(),
        "letters.0",
        (
            "The system writes to nobody about a child who has died: say why no letter is written, and speak "
            "with the family and the agencies yourselves."
        ),
    ),
    "closing_for_adult_social_care_a_child_that_is_not_18": (
        "SD-40",
        facts,
        decided_as(child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=ClosureReason.ADULT_SERVICES)),
        "children.0.closure_reason",
        (
            "RC6 is for somebody who passes to adult social care, and according to the date of birth on record "
            "this child is not 18: leave the reason out, and it follows; or have the date of birth put right "
            "first."
        ),
    ),
    "closing_as_grown_up_a_child_that_is_not_18": (
        "SD-19a",
        lambda: record(in_child_protection(), family_record()),
        decided_as(ended_without(HowPlanEnded.TURNED_18)),
        "children.0.plan_ended",
        "According to the date of birth on record, this child is not 18 on that day.",
    ),
    "a_reason_for_closure_that_does_not_hold_beside_a_plan": (
        "SD-40",
        on_a_plan,
        decided_as(child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=ClosureReason.ASSESSED_NO_ACTION)),
        "children.0.closure_reason",
        (
            "RC8 and RC9 are for a case that closes after the assessment alone; here there was more since the "
            "referral: a plan, a conference or a section 47 enquiry. Leave the reason out, and it follows."
        ),
    ),
    "closing_for_a_reason_that_does_not_follow": (
        "SD-40",
        a_person_chooses,
        decided({CHILD: Decision.NO_FURTHER_SUPPORT}),
        "children.0.closure_reason",
        (
            "The census asks why a child's case closes, and what is recorded does not answer that: give the "
            "reason for closure, RC9 (after the assessment alone, referred to Early Help), RC8 (after it alone, "
            "no further action) or RC7 (there was a plan, a conference or a section 47 enquiry, or services end "
            "for another reason)."
        ),
    ),
    "answering_for_another_service": (
        "SD-06",
        lambda: facts_before(AcknowledgeTransfer),
        acknowledgement(actor=Actor(id="eh-service-9", role=Role.EARLY_HELP_SERVICE, team="team-south")),
        "actor",
        (
            "This is for the Early Help service to which the transfer goes, under its own team: the one that it "
            "has in Mosaic or, if it does not use Mosaic, its reference in the directory of services "
            "(`transfers show ID` says which service it is). Nobody else answers for it."
        ),
    ),
    "answering_for_a_service_that_is_not_known_yet": (
        "SD-06",
        lambda: record(facts_after(exploration(), consent()), other_service()),
        conversation(actor=Actor(id="eh-contact-9", role=Role.EARLY_HELP_CONTACT, team="team-south")),
        "actor",
        (
            "The directory has not been asked yet how the Early Help service of this transfer is reached: send "
            "this again in a moment. If an item says that it does not know the service, have it put right there "
            "first."
        ),
    ),
    "confirming_a_meeting_as_who_recorded_it": (
        "SD-23b",
        lambda: manages_too(facts_after(meeting(chair=SOCIAL_WORKER.id), before=plan_before(ScheduleFinalMeeting))),
        confirmation(by=CHAIR.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        (
            "Nobody confirms what they recorded themselves, or anything for a family whose social worker they "
            "are. A chair who recorded it before the conversation records it again, as a correction."
        ),
    ),
    "saying_no_to_a_meeting_instead_of_recording_it": (
        "SD-23b",
        lambda: facts_after(meeting(), before=plan_before(ScheduleFinalMeeting)),
        confirmation(granted=False, because="It was adjourned"),
        "granted",
        (
            "If the record of a meeting is wrong, its chair does not say no to it here: the chair records the "
            "meeting as it was, as a correction, which takes its place."
        ),
    ),
    "confirming_a_meeting_before_the_conversation": (
        "SD-16",
        lambda: facts_after(meeting(), before=plan_before(RecordContactConversation)),
        confirmation(),
        "of",
        "What the meeting agreed is confirmed once the conversation with this service has been held about the child.",
    ),
    "confirming_a_meeting_that_needs_nobody": (
        "SD-16",
        lambda: plan_before(NameLeadPractitioner),
        confirmation(),
        "of",
        "Nothing recorded there is waiting to be confirmed.",
    ),
    "recording_the_meeting_of_their_own_family_as_its_chair": (
        "SD-23b",
        lambda: manages_too(plan_before(RecordFinalMeeting)),
        meeting(chair=SOCIAL_WORKER.id, actor=CHAIR.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        (
            "The social worker of a family does not record its meeting as the chair or the manager: record it as the "
            "social worker, and the chair confirms it."
        ),
    ),
    "recording_a_meeting_as_a_chair_who_did_not_chair_it": (
        "SD-23b",
        lambda: plan_before(RecordFinalMeeting),
        meeting(chair="chair-2", actor=CHAIR),
        "actor",
        (
            "Only the person who chaired the meeting, or who covers for them on that day, records it as its "
            "chair: record it as the social worker, and its chair confirms it."
        ),
    ),
    "a_conference_that_says_nothing_of_the_plan": (
        "SD-19a",
        in_child_protection,
        meeting(),
        "children.0.plan",
        "Say what the conference decided about each child's plan, as well as about the transfer.",
    ),
    **{
        f"passing_on_where_the_final_meeting_{name}": (
            "SD-19",
            before,
            decision(),
            "children.0.decision",
            (
                "The final meeting has not agreed that this child passes on. What it agreed before the "
                "conversation, or without the service being invited to that day, has to be confirmed first."
            ),
        )
        for name, before in (
            ("was_not_held", after_the_meeting),
            ("agreed_and_nobody_was_invited", lambda: after_the_meeting(meeting(), invited=False)),
            *(
                (f"said_{how}", lambda how=how: after_the_meeting(meeting(at_meeting(CHILD, how))))
                for how in MeetingOutcome
                if how is not MeetingOutcome.AGREED
            ),
        )
    },
    "sharing_before_consent": (
        "SD-09",
        facts,
        family_sharing(),
        "step",
        "The family's consent comes before anything is shared.",
    ),
    "sharing_after_a_refusal": (
        "SD-09",
        lambda: facts_after(refused_consent()),
        family_sharing(),
        "step",
        "The family's consent comes before anything is shared.",
    ),
    "a_family_without_somebody_who_was_unsafe_to_contact": (
        "SD-30a",
        lambda: record(
            facts(), family_record(people=[person(), person("father", contact={"unsafe_because": "he threatened her"})])
        ),
        family_record(people=[person()], step_id="family-2", corrects="record_family"),
        "people",
        (
            "Somebody is left out who was unsafe to contact, under an order, or must not know something: name "
            "them, and say what is true of them now."
        ),
    ),
    "sharing_a_document_of_another_family": (
        "SD-10",
        lambda: facts_before(RecordFamilySharing),
        family_sharing(document_ref="assessment-9"),
        "document_ref",
        "This is not a document of this transfer.",
    ),
    "sharing_what_is_not_cleared_of_third_parties": (
        "SD-11",
        lambda: facts_before(RecordFamilySharing),
        family_sharing(cleared_of_third_parties=False),
        "cleared_of_third_parties",
        "Take out what other people's privacy forbids before the document goes to the service.",
    ),
    "taking_a_child_out_who_is_not_in_this_transfer": (
        "SD-09d",
        lambda: facts_before(RecordFamilySharing),
        family_sharing(without_children=("child-x",)),
        "without_children",
        "Only children of this transfer are taken out of its documents.",
    ),
    "conversation_that_omits_a_child": (
        "SD-08",
        lambda: facts(CHILD, SIBLING),
        conversation(CHILD),
        "children",
        "Say for each child who could pass to the service whether it agreed to support them.",
    ),
    "conversation_that_agrees_a_start_in_the_past": (
        "SD-13",
        facts,
        conversation(agreed_child(realistic_start=NOW.date() - timedelta(days=1))),
        "children.0.realistic_start",
        (
            "Support cannot begin before the conversation in which it is agreed: name a day to come, or say why "
            "the day is not known yet. If the conversation was held earlier, say when."
        ),
    ),
    "conversation_that_agrees_a_start_years_ahead": (
        "SD-13",
        facts,
        conversation(agreed_child(realistic_start=NOW.date() + timedelta(days=367))),
        "children.0.realistic_start",
        "This start is more than a year ahead: name a nearer day, or say why the day is not known yet.",
    ),
    "decision_before_the_exploration": (
        "SD-05",
        lambda: facts_after(practitioner(), advice(), before=shared_without_exploration()),
        decision(),
        "step",
        "First record what was explored with the family and the network, or why not; the decision comes after.",
    ),
    "decision_before_the_version_is_with_the_service": (
        "SD-11",
        lambda: facts_after(exploration(), consent(), conversation(), practitioner(), advice()),
        decision(),
        "children.0.decision",
        "The service must have the version that the family agreed to before the decision.",
    ),
    "passing_on_a_child_before_the_conversation": (
        "SD-07",
        lambda: facts_after(practitioner(), advice(), before=facts_before(RecordContactConversation)),
        decision(),
        "children.0.decision",
        "The conversation has not been held, or did not find the referral appropriate.",
    ),
    "passing_on_a_child_without_consent": (
        "SD-09",
        lambda: facts_after(
            exploration(),
            consent(child_consent(CHILD), child_consent(SIBLING, stands=False)),
            family_sharing(),
            conversation(CHILD, SIBLING),
            practitioner(),
            advice(CHILD, SIBLING),
            before=facts(CHILD, SIBLING),
        ),
        decided({CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER}),
        "children.1.decision",
        "The family's consent does not stand for this child.",
    ),
    "passing_on_a_child_that_the_service_did_not_agree": (
        "SD-08",
        lambda: facts_after(
            exploration(),
            consent(CHILD, SIBLING),
            family_sharing(),
            conversation(agreed_child(CHILD), not_agreed(SIBLING)),
            practitioner(),
            advice(CHILD, SIBLING),
            before=facts(CHILD, SIBLING),
        ),
        decided({SIBLING: Decision.TRANSFER}),
        "children.0.decision",
        "In the conversation the service did not agree to support this child.",
    ),
    "passing_on_a_child_without_a_practitioner": (
        "SD-28",
        lambda: facts_after(exploration(), consent(), family_sharing(), conversation(), advice()),
        decision(),
        "children.0.decision",
        (
            "The practitioner who takes over is not named yet, or the team manager has not authorised the interim "
            "contact."
        ),
    ),
    "passing_on_a_child_without_the_summary_of_advice": (
        "SD-30",
        lambda: facts_before(RecordAdviceSummary),
        decision(),
        "children.0.decision",
        "The summary of advice for this child is not recorded yet.",
    ),
    "passing_on_a_child_while_social_work_keeps_a_role": (
        "SD-01",
        lambda: facts_before(RecordDecisions),
        decision(no_further_role_confirmed=False),
        "no_further_role_confirmed",
        "To close a child's case, confirm that social work has no further role.",
    ),
    "closing_a_child_while_social_work_keeps_a_role": (
        "SD-01",
        lambda: facts_before(RecordDecisions),
        decided({CHILD: Decision.NO_FURTHER_SUPPORT}, no_further_role_confirmed=False),
        "no_further_role_confirmed",
        "To close a child's case, confirm that social work has no further role.",
    ),
    "closing_a_child_whose_address_is_not_known": (
        "SD-23a",
        lambda: facts_before(RecordDecisions),
        decided_as(child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, address_known=False)),
        "children.0.decision",
        (
            "It is not known where the child lives, so the child's case is not closed: the child stays with "
            "social work. Follow the missing-family procedure, and speak to Duty and Advice."
        ),
    ),
    "closing_a_child_who_shares_a_home_with_one_whose_address_is_not_known": (
        "SD-23a",
        lambda: facts_before(RecordDecisions, CHILD, SIBLING),
        decided_as(
            child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=False),
            child_decision(SIBLING, Decision.NO_FURTHER_SUPPORT),
        ),
        "children.1.address_known",
        (
            "It is not known where a brother or sister lives who, according to the family record, shares a home "
            "with this child: this child stays with social work, too. If they no longer live together, record "
            "the family again first; if it is known again where the brother or sister lives, decide again for "
            "them first, and say so."
        ),
    ),
    "deciding_anew_whom_nobody_finds_without_a_word_of_where_it_lives": (
        "SD-23a",
        lambda: record(
            facts_before(RecordDecisions),
            decided_as(child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=False)),
        ),
        decided_as(
            child_decision(CHILD, Decision.STAYS_WITH_SOCIAL_WORK, address_known=None),
            step_id="d-2",
            corrects="record_decisions",
        ),
        "children.0.address_known",
        "It was said that nobody knows where this child lives: say whether it is known now.",
    ),
    "authorising_without_a_word_of_the_missing_answer": (
        "SD-23a",
        lambda: keeping_time(facts_after(moved_and_unanswered(), before=facts_before(RecordDecisions)), NOW),
        authorised(),
        "because",
        (
            "The authority where the child lives now has not confirmed our written notice: give as your reason "
            "what was done, and why the child's case is closed all the same."
        ),
    ),
    "authorising_without_a_word_of_what_mosaic_does_not_say": (
        "SD-19b",
        of_whom_mosaic_does_not_say_everything,
        authorised(),
        "because",
        (
            "Mosaic does not answer every question that could keep a child's case open (`transfers show ID "
            "--in-mosaic`). Give as your reason what you know about it."
        ),
    ),
    "deciding_oneself_without_a_word_on_what_mosaic_does_not_say": (
        "SD-19b",
        lambda: seen_without_proceedings(facts_before(RecordDecisions)),
        decision(),
        "of_what_mosaic_does_not_say",
        (
            "Mosaic does not answer every question that could keep a child's case open (`transfers show ID "
            "--in-mosaic`). Say what you know about it as you decide."
        ),
    ),
    "authorising_what_nobody_recorded": (
        "SD-23b",
        waiting_for_the_manager,
        authorised("no-such-step"),
        "of",
        "No such step is recorded in this transfer.",
    ),
    "authorising_what_was_replaced": (
        "SD-23b",
        lambda: record(
            waiting_for_the_manager(),
            decision(step_id="anew", corrects="record_decisions", actor=SOCIAL_WORKER),
        ),
        authorised(),
        "of",
        "This has been replaced since: read what replaced it, and act on that.",
    ),
    "authorising_what_needs_nobody": (
        "SD-23b",
        waiting_for_the_manager,
        authorised("record_consent"),
        "of",
        (
            "Nothing here is waiting for the team manager: it needs no authorisation, another authority still "
            "has time to answer, or it no longer counts."
        ),
    ),
    "authorising_as_the_social_worker_of_the_family": (
        "SD-23b",
        lambda: manages_too(waiting_for_the_manager()),
        authorised(actor=MANAGER.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        (
            "Nobody authorises what they recorded themselves, or anything for a family whose social worker they "
            "are: another manager does, or the named cover."
        ),
    ),
    "authorising_for_a_child_of_whom_nothing_waits": (
        "SD-23b",
        lambda: record(
            facts(CHILD, SIBLING),
            decided(
                {CHILD: Decision.NO_FURTHER_SUPPORT, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}, actor=SOCIAL_WORKER
            ),
        ),
        authorised("record_decisions", SIBLING),
        "children.0.ref",
        "Nothing recorded there about this child is waiting for the team manager.",
    ),
    "closing_as_the_manager_whose_family_it_is": (
        "SD-23b",
        lambda: manages_too(facts_before(RecordDecisions)),
        decision(actor=MANAGER.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        ("The social worker of a family cannot also act as its manager: another manager does, or the named cover."),
    ),
    "going_on_without_the_document_as_the_manager_whose_family_it_is": (
        "SD-23b",
        lambda: manages_too(facts_before(RecordFamilySharing)),
        going_on_without(actor=MANAGER.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        ("The social worker of a family cannot also act as its manager: another manager does, or the named cover."),
    ),
    "what_harm_came_to_by_the_manager_whose_family_it_is": (
        "SD-23b",
        lambda: manages_too(record(facts(), harm_report())),
        harm_outcome(actor=MANAGER.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        ("The social worker of a family cannot also act as its manager: another manager does, or the named cover."),
    ),
    "a_power_of_the_manager_whose_family_it_is": (
        "SD-23b",
        lambda: manages_too(facts()),
        sharing_basis(actor=MANAGER.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        ("The social worker of a family cannot also act as its manager: another manager does, or the named cover."),
    ),
    "an_interim_contact_of_the_manager_whose_family_it_is": (
        "SD-23b",
        lambda: manages_too(facts_before(NameLeadPractitioner)),
        interim_contact(actor=MANAGER.model_copy(update={"id": SOCIAL_WORKER.id})),
        "actor",
        ("The social worker of a family cannot also act as its manager: another manager does, or the named cover."),
    ),
    "a_basis_of_sharing_with_another_service": (
        "SD-09e",
        facts,
        sharing_basis(service_ref="service-south"),
        "service_ref",
        "The basis of sharing names the service of this transfer.",
    ),
    "a_basis_of_sharing_with_an_agency_that_nobody_named": (
        "SD-09e",
        facts,
        sharing_basis(by_power(agency="Hill School")),
        "children.0.agency",
        "Choose the agency from those that the exploration, or Mosaic, names as involved.",
    ),
    "a_power_that_the_policy_does_not_allow": (
        "SD-09e",
        facts,
        sharing_basis(by_power(power="children_act_2004_s16la")),
        "children.0.power",
        "The policy of this council does not allow that power, or it is not in force on that day.",
    ),
    "passing_on_a_child_of_whom_nothing_is_shared": (
        "SD-09e",
        lambda: facts_after(sharing_basis(withheld()), before=facts_before(RecordDecisions, CHILD, SIBLING)),
        decision(),
        "children.0.decision",
        "It was recorded that nothing about this child is shared with the service, as that would harm the child more.",
    ),
    "closing_a_child_whose_refusal_changes_the_risk": (
        "SD-09e",
        lambda: facts_after(refused_consent(), not_authorised("record_consent")),
        decided({CHILD: Decision.NO_FURTHER_SUPPORT}),
        "children.0.decision",
        (
            "The team manager looked at the refusal of consent, and it changes the risk: the child stays with social "
            "work, unless the manager has looked again and says otherwise."
        ),
    ),
    "looking_at_a_refusal_without_a_word": (
        "SD-09e",
        lambda: facts_after(refused_consent()),
        authorised("record_consent"),
        "because",
        "Consent was refused: give as your reason what you found when you looked at whether that changes the risk.",
    ),
    "letter_to_an_agency_without_consent": (
        "SD-33",
        lambda: with_school(facts_after(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), before=refusal_answered())),
        letters(letter(), letter_to_agency()),
        "letters",
        "Without the family's consent for a child, only the family is written to about that child.",
    ),
    "letter_about_a_child_of_another_transfer": (
        "SD-33",
        lambda: facts_before(ApproveLetters),
        letters(letter(), no_letter("letter-3", "child-z")),
        "letters",
        "A letter names a child who is not in this transfer.",
    ),
    "letters_that_leave_out_somebody_who_holds_parental_responsibility": (
        "SD-33a",
        lambda: facts_before(ApproveLetters),
        letters_alone(letter()),
        "letters",
        (
            "Tell each person who holds parental responsibility about each of their children, or say why not; "
            "`transfers letters ID` offers a letter to each of them who may be written to."
        ),
    ),
    "letters_that_leave_a_child_out": (
        "SD-33",
        lambda: facts_after(
            family_record(
                CHILD,
                SIBLING,
                people=(person("mother", CHILD), person("aunt", SIBLING, by=Responsibility.NONE)),
                step_id="family-2",
            ),
            before=facts_before(ApproveLetters, CHILD, SIBLING),
        ),
        letters(),
        "letters",
        "Tell the family about each child in a letter, or say why none is written.",
    ),
    "letter_changed_after_it_was_sent": (
        "SD-33",
        lambda: facts_before(AcknowledgeTransfer),
        letters(letter(person="father"), step_id="letters-2", corrects="approve_letters"),
        "letters",
        "A letter that was sent stays as it is; whatever changes later goes into a new letter, under a new name.",
    ),
    "letters_without_one_to_the_young_person_who_decided": (
        "SD-33",
        decided_alone,
        letters(),
        "letters",
        (
            "Tell a young person who decided for themselves, too, or say why not: the family record has to list "
            "them as a person of their own, with a way to reach them, and as the child they are."
        ),
    ),
    "letter_omitted_after_it_was_sent": (
        "SD-33",
        lambda: facts_before(AcknowledgeTransfer),
        letters(letter("letter-9"), step_id="letters-2", corrects="approve_letters"),
        "letters",
        "A letter that was sent stays as it is; whatever changes later goes into a new letter, under a new name.",
    ),
    "letter_to_somebody_who_is_not_in_the_family_record": (
        "SD-33a",
        lambda: facts_before(ApproveLetters),
        letters(letter(), letter("letter-3", person="aunt")),
        "letters.1",
        "The family record has nobody with this reference: record the people of the family first.",
    ),
    "letter_about_a_child_who_is_not_the_readers": (
        "SD-33a",
        half_siblings,
        letters(letter("letter-1", CHILD, SIBLING), letter("letter-3", CHILD, SIBLING, person="father")),
        "letters.1",
        (
            "A letter names only children its reader may read about: those for whom they hold parental "
            "responsibility, who live with them, or to whom the family record links them with nothing against "
            "it."
        ),
    ),
    "practitioner_at_the_address_of_somebody_of_the_family": (
        "SD-33a",
        lambda: facts_before(NameLeadPractitioner),
        practitioner(email="Mother@home.example"),
        "email",
        (
            "According to the family record, somebody in the family reads what is sent to this address: give the "
            "practitioner's own."
        ),
    ),
    "a_practitioner_of_two_children_with_two_addresses": (
        "SD-38",
        lambda: facts_after(
            practitioner(children=(ChildRef(ref=CHILD),)), before=facts_before(NameLeadPractitioner, CHILD, SIBLING)
        ),
        practitioner(children=(ChildRef(ref=SIBLING),), step_id="for-the-other", email="pat@home.example"),
        "practitioner",
        (
            "This reference already stands for somebody with a different name, agency, address or end date, "
            "named for another child of the family. If it is the same person, name all their children here; if "
            "not, give this person a reference of their own."
        ),
    ),
    "adding_a_child_of_whom_no_document_is": (
        "SD-38",
        each_with_its_own_assessment,
        added_child(),
        "documents",
        "No document of this transfer is about this child: name one of each kind for them.",
    ),
    "adding_a_child_with_the_document_of_another": (
        "SD-38",
        each_with_its_own_assessment,
        added_child(documents=(own_assessment("child-c", ref=f"of-{CHILD}"),)),
        "documents",
        (
            "A document named here belongs to other children of this transfer, or does not belong to this kind of "
            "transfer."
        ),
    ),
    "child_born_on_a_day_that_has_not_come": (
        "SD-09b",
        facts,
        family_record(children=(born(born_on=date(2026, 3, 3)),)),
        "children.0.born_on",
        (
            "This day of birth had not come when it was recorded: put it right; of a child who is not born yet, say "
            "when it is expected."
        ),
    ),
    "withdrawal_of_what_a_young_person_decided_by_a_parent": (
        "SD-09b",
        decided_alone,
        withdrawal(),
        "withdrawn_by",
        (
            "This person cannot withdraw it for each of these children. What a young person decided for "
            "themselves, only they withdraw. For another child, somebody does who agreed, or who holds parental "
            "responsibility and had not objected; or the child, if they had said yes themselves or a named "
            "person judges that they understand this. Withdraw it for each child separately. Speak with the "
            "team manager about what others say, and with Duty and Advice about a worry."
        ),
    ),
    "withdrawal_by_nobody_of_the_family": (
        "SD-09c",
        lambda: facts_after(consent()),
        withdrawal(withdrawn_by="somebody"),
        "withdrawn_by",
        "Choose who withdrew it from the people of the family, as they were recorded; or a child of this transfer.",
    ),
    "letter_to_an_agency_that_nobody_names": (
        "SD-33c",
        lambda: facts_before(ApproveLetters),
        letters(letter(), letter_to_agency()),
        "letters.1",
        (
            "Neither the exploration nor Mosaic names this agency as involved with each of these children: record in "
            "the exploration that it is, or write to it only of the others."
        ),
    ),
    "letters_that_leave_an_agency_out": (
        "SD-33c",
        lambda: facts_after(
            exploration(agencies=("Hill School", "Health visiting"), step_id="e-2", corrects="record_exploration"),
            before=facts_before(ApproveLetters),
        ),
        letters(letter(), letter_to_agency(agency="hill school")),
        "letters",
        ("Tell each agency that the exploration or Mosaic names, or say why not; `transfers letters ID` lists them."),
    ),
    "exploration_that_does_not_say_who_took_part_in_the_plan": (
        "SD-33d",
        on_a_plan,
        exploration(agencies=("Hill School",)),
        "took_part_in_plan",
        "Say which of the agencies took part in the plan: they are told that it ended, whatever the family agrees to.",
    ),
    "no_risk_known_of_somebody_who_must_not_learn_where_the_children_are": (
        "SD-33a",
        lambda: knowing_of_father(contact={"whereabouts_hidden": True, "ways": WAYS}),
        letters(letter(), letter("letter-3", person="father", no_risk_known=True)),
        "letters.1",
        (
            "You cannot say of this reader that no risk is known: the family record says that they must not "
            "learn where the children are, must not know something, are unsafe to contact, or are under an "
            "order; or that somebody else reads what is sent to this address."
        ),
    ),
    "letter_in_a_way_that_is_not_recorded_as_safe": (
        "SD-33b",
        lambda: knowing_of_father(contact={}),
        letters(letter(), letter("letter-3", person="father")),
        "letters.1",
        (
            "The family record names no safe way of this kind to reach this reader, or, by post, nobody knows where "
            "they live: choose another one, or say why none is written."
        ),
    ),
    "letter_to_an_agency_at_the_address_of_somebody_of_the_family": (
        "SD-33a",
        lambda: with_school(knowing_of_father(contact={"ways": WAYS})),
        letters(letter(), letter_to_agency(address="Father@home.example")),
        "letters.1",
        (
            "According to the family record, somebody else in the family reads what is sent to this address: "
            "choose another one, or say why none is written."
        ),
    ),
    "letter_to_an_address_that_somebody_unsafe_reads_too": (
        "SD-33a",
        lambda: knowing_of_father(contact={"ways": MOTHERS_WAYS, "unsafe_because": "he threatened her"}),
        letters(letter()),
        "letters.0",
        (
            "According to the family record, somebody else in the family reads what is sent to this address: "
            "choose another one, or say why none is written."
        ),
    ),
    "letter_before_the_decision": (
        "SD-33",
        lambda: facts_before(RecordDecisions),
        letters(),
        "letters.0",
        "A letter tells what was decided: first decide for each child it names.",
    ),
    "letter_that_was_not_read": (
        "SD-33a",
        lambda: facts_before(ApproveLetters),
        letters(letter(seen="f" * 12)),
        "letters.0",
        (
            "This letter was not read as it would be sent now: read it with `transfers letters ID FILE`, with "
            "the file that approves it, and approve it by the number that stands below it."
        ),
    ),
    "delivery_of_a_letter_that_goes_by_mail": (
        "SD-33b",
        lambda: facts_before(AcknowledgeTransfer),
        delivery(letter()),
        "letters.0",
        NOT_AS_THIS,
    ),
    "a_part_of_a_document_for_who_reads_it_in_mosaic": (
        "SD-31",
        two_workers,
        part_given(practitioner="lp-4", children=({"ref": CHILD},)),
        "documents.0",
        (
            "Do not give this yourself: the practitioner does not take over these children, reads the document "
            "in Mosaic or is sent it, it may not be shared, or the children's cases are not closed yet. If it "
            "was given all the same, ring the team manager now."
        ),
    ),
    "delivery_of_another_text": (
        "SD-33b",
        posted,
        delivery(by_post(seen="f" * 12)),
        "letters.0",
        NOT_AS_THIS,
    ),
    "delivery_before_the_letter_was_approved": (
        "SD-33b",
        posted,
        delivery(posted().letter("letter-1"), occurred_at=NOW - timedelta(days=1)),
        "occurred_at",
        (
            "At that time the letter was not approved yet: give the time at which it was posted or handed over. "
            "If it had gone before, ring the team manager."
        ),
    ),
    "acknowledging_a_child_that_is_not_closed_yet": (
        "SD-35",
        being_closed,
        acknowledgement(),
        "children.0.ref",
        "This child has not been passed on to the service.",
    ),
    "acknowledging_a_child_that_closed_without_early_help": (
        "SD-35",
        lambda: facts_after(decided({CHILD: Decision.NO_FURTHER_SUPPORT}), before=facts_before(RecordDecisions)),
        acknowledgement(),
        "children.0.ref",
        "This child has not been passed on to the service.",
    ),
    "first_contact_with_a_child_that_nobody_accepted": (
        "SD-37",
        lambda: facts_before(AcknowledgeTransfer),
        seen(),
        "children.0.ref",
        (
            "The service has not accepted this child, or social work has not passed the child on, or has taken "
            "the child back: if the service takes the child, it says so first."
        ),
    ),
    "first_contact_before_the_child_was_agreed": (
        "SD-37",
        passed_on,
        seen(occurred_at=NOW - timedelta(hours=3)),
        "occurred_at",
        (
            "A child was seen before the conversation that agreed to support them: that was not a first "
            "contact. Name a visit since; if a child has not been seen since, say so."
        ),
    ),
    "a_start_for_a_child_whose_start_is_agreed": (
        "SD-37",
        passed_on,
        agreed_start(),
        "children.0.ref",
        (
            "Support for this child was not agreed, or already has a start. If that day cannot be kept, record "
            "that the first contact has to wait, and the team manager decides."
        ),
    ),
    "a_start_for_a_child_whom_the_manager_has_taken_back": (
        "SD-37",
        lambda: facts_after(unseen(), decided_unseen(not_seen(decision=Unseen.REOPEN)), before=not_known_when()),
        agreed_start(),
        "children.0.ref",
        "The team manager has taken this child back: speak with them. They decide again before a start is named.",
    ),
    "a_start_that_is_past": (
        "SD-37",
        not_known_when,
        agreed_start(on=NOW.date() - timedelta(days=1)),
        "children.0.realistic_start",
        "Support cannot begin before the day on which that is agreed: name a day to come.",
    ),
    "a_start_years_ahead": (
        "SD-37",
        not_known_when,
        agreed_start(on=NOW.date() + timedelta(days=367)),
        "children.0.realistic_start",
        "This start is more than a year ahead: name a nearer day.",
    ),
    "accepting_for_good_what_was_never_looked_at_again": (
        "SD-37",
        lambda: facts_after(unseen(), before=passed_on()),
        decided_unseen(not_seen(**FOR_GOOD)),
        "children.0.no_review_because",
        (
            "That nothing more is to come is said once you have looked at it again: name the day on which you do. From "
            "that day on you may say so."
        ),
    ),
    "deciding_about_a_child_who_may_still_be_seen": (
        "SD-37",
        passed_on,
        decided_unseen(of=None),
        "children.0.ref",
        (
            "Nothing about this child is waiting for the team manager here: the child was seen, there is still "
            "time to see them, or no service has taken them."
        ),
    ),
    "deciding_on_what_the_service_did_not_say_last": (
        "SD-37",
        lambda: facts_after(unseen(), unseen(step_id="unseen-2", became=Became.REFUSED), before=passed_on()),
        decided_unseen(),
        "of",
        (
            "This is not the last thing the service said about these children: read that, and name that step; "
            "name none if it has said nothing. If it said different things about them, decide each child "
            "separately."
        ),
    ),
    "looking_again_on_a_day_that_has_come": (
        "SD-37",
        lambda: facts_after(unseen(), before=passed_on()),
        decided_unseen(not_seen(review_on=NOW.date())),
        "children.0.review_on",
        "The day on which you look at this again must be in the future, and within a year.",
    ),
    "deciding_for_a_family_whose_social_worker_one_is": (
        "SD-37",
        lambda: in_directory(
            facts_after(unseen(), before=passed_on()),
            Person(ref="sw-7", name="Sam Example", roles=(TM,), teams=("team-sw",), email="sam@council.example"),
        ),
        decided_unseen(actor=MANAGER.model_copy(update={"id": "sw-7"})),
        "actor",
        ("The social worker of a family cannot also act as its manager: another manager does, or the named cover."),
    ),
    "resolving_what_does_not_wait": (
        None,
        facts,
        resolution("A1"),
        "attention_id",
        "No item with this number needs attention.",
    ),
    "consent_withdrawn_as_if_it_had_never_been_given": (
        "SD-09a",
        lambda: facts_before(RecordContactConversation),
        refused_consent(step_id="consent-2", corrects="record_consent"),
        "children",
        (
            "Something has already been done because of the yes that stands, so it cannot be replaced. Record "
            "who withdraws it, also if somebody else objects; or, if nobody had given it, how it came to be "
            "recorded. From then on nothing more is shared. Then record what each person says as a new answer."
        ),
    ),
    "consent_again_for_a_child_whose_closing_had_begun": (
        "SD-09a",
        lambda: record(being_closed(), withdrawal()),
        consent(step_id="consent-2"),
        "children.0.ref",
        "This child's case was already being closed when consent was withdrawn: start another transfer for them.",
    ),
    "consent_again_without_a_holder_who_objected": (
        "SD-09c",
        lambda: facts_after(exploration(), consent(with_father(HolderAnswer.REFUSED))),
        consent(step_id="again", corrects="record_consent"),
        "children.0.holders",
        OBJECTED,
    ),
    "consent_after_a_withdrawal_without_a_holder_who_objected": (
        "SD-09c",
        lambda: facts_after(
            exploration(),
            consent(with_father(HolderAnswer.REFUSED), SIBLING),
            withdrawal(SIBLING),
            before=facts(CHILD, SIBLING),
        ),
        consent(step_id="again", corrects="record_consent"),
        "children.0.holders",
        OBJECTED,
    ),
    "withdrawal_from_before_the_consent_that_stands": (
        "SD-09a",
        lambda: facts_after(exploration(), consent(occurred_at=NOW)),
        withdrawal(),
        "occurred_at",
        (
            "The consent that stands was given after that: say when it was withdrawn since, or first correct when "
            "it was given."
        ),
    ),
    "withdrawing_what_was_never_given": (
        "SD-09a",
        facts,
        withdrawal(),
        "children",
        "Consent does not stand for any of these children.",
    ),
    "offering_a_date_before_anybody_asked": (
        "SD-07",
        lambda: facts_before(RecordFamilySharing),
        offer(),
        "step",
        "The contact has not been asked for the conversation yet.",
    ),
    "offering_a_date_after_the_conversation": (
        "SD-07",
        lambda: facts_before(NameLeadPractitioner),
        offer(),
        "step",
        "The conversation has been held.",
    ),
    "conversation_with_a_practitioner_where_a_manager_allocates": (
        "SD-06",
        lambda: facts_before(RecordContactConversation),
        conversation(contact_kind=ContactKind.PRACTITIONER),
        "contact_kind",
        "For this service the conversation is held with a lead or manager who allocates its work.",
    ),
    "passing_on_a_child_while_social_work_had_a_role_from_the_start": (
        "SD-01",
        lambda: ready_but_judged(no_further_role=False),
        decision(),
        "children.0.decision",
        "When the transfer was started, it was recorded that social work still has a role.",
    ),
    "passing_on_a_child_whose_needs_early_help_cannot_meet": (
        "SD-02",
        lambda: ready_but_judged(needs_early_help_can_meet=False),
        decision(),
        "children.0.decision",
        "When the transfer was started, it was recorded that Early Help cannot meet the needs.",
    ),
    "passing_on_a_child_that_needs_no_response": (
        "SD-03",
        lambda: ready_but_judged(response_required=False),
        decision(),
        "children.0.decision",
        "When the transfer was started, it was recorded that no Early Help response is required.",
    ),
    "passing_on_a_child_of_a_transfer_that_was_cancelled": (
        None,
        lambda: facts_after(cancellation(), before=facts_before(RecordDecisions)),
        decision(),
        "children.0.decision",
        "The transfer was cancelled.",
    ),
    "adding_a_child_twice": (
        None,
        facts,
        added_child(CHILD),
        "child_ref",
        "This child is already in this transfer.",
    ),
    "adding_a_child_that_was_omitted": (
        None,
        omitted,
        added_child(step_id="add-2"),
        "child_ref",
        "This child was left out of this transfer: start another one for them.",
    ),
    "adding_the_21st_child": (
        None,
        lambda: facts(*(f"child-{number}" for number in range(20))),
        added_child("child-20"),
        "step",
        "A transfer holds at most 20 children.",
    ),
    "adding_a_child_to_a_transfer_that_was_cancelled": (
        None,
        lambda: facts_after(cancellation()),
        added_child(),
        "step",
        "The transfer was cancelled.",
    ),
    "adding_a_child_while_others_are_being_closed": (
        None,
        being_closed,
        added_child(),
        "step",
        "Children's cases are being closed, or letters sent. Start another transfer for this child.",
    ),
    "adding_a_child_while_letters_are_being_sent": (
        None,
        letters_begun,
        added_child(),
        "step",
        "Children's cases are being closed, or letters sent. Start another transfer for this child.",
    ),
    "changing_to_the_same_service": (
        "SD-09a",
        facts,
        other_service("service-north"),
        "service_ref",
        "The transfer already goes to this service.",
    ),
    "changing_back_and_forth_to_the_same_service": (
        "SD-09a",
        lambda: facts_after(other_service()),
        other_service(step_id="change-2"),
        "service_ref",
        "The transfer already goes to this service.",
    ),
    "changing_the_service_of_a_transfer_that_was_cancelled": (
        None,
        lambda: facts_after(cancellation()),
        other_service(),
        "step",
        "The transfer was cancelled.",
    ),
    "changing_the_service_where_the_transfer_is_not_for_early_help": (
        None,
        lambda: ready_but_judged(response_required=False),
        other_service(),
        "step",
        "When this transfer was started, it was recorded that the family is not for Early Help.",
    ),
    "changing_the_service_while_children_are_being_closed": (
        None,
        being_closed,
        other_service(),
        "step",
        NOT_THIS_TRANSFER,
    ),
    "changing_the_service_where_one_child_is_accepted": (
        None,
        lambda: facts_after(
            acknowledgement(SIBLING, step_id="ack-2"),
            management_conversation(),
            before=facts_after(
                acknowledgement(CHILD, accepted=False), before=facts_before(AcknowledgeTransfer, CHILD, SIBLING)
            ),
        ),
        other_service(),
        "step",
        NOT_THIS_TRANSFER,
    ),
    "changing_the_service_before_the_managers_have_talked": (
        "SD-29",
        facts_declined,
        other_service(),
        "step",
        "The service did not accept the children: the team manager talks with the Targeted Services Leader first.",
    ),
    "deciding_a_declined_child_before_the_managers_have_talked": (
        "SD-29",
        facts_declined,
        stays(step_id="stays", corrects="record_decisions"),
        "step",
        "The service did not accept the child: the team manager talks with the Targeted Services Leader first.",
    ),
    "passing_a_declined_child_on_to_the_same_service": (
        "SD-35",
        facts_declined_and_talked_about,
        decision(step_id="decision-2", corrects="record_decisions"),
        "children.0.decision",
        "The service did not accept this child: either that service answers again, or another one is named.",
    ),
    "families_first_for_a_service_on_mosaic": (
        "SD-26",
        lambda: facts_before(AcknowledgeTransfer),
        families_first(),
        "step",
        "Families First is only recommended for children who pass to a service that does not use Mosaic.",
    ),
    "letters_that_tell_no_agency_of_a_child_for_whom_universal_services_suffice": (
        "SD-32",
        lambda: facts_after(decided({CHILD: Decision.UNIVERSAL_ONLY})),
        letters(),
        "letters",
        "Universal services are enough for a child: write to an agency involved, or say why no letter is written.",
    ),
    "putting_right_what_people_have_to_agree_about": (
        "SD-35",
        facts_declined,
        resolution("A1", Resolution.SKIP),
        "attention_id",
        (
            "This is not put right here: it ends when the service answers again, or something else is decided for "
            "the child."
        ),
    ),
    "cancelling_twice": (
        None,
        lambda: facts_after(cancellation()),
        cancellation(step_id="cancel-2"),
        "step",
        "The transfer has already been cancelled.",
    ),
    "cancelling_while_a_child_is_being_closed": (
        None,
        being_closed,
        cancellation(),
        "step",
        "Children's cases are being closed: the transfer can no longer be cancelled.",
    ),
    "pausing_a_clock_as_a_manager_whom_the_directory_does_not_have": (
        "SD-23b",
        asked,
        pause(actor=Actor(id="tm-99", role=Role.TEAM_MANAGER)),
        "actor",
        NOT_SO,
    ),
    "pausing_a_clock_as_the_manager_of_another_team": (
        "SD-23b",
        lambda: asked_of(manager(), manager(ref="tm-2", teams=("team-other",))),
        pause(actor=Actor(id="tm-2", role=Role.TEAM_MANAGER, team="team-sw")),
        "actor",
        NOT_SO,
    ),
    "acting_for_another_team_than_their_own": (
        "SD-23b",
        lambda: asked_of(manager()),
        pause(actor=Actor(id="tm-1", role=Role.TEAM_MANAGER, team="team-other")),
        "actor",
        (
            "The directory of people has this person in a different team from the one named here: name theirs, "
            "or none; or have it put right there (transfers people import)."
        ),
    ),
    "authorising_letters_that_changed_since": (
        "SD-33a",
        letters_that_changed,
        authorised("approve_letters"),
        "of",
        (
            "These letters have changed since they were approved: the social worker reads and approves them "
            "again, and you authorise that approval."
        ),
    ),
    "authorising_what_mosaic_keeps_open": (
        "SD-19b",
        lambda: kept_open_in_mosaic(waiting_for_the_manager()),
        authorised(),
        "of",
        STAYS_OPEN,
    ),
    "confirming_a_meeting_as_a_chair_whom_the_directory_does_not_have": (
        "SD-23b",
        lambda: in_directory(facts_after(meeting(), before=plan_before(ScheduleFinalMeeting)), manager()),
        confirmation(),
        "actor",
        NOT_SO,
    ),
    "pausing_a_clock_after_ones_time": (
        "SD-23b",
        lambda: asked_of(manager(until=date(2026, 3, 1))),
        pause(),
        "actor",
        GONE,
    ),
    "pausing_a_clock_after_a_cover": (
        "SD-23b",
        lambda: asked_of(manager(), cover(cover_until=date(2026, 3, 1))),
        pause(actor=COVER),
        "actor",
        NO_COVER_THEN,
    ),
    "an_act_before_the_directory_is_read": (
        "SD-23b",
        lambda: facts(opening=None),
        management_conversation(),
        "actor",
        "The transfer is only being opened, and has not read the directory of people: send this again in a moment.",
    ),
    "pausing_a_clock_that_does_not_run": (
        None,
        facts,
        pause(),
        "clock",
        "No such clock is running.",
    ),
    "pausing_another_clock_than_the_one_that_runs": (
        None,
        asked,
        pause(ClockKind.ACKNOWLEDGEMENT),
        "clock",
        "No such clock is running.",
    ),
    "pausing_a_clock_that_has_ended": (
        None,
        lambda: keeping_time(record(asked(), offer()), NOW),
        pause(),
        "clock",
        "No such clock is running.",
    ),
    "pausing_a_clock_twice": (
        None,
        paused,
        pause(step_id="pause-2"),
        "clock",
        "This clock is already paused.",
    ),
    "pausing_a_clock_when_the_answer_is_overdue": (
        None,
        overdue,
        pause(),
        "clock",
        "The answer is already overdue; that stays on record.",
    ),
    "resuming_a_clock_that_runs": (
        None,
        asked,
        resume(),
        "clock",
        "This clock is not paused.",
    ),
    "resuming_a_clock_that_runs_again": (
        None,
        lambda: record(paused(), resume(occurred_at=NOW)),
        resume(step_id="resume-2", occurred_at=NOW),
        "clock",
        "This clock is not paused.",
    ),
    "resuming_a_clock_before_it_was_paused": (
        None,
        paused,
        resume(occurred_at=NOW - timedelta(minutes=1)),
        "occurred_at",
        "The clock was stopped after that.",
    ),
    "calculating_again_what_is_due_when_nothing_is": (
        None,
        facts,
        recalculation(),
        "step",
        "No clock runs.",
    ),
    "resolving_what_ended_by_itself": (
        None,
        lambda: facts_before(RecordContactConversation).model_copy(update={"raised": (attention(SHARE),)}),
        resolution("A1"),
        "attention_id",
        "No item with this number needs attention.",
    ),
    "telling_the_family_nothing_new_after_a_turn": (
        "SD-33",
        lambda: facts_after(withdrawal(SIBLING), before=facts_before(AcknowledgeTransfer, CHILD, SIBLING)),
        to_family(CHILD, SIBLING, step_id="letters-2"),
        "letters",
        "Tell what has changed since the last letter in a new one, under a new name; or say why none is written.",
    ),
    "trying_again_what_is_no_longer_wanted": (
        None,
        lambda: facts_after(withdrawal(), before=sharing_waits()),
        resolution("A1", Resolution.RETRY),
        "resolution",
        "Something has changed since, and this will no longer be done: record that it had been done, or skip it.",
    ),
    "trying_again_what_is_only_a_word_on_a_step": (
        None,
        lambda: raise_attention(facts(), NOW, "in_clear", "A step"),
        resolution("A1", Resolution.RETRY),
        "resolution",
        "There is nothing to try again: record what was done by hand, or skip it with the reason.",
    ),
    "skipping_the_closing_of_a_child": (
        None,
        lambda: needs_a_person(close_child(CHILD)),
        resolution("A1", Resolution.SKIP),
        "resolution",
        "This must not be skipped: do it by hand and record that, or retry.",
    ),
    "skipping_the_sharing": (
        None,
        sharing_waits,
        resolution("A1", Resolution.SKIP),
        "resolution",
        "This must not be skipped: do it by hand and record that, or retry.",
    ),
    "skipping_the_look_into_the_directory": (
        None,
        service_unknown,
        resolution("A1", Resolution.SKIP),
        "resolution",
        "This must not be skipped: do it by hand and record that, or retry.",
    ),
    "looking_into_the_directory_by_hand": (
        None,
        service_unknown,
        resolution("A1", Resolution.DONE_BY_HAND),
        "resolution",
        "Nobody can do this by hand: retry when it is put right.",
    ),
    "decision_to_close_in_spite_of_a_risk_of_harm": (
        "SU-01",
        lambda: record(facts_before(RecordDecisions), harm_report()),
        decided({CHILD: Decision.NO_FURTHER_SUPPORT}),
        "children.0.decision",
        (
            "A risk of significant harm was reported: a child who is open to social work stays with social "
            "work. Decide that; or first record what came of the contact about it: if nothing follows from it, "
            "the team manager may lift the stop, and then you decide again."
        ),
    ),
    "child_added_after_a_report_of_harm": (
        "SU-01",
        lambda: record(facts(), harm_report()),
        added_child(),
        "step",
        STOPPED,
    ),
    "decision_to_close_a_child_whose_plan_goes_on": (
        "SD-19",
        lambda: facts_after(
            meeting(at_meeting(CHILD, MeetingOutcome.PLAN_CONTINUES)), before=plan_before(RecordFinalMeeting)
        ),
        decided({CHILD: Decision.NO_FURTHER_SUPPORT}),
        "children.0.decision",
        (
            "The final meeting did not agree to this for the child: unless a meeting says otherwise, the child "
            "stays with social work."
        ),
    ),
    "decision_to_close_a_child_in_child_protection_without_its_conference": (
        "SD-19a",
        in_child_protection,
        decided({CHILD: Decision.NO_FURTHER_SUPPORT}),
        "children.0.decision",
        CONFERENCE,
    ),
    "what_it_came_to_without_a_report": (
        "SD-39",
        facts,
        harm_outcome(),
        "step",
        "No risk of significant harm was reported in this transfer. If there is one, report it.",
    ),
    "the_worker_of_a_child_who_has_none": (
        "SD-39",
        lambda: record(facts_before(AcknowledgeTransfer), harm_report()),
        harm_outcome(heard_from=HarmContact.ALLOCATED_WORKER),
        "heard_from",
        (
            "Social work has closed this child's case, so the child has no social worker: only Duty and Advice "
            "or the emergency duty team can say what came of it."
        ),
    ),
    "a_stop_is_lifted_beside_an_enquiry": (
        "SD-39",
        lambda: seen_in_mosaic(came_to_nothing(CHILD), open_enquiry=True),
        authorised("record_harm_outcome"),
        "of",
        "Mosaic holds something because of which the stop cannot be lifted: `transfers show ID --in-mosaic` says what.",
    ),
    "a_stop_is_lifted_for_a_sibling_without_a_reason": (
        "SD-39",
        lambda: came_to_nothing(CHILD, SIBLING),
        authorised("record_harm_outcome"),
        "because",
        (
            "It was not reported about this child, or something came of it for a brother or sister: give as "
            "your reason why the stop is lifted all the same."
        ),
    ),
    "a_stop_is_lifted_and_mosaic_does_not_say": (
        "SD-39",
        lambda: seen_in_mosaic(came_to_nothing(CHILD), open_enquiry=None),
        authorised("record_harm_outcome"),
        "because",
        "Mosaic does not say whether an enquiry is open: give as your reason what you know about it.",
    ),
    "another_service_after_a_report_of_harm": (
        "SU-01",
        lambda: record(facts(), harm_report()),
        other_service(),
        "step",
        STOPPED,
    ),
    "reserving_a_child_by_hand": (
        None,
        child_elsewhere,
        resolution("A1", Resolution.DONE_BY_HAND),
        "resolution",
        "Nobody can do this by hand: retry when it is put right.",
    ),
}


CASES = [
    pytest.param(case, id=name, marks=[pytest.mark.clause(case[0])] if case[0] else [])
    for name, case in REFUSED.items()
]


@pytest.mark.parametrize("case", CASES)
def test_a_step_that_breaks_a_rule_is_refused_with_field_reason_and_clause(case: Case) -> None:
    clause, before, step, field, reason = case
    said = refused(before(), step)
    assert (said.field, said.reason, said.clause) == (field, reason, clause)


@pytest.mark.parametrize("case", CASES)
def test_without_that_one_rule_the_step_would_be_taken(case: Case) -> None:
    _, before, step, _, reason = case
    now = before()
    assert broken(now, as_read(now, step)) == [reason]


NO_SUCH_ITEM = "No item with this number needs attention."


def broken(now: StepDownFacts, step: Step) -> list[str]:
    """Every rule that the step breaks, and every row of what may not be said to put something right."""
    rules = [rule for rule in STEP_DOWN.rules if isinstance(step, rule.step) and rule.breaks(now, step) is not None]
    said = [rule.otherwise for rule in rules]
    if not isinstance(step, ResolveAttention):
        return said
    item = next((item for item in now.open_attention if item.id == step.attention_id), None)
    if item is None:
        return [*said, NO_SUCH_ITEM]
    effect = next((effect for effect in everything_wanted(now) if effect.id == item.effect), None)
    return [*said, *(row.otherwise for row in ROWS if row.refuses(now, item, effect, step.resolution))]


def test_every_rule_refuses_something_here() -> None:
    of_every_step = {rule.otherwise for rule in STEP_DOWN.rules if rule.step is Step}
    told = {
        (clause, reason, Step if reason in of_every_step else type(step))
        for clause, _, step, _, reason in REFUSED.values()
    }
    rules = {(rule.clause, rule.otherwise, rule.step) for rule in STEP_DOWN.rules}
    resolving = {(row.clause, row.otherwise, ResolveAttention) for row in ROWS}
    assert told == {*rules, *resolving, (None, NO_SUCH_ITEM, ResolveAttention)}


@pytest.mark.parametrize("children", [(CHILD,), (CHILD, SIBLING)], ids=["one child", "two children"])
def test_the_steps_in_the_order_of_the_guidance_are_all_taken(children: tuple[str, ...]) -> None:
    assert stage(facts_closed(*children)) is Stage.CLOSED


@pytest.mark.clause("SD-09")
def test_a_refusal_needs_not_say_what_may_be_shared() -> None:
    assert refusal(facts(), refused_consent(), NOW) is None


@pytest.mark.clause("SD-09")
def test_consent_for_one_of_two_children_lets_the_sharing_begin() -> None:
    before = facts_after(
        consent(child_consent(CHILD), child_consent(SIBLING, stands=False)), before=facts(CHILD, SIBLING)
    )
    assert refusal(before, family_sharing(), NOW) is None


@pytest.mark.clause("SD-10a")
def test_what_the_family_did_not_agree_to_needs_no_clearing_and_is_shared_again() -> None:
    not_agreed_yet = family_sharing(agreed_as_basis=False, cleared_of_third_parties=False)
    before = facts_after(not_agreed_yet, before=facts_before(RecordFamilySharing))
    assert stage(before) is Stage.SHARING
    again = family_sharing(step_id="sharing-2", version=2, corrects="record_family_sharing")
    assert stage(facts_after(again, before=before)) is Stage.CONVERSATION


@pytest.mark.clause("SD-10a")
def test_with_the_managers_name_support_goes_on_without_a_document_that_is_not_agreed() -> None:
    after = facts_after(going_on_without(), before=facts_before(RecordFamilySharing))
    assert stage(after) is Stage.CONVERSATION
    assert not [effect for effect in after.begun if effect.kind is EffectKind.SHARE_DOCUMENT]
    rest = (conversation(), practitioner(), advice(), decision(), letters(), acknowledgement(), seen())
    assert stage(facts_after(*rest, before=after)) is Stage.CLOSED


@pytest.mark.clause("SD-06")
@pytest.mark.parametrize(
    ("of_the_service", "held_with"),
    [
        (ContactKind.ALLOCATES, ContactKind.ALLOCATES),
        (ContactKind.ALLOCATES, None),
        (ContactKind.PRACTITIONER, ContactKind.PRACTITIONER),
        (ContactKind.PRACTITIONER, ContactKind.ALLOCATES),
    ],
)
def test_the_conversation_is_held_with_whom_the_directory_names_or_with_one_who_allocates(
    of_the_service: ContactKind, held_with: ContactKind | None
) -> None:
    right = opening(service=service(contact_kind=of_the_service))
    before = facts_before(RecordContactConversation).model_copy(update={"opening": right})
    assert refusal(before, conversation(contact_kind=held_with), NOW) is None


@pytest.mark.clause("SD-07")
@pytest.mark.parametrize("answer", [offer(), not_us()], ids=["a date", "not for us"])
def test_the_contact_answers_the_request_with_a_date_or_a_no(answer: Step) -> None:
    assert refusal(facts_before(RecordContactConversation), answer, NOW) is None


@pytest.mark.clause("SD-08")
def test_a_conversation_that_finds_the_referral_not_appropriate_names_no_child() -> None:
    assert refusal(facts(), not_appropriate(), NOW) is None


@pytest.mark.clause("SD-07")
def test_after_a_refusal_the_children_are_decided_without_a_conversation() -> None:
    assert refusal(facts_after(refused_consent()), stays(), NOW) is None


@pytest.mark.clause("SD-05")
def test_where_the_service_said_no_the_decision_needs_neither_exploration_nor_sharing() -> None:
    assert refusal(facts_after(consent(), not_appropriate()), stays(), NOW) is None


@pytest.mark.clause("SD-01")
def test_a_child_that_stays_needs_no_word_on_the_further_role() -> None:
    assert refusal(facts_before(RecordDecisions), stays(no_further_role_confirmed=False), NOW) is None


@pytest.mark.clause("SD-33")
def test_agencies_are_written_to_where_consent_stands() -> None:
    now = with_school(facts_before(ApproveLetters))
    assert record(now, letters(letter(), letter_to_agency())).letters is not None


@pytest.mark.clause("SD-33")
def test_letters_may_be_approved_before_the_children_are_closed() -> None:
    now = record(facts_before(RecordDecisions), decision())
    assert record(now, letters()).letters is not None


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        (EffectKind.REQUEST_CONVERSATION, "service"),
        (EffectKind.SEND_ADVICE_SUMMARY, "practitioner"),
        (EffectKind.SEND_LETTER, "letter"),
    ],
)
def test_a_message_may_be_skipped_with_a_reason(kind: EffectKind, about: str) -> None:
    before = needs_a_person(Effect(kind=kind, **{about: "one"}))
    assert refusal(before, resolution("A1", Resolution.SKIP), NOW) is None


@pytest.mark.parametrize("how", [Resolution.RETRY, Resolution.DONE_BY_HAND])
@pytest.mark.parametrize("before", [sharing_waits, lambda: needs_a_person(close_child(CHILD))], ids=["share", "close"])
def test_what_must_be_may_be_tried_again_or_done_by_hand(before: Callable[[], StepDownFacts], how: Resolution) -> None:
    assert refusal(before(), resolution("A1", how), NOW) is None


@pytest.mark.parametrize("how", [Resolution.SKIP, Resolution.DONE_BY_HAND])
def test_what_is_no_longer_wanted_may_be_skipped_or_have_been_done_by_hand(how: Resolution) -> None:
    assert refusal(facts_after(withdrawal(), before=sharing_waits()), resolution("A1", how), NOW) is None


@pytest.mark.parametrize("how", [Resolution.RETRY, Resolution.SKIP])
def test_a_child_that_is_elsewhere_may_be_tried_again_or_skipped(how: Resolution) -> None:
    assert refusal(child_elsewhere(), resolution("A1", how), NOW) is None


def test_a_service_that_the_directory_did_not_know_may_be_looked_up_again() -> None:
    assert refusal(service_unknown(), resolution("A1"), NOW) is None


@pytest.mark.parametrize("how", [Resolution.SKIP, Resolution.DONE_BY_HAND])
def test_what_is_only_a_word_on_a_step_is_ended_with_what_was_done_or_why_not(how: Resolution) -> None:
    after = record(raise_attention(facts(), NOW, "in_clear", "A step"), resolution("A1", how))
    assert after.open_attention == ()


def test_an_item_is_resolved_once() -> None:
    after = record(needs_a_person(close_child(CHILD)), resolution("A1"))
    assert refused(after, resolution("A1", step_id="again")).field == "attention_id"


@pytest.mark.parametrize(
    "early",
    [exploration(), consent(), conversation(), practitioner(), advice()],
    ids=lambda step: step.step,
)
def test_a_step_that_may_come_before_its_turn_is_kept(early: Step) -> None:
    rest = (step for step in whole_path() if step.step != early.step)
    assert stage(facts_after(early, *rest)) is Stage.CLOSED


def test_the_early_steps_may_come_in_any_order_before_the_sharing() -> None:
    early = (advice(), practitioner(), conversation(), consent(), exploration())
    assert stage(facts_after(*early, family_sharing())) is Stage.DECISION


EVERYBODY = {
    Role.SOCIAL_WORKER: SOCIAL_WORKER,
    Role.TEAM_MANAGER: MANAGER,
    Role.EARLY_HELP_CONTACT: CONTACT,
    Role.EARLY_HELP_SERVICE: SERVICE,
    Role.TARGETED_SERVICES_LEADER: Actor(id="tsl-1", role=Role.TARGETED_SERVICES_LEADER),
    Role.CHAIR: CHAIR,
    Role.CONFERENCE_MANAGER: CONFERENCE_MANAGER,
    Role.OPERATIONS: OPERATIONS,
}
EVERYBODY |= {role: Actor(id=f"{role}-1", role=role) for role in Role if role not in EVERYBODY}

SW, TM, CONTACT_ROLE, SERVICE_ROLE = list(Role)[:4]

MAY: dict[str, set[Role]] = {
    "record_family": {SW},
    "record_exploration": {SW},
    "record_consent": {SW},
    "withdraw_consent": set(Role),
    "record_family_sharing": {SW, TM},
    "record_sharing_basis": {SW, TM},
    "answer_request": {SW, CONTACT_ROLE},
    "record_contact_conversation": {SW, CONTACT_ROLE},
    "schedule_final_meeting": {SW},
    "record_final_meeting": {SW, TM, Role.CHAIR},
    "confirm_meeting": {TM, Role.CHAIR, Role.CONFERENCE_MANAGER},
    "name_lead_practitioner": {SW, TM, SERVICE_ROLE},
    "record_management_conversation": {TM, Role.TARGETED_SERVICES_LEADER},
    "record_advice_summary": {SW},
    "record_decisions": {SW, TM},
    "authorise": {TM},
    "approve_letters": {SW},
    "record_delivery": {SW, TM},
    "acknowledge_transfer": {SERVICE_ROLE},
    "record_families_first_notification": {SERVICE_ROLE, SW, TM},
    "agree_start": {SERVICE_ROLE, CONTACT_ROLE, SW},
    "record_first_contact": {SERVICE_ROLE},
    "decide_first_contact": {TM},
    "add_child": {SW, TM},
    "change_service": {SW, TM},
    "reassign": {SW, TM},
    "pause_clock": {TM, Role.OPERATIONS},
    "resume_clock": {TM, Role.OPERATIONS},
    "recalculate_clocks": {Role.OPERATIONS},
    "cancel": {SW, TM, Role.OPERATIONS},
    "report_significant_harm": set(Role),
    "record_harm_outcome": {
        *(SW, TM, CONTACT_ROLE, SERVICE_ROLE),
        *(Role.DUTY_AND_ADVICE, Role.EMERGENCY_DUTY_TEAM),
    },
    "resolve_attention": {Role.OPERATIONS},
}

BESIDE_THE_PATH: dict[str, tuple[Callable[[], StepDownFacts], Step]] = {
    "withdraw_consent": (lambda: facts_before(RecordFamilySharing), withdrawal()),
    "record_sharing_basis": (facts, sharing_basis()),
    "schedule_final_meeting": (lambda: plan_before(ScheduleFinalMeeting), scheduled()),
    "record_final_meeting": (lambda: plan_before(RecordFinalMeeting), meeting()),
    "confirm_meeting": (lambda: facts_after(meeting(), before=plan_before(ScheduleFinalMeeting)), confirmation()),
    "answer_request": (lambda: facts_before(RecordContactConversation), offer()),
    "record_management_conversation": (facts_declined, management_conversation()),
    "record_families_first_notification": (
        lambda: facts_after(*whole_path()[:-2], before=facts(opening=opening(service=without_mosaic()))),
        families_first(),
    ),
    "record_delivery": (posted, delivery(posted().letter("letter-1"))),
    "record_family": (facts, family_record()),
    "authorise": (waiting_for_the_manager, authorised()),
    "agree_start": (not_known_when, agreed_start()),
    "decide_first_contact": (lambda: facts_after(unseen(), before=passed_on()), decided_unseen()),
    "add_child": (facts, added_child()),
    "change_service": (facts, other_service()),
    "reassign": (facts, reassigned()),
    "pause_clock": (asked, pause()),
    "resume_clock": (paused, resume(occurred_at=NOW)),
    "recalculate_clocks": (asked, recalculation()),
    "cancel": (facts, cancellation()),
    "report_significant_harm": (facts, harm_report()),
    "record_harm_outcome": (lambda: record(facts(), harm_report()), harm_outcome()),
    "resolve_attention": (lambda: needs_a_person(close_child(CHILD)), resolution("A1")),
}


ANOTHER_STEP_OF: dict[tuple[str, Role], tuple[StepDownFacts, Step]] = {
    ("confirm_meeting", Role.CONFERENCE_MANAGER): (
        record(in_child_protection(), decided_as(ended_without())),
        confirmation("record_decisions"),
    ),
}
"""What a role may record of a step of this name, where it is not what others may."""


def before_and_step(name: str) -> tuple[StepDownFacts, Step]:
    if name in BESIDE_THE_PATH:
        before, beside = BESIDE_THE_PATH[name]
        return before(), beside
    step = next(step for step in whole_path() if step.step == name)
    return facts_before(type(step)), step


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("name", MAY)
def test_a_step_is_recorded_only_by_the_role_that_may(name: str, role: Role) -> None:
    before, step = ANOTHER_STEP_OF.get((name, role)) or before_and_step(name)
    may = MAY[name] | ({Role.DUTY_SOCIAL_WORKER} if SW in MAY[name] else set())
    answer = refusal(before, as_read(before, step.model_copy(update={"actor": EVERYBODY[role]})), NOW)
    if role in may:
        assert answer is None
    elif role is Role.BUSINESS_SUPPORT and SW in may:
        assert answer == SAY_FOR_WHOM
    else:
        who = " or ".join(sorted(may.words for may in MAY[name]))
        assert answer == Refusal(
            field="actor.role", reason=f"Only the {who} records this, not {EVERYBODY[role].words}."
        )


@pytest.mark.parametrize("typist", [Role.BUSINESS_SUPPORT, Role.DUTY_SOCIAL_WORKER])
@pytest.mark.parametrize("name", MAY)
def test_what_a_social_worker_records_is_typed_for_them_and_nothing_that_others_answer_for(
    name: str, typist: Role
) -> None:
    before, step = before_and_step(name)
    typed = as_read(before, step).model_copy(update={"actor": EVERYBODY[typist], "on_behalf_of": SOCIAL_WORKER})
    assert refusal(before, typed, NOW) == (None if SW in MAY[name] else NOT_FOR_OTHERS)


@pytest.mark.clause("SD-23b")
@pytest.mark.parametrize("name", MAY)
def test_nothing_is_typed_for_a_manager_and_by_nobody_who_acts_themselves(name: str) -> None:
    before, step = before_and_step(name)
    for actor, other in ((EVERYBODY[Role.BUSINESS_SUPPORT], MANAGER), (MANAGER, SOCIAL_WORKER)):
        typed = step.model_copy(update={"actor": actor, "on_behalf_of": other})
        assert refusal(before, typed, NOW) == (None if len(MAY[name]) == len(Role) else NOT_FOR_OTHERS)


def test_who_typed_for_whom_stands_on_the_timeline_and_in_the_receipt() -> None:
    typist = EVERYBODY[Role.BUSINESS_SUPPORT]
    now = facts_after(exploration(actor=typist, on_behalf_of=SOCIAL_WORKER))
    assert status(now).timeline[-1].who == " for ".join(
        f"{one}{NOT_IN_DIRECTORY}" for one in ("business support business_support-1", "social worker sw-7")
    )
    assert now.receipts[-1].recorded_for == "social worker sw-7"
    assert facts_after(exploration()).receipts[-1].recorded_for is None


@pytest.mark.clause("SD-23b")
def test_whoever_a_decision_was_typed_for_does_not_authorise_it() -> None:
    own = Actor(id=MANAGER.id, role=Role.SOCIAL_WORKER)
    before = facts_before(RecordDecisions)
    typed = decided({CHILD: Decision.TRANSFER}, actor=EVERYBODY[Role.BUSINESS_SUPPORT], on_behalf_of=own)
    now = record(before, typed)
    assert refused(now, authorised(actor=MANAGER)).clause == "SD-23b"


@pytest.mark.clause("SD-34")
@pytest.mark.clause("SD-35")
def test_who_must_answer_never_stops_their_own_clock() -> None:
    for step in ("pause_clock", "resume_clock", "recalculate_clocks"):
        assert not MAY[step] & {Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE}


def test_a_clock_that_is_reminded_of_may_still_be_paused_and_runs_again_from_the_same_moment() -> None:
    reminded = let_time_pass(asked(), london(2026, 3, 5, 9))
    now = record(reminded, pause(occurred_at=london(2026, 3, 5, 9)), london(2026, 3, 5, 9))
    assert refusal(now, resume(occurred_at=london(2026, 3, 5, 9)), london(2026, 3, 5, 10)) is None


def test_a_paused_clock_may_be_calculated_again() -> None:
    assert refusal(paused(), recalculation(), NOW) is None


def test_every_step_says_who_may_record_it() -> None:
    assert all(vars(kind)["recorded_by"] for kind in STEPS)
    assert set(MAY) == {step_name(kind) for kind in STEPS}


def test_a_step_may_be_a_minute_ahead_of_the_transfers_clock_and_no_more() -> None:
    minute = timedelta(minutes=1)
    assert refusal(facts(), exploration(occurred_at=NOW + minute), NOW) is None
    later = exploration(occurred_at=NOW + minute + timedelta(seconds=1))
    assert refused(facts(), later) == Refusal(field="occurred_at", reason=IN_THE_FUTURE)


def test_a_child_of_another_transfer_is_refused() -> None:
    answer = refused(facts(), advice("child-z"))
    assert answer == Refusal(field="children.0.ref", reason="This child is not in this transfer.", child="child-z")


def test_a_child_that_is_named_twice_is_refused() -> None:
    answer = refused(facts(CHILD, SIBLING), advice(CHILD, SIBLING, CHILD))
    assert answer == Refusal(field="children.2.ref", reason="This child is named twice.", child=CHILD)


def test_a_closed_transfer_takes_no_step() -> None:
    answer = refused(facts_closed(), exploration(step_id="late", corrects="record_exploration"))
    assert answer == Refusal(field="step", reason="This transfer is closed.")


def test_the_same_step_again_is_no_refusal_even_when_the_transfer_is_closed() -> None:
    closed = facts_closed()
    assert refusal(closed, consent(), NOW) is None
    assert record(closed, consent()) == closed


def test_a_step_id_with_other_content_is_refused() -> None:
    before = facts_after(exploration())
    told = Refusal(
        field="step_id",
        reason="Something else was recorded under the same number before: social worker sw-7 recorded what was "
        f"explored with family and network on {local_time(NOW)}. Give this one another number.",
    )
    assert refused(before, exploration(needs="something else")) == told
    assert refused(before, practitioner(step_id="record_exploration")) == told


def test_an_actor_without_a_team_may_record() -> None:
    assert refusal(facts(), exploration(actor=Actor(id="sw-1", role=Role.SOCIAL_WORKER)), NOW) is None


def test_the_words_of_a_refusal_are_one_line_with_its_clause() -> None:
    assert refused(facts(), family_sharing()).words == ("The family's consent comes before anything is shared. (SD-09)")
    assert refused(facts(), advice("child-z")).words == "Child child-z: This child is not in this transfer."
