"""What the contact about a risk of significant harm came to, and the act that lifts the stop (SD-39)."""

from collections.abc import Iterator

from models.journey.harm_outcome import HarmContact, RecordHarmOutcome
from models.journey.rows import TimeIsUp, field, unless
from models.kinds import ClockKind
from models.step_down.acts import asked, nothing_waits, that_wait
from models.step_down.facts import StepDownFacts
from models.step_down.held import Question
from models.step_down.rows import SW, TM, Need, Row, Rule
from models.step_down.steps.acts import Authorise
from models.step_down.stop import enquiry_open, is_sibling, without_outcome


def _of_a_closed_child(facts: StepDownFacts, step: RecordHarmOutcome) -> bool:
    closed = any(facts.child(ref).is_closed for ref in step.children_named())
    return closed and step.heard_from is HarmContact.ALLOCATED_WORKER


def _lifted_by(facts: StepDownFacts, step: Authorise) -> Iterator[str]:
    """The children for whom this act lifts the stop."""
    entry = facts.entry(step.of)
    if step.granted and entry is not None and isinstance(entry.step, RecordHarmOutcome):
        yield from (ref for ref in asked(facts, entry.step) if ref is not None and step.names(ref))


def _beside_an_enquiry(facts: StepDownFacts, step: Authorise) -> bool:
    return any(enquiry_open(facts, ref) for ref in _lifted_by(facts, step))


def _of_a_sibling_without_a_reason(facts: StepDownFacts, step: Authorise) -> bool:
    return step.because is None and any(is_sibling(facts, ref) for ref in _lifted_by(facts, step))


def _says_nothing_of_an_enquiry(facts: StepDownFacts, step: Authorise) -> bool:
    unsaid = (Question.ENQUIRY in facts.child(ref).unsaid() for ref in _lifted_by(facts, step))
    return step.because is None and any(unsaid)


OUTCOME: Need = Need(
    "SD-39",
    RecordHarmOutcome,
    SW,
    "Somebody was spoken to about a risk of significant harm: record what came of it for each child it was reported "
    "about, or decide that the child stays with social work.",
    met=lambda f: bool(f.nobody_spoken_to) or not without_outcome(f),
    clock=ClockKind.HARM_OUTCOME,
    everywhere=True,
)
"""Whoever was spoken to has told."""

TOO_LONG = TimeIsUp(
    "SD-39",
    ClockKind.HARM_OUTCOME,
    RecordHarmOutcome,
    "Nobody has said what came of the contact about a risk of significant harm: ask Duty and Advice, and have it "
    "recorded for each child; or have it decided that the child stays with social work.",
)

LIFT: Need = Need(
    "SD-39",
    Authorise,
    TM,
    "No referral or social work followed from the risk of significant harm for a child. Authorise that the stop is "
    "lifted, or say why not; nothing goes on until you do. For a brother or sister, give your reason as well.",
    met=nothing_waits(RecordHarmOutcome),
    of=that_wait(RecordHarmOutcome),
    clock=ClockKind.AUTHORISED,
    everywhere=True,
)
"""The manager's own act."""

ROWS: tuple[Row, ...] = (
    TOO_LONG,
    Rule(
        "SD-39",
        RecordHarmOutcome,
        unless(lambda f: bool(f.harm_reports)),
        "No risk of significant harm was reported in this transfer. If there is one, report it.",
    ),
    Rule(
        "SD-39",
        RecordHarmOutcome,
        field("heard_from", _of_a_closed_child),
        "Social work has closed this child's case, so the child has no social worker: only Duty and Advice or the "
        "emergency duty team can say what came of it.",
    ),
    Rule(
        "SD-39",
        Authorise,
        field("of", _beside_an_enquiry),
        "Mosaic holds something because of which the stop cannot be lifted: `transfers show ID --in-mosaic` says what.",
    ),
    Rule(
        "SD-39",
        Authorise,
        field("because", _of_a_sibling_without_a_reason),
        "It was not reported about this child, or something came of it for a brother or sister: give as your reason "
        "why the stop is lifted all the same.",
    ),
    Rule(
        "SD-39",
        Authorise,
        field("because", _says_nothing_of_an_enquiry),
        "Mosaic does not say whether an enquiry is open: give as your reason what you know about it.",
    ),
)
