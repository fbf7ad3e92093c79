"""Mosaic's books: one SQLite file, the rules under which the contract changes it, and every call."""

import json

from simulators.mosaic.by_hand import ByHand, person_entry
from simulators.mosaic.contract import (
    TRANSFER_TO_EARLY_HELP,
    Code,
    CompleteStep,
    NextAction,
    RefusedError,
    Share,
    ShareDocument,
    Status,
    Step,
)
from simulators.mosaic.records import now, step_of
from simulators.mosaic.rules import check_completion
from simulators.mosaic.staging import BooksView, CallEntry, Operation, ShareEntry, StepEntry


class Books(ByHand):
    """The storage of Mosaic; safe to use from several threads, and to open again after a crash."""

    def receive(self, operation: Operation, target: str, reference: str) -> int:
        """Note a write call before anything is done about it; returns its number."""
        with self._transaction():
            row = self._row(
                "INSERT INTO calls (operation, target, reference, at, outcome)"
                " VALUES (?, ?, ?, ?, 'received') RETURNING number",
                operation,
                target,
                reference,
                now(),
            )
            return int(row["number"])

    def refuse(self, call: int, code: Code) -> None:
        """Note that the call was refused."""
        with self._transaction():
            self._settle(call, f"refused:{code}")

    def complete(self, call: int, step_id: str, request: CompleteStep) -> Step:
        """Complete the step and open its next ones, all or nothing, or refuse."""
        with self._transaction():
            step = self._step(step_id)
            check_completion(step, request)
            self._check_next_actions(step["person_ref"], request.next_actions)
            completed = self._complete(step_id, request.reference, request.next_actions, request.closure_reason)
            self._settle(call, "committed")
            return completed

    def share(self, call: int, document_ref: str, request: ShareDocument) -> Share:
        """Record the share; asked twice, Mosaic records it twice."""
        with self._transaction():
            self.document_version(document_ref, request.version)
            self._check_team(request.team)
            row = self._row(
                "INSERT INTO shares (document_ref, version, team, reference, shared_at) VALUES (?, ?, ?, ?, ?)"
                " RETURNING version, team, reference, shared_at",
                document_ref,
                request.version,
                request.team,
                request.reference,
                now(),
            )
            self._settle(call, "committed")
            return Share(**row)

    def view(self, family_ref: str | None) -> BooksView:
        """Everything in the books, or what belongs to one family."""
        with self._transaction():
            persons = self._rows(
                "SELECT * FROM persons WHERE family_ref = IFNULL(?, family_ref) ORDER BY rowid", family_ref
            )
            steps = self._rows(
                "SELECT * FROM steps WHERE person_ref IN"
                " (SELECT ref FROM persons WHERE family_ref = IFNULL(?, family_ref)) ORDER BY rowid",
                family_ref,
            )
            shares = self._rows(
                "SELECT document_ref, version, team, reference, shared_at FROM shares WHERE document_ref IN"
                " (SELECT ref FROM documents WHERE family_ref = IFNULL(?, family_ref)) ORDER BY number",
                family_ref,
            )
            calls = self._rows(
                "SELECT operation, target, reference, at, outcome FROM calls WHERE ?1 IS NULL"
                " OR target IN (SELECT ref FROM documents WHERE family_ref = ?1)"
                " OR target IN (SELECT id FROM steps JOIN persons ON persons.ref = person_ref WHERE family_ref = ?1)"
                " ORDER BY number",
                family_ref,
            )
        return BooksView(
            persons=[person_entry(row) for row in persons],
            steps=[
                StepEntry(**dict(step_of(row)), locked=row["locked"], part_missing=row["part_missing"]) for row in steps
            ],
            shares=[ShareEntry(**row) for row in shares],
            calls=[CallEntry(**row) for row in calls],
        )

    def _settle(self, call: int, outcome: str) -> None:
        self._db.execute("UPDATE calls SET outcome = ? WHERE number = ?", (outcome, call))

    def _check_next_actions(self, person_ref: str, actions: list[NextAction]) -> None:
        for team in (action.assigned_to for action in actions if action.assigned_to is not None):
            self._check_team(team)
            self._check_restriction(person_ref, team)
        transfers = [action for action in actions if action.type == TRANSFER_TO_EARLY_HELP]
        if transfers and len(transfers) + self._open_transfers(person_ref) > 1:
            raise RefusedError(Code.EARLY_HELP_OPEN)

    def _open_transfers(self, person_ref: str) -> int:
        row = self._row(
            "SELECT COUNT(*) AS open FROM steps WHERE person_ref = ? AND type = ? AND status IN (?, ?)",
            person_ref,
            TRANSFER_TO_EARLY_HELP,
            Status.INCOMING,
            Status.STARTED,
        )
        return int(row["open"])

    def _check_restriction(self, person_ref: str, team: str) -> None:
        person = self._row("SELECT restricted, allowed_teams FROM persons WHERE ref = ?", person_ref)
        if person["restricted"] and team not in json.loads(person["allowed_teams"]):
            raise RefusedError(Code.RESTRICTED_RECORD)
