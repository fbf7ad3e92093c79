"""How a journey starts: whose it is, who is responsible, and for which service."""

from typing import Annotated

from pydantic import Field, model_validator

from models.vocabulary import ChildRef, Message, Ref

MOST_CHILDREN = 20


class Start(Message):
    """What the start of every journey says."""

    id: Ref
    """Opaque; says nothing about a person."""
    children: Annotated[tuple[ChildRef, ...], Field(min_length=1, max_length=MOST_CHILDREN)]
    family_ref: Ref
    service_ref: Ref
    social_work_team: Ref
    social_worker: Ref
    team_manager: Ref
    restricted: bool = False
    """The family's records are for named people only."""

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return "restricted" if self.restricted else "plain"

    @property
    def own_words(self) -> str | None:
        """What a person added in their own words, where it has to be read with the start."""
        return None

    @model_validator(mode="after")
    def _names_each_once(self) -> "Start":
        refs = [child.ref for child in self.children]
        if len(set(refs)) != len(refs):
            raise ValueError("children: each child is named once")
        return self
