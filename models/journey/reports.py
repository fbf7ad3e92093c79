"""How one report of significant harm bears on another, and which call counts for it (SU-01)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from models.journey.steps import ReportsHarm, ReportSignificantHarm, SpokenTo, Step

if TYPE_CHECKING:
    from models.journey.facts import Facts

CALLED_BEFORE = timedelta(days=1)
"""Whoever rang first may write it down after midnight; an older call was about something else."""


FROM_ANOTHER = "linked-"
"""How the id of a step begins that another journey handed over; it is not handed back."""


def came_from_another(step: Step) -> bool:
    """Whether another journey handed it over."""
    return step.step_id.startswith(FROM_ANOTHER)


def of_its_own(facts: "Facts", report: ReportsHarm) -> bool:
    """It says that it corrects what is no report, or none that stands; or it leaves out a child of the one it names.

    Whoever mistypes what they correct reports all the same, and nobody's danger is taken back by it. What another
    journey hands over is no such slip: it knows the first report alone.
    """
    if (entry := facts.entry(report.step_id)) is not None:
        return entry.of_its_own
    if report.corrects is None or not isinstance(report, ReportSignificantHarm) or came_from_another(report):
        return False
    before = next((one for one in facts.harm_reports if one.step_id == report.corrects), None)
    return not isinstance(before, ReportSignificantHarm) or _leaves_out(facts, before, report)


def _leaves_out(facts: "Facts", before: ReportsHarm, report: ReportsHarm) -> bool:
    """A child of the earlier one; whoever was mistyped there is not, where another child is named in the place."""
    left, new = {*before.at_risk} - {*report.at_risk}, {*report.at_risk} - {*before.at_risk}
    in_their_place = [child for child in new if not facts.is_not_here(child)]
    return not all(map(facts.is_not_here, left)) or len(in_their_place) < len(left)


def replaced_by(facts: "Facts", report: ReportsHarm) -> ReportsHarm | None:
    """The earlier report in whose place it comes: one that it only repeats, or corrects and omits nobody of."""
    if of_its_own(facts, report):
        return None
    entry = facts.entry(report.corrects) if report.corrects else None
    before = _newest_before(facts, entry.step, report) if entry is not None else said_just_before(facts, report)
    if not isinstance(before, ReportsHarm) or not before.at_risk:
        return None
    return None if _leaves_out(facts, before, report) else before


def _newest_before(facts: "Facts", corrected: Step, report: ReportsHarm) -> Step:
    """What a correction finds in the place of what it names, where that was corrected before it came."""
    place = facts.places.get(report.step_id, len(facts.steps))
    for entry in facts.steps[facts.places[corrected.step_id] + 1 : place]:
        if entry.corrects == corrected.step_id and isinstance(entry.step, ReportsHarm):
            corrected = entry.step
    return corrected


def said_just_before(facts: "Facts", report: ReportsHarm) -> ReportsHarm | None:
    """The very same by the same person, with nothing recorded between the two: a file that was sent twice."""
    place = facts.places.get(report.step_id, len(facts.steps))
    before = facts.steps[place - 1].step if place else None
    return before if isinstance(before, ReportsHarm) and _same_but_for_when(before, report) else None


def _same_but_for_when(one: ReportsHarm, other: ReportsHarm) -> bool:
    fields = type(one).model_fields.keys() - {"step_id", "occurred_at"}
    return type(one) is type(other) and all(getattr(one, name) == getattr(other, name) for name in fields)


def own_call(facts: "Facts", report: ReportsHarm) -> SpokenTo | None:
    """Who was spoken to about it, as it says itself; None where that was long before it was noticed."""
    noticed = min(one.occurred_at for one in versions(facts, report))
    call = report.spoken_to
    return call if call is not None and call.at >= noticed - CALLED_BEFORE else None


def covers(later: ReportsHarm, report: ReportsHarm) -> bool:
    """Somebody was spoken to about the same children since, though the report says so of itself.

    What cannot be corrected by a report, as a service's answer, may have been preceded by the call.
    """
    if later.spoken_to is None or not {*report.at_risk} <= {*later.at_risk}:
        return False
    before = timedelta(0) if isinstance(report, ReportSignificantHarm) else CALLED_BEFORE
    return later.spoken_to.at >= report.occurred_at - before


def unanswered(facts: "Facts", step: ReportsHarm) -> tuple[ReportsHarm, ...]:
    """The earlier reports about which nobody has said who was spoken to, nor does this one."""
    replaced = replaced_by(facts, step)
    return tuple(one for one in facts.nobody_spoken_to if one is not replaced and not covers(step, one))


def versions(facts: "Facts", report: ReportsHarm) -> Iterator[ReportsHarm]:
    """The report and what it came in place of, the newest first."""
    one: ReportsHarm | None = report
    while one is not None:
        yield one
        one = replaced_by(facts, one)
