"""The step-down: a family's transfer from social work to Early Help, as its tables."""

from models.journey.rows import Journey
from models.mosaic import DocumentVersion
from models.step_down.child_states import child_states
from models.step_down.closure_reason import closed_for
from models.step_down.corrections import CORRECTIONS
from models.step_down.effects import receiver
from models.step_down.facts import StepDownFacts
from models.step_down.outcome import outcome
from models.step_down.papers import papers_for_service
from models.step_down.recording import NOTES, RAISINGS, entry, turns_away
from models.step_down.stage import Stage
from models.step_down.stages import (
    any_time,
    closure,
    confirmation,
    consent,
    conversation,
    decision,
    final_meeting,
    first_contact,
    sharing,
)
from models.step_down.start import StepDownRequest
from models.step_down.steps.every import STEPS
from models.step_down.waits import ANSWERS, COUNTED_FROM, waiting


def documents_outside(facts: StepDownFacts) -> tuple[DocumentVersion, ...]:
    """SD-11: what the service is to have, in the version that the family agreed to."""
    shared = papers_for_service(facts)
    return tuple(DocumentVersion(ref=paper.document_ref, version=paper.version) for paper in shared)


STEP_DOWN = Journey[StepDownFacts](
    kind=StepDownRequest.kind,
    steps=STEPS,
    stages={
        Stage.CONSENT: consent.ROWS,
        Stage.SHARING: sharing.ROWS,
        Stage.CONVERSATION: conversation.ROWS,
        Stage.FINAL_MEETING: final_meeting.ROWS,
        Stage.DECISION: decision.ROWS,
        Stage.CLOSURE: closure.ROWS,
        Stage.CONFIRMATION: confirmation.ROWS,
        Stage.FIRST_CONTACT: first_contact.ROWS,
        Stage.CLOSED: (),
    },
    any_time=any_time.ROWS,
    corrections=CORRECTIONS,
    turns_away=turns_away,
    entry=entry,
    raisings=RAISINGS,
    notes=NOTES,
    waiting=waiting,
    counted_from=COUNTED_FROM,
    answers=ANSWERS,
    child_states=child_states,
    receiver=receiver,
    documents_outside=documents_outside,
    reasons_outside=closed_for,
    outcome=outcome,
)
