"""The sandbox: every worker and every replay of a test runs in it, and the worker process alone does without."""

import ast
from pathlib import Path

from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from worker.lanes import PRODUCTION, SANDBOXED, TransfersWorker

ROOT = Path(__file__).parents[2]
WITHOUT = {"tests/architecture/test_sandbox.py", "tests/workflows/test_examples.py"}
"""They say what production does, and replay in both."""


def test_a_worker_runs_workflows_in_the_sandbox_unless_it_is_told_otherwise() -> None:
    assert TransfersWorker.__init__.__kwdefaults__ == {"workflows": SANDBOXED}
    assert isinstance(SANDBOXED.runner, SandboxedWorkflowRunner)
    assert isinstance(PRODUCTION.runner, UnsandboxedWorkflowRunner)
    assert SANDBOXED.classes == PRODUCTION.classes


def test_no_test_runs_a_workflow_without_the_sandbox() -> None:
    named = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id in {"PRODUCTION", "UnsandboxedWorkflowRunner"}
    }
    assert named == WITHOUT
