"""Compares two JSON Schemas of one message: whether the newer one still takes, or holds, what the older one did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

LEAST = ("minLength", "minItems", "minimum")
MOST = ("maxLength", "maxItems", "maximum")
SAYS_NOTHING = {"title", "description", "default", "examples", "discriminator"}
COMPARED = {"type", "enum", "const", "pattern", "format", "anyOf", "oneOf", "$ref", "$defs", "items", *LEAST, *MOST}
COMPARED |= {"properties", "required", "additionalProperties"}


@dataclass(frozen=True)
class Part:
    """A part of a schema, with the whole that its references point into."""

    schema: Schema
    whole: Schema

    @classmethod
    def of(cls, whole: Schema) -> "Part":
        return cls(whole, whole)

    def at(self, schema: Schema) -> "Part":
        return Part(schema, self.whole)

    @property
    def ways(self) -> list["Part"]:
        """Each form that it may take, with no reference and no choice left in it."""
        if "$ref" in self.schema:
            name = self.schema["$ref"].removeprefix("#/$defs/")
            return self.at(self.whole["$defs"][name]).ways
        choices = self.schema.get("anyOf", self.schema.get("oneOf"))
        return [way for choice in choices for way in self.at(choice).ways] if choices else [self]

    def get(self, key: str, default: Any = None) -> Any:
        return self.schema.get(key, default)

    @property
    def properties(self) -> dict[str, "Part"]:
        return {name: self.at(schema) for name, schema in self.get("properties", {}).items()}

    @property
    def values(self) -> list[Any] | None:
        """Every value that it may have; None where they are not counted."""
        if "const" in self.schema:
            return [self.schema["const"]]
        if "enum" in self.schema:
            return list(self.schema["enum"])
        return {"boolean": [True, False], "null": [None]}.get(self.get("type", ""))


Compare = Callable[[Part, Part, str], Iterator[str]]


def narrowed(released: Part, now: Part, where: str = "") -> list[str]:
    """What others send: where a message that was right no longer is."""
    return list(_ways(released, now, where, _takes_less))


def lost(released: Part, now: Part, where: str = "") -> list[str]:
    """What we answer: what was there and is no more, or is something else."""
    return list(_ways(released, now, where, _holds_less))


def _ways(released: Part, now: Part, where: str, compare: Compare) -> Iterator[str]:
    """Each form that it had is found in one that it has; else what the nearest of them lacks."""
    for before in released.ways:
        yield from min((list(compare(before, after, where)) for after in now.ways), key=len)


def _takes_less(before: Part, now: Part, where: str) -> Iterator[str]:
    yield from (f"{where}: nobody compares {key}" for key in sorted(now.schema.keys() - COMPARED - SAYS_NOTHING))
    if not _same_type(before, now):
        yield f"{where}: is {now.get('type')}, was {before.get('type')}"
        return
    yield from (f"{where}: {limit}" for limit in _narrower_limits(before, now))
    yield from (f"{where}.{name}: is required" for name in _required(now) if name not in _required(before))
    yield from _inside(before, now, where, _takes_less)


def _narrower_limits(before: Part, now: Part) -> Iterator[str]:
    if now.values is not None and (before.values is None or any(value not in now.values for value in before.values)):
        yield f"takes only {now.values}"
    for key in ("pattern", "format"):
        if key in now.schema and now.get(key) != before.get(key):
            yield f"{key} is {now.get(key)}"
    for key in LEAST:
        if key in now.schema and now.get(key) > before.get(key, float("-inf")):
            yield f"{key} is {now.get(key)}"
    for key in MOST:
        if key in now.schema and now.get(key) < before.get(key, float("inf")):
            yield f"{key} is {now.get(key)}"
    if now.get("additionalProperties") is False and before.get("additionalProperties") is not False:
        yield "takes no other properties"


def _holds_less(before: Part, now: Part, where: str) -> Iterator[str]:
    if not _same_type(before, now):
        yield f"{where}: is {now.get('type')}, was {before.get('type')}"
        return
    yield from (f"{where}.{name}: need not be there" for name in _required(before) if name not in _required(now))
    yield from _inside(before, now, where, _holds_less)


def _inside(before: Part, now: Part, where: str, compare: Compare) -> Iterator[str]:
    for name, part in before.properties.items():
        if name not in now.properties:
            yield f"{where}.{name}: is gone"
        else:
            yield from _ways(part, now.properties[name], f"{where}.{name}", compare)
    for key in ("items", "additionalProperties"):
        if isinstance(now.get(key), dict) and now.get(key):
            yield from _ways(before.at(before.get(key) or {}), now.at(now.get(key)), f"{where}[]", compare)


def _same_type(before: Part, now: Part) -> bool:
    if "type" not in now.schema:
        return True
    return now.get("type") == before.get("type") or (before.get("type"), now.get("type")) == ("integer", "number")


def _required(part: Part) -> list[str]:
    return list(part.get("required", []))
