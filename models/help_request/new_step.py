"""A step of a request in which everything that is known stands, and an empty place wherever a person's word belongs."""

from typing import Any

from models.help_request.facts import HelpFacts
from models.help_request.start import Agreement, Reach, Word
from models.help_request.steps.admission import AnswerRiskMatrix, RecordGraduatedResponse
from models.help_request.steps.response import RecordReferrerTold, RecordResponse
from models.journey.new_step import NewStep, Offered, of_the_service, once_more, places, somebody, written
from models.journey.steps import ReportSignificantHarm, Step
from models.vocabulary import Role

OFFERED: Offered = {
    Agreement: ("agreed_by",),
    Word: ("child", "age", "judged_by"),
    Reach: ("interpreter",),
    AnswerRiskMatrix: ("because",),
    RecordGraduatedResponse: ("tried",),
    RecordResponse: (
        "children",
        "spoken_to",
        "kind_of_service",
        "routed_to",
        "taken_by",
        "risk_considered",
        "until_about",
        "owner",
        "review_on",
    ),
    RecordReferrerTold: ("said", "how"),
    ReportSignificantHarm: ("spoken_to",),
}


def new_step(facts: HelpFacts, kind: type[Step]) -> NewStep:
    """The step, with everything that is known of this request."""
    said = places(facts, kind, OFFERED, facts.child_refs)
    waits = (report for report in facts.nobody_spoken_to if isinstance(report, ReportSignificantHarm))
    if kind is ReportSignificantHarm and (report := next(waits, None)) is not None:
        said |= once_more(report)
    return written(kind, _actor(facts, kind), said)


def _actor(facts: HelpFacts, kind: type[Step]) -> dict[str, Any]:
    """Whoever answers the request, where they may record it; who it is, they say themselves."""
    if Role.EARLY_HELP_SERVICE in kind.recorded_by:
        return of_the_service(facts, Role.EARLY_HELP_SERVICE)
    return somebody(kind.recorded_by)
