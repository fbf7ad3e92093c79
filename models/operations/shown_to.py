"""How a journey stands, as somebody may see it who does not see all of it (``models.access``)."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from models.access import Part, View
from models.journey.answers import CLOSED, NextStep, Receipt
from models.journey.status import ChildStatus, ClockStatus, Status
from models.kinds import RESPONSES
from models.vocabulary import OF_A_SERVICE, Frozen

F = TypeVar("F", bound=Frozen)

IT_HAS_ENDED = "It has ended"
"""How it ended for others, whom a service does not see, is part of how it ended."""
OTHERS_ACT = "Children's Social Work acts next: nothing is asked of you now."
GOES_ON_BY_ITSELF = "It goes on by itself: nobody has to do anything now."

PLAIN_OF_ENTRY = frozenset({"at", "recorded_at", "who", "what", "step_id", "field", "by_service", "children"})
PLAIN_OF_ITEM = frozenset(
    {"id", "effect", "what", "problem", "since", "detail", "resolution", "child", "kind", "document", "needed"}
    | {"in_register"}
)
"""What is said in these without anybody's own words, name or address: as in the Temporal UI. Nothing else that stands
beside timeline and attention holds any."""

SERVICE_KEEPS = frozenset(
    {"id", "restricted", "journey", "route", "stage", "stage_words", "service_ref", "service_name"}
    | {"social_work_team", "social_worker", "team_manager", "in_charge", "responsible"}
)
"""What a service reads of a transfer as it is; and whom it asks in social work."""


def shown_to(status: Status, seen: View) -> Status:
    """The status with as much of it as is seen; whoever may not see the journey at all is shown nothing.

    Raises:
        ValueError: nothing of it is seen.
    """
    match seen.part:
        case Part.EVERYTHING | Part.WITHOUT_RESTRICTED:
            return status
        case Part.WITHOUT_NARRATIVE:
            return _without_narrative(status)
        case Part.THESE_CHILDREN:
            return _of_children(status, seen.children)
        case Part.NOTHING:
            raise ValueError("nothing of this journey is seen")


def receipt_shown_to(receipt: Receipt, seen: View) -> Receipt:
    """The receipt of a step with as much of where the journey stands as is seen."""
    if seen.part is not Part.THESE_CHILDREN:
        return receipt
    today = receipt.today
    asked = {"next_steps": _next_for_service(receipt.next_steps, seen.children)}
    if today is not None:
        asked_today = _next_for_service(today.next_steps, seen.children)
        return receipt.model_copy(update={**asked, "today": today.model_copy(update={"next_steps": asked_today})})
    return receipt.model_copy(update=asked)


def _without_narrative(status: Status) -> Status:
    """References and states; not what people wrote, nor the name and address of anybody outside."""
    return status.model_copy(
        update={
            "timeline": tuple(_only(entry, PLAIN_OF_ENTRY) for entry in status.timeline),
            "attention": tuple(_only(item, PLAIN_OF_ITEM) for item in status.attention),
        }
    )


def _of_children(status: Status, children: frozenset[str]) -> Status:
    """What concerns these children and the service that may see them; nothing of their parents or of others."""
    return _only(
        status,
        SERVICE_KEEPS,
        outcome=CLOSED if status.outcome is not None else None,
        ended=IT_HAS_ENDED if status.ended is not None else None,
        waiting_for=tuple(role for role in status.waiting_for if role in OF_A_SERVICE),
        next_steps=_next_for_service(status.next_steps, children),
        children=tuple(_for_service(child) for child in status.children if child.ref in children),
        attention=(),
        clocks=tuple(clock for clock in status.clocks if _is_its_own(status, clock, children)),
        timeline=tuple(
            entry
            for entry in status.timeline
            if entry.by_service == status.service_ref and {*entry.children} <= children
        ),
    )


def _next_for_service(steps: Sequence[NextStep], children: frozenset[str]) -> tuple[NextStep, ...]:
    """What it is asked; else that others act, but not who and what: it may be about another child, or harm."""
    asked = tuple(_asked_of_service(steps, children))
    if asked or not steps:
        return asked
    by_people = any(step.who is not None for step in steps)
    return (NextStep(step=None, who=None, ask=OTHERS_ACT if by_people else GOES_ON_BY_ITSELF, clause=None),)


def _asked_of_service(steps: Iterable[NextStep], children: frozenset[str]) -> Iterable[NextStep]:
    for step in steps:
        if step.who in OF_A_SERVICE:
            of = tuple(about for about in step.of if about.children and {*about.children} <= children)
            yield step.model_copy(update={"of": of, "ways": tuple(way for way in step.ways if way.child in children)})


def _for_service(child: ChildStatus) -> ChildStatus:
    return child.model_copy(update={"states": tuple(state for state in child.states if state.for_service)})


def _is_its_own(status: Status, clock: ClockStatus, children: frozenset[str]) -> bool:
    """It has to answer, for itself or for one of these children."""
    its_own = clock.kind in RESPONSES and clock.service_ref == status.service_ref
    return its_own and clock.about in {status.service_ref, *children}


def _only(shown: F, keeps: frozenset[str], **instead: Any) -> F:
    """With these fields, and others where they are said here; every other one is as where nothing is known."""
    blank = {
        name: field.get_default()
        for name, field in type(shown).model_fields.items()
        if name not in keeps and name not in instead
    }
    return shown.model_copy(update={**blank, **instead})
