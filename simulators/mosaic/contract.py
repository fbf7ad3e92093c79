"""The contract with Mosaic: what goes over the wire, and the reasons it refuses."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

TRANSFER_TO_EARLY_HELP = "Early Help: Transfer from Social Work"
EARLY_HELP_CONTACT = "Early Help Contact"
EARLY_HELP_PLAN = "Early Help Plan"
EARLY_HELP_WORKFLOWS = (EARLY_HELP_CONTACT, EARLY_HELP_PLAN, TRANSFER_TO_EARLY_HELP)
CASE_CLOSED = "Case Closed to Children's Services"
CLOSING_STEPS = frozenset({"Case Closure from Assessment", "Child Case Closure"})
NEXT_ACTIONS = frozenset({CASE_CLOSED, TRANSFER_TO_EARLY_HELP})

Ref = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=100_000)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Status(StrEnum):
    """Where a workflow step stands; whether it is locked is another matter."""

    INCOMING = "Incoming"
    STARTED = "Started"
    COMPLETED = "Completed"
    REOPENED = "Reopened"
    CANCELLED = "Cancelled"


class DocumentKind(StrEnum):
    """What a document is."""

    ASSESSMENT = "assessment"
    PLAN = "plan"


class Code(StrEnum):
    """The typed errors of Mosaic."""

    LOCKED = "locked"
    MANDATORY_MISSING = "mandatory_missing"
    RESTRICTED_RECORD = "restricted_record"
    STALE_VERSION = "stale_version"
    UNKNOWN_TEAM = "unknown_team"
    EARLY_HELP_OPEN = "early_help_open"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    ALREADY_COMPLETED = "already_completed"
    UNKNOWN_NEXT_ACTION = "unknown_next_action"
    INVALID_REQUEST = "invalid_request"


PROBLEMS: dict[Code, tuple[int, str]] = {
    Code.LOCKED: (423, "Somebody has locked the workflow step."),
    Code.MANDATORY_MISSING: (422, "A mandatory part of the workflow step is missing."),
    Code.RESTRICTED_RECORD: (403, "The record is restricted, and the team is not allowed to see it."),
    Code.STALE_VERSION: (409, "The workflow step has changed since it was read."),
    Code.UNKNOWN_TEAM: (422, "Mosaic does not know the team."),
    Code.EARLY_HELP_OPEN: (409, "The person already has an open Early Help workflow step."),
    Code.NOT_FOUND: (404, "There is no such record."),
    Code.RATE_LIMITED: (429, "Too many calls in a short time."),
    Code.UNAVAILABLE: (503, "Mosaic is not available."),
    Code.ALREADY_COMPLETED: (409, "The workflow step is completed or cancelled already."),
    Code.UNKNOWN_NEXT_ACTION: (422, "Mosaic does not know the type of the next action."),
    Code.INVALID_REQUEST: (422, "The request does not fit the contract."),
}


class Message(BaseModel):
    """What goes over the wire: nothing beside the named fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Message):
    """An error, as `application/problem+json`."""

    type: Code
    title: str
    status: int
    detail: str


class Health(Message):
    """That the server answers."""

    status: str = "ok"


class Team(Message):
    """A team or service to which work can be assigned."""

    ref: Ref
    name: str = Field(min_length=1, max_length=200)


class Person(Message):
    """A person with a record in Mosaic."""

    ref: Ref
    name: str
    restricted: bool


class LegalStatus(StrEnum):
    """What the law says of a child; several may hold at once."""

    CARE_ORDER = "care_order"
    INTERIM_CARE_ORDER = "interim_care_order"
    SUPERVISION_ORDER = "supervision_order"
    LOOKED_AFTER = "looked_after"
    CARE_LEAVER = "care_leaver"
    PRIVATELY_FOSTERED = "privately_fostered"


class OpenPlan(StrEnum):
    """The plan that is open for a child."""

    NONE = "none"
    CHILD_IN_NEED = "child_in_need"
    CHILD_PROTECTION = "child_protection"


class PlanOutcome(StrEnum):
    """What a review conference said of a child's plan."""

    ENDS = "ends"
    STEPS_DOWN_TO_CHILD_IN_NEED = "steps_down_to_child_in_need"
    STEPS_DOWN_TO_FAMILY_HELP = "steps_down_to_family_help"
    GOES_ON = "goes_on"
    ADJOURNED = "adjourned"
    MOVES = "moves"
    PRE_PROCEEDINGS = "pre_proceedings"
    LOOKED_AFTER = "looked_after"


class Involvement(StrEnum):
    """What there was beside the assessment since the referral, whether it goes on or has ended."""

    SECTION_47 = "section_47"
    INITIAL_CONFERENCE = "initial_conference"
    CHILD_PROTECTION_PLAN = "child_protection_plan"
    CHILD_IN_NEED_PLAN = "child_in_need_plan"


class ClosureReason(StrEnum):
    """The reasons for closure of the children-in-need census, by code."""

    RC1 = "RC1"
    RC2 = "RC2"
    RC3 = "RC3"
    RC4 = "RC4"
    RC5 = "RC5"
    RC6 = "RC6"
    RC7 = "RC7"
    RC8 = "RC8"
    RC9 = "RC9"


class Conference(Message):
    """A review Child Protection Conference, as far as it spoke of this child."""

    held_on: date
    outcome: PlanOutcome
    confirmed: bool
    """By its chair."""


class Relationship(Message):
    """Somebody who is related to a child; `parental_responsibility` is null where Mosaic does not say."""

    person_ref: Ref
    relation: Ref
    parental_responsibility: bool | None


class ChildRecord(Message):
    """What Mosaic holds of a child; null in each field means that Mosaic does not say, and never no."""

    born_on: date | None
    expected_on: date | None
    """Of an unborn child."""
    legal_statuses: list[LegalStatus] | None
    """Empty where none holds."""
    open_plan: OpenPlan | None
    plan_since: date | None
    """When the plan that is open began."""
    conference: Conference | None
    """The newest review conference, of whichever plan; null also where none was held."""
    open_enquiry: bool | None
    """A strategy discussion or a section 47 enquiry is open."""
    proceedings: bool | None
    """Pre-proceedings or proceedings are under way."""
    assessment_authorised: bool | None
    assessment_authorised_on: date | None
    since_referral: list[Involvement] | None
    """What there was beside the assessment since the referral that is open; empty where there was nothing."""
    relationships: list[Relationship] | None
    agencies: list[Ref] | None
    """The agencies that are involved, by name."""


class NextAction(Message):
    """What is to follow a completed step, and the team to which it is assigned."""

    type: Ref
    assigned_to: Ref | None = None


class Completion(Message):
    """How a step was completed; `reference` is the caller's key, or null where a person did it by hand."""

    reference: str | None
    completed_at: AwareDatetime
    next_actions: list[NextAction]
    closure_reason: ClosureReason | None
    """Of a closing step; null where whoever completed it gave none."""


class Step(Message):
    """A workflow step of one person; `version` grows with every change."""

    id: str
    person_ref: str
    type: str
    status: Status
    version: Version
    assigned_to: str | None
    completion: Completion | None
    created_by_step: str | None


class CompleteStep(Message):
    """Complete the step, seen in this version, and open one new step for each next action."""

    reference: Ref
    version: Version
    next_actions: list[NextAction] = Field(max_length=20)
    closure_reason: ClosureReason | None = None
    """Mandatory for a closing step."""


class WriteEntry(Message):
    """Write into an Early Help workflow, for a team; Mosaic records every entry that it is asked for."""

    reference: Ref
    team: Ref
    who_asks: Text | None = None
    """Section 1 of an Early Help Contact; like the next two, mandatory where one is started."""
    current_issues: Text | None = None
    """Section 2."""
    work_so_far: Text | None = None
    """Section 3."""


class Entry(Message):
    """What somebody wrote into an Early Help workflow."""

    reference: str
    who_asks: str | None
    current_issues: str | None
    work_so_far: str | None
    written_at: AwareDatetime


class EarlyHelpWorkflow(Message):
    """An Early Help workflow of one person, a contact, a plan or a transfer, with its entries, oldest first."""

    step: Step
    entries: list[Entry]


class Document(Message):
    """A document of a family, with its versions in order."""

    ref: str
    family_ref: str
    kind: DocumentKind
    versions: list[int]
    latest: int


class DocumentVersion(Message):
    """The text of one version of a document."""

    ref: str
    version: Version
    text: str


class ShareDocument(Message):
    """Share one version with a team; Mosaic records every share that it is asked for."""

    version: Version
    team: Ref
    reference: Ref


class Share(Message):
    """One share of a version with a team."""

    version: Version
    team: str
    reference: str
    shared_at: AwareDatetime


class RefusedError(Exception):
    """Mosaic says no, for a typed reason; `detail` names no person.

    Whoever called too often is told to come again after `retry_after` seconds.
    """

    def __init__(self, code: Code, detail: str = "", retry_after: int = 1) -> None:
        """Refuse for this reason; without a detail the title of the problem says enough."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
