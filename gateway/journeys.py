"""The routes of a journey, written once: start, list, read, record a step."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic_core import to_jsonable_python

from adapters.register.clocks import KeptClock
from client.journeys import Kind
from client.transfers import new_step, transfer
from gateway.addresses import Id, address, router_of
from gateway.answers import Json, journey_shown, links, step_received, step_taken
from gateway.asking import asks, found, found_if_it_answers, read, refuse_what_is_not_theirs
from gateway.bodies import json_of, key_of, sent_of_harm, start_said, step_named, step_said
from gateway.forms import form as form_of
from gateway.forms import without_what_is_known
from gateway.house import House
from gateway.not_read import telling_of_harm
from gateway.problems import Code, ProblemError
from gateway.recording import PENDING, SHOWN, SHOWN_WITHIN, Recording, has_step, id_from
from gateway.waiting import in_time
from models.access import Caller, Part, Privacy, Scope
from models.journey.harm import HARM_REPORT
from models.journey.start import Start
from models.journey.status import ClockStatus, Status
from models.journey.steps import EVERYBODY
from models.operations.shown_to import receipt_shown_to, shown_to

StepName = Annotated[str, Path(pattern="^[a-z_]{1,60}$", description="The step, by its name.")]
Wait = Annotated[float, Query(ge=0, le=SHOWN_WITHIN, description="Seconds for which the register is waited for.")]


def routes(house: House, kind: Kind) -> APIRouter:
    """Everything that can be done with journeys of this kind."""
    router = router_of(kind)
    _starting(router, house, kind)
    _reading(router, house, kind)
    _recording(router, house, kind)
    return router


def _starting(router: APIRouter, house: House, kind: Kind) -> None:
    recording = Recording(house, kind)

    @router.post("")
    async def start(
        request: Request, caller: Annotated[Caller, Depends(asks(house, Scope.START))], wait: Wait = SHOWN_WITHIN
    ) -> JSONResponse:
        """Start it; under the same number the same is started once."""
        key, content = key_of(request), await json_of(request)
        made_up = id_from(caller, kind, key)
        said = start_said(kind, content, key=key, made_up=made_up)
        _refuse_other_teams(kind, said, caller)
        begun = await recording.start(said, caller, made_up if said.id == key else key)
        register = PENDING if await recording.shown(said.id, wait, _is_shown) is None else SHOWN
        at = address(kind, said.id)
        stands = await _as_seen(house, kind, said.id, caller) if register == SHOWN else {}
        answer = {"links": links(at), **stands, "id": said.id, "register": register}
        if answer.get("ring") is None and await sent_of_harm(request):
            answer["ring"] = house.phones.words
        return Json(answer, 201 if begun else 200, headers={"location": at})


def _reading(router: APIRouter, house: House, kind: Kind) -> None:
    @router.get("/{journey_id}")
    async def show(journey_id: Id, caller: Annotated[Caller, Depends(asks(house, Scope.READ))]) -> JSONResponse:
        """How it stands, what it waits for, and how that is done."""
        one = await read(house, kind, journey_id, caller, "how it stands")
        return Json(journey_shown(address(kind, journey_id), one.status))

    @router.get("/{journey_id}/clocks")
    async def clocks(journey_id: Id, caller: Annotated[Caller, Depends(asks(house, Scope.READ))]) -> JSONResponse:
        """What is waited for until when, and how each due date came about."""
        one = await read(house, kind, journey_id, caller, "due dates")
        kept = await run_in_threadpool(house.clocks.clocks, journey_id)
        return JSONResponse({"clocks": _with_certificates(one.status.clocks, kept)})

    @router.get("/{journey_id}/steps/{step}")
    async def form(
        journey_id: Id, step: StepName, caller: Annotated[Caller, Depends(asks(house, Scope.READ))]
    ) -> JSONResponse:
        """The step to be filled in: what is known stands there, and what somebody has to say is left empty."""
        of = step_named(kind, step)
        one = await read(house, kind, journey_id, caller, f"the step {of.does}")
        async with in_time(house.answered_within):
            content = to_jsonable_python((await new_step(transfer(house.client, journey_id, kind.name), step)).content)
        if not one.view.reads(Privacy.RESTRICTED if of.for_few else Privacy.NARRATIVE):
            content = without_what_is_known(content, {child.ref for child in one.status.children})
        return JSONResponse(form_of(of, content, caller))


def _recording(router: APIRouter, house: House, kind: Kind) -> None:
    recording = Recording(house, kind)

    @router.post("/{journey_id}/steps/{step}")
    async def record(
        request: Request,
        journey_id: Id,
        step: StepName,
        caller: Annotated[Caller, Depends(asks(house, Scope.RECORD))],
        wait: Wait = SHOWN_WITHIN,
    ) -> JSONResponse:
        """Record a step; under the same number the same is recorded once."""
        telling = telling_of_harm(house, kind, journey_id, caller=caller, request=request)
        async with telling if step == HARM_REPORT else nullcontext():
            key, content = key_of(request), await json_of(request)
            said = step_said(kind, step, content, key=key, caller=caller, now=house.now())
        from_anybody = type(said).recorded_by == EVERYBODY
        stands, view, version = await (found_if_it_answers if from_anybody else found)(house, kind, journey_id, caller)
        await refuse_what_is_not_theirs(house, caller, journey_id, (stands, view), said)
        if wait > 0:
            said.mark_waited_for()
        receipt = await recording.step(journey_id, stands, view, said)
        is_shown = has_step(said.step_id)
        before = stands is not None and is_shown(stands)
        shown = before or await recording.shown(journey_id, wait, is_shown, version)
        register = SHOWN if shown else PENDING
        status = 201 if receipt.today is None else 200
        if view.part is Part.NOTHING:
            return JSONResponse(step_received(receipt, register), status)
        return Json(step_taken(address(kind, journey_id), receipt_shown_to(receipt, view), register), status)


def _with_certificates(clocks: Iterable[ClockStatus], kept: Iterable[KeptClock]) -> list[dict[str, Any]]:
    certificates = {clock.clock_id: to_jsonable_python(clock.certificate) for clock in kept}
    return [{**clock.model_dump(mode="json"), "certificate": certificates.get(clock.id)} for clock in clocks]


async def _as_seen(house: House, kind: Kind, journey_id: str, caller: Caller) -> dict[str, Any]:
    """How it stands, as far as whoever started it may see that."""
    one = await found(house, kind, journey_id, caller)
    if one.view.part is Part.NOTHING:
        return {}
    return journey_shown(address(kind, journey_id), shown_to(one.status, one.view))


def _refuse_other_teams(kind: Kind, said: Start, caller: Caller) -> None:
    """Whoever starts it for a team belongs there."""
    if said.team is not None and said.team not in caller.teams and not said.says_harm:
        words = f"Your sign-in does not say that you belong to the team that answers for this {kind.name.noun}."
        raise ProblemError(Code.NOT_YOURS, words, field="social_work_team")


def _is_shown(_: Status) -> bool:
    return True
