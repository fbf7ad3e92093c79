"""The report: how services answered, when children were seen, how transfers ended; nothing about a family."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from models.journey.clocks import ClockState
from models.kinds import ClockKind
from models.operations.advice import AdviceChannel, AdviceKind, Advised
from models.operations.again import AgainLine
from models.vocabulary import Frozen


class Asked(NamedTuple):
    """Answers that a service owed, and that are alike."""

    journey: str
    """Of which kind, as its workflow ids begin."""
    service_ref: str
    social_work_team: str | None
    """None where no team of social work is responsible."""
    state: ClockState
    was_paused: bool
    """The clock was paused at some time, and is not any more."""
    hours: float | None
    """Working hours until the answer, to a tenth; None where nobody answered, or they are not known.

    Of a first contact, all hours since social work closed the child.
    """
    number: int = 1
    kind: ClockKind = ClockKind.CONVERSATION


class Ran(NamedTuple):
    """Transfers that are alike, and how they ended."""

    journey: str
    service_ref: str
    social_work_team: str | None
    outcome: str | None
    """None while they are open."""
    number: int = 1


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
    undated: int
    """Answered, and nobody knows when it was due."""
    needless: int
    """Not waited for any more, without an answer."""
    were_paused: int
    """Those whose clock was paused at any time, whatever became of them."""
    median_hours: float | None
    """Hours until the answer; half were faster. None where nobody answered."""
    ninetieth_hours: float | None
    """Hours within which nine of ten had answered."""


class Line(Frozen):
    """One journey, one service, or one team."""

    name: str
    answers: Answers
    """To requests for a conversation, for each child that was passed on, and to requests for Early Help (SD-34, SD-35,
    ER-06)."""
    seen: Answers
    """First contacts: children whom it took, and whether they were seen by the agreed start (SD-37)."""
    open: int
    """Transfers that are open."""
    outcomes: dict[str, int]
    """Transfers that ended, by how."""


class AdviceLine(Frozen):
    """How often advice of one kind was given in one way, about families whom nobody named (ER-08)."""

    kind: AdviceKind
    channel: AdviceChannel
    number: int


class Report(Frozen):
    """Everything that was asked and that ran, by journey, by service, by team, and all together."""

    journeys: tuple[Line, ...]
    """By kind; only those of which there is something to tell."""

    services: tuple[Line, ...]
    teams: tuple[Line, ...]
    all: Line
    advice: tuple[AdviceLine, ...] = ()
    again: tuple[AgainLine, ...] = ()
    """Families who came back to social work within a year."""


def report(
    asked: Iterable[Asked],
    ran: Iterable[Ran],
    advised: Iterable[Advised] = (),
    came_back: Iterable[AgainLine] = (),
) -> Report:
    """Count, by journey, by service and by team, in the order of their names."""
    owed, transfers = tuple(asked), tuple(ran)
    return Report(
        journeys=_lines(owed, transfers, lambda one: one.journey),
        services=_lines(owed, transfers, lambda one: one.service_ref),
        teams=_lines(owed, transfers, lambda one: one.social_work_team),
        all=_line("all", owed, transfers),
        advice=tuple(AdviceLine(kind=kind, channel=channel, number=number) for kind, channel, number in advised),
        again=tuple(came_back),
    )


def _lines(asked: Iterable[Asked], ran: Iterable[Ran], by: Callable[[Asked | Ran], str | None]) -> tuple[Line, ...]:
    owed, transfers = defaultdict[str, list[Asked]](list), defaultdict[str, list[Ran]](list)
    for answer in asked:
        if (name := by(answer)) is not None:
            owed[name].append(answer)
    for transfer in ran:
        if (name := by(transfer)) is not None:
            transfers[name].append(transfer)
    return tuple(_line(name, owed[name], transfers[name]) for name in sorted({*owed, *transfers}))


def _line(name: str, asked: Iterable[Asked], ran: Iterable[Ran]) -> Line:
    ended = Counter[str | None]()
    for transfer in ran:
        ended[transfer.outcome] += transfer.number
    is_open = ended.pop(None, 0)
    outcomes = {outcome: number for outcome, number in ended.items() if outcome is not None}
    owed = tuple(asked)
    return Line(
        name=name,
        answers=_answers(answer for answer in owed if answer.kind is not ClockKind.FIRST_CONTACT),
        seen=_answers(answer for answer in owed if answer.kind is ClockKind.FIRST_CONTACT),
        open=is_open,
        outcomes=outcomes,
    )


def _answers(asked: Iterable[Asked]) -> Answers:
    states, hours, were_paused = Counter[ClockState](), Counter[float](), 0
    for answer in asked:
        states[answer.state] += answer.number
        if answer.hours is not None:
            hours[answer.hours] += answer.number
        if answer.was_paused or answer.state is ClockState.PAUSED:
            were_paused += answer.number
    return Answers(
        asked=states.total(),
        in_time=states[ClockState.MET],
        late=states[ClockState.LATE],
        overdue=states[ClockState.BREACHED],
        waiting=sum(states[state] for state in (ClockState.STARTING, ClockState.ON_TRACK, ClockState.DUE_SOON)),
        paused=states[ClockState.PAUSED],
        undated=states[ClockState.ANSWERED],
        needless=states[ClockState.NEEDLESS],
        were_paused=were_paused,
        median_hours=_median(hours),
        ninetieth_hours=_shortest(hours, math.ceil(0.9 * hours.total())),
    )


def _median(hours: Counter[float]) -> float | None:
    """The middle one; between two, what lies between them."""
    below = _shortest(hours, (hours.total() + 1) // 2)
    above = _shortest(hours, hours.total() // 2 + 1)
    return None if below is None or above is None else round((below + above) / 2, 1)


def _shortest(hours: Counter[float], place: int) -> float | None:
    """The hours at this place, counted from the shortest as 1; None where there are none."""
    for lasted in sorted(hours):
        place -= hours[lasted]
        if place <= 0:
            return lasted
    return None
