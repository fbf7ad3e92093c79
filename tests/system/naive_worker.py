"""The control of the kill tests: a worker like ours whose effects are carried out without the protocol."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from activities.effect import LookedUpEffect
from adapters.keyring import EncryptionSettings, Keyring
from adapters.temporal_client import connect
from client.comparison import TemporalTransfers
from models.effects import EffectResult, Ended, Intent
from models.mail import Mail
from models.mosaic import ChildRecord
from worker.health import HealthServer
from worker.lanes import TransfersWorker
from worker.metrics import metrics_text
from worker.wiring import activities, figures, outside


@dataclass(frozen=True)
class NaiveEffects:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def carry_out(self, intent: Intent, effect: LookedUpEffect) -> EffectResult:
        effect.look()
        effect.act()
        return _done(intent)

    def send_once(
        self, intent: Intent, write: Callable[[], Mail], send: Callable[[Mail, datetime], str]
    ) -> EffectResult:
        send(write(), self.now())
        return _done(intent)

    def send_again_if_unsure(self, intent: Intent, send: Callable[[datetime], str]) -> EffectResult:
        send(self.now())
        return _done(intent)

    def read(self, intent: Intent, look: Callable[[], dict[str, ChildRecord]]) -> EffectResult:
        return _done(intent).model_copy(update={"records": look()})


def _done(intent: Intent) -> EffectResult:
    return EffectResult(effect=intent.effect, ended=Ended.DONE, evidence="hoped", at=datetime.now(UTC))


async def main() -> None:
    cipher = Keyring.from_settings(EncryptionSettings())
    client = await connect(cipher)
    with outside(cipher) as things:
        calls = activities(things, NaiveEffects(), TemporalTransfers(client, "transfers"))
        worker = TransfersWorker(client, "transfers", calls, drain=timedelta(seconds=1))
        port = int(os.environ["TRANSFERS_WORKER_PORT"])
        counted = figures(cipher)
        HealthServer("127.0.0.1", port, lambda: worker.is_running, lambda: metrics_text(counted)).start()
        async with worker:
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
