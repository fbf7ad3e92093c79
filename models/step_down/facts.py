"""The facts of one step-down: what was recorded and done so far, and what follows from reading it."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast

from models.attention import HARM_NOT_TAKEN, NEWER_VERSION, NOT_ANSWERING, Attention, Resolution, version_named
from models.certificate import Certificate, DueRung
from models.clocks import REAL_TIME, ClockKind, RungKind
from models.effects import Effect, EffectKind, EffectResult, Ended
from models.policy import Policy
from models.services import EarlyHelpService
from models.step_down.answers import Receipt, Rejected
from models.step_down.recorded import Alert, Clock, Opening, RecordedStep, Times
from models.step_down.said import (
    AgreedChild,
    ChildAcknowledgement,
    ChildAdvice,
    ChildAtMeeting,
    ChildConsent,
    ChildDecision,
    Decision,
    Holder,
    HolderAnswer,
    Letter,
)
from models.step_down.start import PAPERS, DocumentKind, Route, StepDownRequest
from models.step_down.steps import (
    AcknowledgeTransfer,
    AddChild,
    ApproveLetters,
    Cancel,
    ChangeService,
    DecideChildren,
    NameLeadPractitioner,
    OfferConversation,
    PauseClock,
    Reassign,
    RecalculateClocks,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordExploration,
    RecordFamiliesFirstNotified,
    RecordFamilySharing,
    RecordFinalMeeting,
    RecordManagementConversation,
    ReportSignificantHarm,
    ResolveAttention,
    ResumeClock,
    SpokenTo,
    Step,
    WithdrawConsent,
)
from models.vocabulary import Frozen

S = TypeVar("S", bound=Step)


P = ParamSpec("P")


R = TypeVar("R")


def remembered(asked: Callable[Concatenate["Facts", P], R]) -> Callable[Concatenate["Facts", P], R]:
    """Calculate an answer once for the same facts: they never change, and all of the rules ask again and again.

    A family of nine children would otherwise keep a workflow task so busy that Temporal takes it for stuck.
    """

    @wraps(asked)
    def answered(facts: "Facts", *about: P.args, **named: P.kwargs) -> R:
        key = (asked, *about, *named.items())
        if key not in facts.worked_out:
            facts.worked_out[key] = asked(facts, *about, **named)
        answer: R = facts.worked_out[key]
        return answer

    return cast("Callable[Concatenate[Facts, P], R]", answered)


UNDONE_BY: dict[type[Step], tuple[type[Step], ...]] = {
    RecordConsent: (ChangeService, WithdrawConsent),
    WithdrawConsent: (ChangeService,),
    OfferConversation: (ChangeService,),
    RecordContactConversation: (ChangeService,),
    NameLeadPractitioner: (ChangeService,),
    ApproveLetters: (ChangeService, WithdrawConsent, Cancel, DecideChildren, NameLeadPractitioner),
    AcknowledgeTransfer: (ChangeService,),
    RecordFamiliesFirstNotified: (ChangeService,),
}
"""Which later step makes an earlier one count no more (SD-09a): another service, consent withdrawn, the end. Of
decisions and practitioners, those that say what letters which had been sent did not."""


class Facts(Frozen):
    """Everything that a step-down knows; the rules read only this."""

    request: StepDownRequest
    opened_at: datetime
    opening: Opening | None = None
    steps: tuple[RecordedStep, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    begun: tuple[Effect, ...] = ()
    """The effects that were begun; from then on, what they act on is not replaced."""
    effects: tuple[EffectResult, ...] = ()
    stopped: tuple[EffectResult, ...] = ()
    """What was begun and stopped before it was done, as it was no longer wanted; it may be begun again."""
    cancel_requests: tuple[datetime, ...] = ()
    """When somebody asked in the Temporal UI to cancel the workflow."""
    raised: tuple[Attention, ...] = ()
    """What needed attention, as it was raised."""
    clocks: tuple[Clock, ...] = ()
    """What was, and is, waited for."""
    alerts: tuple[Alert, ...] = ()
    """Who was told, oldest first."""

    @cached_property
    def worked_out(self) -> dict[tuple[Any, ...], Any]:
        """What was asked of these very facts, with the answers; see ``remembered``."""
        return {}

    def model_copy(self, **how: Any) -> Self:
        """Other facts, of which nothing is calculated yet."""
        copied = super().model_copy(**how)
        copied.__dict__.pop("worked_out", None)
        return copied

    @property
    def policy(self) -> Policy:
        """The policy that this transfer started with."""
        return self.opening.policy if self.opening else Policy()

    @property
    @remembered
    def newest(self) -> datetime:
        """The newest moment that is known: the facts have no now."""
        told = [entry.accepted_at for entry in self.steps[-1:]] + [alert.raised_at for alert in self.alerts[-1:]]
        return max([self.opened_at, *told])

    @property
    @remembered
    def child_refs(self) -> tuple[str, ...]:
        """The children of this transfer: those of the start, then those that were added."""
        return (*(child.ref for child in self.request.children), *filter(self._belongs, self.added))

    @property
    def added(self) -> tuple[str, ...]:
        """The children that were to be added."""
        return tuple(step.child_ref for step in self.all_of(AddChild))

    def _belongs(self, added: str) -> bool:
        """A person has not skipped the added child because another transfer holds it."""
        reserved = self.result(Effect(kind=EffectKind.RESERVE_CHILD, subject=added))
        return reserved is None or reserved.ended is not Ended.SKIPPED

    @remembered
    def all_of(self, kind: type[S], child: str | None = None) -> list[S]:
        """Every step of a kind that counts, oldest first; with a child, those that name it."""
        undone = self._undone(UNDONE_BY.get(kind, ()), child)
        return [
            entry.step
            for entry in self.steps[undone:]
            if isinstance(entry.step, kind) and not entry.late and _names(entry.step, child)
        ]

    def _undone(self, by: tuple[type[Step], ...], child: str | None) -> int:
        """How many steps, from the oldest, were recorded before the last one of these kinds."""
        if not by:
            return 0
        places = [place for place, entry in enumerate(self.steps) if _turns(entry, by, child)]
        return places[-1] + 1 if places else 0

    def last_of(self, kind: type[S], child: str | None = None) -> S | None:
        """The step of a kind that holds: the last one recorded; with a child, the last that names it."""
        return next(reversed(self.all_of(kind, child)), None)

    @remembered
    def _said_of(self, child: str, kind: type[Step]) -> Any:
        """What the last step of a kind says of the child."""
        step = self.last_of(kind, child)
        return next((said for said in getattr(step, "children", ()) if said.ref == child), None)

    def entry(self, step_id: str) -> RecordedStep | None:
        """The step that was recorded under this id."""
        return next((entry for entry in self.steps if entry.step.step_id == step_id), None)

    def receipt(self, step_id: str) -> Receipt | None:
        """The receipt that was given for the step."""
        return next((receipt for receipt in self.receipts if receipt.step_id == step_id), None)

    @property
    @remembered
    def service_ref(self) -> str:
        """The service that the transfer goes to now."""
        changed = self.last_of(ChangeService)
        return changed.service_ref if changed else self.request.service_ref

    @property
    def service(self) -> EarlyHelpService | None:
        """That service, as the directory had it; None until it was asked."""
        return next((service for service in self._services if service.ref == self.service_ref), None)

    def known_service(self, ref: str) -> EarlyHelpService:
        """A service that this transfer has gone to, as the directory had it."""
        return next(service for service in self._services if service.ref == ref)

    def service_name(self, ref: str) -> str:
        """What the directory calls a service; its reference, until the directory was asked."""
        return next((service.name for service in self._services if service.ref == ref), ref)

    @property
    def _services(self) -> list[EarlyHelpService]:
        looked_up = [result.service for result in self.effects if result.service is not None]
        return [self.opening.service, *looked_up] if self.opening else looked_up

    @property
    def social_worker(self) -> str:
        """The social worker responsible now."""
        return self._responsible("social_worker")

    @property
    def team_manager(self) -> str:
        """The team manager responsible now."""
        return self._responsible("team_manager")

    @property
    def social_work_team(self) -> str:
        """The social work team responsible now."""
        return self._responsible("social_work_team")

    def _responsible(self, role: str) -> str:
        named = [name for step in self.all_of(Reassign) if (name := getattr(step, role)) is not None]
        return str([getattr(self.request, role), *named][-1])

    @property
    def cancelled(self) -> Cancel | None:
        """The step that cancelled the transfer."""
        return self.last_of(Cancel)

    @property
    def exploration(self) -> RecordExploration | None:
        """SD-05."""
        return self.last_of(RecordExploration)

    @property
    def on_a_plan(self) -> bool:
        """The plan route (SD-04)."""
        return self.request.route is Route.PLAN

    @property
    def papers(self) -> tuple[DocumentKind, ...]:
        """What the family sees on this route, and the service gets."""
        return PAPERS[self.request.route]

    def kind_of(self, document: str) -> DocumentKind | None:
        """The kind of a document of this transfer; None where it is none."""
        return next((known.kind for known in self.request.documents if known.ref == document), None)

    @remembered
    def shared(self, kind: DocumentKind) -> RecordFamilySharing | None:
        """SD-10, SD-15: how the family saw the document of this kind last."""
        said = self.all_of(RecordFamilySharing)
        return next((step for step in reversed(said) if self.kind_of(step.document_ref) is kind), None)

    @property
    def offer(self) -> OfferConversation | None:
        """SD-07: what the contact of this service answered to the request."""
        return self.last_of(OfferConversation)

    @property
    def conversation(self) -> RecordContactConversation | None:
        """SD-07: the last conversation with the contact of this service."""
        return self.last_of(RecordContactConversation)

    @property
    def practitioner(self) -> NameLeadPractitioner | None:
        """SD-28."""
        return self.last_of(NameLeadPractitioner)

    @property
    def interim(self) -> bool:
        """Only an interim contact is named (SD-28)."""
        return self.practitioner is not None and self.practitioner.interim_until is not None

    @property
    def management_conversation(self) -> RecordManagementConversation | None:
        """SD-29: the last one."""
        return self.last_of(RecordManagementConversation)

    @property
    def families_first(self) -> RecordFamiliesFirstNotified | None:
        """SD-26."""
        return self.last_of(RecordFamiliesFirstNotified)

    @property
    @remembered
    def harm_reports(self) -> tuple[ReportSignificantHarm, ...]:
        """SU-01: the reports of significant harm, each as it was said last."""
        said = self.all_of(ReportSignificantHarm)
        corrected = {step.corrects for step in said}
        return tuple(step for step in said if step.step_id not in corrected)

    def spoken_to(self, report: ReportSignificantHarm) -> SpokenTo | None:
        """SU-01: who was spoken to about it, as it says itself, or a later report; None where nobody has said it."""
        said = (report, *(later for later in self.harm_reports if _covers(later, report)))
        return next((one.spoken_to for one in said if one.spoken_to is not None), None)

    @property
    def nobody_spoken_to(self) -> tuple[ReportSignificantHarm, ...]:
        """SU-01: the reports of which nobody has said yet who was spoken to, there or in a later report."""
        return tuple(report for report in self.harm_reports if self.spoken_to(report) is None)

    @property
    def harm_not_taken(self) -> tuple[Attention, ...]:
        """SU-01: the reports of significant harm that came and could not be taken, while none was taken since."""
        return tuple(item for item in self.open_attention if item.problem == HARM_NOT_TAKEN)

    @property
    def letters(self) -> tuple[Letter, ...] | None:
        """SD-33; None until they are approved."""
        approved = self.last_of(ApproveLetters)
        return approved.letters if approved else None

    def answer(self, child: str) -> ChildConsent | None:
        """The family's answer for the child, for this service (SD-09); None where it was withdrawn since."""
        answer: ChildConsent | None = self._said_of(child, RecordConsent)
        return answer

    def objectors(self, child: str) -> tuple[Holder, ...]:
        """SD-09: who said no for the child, whichever service it was about, and nothing else since."""
        steps = (entry.step for entry in self.steps if isinstance(entry.step, RecordConsent))
        said = [
            holder for step in steps for answer in step.children if answer.ref == child for holder in answer.holders
        ]
        objections = (holder for holder in said if holder.answer is HolderAnswer.REFUSED)
        return tuple(one for one in objections if one is [other for other in said if other.is_named_like(one)][-1])

    @remembered
    def consents(self, child: str) -> bool:
        """Whether consent stands for the child (SD-09)."""
        answer = self.answer(child)
        return answer is not None and answer.stands

    def withdrawn(self, child: str) -> bool:
        """Consent was withdrawn for the child, and not given again (SD-09a)."""
        return self.last_of(WithdrawConsent, child) is not None and self.answer(child) is None

    def said_no(self, child: str) -> bool:
        """The family's last word on the child, whichever service it was about, was no (SD-09a)."""
        said = [
            entry.step
            for entry in self.steps
            if isinstance(entry.step, RecordConsent | WithdrawConsent) and not entry.late and _names(entry.step, child)
        ]
        last = said[-1] if said else None
        if isinstance(last, RecordConsent):
            return not next(answer for answer in last.children if answer.ref == child).stands
        return last is not None

    @remembered
    def talked_over(self, child: str) -> AgreedChild | None:
        """What the last conversation that named the child said of it (SD-08)."""
        said: AgreedChild | None = self._said_of(child, RecordContactConversation)
        return said

    @remembered
    def first_talked(self, child: str) -> datetime | None:
        """When the child was first talked over with this service; what was corrected since does not count."""
        said = self.all_of(RecordContactConversation, child)
        corrected = {step.corrects for step in said}
        return min((step.occurred_at for step in said if step.step_id not in corrected), default=None)

    @remembered
    def agreement(self, child: str) -> AgreedChild | None:
        """What the conversation agreed for the child (SD-08); None where it did not agree it."""
        if self.conversation is None or not self.conversation.appropriate:
            return None
        said = self.talked_over(child)
        return said if said is not None and said.agreed else None

    def meeting(self, child: str) -> RecordFinalMeeting | None:
        """SD-19: the last final meeting that spoke of the child."""
        return self.last_of(RecordFinalMeeting, child)

    @remembered
    def said_at_meeting(self, child: str) -> ChildAtMeeting | None:
        """SD-19: what it said of the child."""
        said: ChildAtMeeting | None = self._said_of(child, RecordFinalMeeting)
        return said

    def advice(self, child: str) -> ChildAdvice | None:
        """The summary of advice for the child (SD-30)."""
        advice: ChildAdvice | None = self._said_of(child, RecordAdviceSummary)
        return advice

    @remembered
    def decision(self, child: str) -> ChildDecision | None:
        """The decision for the child (SD-23).

        That it passes to Early Help no longer counts where the child was turned away since: by another service, by
        consent withdrawn, or because the transfer was cancelled. No closing counts against which a final meeting
        spoke since, or that was decided before a report of significant harm. Once its closing has begun, it stands.
        """
        said: ChildDecision | None = self._said_of(child, DecideChildren)
        stays = said is not None and said.decision is Decision.STAYS_WITH_SOCIAL_WORK
        if said is None or stays or self.closing_begun(child):
            return said
        if self.harm_reports:
            return None
        decided = self.last_of(DecideChildren, child)
        place = next(place for place, entry in enumerate(self.steps) if entry.step is decided)
        return None if any(_undoes(entry, said) for entry in self.steps[place:]) else said

    @remembered
    def closing(self, child: str) -> Effect:
        """SD-21…24: social work closes the child in Mosaic; another time where it had reopened the child's case."""
        return Effect(kind=EffectKind.CLOSE_CHILD, subject=numbered(child, 1 + len(self.reopenings(child))))

    def closing_begun(self, child: str) -> bool:
        """Whether social work has begun to close the child in Mosaic."""
        return self.closing(child) in self.begun

    @remembered
    def reopenings(self, child: str) -> tuple[Effect, ...]:
        """Each time that social work reopened the child's case, after it was closed."""
        taken_back = sum(1 for entry in self.steps if child in entry.reopens)
        return tuple(
            Effect(kind=EffectKind.REOPEN_CHILD, subject=numbered(child, number)) for number in range(1, taken_back + 1)
        )

    @property
    def rounds(self) -> int:
        """Which service this is, counted from 1, of those to which closed children were to pass."""
        return 1 + sum(1 for entry in self.steps if isinstance(entry.step, ChangeService) and entry.reopens)

    def reopened_at(self, child: str) -> datetime:
        """From when on a closing of the child may be ours: since social work reopened the case, or since the start."""
        return next((e.accepted_at for e in reversed(self.steps) if child in e.reopens), self.opened_at)

    @remembered
    def given_back(self, child: str) -> bool:
        """The service declined the closed child, or did not answer for it while everybody was told (SD-35)."""
        decided = self.decision(child)
        passed = decided is not None and decided.decision is Decision.TRANSFER
        if not passed or self.result(self.closing(child)) is None:
            return False
        answer = self.acknowledgement(child)
        silent = (c for c in self.open_clocks(ClockKind.ACKNOWLEDGEMENT) if c.about == child)
        return not answer.accepted if answer is not None else any(map(self.end_told, silent))

    def acknowledgement(self, child: str) -> ChildAcknowledgement | None:
        """The service's answer for the child (SD-35)."""
        answer: ChildAcknowledgement | None = self._said_of(child, AcknowledgeTransfer)
        return answer

    def decided(self, decision: Decision) -> tuple[str, ...]:
        """The children for whom this was decided."""
        return tuple(c for c in self.child_refs if (d := self.decision(c)) is not None and d.decision is decision)

    @property
    def all_decided(self) -> bool:
        """Whether every child has a decision."""
        return all(self.decision(child) for child in self.child_refs)

    @remembered
    def result(self, effect: Effect) -> EffectResult | None:
        """How the effect ended; None while it has not."""
        return next((result for result in self.effects if result.effect == effect), None)

    def resolution(self, attention_id: str) -> ResolveAttention | None:
        """How a person ended the attention item; None while it waits."""
        return next((step for step in self.all_of(ResolveAttention) if step.attention_id == attention_id), None)

    def open_clocks(self, kind: ClockKind | None = None) -> tuple[Clock, ...]:
        """What is waited for now."""
        return tuple(clock for clock in self.clocks if clock.ended is None and kind in {None, clock.kind})

    def changes_of(self, clock: Clock) -> tuple[PauseClock | ResumeClock | RecalculateClocks, ...]:
        """The steps by which people changed how the clock counts, oldest first."""
        said = (entry.step for entry in self.steps[clock.steps_before :])
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

    def service_of(self, clock: Clock) -> str:
        """The service that the transfer went to when the clock began."""
        changes = [e.step for e in self.steps[: clock.steps_before] if isinstance(e.step, ChangeService)]
        return changes[-1].service_ref if changes else self.request.service_ref

    @remembered
    def certificate(self, clock: Clock) -> Certificate | None:
        """The clock's due date, as it was last calculated; None where it has to be calculated before it holds.

        After a pause the old one holds no more; during a recalculation it does.
        """
        worked_out = [
            (int(number), result.certificate)
            for result in self.effects
            if result.certificate is not None
            for clock_id, _, number in [result.effect.subject.rpartition("/")]
            if clock_id == clock.id
        ]
        counted = [step for step in self.changes_of(clock) if not isinstance(step, PauseClock)]
        resumed = [place for place, step in enumerate(counted, start=2) if isinstance(step, ResumeClock)]
        number, certificate = worked_out[-1] if worked_out else (0, None)
        return certificate if number >= max(resumed, default=1) else None

    @remembered
    def times(self, clock: Clock) -> Times | None:
        """When it is due and who is told when; None until that is calculated."""
        if clock.kind in REAL_TIME:
            rungs = (
                DueRung(kind=rung.kind, at=clock.since + rung.after, audiences=rung.audiences)
                for rung in self.policy.harm_alerts
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

    @property
    @remembered
    def unfinished(self) -> tuple[Effect, ...]:
        """What was begun and has not ended."""
        return tuple(effect for effect in self.begun if self.result(effect) is None)

    def letter(self, letter_id: str) -> Letter:
        """A letter in the last form that was approved."""
        approved = [entry.step.letters for entry in self.steps if isinstance(entry.step, ApproveLetters)]
        return next(letter for letters in reversed(approved) for letter in letters if letter.letter_id == letter_id)

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

    @remembered
    def retries(self, effect: Effect) -> int:
        """How often a person ordered another try of the effect."""
        return sum(1 for i in self.attention if i.effect == effect.id and i.resolution is Resolution.RETRY)

    @property
    @remembered
    def attention(self) -> tuple[Attention, ...]:
        """What needed attention, each with how it ended."""
        return tuple(self._with_resolution(item) for item in self.raised)

    def _with_resolution(self, item: Attention) -> Attention:
        ended = self.resolution(item.id)
        if ended is not None:
            return item.model_copy(update={"resolution": ended.resolution, "note": ended.note})
        return item.model_copy(update={"needed": item.needed and self._still_so(item)})

    def _still_so(self, item: Attention) -> bool:
        """What it is about has not ended by itself: an effect, or what people agree about a child."""
        if item.child is not None:
            return self.given_back(item.child)
        if item.problem == NEWER_VERSION:
            return not self.has_seen(*version_named(item.what))
        if item.problem == HARM_NOT_TAKEN:
            return not self._reported_since(item)
        return item.effect is None or any(effect.id == item.effect for effect in self.unfinished)

    def _reported_since(self, item: Attention) -> bool:
        """A report was taken since; of those that add to an earlier one only by who sent what could not be taken."""
        sender = next((message.sender for message in self.rejected if message.asked_in == item.id), None)
        later = (entry.step for entry in self.steps if entry.accepted_at > item.since)
        reports = (step for step in later if isinstance(step, ReportSignificantHarm))
        return any(step.corrects is None or step.actor.words == sender for step in reports)

    def has_seen(self, document: str, version: int) -> bool:
        """The family saw this version of the document last, or a newer one; or another document in its place.

        What it saw too late to count, it has seen.
        """
        kind = self.kind_of(document)
        said = (entry.step for entry in self.steps if isinstance(entry.step, RecordFamilySharing))
        seen = [step.version for step in said if step.document_ref == document]
        counts = self.shared(kind) if kind else None
        in_its_place = counts is not None and counts.document_ref != document
        return in_its_place or (bool(seen) and seen[-1] >= version)

    @property
    def open_attention(self) -> tuple[Attention, ...]:
        """What waits for a person to put right."""
        return tuple(item for item in self.attention if item.open)


def _names(step: Step, child: str | None) -> bool:
    return child is None or child in step.children_named()


def _turns(entry: RecordedStep, by: tuple[type[Step], ...], child: str | None) -> bool:
    """Whether the step is of these kinds; a withdrawal turns only the children that it names."""
    match entry.step:
        case step if entry.late or not isinstance(step, by):
            return False
        case WithdrawConsent():
            return _names(entry.step, child)
        case DecideChildren() | NameLeadPractitioner():
            return entry.after_letters
        case _:
            return True


def _undoes(entry: RecordedStep, decided: ChildDecision) -> bool:
    """Whether what was decided for the child before this step no longer counts."""
    if isinstance(entry.step, RecordFinalMeeting):
        said = (child for child in entry.step.children if child.ref == decided.ref)
        return not entry.late and not all(child.lets(decided.decision) for child in said)
    passes_on = decided.decision is Decision.TRANSFER
    return passes_on and _turns(entry, (ChangeService, WithdrawConsent, Cancel), decided.ref)


def _covers(later: ReportSignificantHarm, report: ReportSignificantHarm) -> bool:
    """Somebody was spoken to about the same children since, though the report says so of itself."""
    after = later.spoken_to is not None and later.spoken_to.at >= report.occurred_at
    return after and set(report.children_named()) <= set(later.children_named())


def numbered(child: str, number: int) -> str:
    """The child, with the number from the second time on."""
    return child if number == 1 else f"{child}/{number}"
