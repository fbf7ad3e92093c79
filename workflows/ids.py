"""Workflow ids: opaque, and nothing about a person."""


def workflow_id(kind: str, journey_id: str) -> str:
    """The workflow id of a journey of this kind."""
    return f"{kind}/{journey_id}"


def step_down_id(transfer_id: str) -> str:
    """The workflow id of a step-down."""
    return workflow_id("step-down", transfer_id)
