"""Significant harm: the report, kept as evidence. The contact itself is made by people, by telephone."""

from dataclasses import dataclass
from typing import ClassVar

from temporalio import activity

from activities.ports import TransferRegister
from models.step_down.steps import ReportSignificantHarm
from models.vocabulary import Frozen


class CaptureHarmReport(Frozen):
    """Keep what was reported, and who was spoken to (SU-01)."""

    privacy: ClassVar[str] = "narrative"
    transfer_id: str
    report: ReportSignificantHarm


@dataclass(frozen=True)
class SignificantHarmActivities:
    """Keeps reports where they can be shown."""

    register: TransferRegister

    @activity.defn
    def capture_harm_report(self, order: CaptureHarmReport) -> None:
        """SU-01."""
        self.register.keep_harm_report(order.transfer_id, order.report)
