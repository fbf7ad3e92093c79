"""Whatever stands wrongly at any place of any step: what is said of it are words of ours, not of a library."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from models.help_request.steps import every as of_requests
from models.journey.steps import Step, step_name
from models.step_down.steps import every as of_step_downs
from models.step_up.steps import every as of_referrals
from models.wrong_input import flaws

EXAMPLES = Path(__file__).parents[2] / "examples"
WRONG: tuple[Any, ...] = (
    None,
    "",
    True,
    3,
    3.5,
    -1,
    [],
    [1],
    {},
    {"a": 1},
    "x" * 20_000,
    "2026-13-01",
    "16:45",
    "a\nb",
)
PROGRAMMERS_WORDS = ("Input", "should", "valid", "unable to", "parse", "integer", "datetime")
JOURNEYS = {"step-down": of_step_downs, "help-request": of_requests, "step-up": of_referrals}
READ: dict[str, TypeAdapter[Any]] = {journey: TypeAdapter(of.AnyStep) for journey, of in JOURNEYS.items()}

ONLY_IN_A_CASE = {"at", "again_at", "meanwhile"}

Place = tuple[str | int, ...]


def written() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The steps of the examples by journey and name, without what only a case file says."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {journey: {} for journey in JOURNEYS}
    for path in sorted(EXAMPLES.glob("*.yaml")):
        case = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        of_all = found[case.get("journey", "step-down")]
        for step in (step for told in case.get("journeys", [case]) for step in told.get("steps", ())):
            said = {name: value for name, value in step.items() if name not in ONLY_IN_A_CASE}
            of_all.setdefault(step["step"], []).append(
                {"step_id": "step-1", **said, "occurred_at": "2026-12-01T10:00+00:00"}
            )
    return found


WRITTEN = written()


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place in it but itself."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, said in parts:
        yield (*place, name)
        yield from places(said, (*place, name))


def with_put(content: Any, place: Place, value: Any) -> Any:
    changed = deepcopy(content)
    within = changed
    for part in place[:-1]:
        within = within[part]
    within[place[-1]] = value
    return changed


def wrong(journey: str, name: str) -> Iterator[dict[str, Any]]:
    """The step with each wrong value at each kind of place once."""
    met = set()
    for content in WRITTEN[journey][name]:
        for place in places(content):
            kind = tuple(part if isinstance(part, str) else 0 for part in place)
            if kind not in met and place != ("step",):
                met.add(kind)
                yield from (with_put(content, place, value) for value in WRONG)


EVERY = [
    (journey, kind) for journey, of in JOURNEYS.items() for kind in of.STEPS if step_name(kind) in WRITTEN[journey]
]


@pytest.mark.parametrize(("journey", "kind"), EVERY, ids=[f"{journey}-{step_name(kind)}" for journey, kind in EVERY])
def test_whatever_is_wrong_in_a_step_is_said_in_our_words(journey: str, kind: type[Step]) -> None:
    for content in wrong(journey, step_name(kind)):
        try:
            READ[journey].validate_python(content)
        except ValidationError as error:
            said = [flaw.words for flaw in flaws(error, content)]
            assert not [words for words in said if any(word in words for word in PROGRAMMERS_WORDS)], said
