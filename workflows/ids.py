"""Workflow ids: opaque, and nothing about a person."""

from models.kinds import JourneyKind


def workflow_id(kind: str, journey_id: str) -> str:
    """The workflow id of a journey of this kind."""
    return f"{kind}/{journey_id}"


def step_down_id(transfer_id: str) -> str:
    """The workflow id of a step-down."""
    return workflow_id(JourneyKind.STEP_DOWN, transfer_id)
