"""What is still missing: the rows that say when a stage of a step-down ends, and what follows from them.

Workflow, commands and the Temporal UI all read these answers; nothing else decides.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from models.attention import NEWER_VERSION
from models.clocks import ClockKind
from models.step_down.answers import NextStep, Stage
from models.step_down.conditions import (
    agencies_left_out,
    basis_settled,
    consent_lost,
    disputed,
    ended,
    family_asked,
    for_the_meeting,
    is_duplicate,
    not_appropriate,
    papers_seen,
    passed_on,
    transfer_possible,
    undecided,
)
from models.step_down.facts import Facts, remembered
from models.step_down.final_meeting import to_come, unconfirmed, unheard
from models.step_down.given_back import all_talked_about, given_back
from models.step_down.steps import (
    AcknowledgeTransfer,
    ApproveLetters,
    ChangeService,
    DecideChildren,
    NameLeadPractitioner,
    OfferConversation,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordExploration,
    RecordFamiliesFirstNotified,
    RecordFamilySharing,
    RecordFinalMeeting,
    RecordManagementConversation,
    ReportSignificantHarm,
    ResolveAttention,
    ScheduleFinalMeeting,
    Step,
    step_name,
)
from models.step_down.wanted import (
    advice_summary,
    at_once,
    closed_as_decided,
    invitation,
    letters,
    recommend_families_first,
    request_left_out,
    reserve_child,
    share_with_service,
)
from models.vocabulary import Role

SW, TM, EH = Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.EARLY_HELP_SERVICE


@dataclass(frozen=True)
class Need:
    """Something without which a stage does not end."""

    clause: str | None
    stage: Stage
    step: type[Step] | None
    """The step that brings it; None where the machine does it, or where people talk before the next step."""
    who: Role | None
    ask: str
    met: Callable[[Facts], bool]
    applies: Callable[[Facts], bool] = lambda facts: True
    clock: ClockKind | None = None
    """How long it may take is counted; None where the machine does it, or another row says it."""
    everywhere: bool = False
    """It is asked in earlier stages, too, where something else keeps the transfer there."""


def _another_service_may_follow(facts: Facts) -> bool:
    stopped = facts.cancelled is not None or bool(facts.harm_reports) or consent_lost(facts)
    return not_appropriate(facts) and facts.request.criteria.met and not stopped


def _before_the_decision(facts: Facts) -> bool:
    """A child of a plan may still pass on."""
    return facts.on_a_plan and transfer_possible(facts)


NEEDS = (
    Need(
        None,
        Stage.CONSENT,
        None,
        None,
        "A child that was added is being reserved for this transfer.",
        met=lambda f: all(ended(f, reserve_child(child)) for child in f.added),
    ),
    Need(
        "SD-06",
        Stage.CONSENT,
        None,
        None,
        "The service directory is being asked for the service.",
        met=lambda f: f.opening is None or f.service is not None,
        applies=transfer_possible,
    ),
    Need(
        "SD-05",
        Stage.CONSENT,
        RecordExploration,
        SW,
        "Record what was explored with the family and the network, or why not.",
        met=lambda f: f.exploration is not None,
        applies=transfer_possible,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-09",
        Stage.CONSENT,
        RecordConsent,
        SW,
        "Ask the family for consent and record the answer, child by child.",
        met=lambda f: all(family_asked(f, child) for child in undecided(f)),
        applies=transfer_possible,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-09",
        Stage.CONSENT,
        RecordConsent,
        TM,
        "Those with parental responsibility disagree: decide whether the transfer goes on for the child, and have the "
        "social worker record that (manager_decision).",
        met=lambda f: not any(disputed(f, child) for child in undecided(f)),
        applies=transfer_possible,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-10",
        Stage.SHARING,
        RecordFamilySharing,
        SW,
        "Share the assessment with the family and record whether they agree that it is the basis.",
        met=papers_seen,
        applies=lambda f: transfer_possible(f) and not f.on_a_plan,
        clock=ClockKind.SHARING,
    ),
    Need(
        "SD-15",
        Stage.SHARING,
        RecordFamilySharing,
        SW,
        "Share the plan and the newest assessment with the family and record, for each, whether they agree that it is "
        "the basis.",
        met=papers_seen,
        applies=lambda f: transfer_possible(f) and f.on_a_plan,
        clock=ClockKind.SHARING,
    ),
    Need(
        "SD-10a",
        Stage.SHARING,
        RecordFamilySharing,
        SW,
        "Not agreed: correct the document and share it again, or record that support goes on without it.",
        met=lambda f: not papers_seen(f) or basis_settled(f),
        applies=transfer_possible,
        clock=ClockKind.SHARING,
    ),
    Need(
        "SD-11",
        Stage.SHARING,
        None,
        None,
        "The version that the family saw is being shared with the service.",
        met=lambda f: all(ended(f, effect) for effect in share_with_service(f)),
        applies=transfer_possible,
    ),
    Need(
        "SD-07",
        Stage.CONVERSATION,
        OfferConversation,
        Role.EARLY_HELP_CONTACT,
        "Answer the request: offer a date for the conversation, or say that it is not for this service.",
        met=lambda f: f.offer is not None or f.conversation is not None,
        applies=lambda f: transfer_possible(f) and not request_left_out(f),
        clock=ClockKind.CONVERSATION,
    ),
    Need(
        "SD-07",
        Stage.CONVERSATION,
        RecordContactConversation,
        Role.EARLY_HELP_CONTACT,
        "Hold the conversation with the social worker and record what was agreed.",
        met=lambda f: f.conversation is not None,
        applies=transfer_possible,
        clock=ClockKind.CONVERSATION_HELD,
    ),
    Need(
        "SD-08",
        Stage.CONVERSATION,
        RecordContactConversation,
        Role.EARLY_HELP_CONTACT,
        "Talk over the child that was added, and record whether it was agreed.",
        met=lambda f: f.conversation is None or all(f.talked_over(child) for child in undecided(f)),
        applies=transfer_possible,
        clock=ClockKind.CONVERSATION_HELD,
    ),
    Need(
        "SD-18",
        Stage.FINAL_MEETING,
        ScheduleFinalMeeting,
        SW,
        "Schedule the final meeting; the service is invited to it.",
        met=lambda f: to_come(f) is not None or not any(unheard(f, child) for child in for_the_meeting(f)),
        applies=_before_the_decision,
        clock=ClockKind.SCHEDULING,
    ),
    Need(
        "SD-18",
        Stage.FINAL_MEETING,
        None,
        None,
        "The service is being invited to the final meeting.",
        met=lambda f: ended(f, invitation(f)),
        applies=_before_the_decision,
    ),
    Need(
        "SD-19",
        Stage.FINAL_MEETING,
        RecordFinalMeeting,
        SW,
        "Hold the final meeting and record what it says of each child.",
        met=lambda f: to_come(f) is None or not any(unheard(f, child) for child in for_the_meeting(f)),
        applies=_before_the_decision,
        clock=ClockKind.FINAL_MEETING,
    ),
    Need(
        "SD-16",
        Stage.FINAL_MEETING,
        RecordFinalMeeting,
        SW,
        "The meeting agreed before the conversation, or without the service being invited to that day: have the chair "
        "or the team manager confirm it (the record once more, with confirmed_by and corrects), or hold another one.",
        met=lambda f: not any(unconfirmed(f, child) for child in for_the_meeting(f)),
        applies=_before_the_decision,
        clock=ClockKind.MEETING_CONFIRMED,
    ),
    Need(
        "SU-01",
        Stage.DECISION,
        ReportSignificantHarm,
        SW,
        "A risk of significant harm was reported. Speak to Duty and Advice at once, and record who was spoken to and "
        "when (the report once more, with spoken_to and corrects).",
        met=lambda f: not f.nobody_spoken_to,
        clock=ClockKind.SIGNIFICANT_HARM,
        everywhere=True,
    ),
    Need(
        "SD-09a",
        Stage.DECISION,
        RecordConsent,
        SW,
        "Consent was withdrawn: ask the family again, or decide the child otherwise.",
        met=lambda f: not any(f.withdrawn(child) for child in undecided(f)),
        applies=lambda f: f.request.criteria.met and f.cancelled is None and not f.harm_reports,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-09a",
        Stage.DECISION,
        ChangeService,
        SW,
        "Another service may be named instead; the family is asked for its consent anew.",
        met=lambda f: f.all_decided,
        applies=_another_service_may_follow,
    ),
    Need(
        "SD-28",
        Stage.DECISION,
        NameLeadPractitioner,
        SW,
        "Name the practitioner who takes over.",
        met=lambda f: f.practitioner is not None,
        applies=transfer_possible,
        clock=ClockKind.LEAD_PRACTITIONER,
    ),
    Need(
        "SD-30",
        Stage.DECISION,
        RecordAdviceSummary,
        SW,
        "Record the summary of advice for each child that passes to Early Help.",
        met=lambda f: all(f.advice(c) for c in f.child_refs if f.agreement(c) and not f.decision(c)),
        applies=transfer_possible,
        clock=ClockKind.DECISION,
    ),
    Need(
        "SD-23",
        Stage.DECISION,
        DecideChildren,
        SW,
        "Decide for each child what happens, authorised by the team manager.",
        met=lambda f: f.all_decided,
        clock=ClockKind.DECISION,
    ),
    Need(
        "SD-21",
        Stage.CLOSURE,
        None,
        None,
        "The children are being closed in Mosaic as decided.",
        met=closed_as_decided,
    ),
    Need(
        "SD-33",
        Stage.CONFIRMATION,
        ApproveLetters,
        SW,
        "Approve the letters that tell the family, and the agencies, what is happening.",
        met=lambda f: f.letters is not None or bool(f.harm_reports),
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-32",
        Stage.CONFIRMATION,
        ApproveLetters,
        SW,
        "Universal services are enough for a child: approve a letter that tells an agency, or say why none is written.",
        met=lambda f: f.letters is None or bool(f.harm_reports) or not agencies_left_out(f, f.letters),
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-30",
        Stage.CONFIRMATION,
        None,
        None,
        "The summary of advice is being sent to the practitioner.",
        met=lambda f: ended(f, advice_summary(f)),
    ),
    Need(
        "SD-33",
        Stage.CONFIRMATION,
        None,
        None,
        "The letters are being sent.",
        met=lambda f: all(ended(f, effect) for effect in letters(f)),
    ),
    Need(
        None,
        Stage.CONFIRMATION,
        None,
        None,
        "What was begun in other systems is being brought to its end.",
        met=lambda f: all(ended(f, effect) for effect in (*f.begun, *at_once(f))),
    ),
    Need(
        "SD-26",
        Stage.CONFIRMATION,
        None,
        None,
        "The practitioner is being recommended to tell Families First.",
        met=lambda f: ended(f, recommend_families_first(f)),
    ),
    Need(
        "SD-29",
        Stage.CONFIRMATION,
        RecordManagementConversation,
        TM,
        "The service has not accepted a child: talk with the Targeted Services Leader, and record what you agree.",
        met=all_talked_about,
        clock=ClockKind.MANAGEMENT_CONVERSATION,
        everywhere=True,
    ),
    Need(
        "SD-35",
        Stage.CONFIRMATION,
        DecideChildren,
        SW,
        "The service has not accepted a child: it answers again, another service is named, or the child is decided "
        "otherwise.",
        met=lambda f: not given_back(f),
        applies=all_talked_about,
        clock=ClockKind.DECLINED,
        everywhere=True,
    ),
    Need(
        "SD-35",
        Stage.CONFIRMATION,
        AcknowledgeTransfer,
        EH,
        "Acknowledge each child that was passed on.",
        met=lambda f: all(f.acknowledgement(c) is not None for c in passed_on(f)),
        clock=ClockKind.ACKNOWLEDGEMENT,
    ),
    Need(
        "SD-28",
        Stage.CONFIRMATION,
        NameLeadPractitioner,
        SW,
        "Only an interim contact is named: name the practitioner once one is allocated.",
        met=lambda f: not f.interim or not passed_on(f),
        clock=ClockKind.ALLOCATION,
    ),
    Need(
        "SD-26",
        Stage.CONFIRMATION,
        RecordFamiliesFirstNotified,
        EH,
        "Say that Families First was told of the support, or why not.",
        met=lambda f: f.families_first is not None or recommend_families_first(f) is None,
        clock=ClockKind.FAMILIES_FIRST,
    ),
    Need(
        "SU-01",
        Stage.CONFIRMATION,
        ReportSignificantHarm,
        SW,
        "A report of significant harm came that could not be taken; the timeline says what could be read of it. Speak "
        "to Duty and Advice at once, and record the report.",
        met=lambda f: not f.harm_not_taken,
        clock=ClockKind.HARM_NOT_TAKEN,
        everywhere=True,
    ),
    Need(
        "SD-11",
        Stage.CONFIRMATION,
        RecordFamilySharing,
        SW,
        "Mosaic holds a newer version of a document than the family saw: share it with the family and record that, or "
        "have operations skip the item with the reason.",
        met=lambda f: all(item.problem != NEWER_VERSION for item in f.open_attention),
        everywhere=True,
    ),
    Need(
        None,
        Stage.CONFIRMATION,
        ResolveAttention,
        Role.OPERATIONS,
        "Put right what needs attention.",
        met=lambda f: all(item.who is not Role.OPERATIONS for item in f.open_attention),
        everywhere=True,
    ),
)


NOT_ENGAGED = (
    "The time that this council gives is over. Where the family does not answer, check whether social work still has "
    "a role, then have the social worker record the decision for the children; an answer that comes after all still "
    "counts."
)


@dataclass(frozen=True)
class TimeIsUp:
    """What a team manager is asked when a wait has come to its end; time alone ends nothing."""

    clause: str | None
    step: type[Step] | None
    ask: str


TIME_IS_UP = {
    ClockKind.CONSENT: TimeIsUp("SD-01", DecideChildren, NOT_ENGAGED),
    ClockKind.SHARING: TimeIsUp("SD-01", DecideChildren, NOT_ENGAGED),
    ClockKind.CONVERSATION: TimeIsUp(
        "SD-34",
        ChangeService,
        "The contact has not answered, and everybody has been told: settle it with the service, name another service, "
        "or have the children decided otherwise.",
    ),
    ClockKind.CONVERSATION_HELD: TimeIsUp(
        "SD-07",
        ChangeService,
        "The conversation was not held as offered: settle it with the service, name another service, or have the "
        "children decided otherwise.",
    ),
    ClockKind.SCHEDULING: TimeIsUp(
        "SD-18", ScheduleFinalMeeting, "The final meeting is overdue: have the social worker schedule it."
    ),
    ClockKind.FINAL_MEETING: TimeIsUp(
        "SD-19",
        RecordFinalMeeting,
        "It is not recorded what the final meeting agreed: have the social worker record it, or have another one held.",
    ),
    ClockKind.MEETING_CONFIRMED: TimeIsUp(
        "SD-16",
        RecordFinalMeeting,
        "Nobody has confirmed what the meeting agreed: confirm it, or have the chair do so, and have the social worker "
        "record that; or have another meeting held.",
    ),
    ClockKind.LEAD_PRACTITIONER: TimeIsUp(
        "SD-29",
        RecordManagementConversation,
        "No practitioner has been found: talk with the Targeted Services Leader about the right response, and record "
        "what you agree. An interim contact may be named.",
    ),
    ClockKind.ALLOCATION: TimeIsUp(
        "SD-29",
        RecordManagementConversation,
        "No practitioner was allocated by the expected day: talk with the Targeted Services Leader, and record what "
        "you agree.",
    ),
    ClockKind.MANAGEMENT_CONVERSATION: TimeIsUp(
        "SD-29", RecordManagementConversation, "The conversation with the Targeted Services Leader is overdue: hold it."
    ),
    ClockKind.SIGNIFICANT_HARM: TimeIsUp(
        "SU-01",
        ReportSignificantHarm,
        "Nobody has said who was spoken to at Duty and Advice about a risk of significant harm: see to it now, and "
        "have it recorded.",
    ),
    ClockKind.HARM_NOT_TAKEN: TimeIsUp(
        "SU-01",
        ReportSignificantHarm,
        "A report of significant harm that could not be taken has not been recorded: see to it now that Duty and "
        "Advice is spoken to, and that the report is recorded.",
    ),
    ClockKind.DECISION: TimeIsUp(
        "SD-23", DecideChildren, "The decision for the children is overdue: have the social worker record it."
    ),
    ClockKind.LETTERS: TimeIsUp(
        "SD-33", ApproveLetters, "The letters are overdue: have the social worker approve them."
    ),
    ClockKind.DECLINED: TimeIsUp(
        "SD-29",
        RecordManagementConversation,
        "Nothing has become of what was agreed for the child whom the service did not accept: talk again with the "
        "Targeted Services Leader.",
    ),
    ClockKind.FAMILIES_FIRST: TimeIsUp(
        "SD-26",
        RecordFamiliesFirstNotified,
        "It was not confirmed that Families First was told: ask the service once more, or record why it was not done.",
    ),
}
"""The end of every wait, by what is waited for. What follows an acknowledgement's ladder is a need of its own."""


@remembered
def missing(facts: Facts) -> tuple[Need, ...]:
    """What the stage still lacks, in the order of the guidance; last, what a manager is asked when time is up."""
    if is_duplicate(facts):
        return ()
    unmet: list[Need] = []
    for need in NEEDS:
        elsewhere = bool(unmet) and need.stage is not unmet[0].stage
        if (need.everywhere or not elsewhere) and not need.met(facts) and need.applies(facts):
            unmet.append(need)
    return (*unmet, *_time_is_up(facts, unmet))


def _time_is_up(facts: Facts, unmet: list[Need]) -> Iterator[Need]:
    kinds = dict.fromkeys(need.clock for need in unmet if need.clock is not None and facts.time_is_up(need.clock))
    for up in (TIME_IS_UP[kind] for kind in kinds if kind in TIME_IS_UP):
        yield Need(up.clause, unmet[0].stage, up.step, TM, up.ask, met=lambda _: False)


def stage(facts: Facts) -> Stage:
    """Where the transfer stands."""
    return next((need.stage for need in missing(facts)), Stage.CLOSED)


def next_steps(facts: Facts) -> tuple[NextStep, ...]:
    """What is still missing, as people and systems read it."""
    return tuple(
        NextStep(
            step=step_name(need.step) if need.step else None,
            who=need.who,
            ask=need.ask,
            clause=need.clause,
            by=facts.due(need.clock) if need.clock else None,
        )
        for need in missing(facts)
    )


def waiting_for(facts: Facts) -> tuple[str, ...]:
    """Whom the transfer waits for: roles, or ``nobody``."""
    roles = [need.who for need in missing(facts) if need.who is not None]
    roles += [item.who for item in facts.open_attention]
    return tuple(dict.fromkeys(roles)) or ("nobody",)
