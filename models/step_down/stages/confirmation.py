"""Confirmation: practitioner, family and agencies are told; the service acknowledges (SD-26, SD-28…33, SD-35)."""

from models.attention import NEWER_VERSION
from models.journey import attention, harm
from models.journey.rows import TimeIsUp, each_child, field, unless
from models.journey.steps import ResolveAttention
from models.kinds import ClockKind
from models.step_down.acts import nothing_waits, that_wait
from models.step_down.between import ways
from models.step_down.direction import all_talked_about, given_back, passed_on
from models.step_down.effects import letters
from models.step_down.facts import StepDownFacts
from models.step_down.parts import to_whom
from models.step_down.plan_end import end_unconfirmed
from models.step_down.practitioners import advice_summaries, families_first_recommended
from models.step_down.rows import EH, SW, TM, Doing, Need, Row, Rule
from models.step_down.safety import safety_told
from models.step_down.stages import addresses, any_time, delivery, harm_stop
from models.step_down.stages import letters as letters_rows
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import (
    AcknowledgeTransfer,
    ApproveLetters,
    ChildAcknowledgement,
    RecordFamiliesFirstNotification,
)
from models.step_down.steps.decision import (
    Decision,
    NameLeadPractitioner,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import Role


def _nothing_under_way(facts: StepDownFacts) -> bool:
    return facts.ended(*facts.begun, *any_time.wanted(facts))


def _people_agree(facts: StepDownFacts, step: ResolveAttention) -> bool:
    """It is about a child of whom managers and service have to agree what becomes."""
    return any(item.id == step.attention_id and item.child is not None for item in facts.open_attention)


def _was_not_passed_on(facts: StepDownFacts, said: ChildAcknowledgement) -> bool:
    child = facts.child(said.ref)
    return child.closing_result is None or not child.is_decided(Decision.TRANSFER)


ROWS: tuple[Row, ...] = (
    Need(
        "SD-33",
        ApproveLetters,
        SW,
        "Approve the letters that tell the family, and the agencies, what is happening.",
        met=letters_rows.family_told,
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-32",
        ApproveLetters,
        SW,
        "Universal services are enough for a child: approve a letter that tells an agency, or say why none is written.",
        met=letters_rows.agencies_told,
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-33c",
        ApproveLetters,
        SW,
        "According to the exploration or Mosaic, an agency is involved that no letter tells: approve a letter to it, "
        "or say why none is written.",
        met=letters_rows.each_agency_told,
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-33a",
        ApproveLetters,
        SW,
        "Somebody who holds parental responsibility is not told of a child: approve a letter to them, or say why none "
        "is written.",
        met=letters_rows.each_holder_told,
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-33d",
        ConfirmMeeting,
        Role.CHAIR,
        "It was recorded that a conference ended the Child Protection plan of a child who stays with social work: the "
        "chair of the meeting confirms it. Until then no letter that names the child is sent.",
        met=lambda f: f.harm_stands or not any(child.protected and end_unconfirmed(child) for child in f.children),
        of=lambda f: (child.newest_meeting for child in f.children if child.protected and end_unconfirmed(child)),
        clock=ClockKind.MEETING_CONFIRMED,
        everywhere=True,
    ),
    Need(
        "SD-33",
        ApproveLetters,
        SW,
        "A young person who decided for themselves is not told: approve a letter to them, or say why none is written.",
        met=letters_rows.each_own_voice_told,
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-33a",
        ApproveLetters,
        SW,
        "What a letter says, or where it goes, has changed since it was approved: read it again, and approve it again.",
        met=letters_rows.all_stand,
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-33a",
        Authorise,
        TM,
        "A letter is to somebody unsafe to contact, or under an order: authorise sending it, or say why not.",
        met=nothing_waits(ApproveLetters),
        of=that_wait(ApproveLetters),
        clock=ClockKind.AUTHORISED,
        everywhere=True,
    ),
    Need(
        "SD-33a",
        ApproveLetters,
        SW,
        "The team manager did not authorise a letter: approve the letters without it, and say why none is written.",
        met=letters_rows.manager_agrees,
        clock=ClockKind.LETTERS,
    ),
    Doing("SD-30", advice_summaries, "The summary of advice is being sent to the practitioner."),
    Doing("SD-30a", safety_told, "The practitioner is being told what keeps people safe."),
    Doing("SD-33", letters, "The letters are being sent."),
    Need(
        "SD-33b",
        RecordDelivery,
        SW,
        "A letter goes by post or by hand: print it, post it or hand it over, and record who did and when.",
        met=delivery.all_handed_over,
        clock=ClockKind.DELIVERY,
    ),
    Need(
        "SD-31",
        RecordDelivery,
        SW,
        "A practitioner is not sent a document, as it also tells about somebody else's child: give them what is about "
        "their own children, and record who did and when, or why it was not given.",
        met=delivery.all_parts_given,
        clock=ClockKind.PART_GIVEN,
        ways=to_whom,
    ),
    Need(
        None,
        None,
        None,
        "What was begun in other systems is being finished.",
        met=_nothing_under_way,
    ),
    Doing(
        "SD-26",
        families_first_recommended,
        "The practitioner is being recommended to tell Families First.",
    ),
    Need(
        "SD-29",
        RecordManagementConversation,
        TM,
        "The service has not accepted a child, or gave the child back: you are responsible for the child until a "
        "service has accepted the child or social work's case is open again. Talk with the Targeted Services Leader, "
        "and record what you agree.",
        met=all_talked_about,
        clock=ClockKind.MANAGEMENT_CONVERSATION,
        ways=ways,
        everywhere=True,
    ),
    Need(
        "SD-36",
        RecordDecisions,
        TM,
        "The service has not accepted a child or gave the child back, or you took the child back: you are responsible "
        "for the child until a service has accepted the child or social work's case is open again. What you can record "
        "now is listed below.",
        met=lambda f: not given_back(f),
        applies=all_talked_about,
        clock=ClockKind.DECLINED,
        ways=ways,
        everywhere=True,
    ),
    # When its time is up, a child that nobody answered for is given back: the two needs above say what is asked then.
    Need(
        "SD-35",
        AcknowledgeTransfer,
        EH,
        "Acknowledge each child that was passed on.",
        met=lambda f: all(child.acknowledgement is not None for child in passed_on(f)),
        clock=ClockKind.ACKNOWLEDGEMENT,
    ),
    Need(
        "SD-28",
        NameLeadPractitioner,
        SW,
        "Only an interim contact is named: name the practitioner once one is allocated.",
        met=lambda f: not any(child.interim for child in passed_on(f)),
        clock=ClockKind.ALLOCATION,
    ),
    Need(
        "SD-26",
        RecordFamiliesFirstNotification,
        EH,
        "Say that Families First was told of the support, or why not.",
        met=lambda f: f.families_first is not None or not families_first_recommended(f),
        clock=ClockKind.FAMILIES_FIRST,
    ),
    harm.NOT_TAKEN,
    harm.WHO_IS_MEANT,
    harm_stop.OUTCOME,
    Need(
        "SD-11",
        RecordFamilySharing,
        SW,
        "Mosaic holds a newer version of a document than the family saw: share it with the family and record that, or "
        "have operations skip the item with the reason.",
        met=lambda f: all(item.problem != NEWER_VERSION for item in f.open_attention),
        everywhere=True,
    ),
    attention.PUT_RIGHT,
    TimeIsUp(
        "SD-29",
        ClockKind.ALLOCATION,
        RecordManagementConversation,
        "No practitioner was allocated by the expected day: talk with the Targeted Services Leader, and record "
        "what you agree.",
    ),
    TimeIsUp(
        "SD-29",
        ClockKind.MANAGEMENT_CONVERSATION,
        RecordManagementConversation,
        "The conversation with the Targeted Services Leader is overdue: hold it.",
    ),
    TimeIsUp(
        "SD-33",
        ClockKind.LETTERS,
        ApproveLetters,
        "The letters are overdue: have the social worker approve them.",
    ),
    TimeIsUp(
        "SD-33b",
        ClockKind.DELIVERY,
        RecordDelivery,
        "A letter was not posted or handed over in time: have that done and recorded; or have the letters approved "
        "again, to go another way, or with the reason why none is written.",
    ),
    TimeIsUp(
        "SD-31",
        ClockKind.PART_GIVEN,
        RecordDelivery,
        "A practitioner was not given their part of a document in time: have that done and recorded, or record why "
        "not.",
    ),
    TimeIsUp(
        "SD-29",
        ClockKind.DECLINED,
        RecordManagementConversation,
        "The time to record what becomes of a child whom the service did not accept is over: record it now. If you "
        "cannot yet, talk with the Targeted Services Leader, and record what you agree.",
    ),
    TimeIsUp(
        "SD-26",
        ClockKind.FAMILIES_FIRST,
        RecordFamiliesFirstNotification,
        "It was not confirmed that Families First was told: ask the service again, or record why it was not done.",
    ),
    Rule(
        "SD-26",
        RecordFamiliesFirstNotification,
        unless(lambda f: bool(families_first_recommended(f))),
        "Families First is only recommended for children who pass to a service that does not use Mosaic.",
    ),
    *addresses.ROWS,
    *delivery.ROWS,
    *letters_rows.ROWS,
    Rule(
        "SD-35",
        AcknowledgeTransfer,
        each_child("ref", _was_not_passed_on),
        "This child has not been passed on to the service.",
    ),
    Rule(
        "SD-35",
        ResolveAttention,
        field("attention_id", _people_agree),
        "This is not put right here: it ends when the service answers again, or something else is decided for the "
        "child.",
    ),
)
