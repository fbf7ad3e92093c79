"""The gateway: the HTTP API for caseworker systems."""

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp
from temporalio.client import WorkflowQueryFailedError

from adapters.issuer_keys import IssuerSilentError
from adapters.oidc import NotSignedInError
from client.errors import InputError, NoSuchTransferError, NotKnownError, StartedBeforeError
from client.journeys import EVERY
from gateway import health, lists, services, timeline
from gateway.bodies import sent_of_harm
from gateway.guard import Guard
from gateway.house import House
from gateway.journeys import routes
from gateway.metrics import Counted
from gateway.openapi import contract, kept_examples
from gateway.problems import (
    TITLES,
    Code,
    ProblemError,
    answer,
    not_known,
    not_taken,
    wrong_content,
)
from gateway.waiting import SILENT
from models.errors import OutsideError
from models.wrong_input import Flaw, rule_of

AWAY = (*SILENT, NotKnownError, OutsideError, WorkflowQueryFailedError, IssuerSilentError)
"""Something that is asked does not answer."""
NO_SUCH_JOURNEY = "There is none of this id, or it ended long ago."
NOTHING_THERE = {
    Code.NOT_FOUND: "There is nothing at this address.",
    Code.NO_SUCH_METHOD: "That cannot be done at this address.",
}


class Gateway(FastAPI):
    """The application, with its guard before everything, problems included."""

    def __init__(self, house: House) -> None:
        """Take what it needs."""
        super().__init__(docs_url=None, redoc_url=None, redirect_slashes=False)
        self.house, self.counted = house, Counted(lambda: house.limits.waiting)
        self.every: list[APIRoute] = []

    def take(self, router: APIRouter) -> None:
        """Answer these routes, too."""
        self.include_router(router)
        self.every += [route for route in router.routes if isinstance(route, APIRoute)]

    def build_middleware_stack(self) -> ASGIApp:
        """As it is, with the guard around it."""
        return Guard(super().build_middleware_stack(), _answered(self, lambda error: error), self.counted)

    def openapi(self) -> dict[str, Any]:
        """The contract; as it names no address of this machine, it is the same everywhere."""
        if self.openapi_schema is None:
            self.openapi_schema = contract(self.every, kept_examples())
        return self.openapi_schema

    def methods(self, path: str) -> str:
        """What can be done with this address."""
        return ", ".join(
            sorted({name for one in self.every if one.path_regex.match(path) for name in one.methods or ()})
        )


def gateway_app(house: House, names: Sequence[str]) -> Gateway:
    """Everything that the gateway answers, under these names of its machine."""
    app = Gateway(house)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*names])
    for kind in EVERY:
        app.take(lists.routes(house, kind))
        app.take(routes(house, kind))
        app.take(timeline.routes(house, kind))
    app.take(services.routes(house))
    app.take(health.routes(house, app.counted))
    for error, problem in PROBLEMS.items():
        app.add_exception_handler(error, _answered(app, problem))
    return app


def _of_input(error: Any) -> ProblemError:
    return not_taken(error.refusal) if error.refusal is not None else wrong_content(error.flaws)


def _of_framework(error: Any) -> ProblemError:
    code = {404: Code.NOT_FOUND, 405: Code.NO_SUCH_METHOD}.get(error.status_code, Code.WRONG_CONTENT)
    return ProblemError(code, NOTHING_THERE.get(code, TITLES[code]))


def _of_address(error: Any) -> ProblemError:
    """What stands in the address itself is wrong."""
    wrong = ((str(one["loc"][-1]), rule_of(one)) for one in error.errors())
    return wrong_content([Flaw(name, rule, f"{CALLED.get(name, f'`{name}`')} {rule}.") for name, rule in wrong])


CALLED = {"journey_id": "The id", "step": "The name of the step", "ref": "The reference of the service"}
"""What people call the parts of an address; what stands behind it is called by its name."""


def _not_foreseen(error: Exception) -> ProblemError:
    structlog.get_logger().error("not foreseen", exc_info=error)
    return not_known("Something went wrong here; whoever looks after this system finds it in its log.")


PROBLEMS: dict[type[Exception], Callable[[Any], ProblemError]] = {
    ProblemError: lambda error: error,
    NotSignedInError: lambda error: ProblemError(Code.NOT_SIGNED_IN, f"Sign in again: {error}."),
    StartedBeforeError: lambda error: ProblemError(Code.STARTED_BEFORE, str(error), field="id"),
    NoSuchTransferError: lambda error: ProblemError(Code.NOT_FOUND, NO_SUCH_JOURNEY),  # noqa: ARG005 (its words name commands)
    InputError: _of_input,
    HTTPException: _of_framework,
    RequestValidationError: _of_address,
    **{kind: lambda error: not_known() for kind in AWAY},  # noqa: ARG005 (what it says may be about a person)
    Exception: _not_foreseen,
}
"""What is answered where something is not done."""


def _answered(app: Gateway, problem: Callable[[Any], ProblemError]) -> Callable[[Request, Exception], Any]:
    async def handler(request: Request, error: Exception) -> JSONResponse:
        found = problem(error)
        app.counted.problem(found.code)
        ring = {"ring": app.house.phones.words} if await sent_of_harm(request) else {}
        said = answer(found, **ring)
        if found.code is Code.NO_SUCH_METHOD:
            said.headers["allow"] = app.methods(request.url.path)
        return said

    return handler
