"""The worker's health over HTTP: alive, and ready to take work."""

import threading
from collections.abc import Callable
from http import HTTPStatus

import uvicorn
from fastapi import FastAPI, Response
from sqlalchemy.exc import SQLAlchemyError

from models.operations.figures import Figures
from worker.metrics import TEXT, metrics_text


def health_app(ready: Callable[[], bool], figures: Callable[[], Figures]) -> FastAPI:
    """``/health/live`` answers as long as the process runs, ``/health/ready`` while it takes work.

    ``/metrics`` tells Prometheus what the register holds; the SDK tells of itself on a port of its own.
    """
    app = FastAPI(openapi_url=None)

    @app.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/health/ready")
    def is_ready(response: Response) -> dict[str, str]:
        if not ready():
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
            return {"status": "not ready"}
        return {"status": "ready"}

    @app.get("/metrics")
    def metrics() -> Response:
        try:
            return Response(metrics_text(figures), media_type=TEXT)
        except SQLAlchemyError:
            return Response("The register does not answer.", status_code=HTTPStatus.SERVICE_UNAVAILABLE)

    return app


class HealthServer:
    """Serves the health pages from a thread of its own, so that a busy event loop does not look dead."""

    def __init__(self, host: str, port: int, ready: Callable[[], bool], figures: Callable[[], Figures]) -> None:
        """Prepare; ``start`` listens."""
        config = uvicorn.Config(health_app(ready, figures), host=host, port=port, log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="health", daemon=True)

    def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: the port is taken.
        """
        self._thread.start()
        while not self._server.started:
            self._thread.join(timeout=0.05)
            if not self._thread.is_alive():
                raise RuntimeError("the health port is taken")

    def stop(self) -> None:
        """Stop listening."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
