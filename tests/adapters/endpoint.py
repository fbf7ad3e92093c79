"""An endpoint of the tests' own on a real port: it notes what is posted, and answers as it is told.

As a proxy it stands in for any host, with a certificate for the name that is asked for.
"""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from tests.pace import patient


@dataclass
class Answer:
    """One answer, and how it comes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "{}"
    once_told: threading.Event | None = None
    """Waits for this before it answers."""


@dataclass
class Posted:
    """What was posted."""

    host: str
    path: str
    body: Any


class Endpoint:
    """Records each request; answers with ``answers`` in turn, the last one for good."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: list[Answer] = [Answer()]
        self.authority = trustme.CA()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self.server.server_port)

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[Any]:
        return [one.body for one in self.posted]

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def trusted_in(self, folder: Path) -> str:
        path = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(path))
        return str(path)


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Listens until it is left."""
    one = Endpoint()
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield one
    finally:
        one.server.shutdown()
        one.server.server_close()
        thread.join()


def _handler(one: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            one.authority.issue_cert(self.path.partition(":")[0]).configure_cert(context)
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
            self.close_connection = False

        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            host = str(self.headers.get("Host"))
            one.posted.append(Posted(host, self.path, json.loads(said) if said.startswith("{") else said))
            answer = one.next_answer()
            if answer.once_told is not None:
                answer.once_told.wait(patient(60))
            self._say(answer)

        def do_GET(self) -> None:
            self.do_POST()

        def do_PUT(self) -> None:
            self.do_POST()

        def _say(self, answer: Answer) -> None:
            content = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler
