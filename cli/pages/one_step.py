"""One step on its way through the code: where each part of that way stands, by file and line."""

import ast
from typing import NamedTuple

from cli.project import ROOT


class Station(NamedTuple):
    """One place on the way."""

    file: str
    name: str
    """The function, class or constant; of a class's member ``Class.member``."""
    what: str


WAY = (
    Station("client/transfers.py", "send", "A client sends the step as an update of its name."),
    Station("workflows/step_down/transfer.py", "StepDownTransfer.record_consent", "The workflow knows the update."),
    Station("workflows/journey/run.py", "step", "What every such update does: its validator, then its handler."),
    Station("workflows/journey/run.py", "JourneyRun.refuse_unless_allowed", "The validator asks the rules."),
    Station("models/journey/refusing.py", "refusal", "What holds for every step, then the rules of the journey."),
    Station("models/step_down/stages/consent.py", "ROWS", "The rows that are asked: those about consent."),
    Station("workflows/journey/run.py", "JourneyRun.record", "The handler records the fact, and answers."),
    Station("models/journey/recording.py", "record", "The facts with the step, and its receipt."),
    Station("workflows/journey/state.py", "State.know", "The new facts are known; clocks begin and end."),
    Station("models/journey/clocks.py", "update_clocks", "What is waited for now, and since when."),
    Station("workflows/journey/run.py", "JourneyRun._go", "The run wakes at the new fact."),
    Station("models/journey/missing.py", "stage", "What is missing says where the transfer stands."),
    Station("models/journey/missing.py", "due", "What may begin in this stage, of all that is wanted."),
    Station("models/step_down/stages/sharing.py", "ROWS", "The version that the family saw, once evidence is kept."),
    Station("workflows/journey/showing.py", "Showing.show_what_changes", "That waits for evidence: shown at once."),
    Station("workflows/journey/register.py", "RegisterWriter.show", "The register is shown how it stands …"),
    Station("activities/consent.py", "ConsentActivities.capture_consent", "… and captures the consent with it."),
    Station("adapters/register/transfers.py", "SqlTransfers.project", "One transaction keeps both."),
    Station("workflows/journey/effects.py", "EffectRunner.begin", "The effect is begun once, beside all others."),
    Station("workflows/step_down/orders.py", "_share_document", "Its order is made from the facts."),
    Station("activities/mosaic.py", "MosaicActivities.share_document", "The activity carries it out …"),
    Station("activities/effect.py", "Effects.carry_out", "… by the one protocol: intent, look, act, look, result."),
    Station("adapters/mosaic_http.py", "HttpMosaic.share", "One request to Mosaic."),
    Station("models/journey/recording.py", "record_result", "What became of it is a new fact, and the run wakes."),
    Station("adapters/register/shown.py", "show", "One transaction: an older version overwrites nothing."),
)


def blocks() -> dict[str, str]:
    """The way as a table."""
    lines = [f"| {number} | {_link(station)} | {station.what} |" for number, station in enumerate(WAY, start=1)]
    return {"way": "\n".join(["| | where | what happens |", "|---|---|---|", *lines])}


def _link(station: Station) -> str:
    line = line_of(station)
    return f"[`{station.name}`](../{station.file}#L{line}) in `{station.file}:{line}`"


def line_of(station: Station) -> int:
    """The line on which it begins.

    Raises:
        LookupError: it does not stand in that file.
    """
    owner, _, member = station.name.rpartition(".")
    body = ast.parse((ROOT / station.file).read_text(encoding="utf-8")).body
    if owner:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner)
    for node in body:
        if member in _names(node):
            return node.lineno
    raise LookupError(f"{station.file} has no {station.name}")


def _names(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.Assign():
            return {target.id for target in node.targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case _:
            return set()
