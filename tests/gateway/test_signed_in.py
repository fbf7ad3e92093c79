"""A token is checked once and remembered for a moment, never beyond its end."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.local_issuer import RehearsalIssuer
from adapters.oidc import NotSignedInError
from gateway.signed_in import MOST_REMEMBERED, REMEMBERED_SECONDS, SignedIn
from models.access import Caller

ISSUER = RehearsalIssuer(Ed25519PrivateKey.generate())
NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
A_MINUTE = 60


class Checks:
    """Counts how often a token is checked; from when a test says so, none holds."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.holds = True
        self.at = NOW.timestamp()

    def __call__(self, token: str) -> Caller:
        self.checked.append(token)
        if not self.holds:
            raise NotSignedInError("ExpiredSignatureError")
        return Caller(who="sw-7")

    def signed_in(self) -> SignedIn:
        return SignedIn(self, lambda: self.at)


def token(minutes: int = 30) -> str:
    return ISSUER.token("sw-7", roles=(), teams=(), scopes=(), at=NOW, minutes=minutes)


async def test_a_token_that_held_is_checked_again_after_a_moment() -> None:
    checks, said = Checks(), token()
    signed_in = checks.signed_in()
    for _ in range(3):
        assert (await signed_in.caller(said)).who == "sw-7"
    assert len(checks.checked) == 1
    checks.holds, checks.at = False, checks.at + REMEMBERED_SECONDS
    with pytest.raises(NotSignedInError):
        await signed_in.caller(said)


async def test_a_token_is_not_remembered_beyond_its_end() -> None:
    checks, said = Checks(), token(minutes=1)
    checks.at += A_MINUTE - 1
    signed_in = checks.signed_in()
    await signed_in.caller(said)
    checks.at += 1
    await signed_in.caller(said)
    assert len(checks.checked) == 2


async def test_one_that_does_not_hold_and_one_that_does_not_say_its_end_are_checked_each_time() -> None:
    checks = Checks()
    signed_in = checks.signed_in()
    for _ in range(2):
        await signed_in.caller("no JSON Web Token")
    checks.holds = False
    for _ in range(2):
        with pytest.raises(NotSignedInError):
            await signed_in.caller(token())
    assert len(checks.checked) == 4


async def test_nothing_of_a_token_is_kept_and_of_very_many_the_newest() -> None:
    checks, said = Checks(), token()
    signed_in = checks.signed_in()
    await signed_in.caller(said)
    assert said not in repr(signed_in)
    for number in range(MOST_REMEMBERED):
        await signed_in.caller(f"{number}")
    assert len(signed_in) == MOST_REMEMBERED
