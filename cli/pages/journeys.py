"""A journey as its rules have it: how it ends, what is missing in each stage, who records what, what is refused."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cli.journeys import outcomes_of
from cli.pages import step_down
from client.journeys import EVERY, Kind
from models.journey import resolving
from models.journey.answers import Said
from models.journey.facts import Facts
from models.journey.rows import Doing, Journey, Need
from models.journey.steps import ResolveAttention, Step, step_name
from models.kinds import JourneyKind
from models.vocabulary import Role

OF_ITS_OWN: Mapping[JourneyKind, Callable[[], dict[str, list[str]]]] = {JourneyKind.STEP_DOWN: step_down.ways}
"""What a journey shows beside what all show."""


def pages() -> dict[str, Callable[[], dict[str, str]]]:
    """The page of each journey, by its name, and who makes what is made of it."""
    return {kind.name.value: partial(blocks, kind) for kind in EVERY}


def blocks(kind: Kind) -> dict[str, str]:
    """The tables of one, each by its name."""
    outcomes = [f"| `{how}` | {how.words} |" for how in outcomes_of(kind.name)]
    own = OF_ITS_OWN.get(kind.name, dict)()
    made = {**own, "outcomes": ["| outcome | in words |", "|---|---|", *outcomes], **_tables(kind.journey, kind.facts)}
    return {name: "\n".join(lines) for name, lines in made.items()}


def _tables(journey: Journey[Any], facts: type[Facts]) -> dict[str, list[str]]:
    """What is missing, who records what, and what is refused, of any journey."""
    missing = [
        "| stage | what is missing | brought by | who | clause |",
        "|---|---|---|---|---|",
        *(_need(*row) for row in journey.missing),
    ]
    who = [
        "| step | who | counts no more after | corrected too late once |",
        "|---|---|---|---|",
        *(_step(kind, journey, facts) for kind in journey.steps),
    ]
    refused = [_refused(rule.step, rule.otherwise, rule.clause) for rule in journey.rules]
    refused.append(_refused(ResolveAttention, resolving.UNKNOWN.reason, resolving.UNKNOWN.clause))
    refused += [_refused(ResolveAttention, row.otherwise, row.clause) for row in resolving.ROWS]
    refused = ["| step | because | clause |", "|---|---|---|", *refused]
    return {"missing": missing, "who": who, "refused": refused}


def _refused(step: type[Step], otherwise: str, clause: str | None) -> str:
    named = "what counts by the role" if step is Step else step_name(step)
    return f"| {named} | {otherwise} | {clause or '-'} |"


def _need(stage: Said, row: Need[Any] | Doing[Any]) -> str:
    if isinstance(row, Doing):
        return f"| {stage} | {row.words} | the machine | - | {row.clause or '-'} |"
    brought_by = step_name(row.step) if row.step else "-" if row.who else "the machine"
    return f"| {stage} | {row.ask} | {brought_by} | {row.who.words if row.who else '-'} | {row.clause or '-'} |"


def _step(kind: type[Step], journey: Journey[Any], facts: type[Facts]) -> str:
    may = kind.recorded_by
    who = "anyone" if len(may) == len(Role) else ", ".join(sorted(role.words for role in may))
    undone = ", ".join(step_name(turn) for turn in facts.UNDONE_BY.get(kind, ())) or "-"
    correction = journey.corrections.get(kind)
    return f"| {step_name(kind)} | {who} | {undone} | {(correction.once if correction else '') or '-'} |"
