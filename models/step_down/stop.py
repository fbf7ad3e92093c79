"""Whether a report of significant harm stops a child, and the transfer; and what lifts that (SU-01, SD-39)."""

from typing import TYPE_CHECKING

from models.journey.harm_outcome import ChildHarmOutcome, RecordHarmOutcome
from models.step_down.held import Question
from models.step_down.looks import look_because_of
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.transfer import AddChild

if TYPE_CHECKING:
    from models.step_down.facts import StepDownFacts


def outcome_in(facts: "StepDownFacts", child: str) -> RecordHarmOutcome | None:
    """The last word on what the contact came to for the child, since harm was reported last."""
    since = (entry.step for entry in reversed(facts.steps[facts.harm_reported_after :]))
    return next((step for step in since if isinstance(step, RecordHarmOutcome) and step.names(child)), None)


def came_to(facts: "StepDownFacts", child: str) -> ChildHarmOutcome | None:
    """What it came to for the child."""
    step = outcome_in(facts, child)
    return next((said for said in step.children if said.ref == child), None) if step is not None else None


def without_outcome(facts: "StepDownFacts") -> tuple[str, ...]:
    """The children of whom it was reported, and of whom nobody has said what it came to; not who stays here anyway."""
    named = dict.fromkeys(ref for report in facts.harm_reports for ref in report.at_risk if ref in facts.child_refs)
    return tuple(ref for ref in named if came_to(facts, ref) is None and not _stays(facts, ref))


def may_be_lifted(facts: "StepDownFacts", child: str) -> bool:
    """It came to nothing for the child, who has not been decided to stay with social work."""
    said = came_to(facts, child)
    return said is not None and said.comes_to_nothing and not _stays(facts, child)


def _stays(facts: "StepDownFacts", child: str) -> bool:
    """What was decided last; whether a closing counts rests on the stop itself."""
    step = facts.last_of(RecordDecisions, child)
    return step is not None and not step.closes(child)


def enquiry_open(facts: "StepDownFacts", child: str) -> bool:
    """Mosaic holds an open strategy discussion or section 47 enquiry."""
    record = facts.child(child).record
    return record is not None and record.open_enquiry is True


def lifted(facts: "StepDownFacts", child: str) -> bool:
    """SD-39: by the team manager's own act on what it came to; Mosaic was asked since, and holds no open enquiry."""
    step = outcome_in(facts, child)
    act = facts.act_on(step, child) if step is not None and may_be_lifted(facts, child) else None
    if step is None or act is None or not act.granted or not facts.ended(look_because_of(facts, step, child)):
        return False
    unsaid = Question.ENQUIRY in facts.child(child).unsaid() and act.because is None
    return not enquiry_open(facts, child) and not unsaid


def goes_on(facts: "StepDownFacts", child: str) -> bool:
    """The stop is lifted for the child; or the child was added since."""
    since = (entry.step for entry in facts.steps[facts.harm_reported_after :])
    added = any(isinstance(step, AddChild) and step.child_ref == child for step in since)
    return added or lifted(facts, child)


def is_sibling(facts: "StepDownFacts", child: str) -> bool:
    """Nobody reported it of this child, or for a brother or a sister it came to something."""
    named = {ref for report in facts.harm_reports for ref in report.at_risk}
    others = (came_to(facts, ref) for ref in named - {child})
    return child not in named or any(said is None or not said.comes_to_nothing for said in others)


def _settled(facts: "StepDownFacts", child: str) -> bool:
    """The stop is lifted for the child, or it goes another way: with social work, or it is closed and looked into."""
    one = facts.child(child)
    looked_into = one.is_closed and came_to(facts, child) is not None and not may_be_lifted(facts, child)
    return _stays(facts, child) or looked_into or goes_on(facts, child)


def stops(facts: "StepDownFacts") -> bool:
    """Everything is stopped, until the stop is lifted for somebody, and it is settled what becomes of every child."""
    if not facts.harm_reports:
        return False
    nobody = not any(lifted(facts, child) for child in facts.child_refs)
    return nobody or bool(facts.nobody_spoken_to) or not all(_settled(facts, child) for child in facts.child_refs)
