"""Evidence: steps as they were taken, kept so that they can be shown."""

from sqlmodel import Session

from adapters.register.store import Store, audit
from models.journey.recorded import RecordedStep
from models.register.tables import EvidenceRow


def keep_evidence(store: Store, session: Session, transfer_id: str, entry: RecordedStep) -> None:
    """Keep the step as it was taken, once."""
    step = entry.step
    if session.get(EvidenceRow, (transfer_id, step.step_id)) is None:
        session.add(_row(store, transfer_id, entry))
        what = f"evidence kept: {step.step}"
        session.add(audit(transfer_id, step.actor.id, what, old=entry.corrects, new=step.step_id))


def _row(store: Store, transfer_id: str, entry: RecordedStep) -> EvidenceRow:
    step = entry.step
    return EvidenceRow(
        transfer_id=transfer_id,
        step_id=step.step_id,
        step=step.step,
        service_ref=entry.service_ref,
        occurred_at=step.occurred_at,
        accepted_at=entry.accepted_at,
        recorded_by=step.actor.id,
        corrects=entry.corrects or entry.repeats,
        record=store.seal(transfer_id, entry),
    )
