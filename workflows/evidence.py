"""Which steps are kept in the register as evidence, beside the transfer as it stands, and by which activity."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from activities.consent import ConsentActivities
from activities.contact_conversation import ContactConversationActivities
from activities.evidence import CaptureEvidence
from activities.final_meeting import FinalMeetingActivities
from activities.significant_harm import SignificantHarmActivities
from models.step_down.steps import (
    RecordConsent,
    RecordContactConversation,
    RecordFinalMeeting,
    ReportSignificantHarm,
    Step,
    WithdrawConsent,
)


class Capture(NamedTuple):
    """The activity that keeps a step, and what that is called."""

    act: Callable[[Any, CaptureEvidence], None]
    summary: str


EVIDENCE: Mapping[type[Step], Capture] = {
    RecordConsent: Capture(ConsentActivities.capture_consent, "Keep the family's answer as evidence"),
    WithdrawConsent: Capture(ConsentActivities.capture_withdrawal, "Keep that consent was withdrawn"),
    RecordContactConversation: Capture(
        ContactConversationActivities.capture_conversation, "Keep the record of the conversation"
    ),
    RecordFinalMeeting: Capture(FinalMeetingActivities.capture_meeting, "Keep the record of the final meeting"),
    ReportSignificantHarm: Capture(
        SignificantHarmActivities.capture_harm_report, "Keep the report of significant harm"
    ),
}
"""What is not here needs none: the transfer as it stands shows it."""
