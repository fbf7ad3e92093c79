"""The page with a file for each step, as people send it with ``transfers step``; taken from the examples."""

from datetime import UTC, datetime
from typing import Any

import yaml

from cli.project import EXAMPLES
from cli.rehearsal.case_file import read_case
from client.errors import InputError
from models.journey.steps import Step, step_name
from models.step_down.steps.every import STEPS

AT = datetime(2027, 6, 1, 9, tzinfo=UTC)
"""When the examples are said to have started."""
OF_NO_EXAMPLE = {
    "step": "recalculate_clocks",
    "actor": {"id": "ops-1", "role": "operations"},
    "because": "A bank holiday was announced.",
}
NOT_USUAL = {"not_us_because", "cancelled_because", "do_not_write_because"}
"""What says why something is not done: a file shows how it is done."""
NOT_SHOWN = {"step_id", "occurred_at", "corrects", "on_behalf_of"}


def blocks() -> dict[str, str]:
    """Each step with what it says, and a file that can be sent.

    Raises:
        InputError: an example is wrong, or there is none of a step.
    """
    files = step_files()
    if missing := [step_name(kind) for kind in STEPS if step_name(kind) not in files]:
        raise InputError(f"{EXAMPLES}: no case file sends {', '.join(missing)}; put the step into one")
    return {"steps": "\n".join(_section(kind, files[step_name(kind)]) for kind in STEPS)}


def _section(kind: type[Step], file: dict[str, Any]) -> str:
    written = yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=100).strip()
    said = (kind.__doc__ or "").partition("\n")[0]
    return f"## {step_name(kind)}\n\n{said}\n\n```yaml\n{written}\n```\n"


def step_files() -> dict[str, dict[str, Any]]:
    """The content of a file for each step, as the fullest example has it."""
    found: dict[str, dict[str, Any]] = {"recalculate_clocks": OF_NO_EXAMPLE}
    for path in (*sorted(EXAMPLES.glob("*.yaml")), *sorted((EXAMPLES / "situations").glob("*.yaml"))):
        for step in read_case(path, "ID", AT).steps:
            said = step.model_dump(mode="json", exclude_unset=True, exclude=NOT_SHOWN)
            if not NOT_USUAL & said.keys():
                found[step.step] = max(found.get(step.step, {}), said, key=len)
    return found
