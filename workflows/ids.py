"""Workflow ids: opaque, and nothing about a person."""


def step_down_id(transfer_id: str) -> str:
    """The workflow id of a step-down."""
    return f"step-down/{transfer_id}"
