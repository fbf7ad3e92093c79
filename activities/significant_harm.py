"""Significant harm: the report, kept as evidence. The contact itself is made by people, by telephone."""

from dataclasses import dataclass

from temporalio import activity

from activities.evidence import CaptureEvidence
from activities.ports import EvidenceRegister


@dataclass(frozen=True)
class SignificantHarmActivities:
    """Keeps reports where they can be shown."""

    evidence: EvidenceRegister

    @activity.defn
    def capture_harm_report(self, order: CaptureEvidence) -> None:
        """SU-01: what was reported, and who was spoken to."""
        self.evidence.store_evidence(order.transfer_id, order.entry)
