"""A case: a family as Mosaic holds it, the start of its transfer, the steps, what happens beside, how it ends.

A file tells of one, or of several of one day, whose steps come between each other as their times say.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from cli.rehearsal.acts import Act, AnyAct, PutService
from cli.rehearsal.expectation import Expectation
from models.journey.start import Start
from models.journey.steps import Step
from models.mosaic import ChildRecord
from models.step_down.start import StepDownRequest
from models.vocabulary import Frozen, Ref


class RehearsalChild(Frozen):
    """A child as the rehearsal Mosaic will hold it."""

    ref: Ref
    name: str
    record: ChildRecord = ChildRecord()
    """What it holds of the child, where a case says more than that nothing keeps the child open."""


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
    teams: tuple[RehearsalTeam, ...] = ()
    children: Annotated[tuple[RehearsalChild, ...], Field(min_length=1)]
    documents: tuple[RehearsalDocument, ...] = ()


class Case(Frozen):
    """A case, made ready to be played once under one transfer id."""

    title: str
    journey: str = StepDownRequest.kind
    """Which kind of journey it starts."""
    mosaic: RehearsalFamily
    before: tuple[AnyAct, ...] = ()
    """What happens before the start."""
    at: datetime | None = None
    """When it starts, where that is not at once."""
    again_at: datetime | None = None
    """When the very same start is sent once more, which changes nothing."""
    start: Start
    steps: tuple[Step, ...]
    moments: tuple[datetime | None, ...] = ()
    """When each step is sent, where time has to pass before it."""
    repeats: tuple[datetime | None, ...] = ()
    """When each step is sent once more, which changes nothing."""
    to: tuple[int | None, ...] = ()
    """To which of what was opened out of it each step is sent, from 1; None for the case itself."""
    meanwhile: tuple[tuple[AnyAct, ...], ...] = ()
    """What happens before each step is sent."""
    expect: Expectation
    own: str
    """With what the references of its file begin, so that they are its own each time that it is played."""

    @property
    def acts(self) -> tuple[Act, ...]:
        """Every event."""
        return (*self.before, *(act for acts in self.meanwhile for act in acts))

    @property
    def puts_its_service(self) -> bool:
        """The service that it starts with comes into the directory only then."""
        return any(isinstance(act, PutService) and act.service.ref == self.start.service_ref for act in self.before)

    def as_written(self, words: str) -> str:
        """The words with references as the file has them."""
        return words.replace(f"{self.own}-", "")

    def turns(self) -> Iterator["Turn"]:
        """The start and the steps, and what of them is sent once more; a step without a moment comes after the last."""
        now = self.at or AT_ONCE
        yield Turn(now, self)
        if self.again_at is not None:
            yield Turn(self.again_at, self, again=True)
        for place, (moment, repeat) in enumerate(zip(self.moments, self.repeats, strict=True)):
            now = moment or now
            yield Turn(now, self, place)
            if repeat is not None:
                yield Turn(repeat, self, place, again=True)


AT_ONCE = datetime.min.replace(tzinfo=UTC)


class Turn(NamedTuple):
    """What a case sends next."""

    at: datetime
    case: Case
    step: int | None = None
    """Which of its steps; None for its start."""
    again: bool = False
    """It was sent before, and is only sent once more."""


class CaseFile(Frozen):
    """Everything that a file tells: one case, or several of one day."""

    id: str
    title: str
    journey: str = StepDownRequest.kind
    """Which kind of journey a case starts that does not say it."""
    mosaic: tuple[RehearsalFamily, ...]
    journeys: Annotated[tuple[Case, ...], Field(min_length=1)]

    @property
    def only_case(self) -> Case | None:
        """The case; None where there are several."""
        return self.journeys[0] if len(self.journeys) == 1 else None

    def of_family(self, family_ref: str) -> tuple[Case, ...]:
        """The cases about this family."""
        return tuple(case for case in self.journeys if case.mosaic.family_ref == family_ref)

    def turns(self) -> list[Turn]:
        """Everything that is sent, as its time comes; what has the same time, as the file has it."""
        return sorted((turn for case in self.journeys for turn in case.turns()), key=lambda turn: turn.at)
