"""The gateway process: ``python -m gateway``.

In a rehearsal it takes the tokens of `transfers token`, and in local mode it listens on loopback only. In production it
speaks HTTPS only, and knows everybody by a token of the council's issuer.
"""

import asyncio
import re
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from adapters.issuer_keys import IssuerKeys
from adapters.keyring import EncryptionSettings, Keyring
from adapters.local_issuer import TokenKeysSettings, rehearsal_callers
from adapters.logs import set_up_logs
from adapters.oidc import OidcCallers, OidcSettings
from adapters.settings import Mode, Port, Settings, settings_problem
from gateway.app import gateway_app
from gateway.serving import HeadInTime, Server, https, listening, refuse_other_machines
from gateway.wiring import Parts, parts

PREFIX = "TRANSFERS_GATEWAY_"


class GatewaySettings(Settings):
    """Where the gateway listens."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    host: str = "127.0.0.1"
    """The address on which the gateway listens; loopback in local mode."""
    port: Port = 8080
    """Its port."""


def _host_name(said: str) -> str:
    if HOST_NAME.fullmatch(said) is None:
        raise ValueError("is not the name of a server, such as transfers.council.example")
    return said


HOST_NAME = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
HostName = Annotated[str, AfterValidator(_host_name)]


class OpenGatewaySettings(Settings):
    """What it needs in production."""

    model_config = SettingsConfigDict(env_prefix=PREFIX)

    names: Annotated[tuple[HostName, ...], Field(min_length=1)]
    """The names under which systems reach this server, as ``["transfers.council.example"]``."""
    certificate: Path
    """The certificate for HTTPS, with those above it."""
    certificate_key: Path
    """The private key of the certificate."""


ANY_NAME = ("*",)


def main() -> int:
    """Serve until SIGTERM; a missing or wrong setting is one clear line."""
    set_up_logs("gateway")
    try:
        encryption, settings = EncryptionSettings(), GatewaySettings()
        cipher = Keyring.from_settings(encryption)
        callers, names, how = _rehearsal(settings, encryption.mode) if encryption.mode.is_rehearsal else _open()
        made = parts(cipher, callers.caller)
        sockets = listening(settings.host, settings.port, PREFIX)
    except ValidationError as error:
        print(f"gateway: {settings_problem(error)}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    return asyncio.run(_serve(made, sockets, names, how))


async def _serve(made: Parts, sockets: list[socket.socket], names: tuple[str, ...], how: dict[str, Any]) -> int:
    async with made.house() as house:
        app = gateway_app(house, names)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            http=HeadInTime,
            **how,
        )
        await Server(config, house.stop_waiting).serve(sockets)
    return 0


def _rehearsal(settings: GatewaySettings, mode: Mode) -> tuple[OidcCallers, tuple[str, ...], dict[str, Any]]:
    """With the tokens of this rehearsal.

    Raises:
        ValueError: in local mode, the address can be reached from other machines; or the keys cannot be read.
    """
    refuse_other_machines(settings.host, mode, PREFIX)
    return rehearsal_callers(TokenKeysSettings()), ANY_NAME, {}


def _open() -> tuple[OidcCallers, tuple[str, ...], dict[str, Any]]:
    """Over HTTPS, with tokens of the council's issuer.

    Raises:
        ValidationError: a setting is missing.
        ValueError: the certificate or its key cannot be used.
    """
    settings, oidc = OpenGatewaySettings(), OidcSettings()
    how = https(settings.certificate, settings.certificate_key, PREFIX)
    return OidcCallers(oidc, IssuerKeys(oidc.issuer)), settings.names, how


if __name__ == "__main__":
    sys.exit(main())
