"""The page with a file for each step, as people send it with ``transfers step``; taken from the examples."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cli.project import EXAMPLES
from cli.rehearsal.case_file import read_case, read_file
from client.errors import InputError
from models.journey.steps import Step, step_name
from models.step_down.start import StepDownRequest
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
NOT_SHOWN = {"step_id", "occurred_at"}
FIRST = ("step", "actor", "on_behalf_of")
READ_AS = "abcdef012345"
"""Stands for the number of a letter, which whoever sends the step reads with the letter."""


class Sample(NamedTuple):
    """A file for a step, and the case from which it comes."""

    file: dict[str, Any]
    case: Path
    number: int
    """Which step of the case it is: 1 for the first."""


def blocks() -> dict[str, str]:
    """Each step with what it says, and a file that can be sent.

    Raises:
        InputError: an example is wrong, or there is none of a step.
    """
    found = samples()
    if missing := [step_name(kind) for kind in STEPS if step_name(kind) not in found]:
        raise InputError(f"{EXAMPLES}: no case file sends {', '.join(missing)}; put the step into one")
    return {"steps": "\n".join(_section(kind, found[step_name(kind)]) for kind in STEPS)}


def _section(kind: type[Step], sample: Sample) -> str:
    written = yaml.safe_dump(sample.file, sort_keys=False, allow_unicode=True, width=100).strip()
    said = (kind.__doc__ or "").partition("\n")[0]
    title = read_case(sample.case, "ID", AT).title
    case = f"[{title}](../examples/{sample.case.relative_to(EXAMPLES)})"
    where = f"While a clock runs, as in {case}" if sample.file == OF_NO_EXAMPLE else f"Step {sample.number} of {case}"
    return f"## {step_name(kind)}\n\n{said}\n\n{where}:\n\n```yaml\n{written}\n```\n"


def samples() -> dict[str, Sample]:
    """A file for each step, as the fullest example has it that needs nothing before it but the steps of its case."""
    found = {"recalculate_clocks": Sample(OF_NO_EXAMPLE, EXAMPLES / "17-the-clock-is-paused.yaml", 4)}
    for path in sorted(EXAMPLES.glob("*.yaml")):
        case = read_file(path, "ID", AT).only_case
        usual = case is not None and isinstance(case.start, StepDownRequest) and not case.acts
        for number, step in enumerate(case.steps if case and usual else (), start=1):
            said = step.model_dump(mode="json", exclude_unset=True, exclude=NOT_SHOWN)
            fuller = step.step not in found or len(said) > len(found[step.step].file)
            if fuller and "corrects" not in said and not NOT_USUAL & said.keys():
                found[step.step] = Sample(as_written(said), path, number)
    return found


def as_written(said: dict[str, Any]) -> dict[str, Any]:
    """Who does what comes first; each letter says by which number it was read."""
    if said["step"] in {"approve_letters", "record_delivery"} and "letters" in said:
        said["letters"] = [{**letter, "seen": READ_AS} for letter in said["letters"]]
    return {**{name: said[name] for name in FIRST if name in said}, **said}
