"""Case files: a family as Mosaic holds it, the start of its transfer, the steps, and how it must end."""

import re
import secrets
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field

from cli.documents import InputError, about, checked, read_document
from cli.wiring import working_calendar
from models.calendar import WorkingCalendar
from models.clocks import ClockKind, RungKind
from models.step_down.answers import Outcome
from models.step_down.clocks import ClockState
from models.step_down.rules import CLOCK_SKEW
from models.step_down.start import StepDownRequest
from models.step_down.steps import STEPS, AnyStep, Step, step_name
from models.vocabulary import LONDON, EmailAddress, Frozen, Moment, Ref

P = TypeVar("P", dict[str, Any], list[Any])

OFFSET = re.compile(r"day (?P<day>\d{1,3}) (?P<time>([01]\d|2[0-3]):[0-5]\d)")
"""A working day after the start, and a time of day."""

REFERENCES = frozenset({"ref", "child_ref", "family_ref", "document_ref", "document"})
"""The fields of a case file that hold a reference of the family."""


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


class ExpectedShare(Frozen):
    """A version of a document that a team may read in the end."""

    document: Ref
    version: int
    team: Ref


class ExpectedMail(Frozen):
    """A message that was sent."""

    to: EmailAddress
    subject: str


class ExpectedClock(Frozen):
    """How long somebody had who must answer, and how that ended."""

    kind: ClockKind
    due: Moment
    ended: ClockState


class ExpectedAlert(Frozen):
    """An alert that went out by mail."""

    to: EmailAddress
    what: RungKind


class Expectation(Frozen):
    """How the case must end, in the books of everybody concerned."""

    outcome: Outcome
    children: dict[Ref, tuple[str, ...]]
    """The next actions with which each child was closed in Mosaic; none where it is still open."""
    shared: tuple[ExpectedShare, ...] = ()
    mail: tuple[ExpectedMail, ...] = ()
    clocks: tuple[ExpectedClock, ...] = ()
    """Of those who must answer, in the order in which they began."""
    alerts: tuple[ExpectedAlert, ...] = ()


class CaseFile(Frozen):
    """A case, made ready to be played once under one transfer id."""

    title: str
    mosaic: RehearsalFamily
    already_open: StepDownRequest | None = None
    """Another transfer of the family, which is open before this one starts."""
    start: StepDownRequest
    steps: tuple[AnyStep, ...]
    moments: tuple[datetime | None, ...] = ()
    """When each step is sent, where time has to pass before it."""
    expect: Expectation


def read_case(path: Path, transfer_id: str, at: datetime) -> CaseFile:
    """A case file under a transfer id: its references are made unique, so that it can be played again.

    Raises:
        InputError: naming the field that is wrong and its rule.
    """
    content = read_document(path)
    with about(path):
        family = checked(RehearsalFamily, content.get("mosaic"), "mosaic")
        own = {family.family_ref, *(child.ref for child in family.children), *(doc.ref for doc in family.documents)}
        content = _renamed(content, {ref: f"{transfer_id}-{ref}" for ref in own})
        content = _dated(content, working_calendar(), at)
        start = checked(StepDownRequest, {"id": transfer_id, **_present(content, "start", dict)}, "start")
        known = {child["ref"] for child in content["mosaic"]["children"]}
        for place, child in enumerate(start.children):
            if child.ref not in known:
                raise InputError(f"start.children.{place}.ref: Mosaic does not know this child")
        moments, steps = _timed_steps(_present(content, "steps", list), at)
        case = {**content, "start": start, "steps": steps, "moments": moments}
        if "already_open" in content:
            before = {"id": f"{transfer_id}-before", **_present(content, "already_open", dict)}
            case["already_open"] = checked(StepDownRequest, before, "already_open")
        return checked(CaseFile, case, "case")


def _timed_steps(said: list[Any], start: datetime) -> tuple[list[datetime | None], list[Step]]:
    """The steps with the moments at which they are sent; one without a moment comes right after the one before.

    Raises:
        InputError: a moment comes before the one before it.
    """
    moments: list[datetime | None] = []
    steps = []
    now = start
    for place, content in enumerate(said):
        where = f"steps.{place}"
        moment = _moment(content, where)
        if moment is not None and moment < now:
            raise InputError(f"{where}: at: comes before the step before it; the first such day is day 1")
        now = moment or now
        moments.append(moment)
        said_then = {name: value for name, value in content.items() if name != "at"} if moment else content
        steps.append(read_step(said_then, where, default_id=f"step-{place + 1}", at=now))
    return moments, steps


def _moment(content: Any, where: str) -> datetime | None:
    """When a step is sent, where it says so."""
    if not isinstance(content, dict) or "at" not in content:
        return None
    try:
        return datetime.fromisoformat(content["at"])
    except (TypeError, ValueError):
        raise InputError(f"{where}: at: is no working day and time, such as: day 3 16:30") from None


def read_step(content: Any, where: str, default_id: str, at: datetime) -> Step:
    """A step; without ``step_id`` and ``occurred_at`` it gets the default id and happens now.

    Raises:
        InputError: naming the field that is wrong and its rule.
    """
    if not isinstance(content, dict):
        raise InputError(f"{where}: is not a step with its fields")
    kinds = {step_name(kind): kind for kind in STEPS}
    kind = kinds.get(str(content.get("step")))
    if kind is None:
        raise InputError(f"{where}: step: there is no such step; the steps are {', '.join(kinds)}")
    step: Step = checked(kind, {"step_id": default_id, "occurred_at": at, **content}, where)
    if step.occurred_at > at + CLOCK_SKEW:
        raise InputError(f"{where}: occurred_at: this is in the future")
    return step


def new_transfer_id() -> str:
    """An opaque id for a transfer."""
    return f"t-{secrets.token_hex(5)}"


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def _dated(value: Any, calendar: WorkingCalendar, start: datetime) -> Any:
    """The value with every working-day offset, such as ``day 3 16:30``, replaced by its moment.

    Day 0 is the working day on which the case starts, or the next one.
    """
    if isinstance(value, dict):
        return {name: _dated(entry, calendar, start) for name, entry in value.items()}
    if isinstance(value, list):
        return [_dated(entry, calendar, start) for entry in value]
    offset = OFFSET.fullmatch(value) if isinstance(value, str) else None
    if offset is None:
        return value
    day = calendar.working_day(calendar.receipt(start).day, int(offset["day"]))
    return datetime.combine(day, time.fromisoformat(offset["time"]), LONDON).isoformat()


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
