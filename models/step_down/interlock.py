"""The closure interlock: what must hold for a child before social work passes the child on."""

from collections.abc import Callable
from dataclasses import dataclass

from models.journey.remembered import remembered
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import meeting_agrees
from models.step_down.steps.decision import Decision


@dataclass(frozen=True)
class Lock:
    """Something that must hold, for this child, before social work passes the child on."""

    clause: str | None
    holds: Callable[[Child], bool]
    otherwise: str


def _found_appropriate(child: Child) -> bool:
    conversation = child.facts.conversation
    return conversation is not None and conversation.appropriate


INTERLOCK = (
    Lock(
        "SD-01",
        lambda c: c.facts.request.criteria.no_further_role,
        "The start of the transfer says that social work still has a role.",
    ),
    Lock(
        "SD-02",
        lambda c: c.facts.request.criteria.needs_early_help_can_meet,
        "The start of the transfer says that Early Help cannot meet the needs.",
    ),
    Lock(
        "SD-03",
        lambda c: c.facts.request.criteria.response_required,
        "The start of the transfer says that no Early Help response is required.",
    ),
    Lock(None, lambda c: c.facts.cancelled is None, "The transfer was cancelled."),
    Lock("SD-09", lambda c: c.consents, "The family's consent does not stand for this child."),
    Lock("SD-07", _found_appropriate, "The conversation has not been held, or did not find the referral appropriate."),
    Lock(
        "SD-08",
        lambda c: not _found_appropriate(c) or c.agreement is not None,
        "The conversation with the service has not agreed this child.",
    ),
    Lock(
        "SD-19",
        meeting_agrees,
        "The final meeting has not agreed that this child passes on; what it agreed before the conversation, or "
        "without the service being invited to that day, is confirmed first.",
    ),
    Lock("SD-28", lambda c: c.facts.practitioner is not None, "The practitioner who takes over is not named yet."),
    Lock("SD-30", lambda c: c.advice is not None, "The summary of advice for this child is not recorded yet."),
)
"""The closure interlock."""


@remembered
def to_close(facts: StepDownFacts) -> tuple[Child, ...]:
    """The children who are to be closed, everything that must hold holding."""
    return tuple(child for child in facts.children if interlock_holds(child))


def interlock_holds(child: Child) -> bool:
    """The child is to be closed, and, where it passes to Early Help, everything that must hold does."""
    decided = child.decision
    if decided is None or not decided.decision.closes or child.facts.harm_reports:
        return False
    return decided.decision is not Decision.TRANSFER or all(lock.holds(child) for lock in INTERLOCK)
