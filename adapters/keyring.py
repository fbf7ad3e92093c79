"""Keys, and what they seal: AES-256-GCM, with the key's id beside each text."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from adapters.settings import Mode, Settings
from models.vocabulary import REF_PATTERN

NONCE_BYTES = 12
KEY_BYTES = 32
KEY_ID = re.compile(REF_PATTERN)
TRIAL_KEY_PREFIX = "trial-"
MADE_UP_KEYS = ("local-", TRIAL_KEY_PREFIX)
"""How the ids of keys begin that are made up for a rehearsal; refused in production."""


class EncryptionSettings(Settings):
    """Where the keys come from."""

    model_config = SettingsConfigDict(env_prefix="TRANSFERS_")

    mode: Mode = Mode.PRODUCTION
    """`local` in the rehearsal of `up` and `demo`, `trial` in that of containers; else their keys are refused."""
    keys: SecretStr
    """``id:base64,id:base64``, each of 32 bytes; the first one encrypts, all of them decrypt. Better in a file."""


class Cipher(Protocol):
    """Seals bytes so that only a holder of the key reads them."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The keys that are here, first the one that seals."""

    def seal(self, clear: bytes, bound_to: bytes) -> tuple[str, bytes]:
        """Returns the key's id and the sealed bytes, which open only together with that id and ``bound_to``."""

    def open(self, key_id: str, sealed: bytes, bound_to: bytes) -> bytes | None:
        """The clear bytes, or None where the key is unknown or something was changed."""


@dataclass(frozen=True)
class Keyring:
    """Keys by id; the current one seals, all of them open."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def from_settings(cls, settings: EncryptionSettings) -> Self:
        """Read ``id:base64`` pairs.

        Raises:
            ValueError: an entry that is no key, an id that is used twice, or a key of another mode.
        """
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(settings.keys.get_secret_value().split(","), start=1):
            where = f"TRANSFERS_KEYS: entry no. {number}"
            key_id, key = named_key(entry, where)
            if key_id in keys:
                raise ValueError(f"{where}: the id {key_id} is used twice")
            refuse_of_another_mode(key_id, settings.mode, where)
            keys[key_id] = key
        return cls(current=next(iter(keys)), keys=keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """See ``Cipher``."""
        return (self.current, *(key_id for key_id in self.keys if key_id != self.current))

    def with_new(self, today: date) -> tuple[str, Self]:
        """The id of a key that is made now, and the ring with it second: it opens, and does not seal yet."""
        made_up = next((prefix for prefix in MADE_UP_KEYS if self.current.startswith(prefix)), "")
        new = new_id(today, made_up)
        old = {key_id: self.keys[key_id] for key_id in self.ids[1:]}
        keys = {self.current: self.keys[self.current], new: secrets.token_bytes(KEY_BYTES), **old}
        return new, replace(self, keys=keys)

    def led_by(self, key_id: str) -> Self:
        """The ring in which this key, which is here, seals."""
        return replace(self, current=key_id)

    def without(self, key_id: str) -> Self:
        """The ring without a key that is not the first."""
        return replace(self, keys={other: key for other, key in self.keys.items() if other != key_id})

    def write(self, path: Path) -> None:
        """Write the whole setting into a new file that only its owner can read.

        Raises:
            ValueError: the file is there already, or cannot be made.
        """
        write_secret(path, ",".join(f"{key_id}:{base64.b64encode(self.keys[key_id]).decode()}" for key_id in self.ids))

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


def new_id(today: date, made_up: str = "") -> str:
    """The id of a key that is made now; how it begins, where it is made up for a rehearsal."""
    return f"{made_up}{today.isoformat()}-{secrets.token_hex(2)}"


def write_secret(path: Path, text: str) -> None:
    """Write keys into a new file that only its owner can read.

    Raises:
        ValueError: the file is there already, or cannot be made.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ValueError(f"{path}: the keys cannot be written there: {error.strerror}") from None


def named_key(entry: str, where: str) -> tuple[str, bytes]:
    """A key and its id, of ``id:base64``; what is wrong with it never shows the key.

    Raises:
        ValueError: it is no key of 32 bytes with an id.
    """
    key_id, _, written = entry.strip().partition(":")
    try:
        key = base64.b64decode(written, validate=True)
    except binascii.Error:
        key = b""
    if KEY_ID.fullmatch(key_id) is None or len(key) != KEY_BYTES:
        raise ValueError(f"{where}: give id:base64 of 32 bytes")
    return key_id, key


def refuse_of_another_mode(key_id: str, mode: Mode, where: str) -> None:
    """Keep keys that are made up from real families, and real keys from a trial.

    Raises:
        ValueError: the key is one of another mode.
    """
    key_id = key_id.lower()
    if not mode.is_rehearsal and key_id.startswith(MADE_UP_KEYS):
        raise ValueError(f"{where}: a key made up for a rehearsal is refused in production")
    # Nobody signs in to a trial, and more than this machine may reach it: it opens nothing that is real.
    if mode is Mode.TRIAL and not key_id.startswith(TRIAL_KEY_PREFIX):
        raise ValueError(f"{where}: a trial takes only keys made up for it; their ids begin with {TRIAL_KEY_PREFIX}")


def _with(key_id: str, bound_to: bytes) -> bytes:
    return key_id.encode() + b"\n" + bound_to
