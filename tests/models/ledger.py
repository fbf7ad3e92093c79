"""What people said of a transfer, and what left the house for it, kept without the code's own rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.attention import Attention
from models.clocks import ClockKind
from models.effects import Effect, EffectKind, EffectResult, Ended
from models.step_down.conditions import look_up_service
from models.step_down.facts import Alert
from models.step_down.said import ChildDecision, Decision, Letter, LetterAudience
from models.step_down.start import StepDownRequest
from models.step_down.steps import (
    AcknowledgeTransfer,
    AddChild,
    ApproveLetters,
    Cancel,
    ChangeService,
    DecideChildren,
    NameLeadPractitioner,
    OfferConversation,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordFamiliesFirstNotified,
    RecordFamilySharing,
    RecordManagementConversation,
    ResolveAttention,
    ResumeClock,
    Step,
    WithdrawConsent,
)

HAPPENED = (Ended.DONE, Ended.FOUND_DONE, Ended.BY_HAND)
CONFIRMS = (EffectKind.SEND_LETTER, EffectKind.SEND_ADVICE_SUMMARY, EffectKind.RECOMMEND_FAMILIES_FIRST)
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
class Ledger:
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
    basis: RecordFamilySharing | None = None
    agreed: dict[str, bool] = field(default_factory=dict)
    """What the conversation with this service said of each child."""
    practitioner: str | None = None
    interim: bool = False
    """That is a contact in the meantime."""
    advice: set[str] = field(default_factory=set)
    decided: dict[str, Decision] = field(default_factory=dict)
    decided_in: dict[str, str] = field(default_factory=dict)
    """By which step each child was decided last."""
    turned: set[str] = field(default_factory=set)
    """The children who were turned away from the service while social work was closing them."""
    taken_back: Counter[str] = field(default_factory=Counter)
    """How often social work took the closed child back."""
    decided_otherwise: set[str] = field(default_factory=set)
    """The children who stay closed, though no service took them."""
    talked_about: set[str] = field(default_factory=set)
    """The children of whom nothing new came from the service since the managers talked."""
    letters: dict[str, Letter] = field(default_factory=dict)
    cancelled: bool = False
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
                    self.consents.pop(child.ref, None)
                    self.said_no.add(child.ref)
                    if child.stands:
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
                self.contact_answered, self.look_up = False, look_up_service(step)
            case Cancel():
                self._turn_away(step, self.children)
                self.cancelled = True
            case RecordFamilySharing():
                self.basis = step
            case OfferConversation():
                self.contact_answered = True
                self._let_know(step)
            case RecordContactConversation():
                self.contact_answered = True
                self._let_know(step)
                said = {child.ref: child.agreed for child in step.children}
                self.agreed = {**self.agreed, **said} if step.appropriate else {}
            case NameLeadPractitioner():
                named_before = self.interim or (self.practitioner is not None and bool(self.passed_on))
                self.letters = {} if named_before and self.letters_that_left else self.letters
                self.practitioner, self.interim = step.practitioner, step.interim_until is not None
            case RecordManagementConversation():
                self.talked_about = set(self.children)
            case RecordAdviceSummary():
                self.advice.update(step.children_named())
            case DecideChildren():
                self._decide(step)
            case ApproveLetters():
                self.letters = {letter.letter_id: letter for letter in step.letters}
            case AcknowledgeTransfer():
                self.talked_about.difference_update(step.children_named())
                self.acknowledged.update(step.children_named())
                self.accepted.difference_update(step.children_named())
                self.accepted.update(child.ref for child in step.children if child.accepted)
            case RecordFamiliesFirstNotified():
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
            case DecideChildren():
                for child in filter(lambda child: self.given_back(child.ref), step.children):
                    assert child.ref in self.talked_about, f"the managers have not talked about {child.ref}"
                    assert child.decision is not Decision.TRANSFER, f"{child.ref} was not taken by this service"
            case ChangeService():
                begun = self.under_way | self.happened
                closed = {c for c, d in self.decided.items() if d is Decision.TRANSFER and self.closing(c) in begun}
                assert all(map(self.given_back, closed)), "another service, and this one has taken a child"
                assert closed <= self.talked_about, "another service, and the managers have not talked"

    def _decide(self, step: DecideChildren) -> None:
        """What becomes of a child whom the service did not take is told to it, and in new letters.

        A letter with a text of its own was approved for what was decided then.
        """
        given_back = set(filter(self.given_back, step.children_named()))
        if given_back:
            self._tell(step)
        if any(each.text for each in self.letters.values()) or (given_back and self.letters_that_left):
            self.letters = {}
        for child in step.children:
            if child.ref in given_back:
                self._settle(child)
            self.decided[child.ref], self.decided_in[child.ref] = child.decision, step.step_id
            self.turned.discard(child.ref)

    def _settle(self, child: ChildDecision) -> None:
        """Social work takes the child back, unless nobody need have it."""
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
        for child in children:
            if self.decided.get(child) is Decision.TRANSFER:
                self._undecide(child)

    def _tell(self, step: Step) -> None:
        heard = self.heard_by[self.service]
        if heard and self.service in self.directory:
            self.to_tell.append(Effect(kind=EffectKind.TELL_SERVICE, subject=f"{self.service}/{step.step_id}"))
            asked = (
                effect for effect in self.under_way | self.happened if effect.kind is EffectKind.REQUEST_CONVERSATION
            )
            heard.difference_update(asked)

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
            self.dues[effect.subject.rpartition("/")[0]] = result.certificate.due
        if result.ended in HAPPENED:
            self.happened[effect] = order
            return
        for heard in self.heard_by.values():
            heard.discard(effect)
        if effect.kind is EffectKind.RESERVE_CHILD and result.ended is Ended.SKIPPED:
            self.children.remove(effect.subject)
            self.decided.pop(effect.subject, None)
        elif effect.kind is EffectKind.CLOSE_CHILD and _child(effect) in self.turned:
            self._undecide(_child(effect))

    def hear_alert(self, alert: Alert) -> None:
        """Somebody is told; what it is about has not come."""
        assert alert.number == len(self.alerts) + 1, "alerts are numbered without a gap"
        assert alert.audiences
        assert self.still_waits_for(alert), f"nobody waits for this any more: {alert.kind}"
        self.alerts.append(alert)
        if alert.kind is ClockKind.ACKNOWLEDGEMENT:
            self.talked_about.difference_update(clock.split("/")[1] for clock in alert.clocks)
            self.silent.update(dict.fromkeys(alert.clocks, alert.due) if alert.top else {})

    def still_waits_for(self, alert: Alert) -> bool:  # noqa: PLR0911 - one short branch a kind
        """Whether nothing was said that answers it."""
        given_back = self.between_services
        match alert.kind:
            case ClockKind.CONVERSATION:
                return not self.contact_answered and self.open_to_early_help
            case ClockKind.ACKNOWLEDGEMENT:
                children = {clock.split("/")[1] for clock in alert.clocks}
                return not children & self.acknowledged and all(map(self.is_closed, children))
            case ClockKind.SHARING:
                return self.basis is None or not (self.basis.agreed_as_basis or self.basis.without_it)
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
        return judged and not self.cancelled

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
        """As often as social work took the child back, it closes it once more."""
        return _again(EffectKind.CLOSE_CHILD, child, self.taken_back[child] + 1)

    def closings_before(self, child: str) -> set[Effect]:
        """Those after which social work took the child back."""
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
    def letters_that_left(self) -> set[str]:
        """Or may have left."""
        stuck = {item.effect for item in self.stuck.values()}
        sent = (effect for effect in (*self.under_way, *self.ended) if effect.kind is EffectKind.SEND_LETTER)
        return {effect.subject for effect in sent if effect.id not in stuck}

    def may_pass_on(self, child: str) -> bool:
        """The closure interlock."""
        return (
            self.open_to_early_help
            and self.consents.get(child) == self.service
            and self.agreed.get(child, False)
            and self.practitioner is not None
            and child in self.advice
        )

    def may_close(self, child: str) -> bool:
        """A service without Mosaic has the papers first; who was taken back is open again."""
        said = self.decided.get(child)
        if said in {None, Decision.STAYS_WITH_SOCIAL_WORK} or not self.reopenings(child) <= set(self.happened):
            return False
        return said is not Decision.TRANSFER or (self.may_pass_on(child) and self._has_the_pack(child))

    def _has_the_pack(self, child: str) -> bool:
        pack = self.happened.get(self.pack(child))
        return not self.by_mail or (pack is not None and child in pack.passed_on)

    def pack(self, child: str) -> Effect:
        return Effect(kind=EffectKind.SEND_PACK, subject=f"{self.service}/{self.decided_in[child]}")

    def may_begin(self, effect: Effect) -> bool:
        """Whoever is told is told when it is so: everybody is closed who is to be closed."""
        to_close = {c for c in self.children if self.decided.get(c) is not Decision.STAYS_WITH_SOCIAL_WORK}
        return self.may(effect) and (effect.kind not in CONFIRMS or all(map(self.is_closed, to_close)))

    def may(self, effect: Effect) -> bool:  # noqa: C901, PLR0911, PLR0912 - one short branch a kind
        """Whether nothing speaks against this effect, if it came about now."""
        match effect.kind:
            case EffectKind.SHARE_DOCUMENT:
                return not self.by_mail and self._may_reach_service() and effect.subject == self._agreed_version()
            case EffectKind.MAIL_DOCUMENT:
                return self.by_mail and self._may_reach_service() and effect.subject == self._agreed_version()
            case EffectKind.REQUEST_CONVERSATION:
                return self._may_reach_service() and effect.subject.partition("/")[0] == self.service
            case EffectKind.SEND_PACK:
                told_of = {child for child in self.passed_on if self.may_pass_on(child)}
                return self.by_mail and effect in map(self.pack, told_of) and self.service_has_the_document()
            case EffectKind.CLOSE_CHILD:
                child = _child(effect)
                reserved = (
                    child not in self.added or Effect(kind=EffectKind.RESERVE_CHILD, subject=child) in self.happened
                )
                passed_on = self.decided.get(child) is Decision.TRANSFER
                now = self.may_close(child) and effect == self.closing(child)
                return now and reserved and (not passed_on or self.service_has_the_document())
            case EffectKind.REOPEN_CHILD:
                child = _child(effect)
                return effect in self.reopenings(child) and self.closings_before(child) <= set(self.happened)
            case EffectKind.SEND_ADVICE_SUMMARY:
                return effect.subject.partition("/")[0] == self.practitioner and self._about_children_who_pass(effect)
            case EffectKind.RECOMMEND_FAMILIES_FIRST:
                to = f"{self.practitioner}/{self.service}"
                return self.by_mail and effect.subject == to and self._about_children_who_pass(effect)
            case EffectKind.SEND_LETTER:
                letter = self.letters.get(effect.subject)
                if letter is None or self.between_services:
                    return False
                return letter.audience is LetterAudience.FAMILY or self.agencies_may_be_told()
            case EffectKind.TELL_SERVICE:
                return effect.subject.partition("/")[0] in self.knew
            case EffectKind.LOOK_UP_SERVICE:
                return effect == self.look_up
            case EffectKind.RESERVE_CHILD:
                return effect.subject in self.added
            case EffectKind.RECKON_CLOCK:
                return True
            case EffectKind.MAIL_ALERT:
                number, _, audience = effect.subject.partition("/")
                return audience in self.alerts[int(number) - 1].audiences
            case EffectKind.POST_ALERT:
                return int(effect.subject.partition("/")[0]) <= len(self.alerts) and not self.request.restricted
            case _:
                return False

    def has_the_advice(self, practitioner: str, child: str) -> bool:
        """As it is since social work took the child back last."""
        summaries = (self.happened[effect] for effect in self.summaries_to(practitioner) if effect in self.happened)
        return any(child in sent.passed_on and sent.taken_back[child] == self.taken_back[child] for sent in summaries)

    def summaries_to(self, practitioner: str) -> list[Effect]:
        sent = (effect for effect in self.ended if effect.kind is EffectKind.SEND_ADVICE_SUMMARY)
        return [effect for effect in sent if effect.subject.partition("/")[0] == practitioner]

    def _about_children_who_pass(self, effect: Effect) -> bool:
        concerned = self.under_way[effect].passed_on
        return bool(concerned) and all(map(self.may_pass_on, concerned))

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

    def _agreed_version(self) -> str | None:
        basis = self.basis
        if basis is None or not basis.agreed_as_basis or not basis.cleared_of_third_parties:
            return None
        return f"{basis.document_ref}/v{basis.version}/{self.service}"

    def service_has_the_document(self) -> bool:
        """The version that the family agreed to; or it agreed that support goes on without it."""
        if self.basis is not None and self.basis.without_it is not None:
            return True
        subject = self._agreed_version()
        kind = EffectKind.MAIL_DOCUMENT if self.by_mail else EffectKind.SHARE_DOCUMENT
        return subject is not None and Effect(kind=kind, subject=subject) in self.happened


def _again(kind: EffectKind, child: str, time: int) -> Effect:
    return Effect(kind=kind, subject=child if time == 1 else f"{child}/{time}")


def _child(effect: Effect) -> str:
    return effect.subject.partition("/")[0]
