"""How a step-down ended."""

from models.journey.recorded import Clock
from models.kinds import ClockKind
from models.step_down.direction import (
    all_withheld,
    consent_lost,
    not_agreed_at_meeting,
    not_appropriate,
    universal_at_meeting,
    universal_suffices,
)
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.decision import Decision
from models.step_down.steps.sharing import RecordFamilySharing


def not_engaged(facts: StepDownFacts) -> bool:
    """The family did not answer in time, neither on consent nor on the document, and never did afterwards."""
    silent = {
        ClockKind.CONSENT: not all(child.answered for child in facts.children),
        ClockKind.SHARING: not all(facts.shared(paper) for paper in facts.papers),
    }
    return any(
        silent.get(clock.kind, False) and facts.end_told(clock) and not _family_answered_since(facts, clock)
        for clock in facts.clocks
    )


def _family_answered_since(facts: StepDownFacts, clock: Clock) -> bool:
    """The family answered, if only for another service, as that was what it was asked for then."""
    answers = RecordConsent if clock.kind is ClockKind.CONSENT else RecordFamilySharing
    return any(isinstance(entry.step, answers) for entry in facts.steps[clock.steps_before :])


def not_eligible(facts: StepDownFacts) -> bool:
    """The start says that it is not for Early Help; universal services ask for no response (SD-01…03, SD-32)."""
    criteria = facts.request.criteria
    enough = bool(facts.decided(Decision.UNIVERSAL_ONLY))
    return not (criteria.no_further_role and criteria.needs_early_help_can_meet) or not (
        criteria.response_required or enough
    )


def outcome(facts: StepDownFacts) -> Outcome:
    """How the transfer ended, the first that applies."""
    applies = (
        (Outcome.DUPLICATE, facts.is_duplicate),
        (Outcome.TRANSFERRED, bool(facts.decided(Decision.TRANSFER))),
        (Outcome.ESCALATED, facts.harm_stands),
        (Outcome.NOT_ELIGIBLE, not_eligible(facts)),
        (Outcome.CONSENT_REFUSED, consent_lost(facts) and not any(child.withdrawn for child in facts.children)),
        (Outcome.CONSENT_WITHDRAWN, consent_lost(facts)),
        (Outcome.FAMILY_NOT_ENGAGED, not_engaged(facts)),
        (Outcome.NOT_SHARED, all_withheld(facts)),
        (Outcome.NOT_APPROPRIATE, not_appropriate(facts) and not universal_suffices(facts)),
        (Outcome.NOT_AGREED_AT_MEETING, not_agreed_at_meeting(facts) and not universal_at_meeting(facts)),
        (Outcome.UNIVERSAL_SERVICES_ONLY, bool(facts.decided(Decision.UNIVERSAL_ONLY))),
        (Outcome.NO_FURTHER_SUPPORT, bool(facts.decided(Decision.NO_FURTHER_SUPPORT))),
        (Outcome.MOVED, bool(facts.decided(Decision.MOVED_AWAY))),
        (Outcome.CANCELLED, facts.cancelled is not None),
    )
    return next((how for how, holds in applies if holds), Outcome.NOT_ELIGIBLE)
