"""Consent capture: the evidence that the family agreed, kept before anything is shared."""

from dataclasses import dataclass
from typing import ClassVar

from temporalio import activity

from activities.ports import TransferRegister
from models.step_down.steps import RecordConsent, WithdrawConsent
from models.vocabulary import Frozen


class CaptureConsent(Frozen):
    """Keep the family's answer, child by child (SD-09)."""

    privacy: ClassVar[str] = "narrative"
    transfer_id: str
    consent: RecordConsent


class CaptureWithdrawal(Frozen):
    """Keep that the family withdrew its consent (SD-09a)."""

    privacy: ClassVar[str] = "narrative"
    transfer_id: str
    service_ref: str
    withdrawal: WithdrawConsent


@dataclass(frozen=True)
class ConsentActivities:
    """Keeps consent where it can be shown."""

    register: TransferRegister

    @activity.defn
    def capture_withdrawal(self, order: CaptureWithdrawal) -> None:
        """SD-09a."""
        self.register.keep_withdrawal(order.transfer_id, order.service_ref, order.withdrawal)

    @activity.defn
    def capture_consent(self, order: CaptureConsent) -> None:
        """SD-09."""
        self.register.keep_consent(order.transfer_id, order.consent)
