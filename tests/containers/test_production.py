"""What can be tried of the profile `production` where nothing of a council is: its settings are whole, and taken."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.containers.engine import Compose, docker
from tests.pace import until

KEY = "2026-11:" + base64.b64encode(bytes(range(32))).decode()
SIGNING_KEY = KEY
SIGNED_IN = {
    "2026-11": base64.b64encode(
        Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
    ).decode()
}
ASK = """
import http.client, ssl
asked = http.client.HTTPSConnection("127.0.0.1", {port}, context=ssl._create_unverified_context())
asked.request("GET", "{path}", headers={{"Host": "{name}"}})
print(asked.getresponse().status)
"""
REGISTER = "postgresql+psycopg://transfers:a-password@database.council.example/transfers?sslmode=verify-full"


def _secrets(folder: Path) -> None:
    """What a council puts there: certificates of an authority of its own, keys and passwords."""
    authority = trustme.CA()
    for name in ("authority", "authorities", "database-authority"):
        authority.cert_pem.write_to_path(folder / f"{name}.pem")
    for name, known_as in (
        ("server", "temporal-server"),
        ("client", "worker"),
        ("codec", "codec.council.example"),
        ("gateway", "transfers.council.example"),
    ):
        issued = authority.issue_cert(known_as)
        issued.private_key_pem.write_to_path(folder / f"{name}-key.pem")
        for part in issued.cert_chain_pems:
            part.write_to_path(folder / f"{name}.pem", append=True)
    for name, said in {
        "temporal-database-password": "a-password",
        "transfers-alert-channels": "{}",
        "transfers-keys": KEY,
        "transfers-register-url": REGISTER,
        "transfers-signed-in-keys": json.dumps(SIGNED_IN),
        "transfers-signing-key": SIGNING_KEY,
        "transfers-smtp-password": "a-password",
    }.items():
        (folder / name).write_text(said, encoding="utf-8")
    for file in folder.iterdir():
        file.chmod(0o644)


@pytest.fixture
def production(image: str, tmp_path: Path, run_once: list[str]) -> Iterator[Compose]:
    _secrets(tmp_path)
    tmp_path.chmod(0o755)
    settings = {
        "TRANSFERS_IMAGE": image,
        "TRANSFERS_SECRETS": str(tmp_path),
        "TRANSFERS_PRODUCTION_ENV": "production.env.example",
    }
    compose = Compose(f"eht-production-{tmp_path.parent.name.rsplit('-', 1)[-1]}", settings)
    yield compose
    for name in run_once:
        docker("rm", "--force", "--volumes", name)
    run_once.clear()
    compose("--profile", "production", "down", "--volumes")


def test_a_worker_takes_every_setting_and_then_looks_for_the_council_s_temporal(production: Compose):
    with pytest.raises(AssertionError, match=r"worker: cannot start: Temporal does not answer"):
        production("run", "--rm", "--no-deps", "production-worker")


def test_the_codec_server_speaks_https_with_its_certificate(production: Compose, run_once: list[str]):
    name = f"{production.project}-alone"
    run_once.append(name)
    production("run", "--detach", "--no-deps", "--name", name, "production-codec")
    until(lambda: docker("inspect", "--format", "{{.State.Health.Status}}", name) == "healthy")
    ask = ASK.format(port=8082, path="/health", name="codec.council.example")
    assert docker("exec", name, "python", "-c", ask) == "200"


def test_the_gateway_speaks_https_under_its_name_and_says_that_what_it_needs_is_away(
    production: Compose, run_once: list[str]
):
    name = f"{production.project}-gateway"
    run_once.append(name)
    production("run", "--detach", "--no-deps", "--name", name, "production-gateway")

    def asked(path: str, host: str) -> str:
        return docker("exec", name, "python", "-c", ASK.format(port=8080, path=path, name=host))

    until(lambda: answers(lambda: asked("/health/live", "transfers.council.example")))
    assert asked("/health/live", "somebody.example") == "400"
    assert asked("/v1/transfers/any", "transfers.council.example") == "401"


def answers(ask: Callable[[], str]) -> bool:
    try:
        return ask() == "200"
    except AssertionError:
        return False


def test_a_secret_is_in_no_description_of_a_container(production: Compose, run_once: list[str]):
    name = f"{production.project}-seen"
    run_once.append(name)
    production("run", "--detach", "--no-deps", "--name", name, "production-codec")
    described = docker("inspect", name)
    assert KEY not in described
    assert "a-password" not in described
