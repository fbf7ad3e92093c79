"""The JSON Schemas of what other systems send and get."""

import json

from pydantic import BaseModel

from models.journey.answers import Receipt, Refusal
from models.journey.status import Status
from models.journey.steps import step_name
from models.step_down.start import StepDownRequest
from models.step_down.steps.every import STEPS


def schemas() -> dict[str, str]:
    """Each schema by the name of what it describes."""
    kinds: dict[str, type[BaseModel]] = {step_name(kind): kind for kind in STEPS}
    kinds |= {"start": StepDownRequest, "receipt": Receipt, "refusal": Refusal, "status": Status}
    return {name: _schema(kind) for name, kind in kinds.items()}


def _schema(kind: type[BaseModel]) -> str:
    return json.dumps(kind.model_json_schema(mode="validation"), indent=2, ensure_ascii=False) + "\n"
