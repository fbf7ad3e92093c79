"""What a journey keeps: how it was opened, its steps as they were recorded, its clocks and alerts."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.calendar import KnownDays
from models.certificate import DueRung
from models.effects import Effect
from models.held_once import HeldOnce
from models.journey.steps import Step
from models.kinds import Audience, ClockKind, JourneyKind, RungKind
from models.office_hours import OfficeHours
from models.people import Colleague
from models.policy import Policy
from models.services import EarlyHelpService
from models.vocabulary import Frozen, local_time


class Elsewhere(Frozen):
    """A child whom another open journey holds."""

    child: str
    holder: str
    """The other journey, by its id."""
    kind: str
    """Which kind that is, as its workflow id begins."""
    restricted: bool = False
    """It is about a restricted family: named people alone may know of it."""

    @property
    def words(self) -> str:
        """The other journey, as people read it; of a restricted family only whom to ask."""
        kind = JourneyKind(self.kind).words
        return f"a {kind} that is for named people only; ask operations" if self.restricted else f"{kind} {self.holder}"


class Opening(Frozen):
    """What the first activity loaded and recorded: the policy, the service as the directory has it, any duplicate."""

    policy: HeldOnce[Policy]
    service: HeldOnce[EarlyHelpService] | None = None
    """None where the directory does not know it, and the start was taken for the harm that stands in it."""
    people: tuple[HeldOnce[Colleague], ...] = ()
    """Who is there for social work, as the directory has them."""
    duplicate_of: str | None = None
    """Another open journey that holds a child, where that keeps this one from beginning."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """The children whom others hold, where this one begins without them."""
    calendar: HeldOnce[KnownDays] | None = None
    """The working calendar that was kept in the register with it."""
    letter_hours: OfficeHours | None = None
    """When letters leave by themselves; None at any hour."""


class Held(Frozen):
    """Something that is due, and waits for office hours."""

    effect: Effect
    until: datetime
    """The moment at which it leaves, if it is still due then."""


class RecordedStep(Frozen):
    """A step as it was recorded; each journey says which steps it can be, and what else it keeps with one."""

    step: Step
    accepted_at: datetime
    late: bool = False
    """It corrects what had been acted on already: it stays on the timeline, and replaces nothing."""
    service_ref: str
    """The service that the transfer went to when it was recorded."""
    turns_away: bool = False
    """It turns the transfer, or a child, away from the service."""
    sent: tuple[Effect, ...] = ()
    """Where it turns the transfer away: what had been sent or done before."""
    under_way: tuple[Effect, ...] = ()
    """What was under way then; how it ended is told with it."""
    will_not_be_done: tuple[Effect, ...] = ()
    """Where it turns the transfer away: what was wanted, and is not any more."""
    signed_in: bool = False
    """It counts by the role of who recorded it, who had signed in (SD-23c)."""
    repeats: str | None = None
    """The step just before, by ``step_id``, by which the same person reported the very same harm."""
    of_its_own: bool = False
    """It was sent as a correction of a report of harm, and counts as a report of its own."""
    nothing_follows: bool = False
    """A risk of significant harm was reported before it: it is kept, and nothing is sent or closed because of it."""

    @property
    def corrects(self) -> str | None:
        """The ``step_id`` of what it corrects; None where it only says so."""
        return None if self.of_its_own else self.step.corrects

    @property
    def told(self) -> str:
        """That it was recorded: by whom, and when."""
        return f"{self.step.who} {self.step.does} on {local_time(self.accepted_at)}"

    def turns(self, child: str | None) -> bool:  # noqa: ARG002 (a journey asks for whom)
        """Whether what it undoes counts no more because of it, for the child or, without one, for any."""
        return not self.late


class Clock(Frozen):
    """Something that is waited for, and since when."""

    kind: ClockKind
    about: str
    """What it is about, by reference; empty where the kind says it."""
    again: int | None = None
    """Which time that is waited for; None the first time, unless nothing else tells it from others."""
    since: datetime
    ended: datetime | None = None
    """When it was waited for no longer: it came, or something else made it needless."""
    steps_before: int = 0
    """How many steps had been recorded when it began."""
    service_ref: str
    """The service that the transfer went to when it began."""

    @property
    def id(self) -> str:
        """Unique within the transfer."""
        return "/".join(filter(None, (self.kind.value, self.about, str(self.again or ""))))


class Times(NamedTuple):
    """When something is due, and who is told when."""

    due: datetime
    rungs: tuple[DueRung, ...]
    again: timedelta | None = None
    """How long after the last rung that one is told once more, and so on; None where it is told once."""

    def coming(self, told: int, now: datetime | None) -> tuple[tuple[int, DueRung], ...]:
        """The rungs above the place that was told, each with its place, whose time has come.

        Without a time, all that are still to come; of a rung that is told again and again, then only the next.
        """
        rungs = list(enumerate(self.rungs))
        if self.again is not None:
            top, last = rungs[-1]
            times = max(told - top, 0) + 1
            if now is not None:
                times = max(times, (now - last.at) // self.again)
            rungs.append((top + times, last.model_copy(update={"at": last.at + times * self.again})))
        return tuple((place, rung) for place, rung in rungs if place > told and (now is None or rung.at <= now))


class Alert(Frozen):
    """Somebody is told that time runs out, or has run out; recorded once, delivered at least once."""

    number: int
    kind: ClockKind
    clocks: tuple[str, ...]
    """The clocks that it is about, by id."""
    service_ref: str
    """The service that the transfer went to."""
    due: datetime
    rung: int
    """Its place on the ladder, from 0; what lies below is not told any more."""
    what: RungKind
    at: datetime
    """When it was to be raised."""
    raised_at: datetime
    """When it was: later where nothing ran in between."""
    audiences: tuple[Audience, ...]
    top: bool
    """Nobody is above this rung."""
