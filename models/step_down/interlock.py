"""The locks: what must hold for a child before social work closes it, by what was decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.journey.remembered import remembered
from models.step_down.child import Child
from models.step_down.closure_reason import reason_for_closure
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import meeting_agrees
from models.step_down.held import plan_goes_on
from models.step_down.homes import home_is_lost
from models.step_down.moved import known_there
from models.step_down.plan_end import end_is_confirmed
from models.step_down.steps.decision import ChildDecision, Decision


@dataclass(frozen=True)
class Lock:
    """Something that must hold, for this child, when its closing is decided and again when it is closed."""

    clause: str | None
    holds: Callable[[Child, ChildDecision], bool]
    otherwise: str


def _found_appropriate(child: Child) -> bool:
    conversation = child.facts.conversation
    return conversation is not None and conversation.appropriate


WHEREVER_IT_CLOSES = (
    Lock(
        "SU-01",
        lambda c, _: not c.stopped,
        "A risk of significant harm was reported: a child who is open to social work stays with social work. Decide "
        "that; or first record what came of the contact about it: if nothing follows from it, the team manager may "
        "lift the stop, and then you decide again.",
    ),
    Lock(
        "SD-19a",
        lambda c, said: not c.protected or not plan_goes_on(c.record, c.plan_here(said)),
        "The child is on a Child Protection plan, and no conference has ended it for this child, or its chair has not "
        "confirmed that: the child stays with social work until then; if the child has moved, until the "
        "conference in the area where the child lives now.",
    ),
    Lock(
        "SD-23a",
        lambda _, said: not said.asks_for_address or said.address_known is True,
        "It is not known where the child lives, so the child's case is not closed: the child stays with social work. "
        "Follow the missing-family procedure, and speak to Duty and Advice.",
    ),
    Lock(
        "SD-09e",
        lambda c, _: not c.refusal_changes_risk,
        "The team manager looked at the refusal of consent, and it changes the risk: the child stays with social work, "
        "unless the manager has looked again and says otherwise.",
    ),
)
INTERLOCK = (
    Lock(
        "SD-01",
        lambda c, _: c.facts.request.criteria.no_further_role,
        "When the transfer was started, it was recorded that social work still has a role.",
    ),
    Lock(
        "SD-02",
        lambda c, _: c.facts.request.criteria.needs_early_help_can_meet,
        "When the transfer was started, it was recorded that Early Help cannot meet the needs.",
    ),
    Lock(
        "SD-03",
        lambda c, _: c.facts.request.criteria.response_required,
        "When the transfer was started, it was recorded that no Early Help response is required.",
    ),
    Lock(None, lambda c, _: c.facts.cancelled is None, "The transfer was cancelled."),
    Lock(
        "SD-09e",
        lambda c, _: not c.withheld_from(None),
        "It was recorded that nothing about this child is shared with the service, as that would harm the child more.",
    ),
    Lock("SD-09", lambda c, _: c.consents, "The family's consent does not stand for this child."),
    Lock(
        "SD-07",
        lambda c, _: _found_appropriate(c),
        "The conversation has not been held, or did not find the referral appropriate.",
    ),
    Lock(
        "SD-08",
        lambda c, _: not _found_appropriate(c) or c.agreement is not None,
        "In the conversation the service did not agree to support this child.",
    ),
    Lock(
        "SD-19",
        lambda c, _: meeting_agrees(c),
        "The final meeting has not agreed that this child passes on. What it agreed before the conversation, or "
        "without the service being invited to that day, has to be confirmed first.",
    ),
    Lock(
        "SD-28",
        lambda c, _: c.practitioner is not None,
        "The practitioner who takes over is not named yet, or the team manager has not authorised the interim contact.",
    ),
    Lock("SD-30", lambda c, _: c.advice is not None, "The summary of advice for this child is not recorded yet."),
)
"""The closure interlock: what holds beside, where social work passes the child on to Early Help."""
AFTER_THE_DECISION = (
    Lock(
        "SD-09e",
        lambda c, _: not c.refusal_not_looked_at,
        "Consent was refused, and the team manager has not said whether that changes the risk.",
    ),
    Lock("SD-23b", lambda c, _: c.authorised, "The team manager has not authorised closing this child's case."),
    Lock(
        "SD-19a",
        lambda c, said: said.ended_without_conference is None or end_is_confirmed(c),
        "The conference manager has not confirmed that the plan of this child ended without a conference.",
    ),
    Lock(
        "SD-23a",
        lambda c, _: not home_is_lost(c),
        "It is not known where a brother or sister lives who shares a home with this child.",
    ),
    Lock("SD-19b", lambda c, _: c.facts.ended(c.look), "Mosaic has not been asked yet what it holds about this child."),
    Lock(
        "SD-19b",
        lambda c, _: set(c.unsaid()) <= set(c.answered_by_manager),
        "Mosaic does not answer every question that could keep this child's case open, nor has the team manager.",
    ),
    Lock(
        "SD-40",
        lambda c, said: reason_for_closure(c, said) is not None,
        "The census asks why this child's case closes: what is recorded does not answer that, and nobody has chosen "
        "it.",
    ),
)
"""What may still be missing when it is decided, and holds before the child is closed."""
KNOWN_THERE = Lock(
    "SD-23a",
    lambda c, _: known_there(c),
    "The authority where the child lives now has not confirmed our written notice, and the team manager has not closed "
    "the child's case for a reason of their own since its time to answer was over.",
)
"""What holds beside, where the child has moved."""
LOCKS: Mapping[Decision, tuple[Lock, ...]] = {
    Decision.TRANSFER: (*WHEREVER_IT_CLOSES, *INTERLOCK, *AFTER_THE_DECISION),
    Decision.UNIVERSAL_ONLY: (*WHEREVER_IT_CLOSES, *AFTER_THE_DECISION),
    Decision.NO_FURTHER_SUPPORT: (*WHEREVER_IT_CLOSES, *AFTER_THE_DECISION),
    Decision.MOVED_AWAY: (*WHEREVER_IT_CLOSES, *AFTER_THE_DECISION, KNOWN_THERE),
    Decision.STAYS_WITH_SOCIAL_WORK: (),
}
"""What must hold, by what was decided."""


def locked_by(lock: Lock) -> Callable[[StepDownFacts, ChildDecision], bool]:
    """Whether this lock keeps the child from being decided so."""
    return lambda facts, said: lock in LOCKS[said.decision] and not lock.holds(facts.child(said.ref), said)


@remembered
def to_close(facts: StepDownFacts) -> tuple[Child, ...]:
    """The children who are to be closed, everything that must hold holding."""
    return tuple(child for child in facts.children if _may_close(child))


def _may_close(child: Child) -> bool:
    decided = child.decision
    if decided is None or not decided.decision.closes:
        return False
    return all(lock.holds(child, decided) for lock in LOCKS[decided.decision])
