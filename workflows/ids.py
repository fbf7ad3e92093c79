"""Workflow ids: opaque, and nothing about a person."""


def workflow_id(kind: str, journey_id: str) -> str:
    """The workflow id of a journey of this kind."""
    return f"{kind}/{journey_id}"
