"""A plugin of pytest, for a process of its own: takes one row of the rules out, and runs the tests of its clause.

The row's name stands in ``WITHOUT_ROW``; without a name nothing is taken out, and every marked test runs.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from models.step_down import conditions, interlock, needs, replacing, rules

ROW = "WITHOUT_ROW"


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


def rows() -> dict[str, Row]:
    """Every row that carries a clause, by its name."""
    found = [
        *_of("RULES", rules, lambda rule: f"{rule.step.__name__}: {rule.otherwise}"),
        *_of("NEEDS", needs, lambda need: need.ask),
        *_of("INTERLOCK", interlock, lambda lock: lock.otherwise),
        *_of("TURNS", conditions, lambda turn: turn.because),
        *_late(),
        *_time_is_up(),
    ]
    named = {row.name: row for row in found}
    if len(named) != len(found):
        raise AssertionError("two rows bear the same name")
    return named


def _of(table: str, module: ModuleType, words: Callable[[Any], str]) -> Iterator[Row]:
    every = getattr(module, table)
    for place, row in enumerate(every):
        if row.clause is not None:
            rest = (*every[:place], *every[place + 1 :])
            yield Row(table, row.clause, words(row), lambda rest=rest: setattr(module, table, rest))


def _late() -> Iterable[Row]:
    for kind, acted_on in replacing.LATE.items():
        yield Row(
            "LATE", acted_on.clause, f"{kind.__name__}: {acted_on.once}", lambda kind=kind: replacing.LATE.pop(kind)
        )


def _time_is_up() -> Iterable[Row]:
    for kind, up in needs.TIME_IS_UP.items():
        if up.clause is not None:
            yield Row("TIME_IS_UP", up.clause, f"{kind}: {up.ask}", lambda kind=kind: needs.TIME_IS_UP.pop(kind))


def pytest_configure(config: pytest.Config) -> None:
    """Before any test is imported: some look into the tables."""
    if name := os.environ.get(ROW):
        row = rows()[name]
        row.take_out()
        config.stash[CLAUSE] = row.clause


CLAUSE = pytest.StashKey[str]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    clause = config.stash.get(CLAUSE, None)
    if clause is not None:
        items[:] = [item for item in items if any(clause in mark.args for mark in item.iter_markers("clause"))]
