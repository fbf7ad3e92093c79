"""The closure interlock: what must hold for a child before social work passes the child on."""

from collections.abc import Callable
from dataclasses import dataclass

from models.step_down.facts import Facts, remembered
from models.step_down.final_meeting import meeting_agrees
from models.step_down.said import Decision

CLOSING = (Decision.TRANSFER, Decision.UNIVERSAL_ONLY, Decision.NO_FURTHER_SUPPORT, Decision.MOVED_AWAY)


@dataclass(frozen=True)
class Lock:
    """Something that must hold, for this child, before social work passes the child on."""

    clause: str | None
    holds: Callable[[Facts, str], bool]
    otherwise: str


INTERLOCK = (
    Lock(
        "SD-01",
        lambda f, c: f.request.criteria.no_further_role,
        "The start of the transfer says that social work still has a role.",
    ),
    Lock(
        "SD-02",
        lambda f, c: f.request.criteria.needs_early_help_can_meet,
        "The start of the transfer says that Early Help cannot meet the needs.",
    ),
    Lock(
        "SD-03",
        lambda f, c: f.request.criteria.response_required,
        "The start of the transfer says that no Early Help response is required.",
    ),
    Lock(None, lambda f, c: f.cancelled is None, "The transfer was cancelled."),
    Lock("SD-09", Facts.consents, "The family's consent does not stand for this child."),
    Lock(
        "SD-07",
        lambda f, c: f.conversation is not None and f.conversation.appropriate,
        "The conversation has not been held, or did not find the referral appropriate.",
    ),
    Lock(
        "SD-08",
        lambda f, c: f.conversation is None or not f.conversation.appropriate or f.agreement(c) is not None,
        "The conversation with the service has not agreed this child.",
    ),
    Lock(
        "SD-19",
        meeting_agrees,
        "The final meeting has not agreed that this child passes on; what it agreed before the conversation, or "
        "without the service being invited to that day, is confirmed first.",
    ),
    Lock("SD-28", lambda f, c: f.practitioner is not None, "The practitioner who takes over is not named yet."),
    Lock("SD-30", lambda f, c: f.advice(c) is not None, "The summary of advice for this child is not recorded yet."),
)
"""The closure interlock."""


@remembered
def interlock_holds(facts: Facts, child: str) -> bool:
    """The child is to be closed, and, where it passes to Early Help, everything that must hold does."""
    decided = facts.decision(child)
    if decided is None or decided.decision not in CLOSING or facts.harm_reports:
        return False
    return decided.decision is not Decision.TRANSFER or all(lock.holds(facts, child) for lock in INTERLOCK)
