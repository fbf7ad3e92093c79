"""The page with a file for each step, as people send it with ``transfers step``; taken from the examples."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from cli.case_file import read_case
from models.step_down.steps import STEPS, step_name

EXAMPLES = Path(__file__).parent.parent / "examples"
AT = datetime(2027, 6, 1, 9, tzinfo=UTC)
"""When the examples are said to have started."""
OF_NO_EXAMPLE = {
    "step": "recalculate_clocks",
    "actor": {"id": "ops-1", "role": "operations"},
    "because": "A bank holiday was announced.",
}
NOT_USUAL = {"not_us_because", "cancelled_because", "do_not_write_because"}
"""What says why something is not done: a file shows how it is done."""
NOT_SHOWN = {"step_id", "occurred_at", "corrects"}

INTRODUCTION = """\
# Each step as a file

Made from `examples/` by `python -m cli.generate`; do not edit. `transfers step ID FILE` sends such a file to the
transfer `ID`. Put in the references of your own family: `transfers show ID` names the children and the people, and
`transfers services list` the services. Put in your own days and times, too: what was done must be past, what is
planned must be to come. Who may send which step, and when it is refused:
[step-down.md](step-down.md). Every field with its rule: [schemas](schemas/step-down).

Three fields may stand in every step:

- `occurred_at`: when it happened, as `2026-04-02T10:00`. Without it, it happened now. What happened earlier needs it:
  an answer that was given in time counts as given in time.
- `corrects`: the `step_id` of what was recorded before and is replaced; the timeline of `transfers show ID --json` has
  it.
- `step_id`: a name of your own. Sent again under the same one, a step is recorded once.

A text in which a colon stands is written in quotes.
"""


def steps_page() -> str:
    """Each step with what it says, and a file that can be sent."""
    files = step_files()
    parts = [INTRODUCTION]
    for kind in STEPS:
        written = yaml.safe_dump(files[step_name(kind)], sort_keys=False, allow_unicode=True, width=100).strip()
        said = (kind.__doc__ or "").partition("\n")[0]
        parts.append(f"## {step_name(kind)}\n\n{said}\n\n```yaml\n{written}\n```\n")
    return "\n".join(parts)


def step_files() -> dict[str, dict[str, Any]]:
    """The content of a file for each step, as the fullest example has it."""
    found: dict[str, dict[str, Any]] = {"recalculate_clocks": OF_NO_EXAMPLE}
    for path in (*sorted(EXAMPLES.glob("*.yaml")), *sorted((EXAMPLES / "situations").glob("*.yaml"))):
        for step in read_case(path, "ID", AT).steps:
            said = step.model_dump(mode="json", exclude_unset=True, exclude=NOT_SHOWN)
            if not NOT_USUAL & said.keys():
                found[step.step] = max(found.get(step.step, {}), said, key=len)
    return found
