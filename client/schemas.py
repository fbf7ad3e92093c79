"""The JSON Schemas of what other systems send and get, each made from the type that reads it."""

from typing import Any

from pydantic import BaseModel, TypeAdapter

from client.journeys import Kind
from models.journey.answers import Receipt, Refusal
from models.journey.status import Status
from models.journey.steps import step_name

START = "start"


def messages(kind: Kind) -> dict[str, type[BaseModel]]:
    """What is sent to a journey of this kind, by the name of the step; its start beside them."""
    kinds: dict[str, type[BaseModel]] = {step_name(step): step for step in kind.steps}
    return kinds | {START: kind.start}


def answers() -> dict[str, type[BaseModel]]:
    """What a journey answers."""
    return {"receipt": Receipt, "refusal": Refusal, "status": Status}


def schema(of: type[Any]) -> dict[str, Any]:
    """As it is sent."""
    return TypeAdapter(of).json_schema(mode="validation")
