"""The request for Early Help: a family's first way to support, as its tables."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time

from models.help_request.facts import HelpFacts, Recorded
from models.help_request.stage import Outcome, Stage
from models.help_request.stages import admission, any_time, response
from models.help_request.stages.routing import holder_words
from models.help_request.start import HelpRequest
from models.help_request.steps.admission import (
    AnswerRiskMatrix,
    RecordConsent,
    RecordGraduatedResponse,
    ReturnIncomplete,
    WithdrawConsent,
)
from models.help_request.steps.every import STEPS
from models.help_request.steps.response import RecordResponse
from models.journey import harm
from models.journey.answers import NOT_ASKED_FOR, ChildState
from models.journey.clocks import recorded_wrongly
from models.journey.recorded import Clock, RecordedStep
from models.journey.rows import Correction, Journey, Waiting
from models.journey.status import yes_no
from models.journey.steps import Cancel, Step
from models.kinds import ClockKind
from models.vocabulary import LONDON


def waiting(facts: HelpFacts, now: datetime) -> Iterator[Waiting]:
    """ER-06: a response is owed from the receipt at the central channel; once completed, anew.

    So it is where after the response another journey is found to hold a child (ER-15).
    """
    if facts.owes_answer:
        completed, since = facts.completed, facts.completed_at
        about = f"completed-{completed.step_id}" if completed else ""
        yield Waiting(ClockKind.HELP_REQUEST, about, since or facts.received_at)
    elif facts.response is not None and facts.goes_on and facts.to_pass_on:
        yield Waiting(ClockKind.HELP_REQUEST, "to-pass-on", now)


def _answers(facts: HelpFacts, clock: Clock) -> Iterator[RecordedStep]:
    """ER-12: any response, and that it was returned as incomplete."""
    for entry in facts.steps[clock.steps_before :]:
        if isinstance(entry.step, RecordResponse | ReturnIncomplete) and not recorded_wrongly(facts, entry):
            yield entry


def _reviews(facts: HelpFacts, now: datetime) -> Iterator[Waiting]:
    """ER-15: from the day on which a waiting family is looked at again."""
    said = facts.response
    if said is not None and said.review_on is not None:
        on = datetime.combine(said.review_on, time(0), LONDON)
        yield Waiting(ClockKind.OFFERED_WAITING, f"review-{said.step_id}", max(now, on))


def _receipt(facts: HelpFacts, now: datetime) -> Iterator[Waiting]:
    """ER-14: it is read as it comes here, and so is what comes later; from then on, as nobody could be told before."""
    new = facts.first_unread
    about, at = (f"came-{new.step.step_id}", new.accepted_at) if new else ("", facts.opened_at)
    yield Waiting(ClockKind.HARM_READ, about, min(now, at))


def _reported(facts: HelpFacts, now: datetime) -> Iterator[Waiting]:
    """ER-07: a request goes to Duty and Advice from the first report of harm on."""
    first = (harm.first_said(facts, report).accepted_at for report in facts.harm_reports)
    yield Waiting(ClockKind.REDIRECTED, "", min(first, default=now))


def _given(facts: HelpFacts, now: datetime) -> Iterator[Waiting]:
    """ER-06: each team that gets the request is told anew."""
    given = facts.to_take_over
    yield Waiting(ClockKind.TAKEN_OVER, f"given-{given.step_id}" if given else "", now)


def outcome(facts: HelpFacts) -> Outcome:
    """How it ended."""
    if facts.settled is not None:
        return Outcome(facts.settled.outcome)
    return Outcome.CANCELLED


def child_states(facts: HelpFacts, ref: str) -> tuple[ChildState, ...]:
    """Which child the record in Mosaic is kept on; who holds a child that another has; why another answers for it."""
    leads, situation = ref == facts.request.lead_child, facts.situations.get(ref)
    held = next((one for one in facts.elsewhere if one.child == ref), None)
    return (
        ChildState(name="lead", title="lead child", value=leads, words=yes_no(leads)),
        ChildState(
            name="elsewhere",
            title="already in",
            value=held.holder if held is not None and not held.restricted else None,
            words=holder_words(held) if held is not None else NOT_ASKED_FOR,
        ),
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
    counted_from={
        ClockKind.HARM_READ: _receipt,
        ClockKind.OFFERED_WAITING: _reviews,
        ClockKind.REDIRECTED: _reported,
        ClockKind.TAKEN_OVER: _given,
    },
    answers={ClockKind.HELP_REQUEST: _answers},
    child_states=child_states,
    receiver=lambda _, __: None,
    documents_outside=lambda _: (),
    reasons_outside=lambda _: (),
    outcome=outcome,
)
