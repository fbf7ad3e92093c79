"""The records of Mosaic: what the contract reads, and how every write reaches them."""

import json
from datetime import UTC, datetime
from typing import Any

from simulators.mosaic.contract import (
    EARLY_HELP_WORKFLOWS,
    ChildRecord,
    ClosureReason,
    Code,
    Completion,
    Document,
    DocumentVersion,
    EarlyHelpWorkflow,
    Entry,
    NextAction,
    Person,
    RefusedError,
    Share,
    Status,
    Step,
    Team,
)
from simulators.mosaic.database import Database


class Records(Database):
    """What Mosaic knows."""

    def team(self, ref: str) -> Team:
        """The team, or `not_found`."""
        return Team(**self._row("SELECT ref, name FROM teams WHERE ref = ? AND NOT gone", ref))

    def person(self, ref: str) -> Person:
        """The person, or `not_found`."""
        return Person(**self._row("SELECT ref, name, restricted FROM persons WHERE ref = ?", ref))

    def child_record(self, ref: str) -> ChildRecord:
        """What is held of the child, or `not_found`."""
        row = self._row("SELECT record FROM persons WHERE ref = ?", ref)
        return ChildRecord.model_validate_json(row["record"])

    def step(self, step_id: str) -> Step:
        """The workflow step, or `not_found`."""
        return step_of(self._step(step_id))

    def steps_of(self, person_ref: str, type_: str | None, status: Status | None) -> list[Step]:
        """The person's workflow steps, oldest first, or `not_found`."""
        self.person(person_ref)
        query = (
            "SELECT * FROM steps WHERE person_ref = ? AND type = IFNULL(?, type) AND status = IFNULL(?, status)"
            " ORDER BY rowid"
        )
        return [step_of(row) for row in self._rows(query, person_ref, type_, status)]

    def early_help_of(self, person_ref: str) -> list[EarlyHelpWorkflow]:
        """The person's Early Help workflows with their entries, oldest first, or `not_found`."""
        steps = self.steps_of(person_ref, None, None)
        return [self._with_entries(step) for step in steps if step.type in EARLY_HELP_WORKFLOWS]

    def _with_entries(self, step: Step) -> EarlyHelpWorkflow:
        query = f"SELECT {', '.join(Entry.model_fields)} FROM entries WHERE step_id = ? ORDER BY number"  # noqa: S608 - names of our own
        return EarlyHelpWorkflow(step=step, entries=[Entry(**row) for row in self._rows(query, step.id)])

    def document(self, ref: str) -> Document:
        """The document, or `not_found` where it has no version either."""
        row = self._document(ref)
        found = self._rows("SELECT version FROM document_versions WHERE document_ref = ? ORDER BY version", ref)
        if not found:
            raise RefusedError(Code.NOT_FOUND)
        versions = [each["version"] for each in found]
        return Document(**row, versions=versions, latest=versions[-1])

    def document_version(self, ref: str, version: int) -> DocumentVersion:
        """The text of one version, or `not_found`."""
        query = (
            "SELECT document_ref AS ref, version, text FROM document_versions WHERE document_ref = ? AND version = ?"
        )
        return DocumentVersion(**self._row(query, ref, version))

    def shares_of(self, document_ref: str) -> list[Share]:
        """The shares of the document, oldest first, or `not_found`; versions that are gone are among them."""
        self._document(document_ref)
        query = "SELECT version, team, reference, shared_at FROM shares WHERE document_ref = ? ORDER BY number"
        return [Share(**row) for row in self._rows(query, document_ref)]

    def _document(self, ref: str) -> dict[str, Any]:
        return self._row("SELECT ref, family_ref, kind FROM documents WHERE ref = ?", ref)

    def _step(self, step_id: str) -> dict[str, Any]:
        return self._row("SELECT * FROM steps WHERE id = ?", step_id)

    def _check_team(self, ref: str) -> None:
        if not self._rows("SELECT 1 FROM teams WHERE ref = ? AND NOT gone", ref):
            raise RefusedError(Code.UNKNOWN_TEAM)

    def _open(
        self, person_ref: str, type_: str, status: Status, assigned_to: str | None, created_by: str | None = None
    ) -> str:
        if assigned_to is not None:
            self._check_team(assigned_to)
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

    def _complete(
        self,
        step_id: str,
        reference: str | None,
        next_actions: list[NextAction],
        closure_reason: ClosureReason | None = None,
    ) -> Step:
        actions = json.dumps([action.model_dump() for action in next_actions])
        row = self._row(
            "UPDATE steps SET status = ?, version = version + 1, reference = ?, completed_at = ?, next_actions = ?,"
            " closure_reason = ? WHERE id = ? RETURNING *",
            Status.COMPLETED,
            reference,
            now(),
            actions,
            closure_reason,
            step_id,
        )
        for action in next_actions:
            self._open(row["person_ref"], action.type, Status.INCOMING, action.assigned_to, created_by=step_id)
        return step_of(row)


def step_of(row: dict[str, Any]) -> Step:
    """The step that a row of `steps` holds."""
    fields = {name: row[name] for name in Step.model_fields if name != "completion"}
    done = {name: row[name] for name in Completion.model_fields} | {"next_actions": json.loads(row["next_actions"])}
    return Step(**fields, completion=Completion(**done) if row["completed_at"] else None)


def now() -> str:
    """This instant, as the records hold it."""
    return datetime.now(UTC).isoformat()
