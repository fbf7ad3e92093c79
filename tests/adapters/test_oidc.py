"""Sign-in by OpenID Connect: what an issuer may say of itself. Tokens are tried in ``tests/gateway``."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from adapters.issuer_keys import IssuerKeys, IssuerSilentError
from adapters.oidc import OidcReaders, OidcSettings
from models.access import Privacy

SETTINGS = OidcSettings(issuer="https://issuer.example/realm/", audience="transfers")
NAMES_A_KEY = urlsafe_b64encode(b'{"kid": "1", "alg": "EdDSA"}').decode().rstrip("=")
TOKEN = f"{NAMES_A_KEY}.e30.e30"


def answers(answer: Callable[[httpx.Request], httpx.Response]) -> OidcReaders:
    keys = IssuerKeys(SETTINGS.issuer, httpx.Client(transport=httpx.MockTransport(answer)))
    return OidcReaders(SETTINGS, keys)


@pytest.mark.parametrize(
    "said",
    [
        lambda request: httpx.Response(200, json={"jwks_uri": "http://issuer.example/keys"}),
        lambda request: httpx.Response(200, json={"issuer": "https://issuer.example"}),
        lambda request: httpx.Response(200, json=[]),
        lambda request: httpx.Response(200, text="<html>"),
        lambda request: httpx.Response(503),
    ],
    ids=["keys in clear", "no keys", "a list", "a page", "down"],
)
def test_an_issuer_that_does_not_say_where_its_keys_are_lets_nobody_in(
    said: Callable[[httpx.Request], httpx.Response],
) -> None:
    with pytest.raises(IssuerSilentError):
        answers(said).reader(TOKEN)


def test_it_is_asked_at_its_own_place() -> None:
    asked: list[str] = []

    def down(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(503)

    with pytest.raises(IssuerSilentError):
        answers(down).reader(TOKEN)
    assert asked == ["https://issuer.example/realm/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("roles", "reads"),
    [
        ((), set()),
        (("somebody-else",), set()),
        (("transfers-operations",), {Privacy.PLAIN}),
        (("transfers-casework",), {Privacy.PLAIN, Privacy.NARRATIVE}),
        (("transfers-operations", "transfers-restricted"), set(Privacy)),
    ],
)
def test_a_role_reads_its_class_and_those_before_it(roles: tuple[str, ...], reads: set[Privacy]) -> None:
    assert SETTINGS.reads(frozenset(roles)) == reads


@pytest.mark.parametrize("wrong", [{"issuer": "http://issuer.example"}, {"issuer": ""}, {"audience": None}])
def test_an_issuer_in_clear_or_nobody_to_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        OidcSettings(**{"issuer": "https://issuer.example", "audience": "transfers", **wrong})
