"""The JSON Schemas of what other systems send and get."""

import json

from pydantic import BaseModel

from client.journeys import EVERY, Kind
from models.journey.answers import Receipt, Refusal
from models.journey.status import Status
from models.journey.steps import step_name


def schemas() -> dict[str, str]:
    """Each schema by the folder of its journey and the name of what it describes: ``step-down/start``."""
    return {f"{kind.name}/{name}": _schema(of) for kind in EVERY for name, of in _of(kind).items()}


def _of(kind: Kind) -> dict[str, type[BaseModel]]:
    kinds: dict[str, type[BaseModel]] = {step_name(step): step for step in kind.steps}
    return kinds | {"start": kind.start, "receipt": Receipt, "refusal": Refusal, "status": Status}


def _schema(kind: type[BaseModel]) -> str:
    return json.dumps(kind.model_json_schema(mode="validation"), indent=2, ensure_ascii=False) + "\n"
