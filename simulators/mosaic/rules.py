"""Mosaic's rules about one step, before anything else is looked up."""

from typing import Any

from simulators.mosaic.contract import (
    CASE_CLOSED,
    CLOSING_STEPS,
    EARLY_HELP_WORKFLOWS,
    NEXT_ACTIONS,
    TRANSFER_TO_EARLY_HELP,
    Code,
    CompleteStep,
    RefusedError,
    Status,
    WriteEntry,
)


def check_completion(step: dict[str, Any], request: CompleteStep) -> None:
    """Refuse what the step itself forbids; that it is completed already comes before every other reason."""
    types = [action.type for action in request.next_actions]
    if step["status"] in (Status.COMPLETED, Status.CANCELLED):
        raise RefusedError(Code.ALREADY_COMPLETED)
    if step["locked"]:
        raise RefusedError(Code.LOCKED)
    if step["version"] != request.version:
        raise RefusedError(Code.STALE_VERSION)
    if not NEXT_ACTIONS.issuperset(types):
        raise RefusedError(Code.UNKNOWN_NEXT_ACTION)
    if step["part_missing"]:
        raise RefusedError(Code.MANDATORY_MISSING)
    if step["type"] in CLOSING_STEPS and CASE_CLOSED not in types:
        raise RefusedError(Code.MANDATORY_MISSING, f"The next action {CASE_CLOSED} is mandatory.")
    if step["type"] in CLOSING_STEPS and request.closure_reason is None:
        raise RefusedError(Code.MANDATORY_MISSING, "The reason for closure is mandatory.")
    if any(action.type == TRANSFER_TO_EARLY_HELP and action.assigned_to is None for action in request.next_actions):
        raise RefusedError(Code.MANDATORY_MISSING, f"The next action {TRANSFER_TO_EARLY_HELP} needs a team.")


def check_sections(entry: WriteEntry) -> None:
    """Refuse to start an Early Help Contact of which a section is empty that is completed first."""
    if None in (entry.who_asks, entry.current_issues, entry.work_so_far):
        raise RefusedError(Code.MANDATORY_MISSING, "Sections 1 to 3 of the contact are completed first.")


def check_entry(step: dict[str, Any]) -> None:
    """Refuse to write into a step that is over, or locked."""
    if step["status"] in (Status.COMPLETED, Status.CANCELLED):
        raise RefusedError(Code.ALREADY_COMPLETED)
    if step["locked"]:
        raise RefusedError(Code.LOCKED)
    if step["type"] not in EARLY_HELP_WORKFLOWS:
        raise RefusedError(Code.INVALID_REQUEST, "The workflow step is none of Early Help.")
