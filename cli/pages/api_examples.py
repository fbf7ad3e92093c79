"""An example of each start and step as a caseworker system sends it, taken from the case files."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from cli.pages.steps import NOT_USUAL, OF_NO_EXAMPLE, as_written
from cli.project import EXAMPLES, ROOT
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_file
from client.journeys import EVERY, Kind
from client.schemas import START
from models.journey.steps import Step, step_name
from models.kinds import JourneyKind

EXAMPLES_FILE = ROOT / "gateway" / "examples.json"
AT = datetime(2026, 4, 7, 8, tzinfo=UTC)
"""When the examples are said to have started: long ago enough for what happens in them to have happened."""
PLAYED_AS = "EXAMPLE"
SAID_ELSEWHERE = {"step_id", "actor"}
"""The header and the token say it."""
NOT_SHOWN = {"corrects", "on_behalf_of", *NOT_USUAL}
OF_NO_CASE: dict[tuple[str, str], dict[str, Any]] = {
    **{(kind, str(OF_NO_EXAMPLE["step"])): {"because": OF_NO_EXAMPLE["because"]} for kind in JourneyKind},
    (JourneyKind.STEP_UP, "reassign"): {"service_ref": "west-hub", "because": "The family lives in the west now."},
}
"""What no case file sends."""

Examples = dict[str, dict[str, dict[str, Any]]]


class _Sent(NamedTuple):
    case: Case
    first: bool
    """It stands in the first file of its journey: its family is that of the example of a start."""
    step: Step


@cache
def api_examples() -> Examples:
    """By journey and step, beside it the start.

    Raises:
        InputError: a case file is wrong.
        KeyError: no case file sends a step; put it into one.
    """
    cases = [case for path in sorted(EXAMPLES.glob("*.yaml")) for case in read_file(path, PLAYED_AS, AT).journeys]
    firsts = {kind.name: next(case for case in cases if case.start.kind is kind.name) for kind in EVERY}
    sent = [_Sent(case, case is firsts[case.start.kind], step) for case in cases for step in case.steps]
    return {kind.name: dict(_of(kind, firsts[kind.name], sent)) for kind in EVERY}


def _of(kind: Kind, first: Case, sent: list[_Sent]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield START, _without_prefix(first.start.model_dump(mode="json", exclude_unset=True, exclude={"id"}))
    for of in kind.steps:
        name = step_name(of)
        found = [one for one in sent if type(one.step) is of and not NOT_SHOWN & _said(one.step).keys()]
        if found:
            own = max(found, key=lambda one: (_nearness(kind, one), len(_said(one.step))))
            yield name, _without_prefix(as_written(_said(own.step)))
        else:
            yield name, {"step": name, "occurred_at": AT.isoformat(), **OF_NO_CASE[kind.name, name]}


def _nearness(kind: Kind, one: _Sent) -> int:
    """Of whose example it is: best of the family of the start, else of the same journey."""
    return (one.case.start.kind is kind.name) + (one.case.start.kind is kind.name and one.first)


def _said(step: Step) -> dict[str, Any]:
    return step.model_dump(mode="json", exclude_unset=True, exclude=SAID_ELSEWHERE)


def _without_prefix(said: Any) -> Any:
    """The references as the case file has them; each playing makes them its own."""
    if isinstance(said, dict):
        return {name: _without_prefix(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_without_prefix(value) for value in said]
    return said.removeprefix(f"{PLAYED_AS}-") if isinstance(said, str) else said
