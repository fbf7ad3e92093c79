"""A child between two services: closed by social work, and not accepted by the service (SD-29, SD-35)."""

from models.clocks import ClockKind
from models.step_down.facts import Facts, remembered
from models.step_down.said import Decision
from models.step_down.steps import (
    AcknowledgeTransfer,
    ChangeService,
    DecideChildren,
    RecordManagementConversation,
    Step,
)


@remembered
def given_back(facts: Facts) -> tuple[str, ...]:
    """The closed children whom the service declined, or did not answer for while everybody was told."""
    return tuple(child for child in facts.child_refs if facts.given_back(child))


@remembered
def talked_about(facts: Facts, child: str) -> bool:
    """SD-29: team manager and Targeted Services Leader have talked since the child was given back."""
    held = [place for place, entry in enumerate(facts.steps) if isinstance(entry.step, RecordManagementConversation)]
    if not held:
        return False
    declined = facts.last_of(AcknowledgeTransfer, child)
    if declined is not None:
        return held[-1] > next(place for place, entry in enumerate(facts.steps) if entry.step is declined)
    clocks = {clock.id for clock in facts.open_clocks(ClockKind.ACKNOWLEDGEMENT) if clock.about == child}
    told = [alert.raised_at for alert in facts.alerts if clocks & set(alert.clocks)]
    return bool(told) and facts.steps[held[-1]].accepted_at >= max(told)


def all_talked_about(facts: Facts) -> bool:
    """SD-29: the managers have talked about every child whom the service gave back."""
    return all(talked_about(facts, child) for child in given_back(facts))


def settles(facts: Facts, step: Step) -> bool:
    """A new decision for children who were given back, and for nobody else."""
    named = step.children_named()
    return isinstance(step, DecideChildren) and bool(named) and all(map(facts.given_back, named))


def taken_back(facts: Facts, step: Step) -> tuple[str, ...]:
    """The closed children whose cases social work reopens with this step: another service has to be found, or none."""
    if isinstance(step, ChangeService):
        return given_back(facts)
    if not isinstance(step, DecideChildren) or not settles(facts, step):
        return ()
    return tuple(child.ref for child in step.children if child.decision is Decision.STAYS_WITH_SOCIAL_WORK)


def has_children(facts: Facts) -> bool:
    """A child was, or is being, closed to pass to the service, which did not give it back."""
    passed = (child for child in facts.decided(Decision.TRANSFER) if facts.closing_begun(child))
    return not all(map(facts.given_back, passed))
