"""The composition root of the worker: adapters are built here and nowhere else in this process."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.consent import ConsentActivities
from activities.contact_conversation import ContactConversationActivities
from activities.correspondence import CorrespondenceActivities
from activities.effect import Effects
from activities.mosaic import MosaicActivities
from activities.ports import CaseManagement, EffectBook, Post, TransferRegister
from activities.register import RegisterActivities
from adapters.encryption import Cipher
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from adapters.register_sql import RegisterSettings, SqlRegister, register_engine
from adapters.smtp import PostSettings, SmtpPost
from workflows.step_down import StepDownTransfer

ACTIVITY_THREADS = 20
STICKY_TIMEOUT = timedelta(seconds=2)
"""After a killed worker the first message waits this long for the dead worker's cache; Temporal's default is 10 s."""


@dataclass(frozen=True)
class Outside:
    """Everything that activities reach."""

    mosaic: CaseManagement
    post: Post
    register: TransferRegister
    book: EffectBook


@contextmanager
def outside(cipher: Cipher) -> Iterator[Outside]:
    """The real outside, as the settings say."""
    register = SqlRegister(register_engine(RegisterSettings()), cipher)
    with http_client(MosaicSettings()) as client:
        yield Outside(HttpMosaic(client), SmtpPost(PostSettings()), register, register)
    register.engine.dispose()


def activities(things: Outside) -> Sequence[Callable[..., Any]]:
    """Every activity, ready to be called."""
    effects = Effects(things.book)
    mosaic = MosaicActivities(things.mosaic, effects)
    conversation = ContactConversationActivities(things.post, things.register, effects)
    correspondence = CorrespondenceActivities(things.post, things.mosaic, effects)
    register = RegisterActivities(things.register, things.book)
    consent = ConsentActivities(things.register)
    return [
        register.open_transfer,
        register.show_in_register,
        register.note_result,
        register.look_up_service,
        register.reserve_child,
        consent.capture_consent,
        consent.capture_withdrawal,
        conversation.request_conversation,
        conversation.tell_service,
        conversation.capture_conversation,
        mosaic.share_document,
        mosaic.close_child,
        correspondence.send_advice_summary,
        correspondence.send_letter,
    ]


def transfers_worker(client: Client, task_queue: str, things: Outside, drain: timedelta) -> Worker:
    """A worker on one task queue; activities are plain functions on a thread pool."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[StepDownTransfer],
        activities=activities(things),
        activity_executor=ThreadPoolExecutor(ACTIVITY_THREADS, thread_name_prefix="activity"),
        max_concurrent_activities=ACTIVITY_THREADS,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=drain,
    )
