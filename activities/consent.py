"""Consent capture: the evidence that the family agreed, or withdrew its consent."""

from dataclasses import dataclass

from temporalio import activity

from activities.evidence import CaptureEvidence
from activities.ports import EvidenceRegister


@dataclass(frozen=True)
class ConsentActivities:
    """Keeps consent where it can be shown."""

    evidence: EvidenceRegister

    @activity.defn
    def capture_consent(self, order: CaptureEvidence) -> None:
        """SD-09: the family's answer, child by child."""
        self.evidence.store_evidence(order.transfer_id, order.entry)

    @activity.defn
    def capture_withdrawal(self, order: CaptureEvidence) -> None:
        """SD-09a: consent is withdrawn, for these children."""
        self.evidence.store_evidence(order.transfer_id, order.entry)
