"""The worker's pages: who asks for what gets which answer, and what goes wrong is logged without its text."""

import json
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.pace import patient
from tests.ports import free_ports
from worker.health import HealthServer


def unlucky() -> bytes:
    raise KeyError("Sam")


@pytest.fixture(params=["127.0.0.1", "::1"])
def base(request: pytest.FixtureRequest) -> Iterator[str]:
    """A worker that is not ready, and whose figures cannot be counted."""
    [port] = free_ports(1)
    server = HealthServer(request.param, port, lambda: False, unlucky)
    server.start()
    yield f"http://[{request.param}]:{port}" if ":" in request.param else f"http://{request.param}:{port}"
    server.stop()


def test_a_worker_that_is_not_ready_lives_and_says_so(base: str):
    pages = {path: httpx.get(f"{base}{path}") for path in ("/health/live", "/health/ready", "/health/ready?now", "/x")}
    assert {path: page.status_code for path, page in pages.items()} == {
        "/health/live": 200,
        "/health/ready": 503,
        "/health/ready?now": 503,
        "/x": 404,
    }
    assert pages["/health/ready"].json() == {"status": "not ready"}
    assert httpx.post(f"{base}/health/live").status_code == 501


def test_a_page_that_fails_is_logged_by_its_error_and_the_next_one_is_answered(
    base: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{base}/metrics")
    assert httpx.get(f"{base}/health/live").json() == {"status": "alive"}
    [line] = caplog.records
    assert (line.getMessage(), line.exc_info and line.exc_info[0]) == ("a page failed", KeyError)
    assert capsys.readouterr().err == ""


def test_a_port_that_is_taken_is_said():
    [port] = free_ports(1)
    first, second = (HealthServer("127.0.0.1", port, lambda: True, unlucky) for _ in range(2))
    first.start()
    with pytest.raises(RuntimeError, match="the health port is taken"):
        second.start()
    first.stop()


def test_what_a_library_logs_in_a_command_is_written_without_what_it_quotes():
    code = "import logging; from cli.main import set_up_logs; set_up_logs(); log = logging.getLogger('library')"
    code += "; [log.warning('%s waits', 'Sam'), log.error('%s left', 'Sam'), log.error('%s came', 'Kim')]"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=patient(50), check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["process"]) for line in lines] == [("%s left", "transfers"), ("%s came", "transfers")]
