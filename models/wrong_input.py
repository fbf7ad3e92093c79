"""What is wrong with something that came from outside, in plain words: the field and the rule, never what was in it."""

from pydantic import ValidationError

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
    "model_type": "is not a group of fields",
    "model_attributes_type": "is not a group of fields",
}
"""What pydantic says for programmers, as people say it."""


def first_problem(error: ValidationError) -> str:
    """The first field that is wrong, and its rule."""
    detail = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in detail["loc"])
    rule = PLAIN_WORDS.get(detail["type"], detail["msg"].removeprefix("Value error, "))
    return f"{field}: {rule}" if field else rule
