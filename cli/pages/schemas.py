"""The JSON Schemas of what other systems send and get, and the contract of the gateway with an example of each."""

import importlib
import json
from typing import Any

from cli.pages.api_examples import api_examples
from client.journeys import EVERY
from client.schemas import answers, messages, schema

CONTRACT = "openapi"


def schemas() -> dict[str, str]:
    """Each schema by the folder of its journey and the name of what it describes: ``step-down/start``."""
    made = {
        f"{kind.name}/{name}": written(schema(of))
        for kind in EVERY
        for name, of in (messages(kind) | answers()).items()
    }
    return made | {CONTRACT: contract()}


def contract() -> str:
    """What the gateway says of itself, with the examples as they are made now."""
    # By name: the page depends on no process. What a route reaches is asked when it is called, not to describe it.
    app = importlib.import_module("gateway.app").gateway_app(None, ())
    return written(importlib.import_module("gateway.openapi").contract(app.every, api_examples()))


def written(what: Any) -> str:
    """As the files have it."""
    return json.dumps(what, indent=2, ensure_ascii=False) + "\n"
