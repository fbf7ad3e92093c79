"""The steps of a step-down, as people and systems record them; each carries its clause."""

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from models.attention import Resolution
from models.certificate import PauseReason
from models.clocks import ClockKind
from models.services import ContactKind
from models.step_down.said import (
    AgreedChild,
    CancelReason,
    ChildAcknowledgement,
    ChildAdvice,
    ChildAtMeeting,
    ChildConsent,
    ChildDecision,
    Letter,
    LetterAudience,
    Shareable,
    WithoutDocument,
)
from models.step_down.start import Child
from models.vocabulary import LONDON, Actor, Appointment, EmailAddress, Frozen, Message, Moment, Narrative, Ref

PausableClock = Literal[ClockKind.CONVERSATION, ClockKind.ACKNOWLEDGEMENT]
"""The clocks of a service that must answer; our own waits cannot be paused."""


FURTHEST_AHEAD = timedelta(days=366)
"""A date that lies further ahead is a slip of the pen."""


class Step(Message):
    """What every step says: which, who, when. Repeating a ``step_id`` changes nothing."""

    privacy: ClassVar[str] = "narrative"
    step: str
    step_id: Ref
    actor: Actor
    occurred_at: Moment
    corrects: Ref | None = None
    """The ``step_id`` of the step that this one replaces."""

    def children_named(self) -> tuple[str, ...]:
        """The references of the children that this step is about."""
        return tuple(child.ref for child in getattr(self, "children", ()))


class RecordExploration(Step):
    """What the social worker explored with family and network (SD-05: done, or why not)."""

    step: Literal["record_exploration"] = "record_exploration"
    asked: tuple[Narrative, ...] = ()
    needs: Narrative | None = None
    agencies: tuple[Narrative, ...] = ()
    not_done_because: Narrative | None = None

    @model_validator(mode="after")
    def _done_or_why_not(self) -> "RecordExploration":
        if self.not_done_because is None and not (self.asked and self.needs):
            raise ValueError("asked, needs: say who was asked and what is needed, or give not_done_because (SD-05)")
        return self


class RecordConsent(Step):
    """Informed consent, child by child: to which service, to share what, explained how and by whom (SD-09)."""

    step: Literal["record_consent"] = "record_consent"
    service_ref: Ref
    may_share: tuple[Shareable, ...] = ()
    explained_by: Narrative
    explained_how: Narrative
    children: Annotated[tuple[ChildConsent, ...], Field(min_length=1)]


class WithdrawConsent(Step):
    """The family withdraws its consent, for these children (SD-09a)."""

    step: Literal["withdraw_consent"] = "withdraw_consent"
    children: Annotated[tuple[Child, ...], Field(min_length=1)]
    withdrawn_by: Narrative
    """Who withdrew it, as the family knows them."""
    family_said: Narrative | None = None


class RecordFamilySharing(Step):
    """The document was shared with the family: which version, and whether they agree that it is the basis (SD-10)."""

    step: Literal["record_family_sharing"] = "record_family_sharing"
    document_ref: Ref
    version: Annotated[int, Field(ge=1)]
    agreed_as_basis: bool
    cleared_of_third_parties: bool
    """The social worker has checked that it shows the service nothing about other people that it may not see."""
    family_said: Narrative | None = None
    without_it: WithoutDocument | None = None
    """Not agreed, and support goes on without it (SD-10a)."""

    @model_validator(mode="after")
    def _without_only_where_not_agreed(self) -> "RecordFamilySharing":
        if self.agreed_as_basis and self.without_it is not None:
            raise ValueError("without_it: support goes on without the document only where it is not agreed (SD-10a)")
        return self


class OfferConversation(Step):
    """The contact's answer to the request: a date for the conversation, or why it is not for them (SD-07)."""

    step: Literal["offer_conversation"] = "offer_conversation"
    contact: Ref
    conversation_at: Moment | None = None
    not_us_because: Narrative | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "OfferConversation":
        if (self.conversation_at is None) == (self.not_us_because is None):
            raise ValueError("conversation_at: give a date, or not_us_because, and not both (SD-07)")
        return self


class RecordContactConversation(Step):
    """The conversation with the contact of the Early Help service (SD-07, SD-08, SD-12…14)."""

    step: Literal["record_contact_conversation"] = "record_contact_conversation"
    contact: Ref
    contact_kind: ContactKind | None = None
    """Who the contact is (SD-06); without it, whoever the directory says."""
    appropriate: bool
    reason: Narrative | None = None
    shared_understanding: Narrative | None = None
    plan_needed: bool | None = None
    children: tuple[AgreedChild, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> "RecordContactConversation":
        if not self.appropriate and self.reason is None:
            raise ValueError("reason: say why the referral is not appropriate (SD-07)")
        if self.appropriate and not self.children:
            raise ValueError("children: say for each child whether it was agreed (SD-08)")
        if self.appropriate and self.shared_understanding is None:
            raise ValueError("shared_understanding: record the understanding of outcomes and recommendations (SD-12)")
        if self.appropriate and self.plan_needed is None:
            raise ValueError("plan_needed: record whether an Early Help plan is needed (SD-14)")
        return self


class ScheduleFinalMeeting(Step):
    """The final meeting about the plan: when and where; moved or cancelled, it is said anew (SD-18, SD-19)."""

    step: Literal["schedule_final_meeting"] = "schedule_final_meeting"
    meeting_at: Appointment | None = None
    minutes: Annotated[int, Field(ge=15, le=480)] = 60
    place: Narrative | None = None
    """Where, or how to join; it stands in the invitation, so no family's address belongs here."""
    cancelled_because: Narrative | None = None

    @model_validator(mode="after")
    def _to_come_or_called_off(self) -> "ScheduleFinalMeeting":
        if (self.meeting_at is None) == (self.cancelled_because is None):
            raise ValueError("meeting_at: give the moment, or cancelled_because, and not both (SD-18)")
        if self.meeting_at is not None and self.place is None:
            raise ValueError("place: say where the meeting is, or how to join (SD-18)")
        if self.meeting_at is not None and self.meeting_at > self.occurred_at + FURTHEST_AHEAD:
            raise ValueError("meeting_at: lies more than a year ahead (SD-18)")
        if self.meeting_at is not None and self.meeting_at <= self.occurred_at:
            raise ValueError("meeting_at: is past; what was held is recorded with record_final_meeting (SD-18)")
        return self


class RecordFinalMeeting(Step):
    """The final meeting was held: what it said of each child; ``occurred_at`` is when (SD-16, SD-18, SD-19)."""

    step: Literal["record_final_meeting"] = "record_final_meeting"
    chair: Narrative
    service_attended: bool
    """Somebody of the Early Help service was there; where not, the outcome is sent to it in writing."""
    children: Annotated[tuple[ChildAtMeeting, ...], Field(min_length=1)]
    confirmed_by: Actor | None = None
    """The chair or team manager who confirms what a meeting agreed that came before the conversation, or without the
    service being invited to that day (SD-16)."""


class NameLeadPractitioner(Step):
    """The lead practitioner, or the practitioner of a single agency; until one is allocated, a contact (SD-28)."""

    step: Literal["name_lead_practitioner"] = "name_lead_practitioner"
    practitioner: Ref
    name: Narrative
    agency: Narrative
    email: EmailAddress
    uses_mosaic: bool = True
    """False where they do not, as in a school, though the service does: they are sent the papers (SD-31)."""
    interim_until: date | None = None
    """They are an interim contact: a practitioner is expected to be allocated by this day."""
    authorised_by: Actor | None = None
    """The team manager who agreed to an interim contact."""

    @model_validator(mode="after")
    def _interim_is_agreed(self) -> "NameLeadPractitioner":
        if (self.interim_until is None) != (self.authorised_by is None):
            raise ValueError(
                "interim_until: an interim contact has the day by which a practitioner is expected, and "
                "authorised_by, the team manager who agreed (SD-28)"
            )
        if self.interim_until is not None and self.interim_until < self.occurred_at.astimezone(LONDON).date():
            raise ValueError("interim_until: lies before the day on which this was agreed (SD-28)")
        if self.interim_until is not None and self.interim_until > self.occurred_at.date() + FURTHEST_AHEAD:
            raise ValueError("interim_until: lies more than a year after this was agreed (SD-28)")
        return self


class RecordManagementConversation(Step):
    """The team manager and the Targeted Services Leader talked about the right response (SD-29)."""

    step: Literal["record_management_conversation"] = "record_management_conversation"
    team_manager: Ref
    targeted_services_leader: Ref
    agreed: Narrative
    """What they agreed, and who does what."""


class RecordAdviceSummary(Step):
    """The summary of advice that the practitioner will get at closure (SD-30)."""

    step: Literal["record_advice_summary"] = "record_advice_summary"
    children: Annotated[tuple[ChildAdvice, ...], Field(min_length=1)]


class DecideChildren(Step):
    """The decision child by child, authorised by the team manager; closure acts only on this (SD-01, SD-23)."""

    step: Literal["decide_children"] = "decide_children"
    children: Annotated[tuple[ChildDecision, ...], Field(min_length=1)]
    authorised_by: Actor | None = None
    no_further_role_confirmed: bool
    """SD-01, again at closure: no further role for social work, for every child here that is to be closed."""


class ApproveLetters(Step):
    """The letters that tell the family and the agencies what is happening (SD-33)."""

    step: Literal["approve_letters"] = "approve_letters"
    letters: Annotated[tuple[Letter, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _tells_the_family(self) -> "ApproveLetters":
        if LetterAudience.FAMILY not in {letter.audience for letter in self.letters}:
            raise ValueError("letters: one of them is for the family, or says do_not_write_because (SD-33)")
        ids = [letter.letter_id for letter in self.letters]
        if len(set(ids)) != len(ids):
            raise ValueError("letters: each letter_id is used once")
        return self


class AcknowledgeTransfer(Step):
    """The service acknowledges each transferred child (SD-35)."""

    step: Literal["acknowledge_transfer"] = "acknowledge_transfer"
    children: Annotated[tuple[ChildAcknowledgement, ...], Field(min_length=1)]


class RecordFamiliesFirstNotified(Step):
    """The children and families service was told of the Early Help activity via Families First (SD-26), or why not."""

    step: Literal["record_families_first_notified"] = "record_families_first_notified"
    notified_by: Narrative | None = None
    not_done_because: Narrative | None = None

    @model_validator(mode="after")
    def _done_or_why_not(self) -> "RecordFamiliesFirstNotified":
        if (self.notified_by is None) == (self.not_done_because is None):
            raise ValueError("notified_by: say who told them, or give not_done_because, and not both (SD-26)")
        return self


class AddChild(Step):
    """Another child of the family goes the same way."""

    step: Literal["add_child"] = "add_child"
    child_ref: Ref
    because: Narrative


class ChangeService(Step):
    """The transfer goes to another Early Help service, which needs the family's consent anew (SD-09a)."""

    step: Literal["change_service"] = "change_service"
    service_ref: Ref
    because: Narrative


class Reassign(Step):
    """Somebody else is responsible in social work from now on."""

    step: Literal["reassign"] = "reassign"
    social_worker: Ref | None = None
    team_manager: Ref | None = None
    social_work_team: Ref | None = None
    because: Narrative

    @model_validator(mode="after")
    def _somebody(self) -> "Reassign":
        if self.social_worker is None and self.team_manager is None and self.social_work_team is None:
            raise ValueError("social_worker, team_manager, social_work_team: name at least one")
        return self


class PauseClock(Step):
    """The clock of a service that must answer is paused, for a reason that is not its workload (SD-34, SD-35)."""

    step: Literal["pause_clock"] = "pause_clock"
    clock: PausableClock
    reason: PauseReason
    because: Narrative


class ResumeClock(Step):
    """The clock runs again; the days on which it was paused do not count (SD-34, SD-35)."""

    step: Literal["resume_clock"] = "resume_clock"
    clock: PausableClock


class RecalculateClocks(Step):
    """What is due is calculated again on the calendar of today, as when a bank holiday was announced."""

    step: Literal["recalculate_clocks"] = "recalculate_clocks"
    because: Narrative


class Cancel(Step):
    """The transfer is cancelled; each child is still decided before it ends."""

    step: Literal["cancel"] = "cancel"
    reason_code: CancelReason
    because: Narrative


class SpokenTo(Frozen):
    """Who took the call at Duty and Advice, or at the service out of hours, and when."""

    who: Narrative
    at: Moment


class ReportSignificantHarm(Step):
    """A child suffers, or is likely to suffer, significant harm (SU-01). The record is never the contact itself.

    Who was spoken to may be said at once, or later in another report that corrects the first.
    """

    step: Literal["report_significant_harm"] = "report_significant_harm"
    children: Annotated[tuple[Child, ...], Field(min_length=1)]
    concern: Narrative
    spoken_to: SpokenTo | None = None


class ResolveAttention(Step):
    """A person puts a machine step right: retry, done by hand with evidence, or skip with a reason."""

    step: Literal["resolve_attention"] = "resolve_attention"
    attention_id: Ref
    resolution: Resolution
    note: Narrative | None = None
    """The evidence for done by hand, the reason for skip."""

    @model_validator(mode="after")
    def _evidence_or_reason(self) -> "ResolveAttention":
        if self.resolution is not Resolution.RETRY and self.note is None:
            raise ValueError("note: give the evidence that it was done, or the reason to skip it")
        return self


AnyStep = Annotated[
    RecordExploration
    | RecordConsent
    | WithdrawConsent
    | RecordFamilySharing
    | OfferConversation
    | RecordContactConversation
    | ScheduleFinalMeeting
    | RecordFinalMeeting
    | NameLeadPractitioner
    | RecordManagementConversation
    | RecordAdviceSummary
    | DecideChildren
    | ApproveLetters
    | AcknowledgeTransfer
    | RecordFamiliesFirstNotified
    | AddChild
    | ChangeService
    | Reassign
    | PauseClock
    | ResumeClock
    | RecalculateClocks
    | Cancel
    | ReportSignificantHarm
    | ResolveAttention,
    Field(discriminator="step"),
]

STEPS: tuple[type[Step], ...] = (
    RecordExploration,
    RecordConsent,
    WithdrawConsent,
    RecordFamilySharing,
    OfferConversation,
    RecordContactConversation,
    ScheduleFinalMeeting,
    RecordFinalMeeting,
    NameLeadPractitioner,
    RecordManagementConversation,
    RecordAdviceSummary,
    DecideChildren,
    ApproveLetters,
    AcknowledgeTransfer,
    RecordFamiliesFirstNotified,
    AddChild,
    ChangeService,
    Reassign,
    PauseClock,
    ResumeClock,
    RecalculateClocks,
    Cancel,
    ReportSignificantHarm,
    ResolveAttention,
)


def step_name(kind: type[Step]) -> str:
    """The name under which outside systems know the step."""
    return str(kind.model_fields["step"].default)
