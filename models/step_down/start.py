"""How a step-down starts: one family, one Early Help service, the children to be decided (SD-01…04)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.vocabulary import Frozen, Ref


class Route(StrEnum):
    """Where a transfer comes from (SD-04)."""

    ASSESSMENT = "assessment"


class DocumentKind(StrEnum):
    """The documents that a transfer rests on."""

    ASSESSMENT = "assessment"


class Document(Frozen):
    """A document in Mosaic, by reference; its text stays there."""

    kind: DocumentKind
    ref: Ref


class Child(Frozen):
    """A child, by the number that Mosaic gave it."""

    ref: Ref


class Criteria(Frozen):
    """The judgement that the transfer may begin (SD-01…03)."""

    no_further_role: Literal[True]
    """SD-01: social work sees no further role for itself."""
    needs_early_help_can_meet: Literal[True]
    """SD-02: needs remain that universal or targeted Early Help can meet."""
    response_required: Literal[True]
    """SD-03: a single- or multi-agency response is required."""


class StepDownRequest(Frozen):
    """The start of a step-down: one family, one Early Help service, the children to be decided (SD-01…04)."""

    id: Ref
    """Opaque; says nothing about a person."""
    route: Route
    children: Annotated[tuple[Child, ...], Field(min_length=1, max_length=20)]
    family_ref: Ref
    service_ref: Ref
    social_work_team: Ref
    social_worker: Ref
    team_manager: Ref
    documents: Annotated[tuple[Document, ...], Field(min_length=1)]
    criteria: Criteria

    @model_validator(mode="after")
    def _names_each_once(self) -> "StepDownRequest":
        refs = [child.ref for child in self.children]
        if len(set(refs)) != len(refs):
            raise ValueError("children: each child is named once")
        if DocumentKind.ASSESSMENT not in {document.kind for document in self.documents}:
            raise ValueError("documents: the assessment route needs the assessment (SD-10)")
        return self
