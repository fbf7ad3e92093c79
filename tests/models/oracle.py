"""What must hold of the books of a journey, whatever people record and however effects end.

Nothing here says a second time which step is refused, or where a transfer stands. It says what must never be recorded,
told or begun: nothing is sent or closed without consent or another lawful way, nothing is done twice, nobody is between
two services without somebody who sees to it, and after a report of significant harm nothing new begins.
"""

from models.effects import Effect
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.recorded import Alert
from models.journey.steps import Reassign, ReportsHarm, Step
from models.kinds import ClockKind, EffectKind, RungKind
from models.step_down.facts import Recorded
from models.step_down.leaving import of_the_dead, was_sent
from models.step_down.start import PlanType, Route
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import (
    AcknowledgeTransfer,
    ApproveLetters,
    LetterAudience,
    RecordFamiliesFirstNotification,
)
from models.step_down.steps.consent import HolderAnswer, RecordConsent, RecordExploration, Shareable
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import (
    Decision,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordDecisions,
)
from models.step_down.steps.endings import HowPlanEnded
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.first_contact import AgreeStart, Became, RecordFirstContact
from models.step_down.steps.sharing import RecordSharingBasis
from models.step_down.steps.transfer import AddChild, ChangeService
from models.vocabulary import Role
from models.ways import WAYS
from tests.models.books import (
    ANSWERS,
    CANCEL,
    CLOSE,
    DOCUMENTS,
    INVITE,
    REOPEN,
    STAYS,
    TRANSFER,
    TURNS,
    Books,
    about,
    before_the_day,
    like,
    reports_harm,
)

ANSWERED_BY: dict[ClockKind, tuple[type[Step], ...]] = {
    ClockKind.CONVERSATION: ANSWERS,
    ClockKind.MEETING_NEAR: (RecordContactConversation,),
    ClockKind.FAMILIES_FIRST: (RecordFamiliesFirstNotification,),
}
"""What ends a wait, once it is recorded of this service."""
TO_EARLY_HELP = (ClockKind.CONVERSATION, ClockKind.SCHEDULING, ClockKind.FINAL_MEETING)
LETTERS_REST_ON = (
    *(RecordDecisions, NameLeadPractitioner, RecordContactConversation, RecordFinalMeeting, Authorise, Reassign),
    ConfirmMeeting,
    *(RecordConsent, RecordSharingBasis, RecordExploration, RecordFamily, AgreeStart),
)
"""What changes who is written to, of whom, or what a letter says: letters may then be due anew."""
CONFIRMS = (
    EffectKind.SEND_LETTER,
    EffectKind.SEND_ADVICE_SUMMARY,
    EffectKind.TELL_SAFETY,
    EffectKind.RECOMMEND_FAMILIES_FIRST,
)


class Oracle(Books):
    """Asked whenever something is recorded, told or begun whether that may be."""

    def hear(self, entry: Recorded) -> None:
        """A step is about to be recorded: whoever knew is told, and social work has back whom nobody accepted.

        Nothing new begins after a report of harm; whom no service accepted is decided once the managers have talked;
        an objection does not vanish because nobody names who made it.
        """
        step, turns = entry.step, isinstance(entry.step, TURNS)
        match step:
            case ReportsHarm() if reports_harm(step):
                turns = not self.stopped and not isinstance(step, AcknowledgeTransfer)  # a service knows what it said
            case AddChild() | ChangeService() if self.stopped:
                raise AssertionError("a risk of significant harm was reported, and something new begins")
            case ChangeService():
                begun = set(filter(self.closing, self.decided_so(TRANSFER)))
                assert begun == self.between_services, "another service, and this one has accepted a child"
                assert all(map(self.talked_about, begun)), "another service, and the managers have not talked"
                assert set(entry.reopens) == begun, "social work reopens the cases of those whom nobody accepted"
            case RecordDecisions():
                said = {child.ref: child.decision for child in step.children}
                given_back = said.keys() & self.between_services
                turns = bool(given_back)
                assert not self.stopped or set(said.values()) == {STAYS}, (
                    "closed in spite of a risk of significant harm"
                )
                assert all(map(self.talked_about, given_back)), "decided, and the managers have not talked"
                assert TRANSFER not in {said[child] for child in given_back}, "this service did not accept the child"
                assert set(entry.reopens) == {child for child in given_back if said[child] is STAYS}
            case RecordFirstContact():
                for child in step.children:
                    talk = self.last(RecordContactConversation, child.ref, here=True)
                    seen = child.became is Became.SEEN
                    assert not seen or talk is None or talk.occurred_at <= step.occurred_at, "seen before it was agreed"
            case RecordConsent():
                before = [child for answer in self.said(RecordConsent) for child in answer.children]
                for child in step.children:
                    said = {
                        one.person: one.answer
                        for each in before
                        if each.ref == child.ref
                        for one in each.holders
                        if one.answer.is_a_word
                    }
                    objectors = {who for who, answer in said.items() if answer is HolderAnswer.REFUSED}
                    word = {one.person for one in child.holders if one.answer.is_a_word}
                    assert objectors <= word, f"an objection for {child.ref} is gone"
        told = self.service if turns and self.service_knows() else None
        assert entry.tells == told, "a service that knew is told, and no other"

    def hear_alert(self, alert: Alert, before: tuple[Alert, ...]) -> None:
        """Somebody is told, once; at the top of the ladder a manager is asked what becomes of a child."""
        told = {(clock, one.due, one.rung) for one in before for clock in one.clocks}
        assert not told & {(clock, alert.due, alert.rung) for clock in alert.clocks}, "nobody is told twice"
        assert alert.number == len(before) + 1, "alerts are numbered without a gap"
        assert alert.audiences, "somebody is told"
        silent = set(map(about, alert.clocks)) if alert.top and alert.kind is ClockKind.ACKNOWLEDGEMENT else set()
        assert silent <= self.asked_about, "a manager is asked"
        again = {clock for clock, *_ in told} & set(alert.clocks)
        assert self._still_waits(alert, again), f"nobody waits for this any more: {alert.kind}"

    def _still_waits(self, alert: Alert, again: set[str]) -> bool:  # noqa: C901, PLR0911 - one short branch a kind
        """Whether nothing was recorded that answers it; of harm, a report is told once whatever was recorded."""
        if self.said(ANSWERED_BY.get(alert.kind, ()), here=True):
            return False
        match alert.kind:
            case ClockKind.SIGNIFICANT_HARM:
                reports = [self.harm[about(clock).removeprefix("report-")] for clock in again]
                return not any(map(self.is_said_who_was_spoken_to, reports))
            case ClockKind.HARM_NOT_TAKEN:
                refused, taken = self.harm_refused_at, self.harm_taken_at
                return refused is not None and (taken is None or taken <= refused)
            case ClockKind.ACKNOWLEDGEMENT:
                return all(self.accepted(c) is None and self.is_closed(c) for c in map(about, alert.clocks))
            case ClockKind.START | ClockKind.FIRST_CONTACT:
                return all(self.first_contact(child) is None for child in map(about, alert.clocks))
            case ClockKind.SHARING:
                return not all(self.papers()) or bool(self.held_back() - set(self.began))
            case ClockKind.LEAD_PRACTITIONER:
                named = [self.last(NameLeadPractitioner, child, here=True) for child in self.children]
                return any(one is None or self.manager_says(one) is False for one in named)
            case ClockKind.ALLOCATION:
                named = [self.last(NameLeadPractitioner, child, here=True) for child in self.passed_on]
                return any(one and one.interim_until and self.manager_says(one) for one in named)
            case ClockKind.MANAGEMENT_CONVERSATION:
                return not all(map(self.talked_about, self.between_services))
            case ClockKind.DECLINED:
                return any(map(self.talked_about, self.between_services))
            case ClockKind.LETTERS:
                since = max(map(self.place, LETTERS_REST_ON))
                # Also of a child whose death was recorded too late to count, nothing is written (SD-33a).
                speaks_of_dead = [one for one in self.facts.letters or () if of_the_dead(self.facts, one)]
                unsent = any(not was_sent(self.facts, one) for one in speaks_of_dead)
                return unsent or self.place(ApproveLetters) < since or not self.letters_tell_everybody()
            case _:
                return alert.kind not in TO_EARLY_HELP or self.open_to_early_help

    def letters_tell_everybody(self) -> bool:
        """Where universal services are enough for a child, an agency is told so, or it is said why not (SD-32)."""
        told = {(letter.audience, child.ref) for letter in self.letters() for child in letter.children}
        enough = self.decided_so(Decision.UNIVERSAL_ONLY)
        return {(LetterAudience.FAMILY, child) for child in self.children} | {
            (LetterAudience.AGENCY, child) for child in enough
        } <= told

    def may_begin(self, effect: Effect) -> bool:
        """Shared once the family's answer is kept; invited once it was asked; passed on after the papers; told last."""
        if effect.kind in DOCUMENTS and self.facts.evidence_kept < self.place(RecordConsent):
            return False
        if effect.kind is INVITE and not self.service_was_asked():
            return False
        if effect.kind is CLOSE and self.decided(str(effect.child)) is TRANSFER:
            return self.service_has_the_papers(str(effect.child)) and self.may(effect)
        if effect.kind in CONFIRMS and not all(map(self.is_closed, self.children - self.decided_so(STAYS))):
            return False
        return self.may(effect)

    def may(self, effect: Effect) -> bool:
        """Whether nothing speaks against this effect, if it came about now."""
        asked = getattr(self, f"may_{effect.kind}", lambda _: True)
        return not (self.stopped and WAYS[effect.kind].tells_of_family) and asked(effect)

    def may_request_conversation(self, effect: Effect) -> bool:
        """Consent that names this service stands for a child who may still go there, and of whom it may be told."""
        may_go = (child for child in self.decided_so(None, TRANSFER) if not self.withheld(child))
        return effect.service == self.service and self.open_to_early_help and any(map(self.consents, may_go))

    def may_share_document(self, effect: Effect) -> bool:
        """As the family agreed to it."""
        return effect in self.agreed_versions() and self.may_request_conversation(effect)

    may_mail_document = may_share_document

    def may_invite_to_meeting(self, effect: Effect) -> bool:
        """To the last date, unless it is over, or a meeting was held since; an early one leaves nobody unheard."""
        date = self.date(effect)
        since = [said[-1] for said in self.meetings() if said[-1].occurred_at > date.occurred_at]
        held = bool(since) and not (all(before_the_day(date, said) for said in since) and self.somebody_unheard())
        to_come = date == self.last(ScheduleFinalMeeting) and not held and not self.is_over(date)
        return to_come and self.may_request_conversation(effect)

    def may_cancel_invitation(self, effect: Effect) -> bool:
        return like(effect, INVITE) in self.left_in_calendars()

    def may_enter_meeting(self, effect: Effect) -> bool:
        """The service was invited so, as far as anybody knows, and not told otherwise since."""
        told = {one.effect for one in self.sent_about_dates()}
        return like(effect, INVITE) in told and like(effect, CANCEL) not in told

    def may_remove_meeting(self, effect: Effect) -> bool:
        """As the service was told, of what was entered."""
        entered = {one.occasion for one in self.began if one.kind is EffectKind.ENTER_MEETING}
        told = {one.effect for one in self.sent_about_dates()}
        return like(effect, CANCEL) in told and effect.occasion in entered

    def may_send_meeting_outcome(self, effect: Effect) -> bool:
        """The service did not come to it, and may read something of it that it was not told."""
        said = next(said for said in self.meetings() if effect.step in {step.step_id for step in said})
        now, reads = self.read_of(said), [self.read_of(said[: place + 1]) for place in range(len(said))]
        same = said[max((place for place, read in enumerate(reads, 1) if read != now), default=0) :]
        told = {e.step for e in self.began if (e.kind, e.service) == (effect.kind, effect.service)}
        news = bool(now[1]) and told & {step.step_id for step in same} == {effect.step}
        here = self.went_to(effect.step) == effect.service == self.service
        return here and news and not said[-1].service_attended and self.service_was_asked()

    def may_pass_on(self, child: str) -> bool:
        """The closure interlock: what must be on record before social work passes the child on."""
        agreed = self.agreed(child) and (self.facts.request.route is Route.ASSESSMENT or self.agreed_at_meeting(child))
        prepared = self.practitioner(child) is not None and self.last(RecordAdviceSummary, child) is not None
        may_go = self.consents(child) and not self.withheld(child)
        return self.open_to_early_help and may_go and agreed and prepared

    def _pack(self, child: str) -> Effect:
        decided = self.said(RecordDecisions, child)[-1].step_id
        return Effect(kind=EffectKind.SEND_PACK, service=self.service, step=decided)

    def may_send_pack(self, effect: Effect) -> bool:
        told_of = [child for child in filter(self.may_pass_on, self.passed_on) if self._pack(child) == effect]
        return self.by_mail and bool(told_of) and all(map(self.service_has_the_papers, told_of))

    def _look_since_decided(self, child: str) -> Effect:
        """Mosaic is asked as the transfer opens or a child is added, and anew where a closing is decided once more."""
        asking = self.asking
        decided = [n for n, step in enumerate(asking, 2) if isinstance(step, RecordDecisions) and step.closes(child)]
        cleared = [
            n for n, step in enumerate(asking, 2) if isinstance(step, RecordHarmOutcome) and _clears(step, child)
        ]
        added = [n for n, step in enumerate(asking, 2) if isinstance(step, AddChild) and step.child_ref == child]
        first = added[0] if added else 1
        return Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=max([*decided[1:], *cleared], default=first))

    def may_close_child(self, effect: Effect) -> bool:
        """As was decided, once, and again after social work had reopened its case; who is told of it has been told."""
        child, said = str(effect.child), self.decided(str(effect.child))
        times = range(1, effect.time)
        before = {Effect(kind=kind, child=child, time=time) for kind in (CLOSE, REOPEN) for time in times}
        if child in {step.child_ref for step in self.said(AddChild)}:
            before.add(Effect(kind=EffectKind.RESERVE_CHILD, child=child))
        if not self.manager_lets_close(child) or not self.is_known_where(child) or not self.end_is_confirmed(child):
            return False
        if self._look_since_decided(child) not in self.happened:
            return False
        if effect != self.closing(child) or not before <= self.happened or said in {None, STAYS}:
            return False
        if self.facts.request.plan_type is PlanType.CHILD_PROTECTION and not self.plan_has_ended(child):
            return False
        if said is TRANSFER and self.by_mail:
            pack = self._pack(child)
            return pack in self.happened and child in self.orders[pack].with_the_service and self.may_pass_on(child)
        return said is not TRANSFER or self.may_pass_on(child)

    def manager_lets_close(self, child: str) -> bool:
        """As was decided; and where consent was refused, that does not change the risk."""
        asked = (self.last(RecordDecisions, child), self.refused_in(child))
        return asked[0] is not None and all(
            self.manager_says(step, child) is True for step in asked if step is not None
        )

    def is_known_where(self, child: str) -> bool:
        """It is known where the child lives; elsewhere, who answers for it there knows, or has had time to answer."""
        step = self.last(RecordDecisions, child)
        [said] = [one for one in step.children if one.ref == child] if step else [None]
        if said is not None and said.plan_ended is not None and said.plan_ended.how is HowPlanEnded.DIED:
            return True
        if said is None or not said.address_known:
            return False
        if said.moved is None or said.moved.confirmed_on is not None:
            return True
        told = [alert for alert in self.facts.alerts if alert.kind is ClockKind.NOTICE and alert.what is RungKind.END]
        over = [one.raised_at for one in told if any(f"notice-{child}-" in clock for clock in one.clocks)]
        acts = [entry for entry in self.facts.steps if entry.step.actor.role is Role.TEAM_MANAGER]
        words = [one.accepted_at for one in acts if one.step is step or getattr(one.step, "of", None) == step.step_id]
        return bool(over) and bool(words) and max(words) >= over[-1]

    def may_reopen_child(self, effect: Effect) -> bool:
        """Who is closed, and whom social work took on again."""
        closing = like(effect, CLOSE)
        return closing in self.happened and effect.child in self.reopened(self.began[closing])

    def may_send_advice_summary(self, effect: Effect) -> bool:
        """Only of children for whom that was agreed."""
        concerned = self.orders[effect].theirs(effect.practitioner)
        agreed = any(self.shares(child, Shareable.ADVICE_SUMMARY) for child in concerned)
        return agreed and self.may_write_to_practitioner(effect)

    def may_tell_safety(self, effect: Effect) -> bool:
        """Whatever was agreed to, it keeps people safe."""
        return self.may_write_to_practitioner(effect)

    def may_write_to_practitioner(self, effect: Effect) -> bool:
        """Who takes over children who pass on; once they are closed, only the family can change that."""
        concerned = self.orders[effect].theirs(effect.practitioner)
        closed = {child for child in concerned if self.is_closed(child) and self.consents(child)}
        named = all(self.practitioner(child) == effect.practitioner for child in concerned)
        return named and bool(concerned) and all(map(self.may_pass_on, concerned - closed))

    def may_recommend_families_first(self, effect: Effect) -> bool:
        return self.by_mail and effect.service == self.service and self.may_write_to_practitioner(effect)

    def may_send_letter(self, effect: Effect) -> bool:
        """To the family, or of whom agencies may read; and of nobody who is not decided."""
        letter = next((letter for letter in self.letters() if letter.letter_id == effect.letter), None)
        if letter is None or self.between_services:
            return False
        readers = letter.audience is LetterAudience.FAMILY or any(map(self.agencies_may_read, letter.about))
        return readers and all(self.decided(child) is not None for child in letter.about)

    def may_tell_service(self, effect: Effect) -> bool:
        """Also of somebody who is unsafe, as the family is recorded now."""
        return effect in self.to_tell() or effect.step in {step.step_id for step in self.said(RecordFamily)}

    def may_tell_practitioner(self, effect: Effect) -> bool:
        """Who was, or was being, written to: of what turned the transfer away, or of the family as recorded now."""
        written = {EffectKind.SEND_ADVICE_SUMMARY, EffectKind.TELL_SAFETY}
        begun = (*self.began, *(result.effect for result in self.facts.stopped))
        to = {one.practitioner for one in begun if one.kind in written}
        entry = self.facts.entry(effect.step or "")
        changes = entry is not None and (entry.turns_away or isinstance(entry.step, RecordFamily))
        return effect.practitioner in to and changes

    def may_mail_alert(self, effect: Effect) -> bool:
        return any(alert.number == effect.number and effect.audience in alert.audiences for alert in self.facts.alerts)

    def may_post_alert(self, effect: Effect) -> bool:
        return not self.facts.request.restricted


def _clears(step: RecordHarmOutcome, child: str) -> bool:
    return any(said.ref == child and said.comes_to_nothing for said in step.children)
