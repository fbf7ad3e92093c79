"""The step-down as its rules have it: the stages as a diagram, what is missing in each, who records what."""

from itertools import pairwise
from typing import Any

from models.journey import resolving
from models.journey.answers import Said
from models.journey.facts import Facts
from models.journey.rows import Doing, Journey, Need
from models.journey.steps import ResolveAttention, Step, step_name
from models.step_down.direction import TURNS
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.stage import Stage
from models.vocabulary import Role


def blocks() -> dict[str, str]:
    """The diagram and the tables, each by its name."""
    made = {"stages": _diagram(), "back": _back(), **tables(STEP_DOWN, StepDownFacts)}
    return {name: "\n".join(lines) for name, lines in made.items()}


def tables(journey: Journey[Any], facts: type[Facts]) -> dict[str, list[str]]:
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


def _diagram() -> list[str]:
    stages = [*STEP_DOWN.stages]
    arrows = [f"{a} --> {b}" for a, b in pairwise(stages)]
    before = len(stages[: stages.index(Stage.DECISION)])
    return [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {stages[0]}",
        *(f"    {arrow}" for arrow in arrows[before - 1 :]),
        "    state before_decision {",
        *(f"        {arrow}" for arrow in arrows[: before - 1]),
        "    }",
        *(f"    before_decision --> {Stage.DECISION}: {turn.because}" for turn in TURNS),
        f"    {Stage.CLOSED} --> [*]",
        "```",
    ]


def _back() -> list[str]:
    turns = dict.fromkeys(turn for by in StepDownFacts.UNDONE_BY.values() for turn in by)
    back = ", ".join(f"`{step_name(kind)}`" for kind in turns)
    return [
        f"Back to an earlier stage goes a transfer when something that it rests on counts no more: {back},",
        "or a step that `corrects` another before that was acted on.",
    ]


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
