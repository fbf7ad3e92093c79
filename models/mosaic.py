"""Mosaic's workflow steps, documents and records, as activities and adapters hand them to each other."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.census import ClosureReason
from models.plans import PlanOutcome
from models.vocabulary import Frozen, Ref, Shown


class NextAction(Frozen):
    """What follows a completed workflow step in Mosaic, and the team it is assigned to."""

    type: Shown
    assigned_to: Shown | None = None

    @property
    def words(self) -> str:
        """What, and for whom."""
        return f"{self.type} for {self.assigned_to}" if self.assigned_to else self.type


class ClosedStep(Frozen):
    """A closing step that is completed, and with what: the same however Mosaic orders the next actions."""

    id: str
    next_actions: frozenset[NextAction]

    @property
    def words(self) -> str:
        """What shows that it is completed."""
        actions = sorted(action.words for action in self.next_actions)
        return f"step {self.id} is completed with {' and '.join(actions) or 'nothing to follow'}"


@dataclass(frozen=True)
class Completion:
    """A workflow step in Mosaic as somebody completed it."""

    reference: str | None
    """The key of the caller that completed it; None where a person did."""
    next_actions: tuple[NextAction, ...]
    completed_at: datetime
    closure_reason: ClosureReason | None = None
    """None where it says none."""


@dataclass(frozen=True)
class ClosingStep:
    """The workflow step by which social work closes a child."""

    id: str
    version: int
    completion: Completion | None

    @property
    def closed(self) -> ClosedStep | None:
        """How it is completed; None while it is open."""
        if self.completion is None:
            return None
        return ClosedStep(id=self.id, next_actions=frozenset(self.completion.next_actions))


class EarlyHelpEntry(Frozen):
    """What is written into an Early Help workflow in Mosaic: sections 1 to 3, or what is added (ER-09, ER-11)."""

    who_asks: str | None = None
    current_issues: str | None = None
    work_so_far: str | None = None


@dataclass(frozen=True)
class EarlyHelpWorkflow:
    """An Early Help workflow of a child in Mosaic: a contact, a plan, or a transfer."""

    id: str
    """The number by which people call it (ER-09a)."""
    open: bool
    references: frozenset[str]
    """The keys of the callers that wrote into it."""


class DocumentVersion(Frozen):
    """A version of a document in Mosaic."""

    ref: Ref
    version: int
    """0 where Mosaic does not hold the document any more."""

    @property
    def words(self) -> str:
        """The version, as an item names what it is about."""
        return f"Document {self.ref} version {self.version}"


class SharedDocument(Frozen):
    """A version of a document that is open to a team in Mosaic."""

    ref: Ref
    version: int
    team: Shown

    @property
    def words(self) -> str:
        """What shows that it is shared."""
        return f"version {self.version} is open to team {self.team}"


class LegalStatus(StrEnum):
    """What the law says of a child; several may hold at once."""

    CARE_ORDER = "care_order"
    INTERIM_CARE_ORDER = "interim_care_order"
    SUPERVISION_ORDER = "supervision_order"
    LOOKED_AFTER = "looked_after"
    CARE_LEAVER = "care_leaver"
    PRIVATELY_FOSTERED = "privately_fostered"

    @property
    def words(self) -> str:
        """The status as people say it."""
        return self.value.replace("_", " ")


class OpenPlan(StrEnum):
    """The plan that is open for a child."""

    NONE = "none"
    CHILD_IN_NEED = "child_in_need"
    CHILD_PROTECTION = "child_protection"

    @property
    def words(self) -> str:
        """The plan as people call it."""
        return {"none": "none", "child_in_need": "Child in Need", "child_protection": "Child Protection"}[self.value]


class Involvement(StrEnum):
    """What there was beside the assessment since a child was referred, whether it goes on or has ended."""

    SECTION_47 = "section_47"
    INITIAL_CONFERENCE = "initial_conference"
    CHILD_PROTECTION_PLAN = "child_protection_plan"
    CHILD_IN_NEED_PLAN = "child_in_need_plan"

    @property
    def words(self) -> str:
        """What it was, as people say it."""
        return {
            "section_47": "a section 47 enquiry",
            "initial_conference": "an initial Child Protection Conference",
            "child_protection_plan": "a Child Protection plan",
            "child_in_need_plan": "a Child in Need plan",
        }[self.value]


class Conference(Frozen):
    """A review Child Protection Conference, as far as it spoke of this child."""

    held_on: date
    outcome: PlanOutcome
    confirmed: bool
    """By its chair."""


class Relationship(Frozen):
    """Somebody who is related to a child."""

    person_ref: Ref
    relation: Shown
    parental_responsibility: bool | None
    """None where Mosaic does not say."""


class ChildRecord(Frozen):
    """What Mosaic holds of a child; None in each field means that Mosaic does not say, and never no."""

    born_on: date | None = None
    expected_on: date | None = None
    """Of an unborn child."""
    legal_statuses: tuple[LegalStatus, ...] | None = None
    """Empty where none holds."""
    open_plan: OpenPlan | None = None
    plan_since: date | None = None
    """When the plan that is open began."""
    conference: Conference | None = None
    """The newest review conference, of whichever plan; None also where none was held."""
    open_enquiry: bool | None = None
    """A strategy discussion or a section 47 enquiry is open."""
    proceedings: bool | None = None
    """Pre-proceedings or proceedings are under way."""
    assessment_authorised: bool | None = None
    assessment_authorised_on: date | None = None
    since_referral: tuple[Involvement, ...] | None = None
    """What there was beside the assessment since the referral that is open; empty where there was nothing."""
    relationships: tuple[Relationship, ...] | None = None
    agencies: tuple[Shown, ...] | None = None
    """The agencies that are involved, by name."""

    @property
    def assessed_alone(self) -> bool | None:
        """There was nothing beside the assessment (SD-40); None where Mosaic does not say."""
        if self.since_referral or self.open_plan not in {None, OpenPlan.NONE}:
            return False
        return None if self.since_referral is None else True

    def as_of(self, day: date) -> "ChildRecord":
        """What holds on this day: what is entered for a day to come has not happened (SD-40)."""
        not_held = self.conference is not None and self.conference.held_on > day
        not_authorised = self.assessment_authorised_on is not None and self.assessment_authorised_on > day
        to_come: dict[str, object] = {
            **({"conference": None} if not_held else {}),
            **({"assessment_authorised": False} if not_authorised else {}),
        }
        return self.model_copy(update=to_come) if to_come else self
