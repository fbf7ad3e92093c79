"""What stands in the file of a step about a risk of significant harm: nobody looks for it while somebody waits."""

from typing import Any

from models.journey.new_step import once_more
from models.journey.steps import ReportSignificantHarm
from models.step_down.facts import StepDownFacts
from models.step_down.steps.confirmation import AcknowledgeTransfer


def report_that_waits(facts: StepDownFacts) -> dict[str, Any]:
    """The report about which nobody has said who was spoken to, to be sent once more with that (SU-01)."""
    if not facts.nobody_spoken_to:
        return {}
    before = facts.nobody_spoken_to[0]
    if isinstance(before, ReportSignificantHarm):
        return once_more(before)
    said: dict[str, Any] = {"children": [{"ref": ref} for ref in before.at_risk]}
    if isinstance(before, AcknowledgeTransfer):
        words = [child.because for child in before.children if child.ref in before.at_risk and child.because]
        return {**said, "concern": " ".join(words) or None}
    return said
