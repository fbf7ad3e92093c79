"""Keys, and what they seal: AES-256-GCM, with the key's id beside each text."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

NONCE_BYTES = 12
LOCAL_KEY_PREFIX = "local-"
"""Key ids made up by ``transfers up``; refused outside local mode."""


class EncryptionSettings(BaseSettings):
    """Where the keys come from."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_", extra="ignore")

    mode: str = "production"
    """``local`` in the rehearsal of ``up`` and ``demo`` only; elsewhere keys made up for a rehearsal are refused."""
    keys: SecretStr
    """``id:base64,id:base64``, each of 32 bytes; the first one encrypts, all of them decrypt."""


class Cipher(Protocol):
    """Seals bytes so that only a holder of the key reads them."""

    def seal(self, clear: bytes, bound_to: bytes) -> tuple[str, bytes]:
        """Returns the key's id and the sealed bytes, which open only together with that id and ``bound_to``."""

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes | None:
        """The clear bytes, or None where the key is unknown or something was changed."""


@dataclass(frozen=True)
class Keyring:
    """Keys by id; the current one seals, all of them open."""

    current: str
    keys: Mapping[str, bytes]

    @classmethod
    def from_settings(cls, settings: EncryptionSettings) -> Self:
        """Read ``id:base64`` pairs.

        Raises:
            ValueError: no key, a key of the wrong length, or a made-up key outside local mode.
        """
        pairs = [pair.split(":", 1) for pair in settings.keys.get_secret_value().split(",") if ":" in pair]
        try:
            keys = {key_id.strip(): base64.b64decode(key, validate=True) for key_id, key in pairs}
        except binascii.Error:
            keys = {}
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise ValueError("TRANSFERS_KEYS: give id:base64 of 32 bytes, at least one")
        if settings.mode != "local" and any(key_id.startswith(LOCAL_KEY_PREFIX) for key_id in keys):
            raise ValueError("TRANSFERS_KEYS: a key made up for local mode is refused in production")
        return cls(current=next(iter(keys)), keys=keys)

    def seal(self, clear: bytes, bound_to: bytes) -> tuple[str, bytes]:
        """See ``Cipher``; the nonce stands before the sealed bytes."""
        nonce = os.urandom(NONCE_BYTES)
        return self.current, nonce + AESGCM(self.keys[self.current]).encrypt(
            nonce, clear, _with(self.current, bound_to)
        )

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes | None:
        """See ``Cipher``."""
        key = self.keys.get(key_id)
        if key is None or len(sealed) <= NONCE_BYTES:
            return None
        try:
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _with(key_id, bound_to))
        except InvalidTag:
            return None


def _with(key_id: str, bound_to: bytes) -> bytes:
    return key_id.encode() + b"\n" + bound_to
