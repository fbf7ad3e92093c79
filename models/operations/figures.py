"""The figures by which a running installation is watched; counts and times, nothing about a family."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple


class Told(NamedTuple):
    """The alerts of one kind that were raised so far."""

    number: int
    lateness: timedelta
    """How late they were raised, all together: as nothing ran, or the machine was busy."""


class Figures(NamedTuple):
    """How everything stands now."""

    open_by_stage: Mapping[str, int]
    clocks: Mapping[tuple[str, str], int]
    """The clocks that run, by what is waited for, and how they stand."""
    alerts: Mapping[tuple[str, str], Told]
    """By what was waited for, and what was said: a reminder, a breach, an escalation."""
    attention: Mapping[str, int]
    """What waits for a person, by what is wrong."""
    harm_reports: int
    """Reports of significant harm."""
