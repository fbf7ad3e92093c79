"""The endpoints with which a rehearsal sets the stage, plans faults and reads the books."""

from fastapi import APIRouter, Response

from simulators.mosaic.contract import Step
from simulators.mosaic.endpoints import AtDesk
from simulators.mosaic.staging import BooksView, Family, Lock, MosaicFault, OpenStep, StagedFamily

rehearsal = APIRouter(prefix="/rehearsal", include_in_schema=False)


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


@rehearsal.post("/faults", status_code=201)
def plan_fault(fault: MosaicFault, desk: AtDesk) -> MosaicFault:
    """Plan a fault."""
    desk.faults.plan(fault)
    return fault


@rehearsal.delete("/faults", status_code=204)
def clear_faults(desk: AtDesk) -> None:
    """Forget every planned fault."""
    desk.faults.clear()


@rehearsal.get("/books")
def read_books(desk: AtDesk, family_ref: str | None = None) -> BooksView:
    """Read everything, or what belongs to one family."""
    return desk.books.view(family_ref)
