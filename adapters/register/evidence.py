"""Evidence: steps as they were taken, kept so that they can be shown."""

from dataclasses import dataclass

from adapters.register.store import Store, audit
from models.journey.recorded import RecordedStep
from models.register.tables import EvidenceRow


@dataclass(frozen=True)
class SqlEvidence:
    """Fits ``EvidenceRegister``."""

    store: Store

    def store_evidence(self, transfer_id: str, entry: RecordedStep) -> None:
        """See ``EvidenceRegister``."""
        step = entry.step
        with self.store.transaction() as session:
            if session.get(EvidenceRow, (transfer_id, step.step_id)) is None:
                session.add(self._row(transfer_id, entry))
                what = f"evidence kept: {step.step}"
                session.add(audit(transfer_id, step.actor.id, what, old=step.corrects, new=step.step_id))

    def _row(self, transfer_id: str, entry: RecordedStep) -> EvidenceRow:
        step = entry.step
        return EvidenceRow(
            transfer_id=transfer_id,
            step_id=step.step_id,
            step=step.step,
            service_ref=entry.service_ref,
            occurred_at=step.occurred_at,
            accepted_at=entry.accepted_at,
            recorded_by=step.actor.id,
            corrects=step.corrects,
            record=self.store.seal(transfer_id, entry),
        )
