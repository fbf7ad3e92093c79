"""How a journey begins: what stands in its start of a risk of significant harm is a report from its first moment."""

from typing import TypeVar

from models.journey.facts import Facts
from models.journey.recording import record
from models.journey.rows import Journey
from models.journey.start import IN_THE_REQUEST

F = TypeVar("F", bound=Facts)


def begun(journey: Journey[F], facts: F) -> F:
    """The facts with the report of harm that stands in the start, if one does (ER-14, SU-01)."""
    report = facts.request.harm_report(facts.opened_at, IN_THE_REQUEST)
    return facts if report is None else record(journey, facts, report, facts.opened_at)
