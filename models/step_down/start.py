"""How a step-down starts: one family, one Early Help service, the children to be decided (SD-01…04)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from models.journey.start import StartInSocialWork
from models.kinds import JourneyKind
from models.step_down.family import Family
from models.vocabulary import ChildRef, Frozen, Listed, Narrative, NonEmpty, Ref


class Route(StrEnum):
    """Where a transfer comes from (SD-04)."""

    ASSESSMENT = "assessment"
    PLAN = "plan"
    """Out of an established plan: Child in Need or Child Protection."""


class PlanType(StrEnum):
    """The plan that ends with the transfer."""

    CHILD_IN_NEED = "child_in_need"
    CHILD_PROTECTION = "child_protection"


class DocumentKind(StrEnum):
    """The documents that a transfer rests on."""

    ASSESSMENT = "assessment"
    PLAN = "plan"


PAPERS = {
    Route.ASSESSMENT: (DocumentKind.ASSESSMENT,),
    Route.PLAN: (DocumentKind.PLAN, DocumentKind.ASSESSMENT),
}
"""What the family sees and the service gets (SD-10, SD-15, SD-25, SD-31): on the plan route the assessment, too."""


class Document(Frozen):
    """A document in Mosaic, by reference; its text stays there."""

    kind: DocumentKind
    ref: Ref
    children: Listed[ChildRef] = ()
    """The children whom it is about; none: every child that has no document of this kind of its own (SD-38)."""

    @property
    def about(self) -> frozenset[str]:
        """Those whom it names, by reference."""
        return frozenset(child.ref for child in self.children)


class Criteria(Frozen):
    """The judgement whether the transfer may begin (SD-01…03); where it may not, that is recorded as its end."""

    no_further_role: bool
    """SD-01: social work sees no further role for itself."""
    needs_early_help_can_meet: bool
    """SD-02: needs remain that universal or targeted Early Help can meet."""
    response_required: bool
    """SD-03: a single- or multi-agency response is required."""
    judged_by: Ref | None = None
    """Who judged; the social worker of the transfer if it does not say."""
    because: Narrative | None = None

    @property
    def met(self) -> bool:
        """The transfer may begin."""
        return self.no_further_role and self.needs_early_help_can_meet and self.response_required

    @model_validator(mode="after")
    def _reason_where_not_met(self) -> "Criteria":
        if not self.met and self.because is None:
            raise ValueError("because: say why the transfer may not begin (SD-01, SD-02, SD-03)")
        return self


class StepDownRequest(StartInSocialWork):
    """The start of a step-down: one family, one Early Help service, the children to be decided (SD-01…04)."""

    kind: ClassVar[JourneyKind] = JourneyKind.STEP_DOWN
    held_by: ClassVar[frozenset[JourneyKind]] = frozenset({JourneyKind.STEP_DOWN})
    route: Route
    plan_type: PlanType | None = None
    """On the plan route: which plan it is."""
    documents: NonEmpty[Document]
    criteria: Criteria
    family: Family | None = None
    """SD-09c: the people of the family, where they are known at the start."""

    @property
    def privacy(self) -> str:
        """The class of the payload; why a transfer may not begin is said in a person's words."""
        if self.restricted or self.family is not None:
            return "restricted"
        return "narrative" if self.criteria.because else "plain"

    @property
    def rests_on(self) -> str:
        """The judgement whether it may begin."""
        return "SD-01, SD-02, SD-03"

    @property
    def own_words(self) -> str | None:
        """SD-01, SD-02, SD-03: who judged that the transfer may not go on, and why."""
        if self.criteria.met:
            return None
        return f"Not for Early Help, as {self.criteria.judged_by or self.social_worker} judged: {self.criteria.because}"

    def born_after(self, day: date) -> str | None:
        """SD-09b: a day of birth that has not come on the day on which it starts, as its field is named."""
        later = self.family.born_after(day) if self.family is not None else None
        return None if later is None else f"family.{later}"

    @model_validator(mode="after")
    def _fits_its_route(self) -> "StepDownRequest":
        if (self.plan_type is None) == (self.route is Route.PLAN):
            raise ValueError("plan_type: the plan route, and it alone, says which plan ends (SD-04)")
        kinds = {document.kind for document in self.documents}
        if self.route is Route.ASSESSMENT and DocumentKind.ASSESSMENT not in kinds:
            raise ValueError("documents: the assessment route needs the assessment (SD-10)")
        if self.route is Route.ASSESSMENT and DocumentKind.PLAN in kinds:
            raise ValueError("documents: a plan belongs to the plan route (SD-04)")
        if not kinds >= set(PAPERS[self.route]):
            raise ValueError("documents: the plan route needs the plan and the newest assessment (SD-15, SD-25, SD-31)")
        return self

    @model_validator(mode="after")
    def _each_child_has_its_documents(self) -> "StepDownRequest":
        here = {child.ref for child in self.children}
        for kind in PAPERS[self.route]:
            about = {document.about for document in self.documents if document.kind is kind}
            named = [ref for refs in about for ref in refs]
            if not {*named} <= here or len({*named}) != len(named):
                raise ValueError(
                    "documents: a document is about children of this transfer; each child stands in one of a kind, or "
                    "in others of it with the very same children (SD-38)"
                )
            if frozenset() not in about and {*named} != here:
                raise ValueError(f"documents: a child has no {kind.value} here (SD-10, SD-15, SD-38)")
        return self

    @model_validator(mode="after")
    def _knows_its_children(self) -> "StepDownRequest":
        known = {child.ref for child in self.family.children} if self.family else None
        if known is not None and known != {child.ref for child in self.children}:
            raise ValueError("family: its record names each child of the transfer, and no other (SD-09c)")
        return self
