"""The comparison: what the register holds of each transfer, and what it shows of what differs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from adapters.register.effect_book import closed_step_of, shared_document_of
from adapters.register.shown import new_row, reserve, show, show_items, show_whether_in_hand, status_of
from adapters.register.store import Store, audit
from models.effects import Effect, Ended
from models.journey.status import Status
from models.journey.steps import ResolveAttention
from models.operations import differences
from models.operations.comparison import Noted, Registered
from models.operations.differences import Became, Difference, accepted, asked_before
from models.register.tables import ChildRow, EffectRow, TransferRow
from models.ways import WAYS, System

COMPARED = tuple(kind for kind, way in WAYS.items() if way.system is System.MOSAIC)


@dataclass(frozen=True)
class SqlComparison:
    """Fits ``ComparedRegister``; the commands keep in it what a person answers to what it alone shows."""

    store: Store

    def transfers_to_compare(self, closed_since: datetime) -> Sequence[str]:
        """See ``ComparedRegister``."""
        with self.store.reading() as session:
            closed_at = col(TransferRow.closed_at)
            still_open = session.exec(select(TransferRow.id).where(closed_at.is_(None)))
            ended = session.exec(select(TransferRow.id).where(closed_at >= closed_since))
            return sorted((*still_open, *ended))

    def registered(self, ids: Sequence[str]) -> Sequence[Registered]:
        """See ``ComparedRegister``."""
        with self.store.reading() as session:
            found = session.exec(select(TransferRow).where(col(TransferRow.id).in_(ids))).all()
            children, noted = _children(session, ids), _noted(session, ids)
        return [self._registered(row, children[row.id], noted[row.id]) for row in found]

    def _registered(self, row: TransferRow, children: Sequence[str], noted: Sequence[Noted]) -> Registered:
        shown = status_of(self.store, row)
        return Registered(
            id=row.id,
            version=row.version,
            closed=row.outcome is not None,
            opened_at=row.opened_at,
            restricted=row.restricted,
            service_ref=row.service_ref,
            route=row.route,
            children=tuple(children),
            consents=shown is not None and any(child.value("consent_stands") for child in shown.children),
            noted=tuple(noted),
            in_social_work=row.in_social_work,
            shows=row.attention != "" and (shown is None or any(i.open and i.in_register for i in shown.attention)),
        )

    def restore(self, status: Status, version: int) -> None:
        """See ``ComparedRegister``."""
        with self.store.transaction() as session:
            row = session.get(TransferRow, status.id, with_for_update=True)
            if row is None:
                row = _add_lost(session, status)
            elif row.version >= version and row.outcome == status.outcome:
                return
            session.add(audit(status.id, "system", "shown again as Temporal has it"))
            show(self.store, session, row, status, version)

    def show_differences(
        self, transfer_id: str, found: Sequence[Difference], at: datetime, *, all_compared: bool
    ) -> Sequence[Became]:
        """See ``ComparedRegister``."""
        with self.store.transaction() as session:
            row = session.get(TransferRow, transfer_id, with_for_update=True)
            if row is None:
                return [Became.NOT_TOLD for _ in found]
            before = status_of(self.store, row)
            if before is None:
                return _mark(session, row, found)
            show_items(self.store, row, differences.show(before, found, at, all_compared=all_compared))
            show_whether_in_hand(session, row)
            became = [asked_before(before.attention, one) or Became.SHOWN for one in found]
            new = [one for one, how in zip(found, became, strict=True) if how is Became.SHOWN]
            session.add_all(audit(transfer_id, "system", "needs attention", new=one.id) for one in new)
            return became

    def accept_difference(self, transfer_id: str, step: ResolveAttention) -> None:
        """Keep that a person left an item as it is that the register alone shows; what is over stays as it ended."""
        with self.store.transaction() as session:
            row = session.get_one(TransferRow, transfer_id, with_for_update=True)
            before = status_of(self.store, row)
            if before is not None and any(i.open and i.id == step.attention_id for i in before.attention):
                show_items(self.store, row, accepted(before, step))
                show_whether_in_hand(session, row)
                session.add(audit(transfer_id, step.actor.id, "accepted as it is", new=step.attention_id))


def _children(session: Session, ids: Sequence[str]) -> Mapping[str, list[str]]:
    children: dict[str, list[str]] = defaultdict(list)
    for child in session.exec(select(ChildRow).where(col(ChildRow.transfer_id).in_(ids)).order_by("child_ref")):
        children[child.transfer_id].append(child.child_ref)
    return children


def _noted(session: Session, ids: Sequence[str]) -> Mapping[str, list[Noted]]:
    """What was done in Mosaic, or may be under way there; an intent of which every attempt was withdrawn is none."""
    noted: dict[str, list[Noted]] = defaultdict(list)
    counts = col(EffectRow.ended).is_not(None) | (col(EffectRow.unsure) > 0)
    found = select(EffectRow).where(col(EffectRow.transfer_id).in_(ids), col(EffectRow.kind).in_(COMPARED), counts)
    for row in session.exec(found.order_by(col(EffectRow.intended_at))):
        noted[row.transfer_id].append(
            Noted(
                effect=Effect.model_validate_json(row.effect),
                ended=Ended(row.ended) if row.ended else None,
                evidence=row.evidence or "",
                at=row.ended_at,
                closed=closed_step_of(row),
                shared=shared_document_of(row),
            )
        )
    return noted


def _mark(session: Session, row: TransferRow, found: Sequence[Difference]) -> Sequence[Became]:
    """Of a transfer that was never shown the lists can only say that something is wrong."""
    known = row.attention != ""
    row.attention, row.waiting_for = ",".join(one.kind for one in found), "operations" if found else "social_worker"
    show_whether_in_hand(session, row)
    if not known:
        session.add_all(audit(row.id, "system", "needs attention", new=one.id) for one in found)
    return [Became.KNOWN if known else Became.SHOWN for _ in found]


def _add_lost(session: Session, status: Status) -> TransferRow:
    """The row of a transfer that runs and was lost here."""
    row = new_row(status, opened_at=min(entry.recorded_at for entry in status.timeline))
    session.add(row)
    session.flush()
    session.add_all(
        ChildRow(transfer_id=row.id, child_ref=child.ref, journey=row.journey, open=False) for child in status.children
    )
    session.flush()
    reserve(session, row)
    return row
