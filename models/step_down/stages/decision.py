"""The decision: practitioner named, advice recorded, each child decided (SD-01, SD-09a, SD-23, SD-27…30)."""

from models.journey import harm
from models.journey.rows import TimeIsUp
from models.kinds import ClockKind
from models.step_down.acts import nothing_waits, that_wait
from models.step_down.closure_reason import waits_for_reason
from models.step_down.direction import all_withheld, consent_lost, not_appropriate, transfer_possible, undecided
from models.step_down.facts import StepDownFacts
from models.step_down.held import NOT_SAID
from models.step_down.homes import home_is_lost
from models.step_down.plan_end import (
    waits_for_conference_manager,
)
from models.step_down.rows import SW, TM, Need, Row
from models.step_down.stages import deciding, harm_stop
from models.step_down.stages.deciding import NONE_FOLLOWS
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.decision import (
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.transfer import ChangeService
from models.vocabulary import Role


def _another_service_may_follow(facts: StepDownFacts) -> bool:
    stopped = facts.cancelled is not None or facts.harm_stands or consent_lost(facts)
    return (not_appropriate(facts) or all_withheld(facts)) and facts.request.criteria.met and not stopped


def _consent_may_be_asked_again(facts: StepDownFacts) -> bool:
    return facts.request.criteria.met and facts.cancelled is None and not facts.harm_stands


def _advised(facts: StepDownFacts) -> bool:
    return all(child.advice for child in facts.children if child.agreement and not child.decision)


def _somebody_is_named(facts: StepDownFacts) -> bool:
    """For each child that could pass: a practitioner, or an interim contact to whom the manager has not said no."""
    named = ((child, child.named) for child in undecided(facts) if child.could_pass and child.practitioner is None)
    return all(one is not None and not facts.denied(one, child.ref) for child, one in named)


ROWS: tuple[Row, ...] = (
    harm.SPOKEN_TO,
    harm_stop.LIFT,
    Need(
        "SD-09a",
        RecordConsent,
        SW,
        "Consent was withdrawn, or had never been given: ask the family, or decide something else for the child.",
        met=lambda f: not any(child.withdrawn for child in undecided(f)),
        applies=_consent_may_be_asked_again,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-09a",
        ChangeService,
        SW,
        "Another service may be named instead; the family is then asked for consent again.",
        met=lambda f: f.all_decided,
        applies=_another_service_may_follow,
    ),
    Need(
        "SD-28",
        NameLeadPractitioner,
        SW,
        "Name the practitioner who takes over for each child who passes on; it need not be the same one.",
        met=_somebody_is_named,
        applies=transfer_possible,
        clock=ClockKind.LEAD_PRACTITIONER,
    ),
    Need(
        "SD-28",
        Authorise,
        TM,
        "Until a practitioner is allocated there is to be an interim contact: authorise it, or say why not.",
        met=nothing_waits(NameLeadPractitioner),
        of=that_wait(NameLeadPractitioner),
        clock=ClockKind.AUTHORISED,
        everywhere=True,
    ),
    Need(
        "SD-30",
        RecordAdviceSummary,
        SW,
        "Record the summary of advice for each child who passes to Early Help.",
        met=_advised,
        applies=transfer_possible,
        clock=ClockKind.DECISION,
    ),
    Need(
        "SD-23",
        RecordDecisions,
        SW,
        "Decide for each child what happens; the team manager records it, or authorises it.",
        met=lambda f: f.all_decided,
        applies=lambda f: not f.harm_stands,
        clock=ClockKind.DECISION,
    ),
    Need(
        "SD-39",
        RecordDecisions,
        SW,
        "A risk of significant harm was reported: decide that each child for whom the team manager does not lift the "
        "stop stays with social work. Until then, nothing goes on for the other children, even where the stop is "
        "lifted.",
        met=lambda f: f.all_decided,
        applies=lambda f: f.harm_stands,
        clock=ClockKind.DECISION,
    ),
    Need(
        "SD-09e",
        Authorise,
        TM,
        "Consent was refused for a child. Look at whether the refusal changes the risk, or points to coercion or "
        "exploitation; the child's case is not closed before you have. If it does not, authorise; if it does, say no. "
        "Either way, give what you found as your reason.",
        met=lambda f: not any(child.refusal_not_looked_at for child in f.children if not child.closing_begun),
        of=lambda f: (c.refused_in for c in f.children if c.refusal_not_looked_at and not c.closing_begun),
        clock=ClockKind.AUTHORISED,
        everywhere=True,
    ),
    Need(
        "SD-23a",
        RecordDecisions,
        SW,
        "It is not known where a brother or sister lives who shares a home with a child whose case is to be closed, so "
        "that case is not closed. Follow the missing-family procedure, and speak to Duty and Advice. If the two do not "
        "live together, record the family again; if it is known again where the brother or sister lives, decide again "
        "for them, and say so; or decide again for the child.",
        met=lambda f: not any(map(home_is_lost, f.children)),
        clock=ClockKind.DECISION,
        everywhere=True,
    ),
    Need(
        "SD-23b",
        Authorise,
        TM,
        "A child's case is to be closed, as was decided: authorise it, or say why not. Nothing is closed until you do.",
        met=nothing_waits(RecordDecisions),
        of=that_wait(RecordDecisions),
        clock=ClockKind.AUTHORISED,
        everywhere=True,
    ),
    Need(
        "SD-19b",
        Authorise,
        TM,
        f"{NOT_SAID} The child's case is not closed before you have said what you know about it: say it when you "
        "authorise the closing again, as a correction with your reason; or, if you decided it yourself, when you "
        "decide again.",
        met=lambda f: not any(child.unanswered for child in f.children),
        of=lambda f: (child.decided_in for child in f.children if child.unanswered),
        clock=ClockKind.DECISION,
    ),
    Need(
        "SD-40",
        RecordDecisions,
        SW,
        f"{NONE_FOLLOWS} Until then the child's case is not closed: decide again, as a correction that gives it.",
        met=lambda f: not any(map(waits_for_reason, f.children)),
        clock=ClockKind.DECISION,
    ),
    Need(
        "SD-19a",
        ConfirmMeeting,
        Role.CONFERENCE_MANAGER,
        "The Child Protection plan of a child is said to have ended without a conference: the conference manager "
        "confirms it, and the child's case is not closed before. Or the social worker decides again for the child.",
        met=lambda f: not any(map(waits_for_conference_manager, f.children)),
        of=lambda f: (child.decided_in for child in filter(waits_for_conference_manager, f.children)),
        clock=ClockKind.END_CONFIRMED,
        everywhere=True,
    ),
    TimeIsUp(
        "SD-19a",
        ClockKind.END_CONFIRMED,
        ConfirmMeeting,
        "The conference manager has not confirmed that a plan ended without a conference: have them do so, or have "
        "it decided again for the child.",
    ),
    TimeIsUp(
        "SD-29",
        ClockKind.LEAD_PRACTITIONER,
        RecordManagementConversation,
        "No practitioner has been found: talk with the Targeted Services Leader about the right response, and "
        "record what you agree. An interim contact may be named.",
    ),
    TimeIsUp(
        "SD-23",
        ClockKind.DECISION,
        RecordDecisions,
        "The decision for the children is overdue: have the social worker record it.",
    ),
    *deciding.ROWS,
)
