"""How much a transfer holds: what is short fits long after what is long; what tells of danger, where nothing else does.

Temporal takes at most 2 MB in one message, and a run hands everything that was recorded to the next one in one message;
and it gives a workflow task two seconds, while each step is read again beside all others.
"""

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


def too_long(step: Step, *, held: int = 0, steps: int = 0, it: str = "transfer") -> Refusal | None:
    """Why the step does not fit beside the bytes, and the steps, that the transfer holds; None where it does."""
    of_danger = step.keeps_safe or (isinstance(step, ReportsHarm) and bool(step.at_risk))
    room = ROOM_FOR_DANGER if of_danger else ROOM
    if steps >= room.steps or held + step.size > room.short:
        words = NOTHING_MORE if of_danger else FULL
        return Refusal(field="step", reason=words.format(held=held, steps=steps, it=it))
    fits = step.size <= SHORT or held + step.size <= room.long
    return None if fits else Refusal(field="step", reason=TOO_LONG.format(held=held, it=it))


def that_fits(held: int, said: str) -> str:
    """What a report said that could not be taken: whole, or its beginning where that many characters are kept."""
    return said if held + len(said) <= MOST_SAID or len(said) <= BEGINNING else f"{said[:BEGINNING]} … (shortened)"
