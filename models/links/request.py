"""The request for Early Help that a contact opens which is one for Early Help (SU-04)."""

import re
from collections.abc import Iterator

from models.effects import Effect
from models.help_request.start import Channel, HelpRequest, Received, Referrer, ReferrerKind
from models.journey.linked import id_of
from models.journey.start import Linked
from models.step_up.facts import StepUpFacts
from models.step_up.linked import for_early_help
from models.step_up.start import Referral
from models.step_up.start import Referrer as Worried
from models.step_up.steps.decision import RecordContactOutcome
from models.vocabulary import ChildRef, Role, what_can_be_shown

ASKS = "Duty and Advice say that an Early Help assessment and plan are needed."
NOT_TO_BE_TOLD = (
    "THE PARENTS MUST NOT BE TOLD of the worry. Talk with Duty and Advice about how the family is spoken with, before "
    "anybody contacts them."
)
NOT_SAID = (
    "Nobody has said yet whether the parents may be told of the worry: ask Duty and Advice before anybody contacts the "
    "family."
)
MAY_BE_TOLD = "The parents may be told of the worry. {asked}"
PROTECTED = (
    "The family must not learn who was worried: say and write nothing from which they could guess it, nor the worry in "
    "these words."
)
NOT_REPEATED = "What was said of the worry tells who said it, and is not repeated here: ask Duty and Advice."
OF_ROLES = frozenset(word for role in Role for word in role.words.split())
"""What stands before the reference of whoever reported harm; it names nobody."""
SHORT_WORD = 3
"""A word of a name so short, as a title, tells nobody who it is."""


def out_of_referral(facts: StepUpFacts, effect: Effect) -> HelpRequest:
    """Passed on by Duty and Advice, with what they know; who was worried is protected (SU-01a)."""
    entry, request = facts.entry(effect.step or ""), facts.request
    if entry is None or not isinstance(entry.step, RecordContactOutcome):
        raise AssertionError("a request is opened for what a contact came to")
    said, children = entry.step, for_early_help(facts, entry.step)
    worry = "\n".join(filter(None, (ASKS, *_to_beware(facts), *_in_their_words(request, said.because))))
    return HelpRequest(
        id=id_of(request.id, effect),
        out_of=Linked(
            kind=request.kind,
            id=request.id,
            step=said.step_id,
            opened_for=said.step_id,
            earlier=request.line[:-1],
        ),
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


def _to_beware(facts: StepUpFacts) -> Iterator[str]:
    """SU-01a: what has to be known before anybody speaks with the family."""
    parents = facts.parents
    if parents is None:
        yield NOT_SAID
    elif not parents.may_be_told:
        yield NOT_TO_BE_TOLD
    else:
        agreed = "agreed" if parents.agreed else "did not agree"
        yield MAY_BE_TOLD.format(asked=f"{parents.asked}: {agreed}." if parents.asked else "Nobody was asked.")
    if not facts.request.referrer.may_be_named:
        yield PROTECTED


def _in_their_words(request: Referral, because: str | None) -> Iterator[str]:
    """What Duty and Advice said, and the worry; neither where it names whom the family must not know."""
    said = [*filter(None, (because, f"The worry, as it came: {request.concern}"))]
    kept = [one for one in said if request.referrer.may_be_named or not _names(one, request.referrer)]
    yield from kept
    if kept != said:
        yield NOT_REPEATED


def _names(said: str, referrer: Worried) -> bool:
    """Whether it says who was worried, or a part of their name or of that of where they work."""
    for name in filter(None, (referrer.who, referrer.organisation)):
        words = {*re.findall(r"[\w'-]+", name)} - OF_ROLES
        parts = [word for word in words if word[0].isupper() and len(word) > SHORT_WORD]
        if any(re.search(rf"\b{re.escape(part)}\b", said) for part in parts) or name.casefold() in said.casefold():
            return True
    return False
