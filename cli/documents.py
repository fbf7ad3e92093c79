"""Files that people write for us: read, and checked so that what is wrong is said in a sentence, with its line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.journeys import KINDS
from client.errors import InputError
from models.kinds import JourneyKind
from models.wrong_input import Flaw

IN_QUOTES = "a text in which a colon stands is written in quotes"
OF_NO_LINE = frozenset({"", "step"})
"""Of what is wrong with the whole no line is said."""
MOST_BYTES = 4_000_000
"""How long a file may be; a transfer's messages are far shorter."""


def read_document(path: Path) -> dict[str, Any]:
    """A YAML or JSON file as a mapping.

    Raises:
        InputError: the file is missing, too long, not YAML, or not a mapping.
    """
    import yaml

    from adapters.written import SaidTwiceError, read_written

    try:
        with path.open("rb") as file:
            said = file.read(MOST_BYTES + 1)
        if len(said) > MOST_BYTES:
            raise InputError(f"{path}: is longer than {MOST_BYTES // 1_000_000} MB")
        content = read_written(said.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not a text file in UTF-8; a Word document cannot be read") from error
    except RecursionError as error:
        raise InputError(f"{path}: is nested too deep") from error
    except ValueError as error:
        raise InputError(f"{path}: holds something that is no value, such as a date that does not exist") from error
    except yaml.YAMLError as error:
        mark, problem = (
            getattr(error, "problem_mark", None),
            getattr(error, "problem", None) or str(error) or "cannot be read",
        )
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        quotes = f"; {IN_QUOTES}" if problem == "mapping values are not allowed here" else ""
        if isinstance(error, SaidTwiceError):
            raise InputError(f"{path}: {problem}{where}") from error
        raise InputError(f"{path}: is not YAML{where}: {problem}{quotes}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: {'is empty' if content is None else 'is not a list of fields with their values'}")
    return content


def is_case_file(content: dict[str, Any]) -> bool:
    """It tells of a family's case, or of several."""
    return bool({"steps", "start", "journeys"} & content.keys())


def refuse_a_step(path: Path, content: dict[str, Any]) -> None:
    """A step is sent; it neither starts a transfer nor is it a family's case.

    Raises:
        InputError: the file is a step, with the command that sends it.
    """
    if "step" in content and not is_case_file(content):
        raise InputError(f"{path}: is a step: send it to a transfer with `transfers step ID {path}`")


def journey_of(content: dict[str, Any]) -> str:
    """Which kind of journey a file starts: a step-down, unless it says another one.

    Raises:
        InputError: it says one that there is not.
    """
    said = content.get("journey", JourneyKind.STEP_DOWN)
    if said not in KINDS:
        raise InputError(Flaw.of("journey", f"There is no such journey; the journeys are {', '.join(KINDS)}."))
    return str(said)


class Wrong:
    """What is wrong in a file, gathered so that all of it is said at once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.flaws: list[Flaw] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Go on after what is wrong within."""
        try:
            yield
        except InputError as error:
            self.add(*error.flaws)

    def add(self, *flaws: Flaw) -> None:
        """Note what is wrong."""
        self.flaws += flaws

    def error(self) -> InputError:
        """All of it, each thing once."""
        return InputError(*dict.fromkeys(self.flaws))


@contextmanager
def about(file: Path, place: str = "") -> Iterator[None]:
    """Say of what is wrong within in which line of this file it stands; ``place`` is that of the whole that is read."""
    try:
        yield
    except InputError as error:
        lines = _Lines(file)
        which = f"{file}: {lines.step(place)}"
        said = [Flaw.of(flaw.field, f"{which}{lines.with_line(flaw.under(place))}") for flaw in error.flaws]
        raise InputError(*said, refusal=error.refusal) from None


class _Lines:
    """Where in a file a field stands."""

    def __init__(self, file: Path) -> None:
        """Read it once more, as a tree of what stands where."""
        import yaml

        try:
            self._root: Any = yaml.compose(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError, yaml.YAMLError):
            self._root = None

    def step(self, place: str) -> str:
        """Which of several steps stands there, by its number and its name; nothing, where the file is one step."""
        within, _, number = place.rpartition(".")
        steps = _inside(_inside(self._root).get(within, (None, None))[1])
        _, name = _inside(steps.get(number, (None, None))[1]).get("step", (None, None))
        return f"step {int(number) + 1}, {name.value}: " if name is not None else ""

    def with_line(self, flaw: Flaw) -> str:
        """What is wrong, after its line; of a field that is not there, with what it is called in the file."""
        line, missing = self._found(flaw.field)
        called = f" In the file: `{missing}`." if missing and not missing.isdigit() and missing != "corrects" else ""
        said = f"{flaw.words}{called}"
        return f"line {line}: {said}" if line and flaw.field not in OF_NO_LINE else said

    def _found(self, field: str) -> tuple[int | None, str]:
        """The line of the field, or of the nearest thing around it; and its name, where it is not there."""
        line, node = None, self._root
        for part in filter(None, field.split(".")):
            inside = _inside(node)
            if part not in inside:
                return line, field.rpartition(".")[2]
            begins, node = inside[part]
            line = begins.start_mark.line + 1
        return line, ""


def _inside(node: Any) -> dict[str, tuple[Any, Any]]:
    """What stands in a mapping by its name, in a list by its number: where it begins, and what it is."""
    entries = getattr(node, "value", None)
    if not isinstance(entries, list):
        return {}
    pairs = (entry if isinstance(entry, tuple) else (None, entry) for entry in entries)
    return {key.value if key else str(n): (key or value, value) for n, (key, value) in enumerate(pairs)}
