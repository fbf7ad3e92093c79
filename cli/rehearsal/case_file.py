"""Case files: read whole, so that everything that is wrong in one is said at once."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from cli.documents import Wrong, about, checked, journey_of, read_document, refuse_a_step
from cli.rehearsal.acts import Act, Signal, read_acts
from cli.rehearsal.case import CaseFile, RehearsalFamily
from cli.rehearsal.moments import dated, moment_of
from cli.step_file import read_step
from cli.wiring import working_calendar
from client.errors import InputError
from client.journeys import kind_named
from models.journey.start import Start
from models.journey.steps import Step
from models.kinds import OFFICES
from models.step_down.start import StepDownRequest
from models.wrong_input import Flaw, flaws

REFERENCES = frozenset(
    {"ref", "child_ref", "family_ref", "document_ref", "document", "child", "about", "without_children", "names"}
    | {"withdrawn_by", "is_child", "lead_child"}
    | {"service_ref", "social_worker", "team_manager", "social_work_team", "id", "team", "teams", "covers"}
)
"""The fields of a case file that hold a reference of the family, or of whom the case puts into a directory."""
BESIDE_THE_STEP = frozenset({"at", "meanwhile"})
READ_APART = frozenset({"mosaic", "start", "before", "steps", "already_open"})


def read_case(path: Path, transfer_id: str, at: datetime) -> CaseFile:
    """A case file under a transfer id: its references are made unique, so that it can be played again.

    Raises:
        InputError: a line for everything that is wrong, naming the field and its rule.
    """
    content = read_document(path)
    refuse_a_step(path, content)
    with about(path):
        return _Reading(content, transfer_id, at).case()


class _Turn(NamedTuple):
    """A step, when it is sent if time has to pass before it, and what happens meanwhile."""

    step: Step
    moment: datetime | None
    acts: tuple[Act, ...]


class _Reading:
    """A case file that is read part by part; what is wrong in one keeps no other from being looked at."""

    def __init__(self, content: dict[str, Any], transfer_id: str, at: datetime) -> None:
        """Give the family's references names of their own, as far as they can be read."""
        self.wrong, self.id, self.at = Wrong(), transfer_id, at
        own = _references_of(content.get("mosaic")) | _put_into_directories(content)
        content = _renamed(content, {ref: f"{transfer_id}-{ref}" for ref in own})
        self.content: dict[str, Any] = dated(content, working_calendar(), at)
        self.family: RehearsalFamily | None = None
        self.kind = kind_named(journey_of(content))

    def case(self) -> CaseFile:
        """The case.

        Raises:
            InputError: a line for everything that is wrong.
        """
        parts: dict[str, Any] = {}
        with self.wrong.gathered():
            parts["mosaic"] = self.family = self._part("mosaic", RehearsalFamily)
        with self.wrong.gathered():
            parts["start"] = self._part("start", self.kind.start, id=self.id)
            self._refuse_other_children(parts["start"])
        with self.wrong.gathered():
            parts["before"] = self._acts(self.content.get("before", []), "before", self.at)
        with self.wrong.gathered():
            parts |= self._turns()
        if "already_open" in self.content:
            with self.wrong.gathered():
                parts["already_open"] = self._part("already_open", StepDownRequest, id=f"{self.id}-before")
        return self._whole(parts)

    def _part(self, name: str, kind: type[Any], **usual: str) -> Any:
        said = self.content.get(name)
        if said is None:
            raise InputError(f"The file has no {name}.")
        return checked(kind, {**usual, **said} if isinstance(said, dict) else said, name)

    def _refuse_other_children(self, start: Start) -> None:
        if self.family is None:
            return
        known = {child.ref for child in self.family.children}
        for place, child in enumerate(start.children):
            if child.ref not in known:
                self.wrong.add(Flaw.of(f"start.children.{place}.ref", f"Mosaic does not know child {child.ref}."))

    def _turns(self) -> dict[str, Any]:
        """The steps in turn; one without a moment comes right after the one before; acts happen before time passes."""
        said = self.content.get("steps")
        if not isinstance(said, list):
            raise InputError("The file has no steps." if said is None else "What stands under steps is not a list.")
        turns, now = [], self.at
        for place, content in enumerate(said):
            turn = _Turn(*self._turn(content, f"steps.{place}", f"step-{place + 1}", now))
            now = turn.moment or now
            turns.append(turn)
        steps, moments, meanwhile = zip(*turns, strict=True) if turns else ((), (), ())
        return {"steps": steps, "moments": moments, "meanwhile": meanwhile}

    def _turn(self, content: Any, where: str, step_id: str, before: datetime) -> tuple[Any, datetime | None, Any]:
        """One step; what is wrong with it is gathered, so that the others are looked at too."""
        fields = content if isinstance(content, dict) else {}
        step, moment = None, None
        acts: tuple[Act, ...] = ()
        with self.wrong.gathered():
            moment = moment_of(content, where)
            if moment is not None and moment < before:
                raise InputError(
                    Flaw.of(f"{where}.at", "This is before the step before it; the first such day is day 1.")
                )
        with self.wrong.gathered():
            acts = self._acts(fields.get("meanwhile", []), f"{where}.meanwhile", before)
        with self.wrong.gathered():
            own = {name: value for name, value in fields.items() if name not in BESIDE_THE_STEP} or content
            step = read_step(own, step_id, moment or before, where, self.kind.steps)
        return step, moment, acts

    def _acts(self, said: Any, where: str, at: datetime) -> tuple[Act, ...]:
        """The acts, which are about this family."""
        acts = read_acts(said, where, at)
        for place, act in enumerate(acts):
            self._refuse_act(act, f"{where}.{place}", started=where != "before")
        return acts

    def _refuse_act(self, act: Act, where: str, *, started: bool) -> None:
        if isinstance(act, Signal) and not started:
            self.wrong.add(Flaw.of(f"{where}.do", "Nothing can be sent to a transfer that has not started."))
        if self.family is None:
            return
        known = {
            "child": {child.ref for child in self.family.children},
            "document": {document.ref for document in self.family.documents},
        }
        for kind, refs in known.items():
            if (ref := getattr(act, kind, None)) is not None and ref not in refs:
                self.wrong.add(Flaw.of(f"{where}.{kind}", f"Mosaic does not know {kind} {ref}."))

    def _whole(self, parts: dict[str, Any]) -> CaseFile:
        """The case; of a part that is wrong nothing is said again."""
        case, rest = None, {name: value for name, value in self.content.items() if name not in READ_APART}
        try:
            case = CaseFile.model_validate(rest | parts)
        except ValidationError as error:
            found = flaws(error, rest)
            self.wrong.add(*(flaw for flaw in found if flaw.field.partition(".")[0] not in READ_APART))
        if case is None or self.wrong.flaws:
            self.wrong.flaws = [Flaw(*(part.replace(f"{self.id}-", "") for part in flaw)) for flaw in self.wrong.flaws]
            raise self.wrong.error()
        return case


def _references_of(family: Any) -> set[str]:
    """The references of the family as far as they can be read: what is wrong with it is said elsewhere."""
    said = family if isinstance(family, dict) else {}
    lists = [said.get(name) for name in ("children", "documents")]
    things = [thing for things in lists if isinstance(things, list) for thing in things if isinstance(thing, dict)]
    refs = [said.get("family_ref"), *(thing.get("ref") for thing in things)]
    return {ref for ref in refs if isinstance(ref, str)}


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


def _renamed(value: Any, names: dict[str, str], field: str = "") -> Any:
    """The value with each of these references replaced, in the fields that hold references."""
    if isinstance(value, dict):
        by_child = field == "children"
        return {names.get(k, k) if by_child else k: _renamed(entry, names, k) for k, entry in value.items()}
    if isinstance(value, list):
        return [_renamed(entry, names, "" if isinstance(entry, dict) else field) for entry in value]
    return names.get(value, value) if field in REFERENCES else value
