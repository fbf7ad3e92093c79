"""Which way a step-down goes: what turns it away from the service, and which children may still pass on."""

from collections.abc import Callable
from dataclasses import dataclass

from models.journey.remembered import remembered
from models.step_down.addresses import service_is_safe
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.steps.conversation import ResponseKind
from models.step_down.steps.decision import Decision
from models.step_down.steps.final_meeting import MeetingOutcome


@remembered
def undecided(facts: StepDownFacts) -> tuple[Child, ...]:
    """The children who may still pass to Early Help: not decided yet, or decided so and not closed yet."""
    return tuple(child for child in facts.children if child.may_still_pass)


@remembered
def passed_on(facts: StepDownFacts) -> tuple[Child, ...]:
    """The children who pass to Early Help, as long as consent stands for them (SD-09)."""
    return tuple(child for child in facts.children if child.passes_on)


@remembered
def with_the_service(facts: StepDownFacts) -> tuple[Child, ...]:
    """Those of them whom the service has not given back."""
    return tuple(child for child in facts.children if child.with_the_service)


@remembered
def given_back(facts: StepDownFacts) -> tuple[Child, ...]:
    """The closed children whom the service declined, or did not answer for while everybody was told."""
    return tuple(child for child in facts.children if child.given_back)


def all_talked_about(facts: StepDownFacts) -> bool:
    """SD-29: the managers have talked about every child whom the service gave back."""
    return all(child.talked_about for child in given_back(facts))


def consent_stands(facts: StepDownFacts) -> bool:
    """Consent stands for at least one child."""
    return any(child.consents for child in facts.children)


@remembered
def consent_lost(facts: StepDownFacts) -> bool:
    """The family has answered for every child who might pass, and consent stands for none of them."""
    asked = undecided(facts) or tuple(child for child in facts.children if child.answered)
    answered = bool(asked) and all(child.answered for child in asked)
    return answered and not any(child.consents for child in asked)


@remembered
def all_withheld(facts: StepDownFacts) -> bool:
    """SD-09e: nothing of a child is shared with the service, and no other one might pass to it."""
    asked = undecided(facts) or facts.children
    withheld = [child for child in asked if child.withheld_from(None)]
    return bool(withheld) and all(child in withheld or left_out(child) for child in asked)


def left_out(child: Child) -> bool:
    """The family, or the conversation with the service, has said no of it."""
    return (child.answered and not child.consents) or child.turned_down


@remembered
def not_agreed_at_meeting(facts: StepDownFacts) -> bool:
    """SD-19: the final meeting let none of the children pass on who could."""
    asked = [child for child in undecided(facts) or facts.children if child.could_pass]
    refused = all(not child.unheard and not child.agreed_at_meeting for child in asked)
    return facts.on_a_plan and bool(asked) and refused


def universal_at_meeting(facts: StepDownFacts) -> bool:
    """The final meeting found universal services enough, and said no for no other reason (SD-32)."""
    said = [child.at_meeting.outcome for child in facts.children if child.at_meeting is not None]
    return bool(said) and all(outcome is MeetingOutcome.UNIVERSAL_SERVICES for outcome in said)


@remembered
def not_appropriate(facts: StepDownFacts) -> bool:
    """The contact said that it is not for the service; or the conversation did, or agreed no child that could pass."""
    if facts.conversation is None:
        return facts.request_answer is not None and facts.request_answer.not_us_because is not None
    asked = undecided(facts) or facts.children
    none_agreed = not any(child.agreement for child in asked)
    all_talked_over = any(child.talked_over for child in asked) and not any(child.to_talk_over for child in asked)
    return none_agreed and (not facts.conversation.appropriate or all_talked_over)


def universal_suffices(facts: StepDownFacts) -> bool:
    """The conversation was about children for whom universal services are enough, and about no other (SD-27)."""
    said = [child.talked_over for child in facts.children]
    conversation = facts.conversation
    return (
        conversation is not None
        and conversation.appropriate
        and any(said)
        and all(one is None or one.response is ResponseKind.UNIVERSAL_SERVICES for one in said)
    )


@dataclass(frozen=True)
class Turn:
    """Something that turns the transfer away from the service, so that the children are decided otherwise."""

    clause: str | None
    because: str
    holds: Callable[[StepDownFacts], bool]


TURNS = (
    Turn("SU-01", "a risk of significant harm is reported", lambda facts: facts.harm_stands),
    Turn("SD-01", "not for Early Help, as the start says", lambda facts: not facts.request.criteria.met),
    Turn(None, "cancelled", lambda facts: facts.cancelled is not None),
    Turn("SD-09a", "the family refuses, or withdraws its consent", consent_lost),
    Turn("SD-09e", "nothing of any child is shared with the service", all_withheld),
    Turn("SD-07", "not appropriate, or no child agreed", not_appropriate),
    Turn("SD-19", "the final meeting agrees no child", not_agreed_at_meeting),
)


def heading_for_transfer(facts: StepDownFacts) -> bool:
    """Nothing has turned the transfer away from the service."""
    return not any(turn.holds(facts) for turn in TURNS)


@remembered
def transfer_possible(facts: StepDownFacts) -> bool:
    """A child can still pass to Early Help."""
    return heading_for_transfer(facts) and bool(undecided(facts))


def may_reach_service(facts: StepDownFacts) -> bool:
    """A child for whom consent stands can still pass to the service, whose contact the directory knows, and is safe."""
    consents = any(child.consents and not child.withheld_from(None) for child in undecided(facts))
    return consents and transfer_possible(facts) and facts.service is not None and service_is_safe(facts)


def service_reads_of_children(facts: StepDownFacts) -> bool:
    """Children pass to the service, which accepted, or may accept, each of them."""
    return bool(with_the_service(facts)) and not given_back(facts) and not facts.harm_stands


def turned_otherwise(facts: StepDownFacts) -> bool:
    """Something other than the final meeting has turned the transfer away."""
    return any(turn.holds(facts) for turn in TURNS if turn.holds is not not_agreed_at_meeting)


def service_has_children(facts: StepDownFacts) -> bool:
    """A child was, or is being, closed to pass to the service, which did not give it back."""
    return any(child.closing_begun and not child.given_back for child in facts.decided(Decision.TRANSFER))
