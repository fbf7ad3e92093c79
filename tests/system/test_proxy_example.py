"""The runbook's example of a proxy before the Temporal UI, as Debian's nginx runs it: no log holds what is shown."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from cli.project import DOCS
from models.markdown import MOST
from tests.pace import until
from tests.ports import free_ports

NGINX = shutil.which("nginx")
RUNBOOK = (DOCS / "operations.md").read_text(encoding="utf-8")
MARKER = "Zwetschge"
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not here; .ci/run unpacks it")


class Ui(BaseHTTPRequestHandler):
    """Draws whatever it is asked for."""

    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Say nothing."""


@pytest.fixture
def ui() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Ui) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxy(ui: ThreadingHTTPServer, tmp_path: Path) -> Iterator[str]:
    """The address of nginx with the example, before the UI."""
    [port] = free_ports(1)
    [example] = re.findall(r"```nginx\n(.*?)```", RUNBOOK, re.DOTALL)
    here = example.replace("listen 8080", f"listen 127.0.0.1:{port}").replace(":8233", f":{ui.server_address[1]}")
    (tmp_path / "logs").mkdir()
    settings = tmp_path / "nginx.conf"
    settings.write_text(
        f"daemon off; master_process off; pid logs/pid; error_log logs/error.log; events {{}}\n"
        f"http {{ client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi; uwsgi_temp_path uwsgi;\n"
        f"scgi_temp_path scgi;\n{here}}}"
    )
    command = [str(NGINX), "-p", str(tmp_path), "-c", str(settings), "-e", "logs/error.log"]
    with subprocess.Popen(command) as running:
        until(lambda: (tmp_path / "logs/pid").exists() or running.poll() is not None)
        yield f"http://127.0.0.1:{port}"
        running.terminate()


def test_no_log_of_the_proxy_holds_what_the_temporal_ui_shows(
    proxy: str, ui: ThreadingHTTPServer, tmp_path: Path
) -> None:
    longest = MARKER * ((MOST + 2000) // len(MARKER))
    answer = httpx.get(f"{proxy}/render", params={"content": longest})
    assert (answer.status_code, answer.headers["Referrer-Policy"]) == (HTTPStatus.OK, "no-referrer")
    ui.server_close()
    ui.shutdown()
    assert httpx.get(f"{proxy}/render", params={"content": longest}).status_code == HTTPStatus.BAD_GATEWAY
    assert httpx.get(f"{proxy}/namespaces").status_code == HTTPStatus.BAD_GATEWAY
    logs = {log.name: log.read_text() for log in (tmp_path / "logs").glob("*.log")}
    assert " GET /render 200 " in logs["access.log"]
    assert "/namespaces" in logs["error.log"], "errors are written down"
    assert all(MARKER not in log for log in logs.values())
