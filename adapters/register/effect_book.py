"""The effect book: the intent of each effect, and its result."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from adapters.register.lists import parted
from adapters.register.store import Store, audit
from models.effects import BookEntry, EffectResult, Ended, Intent
from models.mosaic import ClosedStep, SharedDocument
from models.register.tables import AskedRow, EffectRow, TransferRow

SHOWN_BY_THEN = timedelta(minutes=1)
"""An item is shown some seconds after the effect asked for it."""
NOTED_ANEW_AFTER = (1, 2, 4)
"""Seconds. What has happened is noted within this very attempt if it can be: the next one cannot see of a mail that it
left, and would ask a person."""


@dataclass(frozen=True)
class SqlEffectBook:
    """Fits ``EffectBook``."""

    store: Store
    pause: Callable[[float], None] = time.sleep

    def begin(self, intent: Intent) -> BookEntry:
        """See ``EffectBook``."""
        with self.store.transaction() as session:
            row = session.get(EffectRow, intent.key, with_for_update=True)
            if row is None:
                session.add(row := _intended(intent))
                return BookEntry(None, 0, row.intended_at)
            if row.ended is not None:
                return BookEntry(_result(row, intent), row.unsure, row.intended_at)
            if not row.unsure:
                row.intended_at = datetime.now(UTC)
            unsure = row.unsure if intent.go <= row.go else 0
            row.go, row.unsure, row.attempts = max(row.go, intent.go), unsure + 1, row.attempts + 1
            return BookEntry(None, unsure, row.intended_at)

    def finish(self, intent: Intent, result: EffectResult) -> None:
        """See ``EffectBook``."""
        for seconds in NOTED_ANEW_AFTER:
            try:
                return self._note(intent, result)
            except SQLAlchemyError:
                self.pause(seconds)
        return self._note(intent, result)

    def _note(self, intent: Intent, result: EffectResult) -> None:
        with self.store.transaction() as session:
            row = session.get(EffectRow, intent.key, with_for_update=True) or _intended(intent)
            if row.ended is not None:
                return
            session.add(row)
            row.ended, row.ended_at, row.evidence = result.ended, result.at, result.evidence
            row.closed_step = result.closed.model_dump_json() if result.closed else None
            row.shared_document = result.shared.model_dump_json() if result.shared else None
            session.add(audit(intent.transfer_id, "system", intent.effect.kind, new=result.ended, why=intent.clause))

    def withdraw(self, intent: Intent, *, every: bool = False) -> None:
        """See ``EffectBook``."""
        with self.store.transaction() as session:
            row = session.get(EffectRow, intent.key, with_for_update=True)
            # A late attempt of an earlier go says nothing about the one that a person ordered since.
            if row is not None and row.go == intent.go:
                row.unsure = 0 if every else max(0, row.unsure - 1)

    def asks(self, problem: str, intent: Intent) -> bool:
        """See ``EffectBook``."""
        with self.store.transaction() as session:
            now, row = datetime.now(UTC), session.get(AskedRow, problem, with_for_update=True)
            if row is None:
                session.add(AskedRow(problem=problem, key=intent.key, transfer_id=intent.transfer_id, at=now))
                return True
            asking = session.get(TransferRow, row.transfer_id)
            shown = asking is not None and problem in parted(asking.attention)
            if row.key != intent.key and (shown or now - row.at < SHOWN_BY_THEN):
                return False
            row.key, row.transfer_id, row.at = intent.key, intent.transfer_id, now
            return True


def _intended(intent: Intent) -> EffectRow:
    return EffectRow(
        key=intent.key,
        transfer_id=intent.transfer_id,
        kind=intent.effect.kind,
        effect=intent.effect.model_dump_json(),
        clause=intent.clause,
        go=intent.go,
        attempts=1,
        unsure=1,
        intended_at=datetime.now(UTC),
    )


def _result(row: EffectRow, intent: Intent) -> EffectResult:
    if row.ended is None or row.ended_at is None:
        raise AssertionError("asked only of an ended effect")
    return EffectResult(
        effect=intent.effect,
        ended=Ended(row.ended),
        evidence=row.evidence or "",
        at=row.ended_at,
        closed=closed_step_of(row),
        shared=shared_document_of(row),
    )


def closed_step_of(row: EffectRow) -> ClosedStep | None:
    """The closing step that showed it."""
    return ClosedStep.model_validate_json(row.closed_step) if row.closed_step else None


def shared_document_of(row: EffectRow) -> SharedDocument | None:
    """The sharing that showed it."""
    return SharedDocument.model_validate_json(row.shared_document) if row.shared_document else None
