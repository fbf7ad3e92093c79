"""Who signs people in during a rehearsal: the rehearsal itself, with a key that it made up; never in production.

Whoever holds the key can be anybody, and in a rehearsal nobody is real.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm
from pydantic_settings import SettingsConfigDict

from adapters.issuer_keys import UnknownKeyError
from adapters.oidc import OidcCallers, OidcSettings
from adapters.settings import Settings

ISSUER = "early-help-transfers-rehearsal"
"""No address: production takes only an issuer that has one, with ``https``."""
AUDIENCE = "early-help-transfers"
ALGORITHM = "EdDSA"


class TokenKeysSettings(Settings):
    """Which tokens hold in a rehearsal."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_TOKEN_")

    jwks: Path
    """In a rehearsal: the file of the keys (JWKS) under which the tokens of `transfers token` hold."""


class TokenSettings(Settings):
    """With what a token of a rehearsal is signed."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_TOKEN_")

    key: Path
    """In a rehearsal, for `transfers token`: the file of the key that signs (PEM)."""


@dataclass(frozen=True)
class FileKeys:
    """The keys of a rehearsal, by their ids."""

    known: dict[str, jwt.PyJWK]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Those of a file.

        Raises:
            ValueError: it cannot be read, or holds no keys.
        """
        try:
            found = jwt.PyJWKSet.from_json(path.read_text())
        except (OSError, jwt.PyJWTError, ValueError):
            raise ValueError(f"TRANSFERS_TOKEN_JWKS: {path}: this file holds no keys (JWKS)") from None
        return cls({str(key.key_id): key for key in found.keys})

    def key(self, key_id: str) -> jwt.PyJWK:
        """The key of this id.

        Raises:
            UnknownKeyError: there is no such key.
        """
        if key_id not in self.known:
            raise UnknownKeyError
        return self.known[key_id]


def rehearsal_callers(settings: TokenKeysSettings) -> OidcCallers:
    """Turns the tokens of a rehearsal into callers, as those of an issuer are elsewhere.

    Raises:
        ValueError: the file of its keys cannot be used.
    """
    # What the settings would refuse is the issuer, which has no address; everything else stays as it is usual.
    claims = OidcSettings.model_construct(issuer=ISSUER, audience=AUDIENCE)
    return OidcCallers(claims, FileKeys.read(settings.jwks))


@dataclass(frozen=True)
class RehearsalIssuer:
    """Makes the tokens of a rehearsal."""

    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """With the key of a file.

        Raises:
            ValueError: it cannot be read, or is no such key.
        """
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"TRANSFERS_TOKEN_KEY: {path}: this file holds no key of a rehearsal")  # noqa: TRY004 (a setting is wrong)
        return cls(key)

    @property
    def key_id(self) -> str:
        """The fingerprint of its public part (RFC 7638)."""
        said = {name: self._public[name] for name in ("crv", "kty", "x")}
        digest = hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @property
    def public(self) -> str:
        """The public part, as a file of keys (JWKS)."""
        return json.dumps({"keys": [{**self._public, "kid": self.key_id, "use": "sig", "alg": ALGORITHM}]})

    def token(  # noqa: PLR0913 (each is a claim)
        self, who: str, *, roles: Iterable[str], teams: Iterable[str], scopes: Iterable[str], at: datetime, minutes: int
    ) -> str:
        """A token for this person, which holds from ``at`` for so many minutes."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": who,
            "iat": at,
            "exp": at + timedelta(minutes=minutes),
            "roles": list(roles),
            "teams": list(teams),
            "scope": " ".join(scopes),
        }
        return jwt.encode(claims, self.key, algorithm=ALGORITHM, headers={"kid": self.key_id, "typ": "at+jwt"})

    @property
    def _public(self) -> dict[str, Any]:
        return OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)


def new_key() -> str:
    """A key that is made up now, as its file has it (PEM)."""
    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
