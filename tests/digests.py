"""Open transfers as a digest reads them."""

from datetime import datetime, timedelta
from typing import Any

from models.clocks import ClockKind
from models.digest import RunningClock, RunningTransfer
from models.step_down.answers import Stage
from models.vocabulary import LONDON

MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=LONDON)
"""A Monday."""
TODAY = MORNING.replace(hour=17, minute=0)
FRIDAY = TODAY - timedelta(days=3)
TOMORROW = TODAY + timedelta(days=1)


def clock(
    kind: ClockKind = ClockKind.CONVERSATION, due: datetime | None = TODAY, since: datetime = FRIDAY - timedelta(days=3)
) -> RunningClock:
    return RunningClock(kind=kind, since=since, due=due)


def running(*clocks: RunningClock, **changes: Any) -> RunningTransfer:
    said = {
        "id": "transfer-1",
        "stage": Stage.CONVERSATION,
        "service_ref": "service-north",
        "service": "Early Help North",
        "social_work_team": "team-sw",
        "social_worker": "sw-7",
        "team_manager": "tm-1",
        "restricted": False,
        "needs_attention": False,
        "waiting_for": ("nobody",),
        "clocks": clocks,
    }
    return RunningTransfer.model_validate({**said, **changes})
