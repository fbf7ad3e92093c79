"""Every step of a referral."""

from typing import Annotated, get_args

from pydantic import Field

from models.journey.steps import RecalculateClocks, ReportSignificantHarm, ResolveAttention, Step
from models.step_up.steps.assessment import (
    AnswerDisagreement,
    CancelReferral,
    Reassign,
    RecordAssessmentOutcome,
    RecordDisagreement,
    RecordReferrerTold,
    RecordSocialWorker,
)
from models.step_up.steps.contact import RecordAdviceTaken, RecordContact
from models.step_up.steps.decision import (
    RecordContactOutcome,
    RecordDesignatedOfficer,
    RecordHousehold,
    RecordStrategyDiscussion,
)

AnyStep = Annotated[
    RecordContact
    | RecordAdviceTaken
    | RecordContactOutcome
    | RecordStrategyDiscussion
    | RecordHousehold
    | RecordDesignatedOfficer
    | RecordAssessmentOutcome
    | RecordSocialWorker
    | RecordReferrerTold
    | RecordDisagreement
    | AnswerDisagreement
    | Reassign
    | RecalculateClocks
    | CancelReferral
    | ReportSignificantHarm
    | ResolveAttention,
    Field(discriminator="step"),
]
"""One step, read by its name."""

STEPS: tuple[type[Step], ...] = get_args(get_args(AnyStep)[0])
"""The same, as types, in the order in which people read them."""
