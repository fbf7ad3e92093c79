"""What is wrong with something that came from outside, in plain words: the field and the rule, never what was in it."""

import re
from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

ENUM_MEMBER = re.compile(r"<[\w.]+: ('[^']*')>")
"""How Python shows a member of an enumeration; people read its value."""

PLAIN_WORDS = {
    "json_invalid": "it is not written as JSON",
    "union_tag_invalid": "there is no such step",
    "union_tag_not_found": "it does not say which step it is",
    "missing": "is missing",
    "extra_forbidden": "there is no such field",
    "string_pattern_mismatch": "is not written as this field must be",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "dict_type": "is not a group of fields",
    "string_type": "is not text",
    "string_too_long": "is too long",
    "too_long": "has too many entries",
    "tuple_type": "is not a list",
    "bool_type": "is not true or false",
    "bool_parsing": "is not true or false",
    "int_parsing": "is not a whole number",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "datetime_parsing": "is not a date and time, such as 2026-04-02T10:00",
    "datetime_from_date_parsing": "is not a date and time, such as 2026-04-02T10:00",
    "date_from_datetime_parsing": "is not a date, such as 2026-04-02",
    "model_type": "is not a group of fields",
    "model_attributes_type": "is not a group of fields",
}
"""What pydantic says for programmers, as people say it."""

ONE_OF_SEVERAL = "tagged-union"
"""How pydantic calls what may be one of several kinds, such as a step; it names the kind as if it were a field."""

LIMITS = {"greater_than_equal": "ge", "less_than_equal": "le"}
"""Where pydantic keeps the limit that a number is beyond."""


def first_problem(error: ValidationError, *, names_unknown: bool = True) -> str:
    """The first field that is wrong, and its rule; an unknown field is named only to who sent it."""
    return problems(error, names_unknown=names_unknown)[0]


def problems(error: ValidationError, *, names_unknown: bool = True) -> list[str]:
    """Every field that is wrong, with its rule."""
    found = error.errors(include_url=False, include_input=False)
    details = (one for one in found if not _follows(one, found))
    return list(dict.fromkeys(_problem(error, detail, names_unknown=names_unknown) for detail in details))


def _follows(detail: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Whether a list is called too short only because something in it is wrong, and was not counted."""
    place = detail["loc"]
    within = (other["loc"] for other in others if len(other["loc"]) > len(place))
    return detail["type"] == "too_short" and any(loc[: len(place)] == place for loc in within)


def _problem(error: ValidationError, detail: ErrorDetails, *, names_unknown: bool) -> str:
    place, rule = detail["loc"], _rule(detail)
    if error.title.startswith(ONE_OF_SEVERAL):
        place = place[1:]
    if detail["type"] == "extra_forbidden" and not names_unknown:
        place = place[:-1]
        rule = "holds a field that nobody knows" if place else "it holds a field that nobody knows"
    field = field_words(".".join(str(part) for part in place))
    return f"{field}: {rule}" if field else rule


def field_words(path: str) -> str:
    """A field as people name it: ``children.0.ref`` is *children no. 1, ref*."""
    return re.sub(r"\.(\d+)(\.?)", lambda place: f" no. {int(place[1]) + 1}{', ' if place[2] else ''}", path)


def _rule(detail: ErrorDetails) -> str:
    if detail["type"] in {"enum", "literal_error"}:
        expected = ENUM_MEMBER.sub(r"\1", detail["ctx"]["expected"])
        return f"is not one of {expected.replace(' or ', ', ')}"
    if detail["type"] in LIMITS and isinstance(limit := detail["ctx"][LIMITS[detail["type"]]], int):
        return f"{PLAIN_WORDS[detail['type']]}; the limit is {limit}"
    return PLAIN_WORDS.get(detail["type"], detail["msg"].removeprefix("Value error, "))
