"""Which rows of the rules carry each clause of the guidance, and which tests hold it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from cli.project import DOCS, ROOT
from client.journeys import EVERY
from models.journey import resolving
from models.step_down.interlock import INTERLOCK


def blocks() -> dict[str, str]:
    """The table of the clauses."""
    rows, tests = rows_by_clause(), marked_tests()
    lines = [
        f"| {clause} | {rows[clause] or '-'} | {len(tests[clause]) or 'to come'} | {_examples(tests[clause])} |"
        for clause in clauses()
    ]
    return {"clauses": "\n".join(["| clause | rows | tests | for instance |", "|---|---|---|---|", *lines])}


def clauses() -> list[str]:
    """The clauses of the guidance, in its order, as ``docs/guidance.md`` lists them."""
    text = (DOCS / "guidance.md").read_text(encoding="utf-8")
    return re.findall(r"^\| ([A-Z]{2}-\d+[a-z]?) \|", text, flags=re.MULTILINE)


def rows_by_clause() -> dict[str, int]:
    """How many rows of the rules carry each clause."""
    count: dict[str, int] = defaultdict(int)
    missing = (row for kind in EVERY for _, row in kind.journey.missing)
    rules = (row for kind in EVERY for row in kind.journey.rules)
    for row in (*missing, *INTERLOCK, *rules, *resolving.ROWS):
        if row.clause is not None:
            count[row.clause] += 1
    return count


def marked_tests() -> dict[str, list[str]]:
    """The tests that are marked with each clause, by file and name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for clause in _marks(node):
                    found[clause].append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def _marks(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "clause":
            yield from (str(word.value) for word in mark.args if isinstance(word, ast.Constant))


def _examples(tests: list[str]) -> str:
    return "<br>".join(f"`{test.partition('::')[2]}`" for test in tests[:2])
