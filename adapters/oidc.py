"""Sign-in by OpenID Connect: tokens of one issuer, checked with the keys that it publishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from pydantic_settings import SettingsConfigDict

from adapters.issuer_keys import SigningKeys, UnknownKeyError
from adapters.settings import EncryptedAddress, Settings
from models.access import Privacy, Reader

SIGNED_WITH = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key that only the issuer holds; never none, and never a shared secret."""
CLOCK_SKEW_SECONDS = 60
ORDER = (Privacy.PLAIN, Privacy.NARRATIVE, Privacy.RESTRICTED)
"""Who may read a class reads those before it."""


class NotSignedInError(Exception):
    """There is no token, or it does not hold; the text names what is wrong and nothing of the token."""


class OidcSettings(Settings):
    """Who signs people in, and which of their roles reads what."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_OIDC_")

    issuer: EncryptedAddress
    """Who signs people in, an ``https`` address."""
    audience: str
    """The name under which the issuer knows us; a token for somebody else is refused."""
    person_claim: str = "sub"
    """Where the token names the person: the reference by which transfers name social workers and managers."""
    roles_claim: str = "roles"
    """Where it lists their roles; a dot goes one level deeper, as in ``realm_access.roles``."""
    plain_roles: frozenset[str] = frozenset({"transfers-operations"})
    """The roles that read states and references."""
    narrative_roles: frozenset[str] = frozenset({"transfers-casework"})
    """The roles that read what people said, too."""
    restricted_roles: frozenset[str] = frozenset({"transfers-restricted"})
    """The roles that read restricted families, too."""

    def reads(self, roles: frozenset[str]) -> frozenset[Privacy]:
        """The classes that somebody with these roles may read."""
        by_class = (self.plain_roles, self.narrative_roles, self.restricted_roles)
        highest = max((place for place, may in enumerate(by_class, start=1) if roles & may), default=0)
        return frozenset(ORDER[:highest])


@dataclass(frozen=True)
class OidcReaders:
    """Turns a token into a reader."""

    settings: OidcSettings
    keys: SigningKeys

    def reader(self, token: str) -> Reader:
        """Whom the token is about, once it is seen to hold.

        Raises:
            NotSignedInError: it is not signed by the issuer, not for us, or out of date.
            IssuerSilentError: the issuer's keys cannot be had now, or the token names one that it may have by now.
        """
        try:
            key = self._key_of(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=SIGNED_WITH,
                audience=self.settings.audience,
                issuer=self.settings.issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, UnknownKeyError, ValueError) as error:
            raise NotSignedInError(type(error).__name__) from None
        who = claims.get(self.settings.person_claim)
        if not isinstance(who, str) or not who:
            raise NotSignedInError(f"the token does not name the person in {self.settings.person_claim}")
        return Reader(who=who, reads=self.settings.reads(_listed(claims, self.settings.roles_claim)))

    def _key_of(self, token: str) -> jwt.PyJWK:
        named = jwt.get_unverified_header(token).get("kid")
        if not isinstance(named, str):
            raise UnknownKeyError
        return self.keys.key(named)


def _listed(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """The roles, wherever the token lists them; none where it does not."""
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset(found.split())
    return frozenset(role for role in found if isinstance(role, str)) if isinstance(found, list) else frozenset()
