"""The facts of one journey: what was recorded and done so far, and what follows from reading it.

Each journey extends them; nothing else of the machinery is extended.
"""

from datetime import datetime
from typing import ClassVar

from models.attention import HARM_NOT_TAKEN, Attention, Resolution
from models.certificate import Certificate, DueRung
from models.effects import Effect
from models.journey.answers import Rejected
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.kept import Kept
from models.journey.recorded import Alert, Clock, Times
from models.journey.remembered import remembered
from models.journey.reports import came_from_another, covers, of_its_own, own_call, replaced_by, said_just_before
from models.journey.side import Side
from models.journey.steps import (
    EVERYBODY,
    Cancel,
    PauseClock,
    RecalculateClocks,
    ReportsHarm,
    ResolveAttention,
    ResumeClock,
    SpokenTo,
)
from models.kinds import NOT_ANSWERING, REAL_TIME, UNCLEAR, ClockKind, RungKind
from models.mosaic import DocumentVersion
from models.people import Colleague
from models.services import EarlyHelpService
from models.vocabulary import OUTSIDE, Role

MOST_SENDERS = 3
"""An item names so many of those who sent what was not taken; more are counted."""


class Facts(Kept):
    """Everything that a journey knows; the rules read only this."""

    CONFIRMED_BY: ClassVar[frozenset[Role]] = EVERYBODY - OUTSIDE
    """Whose word counts that somebody was spoken to about a risk of significant harm (SU-01)."""
    TELLS_OF_FAMILY: ClassVar[bool] = True
    """Something about the family leaves by it; what turns it away says what had left by then."""

    @property
    def service_ref(self) -> str:
        """The service that the transfer goes to now."""
        return self.request.service_ref

    @property
    def service(self) -> EarlyHelpService | None:
        """That service, as the directory had it; None until it was asked."""
        return next((service for service in self.services if service.ref == self.service_ref), None)

    def known_service(self, ref: str | None) -> EarlyHelpService:
        """A service that this transfer has gone to, as the directory had it."""
        return next(service for service in self.services if service.ref == ref)

    def service_name(self, ref: str) -> str:
        """What the directory calls a service; its reference, until the directory was asked."""
        return next((service.name for service in self.services if service.ref == ref), ref)

    @property
    @remembered
    def services(self) -> tuple[EarlyHelpService, ...]:
        """The services that this transfer has gone to, each as the directory had it last."""
        looked_up = [result.service for result in self.effects if result.service is not None]
        known = [self.opening.service, *looked_up, *self.newer_services] if self.opening else looked_up
        return tuple({service.ref: service for service in known if service is not None}.values())

    @property
    @remembered
    def people(self) -> tuple[Colleague, ...]:
        """Who is there for social work, as the directory had them last."""
        asked = (result.people for result in reversed(self.effects) if result.people is not None)
        return next(asked, self.opening.people if self.opening else ())

    def called(self, ref: str) -> str:
        """A person of the council as people read them: ``Jo Sample (tm-3)``; the reference, where it is all we know."""
        name = next((person.name for person in self.people if person.ref == ref), None)
        return f"{name} ({ref})" if name else ref

    @property
    def side(self) -> Side:
        """Which side answers for it."""
        return self.request.side

    @property
    def chairs(self) -> tuple[str, ...]:
        """Who chaired the meetings whose word is waited for, the newest first; a journey may have none."""
        return ()

    @property
    def owner(self) -> str | None:
        """Who answers for a family that waits, by reference; None where none does."""
        return None

    @property
    def social_worker(self) -> str | None:
        """The social worker responsible now; None where the service answers for it."""
        return None

    @property
    def team_manager(self) -> str | None:
        """The team manager responsible now."""
        return None

    @property
    def social_work_team(self) -> str | None:
        """The social work team responsible now."""
        return None

    @property
    def belongs_to(self) -> tuple[str, ...]:
        """Whose it is now, by reference: the team of social work that is responsible, or the service that answers."""
        return (self.social_work_team or self.service_ref,)

    @property
    def named_people(self) -> tuple[str, ...]:
        """Who is responsible for the family by name, by reference."""
        return tuple(dict.fromkeys(who for who in (self.social_worker, self.team_manager) if who is not None))

    @property
    def cancelled(self) -> Cancel | None:
        """The step that cancelled the transfer."""
        return self.last_of(Cancel)

    @property
    @remembered
    def harm_reports(self) -> tuple[ReportsHarm, ...]:
        """SU-01: what reports a risk of significant harm, as it was said last; a correction loses no child."""
        said = [step for step in self.all_of(ReportsHarm) if step.at_risk]
        replaced = [replaced_by(self, step) for step in said]
        return tuple(step for step in said if step not in replaced)

    @property
    def harm_stands(self) -> bool:
        """SU-01: a report of significant harm stands; what that stops, each journey says."""
        return bool(self.harm_reports)

    @property
    @remembered
    def harm_reported_after(self) -> int:
        """How many steps there are up to the newest report of harm; what only adds who was spoken to is none."""
        reports = [
            (place, entry.step) for place, entry in enumerate(self.steps, 1) if isinstance(entry.step, ReportsHarm)
        ]
        new = (place for place, step in reports if step.at_risk and not self._only_adds(step))
        return max(new, default=0)

    def _only_adds(self, step: ReportsHarm) -> bool:
        if of_its_own(self, step):
            return False
        corrected = self.entry(step.corrects) if step.corrects else None
        before = corrected.step if corrected is not None else said_just_before(self, step)
        return isinstance(before, ReportsHarm) and {*step.at_risk} <= {*before.at_risk}

    def spoken_to(self, report: ReportsHarm) -> SpokenTo | None:
        """SU-01: who was spoken to about it, as it says itself, or a later report; None where nobody has said it."""
        words = [one for one in self.harm_reports if one.actor.role in self.CONFIRMED_BY or came_from_another(one)]
        own = own_call(self, report) if report in words else None
        later = next((one.spoken_to for one in words if covers(one, report)), None)
        return own or later or self._told_what_it_came_to(report)

    def _told_what_it_came_to(self, report: ReportsHarm) -> SpokenTo | None:
        """SD-39: who said what it came to for the children, since it was reported."""
        since = [step for step in self.all_of(RecordHarmOutcome) if step.said_at >= report.occurred_at]
        heard = {child for step in since for child in step.children_named()}
        return since[-1].spoken_to if {*report.at_risk} <= heard else None

    @property
    @remembered
    def nobody_spoken_to(self) -> tuple[ReportsHarm, ...]:
        """SU-01: the reports of which nobody has said yet who was spoken to, there or in a later report."""
        return tuple(report for report in self.harm_reports if self.spoken_to(report) is None)

    @property
    def harm_not_taken(self) -> tuple[Attention, ...]:
        """SU-01: the reports of significant harm that came and could not be taken, while none was taken since."""
        return tuple(item for item in self.open_attention if item.problem == HARM_NOT_TAKEN)

    def open_clocks(self, kind: ClockKind | None = None) -> tuple[Clock, ...]:
        """What is waited for now."""
        return tuple(clock for clock in self.clocks if clock.ended is None and kind in {None, clock.kind})

    def clock(self, clock_id: str | None) -> Clock | None:
        """The clock of this id."""
        return next((clock for clock in self.clocks if clock.id == clock_id), None)

    def changes_of(self, clock: Clock) -> tuple[PauseClock | ResumeClock | RecalculateClocks, ...]:
        """The steps by which people changed how the clock counts while it ran, oldest first."""
        since = self.steps[clock.steps_before :]
        said = (entry.step for entry in since if clock.ended is None or entry.accepted_at <= clock.ended)
        return tuple(
            step
            for step in said
            if isinstance(step, RecalculateClocks)
            or (isinstance(step, PauseClock | ResumeClock) and step.clock == clock.kind)
        )

    def paused(self, clock: Clock) -> PauseClock | None:
        """The step by which the clock is paused now."""
        said = [step for step in self.changes_of(clock) if not isinstance(step, RecalculateClocks)]
        return said[-1] if said and isinstance(said[-1], PauseClock) else None

    def ended_paused(self, clock: Clock) -> bool:
        """It was still paused when the answer came, or nothing was waited for any more."""
        return clock.ended is not None and self.paused(clock) is not None

    @remembered
    def certificate(self, clock: Clock) -> Certificate | None:
        """The clock's due date, as it was last calculated; None where it has to be calculated before it holds.

        After a pause the old one holds no more; during a recalculation it does.
        """
        found = [
            (result.effect.number or 0, result.certificate)
            for result in self.effects
            if result.certificate is not None and result.effect.clock == clock.id
        ]
        counted = [step for step in self.changes_of(clock) if not isinstance(step, PauseClock)]
        resumed = [place for place, step in enumerate(counted, start=2) if isinstance(step, ResumeClock)]
        ended = [len(counted) + 2] if self.ended_paused(clock) else []
        number, certificate = found[-1] if found else (0, None)
        return certificate if number >= max([*resumed, *ended], default=1) else None

    @remembered
    def times(self, clock: Clock) -> Times | None:
        """When it is due and who is told when; None until that is calculated."""
        if clock.kind in REAL_TIME:
            rungs = (
                DueRung(kind=rung.kind, at=clock.since + rung.after, audiences=rung.audiences)
                for rung in self.policy.in_real_time(clock.kind)
            )
            return Times(clock.since, tuple(rungs), self.policy.harm_alerts_again)
        certificate = self.certificate(clock)
        return Times(certificate.due, certificate.rungs) if certificate else None

    def due(self, kind: ClockKind) -> datetime | None:
        """When what is waited for is due; the first, where it is several."""
        running = [self.times(clock) for clock in self.open_clocks(kind) if self.paused(clock) is None]
        return min((times.due for times in running if times), default=None)

    @remembered
    def alerts_of(self, clock: Clock, due: datetime) -> tuple[Alert, ...]:
        """Who was told about this clock, for this due date."""
        return tuple(alert for alert in self.alerts if clock.id in alert.clocks and alert.due == due)

    def time_is_up(self, kind: ClockKind) -> bool:
        """What is waited for has not come, and its end, or the top of its ladder, was told."""
        return any(map(self.end_told, self.open_clocks(kind)))

    @remembered
    def end_told(self, clock: Clock) -> bool:
        """The end of the wait, or the top of its ladder, was told for the due date that holds."""
        times = self.times(clock)
        told = self.alerts_of(clock, times.due) if times else ()
        return any(alert.top or alert.what is RungKind.END for alert in told)

    def resolution(self, attention_id: str) -> ResolveAttention | None:
        """How a person ended the attention item; None while it waits."""
        return next((step for step in self.all_of(ResolveAttention) if step.attention_id == attention_id), None)

    @remembered
    def person_ended(self, effect: Effect) -> ResolveAttention | None:
        """How a person ended the effect: done by hand, or skipped; None where nobody did."""
        said = [self.resolution(item.id) for item in self.raised if item.effect == effect.id and item.needed]
        return next((by for by in said if by is not None and by.resolution is not Resolution.RETRY), None)

    @remembered
    def waits_for_a_person(self, effect: Effect) -> Attention | None:
        """The open attention item of the effect; what another system keeps failing is tried on meanwhile."""
        asked = (item for item in self.open_attention if item.effect == effect.id)
        return next((item for item in asked if item.problem != NOT_ANSWERING), None)

    def was_unclear(self, effect: Effect) -> bool:
        """Nobody knew at some time whether it was sent: where a person skipped it, it may have reached somebody."""
        return any(item.effect == effect.id and item.problem == UNCLEAR for item in self.raised)

    @remembered
    def retries(self, effect: Effect) -> int:
        """How often a person ordered another try of the effect."""
        return sum(1 for i in self.attention if i.effect == effect.id and i.resolution is Resolution.RETRY)

    @property
    @remembered
    def attention(self) -> tuple[Attention, ...]:
        """What needed attention, each with how it ended."""
        return tuple(self._with_resolution(item) for item in self.raised)

    @property
    def open_attention(self) -> tuple[Attention, ...]:
        """What waits for a person to put right."""
        return tuple(item for item in self.attention if item.open)

    def _with_resolution(self, item: Attention) -> Attention:
        item, ended = self._with_all_that_came(item), self.resolution(item.id)
        if ended is not None:
            return item.model_copy(update={"resolution": ended.resolution, "note": ended.note})
        return item.model_copy(update={"needed": item.needed and self.is_still_so(item)})

    def _with_all_that_came(self, item: Attention) -> Attention:
        """An item about messages that were not taken says how many they are, and whose."""
        came = self._rejected_in(item)
        times = sum(message.times for message in came)
        if times < 2:
            return item
        senders = list(dict.fromkeys(message.sender or "somebody unknown" for message in came))
        others = f" and {len(senders) - MOST_SENDERS} others" if len(senders) > MOST_SENDERS else ""
        total = f"In all {times} messages came that belong to this, from {', '.join(senders[:MOST_SENDERS])}{others}"
        return item.model_copy(update={"detail": f"{(item.detail or '').rstrip('.')}. {total}"})

    def _rejected_in(self, item: Attention) -> list[Rejected]:
        """The messages that were not taken, and about which the item asks."""
        return [message for message in self.rejected if message.asked_in == item.id]

    def has_seen(self, document: DocumentVersion) -> bool:
        """Whether the family has seen this version, so that nobody has to show it to them."""
        raise NotImplementedError

    def keeps_open(self, child: str) -> bool:  # noqa: ARG002 (every journey is asked of a child)
        """Whether a child whose closing was decided is not closed, for what Mosaic holds of it; most close nobody."""
        return False

    def is_still_so(self, item: Attention) -> bool:
        """Whether what the item is about has not ended by itself."""
        if item.problem == HARM_NOT_TAKEN:
            return not self._reported_since(item)
        return item.effect is None or any(effect.id == item.effect for effect in self.unfinished)

    def _reported_since(self, item: Attention) -> bool:
        """A report was taken since: by who sent what could not be taken; or one of its own, by somebody of ours.

        Whoever is outside says nothing of what others could not report (ER-14).
        """
        senders = {message.sender for message in self._rejected_in(item)}
        later = (entry.step for entry in self.steps if entry.accepted_at > item.since)
        reports = [step for step in later if isinstance(step, ReportsHarm) and step.at_risk]
        of_ours = any(step.corrects is None and step.actor.role not in OUTSIDE for step in reports)
        return of_ours or any(senders == {step.actor.words} for step in reports)
