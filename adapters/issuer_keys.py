"""The keys with which an issuer signs: fetched once for everybody, within a bounded time, and never for who is known.

Strangers may name any key they like. They wait for a fetch of their own at most, and nobody else waits for them.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import jwt

TIMEOUT_SECONDS = 5
"""For each answer of the issuer to begin, and to go on."""
FETCH_SECONDS = 10
"""For both of its answers to end."""
MOST_BYTES = 256 * 1024
PAUSE_SECONDS = 5
"""Between two fetches, however many unknown keys are named."""
LIFESPAN_SECONDS = 300
"""After which the keys are fetched anew while those that are known go on holding."""
TRUSTED_SECONDS = 3600
"""After which no key holds that the issuer has not named again: it may have been withdrawn."""


class IssuerSilentError(Exception):
    """The issuer does not say which keys it signs with now."""


class UnknownKeyError(Exception):
    """The issuer has just been asked, and signs with no such key."""


class SigningKeys(Protocol):
    """The keys of whoever signs people in."""

    def key(self, key_id: str) -> jwt.PyJWK:
        """The key of this id.

        Raises:
            UnknownKeyError: there is no such key.
            IssuerSilentError: it cannot be known now.
        """


def _on_a_thread(does: Callable[[], None]) -> None:
    threading.Thread(target=does, daemon=True).start()


@dataclass
class IssuerKeys:
    """The keys of one issuer, by their ids."""

    issuer: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT_SECONDS))
    now: Callable[[], float] = time.monotonic
    beside: Callable[[Callable[[], None]], None] = _on_a_thread

    def __post_init__(self) -> None:
        """Begin with none."""
        self._known: Mapping[str, jwt.PyJWK] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._fetching = threading.Lock()

    def key(self, key_id: str) -> jwt.PyJWK:
        """The key of this id. One that is known is had at once, also while others are asked for.

        Raises:
            UnknownKeyError: the issuer, asked just now, names no such key.
            IssuerSilentError: it cannot be known now; it may be known after a pause.
        """
        known = self._trusted()
        if (key := known.get(key_id)) is not None:
            self._renew()
            return key
        # At the very first everybody waits for the same fetch; later on, only the one who has it done.
        if not self._fetching.acquire(blocking=not known):
            raise IssuerSilentError("its keys are being fetched")
        try:
            key = self._trusted().get(key_id)
            if key is None:
                self._fetch()
                key = self._known.get(key_id)
        finally:
            self._fetching.release()
        if key is None:
            raise UnknownKeyError
        return key

    @property
    def being_fetched(self) -> bool:
        """Somebody has the issuer asked just now."""
        return self._fetching.locked()

    def _trusted(self) -> Mapping[str, jwt.PyJWK]:
        return self._known if self._since(self._fetched) < TRUSTED_SECONDS else {}

    def _since(self, moment: float | None) -> float:
        return float("inf") if moment is None else self.now() - moment

    def _renew(self) -> None:
        """Fetch the keys beside everything else where they have become old."""
        old = self._since(self._fetched) >= LIFESPAN_SECONDS and self._since(self._tried) >= PAUSE_SECONDS
        if old and self._fetching.acquire(blocking=False):
            try:
                self.beside(self._fetch_beside)
            except RuntimeError:
                # The machine has no thread to spare; the keys hold meanwhile, and the next reader tries again.
                self._fetching.release()

    def _fetch_beside(self) -> None:
        try:
            self._fetch()
        except IssuerSilentError:
            return  # It is tried again after a pause, and the keys hold meanwhile.
        finally:
            self._fetching.release()

    def _fetch(self) -> None:
        """Ask the issuer; only who holds the lock does.

        Raises:
            IssuerSilentError: it does not answer as it should, or was asked a moment ago.
        """
        if self._since(self._tried) < PAUSE_SECONDS:
            raise IssuerSilentError("it was asked a moment ago")
        self._tried, until = self.now(), time.monotonic() + FETCH_SECONDS
        try:
            uri = str(self._read(f"{self.issuer}/.well-known/openid-configuration", until)["jwks_uri"])
            if not uri.startswith("https://"):
                raise IssuerSilentError("its keys are not told over HTTPS")
            keys = jwt.PyJWKSet.from_dict(self._read(uri, until)).keys
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            raise IssuerSilentError from error
        self._known = {key.key_id: key for key in keys if key.key_id and key.public_key_use in {"sig", None}}
        self._fetched = self._tried = self.now()

    def _read(self, url: str, until: float) -> dict[str, Any]:
        """What stands there; an answer that does not end is broken off."""
        body = bytearray()
        with self.http.stream("GET", url) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES or time.monotonic() > until:
                    raise IssuerSilentError("its answer does not end")
        said = json.loads(body)
        if not isinstance(said, dict):
            raise IssuerSilentError("its answer is no group of fields")
        return said
