"""The request for Early Help that a contact opens which is one for Early Help (SU-04)."""

from models.effects import Effect
from models.help_request.start import Channel, HelpRequest, Received, Referrer, ReferrerKind
from models.journey.linked import id_of
from models.journey.start import Linked
from models.step_up.facts import StepUpFacts
from models.step_up.linked import for_early_help
from models.step_up.steps.decision import RecordContactOutcome
from models.vocabulary import ChildRef, what_can_be_shown

ASKS = "Duty and Advice say that an Early Help assessment and plan are needed."


def out_of_referral(facts: StepUpFacts, effect: Effect) -> HelpRequest:
    """Passed on by Duty and Advice, with what they know; who was worried is not named (SU-01a)."""
    entry, request = facts.entry(effect.step or ""), facts.request
    if entry is None or not isinstance(entry.step, RecordContactOutcome):
        raise AssertionError("a request is opened for what a contact came to")
    said, children = entry.step, for_early_help(facts, entry.step)
    worry = "\n".join(filter(None, (ASKS, said.because, f"The worry, as it came: {request.concern}")))
    return HelpRequest(
        id=id_of(request.id, effect),
        out_of=Linked(kind=request.kind, id=request.id, step=said.step_id),
        children=tuple(ChildRef(ref=child) for child in children),
        lead_child=children[0],
        family_ref=request.family_ref,
        service_ref=facts.service_ref,
        restricted=request.restricted,
        received=Received(channel=Channel.DUTY_AND_ADVICE, at=said.occurred_at),
        referrer=Referrer(
            who=said.said_by,
            kind=ReferrerKind.DUTY_AND_ADVICE,
            organisation=said.heard_from.words,
            reached=f"By the {request.kind.words} {request.id}",
        ),
        asks_for=str(what_can_be_shown(worry)),
    )
