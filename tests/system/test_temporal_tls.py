"""Temporal behind TLS: with a client's certificate, and with an API key, as Temporal's own settings name them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import trustme

from tests.pace import A_MOMENT, patient, until
from tests.ports import free_ports
from tests.system.conftest import MAIN_CASE, Rehearsal

NGINX = shutil.which("nginx")
API_KEY = "key-of-this-council"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(NGINX is None, reason="nginx is not here; .ci/run unpacks it"),
]


class Door:
    """An nginx before Temporal that ends TLS: one port asks for a client's certificate, one for an API key."""

    def __init__(self, folder: Path, temporal: int) -> None:
        self.certificates, self.api_keys = free_ports(2)
        self.folder = folder
        self.ours, self.strangers = trustme.CA(), trustme.CA()
        self.ours.cert_pem.write_to_path(folder / "authority.pem")
        self._issue(self.ours, "server")
        self._issue(self.ours, "client")
        self._issue(self.strangers, "stranger")
        (folder / "logs").mkdir()
        (folder / "nginx.conf").write_text(self._settings(temporal))

    def _issue(self, authority: trustme.CA, name: str) -> None:
        issued = authority.issue_cert("localhost")
        issued.private_key_and_cert_chain_pem.write_to_path(self.folder / f"{name}-both.pem")
        issued.private_key_pem.write_to_path(self.folder / f"{name}-key.pem")
        issued.cert_chain_pems[0].write_to_path(self.folder / f"{name}.pem")

    def _settings(self, temporal: int) -> str:
        server = "ssl_certificate server.pem; ssl_certificate_key server-key.pem; grpc_read_timeout 90s;"
        passes = f"grpc_pass grpc://127.0.0.1:{temporal};"
        return f"""daemon off; master_process off; pid logs/pid; error_log logs/error.log; events {{}}
http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi;
uwsgi_temp_path uwsgi; scgi_temp_path scgi; client_max_body_size 0;
server {{ listen 127.0.0.1:{self.certificates} ssl http2; {server}
  ssl_verify_client on; ssl_client_certificate authority.pem; location / {{ {passes} }} }}
server {{ listen 127.0.0.1:{self.api_keys} ssl http2; {server}
  location / {{ if ($http_authorization != "Bearer {API_KEY}") {{ return 401; }} {passes} }} }}
}}"""

    def with_certificate(self, name: str = "client") -> dict[str, str]:
        return {
            "TEMPORAL_ADDRESS": f"localhost:{self.certificates}",
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.folder / "authority.pem"),
            "TEMPORAL_TLS_CLIENT_CERT_PATH": str(self.folder / f"{name}.pem"),
            "TEMPORAL_TLS_CLIENT_KEY_PATH": str(self.folder / f"{name}-key.pem"),
        }

    def with_key(self, key: str = API_KEY) -> dict[str, str]:
        return {
            "TEMPORAL_ADDRESS": f"localhost:{self.api_keys}",
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.folder / "authority.pem"),
            "TEMPORAL_API_KEY": key,
        }


@pytest.fixture
def door(rehearsal: Rehearsal, tmp_path: Path) -> Iterator[Door]:
    door = Door(tmp_path, rehearsal.local.temporal_port)
    command = [str(NGINX), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "logs/error.log"]
    with subprocess.Popen(command) as running:
        until(lambda: (tmp_path / "logs/pid").exists() or running.poll() is not None)
        yield door
        running.terminate()


def typed(rehearsal: Rehearsal, way: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """A command of somebody whose settings name everything."""
    environment = {**rehearsal.environment, **way}
    program = Path(sys.executable).parent / "transfers"
    return subprocess.run(
        [program, *words], env=environment, capture_output=True, text=True, check=False, timeout=patient(A_MOMENT)
    )


@pytest.mark.parametrize("way", ["with_certificate", "with_key"])
def test_a_command_reaches_temporal_as_its_own_settings_say(rehearsal: Rehearsal, door: Door, way: str) -> None:
    said = typed(rehearsal, getattr(door, way)(), "reconcile")
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("wrong", ["another authority", "no certificate", "another key", "no key", "an unknown server"])
def test_who_does_not_show_what_is_asked_for_is_not_let_in(rehearsal: Rehearsal, door: Door, wrong: str) -> None:
    certificate, key = door.with_certificate(), door.with_key()
    way = {
        "another authority": door.with_certificate("stranger"),
        "no certificate": {name: said for name, said in certificate.items() if "CLIENT" not in name},
        "another key": door.with_key("another"),
        "no key": {**{name: said for name, said in key.items() if "API" not in name}, "TEMPORAL_TLS": "true"},
        "an unknown server": {**key, "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(door.folder / "stranger.pem")},
    }[wrong]
    said = typed(rehearsal, way, "reconcile")
    assert said.returncode == 1
    assert said.stderr.strip().endswith("Temporal does not answer; nothing was sent."), said.stderr


@pytest.mark.parametrize("way", ["with_certificate", "with_key"])
def test_a_worker_works_through_it(rehearsal: Rehearsal, door: Door, way: str, tmp_path: Path) -> None:
    port, metrics = map(str, free_ports(2))
    own = {"TRANSFERS_WORKER_PORT": port, "TRANSFERS_METRICS_PORT": metrics}
    environment = {**rehearsal.environment, **getattr(door, way)(), **own}
    rehearsal.kill_worker()
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen([sys.executable, "-m", "worker"], env=environment, stdout=log, stderr=log)
        try:
            until(lambda: _ready(port) or worker.poll() is not None)
            transfer = rehearsal.command("start", str(MAIN_CASE)).stdout.strip()
            rehearsal.until_shown(transfer)
            assert rehearsal.command("step", transfer, str(MAIN_CASE), "--number", "1").returncode == 0
        finally:
            worker.terminate()
            assert worker.wait(patient(A_MOMENT)) == 0


def _ready(port: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=1).is_success
    except httpx.HTTPError:
        return False
