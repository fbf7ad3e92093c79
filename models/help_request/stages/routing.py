"""Routing: what concerns a child for whom somebody else answers is passed on, and not returned (ER-15)."""

from collections.abc import Iterator

from models.help_request.facts import HelpFacts
from models.help_request.rows import HUB, Need, Row, Rule, asked
from models.help_request.stage import PASSES_ON, Outcome
from models.help_request.steps.admission import RecordSituations, ReturnIncomplete
from models.help_request.steps.response import RecordResponse
from models.journey.answers import Way
from models.journey.rows import field, for_each, unless
from models.journey.steps import step_name
from models.kinds import ClockKind


def ways(facts: HelpFacts) -> Iterator[Way]:
    """Each child for whom somebody else answers, and where to what concerns it goes."""
    for held in facts.with_others:
        yield Way(words=f"already in: {held.words}", step=step_name(RecordResponse), child=held.child)
    for ref, situation in facts.situations.items():
        yield Way(words=f"{situation.words}: pass it on {situation.goes_to}", step=step_name(RecordResponse), child=ref)


def _taken_at_another_time(facts: HelpFacts, step: RecordResponse) -> bool:
    taken = step.taken_by
    return taken is not None and not facts.request.received.at <= taken.at <= step.occurred_at


NOT_SAID: Row = Need(
    "ER-15",
    RecordSituations,
    HUB,
    "Mosaic did not say whether somebody else already answers for a child: find out, and record who does, or that "
    "nobody else does.",
    met=lambda f: not f.not_said,
    applies=asked,
    ways=for_each(lambda f: f.not_said, RecordSituations, "Mosaic does not say it"),
)
"""What is asked while the request waits to be accepted."""

ROWS: tuple[Row, ...] = (
    Need(
        "ER-15",
        RecordResponse,
        HUB,
        "Somebody else already answers for the children of this request. Pass it on to them, and once they have "
        "taken it respond to it as routed.",
        met=lambda f: not f.owes_answer,
        applies=lambda f: f.goes_on and f.to_be_routed,
        clock=ClockKind.HELP_REQUEST,
        ways=ways,
        everywhere=True,
    ),
    Need(
        "ER-15",
        RecordResponse,
        HUB,
        "Somebody else already answers for some of the children. Pass on what concerns them, and say in your response "
        "who took it there, and when.",
        met=lambda f: not f.to_pass_on,
        applies=lambda f: f.goes_on and not f.to_be_routed,
        clock=ClockKind.HELP_REQUEST,
        ways=ways,
        everywhere=True,
    ),
    Rule(
        "ER-15",
        ReturnIncomplete,
        unless(lambda f: not f.to_be_routed),
        "Somebody else answers for the children of this request: it is not returned. Pass it on to them, and respond "
        "to it as routed.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("outcome", lambda f, s: s.offers and f.to_be_routed),
        "Somebody else answers for the children of this request: it is routed to them.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("routed_to", lambda _, s: s.outcome is Outcome.ROUTED and s.routed_to is None),
        "Say to whom the request was routed.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("taken_by", lambda _, s: s.outcome is Outcome.ROUTED and s.taken_by is None),
        "Say who has taken it over there, and when: until somebody has, the request waits here.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("taken_by", lambda f, s: bool(f.others_answer) and s.outcome in PASSES_ON and s.taken_by is None),
        "Somebody else answers for some of the children: say who there has taken over what concerns them, and when.",
    ),
    Rule(
        "ER-15",
        RecordResponse,
        field("taken_by.at", _taken_at_another_time),
        "It was taken over after it had come, and before that was recorded: say when that was.",
    ),
)
"""What is asked, and refused, where somebody else answers for children."""
