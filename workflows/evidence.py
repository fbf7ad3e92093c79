"""What of a step is kept in the register as evidence, beside the transfer as it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.consent import CaptureConsent, CaptureWithdrawal, ConsentActivities
from activities.contact_conversation import CaptureConversation, ContactConversationActivities
from activities.final_meeting import CaptureMeeting, FinalMeetingActivities
from activities.significant_harm import CaptureHarmReport, SignificantHarmActivities
from models.step_down.recorded import RecordedStep
from models.step_down.steps import (
    RecordConsent,
    RecordContactConversation,
    RecordFinalMeeting,
    ReportSignificantHarm,
    WithdrawConsent,
)


@dataclass(frozen=True)
class Keeping:
    """One piece of evidence: the activity that keeps it, its order, and what that is called."""

    act: Callable[[Any, Any], None]
    order: Any
    summary: str


def evidence(transfer_id: str, recorded: RecordedStep) -> Keeping | None:
    """How the step is kept as evidence, as it stood when it was taken; None where the transfer as it is is enough."""
    match step := recorded.step:
        case RecordConsent():
            answer = CaptureConsent(transfer_id=transfer_id, consent=step)
            return Keeping(ConsentActivities.capture_consent, answer, "Keep the family's answer as evidence")
        case WithdrawConsent():
            back = CaptureWithdrawal(transfer_id=transfer_id, service_ref=recorded.service_ref or "", withdrawal=step)
            return Keeping(ConsentActivities.capture_withdrawal, back, "Keep that consent was withdrawn")
        case RecordContactConversation():
            held = CaptureConversation(transfer_id=transfer_id, conversation=step)
            keep = ContactConversationActivities.capture_conversation
            return Keeping(keep, held, "Keep the record of the conversation")
        case RecordFinalMeeting():
            meeting = CaptureMeeting(transfer_id=transfer_id, meeting=step)
            return Keeping(FinalMeetingActivities.capture_meeting, meeting, "Keep the record of the final meeting")
        case ReportSignificantHarm():
            report = CaptureHarmReport(transfer_id=transfer_id, report=step)
            return Keeping(SignificantHarmActivities.capture_harm_report, report, "Keep the report of significant harm")
        case _:
            return None
