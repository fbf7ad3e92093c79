"""Case files: read whole, so that everything that is wrong in one is said at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from cli.documents import Wrong, about, journey_of, read_document, refuse_a_step
from cli.rehearsal.acts import Act, Signal, read_acts
from cli.rehearsal.case import Case, CaseFile, RehearsalFamily
from cli.rehearsal.expectation import Expectation
from cli.rehearsal.moments import dated, moment_of
from cli.rehearsal.references import own_references, renamed
from cli.wiring import working_calendar
from client.checked import checked
from client.errors import InputError
from client.journeys import Kind, kind_named
from client.messages import read_step
from models.journey.start import Linked, Start
from models.journey.steps import Step
from models.kinds import JourneyKind
from models.step_down.start import StepDownRequest
from models.vocabulary import Frozen
from models.wrong_input import Flaw

BESIDE_THE_STEP = frozenset({"at", "again_at", "meanwhile", "to"})
OF_THE_CASE = frozenset({"at", "again_at", "out_of", "start", "before", "steps"})
"""What is read apart of each case."""
OF_SEVERAL = frozenset({"mosaic", "journeys"})
TOO_EARLY = "This is before what comes before it; the first such day is day 1."


def read_file(path: Path, transfer_id: str, at: datetime) -> CaseFile:
    """A case file under an id: its references are made unique, so that it can be played again.

    The transfer of its only case has this id; of several cases each has it with its number behind.

    Raises:
        InputError: a line for everything that is wrong, naming the field and its rule.
    """
    content = read_document(path)
    refuse_a_step(path, content)
    with about(path):
        return _File(content, transfer_id, at).whole()


def read_case(path: Path, transfer_id: str, at: datetime) -> Case:
    """The case of a file that tells of no more than one.

    Raises:
        InputError: as above, or there are several.
    """
    case = read_file(path, transfer_id, at).only_case
    if case is None:
        raise InputError(f"{path}: tells of several transfers; play it with `transfers demo`")
    return case


class _File:
    """A file that is read part by part; what is wrong in one keeps no other from being looked at."""

    def __init__(self, content: dict[str, Any], file_id: str, at: datetime) -> None:
        """Give the references of the families names of their own, as far as they can be read."""
        self.wrong, self.id, self.at = Wrong(), file_id, at
        own = own_references(content, _listed(content.get("mosaic")))
        content = renamed(content, {ref: f"{file_id}-{ref}" for ref in own})
        self.content: dict[str, Any] = dated(content, working_calendar(), at)
        self.several = "journeys" in content
        self.families: tuple[RehearsalFamily, ...] = ()

    def whole(self) -> CaseFile:
        """Everything that the file tells.

        Raises:
            InputError: a line for everything that is wrong.
        """
        journey_of(self.content)
        self.families = tuple(self._families())
        cases = tuple(case for case in self._cases() if case is not None)
        own, head = OF_SEVERAL if self.several else frozenset(self.content) - _OfAFile.model_fields.keys(), {}
        with self.wrong.gathered():
            head = dict(checked(_OfAFile, {name: said for name, said in self.content.items() if name not in own}))
        if not self.wrong.flaws:
            self._refuse_idle_families(cases)
        if self.wrong.flaws:
            self.wrong.flaws = [Flaw(*(part.replace(f"{self.id}-", "") for part in flaw)) for flaw in self.wrong.flaws]
            raise self.wrong.error()
        return CaseFile(id=self.id, **head, mosaic=self.families, journeys=cases)

    def _families(self) -> Iterator[RehearsalFamily]:
        said: Any = self.content.get("mosaic")
        seen: set[str] = set()
        if said is None:
            self.wrong.add(Flaw.of("", "The file has no mosaic."))
            return
        for place, content in enumerate(_listed(said)):
            where = f"mosaic.{place}" if isinstance(said, list) else "mosaic"
            with self.wrong.gathered():
                family = checked(RehearsalFamily, content, where)
                refs = {family.family_ref, *(child.ref for child in family.children)}
                for ref in sorted(refs & seen):
                    self.wrong.add(Flaw.of(where, f"{ref}: another family of this file has it, too."))
                seen |= refs
                yield family

    def _refuse_idle_families(self, cases: Sequence[Case]) -> None:
        about = {case.mosaic.family_ref for case in cases}
        for place, family in enumerate(self.families):
            if family.family_ref not in about:
                self.wrong.add(Flaw.of(f"mosaic.{place}", f"Nothing starts about family {family.family_ref}."))

    def _cases(self) -> Iterator[Case | None]:
        if not self.several:
            yield _Reading(self.content, "", self.id, self).case()
            return
        said = self.content["journeys"]
        if not isinstance(said, list) or not said:
            self.wrong.add(Flaw.of("journeys", "This is not a list of what starts, with its steps."))
            return
        for place, content in enumerate(said):
            where = f"journeys.{place}"
            if not isinstance(content, dict):
                self.wrong.add(Flaw.of(where, "This is nothing that starts, with its steps."))
                continue
            with self.wrong.gathered():
                yield _Reading(self._usual | content, where, self._id(place), self).case()

    @property
    def _usual(self) -> dict[str, Any]:
        """What holds for each case that does not say it."""
        return {"journey": self.content["journey"]} if "journey" in self.content else {}

    def _id(self, place: int) -> str:
        return f"{self.id}-{place + 1}"

    def earlier(self, number: Any, transfer_id: str) -> Linked | None:
        """What the case of this number starts, from 1, where it stands before the one that starts this transfer."""
        cases = self.content["journeys"] if self.several else []
        before = next((place for place in range(len(cases)) if self._id(place) == transfer_id), 0)
        if not isinstance(number, int) or not 0 < number <= before or not isinstance(cases[number - 1], dict):
            return None
        return Linked(kind=JourneyKind(journey_of(self._usual | cases[number - 1])), id=self._id(number - 1))


class _OfAFile(Frozen):
    """What stands beside several cases."""

    title: str
    journey: str = StepDownRequest.kind


class _OfACase(_OfAFile):
    """What stands beside that which is read apart."""

    expect: Expectation


class _Turn(NamedTuple):
    """A step, when it is sent if time has to pass before it, when once more, and what happens meanwhile."""

    step: Step
    moment: datetime | None
    repeat: datetime | None
    to: int | None
    acts: tuple[Act, ...]


class _Reading:
    """One case of a file."""

    def __init__(self, content: dict[str, Any], where: str, transfer_id: str, file: _File) -> None:
        """It stands there in the file."""
        self.content, self.where, self.id, self.file, self.wrong = content, where, transfer_id, file, file.wrong
        try:
            self.kind = kind_named(journey_of(content))
        except InputError as error:
            raise InputError(*(flaw.under(where) for flaw in error.flaws)) from None
        self.family = self._its_family()

    def case(self) -> Case | None:
        """The case; None where something in it is wrong."""
        parts: dict[str, Any] = {"mosaic": self.family, "own": self.file.id}
        with self.wrong.gathered():
            parts["start"] = self._start()
        with self.wrong.gathered():
            parts["at"] = self._moment(self.content, self.where, "at", self.file.at)
        begins = parts.get("at") or self.file.at
        with self.wrong.gathered():
            parts["again_at"] = self._moment(self.content, self.where, "again_at", begins)
        with self.wrong.gathered():
            parts["before"] = self._acts(self.content.get("before", []), self._place("before"), begins)
        with self.wrong.gathered():
            parts |= self._turns(begins)
        return self._whole(parts)

    def _place(self, name: str) -> str:
        return f"{self.where}.{name}".lstrip(".")

    def _lacks(self, name: str) -> InputError:
        return InputError(Flaw.of(self.where, f"This has no {name}.") if self.where else f"The file has no {name}.")

    def _its_family(self) -> RehearsalFamily | None:
        """The one that the start names, or the only one; None where it cannot be read."""
        start, families = self.content.get("start"), self.file.families
        if not isinstance(self.file.content.get("mosaic"), list):
            return next(iter(families), None)
        named = start.get("family_ref") if isinstance(start, dict) else None
        return next((family for family in families if family.family_ref == named), None)

    def _start(self) -> Start:
        said = self.content.get("start")
        if said is None:
            raise self._lacks("start")
        where = self._place("start")
        if isinstance(said, dict):
            said = {"id": self.id, **said, **self._out_of()}
        start: Start = checked(self.kind.start, said, where)
        if self.family is None and len(self.file.families) == len(_listed(self.file.content.get("mosaic"))):
            raise InputError(Flaw.of(f"{where}.family_ref", f"Mosaic does not know family {start.family_ref}."))
        known = {child.ref for child in self.family.children} if self.family else set()
        for place, child in enumerate(start.children if self.family else ()):
            if child.ref not in known:
                self.wrong.add(Flaw.of(f"{where}.children.{place}.ref", f"Mosaic does not know child {child.ref}."))
        return start

    def _out_of(self) -> dict[str, Any]:
        """Out of which earlier case it is started, where it says so."""
        if "out_of" not in self.content:
            return {}
        earlier = self.file.earlier(self.content["out_of"], self.id)
        if earlier is None:
            raise InputError(Flaw.of(self._place("out_of"), "This names no case before this one; the first is 1."))
        return {"out_of": earlier}

    def _moment(self, content: Any, where: str, name: str, before: datetime) -> datetime | None:
        """When something is sent, which is not before that which it follows."""
        moment = moment_of(content, where, name)
        if moment is not None and moment < before:
            raise InputError(Flaw.of(f"{where}.{name}".lstrip("."), TOO_EARLY))
        return moment

    def _turns(self, begins: datetime) -> dict[str, Any]:
        """The steps in turn; one without a moment comes right after the one before; acts happen before time passes."""
        said = self.content.get("steps")
        if said is None:
            raise self._lacks("steps")
        if not isinstance(said, list):
            raise InputError("What stands under steps is not a list.")
        turns, now = [], begins
        for place, content in enumerate(said):
            turn = _Turn(*self._turn(content, self._place(f"steps.{place}"), f"step-{place + 1}", now))
            now = turn.moment or now
            turns.append(turn)
        steps, moments, repeats, to, meanwhile = zip(*turns, strict=True) if turns else ((), (), (), (), ())
        return {"steps": steps, "moments": moments, "repeats": repeats, "to": to, "meanwhile": meanwhile}

    def _turn(self, content: Any, where: str, step_id: str, before: datetime) -> tuple[Any, ...]:
        """One step; what is wrong with it is gathered, so that the others are looked at too."""
        fields = content if isinstance(content, dict) else {}
        step, moment, repeat, to = None, None, None, None
        acts: tuple[Act, ...] = ()
        with self.wrong.gathered():
            moment = self._moment(content, where, "at", before)
        with self.wrong.gathered():
            repeat = self._moment(content, where, "again_at", moment or before)
        with self.wrong.gathered():
            acts = self._acts(fields.get("meanwhile", []), f"{where}.meanwhile", before)
        with self.wrong.gathered():
            own = {name: value for name, value in fields.items() if name not in BESIDE_THE_STEP} or content
            to, kind = self._receiver(fields, where)
            step = read_step(own, step_id, moment or before, where, kind.steps)
        return step, moment, repeat, to, acts

    def _receiver(self, fields: dict[str, Any], where: str) -> tuple[int | None, Kind]:
        """To which of what was opened a step is sent, and of which kind that is; most are sent to the case itself."""
        to, said = fields.get("to"), self.content.get("expect")
        if to is None:
            return None, self.kind
        opened = said.get("opened", []) if isinstance(said, dict) else []
        if not isinstance(to, int) or not 0 < to <= len(opened) or not isinstance(opened[to - 1], dict):
            raise InputError(Flaw.of(f"{where}.to", "This names none of what expect says is opened; the first is 1."))
        return to, kind_named(journey_of(opened[to - 1]))

    def _acts(self, said: Any, where: str, at: datetime) -> tuple[Act, ...]:
        """The acts, which are about this family."""
        acts = read_acts(said, where, at)
        for place, act in enumerate(acts):
            self._refuse_act(act, f"{where}.{place}", started=where != self._place("before"))
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

    def _whole(self, parts: dict[str, Any]) -> Case | None:
        """The case; None where something in it is wrong."""
        apart = OF_THE_CASE if self.file.several else OF_THE_CASE | {"mosaic"}
        said = {name: value for name, value in self.content.items() if name not in apart}
        with self.wrong.gathered():
            rest = checked(_OfACase, said, self.where)
            if not self.wrong.flaws:
                return Case(**dict(rest), **parts)
        return None


def _listed(said: Any) -> list[Any]:
    """What stands there, one or several."""
    return said if isinstance(said, list) else [said]
