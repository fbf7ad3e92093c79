"""How much a transfer holds: what is short fits long after what is long; what tells of danger, where nothing else does.

Temporal takes at most 2 MB in one message, and a run hands everything that was recorded to the next one in one message;
and it gives a workflow task two seconds, while each step is read again beside all others.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.journey.answers import Refusal
from models.journey.steps import ReportsHarm, Step

SHORT = 4_000
"""Bytes of a step that fits where no longer one does: what is missing can be recorded, however much was written."""


class Room(NamedTuple):
    """How much fits into a transfer, in bytes of all that was recorded, written as JSON."""

    long: int
    short: int
    steps: int


ROOM = Room(long=500_000, short=1_200_000, steps=600)
ROOM_FOR_DANGER = Room(long=800_000, short=1_500_000, steps=750)
"""For a report of significant harm (SU-01), for what says who is not safe (SD-30a), and for what stops something."""
MOST_STEPS_OF_ONE = (ROOM_FOR_DANGER.steps - ROOM.steps) // 2
MOST_OF_ONE = (ROOM_FOR_DANGER.short - ROOM.short) // 2
"""Steps and bytes: half of what is kept for danger alone. No person has more of it, so that others always find room."""

MOST_SAID = 100_000
"""Characters of what reports of harm said that could not be taken; of more, the beginning is kept."""

BEGINNING = 300

TOO_LONG = (
    "This {it} already holds {held} characters, and this is too long for it. Say it in fewer words: up to "
    f"{SHORT} characters still fit. Anything longer belongs in a document in Mosaic."
)


FULL = (
    "This {it} is full: it holds {steps} steps and {held} characters. A report of significant harm, the family "
    "record, a withdrawal of consent and a cancellation can still be recorded. Ask operations how to go on."
)
NOTHING_MORE = (
    "This {it} is full: it holds {steps} steps and {held} characters, and takes nothing more. What it says has to "
    "be told by telephone, and written down in Mosaic. Ask operations how to go on."
)
OF_ONE = (
    "You have recorded {steps} reports of harm, withdrawals and the like in this {it}, with {held} characters: as much "
    "as one person can. What room is left is kept for what others report. Ring, and write it down in Mosaic; a "
    "colleague can still record it here. If a program sends the same again and again, have it stopped."
)


def too_long(step: Step, *, held: int = 0, steps: int = 0, it: str = "transfer") -> Refusal | None:
    """Why the step does not fit beside the bytes, and the steps, that the transfer holds; None where it does."""
    of_danger = step.keeps_safe or _reports_harm(step)
    room = ROOM_FOR_DANGER if of_danger else ROOM
    if steps >= room.steps or held + step.size > room.short:
        words = NOTHING_MORE if of_danger else FULL
        return Refusal(field="step", reason=words.format(held=held, steps=steps, it=it))
    fits = step.size <= SHORT or held + step.size <= room.long
    return None if fits else Refusal(field="step", reason=TOO_LONG.format(held=held, it=it))


def too_much_of_one(step: Step, before: Sequence[Step], it: str = "transfer") -> Refusal | None:
    """Why the rest of the room for danger is left to others; None where whoever records this may have more of it.

    ``before`` is what the transfer holds, oldest first.
    """
    places = [*_of_the_room_for_danger((*before, step))]
    own = [before[place] for place in places if place < len(before) and before[place].actor.id == step.actor.id]
    held = sum(one.size for one in own)
    if len(before) not in places or (len(own) < MOST_STEPS_OF_ONE and held + step.size <= MOST_OF_ONE):
        return None
    return Refusal(field="step", reason=OF_ONE.format(steps=len(own), held=held, it=it))


def _of_the_room_for_danger(steps: Sequence[Step]) -> Iterator[int]:
    """The places of what takes of it: each report of harm, and whatever was recorded since nothing else fits."""
    held = 0
    for place, step in enumerate(steps):
        held += step.size
        if _reports_harm(step) or place >= ROOM.steps or held > ROOM.short:
            yield place


def _reports_harm(step: Step) -> bool:
    return isinstance(step, ReportsHarm) and bool(step.at_risk)


def that_fits(held: int, said: str) -> str:
    """What a report said that could not be taken: whole, or its beginning where that many characters are kept."""
    return said if held + len(said) <= MOST_SAID or len(said) <= BEGINNING else f"{said[:BEGINNING]} … (shortened)"
