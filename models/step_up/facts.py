"""The facts of one referral to Children's Social Work."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from models.journey.given import FactsGivenOn
from models.journey.harm_outcome import ContactOutcome, HarmOutcome
from models.journey.linked import opener
from models.journey.recorded import RecordedStep
from models.journey.remembered import remembered
from models.journey.reports import CALLED_BEFORE, own_call, versions
from models.journey.start import IN_THE_REQUEST
from models.journey.steps import CLOCK_SKEW, Cancel, ReportsHarm, SpokenTo, Step
from models.kinds import OFFICES, Audience
from models.step_up.start import ParentsAsked, Referral
from models.step_up.steps.assessment import (
    ASSESSES,
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
from models.step_up.steps.decision import RecordContactOutcome, RecordStrategyDiscussion
from models.step_up.steps.every import AnyStep
from models.vocabulary import Role

S = TypeVar("S", bound=Step)

GOES_FURTHER = frozenset({HarmOutcome.SINGLE_ASSESSMENT, HarmOutcome.EMERGENCY_RESPONSE})
"""What a contact comes to of which something has to come (SU-06)."""

HIGHEST = 2
"""How many levels answer somebody who disagrees: a manager, and the head of service (SU-08)."""


class Recorded(RecordedStep):
    """A step of a referral as it was recorded."""

    step: AnyStep


class StepUpFacts(FactsGivenOn):
    """Everything that a referral knows."""

    UNDONE_BY: ClassVar[Mapping[type[Step], tuple[type[Step], ...]]] = {
        RecordReferrerTold: (RecordContactOutcome, RecordAssessmentOutcome, CancelReferral),
        Cancel: (ReportsHarm,),
    }
    TELLS_OF_FAMILY: ClassVar[bool] = False
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

    @property
    def goes_on(self) -> bool:
        """It was not cancelled, or harm was reported since."""
        return self.cancelled is None

    def standing(self, kind: type[S], child: str | None = None) -> list[S]:
        """Every step of a kind that counts, without what a later one corrects."""
        said = self.all_of(kind, child)
        corrected = {step.corrects for step in said}
        return [step for step in said if step.step_id not in corrected]

    def noticed(self, report: ReportsHarm, *children: str) -> ReportsHarm:
        """The report as it named these children first; a correction that adds one is new for that one."""
        return [one for one in versions(self, report) if {*children} <= {*one.at_risk}][-1]

    def counts_from(self, report: ReportsHarm, *children: str) -> datetime:
        """SU-01: from when a word on these children answers it; what was said before was about something else."""
        first = self.noticed(report, *children)
        since = first.occurred_at - (CALLED_BEFORE if first.step_id == IN_THE_REQUEST else timedelta(0))
        call = own_call(self, report) if report.actor.role in self.CONFIRMED_BY else None
        return min(since, call.at) if call is not None else since

    def word_counts_from(self, child: str) -> datetime:
        """SU-03: from when a word on the child answers everything that was said of them so far."""
        reports = (report for report in self.harm_reports if child in report.at_risk)
        since = (self.counts_from(report, child) for report in reports)
        came = min(self.request.received_at, self.opened_at)
        return max((came - CALLED_BEFORE, *since))

    def spoken_to(self, report: ReportsHarm) -> SpokenTo | None:
        """SU-01; who recorded the contact, or what it came to, said it, too."""
        request = self.request
        if report.step_id == IN_THE_REQUEST and opener(request) is not None and request.spoken_to is not None:
            return request.spoken_to
        said = [(step.children_named(), step.spoken_to) for step in self.standing(RecordContact)]
        said += [(step.children_named(), step.spoken_to) for step in self.all_of(RecordContactOutcome)]
        since = self.counts_from(report, *report.at_risk)
        calls = (call for named, call in said if {*report.at_risk} <= {*named} and call.at >= since)
        return super().spoken_to(report) or next(calls, None)

    def call_about(self, child: str) -> SpokenTo | None:
        """SU-01: who was spoken to about the child first; what somebody outside says of a call is no word on it."""
        request = self.request
        calls = [step.spoken_to for step in self.standing(RecordContact) if step.names(child)]
        counts = opener(request) is not None or request.opened_by in self.CONFIRMED_BY
        in_start = request.spoken_to if counts else None
        if in_start is not None and in_start.at <= self.opened_at + CLOCK_SKEW:
            calls.append(in_start)
        return min((call for call in calls if call.at >= self.word_counts_from(child)), default=None, key=_when)

    @property
    def without_call(self) -> tuple[str, ...]:
        """SU-01: the children about whom nobody spoke to Duty and Advice, and nobody there has said anything."""
        return tuple(ref for ref in self.undecided if self.call_about(ref) is None)

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
        reports = (self.noticed(report, child) for report in self.harm_reports if child in report.at_risk)
        if said is None or any(self.came_after(report, said) for report in reports):
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

    @remembered
    def still_open(self, child: str) -> tuple[RecordContactOutcome | RecordStrategyDiscussion, ...]:
        """SU-06: what has to come to something for the child, and has not; a later word takes nothing of it back."""
        outcomes = [step for step in self.standing(RecordContactOutcome, child) if _goes_further(step, child)]
        enquiries = [step for step in self.standing(RecordStrategyDiscussion, child) if step.section_47]
        assessed = self.last_of(RecordAssessmentOutcome, child)
        asking: list[RecordContactOutcome | RecordStrategyDiscussion] = [*outcomes, *enquiries]
        wanted = (step for step in asking if assessed is None or self.came_after(step, assessed))
        return tuple(sorted(wanted, key=lambda step: self.places[step.step_id]))

    def goes_further(self, child: str) -> bool:
        """SU-06: an assessment or an enquiry is made of the child, or there was an emergency response."""
        return bool(self.still_open(child)) or self.last_of(RecordAssessmentOutcome, child) is not None

    @remembered
    def assessed(self, child: str) -> ChildAssessed | None:
        """SU-06: what came of that for the child; None where it is still to be said, or nothing has to come."""
        said = self.last_of(RecordAssessmentOutcome, child)
        return None if said is None or self.still_open(child) else _of_child(said, child)

    @property
    def unassessed(self) -> tuple[str, ...]:
        """SU-06: the children of whom it is still to be said."""
        return tuple(ref for ref in self.child_refs if self.still_open(ref))

    def has_social_work(self, child: str) -> bool:
        """SU-06: social work goes on with the child."""
        said = self.assessed(child)
        return said is not None and said.outcome is not Assessed.NO_SOCIAL_WORK

    def social_worker_of(self, child: str) -> str | None:
        """SU-08: the named social worker who has the child, by reference."""
        said = [step for step in self.standing(RecordSocialWorker) if step.names(child)]
        over = [step for step in self.standing(RecordAssessmentOutcome, child) if _ends(step, child)]
        stands = said and not (over and self.came_after(over[-1], said[-1]))
        return said[-1].social_worker if stands and self.goes_further(child) else None

    @property
    def belongs_to(self) -> tuple[str, ...]:
        """The front door, by day and out of hours; and the teams that assess, or have, a child.

        The service with which the children stay is told what it has to know: what somebody else said is not its own.
        """
        steps = (*self.standing(RecordAssessmentOutcome), *self.standing(RecordSocialWorker))
        people = (one for step in steps for one in (step.actor, step.on_behalf_of) if one is not None)
        teams = (one.team for one in people if one.team is not None and one.role in ASSESSES)
        front_door = (OFFICES[Audience.DUTY_AND_ADVICE], OFFICES[Audience.EMERGENCY_DUTY_TEAM])
        return tuple(dict.fromkeys((*front_door, *teams)))

    @property
    def named_people(self) -> tuple[str, ...]:
        """SU-08: the social workers who have the children."""
        having = (self.social_worker_of(child) for child in self.child_refs)
        return tuple(dict.fromkeys(who for who in having if who is not None))

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
        return [step for step in self.standing(AnswerDisagreement) if step.of == disagreement.step_id]

    def level(self, answer: AnswerDisagreement) -> int | None:
        """SU-08: how many levels have answered before it, but for what it corrects; None where none waits for it."""
        known = any(step.step_id == answer.of for step in self.standing(RecordDisagreement))
        to = [step for step in self.standing(AnswerDisagreement) if step.of == answer.of]
        levels = _levels(others := [step for step in to if step.step_id != answer.corrects])
        waits = known and levels < HIGHEST and not any(step.settled for step in others)
        return levels if waits else None

    def unsettled(self, *, answers: int) -> tuple[RecordDisagreement, ...]:
        """SU-08: the disagreements that so many levels have answered, and none has settled."""
        said = ((step, self.answers_to(step)) for step in self.standing(RecordDisagreement))
        return tuple(step for step, to in said if _levels(to) == answers and not any(answer.settled for answer in to))


def _when(call: SpokenTo) -> datetime:
    return call.at


def _goes_further(step: RecordContactOutcome, child: str) -> bool:
    return any(GOES_FURTHER & {*one.outcomes} for one in step.children if one.ref == child)


def _of_child(step: RecordAssessmentOutcome, child: str) -> ChildAssessed:
    return next(one for one in step.children if one.ref == child)


def _ends(step: RecordAssessmentOutcome, child: str) -> bool:
    return _of_child(step, child).outcome is Assessed.NO_SOCIAL_WORK


def _levels(answers: list[AnswerDisagreement]) -> int:
    """Above the head of service nobody answers here."""
    return HIGHEST if any(step.actor.role is Role.HEAD_OF_SERVICE for step in answers) else len(answers)
