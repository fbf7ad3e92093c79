"""What a step-down does outside: each effect by identity, and when the facts ask for it.

Documents stand in ``papers``, dates and invitations in ``final_meeting``.
"""

from models.effects import Effect, Ended
from models.journey.remembered import remembered
from models.kinds import EffectKind
from models.step_down import final_meeting
from models.step_down.addresses import contact_is_safe, service_is_safe
from models.step_down.child import Child
from models.step_down.direction import (
    given_back,
    may_reach_service,
    transfer_possible,
    turned_otherwise,
)
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.interlock import to_close
from models.step_down.leaving import leaves, sending
from models.step_down.papers import by_mail, share_with_service
from models.step_down.practitioners import as_named
from models.step_down.readers import goes_by_mail, reader_words, reads_of, way
from models.step_down.steps.confirmation import Letter
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.final_meeting import ChildAtMeeting, RecordFinalMeeting

SHARING = (EffectKind.SHARE_DOCUMENT, EffectKind.MAIL_DOCUMENT)
TO_THE_CONTACT = frozenset(
    {
        EffectKind.MAIL_DOCUMENT,
        EffectKind.REQUEST_CONVERSATION,
        EffectKind.INVITE_TO_MEETING,
        EffectKind.CANCEL_INVITATION,
        EffectKind.SEND_MEETING_OUTCOME,
        EffectKind.SEND_PACK,
        EffectKind.TELL_SERVICE,
    }
)
TO_THE_PRACTITIONER = frozenset(
    {
        EffectKind.SEND_ADVICE_SUMMARY,
        EffectKind.TELL_SAFETY,
        EffectKind.TELL_PRACTITIONER,
        EffectKind.RECOMMEND_FAMILIES_FIRST,
    }
)


def looks(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-19a, SD-19b: Mosaic is asked what it holds of the children."""
    return tuple(dict.fromkeys(child.look for child in facts.children))


def looked_since_decided(facts: StepDownFacts) -> bool:
    """Mosaic was looked at about each child whose closing was decided and has not begun."""
    closing = (child for child in facts.children if child.decision is not None and child.decision.decision.closes)
    return all(child.closing_begun or facts.ended(child.look) for child in closing)


def reservations(facts: StepDownFacts) -> tuple[Effect, ...]:
    """A child that was added is reserved, so that it is in one open transfer only."""
    return tuple(Effect(kind=EffectKind.RESERVE_CHILD, child=child) for child in facts.added)


def service_looked_up(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-06, SD-20: at each change, the directory is asked how the service is reached and whether it uses Mosaic."""
    look_up = facts.service_look_up
    return (look_up,) if look_up is not None and transfer_possible(facts) else ()


def conversation_requested(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-07: the contact of the service is asked for the conversation; again where it was told meanwhile to stop."""
    if facts.conversation is not None or not may_reach_service(facts) or not _told_first(facts):
        return ()
    return (request_of_conversation(facts),)


def _told_first(facts: StepDownFacts) -> bool:
    """Whatever a service was to be told of has gone to it."""
    return facts.ended(*service_told(facts))


def request_of_conversation(facts: StepDownFacts) -> Effect:
    """SD-07: how the contact of the service is asked, again where it was told meanwhile to stop."""
    told = sum(1 for entry in facts.steps if entry.tells == facts.service_ref)
    return Effect(kind=EffectKind.REQUEST_CONVERSATION, service=facts.service_ref, time=1 + told)


def request_skipped(facts: StepDownFacts) -> bool:
    """A person skipped the request: the contact owes no answer, and the conversation is ours to hold."""
    asked = facts.result(request_of_conversation(facts))
    return asked is not None and asked.ended is Ended.SKIPPED


def contact_asked(facts: StepDownFacts) -> bool:
    """The contact has been asked for the conversation, or is being asked."""
    return request_of_conversation(facts) in facts.begun


def service_was_told(facts: StepDownFacts) -> bool:
    """The service that the transfer goes to now knows of it: it was asked, has the document, or answered."""
    shared = (effect.kind in SHARING and effect.service == facts.service_ref for effect in facts.begun)
    answered = facts.request_answer is not None or facts.conversation is not None
    return facts.service is not None and (answered or contact_asked(facts) or any(shared))


def service_told(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-09a: a service that knew of the transfer, or may have, is told to stop, or for which reason to look again.

    Nothing of that is for the family to read (SD-33a).
    """
    return tuple(
        Effect(kind=EffectKind.TELL_SERVICE, service=entry.tells, step=entry.step.step_id)
        for entry in facts.steps
        if entry.tells is not None and contact_is_safe(facts, entry.tells)
    )


@remembered
def invitation(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-18: the service is invited to the final meeting, once it knows what the transfer is about."""
    wanted = _wanted_invitation(facts)
    cancelled = final_meeting.cancellations(facts, None)
    under_way = any(effect in facts.begun and not facts.ended(effect) for effect in cancelled)
    first = under_way or not facts.ended(*final_meeting.cancellations(facts, wanted))
    waits = wanted not in facts.begun and (first or not _knows_of_us(facts))
    return () if wanted is None or waits else (wanted,)


def _wanted_invitation(facts: StepDownFacts) -> Effect | None:
    meeting = final_meeting.to_come(facts)
    return final_meeting.invitation_to(facts, meeting) if meeting and may_reach_service(facts) else None


def _knows_of_us(facts: StepDownFacts) -> bool:
    """The request for a conversation was sent, or it was held; and no service waits to be told of a change."""
    asked = facts.result(request_of_conversation(facts))
    went_out = asked is not None and asked.ended is not Ended.SKIPPED
    return _told_first(facts) and (went_out or facts.conversation is not None)


def invitations_cancelled(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-18: the service is told of each date to which it is not to come any more."""
    return final_meeting.cancellations(facts, _wanted_invitation(facts))


def organiser_told(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-18: who organises the meeting has it in their calendar, where the answer of the service finds it."""
    return final_meeting.for_the_organiser(facts, _wanted_invitation(facts))


def outcomes_in_writing(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-18: what the service missed: once for each meeting, and anew where what it may read of it has changed."""
    if turned_otherwise(facts) or not _knows_of_us(facts) or not service_is_safe(facts):
        return ()
    missed = (said for said in final_meeting.meetings(facts) if not said[-1].service_attended)
    told = (_in_writing(facts, said) for said in missed if told_at_meeting(facts, said))
    return tuple(effect for effect in told if effect is not None)


def _in_writing(facts: StepDownFacts, said: tuple[RecordFinalMeeting, ...]) -> Effect | None:
    """What tells the service of this meeting: by the step since which it says what it says now, or one that told it."""
    entries = _since_last_change(facts, said)
    if entries[0].service_ref != facts.service_ref:
        return None
    kind, service = EffectKind.SEND_MEETING_OUTCOME, facts.service_ref
    effects = [Effect(kind=kind, service=service, step=entry.step.step_id) for entry in entries]
    return next((effect for effect in reversed(effects) if effect in facts.begun), effects[0])


def _since_last_change(facts: StepDownFacts, said: tuple[RecordFinalMeeting, ...]) -> list[Recorded]:
    """The steps since which a meeting says to the service what it says now, oldest first."""
    now = _read_by_service(facts, said)
    first = next(n for n in range(len(said), 0, -1) if n == 1 or _read_by_service(facts, said[: n - 1]) != now)
    return [entry for entry in facts.steps if any(entry.step is step for step in said[first - 1 :])]


def _read_by_service(facts: StepDownFacts, said: tuple[RecordFinalMeeting, ...]) -> tuple[object, ...]:
    """When it was held, and what it said of each child of whom the service may read."""
    children = {child.ref: child.outcome for child in told_at_meeting(facts, said)}
    return said[-1].occurred_at, children


def told_at_meeting(facts: StepDownFacts, said: tuple[RecordFinalMeeting, ...]) -> tuple[ChildAtMeeting, ...]:
    """What the service may read of a final meeting: of children who could pass to it (SD-08, SD-09).

    Once a conversation was held, only of children about whom somebody has talked with it: of no other it reads here
    first.
    """
    children = {child.ref: child for step in said for child in step.children}
    known = (child for child in children.values() if facts.conversation is None or facts.child(child.ref).talked_over)
    return tuple(child for child in known if facts.child(child.ref).could_pass)


@remembered
def packs(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-25: a service without Mosaic is sent the papers of the children who pass, before they are closed.

    It has had each of them before, as the conversation relied on them; what is corrected at the last moment goes first.
    """
    if not by_mail(facts) or not service_is_safe(facts) or not facts.ended(*share_with_service(facts)):
        return ()
    return tuple(dict.fromkeys(pack for child in to_close(facts) if (pack := pack_of(child)) is not None))


def pack_of(child: Child) -> Effect | None:
    """The pack that tells of this child: one for all whom one decision passes on; None where none is due."""
    facts = child.facts
    decided = facts.last_of(RecordDecisions, child.ref)
    if not by_mail(facts) or decided is None or not child.is_decided(Decision.TRANSFER):
        return None
    return Effect(kind=EffectKind.SEND_PACK, service=facts.service_ref, step=decided.step_id)


def in_pack(facts: StepDownFacts, pack: Effect) -> tuple[str, ...]:
    """The children of whom a pack tells, by reference."""
    return tuple(child.ref for child in to_close(facts) if pack_of(child) == pack)


@remembered
def closures(facts: StepDownFacts) -> tuple[Effect, ...]:
    """The closing of every child that is decided and may be closed."""
    return tuple(child.closing for child in facts.children if may_close(child))


def may_close(child: Child) -> bool:
    """The closure interlock holds; a service without Mosaic has the pack (SD-25), a child closed before is open again.

    Everything that must hold is asked when it is decided, and here once more.
    """
    return child in to_close(child.facts) and child.facts.ended(pack_of(child), *child.reopenings)


def packs_and_closures(facts: StepDownFacts) -> tuple[Effect, ...]:
    """Each child as decided, in parallel; a service without Mosaic has its pack first."""
    return (*packs(facts), *closures(facts))


def closed_as_decided(facts: StepDownFacts) -> bool:
    """Every child that is to be closed is, though it has to wait for that, and no closing is under way."""
    begun = (effect for effect in facts.begun if effect.kind is EffectKind.CLOSE_CHILD)
    return facts.ended(*packs(facts), *(child.closing for child in to_close(facts)), *begun)


def reopenings(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-35: closed children whom no service accepted are reopened."""
    return tuple(effect for child in facts.children for effect in child.reopenings)


@remembered
def letters_that_leave(facts: StepDownFacts) -> tuple[Letter, ...]:
    """SD-33: the letters that leave: those that did, and those that may.

    While a child is between two services, nobody could be told what becomes of it. After a report of significant harm
    nothing more is written (SU-01).
    """
    if given_back(facts) or facts.harm_stands:
        return ()
    return tuple(letter for letter in facts.letters or () if leaves(facts, letter))


@remembered
def letters(facts: StepDownFacts) -> tuple[Effect, ...]:
    """SD-33: those that the machine sends."""
    return tuple(sending(letter) for letter in letters_that_leave(facts) if goes_by_mail(letter))


@remembered
def to_hand_over(facts: StepDownFacts) -> tuple[Letter, ...]:
    """SD-33b: those that a person posts or hands over, now that the children are closed as decided, and has not yet."""
    waiting = (letter for letter in letters_that_leave(facts) if may_be_handed_over(facts, letter))
    return tuple(letter for letter in waiting if letter.letter_id not in facts.delivered)


def may_be_handed_over(facts: StepDownFacts, letter: Letter) -> bool:
    """It goes by post or by hand, may leave as it was read, and what it tells has come about."""
    by_hand = letter.written and not goes_by_mail(letter)
    return by_hand and leaves(facts, letter) and closed_as_decided(facts) and _has_come_about(facts, letter)


def _has_come_about(facts: StepDownFacts, letter: Letter) -> bool:
    """Each child whom it names and whose closing was decided has been closed."""
    closing = (child for child in reads_of(facts, letter) if child.decision and child.decision.decision.closes)
    return all(child.closing_result is not None for child in closing)


def closing_or_writing(facts: StepDownFacts, *children: str) -> bool:
    """These children, or any, are being closed, or their pack or the letters sent, on what holds now."""
    about = map(facts.child, children or facts.child_refs)
    acted = any(child.closing_begun or pack_of(child) in facts.begun for child in about)
    written = letters_that_leave(facts)
    return acted or any(sending(one) in facts.begun or one.letter_id in facts.delivered for one in written)


def receiver(facts: StepDownFacts, effect: Effect) -> str | None:
    """Whom a message goes to, with the address, as it is known now; None for anything else."""
    match effect.kind:
        case EffectKind.SEND_LETTER:
            letter = next((one for one in facts.letters or () if one.letter_id == effect.letter), None)
            to = way(facts, letter) if letter else None
            return f"{reader_words(facts, letter)}, {to.to}" if letter and to else None
        case kind if kind in TO_THE_PRACTITIONER and effect.practitioner is not None:
            named = as_named(facts, effect.practitioner)
            return f"{named.name}, {named.email}"
        case kind if kind in TO_THE_CONTACT:
            service = facts.service
            return f"{service.name}, {service.contact_email}" if service and service.ref == effect.service else None
        case _:
            return None
