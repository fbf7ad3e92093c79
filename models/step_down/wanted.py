"""What a step-down does outside: each effect by identity, and when it is wanted."""

from models.effects import Effect, EffectKind, Ended
from models.step_down import final_meeting
from models.step_down.conditions import (
    TURNS,
    agencies_may_be_told,
    agreed_papers,
    basis_settled,
    by_mail,
    could_pass,
    ended,
    is_duplicate,
    not_agreed_at_meeting,
    transfer_possible,
    undecided,
    with_the_service,
)
from models.step_down.facts import Facts, numbered, remembered
from models.step_down.given_back import given_back
from models.step_down.interlock import interlock_holds
from models.step_down.recorded import RecordedStep
from models.step_down.said import ChildAtMeeting, Decision, LetterAudience
from models.step_down.steps import ChangeService, DecideChildren, RecordFamilySharing, RecordFinalMeeting


def look_up_service(changed: ChangeService) -> Effect:
    """SD-06, SD-20: the directory is asked how the service is reached and whether it uses Mosaic."""
    return Effect(kind=EffectKind.LOOK_UP_SERVICE, subject=f"{changed.service_ref}/{changed.step_id}")


def reserve_child(child: str) -> Effect:
    """A child that was added is reserved, so that it is in one open transfer only."""
    return Effect(kind=EffectKind.RESERVE_CHILD, subject=child)


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


@remembered
def share_with_service(facts: Facts) -> tuple[Effect, ...]:
    """SD-11: each document in the version that the family agreed to, unless the service is not to have it."""
    return tuple(sharing(facts, shared) for shared in papers_for_service(facts))


@remembered
def papers_for_service(facts: Facts) -> tuple[RecordFamilySharing, ...]:
    """SD-11: what the service is to have: while a child may pass to it, and of those who have."""
    return agreed_papers(facts) if _may_reach_service(facts) or _reads_of_children(facts) else ()


def _reads_of_children(facts: Facts) -> bool:
    """Children pass to the service, which accepted, or may accept, each of them."""
    return bool(with_the_service(facts)) and not given_back(facts) and not facts.harm_reports


def sharing(facts: Facts, shared: RecordFamilySharing) -> Effect:
    """This version, with the service that the transfer goes to now: in Mosaic, or by e-mail where it has none."""
    subject = f"{shared.document_ref}/v{shared.version}/{facts.service_ref}"
    return Effect(kind=EffectKind.MAIL_DOCUMENT if by_mail(facts) else EffectKind.SHARE_DOCUMENT, subject=subject)


def request_conversation(facts: Facts) -> Effect | None:
    """SD-07: the contact of the service is asked for the conversation; again where it was told meanwhile to stop."""
    if facts.conversation is not None or not _may_reach_service(facts) or not _told_first(facts):
        return None
    return request_of_conversation(facts)


def _told_first(facts: Facts) -> bool:
    """Whatever a service was to be told of has gone to it."""
    return all(ended(facts, effect) for effect in tell_service(facts))


def request_of_conversation(facts: Facts) -> Effect:
    """SD-07: how the contact of the service is asked, again where it was told meanwhile to stop."""
    told_off = sum(1 for entry in facts.steps if entry.tells == facts.service_ref)
    subject = f"{facts.service_ref}/{told_off + 1}" if told_off else facts.service_ref
    return Effect(kind=EffectKind.REQUEST_CONVERSATION, subject=subject)


def _may_reach_service(facts: Facts) -> bool:
    consents = any(facts.consents(child) for child in undecided(facts))
    return consents and transfer_possible(facts) and facts.service is not None


def request_left_out(facts: Facts) -> bool:
    """A person skipped the request: the contact owes no answer, and the conversation is ours to hold."""
    asked = facts.result(request_of_conversation(facts))
    return asked is not None and asked.ended is Ended.SKIPPED


def contact_asked(facts: Facts) -> bool:
    """The contact has been asked for the conversation, or is being asked."""
    return request_of_conversation(facts) in facts.begun


def service_was_told(facts: Facts) -> bool:
    """The service that the transfer goes to now knows of it: it was asked, has the document, or answered."""
    shared = (effect.kind in SHARING and effect.subject.endswith(f"/{facts.service_ref}") for effect in facts.begun)
    answered = facts.offer is not None or facts.conversation is not None
    return facts.service is not None and (answered or contact_asked(facts) or any(shared))


def tell_service(facts: Facts) -> tuple[Effect, ...]:
    """SD-09a: a service that knew of the transfer, or may have, is told to stop, or for which reason to look again."""
    return tuple(
        Effect(kind=EffectKind.TELL_SERVICE, subject=f"{entry.tells}/{entry.step.step_id}")
        for entry in facts.steps
        if entry.tells is not None
    )


@remembered
def invitation(facts: Facts) -> Effect | None:
    """SD-18: the service is invited to the final meeting, once it knows what the transfer is about."""
    wanted = _wanted_invitation(facts)
    taken_back = final_meeting.cancellations(facts, None)
    under_way = any(effect in facts.begun and not ended(facts, effect) for effect in taken_back)
    waits = wanted not in facts.begun and (under_way or not _knows_of_us(facts))
    return None if waits else wanted


def _wanted_invitation(facts: Facts) -> Effect | None:
    meeting = final_meeting.to_come(facts)
    return final_meeting.invitation_to(facts, meeting) if meeting and _may_reach_service(facts) else None


def _knows_of_us(facts: Facts) -> bool:
    """The request for a conversation was sent, or it was held; and no service waits to be told of a change."""
    asked = facts.result(request_of_conversation(facts))
    went_out = asked is not None and asked.ended is not Ended.SKIPPED
    return _told_first(facts) and (went_out or facts.conversation is not None)


def meeting_mail(facts: Facts) -> tuple[Effect, ...]:
    """SD-18: the service is invited, its invitation cancelled, or what it missed sent to it in writing."""
    invited = invitation(facts)
    taken_back = final_meeting.cancellations(facts, _wanted_invitation(facts))
    return (*([invited] if invited is not None else []), *outcomes_in_writing(facts), *taken_back)


def outcomes_in_writing(facts: Facts) -> tuple[Effect, ...]:
    """SD-18: what the service missed: once for each meeting, and anew where what it may read of it has changed."""
    turned = any(turn.holds(facts) for turn in TURNS if turn.holds is not not_agreed_at_meeting)
    if turned or not _knows_of_us(facts):
        return ()
    missed = (said for said in final_meeting.meetings(facts) if not said[-1].service_attended)
    told = (_in_writing(facts, said) for said in missed if told_at_meeting(facts, said))
    return tuple(effect for effect in told if effect is not None)


def _in_writing(facts: Facts, said: tuple[RecordFinalMeeting, ...]) -> Effect | None:
    """What tells the service of this meeting: by the step since which it says what it says now, or one that told it."""
    entries = _since_last_change(facts, said)
    if entries[0].service_ref != facts.service_ref:
        return None
    of = [f"{facts.service_ref}/{entry.step.step_id}" for entry in entries]
    effects = [Effect(kind=EffectKind.SEND_MEETING_OUTCOME, subject=subject) for subject in of]
    return next((effect for effect in reversed(effects) if effect in facts.begun), effects[0])


def _since_last_change(facts: Facts, said: tuple[RecordFinalMeeting, ...]) -> list[RecordedStep]:
    """The steps since which a meeting says to the service what it says now, oldest first."""
    now = _read_by_service(facts, said)
    first = next(n for n in range(len(said), 0, -1) if n == 1 or _read_by_service(facts, said[: n - 1]) != now)
    return [entry for entry in facts.steps if any(entry.step is step for step in said[first - 1 :])]


def _read_by_service(facts: Facts, said: tuple[RecordFinalMeeting, ...]) -> tuple[object, ...]:
    """When it was held, and what it said of each child of whom the service may read."""
    children = {child.ref: child.outcome for child in told_at_meeting(facts, said)}
    return said[-1].occurred_at, children


def told_at_meeting(facts: Facts, said: tuple[RecordFinalMeeting, ...]) -> tuple[ChildAtMeeting, ...]:
    """What the service may read of a final meeting: of children who could pass to it (SD-08, SD-09)."""
    children = {child.ref: child for step in said for child in step.children}
    return tuple(child for child in children.values() if could_pass(facts, child.ref))


@remembered
def packs(facts: Facts) -> tuple[Effect, ...]:
    """SD-25: a service without Mosaic is sent the papers of the children who pass, before they are closed.

    It has had each of them before, as the conversation relied on them; what is corrected at the last moment goes first.
    """
    if not all(ended(facts, effect) for effect in share_with_service(facts)):
        return ()
    passing = (child for child in facts.child_refs if by_mail(facts) and interlock_holds(facts, child))
    return tuple(dict.fromkeys(pack for child in passing if (pack := pack_of(facts, child)) is not None))


def pack_of(facts: Facts, child: str) -> Effect | None:
    """The pack that tells of this child: one for all whom one decision passes on; None where none is due."""
    decided = facts.last_of(DecideChildren, child)
    if not by_mail(facts) or decided is None or child not in facts.decided(Decision.TRANSFER):
        return None
    return Effect(kind=EffectKind.SEND_PACK, subject=f"{facts.service_ref}/{decided.step_id}")


def in_pack(facts: Facts, pack: Effect) -> tuple[str, ...]:
    """The children of whom a pack tells."""
    passing = (child for child in facts.child_refs if interlock_holds(facts, child))
    return tuple(child for child in passing if pack_of(facts, child) == pack)


@remembered
def closures(facts: Facts) -> tuple[Effect, ...]:
    """The closing of every child that is decided and may be closed."""
    return tuple(facts.closing(child) for child in facts.child_refs if may_close(facts, child))


def reopenings(facts: Facts) -> tuple[Effect, ...]:
    """SD-35: closed children whom no service accepted are reopened."""
    return tuple(effect for child in facts.child_refs for effect in facts.reopenings(child))


def closed_as_decided(facts: Facts) -> bool:
    """Every child that is to be closed is, though it has to wait for that, and no closing is under way."""
    begun = (effect for effect in facts.begun if effect.kind is EffectKind.CLOSE_CHILD)
    to_close = (facts.closing(child) for child in facts.child_refs if interlock_holds(facts, child))
    return all(ended(facts, effect) for effect in (*packs(facts), *to_close, *begun))


def advice_summary(facts: Facts) -> Effect | None:
    """SD-30: the summary goes to the practitioner, again for a service that followed; None if it is about none."""
    return summary_to_practitioner(facts) if _reads_of_children(facts) else None


def summary_to_practitioner(facts: Facts) -> Effect | None:
    """SD-30: the summary to whoever is named now, though it may be about nobody any more."""
    if facts.practitioner is None:
        return None
    return Effect(kind=EffectKind.SEND_ADVICE_SUMMARY, subject=numbered(facts.practitioner.practitioner, facts.rounds))


def recommend_families_first(facts: Facts) -> Effect | None:
    """SD-26: the practitioner is recommended to tell Families First; None where the service uses Mosaic."""
    if facts.practitioner is None or not by_mail(facts) or not with_the_service(facts) or facts.harm_reports:
        return None
    subject = f"{facts.practitioner.practitioner}/{facts.service_ref}"
    return Effect(kind=EffectKind.RECOMMEND_FAMILIES_FIRST, subject=subject)


def reads_mosaic(facts: Facts) -> bool:
    """SD-31: the practitioner finds the papers in Mosaic; who does not is sent them."""
    return not by_mail(facts) and facts.practitioner is not None and facts.practitioner.uses_mosaic


@remembered
def letters(facts: Facts) -> tuple[Effect, ...]:
    """SD-33: the letters that are to be written; to agencies only of children of whom they may read (SD-09).

    While a child is between two services, nobody could be told what becomes of it. After a report of significant harm
    the machine writes nothing more (SU-01).
    """
    if given_back(facts) or facts.harm_reports:
        return ()
    to_write = (
        letter
        for letter in facts.letters or ()
        if letter.do_not_write_because is None
        and (letter.audience is LetterAudience.FAMILY or agencies_may_be_told(facts))
    )
    return tuple(Effect(kind=EffectKind.SEND_LETTER, subject=letter.letter_id) for letter in to_write)


def settled_with_service(facts: Facts) -> bool:
    """The service has the version that the family agreed to; or support goes on without it."""
    known = facts.service is not None
    return known and basis_settled(facts) and all(ended(facts, effect) for effect in share_with_service(facts))


def closing_or_writing(facts: Facts, *children: str) -> bool:
    """These children, or any, are being closed, or their pack or the letters sent, on what holds now."""
    acted = (
        facts.closing_begun(child) or pack_of(facts, child) in facts.begun for child in children or facts.child_refs
    )
    return any(acted) or any(effect in facts.begun for effect in letters(facts))


@remembered
def may_close(facts: Facts, child: str) -> bool:
    """The closure interlock: decided so, and, where the child passes to Early Help, everything that must hold does.

    A service without Mosaic has the pack first (SD-25), and a child who was closed before is open again.
    """
    before = (pack_of(facts, child), *facts.reopenings(child))
    return interlock_holds(facts, child) and all(ended(facts, effect) for effect in before)


@remembered
def at_once(facts: Facts) -> tuple[Effect, ...]:
    """What waits for no stage: children reserved or opened again, the directory asked, a service told to stop.

    A version that the family agreed to while its children are being closed, or were, does not wait for one either.
    """
    if facts.opening is None or is_duplicate(facts):
        return ()
    seen_since = () if _may_reach_service(facts) else share_with_service(facts)
    reserve = [reserve_child(child) for child in facts.added]
    changed = facts.last_of(ChangeService)
    look_up = [look_up_service(changed)] if changed and not facts.service and transfer_possible(facts) else []
    return (*reserve, *look_up, *tell_service(facts), *reopenings(facts), *meeting_mail(facts), *seen_since)


def receiver(facts: Facts, effect: Effect) -> str | None:
    """Whom a message of the journey goes to, with the address, as it is known now; None for anything else."""
    parts = effect.subject.split("/")
    match effect.kind:
        case EffectKind.SEND_LETTER:
            letter = next((one for one in facts.letters or () if one.letter_id == effect.subject), None)
            return f"{letter.recipient}, {letter.address}" if letter else None
        case EffectKind.SEND_ADVICE_SUMMARY | EffectKind.RECOMMEND_FAMILIES_FIRST:
            named = facts.practitioner
            return f"{named.name}, {named.email}" if named and named.practitioner in parts else None
        case kind if kind in TO_THE_CONTACT:
            service = facts.service
            return f"{service.name}, {service.contact_email}" if service and service.ref in parts else None
        case _:
            return None


@remembered
def wanted_by_the_journey(facts: Facts) -> tuple[Effect, ...]:
    """Every effect of the journey itself that what is recorded now asks for."""
    perhaps = (
        request_conversation(facts),
        advice_summary(facts),
        recommend_families_first(facts),
    )
    given = (effect for effect in perhaps if effect is not None)
    return (*share_with_service(facts), *given, *at_once(facts), *packs(facts), *closures(facts), *letters(facts))
