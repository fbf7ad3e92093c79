"""Sign-in by OpenID Connect: tokens of one issuer, checked with the keys that it publishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from pydantic_settings import SettingsConfigDict

from adapters.issuer_keys import SigningKeys, UnknownKeyError
from adapters.settings import EncryptedAddress, Settings
from models.access import EVERYTHING, Caller, Privacy, Scope
from models.vocabulary import Role

SIGNED_WITH = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key that only the issuer holds; never none, and never a shared secret."""
CLOCK_SKEW_SECONDS = 60
OPERATIONS, CASEWORK, RESTRICTED = "transfers-operations", "transfers-casework", "transfers-restricted"
"""The roles for reading, where a setting names no others."""
WRONG: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "your sign-in is out of date",
    jwt.InvalidAudienceError: "your sign-in is for another system",
}
"""What whoever sent a token reads of it, where a person can do something about it."""
PLAIN = frozenset({Privacy.PLAIN})
WITH_NARRATIVE = frozenset({Privacy.PLAIN, Privacy.NARRATIVE})
NONE = frozenset[Privacy]()


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
    """Where it lists their roles: those in which they record, and those below; a dot goes one level deeper, as in
    ``realm_access.roles``."""
    teams_claim: str = "teams"
    """Where it lists their teams, offices and services, by reference, or by the Mosaic team of a service."""
    scopes_claim: str = "scope"
    """Where it says what the program may do for them, as words with blanks between."""
    plain_roles: frozenset[str] = frozenset({OPERATIONS})
    """The roles that read states and references of every journey, of families that are not restricted."""
    narrative_roles: frozenset[str] = frozenset({CASEWORK})
    """The roles that read what is their own teams', with what people said; of families that are not restricted."""
    restricted_roles: frozenset[str] = frozenset({RESTRICTED})
    """The roles that read everything of every journey, of restricted families, too."""

    def everywhere(self, roles: frozenset[str]) -> frozenset[Privacy]:
        """The classes that somebody with these roles reads of every journey."""
        if roles & self.restricted_roles:
            return EVERYTHING
        return PLAIN if roles & self.plain_roles else NONE

    def own(self, roles: frozenset[str]) -> frozenset[Privacy]:
        """The classes that they read of what is their teams' own."""
        return WITH_NARRATIVE if roles & self.narrative_roles else NONE


@dataclass(frozen=True)
class OidcCallers:
    """Turns a token into a caller."""

    settings: OidcSettings
    keys: SigningKeys

    def caller(self, token: str) -> Caller:
        """Whom the token is about, once it is seen to hold.

        Raises:
            NotSignedInError: it is not signed by the issuer, not for us, or out of date.
            IssuerSilentError: the issuer's keys cannot be had now, or the token names one that it may have by now.
        """
        claims, settings = self._claims(token), self.settings
        who = claims.get(settings.person_claim)
        if not isinstance(who, str) or not who:
            raise NotSignedInError(f"your sign-in does not name you in {settings.person_claim}")
        roles, scopes = _listed(claims, settings.roles_claim), _listed(claims, settings.scopes_claim)
        return Caller(
            who=who,
            roles=frozenset(role for role in Role if role in roles),
            teams=_listed(claims, settings.teams_claim),
            scopes=frozenset(scope for scope in Scope if scope in scopes),
            everywhere=settings.everywhere(roles),
            own=settings.own(roles),
        )

    def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            return jwt.decode(
                token,
                self._key_of(token),
                algorithms=SIGNED_WITH,
                audience=self.settings.audience,
                issuer=self.settings.issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, UnknownKeyError, ValueError) as error:
            raise NotSignedInError(WRONG.get(type(error), "your sign-in is none that counts here")) from None

    def _key_of(self, token: str) -> jwt.PyJWK:
        named = jwt.get_unverified_header(token).get("kid")
        if not isinstance(named, str):
            raise UnknownKeyError
        return self.keys.key(named)


def _listed(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """The words, wherever the token lists them; none where it does not."""
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset(found.split())
    return (
        frozenset(word for word in found if word and isinstance(word, str)) if isinstance(found, list) else frozenset()
    )
