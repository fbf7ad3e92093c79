"""What only a request for Early Help needs: it is opened in the register and shown there."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from activities.failures import as_failures
from activities.ports import Calendars, TransferRegister
from activities.showing import ShowJourney, Shows
from models.help_request.facts import HelpFacts, Recorded
from models.help_request.journey import HELP_REQUEST
from models.help_request.start import HelpRequest
from models.journey.projection import News
from models.journey.recorded import Opening
from models.journey.status import Status, status
from models.vocabulary import Frozen


class OpenRequest(Frozen):
    """Load the policy and the team that answers, and see whether another open journey holds a child."""

    request: HelpRequest
    at: datetime

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return self.request.privacy


class ShowRequest(ShowJourney):
    """How a request stands."""

    evidence: tuple[Recorded, ...] = ()


@dataclass(frozen=True)
class HelpRequestActivities:
    """Writes requests into the register."""

    register: TransferRegister
    calendars: Calendars
    shows: Shows

    @activity.defn
    def open_request(self, order: OpenRequest) -> Opening:
        """ER-15: a child whom another open journey holds is not taken; the request is open all the same."""

        def begun(opening: Opening) -> Status:
            return status(HELP_REQUEST, HelpFacts(request=order.request, opened_at=order.at, opening=opening))

        with as_failures():
            return self.register.open_transfer(order.request, order.at, self.calendars.current(), begun)

    @activity.defn
    def show_request(self, order: ShowRequest) -> News | None:
        """An older version never overwrites a newer one."""
        return self.shows.show(order)
