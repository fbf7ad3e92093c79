"""What a person has to put right: how it is raised, and how an effect ends that a person skipped."""

from datetime import datetime
from typing import TypeVar

from models.attention import Attention
from models.effects import Effect, Ended, Intent
from models.journey.facts import Facts
from models.journey.rows import Need
from models.journey.steps import ResolveAttention
from models.mosaic import DocumentVersion
from models.vocabulary import Role
from models.ways import WAYS

F = TypeVar("F", bound=Facts)


PUT_RIGHT: Need[Facts] = Need(
    None,
    ResolveAttention,
    Role.OPERATIONS,
    "Put right what needs attention.",
    met=lambda f: all(item.who is not Role.OPERATIONS for item in f.open_attention),
    everywhere=True,
)
AT_WORK: Need[Facts] = Need(
    None, None, None, "What was begun is being brought to its end.", met=lambda f: f.ended(*f.begun)
)
"""In the last stage of a journey: without it, it would end with something of its own under way."""


def skipped(intent: Intent) -> Ended:
    """How an effect ends that a person skipped: for good, or until it is wanted again.

    What must be done is skipped only while it is not wanted, and may be wanted again a moment later.
    """
    return Ended.STOPPED if intent.only_look or WAYS[intent.effect.kind].must_be else Ended.SKIPPED


def raise_attention(  # noqa: PLR0913 (an item is about one of several things)
    facts: F,
    now: datetime,
    problem: str,
    what: str,
    *,
    detail: str | None = None,
    goes_to: str | None = None,
    effect: Effect | None = None,
    child: str | None = None,
    document: DocumentVersion | None = None,
) -> F:
    """The facts with one more item for a person; ``effect`` is the one that it belongs to."""
    item = Attention(
        id=f"A{len(facts.raised) + 1}",
        effect=effect.id if effect else None,
        kind=effect.kind if effect else None,
        what=what,
        problem=problem,
        since=now,
        detail=detail,
        goes_to=goes_to,
        child=child,
        document=document,
    )
    return facts.having(raised=(*facts.raised, item))
