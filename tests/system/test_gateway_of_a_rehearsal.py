"""The rehearsal starts the gateway, which knows whom the rehearsal signed in."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import httpx

from adapters.local_issuer import AUDIENCE, ISSUER
from tests.system.conftest import Rehearsal, Typed


def test_the_gateway_of_a_rehearsal_is_ready_and_knows_whom_it_signed_in(rehearsal: Rehearsal, typed: Typed):
    url, token = rehearsal.local.gateway_url, typed("token", "sw-17").stdout.strip()

    assert httpx.get(f"{url}/health/ready").json() == {"status": "ok", "away": []}
    assert httpx.get(f"{url}/v1/transfers").status_code == 401
    assert httpx.get(f"{url}/v1/transfers", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_in_production_the_gateway_takes_no_issuer_without_an_address_and_so_no_token_of_a_rehearsal(
    rehearsal: Rehearsal, tmp_path: Path
):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TRANSFERS_")},
        "TRANSFERS_TOKEN_JWKS": rehearsal.local.environment()["TRANSFERS_TOKEN_JWKS"],
        "TRANSFERS_KEYS": f"2026-11:{base64.b64encode(bytes(32)).decode()}",
        "TRANSFERS_REGISTER_URL": f"sqlite:///{tmp_path / 'register.db'}",
        "TRANSFERS_GATEWAY_NAMES": '["localhost"]',
        "TRANSFERS_GATEWAY_CERTIFICATE": str(tmp_path / "none.pem"),
        "TRANSFERS_GATEWAY_CERTIFICATE_KEY": str(tmp_path / "none-key.pem"),
        "TRANSFERS_OIDC_ISSUER": ISSUER,
        "TRANSFERS_OIDC_AUDIENCE": AUDIENCE,
    }

    said = subprocess.run(
        [sys.executable, "-m", "gateway"], env=environment, capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == "gateway: TRANSFERS_OIDC_ISSUER is no address such as https://mosaic.council.example\n"
