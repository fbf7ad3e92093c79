"""The deadline certificate: how a due date came about, day by day, so that anybody can calculate it again."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from models.calendar import CalendarEndsError, Receipt, WorkingCalendar
from models.kinds import SAYS_IT_IS_OVER, Audience, ClockKind, RungKind
from models.policy import ClockPolicy, Rung
from models.vocabulary import LONDON, Frozen, Moment


class PauseReason(StrEnum):
    """Why a clock is paused; never because a service has too much to do."""

    FAMILY_UNAVAILABLE = "family_unavailable"
    FAMILY_ASKED = "family_asked"
    SAFETY = "safety"
    OTHER_DECISION = "other_decision"

    @property
    def words(self) -> str:
        """The reason as people say it."""
        return {
            "family_unavailable": "the family cannot be reached",
            "family_asked": "the family asked for it",
            "safety": "it would not be safe",
            "other_decision": "another decision has to come first",
        }[self.value]


class Pause(Frozen):
    """A time during which a clock was paused."""

    since: Moment
    until: Moment
    reason: PauseReason
    by: str


class Recalculation(Frozen):
    """A clock that was calculated again on another calendar: what it was, what it is."""

    at: Moment
    by: str
    calendar_before: str | None
    due_before: Moment | None


class Counted(Frozen):
    """One day of the count."""

    day: date
    number: int | None
    """Its number in the count; None where it does not count."""
    why_not: str | None = None


class DueRung(Frozen):
    """One step of the ladder, as an instant."""

    kind: RungKind
    at: Moment
    audiences: tuple[Audience, ...]


class Certificate(Frozen):
    """A due date and everything that it follows from."""

    kind: ClockKind
    received: Moment
    counts_from: Moment
    """When it counts as received: the opening that follows where it came outside working hours."""
    policy_version: str
    policy: ClockPolicy
    calendar: str
    """The version of the calendar."""
    pauses: tuple[Pause, ...] = ()
    recalculations: tuple[Recalculation, ...] = ()
    days: tuple[Counted, ...]
    due: Moment
    rungs: tuple[DueRung, ...]

    @property
    def words(self) -> str:
        """When it is due, and on which calendar."""
        return f"due {self.due.isoformat()}, calendar {self.calendar}"


class Count(Frozen):
    """What a due date is calculated from."""

    kind: ClockKind
    received: Moment
    policy_version: str
    policy: ClockPolicy
    pauses: tuple[Pause, ...] = ()
    recalculations: tuple[Recalculation, ...] = ()


def calculate(count: Count, calendar: WorkingCalendar) -> Certificate:
    """Calculate a due date: close of business on the last day of the count.

    Raises:
        CalendarEndsError: the count, or what says that the time is over, runs past what the calendar knows.
    """
    policy = count.policy
    receipt = calendar.receipt(count.received, policy.cut_off)
    days = tuple(_days(count, receipt, calendar))
    due = calendar.closing(days[-1].day)
    return Certificate(
        **dict(count),
        counts_from=receipt.at,
        calendar=calendar.version,
        days=days,
        due=due,
        rungs=_rungs(policy, receipt, days[-1].day, calendar),
    )


def agrees(certificate: Certificate, calendar: WorkingCalendar) -> bool:
    """Whether calculating it again from what the certificate says gives the same."""
    fields = {name: getattr(certificate, name) for name in Count.model_fields}
    return calculate(Count(**fields), calendar) == certificate


def working_time(certificate: Certificate, calendar: WorkingCalendar, answered: datetime) -> timedelta | None:
    """The working time that passed until the answer, without that in which the clock was paused, however often.

    ``calendar`` is the one that the certificate rests on. None where the answer came so late that it does not know
    the day.
    """
    since, worked = certificate.counts_from, timedelta()
    try:
        for pause in sorted(certificate.pauses, key=lambda one: one.since):
            worked += calendar.working_time(since, min(pause.since, answered))
            since = max(since, pause.until)
        return worked + calendar.working_time(since, answered)
    except CalendarEndsError:
        return None


def _days(count: Count, receipt: Receipt, calendar: WorkingCalendar) -> Iterator[Counted]:
    """Each day from the day of receipt to the due day."""
    number = count.policy.day_of_receipt
    local = count.received.astimezone(LONDON).date()
    day = local
    while day < receipt.day:
        yield Counted(day=day, number=None, why_not=calendar.day_off(day) or "came too late in the day")
        day += timedelta(days=1)
    if number and (still := _paused(count.pauses, day, calendar)):
        number = 0
        yield Counted(day=day, number=None, why_not=still)
    else:
        yield Counted(day=day, number=number)
    while number < count.policy.working_days:
        day += timedelta(days=1)
        why_not = calendar.day_off(day) or _paused(count.pauses, day, calendar)
        number += why_not is None
        yield Counted(day=day, number=None if why_not else number, why_not=why_not)


def _paused(pauses: tuple[Pause, ...], day: date, calendar: WorkingCalendar) -> str | None:
    """Why the day does not count: the clock was paused for a part of its working hours."""
    opening, closing = calendar.opening(day), calendar.closing(day)
    still = next((pause for pause in pauses if max(pause.since, opening) < min(pause.until, closing)), None)
    return f"the clock was paused: {still.reason.words}" if still else None


def _rungs(policy: ClockPolicy, receipt: Receipt, due: date, calendar: WorkingCalendar) -> tuple[DueRung, ...]:
    """The ladder as instants, as far as the calendar knows the days.

    What came before the receipt falls away, unless it counts from a date to come.
    """
    told = policy.at_once
    rungs = [DueRung(kind=RungKind.NEWS, at=receipt.at, audiences=told)] if told else []
    for rung in policy.ladder:
        at = _known_moment(rung, due, calendar)
        stays = rung.kind in SAYS_IT_IS_OVER or rung is policy.ladder[-1]
        if at is not None and (stays or policy.warns_ahead or at > receipt.at):
            rungs.append(DueRung(kind=rung.kind, at=at, audiences=rung.audiences))
    return tuple(rungs)


def _known_moment(rung: Rung, due: date, calendar: WorkingCalendar) -> datetime | None:
    """When the rung comes; None where the calendar does not know, and it is not what says that the time is over."""
    try:
        return _moment(calendar, due, rung.working_days, rung.at)
    except CalendarEndsError:
        if rung.kind in SAYS_IT_IS_OVER:
            raise
        return None


def _moment(calendar: WorkingCalendar, due: date, offset: int, at: str) -> datetime:
    day = calendar.working_day(due, offset)
    return calendar.opening(day) if at == "opening" else calendar.closing(day)
