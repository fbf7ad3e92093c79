"""What people said of a transfer, and what was sent for it, kept without the code's own rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from models.attention import Attention
from models.effects import Effect, EffectResult, Ended
from models.journey.recorded import Alert
from models.journey.steps import Cancel, ReportSignificantHarm, ResolveAttention, ResumeClock, Step
from models.kinds import ClockKind, EffectKind
from models.step_down.start import DocumentKind, Route, StepDownRequest
from models.step_down.steps.confirmation import (
    AcknowledgeTransfer,
    ApproveLetters,
    Letter,
    LetterAudience,
    RecordFamiliesFirstNotification,
)
from models.step_down.steps.consent import ChildConsent, HolderAnswer, RecordConsent, WithdrawConsent
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.decision import (
    ChildDecision,
    Decision,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.sharing import RecordFamilySharing
from models.step_down.steps.transfer import AddChild, ChangeService
from models.vocabulary import LONDON
from models.ways import WAYS

HAPPENED = (Ended.DONE, Ended.FOUND_DONE, Ended.BY_HAND)
CALENDAR = (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION)
CONFIRMS = (EffectKind.SEND_LETTER, EffectKind.SEND_ADVICE_SUMMARY, EffectKind.RECOMMEND_FAMILIES_FIRST)
SPEAKS_AGAINST = {
    Decision.TRANSFER: set(MeetingOutcome) - {MeetingOutcome.AGREED},
    Decision.UNIVERSAL_ONLY: {MeetingOutcome.NOT_AGREED, MeetingOutcome.PLAN_CONTINUES},
    Decision.NO_FURTHER_SUPPORT: set(MeetingOutcome) - {MeetingOutcome.AGREED, MeetingOutcome.ADJOURNED},
}
"""What a final meeting says of a child who was decided so before, and what makes that count no more."""
REACHES = (
    EffectKind.REQUEST_CONVERSATION,
    EffectKind.SHARE_DOCUMENT,
    EffectKind.MAIL_DOCUMENT,
    EffectKind.SEND_PACK,
)
"""By what a service comes to know of the transfer."""


@dataclass(frozen=True)
class Order:
    """What was known when the machine set out."""

    decided: dict[str, Decision]
    passed_on: set[str]
    """The children who pass to Early Help, for whom consent stood, and whom the service had not given back."""
    practitioner: str | None
    taken_back: Counter[str]


@dataclass
class Oracle:
    """Asked what may happen now, and at the end whether everything happened."""

    request: StepDownRequest
    without_mosaic: frozenset[str] = frozenset()
    """The services that are written to."""
    service: str = ""
    children: list[str] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    consents: dict[str, str] = field(default_factory=dict)
    """The children for whom consent stands, each with the service that it names."""
    said_no: set[str] = field(default_factory=set)
    """The children for whom the family's last word was no, to whichever service."""
    objected: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Who said no for each child, and nothing else since."""
    papers: dict[DocumentKind, RecordFamilySharing] = field(default_factory=dict)
    """How the family saw each document last."""
    asking: set[Effect] = field(default_factory=set)
    """The requests for a conversation that no change was told of since they were begun."""
    asked: set[str] = field(default_factory=set)
    """The services to which one of them has gone."""
    talks: dict[str, dict[str, datetime]] = field(default_factory=lambda: defaultdict(dict))
    """When each child was talked over with this service, by step; what was corrected is gone."""
    dates: dict[str, ScheduleFinalMeeting] = field(default_factory=dict)
    """What was said of the day of the final meeting, by step, the newest last."""
    meetings: list[tuple[RecordFinalMeeting, str]] = field(default_factory=list)
    """What was recorded of final meetings, each with the service that the transfer went to then."""
    occasion: str | None = None
    """The first date, by step, since a meeting was held."""
    occasions: dict[str, str] = field(default_factory=dict)
    """Which it was for each date: a calendar takes dates with the same one for the same meeting."""
    invitations: list[tuple[Effect, datetime]] = field(default_factory=list)
    """The invitations to a final meeting that came about, or may have, and their being cancelled, with their time."""
    calendars: dict[tuple[str, str], Effect] = field(default_factory=dict)
    """The invitation that may stand in the calendar of a service, by occasion."""
    numbers: dict[tuple[str, str], tuple[int, int, bool]] = field(default_factory=dict)
    """By which the calendar knows the newest message about it."""
    newest: datetime = datetime(1900, 1, 1, tzinfo=UTC)
    """When a step was taken last, or somebody told."""
    agreed: dict[str, bool] = field(default_factory=dict)
    """What the conversation with this service said of each child."""
    practitioner: str | None = None
    interim: bool = False
    """That is an interim contact."""
    advice: set[str] = field(default_factory=set)
    decided: dict[str, Decision] = field(default_factory=dict)
    decided_in: dict[str, str] = field(default_factory=dict)
    """By which step each child was decided last."""
    turned: set[str] = field(default_factory=set)
    """The children who were turned away from the service while social work was closing them."""
    taken_back: Counter[str] = field(default_factory=Counter)
    """How often social work reopened the case of the closed child."""
    decided_otherwise: set[str] = field(default_factory=set)
    """The children who stay closed, though no service accepted them."""
    talked_about: set[str] = field(default_factory=set)
    """The children of whom nothing new came from the service since the managers talked."""
    letters: dict[str, Letter] = field(default_factory=dict)
    cancelled: bool = False
    harm: dict[str, ReportSignificantHarm] = field(default_factory=dict)
    """The reports of significant harm by the step that said each first, as it was said last."""
    closing_before_harm: set[Effect] = field(default_factory=set)
    """The closings that had begun when the first of them came."""
    harm_refused_at: datetime | None = None
    harm_taken_at: datetime | None = None
    """When a report of significant harm could not be taken last, and when one was taken last."""
    told_of_harm: set[str] = field(default_factory=set)
    """The clocks of reports that somebody was told of."""
    contact_answered: bool = False
    """The contact of this service offered a date, said no, or held the conversation."""
    acknowledged: set[str] = field(default_factory=set)
    """The children for whom the service answered, if only to decline."""
    accepted: set[str] = field(default_factory=set)
    families_first: bool = False
    alerts: list[Alert] = field(default_factory=list)
    dues: dict[str, datetime] = field(default_factory=dict)
    """The last due date of each clock, by its id."""
    silent: dict[str, datetime] = field(default_factory=dict)
    """For which due date nobody was left to be told, by the id of the clock."""
    directory: set[str] = field(default_factory=set)
    """The services that the directory knows, as far as it was asked."""
    heard_by: dict[str, set[object]] = field(default_factory=lambda: defaultdict(set))
    """How each service came to know of this transfer, until it was told that it goes elsewhere."""
    knew: set[str] = field(default_factory=set)
    look_up: Effect | None = None
    to_tell: list[Effect] = field(default_factory=list)
    stuck: dict[str, Attention] = field(default_factory=dict)
    """What certainly did not happen, until a person put it right."""
    under_way: dict[Effect, Order] = field(default_factory=dict)
    happened: dict[Effect, Order] = field(default_factory=dict)
    ended: set[Effect] = field(default_factory=set)
    """Whatever came of it."""

    def __post_init__(self) -> None:
        self.service = self.request.service_ref
        self.directory.add(self.service)
        self.children = [child.ref for child in self.request.children]

    def hear(self, step: Any) -> None:  # noqa: C901, PLR0912, PLR0915 - one short branch a step
        """A step that counts."""
        self._may_be_said(step)
        match step:
            case RecordConsent():
                for child in step.children:
                    self._hear_holders(child)
                    self.consents.pop(child.ref, None)
                    self.said_no.add(child.ref)
                    if _stands(child):
                        self.consents[child.ref] = step.service_ref
                        self.said_no.discard(child.ref)
            case WithdrawConsent():
                self._turn_away(step, step.children_named())
                for ref in step.children_named():
                    self.consents.pop(ref, None)
                    self.said_no.add(ref)
            case ChangeService():
                for ref in filter(self.given_back, self.children):
                    self._take_back(ref)
                self._turn_away(step, self.children)
                self.heard_by[self.service].clear()
                self.service, self.consents, self.agreed, self.practitioner = step.service_ref, {}, {}, None
                self.interim, self.acknowledged, self.accepted, self.families_first = False, set(), set(), False
                self.contact_answered, self.look_up = (
                    False,
                    Effect(kind=EffectKind.LOOK_UP_SERVICE, service=step.service_ref, step=step.step_id),
                )
                self.talks.clear()
            case Cancel():
                self._turn_away(step, self.children)
                self.cancelled = True
            case RecordFamilySharing():
                self.papers[self._kind_of(step.document_ref)] = step
            case AnswerRequest():
                self.contact_answered = True
                self._let_know(step)
            case RecordContactConversation():
                self.contact_answered = True
                self._let_know(step)
                said = {child.ref: child.agreed for child in step.children}
                self.agreed = {**self.agreed, **said} if step.appropriate else {}
                for ref in said:
                    self.talks[ref].pop(str(step.corrects), None)
                    self.talks[ref][step.step_id] = step.occurred_at
            case ScheduleFinalMeeting():
                self.dates[step.step_id] = step
                self.occasion = self.occasions[step.step_id] = self.occasion or step.step_id
            case RecordFinalMeeting():
                self.meetings.append((step, self.service))
                if self.occasion and step.occurred_at > self.dates[self.occasion].occurred_at:
                    self.occasion = None
                for child in step.children:
                    decided = self.decided.get(child.ref)
                    if decided in SPEAKS_AGAINST and child.outcome in SPEAKS_AGAINST[decided]:
                        self._undecide(child.ref)
            case ReportSignificantHarm():
                self._stop_for_harm(step)
            case NameLeadPractitioner():
                named_before = self.interim or (self.practitioner is not None and bool(self.passed_on))
                self.letters = {} if named_before and self.letters_sent else self.letters
                self.practitioner, self.interim = step.practitioner, step.interim_until is not None
            case RecordManagementConversation():
                self.talked_about = set(self.children)
            case RecordAdviceSummary():
                self.advice.update(step.children_named())
            case RecordDecisions():
                self._decide(step)
            case ApproveLetters():
                self.letters = {letter.letter_id: letter for letter in step.letters}
            case AcknowledgeTransfer():
                self.talked_about.difference_update(step.children_named())
                self.acknowledged.update(step.children_named())
                self.accepted.difference_update(step.children_named())
                self.accepted.update(child.ref for child in step.children if child.accepted)
            case RecordFamiliesFirstNotification():
                self.families_first = True
            case AddChild():
                self.added.add(step.child_ref)
                self.children.append(step.child_ref)
            case ResumeClock():
                self.dues = {clock: due for clock, due in self.dues.items() if not clock.startswith(f"{step.clock}/")}
            case ResolveAttention():
                self.stuck.pop(step.attention_id, None)

    def _may_be_said(self, step: Any) -> None:
        """A child between two services is nobody's to decide before the managers have talked (SD-29, SD-35)."""
        match step:
            case AddChild() | ChangeService() if self.harm:
                raise AssertionError("a risk of significant harm was reported, and something new begins")
            case RecordDecisions() if self.harm:
                said = {child.decision for child in step.children}
                assert said == {Decision.STAYS_WITH_SOCIAL_WORK}, "closed in spite of a risk of significant harm"
            case RecordDecisions():
                for child in filter(lambda child: self.given_back(child.ref), step.children):
                    assert child.ref in self.talked_about, f"the managers have not talked about {child.ref}"
                    assert child.decision is not Decision.TRANSFER, f"{child.ref} was not accepted by this service"
            case ScheduleFinalMeeting() | RecordFinalMeeting():
                assert self.of_a_plan, "a final meeting, and there is no plan"
            case ChangeService():
                begun = self.under_way | self.happened
                closed = {c for c, d in self.decided.items() if d is Decision.TRANSFER and self.closing(c) in begun}
                assert all(map(self.given_back, closed)), "another service, and this one has accepted a child"
                assert closed <= self.talked_about, "another service, and the managers have not talked"

    def _hear_holders(self, child: ChildConsent) -> None:
        """SD-09: an objection does not vanish because nobody names who made it."""
        assert self.objected[child.ref] <= {one.who for one in child.holders}, f"an objection for {child.ref} is gone"
        self.objected[child.ref] = {one.who for one in child.holders if one.answer is HolderAnswer.REFUSED}

    def _decide(self, step: RecordDecisions) -> None:
        """What becomes of a child whom the service did not accept is told to it, and in new letters.

        A letter with a text of its own was approved for what was decided then.
        """
        given_back = set(filter(self.given_back, step.children_named()))
        if given_back:
            self._tell(step)
        if any(each.text for each in self.letters.values()) or (given_back and self.letters_sent):
            self.letters = {}
        for child in step.children:
            if child.ref in given_back:
                self._settle(child)
            self.decided[child.ref], self.decided_in[child.ref] = child.decision, step.step_id
            self.turned.discard(child.ref)

    def _settle(self, child: ChildDecision) -> None:
        """Social work reopens the child's case, unless nobody need have it."""
        if child.decision is Decision.STAYS_WITH_SOCIAL_WORK:
            self._take_back(child.ref)
        else:
            self.decided_otherwise.add(child.ref)

    def _take_back(self, child: str) -> None:
        self.taken_back[child] += 1
        self.silent = {clock: due for clock, due in self.silent.items() if clock.split("/")[1] != child}

    def _let_know(self, by: object) -> None:
        self.heard_by[self.service].add(by)
        self.knew.add(self.service)

    def _turn_away(self, step: Step, children: Iterable[str]) -> None:
        """Who knows is told; letters approved before speak of what no longer holds; who was to pass on is undecided."""
        self.letters = {}
        self._tell(step)
        self._let_stay(*children)

    def _let_stay(self, *children: str) -> None:
        for child in children:
            if self.decided.get(child) is Decision.TRANSFER:
                self._undecide(child)

    def _stop_for_harm(self, report: ReportSignificantHarm) -> None:
        """The first report tells the service, and undoes whatever closing has not begun."""
        if not self.harm:
            self._tell(report)
            self.closing_before_harm = {e for e in self.under_way | self.happened if e.kind is EffectKind.CLOSE_CHILD}
            for child, said in list(self.decided.items()):
                if said is not Decision.STAYS_WITH_SOCIAL_WORK:
                    self._undecide(child)
        first = next(
            (step_id for step_id, said in self.harm.items() if said.step_id == report.corrects), report.step_id
        )
        self.harm[first] = report

    def _tell(self, step: Step) -> None:
        heard = self.heard_by[self.service]
        if heard and self.service in self.directory:
            self.to_tell.append(_effect(EffectKind.TELL_SERVICE, f"{self.service}/{step.step_id}"))
            asked = (
                effect for effect in self.under_way | self.happened if effect.kind is EffectKind.REQUEST_CONVERSATION
            )
            heard.difference_update(asked)
            self.asking = {effect for effect in self.asking if _child(effect) != self.service}
            self.asked.discard(self.service)

    def _undecide(self, child: str) -> None:
        if self.closing(child) in self.under_way:
            self.turned.add(child)
        elif self.closing(child) not in self.happened:
            self.turned.discard(child)
            del self.decided[child]

    def set_out(self, effect: Effect) -> None:
        """The machine begins it, or goes about it again."""
        self.under_way[effect] = Order(
            dict(self.decided), self.with_the_service, self.practitioner, self.taken_back.copy()
        )
        if effect.kind in REACHES:
            self._let_know(effect)
        if effect.kind is EffectKind.REQUEST_CONVERSATION:
            self.asking.add(effect)

    def get_stuck(self, item: Attention) -> None:
        """A person is asked to put it right."""
        if item.problem != "unclear":
            self.stuck[item.id] = item

    def see(self, result: EffectResult) -> None:
        """It ended."""
        effect, order = result.effect, self.under_way.pop(result.effect)
        assert effect not in self.happened, "it happens once"
        self.stuck = {number: item for number, item in self.stuck.items() if item.effect != effect.id}
        if result.ended is not Ended.STOPPED:
            self.ended.add(effect)
        if result.service is not None:
            self.directory.add(result.service.ref)
        if result.certificate is not None:
            self.dues[_subject(effect).rpartition("/")[0]] = result.certificate.due
        if effect.kind in CALENDAR and (result.ended in HAPPENED or result.may_have_been_sent):
            self._note_in_calendar(effect, result)
        if effect in self.asking and result.ended in HAPPENED:
            self.asked.add(_child(effect))
        if result.ended in HAPPENED:
            self.happened[effect] = order
            return
        for heard in self.heard_by.values():
            heard.discard(effect)
        if effect.kind is EffectKind.RESERVE_CHILD and result.ended is Ended.SKIPPED:
            self.children.remove(_subject(effect))
            self.decided.pop(_subject(effect), None)
        elif effect.kind is EffectKind.CLOSE_CHILD and _child(effect) in self.turned:
            self._undecide(_child(effect))

    def _note_in_calendar(self, effect: Effect, result: EffectResult) -> None:
        """What may have been cancelled may stand there still; what comes after a newer message changes nothing."""
        self.invitations.append((effect, result.at))
        place = _child(effect), self.occasions[self._date_of(effect).step_id]
        if self._number(effect) < self.numbers.get(place, (0, 0, False)):
            return
        if effect.kind is EffectKind.INVITE_TO_MEETING:
            self.calendars[place], self.numbers[place] = effect, self._number(effect)
        elif not result.may_have_been_sent:
            self.calendars.pop(place, None)
            self.numbers[place] = self._number(effect)

    def _number(self, message: Effect) -> tuple[int, int, bool]:
        """The later date, then the later time that it is said, then that it is cancelled."""
        _, date, *again = _subject(message).split("/")
        return list(self.dates).index(date), int(again[0]) if again else 1, message.kind is EffectKind.CANCEL_INVITATION

    def hear_alert(self, alert: Alert) -> None:
        """Somebody is told; what it is about has not come."""
        self.newest = max(self.newest, alert.raised_at)
        assert alert.number == len(self.alerts) + 1, "alerts are numbered without a gap"
        assert alert.audiences
        assert self.still_waits_for(alert), f"nobody waits for this any more: {alert.kind}"
        self.alerts.append(alert)
        self.told_of_harm.update(alert.clocks if alert.kind is ClockKind.SIGNIFICANT_HARM else ())
        if alert.kind is ClockKind.ACKNOWLEDGEMENT:
            self.talked_about.difference_update(clock.split("/")[1] for clock in alert.clocks)
            self.silent.update(dict.fromkeys(alert.clocks, alert.due) if alert.top else {})

    def still_waits_for(self, alert: Alert) -> bool:  # noqa: C901, PLR0911, PLR0912 - one short branch a kind
        """Whether nothing was said that answers it."""
        given_back = self.between_services
        match alert.kind:
            case ClockKind.SIGNIFICANT_HARM:
                return self._nobody_rang(alert)
            case ClockKind.HARM_NOT_TAKEN:
                refused, taken = self.harm_refused_at, self.harm_taken_at
                return refused is not None and (taken is None or taken <= refused)
            case ClockKind.CONVERSATION:
                return not self.contact_answered and self.open_to_early_help
            case ClockKind.ACKNOWLEDGEMENT:
                children = {clock.split("/")[1] for clock in alert.clocks}
                return not children & self.acknowledged and all(map(self.is_closed, children))
            case ClockKind.SHARING:
                return not all(map(self._is_settled, self._kinds))
            case ClockKind.SCHEDULING | ClockKind.FINAL_MEETING | ClockKind.MEETING_CONFIRMED:
                return self.of_a_plan and self.open_to_early_help
            case ClockKind.MEETING_NEAR:
                return self.of_a_plan and not self.talks
            case ClockKind.LEAD_PRACTITIONER:
                return self.practitioner is None
            case ClockKind.ALLOCATION:
                return self.interim and bool(self.passed_on)
            case ClockKind.MANAGEMENT_CONVERSATION:
                return not given_back <= self.talked_about
            case ClockKind.DECLINED:
                return bool(given_back & self.talked_about)
            case ClockKind.FAMILIES_FIRST:
                return self.by_mail and not self.families_first
            case ClockKind.LETTERS:
                return not self.letters or not self.agencies_are_written_to()
            case _:
                return True

    @property
    def open_to_early_help(self) -> bool:
        criteria = self.request.criteria
        judged = criteria.no_further_role and criteria.needs_early_help_can_meet and criteria.response_required
        return judged and not self.cancelled and not self.harm

    def reports_without_a_call(self) -> list[ReportSignificantHarm]:
        """Of which nobody said who was spoken to, nor of the same children since."""
        calls = [(set(r.children_named()), r.spoken_to.at) for r in self.harm.values() if r.spoken_to]
        return [
            r
            for r in self.harm.values()
            if not r.spoken_to
            and not any(set(r.children_named()) <= about and at >= r.occurred_at for about, at in calls)
        ]

    def _nobody_rang(self, alert: Alert) -> bool:
        """Each report is told once; after that only one of which nobody said who was spoken to."""
        reports = {clock: self.harm.get(clock.split("/")[1].removeprefix("report-")) for clock in alert.clocks}
        waiting = self.reports_without_a_call()
        open_reports = {clock for clock, report in reports.items() if report in waiting}
        return not set(alert.clocks) - open_reports & self.told_of_harm

    @property
    def by_mail(self) -> bool:
        """The service does not use Mosaic."""
        return self.service in self.without_mosaic

    @property
    def passed_on(self) -> set[str]:
        """The children who pass to Early Help, and for whom consent stands."""
        return {c for c, said in self.decided.items() if said is Decision.TRANSFER and c in self.consents}

    @property
    def with_the_service(self) -> set[str]:
        return self.passed_on - self.between_services

    @property
    def between_services(self) -> set[str]:
        return set(filter(self.given_back, self.children))

    def closing(self, child: str) -> Effect:
        """As often as social work reopened the child's case, it closes it once more."""
        return _again(EffectKind.CLOSE_CHILD, child, self.taken_back[child] + 1)

    def closings_before(self, child: str) -> set[Effect]:
        """Those after which social work reopened the child's case."""
        return {_again(EffectKind.CLOSE_CHILD, child, time + 1) for time in range(self.taken_back[child])}

    def reopenings(self, child: str) -> set[Effect]:
        return {_again(EffectKind.REOPEN_CHILD, child, time + 1) for time in range(self.taken_back[child])}

    def is_closed(self, child: str) -> bool:
        return self.closing(child) in self.ended

    def is_open_with_social_work(self, child: str) -> bool:
        """Never closed; or opened again after each closing."""
        return self.closing(child) not in self.happened and set(self.happened) >= self.reopenings(child)

    def given_back(self, child: str) -> bool:
        """Social work closed the child for a service that declined it, or let everybody be told and never answered."""
        passed = self.decided.get(child) is Decision.TRANSFER and self.is_closed(child)
        if not passed or child in self.acknowledged:
            return passed and child not in self.accepted
        overdue = {clock.split("/")[1] for clock, due in self.silent.items() if due == self.dues.get(clock)}
        return child in overdue & set(self.consents)

    @property
    def letters_sent(self) -> set[str]:
        """Or may have been sent."""
        stuck = {item.effect for item in self.stuck.values()}
        sent = (effect for effect in (*self.under_way, *self.ended) if effect.kind is EffectKind.SEND_LETTER)
        return {_subject(effect) for effect in sent if effect.id not in stuck}

    def may_pass_on(self, child: str) -> bool:
        """The closure interlock."""
        return (
            self.open_to_early_help
            and self.consents.get(child) == self.service
            and self.agreed.get(child, False)
            and (not self.of_a_plan or self.meeting_agrees(child))
            and self.practitioner is not None
            and child in self.advice
        )

    def meeting_agrees(self, child: str) -> bool:
        """The last final meeting that named the child agreed it.

        And it came after the conversation with this service, who was invited to it; or it was confirmed for this one.
        """
        of_child = [(step, to, said) for step, to in self.meetings for said in step.children if said.ref == child]
        if not of_child or of_child[-1][2].outcome is not MeetingOutcome.AGREED:
            return False
        step, service, _ = of_child[-1]
        if step.confirmed_by is not None:
            return service == self.service
        talked = min(self.talks[child].values(), default=None)
        return talked is not None and talked <= step.occurred_at and self._was_invited(step)

    def _was_invited(self, meeting: RecordFinalMeeting) -> bool:
        """To the date that held then, which was on that day; nor was that cancelled by then."""
        dates = [date for date in self.dates.values() if date.occurred_at < meeting.occurred_at]
        if not dates or not on_the_day(dates[-1], meeting):
            return False
        about = [
            effect.kind
            for effect, at in self.invitations
            if _subject(effect).split("/")[:2] == [self.service, dates[-1].step_id] and at <= meeting.occurred_at
        ]
        return about[-1:] == [EffectKind.INVITE_TO_MEETING]

    @property
    def of_a_plan(self) -> bool:
        return self.request.route is Route.PLAN

    @property
    def meeting_to_come(self) -> ScheduleFinalMeeting | None:
        """The last date, unless it was cancelled, or a meeting was held since."""
        last = next(reversed(self.dates.values()), None)
        return None if last is None or last.meeting_at is None or self._held_since(last) else last

    def _held_since(self, date: ScheduleFinalMeeting) -> bool:
        return any(meeting[-1][0].occurred_at > date.occurred_at for meeting in self._held())

    def _held(self) -> list[list[tuple[RecordFinalMeeting, str]]]:
        """Each meeting, as it was said first and anew."""
        first: dict[str | None, str] = {}
        held: dict[str, list[tuple[RecordFinalMeeting, str]]] = defaultdict(list)
        for said in self.meetings:
            step_id = said[0].step_id
            first[step_id] = first.get(said[0].corrects, step_id)
            held[first[step_id]].append(said)
        return list(held.values())

    def left_in_calendars(self) -> set[Effect]:
        """The invitations that may stand in a calendar, to a meeting that neither took place on its day nor is over."""
        return {effect for effect in self.calendars.values() if not self._lies_behind(self._date_of(effect))}

    def _lies_behind(self, date: ScheduleFinalMeeting) -> bool:
        return self._is_over(date) or any(on_the_day(date, meeting[-1][0]) for meeting in self._held())

    def _is_over(self, date: ScheduleFinalMeeting) -> bool:
        return date.meeting_at is not None and date.meeting_at + timedelta(minutes=date.minutes) <= self.newest

    def _date_of(self, message: Effect) -> ScheduleFinalMeeting:
        return self.dates[_subject(message).split("/")[1]]

    def _knows_of_us(self) -> bool:
        """It was asked, or has talked with us; and whoever was to be told of a change is told."""
        return (self.service in self.asked or bool(self.talks)) and set(self.to_tell) <= self.ended

    def _may_invite(self, effect: Effect) -> bool:
        to, date = _subject(effect).partition("/")[0], self._date_of(effect)
        to_come = date == self.meeting_to_come and not self._is_over(date)
        return to == self.service and to_come and self._may_reach_service()

    def _may_take_back(self, effect: Effect) -> bool:
        stands = any(_subject(invited) == _subject(effect) for invited in self.calendars.values())
        return stands and not self._lies_behind(self._date_of(effect)) and not self._still_invites(effect)

    def _still_invites(self, cancellation: Effect) -> bool:
        """Nobody has begun to cancel it, and the service is to come."""
        return cancellation not in {*self.under_way, *self.ended} and self._may_invite(cancellation)

    def _may_tell_what_was_said(self, effect: Effect) -> bool:
        """Of a meeting that it missed, and not again what it knows."""
        to, _, step_id = _subject(effect).partition("/")
        meeting = next(meeting for meeting in self._held() if step_id in {said.step_id for said, _ in meeting})
        steps = [said for said, _ in meeting]
        place = [said.step_id for said in steps].index(step_id)
        now = self._read_of(steps)
        new = place == 0 or self._read_of(steps[:place]) != self._read_of(steps[: place + 1])
        missed = not steps[-1].service_attended and meeting[place][1] == to == self.service
        return missed and new and bool(now[1]) and self._read_of(steps[: place + 1]) == now and self._knows_of_us()

    def _read_of(self, said: list[RecordFinalMeeting]) -> tuple[datetime, dict[str, MeetingOutcome]]:
        outcomes = {child.ref: child.outcome for step in said for child in step.children}
        may_read = {c: o for c, o in outcomes.items() if c in self.consents and (not self.talks or self.agreed.get(c))}
        return said[-1].occurred_at, may_read

    def may_close(self, child: str) -> bool:
        """A service without Mosaic has the papers first; whose case was reopened is open again."""
        said = self.decided.get(child)
        if self.harm or said in {None, Decision.STAYS_WITH_SOCIAL_WORK}:
            return False
        if not self.reopenings(child) <= set(self.happened):
            return False
        return said is not Decision.TRANSFER or (self.may_pass_on(child) and self._has_the_pack(child))

    def _has_the_pack(self, child: str) -> bool:
        pack = self.happened.get(self.pack(child))
        return not self.by_mail or (pack is not None and child in pack.passed_on)

    def pack(self, child: str) -> Effect:
        return _effect(EffectKind.SEND_PACK, f"{self.service}/{self.decided_in[child]}")

    def may_begin(self, effect: Effect) -> bool:
        """Whoever is told is told when it is so: everybody is closed who is to be closed.

        A closing that has begun goes on, though the family agrees to a newer version of a document meanwhile.
        """
        match effect.kind:
            case EffectKind.INVITE_TO_MEETING:
                now = self._knows_of_us()
            case EffectKind.CLOSE_CHILD if self.decided.get(_child(effect)) is Decision.TRANSFER:
                now = self.service_has_the_document()
            case kind if kind in CONFIRMS:
                staying = {c for c, said in self.decided.items() if said is Decision.STAYS_WITH_SOCIAL_WORK}
                now = all(map(self.is_closed, set(self.children) - staying))
            case _:
                now = True
        return now and self.may(effect)

    def may(self, effect: Effect) -> bool:  # noqa: C901, PLR0911, PLR0912 - one short branch a kind
        """Whether nothing speaks against this effect, if it came about now."""
        if self.harm and WAYS[effect.kind].tells_of_family:
            return False
        match effect.kind:
            case EffectKind.SHARE_DOCUMENT:
                return not self.by_mail and self._may_reach_service() and _subject(effect) in self._agreed_versions()
            case EffectKind.MAIL_DOCUMENT:
                return self.by_mail and self._may_reach_service() and _subject(effect) in self._agreed_versions()
            case EffectKind.INVITE_TO_MEETING:
                return self._may_invite(effect)
            case EffectKind.CANCEL_INVITATION:
                return self._may_take_back(effect)
            case EffectKind.SEND_MEETING_OUTCOME:
                return self._may_tell_what_was_said(effect)
            case EffectKind.REQUEST_CONVERSATION:
                return self._may_reach_service() and _subject(effect).partition("/")[0] == self.service
            case EffectKind.SEND_PACK:
                told_of = {child for child in self.passed_on if self.may_pass_on(child)}
                return self.by_mail and effect in map(self.pack, told_of) and self.service_has_the_document()
            case EffectKind.CLOSE_CHILD:
                child = _child(effect)
                reserved = child not in self.added or _effect(EffectKind.RESERVE_CHILD, child) in self.happened
                return reserved and self.may_close(child) and effect == self.closing(child)
            case EffectKind.REOPEN_CHILD:
                child = _child(effect)
                return effect in self.reopenings(child) and self.closings_before(child) <= set(self.happened)
            case EffectKind.SEND_ADVICE_SUMMARY:
                return _subject(effect).partition("/")[0] == self.practitioner and self._about_children_who_pass(effect)
            case EffectKind.RECOMMEND_FAMILIES_FIRST:
                to = f"{self.practitioner}/{self.service}"
                return self.by_mail and _subject(effect) == to and self._about_children_who_pass(effect)
            case EffectKind.SEND_LETTER:
                letter = self.letters.get(_subject(effect))
                if letter is None or self.between_services:
                    return False
                return letter.audience is LetterAudience.FAMILY or self.agencies_may_be_told()
            case EffectKind.TELL_SERVICE:
                return _subject(effect).partition("/")[0] in self.knew
            case EffectKind.LOOK_UP_SERVICE:
                return effect == self.look_up
            case EffectKind.RESERVE_CHILD:
                return _subject(effect) in self.added
            case EffectKind.CALCULATE_DUE_DATE:
                return True
            case EffectKind.MAIL_ALERT:
                number, _, audience = _subject(effect).partition("/")
                return audience in self.alerts[int(number) - 1].audiences
            case EffectKind.POST_ALERT:
                return int(_subject(effect).partition("/")[0]) <= len(self.alerts) and not self.request.restricted
            case _:
                return False

    def has_the_advice(self, practitioner: str, child: str) -> bool:
        """As it is since social work last reopened the child's case."""
        summaries = (self.happened[effect] for effect in self.summaries_to(practitioner) if effect in self.happened)
        return any(child in sent.passed_on and sent.taken_back[child] == self.taken_back[child] for sent in summaries)

    def summaries_to(self, practitioner: str) -> list[Effect]:
        sent = (effect for effect in self.ended if effect.kind is EffectKind.SEND_ADVICE_SUMMARY)
        return [effect for effect in sent if _subject(effect).partition("/")[0] == practitioner]

    def _about_children_who_pass(self, effect: Effect) -> bool:
        concerned = self.under_way[effect].passed_on
        return bool(concerned) and all(self.may_pass_on(child) or self._has_passed_on(child) for child in concerned)

    def _has_passed_on(self, child: str) -> bool:
        """What is corrected afterwards changes nothing of that, but for the family's consent."""
        return self.is_closed(child) and self.consents.get(child) == self.service

    def agencies_may_be_told(self) -> bool:
        """Consent stands for a child; or universal services are enough for one, and the family did not say no."""
        universal = {c for c, said in self.decided.items() if said is Decision.UNIVERSAL_ONLY}
        return bool(self.consents) or bool(universal - self.said_no)

    def agencies_are_written_to(self) -> bool:
        """Or it is said why not; where universal services are enough for a child, that is for them to know (SD-32)."""
        universal = Decision.UNIVERSAL_ONLY in self.decided.values()
        return not universal or any(each.audience is LetterAudience.AGENCY for each in self.letters.values())

    def _may_reach_service(self) -> bool:
        """Consent that names this service stands for a child who may still go there."""
        open_children = {c for c in self.children if self.decided.get(c, Decision.TRANSFER) is Decision.TRANSFER}
        return self.open_to_early_help and any(self.consents.get(child) == self.service for child in open_children)

    def _agreed_versions(self) -> list[str]:
        """Each document as the family agreed to it, for the service that the transfer goes to."""
        agreed = (seen for seen in self.papers.values() if seen.agreed_as_basis and seen.cleared_of_third_parties)
        return [self._version(seen) for seen in agreed]

    def _version(self, seen: RecordFamilySharing) -> str:
        return f"{seen.document_ref}/v{seen.version}/{self.service}"

    @property
    def _kinds(self) -> tuple[DocumentKind, ...]:
        return tuple(DocumentKind) if self.of_a_plan else (DocumentKind.ASSESSMENT,)

    def _kind_of(self, document: str) -> DocumentKind:
        return next(known.kind for known in self.request.documents if known.ref == document)

    def _is_settled(self, kind: DocumentKind) -> bool:
        seen = self.papers.get(kind)
        return seen is not None and (seen.agreed_as_basis or seen.without_it is not None)

    def service_has_the_document(self) -> bool:
        """Each version that the family agreed to; it agreed that support goes on without the others."""
        sent = EffectKind.MAIL_DOCUMENT if self.by_mail else EffectKind.SHARE_DOCUMENT
        there = (_effect(sent, subject) in self.happened for subject in self._agreed_versions())
        return all(map(self._is_settled, self._kinds)) and all(there)


def _stands(child: ChildConsent) -> bool:
    """A carer agrees, and a child who can say no has not; where somebody objects, the manager has let it go on."""
    agrees = any(one.cares_for_child and one.answer is HolderAnswer.AGREED for one in child.holders)
    if not agrees or child.voice.agreed is False:
        return False
    if any(one.answer is HolderAnswer.REFUSED for one in child.holders):
        return bool(child.manager_decision and child.manager_decision.goes_on)
    return True


def _again(kind: EffectKind, child: str, time: int) -> Effect:
    return _effect(kind, child if time == 1 else f"{child}/{time}")


def on_the_day(date: ScheduleFinalMeeting, meeting: RecordFinalMeeting) -> bool:
    """For which it had been scheduled."""
    days = [at.astimezone(LONDON).date() for at in (date.meeting_at, meeting.occurred_at) if at is not None]
    return date.occurred_at < meeting.occurred_at and days[:1] == days[1:]


def _child(effect: Effect) -> str:
    return _subject(effect).partition("/")[0]


def _subject(effect: Effect) -> str:
    return effect.id.partition("/")[2]


def _effect(kind: EffectKind, subject: str) -> Effect:
    names, parts = WAYS[kind].identity, subject.split("/")
    said = dict(zip(names, parts, strict=False)) | ({"time": int(parts[-1])} if len(parts) > len(names) else {})
    return Effect(kind=kind, **{name: int(part[1:]) if name == "version" else part for name, part in said.items()})
