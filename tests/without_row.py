"""Takes one row of the rules out, in a process that ends with it, and runs the tests marked with its clause."""

import gc
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from models.help_request.journey import HELP_REQUEST
from models.journey import resolving, rows
from models.journey.answers import Said
from models.journey.rows import Journey
from models.step_down import direction, held, interlock
from models.step_down.corrections import CORRECTIONS
from models.step_down.journey import STEP_DOWN
from models.step_down.stages import any_time
from models.step_up.journey import STEP_UP

PutInstead = Callable[[Sequence[Any]], object]
"""Puts these rows in the place of one, where the rules read it."""


@dataclass(frozen=True)
class Row:
    """A row by its table, its clause and its words; ``take_out`` makes the rules go without it."""

    table: str
    clause: str
    words: str
    take_out: Callable[[], object]

    @property
    def name(self) -> str:
        return f"{self.table}: {self.words} ({self.clause})"


def every_row() -> dict[str, Row]:
    """Every row that carries a clause, by its name."""
    found = [*_of_stages(), *_of_modules(), *_corrections()]
    named = {row.name: row for row in found}
    if len(named) != len(found):
        raise AssertionError("two rows bear the same name")
    return named


JOURNEYS: dict[str, Journey[Any]] = {"": STEP_DOWN, "REQUEST_": HELP_REQUEST, "REFERRAL_": STEP_UP}
"""Each journey, with what stands before the names of its tables."""


def _of_stages() -> Iterator[Row]:
    """What may come, what is missing and what is done, in each stage and at any time of each journey."""
    for before, journey in JOURNEYS.items():
        rows_of = [
            (row, partial(_put_in_stage, journey, stage)) for stage in journey.stages for row in journey.stages[stage]
        ]
        rows_of += [(row, partial(_put_at_any_time, journey)) for row in journey.any_time]
        for row, put in rows_of:
            yield from (replace(one, table=f"{before}{one.table}") for one in _of_row(row, partial(put, row)))


def _of_row(row: object, put: PutInstead) -> Iterator[Row]:
    """A row whole; of something that is done and waited for, that it is waited for, too."""
    match row:
        case rows.Rule(clause=str(clause)):
            yield Row("RULES", clause, f"{row.step.__name__}: {row.otherwise}", partial(put, ()))
        case rows.Need(clause=str(clause)):
            yield Row("NEEDS", clause, row.ask, partial(put, ()))
        case rows.TimeIsUp(clause=str(clause)):
            yield Row("TIME_IS_UP", clause, f"{row.clock}: {row.ask}", partial(put, ()))
        case rows.Doing(clause=str(clause)):
            yield Row("DOINGS", clause, row.effects.__name__, partial(put, ()))
            if row.words is not None:
                yield Row("WAITS", clause, row.words, partial(put, (replace(row, words=None),)))


def _put_in_stage(journey: Journey[Any], stage: Said, row: object, instead: Sequence[Any]) -> None:
    stages = {**journey.stages, stage: _with(journey.stages[stage], row, instead)}
    object.__setattr__(journey, "stages", stages)


def _put_at_any_time(journey: Journey[Any], row: object, instead: Sequence[Any]) -> None:
    object.__setattr__(journey, "any_time", _with(journey.any_time, row, instead))
    if journey is STEP_DOWN:
        any_time.ROWS = journey.any_time


def _with(every: tuple[Any, ...], row: object, instead: Sequence[Any]) -> tuple[Any, ...]:
    """The rows with others in the place of one."""
    place = next(place for place, one in enumerate(every) if one is row)
    return (*every[:place], *instead, *every[place + 1 :])


def _of_modules() -> Iterator[Row]:
    """The tables that are read where they stand."""
    yield from _of_module("INTERLOCK", interlock, "INTERLOCK", lambda lock: lock.otherwise)
    for lock in (*interlock.WHEREVER_IT_CLOSES, *interlock.AFTER_THE_DECISION):
        yield Row("LOCKS", str(lock.clause), lock.otherwise, partial(_without_lock, lock))
    yield from _of_module("KEEPS_OPEN", held, "KEEPS_OPEN", lambda reason: reason.words)
    yield from _of_module("TURNS", direction, "TURNS", lambda turn: turn.because)
    yield from _of_module("RESOLVING", resolving, "ROWS", lambda row: row.otherwise)


def _without_lock(lock: interlock.Lock) -> None:
    """No decision asks it any more, neither when it is recorded nor when the child is closed."""
    interlock.LOCKS = {how: tuple(one for one in locks if one is not lock) for how, locks in interlock.LOCKS.items()}


def _of_module(table: str, module: ModuleType, name: str, words: Callable[[Any], str]) -> Iterator[Row]:
    every = getattr(module, name)
    for row in every:
        if row.clause is not None:
            yield Row(table, row.clause, words(row), partial(setattr, module, name, _with(every, row, ())))


def _corrections() -> Iterator[Row]:
    """From when on a correction comes too late; what it says anew, it says without that, too."""
    for kind, row in CORRECTIONS.items():
        if row.clause is not None:
            in_time = rows.Correction(row.says_anew)
            words = f"{kind.__name__}: {row.once}"
            yield Row("CORRECTIONS", row.clause, words, partial(CORRECTIONS.__setitem__, kind, in_time))


WITHOUT = (word for plugin in ("anyio", "cacheprovider", "randomly") for word in ("-p", f"no:{plugin}"))
OPTIONS = ("-x", "-q", "--no-header", "--tb=no", *WITHOUT, "-m", "clause")


@dataclass(frozen=True)
class OfClause:
    """A plugin of pytest: of what is marked with a clause, only what is marked with this one."""

    clause: str

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if any(self.clause in mark.args for mark in item.iter_markers("clause"))]


def who_misses(name: str, files: Sequence[Path]) -> tuple[int, str]:
    """Take this row out and run one file after the other until a test fails: pytest's last exit code, and what it said.

    Nothing puts the row back. And no test may have been imported before: some look into the tables.
    """
    gc.freeze()  # what was read before stays: pytest looks twice through everything for what was left behind
    row = every_row()[name]
    row.take_out()
    said, code = io.StringIO(), int(pytest.ExitCode.NO_TESTS_COLLECTED)
    with redirect_stdout(said):
        for file in files:
            code = int(pytest.main([*OPTIONS, str(file)], plugins=[OfClause(row.clause)]))
            if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
                break
    return code, said.getvalue()


def main() -> None:
    """What one row is held by, of the files that are named after it."""
    name, *files = sys.argv[1:]
    code, said = who_misses(name, [Path(file) for file in files])
    sys.stdout.write(said)
    sys.exit(code)


if __name__ == "__main__":
    main()
