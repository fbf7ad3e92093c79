"""Significant harm: the report, kept as evidence. The contact itself is made by people, by telephone."""

from dataclasses import dataclass

from temporalio import activity

from activities.showing import Shows, ShowTransfer
from models.journey.projection import News


@dataclass(frozen=True)
class SignificantHarmActivities:
    """Keeps reports where they can be shown."""

    shows: Shows

    @activity.defn
    def capture_harm_report(self, order: ShowTransfer) -> News | None:
        """SU-01: what was reported, and who was spoken to."""
        return self.shows.show(order)
