"""The worker's health over HTTP: alive, and ready to take work.

Three pages need no framework; importing one would be a fifth of a worker's start.
"""

import json
import logging
import socket
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, NamedTuple

from worker.metrics import TEXT

SILENCE = 10
"""Seconds after which a connection that asks nothing is left."""


class Page(NamedTuple):
    """What is answered."""

    body: bytes
    status: HTTPStatus = HTTPStatus.OK
    kind: str = "application/json"


def health_page(path: str, ready: Callable[[], bool], metrics: Callable[[], bytes]) -> Page:
    """``/health/live`` answers as long as the process runs, ``/health/ready`` while it takes work.

    ``/metrics`` is for Prometheus; the SDK tells of itself on a port of its own.
    """
    match path.partition("?")[0]:
        case "/health/live":
            return _said("alive")
        case "/health/ready":
            return _said("ready") if ready() else _said("not ready", HTTPStatus.SERVICE_UNAVAILABLE)
        case "/metrics":
            return Page(metrics(), kind=TEXT)
        case _:
            return _said("no such page", HTTPStatus.NOT_FOUND)


def _said(status: str, code: HTTPStatus = HTTPStatus.OK) -> Page:
    return Page(json.dumps({"status": status}).encode(), code)


class _Server(ThreadingMixIn, TCPServer):
    """Answers each caller on a thread of its own: one that waits for the register holds no other up."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str, port: int, page: Callable[[str], Page]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.page = page
        super().__init__((host, port), _Answer)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (the base's signature)
        """Log it as everything is logged; the base would print what the error says."""
        # Whoever asked did not wait for the answer: that is no fault of the page.
        if not isinstance(sys.exception(), ConnectionError):
            logging.getLogger(__name__).error("a page failed", exc_info=sys.exception())


class _Answer(BaseHTTPRequestHandler):
    """One caller."""

    server: _Server
    timeout = SILENCE
    server_version, sys_version = "worker", ""

    def do_GET(self) -> None:
        """Answer with a page."""
        body, status, kind = self.server.page(self.path)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Write no line for each request."""


class HealthServer:
    """Serves the health pages from a thread of its own, so that a busy event loop does not look dead."""

    def __init__(self, host: str, port: int, ready: Callable[[], bool], metrics: Callable[[], bytes]) -> None:
        """Prepare; ``start`` listens."""
        self._address = (host, port)
        self._page: Callable[[str], Page] = lambda path: health_page(path, ready, metrics)

    def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: the port is taken.
        """
        try:
            self._server = _Server(*self._address, self._page)
        except OSError:
            raise RuntimeError("the health port is taken") from None
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
