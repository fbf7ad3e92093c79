"""A case: a family as Mosaic holds it, the start of its transfer, the steps, what happens beside, how it ends."""

from datetime import datetime
from typing import Annotated

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
    teams: tuple[RehearsalTeam, ...]
    children: Annotated[tuple[RehearsalChild, ...], Field(min_length=1)]
    documents: tuple[RehearsalDocument, ...]


class CaseFile(Frozen):
    """A case, made ready to be played once under one transfer id."""

    title: str
    journey: str = StepDownRequest.kind
    """Which kind of journey it starts."""
    mosaic: RehearsalFamily
    before: tuple[AnyAct, ...] = ()
    """What happens before the start."""
    already_open: Start | None = None
    """A step-down of the family, which is open before this one starts."""
    start: Start
    steps: tuple[Step, ...]
    moments: tuple[datetime | None, ...] = ()
    """When each step is sent, where time has to pass before it."""
    meanwhile: tuple[tuple[AnyAct, ...], ...] = ()
    """What happens before each step is sent."""
    expect: Expectation

    @property
    def acts(self) -> tuple[Act, ...]:
        """Every event."""
        return (*self.before, *(act for acts in self.meanwhile for act in acts))

    @property
    def puts_its_service(self) -> bool:
        """The service that it starts with comes into the directory only then."""
        return any(isinstance(act, PutService) and act.service.ref == self.start.service_ref for act in self.before)
