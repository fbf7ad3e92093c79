"""The endpoints with which a rehearsal plans faults of mail and of rooms."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from simulators.faults import Faults, Tally, tally_of
from simulators.mailbox.rooms import RoomBlow, RoomFault, RoomScript
from simulators.mailbox.smtp import MailBlow, MailFault, MailScript


def the_faults(request: Request) -> Faults[MailBlow]:
    """The faults that are planned for mail."""
    faults: Faults[MailBlow] = request.app.state.faults
    return faults


def the_room_faults(request: Request) -> Faults[RoomBlow]:
    """The faults that are planned for the rooms."""
    faults: Faults[RoomBlow] = request.app.state.room_faults
    return faults


MailFaults = Annotated[Faults[MailBlow], Depends(the_faults)]
RoomFaults = Annotated[Faults[RoomBlow], Depends(the_room_faults)]

rehearsal = APIRouter(prefix="/rehearsal/faults")


@rehearsal.post("", status_code=201)
def plan_fault(fault: MailFault, faults: MailFaults) -> MailFault:
    """Plan a fault of mail."""
    faults.plan(fault)
    return fault


@rehearsal.post("/script", status_code=201)
def plan_script(script: MailScript, faults: MailFaults) -> MailScript:
    """Plan what the next calls about mail suffer."""
    faults.plan(script)
    return script


@rehearsal.post("/rooms", status_code=201)
def plan_room_fault(fault: RoomFault, faults: RoomFaults) -> RoomFault:
    """Plan a fault of the rooms."""
    faults.plan(fault)
    return fault


@rehearsal.post("/rooms/script", status_code=201)
def plan_room_script(script: RoomScript, faults: RoomFaults) -> RoomScript:
    """Plan what the next calls of the rooms suffer."""
    faults.plan(script)
    return script


@rehearsal.get("")
def count_faults(faults: MailFaults, room_faults: RoomFaults) -> Tally:
    """Say how often faults struck mail and rooms, and how many plans wait."""
    return tally_of(faults, room_faults)


@rehearsal.delete("", status_code=204)
def clear_faults(faults: MailFaults, room_faults: RoomFaults, counts: bool = False) -> None:
    """Forget every planned fault, those of the rooms too, and with `counts` how often faults struck."""
    faults.clear(counts)
    room_faults.clear(counts)
