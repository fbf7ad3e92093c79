"""The endpoints of the contract."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from simulators.mosaic.contract import (
    PROBLEMS,
    ChildRecord,
    Code,
    CompleteStep,
    Document,
    DocumentVersion,
    EarlyHelpWorkflow,
    Health,
    Person,
    Problem,
    Share,
    ShareDocument,
    Status,
    Step,
    Team,
    Version,
    WriteEntry,
)
from simulators.mosaic.desk import Desk
from simulators.mosaic.staging import Operation


def the_desk(request: Request) -> Desk:
    """The desk of this server."""
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(the_desk)]

RETRY_AFTER = {"description": "Whole seconds until the next call.", "schema": {"type": "integer", "minimum": 0}}


def suffer_read(request: Request, desk: AtDesk) -> None:
    """Let a planned fault strike a read, which is about what its path names first, and about this page of it."""
    page = request.scope["path"].lstrip("/")
    desk.suffer_read(next(iter(request.path_params.values())), page)


def refusals(*codes: Code) -> dict[int | str, dict[str, Any]]:
    """The problems with which an endpoint may answer, as OpenAPI responses."""
    described: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status, title = PROBLEMS[code]
        response = described.setdefault(status, {"model": Problem, "description": ""})
        response["description"] = f"{response['description']} `{code}`: {title}".strip()
        if code is Code.RATE_LIMITED:
            response["headers"] = {"Retry-After": RETRY_AFTER}
    return described


ANYWHERE = refusals(Code.INVALID_REQUEST, Code.RATE_LIMITED, Code.UNAVAILABLE)

health = APIRouter(tags=["health"])
reads = APIRouter(tags=["reads"], dependencies=[Depends(suffer_read)], responses=ANYWHERE | refusals(Code.NOT_FOUND))
writes = APIRouter(tags=["writes"], responses=ANYWHERE)


@health.get("/health")
def get_health() -> Health:
    """Say that the server answers."""
    return Health()


@reads.get("/teams/{team}")
def get_team(team: str, desk: AtDesk) -> Team:
    """Read a team."""
    return desk.books.team(team)


@reads.get("/persons/{ref}")
def get_person(ref: str, desk: AtDesk) -> Person:
    """Read a person."""
    return desk.books.person(ref)


@reads.get("/persons/{ref}/record")
def get_record(ref: str, desk: AtDesk) -> ChildRecord:
    """Read what Mosaic holds of a child."""
    return desk.books.child_record(ref)


@reads.get("/persons/{ref}/workflow-steps")
def list_steps(ref: str, desk: AtDesk, type: str | None = None, status: Status | None = None) -> list[Step]:  # noqa: A002 - the contract's name
    """List a person's workflow steps, oldest first."""
    return desk.books.steps_of(ref, type, status)


@reads.get("/persons/{ref}/early-help")
def list_early_help(ref: str, desk: AtDesk) -> list[EarlyHelpWorkflow]:
    """List a person's Early Help workflows with their entries, oldest first."""
    return desk.books.early_help_of(ref)


@reads.get("/workflow-steps/{id}")
def get_step(id: str, desk: AtDesk) -> Step:  # noqa: A002 - the contract's name
    """Read a workflow step."""
    return desk.books.step(id)


@reads.get("/documents/{ref}")
def get_document(ref: str, desk: AtDesk) -> Document:
    """Read which versions a document has."""
    return desk.books.document(ref)


@reads.get("/documents/{ref}/versions/{version}")
def get_document_version(ref: str, version: Version, desk: AtDesk) -> DocumentVersion:
    """Read the text of one version."""
    return desk.books.document_version(ref, version)


@reads.get("/documents/{ref}/shares")
def list_shares(ref: str, desk: AtDesk) -> list[Share]:
    """List the shares of a document, oldest first."""
    return desk.books.shares_of(ref)


@writes.post(
    "/workflow-steps/{id}/completion",
    responses=refusals(
        Code.RESTRICTED_RECORD,
        Code.NOT_FOUND,
        Code.ALREADY_COMPLETED,
        Code.STALE_VERSION,
        Code.EARLY_HELP_OPEN,
        Code.INVALID_REQUEST,
        Code.MANDATORY_MISSING,
        Code.UNKNOWN_NEXT_ACTION,
        Code.UNKNOWN_TEAM,
        Code.LOCKED,
    ),
)
def complete_step(id: str, request: CompleteStep, desk: AtDesk) -> Step:  # noqa: A002 - the contract's name
    """Complete a workflow step and open its next ones, all or nothing.

    Not idempotent: a step that is completed answers `already_completed`, whatever the reference.
    """
    return desk.write(
        Operation.COMPLETE_STEP, id, request.reference, lambda call: desk.books.complete(call, id, request)
    )


@writes.post(
    "/documents/{ref}/shares",
    status_code=201,
    responses=refusals(Code.NOT_FOUND, Code.INVALID_REQUEST, Code.UNKNOWN_TEAM),
)
def share_document(ref: str, request: ShareDocument, desk: AtDesk) -> Share:
    """Share one version of a document with a team.

    Not idempotent: every call that is accepted records a share of its own, whatever the reference.
    """
    return desk.write(
        Operation.SHARE_DOCUMENT, ref, request.reference, lambda call: desk.books.share(call, ref, request)
    )


@writes.post(
    "/persons/{ref}/early-help-contacts",
    status_code=201,
    responses=refusals(
        Code.RESTRICTED_RECORD,
        Code.NOT_FOUND,
        Code.EARLY_HELP_OPEN,
        Code.INVALID_REQUEST,
        Code.MANDATORY_MISSING,
        Code.UNKNOWN_TEAM,
    ),
)
def start_contact(ref: str, request: WriteEntry, desk: AtDesk) -> Step:
    """Start an Early Help Contact, its sections 1 to 3 first, and leave it open to be added to.

    Refused with `early_help_open` where an Early Help workflow or plan of the person is open: that one is added to.
    """
    return desk.write(
        Operation.START_CONTACT, ref, request.reference, lambda call: desk.books.start_contact(call, ref, request)
    )


@writes.post(
    "/workflow-steps/{id}/entries",
    status_code=201,
    responses=refusals(
        Code.RESTRICTED_RECORD,
        Code.NOT_FOUND,
        Code.ALREADY_COMPLETED,
        Code.INVALID_REQUEST,
        Code.UNKNOWN_TEAM,
        Code.LOCKED,
    ),
)
def add_entry(id: str, request: WriteEntry, desk: AtDesk) -> Step:  # noqa: A002 - the contract's name
    """Write into an open Early Help workflow, which stays open.

    Not idempotent: every call that is accepted writes an entry of its own, whatever the reference.
    """
    return desk.write(Operation.ADD_ENTRY, id, request.reference, lambda call: desk.books.add_entry(call, id, request))
