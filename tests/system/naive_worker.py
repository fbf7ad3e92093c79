"""The control of the kill tests: a worker like ours whose effects are carried out without the protocol."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.worker import Worker

from activities.consent import ConsentActivities
from activities.contact_conversation import ContactConversationActivities
from activities.correspondence import CorrespondenceActivities
from activities.effect import LookedUpEffect
from activities.mosaic import MosaicActivities
from activities.register import RegisterActivities
from adapters.encryption import EncryptionSettings, Keyring
from adapters.temporal_client import connect
from models.effects import EffectResult, Ended, Intent
from models.exchange import Mail
from worker.health import HealthServer
from worker.wiring import outside
from workflows.step_down import StepDownTransfer


@dataclass(frozen=True)
class NaiveEffects:
    def carry_out(self, intent: Intent, effect: LookedUpEffect) -> EffectResult:
        effect.look()
        effect.act()
        return _done(intent)

    def send_once(self, intent: Intent, write: Callable[[], Mail], send: Callable[[Mail], str]) -> EffectResult:
        send(write())
        return _done(intent)

    def send_again_if_unsure(self, intent: Intent, send: Callable[[], str]) -> EffectResult:
        send()
        return _done(intent)


def _done(intent: Intent) -> EffectResult:
    return EffectResult(effect=intent.effect, ended=Ended.DONE, evidence="hoped", at=datetime.now(UTC))


async def main() -> None:
    cipher = Keyring.from_settings(EncryptionSettings())
    client = await connect(cipher)
    naive = NaiveEffects()
    with outside(cipher) as things:
        mosaic = MosaicActivities(things.mosaic, naive)
        conversation = ContactConversationActivities(things.post, things.register, naive)
        letters = CorrespondenceActivities(things.post, things.mosaic, naive)
        register = RegisterActivities(things.register, things.book)
        worker = Worker(
            client,
            task_queue="transfers",
            workflows=[StepDownTransfer],
            activities=[
                register.open_transfer,
                register.show_in_register,
                register.note_result,
                ConsentActivities(things.register).capture_consent,
                conversation.request_conversation,
                conversation.capture_conversation,
                mosaic.share_document,
                mosaic.close_child,
                letters.send_advice_summary,
                letters.send_letter,
            ],
            activity_executor=ThreadPoolExecutor(20),
        )
        port = int(os.environ["TRANSFERS_WORKER_PORT"])
        HealthServer("127.0.0.1", port, ready=lambda: worker.is_running).start()
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
