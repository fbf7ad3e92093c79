"""What a request waits for, and from when: the response that is owed, the day of a review, our own waits."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time

from models.help_request.facts import HelpFacts
from models.help_request.steps.admission import CompleteRequest, ReceiveDocuments, ReturnIncomplete
from models.help_request.steps.response import RecordResponse
from models.journey import harm
from models.journey.clocks import recorded_wrongly
from models.journey.recorded import Clock, RecordedStep
from models.journey.rows import Waiting
from models.kinds import ClockKind
from models.vocabulary import LONDON


def waiting(facts: HelpFacts, now: datetime) -> Iterator[Waiting]:
    """ER-06: a response is owed from the receipt at the central channel; once completed, anew.

    So it is where after the response another journey is found to hold a child (ER-15).
    """
    if facts.owes_answer:
        completed = facts.completed
        about = f"completed-{completed.step_id}" if completed else ""
        since = completed_at(facts, completed) if completed else received_at(facts)
        yield Waiting(ClockKind.HELP_REQUEST, about, since)
    elif facts.response is not None and facts.goes_on and facts.to_pass_on:
        yield Waiting(ClockKind.HELP_REQUEST, "to-pass-on", now)


def received_at(facts: HelpFacts) -> datetime:
    """ER-06, ER-10: when it reached the central channel, at which its time begins; at the latest with its start.

    It reached that no earlier than it came in at all. A year that cannot be right counts for nothing.
    """
    if facts.request.mistyped_moment(facts.opened_at) is not None:
        return facts.opened_at
    received = facts.request.received
    central = received.at if received.channel.is_central else received.central_at
    return min(max(central or facts.opened_at, received.at), facts.opened_at)


def completed_at(facts: HelpFacts, completed: CompleteRequest) -> datetime:
    """ER-06: when what was missing came, though that was recorded later."""
    before = facts.steps[: facts.places[completed.step_id]]
    returned = max(place for place, entry in enumerate(before) if isinstance(entry.step, ReturnIncomplete))
    came = (entry.step.occurred_at for entry in before[returned:] if isinstance(entry.step, ReceiveDocuments))
    whole = min(completed.occurred_at, max(came, default=completed.occurred_at))
    return max(before[returned].step.occurred_at, whole)


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


COUNTED_FROM: Mapping[ClockKind, Callable[[HelpFacts, datetime], Iterator[Waiting]]] = {
    ClockKind.HARM_READ: _receipt,
    ClockKind.OFFERED_WAITING: _reviews,
    ClockKind.REDIRECTED: _reported,
    ClockKind.TAKEN_OVER: _given,
}
"""What is not counted from when it began to be missing."""

ANSWERS: Mapping[ClockKind, Callable[[HelpFacts, Clock], Iterator[RecordedStep]]] = {ClockKind.HELP_REQUEST: _answers}
"""The steps that answer what is owed."""
