"""Mosaic's books: one SQLite file, the rules under which the contract changes it, and every call."""

import json

from simulators.mosaic.by_hand import ByHand, person_entry
from simulators.mosaic.contract import (
    EARLY_HELP_CONTACT,
    EARLY_HELP_WORKFLOWS,
    TRANSFER_TO_EARLY_HELP,
    Code,
    CompleteStep,
    NextAction,
    RefusedError,
    Share,
    ShareDocument,
    Status,
    Step,
    WriteEntry,
)
from simulators.mosaic.records import now, step_of
from simulators.mosaic.rules import check_completion, check_entry, check_sections
from simulators.mosaic.staging import BooksView, CallEntry, Operation, ShareEntry, StepEntry, WrittenEntry


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

    def start_contact(self, call: int, person_ref: str, request: WriteEntry) -> Step:
        """Start an Early Help Contact with its first entry, and leave it open, or refuse."""
        with self._transaction():
            self.person(person_ref)
            if self._open_steps(person_ref, *EARLY_HELP_WORKFLOWS):
                raise RefusedError(Code.EARLY_HELP_OPEN)
            check_sections(request)
            self._check_team(request.team)
            self._check_restriction(person_ref, request.team)
            step_id = self._open(person_ref, EARLY_HELP_CONTACT, Status.STARTED, request.team)
            self._write(step_id, request)
            self._settle(call, "committed")
            return self.step(step_id)

    def add_entry(self, call: int, step_id: str, request: WriteEntry) -> Step:
        """Write into an open Early Help workflow, or refuse; asked twice, Mosaic writes it twice."""
        with self._transaction():
            step = self._step(step_id)
            check_entry(step)
            self._check_team(request.team)
            self._check_restriction(step["person_ref"], request.team)
            self._write(step_id, request)
            self._db.execute("UPDATE steps SET version = version + 1 WHERE id = ?", (step_id,))
            self._settle(call, "committed")
            return self.step(step_id)

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
            entries = self._rows(
                f"SELECT {', '.join(WrittenEntry.model_fields)} FROM entries WHERE step_id IN"  # noqa: S608 - names of our own
                " (SELECT id FROM steps JOIN persons ON persons.ref = person_ref"
                " WHERE family_ref = IFNULL(?, family_ref)) ORDER BY number",
                family_ref,
            )
            calls = self._rows(
                "SELECT operation, target, reference, at, outcome FROM calls WHERE ?1 IS NULL"
                " OR target IN (SELECT ref FROM documents WHERE family_ref = ?1)"
                " OR target IN (SELECT id FROM steps JOIN persons ON persons.ref = person_ref WHERE family_ref = ?1)"
                " OR target IN (SELECT ref FROM persons WHERE family_ref = ?1)"
                " ORDER BY number",
                family_ref,
            )
        return BooksView(
            persons=[person_entry(row) for row in persons],
            steps=[
                StepEntry(**dict(step_of(row)), locked=row["locked"], part_missing=row["part_missing"]) for row in steps
            ],
            shares=[ShareEntry(**row) for row in shares],
            entries=[WrittenEntry(**row) for row in entries],
            calls=[CallEntry(**row) for row in calls],
        )

    def _settle(self, call: int, outcome: str) -> None:
        self._db.execute("UPDATE calls SET outcome = ? WHERE number = ?", (outcome, call))

    def _write(self, step_id: str, request: WriteEntry) -> None:
        said = (request.reference, request.who_asks, request.current_issues, request.work_so_far)
        self._db.execute(
            "INSERT INTO entries (step_id, reference, who_asks, current_issues, work_so_far, written_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (step_id, *said, now()),
        )

    def _check_next_actions(self, person_ref: str, actions: list[NextAction]) -> None:
        for team in (action.assigned_to for action in actions if action.assigned_to is not None):
            self._check_team(team)
            self._check_restriction(person_ref, team)
        transfers = [action for action in actions if action.type == TRANSFER_TO_EARLY_HELP]
        if transfers and len(transfers) + self._open_steps(person_ref, TRANSFER_TO_EARLY_HELP) > 1:
            raise RefusedError(Code.EARLY_HELP_OPEN)

    def _open_steps(self, person_ref: str, *types: str) -> int:
        open_ = (step for type_ in types for step in self.steps_of(person_ref, type_, None))
        return sum(step.status not in (Status.COMPLETED, Status.CANCELLED) for step in open_)

    def _check_restriction(self, person_ref: str, team: str) -> None:
        person = self._row("SELECT restricted, allowed_teams FROM persons WHERE ref = ?", person_ref)
        if person["restricted"] and team not in json.loads(person["allowed_teams"]):
            raise RefusedError(Code.RESTRICTED_RECORD)
