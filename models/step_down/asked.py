"""What was asked and said of one child before anything is decided: consent, and the conversation with the service."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from models.journey.steps import Step
from models.step_down.consent import Word, as_mosaic_has_it, word
from models.step_down.family import ChildOfFamily
from models.step_down.steps.consent import (
    ChildConsent,
    HolderAnswer,
    RecordConsent,
    Shareable,
    VoiceKind,
    WithdrawConsent,
)
from models.step_down.steps.conversation import AgreedChild, RecordContactConversation
from models.step_down.steps.first_contact import AgreeStart, ChildStart
from models.step_down.steps.sharing import Basis, ChildSharing, RecordSharingBasis

if TYPE_CHECKING:
    from models.step_down.facts import StepDownFacts

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Asked:
    """One child, read from the facts; each answer is found once, as the facts never change."""

    facts: "StepDownFacts"
    ref: str

    def said(self, kind: type[Step], of: type[T]) -> T | None:
        """What the last step of a kind says of the child."""
        step = self.facts.last_of(kind, self.ref)
        said = getattr(step, "children", ())
        return next((one for one in said if isinstance(one, of) and getattr(one, "ref", None) == self.ref), None)

    @cached_property
    def answer(self) -> ChildConsent | None:
        """The family's answer, for this service (SD-09); None where it was withdrawn since."""
        return self.said(RecordConsent, ChildConsent)

    def _comes_to(self, step: RecordConsent) -> Word:
        """What the words of this step come to for the child, by who is who in the family now."""
        said = next(answer for answer in step.children if answer.ref == self.ref)
        return word(self.facts.family, self.of_family, said, step.day)

    @cached_property
    def of_family(self) -> ChildOfFamily | None:
        """What is known of it: as the family was recorded, and its day of birth as Mosaic has it (SD-09b)."""
        recorded, record = self.facts.family, self.facts.child(self.ref).record
        child = recorded.child(self.ref) if recorded else None
        return as_mosaic_has_it(child, record.born_on) if child is not None and record is not None else child

    def _stands(self, step: RecordConsent) -> bool:
        """Where the words alone do not suffice, with the team manager's own act."""
        comes_to = self._comes_to(step)
        return comes_to is Word.YES or (comes_to is Word.FOR_MANAGER and self.facts.granted(step, self.ref))

    @cached_property
    def asked_in(self) -> RecordConsent | None:
        """The step with the family's answer, for this service."""
        return self.facts.last_of(RecordConsent, self.ref)

    @cached_property
    def consents(self) -> bool:
        """Whether consent stands (SD-09)."""
        return self.asked_in is not None and self._stands(self.asked_in)

    def basis_in(self, agency: str | None) -> tuple[RecordSharingBasis, ChildSharing] | None:
        """SD-09e: the step that said last on what basis the agency is told, and what it said; None is the service."""
        for step in reversed(self.facts.all_of(RecordSharingBasis, self.ref)):
            for one in step.children:
                here = agency is not None or step.service_ref == self.facts.service_ref
                if one.ref == self.ref and one.is_with(agency) and here:
                    return step, one
        return None

    def withheld_from(self, agency: str | None) -> bool:
        """SD-09e: nothing of it is shared with the agency, which would harm it more; None is the service."""
        found = self.basis_in(agency)
        return found is not None and found[1].basis is Basis.NOT_SHARED

    def by_power(self, agency: str | None) -> ChildSharing | None:
        """SD-09e: what is shared with the agency by a power, once the team manager agrees; None is the service."""
        found = self.basis_in(agency)
        granted = found is not None and found[1].basis is Basis.POWER and self.facts.granted(found[0], self.ref)
        return found[1] if found is not None and granted else None

    def may_share(self, what: Shareable) -> bool:
        """SD-09d, SD-09e: with the service: consent stands, and this was agreed to; or a power allows it."""
        if self.withheld_from(None):
            return False
        power = self.by_power(None)
        return (power is not None and what in power.shares) or self._agreed_to_share(what)

    def _agreed_to_share(self, what: Shareable) -> bool:
        return self.consents and self.answer is not None and what in self.answer.may_share

    @cached_property
    def refused_in(self) -> RecordConsent | None:
        """SD-09e: the step with the no of the family, or of the young person, to whichever service; None where none."""
        last = self._last_asked
        return last if last is not None and self._comes_to(last) is Word.NO else None

    @cached_property
    def _last_asked(self) -> RecordConsent | None:
        """The step with the last answer, for whichever service, also where it was withdrawn since."""
        said = (entry.step for entry in reversed(self.facts.steps) if not entry.late and entry.step.names(self.ref))
        return next((step for step in said if isinstance(step, RecordConsent)), None)

    @property
    def has_own_word(self) -> bool:
        """SD-09b: as a young person it said yes or no itself, for whichever service, also where it took that back."""
        said = self._last_asked.children if self._last_asked is not None else ()
        return any(one.ref == self.ref and one.voice.kind is VoiceKind.OWN_CONSENT for one in said)

    @cached_property
    def withdrawn_in(self) -> WithdrawConsent | None:
        """SD-09a: the step by which consent holds no more, where it was not given again."""
        return self.facts.last_of(WithdrawConsent, self.ref) if self.answer is None else None

    @property
    def withdrawn(self) -> bool:
        """Consent was withdrawn, or had never been given, and was not given again (SD-09a)."""
        return self.withdrawn_in is not None

    @property
    def asked(self) -> bool:
        """The family was asked, and whoever has to answer did; or it took its consent back."""
        unheard = self.asked_in is not None and self._comes_to(self.asked_in) is Word.OPEN
        return (self.answer is not None and not unheard) or self.withdrawn

    @property
    def refusal_not_looked_at(self) -> bool:
        """SD-09e: the team manager has not said whether the refusal changes the risk, whatever is decided."""
        return self.refused_in is not None and self.facts.act_on(self.refused_in, self.ref) is None

    @property
    def refusal_changes_risk(self) -> bool:
        """SD-09e: the team manager looked at the refusal, and it changes the risk."""
        return self.refused_in is not None and self.facts.denied(self.refused_in, self.ref)

    @property
    def for_manager(self) -> bool:
        """SD-09b, SD-09c: what was said is for the team manager, whatever they said of it."""
        return self.asked_in is not None and self._comes_to(self.asked_in) is Word.FOR_MANAGER

    @property
    def waits_for_word(self) -> bool:
        """SD-09b, SD-09c: what was said stands only with the team manager's act, and there is none."""
        step = self.asked_in
        return step is not None and self.for_manager and self.facts.act_on(step, self.ref) is None

    @property
    def answered(self) -> bool:
        """The family has answered, if only by taking its consent back; what waits for the manager is no answer yet."""
        return self.asked and not self.waits_for_word

    @cached_property
    def said_no(self) -> bool:
        """The family's last word, whichever service it was about, was no (SD-09a)."""
        last: RecordConsent | WithdrawConsent | None = None
        for entry in self.facts.steps:
            if (
                isinstance(entry.step, RecordConsent | WithdrawConsent)
                and not entry.late
                and entry.step.names(self.ref)
            ):
                last = entry.step
        if isinstance(last, RecordConsent):
            return not self._stands(last)
        return last is not None

    @cached_property
    def objectors(self) -> frozenset[str]:
        """SD-09c: who said no, whichever service it was about, and nothing else since; as far as their word counts."""
        steps = (entry.step for entry in self.facts.steps if isinstance(entry.step, RecordConsent))
        answers = (answer for step in steps for answer in step.children if answer.ref == self.ref)
        last = {one.person: one.answer for answer in answers for one in answer.holders if one.answer.is_a_word}
        counts = {person.ref for person in self.facts.family.holders(self.ref)} if self.facts.family else set()
        return frozenset(ref for ref, said in last.items() if said is HolderAnswer.REFUSED and ref in counts)

    @cached_property
    def talked_over(self) -> AgreedChild | None:
        """What the last conversation that named the child said of it (SD-08), with the start that was said since."""
        said, since = self.said(RecordContactConversation, AgreedChild), self._start_since
        if said is None or since is None or not said.agreed or said.realistic_start is not None:
            return said
        return said.model_copy(update={"realistic_start": since.realistic_start, "start_not_known_because": None})

    @property
    def _start_since(self) -> ChildStart | None:
        """The start that was agreed after the conversation that holds; a later one says anew that none is known."""
        talked, step = self.facts.last_of(RecordContactConversation, self.ref), self.start_agreed_in
        since = talked is not None and step is not None and self.facts.came_after(step, talked)
        return self.said(AgreeStart, ChildStart) if since else None

    @property
    def start_agreed_in(self) -> AgreeStart | None:
        """The step in which a start was agreed last, where nobody could say it before (SD-37)."""
        return self.facts.last_of(AgreeStart, self.ref)

    @cached_property
    def first_talked(self) -> datetime | None:
        """When it was first talked over with this service; what was corrected since does not count."""
        said = self.facts.all_of(RecordContactConversation, self.ref)
        corrected = {step.corrects for step in said}
        return min((step.occurred_at for step in said if step.step_id not in corrected), default=None)

    @cached_property
    def agreement(self) -> AgreedChild | None:
        """What the conversation agreed (SD-08); None where it did not agree the child."""
        conversation = self.facts.conversation
        if conversation is None or not conversation.appropriate:
            return None
        return self.talked_over if self.talked_over is not None and self.talked_over.agreed else None

    @property
    def spoken_of(self) -> bool:
        """A conversation with this service has answered for the child."""
        conversation = self.facts.conversation
        return conversation is not None and (not conversation.appropriate or self.talked_over is not None)

    @property
    def turned_down(self) -> bool:
        """A conversation with this service has answered for the child, and did not agree it (SD-08)."""
        return self.spoken_of and self.agreement is None

    @property
    def cannot_pass(self) -> bool:
        """The family has said no of it (SD-09), or nothing of it is shared with the service (SD-09e)."""
        return (self.answered and not self.consents) or self.withheld_from(None)

    @property
    def to_talk_over(self) -> bool:
        """SD-08: it could pass on, now or once consent stands, and no conversation has answered for it.

        Nobody talks with the service about a child who cannot pass to it; once the family says yes, that is asked for.
        """
        return self.talked_over is None and not self.cannot_pass

    @property
    def could_pass(self) -> bool:
        """Consent stands, and no conversation turned the child down (SD-08, SD-09)."""
        return self.consents and not self.turned_down and not self.withheld_from(None)
