"""What a rehearsal puts into Mosaic and reads out of its books; none of this is part of the contract."""

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from simulators.faults import Action, Aim, Blow, Fault, Script
from simulators.mosaic.contract import (
    ChildRecord,
    ClosureReason,
    Code,
    Conference,
    DocumentKind,
    Entry,
    Involvement,
    LegalStatus,
    Message,
    NextAction,
    OpenPlan,
    Ref,
    Relationship,
    Share,
    Status,
    Step,
    Team,
    Version,
)


class Operation(StrEnum):
    """The contract's operations, as faults and calls name them."""

    COMPLETE_STEP = "complete_step"
    SHARE_DOCUMENT = "share_document"
    START_CONTACT = "start_contact"
    ADD_ENTRY = "add_entry"
    READ = "read"


class MosaicBlow(Blow):
    """What one call suffers; `error` says which typed error answers, `retry_after` when to come again."""

    error: Code | None = None
    retry_after: int = Field(default=1, ge=0, le=3600)

    @property
    def refusal(self) -> str:
        """The typed error."""
        return str(self.error)

    @model_validator(mode="after")
    def _name_the_error(self) -> Self:
        if (self.action is Action.ERROR) != (self.error is not None):
            raise ValueError("error is for the action error, and only for it")
        return self


class MosaicAim(Aim):
    """Calls of one operation; `target` is the first reference in their path."""

    operation: Operation

    @property
    def place(self) -> str:
        """The operation."""
        return self.operation


class MosaicFault(MosaicBlow, MosaicAim, Fault):
    """A fault that strikes one operation."""


class MosaicScript(MosaicAim, Script[MosaicBlow]):
    """What the next calls of one operation suffer."""


class StagedRecord(ChildRecord):
    """A child's record: where nothing else is said, nothing keeps the child open; what is not known is not made up."""

    born_on: date | None = None
    expected_on: date | None = None
    legal_statuses: list[LegalStatus] | None = Field(default_factory=list)
    open_plan: OpenPlan | None = OpenPlan.NONE
    plan_since: date | None = None
    conference: Conference | None = None
    open_enquiry: bool | None = False
    proceedings: bool | None = False
    assessment_authorised: bool | None = True
    assessment_authorised_on: date | None = None
    since_referral: list[Involvement] | None = Field(default_factory=list)
    relationships: list[Relationship] | None = None
    agencies: list[Ref] | None = None


class ChangedRecord(StagedRecord):
    """What somebody writes anew in a child's record; the fields that are not named stay as they are."""

    person_ref: Ref


class Child(Message):
    """A child of the family; of a restricted child only `allowed_teams` may be sent work."""

    ref: Ref
    name: Ref
    record: StagedRecord = Field(default_factory=StagedRecord)
    restricted: bool = False
    allowed_teams: list[Ref] = Field(default_factory=list)


class StagedVersion(Message):
    """One version of a staged document."""

    version: Version
    text: str


class StagedDocument(Message):
    """A document as the rehearsal brings it."""

    ref: Ref
    kind: DocumentKind
    versions: list[StagedVersion] = Field(min_length=1)


class Family(Message):
    """A family with one started closing step for each child; without a kind of step, social work has no case."""

    family_ref: Ref
    teams: list[Team] = Field(default_factory=list)
    children: list[Child] = Field(min_length=1)
    documents: list[StagedDocument] = Field(default_factory=list)
    closing_step: Literal["Case Closure from Assessment", "Child Case Closure"] | None = "Case Closure from Assessment"


class StagedChild(Message):
    """A child and the step that closes the case."""

    ref: str
    closing_step_id: str


class StagedFamily(Message):
    """A family as it stands on the stage."""

    family_ref: str
    children: list[StagedChild]


class OpenStep(Message):
    """A step that somebody opened in Mosaic by hand."""

    person_ref: Ref
    type: Ref
    status: Status = Status.STARTED
    assigned_to: Ref | None = None


class Lock(Message):
    """Lock a step, or unlock it."""

    step_id: Ref
    locked: bool


class MissingPart(Message):
    """Empty a mandatory part of a step, or fill it in again."""

    step_id: Ref
    missing: bool


class Restriction(Message):
    """Restrict a person's record to `allowed_teams`, or open it again."""

    person_ref: Ref
    restricted: bool
    allowed_teams: list[Ref] = Field(default_factory=list)


class StepStatus(Message):
    """Set a step to this status; a step that is set to Completed has no next actions."""

    step_id: Ref
    status: Status


class CompletionByHand(Message):
    """Complete a step as a person does, with what is to follow."""

    step_id: Ref
    next_actions: list[NextAction] = Field(default_factory=list, max_length=20)
    closure_reason: ClosureReason | None = None


class WrittenVersion(Message):
    """Write a version of a document that is there, a further one or one that it has."""

    ref: Ref
    version: Version
    text: str


class PersonEntry(Message):
    """A person in the books."""

    ref: str
    family_ref: str
    name: str
    restricted: bool
    allowed_teams: list[str]
    record: ChildRecord


class StepEntry(Step):
    """A workflow step in the books."""

    locked: bool
    part_missing: bool


class ShareEntry(Share):
    """A share in the books."""

    document_ref: str


class WrittenEntry(Entry):
    """An entry in the books."""

    step_id: str


class CallEntry(Message):
    """A write call in the books: `received`, then `committed` or `refused:<code>`."""

    operation: Operation
    target: str
    reference: str
    at: AwareDatetime
    outcome: str


class BooksView(Message):
    """Everything in the books, oldest first."""

    persons: list[PersonEntry]
    steps: list[StepEntry]
    shares: list[ShareEntry]
    entries: list[WrittenEntry]
    calls: list[CallEntry]
