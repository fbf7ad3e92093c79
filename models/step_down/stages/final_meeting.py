"""The final meeting about the plan: scheduled, the service invited, each child spoken of (SD-16, SD-18, SD-19)."""

from models.journey.rows import TimeIsUp, field, unless
from models.kinds import ClockKind
from models.step_down.direction import transfer_possible
from models.step_down.effects import invitation
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import for_the_meeting, to_come, unconfirmed
from models.step_down.rows import SW, TM, Doing, Need, Row, Rule
from models.step_down.steps.final_meeting import RecordFinalMeeting, ScheduleFinalMeeting
from models.vocabulary import Role

NO_PLAN = "A final meeting belongs to a transfer out of a plan; this one comes out of an assessment."


def _before_the_decision(facts: StepDownFacts) -> bool:
    """A child of a plan may still pass on."""
    return facts.on_a_plan and transfer_possible(facts)


def _somebody_unheard(facts: StepDownFacts) -> bool:
    return any(child.unheard for child in for_the_meeting(facts))


def _no_chair(facts: StepDownFacts, step: RecordFinalMeeting) -> bool:  # noqa: ARG001 (a rule asks both)
    by = step.confirmed_by
    return by is not None and (by.role not in {TM, Role.CHAIR} or by.id in step.recorders)


def _confirms_too_early(facts: StepDownFacts, step: RecordFinalMeeting) -> bool:
    talked = all(facts.child(child).first_talked for child in step.children_named())
    return step.confirmed_by is not None and not talked


def _confirms_without_saying_what(facts: StepDownFacts, step: RecordFinalMeeting) -> bool:
    waits = any(unconfirmed(facts.child(child)) for child in step.children_named())
    return step.confirmed_by is not None and step.corrects is None and waits


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
        RecordFinalMeeting,
        SW,
        "The meeting agreed before the conversation, or without the service being invited to that day: have the chair "
        "or the team manager confirm it (the record of it once more, as a correction), or hold another one.",
        met=lambda f: not any(unconfirmed(child) for child in for_the_meeting(f)),
        applies=_before_the_decision,
        clock=ClockKind.MEETING_CONFIRMED,
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
        RecordFinalMeeting,
        "Nobody has confirmed what the meeting agreed: confirm it, or have the chair do so, and have the social "
        "worker record that; or have another meeting held.",
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
        "SD-16",
        RecordFinalMeeting,
        field("confirmed_by", _no_chair),
        "The chair of the meeting or the team manager, not the one who records it, confirms what it agreed.",
    ),
    Rule(
        "SD-16",
        RecordFinalMeeting,
        field("confirmed_by", _confirms_too_early),
        "What the meeting agreed is confirmed once the conversation with this service has been held about each child.",
    ),
    Rule(
        "SD-16",
        RecordFinalMeeting,
        field("corrects", _confirms_without_saying_what),
        "What a meeting agreed waits for confirmation: to confirm it, correct the record of that meeting. If another "
        "meeting was held, record it without a confirmation first.",
    ),
)
