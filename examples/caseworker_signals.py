"""The other way in, for a system of the council that holds a key: the same steps, sent as the signal `step`.

Nobody answers a signal. What cannot be recorded becomes an item that needs attention, and a person is asked.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from adapters.keyring import EncryptionSettings, Keyring
from adapters.temporal_client import transfers_plugin


async def connected() -> Client:
    """Temporal, where ``TEMPORAL_ADDRESS`` and its like say; with the key of ``TRANSFERS_KEYS_FILE``."""
    plugin = transfers_plugin(Keyring.from_settings(EncryptionSettings()))
    return await Client.connect(**ClientConfig.load_client_connect_config(), plugins=[plugin])


async def record(client: Client, transfer_id: str, step: dict[str, Any]) -> None:
    """Send a step to a transfer; its ``step_id`` makes it count once, however often it is sent."""
    await client.get_workflow_handle(f"step-down/{transfer_id}").signal("step", step)


def main(transfer_id: str, file: str) -> None:
    """Send the step of a file."""
    step = json.loads(Path(file).read_text())

    async def send() -> None:
        await record(await connected(), transfer_id, step)

    asyncio.run(send())


if __name__ == "__main__":
    main(*sys.argv[1:])
