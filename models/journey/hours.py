"""What waits for office hours: it is due, and leaves by itself when they begin (SD-33b)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from models.effects import Effect
from models.journey.facts import Facts
from models.journey.recorded import Held
from models.kinds import IN_OFFICE_HOURS

F = TypeVar("F", bound=Facts)


def hold(facts: F, due: Callable[[], Iterable[Effect]], now: datetime) -> F:
    """The facts with what is due now and has to wait, until the absolute moment at which it leaves.

    Within office hours, these very facts: nobody asks then what is due.
    """
    hours = facts.opening.letter_hours if facts.opening else None
    until = hours.next_opening(now) if hours is not None else None
    if until is None:
        return facts
    waits = (effect for effect in due() if effect.kind in IN_OFFICE_HOURS and effect not in facts.begun)
    new = tuple(Held(effect=effect, until=until) for effect in waits if facts.held_until(effect) is None)
    return facts.having(held=(*facts.held, *new)) if new else facts


def released(facts: F, at: datetime) -> tuple[F, tuple[Effect, ...]]:
    """The facts once these office hours have begun, and what waited for them."""
    still = tuple(held for held in facts.held if held.until > at)
    return facts.having(held=still), tuple(held.effect for held in facts.held if held.until <= at)


def next_release(facts: Facts) -> datetime | None:
    """When the first of it leaves."""
    return min((held.until for held in facts.held), default=None)
