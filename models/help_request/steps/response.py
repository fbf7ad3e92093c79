"""What becomes of a request, and that whoever asked has heard of it (ER-12, ER-14, ER-15)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from models.help_request.stage import NEEDS_ADMISSION, Outcome
from models.help_request.steps.admission import HUB_ROLES
from models.journey.given import GiveToService
from models.journey.referrer import ReferrerTold
from models.journey.steps import Cancel, ReportsHarm, Step
from models.vocabulary import ChildRef, Frozen, Listed, Moment, Narrative, Ref, Role, day_words, local_time


class KindOfService(StrEnum):
    """To what kind of service a family is signposted (ER-12)."""

    CHILDRENS_CENTRE = "childrens_centre"
    SCHOOL = "school"
    CLUSTER = "cluster"
    YOUTH_WORK = "youth_work"
    FAMILY_HUB = "family_hub"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The kind as people say it."""
        return "children's centre" if self is KindOfService.CHILDRENS_CENTRE else self.value.replace("_", " ")


Answer = Literal[
    Outcome.SUPPORT_OFFERED,
    Outcome.SIGNPOSTED,
    Outcome.GUIDANCE,
    Outcome.WORKFORCE_DEVELOPMENT,
    Outcome.REDIRECTED,
    Outcome.DECLINED_BY_FAMILY,
    Outcome.NOT_REACHED,
    Outcome.ROUTED,
    Outcome.NOT_COMPLETED,
    Outcome.WAITING,
]
"""Whatever a request may be answered; it is cancelled by a step of its own."""


class TakenBy(Frozen):
    """Who has taken over a request that was routed, and when."""

    who: Narrative
    at: Moment


class RecordResponse(ReportsHarm):
    """What becomes of the request (ER-12, ER-15); a redirection to Duty and Advice reports a risk of harm (ER-07).

    Who was spoken to there confirms the redirection.
    """

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "responded to the request"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_response"] = "record_response"
    outcome: Answer
    because: Narrative
    kind_of_service: KindOfService | None = None
    """To which kind the family is signposted."""
    routed_to: Narrative | None = None
    """Who answers for the child."""
    taken_by: TakenBy | None = None
    """Who has it there now: with that it is routed."""
    children: Listed[ChildRef] = ()
    """Of a redirection: the children who may be at risk."""
    risk_considered: Narrative | None = None
    """Where somebody said no, nothing came of it, or it is redirected no more: what that means for the risk."""
    until_about: date | None = None
    """Where the family waits: about when support begins."""
    owner: Ref | None = None
    """Who answers for the family until then, by reference: they are told of the review."""
    review_on: date | None = None
    """When it is looked at again."""

    @property
    def offers(self) -> bool:
        """It is support, now or after a wait, for which a request has to be whole (ER-01, ER-02, ER-04)."""
        return self.outcome in NEEDS_ADMISSION

    @property
    def at_risk(self) -> tuple[str, ...]:
        """Of a redirection, all whom it names."""
        return self.children_named() if self.outcome is Outcome.REDIRECTED else ()

    @property
    def is_kept(self) -> bool:
        """Whatever it says."""
        return True

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        kind = f": {self.kind_of_service.words}" if self.kind_of_service else ""
        until = f" until about {day_words(self.until_about)}" if self.until_about else ""
        review = f"; to be looked at again on {day_words(self.review_on)}" if self.review_on else ""
        owner = f"; {self.owner} answers for them" if self.owner else ""
        return f"{self.outcome.words}{kind}{until}{review}{owner}"

    @property
    def own_words(self) -> str:
        """Why, and what was considered."""
        spoken = f"Spoken to: {self.spoken_to.who}" if self.spoken_to else None
        taken = f"Taken by {self.taken_by.who} on {local_time(self.taken_by.at)}" if self.taken_by else None
        return "\n".join(filter(None, (self.because, self.routed_to, taken, self.risk_considered, spoken)))


class RecordReferrerTold(ReferrerTold):
    """Whoever asked has heard that it is dealt with (ER-15), in words about nobody else; or why not (ER-14)."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    step: Literal["record_referrer_told"] = "record_referrer_told"


class Reassign(GiveToService):
    """Another Family Hub or team answers the request; its time runs on."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "gave the request to another team"
    step: Literal["reassign"] = "reassign"


class TakeOver(Step):
    """The team to which a request was given has it."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "took over the request"
    goes_on: ClassVar[bool] = True
    step: Literal["take_over"] = "take_over"


class CancelRequest(Cancel):
    """The request is cancelled, with what that means for the risk to the children."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES | {Role.OPERATIONS}
    does: ClassVar[str] = "cancelled the request"
    risk_considered: Narrative | None = None
    """Not asked where the request was opened in error, unless Duty and Advice passed it on."""

    @property
    def own_words(self) -> str:
        """Why, and what was considered."""
        return "\n".join(filter(None, (self.because, self.risk_considered)))
