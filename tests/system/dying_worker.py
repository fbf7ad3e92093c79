"""A worker like ours that kills itself with SIGKILL, before or after the one call that its environment names."""

import asyncio
import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.keyring import EncryptionSettings, Keyring
from adapters.temporal_client import connect
from client.comparison import TemporalTransfers
from models.journey.recorded import RecordedStep
from worker.lanes import TransfersWorker
from worker.settings import WorkerSettings
from worker.wiring import Outside, all_activities, outside


class Death(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DEATH_")

    operation: str
    """The port, as ``Outside`` names it, and its method."""
    moment: str
    about: str = ""
    """The kind of effect in the key of the mail or the intent, or the step that is kept; empty for any."""

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def deadly(*args: Any, **named: Any) -> Any:
            if self.about in _about(args):
                if self.moment == "after":
                    call(*args, **named)
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **named)

        return deadly


def _about(args: tuple[Any, ...]) -> str:
    """What the call is about, in words."""
    keys = (str(arg.key) for arg in args if hasattr(arg, "key"))
    kept = itertools.chain.from_iterable(arg for arg in args if isinstance(arg, tuple))
    steps = (entry.step.step for entry in kept if isinstance(entry, RecordedStep))
    return next(keys, "") or " ".join(steps)


@dataclass(frozen=True)
class DeadlyPort:
    port: Any
    name: str
    death: Death

    def __getattr__(self, method: str) -> Any:
        call = getattr(self.port, method)
        return self.death.around(call) if self.death.operation == f"{self.name}.{method}" else call


def deadly(things: Outside, death: Death) -> Outside:
    ports = {field.name: getattr(things, field.name) for field in fields(things)}
    return replace(things, **{name: DeadlyPort(port, name, death) for name, port in ports.items()})


async def main() -> None:
    cipher = Keyring.from_settings(EncryptionSettings())
    client = await connect(cipher)
    with outside(cipher) as things:
        queue = WorkerSettings().task_queue
        workflows = DeadlyPort(TemporalTransfers(client, queue), "workflows", Death())
        dying = all_activities(deadly(things, Death()), workflows)
        async with TransfersWorker(client, queue, dying, drain=timedelta(seconds=1)):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
