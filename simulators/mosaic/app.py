"""The HTTP application of the Mosaic simulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from simulators.mosaic import endpoints
from simulators.mosaic.contract import PROBLEMS, Code, Problem, RefusedError
from simulators.mosaic.desk import AnswerLostError, Desk
from simulators.mosaic.rehearsal import look, rehearsal
from simulators.serving import NoAnswer

PROBLEM_JSON = "application/problem+json"


class MosaicApp(FastAPI):
    """FastAPI whose contract says that errors are `application/problem+json`."""

    def openapi(self) -> dict[str, Any]:
        """The contract, without the rehearsal's endpoints."""
        contract = super().openapi()
        for path in contract["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if status >= "400":
                        response["content"] = {PROBLEM_JSON: next(iter(response["content"].values()))}
        return contract


def create_app(desk: Desk) -> FastAPI:
    """The application at this desk; it closes the books when it stops."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        desk.books.close()

    app = MosaicApp(
        title="Mosaic",
        version="1",
        description="The part of the case management system that transfers to Early Help use.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.desk = desk
    for router in (endpoints.health, endpoints.reads, endpoints.writes, rehearsal, look):
        app.include_router(router)
    app.exception_handler(RefusedError)(_refused)
    app.exception_handler(AnswerLostError)(_answer_lost)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_no_such_endpoint)
    return app


def _problem(code: Code, detail: str, status: int | None = None) -> Response:
    usual, title = PROBLEMS[code]
    problem = Problem(type=code, title=title, status=status or usual, detail=detail or title)
    return JSONResponse(problem.model_dump(), problem.status, media_type=PROBLEM_JSON)


def _refused(_request: Request, error: RefusedError) -> Response:
    answer = _problem(error.code, error.detail)
    if error.code is Code.RATE_LIMITED:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _answer_lost(_request: Request, _error: AnswerLostError) -> Response:
    return NoAnswer()


def _invalid(_request: Request, error: RequestValidationError) -> Response:
    """Name the places that do not fit, and never what the caller put there."""
    places = {f"{_place(each)} ({each['type']})" for each in error.errors()}
    return _problem(Code.INVALID_REQUEST, ", ".join(sorted(places)))


def _place(error: dict[str, Any]) -> str:
    # The last part of an extra field's place is a name that the caller made up.
    location = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    return ".".join(map(str, location))


def _no_such_endpoint(_request: Request, error: HTTPException) -> Response:
    code = Code.NOT_FOUND if error.status_code == PROBLEMS[Code.NOT_FOUND][0] else Code.INVALID_REQUEST
    return _problem(code, error.detail, error.status_code)
