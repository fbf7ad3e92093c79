"""Open transfers as a digest reads them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models.kinds import ClockKind
from models.operations.digest import Digest, RunningClock, RunningTransfer, digest_for, readers
from models.step_down.stage import Stage
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
        "journey": "step-down",
        "stage_words": Stage.CONVERSATION.words,
        "service_ref": "service-north",
        "service": "Early Help North",
        "social_work_team": "team-sw",
        "social_worker": "sw-7",
        "team_manager": "tm-1",
        "restricted": False,
        "waiting_for": ("nobody",),
        "clocks": clocks,
    }
    return RunningTransfer.model_validate({**said, **changes})


def digests(transfers: Sequence[RunningTransfer], now: datetime) -> list[Digest]:
    """What everybody reads."""
    return [digest_for(reader, transfers, now) for reader in readers(transfers, now)]


def a_large_council() -> list[RunningTransfer]:
    """2,000 transfers with everything overdue, of 40 services, 160 social workers and 80 managers."""
    late = [clock(kind, FRIDAY) for kind in (ClockKind.CONVERSATION, ClockKind.CONSENT, ClockKind.ATTENTION)]
    return [
        running(
            *late,
            id=f"transfer-{number}",
            service_ref=f"service-{number % 40}",
            social_worker=f"sw-{number % 160}",
            team_manager=f"tm-{number % 80}",
        )
        for number in range(2000)
    ]
