"""Case files: a family as Mosaic holds it, the start of its transfer, the steps, what happens beside, how it ends."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import Field

from cli.documents import about, checked, read_document
from cli.rehearsal.acts import Act, AnyAct, PutService, Signal, read_acts
from cli.rehearsal.expectation import Expectation
from cli.rehearsal.moments import dated, moment_of
from cli.step_file import read_step
from cli.wiring import working_calendar
from client.errors import InputError
from models.clocks import OFFICES
from models.step_down.start import StepDownRequest
from models.step_down.steps import AnyStep, Step
from models.vocabulary import Frozen, Ref

P = TypeVar("P", dict[str, Any], list[Any])

REFERENCES = frozenset(
    {"ref", "child_ref", "family_ref", "document_ref", "document", "child", "about"}
    | {"service_ref", "social_worker", "team_manager", "social_work_team", "id", "team"}
)
"""The fields of a case file that hold a reference of the family, or of whom the case puts into a directory."""


class RehearsalChild(Frozen):
    """A child as the rehearsal Mosaic will hold it."""

    ref: Ref
    name: str


class DocumentVersion(Frozen):
    """One version of a document."""

    version: int
    text: str


class RehearsalDocument(Frozen):
    """A document as the rehearsal Mosaic will hold it."""

    ref: Ref
    kind: str
    versions: tuple[DocumentVersion, ...]


class RehearsalTeam(Frozen):
    """A team that Mosaic assigns work to."""

    ref: Ref
    name: str


class RehearsalFamily(Frozen):
    """The family in the rehearsal Mosaic, before the transfer starts."""

    family_ref: Ref
    teams: tuple[RehearsalTeam, ...]
    children: Annotated[tuple[RehearsalChild, ...], Field(min_length=1)]
    documents: tuple[RehearsalDocument, ...]


class CaseFile(Frozen):
    """A case, made ready to be played once under one transfer id."""

    title: str
    mosaic: RehearsalFamily
    before: tuple[AnyAct, ...] = ()
    """What happens before the start."""
    already_open: StepDownRequest | None = None
    """Another transfer of the family, which is open before this one starts."""
    start: StepDownRequest
    steps: tuple[AnyStep, ...]
    moments: tuple[datetime | None, ...] = ()
    """When each step is sent, where time has to pass before it."""
    meanwhile: tuple[tuple[AnyAct, ...], ...] = ()
    """What happens before each step is sent."""
    expect: Expectation

    @property
    def acts(self) -> tuple[Act, ...]:
        """Everything that happens beside the transfer."""
        return (*self.before, *(act for acts in self.meanwhile for act in acts))

    @property
    def puts_its_service(self) -> bool:
        """The service that it starts with comes into the directory only then."""
        return any(isinstance(act, PutService) and act.service.ref == self.start.service_ref for act in self.before)


def read_case(path: Path, transfer_id: str, at: datetime) -> CaseFile:
    """A case file under a transfer id: its references are made unique, so that it can be played again.

    Raises:
        InputError: naming the field that is wrong and its rule.
    """
    content = read_document(path)
    with about(path):
        family = checked(RehearsalFamily, content.get("mosaic"), "mosaic")
        own = {family.family_ref, *(child.ref for child in family.children), *(doc.ref for doc in family.documents)}
        own |= _put_into_directories(content)
        content = _renamed(content, {ref: f"{transfer_id}-{ref}" for ref in own})
        content = dated(content, working_calendar(), at)
        start = checked(StepDownRequest, {"id": transfer_id, **_present(content, "start", dict)}, "start")
        known = {child["ref"] for child in content["mosaic"]["children"]}
        for place, child in enumerate(start.children):
            if child.ref not in known:
                raise InputError(f"start.children.{place}.ref: Mosaic does not know this child")
        family = checked(RehearsalFamily, content["mosaic"], "mosaic")
        before = _acts_of(family, content.get("before", []), "before", at)
        turns = _turns(family, _present(content, "steps", list), at)
        steps, moments, meanwhile = zip(*turns, strict=True) if turns else ((), (), ())
        case = {**content, "start": start, "before": before}
        case |= {"steps": steps, "moments": moments, "meanwhile": meanwhile}
        if "already_open" in content:
            other = {"id": f"{transfer_id}-before", **_present(content, "already_open", dict)}
            case["already_open"] = checked(StepDownRequest, other, "already_open")
        return checked(CaseFile, case, "case")


def _put_into_directories(content: dict[str, Any]) -> set[str]:
    """The services and people that acts put into the directories: unknown before, each time that the case is played.

    The offices are everybody's; only their address changes.
    """
    steps = content["steps"] if isinstance(content.get("steps"), list) else []
    lists = [content.get("before"), *(step.get("meanwhile") for step in steps if isinstance(step, dict))]
    acts = [act for acts in lists if isinstance(acts, list) for act in acts if isinstance(act, dict)]
    put = [act.get("service") if act.get("do") == "put_service" else act for act in acts]
    refs = (thing.get("ref") for thing in put if isinstance(thing, dict))
    return {ref for ref in refs if isinstance(ref, str)} - set(OFFICES.values())


class _Turn(NamedTuple):
    """A step, when it is sent if time has to pass before it, and what happens meanwhile."""

    step: Step
    moment: datetime | None
    acts: tuple[Act, ...]


BESIDE_THE_STEP = frozenset({"at", "meanwhile"})


def _turns(family: RehearsalFamily, said: list[Any], start: datetime) -> list[_Turn]:
    """The steps in turn; one without a moment comes right after the one before, and acts happen before time passes.

    Raises:
        InputError: a moment comes before the one before it, or something else is wrong.
    """
    turns = []
    now = start
    for place, content in enumerate(said):
        where = f"steps.{place}"
        fields = content if isinstance(content, dict) else {}
        before, moment = now, moment_of(content, where)
        if moment is not None and moment < now:
            raise InputError(f"{where}: at: comes before the step before it; the first such day is day 1")
        now = moment or now
        acts = _acts_of(family, fields.get("meanwhile", []), f"{where}.meanwhile", before)
        own = {name: value for name, value in fields.items() if name not in BESIDE_THE_STEP} or content
        turns.append(_Turn(read_step(own, where, default_id=f"step-{place + 1}", at=now), moment, acts))
    return turns


def _acts_of(family: RehearsalFamily, said: Any, where: str, at: datetime) -> tuple[Act, ...]:
    """The acts, which are about this family.

    Raises:
        InputError: naming the act, the field that is wrong and its rule.
    """
    acts = read_acts(said, where, at)
    children, documents = {child.ref for child in family.children}, {doc.ref for doc in family.documents}
    for place, act in enumerate(acts):
        if getattr(act, "child", None) not in {None, *children}:
            raise InputError(f"{where}.{place}: child: Mosaic does not know this child")
        if getattr(act, "document", None) not in {None, *documents}:
            raise InputError(f"{where}.{place}: document: Mosaic does not know this document")
        if isinstance(act, Signal) and where == "before":
            raise InputError(f"{where}.{place}: do: nothing can be sent to a transfer that has not started")
    return acts


def _present(content: dict[str, Any], name: str, kind: type[P]) -> P:
    value = content.get(name)
    if not isinstance(value, kind):
        raise InputError(f"{name}: is missing")
    return value


def _renamed(value: Any, names: dict[str, str], field: str = "") -> Any:
    """The value with each of these references replaced, in the fields that hold references."""
    if isinstance(value, dict):
        by_child = field == "children"
        return {names.get(k, k) if by_child else k: _renamed(entry, names, k) for k, entry in value.items()}
    if isinstance(value, list):
        return [_renamed(entry, names, field) for entry in value]
    return names.get(value, value) if field in REFERENCES else value
