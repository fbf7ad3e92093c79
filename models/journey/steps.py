"""The steps that every journey has, as people and systems record them, and what all steps say."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import field_validator, model_validator

from models.attention import Resolution
from models.certificate import PauseReason
from models.clock_words import CLOCK_WORDS
from models.journey.answers import Refusal
from models.kinds import ClockKind
from models.vocabulary import (
    LONDON,
    OUTSIDE,
    Actor,
    ChildRef,
    Concern,
    Frozen,
    Message,
    Moment,
    Narrative,
    NonEmpty,
    Ref,
    Role,
    local_time,
)

CLOCK_SKEW = timedelta(minutes=1)
"""How far two machines' clocks may differ before a step counts as in the future."""

FURTHEST_AHEAD = timedelta(days=366)
"""A date that lies further ahead is a slip of the pen."""

PausableClock = Literal[ClockKind.CONVERSATION, ClockKind.ACKNOWLEDGEMENT]
"""The clocks of a service that must answer; our own waits cannot be paused."""

IN_THE_FUTURE = "Record what happened once it has happened: the time given is in the future."

EVERYBODY = frozenset(Role)


class Step(Message):
    """What every step says: which, who, when. Repeating a ``step_id`` changes nothing."""

    recorded_by: ClassVar[frozenset[Role]]
    """Who may record it."""
    does: ClassVar[str]
    """What who records it has done, in plain words."""
    counts_as: ClassVar[frozenset[Role]] = frozenset()
    """In which roles it counts as an act of that role: their own word, whoever sends it (SD-23b)."""
    may_precede: ClassVar[bool] = False
    """What it tells of may have happened long before the transfer began."""
    keeps_safe: ClassVar[bool] = False
    """If it is not recorded somebody may be in danger, or something goes on that was to stop: it has room for long."""
    goes_on: ClassVar[bool] = False
    """Something follows from it though a risk of significant harm was reported; of others, it is looked at."""
    for_few: ClassVar[bool] = False
    """Whatever it says is for few to read: where people are, what courts have ordered, what would harm whom."""
    is_evidence: ClassVar[bool] = False
    """It is kept as it was taken, beside the transfer as it stands."""
    brings_team: ClassVar[bool] = False
    """The team of who records it is responsible from then on, and was not before (SU-08)."""
    step: str
    step_id: Ref
    actor: Actor
    occurred_at: Moment
    corrects: Ref | None = None
    """The ``step_id`` of the step that this one replaces."""
    on_behalf_of: Actor | None = None
    """The social worker for whom business support or a duty social worker types; never a manager's own act."""

    @property
    def day(self) -> date:
        """The day on which it happened, in London; ages are those of this day."""
        return self.occurred_at.astimezone(LONDON).date()

    @property
    def chaired_by(self) -> str | None:
        """Who chaired the meeting that it records, by reference; None where it records none."""
        return None

    @property
    def goes_to(self) -> str | None:
        """The service to which the journey goes from now on, which the directory has to know; None for most steps."""
        return None

    def children_named(self) -> tuple[str, ...]:
        """The references of the children that this step is about."""
        return tuple(child.ref for child in getattr(self, "children", ()))

    def names(self, child: str | None) -> bool:
        """Whether it is about the child; without one, whatever it is about."""
        return child is None or child in self.children_named()

    @property
    def speaks_of_harm(self) -> bool:
        """Somebody says by it that a child may be at risk: where it is not taken, they read whom to ring."""
        return False

    @property
    def is_kept(self) -> bool:
        """It is kept as it was taken; of what may report harm, only where it does."""
        return self.is_evidence

    @property
    def who(self) -> str:
        """Who recorded it, and for whom, as people say it."""
        return f"{self.actor.words} for {self.on_behalf_of.words}" if self.on_behalf_of else self.actor.words

    @property
    def recorders(self) -> frozenset[str]:
        """The references of who recorded it, and of for whom."""
        return frozenset({self.actor.id, self.on_behalf_of.id} if self.on_behalf_of else {self.actor.id})

    @property
    def counts_by_role(self) -> bool:
        """It counts because of the role of who records it."""
        return self.actor.role in self.counts_as

    @property
    def needs_manager(self) -> bool:
        """Whether it asks for the team manager's own act, unless they record it themselves (SD-23b)."""
        return False

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return "restricted" if self.for_few else "narrative"

    @property
    def answers(self) -> str | None:
        """The ``step_id`` of what somebody else recorded, where it is about that."""
        return None

    @property
    def gist(self) -> str | None:
        """What of it is said in its line."""
        return None

    @property
    def own_words(self) -> str | None:
        """What a person added in their own words; not shown in the Temporal UI."""
        return None

    @property
    def words(self) -> str:
        """What it says, in one line."""
        does = f"{self.does[0].upper()}{self.does[1:]}"
        return does if self.gist is None else f"{does}: {self.gist}"

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """When that happened of which it tells, by the field that says so."""
        return {"occurred_at": self.occurred_at}

    def untimely(self, now: datetime) -> Refusal | None:
        """What is recorded has happened; ``now`` is the journey's own time."""
        ahead = (name for name, at in self.happened.items() if at is not None and at > now + CLOCK_SKEW)
        field = next(ahead, None)
        return None if field is None else Refusal(field=field, reason=IN_THE_FUTURE)


def step_name(kind: type[Step]) -> str:
    """The name under which outside systems know the step."""
    return str(kind.model_fields["step"].default)


class CancelReason(StrEnum):
    """Why a transfer is cancelled."""

    OPENED_IN_ERROR = "opened_in_error"
    CIRCUMSTANCES_CHANGED = "circumstances_changed"
    SUPPORTED_ELSEWHERE = "supported_elsewhere"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as people say it."""
        return self.value.replace("_", " ")


class Reassign(Step):
    """Somebody else is responsible in social work from now on."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    does: ClassVar[str] = "changed who is responsible in social work"
    goes_on: ClassVar[bool] = True
    step: Literal["reassign"] = "reassign"
    social_worker: Ref | None = None
    team_manager: Ref | None = None
    social_work_team: Ref | None = None
    because: Narrative

    @model_validator(mode="after")
    def _somebody(self) -> "Reassign":
        if self.social_worker is None and self.team_manager is None and self.social_work_team is None:
            raise ValueError(
                "social_worker, team_manager, social_work_team: name the social worker, the team manager or the team"
            )
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(name for name in (self.social_worker, self.team_manager, self.social_work_team) if name)

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because


class PauseClock(Step):
    """The clock of a service that must answer is paused, for a reason that is not its workload (SD-34, SD-35)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER, Role.OPERATIONS})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "paused the clock of an answer"
    goes_on: ClassVar[bool] = True
    step: Literal["pause_clock"] = "pause_clock"
    clock: PausableClock
    reason: PauseReason
    because: Narrative

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"{CLOCK_WORDS[self.clock].name}, because {self.reason.words}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because


class ResumeClock(Step):
    """The clock runs again; the days on which it was paused do not count (SD-34, SD-35)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER, Role.OPERATIONS})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "resumed the clock of an answer"
    goes_on: ClassVar[bool] = True
    step: Literal["resume_clock"] = "resume_clock"
    clock: PausableClock

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return CLOCK_WORDS[self.clock].name


class RecalculateClocks(Step):
    """What is due is calculated again on the calendar of today, as when a bank holiday was announced."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.OPERATIONS})
    does: ClassVar[str] = "had what is due calculated again"
    goes_on: ClassVar[bool] = True
    step: Literal["recalculate_clocks"] = "recalculate_clocks"
    because: Narrative

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because


class Cancel(Step):
    """The transfer is cancelled; each child is still decided before it ends."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.OPERATIONS})
    does: ClassVar[str] = "cancelled the transfer"
    keeps_safe: ClassVar[bool] = True
    step: Literal["cancel"] = "cancel"
    reason_code: CancelReason
    because: Narrative

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return self.reason_code.words

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because


class SpokenTo(Frozen):
    """Who took the call at Duty and Advice, or at the service out of hours, and when."""

    who: Narrative
    at: Moment


NEW_HARM = "new_harm"
"""The reason by which any step says that a child may suffer significant harm."""

FOR_HARM = "redirected_to_duty_and_advice"
"""The outcome by which any step says so."""


class ReportsHarm(Step):
    """A step by which somebody may say that a child suffers, or is likely to suffer, significant harm (SU-01)."""

    spoken_to: SpokenTo | None = None

    @property
    def at_risk(self) -> tuple[str, ...]:
        """The children of whom it says so, by reference."""
        raise NotImplementedError

    @property
    def speaks_of_harm(self) -> bool:
        """Where it names a child at risk."""
        return bool(self.at_risk)

    @property
    def is_kept(self) -> bool:
        """Only where it says that a child is at risk."""
        return bool(self.at_risk)

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """Whoever was spoken to was spoken to before."""
        return {**super().happened, "spoken_to.at": self.spoken_to.at if self.spoken_to else None}


class ReportSignificantHarm(ReportsHarm):
    """A child suffers, or is likely to suffer, significant harm (SU-01). The record is never the contact itself.

    Who was spoken to may be said at once, or later in another report that corrects the first.
    """

    recorded_by: ClassVar[frozenset[Role]] = EVERYBODY
    does: ClassVar[str] = "reported a risk of significant harm"
    is_evidence: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    step: Literal["report_significant_harm"] = "report_significant_harm"
    children: NonEmpty[ChildRef]
    concern: Concern

    @field_validator("children")
    @classmethod
    def _each_once(cls, children: tuple[ChildRef, ...]) -> tuple[ChildRef, ...]:
        """Nobody is asked to write it again because a child is named twice."""
        return tuple(dict.fromkeys(children))

    @property
    def at_risk(self) -> tuple[str, ...]:
        """All whom it names."""
        return self.children_named()

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        spoken = self.spoken_to
        if spoken is None:
            return "not said who was spoken to"
        said = f"Duty and Advice was spoken to on {local_time(spoken.at)}"
        return f"by their own word, {said}" if self.actor.role in OUTSIDE else said

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        about = f"{', '.join(self.children_named())}: {self.concern}"
        return f"{about}\nSpoken to: {self.spoken_to.who}" if self.spoken_to else about


class ResolveAttention(Step):
    """A person puts a machine step right: retry, done by hand with evidence, or skip with a reason."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.OPERATIONS})
    does: ClassVar[str] = "dealt with an item that needed attention"
    keeps_safe: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    step: Literal["resolve_attention"] = "resolve_attention"
    attention_id: Ref
    resolution: Resolution
    note: Narrative | None = None
    """The evidence for done by hand, the reason for skip."""

    @model_validator(mode="after")
    def _evidence_or_reason(self) -> "ResolveAttention":
        if self.resolution is not Resolution.RETRY and self.note is None:
            raise ValueError("note: give the evidence that it was done, or the reason to skip it")
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"{self.attention_id}, {self.resolution.words}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.note
