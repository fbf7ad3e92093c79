"""The figures by which a running installation is watched; counts and times, nothing about a family."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

LATE = timedelta(minutes=10)
"""An alert that is raised later than this is counted as late: people notice it."""


class Told(NamedTuple):
    """The alerts of one kind that were raised so far."""

    number: int
    lateness: timedelta
    """How late they were raised, all together: as nothing ran, or the machine was busy."""
    late: int = 0
    """How many of them were raised more than ``LATE`` after their time."""


class Waits(NamedTuple):
    """What is waited for, of one kind and as it stands."""

    number: int
    since: datetime
    """Since when the oldest is waited for."""
    due: datetime | None
    """When the first is due, or was; None where no due date counts."""


class Figures(NamedTuple):
    """How everything stands now."""

    open_by_stage: Mapping[str, int]
    waiting: Mapping[tuple[str, str], int]
    """Open transfers by stage and by whom they wait for; one that waits for two is counted for both."""
    clocks: Mapping[tuple[str, str], Waits]
    """The clocks that run, by what is waited for, and how they stand."""
    alerts: Mapping[tuple[str, str], Told]
    """By what was waited for, and what was said: a reminder, a breach, an escalation."""
    attention: Mapping[str, int]
    """What waits for a person, by what is wrong, in transfers that have ended, too."""
    harm: Mapping[str, int]
    """Open transfers in which significant harm was reported, by how that stands."""
    harm_reports: int
    """Reports of significant harm."""
