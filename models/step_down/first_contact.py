"""How the first contact with one child stands (SD-37): what the service said, and what the team manager decided."""

from datetime import datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING

from models.journey.clocks import ClockState, running_state
from models.journey.harm_outcome import HarmOutcome
from models.journey.steps import Step
from models.kinds import ClockKind
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.decision import Decision
from models.step_down.steps.first_contact import (
    Became,
    ChildFirstContact,
    ChildNotSeen,
    DecideFirstContact,
    RecordFirstContact,
    Unseen,
)
from models.step_down.stop import came_to
from models.vocabulary import LONDON

if TYPE_CHECKING:
    from models.step_down.child import Child


class FirstContact(StrEnum):
    """How it stands with one child."""

    NOT_OWED = "not_owed"
    """No service has taken it, consent was withdrawn, it has died, or social work has it after a report of harm."""
    NO_START = "no_start"
    """Nobody has said yet when support begins."""
    AWAITED = "awaited"
    SEEN = "seen"
    FOR_MANAGER = "for_manager"
    """It was not seen, or the time is over: the team manager decides."""
    REVIEW = "review"
    """The team manager has decided, and looks at it again on a day that they named."""
    SETTLED = "settled"
    """The team manager has decided, and nothing more is to come."""
    TAKEN_BACK = "taken_back"
    """The team manager has decided that social work takes it back."""

    @property
    def words(self) -> str:
        """As people read it of a child."""
        return {
            "not_owed": "-",
            "no_start": "not yet, no day is named",
            "awaited": "not yet",
            "seen": "yes",
            "for_manager": "no, the team manager decides",
            "review": "no, looked at again",
            "settled": "no, accepted",
            "taken_back": "no, taken back",
        }[self.value]


def first_contact(child: "Child") -> FirstContact:
    """How it stands with the child; whatever the manager decided binds to what the service had said then."""
    decided, said = manager_decided(child), service_said(child)
    if not taken(child):
        return FirstContact.NOT_OWED
    if decided is not None and decided.decision is Unseen.REOPEN:
        return FirstContact.TAKEN_BACK
    if not child.consents or child.died or _social_work_has_it(child):
        return FirstContact.NOT_OWED
    if said is not None and said.became is Became.SEEN:
        return FirstContact.SEEN
    return _unseen(decided) if decided or said or _time_is_over(child) else _to_come(child)


def _unseen(decided: ChildNotSeen | None) -> FirstContact:
    """It was not seen, or not in time."""
    if decided is None:
        return FirstContact.FOR_MANAGER
    return FirstContact.REVIEW if decided.review_on else FirstContact.SETTLED


def _to_come(child: "Child") -> FirstContact:
    return FirstContact.AWAITED if _start(child) else FirstContact.NO_START


def taken(child: "Child") -> bool:
    """Closed to pass to the service, which has accepted it."""
    accepted = child.acknowledgement is not None and child.acknowledgement.accepted
    return child.is_decided(Decision.TRANSFER) and child.closing_result is not None and accepted


def _social_work_has_it(child: "Child") -> bool:
    """SU-08: the service stays with a child of whom harm was reported, until that is known to have come to more."""
    said = came_to(child.facts, child.ref)
    return said is not None and not said.comes_to_nothing and HarmOutcome.EARLY_HELP not in said.outcomes


def said_in(child: "Child") -> RecordFirstContact | None:
    """The step in which the service said last what became of it, since social work closed the child."""
    said = child.facts.last_of(RecordFirstContact, child.ref)
    return said if said is not None and _since_closed(child, said) else None


def service_said(child: "Child") -> ChildFirstContact | None:
    """What the service said last."""
    said = said_in(child)
    return next(one for one in said.children if one.ref == child.ref) if said is not None else None


def decided_in(child: "Child") -> DecideFirstContact | None:
    """The step in which the manager decided last, as long as the service has said nothing else since."""
    decided, said = child.facts.last_of(DecideFirstContact, child.ref), said_in(child)
    if decided is None or _start_agreed_since(child, decided):
        return None
    holds = decided.of == (said.step_id if said is not None else None)
    return decided if holds and _since_closed(child, decided) else None


def _start_agreed_since(child: "Child", decided: DecideFirstContact) -> bool:
    """It was decided because of a silence, which a start that was agreed has ended."""
    start = child.start_agreed_in
    return decided.of is None and start is not None and child.facts.came_after(start, decided)


def manager_decided(child: "Child") -> ChildNotSeen | None:
    """What the manager decided."""
    decided = decided_in(child)
    return next(one for one in decided.children if one.ref == child.ref) if decided is not None else None


def _since_closed(child: "Child", step: Step) -> bool:
    entry, closed = child.facts.entry(step.step_id), child.closing_result
    return entry is not None and closed is not None and entry.accepted_at >= closed.at


def _start(child: "Child") -> datetime | None:
    """The beginning of the day from which on support is there; None where nobody has said it."""
    day = child.talked_over.realistic_start if child.talked_over is not None else None
    return datetime.combine(day, time(0), LONDON) if day is not None else None


def awaited_since(child: "Child") -> datetime | None:
    """From when the time for first contact counts: the agreed start; or when it was accepted, where that came later.

    None where nothing is awaited of the service.
    """
    start = _start(child)
    waits = {FirstContact.AWAITED, FirstContact.FOR_MANAGER}
    if start is None or service_said(child) is not None or child.first_contact not in waits:
        return None
    accepted = child.facts.last_of(AcknowledgeTransfer, child.ref)
    entry = child.facts.entry(accepted.step_id) if accepted is not None else None
    return max(start, entry.accepted_at) if entry is not None else start


def _time_is_over(child: "Child") -> bool:
    """The agreed start has passed, and the service has said nothing."""
    facts = child.facts
    clocks = (clock for clock in facts.open_clocks(ClockKind.FIRST_CONTACT) if clock.about == child.ref)
    return any(running_state(facts, clock) is ClockState.BREACHED for clock in clocks)
