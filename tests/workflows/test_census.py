"""The reasons and dates of closed children, in a census file that an independent validator reads (SD-40)."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.step_down.start import Route
from models.step_down.steps.acts import Authorise
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.final_meeting import RecordFinalMeeting
from models.vocabulary import LONDON
from tests.pace import patient
from tests.workflows.census_file import ASSESSED, Closing, written
from tests.workflows.conftest import House
from tests.workflows.examples import EXAMPLES, play

VALIDATOR = ("csc-validator-be-cin==0.1.13", "numpy<2")
RULESET = "cin2025_26"
RULES = {"2990", "8565", "8640", "8805", "8810", "8825Q"}
FAMILIES = {
    "01-one-child-passes-on-a-sibling-closes": ["RC8", "RC9"],
    "23-universal-services-are-enough": ["RC8"],
    "30-out-of-a-plan": ["RC7"],
    "35-moved-to-another-council": ["RC5"],
    "42-a-young-person-turns-18": ["RC7"],
}
"""With the reasons for which their children are closed."""
READ = Path(__file__).with_name("read_by_validator.py")

pytestmark = [pytest.mark.long, pytest.mark.clause("SD-40")]
Fired = set[tuple[str, str]]


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Closing]], Fired]:
    """The validator, in an environment of its own: it needs an older numpy than anything here."""
    home = tmp_path_factory.mktemp("validator")
    python = home / "env" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(home / "env")], check=True, capture_output=True)
    said: Any = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *VALIDATOR],
        capture_output=True,
        text=True,
        timeout=patient(150),
        check=False,
    )
    if said.returncode != 0:
        told = said.stderr.strip().splitlines()[-1:]
        pytest.skip(f"the validator cannot be installed here; .ci/run has it wherever PyPI answers: {told}")

    def read(closings: list[Closing]) -> Fired:
        path = home / "census.xml"
        path.write_bytes(written(closings))
        command = [str(python), str(READ), str(path), RULESET, *sorted(RULES)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=home, timeout=patient(60))
        found = json.loads(told.stdout.splitlines()[-1])
        assert "Error with rule" not in told.stdout
        assert found["missing"] == []
        return {(rule, child) for rule, child in found["fired"]}

    return read


async def closings(house: House, family: str) -> list[Closing]:
    """The children of an example, as Mosaic holds them closed."""
    case, _ = await play(house, EXAMPLES / f"{family}.yaml")
    on_plan = case.start.route is Route.PLAN
    met = [step.day for step in case.steps if isinstance(step, RecordFinalMeeting)]
    # Time that a case skips passes for the transfer alone: the fake Mosaic has the real day, and the steps have theirs.
    acted = max(step.day for step in case.steps if isinstance(step, RecordDecisions | Authorise))
    found = []
    for child, done in house.mosaic.completed.items():
        day = max(done.completed_at.astimezone(LONDON).date(), acted)
        ended = (met or [day])[-1] if on_plan else None
        reason = done.closure_reason and done.closure_reason.value
        found.append(Closing(child, day, reason, authorised_on=day - ASSESSED, plan_ended_on=ended))
    return found


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("family", "reasons"), FAMILIES.items(), ids=FAMILIES)
async def test_no_rule_of_the_census_fires_on_what_was_closed_here(
    house: House, validator: Callable[[list[Closing]], Fired], family: str, reasons: list[str]
) -> None:
    closed = await closings(house, family)
    assert sorted({one.reason or "" for one in closed}) == reasons
    assert validator(closed) == set()


WRONG = {
    "closed after assessment beside an enquiry": (lambda one: one.but(enquiry=True), "2990"),
    "closed after assessment beside a plan": (lambda one: one.but(plan_ended_on=one.authorised_on), "2990"),
    "before the assessment was authorised": (
        lambda one: one.but(authorised_on=one.closed_on + timedelta(days=1)),
        "8565",
    ),
    "for no such reason": (lambda one: one.but(reason="RC10"), "8640"),
    "without a reason": (lambda one: one.but(reason=None), "8805"),
    "with a reason, and not closed": (lambda one: one.but(closed_on=None), "8810"),
    "closed after assessment without one": (lambda one: one.but(authorised_on=None), "8825Q"),
}


@pytest.mark.timeout(400)
async def test_each_of_the_rules_fires_on_what_is_wrong(
    house: House,
    validator: Callable[[list[Closing]], Fired],
) -> None:
    right = (await closings(house, next(iter(FAMILIES))))[0]
    found = {name: validator([make(right)]) for name, (make, _) in WRONG.items()}
    assert found == {name: {(rule, right.child)} for name, (_, rule) in WRONG.items()}
    assert {rule for _, rule in WRONG.values()} == RULES
