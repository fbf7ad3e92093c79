"""What people answer for themselves on what somebody else recorded: the acts of the team manager (SD-23b)."""

from typing import ClassVar, Literal

from pydantic import model_validator

from models.journey.steps import Step
from models.vocabulary import ChildRef, Listed, Narrative, Ref, Role


class Authorise(Step):
    """The team manager authorises what somebody else recorded, or says why not; it binds to that very step (SD-23b)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "answered as team manager"
    step: Literal["authorise"] = "authorise"
    of: Ref
    """The ``step_id`` of the step that it is about."""
    granted: bool
    because: Narrative | None = None
    children: Listed[ChildRef] = ()
    """None: all of whom the step asks it."""

    @model_validator(mode="after")
    def _reason_where_not_granted(self) -> "Authorise":
        if not self.granted and self.because is None:
            raise ValueError("because: say why it is not authorised (SD-23b)")
        return self

    def names(self, child: str | None) -> bool:
        """Whether it is about the child; about every one where it names none."""
        return not self.children or super().names(child)

    @property
    def answers(self) -> str:
        """What it authorises, or does not."""
        return self.of

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        about = f", for {', '.join(self.children_named())}" if self.children else ""
        return f"{'authorised' if self.granted else 'not authorised'}{about}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because


class ConfirmMeeting(Step):
    """The chair confirms what a final meeting said, at a Child in Need review the team manager may (SD-16, SD-23b).

    That a Child Protection plan ended without a conference the conference manager confirms, alone, or says that it did
    not (SD-19a).
    """

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.CHAIR, Role.TEAM_MANAGER, Role.CONFERENCE_MANAGER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.CHAIR, Role.TEAM_MANAGER, Role.CONFERENCE_MANAGER})
    does: ClassVar[str] = "answered for what was said about the plan"
    step: Literal["confirm_meeting"] = "confirm_meeting"
    of: Ref
    """The ``step_id`` of the record of the meeting, or of the decision by which a plan ended without one."""
    granted: bool = True
    """False where the conference manager says that the plan goes on."""
    because: Narrative | None = None

    @model_validator(mode="after")
    def _reason_where_not_granted(self) -> "ConfirmMeeting":
        if not self.granted and self.because is None:
            raise ValueError("because: say why it is not confirmed (SD-19a)")
        return self

    @property
    def answers(self) -> str:
        """The record that it is about."""
        return self.of

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return "confirmed" if self.granted else "not confirmed"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because
