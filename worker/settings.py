"""Settings of the worker process itself; each adapter has its own."""

import re
from datetime import time
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_settings import SettingsConfigDict

from adapters.settings import Port, Settings
from models.vocabulary import TimeOfDay

WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""As cron has it: a range does not run over its end."""
WEEKDAYS = "(?:{0})(?:-(?:{0}))?".format("|".join(WEEK))


def in_the_order_of_the_week(days: str) -> str:
    """Refuse a range that ends before it begins, such as ``fri-mon``: Temporal would, too."""
    if re.fullmatch(rf"{WEEKDAYS}(?:,{WEEKDAYS})*", days) is None:
        raise ValueError("is not written as days of the week, such as mon-fri or mon,wed,fri")
    for part in days.split(","):
        places = [WEEK.index(day) for day in part.split("-")]
        if places != sorted(places):
            raise ValueError(f"{part} ends before it begins; a week begins on Sunday: write fri,sat,sun,mon")
    return days


CLOCKS_CHANGE = range(1, 2)
"""The hour that is missing on a Sunday in spring, and comes twice on one in autumn."""


def that_each_day_has(at: time | None) -> time | None:
    """Refuse a time that is left out in spring: Temporal would start nothing on that day."""
    if at is not None and at.hour in CLOCKS_CHANGE:
        raise ValueError("on a Sunday in March there is no time between 01:00 and 02:00; choose another hour")
    return at


At = Annotated[TimeOfDay | None, BeforeValidator(lambda said: said or None), AfterValidator(that_each_day_has)]
"""A time of day, London time, as each day has it; empty: none."""

Days = Annotated[
    str,
    StringConstraints(to_lower=True),
    AfterValidator(in_the_order_of_the_week),
]
"""Days of the week as cron names them: ``mon-fri``, ``mon,wed,fri``."""


class WorkerSettings(Settings):
    """How this worker works."""

    # Of some of these, nothing is what somebody wants.
    model_config = SettingsConfigDict(env_prefix="TRANSFERS_", env_ignore_empty=False)

    task_queue: str = "transfers"
    """Where Temporal keeps the work; the commands that start a workflow read it, too."""
    worker_host: str = "127.0.0.1"
    """The address on which the worker answers questions about its health."""
    worker_port: Port = 8081
    """``/health/live``, ``/health/ready``, and ``/metrics`` of what the register holds."""
    metrics_port: Port = 9464
    """The metrics of Temporal's SDK, for Prometheus."""
    drain_seconds: Annotated[float, Field(ge=0)] = 15
    """How long running activities may finish after SIGTERM."""
    silent_seconds: Annotated[float | None, Field(ge=3), BeforeValidator(lambda said: said or None)] = 3
    """After how long without a sign of life another worker is taken for dead, and its transfers are taken over.

    Empty: no worker looks after the others, and the first step to each transfer of a dead one waits about ten seconds.
    """
    mosaic_per_second: Annotated[float, Field(gt=0)] = 10
    """How many attempts at Mosaic begin in a second, those of all workers together; each is a few calls.

    What mails need from Mosaic, names and documents, is asked when they are written, and not counted here.
    """
    digest_at: At = time(8, 30)
    """When the morning digest is sent, London time, not between 01:00 and 02:00; empty: this worker makes no schedule.

    A schedule ``morning-digest`` that is there already stays as it is: ``temporal schedule`` changes it.
    """
    digest_days: Days = "mon-fri"
    """On which days, as cron names them: ``mon-fri``, ``mon,wed,fri``."""
    reconcile_at: At = time(6)
    """When register, Mosaic and Temporal are compared each day, at a London time as that; empty: no schedule is made.

    A schedule ``reconcile`` that is there already stays as it is.
    """
