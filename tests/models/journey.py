"""A journey: one transfer, and everything that may befall it."""

from collections import Counter
from collections.abc import Callable, Container
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from models.attention import Resolution
from models.calendar import DayOff
from models.effects import Effect, EffectResult, Ended, Intent
from models.journey.answers import Rejected
from models.journey.attention import raise_attention, skipped
from models.journey.due_dates import calculations, goes_uncounted
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.ladder import deliveries, next_rung, passed
from models.journey.recording import record_result
from models.journey.steps import ReportsHarm, ResolveAttention
from models.kinds import Audience, ClockKind, EffectKind
from models.policy import Policy
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import to_come
from models.step_down.first_contact import manager_decided
from models.step_down.stage import Stage
from models.step_down.start import Criteria, Document, DocumentKind
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.consent import ChildConsent, HolderAnswer, RecordConsent
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordDecisions
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.first_contact import AgreeStart, DecideFirstContact, Unseen
from models.step_down.steps.sharing import RecordFamilySharing
from models.step_down.steps.transfer import ChangeService
from models.vocabulary import LONDON
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    as_read,
    begin,
    calculated,
    calendar,
    due,
    england,
    facts,
    in_child_protection,
    on_a_plan,
    opening,
    own_assessment,
    request,
    resolution,
    result,
    service,
)
from tests.models.books import CANCEL, DOCUMENTS, INVITE, on_the_day, reports_harm
from tests.models.oracle import Oracle
from tests.models.people import BY_MAIL, ELSEWHERE, HOUR, NOBODY_KNOWS, Luck, People
from tests.step_down import (
    everything_wanted,
    is_needless,
    next_steps,
    raise_alerts,
    record_step,
    refusal,
    reject,
    replaced_by,
    stage,
    update_clocks,
)

NOT_ELIGIBLE = Criteria(no_further_role=False, needs_early_help_can_meet=True, response_required=True, because="risk")
NO_RESPONSE = Criteria(no_further_role=True, needs_early_help_can_meet=True, response_required=False, because="enough")
MEETING_SAYS_NO = (MeetingOutcome.NOT_AGREED, MeetingOutcome.PLAN_CONTINUES, MeetingOutcome.UNIVERSAL_SERVICES)
IN_MOSAIC = ("locked", "no_open_step")
MAIL = ("refused_address", "mail_setup")
PROBLEMS = {
    EffectKind.LOOK_AT_CHILDREN: ("not_found",),
    EffectKind.SHARE_DOCUMENT: IN_MOSAIC,
    EffectKind.MAIL_DOCUMENT: (*MAIL, "unclear"),
    EffectKind.SEND_PACK: (*MAIL, "unclear"),
    EffectKind.CLOSE_CHILD: IN_MOSAIC,
    EffectKind.REOPEN_CHILD: ("reopen_by_hand",),
    EffectKind.REQUEST_CONVERSATION: MAIL,
    EffectKind.INVITE_TO_MEETING: (*MAIL, "no_address"),
    EffectKind.CANCEL_INVITATION: (*MAIL, "no_address"),
    EffectKind.ENTER_MEETING: (*MAIL, "no_address"),
    EffectKind.REMOVE_MEETING: (*MAIL, "no_address"),
    EffectKind.SEND_MEETING_OUTCOME: (*MAIL, "unclear"),
    EffectKind.TELL_SERVICE: MAIL,
    EffectKind.SEND_ADVICE_SUMMARY: (*MAIL, "unclear"),
    EffectKind.TELL_SAFETY: (*MAIL, "unclear"),
    EffectKind.TELL_PRACTITIONER: MAIL,
    EffectKind.RECOMMEND_FAMILIES_FIRST: MAIL,
    EffectKind.SEND_LETTER: (*MAIL, "unclear"),
    EffectKind.LOOK_UP_SERVICE: ("unknown_service",),
    EffectKind.LOOK_UP_PEOPLE: ("unknown_manager",),
    EffectKind.RESERVE_CHILD: ("child_elsewhere",),
    EffectKind.CALCULATE_DUE_DATE: ("calendar_ends",),
    EffectKind.MAIL_ALERT: (*MAIL, "no_address"),
    EffectKind.POST_ALERT: ("unknown_channel",),
}
OF_TEMPORAL_ALONE = (EffectKind.OPEN_JOURNEY, EffectKind.TELL_JOURNEY)
"""They are tried until Temporal answers, and ask nobody."""
NEVER_SKIPPED = (
    EffectKind.LOOK_AT_CHILDREN,
    EffectKind.SHARE_DOCUMENT,
    EffectKind.MAIL_DOCUMENT,
    EffectKind.SEND_PACK,
    EffectKind.CLOSE_CHILD,
    EffectKind.REOPEN_CHILD,
    EffectKind.TELL_SAFETY,
    EffectKind.LOOK_UP_SERVICE,
)
IN_OUR_REGISTER = (
    EffectKind.LOOK_UP_SERVICE,
    EffectKind.LOOK_UP_PEOPLE,
    EffectKind.RESERVE_CHILD,
    EffectKind.CALCULATE_DUE_DATE,
)
ABOUT_TIME = (EffectKind.CALCULATE_DUE_DATE, EffectKind.MAIL_ALERT, EffectKind.POST_ALERT)
TOLD_OVER = Policy(channels={Audience.SOCIAL_WORKER: ("team-room",), Audience.OPERATIONS: ("pager",)})
CALENDARS = {
    days.version: days for days in (england(), calendar(announced=(DayOff(day=date(2026, 3, 4), name="a coronation"),)))
}
SLOW = (
    EffectKind.REOPEN_CHILD,
    EffectKind.REOPEN_CHILD,
    EffectKind.SEND_ADVICE_SUMMARY,
    EffectKind.SEND_PACK,
    EffectKind.INVITE_TO_MEETING,
)


class Journey:
    """One transfer; keeps the facts and the oracle, and lets somebody watch after everything that happens."""

    def __init__(self, dice: Random, watch: Callable[["Journey"], None]) -> None:
        self.dice, self.watch = dice, watch
        self.story: list[str] = []
        children = self.one_of((CHILD, SIBLING), (CHILD, SIBLING), (CHILD,))
        judged = {"criteria": self.one_of(NOT_ELIGIBLE, NO_RESPONSE)} if self.seldom(10) else {}
        plan = self.seldom(2)
        planned = in_child_protection if plan and self.seldom(4) else on_a_plan
        start = (planned(*children).request if plan else request(*children)).model_copy(
            update={"restricted": self.seldom(8), **judged}
        )
        start = start.model_copy(update={"documents": self.documents(start.documents, children)})
        without_mosaic = {BY_MAIL, *(["service-north"] if self.seldom(3) else [])}
        judgement = ", not eligible" if judged else ""
        self.tell(f"start: {', '.join(children)}{judgement}, {start.route}; mail to {sorted(without_mosaic)}")
        self.now: datetime = NOW
        self.calendar = england()
        self.luck = Luck(
            declines=self.one_of(0, 0, 1, 1, 2, 3),
            silences=self.one_of(0, 0, 1),
            universal=self.seldom(8),
            in_the_meantime=self.seldom(4),
            family=self.one_of(*["agrees"] * 12, "refuses", "is silent"),
            adjourned=self.one_of(0, 0, 0, 1, 2),
            meeting=self.one_of(*[MeetingOutcome.AGREED] * 5, *MEETING_SAYS_NO),
            harm=self.seldom(5),
            comes_to_nothing=bool(len(children) % 2) or plan,
            dispute=self.one_of(True, False) if self.seldom(6) else None,
            slow=self.one_of(None, None, *SLOW),
            unseen=self.one_of(0, 0, 1, 2),
            taken_back=self.one_of(0, 0, 0, 1),
        )
        self.ids = count(1)
        self.met: Counter[str] = Counter()
        self.broken_off: set[Effect] = set()
        """What was, at some time since it was begun, no longer wanted: a look may have begun that stops it."""
        first = service(mosaic_team=None) if "service-north" in without_mosaic else service()
        begun = facts(*children, request=start, opening=opening(policy=TOLD_OVER, service=first))
        self.oracle = Oracle(begun, frozenset(without_mosaic))
        self.know(begun)
        self.stages: set[Stage] = {stage(self.facts)}

    def documents(self, of_all: tuple[Document, ...], children: tuple[str, ...]) -> tuple[Document, ...]:
        """Mostly one assessment for all; now and then each child has its own, or one child alone (SD-38)."""
        if len(children) == 1 or not self.seldom(3):
            return of_all
        own = tuple(own_assessment(child) for child in self.one_of(children, children[:1]))
        for_others = len(own) < len(children)
        kept = (one for one in of_all if for_others or one.kind is not DocumentKind.ASSESSMENT)
        self.tell(f"documents of their own: {', '.join(one.ref for one in own)}")
        return (*kept, *own)

    def go(self) -> None:
        """Some begin well; then anything happens; then everybody does what is asked."""
        if self.seldom(2):
            self.do_as_asked(up_to=self.one_of(Stage.CONVERSATION, Stage.CLOSURE, *[Stage.CONFIRMATION] * 3))
            self.do_as_asked(up_to=Stage.CLOSED, at_most=self.one_of(0, 0, 3, 6))
        self.tell("from here on, anything happens")
        for _ in range(self.dice.randrange(5, 40)):
            if Stage.CLOSED in self.stages:
                return
            self.let_something_happen()
        self.tell("from here on, everybody does what is asked")
        self.do_as_asked(up_to=Stage.CLOSED)

    def let_something_happen(self) -> None:
        if self.seldom(4):
            self.let_time_pass()
        elif self.free and self.seldom(2):
            self.end_one()
        elif not self.facts.evidence_is_kept and self.seldom(2):
            self.keep_evidence()
        else:
            step = self.people.a_step()
            if self.seldom(40):
                step.mark_in_clear()
            self.record_one(step)
        if not self.seldom(8):
            self.begin_what_is_due()
        self.watch(self)

    @property
    def facts(self) -> StepDownFacts:
        return self.oracle.facts

    @property
    def people(self) -> People:
        return People(self.dice, self.luck, self.facts, self.now, lambda: next(self.ids))

    def know(self, now: StepDownFacts) -> None:
        """Take what changed as the workflow does: clocks begin and end, and whoever is to be told by now is told."""
        before = self.oracle.facts = update_clocks(now, self.now)
        if passed(before, self.now):
            self.oracle.facts = update_clocks(raise_alerts(before, self.now), self.now)
        for number, alert in enumerate(self.facts.alerts[len(before.alerts) :], len(before.alerts)):
            self.tell(f"alert {alert.number}: {alert.kind} {alert.what}, due {alert.due}")
            assert alert.at <= alert.raised_at == self.now, "an alert never comes before its time"
            assert set(alert.clocks) <= {clock.id for clock in before.open_clocks()}, "what has ended is not told of"
            self.oracle.hear_alert(alert, self.facts.alerts[:number])
        over = [effect for effect in self.facts.unfinished if is_needless(self.facts, effect)]
        self.met["a due date that nobody needs any more"] += len(over)
        self.end(*over, how=Ended.STOPPED)

    def let_time_pass(self) -> None:
        """Some hours or days, or just up to the next rung; now and then nothing runs meanwhile."""
        coming = next_rung(self.facts)
        until = self.now + HOUR * self.one_of(1, 5, 20, 30, 100, 400)
        if coming is not None and self.seldom(2):
            until = coming.at.astimezone(UTC)
        self.wait_until(until)

    def wait_until(self, until: datetime) -> None:
        self.tell(f"time passes until {until}")
        while (coming := next_rung(self.facts)) is not None and coming.at < until and not self.seldom(6):
            self.now = coming.at.astimezone(UTC)
            self.know(self.facts)
        self.now = max(self.now, until)
        self.know(self.facts)

    def keep_evidence(self) -> None:
        """The register takes whatever it had not taken yet."""
        self.know(self.facts.having(evidence_kept=len(self.facts.steps)))

    def tell(self, what: str) -> None:
        self.story.append(what)

    def seldom(self, one_in: int) -> bool:
        return self.dice.randrange(one_in) == 0

    def one_of(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    @property
    def wanted(self) -> set[Effect]:
        return set(everything_wanted(self.facts))

    @property
    def free(self) -> list[Effect]:
        """What is under way and waits for nobody; what is no longer wanted is looked for, whoever is asked."""
        waiting = {item.effect for item in self.facts.open_attention}
        return [e for e in self.facts.unfinished if e.id not in waiting or e not in self.wanted]

    def record_one(self, step: Any) -> bool:
        before = replaced_by(self.facts, step)
        step = as_read(self.facts, step.model_copy(update={"corrects": before[0]}) if before else step)
        if (refused := refusal(self.facts, step, self.now)) is not None:
            return self.reject(step, refused.words)
        taken = record_step(self.facts, step, self.now)
        late = taken.steps[-1].late
        now_wanted = {effect for effect in everything_wanted(taken) if effect.kind is not EffectKind.CALCULATE_DUE_DATE}
        assert not taken.steps[-1].nothing_follows or now_wanted <= self.wanted, "something follows, after all"
        self.tell(f"{step.words} [{step.step_id}; {', '.join(said_of(step))}]" + (" LATE" if late else ""))
        if step.step == "recalculate_clocks":
            self.calendar = self.one_of(*CALENDARS.values())
            self.now += timedelta(minutes=1)  # what is told anew comes after what people talked about then
        if not late:
            self.meet(step)
            self.oracle.hear(taken.steps[-1])
        self.is_on_record(taken)
        self.know(taken)
        if not self.seldom(6):
            self.keep_evidence()
        self.break_off()
        return True

    def is_on_record(self, taken: StepDownFacts) -> None:
        """One step more, and nothing else; its receipt says where the transfer stands and what is missing."""
        receipt, stands = taken.receipts[-1], update_clocks(taken, self.now)
        assert taken.steps[:-1] == self.facts.steps, "what was recorded stays as it was"
        assert len(taken.receipts) == len(taken.steps), "every step has a receipt"
        assert (receipt.stage, receipt.next_steps) == (stage(stands), next_steps(stands)), "the receipt says the stage"

    def somebody_is_interim(self) -> bool:
        return any(child.interim for child in self.facts.children)

    def meet(self, step: Any) -> None:  # noqa: C901, PLR0912 - one short branch a step
        """What only some journeys come across."""
        oracle = self.oracle
        given_back = oracle.between_services
        match step:
            case ChangeService():
                self.met["another service after the closing"] += bool(given_back)
            case RecordDecisions():
                otherwise = given_back & set(step.children_named())
                self.met["decided otherwise after the service did not accept it"] += bool(otherwise)
            case NameLeadPractitioner() if step.interim_until is None and self.somebody_is_interim():
                self.met["a practitioner after an interim contact"] += 1
                self.met["new letters for who takes over"] += any(
                    e.kind is EffectKind.SEND_LETTER for e in oracle.began
                )
            case ConfirmMeeting():
                self.met["a final meeting confirmed afterwards"] += 1
            case Authorise():
                about = self.facts.entry(step.of)
                what = "a dispute" if about and isinstance(about.step, RecordConsent) else "a closing"
                what = "a stop" if about and isinstance(about.step, RecordHarmOutcome) else what
                self.met[f"{what} that the manager authorises"] += step.granted
                self.met[f"{what} that the manager does not authorise"] += not step.granted
            case RecordConsent():
                self.met["yes to help alone"] += any(map(_help_alone, step.children))
            case DecideFirstContact():
                self.met["a child that the manager takes back"] += any(
                    one.decision is Unseen.REOPEN for one in step.children
                )
                self.met["a child that the manager looks at again"] += any(one.review_on for one in step.children)
            case AgreeStart():
                self.met["a start that is named later"] += 1
            case RecordFamilySharing() if step.without_children:
                self.met["a document without a child"] += 1
            case ReportsHarm() if reports_harm(step):
                self.met["a report of harm"] += 1
                self.met["a child declined for a new risk"] += isinstance(step, AcknowledgeTransfer)
                self.met["a report of harm after one that could not be taken"] += bool(self.facts.harm_not_taken)
                if step.corrects is None:  # what adds to an earlier report says nothing of the one that was lost
                    oracle.harm_taken_at = self.now
                self.met["a report of harm after a child was closed"] += any(map(oracle.is_closed, oracle.children))
            case ScheduleFinalMeeting():
                self.met["a final meeting cancelled"] += step.meeting_at is None
                self.met["a final meeting moved"] += step.meeting_at is not None and to_come(self.facts) is not None
            case RecordFinalMeeting():
                date = to_come(self.facts)
                self.met["a final meeting before the conversation"] += self.facts.conversation is None
                self.met["a final meeting on another day"] += date is not None and not on_the_day(date, step)
                decided = {child: oracle.decided(child.ref) for child in step.children}
                self.met["a decision to close that a meeting speaks against"] += any(
                    said is not None and said is not Decision.TRANSFER and not child.lets(said)
                    for child, said in decided.items()
                )
            case ResolveAttention():
                items = [item for item in self.facts.open_attention if item.id == step.attention_id]
                assert [item.child for item in items] == [None], "people agree about a child; nobody ticks it off"

    def reject(self, step: Any, why: str) -> bool:
        """It is refused; now and then it came from a system that waits for no answer."""
        harm = reports_harm(step)
        if self.seldom(3 if harm else 20):
            if harm:
                self.oracle.harm_refused_at = self.now
                self.met["a report of harm that could not be taken"] += 1
            message = Rejected(at=self.now, step=step.step, step_id=step.step_id, sender="a system", reason=why)
            message = message.model_copy(update={"said": step.own_words if harm else None})
            self.tell(f"rejected: {step.step}: {why}")
            self.know(reject(self.facts, message))
        return False

    def end_one(self) -> None:
        effect = self.one_of(*self.free)
        if self.ended_by_a_person(effect):
            return
        # A look that a person made by hand says nothing; what the manager says then is tried by an example.
        looks = effect.kind is EffectKind.LOOK_AT_CHILDREN
        if self.cannot_be_done(effect) or (not looks and self.seldom(2 if effect.wait else 5)):
            self.ask_a_person(effect)
            return
        certain = effect.kind in {*IN_OUR_REGISTER, EffectKind.LOOK_AT_CHILDREN}
        ways = [Ended.DONE] if certain else [Ended.DONE, Ended.DONE, Ended.FOUND_DONE]
        stopped = effect in self.broken_off and effect.kind is not EffectKind.RESERVE_CHILD
        self.end(effect, how=self.one_of(*ways, *([Ended.STOPPED] * 3 if stopped else [])))

    @staticmethod
    def cannot_be_done(effect: Effect) -> bool:
        return effect.child == ELSEWHERE or effect.service == NOBODY_KNOWS

    def ended_by_a_person(self, effect: Effect) -> bool:
        by = self.facts.person_ended(effect)
        if by is not None:
            intent = Intent(transfer_id="transfer-1", effect=effect, clause="-", only_look=effect not in self.wanted)
            self.end(effect, how=Ended.BY_HAND if by.resolution is Resolution.DONE_BY_HAND else skipped(intent))
        return by is not None

    def ask_a_person(self, effect: Effect) -> bool:
        """A person is asked once."""
        if self.facts.waits_for_a_person(effect) is not None or effect.kind in OF_TEMPORAL_ALONE:
            return False
        problem = self.one_of(*PROBLEMS[effect.kind])
        if goes_uncounted(self.facts, effect, problem):
            self.met["an item that nothing counts, as the calendar ends"] += 1
            self.end(effect, how=Ended.SKIPPED)
            return True
        asked = raise_attention(self.facts, self.now, problem, effect.words, effect=effect)
        self.know(asked)
        self.tell(f"{asked.raised[-1].id}: {effect.id} {problem}")
        return True

    def end(self, *effects: Effect, how: Ended = Ended.DONE) -> None:
        now = self.facts
        for effect in effects:
            self.tell(f"{how}: {effect.id}")
            assert how is not Ended.SKIPPED or effect.kind not in NEVER_SKIPPED, f"{effect.id} must be"
            assert effect in now.unfinished, "what was begun ends, and once"
            self.broken_off.discard(effect)
            now = record_result(now, self.found(now, effect, how))
            if how is Ended.STOPPED:
                del self.oracle.began[effect]
        if effects:
            self.know(now)
            self.break_off()

    def found(self, now: StepDownFacts, effect: Effect, how: Ended) -> EffectResult:
        if effect.kind is EffectKind.CALCULATE_DUE_DATE and how is Ended.DONE:
            return calculated(now, effect, self.now, self.calendar)
        found = result(effect, how).model_copy(update={"at": self.now})
        if how is Ended.STOPPED and effect.kind in {INVITE, CANCEL} and self.seldom(2):
            self.met["an invitation, or its being cancelled, that may have been sent"] += 1
            found = found.model_copy(update={"may_have_been_sent": True})
        if found.service is not None and found.service.ref in self.oracle.without_mosaic:
            found = found.model_copy(update={"service": found.service.model_copy(update={"mosaic_team": None})})
        return found

    def begin_what_is_due(self) -> None:
        if not self.facts.evidence_is_kept and stage(self.facts) is Stage.SHARING:
            waits = any(effect.kind in DOCUMENTS for effect in self.wanted - {*self.facts.begun})
            self.met["a document waits until an answer is kept"] += waits
        while begun := self.due:
            self.tell("begun: " + ", ".join(effect.id for effect in begun))
            self.know(begin(self.facts, *begun))
            self.oracle.set_out(*begun)
            for effect in begun:
                assert self.facts.waits_for_a_person(effect) is None, "what is begun waits for nobody"
                assert self.oracle.may_begin(effect), f"{effect.id} must not begin now"
                if effect.kind is self.luck.slow and self.seldom(2):
                    self.ask_a_person(effect)
            self.break_off()
            at_once = [effect for effect in begun if effect.kind in ABOUT_TIME]
            self.end(*(e for e in at_once if not self.seldom(4 if e.wait is ClockKind.ATTENTION else 8)))
        for effect in self.oracle.to_tell():
            assert effect in self.facts.begun, "a service that knew is told"

    @property
    def due(self) -> list[Effect]:
        beside = (*calculations(self.facts), *deliveries(self.facts))
        return [*due(self.facts), *(effect for effect in beside if effect not in self.facts.begun)]

    def break_off(self) -> None:
        """What is no longer wanted, or says something else now, is not tried as it was ordered."""
        unfinished = set(self.facts.unfinished)
        self.oracle.set_out(*unfinished & self.wanted)
        self.broken_off |= unfinished - self.wanted

    def do_as_asked(self, up_to: Stage, at_most: int | None = None) -> None:
        """Whatever happened, people who do what is asked can bring it to its end."""
        for _ in range(150 if at_most is None else at_most):
            if self.seldom(6):
                self.let_time_pass()
            self.keep_evidence()
            self.begin_what_is_due()
            self.watch(self)
            if {up_to, Stage.CLOSED} & self.stages:
                return
            if not self.somebody_does_something():
                break
        if at_most is None:
            raise AssertionError(f"does not come to its end: {next_steps(self.facts)}, {self.facts.open_attention}")

    def somebody_does_something(self) -> bool:
        slow = {self.luck.slow} - {None}
        return (
            self.end_all(all_but=slow)
            or self.resolve_one(all_but=slow)
            or self.do_what_is_asked()
            or self.end_all()
            or self.resolve_one()
        )

    def end_all(self, all_but: Container[EffectKind | None] = ()) -> bool:
        """Whether anything came of what is under way."""
        came = [self.end_as_ordered(effect) for effect in self.free if effect.kind not in all_but]
        return any(came)

    def end_as_ordered(self, effect: Effect) -> bool:
        if self.ended_by_a_person(effect):
            return True
        is_wanted = effect in self.wanted
        if self.cannot_be_done(effect) and (is_wanted or effect.kind is EffectKind.RESERVE_CHILD):
            return self.ask_a_person(effect)
        if effect.kind is EffectKind.REOPEN_CHILD and self.seldom(2) and self.ask_a_person(effect):
            return True
        self.end(effect, how=Ended.DONE if is_wanted else Ended.STOPPED)
        return True

    def resolve_one(self, all_but: Container[EffectKind | None] = ()) -> bool:
        """Whether a person who is asked could say how it ended; the directory never comes to know the service."""
        kinds = {effect.id: effect.kind for effect in self.facts.unfinished}
        return any(
            self.record_one(resolution(item.id, how, **self.people.new()))
            for item in self.facts.open_attention
            if (item.child is None or self.seldom(3)) and kinds.get(str(item.effect)) not in all_but
            for how in (Resolution.SKIP, Resolution.DONE_BY_HAND, Resolution.RETRY)
            if how is not Resolution.RETRY or NOBODY_KNOWS not in str(item.effect)
        )

    def do_what_is_asked(self) -> bool:
        """Whether somebody did; now and then a service is waited for in vain."""
        asked = self.people.asked()
        no_answer = "acknowledge_transfer" in asked and self.luck.silences > 0
        self.luck.silences -= no_answer
        no_family = self.luck.family == "is silent" and stage(self.facts) is Stage.CONSENT and not asked
        if no_family and next_rung(self.facts) is None:
            self.luck.family = "agrees"  # a person skipped the due date, so that nobody is told that time is up
            return True
        if no_answer or no_family:
            self.wait_until(self.now + 500 * HOUR)
            return True
        # What somebody dates back too far is refused, and said anew.
        answers = (step for _ in range(3) for step in self.people.good_answers() if step.step in asked)
        done = any(self.record_one(step) for step in answers)
        return done or self.wait_for_a_review()

    def wait_for_a_review(self) -> bool:
        """Whether the manager has named a day to come on which they look again."""
        today = self.now.astimezone(LONDON).date()
        named = (manager_decided(child) for child in self.facts.children)
        days = [one.review_on for one in named if one is not None and one.review_on and one.review_on > today]
        if days:
            self.wait_until(datetime.combine(min(days), time(9), LONDON).astimezone(UTC))
        return bool(days)


def said_of(step: Any) -> list[str]:
    """What a step says of each child, in a word."""
    words = {
        "record_consent": "stands",
        "record_contact_conversation": "agreed",
        "record_final_meeting": "outcome",
        "record_decisions": "decision",
        "acknowledge_transfer": "accepted",
        "record_first_contact": "became",
        "decide_first_contact": "decision",
    }
    said = [f"{child.ref} {getattr(child, words.get(step.step, ''), '')}" for child in getattr(step, "children", ())]
    return said + [
        f"{each.letter_id} to {getattr(each, 'audience', 'hand over')}" for each in getattr(step, "letters", ())
    ]


def _help_alone(said: ChildConsent) -> bool:
    return not said.may_share and any(one.answer is HolderAnswer.AGREED for one in said.holders)
