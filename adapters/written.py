"""Files that people write: YAML or JSON, in which nothing is said twice, and that holds no more than it shows."""

import json
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.error import MarkedYAMLError
from yaml.nodes import MappingNode, Node, ScalarNode

MOST_VALUES = 100_000
"""A short file may name a part again and again (``*name``) until it unfolds into more than any machine holds."""


class SaidTwiceError(MarkedYAMLError):
    """It could be read, but for a field that is said twice."""


def read_json(text: str) -> Any:
    """What the text says as JSON, in which no field is said twice, and every number is one.

    Raises:
        ValueError: it is not JSON, or holds what no text can hold.
        RecursionError: it is nested too deep.
        SaidTwiceError: a field is said twice.
    """
    found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    json.dumps(found, ensure_ascii=False).encode()
    return found


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number")


def read_written(text: str) -> Any:
    """What the text says: read as JSON where it is that, else as YAML 1.1.

    Raises:
        ValueError: a value cannot be, such as a date that does not exist.
        RecursionError: it is nested too deep.
        yaml.YAMLError: it is not YAML, says a field twice, or unfolds into too much.
    """
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text, object_pairs_hook=_once)
        except json.JSONDecodeError:
            pass  # YAML, too, is written in brackets.
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (it is a safe loader)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise SaidTwiceError(problem=f"the field {name} is said twice")
        found[name] = value
    return found


class _Loader(yaml.SafeLoader):
    """Refuses what its parent would take in silence: of two values of one field the last, and parts without end."""

    def get_single_node(self) -> Node | None:
        # Before anything is constructed: a merge (``<<``) is then still a field of its own.
        node: Node | None = super().get_single_node()
        if node is not None:
            _values(node, {})
        return node


def _values(node: Node, known: dict[int, int | None]) -> int:
    """How many values the node unfolds into; each mapping in it says a field once."""
    if id(node) in known:
        counted = known[id(node)]
        if counted is None:
            raise ConstructorError(None, None, "a part holds itself", node.start_mark)
        return counted
    known[id(node)] = None
    if isinstance(node, MappingNode):
        _refuse_twice(node)
    parts = [] if isinstance(node, ScalarNode) else node.value
    inside = (each for part in parts for each in (part if isinstance(part, tuple) else (part,)))
    known[id(node)] = total = 1 + sum(_values(each, known) for each in inside)
    if total > MOST_VALUES:
        raise ConstructorError(None, None, f"it holds more than {MOST_VALUES} values", node.start_mark)
    return total


def _refuse_twice(node: MappingNode) -> None:
    said: set[str] = set()
    for key, _ in node.value:
        name = key.value if isinstance(key, ScalarNode) else None
        if name in said:
            raise SaidTwiceError(problem=f"the field {name} is said twice", problem_mark=key.start_mark)
        if name is not None:
            said.add(name)
