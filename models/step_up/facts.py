"""The facts of one referral to Children's Social Work."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from models.journey import harm
from models.journey.given import FactsGivenOn
from models.journey.harm_outcome import ContactOutcome, HarmOutcome
from models.journey.recorded import RecordedStep
from models.journey.remembered import remembered
from models.journey.reports import CALLED_BEFORE
from models.journey.start import IN_THE_REQUEST
from models.journey.steps import ReportsHarm, SpokenTo, Step
from models.step_up.start import ParentsAsked, Referral
from models.step_up.steps.assessment import (
    AnswerDisagreement,
    Assessed,
    CancelReferral,
    ChildAssessed,
    RecordAssessmentOutcome,
    RecordDisagreement,
    RecordReferrerTold,
    RecordSocialWorker,
)
from models.step_up.steps.contact import INSIDE, RecordContact
from models.step_up.steps.decision import RecordContactOutcome
from models.step_up.steps.every import AnyStep
from models.vocabulary import Role

GOES_FURTHER = frozenset({HarmOutcome.SINGLE_ASSESSMENT, HarmOutcome.EMERGENCY_RESPONSE})
"""What a contact comes to of which something has to come (SU-06)."""


class Recorded(RecordedStep):
    """A step of a referral as it was recorded."""

    step: AnyStep


class StepUpFacts(FactsGivenOn):
    """Everything that a referral knows."""

    UNDONE_BY: ClassVar[Mapping[type[Step], tuple[type[Step], ...]]] = {
        RecordReferrerTold: (RecordContactOutcome, RecordAssessmentOutcome, CancelReferral),
    }
    CONFIRMED_BY: ClassVar[frozenset[Role]] = INSIDE
    request: Referral
    steps: tuple[Recorded, ...] = ()

    @property
    def route(self) -> str:
        """Whether significant harm is suspected, or agreement is sought first (SU-01a)."""
        return "significant_harm" if self.harm_stands else "by_agreement"

    @property
    @remembered
    def child_refs(self) -> tuple[str, ...]:
        """The children of the referral, and whoever else was reported in it: each is decided on."""
        named = (child for report in self.harm_reports for child in report.at_risk)
        return tuple(dict.fromkeys((*super().child_refs, *named)))

    def may_name(self, step: Step, child: str) -> bool:
        """Harm is reported of whichever child, as of a sibling of whom nobody thought (SU-01)."""
        return (isinstance(step, ReportsHarm) and bool(step.at_risk)) or super().may_name(step, child)

    def keeps_open(self, child: str) -> bool:  # noqa: ARG002 (every journey is asked of a child)
        """No referral closes a child."""
        return False

    @property
    def goes_on(self) -> bool:
        """It was not cancelled."""
        return self.cancelled is None

    def spoken_to(self, report: ReportsHarm) -> SpokenTo | None:
        """SU-01; who recorded the contact, or what it came to, said it, too."""
        before = CALLED_BEFORE if report.step_id == IN_THE_REQUEST else timedelta(0)
        said = [(step.children_named(), step.spoken_to) for step in self.all_of(RecordContact)]
        said += [(s.children_named(), SpokenTo(who=s.said_by, at=s.said_at)) for s in self.all_of(RecordContactOutcome)]
        calls = (c for named, c in said if {*report.at_risk} <= {*named} and c.at >= report.occurred_at - before)
        return super().spoken_to(report) or next(calls, None)

    @property
    def contacted(self) -> SpokenTo | None:
        """SU-01: who was spoken to last, where no significant harm is suspected."""
        said = self.last_of(RecordContact)
        return said.spoken_to if said is not None else self.request.spoken_to

    @property
    def parents(self) -> ParentsAsked | None:
        """SU-01a: what was said last of agreement; None where nobody has said anything."""
        said = (step.parents for step in reversed(self.all_of(RecordContact)) if step.parents is not None)
        return next(said, self.request.parents)

    @property
    def agreed(self) -> bool:
        """SU-01a: somebody was asked, and agreed."""
        return self.parents is not None and bool(self.parents.agreed)

    @remembered
    def outcome_step(self, child: str) -> RecordContactOutcome | None:
        """SU-03: what the contact came to for the child; a new report of harm asks for a new word."""
        said = self.last_of(RecordContactOutcome, child)
        reports = (harm.first_said(self, report) for report in self.harm_reports if child in report.at_risk)
        if said is None or any(self.came_after(report.step, said) for report in reports):
            return None
        return said

    def contact_outcome(self, child: str) -> ContactOutcome | None:
        """The same, as it was said of the child."""
        said = self.outcome_step(child)
        return next((one for one in said.children if one.ref == child), None) if said is not None else None

    @property
    def undecided(self) -> tuple[str, ...]:
        """SU-03: the children of whom nobody has said what the contact came to."""
        return tuple(ref for ref in self.child_refs if self.outcome_step(ref) is None)

    def goes_further(self, child: str) -> bool:
        """SU-06: an assessment is made of the child, or there was an emergency response."""
        said = self.contact_outcome(child)
        return said is not None and bool(GOES_FURTHER & {*said.outcomes})

    @remembered
    def assessed(self, child: str) -> ChildAssessed | None:
        """SU-06: what came of that for the child; None where it is still to be said, or nothing has to come."""
        said, decided = self.last_of(RecordAssessmentOutcome, child), self.outcome_step(child)
        if said is None or decided is None or not self.goes_further(child) or self.came_after(decided, said):
            return None
        return next(one for one in said.children if one.ref == child)

    @property
    def unassessed(self) -> tuple[str, ...]:
        """SU-06: the children of whom it is still to be said."""
        return tuple(ref for ref in self.child_refs if self.goes_further(ref) and self.assessed(ref) is None)

    def has_social_work(self, child: str) -> bool:
        """SU-06: social work goes on with the child."""
        said = self.assessed(child)
        return said is not None and said.outcome is not Assessed.NO_SOCIAL_WORK

    def social_worker_of(self, child: str) -> str | None:
        """SU-08: the named social worker who has the child, by reference."""
        said = self.last_of(RecordSocialWorker, child)
        return said.social_worker if said is not None else None

    @property
    def without_social_worker(self) -> tuple[str, ...]:
        """SU-08: the children with whom Early Help stays, though social work goes on."""
        return tuple(ref for ref in self.child_refs if self.has_social_work(ref) and self.social_worker_of(ref) is None)

    @property
    def told(self) -> RecordReferrerTold | None:
        """SU-06: whoever was worried has heard what was decided last, or it is said why not."""
        return self.last_of(RecordReferrerTold)

    @property
    def to_be_told(self) -> bool:
        """SU-06: something was decided since they were told."""
        decided = self.last_of(RecordContactOutcome) is not None or self.cancelled is not None
        return decided and self.told is None

    def answers_to(self, disagreement: RecordDisagreement) -> list[AnswerDisagreement]:
        """SU-08: the answers, from the lowest level up."""
        return [step for step in self.all_of(AnswerDisagreement) if step.of == disagreement.step_id]

    def unsettled(self, *, answers: int) -> tuple[RecordDisagreement, ...]:
        """SU-08: the disagreements that so many people have answered, and none has settled."""
        said = ((step, self.answers_to(step)) for step in self.all_of(RecordDisagreement))
        return tuple(step for step, to in said if len(to) == answers and not any(answer.settled for answer in to))
