"""What people said of a transfer, and what left the house for it, kept without the code's own rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from models.clocks import ClockKind
from models.effects import Effect, EffectKind, EffectResult, Ended
from models.step_down.conditions import close_child, look_up_service
from models.step_down.facts import Alert
from models.step_down.said import Decision, Letter, LetterAudience
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
    RecordFamilySharing,
    Step,
    WithdrawConsent,
)

HAPPENED = (Ended.DONE, Ended.FOUND_DONE, Ended.BY_HAND)


@dataclass(frozen=True)
class Order:
    """What was known when the machine set out."""

    decided: dict[str, Decision]
    passed_on: set[str]
    """The children who pass to Early Help, and for whom consent stood."""


@dataclass
class Ledger:
    """Asked what may happen now, and at the end whether everything happened."""

    request: StepDownRequest
    service: str = ""
    children: list[str] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    consents: dict[str, str] = field(default_factory=dict)
    """The children for whom consent stands, each with the service that it names."""
    basis: RecordFamilySharing | None = None
    agreed: dict[str, bool] = field(default_factory=dict)
    """What the conversation with this service said of each child."""
    practitioner: str | None = None
    advice: set[str] = field(default_factory=set)
    decided: dict[str, Decision] = field(default_factory=dict)
    turned: set[str] = field(default_factory=set)
    """The children who were turned away from the service while social work was closing them."""
    letters: dict[str, Letter] = field(default_factory=dict)
    cancelled: bool = False
    contact_answered: bool = False
    """The contact of this service offered a date, said no, or held the conversation."""
    acknowledged: set[str] = field(default_factory=set)
    """The children for whom the service answered, if only to decline."""
    accepted: set[str] = field(default_factory=set)
    alerts: list[Alert] = field(default_factory=list)
    directory: set[str] = field(default_factory=set)
    """The services that the directory knows, as far as it was asked."""
    heard_by: dict[str, set[object]] = field(default_factory=lambda: defaultdict(set))
    """How each service came to know of this transfer, until it was told that it goes elsewhere."""
    knew: set[str] = field(default_factory=set)
    look_up: Effect | None = None
    to_tell: list[Effect] = field(default_factory=list)
    under_way: dict[Effect, Order] = field(default_factory=dict)
    happened: dict[Effect, Order] = field(default_factory=dict)
    ended: set[Effect] = field(default_factory=set)
    """Whatever came of it."""

    def __post_init__(self) -> None:
        self.service = self.request.service_ref
        self.directory.add(self.service)
        self.children = [child.ref for child in self.request.children]

    def hear(self, step: Any) -> None:  # noqa: C901, PLR0912 - one short branch a step
        """A step that counts."""
        match step:
            case RecordConsent():
                for child in step.children:
                    self.consents.pop(child.ref, None)
                    if child.stands:
                        self.consents[child.ref] = step.service_ref
            case WithdrawConsent():
                self._turn_away(step, step.children_named())
                for child in step.children_named():
                    del self.consents[child]
            case ChangeService():
                self._turn_away(step, self.children)
                self.heard_by[self.service].clear()
                self.service, self.consents, self.agreed, self.practitioner = step.service_ref, {}, {}, None
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
                self.practitioner = step.practitioner
            case RecordAdviceSummary():
                self.advice.update(step.children_named())
            case DecideChildren():
                self.decided.update((child.ref, child.decision) for child in step.children)
                self.turned.difference_update(step.children_named())
            case ApproveLetters():
                self.letters = {letter.letter_id: letter for letter in step.letters}
            case AcknowledgeTransfer():
                self.acknowledged.update(step.children_named())
                self.accepted.difference_update(step.children_named())
                self.accepted.update(child.ref for child in step.children if child.accepted)
            case AddChild():
                self.added.add(step.child_ref)
                self.children.append(step.child_ref)

    def _let_know(self, by: object) -> None:
        self.heard_by[self.service].add(by)
        self.knew.add(self.service)

    def _turn_away(self, step: Step, children: Iterable[str]) -> None:
        """Who knows is told; letters approved before speak of what no longer holds; who was to pass on is undecided."""
        self.letters = {}
        heard = self.heard_by[self.service]
        if heard and self.service in self.directory:
            self.to_tell.append(Effect(kind=EffectKind.TELL_SERVICE, subject=f"{self.service}/{step.step_id}"))
            asked = (
                effect for effect in self.under_way | self.happened if effect.kind is EffectKind.REQUEST_CONVERSATION
            )
            heard.difference_update(asked)
        for child in children:
            if self.decided.get(child) is Decision.TRANSFER:
                self._undecide(child)

    def _undecide(self, child: str) -> None:
        if close_child(child) in self.under_way:
            self.turned.add(child)
        elif close_child(child) not in self.happened:
            self.turned.discard(child)
            del self.decided[child]

    def set_out(self, effect: Effect) -> None:
        """The machine begins it, or goes about it again."""
        passed_on = {c for c, d in self.decided.items() if d is Decision.TRANSFER and c in self.consents}
        self.under_way[effect] = Order(dict(self.decided), passed_on)
        if effect.kind in {EffectKind.REQUEST_CONVERSATION, EffectKind.SHARE_DOCUMENT}:
            self._let_know(effect)

    def see(self, result: EffectResult) -> None:
        """It ended."""
        effect, order = result.effect, self.under_way.pop(result.effect)
        assert effect not in self.happened, "it happens once"
        if result.ended is not Ended.STOPPED:
            self.ended.add(effect)
        if result.service is not None:
            self.directory.add(result.service.ref)
        if result.ended in HAPPENED:
            self.happened[effect] = order
            return
        for heard in self.heard_by.values():
            heard.discard(effect)
        if effect.kind is EffectKind.RESERVE_CHILD and result.ended is Ended.SKIPPED:
            self.children.remove(effect.subject)
            self.decided.pop(effect.subject, None)
        elif effect.kind is EffectKind.CLOSE_CHILD and effect.subject in self.turned:
            self._undecide(effect.subject)

    def hear_alert(self, alert: Alert) -> None:
        """Somebody is told; what it is about has not come."""
        assert alert.number == len(self.alerts) + 1, "alerts are numbered without a gap"
        assert alert.audiences
        assert self.still_waits_for(alert), f"nobody waits for this any more: {alert.kind}"
        self.alerts.append(alert)

    def still_waits_for(self, alert: Alert) -> bool:
        """Whether nothing was said that answers it."""
        match alert.kind:
            case ClockKind.CONVERSATION:
                return not self.contact_answered and self.open_to_early_help
            case ClockKind.ACKNOWLEDGEMENT:
                children = {clock.partition("/")[2] for clock in alert.clocks}
                return not children & self.acknowledged and {close_child(c) for c in children} <= self._closings
            case ClockKind.SHARING:
                return self.basis is None or not (self.basis.agreed_as_basis or self.basis.without_it)
            case ClockKind.LEAD_PRACTITIONER:
                return self.practitioner is None
            case ClockKind.LETTERS:
                return not self.letters
            case _:
                return True

    @property
    def _closings(self) -> set[Effect]:
        return {effect for effect in self.ended if effect.kind is EffectKind.CLOSE_CHILD}

    @property
    def open_to_early_help(self) -> bool:
        criteria = self.request.criteria
        judged = criteria.no_further_role and criteria.needs_early_help_can_meet and criteria.response_required
        return judged and not self.cancelled

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
        said = self.decided.get(child)
        return said is Decision.NO_FURTHER_SUPPORT or (said is Decision.TRANSFER and self.may_pass_on(child))

    def may(self, effect: Effect) -> bool:  # noqa: C901, PLR0911 - one short branch a kind
        """Whether nothing speaks against this effect, if it came about now."""
        match effect.kind:
            case EffectKind.SHARE_DOCUMENT:
                return self._may_reach_service() and effect.subject == self._agreed_version()
            case EffectKind.REQUEST_CONVERSATION:
                return self._may_reach_service() and effect.subject.partition("/")[0] == self.service
            case EffectKind.CLOSE_CHILD:
                child = effect.subject
                reserved = (
                    child not in self.added or Effect(kind=EffectKind.RESERVE_CHILD, subject=child) in self.happened
                )
                passed_on = self.decided.get(child) is Decision.TRANSFER
                return self.may_close(child) and reserved and (not passed_on or self.service_has_the_document())
            case EffectKind.SEND_ADVICE_SUMMARY:
                concerned = self.under_way[effect].passed_on
                return bool(concerned) and effect.subject == self.practitioner and all(map(self.may_pass_on, concerned))
            case EffectKind.SEND_LETTER:
                letter = self.letters.get(effect.subject)
                return letter is not None and (letter.audience is LetterAudience.FAMILY or bool(self.consents))
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
        return subject is not None and Effect(kind=EffectKind.SHARE_DOCUMENT, subject=subject) in self.happened
