"""The final meeting about the plan: its date, and what it said of each child (SD-16, SD-18, SD-19)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from models.journey.answers import Refusal
from models.journey.steps import FURTHEST_AHEAD, Step
from models.step_down.steps.decision import Decision
from models.vocabulary import Actor, Appointment, Frozen, Narrative, Ref, Role, local_time


class MeetingOutcome(StrEnum):
    """What the final meeting said of one child (SD-19)."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    PLAN_CONTINUES = "plan_continues"
    UNIVERSAL_SERVICES = "universal_services"
    """Universal services are enough (SD-32)."""
    ADJOURNED = "adjourned"

    @property
    def words(self) -> str:
        """The outcome as people say it."""
        return {
            "agreed": "transfer agreed",
            "not_agreed": "transfer not agreed",
            "plan_continues": "the plan goes on",
            "universal_services": "universal services are enough",
            "adjourned": "adjourned",
        }[self.value]

    @property
    def ends_plan(self) -> bool:
        """The plan of this child ends (SD-19a)."""
        return self in {MeetingOutcome.AGREED, MeetingOutcome.UNIVERSAL_SERVICES}


class ChildAtMeeting(Frozen):
    """What the final meeting said of one child (SD-19)."""

    ref: Ref
    outcome: MeetingOutcome
    reason: Narrative | None = None

    def lets(self, decision: Decision) -> bool:
        """Whether a child of whom this was said last may be decided so."""
        match decision:
            case Decision.TRANSFER:
                return self.outcome is MeetingOutcome.AGREED
            case Decision.UNIVERSAL_ONLY:
                return self.outcome not in {MeetingOutcome.NOT_AGREED, MeetingOutcome.PLAN_CONTINUES}
            case Decision.NO_FURTHER_SUPPORT:
                return self.outcome in {MeetingOutcome.AGREED, MeetingOutcome.ADJOURNED}
            case _:
                return True

    @model_validator(mode="after")
    def _reason_where_not_agreed(self) -> "ChildAtMeeting":
        if self.outcome is not MeetingOutcome.AGREED and self.reason is None:
            raise ValueError("reason: say why the transfer was not agreed for this child (SD-19)")
        return self


class ScheduleFinalMeeting(Step):
    """The final meeting about the plan: when and where; moved or cancelled, it is said anew (SD-18, SD-19)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "set the date of the final meeting"
    step: Literal["schedule_final_meeting"] = "schedule_final_meeting"
    meeting_at: Appointment | None = None
    minutes: Annotated[int, Field(ge=15, le=480)] = 60
    place: Narrative | None = None
    """Where, or how to join; it stands in the invitation, so no family's address belongs here."""
    cancelled_because: Narrative | None = None

    @model_validator(mode="after")
    def _to_come_or_cancelled(self) -> "ScheduleFinalMeeting":
        if (self.meeting_at is None) == (self.cancelled_because is None):
            raise ValueError(
                "meeting_at: give the date of the meeting, or say why it is cancelled, and not both (SD-18)"
            )
        if self.meeting_at is not None and self.place is None:
            raise ValueError("place: say where the meeting is, or how to join (SD-18)")
        if self.meeting_at is not None and self.meeting_at > self.occurred_at + FURTHEST_AHEAD:
            raise ValueError("meeting_at: the date of the meeting is more than a year ahead (SD-18)")
        if self.meeting_at is not None and self.meeting_at <= self.occurred_at:
            raise ValueError("meeting_at: the date of the meeting is past; what was held is recorded as held (SD-18)")
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"for {local_time(self.meeting_at)}" if self.meeting_at else "cancelled"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.cancelled_because or f"{self.minutes} minutes. Place: {self.place}"

    def untimely(self, now: datetime) -> Refusal | None:
        """What is set is still to come."""
        if self.meeting_at is not None and self.meeting_at <= now:
            return super().untimely(now) or Refusal(
                field="meeting_at", reason="The date of the meeting is past; what was held is recorded as held."
            )
        return super().untimely(now)


class RecordFinalMeeting(Step):
    """The final meeting was held: what it said of each child; ``occurred_at`` is when (SD-16, SD-18, SD-19)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "recorded what the final meeting said"
    step: Literal["record_final_meeting"] = "record_final_meeting"
    chair: Narrative
    service_attended: bool
    """Somebody of the Early Help service was there; where not, the outcome is sent to it in writing."""
    children: Annotated[tuple[ChildAtMeeting, ...], Field(min_length=1)]
    confirmed_by: Actor | None = None
    """The chair or team manager who confirms what a meeting agreed that came before the conversation, or without the
    service being invited to that day (SD-16)."""

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        said = ", ".join(f"{child.ref} {child.outcome.words}" for child in self.children)
        there = "the service was there" if self.service_attended else "the service was not there"
        return f"{said}; {there}" + (f"; confirmed by {self.confirmed_by.words}" if self.confirmed_by else "")

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        said = (f"{child.ref} {child.outcome.words}: {child.reason}" for child in self.children if child.reason)
        return "; ".join(said) or None
