"""How the parts of a step-down are said to people: stages, outcomes, steps, effects."""

from collections.abc import Callable
from typing import Any

from models.attention import Resolution
from models.clocks import Audience, ClockKind
from models.effects import Effect, EffectKind, Ended
from models.step_down.answers import Outcome, Stage
from models.step_down.clock_words import CLOCK_WORDS
from models.step_down.said import ChildConsent
from models.step_down.steps import (
    AcknowledgeTransfer,
    AddChild,
    ApproveLetters,
    Cancel,
    ChangeService,
    DecideChildren,
    NameLeadPractitioner,
    OfferConversation,
    PauseClock,
    Reassign,
    RecalculateClocks,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordFamiliesFirstNotified,
    RecordFamilySharing,
    RecordFinalMeeting,
    RecordManagementConversation,
    ReportSignificantHarm,
    ResolveAttention,
    ResumeClock,
    ScheduleFinalMeeting,
    Step,
    WithdrawConsent,
)
from models.vocabulary import local_time

STAGE_WORDS = {
    Stage.CONSENT: "Consent: the family is asked",
    Stage.SHARING: "Sharing: family and service see the papers",
    Stage.CONVERSATION: "Conversation with the Early Help contact",
    Stage.FINAL_MEETING: "Final meeting about the plan",
    Stage.DECISION: "Decision, child by child",
    Stage.CLOSURE: "Closure in Mosaic",
    Stage.CONFIRMATION: "Confirmation: letters and the service's acknowledgement",
    Stage.CLOSED: "Closed",
}

OUTCOME_WORDS = {
    Outcome.TRANSFERRED: "Passed to Early Help",
    Outcome.ESCALATED: "Stopped: a risk of significant harm was reported",
    Outcome.NOT_ELIGIBLE: "Not for Early Help",
    Outcome.CONSENT_REFUSED: "The family did not consent",
    Outcome.CONSENT_WITHDRAWN: "The family withdrew its consent",
    Outcome.FAMILY_NOT_ENGAGED: "The family did not answer",
    Outcome.NOT_APPROPRIATE: "Not appropriate for the Early Help service",
    Outcome.NOT_AGREED_AT_MEETING: "Not agreed at the final meeting",
    Outcome.UNIVERSAL_SERVICES_ONLY: "Universal services are enough",
    Outcome.NO_FURTHER_SUPPORT: "No further support needed",
    Outcome.CANCELLED: "Cancelled",
    Outcome.DUPLICATE: "Not started: a child is in another open transfer",
}

HARM_AFTERWARDS = "a risk of significant harm was reported after that"


def outcome_words(outcome: Outcome, *, harm: bool) -> str:
    """How a transfer ended; a child who had passed on before significant harm was reported stays passed on (SU-01)."""
    words = OUTCOME_WORDS[outcome]
    return f"{words}; {HARM_AFTERWARDS}" if harm and outcome is Outcome.TRANSFERRED else words


STEP_WORDS = {
    "record_exploration": "recorded what was explored with family and network",
    "record_consent": "recorded the family's answer on consent",
    "withdraw_consent": "recorded that the family withdrew its consent",
    "record_family_sharing": "recorded that the family saw a document",
    "offer_conversation": "answered the request for the conversation",
    "record_contact_conversation": "recorded the conversation with the Early Help contact",
    "schedule_final_meeting": "set the date of the final meeting",
    "record_final_meeting": "recorded what the final meeting said",
    "name_lead_practitioner": "named the practitioner who takes over",
    "record_management_conversation": "recorded what team manager and Targeted Services Leader agreed",
    "record_advice_summary": "recorded the summary of advice",
    "decide_children": "recorded the decision for the children",
    "approve_letters": "approved the letters",
    "acknowledge_transfer": "answered for the Early Help service",
    "record_families_first_notified": "recorded whether Families First was told",
    "add_child": "added a child",
    "change_service": "named another Early Help service",
    "reassign": "changed who is responsible in social work",
    "pause_clock": "stopped the clock of an answer",
    "resume_clock": "let the clock run again",
    "recalculate_clocks": "had what is due calculated again",
    "cancel": "cancelled the transfer",
    "report_significant_harm": "reported a risk of significant harm",
    "resolve_attention": "dealt with an item that needed attention",
}

EFFECT_WORDS = {
    EffectKind.SHARE_DOCUMENT: "share a document with the service in Mosaic",
    EffectKind.MAIL_DOCUMENT: "send a document to the service by e-mail",
    EffectKind.REQUEST_CONVERSATION: "ask the contact for the conversation by e-mail",
    EffectKind.INVITE_TO_MEETING: "invite the service to the final meeting",
    EffectKind.CANCEL_INVITATION: "take the invitation to the final meeting back",
    EffectKind.SEND_MEETING_OUTCOME: "send the service what the final meeting said",
    EffectKind.SEND_PACK: "send the service the papers of the children who pass to it",
    EffectKind.CLOSE_CHILD: "close a child in Mosaic",
    EffectKind.REOPEN_CHILD: "see that a child is open again in Mosaic",
    EffectKind.SEND_ADVICE_SUMMARY: "send the summary of advice to the practitioner",
    EffectKind.RECOMMEND_FAMILIES_FIRST: "recommend to tell Families First",
    EffectKind.SEND_LETTER: "send a letter",
    EffectKind.TELL_SERVICE: "tell the service that something changed",
    EffectKind.LOOK_UP_SERVICE: "look the service up in the directory",
    EffectKind.RESERVE_CHILD: "reserve the added child for this transfer",
    EffectKind.RECKON_CLOCK: "calculate a due date",
    EffectKind.MAIL_ALERT: "send alert by e-mail",
    EffectKind.POST_ALERT: "send alert over a channel",
    EffectKind.MAIL_DIGEST: "send the morning digest by e-mail",
}

RESOLUTION_WORDS = {
    Resolution.RETRY: "try again",
    Resolution.DONE_BY_HAND: "done by hand",
    Resolution.SKIP: "skipped",
}

ENDED_WORDS = {
    Ended.DONE: "done",
    Ended.FOUND_DONE: "found done",
    Ended.BY_HAND: "done by hand",
    Ended.SKIPPED: "skipped",
    Ended.STOPPED: "stopped before it was done",
}


TOO_LATE = "; too late to replace it, as it had been acted on"
NOTHING_FOLLOWED = "; nothing followed from it, as a risk of significant harm had been reported"


def effect_words(effect: Effect) -> str:
    """What an effect does, and to what, in one line."""
    return f"{_capital(EFFECT_WORDS[effect.kind])}: {_subject_words(effect)}"


SUBJECTS: dict[EffectKind, Callable[..., str]] = {
    EffectKind.SHARE_DOCUMENT: lambda doc, version, service: (
        f"{doc} version {version.removeprefix('v')}, with {service}"
    ),
    EffectKind.MAIL_DOCUMENT: lambda doc, version, service: f"{doc} version {version.removeprefix('v')}, to {service}",
    EffectKind.INVITE_TO_MEETING: lambda service, *_: service,
    EffectKind.CANCEL_INVITATION: lambda service, *_: service,
    EffectKind.SEND_MEETING_OUTCOME: lambda service, _: service,
    EffectKind.SEND_PACK: lambda service, _: service,
    EffectKind.CLOSE_CHILD: lambda child, *again: f"{child}, again" if again else child,
    EffectKind.REOPEN_CHILD: lambda child, *again: f"{child}, again" if again else child,
    EffectKind.SEND_ADVICE_SUMMARY: lambda practitioner, *again: f"{practitioner}, again" if again else practitioner,
    EffectKind.RECOMMEND_FAMILIES_FIRST: lambda practitioner, _: practitioner,
    EffectKind.REQUEST_CONVERSATION: lambda service, *again: f"{service}, again" if again else service,
    EffectKind.RECKON_CLOCK: lambda kind, *_: CLOCK_WORDS[ClockKind(kind)].name,
    EffectKind.MAIL_ALERT: lambda number, audience: f"{number}, to {Audience(audience).words}",
    EffectKind.POST_ALERT: lambda number, channel: f"{number}, to {channel}",
    EffectKind.TELL_SERVICE: lambda service, _: service,
    EffectKind.LOOK_UP_SERVICE: lambda service, _: service,
}
"""How the parts of a subject are said, where it is more than one reference."""


def _subject_words(effect: Effect) -> str:
    said = SUBJECTS.get(effect.kind)
    return said(*effect.subject.split("/")) if said else effect.subject


def _shared_as(step: RecordFamilySharing) -> str:
    seen = f"{step.document_ref} version {step.version}"
    if step.agreed_as_basis:
        return f"{seen}, agreed as the basis"
    return f"{seen}, not agreed" + ("; support goes on without it" if step.without_it else "")


def _responsible(step: Reassign) -> str:
    return ", ".join(name for name in (step.social_worker, step.team_manager, step.social_work_team) if name)


def _answered(step: OfferConversation) -> str:
    return f"on {local_time(step.conversation_at)}" if step.conversation_at else "not for this service"


def _consented(step: RecordConsent) -> str:
    answers = ", ".join(f"{child.ref} {_stands(child)}" for child in step.children)
    return f"for {step.service_ref}: {answers}"


def _stands(child: ChildConsent) -> str:
    return "disputed" if child.disputed else "yes" if child.stands else "no"


def _who_agreed(step: RecordConsent) -> str:
    """Who agreed to what, so that it can be shown."""
    lines = [f"{child.ref}: {child.words}" for child in step.children]
    shared = ", ".join(what.words for what in step.may_share) or "nothing"
    return "\n".join([*lines, f"May be shared: {shared}", f"Explained by {step.explained_by}: {step.explained_how}"])


def _decided(step: DecideChildren) -> str:
    said = ", ".join(f"{child.ref} {child.decision.words}" for child in step.children)
    return f"{said}; authorised by {step.authorised_by.words}" if step.authorised_by else said


def _agreed(step: RecordContactConversation) -> str:
    if not step.appropriate:
        return "not appropriate"
    agreed = ", ".join(f"{child.ref} {'agreed' if child.agreed else 'not agreed'}" for child in step.children)
    return f"appropriate; {agreed}"


def _scheduled(step: ScheduleFinalMeeting) -> str:
    return f"for {local_time(step.meeting_at)}" if step.meeting_at else "cancelled"


def _said_at_meeting(step: RecordFinalMeeting) -> str:
    said = ", ".join(f"{child.ref} {child.outcome.words}" for child in step.children)
    there = "the service was there" if step.service_attended else "the service was not there"
    return f"{said}; {there}" + (f"; confirmed by {step.confirmed_by.words}" if step.confirmed_by else "")


def _reported(step: ReportSignificantHarm) -> str:
    spoken = step.spoken_to
    return f"Duty and Advice was spoken to on {local_time(spoken.at)}" if spoken else "not said who was spoken to"


def _accepted(step: AcknowledgeTransfer) -> str:
    return ", ".join(f"{child.ref} {'accepted' if child.accepted else 'declined'}" for child in step.children)


def _named(step: NameLeadPractitioner) -> str:
    if step.interim_until is None:
        return step.practitioner
    day = step.interim_until
    return f"{step.practitioner}, a contact until a practitioner is allocated, expected by {day.day} {day:%B %Y}"


TOLD: dict[type[Step], Callable[[Any], str]] = {
    RecordConsent: _consented,
    ScheduleFinalMeeting: _scheduled,
    RecordFinalMeeting: _said_at_meeting,
    NameLeadPractitioner: _named,
    RecordFamiliesFirstNotified: lambda step: "not done" if step.not_done_because else "told",
    RecordAdviceSummary: lambda step: ", ".join(step.children_named()),
    DecideChildren: _decided,
    AcknowledgeTransfer: _accepted,
    WithdrawConsent: lambda step: ", ".join(step.children_named()),
    RecordFamilySharing: _shared_as,
    OfferConversation: _answered,
    RecordContactConversation: _agreed,
    AddChild: lambda step: str(step.child_ref),
    ChangeService: lambda step: str(step.service_ref),
    Reassign: _responsible,
    PauseClock: lambda step: f"{CLOCK_WORDS[step.clock].name}, because {step.reason.words}",
    ResumeClock: lambda step: CLOCK_WORDS[step.clock].name,
    Cancel: lambda step: str(step.reason_code.words),
    ReportSignificantHarm: _reported,
    ResolveAttention: lambda step: f"{step.attention_id}, {RESOLUTION_WORDS[step.resolution]}",
}
"""What of a step is said in its line."""


def step_words(step: Step) -> str:
    """What a step says, in one line."""
    words = _capital(STEP_WORDS[step.step])
    if type(step) in TOLD:
        words = f"{words}: {TOLD[type(step)](step)}"
    return f"{words} (corrects {step.corrects})" if step.corrects else words


def _declined(step: AcknowledgeTransfer) -> str | None:
    return "; ".join(f"{child.ref} declined: {child.reason}" for child in step.children if not child.accepted) or None


def _not_agreed_because(step: RecordFinalMeeting) -> str | None:
    said = (f"{child.ref} {child.outcome.words}: {child.reason}" for child in step.children if child.reason)
    return "; ".join(said) or None


def _concern(step: ReportSignificantHarm) -> str:
    about = f"{', '.join(step.children_named())}: {step.concern}"
    return f"{about}\nSpoken to: {step.spoken_to.who}" if step.spoken_to else about


NOTES: dict[type[Step], Callable[[Any], str | None]] = {
    AcknowledgeTransfer: _declined,
    RecordConsent: _who_agreed,
    DecideChildren: lambda step: "\n".join(f"{child.ref}: {child.because}" for child in step.children),
    ApproveLetters: lambda step: "\n".join(f"{one.letter_id}: {one.words}" for one in step.letters),
    OfferConversation: lambda step: step.not_us_because,
    WithdrawConsent: lambda step: f"By {step.withdrawn_by}" + (f": {step.family_said}" if step.family_said else ""),
    NameLeadPractitioner: lambda step: (
        f"{step.name}, {step.agency}, {step.email}" + ("" if step.uses_mosaic else "; does not use Mosaic")
    ),
    RecordManagementConversation: lambda step: step.agreed,
    RecordFamiliesFirstNotified: lambda step: step.not_done_because or step.notified_by,
    RecordContactConversation: lambda step: step.reason,
    ScheduleFinalMeeting: lambda step: step.cancelled_because or f"{step.minutes} minutes. Place: {step.place}",
    RecordFinalMeeting: _not_agreed_because,
    AddChild: lambda step: step.because,
    ChangeService: lambda step: step.because,
    Reassign: lambda step: step.because,
    PauseClock: lambda step: step.because,
    RecalculateClocks: lambda step: step.because,
    Cancel: lambda step: step.because,
    ReportSignificantHarm: _concern,
    ResolveAttention: lambda step: step.note,
}


def step_note(step: Step) -> str | None:
    """What a person added in their own words; not shown in the Temporal UI."""
    return NOTES[type(step)](step) if type(step) in NOTES else None


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
