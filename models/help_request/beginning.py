"""How a request begins: what stands in it of a risk of significant harm is a report from its first moment (ER-14)."""

from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.journey.recording import record
from models.journey.start import IN_THE_REQUEST


def begun(facts: HelpFacts) -> HelpFacts:
    """The facts with the report of harm that stands in the request, if one does."""
    report = facts.request.harm_report(facts.opened_at, IN_THE_REQUEST)
    if report is None:
        return facts
    return record(HELP_REQUEST, facts, report, facts.opened_at)
