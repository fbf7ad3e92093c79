"""The decision child by child, and what comes before it: the practitioner, the advice (SD-01, SD-23, SD-27…30)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import model_validator

from models.census import ClosureReason
from models.journey.steps import FURTHEST_AHEAD, Step
from models.step_down.steps.endings import MOVED, OF_THE_CHILD, HowPlanEnded, Move, MoveKind, PlanEnd
from models.vocabulary import ChildRef, EmailAddress, Frozen, Listed, Narrative, NonEmpty, Ref, Role


class Part(Frozen):
    """One part of the summary of advice: the text, or why it was not obtained (SD-30)."""

    text: Narrative | None = None
    not_obtained_because: Narrative | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Part":
        if (self.text is None) == (self.not_obtained_because is None):
            raise ValueError("text: give the text, or say why it was not obtained, and not both (SD-30)")
        return self

    @property
    def words(self) -> str:
        """The part as it stands in the summary."""
        return self.text or f"Not obtained: {self.not_obtained_because}"


class ChildAdvice(Frozen):
    """The four parts of the summary of advice for one child (SD-30)."""

    ref: Ref
    reasons_for_end: Part
    practitioners_views: Part
    childs_views: Part
    carers_views: Part


class Decision(StrEnum):
    """What is decided for one child."""

    TRANSFER = "transfer"
    UNIVERSAL_ONLY = "universal_only"
    """Universal services suffice (SD-27, SD-32)."""
    NO_FURTHER_SUPPORT = "no_further_support"
    STAYS_WITH_SOCIAL_WORK = "stays_with_social_work"
    MOVED_AWAY = "moved_away"
    """The child lives in another authority's area now, which knows it (SD-23a)."""

    @property
    def closes(self) -> bool:
        """Social work closes the child."""
        return self is not Decision.STAYS_WITH_SOCIAL_WORK

    @property
    def words(self) -> str:
        """The decision as people say it."""
        return {
            "transfer": "passes to Early Help",
            "universal_only": "closes, universal services only",
            "no_further_support": "closes, no further support",
            "stays_with_social_work": "stays with social work",
            "moved_away": "closes, moved away",
        }[self.value]


CLOSING = frozenset(decision for decision in Decision if decision.closes)
GOES_WITH = {
    ClosureReason.ADOPTED: CLOSING,
    ClosureReason.DIED: {Decision.NO_FURTHER_SUPPORT},
    ClosureReason.CHILD_ARRANGEMENTS_ORDER: CLOSING,
    ClosureReason.SPECIAL_GUARDIANSHIP: CLOSING,
    ClosureReason.ANOTHER_AUTHORITY: {Decision.MOVED_AWAY},
    ClosureReason.ADULT_SERVICES: {Decision.NO_FURTHER_SUPPORT},
    ClosureReason.CEASED: CLOSING,
    ClosureReason.ASSESSED_NO_ACTION: {Decision.UNIVERSAL_ONLY, Decision.NO_FURTHER_SUPPORT},
    ClosureReason.ASSESSED_EARLY_HELP: {Decision.TRANSFER},
}
"""With which decisions a reason for closure can be chosen (SD-40)."""


class ChildDecision(Frozen):
    """The decision for one child, with its reason."""

    ref: Ref
    decision: Decision
    because: Narrative
    address_known: bool | None = None
    """Whether it is known where the child lives; said of each child who is to be closed, and is alive."""
    moved: Move | None = None
    plan_ended: PlanEnd | None = None
    closure_reason: ClosureReason | None = None
    """The census's reason for closure, where another one holds than follows, or none follows (SD-40)."""

    @property
    def asks_for_address(self) -> bool:
        """SD-23a: it closes a child who lives somewhere."""
        return self.decision.closes and not self.died

    @property
    def died(self) -> bool:
        """The child has died."""
        ended = self.plan_ended is not None and self.plan_ended.how is HowPlanEnded.DIED
        return ended or self.closure_reason is ClosureReason.DIED

    @property
    def ended_without_conference(self) -> date | None:
        """SD-19a: the day on which its plan ended without a conference here; None where it is not said that it did."""
        if self.plan_ended is not None:
            return self.plan_ended.ended_on
        return self.moved.conference_held_on if self.moved is not None else None

    @model_validator(mode="after")
    def _ends_as_it_is_decided(self) -> "ChildDecision":
        if self.plan_ended is None:
            return self
        abroad = self.moved is not None and self.moved.kind is MoveKind.ABROAD
        left = self.plan_ended.how is HowPlanEnded.LEFT_UK
        if left is not abroad or not (left or self.decision is Decision.NO_FURTHER_SUPPORT):
            raise ValueError(
                "plan_ended: a child who has left the country for good has moved abroad; one who turned 18, or has "
                "died, is closed with no further support (SD-19a)"
            )
        return self

    @model_validator(mode="after")
    def _closes_for_a_reason_that_goes_with_it(self) -> "ChildDecision":
        reason, how = self.closure_reason, self.plan_ended.how if self.plan_ended else None
        if how in OF_THE_CHILD and reason not in OF_THE_CHILD[how]:
            raise ValueError(
                "closure_reason: say the census's reason for closure: RC2 if the child has died; for a child who "
                "turned 18, RC6 if they pass to adult social care, otherwise RC7 (SD-40)"
            )
        abroad = self.moved is not None and self.moved.kind is MoveKind.ABROAD
        elsewhere = reason is ClosureReason.ANOTHER_AUTHORITY and abroad
        if reason is not None and (self.decision not in GOES_WITH[reason] or elsewhere):
            raise ValueError(
                "closure_reason: this reason for closure does not go with what is decided for the child; left out, it "
                "follows from the decision (SD-40)"
            )
        return self

    @model_validator(mode="after")
    def _says_whether_it_is_known_where_the_child_lives(self) -> "ChildDecision":
        if self.asks_for_address and self.address_known is None:
            raise ValueError(
                "address_known: say whether it is known where the child lives; the case of a child whose address is "
                "not known is not closed (SD-23a)"
            )
        return self

    @model_validator(mode="after")
    def _who_moved_is_known_there(self) -> "ChildDecision":
        if self.decision is Decision.MOVED_AWAY and self.moved is None:
            raise ValueError(
                "moved: say which authority has the child now, and when our written notice went to it; a child whose "
                "address nobody knows stays with social work: follow the missing-family procedure (SD-23a)"
            )
        if self.decision is not Decision.MOVED_AWAY and self.moved is not None:
            raise ValueError("moved: say which authority has the child now only for a child who has moved (SD-23a)")
        return self


class NameLeadPractitioner(Step):
    """The lead practitioner, or the practitioner of a single agency; until one is allocated, a contact (SD-28)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.EARLY_HELP_SERVICE})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "named the practitioner who takes over"
    step: Literal["name_lead_practitioner"] = "name_lead_practitioner"
    practitioner: Ref
    name: Narrative
    agency: Narrative
    email: EmailAddress
    uses_mosaic: bool = True
    """False where they do not, as in a school, though the service does: they are sent the papers (SD-31)."""
    interim_until: date | None = None
    """They are an interim contact, to whom the team manager agrees: a practitioner is to be allocated by this day."""
    children: Listed[ChildRef] = ()
    """None: every child of the transfer (SD-38)."""

    def names(self, child: str | None) -> bool:
        """Whether it is about the child; about every one where it names none."""
        return not self.children or super().names(child)

    @model_validator(mode="after")
    def _expected_soon(self) -> "NameLeadPractitioner":
        if self.interim_until is not None and self.interim_until < self.day:
            raise ValueError(
                "interim_until: the day by which a practitioner is expected is before the agreement (SD-28)"
            )
        if self.interim_until is not None and self.interim_until > self.day + FURTHEST_AHEAD:
            raise ValueError(
                "interim_until: the day by which a practitioner is expected is more than a year away (SD-28)"
            )
        return self

    @property
    def needs_manager(self) -> bool:
        """An interim contact is the manager's to agree to (SD-28)."""
        return self.interim_until is not None

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        about = f", for {', '.join(self.children_named())}" if self.children else ""
        if self.interim_until is None:
            return f"{self.practitioner}{about}"
        day = self.interim_until
        until = f"expected by {day.day} {day:%B %Y}"
        return f"{self.practitioner}{about}, a contact until a practitioner is allocated, {until}"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        mosaic = "" if self.uses_mosaic else "; does not use Mosaic"
        return f"{self.name}, {self.agency}, {self.email}{mosaic}"


class RecordManagementConversation(Step):
    """The team manager and the Targeted Services Leader talked about the right response (SD-29)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER, Role.TARGETED_SERVICES_LEADER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded what team manager and Targeted Services Leader agreed"
    step: Literal["record_management_conversation"] = "record_management_conversation"
    team_manager: Ref
    targeted_services_leader: Ref
    agreed: Narrative
    """What they agreed, and who does what."""

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.agreed


class RecordAdviceSummary(Step):
    """The summary of advice that the practitioner will get at closure (SD-30)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "recorded the summary of advice"
    step: Literal["record_advice_summary"] = "record_advice_summary"
    children: NonEmpty[ChildAdvice]

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(self.children_named())


class RecordDecisions(Step):
    """The decision child by child; closing a case waits for the team manager's own act (SD-01, SD-23, SD-23b)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    counts_as: ClassVar[frozenset[Role]] = frozenset({Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded the decision for the children"
    goes_on: ClassVar[bool] = True
    step: Literal["record_decisions"] = "record_decisions"
    children: NonEmpty[ChildDecision]
    no_further_role_confirmed: bool
    """SD-01, again at closure: no further role for social work, for every child here that is to be closed."""
    of_what_mosaic_does_not_say: Narrative | None = None
    """SD-19b: the team manager's own word on it, where they decide themselves."""

    @model_validator(mode="after")
    def _not_known_there_before(self) -> "RecordDecisions":
        today = self.day
        moves = [child.moved for child in self.children if child.moved is not None]
        if any(day > today for move in moves for day in move.days):
            raise ValueError("notice_sent_on, confirmed_on, conference_held_on: this day is in the future (SD-23a)")
        if any(child.plan_ended.ended_on > today for child in self.children if child.plan_ended is not None):
            raise ValueError("plan_ended: the day on which the plan ended is in the future (SD-19a)")
        return self

    def closes(self, child: str) -> bool:
        """Whether it closes this child."""
        return any(said.decision.closes for said in self.children if said.ref == child)

    @property
    def ends_without_conference(self) -> bool:
        """SD-19a: it says of a child that its plan ended without a conference here."""
        return any(child.ended_without_conference for child in self.children)

    @property
    def needs_manager(self) -> bool:
        """What closes a child is the manager's own act (SD-23b)."""
        return any(child.decision.closes for child in self.children)

    @property
    def privacy(self) -> str:
        """Where a family went, and what a manager knows of orders or enquiries, is for few to read."""
        reasons = [child.closure_reason for child in self.children if child.closure_reason is not None]
        for_few = any(reason.for_few for reason in reasons) or any(child.moved for child in self.children)
        return "restricted" if for_few or self.of_what_mosaic_does_not_say is not None else super().privacy

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(f"{child.ref} {child.decision.words}" for child in self.children)

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return "\n".join(f"{child.ref}: {MOVED if child.moved else child.because}" for child in self.children)
