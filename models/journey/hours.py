"""What waits for office hours: it is due, and leaves by itself when they begin (SD-33b)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from models.effects import Effect
from models.journey.facts import Facts
from models.journey.recorded import Held
from models.kinds import IN_OFFICE_HOURS

F = TypeVar("F", bound=Facts)


def newly_held(facts: Facts, due: Iterable[Effect], now: datetime) -> tuple[Held, ...]:
    """What is due now and has to wait, with the moment at which it leaves; nothing within office hours."""
    hours = facts.opening.letter_hours if facts.opening else None
    waits = [effect for effect in due if effect.kind in IN_OFFICE_HOURS and effect not in facts.begun]
    new = [effect for effect in waits if facts.held_until(effect) is None]
    until = hours.next_opening(now) if hours is not None and new else None
    return tuple(Held(effect=effect, until=until) for effect in new) if until is not None else ()


def released(facts: F, at: datetime) -> tuple[F, tuple[Effect, ...]]:
    """The facts once these office hours have begun, and what waited for them."""
    still = tuple(held for held in facts.held if held.until > at)
    return facts.having(held=still), tuple(held.effect for held in facts.held if held.until <= at)


def next_release(facts: Facts) -> datetime | None:
    """When the first of it leaves."""
    return min((held.until for held in facts.held), default=None)
