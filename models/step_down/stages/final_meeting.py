"""The final meeting about the plan: scheduled, the service invited, each child spoken of (SD-16, SD-18, SD-19)."""

from models.journey.rows import TimeIsUp, each_child, field, unless
from models.journey.steps import Step
from models.kinds import ClockKind
from models.people import covers_of
from models.step_down.child import Child
from models.step_down.direction import transfer_possible
from models.step_down.effects import invitation
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import for_the_meeting, to_come, unconfirmed
from models.step_down.plan_end import end_unconfirmed, end_waits_for_chair, may_be_answered
from models.step_down.rows import SW, Doing, Need, Row, Rule
from models.step_down.start import PlanType
from models.step_down.steps.acts import ConfirmMeeting
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.final_meeting import ChildAtMeeting, RecordFinalMeeting, ScheduleFinalMeeting
from models.vocabulary import Role

NO_PLAN = "A final meeting belongs to a transfer out of a plan; this one comes out of an assessment."


def _before_the_decision(facts: StepDownFacts) -> bool:
    """A child of a plan may still pass on."""
    return facts.on_a_plan and transfer_possible(facts)


def _somebody_unheard(facts: StepDownFacts) -> bool:
    return any(child.unheard for child in for_the_meeting(facts))


def _confirmed(facts: StepDownFacts, step: ConfirmMeeting) -> RecordFinalMeeting | None:
    """The record of a meeting that it is about."""
    entry = facts.entry(step.of)
    return entry.step if entry is not None and isinstance(entry.step, RecordFinalMeeting) else None


def _without_meeting(facts: StepDownFacts, step: ConfirmMeeting) -> RecordDecisions | None:
    """The decision that it is about, where that says of a plan that it ended without a conference (SD-19a)."""
    entry = facts.entry(step.of)
    decided = entry.step if entry is not None and isinstance(entry.step, RecordDecisions) else None
    return decided if decided is not None and decided.ends_without_conference else None


def _about_nothing(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    return _confirmed(facts, step) is None and _without_meeting(facts, step) is None


def _replaced(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    """For every child: said anew of some of them, it still stands for the others."""
    if (meeting := _confirmed(facts, step)) is None:
        return False
    anew = any(entry.step.corrects == step.of and not entry.late for entry in facts.steps)
    return anew and not any(facts.child(ref).meeting is meeting for ref in meeting.children_named())


def _in_child_protection(facts: StepDownFacts) -> bool:
    return facts.request.plan_type is PlanType.CHILD_PROTECTION


def _another_chair(facts: StepDownFacts, meeting: RecordFinalMeeting, step: Step) -> bool:
    """A chair, but neither who chaired this meeting nor who covers for them on that day."""
    covers = {one.ref for one in covers_of(facts.people, meeting.chair, step.day)}
    return step.actor.role is Role.CHAIR and step.actor.id not in {meeting.chair, *covers}


def _not_its_chair(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    meeting = _confirmed(facts, step)
    return meeting is not None and (step.actor.role not in facts.may_confirm or _another_chair(facts, meeting, step))


def _no_conference_manager(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    return _without_meeting(facts, step) is not None and step.actor.role is not Role.CONFERENCE_MANAGER


def _own(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    about = _confirmed(facts, step) or _without_meeting(facts, step)
    return about is not None and step.actor.id in {*about.recorders, facts.social_worker}


def _waiting(facts: StepDownFacts, step: ConfirmMeeting) -> tuple[Child, ...]:
    """The children of whom what the meeting agreed waits for a word; without the conversation it comes too early."""
    meeting = _confirmed(facts, step)
    said = map(facts.child, meeting.children_named()) if meeting is not None else ()
    return tuple(child for child in said if child.meeting is meeting and unconfirmed(child))


def _ends_plan(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    """An older meeting's end is nobody's to confirm: what the newest said of the child holds (SD-19a)."""
    meeting = _confirmed(facts, step)
    named = map(facts.child, meeting.children_named()) if meeting is not None else ()
    waits = (child for child in named if end_waits_for_chair(child) or end_unconfirmed(child))
    return any(child.newest_meeting is meeting for child in waits)


def _too_early(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    waiting = _waiting(facts, step)
    return bool(waiting) and not any(child.first_talked for child in waiting) and not _ends_plan(facts, step)


def _nothing_waits(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    """Of the record that stands."""
    decided = _without_meeting(facts, step)
    if decided is not None:
        word = facts.word_on_end(decided)
        said = word is not None and word.granted is step.granted
        return said or not any(may_be_answered(facts.child(ref), decided) for ref in decided.children_named())
    stands = _confirmed(facts, step) is not None and not _replaced(facts, step)
    return stands and not _waiting(facts, step) and not _ends_plan(facts, step)


def _denies_a_meeting(facts: StepDownFacts, step: ConfirmMeeting) -> bool:
    return not step.granted and _confirmed(facts, step) is not None


def _for_their_own_family(facts: StepDownFacts, step: RecordFinalMeeting) -> bool:
    """The social worker of the family records its meeting as chair or manager."""
    return step.actor.role is not SW and step.actor.id == facts.social_worker


def _says_nothing_of_the_plan(facts: StepDownFacts, said: ChildAtMeeting) -> bool:
    return _in_child_protection(facts) and said.plan is None


ROWS: tuple[Row, ...] = (
    Need(
        "SD-18",
        ScheduleFinalMeeting,
        SW,
        "Schedule the final meeting; the service is invited to it.",
        met=lambda f: to_come(f) is not None or not _somebody_unheard(f),
        applies=_before_the_decision,
        clock=ClockKind.SCHEDULING,
    ),
    Doing(
        "SD-18",
        invitation,
        "The service is being invited to the final meeting.",
        applies=_before_the_decision,
        at_once=True,
    ),
    Need(
        "SD-19",
        RecordFinalMeeting,
        SW,
        "Hold the final meeting and record what it says of each child.",
        met=lambda f: to_come(f) is None or not _somebody_unheard(f),
        applies=_before_the_decision,
        clock=ClockKind.FINAL_MEETING,
    ),
    Need(
        "SD-16",
        ConfirmMeeting,
        Role.CHAIR,
        "The meeting agreed something before the conversation, or the service was not invited to that day: the chair "
        "of the meeting confirms it, or at a Child in Need review the team manager; or another meeting is held.",
        met=lambda f: not any(unconfirmed(child) for child in for_the_meeting(f)),
        of=lambda f: (child.meeting for child in for_the_meeting(f) if unconfirmed(child)),
        applies=_before_the_decision,
        clock=ClockKind.MEETING_CONFIRMED,
    ),
    Need(
        "SD-19a",
        ConfirmMeeting,
        Role.CHAIR,
        "A conference ended the Child Protection plan of a child: the chair of the meeting confirms it; the child's "
        "case is not closed before.",
        met=lambda f: not any(end_waits_for_chair(child) for child in f.children),
        of=lambda f: (child.newest_meeting for child in f.children if end_waits_for_chair(child)),
        clock=ClockKind.MEETING_CONFIRMED,
        everywhere=True,
    ),
    TimeIsUp(
        "SD-18",
        ClockKind.SCHEDULING,
        ScheduleFinalMeeting,
        "The final meeting is overdue: have the social worker schedule it.",
    ),
    TimeIsUp(
        "SD-19",
        ClockKind.FINAL_MEETING,
        RecordFinalMeeting,
        "It is not recorded what the final meeting agreed: have the social worker record it, or have another one held.",
    ),
    TimeIsUp(
        "SD-16",
        ClockKind.MEETING_CONFIRMED,
        ConfirmMeeting,
        "Nobody has confirmed what the meeting said: have the chair of the meeting do so; at a Child in Need review, "
        "confirm it yourself. Or have another meeting held.",
    ),
    Rule("SD-18", ScheduleFinalMeeting, unless(lambda f: f.on_a_plan), NO_PLAN),
    Rule(
        "SD-18",
        ScheduleFinalMeeting,
        field("cancelled_because", lambda f, s: s.meeting_at is None and to_come(f) is None),
        "No meeting is scheduled that could be cancelled.",
    ),
    Rule("SD-19", RecordFinalMeeting, unless(lambda f: f.on_a_plan), NO_PLAN),
    Rule(
        "SD-19a",
        RecordFinalMeeting,
        each_child("plan", _says_nothing_of_the_plan),
        "Say what the conference decided about each child's plan, as well as about the transfer.",
    ),
    Rule(
        "SD-23b",
        RecordFinalMeeting,
        field("actor", _for_their_own_family),
        "The social worker of a family does not record its meeting as the chair or the manager: record it as the "
        "social worker, and the chair confirms it.",
    ),
    Rule(
        "SD-23b",
        RecordFinalMeeting,
        field("actor", lambda f, s: _another_chair(f, s, s)),
        "Only the person who chaired the meeting, or who covers for them on that day, records it as its chair: record "
        "it as the social worker, and its chair confirms it.",
    ),
    Rule(
        "SD-16",
        ConfirmMeeting,
        field("of", _about_nothing),
        "No such final meeting is recorded in this transfer, nor a decision that says that a plan ended without one.",
    ),
    Rule(
        "SD-16",
        ConfirmMeeting,
        field("of", _replaced),
        "This record of the meeting has been replaced: read the new one, and confirm that.",
    ),
    Rule(
        "SD-23b",
        ConfirmMeeting,
        field("actor", _not_its_chair),
        "What a conference said is confirmed by its chair alone, or by who covers for them on that day; what a Child "
        "in Need review said, by its chair or the team manager.",
    ),
    Rule(
        "SD-19a",
        ConfirmMeeting,
        field("actor", _no_conference_manager),
        "That a Child Protection plan ended without a conference is confirmed by the conference manager alone.",
    ),
    Rule(
        "SD-23b",
        ConfirmMeeting,
        field("actor", _own),
        "Nobody confirms what they recorded themselves, or anything for a family whose social worker they are. "
        "A chair who recorded it before the conversation records it again, as a correction.",
    ),
    Rule(
        "SD-16",
        ConfirmMeeting,
        field("of", _too_early),
        "What the meeting agreed is confirmed once the conversation with this service has been held about the child.",
    ),
    Rule(
        "SD-23b",
        ConfirmMeeting,
        field("granted", _denies_a_meeting),
        "If the record of a meeting is wrong, its chair does not say no to it here: the chair records the meeting as "
        "it was, as a correction, which takes its place.",
    ),
    Rule(
        "SD-16",
        ConfirmMeeting,
        field("of", _nothing_waits),
        "Nothing recorded there is waiting to be confirmed.",
    ),
)
