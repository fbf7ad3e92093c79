"""The Temporal client: address from Temporal's own environment configuration, payloads encrypted by our plugin."""

import os
from collections.abc import Sequence

from temporalio.client import Client, Interceptor
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.plugin import SimplePlugin
from temporalio.runtime import Runtime

from adapters.encryption import data_converter
from adapters.keyring import Cipher
from adapters.settings import refuse_in_clear
from adapters.signing import Signing

ON_THIS_MACHINE = "127.0.0.1:7233"
"""Where Temporal is, if nobody says."""

PLUGIN = "early-help-transfers:"
"""How the name of our plugin begins; the keys of its process follow."""


def transfers_plugin(cipher: Cipher, signing: Signing | None = None) -> SimplePlugin:
    """What every client of the transfers needs; workers made from that client have it too.

    Its name holds the ids of the keys: Temporal tells the names of a worker's plugins to whoever lists the workers.
    """
    return SimplePlugin(f"{PLUGIN}{','.join(cipher.ids)}", data_converter=data_converter(cipher, signing))


def said_of_temporal() -> ClientConnectConfig:
    """What Temporal's own environment configuration says.

    Raises:
        ValueError: a file that it names cannot be read.
    """
    try:
        return ClientConfig.load_client_connect_config()
    except OSError as error:
        named = (name for name, said in os.environ.items() if name.startswith("TEMPORAL_") and said == error.filename)
        where = next(named, "TEMPORAL_CONFIG_FILE")
        raise ValueError(f"{where}: the file cannot be read: {error.strerror}") from None


async def connect(  # noqa: PLR0913 (each is its own)
    cipher: Cipher,
    runtime: Runtime | None = None,
    interceptors: Sequence[Interceptor] = (),
    identity: str | None = None,
    signing: Signing | None = None,
    *,
    lazy: bool = False,
) -> Client:
    """Connect as ``TEMPORAL_ADDRESS``, ``TEMPORAL_NAMESPACE`` and their like say; without identity, as the SDK's.

    The gateway gives its ``Signer``, a worker the public keys of the gateway; everybody else has neither. A lazy client
    connects when it is used first.
    """
    config = said_of_temporal()
    config.setdefault("target_host", ON_THIS_MACHINE)
    return await Client.connect(
        **config,
        plugins=[transfers_plugin(cipher, signing)],
        runtime=runtime,
        interceptors=interceptors,
        identity=identity,
        lazy=lazy,
    )


def speaks_in_clear() -> bool:
    """Whether Temporal is another machine, real families are known, and nothing but payloads is encrypted."""
    config = said_of_temporal()
    try:
        refuse_in_clear(config.get("target_host", ON_THIS_MACHINE).rpartition(":")[0])
    except ValueError:
        # With a key the SDK turns to TLS by itself.
        return not config.get("tls", bool(config.get("api_key")))
    return False


def namespace() -> str:
    """The namespace in which the transfers run, as ``TEMPORAL_NAMESPACE`` and its like say."""
    return said_of_temporal().get("namespace", "default")
