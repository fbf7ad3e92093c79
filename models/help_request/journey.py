"""The request for Early Help: a family's first way to support, as its tables."""

from collections.abc import Iterable

from models.help_request.facts import HelpFacts, Recorded
from models.help_request.stage import Outcome, Stage
from models.help_request.stages import admission, any_time, response
from models.help_request.start import HelpRequest
from models.help_request.steps.admission import (
    AnswerRiskMatrix,
    RecordConsent,
    RecordGraduatedResponse,
    WithdrawConsent,
)
from models.help_request.steps.every import STEPS
from models.help_request.steps.response import RecordResponse
from models.help_request.waits import ANSWERS, COUNTED_FROM, waiting
from models.journey import harm
from models.journey.answers import NOT_ASKED_FOR, ChildState
from models.journey.rows import Correction, Journey
from models.journey.status import also_in, yes_no
from models.journey.steps import Cancel, Step


def outcome(facts: HelpFacts) -> Outcome:
    """How it ended."""
    if facts.settled is not None:
        return Outcome(facts.settled.outcome)
    return Outcome.CANCELLED


def child_states(facts: HelpFacts, ref: str) -> tuple[ChildState, ...]:
    """Which child the record in Mosaic is kept on; who holds a child that another has; why another answers for it."""
    leads, situation = ref == facts.request.lead_child, facts.situations.get(ref)
    return (
        ChildState(name="lead", title="lead child", value=leads, words=yes_no(leads)),
        also_in(facts, ref, "already in"),
        ChildState(
            name="situation",
            title="answered for elsewhere",
            value=situation,
            words=situation.words if situation is not None else NOT_ASKED_FOR,
        ),
    )


def _said_before(facts: HelpFacts, step: RecordResponse) -> Iterable[Step | None]:
    """An end is corrected, and so is a redirection that becomes something else; said again, it is only confirmed."""
    leaves = facts.redirected and step.outcome is not Outcome.REDIRECTED
    return (facts.response if leaves else facts.settled,)


HELP_REQUEST = Journey[HelpFacts](
    kind=HelpRequest.kind,
    steps=STEPS,
    stages={
        Stage.ADMISSION: admission.ROWS,
        Stage.RESPONSE: response.ROWS,
        Stage.CLOSED: (),
    },
    any_time=any_time.ROWS,
    corrections={
        RecordConsent: Correction(lambda f, _: (f.last_of(RecordConsent),)),
        AnswerRiskMatrix: Correction(lambda f, _: (f.risk_matrix,)),
        RecordGraduatedResponse: Correction(lambda f, _: (f.graduated,)),
        RecordResponse: Correction(_said_before),
    },
    turns_away=lambda _, step: isinstance(step, Cancel | WithdrawConsent),
    entry=lambda _, recorded: Recorded(**dict(recorded)),
    raisings=(),
    notes=(harm.NOTE,),
    waiting=waiting,
    counted_from=COUNTED_FROM,
    answers=ANSWERS,
    child_states=child_states,
    receiver=lambda _, __: None,
    documents_outside=lambda _: (),
    reasons_outside=lambda _: (),
    outcome=outcome,
)
