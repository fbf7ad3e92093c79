"""What only a referral needs: it is opened in the register and shown there."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.failures import as_failures
from activities.ports import Calendars, TransferRegister
from activities.showing import ShowJourney, Shows
from models.journey.projection import News
from models.journey.recorded import Opening
from models.journey.status import Status, status
from models.step_up.facts import Recorded, StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.start import Referral
from models.vocabulary import Frozen


class OpenReferral(Frozen):
    """Load the policy and the service that stays with the children, and see who else referred them."""

    request: Referral
    at: datetime

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return self.request.privacy


class ShowReferral(ShowJourney):
    """How a referral stands."""

    evidence: tuple[Recorded, ...] = ()


@dataclass(frozen=True)
class StepUpActivities:
    """Writes referrals into the register."""

    register: TransferRegister
    calendars: Calendars
    shows: Shows

    @activity.defn
    def open_referral(self, order: OpenReferral) -> Opening:
        """SU-01: it begins whatever is known of the children, also beside another referral."""

        def begun(opening: Opening) -> Status:
            return status(STEP_UP, StepUpFacts(request=order.request, opened_at=order.at, opening=opening))

        with as_failures():
            return self.register.open_transfer(order.request, order.at, self.calendars.current(), begun)

    @activity.defn
    def show_referral(self, order: ShowReferral) -> News | None:
        """An older version never overwrites a newer one."""
        return self.shows.show(order)
