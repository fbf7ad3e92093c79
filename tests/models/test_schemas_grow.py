"""What others built on stays: the schemas only grow, compared with those that were last released."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.pages.schemas import schemas
from tests.models.schemas import Part, lost, narrowed

# Until the first release there are none.
RELEASED = {path.stem: path for path in (Path(__file__).parent / "released_schemas" / "step-down").glob("*.json")}
ANSWERS = {"receipt", "refusal", "status"}
TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def of(text: str) -> Part:
    return Part.of(json.loads(text))


def made_now() -> dict[str, Part]:
    return {name: of(text) for name, text in schemas().items()}


def test_no_released_message_vanishes() -> None:
    assert set(RELEASED) <= set(made_now())


def test_what_others_send_is_still_taken() -> None:
    now = made_now()
    for name in set(RELEASED) - ANSWERS:
        assert narrowed(of(RELEASED[name].read_text(encoding="utf-8")), now[name]) == []


def test_what_we_answer_still_holds_what_it_held() -> None:
    now = made_now()
    for name in set(RELEASED) & ANSWERS:
        assert lost(of(RELEASED[name].read_text(encoding="utf-8")), now[name]) == []


def thing(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def either(*ways: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": list(ways)}


def many(items: dict[str, Any], **limits: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


def named(schema: dict[str, Any], **definitions: Any) -> dict[str, Any]:
    return {**schema, "$defs": definitions}


REF = {"$ref": "#/$defs/Kind"}

NARROWER = {
    "a property vanishes": (thing(a=TEXT, b=TEXT), thing(a=TEXT), ".b: is gone"),
    "a property becomes required": (thing(a=TEXT), thing("a", a=TEXT), ".a: is required"),
    "a new property is required": (thing(), thing("a", a=TEXT), ".a: is required"),
    "another type": (thing(a=TEXT), thing(a=NUMBER), ".a: is integer, was string"),
    "null is no longer taken": (thing(a=either(TEXT, {"type": "null"})), thing(a=TEXT), ".a: is string, was null"),
    "one of two forms is gone": (either(thing(a=TEXT), NUMBER), thing(a=TEXT), ": is object, was integer"),
    "a value vanishes": ({"enum": ["x", "y"], **TEXT}, {"enum": ["x"], **TEXT}, ": takes only ['x']"),
    "any text becomes one of a few": (TEXT, {"enum": ["x"], **TEXT}, ": takes only ['x']"),
    "yes or no becomes yes": ({"type": "boolean"}, {"type": "boolean", "const": True}, ": takes only [True]"),
    "a pattern comes": (TEXT, {**TEXT, "pattern": "^x$"}, ": pattern is ^x$"),
    "a pattern changes": ({**TEXT, "pattern": "^.$"}, {**TEXT, "pattern": "^x$"}, ": pattern is ^x$"),
    "a format comes": (TEXT, {**TEXT, "format": "date"}, ": format is date"),
    "a text must be shorter": ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}, ": maxLength is 8"),
    "a text must be longer": (TEXT, {**TEXT, "minLength": 1}, ": minLength is 1"),
    "a number must be greater": (NUMBER, {**NUMBER, "minimum": 0}, ": minimum is 0"),
    "fewer items": (many(TEXT), many(TEXT, maxItems=3), ": maxItems is 3"),
    "other items": (many(TEXT), many(NUMBER), "[]: is integer, was string"),
    "no other properties": ({"type": "object"}, {"type": "object", "additionalProperties": False}, ": takes no other"),
    "inside a definition": (
        named(thing(a=many(REF)), Kind=thing(b=TEXT)),
        named(thing(a=many(REF)), Kind=thing("b", b=TEXT)),
        ".a[].b: is required",
    ),
    "a keyword that nobody compares": (TEXT, {**TEXT, "not": {"const": "x"}}, ": nobody compares not"),
}


@pytest.mark.parametrize(("released", "now", "said"), NARROWER.values(), ids=NARROWER)
def test_it_is_seen_where_less_is_taken(released: dict[str, Any], now: dict[str, Any], said: str) -> None:
    [complaint] = narrowed(Part.of(released), Part.of(now))
    assert complaint.startswith(said)


WIDER = {
    "nothing changed": (thing("a", a=TEXT), thing("a", a=TEXT)),
    "a new property that may be omitted": (thing("a", a=TEXT), thing("a", a=TEXT, b=TEXT)),
    "a property need no longer be given": (thing("a", a=TEXT), thing(a=TEXT)),
    "null is taken too": (thing(a=TEXT), thing(a=either({"type": "null"}, TEXT))),
    "whole numbers become numbers": (NUMBER, {"type": "number"}),
    "one value more": ({"const": "x", **TEXT}, {"enum": ["y", "x"], **TEXT}),
    "yes becomes yes or no": ({"type": "boolean", "const": True}, {"type": "boolean"}),
    "a pattern goes": ({**TEXT, "pattern": "^x$"}, TEXT),
    "a text may be longer": ({**TEXT, "maxLength": 8, "minLength": 2}, {**TEXT, "maxLength": 9, "minLength": 1}),
    "a definition is written out": (named(thing(a=REF), Kind=TEXT), thing(a=TEXT)),
    "other words": ({**TEXT, "title": "A", "description": "b"}, {**TEXT, "title": "C"}),
}


@pytest.mark.parametrize(("released", "now"), WIDER.values(), ids=WIDER)
def test_it_is_fine_where_as_much_is_taken(released: dict[str, Any], now: dict[str, Any]) -> None:
    assert narrowed(Part.of(released), Part.of(now)) == []


LESS = {
    "a property vanishes": (thing("a", a=TEXT), thing(), [".a: need not be there", ".a: is gone"]),
    "what was always there need not be": (thing("a", a=TEXT), thing(a=TEXT), [".a: need not be there"]),
    "another type": (thing(a=TEXT), thing(a=NUMBER), [".a: is integer, was string"]),
    "inside a list of definitions": (
        named(many(either(REF, {"type": "null"})), Kind=thing(b=TEXT)),
        named(many(either(REF, {"type": "null"})), Kind=thing(c=TEXT)),
        ["[].b: is gone"],
    ),
}


@pytest.mark.parametrize(("released", "now", "said"), LESS.values(), ids=LESS)
def test_it_is_seen_where_an_answer_holds_less(released: dict[str, Any], now: dict[str, Any], said: list[str]) -> None:
    assert lost(Part.of(released), Part.of(now)) == said


MORE = {
    "a new property that is always there": (thing("a", a=TEXT), thing("a", "b", a=TEXT, b=TEXT)),
    "what was sometimes there always is": (thing(a=TEXT), thing("a", a=TEXT)),
    "a value more": ({"enum": ["x"], **TEXT}, {"enum": ["x", "y"], **TEXT}),
}


@pytest.mark.parametrize(("released", "now"), MORE.values(), ids=MORE)
def test_it_is_fine_where_an_answer_holds_more(released: dict[str, Any], now: dict[str, Any]) -> None:
    assert lost(Part.of(released), Part.of(now)) == []
