"""What people do in Mosaic by hand, past the rules of the contract, and how a rehearsal sets the stage."""

import json
import sqlite3
from typing import Any

from simulators.mosaic.contract import ChildRecord, Code, DocumentVersion, RefusedError, Status, Step, Team
from simulators.mosaic.records import Records
from simulators.mosaic.staging import (
    ChangedRecord,
    CompletionByHand,
    Family,
    MissingPart,
    OpenStep,
    PersonEntry,
    Restriction,
    StagedChild,
    StagedDocument,
    StagedFamily,
    StepStatus,
    WrittenVersion,
)


class ByHand(Records):
    """The records under the hands of people; each act is one transaction."""

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
        """Open a step, past the rules of completion."""
        with self._transaction():
            self.person(step.person_ref)
            return self.step(self._open(step.person_ref, step.type, step.status, step.assigned_to))

    def lock(self, step_id: str, locked: bool) -> Step:
        """Lock the step, or unlock it; its version stays."""
        with self._transaction():
            self._db.execute("UPDATE steps SET locked = ? WHERE id = ?", (locked, step_id))
            return self.step(step_id)

    def set_part(self, part: MissingPart) -> Step:
        """Empty a mandatory part of the step, or fill it in again; its version stays."""
        with self._transaction():
            self._db.execute("UPDATE steps SET part_missing = ? WHERE id = ?", (part.missing, part.step_id))
            return self.step(part.step_id)

    def set_status(self, change: StepStatus) -> Step:
        """Set the step to a status, whatever it was before; an earlier completion can still be read."""
        with self._transaction():
            if change.status is Status.COMPLETED:
                return self._complete(change.step_id, None, [])
            self._db.execute(
                "UPDATE steps SET status = ?, version = version + 1 WHERE id = ?", (change.status, change.step_id)
            )
            return self.step(change.step_id)

    def complete_by_hand(self, completion: CompletionByHand) -> Step:
        """Complete the step past every rule, except that it has to be open and the teams known."""
        with self._transaction():
            if self.step(completion.step_id).status in (Status.COMPLETED, Status.CANCELLED):
                raise RefusedError(Code.ALREADY_COMPLETED)
            return self._complete(completion.step_id, None, completion.next_actions, completion.closure_reason)

    def restrict(self, restriction: Restriction) -> PersonEntry:
        """Restrict the person's record, or open it again."""
        with self._transaction():
            row = self._row(
                "UPDATE persons SET restricted = ?, allowed_teams = ? WHERE ref = ? RETURNING *",
                restriction.restricted,
                json.dumps(restriction.allowed_teams),
                restriction.person_ref,
            )
        return person_entry(row)

    def change_record(self, change: ChangedRecord) -> ChildRecord:
        """Write these fields of the child's record anew, or `not_found`."""
        with self._transaction():
            said = {name: getattr(change, name) for name in change.model_fields_set - {"person_ref"}}
            record = self.child_record(change.person_ref).model_copy(update=said)
            self._db.execute(
                "UPDATE persons SET record = ? WHERE ref = ?", (record.model_dump_json(), change.person_ref)
            )
        return record

    def add_team(self, team: Team) -> Team:
        """Add the team, give it another name, or bring it back."""
        with self._transaction():
            self._add_team(team)
        return team

    def remove_team(self, ref: str) -> None:
        """Let Mosaic know the team no more, or `not_found`; its steps and shares stay."""
        with self._transaction():
            self._row("UPDATE teams SET gone = 1 WHERE ref = ? AND NOT gone RETURNING ref", ref)

    def write_version(self, written: WrittenVersion) -> DocumentVersion:
        """Write a version of a known document, or its text anew."""
        with self._transaction():
            self._document(written.ref)
            self._db.execute(
                "INSERT INTO document_versions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text",
                (written.ref, written.version, written.text),
            )
            return self.document_version(written.ref, written.version)

    def remove_version(self, ref: str, version: int) -> None:
        """Take the version away, or `not_found`; its shares stay."""
        with self._transaction():
            self._row(
                "DELETE FROM document_versions WHERE document_ref = ? AND version = ? RETURNING version", ref, version
            )

    def _add_team(self, team: Team) -> None:
        self._db.execute(
            "INSERT INTO teams (ref, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name, gone = 0",
            (team.ref, team.name),
        )

    def _stage(self, family: Family) -> None:
        try:
            self._db.execute("INSERT INTO families VALUES (?)", (family.family_ref,))
            for team in family.teams:
                self._add_team(team)
            for child in family.children:
                allowed, held = json.dumps(child.allowed_teams), child.record.model_dump_json()
                self._db.execute(
                    "INSERT INTO persons VALUES (?, ?, ?, ?, ?, ?)",
                    (child.ref, family.family_ref, child.name, child.restricted, allowed, held),
                )
                if family.closing_step is not None:
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


def person_entry(row: dict[str, Any]) -> PersonEntry:
    """The person that a row of `persons` holds."""
    return PersonEntry(**row | {name: json.loads(row[name]) for name in ("allowed_teams", "record")})
