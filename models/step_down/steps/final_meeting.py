"""The final meeting about the plan: its date, and what it said of each child (SD-16, SD-18, SD-19)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from models.journey.answers import Refusal
from models.journey.steps import FURTHEST_AHEAD, Step
from models.plans import PlanOutcome
from models.step_down.steps.decision import Decision
from models.vocabulary import Appointment, Frozen, Narrative, NonEmpty, Ref, Role, local_time


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


USUALLY = {
    MeetingOutcome.AGREED: PlanOutcome.ENDS,
    MeetingOutcome.UNIVERSAL_SERVICES: PlanOutcome.ENDS,
    MeetingOutcome.ADJOURNED: PlanOutcome.ADJOURNED,
}
"""What becomes of a plan where a review says no word of it."""


class ChildAtMeeting(Frozen):
    """What the final meeting said of one child: of the transfer, and of its plan (SD-19, SD-19a)."""

    ref: Ref
    outcome: MeetingOutcome
    plan: PlanOutcome | None = None
    """A conference always says it; at a Child in Need review it may follow from the other."""
    reason: Narrative | None = None

    @property
    def of_plan(self) -> PlanOutcome:
        """What becomes of the plan."""
        return self.plan or USUALLY.get(self.outcome, PlanOutcome.GOES_ON)

    @property
    def ends_plan(self) -> bool:
        """The plan of this child ends, and no other follows in social work (SD-19a)."""
        return self.of_plan is PlanOutcome.ENDS

    @property
    def words(self) -> str:
        """What was said, as people say it."""
        said = [self.outcome.words, *([self.plan.words] if self.plan else [])]
        return ", ".join(dict.fromkeys(said))

    def lets(self, decision: Decision) -> bool:
        """Whether a child of whom this was said last may be decided so."""
        open_still = self.of_plan in {PlanOutcome.ENDS, PlanOutcome.ADJOURNED}
        match decision:
            case Decision.TRANSFER:
                return self.outcome is MeetingOutcome.AGREED
            case Decision.UNIVERSAL_ONLY:
                return open_still
            case Decision.NO_FURTHER_SUPPORT:
                return open_still and self.outcome is not MeetingOutcome.UNIVERSAL_SERVICES
            case Decision.MOVED_AWAY:
                return self.of_plan not in {PlanOutcome.PRE_PROCEEDINGS, PlanOutcome.LOOKED_AFTER}
            case _:
                return True

    @model_validator(mode="after")
    def _one_plan(self) -> "ChildAtMeeting":
        passes = self.outcome in {MeetingOutcome.AGREED, MeetingOutcome.UNIVERSAL_SERVICES}
        if passes and not self.ends_plan:
            raise ValueError("plan: a child passes on only if the plan ends and no other follows (SD-19a)")
        if self.outcome is MeetingOutcome.PLAN_CONTINUES and self.ends_plan:
            raise ValueError("plan: ends, and the meeting says that it goes on: say which (SD-19a)")
        return self

    @model_validator(mode="after")
    def _reason_where_not_agreed(self) -> "ChildAtMeeting":
        if self.outcome is not MeetingOutcome.AGREED and self.reason is None:
            raise ValueError("reason: say why the transfer was not agreed for this child (SD-19)")
        return self


class ScheduleFinalMeeting(Step):
    """The final meeting about the plan: when and where; if it is moved or cancelled, say so again (SD-18, SD-19)."""

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
            raise ValueError("meeting_at: this date is in the past; record a meeting that was held as held (SD-18)")
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
                field="meeting_at",
                reason="This date is in the past; record a meeting that was held as held.",
            )
        return super().untimely(now)


class RecordFinalMeeting(Step):
    """The final meeting was held: what it said of each child; ``occurred_at`` is when (SD-16, SD-18, SD-19)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CHAIR})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.CHAIR, Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded what the final meeting said"
    may_precede: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_final_meeting"] = "record_final_meeting"
    chair: Ref
    """Who chaired it, as the directory of people has them."""
    service_attended: bool
    """Somebody of the Early Help service was there; where not, the outcome is sent to it in writing."""
    children: NonEmpty[ChildAtMeeting]

    @property
    def chaired_by(self) -> str | None:
        """Who is asked to confirm it."""
        return self.chair

    @property
    def privacy(self) -> str:
        """What becomes of a plan may say where a child is, or speak of the courts."""
        return "restricted" if any(child.of_plan.of_few for child in self.children) else super().privacy

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        said = ", ".join(f"{child.ref} {child.words}" for child in self.children)
        return f"{said}; the service was {'there' if self.service_attended else 'not there'}"

    @property
    def own_words(self) -> str | None:
        """What a person added; not where few may read it."""
        open_to_all = [child for child in self.children if child.reason and not child.of_plan.of_few]
        said = (f"{child.ref} {child.outcome.words}: {child.reason}" for child in open_to_all)
        return "; ".join(said) or None
