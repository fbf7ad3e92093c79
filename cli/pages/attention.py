"""The kinds of attention: what happened, who is asked, and which answers an item of that kind takes."""

from cli.screens import ways
from models.attention import DECIDED_ANEW, DECLINED, PROBLEMS, UNACKNOWLEDGED, Resolution
from models.kinds import EffectKind
from models.operations.differences import DifferenceKind
from models.ways import WAYS

UNEXPECTED = "unexpected"
"""The problem that may come of any effect."""
BY_AGREEMENT = (DECLINED, UNACKNOWLEDGED)
WITHOUT_WORKFLOW = (DifferenceKind.NO_WORKFLOW, DifferenceKind.ENDED_BUT_OPEN)
TAKES_NO_ANSWER = frozenset({*BY_AGREEMENT, *DECIDED_ANEW, *WITHOUT_WORKFLOW})


def blocks() -> dict[str, str]:
    """The table of the kinds."""
    rows = [
        f"| [{name}](#{name}) | {said.happened} | {said.who.words} | {_answers(name)} |"
        for name, said in PROBLEMS.items()
    ]
    return {"kinds": "\n".join(["| kind | what happened | who is asked | answers |", "|---|---|---|---|", *rows])}


def effects_of(problem: str) -> list[EffectKind | None]:
    """The effects that the problem comes of; None alone where it is about something recorded."""
    # What belongs to no transfer is no item of one: it is told again the next morning.
    kinds = [kind for kind in EffectKind if kind is not EffectKind.MAIL_DIGEST]
    return [kind for kind in kinds if problem == UNEXPECTED or problem in WAYS[kind].problems] or [None]


def _answers(problem: str) -> str:
    if problem in TAKES_NO_ANSWER:
        return "none"
    found = [set(ways(problem, kind)) for kind in effects_of(problem)]
    always = set.intersection(*found)
    return ", ".join(
        f"`{one}`{'' if one in always else ' (not always)'}" for one in Resolution if one in set.union(*found)
    )
