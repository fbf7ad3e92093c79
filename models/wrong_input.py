"""What is wrong with something that came from outside: the field and the rule for machines, a sentence for people.

The sentence never says what was in the field; what stands in a list is called by its name.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.field_words import field_words, item_words
from models.vocabulary import EMAIL_PATTERN, REF_PATTERN, TELEPHONE_PATTERN, TO_RING_PATTERN

ENUM_MEMBER = re.compile(r"<[\w.]+: ('[^']*')>")
"""How Python shows a member of an enumeration; people read its value."""

SENTENCES = {
    "json_invalid": "it is not written as JSON",
    "union_tag_invalid": "there is no such step",
    "union_tag_not_found": "it does not say which step it is",
}
"""What is said of the whole."""

PLAIN_WORDS = {
    **SENTENCES,
    "missing": "is missing",
    "extra_forbidden": "there is no such field",
    "string_pattern_mismatch": "is not written as it must be",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "dict_type": "is not a group of fields",
    "string_type": "is not text (a number is one in quotes)",
    "string_too_long": "has too many characters",
    "too_long": "has too many entries",
    "tuple_type": "is not a list",
    "bool_type": "is not true or false",
    "bool_parsing": "is not true or false",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "datetime_parsing": "is not a date and time, such as 2026-04-02T10:00",
    "datetime_from_date_parsing": "is not a date and time, such as 2026-04-02T10:00",
    "datetime_type": "is not a date and time, such as 2026-04-02T10:00",
    "date_from_datetime_parsing": "is not a date, such as 2026-04-02",
    "date_from_datetime_inexact": "is not a date, such as 2026-04-02",
    "date_type": "is not a date, such as 2026-04-02",
    "time_parsing": "is not a time of day, such as 08:30",
    "model_type": "is not a group of fields",
    "model_attributes_type": "is not a group of fields",
}
"""What pydantic says for programmers, as people say it."""

PATTERNS = {
    REF_PATTERN: "is not a reference, such as sw-17: letters, digits, dots, dashes and underscores only",
    EMAIL_PATTERN: "is not an e-mail address, such as name@council.example",
    TELEPHONE_PATTERN: "is not a telephone number, such as 0113 496 0003 ext 12",
    TO_RING_PATTERN: "is not a telephone number, such as 0113 496 0003",
}
"""What must be written in a way of its own, and how."""

ONE_OF_SEVERAL = "tagged-union"
"""How pydantic calls what may be one of several kinds, such as a step; it names the kind as if it were a field."""

LIMITS = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than_equal": "le",
    "too_long": "max_length",
    "string_too_long": "max_length",
}
"""Where pydantic keeps the limit that a number or a length is beyond."""

OF_FIELDS = re.compile(r"(?P<first>[a-z][a-z_.]*)(?:, [a-z][a-z_.]*)*: (?P<rule>.+)", re.DOTALL)
"""As rules of ours begin that ask about a whole: with the fields that are meant."""

NAMES = ("ref", "letter_id")
"""By which references people know what stands in a list; what they wrote themselves is not repeated."""
OF_A_NAME = "[key]"
"""How pydantic says that it is not what stands under a name that is wrong, but the name."""
UNKNOWN_FIELD = "holds a field that nobody knows"

Place = tuple[int | str, ...]


class Flaw(NamedTuple):
    """One thing that is wrong."""

    field: str
    """As machines name it: ``children.0.reason``; empty where it is the whole."""
    rule: str
    words: str
    """Both, as a sentence without the names of fields."""

    @classmethod
    def of(cls, field: str, sentence: str) -> "Flaw":
        """What is said of a field in a whole sentence."""
        return cls(field, sentence, sentence)

    @property
    def written(self) -> str:
        """The field as it is written in a file of ours, and the rule: for those who run this system."""
        field = re.sub(r"\.(\d+)(\.?)", lambda place: f" no. {int(place[1]) + 1}{', ' if place[2] else ''}", self.field)
        return f"{field}: {self.rule}" if field else self.rule

    def under(self, place: str) -> "Flaw":
        """The same, of a part of something greater that stands there."""
        return self._replace(field=".".join(filter(None, (place, self.field))))


def first_flaw(error: ValidationError, content: object = None, *, names_unknown: bool = True) -> Flaw:
    """The first thing that is wrong; an unknown field is named only to who sent it."""
    return flaws(error, content, names_unknown=names_unknown)[0]


def flaws(error: ValidationError, content: object = None, *, names_unknown: bool = True) -> list[Flaw]:
    """Everything that is wrong with the content."""
    found = error.errors(include_url=False, include_input=False)
    several = error.title.startswith(ONE_OF_SEVERAL)
    details = ((one["loc"][1:] if several else one["loc"], one) for one in found if not _follows(one, found))
    return list(dict.fromkeys(_flaw(place, detail, content, names_unknown) for place, detail in details))


def _follows(detail: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """Whether a list is called too short only because something in it is wrong, and was not counted."""
    place = detail["loc"]
    within = (other["loc"] for other in others if len(other["loc"]) > len(place))
    return detail["type"] == "too_short" and any(loc[: len(place)] == place for loc in within)


def _flaw(place: Place, detail: ErrorDetails, content: object, names_unknown: bool) -> Flaw:
    rule = rule_of(detail)
    if detail["type"] == "extra_forbidden":
        *around, unknown = place
        if not names_unknown:
            return Flaw(_path(around), UNKNOWN_FIELD, _sentence((*named(around, content), ""), UNKNOWN_FIELD))
        return Flaw(_path(place), rule, _said(named(around, content), f"there is no field called {unknown}"))
    if detail["type"] == "value_error" and (ours := OF_FIELDS.fullmatch(rule)) is not None:
        return Flaw(_path((*place, ours["first"])), ours["rule"], _said(named(place, content), ours["rule"]))
    if detail["type"] in SENTENCES:
        return Flaw(_path(place), rule, _said(named(place, content), rule))
    return Flaw(_path(place), rule, _sentence(named(place, content), rule))


def _path(place: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in place if part != OF_A_NAME)


def named(place: Sequence[int | str], content: object = None) -> tuple[str, ...]:
    """The parts of a place as people call them: ``children.0.reason`` is *child child-1*, *the reason*."""
    parts: list[str] = []
    before = ""
    for part in place:
        if part == OF_A_NAME:
            continue
        within, content = content, _entry(content, part)
        if isinstance(part, int):
            name = str(part) if isinstance(within, dict) else _name(content) or f"no. {part + 1}"
            parts[-1:] = [f"{item_words(before)} {name}"]
        else:
            parts.append(field_words(part, before))
            before = part
    return tuple(parts)


def _entry(content: object, part: int | str) -> object:
    """What stands in the content at this place; None where nothing does."""
    match content, part:
        case dict(), str():
            return content.get(part)
        case ((list() | tuple()), int()) if part < len(content):
            return content[part]
        case _:
            return None


def _name(entry: object) -> str | None:
    said: dict[str, Any] = entry if isinstance(entry, dict) else {}
    return next((name for field in NAMES if isinstance(name := said.get(field), str) and _short(name)), None)


def _short(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9._-]{1,80}", name) is not None


def _sentence(parts: Sequence[str], rule: str) -> str:
    """What holds of the last part: *Child child-1: the reason is missing*."""
    *around, what = parts or ("",)
    return _said(around, f"{what or 'it'} {rule}")


def _said(around: Sequence[str], what: str) -> str:
    """A sentence, after that of which it is said."""
    said = f"{', '.join(around)}: {what}" if around else what
    stop = "" if said.endswith((".", ")")) else "."
    return f"{said[0].upper()}{said[1:]}{stop}"


def rule_of(detail: ErrorDetails) -> str:
    """What pydantic says is wrong, as people say it."""
    if detail["type"] in {"enum", "literal_error"}:
        expected = ENUM_MEMBER.sub(r"\1", detail["ctx"]["expected"])
        return f"is not one of {expected.replace(' or ', ', ')}"
    if detail["type"] in LIMITS and isinstance(limit := detail["ctx"][LIMITS[detail["type"]]], int | float):
        return f"{PLAIN_WORDS[detail['type']]}; the limit is {int(limit) if limit == int(limit) else limit}"
    if detail["type"] == "string_pattern_mismatch":
        return PATTERNS.get(detail["ctx"]["pattern"], PLAIN_WORDS[detail["type"]])
    return PLAIN_WORDS.get(detail["type"], detail["msg"].removeprefix("Value error, "))
