"""Every step of a request for Early Help."""

from typing import Annotated, get_args

from pydantic import Field

from models.help_request.steps.admission import (
    AnswerOpenPlan,
    AnswerRiskMatrix,
    CompleteRequest,
    ReadForHarm,
    ReceiveDocuments,
    RecordConsent,
    RecordGraduatedResponse,
    RecordReach,
    RecordSituations,
    ReturnIncomplete,
    WithdrawConsent,
)
from models.help_request.steps.response import CancelRequest, Reassign, RecordReferrerTold, RecordResponse, TakeOver
from models.journey.steps import RecalculateClocks, ReportSignificantHarm, ResolveAttention, Step

AnyStep = Annotated[
    ReadForHarm
    | ReceiveDocuments
    | AnswerOpenPlan
    | RecordConsent
    | WithdrawConsent
    | RecordReach
    | RecordSituations
    | AnswerRiskMatrix
    | RecordGraduatedResponse
    | ReturnIncomplete
    | CompleteRequest
    | RecordResponse
    | RecordReferrerTold
    | Reassign
    | TakeOver
    | RecalculateClocks
    | CancelRequest
    | ReportSignificantHarm
    | ResolveAttention,
    Field(discriminator="step"),
]
"""One step, read by its name."""

STEPS: tuple[type[Step], ...] = get_args(get_args(AnyStep)[0])
"""The same, as types, in the order in which people read them."""
