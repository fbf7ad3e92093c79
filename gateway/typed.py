"""JSON has truth values and numbers: nothing else is taken for one, as it may be in a file that a person wrote."""

from functools import cache
from typing import Any

from pydantic import BaseModel

from client.schemas import schema

NEITHER: dict[str, Any] = {}
"""Stands in place of what is of the wrong type: the message refuses it, in its own words."""


def typed(kind: type[BaseModel], content: Any) -> Any:
    """The content of a message of this kind, in which what is no truth value or whole number is not taken for one."""
    whole = _schema(kind)
    return _typed(whole, content, whole)


@cache
def _schema(kind: type[BaseModel]) -> dict[str, Any]:
    return schema(kind)


def _typed(part: dict[str, Any], content: Any, whole: dict[str, Any]) -> Any:
    part = _meant(part, whole)
    if content is None:
        return None
    if part.get("type") == "boolean":
        return content if isinstance(content, bool) else NEITHER
    if part.get("type") == "integer":
        return content if isinstance(content, int | float) and not isinstance(content, bool) else NEITHER
    if isinstance(content, dict):
        fields = part.get("properties", {})
        return {name: _typed(fields.get(name, {}), value, whole) for name, value in content.items()}
    return [_typed(part.get("items", {}), one, whole) for one in content] if isinstance(content, list) else content


def _meant(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Where it points to; of what may be left out the rest."""
    while "$ref" in part or "anyOf" in part:
        ways = [way for way in part.get("anyOf", ()) if way.get("type") != "null"]
        if "$ref" in part:
            part = whole["$defs"][part["$ref"].removeprefix("#/$defs/")]
        elif len(ways) == 1:
            part = ways[0]
        else:
            return {}
    return part
