"""What Mosaic holds of the children of a transfer, for the few who may read of it (SD-19a, SD-19b)."""

from datetime import datetime

from models.census import ClosureReason
from models.mosaic import ChildRecord
from models.step_down.child import Child
from models.step_down.closure_reason import reason_for_closure
from models.step_down.facts import StepDownFacts
from models.vocabulary import Frozen, Ref


class ChildInMosaic(Frozen):
    """One child, as Mosaic was looked at last."""

    ref: Ref
    looked_at: datetime | None
    """None where Mosaic has not answered yet."""
    keeps_open: tuple[str, ...]
    """What keeps the child open, a sentence each."""
    does_not_say: tuple[str, ...]
    """What Mosaic does not say of it: whether ..."""
    record: ChildRecord | None
    closure_reason: ClosureReason | None = None
    """The census's reason for which the child is closed, or is to be; None where it is not to be, or none is known."""


class InMosaic(Frozen):
    """The answer of the ``in_mosaic`` query."""

    children: tuple[ChildInMosaic, ...]

    @property
    def privacy(self) -> str:
        """The class of the payload: orders, enquiries and who is related to whom are for few to read."""
        return "restricted"


def in_mosaic(facts: StepDownFacts) -> InMosaic:
    """Each child, with what keeps it open."""
    return InMosaic(children=tuple(map(_seen, facts.children)))


def _seen(child: Child) -> ChildInMosaic:
    said = child.decision
    return ChildInMosaic(
        ref=child.ref,
        looked_at=child.looks[-1].at if child.looks else None,
        keeps_open=child.kept_open(child.decision),
        does_not_say=tuple(question.words for question in child.unsaid()),
        record=child.record,
        closure_reason=reason_for_closure(child, said) if said is not None and said.decision.closes else None,
    )
