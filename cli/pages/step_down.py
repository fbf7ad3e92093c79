"""What only the step-down shows of itself: its stages as a diagram, with what turns a transfer on its way."""

from itertools import pairwise

from models.journey.steps import step_name
from models.step_down.direction import TURNS
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.stage import Stage


def ways() -> dict[str, list[str]]:
    """The diagram, and what leads back to an earlier stage, each by its name."""
    return {"stages": _diagram(), "back": _back()}


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
