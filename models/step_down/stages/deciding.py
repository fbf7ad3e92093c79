"""How children may be decided, and how that is authorised: each rule that a decision keeps (SD-01, SD-19…23, SD-40)."""

from collections.abc import Callable

from models.journey.rows import each_child, field
from models.step_down.closure_reason import cannot_hold, has_to_be_chosen
from models.step_down.facts import StepDownFacts
from models.step_down.held import NOT_SAID
from models.step_down.homes import lost, shares_home
from models.step_down.interlock import INTERLOCK, WHEREVER_IT_CLOSES, locked_by
from models.step_down.moved import unanswered_notice
from models.step_down.papers import settled_with_service
from models.step_down.plan_end import (
    ended_since,
    not_18_then,
    under_18_for_adult_services,
)
from models.step_down.rows import TM, Row, Rule
from models.step_down.steps.acts import Authorise
from models.step_down.steps.decision import (
    ChildDecision,
    Decision,
    RecordDecisions,
)

NONE_FOLLOWS = (
    "The census asks why a child's case closes, and what is recorded does not answer that: give the reason for "
    "closure, RC9 (after the assessment alone, referred to Early Help), RC8 (after it alone, no further action) or RC7 "
    "(there was a plan, a conference or a section 47 enquiry, or services end for another reason)."
)


def _passes_on_before(holds: Callable[[StepDownFacts], bool]) -> Callable[[StepDownFacts, RecordDecisions], bool]:
    """Only a child that passes to Early Help waits for this; any other may be decided at once."""
    return lambda facts, step: not holds(facts) and any(c.decision is Decision.TRANSFER for c in step.children)


def _passes_on_before_its_papers(facts: StepDownFacts, said: ChildDecision) -> bool:
    return said.decision is Decision.TRANSFER and not settled_with_service(facts.child(said.ref))


def _closes_what_goes_on(facts: StepDownFacts, said: ChildDecision) -> bool:
    """The final meeting did not let the child go so; whether it passes on, the interlock asks."""
    child, passes_on = facts.child(said.ref), said.decision is Decision.TRANSFER
    goes_on = child.at_meeting is not None and not child.at_meeting.lets(said.decision)
    return not passes_on and goes_on and not ended_since(child, said)


def _social_work_has_a_role(facts: StepDownFacts, step: RecordDecisions) -> bool:  # noqa: ARG001 (a rule asks both)
    return any(said.decision.closes for said in step.children) and not step.no_further_role_confirmed


def _says_nothing_of_what_mosaic_does_not_say(facts: StepDownFacts, step: Authorise) -> bool:
    entry = facts.entry(step.of)
    if not step.granted or step.because is not None or entry is None or not isinstance(entry.step, RecordDecisions):
        return False
    closed = (said.ref for said in entry.step.children if said.decision.closes and step.names(said.ref))
    return any(facts.child(ref).unsaid() for ref in closed)


def _decides_without_a_word_on_it(facts: StepDownFacts, step: RecordDecisions) -> bool:
    """The team manager closes a child themselves, of whom Mosaic does not say everything."""
    closed = (said.ref for said in step.children if said.decision.closes)
    silent = step.actor.role is TM and step.of_what_mosaic_does_not_say is None
    return silent and any(facts.child(ref).unsaid() for ref in closed)


def _says_nothing_of_a_refusal(facts: StepDownFacts, step: Authorise) -> bool:
    entry = facts.entry(step.of)
    return (
        step.because is None
        and entry is not None
        and any(child.refused_in is entry.step and step.names(child.ref) for child in facts.children)
    )


def _says_nothing_of_the_missing_answer(facts: StepDownFacts, step: Authorise) -> bool:
    entry = facts.entry(step.of)
    closed = (child for child in facts.children if entry and child.decided_in is entry.step and step.names(child.ref))
    return step.granted and step.because is None and any(map(unanswered_notice, closed))


def _home_not_known(facts: StepDownFacts, step: RecordDecisions) -> str | None:
    """The first child that is to be closed, and shares a home with one of whom nobody knows where it lives."""
    nowhere = lost(facts, step)
    for place, said in enumerate(step.children):
        if said.asks_for_address and shares_home(facts, said.ref, nowhere):
            return f"children.{place}.address_known"
    return None


def _says_nothing_of_who_is_lost(facts: StepDownFacts, said: ChildDecision) -> bool:
    return said.ref in lost(facts) and said.address_known is None and not said.died


def _too_young_for_adult_services(facts: StepDownFacts, step: RecordDecisions) -> str | None:
    places = (n for n, s in enumerate(step.children) if under_18_for_adult_services(facts.child(s.ref), s, step.day))
    return next((f"children.{place}.closure_reason" for place in places), None)


def _nobody_talked(facts: StepDownFacts, step: RecordDecisions) -> bool:
    """A child was given back by the service, and is decided before the managers have talked."""
    named = map(facts.child, step.children_named())
    return not all(child.talked_about for child in named if child.given_back)


def _to_the_same_service(facts: StepDownFacts, said: ChildDecision) -> bool:
    return said.decision is Decision.TRANSFER and facts.child(said.ref).given_back


ROWS: tuple[Row, ...] = (
    Rule(
        "SD-05",
        RecordDecisions,
        field("step", _passes_on_before(lambda f: f.exploration is not None)),
        "First record what was explored with the family and the network, or why not; the decision comes after.",
    ),
    Rule(
        "SD-11",
        RecordDecisions,
        each_child("decision", _passes_on_before_its_papers),
        "The service must have the version that the family agreed to before the decision.",
    ),
    *(
        Rule(lock.clause, RecordDecisions, each_child("decision", locked_by(lock)), lock.otherwise)
        for lock in WHEREVER_IT_CLOSES
    ),
    Rule(
        "SD-23a",
        RecordDecisions,
        _home_not_known,
        "It is not known where a brother or sister lives who, according to the family record, shares a home with this "
        "child: this child stays with social work, too. If they no longer live together, record the family again "
        "first; if it is known again where the brother or sister lives, decide again for them first, and say so.",
    ),
    Rule(
        "SD-23a",
        RecordDecisions,
        each_child("address_known", _says_nothing_of_who_is_lost),
        "It was said that nobody knows where this child lives: say whether it is known now.",
    ),
    Rule(
        "SD-19a",
        RecordDecisions,
        each_child("plan_ended", lambda f, said: not_18_then(f.child(said.ref), said)),
        "According to the date of birth on record, this child is not 18 on that day.",
    ),
    Rule(
        "SD-19",
        RecordDecisions,
        each_child("decision", _closes_what_goes_on),
        "The final meeting did not agree to this for the child: unless a meeting says otherwise, the child stays with "
        "social work.",
    ),
    *(
        Rule(lock.clause, RecordDecisions, each_child("decision", locked_by(lock)), lock.otherwise)
        for lock in INTERLOCK
    ),
    Rule(
        "SD-01",
        RecordDecisions,
        field("no_further_role_confirmed", _social_work_has_a_role),
        "To close a child's case, confirm that social work has no further role.",
    ),
    Rule(
        "SD-09e",
        Authorise,
        field("because", _says_nothing_of_a_refusal),
        "Consent was refused: give as your reason what you found when you looked at whether that changes the risk.",
    ),
    Rule(
        "SD-23a",
        Authorise,
        field("because", _says_nothing_of_the_missing_answer),
        "The authority where the child lives now has not confirmed our written notice: give as your reason "
        "what was done, and why the child's case is closed all the same.",
    ),
    Rule(
        "SD-19b",
        Authorise,
        field("because", _says_nothing_of_what_mosaic_does_not_say),
        f"{NOT_SAID} Give as your reason what you know about it.",
    ),
    Rule(
        "SD-19b",
        RecordDecisions,
        field("of_what_mosaic_does_not_say", _decides_without_a_word_on_it),
        f"{NOT_SAID} Say what you know about it as you decide.",
    ),
    Rule(
        "SD-40",
        RecordDecisions,
        each_child("closure_reason", lambda f, said: cannot_hold(f.child(said.ref), said)),
        "RC8 and RC9 are for a case that closes after the assessment alone; here there was more since the referral: a "
        "plan, a conference or a section 47 enquiry. Leave the reason out, and it follows.",
    ),
    Rule(
        "SD-40",
        RecordDecisions,
        _too_young_for_adult_services,
        "RC6 is for somebody who passes to adult social care, and according to the date of birth on record this "
        "child is not 18: leave the reason out, and it follows; or have the date of birth put right first.",
    ),
    Rule(
        "SD-40",
        RecordDecisions,
        each_child("closure_reason", lambda f, said: has_to_be_chosen(f.child(said.ref), said)),
        NONE_FOLLOWS,
    ),
    Rule(
        "SD-29",
        RecordDecisions,
        field("step", _nobody_talked),
        "The service did not accept the child: the team manager talks with the Targeted Services Leader first.",
    ),
    Rule(
        "SD-35",
        RecordDecisions,
        each_child("decision", _to_the_same_service),
        "The service did not accept this child: either that service answers again, or another one is named.",
    ),
)
