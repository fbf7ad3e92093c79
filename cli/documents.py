"""Files that people write for us: read, and checked so that what is wrong is one line with the field and the rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from client.errors import InputError
from models.wrong_input import problems

M = TypeVar("M", bound=BaseModel)

IN_QUOTES = "a text in which a colon stands is written in quotes"


def read_document(path: Path) -> dict[str, Any]:
    """A YAML or JSON file as a mapping.

    Raises:
        InputError: the file is missing, not YAML, or not a mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not text in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: holds something that is no value, such as a date that does not exist") from error
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or "cannot be read"
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        quotes = f"; {IN_QUOTES}" if problem == "mapping values are not allowed here" else ""
        raise InputError(f"{path}: is not YAML{where}: {problem}{quotes}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: is empty, or not a list of fields with their values")
    return content


def checked(kind: type[M], content: object, where: str) -> M:
    """The content as a message of this kind.

    Raises:
        InputError: a line for each field that is wrong, with its rule.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise InputError("\n".join(f"{where}: {problem}" for problem in problems(error))) from None


@contextmanager
def about(file: Path) -> Iterator[None]:
    """Say of what is wrong within that it stands in this file."""
    try:
        yield
    except InputError as error:
        raise InputError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from None
