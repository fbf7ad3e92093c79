"""Assessment: what it comes to, who has the children then, who has to hear of it, who disagrees (SU-06…SU-08)."""

from models.journey import attention
from models.journey.people import comes_too_early
from models.journey.rows import TimeIsUp, each_child, field, for_each, unless
from models.kinds import ClockKind
from models.step_up.facts import StepUpFacts
from models.step_up.linked import early_help_opened, origin_told
from models.step_up.rows import CANCELLED, DUTY_AND_ADVICE, SERVICE, Doing, Need, Row, Rule, goes_on
from models.step_up.start import ReferrerKind
from models.step_up.steps.assessment import (
    AnswerDisagreement,
    RecordAssessmentOutcome,
    RecordReferrerTold,
    RecordSocialWorker,
)
from models.step_up.steps.contact import RecordContact
from models.vocabulary import Role

MAY_BE_UNSAFE = frozenset({ReferrerKind.FAMILY, ReferrerKind.YOUNG_PERSON, ReferrerKind.PUBLIC})
"""Who hears of what was decided only where that is safe (ER-14)."""
NOT_ASSESSED = (
    "Nobody has recorded that this child is to be assessed, or that there was an emergency response: record first what "
    "the contact came to."
)


def _told_unsafely(facts: StepUpFacts, step: RecordReferrerTold) -> bool:
    unsafe = facts.request.referrer.kind in MAY_BE_UNSAFE
    return unsafe and step.said is not None and step.said_safe_by is None


def _below(facts: StepUpFacts, step: AnswerDisagreement) -> bool:
    return facts.level(step) == 1 and step.actor.role is not Role.HEAD_OF_SERVICE


def _of_their_own(facts: StepUpFacts, step: AnswerDisagreement) -> bool:
    said = facts.entry(step.of)
    return said is not None and step.actor.id in said.step.recorders


ROWS: tuple[Row, ...] = (
    Need(
        "SU-06",
        RecordAssessmentOutcome,
        Role.SOCIAL_WORKER,
        "Say for each child what the assessment, or the emergency response, came to: a plan and a social worker, "
        "protective action, or no ongoing social work, with how Early Help was advised. An Early Help assessment that "
        "is registered is named, and not written again (SU-05).",
        met=lambda f: not f.unassessed,
        applies=goes_on,
        clock=ClockKind.ASSESSMENT,
        ways=for_each(lambda f: f.unassessed, RecordAssessmentOutcome, "nobody has said what came of it"),
        everywhere=True,
    ),
    TimeIsUp(
        "SU-06",
        ClockKind.ASSESSMENT,
        RecordAssessmentOutcome,
        "The time for an assessment is over, and nobody has said what it came to for each child. Find out why, and "
        "have it finished and recorded.",
    ),
    Need(
        "SU-08",
        RecordSocialWorker,
        Role.TEAM_MANAGER,
        "Social work goes on with children whom no named social worker has taken over: Early Help stays with them "
        "until one has. Allocate one, and record who has them, and from when.",
        met=lambda f: not f.without_social_worker,
        applies=goes_on,
        clock=ClockKind.NAMED_WORKER,
        ways=for_each(lambda f: f.without_social_worker, RecordSocialWorker, "Early Help stays until then"),
        everywhere=True,
    ),
    TimeIsUp(
        "SU-08",
        ClockKind.NAMED_WORKER,
        RecordSocialWorker,
        "Social work goes on with children, and no named social worker has taken them over. Have one allocated now.",
    ),
    Need(
        "SU-01a",
        RecordContact,
        SERVICE,
        "Say whether agreement was sought, or why not, and whether the parents may be told. It keeps nobody from "
        "protecting a child.",
        met=lambda f: f.parents is not None,
        applies=goes_on,
        clock=ClockKind.PARENTS_ASKED,
        everywhere=True,
    ),
    TimeIsUp(
        "SU-01a",
        ClockKind.PARENTS_ASKED,
        RecordContact,
        "Nobody has said whether agreement was sought for a referral, or why not, and whether the parents may be told. "
        "Have it found out and recorded.",
    ),
    Need(
        "SU-06",
        RecordReferrerTold,
        DUTY_AND_ADVICE,
        "Tell whoever was worried what was decided, and nothing about other people; then record what you said. Or "
        "record why they are not told.",
        met=lambda f: not f.to_be_told,
        clock=ClockKind.OUTCOME_TOLD,
        everywhere=True,
    ),
    TimeIsUp(
        "SU-06",
        ClockKind.OUTCOME_TOLD,
        RecordReferrerTold,
        "Whoever was worried about children has not heard what was decided: have them told, or have it recorded why "
        "they are not.",
    ),
    Need(
        "SU-08",
        AnswerDisagreement,
        Role.TEAM_MANAGER,
        "Somebody disagrees. Talk with them, and record your answer, and whether they accept it. Nothing that "
        "protects a child waits for this.",
        met=lambda f: not f.unsettled(answers=0),
        of=lambda f: f.unsettled(answers=0),
        clock=ClockKind.DISAGREEMENT,
        everywhere=True,
    ),
    Need(
        "SU-08",
        AnswerDisagreement,
        Role.HEAD_OF_SERVICE,
        "Somebody disagrees, and a manager's answer has not settled it. Talk with them, and record your answer, which "
        "is the last here; the safeguarding partnership's own procedure stands above it.",
        met=lambda f: not f.unsettled(answers=1),
        of=lambda f: f.unsettled(answers=1),
        clock=ClockKind.DISAGREEMENT,
        everywhere=True,
    ),
    TimeIsUp(
        "SU-08",
        ClockKind.DISAGREEMENT,
        AnswerDisagreement,
        "Somebody disagrees with what was decided about children, and has no answer. Answer them.",
    ),
    Doing(
        "SU-04",
        early_help_opened,
        "A request for Early Help is being opened for the children who need Early Help.",
        at_once=True,
    ),
    Doing("SD-39", origin_told, "The journey out of which the referral was opened is being told.", at_once=True),
    attention.PUT_RIGHT,
    attention.AT_WORK,
    Rule(None, RecordAssessmentOutcome, unless(goes_on), CANCELLED),
    Rule(
        "SU-06",
        RecordAssessmentOutcome,
        each_child("ref", lambda f, child: not f.goes_further(child.ref)),
        NOT_ASSESSED,
    ),
    Rule(
        "SU-08",
        RecordSocialWorker,
        each_child("ref", lambda f, child: not f.goes_further(child.ref)),
        NOT_ASSESSED,
    ),
    Rule(
        None,
        RecordReferrerTold,
        unless(lambda f: f.to_be_told),
        "Nothing was decided that they have not heard, or it was already recorded that they were told.",
    ),
    Rule(
        "ER-14",
        RecordReferrerTold,
        field("said_safe_by", _told_unsafely),
        "Whoever was worried is of the family, or of the public: say who at Duty and Advice said that it is safe to "
        "tell them this; or say why they are not told.",
    ),
    Rule(
        "SU-08",
        AnswerDisagreement,
        field("actor", comes_too_early),
        "The referral is only being opened, and does not know yet who may answer: send this again in a moment.",
    ),
    Rule(
        "SU-08",
        AnswerDisagreement,
        field("of", lambda f, s: f.level(s) is None),
        "There is no disagreement of this number that waits for an answer.",
    ),
    Rule(
        "SU-08",
        AnswerDisagreement,
        field("actor.id", _of_their_own),
        "Whoever disagrees does not answer themselves.",
    ),
    Rule(
        "SU-08",
        AnswerDisagreement,
        field("actor.role", _below),
        "A manager has answered, and it is not settled: the head of service answers now.",
    ),
)
