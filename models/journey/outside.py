"""What somebody outside hears of what they recorded: thanks and whom to ring, and nothing of others (ER-14)."""

from models.journey.answers import Receipt
from models.journey.facts import Facts
from models.journey.steps import Step
from models.vocabulary import OUTSIDE

RECEIVED = "received"
THANKS = "Thank you: it has been received"
DO_NOT_WAIT = "If a child may be in danger, do not wait for an answer: ring now."


def as_told(facts: Facts, step: Step, receipt: Receipt) -> Receipt:
    """The receipt as whoever recorded the step may read it."""
    if step.actor.role not in OUTSIDE:
        return receipt
    ring = f"{facts.policy.phones.words} {DO_NOT_WAIT}" if receipt.note_first else None
    told = {"stage": RECEIVED, "stage_words": THANKS, "next_steps": (), "recorded_for": None, "note": ring}
    return receipt.model_copy(update=told)
