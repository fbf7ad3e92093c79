"""The step-down as its rules have it: the stages as a diagram, what is missing in each, who records what."""

from models.step_down.needs import NEEDS
from models.step_down.replacing import LATE
from models.step_down.rules import RULES, WHO

from models.journey.rows import Need
from models.journey.steps import Step, step_name
from models.step_down.direction import TURNS
from models.step_down.facts import UNDONE_BY
from models.step_down.stage import Stage
from models.step_down.steps.every import STEPS
from models.vocabulary import Role


def blocks() -> dict[str, str]:
    """The diagram and the tables, each by its name."""
    missing = ["| stage | what is missing | brought by | who | clause |", "|---|---|---|---|---|", *map(_need, NEEDS)]
    who = ["| step | who | counts no more after | corrected too late once |", "|---|---|---|---|", *map(_step, STEPS)]
    refused = [f"| {step_name(rule.step)} | {rule.otherwise} | {rule.clause or '-'} |" for rule in RULES]
    refused = ["| step | because | clause |", "|---|---|---|", *refused]
    made = {"stages": _diagram(), "back": _back(), "missing": missing, "who": who, "refused": refused}
    return {name: "\n".join(lines) for name, lines in made.items()}


def _diagram() -> list[str]:
    stages = list(dict.fromkeys(need.stage for need in NEEDS))
    arrows = [f"{a} --> {b}" for a, b in zip(stages, [*stages[1:], Stage.CLOSED], strict=True)]
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
    turns = dict.fromkeys(turn for by in UNDONE_BY.values() for turn in by)
    back = ", ".join(f"`{step_name(kind)}`" for kind in turns)
    return [
        f"Back to an earlier stage goes a transfer when something that it rests on counts no more: {back},",
        "or a step that `corrects` another before that was acted on.",
    ]


def _need(need: Need) -> str:
    brought_by = step_name(need.step) if need.step else "-" if need.who else "the machine"
    who = need.who.words if need.who else "-"
    return f"| {need.stage} | {need.ask} | {brought_by} | {who} | {need.clause or '-'} |"


def _step(kind: type[Step]) -> str:
    who = "anyone" if len(WHO[kind]) == len(Role) else ", ".join(sorted(role.words for role in WHO[kind]))
    undone = ", ".join(step_name(turn) for turn in UNDONE_BY.get(kind, ())) or "-"
    return f"| {step_name(kind)} | {who} | {undone} | {LATE[kind].once if kind in LATE else '-'} |"
