"""What changes the transfer itself: another child, another service."""

from typing import ClassVar, Literal

from pydantic import model_validator

from models.journey.steps import Step
from models.step_down.start import Document
from models.vocabulary import Listed, Narrative, Ref, Role


class AddChild(Step):
    """Another child of the family goes the same way."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    does: ClassVar[str] = "added a child"
    step: Literal["add_child"] = "add_child"
    child_ref: Ref
    documents: Listed[Document] = ()
    """Its own, where those of the transfer are not about it (SD-38)."""
    because: Narrative

    @model_validator(mode="after")
    def _its_own(self) -> "AddChild":
        if any(document.about != {self.child_ref} for document in self.documents):
            raise ValueError("documents: what is added here is about this child, and names it alone (SD-38)")
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return self.child_ref

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because


class ChangeService(Step):
    """The transfer goes to another Early Help service, which needs the family's consent again (SD-09a)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    does: ClassVar[str] = "named another Early Help service"
    step: Literal["change_service"] = "change_service"
    service_ref: Ref
    because: Narrative

    @property
    def goes_to(self) -> str:
        """That service."""
        return self.service_ref

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return self.service_ref

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because
