"""The endpoints with which a rehearsal sets the stage, acts by hand, plans faults and reads the books."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from simulators.faults import Tally
from simulators.mosaic.contract import ChildRecord, DocumentVersion, Step, Team, Version
from simulators.mosaic.endpoints import AtDesk
from simulators.mosaic.page import books_page
from simulators.mosaic.staging import (
    BooksView,
    ChangedRecord,
    CompletionByHand,
    Family,
    Lock,
    MissingPart,
    MosaicFault,
    MosaicScript,
    OpenStep,
    PersonEntry,
    Restriction,
    StagedFamily,
    StepStatus,
    WrittenVersion,
)
from simulators.page import NO_SCRIPTS

rehearsal = APIRouter(prefix="/rehearsal", include_in_schema=False)
look = APIRouter(include_in_schema=False)


class Doing(BaseModel):
    """Something that can be done in a rehearsal."""

    call: str
    does: str
    fields: tuple[str, ...]
    """Of the body."""


@rehearsal.post("/families", status_code=201)
def stage_family(family: Family, desk: AtDesk, response: Response) -> StagedFamily:
    """Put a family on the stage: 201 for a new one, 200 for a known one, which stays as it is."""
    staged, new = desk.books.stage(family)
    response.status_code = 201 if new else 200
    return staged


@rehearsal.post("/steps", status_code=201)
def open_step(step: OpenStep, desk: AtDesk) -> Step:
    """Open a step as somebody would by hand."""
    return desk.books.open_step(step)


@rehearsal.post("/locks")
def lock_step(lock: Lock, desk: AtDesk) -> Step:
    """Lock a step, or unlock it."""
    return desk.books.lock(lock.step_id, lock.locked)


@rehearsal.post("/parts")
def set_part(part: MissingPart, desk: AtDesk) -> Step:
    """Empty a mandatory part of a step, or fill it in again."""
    return desk.books.set_part(part)


@rehearsal.post("/step-status")
def set_status(change: StepStatus, desk: AtDesk) -> Step:
    """Cancel a step, or set it to another status."""
    return desk.books.set_status(change)


@rehearsal.post("/completions")
def complete_by_hand(completion: CompletionByHand, desk: AtDesk) -> Step:
    """Complete a step as somebody would by hand."""
    return desk.books.complete_by_hand(completion)


@rehearsal.post("/restrictions")
def restrict(restriction: Restriction, desk: AtDesk) -> PersonEntry:
    """Restrict a person's record, or open it again."""
    return desk.books.restrict(restriction)


@rehearsal.post("/records")
def change_record(change: ChangedRecord, desk: AtDesk) -> ChildRecord:
    """Write fields of a child's record anew: an order, an enquiry, a plan, a conference."""
    return desk.books.change_record(change)


@rehearsal.post("/teams", status_code=201)
def add_team(team: Team, desk: AtDesk) -> Team:
    """Add a team, give it another name, or bring it back."""
    return desk.books.add_team(team)


@rehearsal.delete("/teams/{ref}", status_code=204)
def remove_team(ref: str, desk: AtDesk) -> None:
    """Let Mosaic know a team no more."""
    desk.books.remove_team(ref)


@rehearsal.post("/documents", status_code=201)
def write_version(written: WrittenVersion, desk: AtDesk) -> DocumentVersion:
    """Write a further version of a document, or the text of one anew."""
    return desk.books.write_version(written)


@rehearsal.delete("/documents/{ref}/versions/{version}", status_code=204)
def remove_version(ref: str, version: Version, desk: AtDesk) -> None:
    """Take a version of a document away."""
    desk.books.remove_version(ref, version)


@rehearsal.post("/faults", status_code=201)
def plan_fault(fault: MosaicFault, desk: AtDesk) -> MosaicFault:
    """Plan a fault."""
    desk.faults.plan(fault)
    return fault


@rehearsal.post("/faults/script", status_code=201)
def plan_script(script: MosaicScript, desk: AtDesk) -> MosaicScript:
    """Plan what the next calls suffer."""
    desk.faults.plan(script)
    return script


@rehearsal.get("/faults")
def count_faults(desk: AtDesk) -> Tally:
    """Say how often faults struck, and how many plans wait."""
    return desk.faults.tally()


@rehearsal.delete("/faults", status_code=204)
def clear_faults(desk: AtDesk, counts: bool = False) -> None:
    """Forget every planned fault, and with `counts` how often faults struck."""
    desk.faults.clear(counts)


@rehearsal.get("/books")
def read_books(desk: AtDesk, family_ref: str | None = None) -> BooksView:
    """Read everything, or what belongs to one family."""
    return desk.books.view(family_ref)


@look.get("/")
def show_books(desk: AtDesk) -> HTMLResponse:
    """Show to people what is in the books."""
    return HTMLResponse(books_page(desk.books.view(None)), headers=NO_SCRIPTS)


@rehearsal.get("")
def what_can_be_done() -> list[Doing]:
    """List what can be done here by hand, as users of Mosaic do it on their screens."""
    return [
        Doing(call=f"{method} {route.path}", does=str(route.description), fields=_fields(route))
        for route in rehearsal.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def _fields(route: APIRoute) -> tuple[str, ...]:
    body = route.body_field.field_info.annotation if route.body_field else None
    return tuple(body.model_fields) if isinstance(body, type) and issubclass(body, BaseModel) else ()
