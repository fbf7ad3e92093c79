"""What waits for no stage: another team, the end, a report of harm, a calendar that changed."""

from models.effects import Effect
from models.help_request.facts import LOOK, HelpFacts
from models.help_request.rows import ANSWERED, CANCELLED, Doing, Row, Rule
from models.help_request.steps.response import CancelRequest, Reassign, TakeOver
from models.journey import clocks, harm
from models.journey.given import service_looked_up
from models.journey.rows import field, unless


def children_looked_at(facts: HelpFacts) -> tuple[Effect, ...]:
    """Whoever answers for a child already is known before anything is asked or written; after harm nobody waits."""
    return (LOOK,) if facts.goes_on and facts.with_number else ()


def _by_another_team(facts: HelpFacts, step: TakeOver) -> bool:
    team = facts.service.mosaic_team if facts.service is not None else None
    return step.actor.team not in {team, facts.service_ref} - {None}


ROWS: tuple[Row, ...] = (
    Doing("ER-06", service_looked_up),
    Doing("ER-15", children_looked_at),
    Rule(
        None,
        Reassign,
        field("service_ref", lambda f, s: s.service_ref == f.service_named),
        "This team already answers the request.",
    ),
    Rule(None, Reassign, unless(lambda f: f.cancelled is None), CANCELLED),
    Rule(None, Reassign, unless(lambda f: f.settled is None), ANSWERED),
    Rule(
        "ER-06",
        TakeOver,
        unless(lambda f: f.to_take_over is not None),
        "The request was not given to another team, or that team has already taken it over.",
    ),
    Rule(
        "ER-06",
        TakeOver,
        field("actor.team", _by_another_team),
        "The team to which the request was given says itself that it has it: record for which team you act.",
    ),
    Rule(None, CancelRequest, unless(lambda f: f.cancelled is None), "The request has already been cancelled."),
    Rule(
        "ER-07",
        CancelRequest,
        unless(lambda f: not f.harm_stands),
        "A risk of significant harm was reported: the request ends when it is redirected to Duty and Advice.",
    ),
    Rule(
        "ER-14",
        CancelRequest,
        unless(lambda f: f.is_read),
        "Nobody has recorded that the whole request was read for a risk of significant harm: that comes first.",
    ),
    clocks.COUNTED_ANEW,
    *harm.TIME_IS_UP,
)
