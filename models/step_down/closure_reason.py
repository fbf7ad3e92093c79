"""The census's reason for closure: what follows from route and decision, and whether what was chosen holds (SD-40)."""

from models.census import ClosedFor, ClosureReason
from models.effects import Ended
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.steps.decision import ChildDecision, Decision
from models.step_down.steps.endings import HowPlanEnded, MoveKind


def reason_for_closure(child: Child, said: ChildDecision) -> ClosureReason | None:
    """What was chosen, where it can hold; else what follows. None: a person has to choose."""
    chosen = said.closure_reason
    return _follows(child, said) if chosen is None or cannot_hold(child, said) else chosen


def cannot_hold(child: Child, said: ChildDecision) -> bool:
    """It says that the case was closed out of the assessment alone, and there was more."""
    chosen = said.closure_reason
    return chosen is not None and chosen.after_assessment and _assessed_alone(child) is False


def has_to_be_chosen(child: Child, said: ChildDecision) -> bool:
    """Mosaic was looked at, and no reason for this closing follows."""
    looked = child.facts.ended(child.look)
    return said.decision.closes and looked and reason_for_closure(child, said) is None


def waits_for_reason(child: Child) -> bool:
    """It is to be closed, and nobody has chosen why, though it does not follow."""
    waits = child.decision is not None and not child.closing_begun
    return waits and child.decision is not None and has_to_be_chosen(child, child.decision)


def _assessed_alone(child: Child) -> bool | None:
    if child.facts.on_a_plan:
        return False
    return child.record.assessed_alone if child.record is not None else None


def _follows(child: Child, said: ChildDecision) -> ClosureReason | None:
    reasons, end = child.facts.policy.closure_reasons, said.plan_ended
    if end is not None and end.how is not HowPlanEnded.LEFT_UK:
        return None
    if said.moved is not None:
        return reasons.abroad if said.moved.kind is MoveKind.ABROAD else reasons.another_council
    alone = _assessed_alone(child)
    by_decision = {Decision.TRANSFER: reasons.early_help, Decision.UNIVERSAL_ONLY: reasons.universal_services}
    if alone is None:
        return None
    return by_decision.get(said.decision, reasons.no_further_support) if alone else reasons.beside_more


def closed_for(facts: StepDownFacts) -> tuple[ClosedFor, ...]:
    """Of each child whom the machine closed, the reason that it handed over, where everybody may read it."""
    reasons = ((child.ref, _handed_over(child)) for child in facts.children)
    return tuple(ClosedFor(child=ref, reason=reason) for ref, reason in reasons if reason is not None)


def _handed_over(child: Child) -> ClosureReason | None:
    """As it followed then: what was recorded or seen since changes nothing."""
    result = child.closing_result
    if result is None or result.ended not in {Ended.DONE, Ended.FOUND_DONE}:
        return None
    then = child.facts.having(
        steps=tuple(entry for entry in child.facts.steps if entry.accepted_at <= result.at),
        effects=tuple(one for one in child.facts.effects if one.at <= result.at),
    )
    closed = then.child(child.ref)
    return shown_reason(closed, closed.decision) if closed.decision is not None else None


def shown_reason(child: Child, said: ChildDecision) -> ClosureReason | None:
    """The reason, where everybody who reads of the child may read it."""
    reason = reason_for_closure(child, said)
    return None if reason is None or reason.for_few or said.moved is not None else reason
