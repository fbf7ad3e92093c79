"""What the rows of the rules ask of the facts: consent, what turns a transfer away, who may still pass on."""

from collections.abc import Callable
from dataclasses import dataclass

from models.effects import Effect
from models.step_down import final_meeting
from models.step_down.facts import Facts, remembered
from models.step_down.said import Decision, Letter, LetterAudience, MeetingOutcome, ResponseKind
from models.step_down.steps import RecordFamilySharing


def agreed_papers(facts: Facts) -> tuple[RecordFamilySharing, ...]:
    """SD-10, SD-15: what the family saw and agreed to, the plan before the assessment."""
    seen = (facts.shared(kind) for kind in facts.papers)
    return tuple(shared for shared in seen if shared is not None and shared.agreed_as_basis)


def by_mail(facts: Facts) -> bool:
    """SD-20: the service does not use Mosaic."""
    return facts.service is not None and facts.service.mosaic_team is None


def agencies_may_be_told(facts: Facts) -> bool:
    """Agencies may read of at least one child."""
    return any(agencies_may_read_of(facts, child) for child in facts.child_refs)


def agencies_may_read_of(facts: Facts, child: str) -> bool:
    """Consent stands (SD-09); or the agencies stay with the child, universal services suffice, and nobody said no."""
    if facts.consents(child):
        return True
    return child in facts.decided(Decision.UNIVERSAL_ONLY) and not facts.said_no(child)


def agencies_left_out(facts: Facts, written: tuple[Letter, ...]) -> bool:
    """SD-32: universal services suffice for a child, and no letter tells an agency, or says why not."""
    audiences = {letter.audience for letter in written}
    return bool(facts.decided(Decision.UNIVERSAL_ONLY)) and LetterAudience.AGENCY not in audiences


def consent_stands(facts: Facts) -> bool:
    """Consent stands for at least one child."""
    return any(facts.consents(child) for child in facts.child_refs)


def family_asked(facts: Facts, child: str) -> bool:
    """The family was asked for the child, and said something."""
    return facts.answer(child) is not None or facts.withdrawn(child)


def disputed(facts: Facts, child: str) -> bool:
    """SD-09: those with parental responsibility disagree, and the team manager has not decided."""
    answer = facts.answer(child)
    return answer is not None and answer.disputed


def family_answered(facts: Facts, child: str) -> bool:
    """The family has answered for the child, if only by withdrawing its consent; a dispute is no answer yet."""
    return family_asked(facts, child) and not disputed(facts, child)


def spoken_of(facts: Facts, child: str) -> bool:
    """A conversation with this service has answered for the child."""
    conversation = facts.conversation
    return conversation is not None and (not conversation.appropriate or facts.talked_over(child) is not None)


@remembered
def consent_lost(facts: Facts) -> bool:
    """The family has answered for every child who might pass, and consent stands for none of them."""
    asked = undecided(facts) or tuple(child for child in facts.child_refs if family_answered(facts, child))
    answered = bool(asked) and all(family_answered(facts, child) for child in asked)
    return answered and not any(facts.consents(child) for child in asked)


@remembered
def not_agreed_at_meeting(facts: Facts) -> bool:
    """SD-19: the final meeting let none of the children pass on who could."""
    asked = [child for child in undecided(facts) or facts.child_refs if could_pass(facts, child)]
    return facts.on_a_plan and bool(asked) and all(final_meeting.refuses(facts, child) for child in asked)


def universal_at_meeting(facts: Facts) -> bool:
    """The final meeting found universal services enough, and said no for no other reason (SD-32)."""
    said = [at_meeting.outcome for child in facts.child_refs if (at_meeting := facts.said_at_meeting(child))]
    return bool(said) and all(outcome is MeetingOutcome.UNIVERSAL_SERVICES for outcome in said)


def could_pass(facts: Facts, child: str) -> bool:
    """Consent stands for the child, and no conversation omitted it (SD-08, SD-09)."""
    return facts.consents(child) and (facts.conversation is None or facts.agreement(child) is not None)


@remembered
def for_the_meeting(facts: Facts) -> tuple[str, ...]:
    """The children about whom a final meeting has to come to an answer (SD-19)."""
    return tuple(c for c in undecided(facts) if facts.consents(c) and facts.agreement(c))


@remembered
def not_appropriate(facts: Facts) -> bool:
    """The contact said that it is not for the service; or the conversation did, or agreed no child."""
    if facts.conversation is None:
        return facts.offer is not None and facts.offer.not_us_because is not None
    asked = undecided(facts) or facts.child_refs
    none_agreed = not any(facts.agreement(child) for child in asked)
    return none_agreed and (not facts.conversation.appropriate or all(facts.talked_over(child) for child in asked))


def universal_suffices(facts: Facts) -> bool:
    """The conversation was about children for whom universal services are enough, and about no other (SD-27)."""
    said = [facts.talked_over(child) for child in facts.child_refs]
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
    holds: Callable[[Facts], bool]


TURNS = (
    Turn("SU-01", "a risk of significant harm is reported", lambda facts: bool(facts.harm_reports)),
    Turn("SD-01", "not for Early Help, as the start says", lambda facts: not facts.request.criteria.met),
    Turn(None, "cancelled", lambda facts: facts.cancelled is not None),
    Turn("SD-09a", "the family refuses, or withdraws its consent", consent_lost),
    Turn("SD-07", "not appropriate, or no child agreed", not_appropriate),
    Turn("SD-19", "the final meeting agrees no child", not_agreed_at_meeting),
)


def heading_for_transfer(facts: Facts) -> bool:
    """Nothing has turned the transfer away from the service."""
    return not any(turn.holds(facts) for turn in TURNS)


@remembered
def undecided(facts: Facts) -> tuple[str, ...]:
    """The children who may still pass to Early Help: not decided yet, or decided so and not closed yet."""
    return tuple(
        child
        for child in facts.child_refs
        if not facts.closing_begun(child)
        and ((said := facts.decision(child)) is None or said.decision is Decision.TRANSFER)
    )


def transfer_possible(facts: Facts) -> bool:
    """A child can still pass to Early Help."""
    return heading_for_transfer(facts) and bool(undecided(facts))


@remembered
def passed_on(facts: Facts) -> tuple[str, ...]:
    """The children who pass to Early Help, as long as consent stands for them (SD-09)."""
    return tuple(child for child in facts.decided(Decision.TRANSFER) if facts.consents(child))


@remembered
def with_the_service(facts: Facts) -> tuple[str, ...]:
    """Those of them whom the service has not given back."""
    return tuple(child for child in passed_on(facts) if not facts.given_back(child))


def papers_seen(facts: Facts) -> bool:
    """SD-10, SD-15: the family has seen each document."""
    return all(facts.shared(kind) for kind in facts.papers)


def basis_settled(facts: Facts) -> bool:
    """The family agreed that each document is the basis (SD-10), or support goes on without it (SD-10a)."""
    seen = [facts.shared(kind) for kind in facts.papers]
    return all(shared is not None and (shared.agreed_as_basis or shared.without_it is not None) for shared in seen)


def ended(facts: Facts, effect: Effect | None) -> bool:
    """The effect has ended, or there is none to carry out."""
    return effect is None or facts.result(effect) is not None


def is_duplicate(facts: Facts) -> bool:
    """A child of this transfer was found in another open one."""
    return facts.opening is not None and facts.opening.duplicate_of is not None
