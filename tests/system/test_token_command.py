"""The tokens of a rehearsal: for whom, what they say, and where none is made."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from pydantic import ValidationError

from adapters.issuer_keys import UnknownKeyError
from adapters.local_issuer import AUDIENCE, ISSUER, FileKeys, RehearsalIssuer, TokenKeysSettings, rehearsal_callers
from adapters.oidc import OidcSettings
from cli.rehearsal.local import gateway_keys
from tests.system.conftest import Rehearsal, Typed, said_here


def said_by(rehearsal: Rehearsal, token: str) -> dict[str, object]:
    """What a token says, once it is seen to hold under the public part of the rehearsal's key."""
    keys = FileKeys.read(rehearsal.local.folder / "token-keys.json")
    key = keys.key(jwt.get_unverified_header(token)["kid"])
    return dict(jwt.decode(token, key, algorithms=["EdDSA"], audience=AUDIENCE, issuer=ISSUER))


def test_a_token_says_what_the_directory_says_of_the_person_and_stands_alone_on_standard_output(
    rehearsal: Rehearsal, typed: Typed
):
    made = typed("token", "sw-17")

    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == made.stdout.strip() + "\n"
    said = said_by(rehearsal, made.stdout.strip())
    assert (said["sub"], said["teams"]) == ("sw-17", ["north-2"])
    assert said["roles"] == ["social_worker", "transfers-casework"]
    assert said["scope"] == "transfers:read transfers:record transfers:start"
    assert said["exp"] - said["iat"] == 60 * 60  # type: ignore[operator]


def test_what_is_said_by_hand_counts_instead(rehearsal: Rehearsal, typed: Typed):
    words = ("--role", "early_help_service", "--team", "EH-EAST", "--scope", "transfers:read", "--minutes", "5")
    said = said_by(rehearsal, typed("token", "eh-4", *words).stdout.strip())

    assert said["roles"] == ["early_help_service", "transfers-casework"]
    assert (said["teams"], said["scope"]) == (["EH-EAST"], "transfers:read")
    assert said["exp"] - said["iat"] == 5 * 60  # type: ignore[operator]


def test_operations_read_without_what_people_said_and_see_to_the_services(rehearsal: Rehearsal, typed: Typed):
    said = said_by(rehearsal, typed("token", "ops-1", "--role", "operations").stdout.strip())

    assert said["roles"] == ["operations", "transfers-operations"]
    assert said["scope"] == "transfers:read transfers:record services:read services:write audit:read"


def test_who_reads_restricted_families_keeps_the_roles_of_the_directory(rehearsal: Rehearsal, typed: Typed):
    said = said_by(rehearsal, typed("token", "sw-17", "--role", "transfers-restricted").stdout.strip())

    assert said["roles"] == ["social_worker", "transfers-restricted"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("eh-4",), "--role: the directory of people does not say in which role eh-4 acts: say it here."),
        (("sw-17", "--role", "boss"), "--role: boss is none of social_worker, "),
        (("sw-17", "--scope", "everything"), "--scope: everything is none of transfers:read, "),
    ],
)
def test_what_a_token_cannot_say_is_named(rehearsal: Rehearsal, typed: Typed, words: tuple[str, ...], named: str):
    refused = typed("token", *words)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert named in refused.stderr


def test_outside_a_rehearsal_no_token_is_made(rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]):
    refused = said_here(capsys, {**rehearsal.environment, "TRANSFERS_MODE": "production"}, "token", "sw-17")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "A token is made in a rehearsal only. Elsewhere people sign in where the council has them do so: "
        "TRANSFERS_OIDC_ISSUER.\n"
    )


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    made = gateway_keys(tmp_path)
    key = tmp_path / "token-key.pem"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert (gateway_keys(tmp_path), key.read_text()) == (made, key.read_text())


def test_a_token_of_another_rehearsal_names_a_key_that_this_one_does_not_have(tmp_path):
    gateway_keys(tmp_path / "here")
    gateway_keys(tmp_path / "elsewhere")
    elsewhere = RehearsalIssuer.read(tmp_path / "elsewhere" / "token-key.pem")

    with pytest.raises(UnknownKeyError):
        FileKeys.read(tmp_path / "here" / "token-keys.json").key(elsewhere.key_id)


def test_a_token_does_not_hold_for_longer_than_it_was_asked_for(tmp_path):
    made = gateway_keys(tmp_path)
    issuer = RehearsalIssuer.read(tmp_path / "token-key.pem")
    at = datetime.now(UTC) - timedelta(minutes=6)
    token = issuer.token("sw-17", roles=(), teams=(), scopes=(), at=at, minutes=5)
    key = FileKeys.read(tmp_path / "token-keys.json").key(issuer.key_id)

    assert made
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, key, algorithms=["EdDSA"], audience=AUDIENCE)


def test_whoever_has_a_token_is_known_by_it(tmp_path):
    made = gateway_keys(tmp_path)
    issuer = RehearsalIssuer.read(tmp_path / "token-key.pem")
    token = issuer.token(
        "sw-17", roles=["transfers-casework"], teams=["north-2"], scopes=(), at=datetime.now(UTC), minutes=5
    )
    callers = rehearsal_callers(TokenKeysSettings(jwks=Path(made["TRANSFERS_TOKEN_JWKS"])))

    assert callers.caller(token).who == "sw-17"


def test_production_takes_no_token_of_a_rehearsal():
    with pytest.raises(ValidationError, match="issuer"):
        OidcSettings(issuer=ISSUER, audience=AUDIENCE)
