"""The directory of services over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from client.checked import checked
from gateway.asking import asks
from gateway.bodies import json_of
from gateway.house import House
from gateway.problems import Code, ProblemError
from models.access import Caller, Scope
from models.services import EarlyHelpService
from models.vocabulary import REF_PATTERN

OF_NO_JOURNEY = ""
"""Under this id is noted what is about no family."""

ServiceRef = Annotated[str, Path(pattern=REF_PATTERN, description="The service, by its reference.")]


def routes(house: House) -> APIRouter:
    """What can be done with the directory."""
    router = APIRouter(prefix="/v1/services", tags=["services"])
    reads = Depends(asks(house, Scope.READ_SERVICES))

    @router.get("", dependencies=[reads])
    async def every() -> JSONResponse:
        """All services, by reference."""
        found = await run_in_threadpool(house.directory.services)
        return JSONResponse({"services": [one.model_dump(mode="json") for one in found]})

    @router.get("/{ref}", dependencies=[reads])
    async def one(ref: ServiceRef) -> JSONResponse:
        """One service."""
        found = await run_in_threadpool(house.directory.service, ref)
        if found is None:
            raise ProblemError(Code.NOT_FOUND, "The service directory does not know this service.")
        return JSONResponse(found.model_dump(mode="json"))

    @router.put("/{ref}")
    async def put(
        ref: ServiceRef, request: Request, caller: Annotated[Caller, Depends(asks(house, Scope.WRITE_SERVICES))]
    ) -> JSONResponse:
        """Add the service, or change it as a whole; who did is noted, as papers of families go to its address."""
        content = await json_of(request)
        if content.get("ref", ref) != ref:
            raise ProblemError(Code.WRONG_CONTENT, "The body says something else than the address.", field="ref")
        service = checked(EarlyHelpService, {**content, "ref": ref})
        before = await run_in_threadpool(house.directory.service, ref)
        if service != before:
            told = f"changed over the API: service {ref}"
            await run_in_threadpool(house.readings.audit_read, OF_NO_JOURNEY, caller.who, told)
        await run_in_threadpool(house.directory.put_services, [service])
        return JSONResponse(service.model_dump(mode="json"), 201 if before is None else 200)

    return router
