"""How a request begins: what stands in it of a risk of significant harm is a report from its first moment (ER-14)."""

from models.help_request.facts import HelpFacts
from models.help_request.journey import HELP_REQUEST
from models.journey.recording import record
from models.journey.steps import CLOCK_SKEW, ReportSignificantHarm
from models.vocabulary import Actor

IN_THE_REQUEST = "in-the-request"
"""The id of the report that stands in the request itself."""


def begun(facts: HelpFacts) -> HelpFacts:
    """The facts with the report of harm that stands in the request, if one does."""
    request, harm = facts.request, facts.request.harm
    if harm is None:
        return facts
    role, said = request.referrer.kind.role, harm.spoken_to
    report = ReportSignificantHarm(
        step_id=IN_THE_REQUEST,
        actor=Actor(id=role.value, role=role),
        occurred_at=min(request.received.at, facts.opened_at),
        children=harm.children,
        concern=harm.concern,
        spoken_to=said if said is not None and said.at <= facts.opened_at + CLOCK_SKEW else None,
    )
    return record(HELP_REQUEST, facts, report, facts.opened_at)
