"""A council's own authority vouches for whom we speak to: which variable names it for each connection."""

import json
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
import trustme
from pydantic import SecretStr

from adapters.alert_channels import AppriseChannels, ChannelSettings
from adapters.issuer_keys import IssuerKeys, IssuerSilentError
from adapters.mosaic_http import MosaicSettings, http_client
from models.errors import PassingError
from tests.adapters.test_issuer_keys import published


class Council(BaseHTTPRequestHandler):
    """Answers everything; as an issuer it publishes one key."""

    def do_GET(self) -> None:
        uri = f"https://localhost:{self.server.server_address[1]}/keys"
        self._say(json.dumps({"jwks_uri": uri, "keys": [published("one")]}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(b"{}")

    def _say(self, said: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Say nothing."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def port(authority: trustme.CA) -> Iterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Council) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def file(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


def test_mosaic_is_reached_where_ssl_cert_file_names_the_authority(
    port: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = MosaicSettings(url=f"https://localhost:{port}")
    with http_client(settings) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get("/")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with http_client(settings) as client:
        assert client.get("/").is_success


def test_the_issuer_is_reached_where_ssl_cert_file_names_the_authority(
    port: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IssuerSilentError):
        IssuerKeys(f"https://localhost:{port}").key("one")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert IssuerKeys(f"https://localhost:{port}").key("one").key_id == "one"


def test_alert_channels_are_reached_where_requests_ca_bundle_names_the_authority(
    port: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = AppriseChannels(ChannelSettings(channels={"room": SecretStr(f"jsons://localhost:{port}/hook")}))
    with pytest.raises(PassingError):
        channels.send("room", "Overdue", "Text")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    assert channels.send("room", "Overdue", "Text") == "taken by the channel room"
