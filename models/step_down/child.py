"""One child on its way through a step-down: what was said of it, what was decided, and what became of that."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from models.effects import Effect, EffectResult, Ended
from models.journey.recorded import RecordedStep
from models.journey.steps import Cancel
from models.kinds import ClockKind, EffectKind
from models.mosaic import ChildRecord
from models.step_down.asked import Asked
from models.step_down.first_contact import FirstContact, first_contact
from models.step_down.held import PlanHere, Question, SaidHere, kept_open_by, unsaid
from models.step_down.looks import look_at, looks_at
from models.step_down.start import PlanType
from models.step_down.steps.acts import Authorise
from models.step_down.steps.confirmation import AcknowledgeTransfer, ChildAcknowledgement
from models.step_down.steps.consent import WithdrawConsent
from models.step_down.steps.decision import (
    ChildAdvice,
    ChildDecision,
    Decision,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.final_meeting import ChildAtMeeting, MeetingOutcome, RecordFinalMeeting
from models.step_down.steps.transfer import ChangeService
from models.step_down.stop import goes_on
from models.vocabulary import Role


@dataclass(frozen=True, eq=False)
class Child(Asked):
    """The same child, with what was decided, what Mosaic holds, and what became of it."""

    @cached_property
    def agencies_may_read(self) -> bool:
        """Consent stands (SD-09); or the agencies stay, universal services suffice, and nobody said no (SD-32)."""
        return self.consents or (self.is_decided(Decision.UNIVERSAL_ONLY) and not self.said_no)

    @property
    def meeting(self) -> RecordFinalMeeting | None:
        """SD-19: the last final meeting that spoke of the child."""
        return self.facts.last_of(RecordFinalMeeting, self.ref)

    @cached_property
    def at_meeting(self) -> ChildAtMeeting | None:
        """SD-19: what it said of the child."""
        return self.said(RecordFinalMeeting, ChildAtMeeting)

    @property
    def unheard(self) -> bool:
        """No final meeting has come to an answer."""
        return self.at_meeting is None or self.at_meeting.outcome is MeetingOutcome.ADJOURNED

    @property
    def agreed_at_meeting(self) -> bool:
        """The final meeting agreed that the child passes on."""
        return self.at_meeting is not None and self.at_meeting.outcome is MeetingOutcome.AGREED

    @cached_property
    def advice(self) -> ChildAdvice | None:
        """The summary of advice (SD-30)."""
        return self.said(RecordAdviceSummary, ChildAdvice)

    @property
    def named(self) -> NameLeadPractitioner | None:
        """SD-28: who was named last, whether or not the team manager agrees to an interim contact."""
        return self.facts.last_of(NameLeadPractitioner, self.ref)

    @cached_property
    def practitioner(self) -> NameLeadPractitioner | None:
        """SD-28, SD-38: who was named last; an interim contact only once the team manager has agreed.

        Until then, and where the manager says no, whoever was named before stays.
        """
        named = reversed(self.facts.all_of(NameLeadPractitioner, self.ref))
        return next((one for one in named if not one.needs_manager or self.facts.granted(one, self.ref)), None)

    @property
    def interim(self) -> bool:
        """Only an interim contact is named (SD-28)."""
        return self.practitioner is not None and self.practitioner.interim_until is not None

    @cached_property
    def decided_in(self) -> RecordDecisions | None:
        """The step that decides the child, whatever the manager says of it (SD-23).

        That the child passes to Early Help no longer counts where it was turned away since: by another service, by
        consent withdrawn, or because the transfer was cancelled. No closing counts against which a final meeting
        spoke since, that was decided before a report of significant harm, of a child whom Mosaic keeps open, or whose
        refusal changes the risk. Once its closing has begun, it stands; what was decided after that counts unless the
        manager said no.
        """
        steps = self.facts.all_of(RecordDecisions, self.ref)
        if self.closing_begun:
            return next((step for step in reversed(steps) if not self.facts.denied(step, self.ref)), None)
        if not steps:
            return None
        step, said = steps[-1], self._in(steps[-1])
        if not said.decision.closes:
            return step
        place = next(place for place, entry in enumerate(self.facts.steps) if entry.step is step)
        undone = self.kept_after_all(said) or any(self._undone(entry, said) for entry in self.facts.steps[place:])
        withheld = said.decision is Decision.TRANSFER and self.withheld_from(None)
        return (
            None
            if self.stopped or place < self.facts.harm_reported_after or self.refusal_changes_risk or withheld or undone
            else step
        )

    @cached_property
    def decision(self) -> ChildDecision | None:
        """The decision (SD-23); None also where the manager said no (SD-23b), or the conference manager (SD-19a)."""
        step = self.decided_in
        return None if step is None or self.facts.denied(step, self.ref) or self.end_denied_in(step) else self._in(step)

    @cached_property
    def died(self) -> bool:
        """It has died, as was decided last of it; also where that came too late to close it so."""
        records = [entry.step for entry in self.facts.steps if isinstance(entry.step, RecordDecisions)]
        last = next((step for step in reversed(records) if step.names(self.ref)), None)
        return last is not None and self._in(last).died and not self.facts.denied(last, self.ref)

    def end_denied_in(self, step: RecordDecisions) -> bool:
        """Its plan is to have ended without a conference, and the conference manager has said that it goes on."""
        return self._in(step).ended_without_conference is not None and self.facts.end_denied(step)

    @property
    def end_denied(self) -> bool:
        """SD-19a: so it was decided last, and nothing has been decided since."""
        last = self.facts.last_of(RecordDecisions, self.ref)
        return last is not None and not self.closing_begun and self.end_denied_in(last)

    def _in(self, step: RecordDecisions) -> ChildDecision:
        return next(said for said in step.children if said.ref == self.ref)

    @property
    def stopped(self) -> bool:
        """SU-01, SD-39: a report of significant harm stops it, or everything."""
        reported = bool(self.facts.harm_reports)
        return reported and (self.facts.harm_stands or not goes_on(self.facts, self.ref))

    @property
    def authorised(self) -> bool:
        """SD-23b: what closes the child is the manager's own act."""
        return self.decided_in is not None and self.facts.granted(self.decided_in, self.ref)

    @property
    def waits_for_manager(self) -> bool:
        """SD-23b: a decision that closes it is recorded, and the manager has said nothing."""
        return self.decision is not None and self.decision.decision.closes and not self.authorised

    def _undone(self, entry: RecordedStep, decided: ChildDecision) -> bool:
        """Whether what was decided before this step no longer counts."""
        if isinstance(entry.step, RecordFinalMeeting):
            said = [child for child in entry.step.children if child.ref == self.ref]
            without = decided.ended_without_conference
            ended = without is not None and without >= entry.step.day
            if self.protected and not ended and not all(child.ends_plan for child in said):
                return True
            return not entry.late and not all(child.lets(decided.decision) for child in said)
        passes_on = decided.decision is Decision.TRANSFER
        return passes_on and isinstance(entry.step, ChangeService | WithdrawConsent | Cancel) and entry.turns(self.ref)

    @cached_property
    def look(self) -> Effect:
        """SD-19a, SD-19b: how Mosaic is asked of it: as the transfer opens, and anew when its closing is decided."""
        return look_at(self.facts, self.ref)

    @cached_property
    def looks(self) -> tuple[EffectResult, ...]:
        """Each time that Mosaic was looked at about the child, oldest first; also by a person, without a record."""
        results = (*self.facts.effects, *self.facts.stopped)
        by_hand = {look for look in looks_at(self.facts, self.ref) if self._by_hand(look)}
        of_child = (one for one in results if self.ref in one.records or one.effect in by_hand)
        return tuple(sorted(of_child, key=lambda one: one.at))

    def _by_hand(self, look: Effect) -> bool:
        result = self.facts.result(look)
        return result is not None and result.ended is Ended.BY_HAND

    @cached_property
    def record(self) -> ChildRecord | None:
        """What Mosaic held of the child when the machine looked last."""
        return next((look.records[self.ref] for look in reversed(self.looks) if look.records), None)

    def unsaid(self, until: datetime | None = None) -> tuple[Question, ...]:
        """What Mosaic did not say of the child by then, or does not say now; nothing, where nobody had looked."""
        looks = [look for look in self.looks if until is None or look.at <= until]
        return unsaid(looks[-1].records.get(self.ref)) if looks else ()

    def plan_here(self, decided: ChildDecision | None) -> PlanHere:
        """SD-19a: what this transfer knows of the child's Child Protection plan."""
        without = decided.ended_without_conference if decided is not None else None
        return PlanHere(protected=self.protected, said=self.said_of_plan, ended_without=without)

    @cached_property
    def newest_meeting(self) -> RecordFinalMeeting | None:
        """The newest record of a meeting that names it, also one that came too late to count."""
        held = (entry.step for entry in reversed(self.facts.steps) if isinstance(entry.step, RecordFinalMeeting))
        return next((step for step in held if step.names(self.ref)), None)

    @property
    def said_of_plan(self) -> SaidHere | None:
        """By the newest conference here; the review of another plan says nothing of it."""
        held = self.newest_meeting
        if held is None or not self.protected or self.newest_at_meeting is None:
            return None
        on = held.day
        confirmed = bool(self.facts.stands_for(held))
        return SaidHere(on=on, ends=self.newest_at_meeting.ends_plan, confirmed=confirmed)

    def kept_open(self, decided: ChildDecision | None) -> tuple[str, ...]:
        """SD-19a, SD-19b: what keeps the child open, as it was looked at last; nothing, where nothing does."""
        return kept_open_by(self.record, self.plan_here(decided))

    def kept_after_all(self, decided: ChildDecision) -> bool:
        """Mosaic was looked at since its closing was decided, and something keeps it open."""
        return self.facts.ended(self.look) and bool(self.kept_open(decided))

    @property
    def kept_open_now(self) -> bool:
        """Its closing was decided, and did not come about, as Mosaic keeps it open; nothing else was decided since."""
        said = self.said(RecordDecisions, ChildDecision)
        return said is not None and said.decision.closes and not self.closing_begun and self.kept_after_all(said)

    @property
    def unanswered(self) -> bool:
        """SD-19b: it is to be closed, Mosaic does not say everything, and the team manager has not said it either."""
        to_be_closed = self.decision is not None and self.decision.decision.closes and not self.closing_begun
        waits = to_be_closed and self.authorised and self.facts.ended(self.look)
        return waits and not set(self.unsaid()) <= set(self.answered_by_manager)

    @property
    def manager_said_at(self) -> datetime | None:
        """When the team manager closed the child with a word of their own; None where they gave none."""
        step = self.decided_in
        if step is None:
            return None
        act = step if step.actor.role is Role.TEAM_MANAGER else self.facts.act_on(step, self.ref)
        if act is None or (isinstance(act, Authorise) and not (act.granted and act.because)):
            return None
        entry = self.facts.entry(act.step_id)
        return entry.accepted_at if entry is not None else None

    @property
    def answered_by_manager(self) -> tuple[Question, ...]:
        """SD-19b: what Mosaic had not said when the team manager closed the child with a word of their own."""
        said_at, step = self.manager_said_at, self.decided_in
        if said_at is None or step is None:
            return ()
        # The reason of a manager's own decision is about the child; what Mosaic does not say is a question of its own.
        silent = step.actor.role is Role.TEAM_MANAGER and step.of_what_mosaic_does_not_say is None
        return () if silent else self.unsaid(until=said_at)

    @cached_property
    def newest_at_meeting(self) -> ChildAtMeeting | None:
        """What the newest record of a final meeting says of it, also one that came when something had been acted on."""
        records = [entry.step for entry in self.facts.steps if isinstance(entry.step, RecordFinalMeeting)]
        said = [child for step in records for child in step.children if child.ref == self.ref]
        return said[-1] if said else None

    @property
    def protected(self) -> bool:
        """The transfer came out of a Child Protection plan (SD-19a)."""
        return self.facts.request.plan_type is PlanType.CHILD_PROTECTION

    def is_decided(self, decision: Decision) -> bool:
        """Whether this was decided for the child."""
        return self.decision is not None and self.decision.decision is decision

    @property
    def may_still_pass(self) -> bool:
        """Not decided yet, or decided to pass on, and not being closed yet."""
        return not self.closing_begun and (self.decision is None or self.is_decided(Decision.TRANSFER))

    @property
    def passes_on(self) -> bool:
        """Decided to pass to Early Help, alive, and consent stands (SD-09)."""
        return self.is_decided(Decision.TRANSFER) and self.consents and not self.died

    @property
    def with_the_service(self) -> bool:
        """It passes on, and the service has not given it back."""
        return self.passes_on and not self.given_back

    @property
    def shown_to_service(self) -> bool:
        """SD-09d: the service may see how it stands with the child: consent covers something of it for that service.

        No longer where consent was withdrawn, nothing of it is shared with the service, or it does not go there. As
        long as a report of significant harm stops it, the service sees it only where it has it.
        """
        covered = self.answer is not None and bool(self.answer.may_share) and self.could_pass
        goes_there = self.with_the_service or (self.may_still_pass and not self.stopped)
        return covered and goes_there and self.facts.cancelled is None

    @cached_property
    def closing(self) -> Effect:
        """SD-21…24: social work closes the child in Mosaic; another time where it had reopened the child's case."""
        return Effect(kind=EffectKind.CLOSE_CHILD, child=self.ref, time=1 + len(self.reopenings))

    @cached_property
    def closing_begun(self) -> bool:
        """Whether social work has begun to close the child in Mosaic."""
        return self.closing in self.facts.begun

    @property
    def closing_result(self) -> EffectResult | None:
        """How the closing ended; None while it has not."""
        return self.facts.result(self.closing)

    @cached_property
    def reopenings(self) -> tuple[Effect, ...]:
        """Each time that social work reopened the child's case, after it was closed."""
        times = sum(1 for entry in self.facts.steps if self.ref in entry.reopens)
        return tuple(Effect(kind=EffectKind.REOPEN_CHILD, child=self.ref, time=time) for time in range(1, times + 1))

    @property
    def reopened_at(self) -> datetime:
        """From when on a closing may be ours: since social work reopened the case, or since the start."""
        steps = reversed(self.facts.steps)
        return next((entry.accepted_at for entry in steps if self.ref in entry.reopens), self.facts.opened_at)

    @property
    def is_closed(self) -> bool:
        """Closed in Mosaic, and not opened again since."""
        result = self.closing_result
        if result is None and self.reopenings:
            return not self.facts.ended(self.reopenings[-1])
        return result is not None and result.ended is not Ended.SKIPPED

    @cached_property
    def acknowledgement(self) -> ChildAcknowledgement | None:
        """The service's answer (SD-35)."""
        return self.said(AcknowledgeTransfer, ChildAcknowledgement)

    @cached_property
    def given_back(self) -> bool:
        """The service did not accept the closed child (SD-35); or nobody saw it, and it is taken back (SD-37)."""
        return self.not_accepted or self.first_contact is FirstContact.TAKEN_BACK

    @cached_property
    def not_accepted(self) -> bool:
        """The service declined the closed child, or did not answer for it while everybody was told (SD-35)."""
        if not self.is_decided(Decision.TRANSFER) or self.closing_result is None or self.died:
            return False
        clocks = self.facts.open_clocks(ClockKind.ACKNOWLEDGEMENT)
        silent = (clock for clock in clocks if clock.about == self.ref)
        answer = self.acknowledgement
        return not answer.accepted if answer is not None else any(map(self.facts.end_told, silent))

    @cached_property
    def first_contact(self) -> FirstContact:
        """SD-37: whether somebody saw it, since a service took it."""
        return first_contact(self)

    @cached_property
    def talked_about(self) -> bool:
        """SD-29: team manager and Targeted Services Leader have talked since the child was given back.

        After a report of significant harm no Early Help response is looked for, and nobody waits for them; whom the
        manager took back themselves needs no conversation.
        """
        if self.facts.harm_stands or self.first_contact is FirstContact.TAKEN_BACK:
            return True
        steps = self.facts.steps
        held = [place for place, entry in enumerate(steps) if isinstance(entry.step, RecordManagementConversation)]
        if not held:
            return False
        declined = self.facts.last_of(AcknowledgeTransfer, self.ref)
        if declined is not None:
            return held[-1] > next(place for place, entry in enumerate(steps) if entry.step is declined)
        open_clocks = self.facts.open_clocks(ClockKind.ACKNOWLEDGEMENT)
        clocks = {clock.id for clock in open_clocks if clock.about == self.ref}
        told = [alert.raised_at for alert in self.facts.alerts if clocks & set(alert.clocks)]
        return bool(told) and steps[held[-1]].accepted_at >= max(told)
