"""Who signs in: the gateway, which knows, signs what it seals; workers know by its public keys that it did."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from adapters.keyring import named_key, new_id, refuse_of_another_mode, write_secret
from adapters.settings import Mode, Settings

NOTHING_SIGNED = (
    "TRANSFERS_SIGNING_KEY: is missing; `transfers keys signing` makes it: without it nobody could authorise anything"
)


class SigningSettings(Settings):
    """With what the gateway signs."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_")

    mode: Mode = Mode.PRODUCTION
    """As that of the keys."""
    signing_key: SecretStr | None = None
    """``id:base64`` of 32 bytes, by which workers know that who acts was signed in. Only the gateway has it.

    `transfers keys signing` makes it. In production the gateway does not start without it.
    """


class SignedInSettings(Settings):
    """By what a worker knows what the gateway signed."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_")

    mode: Mode = Mode.PRODUCTION
    """As that of the keys."""
    signed_in_keys: dict[str, str] = Field(default={})
    """The gateway's public keys: an object of id and base64. Several, while another one takes over.

    In production a worker does not start without one.
    """


@dataclass(frozen=True)
class Signer:
    """A private key, and its id."""

    key_id: str
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def from_settings(cls, settings: SigningSettings) -> Self | None:
        """Read ``id:base64``; None where a rehearsal has none.

        Raises:
            ValueError: it is no key, one of another mode, or missing in production.
        """
        if settings.signing_key is None:
            if settings.mode.is_rehearsal:
                return None
            raise ValueError(NOTHING_SIGNED)
        key_id, key = named_key(settings.signing_key.get_secret_value(), "TRANSFERS_SIGNING_KEY")
        refuse_of_another_mode(key_id, settings.mode, "TRANSFERS_SIGNING_KEY")
        return cls(key_id, Ed25519PrivateKey.from_private_bytes(key))

    @classmethod
    def new(cls, today: date, made_up: str = "") -> Self:
        """One that is made now."""
        return cls(new_id(today, made_up), Ed25519PrivateKey.generate())

    @property
    def public(self) -> str:
        """Its public key, as workers are given it."""
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def sign(self, said: bytes) -> bytes:
        """The signature."""
        return self.key.sign(said)

    def write(self, path: Path) -> None:
        """Write the private key, as the setting has it, into a new file that only its owner can read.

        Raises:
            ValueError: the file is there already, or cannot be made.
        """
        write_secret(path, f"{self.key_id}:{base64.b64encode(self.key.private_bytes_raw()).decode()}")


@dataclass(frozen=True)
class SignedInKeys:
    """Public keys by id."""

    keys: Mapping[str, Ed25519PublicKey]

    @classmethod
    def from_settings(cls, settings: SignedInSettings) -> Self:
        """Read the object of id and base64.

        Raises:
            ValueError: an entry that is no public key, or one of another mode.
        """
        keys = {}
        for name, written in settings.signed_in_keys.items():
            key_id, key = named_key(f"{name}:{written}", "TRANSFERS_SIGNED_IN_KEYS")
            refuse_of_another_mode(key_id, settings.mode, f"TRANSFERS_SIGNED_IN_KEYS: {key_id}")
            keys[key_id] = Ed25519PublicKey.from_public_bytes(key)
        return cls(keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """Which are here."""
        return tuple(self.keys)

    def signed(self, key_id: str, signature: bytes, said: bytes) -> bool:
        """Whether who has this key signed exactly this; never raises."""
        key = self.keys.get(key_id)
        if key is None:
            return False
        try:
            key.verify(signature, said)
        except InvalidSignature:
            return False
        return True


Signing = Signer | SignedInKeys
"""What a process has of it: the gateway signs, a worker knows the signature."""
