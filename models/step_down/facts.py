"""The facts of one step-down: what was recorded and done so far, and what follows from reading it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

from models.attention import Attention, Resolution
from models.effects import Effect, EffectResult
from models.policy import Policy
from models.services import EarlyHelpService
from models.step_down.answers import Receipt
from models.step_down.start import StepDownRequest
from models.step_down.steps import (
    AcknowledgeTransfer,
    AgreedChild,
    AnyStep,
    ApproveLetters,
    ChildAcknowledgement,
    ChildAdvice,
    ChildDecision,
    DecideChildren,
    Decision,
    Letter,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordExploration,
    RecordFamilySharing,
    ResolveAttention,
    Step,
)
from models.vocabulary import Frozen

S = TypeVar("S", bound=Step)


class Opening(Frozen):
    """What the first activity loaded and recorded: the policy, the service as the directory has it, any duplicate."""

    policy: Policy
    service: EarlyHelpService
    duplicate_of: str | None = None


class RecordedStep(Frozen):
    """A step as it was taken."""

    step: AnyStep
    accepted_at: datetime


class Facts(Frozen):
    """Everything that a step-down knows; the rules read only this."""

    request: StepDownRequest
    opened_at: datetime
    opening: Opening | None = None
    steps: tuple[RecordedStep, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    begun: tuple[Effect, ...] = ()
    """The effects that were begun; from then on, what they act on is not replaced."""
    effects: tuple[EffectResult, ...] = ()
    cancel_requests: tuple[datetime, ...] = ()
    """When somebody asked in the Temporal UI to cancel the workflow."""
    raised: tuple[Attention, ...] = ()
    """What needed attention, as it was raised."""

    @property
    def policy(self) -> Policy:
        """The policy that this transfer started with."""
        return self.opening.policy if self.opening else Policy()

    @property
    def child_refs(self) -> tuple[str, ...]:
        """The children of this transfer, in the order of the start."""
        return tuple(child.ref for child in self.request.children)

    def all_of(self, kind: type[S]) -> Iterator[S]:
        """Every recorded step of a kind, oldest first."""
        return (entry.step for entry in self.steps if isinstance(entry.step, kind))

    def last_of(self, kind: type[S]) -> S | None:
        """The step of a kind that holds: the last one recorded."""
        return next(reversed(list(self.all_of(kind))), None)

    def entry(self, step_id: str) -> RecordedStep | None:
        """The step that was recorded under this id."""
        return next((entry for entry in self.steps if entry.step.step_id == step_id), None)

    def receipt(self, step_id: str) -> Receipt | None:
        """The receipt that was given for the step."""
        return next((receipt for receipt in self.receipts if receipt.step_id == step_id), None)

    @property
    def exploration(self) -> RecordExploration | None:
        """SD-05."""
        return self.last_of(RecordExploration)

    @property
    def consent(self) -> RecordConsent | None:
        """SD-09."""
        return self.last_of(RecordConsent)

    @property
    def family_sharing(self) -> RecordFamilySharing | None:
        """SD-10."""
        return self.last_of(RecordFamilySharing)

    @property
    def conversation(self) -> RecordContactConversation | None:
        """SD-07."""
        return self.last_of(RecordContactConversation)

    @property
    def practitioner(self) -> NameLeadPractitioner | None:
        """SD-28."""
        return self.last_of(NameLeadPractitioner)

    @property
    def letters(self) -> tuple[Letter, ...] | None:
        """SD-33; None until they are approved."""
        approved = self.last_of(ApproveLetters)
        return approved.letters if approved else None

    def consents(self, child: str) -> bool:
        """Whether consent stands for the child (SD-09)."""
        given = self.consent.children if self.consent else ()
        return any(entry.ref == child and entry.stands for entry in given)

    def agreement(self, child: str) -> AgreedChild | None:
        """What the conversation agreed for the child (SD-08); None where it did not agree it."""
        if self.conversation is None or not self.conversation.appropriate:
            return None
        return next((entry for entry in self.conversation.children if entry.ref == child and entry.agreed), None)

    def advice(self, child: str) -> ChildAdvice | None:
        """The summary of advice for the child (SD-30): the newest that names it."""
        return next(reversed([c for s in self.all_of(RecordAdviceSummary) for c in s.children if c.ref == child]), None)

    def decision(self, child: str) -> ChildDecision | None:
        """The decision for the child (SD-23): the newest that names it."""
        return next(reversed([c for s in self.all_of(DecideChildren) for c in s.children if c.ref == child]), None)

    def acknowledgement(self, child: str) -> ChildAcknowledgement | None:
        """The service's answer for the child (SD-35): the newest that names it."""
        return next(reversed([c for s in self.all_of(AcknowledgeTransfer) for c in s.children if c.ref == child]), None)

    def decided(self, decision: Decision) -> tuple[str, ...]:
        """The children for whom this was decided."""
        return tuple(c for c in self.child_refs if (d := self.decision(c)) is not None and d.decision is decision)

    @property
    def all_decided(self) -> bool:
        """Whether every child has a decision."""
        return all(self.decision(child) for child in self.child_refs)

    def result(self, effect: Effect) -> EffectResult | None:
        """How the effect ended; None while it has not."""
        return next((result for result in self.effects if result.effect == effect), None)

    def resolution(self, attention_id: str) -> ResolveAttention | None:
        """How a person ended the attention item; None while it waits."""
        return next((step for step in self.all_of(ResolveAttention) if step.attention_id == attention_id), None)

    def retries(self, effect: Effect) -> int:
        """How often a person ordered another try of the effect."""
        return sum(1 for i in self.attention if i.effect == effect.id and i.resolution is Resolution.RETRY)

    @property
    def attention(self) -> tuple[Attention, ...]:
        """What needed attention, each with how it ended."""
        return tuple(self._with_resolution(item) for item in self.raised)

    def _with_resolution(self, item: Attention) -> Attention:
        ended = self.resolution(item.id)
        return item.model_copy(update={"resolution": ended.resolution, "note": ended.note}) if ended else item

    @property
    def open_attention(self) -> tuple[Attention, ...]:
        """What waits for a person to put right."""
        return tuple(item for item in self.attention if item.open)
