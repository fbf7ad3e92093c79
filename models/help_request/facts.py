"""The facts of one request for Early Help."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from models.effects import Effect
from models.help_request.stage import NEEDS_ADMISSION, Outcome
from models.help_request.start import Agreement, Channel, Form, FormPart, HelpRequest, Reach, ReferrerKind
from models.help_request.steps.admission import (
    AnswerRiskMatrix,
    CompleteRequest,
    ReadForHarm,
    ReceiveDocuments,
    RecordConsent,
    RecordGraduatedResponse,
    ReturnIncomplete,
    WithdrawConsent,
)
from models.help_request.steps.every import AnyStep
from models.help_request.steps.response import Reassign, RecordReferrerTold, RecordResponse
from models.journey.facts import Facts
from models.journey.recorded import RecordedStep
from models.journey.steps import Step
from models.kinds import EffectKind
from models.services import EarlyHelpService


class Recorded(RecordedStep):
    """A step of a request as it was recorded."""

    step: AnyStep


class HelpFacts(Facts):
    """Everything that a request knows."""

    UNDONE_BY: ClassVar[Mapping[type[Step], tuple[type[Step], ...]]] = {
        RecordConsent: (WithdrawConsent,),
        WithdrawConsent: (RecordConsent,),
        ReturnIncomplete: (CompleteRequest,),
        RecordReferrerTold: (RecordResponse,),
    }
    request: HelpRequest
    steps: tuple[Recorded, ...] = ()

    @property
    def route(self) -> str:
        """There is only one."""
        return "request"

    @property
    def is_duplicate(self) -> bool:
        """Never: a request about a child whom another journey holds is routed by a person (ER-15)."""
        return False

    @property
    def held_elsewhere(self) -> str | None:
        """The open step-down or request that holds a child of this one (ER-15)."""
        return self.opening.duplicate_of if self.opening else None

    @property
    def received_at(self) -> datetime:
        """ER-06, ER-10: when it reached the central channel, at which its time begins; at the latest with its start."""
        received = self.request.received
        central = received.at if received.channel.is_central else received.central_at
        return min(central or self.opened_at, self.opened_at)

    @property
    def from_duty_and_advice(self) -> bool:
        """SU-04: passed on by them; it is not gated by ER-01, ER-02 and ER-04."""
        received, referrer = self.request.received, self.request.referrer
        return Channel.DUTY_AND_ADVICE is received.channel and referrer.kind is ReferrerKind.DUTY_AND_ADVICE

    @property
    def service_ref(self) -> str:
        """Who answers it now."""
        named = self.last_of(Reassign)
        return named.service_ref if named else self.request.service_ref

    @property
    def service_look_up(self) -> Effect | None:
        """The look for that service into the directory, since the request was given to it."""
        named = self.last_of(Reassign)
        if named is None:
            return None
        return Effect(kind=EffectKind.LOOK_UP_SERVICE, service=named.service_ref, step=named.step_id)

    @property
    def service(self) -> EarlyHelpService | None:
        """As the directory has it."""
        return super().service if self.ended(self.service_look_up) else None

    @property
    def is_read(self) -> bool:
        """ER-14: it was read for harm, and either none was found, or what was found is reported."""
        return self.last_of(ReadForHarm) is not None or bool(self.harm_reports)

    def came(self, part: FormPart) -> bool:
        """Whether this part came, on a form that counts."""
        said = (*self.request.forms, *(form for step in self.all_of(ReceiveDocuments) for form in step.forms))
        return any(form.part is part and self.counts(form) for form in said)

    def counts(self, form: Form) -> bool:
        """ER-01: old paperwork does not."""
        return form.version in self.policy.request_forms

    @property
    def agreement(self) -> Agreement | None:
        """ER-04, SD-09e: on what it rests; None where nobody said it, or consent was withdrawn."""
        said = self.last_of(RecordConsent)
        if said is not None:
            return said.agreement
        return None if self.last_of(WithdrawConsent) is not None else self.request.agreement

    @property
    def reach(self) -> Reach | None:
        """ER-15: how the family may be reached safely."""
        said = (step.reach for step in reversed(self.steps_of_consent) if step.reach is not None)
        return next(said, self.request.reach)

    @property
    def steps_of_consent(self) -> tuple[RecordConsent, ...]:
        """Also those after which consent was withdrawn: how somebody is reached safely stays so."""
        said = (entry for entry in self.steps if not entry.late)
        return tuple(entry.step for entry in said if isinstance(entry.step, RecordConsent))

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
        """What the request was answered last; support counts no more once consent was withdrawn."""
        said, withdrawn = self.last_of(RecordResponse), self.last_of(WithdrawConsent)
        if said is None or withdrawn is None or said.outcome not in NEEDS_ADMISSION:
            return said
        return None if self.came_after(withdrawn, said) else said

    @property
    def redirect_confirmed(self) -> bool:
        """ER-12: somebody was spoken to at Duty and Advice."""
        said, reports = self.response, self.harm_reports
        if said is None or said.outcome is not Outcome.REDIRECTED:
            return False
        return said.spoken_to is not None or (bool(reports) and not self.nobody_spoken_to)

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
