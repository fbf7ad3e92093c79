"""Documents that are made from the code: ``python -m cli.generate`` writes them, a test sees to it."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from cli.attention_page import attention_page
from cli.effects_page import effects_page
from cli.settings_page import settings_page
from cli.steps_page import steps_page
from models.step_down.answers import Receipt, Refusal, Stage
from models.step_down.conditions import TURNS
from models.step_down.facts import UNDONE_BY
from models.step_down.interlock import INTERLOCK
from models.step_down.needs import NEEDS
from models.step_down.replacing import LATE
from models.step_down.rules import RULES, WHO
from models.step_down.start import StepDownRequest
from models.step_down.status import Status
from models.step_down.steps import STEPS, Step, step_name
from models.vocabulary import Role

ROOT = Path(__file__).parent.parent


def documents() -> dict[Path, str]:
    """Every generated document, by its place in the project."""
    docs = ROOT / "docs"
    pages = {"step-down": _step_down(), "effects": effects_page(), "attention": attention_page()}
    pages |= {"guidance-coverage": _coverage(), "steps": steps_page(), "settings": settings_page()}
    return {**_schemas(), **{docs / f"{name}.md": page for name, page in pages.items()}}


def _schemas() -> dict[Path, str]:
    """The JSON Schemas of what other systems send and get."""
    kinds: dict[str, type[BaseModel]] = {step_name(kind): kind for kind in STEPS}
    kinds |= {"start": StepDownRequest, "receipt": Receipt, "refusal": Refusal, "status": Status}
    return {
        ROOT / "docs" / "schemas" / "step-down" / f"{name}.json": json.dumps(
            kind.model_json_schema(mode="validation"), indent=2, ensure_ascii=False
        )
        + "\n"
        for name, kind in kinds.items()
    }


def _step_down() -> str:
    """The stages with what each of them lacks, as a diagram and as a table."""
    stages = list(dict.fromkeys(need.stage for need in NEEDS))
    arrows = [f"    {a} --> {b}" for a, b in zip(stages, [*stages[1:], Stage.CLOSED], strict=True)]
    turned = [f"    before_decision --> {Stage.DECISION}: {turn.because}" for turn in TURNS]
    before = stages[: stages.index(Stage.DECISION)]
    back = ", ".join(f"`{step_name(kind)}`" for kind in {turn: None for by in UNDONE_BY.values() for turn in by})
    rows = [
        f"| {need.stage} | {need.ask} | {step_name(need.step) if need.step else '-' if need.who else 'the machine'} "
        f"| {need.who.words if need.who else '-'} | {need.clause or '-'} |"
        for need in NEEDS
    ]
    return "\n".join(
        [
            "# The step-down, stage by stage",
            "",
            "Made from the rules by `python -m cli.generate`; do not edit. A stage ends when nothing in it is missing;",
            "rows that do not apply (the family refused, the referral is not appropriate) are passed over.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {stages[0]}",
            *(f"    {arrow.strip()}" for arrow in arrows[len(before) - 1 :]),
            "    state before_decision {",
            *(f"    {arrow}" for arrow in arrows[: len(before) - 1]),
            "    }",
            *turned,
            f"    {Stage.CLOSED} --> [*]",
            "```",
            "",
            f"Back to an earlier stage goes a transfer when something that it rests on counts no more: {back},",
            "or a step that `corrects` another before that was acted on.",
            "",
            "## What is missing, stage by stage",
            "",
            "| stage | what is missing | brought by | who | clause |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "## The steps: who records them",
            "",
            "| step | who | counts no more after | corrected too late once |",
            "|---|---|---|---|",
            *(_step_row(kind) for kind in STEPS),
            "",
            "## When a step is refused",
            "",
            "| step | because | clause |",
            "|---|---|---|",
            *(f"| {step_name(rule.step)} | {rule.otherwise} | {rule.clause or '-'} |" for rule in RULES),
            "",
        ]
    )


def _step_row(kind: type[Step]) -> str:
    who = "anyone" if len(WHO[kind]) == len(Role) else ", ".join(sorted(role.words for role in WHO[kind]))
    undone = ", ".join(step_name(turn) for turn in UNDONE_BY.get(kind, ())) or "-"
    return f"| {step_name(kind)} | {who} | {undone} | {LATE[kind].once if kind in LATE else '-'} |"


def clauses() -> list[str]:
    """The clauses of the guidance, in its order, as ``docs/guidance.md`` lists them."""
    text = (ROOT / "docs" / "guidance.md").read_text(encoding="utf-8")
    return re.findall(r"^\| ([A-Z]{2}-\d+[a-z]?) \|", text, flags=re.MULTILINE)


def rows_by_clause() -> dict[str, int]:
    """How many rows of the rules carry each clause."""
    count: dict[str, int] = defaultdict(int)
    for clause in [*(n.clause for n in NEEDS), *(lock.clause for lock in INTERLOCK), *(r.clause for r in RULES)]:
        if clause is not None:
            count[clause] += 1
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


def _coverage() -> str:
    """Each clause with the rows of the rules that carry it and the tests that hold it."""
    rows, tests = rows_by_clause(), marked_tests()
    lines = [
        f"| {clause} | {rows[clause] or '-'} | {len(tests[clause]) or 'to come'} | {_examples(tests[clause])} |"
        for clause in clauses()
    ]
    return "\n".join(
        [
            "# Which tests hold which clause",
            "",
            "Made by `python -m cli.generate`; do not edit. *Rows* counts the rows of the rules that carry the clause;",
            "some clauses are held by the shape of a message or by an activity and have none. `pytest -m clause` runs",
            "all marked tests. What the clauses say: [guidance.md](guidance.md).",
            "",
            "| clause | rows | tests | for instance |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )


def _examples(tests: list[str]) -> str:
    return "<br>".join(f"`{test.partition('::')[2]}`" for test in tests[:2])


def main() -> None:
    """Write every document."""
    for path, text in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
