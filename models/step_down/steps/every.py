"""Every step of a step-down."""

from typing import Annotated, get_args

from pydantic import Field

from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.steps import (
    Cancel,
    PauseClock,
    Reassign,
    RecalculateClocks,
    ReportSignificantHarm,
    ResolveAttention,
    ResumeClock,
    Step,
)
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters, RecordFamiliesFirstNotification
from models.step_down.steps.consent import RecordConsent, RecordExploration, WithdrawConsent
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.decision import (
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.first_contact import AgreeStart, DecideFirstContact, RecordFirstContact
from models.step_down.steps.sharing import RecordFamilySharing, RecordSharingBasis
from models.step_down.steps.transfer import AddChild, ChangeService

AnyStep = Annotated[
    RecordFamily
    | RecordExploration
    | RecordConsent
    | WithdrawConsent
    | RecordFamilySharing
    | RecordSharingBasis
    | AnswerRequest
    | RecordContactConversation
    | ScheduleFinalMeeting
    | RecordFinalMeeting
    | ConfirmMeeting
    | NameLeadPractitioner
    | RecordManagementConversation
    | RecordAdviceSummary
    | RecordDecisions
    | Authorise
    | ApproveLetters
    | RecordDelivery
    | AcknowledgeTransfer
    | RecordFamiliesFirstNotification
    | AgreeStart
    | RecordFirstContact
    | DecideFirstContact
    | AddChild
    | ChangeService
    | Reassign
    | PauseClock
    | ResumeClock
    | RecalculateClocks
    | Cancel
    | ReportSignificantHarm
    | RecordHarmOutcome
    | ResolveAttention,
    Field(discriminator="step"),
]
"""One step, read by its name."""

STEPS: tuple[type[Step], ...] = get_args(get_args(AnyStep)[0])
"""The same, as types, in the order in which people read them."""
