"""How much text a transfer holds: what is short always fits; what tells of danger has room where nothing else has.

Temporal takes at most 2 MB in one message, and a run hands everything that was recorded to the next one in one message.
"""

from models.journey.answers import Refusal
from models.journey.steps import ReportsHarm, Step

MOST = 500_000
"""Bytes of all that was recorded in a transfer, written as JSON."""

MOST_WITH_HARM = 800_000
"""Where the last of it is a report of significant harm (SU-01), or says who is not safe (SD-30a)."""

SHORT = 4_000
"""Bytes of a step that always fits: whatever is missing can be recorded, however much was written before."""

MOST_SAID = 100_000
"""Characters of what reports of harm said that could not be taken; of more, the beginning is kept."""

BEGINNING = 300

TOO_LONG = (
    "This transfer holds {held} characters already, and this is too long for it. Say it in fewer words: up to "
    f"{SHORT} characters always fit. What is longer belongs into a document in Mosaic."
)


def too_long(held: int, step: Step) -> Refusal | None:
    """Why the step does not fit beside the bytes that the transfer holds; None where it does."""
    of_danger = step.keeps_safe or (isinstance(step, ReportsHarm) and bool(step.at_risk))
    fits = step.size <= SHORT or held + step.size <= (MOST_WITH_HARM if of_danger else MOST)
    return None if fits else Refusal(field="step", reason=TOO_LONG.format(held=held))


def that_fits(held: int, said: str) -> str:
    """What a report said that could not be taken: whole, or its beginning where that many characters are kept."""
    return said if held + len(said) <= MOST_SAID or len(said) <= BEGINNING else f"{said[:BEGINNING]} … (shortened)"
