"""How social work's part may end without a meeting here: the child has moved, turned 18 or died (SD-19a, SD-23a)."""

from datetime import date
from enum import StrEnum

from pydantic import model_validator

from models.census import ClosureReason
from models.vocabulary import Frozen, Narrative


class MoveKind(StrEnum):
    """How far a child has moved."""

    ANOTHER_COUNCIL = "another_council"
    ABROAD = "abroad"
    TEMPORARY = "temporary"
    """For a while, as to a refuge: whoever has the child now goes on having it."""


MOVED = "why, and where the child lives now, is not shown here"
"""Stands for the reason where a child has moved: it may say where."""


class Move(Frozen):
    """Who has the child now, and that they know it; where a family went is for few to read (SD-23a)."""

    kind: MoveKind
    authority: Narrative
    """Who answers for the child there: the council, or abroad whoever was told."""
    notice_sent_on: date
    """When our written notice went to them; from then on their answer is waited for."""
    confirmed_on: date | None = None
    """When they confirmed it; none, as long as they have not."""
    conference_held_on: date | None = None
    """When their transfer-in conference was held, for a child out of a Child Protection plan (SD-19a)."""

    @model_validator(mode="after")
    def _known_there(self) -> "Move":
        if self.kind is MoveKind.TEMPORARY:
            raise ValueError("kind: a child who has moved for a while, as to a refuge, is not closed for that (SD-23a)")
        there = self.kind is MoveKind.ANOTHER_COUNCIL and self.confirmed_on is not None
        if self.conference_held_on is not None and not there:
            raise ValueError(
                "conference_held_on: a transfer-in conference is held by another council, which has confirmed our "
                "notice (SD-19a)"
            )
        if self.confirmed_on is not None and self.confirmed_on < self.notice_sent_on:
            raise ValueError("confirmed_on: nobody confirms a notice before it was sent (SD-23a)")
        return self

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which something of it happened."""
        return tuple(filter(None, (self.notice_sent_on, self.confirmed_on, self.conference_held_on)))


class HowPlanEnded(StrEnum):
    """How a Child Protection plan may end without a conference here (SD-19a)."""

    TURNED_18 = "turned_18"
    DIED = "died"
    LEFT_UK = "left_uk"
    """For good."""


OF_THE_CHILD = {
    HowPlanEnded.DIED: {ClosureReason.DIED},
    HowPlanEnded.TURNED_18: {ClosureReason.ADULT_SERVICES, ClosureReason.CEASED},
}
"""The census's reasons for closure that go with it; none of them follows by itself (SD-40)."""


class PlanEnd(Frozen):
    """A Child Protection plan that ended without a conference, as the conference manager has to confirm (SD-19a)."""

    how: HowPlanEnded
    ended_on: date
