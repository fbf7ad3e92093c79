"""What the rows of the rules ask of the facts, and the effects of a step-down by identity."""

from collections.abc import Callable
from dataclasses import dataclass

from models.effects import Effect, EffectKind
from models.step_down.facts import Facts
from models.step_down.steps import Decision, LetterAudience

CLOSING = (Decision.TRANSFER, Decision.NO_FURTHER_SUPPORT)


def share_with_service(facts: Facts) -> Effect | None:
    """SD-11: the version that the family saw and agreed; None until they did, and where consent does not stand."""
    shared = facts.family_sharing
    if shared is None or not shared.agreed_as_basis or not consent_stands(facts) or not_appropriate(facts):
        return None
    return Effect(kind=EffectKind.SHARE_DOCUMENT, subject=f"{shared.document_ref}/v{shared.version}")


def request_conversation(facts: Facts) -> Effect:
    """SD-34: the contact of the service is asked for the conversation."""
    return Effect(kind=EffectKind.REQUEST_CONVERSATION, subject=facts.request.service_ref)


def close_child(child: str) -> Effect:
    """SD-21…23: social work closes one child in Mosaic."""
    return Effect(kind=EffectKind.CLOSE_CHILD, subject=child)


def closures(facts: Facts) -> tuple[Effect, ...]:
    """The closing of every child that is decided and may be closed."""
    return tuple(close_child(child) for child in facts.child_refs if may_close(facts, child))


def advice_summary(facts: Facts) -> Effect | None:
    """SD-30: the summary goes to the practitioner; None where no child passes to Early Help."""
    if facts.practitioner is None or not facts.decided(Decision.TRANSFER):
        return None
    return Effect(kind=EffectKind.SEND_ADVICE_SUMMARY, subject=facts.practitioner.practitioner)


def letters(facts: Facts) -> tuple[Effect, ...]:
    """SD-33: the letters that are to be written; to agencies only while consent stands (SD-09)."""
    to_write = (
        letter
        for letter in facts.letters or ()
        if letter.do_not_write_because is None and (letter.audience is LetterAudience.FAMILY or consent_stands(facts))
    )
    return tuple(Effect(kind=EffectKind.SEND_LETTER, subject=letter.letter_id) for letter in to_write)


def consent_stands(facts: Facts) -> bool:
    """Consent stands for at least one child."""
    return any(facts.consents(child) for child in facts.child_refs)


def consent_lost(facts: Facts) -> bool:
    """The family has answered, and consent stands for no child."""
    return facts.consent is not None and not consent_stands(facts)


def not_appropriate(facts: Facts) -> bool:
    """The conversation found the referral not appropriate, or agreed no child."""
    return facts.conversation is not None and not any(facts.agreement(child) for child in facts.child_refs)


def heading_for_transfer(facts: Facts) -> bool:
    """Nothing has turned the transfer away from the service."""
    return not consent_lost(facts) and not not_appropriate(facts)


def transfer_possible(facts: Facts) -> bool:
    """A child can still pass to Early Help: none decided yet, or some decided so."""
    return heading_for_transfer(facts) and (not facts.all_decided or bool(facts.decided(Decision.TRANSFER)))


def agreed_as_basis(facts: Facts) -> bool:
    """The family agreed that the document is the basis of the support."""
    return facts.family_sharing is not None and facts.family_sharing.agreed_as_basis


def ended(facts: Facts, effect: Effect | None) -> bool:
    """The effect has ended, or there is none to carry out."""
    return effect is None or facts.result(effect) is not None


def shared_with_service(facts: Facts) -> bool:
    """The service has the version that the family agreed to."""
    return agreed_as_basis(facts) and ended(facts, share_with_service(facts))


@dataclass(frozen=True)
class Lock:
    """Something that must hold, for this child, before social work passes the child on."""

    clause: str
    holds: Callable[[Facts, str], bool]
    otherwise: str


INTERLOCK = (
    Lock("SD-09", Facts.consents, "The family's consent does not stand for this child."),
    Lock(
        "SD-07",
        lambda f, c: f.conversation is not None and f.conversation.appropriate,
        "The conversation has not been held, or did not find the referral appropriate.",
    ),
    Lock(
        "SD-08",
        lambda f, c: f.conversation is None or not f.conversation.appropriate or f.agreement(c) is not None,
        "The conversation with the service has not agreed this child.",
    ),
    Lock("SD-28", lambda f, c: f.practitioner is not None, "The practitioner who takes over is not named yet."),
    Lock("SD-30", lambda f, c: f.advice(c) is not None, "The summary of advice for this child is not recorded yet."),
)
"""The closure interlock."""


def may_close(facts: Facts, child: str) -> bool:
    """The closure interlock: decided so, and, where the child passes to Early Help, everything that must hold does."""
    decided = facts.decision(child)
    if decided is None or decided.decision not in CLOSING:
        return False
    return decided.decision is not Decision.TRANSFER or all(lock.holds(facts, child) for lock in INTERLOCK)


def wanted(facts: Facts) -> tuple[Effect, ...]:
    """Every effect that what is recorded now asks for."""
    perhaps = (share_with_service(facts), advice_summary(facts))
    given = (effect for effect in perhaps if effect is not None)
    return (*given, request_conversation(facts), *closures(facts), *letters(facts))


def is_duplicate(facts: Facts) -> bool:
    """A child of this transfer was found in another open one."""
    return facts.opening is not None and facts.opening.duplicate_of is not None
