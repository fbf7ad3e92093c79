"""Closure: each child is closed in Mosaic as decided; a service without Mosaic has its pack first (SD-20…25)."""

from models.journey.rows import TimeIsUp
from models.kinds import ClockKind
from models.step_down.effects import closed_as_decided, looked_since_decided, looks, packs_and_closures
from models.step_down.moved import all_known_there
from models.step_down.rows import SW, Doing, Need, Row
from models.step_down.steps.acts import Authorise
from models.step_down.steps.decision import RecordDecisions

ROWS: tuple[Row, ...] = (
    Doing(
        "SD-19b",
        looks,
        "Mosaic is asked what it holds about the children.",
        until=looked_since_decided,
        at_once=True,
    ),
    Doing(
        "SD-21",
        packs_and_closures,
        "The children's cases are being closed in Mosaic as decided.",
        until=closed_as_decided,
    ),
    Need(
        "SD-23a",
        RecordDecisions,
        SW,
        "The case of a child who has moved is not closed until the authority there has confirmed our written notice: "
        "ask them again. Once they have, record the decision again, with the day, as a correction.",
        met=all_known_there,
        clock=ClockKind.NOTICE,
        everywhere=True,
    ),
    TimeIsUp(
        "SD-23a",
        ClockKind.NOTICE,
        Authorise,
        "The authority where a child lives now has not confirmed our written notice in time: take it further there. "
        "Only then close the child's case without an answer, with your own reason: authorise it, or authorise it again "
        "as a correction; if you decided it yourself, decide again. Or have something else decided for the child.",
    ),
)
