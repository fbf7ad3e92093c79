"""A child who has moved: our written notice to whoever answers for it there, and how long their answer may take.

Until they confirm it, or their time is over and the team manager closes the child for a reason of their own, the child
is not closed (SD-23a).
"""

from datetime import datetime

from models.kinds import ClockKind
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.endings import Move


def unanswered_notice(child: Child) -> Move | None:
    """The notice that nobody there has confirmed, of a child who is to be closed as moved, and is not yet."""
    moved = child.decision.moved if child.decision is not None else None
    waits = moved is not None and moved.confirmed_on is None and not child.closing_begun
    return moved if waits else None


def about_notice(child: Child) -> str:
    """What its clock is about: the first decision that named this authority and this day."""
    notice = unanswered_notice(child)
    said = child.facts.all_of(RecordDecisions, child.ref)
    named = (step for step in said if notice is not None and _same(step, child.ref, notice))
    return f"notice-{child.ref}-{next(named).step_id}"


def _same(step: RecordDecisions, ref: str, notice: Move) -> bool:
    moves = (said.moved for said in step.children if said.ref == ref and said.moved is not None)
    return any((move.authority, move.notice_sent_on) == (notice.authority, notice.notice_sent_on) for move in moves)


def over_since(child: Child) -> datetime | None:
    """When people were told that the time to answer is over; None while it is not."""
    facts, about = child.facts, about_notice(child)
    clocks = [clock for clock in facts.clocks if (clock.kind, clock.about) == (ClockKind.NOTICE, about)]
    times = facts.times(clocks[-1]) if clocks and facts.end_told(clocks[-1]) else None
    return max(alert.raised_at for alert in facts.alerts_of(clocks[-1], times.due)) if times else None


def may_still_answer(child: Child) -> bool:
    """The authority there has not confirmed our notice, and its time is not over."""
    return unanswered_notice(child) is not None and over_since(child) is None


def known_there(child: Child) -> bool:
    """They confirmed it; or their time is over, and since then the manager closes the child by a word of their own."""
    if unanswered_notice(child) is None:
        return True
    since, said_at = over_since(child), child.manager_said_at
    return since is not None and said_at is not None and said_at >= since


def all_known_there(facts: StepDownFacts) -> bool:
    """Nobody's answer is waited for."""
    return all(map(known_there, facts.children))
