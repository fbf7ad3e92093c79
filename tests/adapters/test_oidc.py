"""Sign-in by OpenID Connect: what an issuer may say of itself. Tokens are tried in ``tests/gateway``."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from time import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.issuer_keys import IssuerKeys, IssuerSilentError
from adapters.oidc import OidcCallers, OidcSettings
from models.access import Caller, Privacy, Scope
from models.vocabulary import Role

SETTINGS = OidcSettings(issuer="https://issuer.example/realm/", audience="transfers")
NAMES_A_KEY = urlsafe_b64encode(b'{"kid": "1", "alg": "EdDSA"}').decode().rstrip("=")
TOKEN = f"{NAMES_A_KEY}.e30.e30"


def answers(answer: Callable[[httpx.Request], httpx.Response]) -> OidcCallers:
    keys = IssuerKeys(SETTINGS.issuer, httpx.Client(transport=httpx.MockTransport(answer)))
    return OidcCallers(SETTINGS, keys)


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
        answers(said).caller(TOKEN)


def test_it_is_asked_at_its_own_place() -> None:
    asked: list[str] = []

    def down(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(503)

    with pytest.raises(IssuerSilentError):
        answers(down).caller(TOKEN)
    assert asked == ["https://issuer.example/realm/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("roles", "everywhere", "own"),
    [
        ((), set(), set()),
        (("somebody-else", "team_manager"), set(), set()),
        (("transfers-operations",), {Privacy.PLAIN}, set()),
        (("transfers-casework",), set(), {Privacy.PLAIN, Privacy.NARRATIVE}),
        (("transfers-operations", "transfers-casework"), {Privacy.PLAIN}, {Privacy.PLAIN, Privacy.NARRATIVE}),
        (("transfers-operations", "transfers-restricted"), set(Privacy), set()),
    ],
)
def test_a_role_reads_everywhere_or_what_is_the_teams_own(
    roles: tuple[str, ...], everywhere: set[Privacy], own: set[Privacy]
) -> None:
    assert (SETTINGS.everywhere(frozenset(roles)), SETTINGS.own(frozenset(roles))) == (everywhere, own)


class OneKey:
    """The keys of an issuer with one key, whatever it is called."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()

    def key(self, key_id: str) -> jwt.PyJWK:
        return jwt.PyJWK(jwt.algorithms.OKPAlgorithm.to_jwk(self.private.public_key(), as_dict=True), "EdDSA")

    def token(self, **claims: Any) -> str:
        usual = {"iss": SETTINGS.issuer, "aud": "transfers", "exp": time() + 60, "sub": "sw-17"}
        return jwt.encode({**usual, **claims}, self.private, algorithm="EdDSA", headers={"kid": "1"})


def test_a_token_says_who_calls_in_which_roles_of_which_teams_and_what_the_program_may_do() -> None:
    keys = OneKey()
    token = keys.token(
        roles=["social_worker", "transfers-casework", "admin"],
        teams=["team-east", "EH-EAST", "", 7],
        scope="transfers:read transfers:record openid",
    )
    assert OidcCallers(SETTINGS, keys).caller(token) == Caller(
        who="sw-17",
        roles=frozenset({Role.SOCIAL_WORKER}),
        teams=frozenset({"team-east", "EH-EAST"}),
        scopes=frozenset({Scope.READ, Scope.RECORD}),
        own=frozenset({Privacy.PLAIN, Privacy.NARRATIVE}),
    )


@pytest.mark.parametrize("claims", [{}, {"roles": None, "teams": {"a": 1}, "scope": 7}, {"teams": "", "scope": ""}])
def test_a_token_that_says_no_more_than_who_it_is_reads_and_may_do_nothing(claims: dict[str, Any]) -> None:
    keys = OneKey()
    assert OidcCallers(SETTINGS, keys).caller(keys.token(**claims)) == Caller(who="sw-17")


def test_the_claims_stand_where_the_settings_say() -> None:
    keys = OneKey()
    named = {"person_claim": "upn", "roles_claim": "realm.roles", "teams_claim": "groups", "scopes_claim": "scp"}
    token = keys.token(upn="tm-1", realm={"roles": ["team_manager"]}, groups=["team-1"], scp=["audit:read"])
    caller = OidcCallers(SETTINGS.model_copy(update=named), keys).caller(token)
    assert (caller.who, caller.roles, caller.teams) == ("tm-1", {Role.TEAM_MANAGER}, {"team-1"})
    assert caller.scopes == {Scope.READ_AUDIT}


@pytest.mark.parametrize("wrong", [{"issuer": "http://issuer.example"}, {"issuer": ""}, {"audience": None}])
def test_an_issuer_in_clear_or_nobody_to_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        OidcSettings(**{"issuer": "https://issuer.example", "audience": "transfers", **wrong})
