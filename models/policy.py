"""What the guidance leaves open, as typed configuration; recorded with each transfer when it starts."""

from datetime import date, time, timedelta
from enum import StrEnum
from itertools import dropwhile
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from models.calendar import CouncilDays
from models.census import ClosureReasons
from models.kinds import RESPONSES, SAYS_IT_IS_OVER, Audience, ClockKind, RungKind
from models.vocabulary import TO_RING_PATTERN, Frozen, Name, Narrative, TimeOfDay


class Rung(Frozen):
    """One step of a ladder: when, counted from the due day, and who is told."""

    kind: RungKind
    working_days: int
    """Working days after the due day; before it where negative."""
    at: Literal["opening", "closing"]
    audiences: Annotated[tuple[Audience, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _says_nothing_too_early(self) -> "Rung":
        if self.kind is RungKind.LIFTED:
            raise ValueError("kind: that an answer was in time after all is told by itself, and is no step of a ladder")
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
    at_once: tuple[Audience, ...] = ()
    """Who is told as it begins: at once within working hours, else when the next working day opens."""

    @model_validator(mode="after")
    def _in_order(self) -> "ClockPolicy":
        if any(rung.kind is RungKind.NEWS for rung in self.ladder):
            raise ValueError("ladder: who is told as it begins stands in at_once")
        order = [(rung.working_days, rung.at == "closing") for rung in self.ladder]
        if order != sorted(set(order)):
            raise ValueError("ladder: its rungs come one after the other in time")
        over = list(dropwhile(lambda kind: kind not in SAYS_IT_IS_OVER, (rung.kind for rung in self.ladder)))
        if RungKind.REMINDER in over:
            raise ValueError(f"ladder: nobody is reminded after the {over[0]}")
        if self.working_days < self.day_of_receipt:
            raise ValueError("working_days: at least one day is needed where the day of receipt is day 1")
        return self

    @property
    def days_after_receipt(self) -> int:
        """The working days that are left after the day of receipt."""
        return self.working_days - self.day_of_receipt


CONTACT, WORKER, MANAGER = Audience.EARLY_HELP_CONTACT, Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER
CHAIR, CONFERENCE_MANAGER = Audience.CHAIR, Audience.CONFERENCE_MANAGER
SERVICE_MANAGER, LEADER, OPERATIONS = (
    Audience.EARLY_HELP_MANAGER,
    Audience.TARGETED_SERVICES_LEADER,
    Audience.OPERATIONS,
)
ON_DUTY = Audience.ON_DUTY
DUTY_AND_ADVICE, HEAD = Audience.DUTY_AND_ADVICE, Audience.HEAD_OF_SERVICE

RESPONSE = ClockPolicy(
    working_days=3,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=-1, at="closing", audiences=(CONTACT,)),
        Rung(kind=RungKind.REMINDER, working_days=0, at="opening", audiences=(CONTACT,)),
        Rung(kind=RungKind.BREACH, working_days=0, at="closing", audiences=(CONTACT, WORKER)),
        Rung(kind=RungKind.ESCALATION, working_days=1, at="opening", audiences=(MANAGER, SERVICE_MANAGER)),
        Rung(kind=RungKind.ESCALATION, working_days=2, at="opening", audiences=(LEADER,)),
        Rung(kind=RungKind.ESCALATION, working_days=3, at="opening", audiences=(OPERATIONS,)),
    ),
)
"""SD-34, SD-35: warned before, told when it is over, then up the ladder each working day."""

FIRST_CONTACT = ClockPolicy(
    working_days=0,
    cut_off=time(12),
    warns_ahead=True,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=-2, at="opening", audiences=(CONTACT,)),
        Rung(kind=RungKind.REMINDER, working_days=0, at="opening", audiences=(CONTACT,)),
        Rung(kind=RungKind.BREACH, working_days=0, at="closing", audiences=(CONTACT, MANAGER)),
        Rung(kind=RungKind.ESCALATION, working_days=1, at="opening", audiences=(MANAGER, SERVICE_MANAGER)),
        Rung(kind=RungKind.ESCALATION, working_days=2, at="opening", audiences=(LEADER,)),
        Rung(kind=RungKind.ESCALATION, working_days=3, at="opening", audiences=(OPERATIONS,)),
    ),
)
"""SD-37: by the close of the day of the agreed start; where that lay behind when the service accepted, at once."""


def _and_then(clock: ClockPolicy, *asked: Audience) -> ClockPolicy:
    """Its end tells whoever is asked then, too: the Targeted Services Leader, or the head of service."""
    *before, end = clock.ladder
    told = end.model_copy(update={"audiences": (*end.audiences, *asked)})
    return clock.model_copy(update={"ladder": (*before, told)})


def _wait(
    working_days: int, reminded: int, escalated: int, *told: Audience, at_once: tuple[Audience, ...] = ()
) -> ClockPolicy:
    """A wait for our own people: a reminder and an escalation at the opening of those days, and its end.

    The last of those who are told is above the others, and is not reminded.
    """
    who = told[:-1]
    return ClockPolicy(
        working_days=working_days,
        at_once=at_once,
        ladder=(
            Rung(kind=RungKind.REMINDER, working_days=reminded - working_days, at="opening", audiences=who),
            Rung(kind=RungKind.ESCALATION, working_days=escalated - working_days, at="opening", audiences=told),
            Rung(kind=RungKind.END, working_days=0, at="closing", audiences=told),
        ),
    )


FAMILIES_FIRST = ClockPolicy(
    working_days=10,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=-5, at="opening", audiences=(CONTACT,)),
        Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(WORKER,)),
    ),
)
"""SD-26: the service is reminded once."""

HELP_REQUEST = ClockPolicy(
    working_days=3,
    at_once=(CONTACT,),
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=-1, at="closing", audiences=(CONTACT,)),
        Rung(kind=RungKind.REMINDER, working_days=0, at="opening", audiences=(CONTACT,)),
        Rung(kind=RungKind.BREACH, working_days=0, at="closing", audiences=(CONTACT, SERVICE_MANAGER)),
        Rung(kind=RungKind.ESCALATION, working_days=1, at="opening", audiences=(SERVICE_MANAGER,)),
        Rung(kind=RungKind.ESCALATION, working_days=2, at="opening", audiences=(LEADER,)),
        Rung(kind=RungKind.ESCALATION, working_days=3, at="opening", audiences=(OPERATIONS,)),
    ),
)
"""ER-06: the team that answers is told of each request as it comes, and warned before its time is over."""

REDIRECTED = ClockPolicy(
    working_days=0,
    ladder=(Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(CONTACT, SERVICE_MANAGER, LEADER)),),
)
"""ER-07: on the working day on which harm was reported; the alarms of harm ring beside it."""

NEXT_DAY = ClockPolicy(
    working_days=1,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=0, at="opening", audiences=(CONTACT,)),
        Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(CONTACT, SERVICE_MANAGER, LEADER)),
    ),
)
"""ER-12, ER-15: by the close of the next working day."""

TAKEN_OVER = NEXT_DAY.model_copy(update={"at_once": (CONTACT,)})
"""ER-06: another team that gets a request is told as the first was."""

CONTACT_MADE = _and_then(NEXT_DAY.model_copy(update={"at_once": (CONTACT,)}), HEAD)
"""SU-01: where no significant harm is suspected; where it is, the alarms of harm ring."""

CONTACT_OUTCOME = ClockPolicy(
    working_days=1,
    at_once=(DUTY_AND_ADVICE,),
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=0, at="opening", audiences=(DUTY_AND_ADVICE,)),
        Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(DUTY_AND_ADVICE, HEAD, CONTACT)),
    ),
)
"""SU-03: Duty and Advice are told of each contact, and decide within a working day."""

OFFERED_WAITING = ClockPolicy(
    working_days=0,
    warns_ahead=True,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=-1, at="opening", audiences=(Audience.OWNER, CONTACT)),
        Rung(
            kind=RungKind.END,
            working_days=0,
            at="closing",
            audiences=(Audience.OWNER, CONTACT, SERVICE_MANAGER, LEADER),
        ),
    ),
)
"""ER-15: counted from the day on which a waiting family is looked at again."""

MEETING_NEAR = ClockPolicy(
    working_days=0,
    warns_ahead=True,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=-5, at="opening", audiences=(WORKER,)),
        Rung(kind=RungKind.ESCALATION, working_days=-2, at="opening", audiences=(WORKER, MANAGER)),
        Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(WORKER, MANAGER)),
    ),
)
"""SD-16: counted from the day of the meeting, which comes near without a conversation."""

FINAL_MEETING = ClockPolicy(
    working_days=3,
    warns_ahead=True,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=-4, at="opening", audiences=(CONTACT, WORKER)),
        Rung(kind=RungKind.ESCALATION, working_days=-1, at="opening", audiences=(WORKER, MANAGER)),
        Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(WORKER, MANAGER)),
    ),
)
"""SD-18, SD-19: reminded a working day before the meeting; recorded three working days after it."""

HARM_OUTCOME = ClockPolicy(
    working_days=1,
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=0, at="opening", audiences=(WORKER, MANAGER)),
        Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(WORKER, MANAGER)),
    ),
)
"""SD-39, SU-03: Duty and Advice decide within a working day what a contact comes to."""

HAS_LEFT = ClockPolicy(
    working_days=1,
    at_once=(WORKER, MANAGER, ON_DUTY),
    ladder=(
        Rung(kind=RungKind.REMINDER, working_days=0, at="opening", audiences=(WORKER, MANAGER)),
        Rung(kind=RungKind.END, working_days=0, at="closing", audiences=(WORKER, MANAGER, OPERATIONS)),
    ),
)
"""SD-33a: what left may put somebody at risk now."""

DEFAULT_CLOCKS = {
    ClockKind.CONVERSATION: RESPONSE,
    ClockKind.ACKNOWLEDGEMENT: RESPONSE,
    ClockKind.FIRST_CONTACT: FIRST_CONTACT,
    ClockKind.HELP_REQUEST: HELP_REQUEST,
    ClockKind.COMPLETION: _and_then(_wait(10, 5, 8, CONTACT, SERVICE_MANAGER), LEADER),
    ClockKind.REDIRECTED: REDIRECTED,
    ClockKind.OFFERED_WAITING: OFFERED_WAITING,
    ClockKind.REFERRER_TOLD: NEXT_DAY,
    ClockKind.TAKEN_OVER: TAKEN_OVER,
    ClockKind.CONSENT_ASKED: _and_then(_wait(10, 5, 8, CONTACT, SERVICE_MANAGER), LEADER),
    ClockKind.CONTACT_MADE: CONTACT_MADE,
    ClockKind.CONTACT_OUTCOME: CONTACT_OUTCOME,
    ClockKind.PARENTS_ASKED: _and_then(_wait(3, 1, 2, CONTACT, SERVICE_MANAGER), HEAD),
    ClockKind.ASSESSMENT: _wait(45, 30, 40, DUTY_AND_ADVICE, HEAD),
    ClockKind.NAMED_WORKER: _wait(2, 1, 2, DUTY_AND_ADVICE, HEAD, at_once=(DUTY_AND_ADVICE, CONTACT)),
    ClockKind.OUTCOME_TOLD: _wait(1, 0, 1, DUTY_AND_ADVICE, HEAD, at_once=(DUTY_AND_ADVICE,)),
    ClockKind.DISAGREEMENT: _wait(2, 1, 2, DUTY_AND_ADVICE, HEAD, at_once=(DUTY_AND_ADVICE, HEAD)),
    ClockKind.CONSENT: _wait(10, 5, 8, WORKER, MANAGER),
    ClockKind.SHARING: _wait(10, 5, 8, WORKER, MANAGER),
    ClockKind.CONVERSATION_HELD: _wait(5, 1, 3, WORKER, MANAGER),
    ClockKind.SCHEDULING: _wait(5, 2, 4, WORKER, MANAGER),
    ClockKind.MEETING_NEAR: MEETING_NEAR,
    ClockKind.FINAL_MEETING: FINAL_MEETING,
    ClockKind.MEETING_CONFIRMED: _wait(3, 1, 2, CHAIR, WORKER, MANAGER),
    ClockKind.END_CONFIRMED: _wait(3, 1, 2, CONFERENCE_MANAGER, WORKER, MANAGER),
    ClockKind.LEAD_PRACTITIONER: _wait(5, 3, 4, WORKER, MANAGER),
    ClockKind.ALLOCATION: _wait(3, 1, 2, WORKER, MANAGER),
    ClockKind.MANAGEMENT_CONVERSATION: _wait(3, 1, 2, MANAGER, LEADER, at_once=(MANAGER, WORKER)),
    ClockKind.DECISION: _wait(5, 3, 4, WORKER, MANAGER),
    ClockKind.AUTHORISED: _wait(3, 1, 2, MANAGER, WORKER),
    ClockKind.NOTICE: _wait(10, 5, 8, WORKER, MANAGER),
    ClockKind.LETTERS: _wait(5, 2, 4, WORKER, MANAGER),
    ClockKind.DELIVERY: _wait(3, 1, 2, WORKER, MANAGER),
    ClockKind.PART_GIVEN: _wait(3, 1, 2, WORKER, MANAGER),
    ClockKind.START: _wait(5, 2, 4, CONTACT, MANAGER),
    ClockKind.NOT_SEEN: _wait(3, 1, 2, MANAGER, LEADER, at_once=(MANAGER,)),
    ClockKind.DECLINED: _wait(5, 1, 3, MANAGER, WORKER, LEADER, at_once=(MANAGER, WORKER)),
    ClockKind.FAMILIES_FIRST: FAMILIES_FIRST,
    ClockKind.HARM_OUTCOME: HARM_OUTCOME,
    ClockKind.PAUSED: _wait(5, 3, 4, MANAGER, OPERATIONS),
    ClockKind.HAS_LEFT: HAS_LEFT,
    ClockKind.NEWER_VERSION: _wait(3, 1, 2, WORKER, MANAGER),
    ClockKind.ATTENTION: _wait(3, 1, 2, OPERATIONS, MANAGER),
}
"""How long each wait lasts if the deployment does not say otherwise."""

HARM_ALERTS = (
    RealTimeRung(kind=RungKind.ALARM, after=timedelta(0), audiences=(WORKER, MANAGER, ON_DUTY)),
    RealTimeRung(kind=RungKind.ALARM, after=timedelta(minutes=30), audiences=(WORKER, MANAGER, ON_DUTY)),
    RealTimeRung(kind=RungKind.ALARM, after=timedelta(hours=1), audiences=(MANAGER, LEADER, ON_DUTY)),
    RealTimeRung(kind=RungKind.ALARM, after=timedelta(hours=2), audiences=(MANAGER, LEADER, OPERATIONS, ON_DUTY)),
    RealTimeRung(kind=RungKind.END, after=timedelta(hours=4), audiences=(MANAGER, LEADER, OPERATIONS, ON_DUTY)),
)
"""SU-01: until somebody says who was spoken to at Duty and Advice."""
READING_ALERTS = (
    RealTimeRung(kind=RungKind.ALARM, after=timedelta(hours=1), audiences=(CONTACT,)),
    RealTimeRung(kind=RungKind.ALARM, after=timedelta(hours=2), audiences=(CONTACT, SERVICE_MANAGER)),
    RealTimeRung(kind=RungKind.ALARM, after=timedelta(hours=4), audiences=(SERVICE_MANAGER, LEADER)),
    RealTimeRung(kind=RungKind.END, after=timedelta(hours=8), audiences=(SERVICE_MANAGER, LEADER, OPERATIONS, ON_DUTY)),
)
"""ER-14: until somebody says that a request was read for a risk of significant harm."""
HARM_ALERTS_AGAIN = timedelta(hours=4)
HARM_TOLD_WITHIN = timedelta(days=1)
ANSWERED_WITHIN = 10
"""Working days, at most; nobody could call it an answer later."""
A_TICK, A_MINUTE = timedelta(milliseconds=1), timedelta(minutes=1)

PhoneNumber = Annotated[str, StringConstraints(pattern=TO_RING_PATTERN)]


class Phones(Frozen):
    """Whom to ring about a risk of significant harm (SU-01)."""

    duty_and_advice: PhoneNumber | None = None
    out_of_hours: PhoneNumber | None = None
    emergency: PhoneNumber = "999"
    letters: PhoneNumber | None = None
    """Whom to ring about a letter: a number from which no team, and so no area, follows (SD-33a, SD-33b)."""

    @property
    def words(self) -> str:
        """Whom to ring, in one line."""
        known = {"Duty and Advice": self.duty_and_advice, "out of hours, the emergency duty team": self.out_of_hours}
        numbers = [f"{who}: {number}" for who, number in known.items() if number]
        said = "; ".join([*numbers, f"in an emergency: {self.emergency}"])
        return f"{said[0].upper()}{said[1:]}."


class Writing(Frozen):
    """How letters are headed and signed; nothing in it says where a family lives (SD-33a, SD-33b)."""

    head: Annotated[Narrative, Field(max_length=400)] | None = None
    """The letterhead: the council, and how it is reached."""
    signed_by: Annotated[Name, Field(max_length=80)] = "the social work team"
    names_worker: bool = True
    """The social worker stands above it by name, as the directory of people has it, where the reader may know."""


class LetterHours(Frozen):
    """Between which times of a working day letters leave by themselves, in London (SD-33b)."""

    opens: TimeOfDay = time(8, 0)
    closes: TimeOfDay = time(18, 0)

    @model_validator(mode="after")
    def _in_order(self) -> "LetterHours":
        if self.opens.replace(tzinfo=None) >= self.closes.replace(tzinfo=None):
            raise ValueError("opens: comes before closes")
        return self


class SharingPower(StrEnum):
    """A power or duty by which information may be shared without consent to that (SD-09e)."""

    CHILDREN_ACT_2004_S10 = "children_act_2004_s10"
    CHILDREN_ACT_2004_S11 = "children_act_2004_s11"
    CHILDREN_ACT_2004_S16LA = "children_act_2004_s16la"
    """The duty of sections 16LA and 16LB."""
    CHILDREN_ACT_1989_S17 = "children_act_1989_s17"
    CHILDREN_ACT_1989_S47 = "children_act_1989_s47"


SHARING_POWERS: dict[SharingPower, date | None] = {
    SharingPower.CHILDREN_ACT_2004_S10: None,
    SharingPower.CHILDREN_ACT_2004_S11: None,
    SharingPower.CHILDREN_ACT_1989_S17: None,
    SharingPower.CHILDREN_ACT_1989_S47: None,
}
"""The duty of sections 16LA and 16LB is to be named with the day from which it is in force."""
ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class CloseWhen(StrEnum):
    """When social work closes a child who passes on (SD-37)."""

    AGREED = "agreed"
    """The service has agreed the child, and everything else that the closure asks holds."""
    ACKNOWLEDGED = "acknowledged"
    SEEN = "seen"


class Policy(Frozen):
    """The deployment's choices for one transfer, fixed when it starts."""

    version: Name = "defaults-2026-11"
    clocks: dict[ClockKind, ClockPolicy] = DEFAULT_CLOCKS
    harm_alerts: tuple[RealTimeRung, ...] = HARM_ALERTS
    """Who is told of a risk of significant harm, and how soon; counted day and night."""
    harm_alerts_again: Annotated[timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=1))] = HARM_ALERTS_AGAIN
    """How long after its last rung that one is told once more, and so on until it is said who was spoken to."""
    reading_alerts: tuple[RealTimeRung, ...] = READING_ALERTS
    """Who is told that a request was not read for a risk of significant harm; counted and repeated alike (ER-14)."""
    phones: Phones = Phones()
    writing: Writing = Writing()
    letter_hours: LetterHours | None = LetterHours()
    """When letters leave by themselves; None at any hour. Reports of harm and alerts never wait (SD-33b)."""
    sharing_powers: dict[SharingPower, date | None] = SHARING_POWERS
    """By what information may be shared without consent to it, each with the day from which it is in force (SD-09e)."""
    closure_reasons: ClosureReasons = ClosureReasons()
    """What follows as the census's reason for closure, by route and decision (SD-40)."""
    request_forms: Annotated[tuple[Name, ...], Field(min_length=1)] = ("2025-08",)
    """The versions of the Early Help form that are accepted today (ER-01)."""
    close_when: CloseWhen = CloseWhen.AGREED
    channels: dict[Audience, tuple[ChannelName, ...]] = Field(default={})
    """Alert channels, by name, that an audience is told over beside e-mail."""
    acts_need_sign_in: bool = False
    """What counts by the role of who says it is taken only from who signs in; in production always (SD-23c)."""
    attention_after: Annotated[timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=7))] = timedelta(minutes=15)
    """What another system keeps failing so long is told to operations, and is tried on."""
    backdated_by: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=3660))] = timedelta(days=1)
    """So long before the transfer began something may be recorded as having happened; what may come before, always."""
    shown_after: Annotated[timedelta, Field(ge=A_TICK, le=A_MINUTE)] = timedelta(seconds=2)
    """What changes is shown so much later, with whatever came by then; how it ended and a report of harm at once."""

    @field_validator("clocks", mode="before")
    @classmethod
    def _waits_of_its_own(cls, said: Any) -> Any:
        """What a policy does not say keeps its default: one that was recorded months ago knows no newer waits."""
        return {**DEFAULT_CLOCKS, **said} if isinstance(said, dict) else said

    @model_validator(mode="after")
    def _closes_as_it_is_built(self) -> "Policy":
        if self.close_when is not CloseWhen.AGREED:
            raise ValueError(
                "close_when: only agreed is built: in Mosaic the closing makes the service's action, so that nobody "
                "could acknowledge or see a child before it"
            )
        return self

    @model_validator(mode="after")
    def _every_wait_has_its_end(self) -> "Policy":
        for kind in self.clocks:
            wrong = _without_end(kind, [rung.kind for rung in self.clocks[kind].ladder])
            if wrong is not None:
                raise ValueError(f"clocks.{kind}.ladder: {wrong}; no wait is without an end")
        return self

    @model_validator(mode="after")
    def _answers_are_due_in_time(self) -> "Policy":
        for kind in RESPONSES:
            breach = next(rung for rung in self.clocks[kind].ladder if rung.kind is RungKind.BREACH)
            if self.clocks[kind].working_days + breach.working_days > ANSWERED_WITHIN:
                raise ValueError(
                    f"clocks.{kind}.working_days: an answer is due, and its breach told, within {ANSWERED_WITHIN} "
                    "working days at most (SD-34)"
                )
        return self

    def in_force(self, power: SharingPower, day: date) -> bool:
        """Whether information may be shared by this power or duty on that day (SD-09e)."""
        since = self.sharing_powers.get(power)
        return power in self.sharing_powers and (since is None or day >= since)

    def in_real_time(self, kind: ClockKind) -> tuple[RealTimeRung, ...]:
        """The ladder of a clock that no night and no weekend stops."""
        return self.reading_alerts if kind is ClockKind.HARM_READ else self.harm_alerts

    @model_validator(mode="after")
    def _tells_of_what_is_unread(self) -> "Policy":
        rungs = [rung.after for rung in self.reading_alerts]
        if not rungs or rungs != sorted(set(rungs)) or rungs[-1] > HARM_TOLD_WITHIN:
            raise ValueError("reading_alerts: the rungs come one after the other, the last within a day (ER-14)")
        if self.reading_alerts[-1].kind is not RungKind.END:
            raise ValueError("reading_alerts: its last rung is the end; no wait is without an end")
        return self

    @model_validator(mode="after")
    def _tells_of_harm_at_once(self) -> "Policy":
        rungs = [rung.after for rung in self.harm_alerts]
        if not rungs or rungs[0] != timedelta(0) or rungs != sorted(set(rungs)):
            raise ValueError("harm_alerts: the first rung comes at once, the others one after the other (SU-01)")
        if not all({Audience.TEAM_MANAGER, Audience.ON_DUTY} & {*rung.audiences} for rung in self.harm_alerts):
            raise ValueError("harm_alerts: each rung tells the team manager or whoever is on duty (SU-01)")
        if self.harm_alerts[-1].after > HARM_TOLD_WITHIN:
            raise ValueError("harm_alerts: the last rung comes within a day (SU-01)")
        if self.harm_alerts[-1].kind is not RungKind.END:
            raise ValueError("harm_alerts: its last rung is the end; no wait is without an end")
        return self


def _without_end(kind: ClockKind, rungs: list[RungKind]) -> str | None:
    """What the ladder lacks: who must answer us breaches, and a wait of our own people ends."""
    if kind in RESPONSES:
        return None if RungKind.BREACH in rungs else "it has a breach"
    return None if rungs[-1:] == [RungKind.END] else "its last rung is the end"


class Deployment(Frozen):
    """What one council sets: its policy and its working days."""

    policy: Policy = Policy()
    calendar: CouncilDays = CouncilDays()
