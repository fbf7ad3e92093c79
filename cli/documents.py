"""Files that people write for us: read, and checked so that what is wrong is one line with the field and the rule."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from client.errors import InputError
from models.wrong_input import problems

M = TypeVar("M", bound=BaseModel)

NUMBERED = re.compile(r"(?P<list>[\w.]+) no\. (?P<number>\d+)")
NAMES = ("ref", "letter_id", "who")
"""The fields by which people know what stands in a list."""
IN_QUOTES = "a text in which a colon stands is written in quotes"
MOST_BYTES = 4_000_000
"""How long a file may be; a transfer's messages are far shorter."""


def read_document(path: Path) -> dict[str, Any]:
    """A YAML or JSON file as a mapping.

    Raises:
        InputError: the file is missing, too long, not YAML, or not a mapping.
    """
    import yaml

    try:
        with path.open("rb") as file:
            said = file.read(MOST_BYTES + 1)
        if len(said) > MOST_BYTES:
            raise InputError(f"{path}: is longer than {MOST_BYTES // 1_000_000} MB")
        content = yaml.safe_load(said.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not text in UTF-8") from error
    except RecursionError as error:
        raise InputError(f"{path}: is nested too deep") from error
    except ValueError as error:
        raise InputError(f"{path}: holds something that is no value, such as a date that does not exist") from error
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or "cannot be read"
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        quotes = f"; {IN_QUOTES}" if problem == "mapping values are not allowed here" else ""
        raise InputError(f"{path}: is not YAML{where}: {problem}{quotes}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: is empty, or not a list of fields with their values")
    return content


class Wrong:
    """What is wrong in a file, gathered so that all of it is said at once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.lines: list[str] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Go on after what is wrong within."""
        try:
            yield
        except InputError as error:
            self.add(*str(error).splitlines())

    def add(self, *lines: str) -> None:
        """Note what is wrong, a line each."""
        self.lines += lines

    def error(self, shown: Callable[[str], str] = str) -> InputError:
        """All of it, each line once and as it is to be shown."""
        return InputError("\n".join(dict.fromkeys(map(shown, self.lines))))


def checked(kind: type[M], content: object, where: str) -> M:
    """The content as a message of this kind.

    Raises:
        InputError: a line for each field that is wrong, with its rule.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise InputError("\n".join(f"{where}: {named(problem, content)}" for problem in problems(error))) from None


def named(problem: str, content: object) -> str:
    """What is wrong, with the name of each child, letter or person beside its number, as the content has it.

    *children no. 2, ref: is missing in Mosaic* becomes *children no. 2 (child-9), ref: ...*.
    """
    path, colon, rule = problem.partition(": ")
    parts = []
    for part in path.split(", "):
        found = NUMBERED.fullmatch(part)
        content = _entry(content, part) if found is None else _entry(content, found["list"], int(found["number"]))
        name = _name(content) if found else None
        parts.append(f"{part} ({name})" if name else part)
    return f"{', '.join(parts)}{colon}{rule}"


def _entry(content: object, path: str, number: int | None = None) -> object:
    """What stands in the content at this place; None where nothing does."""
    for name in path.split("."):
        content = content.get(name) if isinstance(content, dict) else None
    if number is None:
        return content
    return content[number - 1] if isinstance(content, list) and number <= len(content) else None


def _name(entry: object) -> str | None:
    said = entry if isinstance(entry, dict) else {}
    names = (said.get(field) for field in NAMES)
    return next((name for name in names if isinstance(name, str)), None)


@contextmanager
def about(file: Path, content: object = None) -> Iterator[None]:
    """Say of what is wrong within that it stands in this file, and name what is meant as its content does."""
    try:
        yield
    except InputError as error:
        lines = str(error).splitlines()
        raise InputError("\n".join(f"{file}: {named(line, content)}" for line in lines)) from None
