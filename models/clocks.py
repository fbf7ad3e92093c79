"""The words of clocks: what is waited for, who is told, and how soon; all of it policy."""

from datetime import timedelta
from enum import StrEnum
from itertools import dropwhile
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.vocabulary import Frozen, TimeOfDay


class ClockKind(StrEnum):
    """What is waited for."""

    CONVERSATION = "conversation"
    """The contact's answer to the request for a conversation (SD-34)."""
    ACKNOWLEDGEMENT = "acknowledgement"
    """The service's answer for a child that was passed on (SD-35)."""
    CONSENT = "consent"
    SHARING = "sharing"
    CONVERSATION_HELD = "conversation_held"
    SCHEDULING = "scheduling"
    """A date for the final meeting (SD-18)."""
    MEETING_NEAR = "meeting_near"
    """The conversation, which has to come before the final meeting (SD-16)."""
    FINAL_MEETING = "final_meeting"
    """What the final meeting said (SD-19)."""
    MEETING_CONFIRMED = "meeting_confirmed"
    """The word of chair or team manager on a meeting that came before the conversation (SD-16)."""
    LEAD_PRACTITIONER = "lead_practitioner"
    ALLOCATION = "allocation"
    """The practitioner who takes over from an interim contact (SD-28)."""
    MANAGEMENT_CONVERSATION = "management_conversation"
    """What team manager and Targeted Services Leader say of a child whom the service did not accept (SD-29)."""
    DECISION = "decision"
    LETTERS = "letters"
    DECLINED = "declined"
    """What happens with a child whom the service did not accept (SD-35)."""
    FAMILIES_FIRST = "families_first"
    """The word that Families First was told (SD-26)."""
    SIGNIFICANT_HARM = "significant_harm"
    """The word that Duty and Advice was spoken to; in real time (SU-01)."""
    HARM_NOT_TAKEN = "harm_not_taken"
    """A report of significant harm, where one came that could not be taken; in real time (SU-01)."""
    PAUSED = "paused"
    """Another clock is paused."""
    NEWER_VERSION = "newer_version"
    """A newer version of a document than the family saw, which social work shares with it first (SD-11)."""
    ATTENTION = "attention"


RESPONSES = (ClockKind.CONVERSATION, ClockKind.ACKNOWLEDGEMENT)
"""The clocks of those who must answer us; the others are waits of our own people."""


REAL_TIME = (ClockKind.SIGNIFICANT_HARM, ClockKind.HARM_NOT_TAKEN)
"""The clocks that no night and no weekend stops."""


class Audience(StrEnum):
    """Who is told."""

    EARLY_HELP_CONTACT = "early_help_contact"
    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    """Of social work."""
    EARLY_HELP_MANAGER = "early_help_manager"
    TARGETED_SERVICES_LEADER = "targeted_services_leader"
    OPERATIONS = "operations"

    @property
    def words(self) -> str:
        """The audience as people say it."""
        return {
            "early_help_contact": "the Early Help contact",
            "social_worker": "the social worker",
            "team_manager": "the social work team manager",
            "early_help_manager": "the manager of the Early Help service",
            "targeted_services_leader": "the Targeted Services Leader",
            "operations": "operations",
        }[self.value]


OFFICES = {
    Audience.TARGETED_SERVICES_LEADER: "targeted-services-leader",
    Audience.OPERATIONS: "operations",
}
"""Under which reference the directory of people knows an office."""


class RungKind(StrEnum):
    """What an alert is."""

    REMINDER = "reminder"
    """What is waited for is still to come."""
    ALARM = "alarm"
    """A danger that waits for nobody; told day and night."""
    BREACH = "breach"
    """The time that a service had to answer is over."""
    ESCALATION = "escalation"
    """Somebody higher up is told."""
    END = "end"
    """The wait is over: a person must decide how it goes on. Nothing ends by time alone."""


SAYS_IT_IS_OVER = frozenset({RungKind.BREACH, RungKind.END})
"""What says that the time is over; it is always told, and never before it is so."""


class Rung(Frozen):
    """One step of a ladder: when, counted from the due day, and who is told."""

    kind: RungKind
    working_days: int
    """Working days after the due day; before it where negative."""
    at: Literal["opening", "closing"]
    audiences: Annotated[tuple[Audience, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _says_nothing_too_early(self) -> "Rung":
        if self.kind in SAYS_IT_IS_OVER and (self.working_days, self.at == "closing") < (0, True):
            raise ValueError(f"working_days: what is due at close of business has its {self.kind} then, or later")
        return self


class RealTimeRung(Frozen):
    """One step of a ladder that no night and no weekend stops."""

    kind: RungKind
    after: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=30))]
    audiences: Annotated[tuple[Audience, ...], Field(min_length=1)]


class ClockPolicy(Frozen):
    """How long somebody has, and who is told before and after."""

    working_days: Annotated[int, Field(ge=0, le=250)]
    """Due at close of business on this day of the count."""
    day_of_receipt: Annotated[int, Field(ge=0, le=1)] = 0
    """How the day of receipt counts: as day 0, or as day 1."""
    cut_off: TimeOfDay | None = None
    """What comes later in the day counts for the next working day; close of business if not given."""
    ladder: tuple[Rung, ...]
    warns_ahead: bool = False
    """It counts from a date to come, such as a meeting's, and its ladder begins before that date."""

    @model_validator(mode="after")
    def _in_order(self) -> "ClockPolicy":
        order = [(rung.working_days, rung.at == "closing") for rung in self.ladder]
        if order != sorted(set(order)):
            raise ValueError("ladder: its rungs come one after the other in time")
        over = list(dropwhile(lambda kind: kind not in SAYS_IT_IS_OVER, (rung.kind for rung in self.ladder)))
        if RungKind.REMINDER in over:
            raise ValueError(f"ladder: nobody is reminded after the {over[0]}")
        if self.working_days < self.day_of_receipt:
            raise ValueError("working_days: is at least 1 where the day of receipt is day 1")
        return self
