"""What is kept of one journey: everything that was recorded and done so far, and how it is found again."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar

from models.attention import Attention
from models.calendar import KnownDays
from models.effects import Effect, EffectResult
from models.held_once import HeldOnce
from models.journey.answers import Receipt, Rejected
from models.journey.recorded import Alert, Clock, Elsewhere, Held, Opening, RecordedStep
from models.journey.remembered import remembered
from models.journey.start import Start
from models.journey.steps import ReportsHarm, Step
from models.policy import Policy
from models.services import EarlyHelpService
from models.vocabulary import Frozen

S = TypeVar("S", bound=Step)


class Kept(Frozen):
    """Everything that a journey keeps, and the finding of it; what follows from it, ``Facts`` reads."""

    UNDONE_BY: ClassVar[Mapping[type[Step], tuple[type[Step], ...]]]
    """Which later step makes an earlier one of a kind count no more."""
    request: Start
    opened_at: datetime
    opening: Opening | None = None
    steps: tuple[RecordedStep, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    held: tuple[Held, ...] = ()
    """What is due, and waits for office hours."""
    begun: tuple[Effect, ...] = ()
    """The effects that were begun; from then on, what they act on is not replaced."""
    effects: tuple[EffectResult, ...] = ()
    stopped: tuple[EffectResult, ...] = ()
    """What was begun and stopped before it was done, as it was no longer wanted; it may be begun again."""
    evidence_kept: int = 0
    """How many steps were looked at, and captured where they are evidence."""
    results_shown: int = 0
    """How many results of effects the register has seen; the due dates among them are kept."""
    newer_calendar: HeldOnce[KnownDays] | None = None
    """The working calendar, where the register told of another one since the opening."""
    newer_services: tuple[EarlyHelpService, ...] = ()
    """The services of which the register told of another address since they were looked up."""
    cancel_requests: tuple[datetime, ...] = ()
    """When somebody asked in the Temporal UI to cancel the workflow."""
    raised: tuple[Attention, ...] = ()
    """What needed attention, as it was raised."""
    clocks: tuple[Clock, ...] = ()
    """What was, and is, waited for."""
    alerts: tuple[Alert, ...] = ()
    """Who was told, oldest first."""
    elsewhere_now: tuple[Elsewhere, ...] | None = None
    """The children whom other journeys hold, where the register told of others since the opening."""
    people_asked: tuple[datetime, ...] = ()
    """When somebody asked that the directory of people be read anew."""

    @cached_property
    def answers_found(self) -> dict[tuple[Any, ...], Any]:
        """What was asked of these very facts, with the answers; see ``remembered``."""
        return {}

    def having(self, **changes: Any) -> Self:
        """The facts with what changed."""
        return self.model_copy(update=changes)

    @property
    def policy(self) -> Policy:
        """The policy that this transfer started with."""
        return self.opening.policy if self.opening else Policy()

    @property
    def calendar(self) -> KnownDays | None:
        """The working calendar, as far as it is known here."""
        return self.newer_calendar or (self.opening.calendar if self.opening else None)

    @property
    @remembered
    def newest(self) -> datetime:
        """The newest moment that is known: the facts have no now."""
        told = [entry.accepted_at for entry in self.steps[-1:]] + [alert.raised_at for alert in self.alerts[-1:]]
        return max([self.opened_at, *told])

    @property
    def route(self) -> str:
        """Where the journey comes from."""
        raise NotImplementedError

    @property
    def began_at(self) -> datetime:
        """When it began, which may be before it was recorded here."""
        return self.opened_at

    @property
    def is_duplicate(self) -> bool:
        """A child of this transfer was found in another open one."""
        return self.opening is not None and self.opening.duplicate_of is not None

    @property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """The children of this journey whom another open one holds."""
        if self.elsewhere_now is not None:
            return self.elsewhere_now
        return self.opening.elsewhere if self.opening is not None else ()

    @property
    def child_refs(self) -> tuple[str, ...]:
        """The children of this transfer."""
        return tuple(child.ref for child in self.request.children)

    def may_name(self, step: Step, child: str) -> bool:
        """Whether the step may be about the child; harm is reported of whichever child (SU-01, ER-14)."""
        return (isinstance(step, ReportsHarm) and bool(step.at_risk)) or child in self.child_refs

    def is_not_here(self, child: str) -> bool:  # noqa: ARG002 (a journey asks for whom)
        """Whether a child whom a report of harm names is unknown here: most journeys take each as one of theirs."""
        return False

    @remembered
    def all_of(self, kind: type[S], child: str | None = None) -> list[S]:
        """Every step of a kind that counts, oldest first; with a child, those that name it."""
        return [
            entry.step
            for entry in self.steps[self._undone(self.UNDONE_BY.get(kind, ()), child) :]
            if isinstance(entry.step, kind) and not entry.late and entry.step.names(child)
        ]

    def _undone(self, by: tuple[type[Step], ...], child: str | None) -> int:
        """How many steps, from the oldest, were recorded before the last one of these kinds."""
        numbered = zip(range(len(self.steps), 0, -1), reversed(self.steps), strict=True) if by else ()
        return next((number for number, entry in numbered if isinstance(entry.step, by) and entry.turns(child)), 0)

    def last_of(self, kind: type[S], child: str | None = None) -> S | None:
        """The step of a kind that holds: the last one recorded; with a child, the last that names it."""
        return next(reversed(self.all_of(kind, child)), None)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Which place among the steps each has, by its id."""
        return {entry.step.step_id: place for place, entry in enumerate(self.steps)}

    def entry(self, step_id: str) -> RecordedStep | None:
        """The step that was recorded under this id."""
        place = self.places.get(step_id)
        return None if place is None else self.steps[place]

    def came_after(self, step: Step, other: Step) -> bool:
        """Whether a step was recorded after another one; both were."""
        return self.places[step.step_id] > self.places[other.step_id]

    def receipt(self, step_id: str) -> Receipt | None:
        """The receipt that was given for the step."""
        return next((receipt for receipt in self.receipts if receipt.step_id == step_id), None)

    @property
    @remembered
    def text_held(self) -> int:
        """How many bytes the steps are that were recorded."""
        return sum(entry.step.size for entry in self.steps)

    @property
    def evidence_is_kept(self) -> bool:
        """Every step that is evidence is kept where it can be shown."""
        return not any(entry.step.is_kept for entry in self.steps[self.evidence_kept :])

    @cached_property
    def results(self) -> Mapping[Effect, EffectResult]:
        """How each effect ended that has."""
        return {result.effect: result for result in reversed(self.effects)}

    def result(self, effect: Effect) -> EffectResult | None:
        """How the effect ended; None while it has not."""
        return self.results.get(effect)

    def held_until(self, effect: Effect) -> datetime | None:
        """When the effect leaves, where it waits for office hours."""
        return next((held.until for held in self.held if held.effect == effect), None)

    def ended(self, *effects: Effect | None) -> bool:
        """Whether each of these has ended; what is not to be carried out has."""
        return all(effect is None or self.result(effect) is not None for effect in effects)

    @property
    @remembered
    def unfinished(self) -> tuple[Effect, ...]:
        """What was begun and has not ended."""
        return tuple(effect for effect in self.begun if self.result(effect) is None)
