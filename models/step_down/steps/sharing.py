"""Sharing: the family sees each document, and says whether it is the basis of support (SD-10, SD-15)."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from models.journey.steps import Step
from models.vocabulary import Frozen, Narrative, Ref, Role


class WithoutDocument(Frozen):
    """Support goes on although the document is not agreed, and is not sent, where the team manager agrees (SD-10a)."""

    family_consents: Literal[True]


class RecordFamilySharing(Step):
    """The document was shared with the family: which version, and whether they agree that it is the basis (SD-10)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded that the family saw a document"
    step: Literal["record_family_sharing"] = "record_family_sharing"
    document_ref: Ref
    version: Annotated[int, Field(ge=1)]
    agreed_as_basis: bool
    cleared_of_third_parties: bool
    """The social worker has checked that it shows the service nothing about other people that it may not see."""
    without_children: tuple[Ref, ...] = ()
    """The children who were taken out of this version, as sharing it was not agreed for them (SD-09d)."""
    family_said: Narrative | None = None
    without_it: WithoutDocument | None = None
    """Not agreed, and support goes on without it (SD-10a)."""

    @model_validator(mode="after")
    def _without_only_where_not_agreed(self) -> "RecordFamilySharing":
        if self.agreed_as_basis and self.without_it is not None:
            raise ValueError("without_it: support goes on without the document only where it is not agreed (SD-10a)")
        return self

    @property
    def needs_manager(self) -> bool:
        """Going on without it is the manager's own act (SD-10a)."""
        return self.without_it is not None

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        seen = f"{self.document_ref} version {self.version}"
        if self.agreed_as_basis:
            return f"{seen}, agreed as the basis"
        return f"{seen}, not agreed" + ("; support goes on without it" if self.without_it else "")
