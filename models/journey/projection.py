"""What the register is told of a journey: how it stands, and how each new due date came about."""

from typing import TypeVar

from models.calendar import KnownDays, WorkingCalendar
from models.certificate import Certificate
from models.journey.facts import Facts
from models.journey.recorded import Elsewhere
from models.journey.rows import Journey
from models.journey.status import Status, status
from models.services import EarlyHelpService
from models.vocabulary import Frozen, Ref

F = TypeVar("F", bound=Facts)


class DueDate(Frozen):
    """A due date of a clock, as it was calculated."""

    clock: str
    service_ref: Ref
    """The service that the transfer went to when the clock began."""
    certificate: Certificate


class Projection(Frozen):
    """How the transfer stands, with a version that only grows, and what the register does not keep yet."""

    status: Status
    version: int
    due_dates: tuple[DueDate, ...] = ()
    calendars: tuple[WorkingCalendar, ...] = ()
    """Those that the due dates rest on, as far as the register may not have them."""
    calendar: str | None = None
    """The one that the transfer knows, by version: of another one it is told."""
    takes_from: tuple[str, ...] = ()
    """It takes its children once no other journey of these kinds holds them; none where it began with all of them."""
    frees: str | None = None
    """The journey whose children are free for it, by id."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """The children whom others hold, as it knows them: of others it is told."""
    services: tuple[EarlyHelpService, ...] = ()
    """Those that the transfer has gone to, as it knows them: of another address it is told."""

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return self.status.privacy


class News(Frozen):
    """What a transfer is told when it is shown, as it knew it otherwise."""

    calendar: KnownDays | None = None
    services: tuple[EarlyHelpService, ...] = ()
    elsewhere: tuple[Elsewhere, ...] | None = None


def projection(journey: Journey[F], facts: F, version: int) -> Projection:
    """What the register is told now."""
    new = facts.effects[facts.results_shown :]
    return Projection(
        status=status(journey, facts),
        version=version,
        due_dates=tuple(
            DueDate(clock=clock.id, service_ref=clock.service_ref, certificate=result.certificate)
            for result in new
            if result.certificate is not None and (clock := facts.clock(result.effect.clock)) is not None
        ),
        calendars=tuple(result.calendar for result in new if result.calendar is not None),
        calendar=facts.calendar.version if facts.calendar else None,
        takes_from=_takes_from(facts),
        frees=facts.request.frees,
        elsewhere=facts.elsewhere,
        services=facts.services,
    )


def _takes_from(facts: Facts) -> tuple[str, ...]:
    return tuple(sorted(facts.request.held_by)) if facts.request.begins_anyhow else ()
