"""What a journey is made of: rows, each with its clause, in tables. The machinery reads them, and knows no journey."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from models.census import ClosedFor
from models.effects import Effect
from models.journey.answers import ChildState, Said, Way
from models.journey.facts import Facts
from models.journey.recorded import Clock, RecordedStep
from models.journey.steps import Step, step_name
from models.kinds import ClockKind, JourneyKind
from models.mosaic import DocumentVersion
from models.vocabulary import Role

F_contra = TypeVar("F_contra", bound=Facts, contravariant=True)


def always(facts: Facts) -> bool:  # noqa: ARG001 (asked with facts, like every condition)
    """Whatever is known."""
    return True


@dataclass(frozen=True)
class Rule(Generic[F_contra]):
    """A step is recorded only when this holds; ``breaks`` names the field that breaks it, or None."""

    clause: str | None
    step: type[Step]
    breaks: Callable[[F_contra, Any], str | None]
    otherwise: str


def field(name: str, breaks: Callable[[F_contra, Any], bool]) -> Callable[[F_contra, Any], str | None]:
    """The field that breaks the rule where this holds of facts and step; ``step`` where it is the step itself."""
    return lambda facts, step: name if breaks(facts, step) else None


def unless(holds: Callable[[F_contra], bool]) -> Callable[[F_contra, Any], str | None]:
    """The step does not come now, unless this holds."""
    return lambda facts, step: None if holds(facts) else "step"  # noqa: ARG005 (a rule asks facts and step)


def each_child(name: str, breaks: Callable[[F_contra, Any], bool]) -> Callable[[F_contra, Any], str | None]:
    """Ask about each child that the step names; the answer is the first child's field that breaks the rule."""
    return lambda facts, step: next(
        (f"children.{place}.{name}" for place, child in enumerate(step.children) if breaks(facts, child)), None
    )


def for_each(
    children: Callable[[F_contra], Iterable[str]], step: type[Step], words: str
) -> Callable[[F_contra], Iterable[Way]]:
    """The way of each of these children, by reference: this step, in these words."""
    return lambda facts: (Way(words=words, step=step_name(step), child=child) for child in children(facts))


@dataclass(frozen=True)
class Need(Generic[F_contra]):
    """Something that a person brings, and without which a stage does not end."""

    clause: str | None
    step: type[Step] | None
    """The step that brings it; None where people talk before the next step, or where the machine is at work."""
    who: Role | None
    ask: str
    met: Callable[[F_contra], bool]
    applies: Callable[[F_contra], bool] = always
    clock: ClockKind | None = None
    """How long it may take is counted; None where the machine does it, or another row says it."""
    of: Callable[[F_contra], Iterable[Step | None]] = lambda facts: ()  # noqa: ARG005 (asked with facts, like the others)
    """What was recorded and waits for it, where it is an act on that."""
    ways: Callable[[F_contra], Iterable[Way]] = lambda facts: ()  # noqa: ARG005 (asked with facts, like the others)
    """Where it may go several ways: each that is open now."""
    everywhere: bool = False
    """It is asked in earlier stages, too, where something else keeps the journey there."""


@dataclass(frozen=True)
class Doing(Generic[F_contra]):
    """Something that the machine does outside: it is begun in its stage, which does not end before it has ended.

    What stands beside the stages is begun at once.
    """

    clause: str | None
    effects: Callable[[F_contra], Iterable[Effect | None]]
    """What the facts ask for, whatever the stage."""
    words: str | None = None
    """What people read while it is under way; None where another row keeps the stage from ending."""
    applies: Callable[[F_contra], bool] = always
    """Whether the stage waits for it."""
    after: Callable[[F_contra], bool] = always
    """What holds before any of it begins."""
    until: Callable[[F_contra], bool] | None = None
    """What ends the wait, where it is more than the end of what is wanted now."""
    at_once: bool = False
    """It is begun in whatever stage; only its own waits for it."""
    on_evidence: bool = False
    """It begins only once every step that is evidence is kept."""

    def may_begin(self, facts: F_contra) -> bool:
        """Whether what it comes after is there."""
        return self.after(facts) and (facts.evidence_is_kept or not self.on_evidence)

    def waits_for_evidence(self, facts: F_contra) -> bool:
        """Whether nothing but evidence is missing before something of it begins."""
        waits = self.on_evidence and not facts.evidence_is_kept and self.after(facts)
        return waits and any(effect not in facts.begun for effect in self.wanted(facts))

    def wanted(self, facts: F_contra) -> tuple[Effect, ...]:
        """What the facts ask for."""
        return tuple(effect for effect in self.effects(facts) if effect is not None)

    def met(self, facts: F_contra) -> bool:
        """Whether nothing of it is under way or still to come."""
        return self.until(facts) if self.until is not None else facts.ended(*self.wanted(facts))


@dataclass(frozen=True)
class TimeIsUp:
    """What a team manager is asked when a wait has come to its end; time alone ends nothing."""

    clause: str | None
    clock: ClockKind
    step: type[Step] | None
    ask: str


Row = Rule[F_contra] | Need[F_contra] | Doing[F_contra] | TimeIsUp


@dataclass(frozen=True)
class Correction(Generic[F_contra]):
    """What a later step of a kind says anew, and when that comes too late, as it has been acted on."""

    says_anew: Callable[[F_contra, Any], Iterable[Step | None]]
    """The steps that hold now, and that it would replace."""
    clause: str | None = None
    once: str = ""
    """From when on, in plain words."""
    acted_on: Callable[[F_contra, Any], bool] = lambda facts, step: False  # noqa: ARG005 (asked with facts and step)
    """What is corrected after that is kept, replaces nothing, and a person compares the two."""
    new_children: Callable[[F_contra, Any], Iterable[str]] = lambda facts, step: ()  # noqa: ARG005 (asked with facts and step)
    """The children of whom nothing was said before: with a step that comes too late, it would be lost."""


@dataclass(frozen=True)
class Raising(Generic[F_contra]):
    """A step, or a silence, because of which a person has to look at something."""

    step: type[Step] | None
    """None where it is that everybody was told that an answer is overdue."""
    problem: str
    about: Callable[[F_contra, F_contra, Any], Iterable[str | None]]
    """Asked with the facts before, those after, and the step: for which child, or None for the step itself."""


@dataclass(frozen=True)
class Note(Generic[F_contra]):
    """What the sender of a step should know beyond that it was recorded."""

    step: type[Step]
    words: Callable[[F_contra, Any], str | None]
    though_late: bool = False
    """Also where the step comes too late to replace what it corrects."""


class Waiting(NamedTuple):
    """Something that is waited for now, unique by its kind and what it is about."""

    kind: ClockKind
    about: str
    """By reference; empty where the kind says it."""
    since: datetime
    """From when its time counts."""


@dataclass(frozen=True, eq=False)
class Journey(Generic[F_contra]):
    """One kind of journey, as its tables; it is compared by identity."""

    kind: JourneyKind
    """As its workflow ids begin."""
    steps: tuple[type[Step], ...]
    stages: Mapping[Said, tuple[Row[F_contra], ...]]
    """What may come, what is missing and what is done in each stage, in their order; the last is ``closed``."""
    any_time: tuple[Row[F_contra], ...]
    """What may come, and what is done, whatever the stage."""
    corrections: Mapping[type[Step], Correction[F_contra]]
    """Of a step that is not named, one adds to the other."""
    turns_away: Callable[[F_contra, Step], bool]
    """Whether a step turns the journey, or a child, away from the service."""
    entry: Callable[[F_contra, RecordedStep], RecordedStep]
    """What is kept with a step: the facts before it, and what every journey keeps."""
    raisings: tuple[Raising[F_contra], ...]
    notes: tuple[Note[F_contra], ...]
    waiting: Callable[[F_contra, datetime], Iterable[Waiting]]
    """What is waited for beside what is missing: answers that others owe, and dates that come near."""
    counted_from: Mapping[ClockKind, Callable[[F_contra, datetime], Iterable[Waiting]]]
    """How what is missing is counted, where it is not from the moment at which it began to be missing."""
    answers: Mapping[ClockKind, Callable[[F_contra, Clock], Iterable[RecordedStep]]]
    """The steps that answer the clocks of those who must answer."""
    child_states: Callable[[F_contra, str], tuple[ChildState, ...]]
    """One child's way, as people read it."""
    receiver: Callable[[F_contra, Effect], str | None]
    """Whom a message goes to, with the address, as it is known now; None for anything else."""
    documents_outside: Callable[[F_contra], tuple[DocumentVersion, ...]]
    """What others are to have, in the version that the family agreed to."""
    reasons_outside: Callable[[F_contra], tuple[ClosedFor, ...]]
    """With which reason children's cases were closed, for the comparison (SD-40)."""
    outcome: Callable[[F_contra], Said]
    """How it ended, once nothing is missing."""

    @cached_property
    def rules(self) -> tuple[Rule[F_contra], ...]:
        """Every rule, in the order of the stages."""
        return tuple(row for row in self._rows if isinstance(row, Rule))

    @cached_property
    def _rows(self) -> tuple[Row[F_contra], ...]:
        return (*itertools.chain.from_iterable(self.stages.values()), *self.any_time)

    @cached_property
    def time_is_up(self) -> Mapping[ClockKind, TimeIsUp]:
        """The end of every wait, by what is waited for."""
        return {row.clock: row for row in self._rows if isinstance(row, TimeIsUp)}

    @cached_property
    def missing(self) -> tuple[tuple[Said, Need[F_contra] | Doing[F_contra]], ...]:
        """Every row that can keep a stage from ending, with its stage."""
        rows = ((stage, row) for stage, rows in self.stages.items() for row in rows)
        return tuple((stage, row) for stage, row in rows if isinstance(row, Need | Doing) and _keeps(row))

    @cached_property
    def doings(self) -> tuple[Doing[F_contra], ...]:
        """Whatever the machine does outside, in whichever stage."""
        return tuple(row for row in self._rows if isinstance(row, Doing))

    def rows_in(self, stage: Said) -> tuple[Row[F_contra], ...]:
        """What holds in this stage: its own rows, and whatever waits for no stage."""
        at_once = (row for row in self.doings if row.at_once)
        return (*self.stages[stage], *at_once, *self.any_time)

    @property
    def closed(self) -> Said:
        """The stage in which it ends."""
        return [*self.stages][-1]


def _keeps(row: Need[F_contra] | Doing[F_contra]) -> bool:
    return isinstance(row, Need) or row.words is not None
