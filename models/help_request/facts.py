"""The facts of one request for Early Help."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from models.effects import Effect
from models.help_request.situation import IN_SOCIAL_WORK, Situation, situation_of
from models.help_request.stage import CONSIDERS_RISK, Outcome
from models.help_request.start import (
    OWN_WORD_FROM,
    Agreement,
    Channel,
    Form,
    FormPart,
    HelpRequest,
    Reach,
    ReferrerKind,
    Word,
)
from models.help_request.steps.admission import (
    HUB_ROLES,
    AnswerOpenPlan,
    AnswerRiskMatrix,
    CompleteRequest,
    ReadForHarm,
    ReceiveDocuments,
    RecordConsent,
    RecordGraduatedResponse,
    RecordReach,
    RecordSituations,
    ReturnIncomplete,
    WithdrawConsent,
)
from models.help_request.steps.every import AnyStep
from models.help_request.steps.response import CancelRequest, RecordReferrerTold, RecordResponse, TakeOver
from models.journey.given import FactsGivenOn, GiveToService
from models.journey.linked import newly_named
from models.journey.recorded import Elsewhere, RecordedStep
from models.journey.remembered import remembered
from models.journey.reports import covers, versions
from models.journey.steps import ReportsHarm, SpokenTo, Step
from models.kinds import EffectKind
from models.vocabulary import Role

LOOK = Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=1)
"""Mosaic is asked once who answers for the children, as the request opens (ER-15)."""
OF_AN_UNBORN_CHILD = "-unborn"
"""How its reference ends, after its mother's: it has no number in Mosaic yet."""
NEW_WORDS = (ReceiveDocuments, CompleteRequest, AnswerRiskMatrix, RecordGraduatedResponse)
"""What brings something in the referrer's words, and has to be read for harm, too (ER-14)."""


class Recorded(RecordedStep):
    """A step of a request as it was recorded."""

    step: AnyStep


class HelpFacts(FactsGivenOn):
    """Everything that a request knows."""

    UNDONE_BY: ClassVar[Mapping[type[Step], tuple[type[Step], ...]]] = {
        RecordConsent: (WithdrawConsent,),
        WithdrawConsent: (RecordConsent,),
        ReturnIncomplete: (CompleteRequest,),
        RecordReferrerTold: (RecordResponse, CancelRequest),
        ReadForHarm: NEW_WORDS,
    }
    CONFIRMED_BY: ClassVar[frozenset[Role]] = HUB_ROLES | {Role.DUTY_AND_ADVICE, Role.EMERGENCY_DUTY_TEAM}
    request: HelpRequest
    steps: tuple[Recorded, ...] = ()

    @property
    def route(self) -> str:
        """There is only one."""
        return "request"

    @property
    def to_pass_on(self) -> bool:
        """ER-15: others answer for some of the children, and nobody has said who took over what concerns them."""
        said = self.response
        told = said is not None and (said.taken_by is not None or said.outcome is Outcome.REDIRECTED)
        return bool(self.others_answer) and not told

    @property
    def began_at(self) -> datetime:
        """With its receipt, wherever it came in: what was done since is recorded with its own time."""
        return min(self.request.received.at, self.opened_at)

    @property
    @remembered
    def situations(self) -> Mapping[str, Situation]:
        """ER-15: the children for whom somebody else answers, and why: as people said last, or else as Mosaic says."""
        unborn = {ref: Situation.UNBORN for ref in self.child_refs if ref not in self.with_number}
        newest = {**unborn, **self._as_mosaic_says, **self._as_people_say}
        return {ref: what for ref, what in newest.items() if what is not Situation.NONE}

    @property
    def with_number(self) -> tuple[str, ...]:
        """The children whom Mosaic may know."""
        return tuple(ref for ref in self.child_refs if not ref.endswith(OF_AN_UNBORN_CHILD))

    @property
    def not_said(self) -> tuple[str, ...]:
        """ER-15: the children of whom neither Mosaic, which was asked, nor a person says who answers for them."""
        looked = self.result(LOOK)
        known = {*looked.records, *self._as_people_say} if looked else {*self.with_number}
        return tuple(ref for ref in self.with_number if ref not in known)

    @property
    def _as_people_say(self) -> Mapping[str, Situation]:
        recorded = (child for step in self.all_of(RecordSituations) for child in step.children)
        return {child.ref: child.situation for child in (*self.request.situations, *recorded)}

    @property
    def _as_mosaic_says(self) -> Mapping[str, Situation]:
        looked = self.result(LOOK)
        found = {ref: situation_of(record) for ref, record in looked.records.items()} if looked else {}
        return {ref: what for ref, what in found.items() if what is not None}

    def to_refer(self, report: ReportsHarm) -> tuple[str, ...]:
        """SU-01: the children of whom it is the first to say it, and whom social work was not known to have by then."""
        known = self.before(report).situations
        return tuple(child for child in newly_named(self, report) if known.get(child) not in IN_SOCIAL_WORK)

    def to_refer_after_all(self, step: RecordSituations) -> tuple[str, ...]:
        """SU-01: the children whom every report left out, as social work was thought to have them, and has not."""
        before = self.before(step)
        had = {ref for ref, what in before.situations.items() if what in IN_SOCIAL_WORK}
        free = [one.ref for one in step.children if one.ref in had and one.situation not in IN_SOCIAL_WORK]
        return tuple(ref for ref in free if before.left_out(ref) is not None)

    def left_out(self, child: str) -> ReportsHarm | None:
        """SU-01: the last report of harm of a child for whom none has opened a referral; None where one has."""
        said = [report for report in self.harm_reports if child in report.at_risk]
        referred = any(child in self.to_refer(one) for report in said for one in versions(self, report))
        return said[-1] if said and not referred else None

    def before(self, step: Step) -> "HelpFacts":
        """What was known as the step was recorded."""
        place = self.places[step.step_id]
        at = self.steps[place].accepted_at
        return self.having(steps=self.steps[:place], effects=tuple(one for one in self.effects if one.at <= at))

    @property
    def others_answer(self) -> frozenset[str]:
        """ER-15: the children whom another open journey has, or for whom somebody else answers."""
        return frozenset({*(one.child for one in self.with_others), *self.situations})

    @property
    def with_others(self) -> tuple[Elsewhere, ...]:
        """ER-15, SU-04: the children whom another open journey has; not one that sent them to Duty and Advice first."""
        return tuple(one for one in self.elsewhere if one.holder not in self.request.line)

    @property
    def to_be_routed(self) -> bool:
        """ER-15: others answer for all its children, and nothing is asked of it but to pass it on."""
        return {*self.child_refs} <= self.others_answer

    @property
    def from_duty_and_advice(self) -> bool:
        """SU-04: passed on by them, whoever asked them and wherever it came in; not gated by ER-01, ER-02 and ER-04."""
        received, referrer = self.request.received, self.request.referrer
        return Channel.DUTY_AND_ADVICE is received.channel or referrer.kind is ReferrerKind.DUTY_AND_ADVICE

    @property
    def to_take_over(self) -> GiveToService | None:
        """ER-06: it was given to the team that answers it now, which has not said yet that it has it."""
        given, taken = self.given, self.last_of(TakeOver)
        return None if given is None or (taken is not None and self.came_after(taken, given)) else given

    @property
    def is_read(self) -> bool:
        """ER-14: it was read for harm, and so was all that has come since; a report of harm is no reading."""
        return self.last_of(ReadForHarm) is not None

    @property
    def first_unread(self) -> Recorded | None:
        """ER-14: what came first since it was read last; None where it was never read, or nothing came."""
        since = [entry for entry in self.steps if isinstance(entry.step, (ReadForHarm, *NEW_WORDS))]
        readings = [place for place, entry in enumerate(since) if isinstance(entry.step, ReadForHarm)]
        return next(iter(since[readings[-1] + 1 :]), None) if readings else None

    def came(self, part: FormPart) -> bool:
        """Whether this part came, on a form that counts."""
        said = (*self.request.forms, *(form for step in self.all_of(ReceiveDocuments) for form in step.forms))
        return any(form.part is part and self.counts(form) for form in said)

    def counts(self, form: Form) -> bool:
        """ER-01: old paperwork does not."""
        return form.version in self.policy.request_forms

    @property
    def plan_open(self) -> bool | None:
        """ER-02: whether an Early Help plan is open; None where nobody has said it."""
        said = self.last_of(AnswerOpenPlan)
        return said.plan_open if said is not None else self.request.plan_open

    @property
    def agreement(self) -> Agreement | None:
        """ER-04, SD-09e: on what it rests, for each child; None where nobody said it, or consent was withdrawn."""
        return self._said_on if self.withdrawn is None and not self.without_a_word else None

    @property
    def without_a_word(self) -> tuple[str, ...]:
        """ER-04, SD-09b: the children for whom what was said does not count, as a child's own word is for one alone."""
        said, asked = self._said_on, (child for child in self.child_refs if child not in self.said_no)
        return tuple(child for child in asked if said is not None and not said.covers(child))

    @property
    def _said_on(self) -> Agreement | None:
        recorded = self.last_of(RecordConsent)
        return recorded.agreement if recorded is not None else self.request.agreement

    @property
    def agreed(self) -> bool:
        """SU-04: somebody whose word counts has said yes to support."""
        return self.agreement is not None and self.agreement.power is None

    @property
    def withdrawn(self) -> WithdrawConsent | None:
        """SD-09a: consent was withdrawn, and nobody has said yes since."""
        return self.last_of(WithdrawConsent)

    @property
    def said_no(self) -> frozenset[str]:
        """SD-09b: the young people of 16 or 17 whose own no stands; only their own later yes undoes it."""
        said = {word.child: yes for yes, word in self._words if word.child is not None}
        return frozenset(child for child, yes in said.items() if not yes)

    @property
    def _words(self) -> Iterator[tuple[bool, Word]]:
        """What young people of 16 or 17 said themselves, oldest first; one of unknown age is taken for one of them."""
        for step in (entry.step for entry in self.steps if not entry.late):
            if isinstance(step, WithdrawConsent) and (step.withdrawn_by.age or OWN_WORD_FROM) >= OWN_WORD_FROM:
                yield False, step.withdrawn_by
            if isinstance(step, RecordConsent):
                yield from ((True, word) for word in step.agreement.agreed_by)

    @property
    def reach(self) -> Reach | None:
        """ER-15: how the family may be reached safely."""
        said = self.last_of(RecordReach)
        return said.reach if said is not None else self.request.reach

    @property
    def owner(self) -> str | None:
        """ER-15: who answers for a family that waits, by reference."""
        return self.response.owner if self.response is not None else None

    @property
    def risk_matrix(self) -> AnswerRiskMatrix | None:
        """What the referrer said when asked (ER-03)."""
        return self.last_of(AnswerRiskMatrix)

    @property
    def graduated(self) -> RecordGraduatedResponse | None:
        """What was tried before (ER-05)."""
        return self.last_of(RecordGraduatedResponse)

    @property
    def returned(self) -> ReturnIncomplete | None:
        """It was returned as incomplete, and has not been completed since."""
        return self.last_of(ReturnIncomplete)

    @property
    def completed(self) -> CompleteRequest | None:
        """What was missing has come."""
        return self.last_of(CompleteRequest)

    @property
    def response(self) -> RecordResponse | None:
        """What the request was answered last.

        Once consent was withdrawn, support counts no more (SD-09a), nor what does not say what that means for the risk.
        """
        said, withdrawn = self.last_of(RecordResponse), self.last_withdrawn
        if said is None or withdrawn is None or self.came_after(said, withdrawn):
            return said
        return None if said.offers or self.lacks_risk(said) else said

    @property
    def last_withdrawn(self) -> WithdrawConsent | None:
        """The last time that consent was withdrawn, though somebody said yes since."""
        said = (entry.step for entry in reversed(self.steps) if isinstance(entry.step, WithdrawConsent))
        return next(said, None)

    def lacks_risk(self, said: RecordResponse) -> bool:
        """ER-15, SD-09e: it does not say what a no, or silence, means for the risk to the children."""
        asked = said.outcome in CONSIDERS_RISK or (
            self.withdrawn is not None and said.outcome is not Outcome.REDIRECTED
        )
        return asked and said.risk_considered is None

    @property
    @remembered
    def harm_reports(self) -> tuple[ReportsHarm, ...]:
        """SU-01; of redirections, those that name a child of whom nothing else reports it, unless they were corrected.

        One that was corrected to something else, with the reason, reports nothing any more.
        """
        said = super().harm_reports
        known = {child for report in said if not isinstance(report, RecordResponse) for child in report.at_risk}
        counted: list[ReportsHarm] = []
        for report in said:
            if isinstance(report, RecordResponse):
                if {*report.at_risk} <= known or self._corrected(report):
                    continue
                known.update(report.at_risk)
            counted.append(report)
        return tuple(counted)

    def _corrected(self, redirection: RecordResponse) -> bool:
        others = [step for step in self.all_of(RecordResponse) if step.outcome is not Outcome.REDIRECTED]
        return any(self.came_after(other, redirection) for other in others)

    def spoken_to(self, report: ReportsHarm) -> SpokenTo | None:
        """SU-01; who responds as redirected may say it, too."""
        redirections = [step for step in self.all_of(RecordResponse) if step.at_risk and not self._corrected(step)]
        later = (one.spoken_to for one in redirections if covers(one, report))
        return super().spoken_to(report) or next(later, None)

    @property
    def redirected(self) -> bool:
        """ER-07: the last response sends it to Duty and Advice."""
        return self.response is not None and self.response.outcome is Outcome.REDIRECTED

    @property
    def redirect_confirmed(self) -> bool:
        """ER-12: our side spoke to somebody at Duty and Advice, of every risk that was reported, or they say so."""
        return self.redirected and not self.nobody_spoken_to

    @property
    def has_duty_and_advice(self) -> bool:
        """ER-14: they heard from our side of every risk that was reported, and the request went there, or ended."""
        return not self.nobody_spoken_to and (self.redirected or self.cancelled is not None)

    @property
    def settled(self) -> RecordResponse | None:
        """The response with which it ends; a family that waits, or an unconfirmed redirection, ends nothing."""
        said = self.response
        if said is None or said.outcome is Outcome.WAITING:
            return None
        return said if said.outcome is not Outcome.REDIRECTED or self.redirect_confirmed else None

    @property
    def told(self) -> RecordReferrerTold | None:
        """The referrer has heard of the last response."""
        return self.last_of(RecordReferrerTold)

    @property
    def goes_on(self) -> bool:
        """Nothing has stopped it."""
        return self.cancelled is None and not self.harm_stands

    @property
    def owes_answer(self) -> bool:
        """A response is owed to who asked (ER-06): none was given, and it was not returned."""
        return self.cancelled is None and self.response is None and self.returned is None
