"""Sharing: the family sees each document, and says whether it is the basis of support (SD-10, SD-15)."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from models.journey.steps import Step
from models.policy import SharingPower
from models.step_down.steps.consent import Shareable, plain
from models.vocabulary import Frozen, Listed, Narrative, NonEmpty, Ref, Role


class WithoutDocument(Frozen):
    """Support goes on although the document is not agreed, and is not sent, where the team manager agrees (SD-10a)."""

    family_consents: Literal[True]


class RecordFamilySharing(Step):
    """The document was shared with the family: which version, and whether they agree that it is the basis (SD-10)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded that the family saw a document"
    may_precede: ClassVar[bool] = True
    step: Literal["record_family_sharing"] = "record_family_sharing"
    document_ref: Ref
    version: Annotated[int, Field(ge=1)]
    agreed_as_basis: bool
    cleared_of_third_parties: bool
    """The social worker has checked that it shows the service nothing about other people that it may not see."""
    without_children: Listed[Ref] = ()
    """The children who were taken out of this version, as sharing it was not agreed for them (SD-09d)."""
    family_said: Narrative | None = None
    without_it: WithoutDocument | None = None
    """Not agreed, and support goes on without it (SD-10a)."""

    @model_validator(mode="after")
    def _without_only_where_not_agreed(self) -> "RecordFamilySharing":
        if self.agreed_as_basis and self.without_it is not None:
            raise ValueError("without_it: support goes on without the document only if it is not agreed (SD-10a)")
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


class Basis(StrEnum):
    """On what information about a child is shared with a recipient (SD-09e)."""

    CONSENT = "consent"
    """As far as consent says, and as long as it stands."""
    POWER = "power"
    NOT_SHARED = "not_shared"
    """It would harm the child more."""


class GdprBasis(StrEnum):
    """The basis under the UK GDPR, recorded apart."""

    CONSENT = "consent"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class ChildSharing(Frozen):
    """On what information about one child is shared with one recipient."""

    ref: Ref
    agency: Narrative | None = None
    """By name; none: the Early Help service, and whoever takes over there."""
    basis: Basis
    power: SharingPower | None = None
    shares: Listed[Shareable] = ()
    """What goes to the service by this power."""
    gdpr_basis: GdprBasis | None = None
    because: Narrative

    @model_validator(mode="after")
    def _says_by_what(self) -> "ChildSharing":
        if (self.basis is Basis.POWER) != (self.power is not None):
            raise ValueError("power: name the power or duty if information is shared by one, and only then (SD-09e)")
        if (self.basis is Basis.NOT_SHARED) != (self.gdpr_basis is None):
            raise ValueError("gdpr_basis: say the basis under the UK GDPR of whatever is shared (SD-09e)")
        by_power_with_service = self.basis is Basis.POWER and self.agency is None
        if bool(self.shares) != by_power_with_service:
            raise ValueError("shares: say what goes to the service by a power, and of nothing else (SD-09d, SD-09e)")
        return self

    def is_with(self, agency: str | None) -> bool:
        """Whether it is about this recipient; None is the service."""
        return (self.agency and plain(self.agency)) == (agency and plain(agency))


class RecordSharingBasis(Step):
    """On what information is shared, by child and recipient; of each the last word holds (SD-09e)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded on what basis information is shared"
    for_few: ClassVar[bool] = True
    may_precede: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    step: Literal["record_sharing_basis"] = "record_sharing_basis"
    service_ref: Ref
    children: NonEmpty[ChildSharing]

    @model_validator(mode="after")
    def _each_once(self) -> "RecordSharingBasis":
        named = [(one.ref, one.agency and plain(one.agency)) for one in self.children]
        if len(set(named)) != len(named):
            raise ValueError("children: each child and recipient is named once")
        return self

    @property
    def needs_manager(self) -> bool:
        """To share by a power is the manager's to agree to."""
        return any(one.basis is Basis.POWER for one in self.children)
