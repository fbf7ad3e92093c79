"""Whether the gateway lives, whether it can answer, and what it counted."""

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from gateway.house import House
from gateway.metrics import TEXT, Counted


def routes(house: House, counted: Counted) -> APIRouter:
    """For whoever watches over processes; nothing here is about a person, and nobody signs in.

    They may ask for the head alone, as many do; of what is about a family it is not given: a reading is noted, and then
    it is read.
    """
    router = APIRouter(tags=["health"])

    @router.head("/health/live", include_in_schema=False)
    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @router.head("/health/ready", include_in_schema=False)
    @router.get("/health/ready")
    async def ready() -> JSONResponse:
        """Temporal and the register answer, too."""
        away = []
        try:
            await run_in_threadpool(house.journeys.status, "nobody")
        except SQLAlchemyError:
            away.append("register")
        try:
            healthy = await house.client.service_client.check_health()
        except (RPCError, RuntimeError):
            healthy = False
        away += [] if healthy else ["temporal"]
        return JSONResponse({"status": "away" if away else "ok", "away": away}, 503 if away else 200)

    @router.head("/metrics", include_in_schema=False)
    @router.get("/metrics")
    async def metrics() -> Response:
        """What was counted, as Prometheus reads it."""
        return Response(counted.text(), media_type=TEXT)

    return router
