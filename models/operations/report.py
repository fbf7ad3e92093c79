"""The report: how services answered and how transfers ended, by service and by team; nothing about a family."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from models.calendar import CalendarEndsError, WorkingCalendar
from models.certificate import Certificate
from models.journey.clocks import ClockState
from models.vocabulary import Frozen

ANSWERED = frozenset({ClockState.MET, ClockState.LATE})


class Asked(NamedTuple):
    """One answer that a service owed."""

    service_ref: str
    social_work_team: str
    state: ClockState
    answered_at: datetime | None
    certificate: Certificate
    calendar: WorkingCalendar
    """The calendar that the certificate rests on."""

    @property
    def worked(self) -> timedelta | None:
        """The working time that passed until the answer, without that in which the clock was paused.

        None where nobody answered, or so late that the calendar of the due date does not know the day.
        """
        if self.answered_at is None or self.state not in ANSWERED:
            return None
        since, until = self.certificate.counts_from, self.answered_at
        stood = [(max(pause.since, since), min(pause.until, until)) for pause in self.certificate.pauses]
        try:
            still = sum((self.calendar.working_time(*span) for span in stood), timedelta())
            return self.calendar.working_time(since, until) - still
        except CalendarEndsError:
            return None


class Ran(NamedTuple):
    """One transfer, and how it ended."""

    service_ref: str
    social_work_team: str
    outcome: str | None
    """None while it is open."""


class Answers(Frozen):
    """How the answers stand that were owed."""

    asked: int
    in_time: int
    late: int
    overdue: int
    """Open, and the time is over."""
    waiting: int
    """Open, and there is time."""
    paused: int
    """Open, and the clock is paused."""
    needless: int
    """Not waited for any more, without an answer."""
    were_paused: int
    """Those whose clock was paused at any time, whatever became of them."""
    median_hours: float | None
    """Working hours until the answer; half were faster. None where nobody answered."""
    ninetieth_hours: float | None
    """Working hours within which nine of ten had answered."""


class Line(Frozen):
    """One service, or one team."""

    name: str
    answers: Answers
    open: int
    """Transfers that are open."""
    outcomes: dict[str, int]
    """Transfers that ended, by how."""


class Report(Frozen):
    """Everything that was asked and that ran, by service, by team, and all together."""

    services: tuple[Line, ...]
    teams: tuple[Line, ...]
    all: Line


def report(asked: Sequence[Asked], ran: Sequence[Ran]) -> Report:
    """Count, by service and by team, in the order of their names."""
    return Report(
        services=_lines(asked, ran, lambda one: one.service_ref),
        teams=_lines(asked, ran, lambda one: one.social_work_team),
        all=_line("all", asked, ran),
    )


def _lines(asked: Sequence[Asked], ran: Sequence[Ran], by: Callable[[Asked | Ran], str]) -> tuple[Line, ...]:
    owed, transfers = defaultdict[str, list[Asked]](list), defaultdict[str, list[Ran]](list)
    for answer in asked:
        owed[by(answer)].append(answer)
    for transfer in ran:
        transfers[by(transfer)].append(transfer)
    return tuple(_line(name, owed[name], transfers[name]) for name in sorted({*owed, *transfers}))


def _line(name: str, asked: Sequence[Asked], ran: Sequence[Ran]) -> Line:
    return Line(
        name=name,
        answers=_answers(asked),
        open=sum(1 for transfer in ran if transfer.outcome is None),
        outcomes=dict(Counter(transfer.outcome for transfer in ran if transfer.outcome is not None)),
    )


def _answers(asked: Sequence[Asked]) -> Answers:
    states = Counter(answer.state for answer in asked)
    hours = sorted(_hours(worked) for answer in asked if (worked := answer.worked) is not None)
    return Answers(
        asked=len(asked),
        in_time=states[ClockState.MET],
        late=states[ClockState.LATE],
        overdue=states[ClockState.BREACHED],
        waiting=_sum(states, (ClockState.STARTING, ClockState.ON_TRACK, ClockState.DUE_SOON)),
        paused=states[ClockState.PAUSED],
        needless=states[ClockState.NEEDLESS],
        were_paused=sum(1 for one in asked if one.certificate.pauses or one.state is ClockState.PAUSED),
        median_hours=round(median(hours), 1) if hours else None,
        ninetieth_hours=hours[math.ceil(0.9 * len(hours)) - 1] if hours else None,
    )


def _sum(states: Counter[ClockState], these: Iterable[ClockState]) -> int:
    return sum(states[state] for state in these)


def _hours(worked: timedelta) -> float:
    return round(worked / timedelta(hours=1), 1)
