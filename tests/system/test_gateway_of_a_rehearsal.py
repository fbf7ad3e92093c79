"""The rehearsal starts the gateway, which knows whom the rehearsal signed in."""

import httpx

from tests.system.conftest import Rehearsal, Typed


def test_the_gateway_of_a_rehearsal_is_ready_and_knows_whom_it_signed_in(rehearsal: Rehearsal, typed: Typed):
    url, token = rehearsal.local.gateway_url, typed("token", "sw-17").stdout.strip()

    assert httpx.get(f"{url}/health/ready").json() == {"status": "ok", "away": []}
    assert httpx.get(f"{url}/v1/transfers").status_code == 401
    assert httpx.get(f"{url}/v1/transfers", headers={"Authorization": f"Bearer {token}"}).status_code == 200
