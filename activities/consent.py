"""Consent capture: the evidence that the family agreed, or withdrew its consent."""

from dataclasses import dataclass

from temporalio import activity

from activities.showing import Shows, ShowTransfer
from models.journey.projection import News


@dataclass(frozen=True)
class ConsentActivities:
    """Keeps consent where it can be shown."""

    shows: Shows

    @activity.defn
    def capture_consent(self, order: ShowTransfer) -> News | None:
        """SD-09: the family's answer, child by child."""
        return self.shows.show(order)

    @activity.defn
    def capture_withdrawal(self, order: ShowTransfer) -> News | None:
        """SD-09a: consent is withdrawn, for these children."""
        return self.shows.show(order)
