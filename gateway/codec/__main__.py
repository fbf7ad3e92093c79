"""The codec server process: ``python -m gateway.codec``.

In local mode it listens on loopback, for the UI on this machine, and whoever uses it is one local user; in a trial it
may listen beyond, as this machine reaches it in a container. In production it speaks HTTPS only, and knows everybody
by a token.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import Request
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from adapters.encryption import EncryptedPayloads
from adapters.issuer_keys import IssuerKeys
from adapters.keyring import EncryptionSettings, Keyring
from adapters.logs import set_up_logs
from adapters.oidc import NotSignedInError, OidcCallers, OidcSettings
from adapters.register.readings import SqlReadings
from adapters.register.store import RegisterSettings, Store, register_engine
from adapters.settings import Mode, Port, Settings, WebAddress, settings_problem
from adapters.temporal_client import namespace
from gateway.codec.app import LOCAL_USER, Door, codec_app
from gateway.serving import https, listening, refuse_other_machines
from models.access import Caller

PREFIX = "TRANSFERS_CODEC_"


class CodecSettings(Settings):
    """Where the codec server listens."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    host: str = "127.0.0.1"
    """The address on which the codec server listens; loopback in local mode."""
    port: Port = 8082
    """Its port."""
    ui_port: Port = 8233
    """In a rehearsal: the port of the UI on this machine."""


class OpenCodecSettings(Settings):
    """What it needs in production."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    ui_origins: frozenset[WebAddress]
    """The pages that may read, as ``["https://temporal.council.example"]``."""
    names: tuple[str, ...]
    """The names under which people reach this server, as ``["codec.council.example"]``."""
    certificate: Path
    """The certificate for HTTPS, with those above it."""
    certificate_key: Path
    """The private key of the certificate."""
    cookie: str | None = None
    """A cookie that holds the token, where the page before the UI sets one; else only the header counts."""


def main() -> int:
    """Serve until SIGTERM; a missing or wrong setting is one clear line."""
    set_up_logs("codec")
    try:
        encryption, settings = EncryptionSettings(), CodecSettings()
        cipher = Keyring.from_settings(encryption)
        door, how = _rehearsal(settings, encryption.mode) if encryption.mode.is_rehearsal else _open()
        register = SqlReadings(Store(register_engine(RegisterSettings()), cipher))
        sockets = listening(settings.host, settings.port, PREFIX)
    except ValidationError as error:
        print(f"codec server: {settings_problem(error)}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"codec server: {error}", file=sys.stderr)
        return 2
    if encryption.mode.is_rehearsal:
        print("Codec server of a rehearsal: whoever uses the Temporal UI on this machine reads every transfer.")
    app = codec_app(EncryptedPayloads(cipher), register, door)
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, **how)).run(sockets)
    return 0


def _rehearsal(settings: CodecSettings, mode: Mode) -> tuple[Door, dict[str, Any]]:
    """The UI on this machine, by either name.

    Raises:
        ValueError: in local mode, the address can be reached from other machines.
    """
    refuse_other_machines(settings.host, mode, PREFIX)
    origins = frozenset({f"http://127.0.0.1:{settings.ui_port}", f"http://localhost:{settings.ui_port}"})
    return Door(origins, ("127.0.0.1", "localhost"), namespace(), _local_user), {}


def _local_user(request: Request) -> Caller:  # noqa: ARG001 (asked with the request, like the other)
    return LOCAL_USER


def _open() -> tuple[Door, dict[str, Any]]:
    """Pages of a UI elsewhere, over HTTPS, with a token of the issuer.

    Raises:
        ValidationError: a setting is missing.
        ValueError: the certificate or its key cannot be used.
    """
    settings, oidc = OpenCodecSettings(), OidcSettings()
    how = https(settings.certificate, settings.certificate_key, PREFIX)
    callers = OidcCallers(oidc, IssuerKeys(oidc.issuer))
    return Door(settings.ui_origins, settings.names, namespace(), _by_token(callers, settings.cookie)), how


def _by_token(callers: OidcCallers, cookie: str | None) -> Callable[[Request], Caller]:
    """Whoever the token names, in the header or in the cookie; a cookie only where the browser says for which page."""

    def caller(request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            return callers.caller(token)
        kept = request.cookies.get(cookie) if cookie and "origin" in request.headers else None
        if kept is None:
            raise NotSignedInError("no token")
        return callers.caller(kept)

    return caller


if __name__ == "__main__":
    sys.exit(main())
