"""What is recorded until a request can be answered: read for harm, what came, what was asked, returned, completed."""

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import model_validator

from models.help_request.situation import ChildSituation
from models.help_request.start import Agreement, Form, Reach, Word
from models.journey.steps import Step
from models.vocabulary import Narrative, NonEmpty, Role

HUB_ROLES = frozenset({Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE})
"""Whoever answers requests at the Family Hub or team."""


class Found(StrEnum):
    """What a reading for a risk of significant harm came to (ER-14)."""

    NOTHING = "nothing"
    """No more than was reported already, if anything was."""
    REPORTED = "reported"
    """A risk, which is reported here, too."""

    @property
    def words(self) -> str:
        """The finding as people say it."""
        return {"nothing": "nothing more to report was found", "reported": "what was found is reported"}[self.value]


class ReadForHarm(Step):
    """The whole request, with all that has come since, was read for a risk of significant harm (ER-14)."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "read the request for a risk of significant harm"
    goes_on: ClassVar[bool] = True
    step: Literal["read_for_harm"] = "read_for_harm"
    found: Found

    @property
    def speaks_of_harm(self) -> bool:
        """A risk was found in it."""
        return self.found is Found.REPORTED

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return self.found.words


class ReceiveDocuments(Step):
    """Parts of the form came (ER-01, ER-02)."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded what came of the form"
    step: Literal["receive_documents"] = "receive_documents"
    forms: NonEmpty[Form]

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(form.words for form in self.forms)


class RecordConsent(Step):
    """Who agreed to the request, or by which power or duty it is made without that."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded on what the request rests"
    is_evidence: ClassVar[bool] = True
    step: Literal["record_consent"] = "record_consent"
    agreement: Agreement

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        power = self.agreement.power
        return "by consent" if power is None else f"by {power.replace('_', ' ')}, without consent"

    @property
    def own_words(self) -> str:
        """Who agreed, or why it is made without that."""
        return "\n".join(filter(None, (self.agreement.words, self.agreement.because)))


class RecordReach(Step):
    """How the family may be reached safely, and with whom to interpret (ER-15); what was said last holds."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded how the family may be reached safely"
    keeps_safe: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_reach"] = "record_reach"
    reach: Reach

    @property
    def own_words(self) -> str:
        """How, and with whom to interpret."""
        return self.reach.words


class RecordSituations(Step):
    """The children for whom somebody else answers, and why (ER-15); of each, what was said last holds."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded who else answers for children"
    step: Literal["record_situations"] = "record_situations"
    children: NonEmpty[ChildSituation]

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(child.words for child in self.children)


class AnswerOpenPlan(Step):
    """Whether an Early Help plan is open for the family (ER-02); what was said last holds."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded whether an Early Help plan is open"
    step: Literal["answer_open_plan"] = "answer_open_plan"
    plan_open: bool

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return "one is open" if self.plan_open else "none is open"


class WithdrawConsent(Step):
    """The family does not agree any more (SD-09a)."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded that consent was withdrawn"
    keeps_safe: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["withdraw_consent"] = "withdraw_consent"
    withdrawn_by: Word

    @property
    def own_words(self) -> str:
        """Who withdrew it."""
        return self.withdrawn_by.words


class RiskMatrix(StrEnum):
    """What the referrer says of the matrix of the risk of exploitation (ER-03)."""

    NOT_REQUIRED = "not_required"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"

    @property
    def words(self) -> str:
        """The answer as people say it."""
        return self.value.replace("_", " ")


class AnswerRiskMatrix(Step):
    """What the referrer said when asked whether the CSE/CCE risk matrix was completed."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded what the referrer says of the risk matrix"
    step: Literal["answer_risk_matrix"] = "answer_risk_matrix"
    answer: RiskMatrix
    because: Narrative | None = None

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return self.answer.words

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.because


class RecordGraduatedResponse(Step):
    """The support that was put in place before, or why there was none (ER-05)."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded what was tried before"
    step: Literal["record_graduated_response"] = "record_graduated_response"
    tried: Narrative | None = None
    not_done_because: Narrative | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "RecordGraduatedResponse":
        if (self.tried is None) == (self.not_done_because is None):
            raise ValueError("tried, not_done_because: say what was tried, or why nothing was; not both (ER-05)")
        return self

    @property
    def own_words(self) -> str | None:
        """What was tried, or why not."""
        return self.tried or self.not_done_because


class ReturnIncomplete(Step):
    """The request was returned, with what is missing; that is a response (ER-12)."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "returned the request as incomplete"
    step: Literal["return_incomplete"] = "return_incomplete"
    missing: Narrative
    """What the referrer was told is missing, with the way to the current form; nothing about other people (ER-14)."""
    told_how: Narrative

    @property
    def own_words(self) -> str:
        """What is missing, and how the referrer was told."""
        return f"{self.missing}\nTold: {self.told_how}"


class CompleteRequest(Step):
    """What was missing has come; the time to respond begins anew (ER-06)."""

    recorded_by: ClassVar[frozenset[Role]] = HUB_ROLES
    does: ClassVar[str] = "recorded that what was missing has come"
    step: Literal["complete_request"] = "complete_request"
