"""Closure: each child is closed in Mosaic as decided; a service without Mosaic has its pack first (SD-20…25)."""

from models.step_down.effects import closed_as_decided, looked_since_decided, looks, packs_and_closures
from models.step_down.rows import Doing, Row

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
        "The children are being closed in Mosaic as decided.",
        until=closed_as_decided,
    ),
)
