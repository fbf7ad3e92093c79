"""Mosaic's books: one SQLite file, and the rules under which it changes."""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from simulators.mosaic.contract import (
    TRANSFER_TO_EARLY_HELP,
    Code,
    CompleteStep,
    Completion,
    Document,
    DocumentVersion,
    NextAction,
    Person,
    RefusedError,
    Share,
    ShareDocument,
    Status,
    Step,
    Team,
)
from simulators.mosaic.database import Database
from simulators.mosaic.rules import check_completion
from simulators.mosaic.staging import (
    BooksView,
    CallEntry,
    Family,
    OpenStep,
    Operation,
    PersonEntry,
    ShareEntry,
    StagedChild,
    StagedDocument,
    StagedFamily,
    StepEntry,
)


class Books(Database):
    """The storage of Mosaic; safe to use from several threads, and to open again after a crash."""

    def team(self, ref: str) -> Team:
        """The team, or `not_found`."""
        return Team(**self._row("SELECT ref, name FROM teams WHERE ref = ?", ref))

    def person(self, ref: str) -> Person:
        """The person, or `not_found`."""
        return Person(**self._row("SELECT ref, name, restricted FROM persons WHERE ref = ?", ref))

    def step(self, step_id: str) -> Step:
        """The workflow step, or `not_found`."""
        return _step(self._step(step_id))

    def steps_of(self, person_ref: str, type_: str | None, status: Status | None) -> list[Step]:
        """The person's workflow steps, oldest first, or `not_found`."""
        self.person(person_ref)
        rows = self._steps(
            "person_ref = ? AND type = IFNULL(?, type) AND status = IFNULL(?, status)", person_ref, type_, status
        )
        return [_step(row) for row in rows]

    def document(self, ref: str) -> Document:
        """The document, or `not_found`."""
        row = self._row("SELECT ref, family_ref, kind FROM documents WHERE ref = ?", ref)
        found = self._rows("SELECT version FROM document_versions WHERE document_ref = ? ORDER BY version", ref)
        versions = [each["version"] for each in found]
        return Document(**row, versions=versions, latest=versions[-1])

    def document_version(self, ref: str, version: int) -> DocumentVersion:
        """The text of one version, or `not_found`."""
        query = (
            "SELECT document_ref AS ref, version, text FROM document_versions WHERE document_ref = ? AND version = ?"
        )
        return DocumentVersion(**self._row(query, ref, version))

    def shares_of(self, document_ref: str) -> list[Share]:
        """The shares of the document, oldest first, or `not_found`."""
        self.document(document_ref)
        query = "SELECT version, team, reference, shared_at FROM shares WHERE document_ref = ? ORDER BY number"
        return [Share(**row) for row in self._rows(query, document_ref)]

    def receive(self, operation: Operation, target: str, reference: str) -> int:
        """Note a write call before anything is done about it; returns its number."""
        with self._transaction():
            row = self._row(
                "INSERT INTO calls (operation, target, reference, at, outcome)"
                " VALUES (?, ?, ?, ?, 'received') RETURNING number",
                operation,
                target,
                reference,
                _now(),
            )
            return int(row["number"])

    def refuse(self, call: int, code: Code) -> None:
        """Note that the call was refused."""
        with self._transaction():
            self._settle(call, f"refused:{code}")

    def complete(self, call: int, step_id: str, request: CompleteStep) -> Step:
        """Complete the step and open its next ones, all or nothing, or refuse."""
        with self._transaction():
            check_completion(self._step(step_id), request)
            self._db.execute(
                "UPDATE steps SET status = ?, version = version + 1, reference = ?, completed_at = ? WHERE id = ?",
                (Status.COMPLETED, request.reference, _now(), step_id),
            )
            person_ref = self.step(step_id).person_ref
            for action in request.next_actions:
                self._check_next_action(person_ref, action)
                self._open(person_ref, action.type, Status.INCOMING, action.assigned_to, created_by=step_id)
            self._settle(call, "committed")
            return self.step(step_id)

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
                _now(),
            )
            self._settle(call, "committed")
            return Share(**row)

    def stage(self, family: Family) -> tuple[StagedFamily, bool]:
        """Put the family on the stage, and say whether it is new; a known one stays as it is."""
        with self._transaction():
            new = not self._rows("SELECT 1 FROM families WHERE ref = ?", family.family_ref)
            if new:
                self._stage(family)
            rows = self._rows(
                "SELECT persons.ref, MIN(steps.rowid), steps.id AS closing_step_id"
                " FROM persons JOIN steps ON steps.person_ref = persons.ref"
                " WHERE family_ref = ? GROUP BY persons.ref ORDER BY persons.rowid",
                family.family_ref,
            )
        children = [StagedChild(ref=row["ref"], closing_step_id=row["closing_step_id"]) for row in rows]
        return StagedFamily(family_ref=family.family_ref, children=children), new

    def open_step(self, step: OpenStep) -> Step:
        """Open a step as somebody would by hand, past the rules of completion."""
        with self._transaction():
            self.person(step.person_ref)
            if step.assigned_to is not None:
                self._check_team(step.assigned_to)
            return self.step(self._open(step.person_ref, step.type, step.status, step.assigned_to))

    def lock(self, step_id: str, locked: bool) -> Step:
        """Lock the step, or unlock it; its version stays."""
        with self._transaction():
            self._db.execute("UPDATE steps SET locked = ? WHERE id = ?", (locked, step_id))
            return self.step(step_id)

    def view(self, family_ref: str | None) -> BooksView:
        """Everything in the books, or what belongs to one family."""
        with self._transaction():
            persons = self._rows(
                "SELECT * FROM persons WHERE family_ref = IFNULL(?, family_ref) ORDER BY rowid", family_ref
            )
            steps = self._steps(
                "person_ref IN (SELECT ref FROM persons WHERE family_ref = IFNULL(?, family_ref))", family_ref
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
            persons=[PersonEntry(**row | {"allowed_teams": json.loads(row["allowed_teams"])}) for row in persons],
            steps=[StepEntry(**dict(_step(row)), locked=row["locked"]) for row in steps],
            shares=[ShareEntry(**row) for row in shares],
            calls=[CallEntry(**row) for row in calls],
        )

    def _steps(self, condition: str, *values: object) -> list[dict[str, Any]]:
        with self._lock:
            steps = self._rows(f"SELECT * FROM steps WHERE {condition} ORDER BY rowid", *values)  # noqa: S608 - conditions stand in this file
            for step in steps:
                step["next_actions"] = self._rows(
                    "SELECT type, assigned_to FROM steps WHERE created_by_step = ? ORDER BY rowid", step["id"]
                )
            return steps

    def _step(self, step_id: str) -> dict[str, Any]:
        steps = self._steps("id = ?", step_id)
        if not steps:
            raise RefusedError(Code.NOT_FOUND)
        return steps[0]

    def _settle(self, call: int, outcome: str) -> None:
        self._db.execute("UPDATE calls SET outcome = ? WHERE number = ?", (outcome, call))

    def _check_team(self, ref: str) -> None:
        if not self._rows("SELECT 1 FROM teams WHERE ref = ?", ref):
            raise RefusedError(Code.UNKNOWN_TEAM)

    def _check_next_action(self, person_ref: str, action: NextAction) -> None:
        if action.assigned_to is not None:
            self._check_team(action.assigned_to)
            self._check_restriction(person_ref, action.assigned_to)
        if action.type == TRANSFER_TO_EARLY_HELP and self._rows(
            "SELECT 1 FROM steps WHERE person_ref = ? AND type = ? AND status IN (?, ?)",
            person_ref,
            TRANSFER_TO_EARLY_HELP,
            Status.INCOMING,
            Status.STARTED,
        ):
            raise RefusedError(Code.EARLY_HELP_OPEN)

    def _check_restriction(self, person_ref: str, team: str) -> None:
        person = self._row("SELECT restricted, allowed_teams FROM persons WHERE ref = ?", person_ref)
        if person["restricted"] and team not in json.loads(person["allowed_teams"]):
            raise RefusedError(Code.RESTRICTED_RECORD)

    def _open(
        self, person_ref: str, type_: str, status: Status, assigned_to: str | None, created_by: str | None = None
    ) -> str:
        row = self._row(
            "INSERT INTO steps (id, person_ref, type, status, assigned_to, created_by_step)"
            " SELECT 'WS-' || (IFNULL(MAX(rowid), 0) + 1), ?, ?, ?, ?, ? FROM steps RETURNING id",
            person_ref,
            type_,
            status,
            assigned_to,
            created_by,
        )
        return str(row["id"])

    def _stage(self, family: Family) -> None:
        try:
            self._db.execute("INSERT INTO families VALUES (?)", (family.family_ref,))
            self._db.executemany(
                "INSERT INTO teams VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name",
                [(team.ref, team.name) for team in family.teams],
            )
            for child in family.children:
                allowed = json.dumps(child.allowed_teams)
                self._db.execute(
                    "INSERT INTO persons VALUES (?, ?, ?, ?, ?)",
                    (child.ref, family.family_ref, child.name, child.restricted, allowed),
                )
                self._open(child.ref, family.closing_step, Status.STARTED, None)
            for document in family.documents:
                self._stage_document(family.family_ref, document)
        except sqlite3.IntegrityError as error:
            raise RefusedError(Code.INVALID_REQUEST, "A child or a document is there already.") from error

    def _stage_document(self, family_ref: str, document: StagedDocument) -> None:
        self._db.execute("INSERT INTO documents VALUES (?, ?, ?)", (document.ref, family_ref, document.kind))
        self._db.executemany(
            "INSERT INTO document_versions VALUES (?, ?, ?)",
            [(document.ref, each.version, each.text) for each in document.versions],
        )


def _step(row: dict[str, Any]) -> Step:
    fields = {name: row[name] for name in Step.model_fields if name != "completion"}
    completion = Completion(**{name: row[name] for name in Completion.model_fields}) if row["completed_at"] else None
    return Step(**fields, completion=completion)


def _now() -> str:
    return datetime.now(UTC).isoformat()
