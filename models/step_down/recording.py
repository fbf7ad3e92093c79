"""What is kept with a step of a step-down, what its sender should know, and what a person has to look at then."""

from collections.abc import Iterator

from models.attention import DECLINED, HAS_LEFT, PLAN_GOES_ON, UNACKNOWLEDGED
from models.journey import harm
from models.journey.recorded import RecordedStep
from models.journey.rows import Note, Raising
from models.journey.steps import Cancel, ReportsHarm, Step
from models.kinds import EffectKind
from models.step_down.child import Child
from models.step_down.corrections import gives_back_settled, letters_sent, under_way
from models.step_down.direction import given_back
from models.step_down.effects import service_was_told
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.family import Channel
from models.step_down.final_meeting import held_instead_of, to_come
from models.step_down.has_left import would_not_leave_now
from models.step_down.held import STAYS_OPEN
from models.step_down.interlock import LOCKS
from models.step_down.papers import papers_seen
from models.step_down.practitioners import advice_summaries, as_named, joins, reads_mosaic
from models.step_down.safety import retells
from models.step_down.stages import first_contact
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters
from models.step_down.steps.consent import WithdrawConsent
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import ChildDecision, Decision, NameLeadPractitioner, RecordDecisions
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.sharing import RecordFamilySharing
from models.step_down.steps.transfer import ChangeService
from models.step_down.told_by_people import not_sent_to_them
from models.step_down.warned import practitioners_warned, service_warned, under_way_to
from models.vocabulary import local_time

PRACTITIONER_HAS_THE_ONE_BEFORE = (
    "This version goes to the service, too. The practitioner was sent the one before, or may have been: give them this "
    "one yourself."
)
MAY_STAY_OPEN = (
    "When Mosaic was last looked at, it held something that keeps the case of {children} open (`transfers show ID "
    "--in-mosaic` says what). It is looked at again now; if that is still so, the child's case is not closed."
)


HAS_LEFT_ALREADY = (
    "Something was sent, or may have been, that would not be sent as the family is recorded now. Speak with the team "
    "manager at once, warn anybody who may be at risk, and ring Duty and Advice if a child may be at risk. The item "
    "that needs attention says more."
)
TOLD_ANEW = (
    "The practitioner was told before what keeps people safe, and is told again by e-mail. If somebody may be in "
    "danger now, ring the practitioner as well."
)
ASKED_TO_RING = (
    "Ring everybody who was written to about the family now. They are also asked by e-mail to speak with you before "
    "they next write, ring or visit; the e-mail does not say what changed, and none is sent to an address that "
    "somebody in the family may read."
)
TAKE_BACK = (
    "Documents had already been opened or sent to the service, and the system takes none back. If they tell about a "
    "child about whom nothing more may be shared, have them closed to the service's team in Mosaic, or ask for them "
    "back."
)
MISSING = (
    "It is not known where {children}: follow the missing-family procedure, and ring Duty and Advice now. {phones}"
)
RING_PRACTITIONER = (
    "Ring the practitioner now: they were, or are being, written to about the family. They are also asked by e-mail to "
    "do nothing before they have spoken with you; the e-mail does not say which child this is about, and none is sent "
    "to an address that somebody in the family may read."
)
DOCUMENTS = frozenset({EffectKind.SHARE_DOCUMENT, EffectKind.MAIL_DOCUMENT, EffectKind.SEND_PACK})
NOT_YET_CLOSED = "Authorised. What still has to come before the child's case is closed:"

READ_AS = (
    "They are sent as they were read, as soon as they may be: {letters}. If anything changes before that, they have to "
    "be read and approved again. `transfers letters ID` shows each text as it will be sent."
)
HELD_BEFORE_ITS_DAY = (
    "This is recorded as held instead of the final meeting set for {day}: a service that was invited is told not to "
    "come then. If that meeting is still to be held, set its date again, and record what it said after it was held."
)
TAKEN_EARLY = "This came early, and is kept. No child passes on because of it until what comes first is recorded, too."


def turns_away(facts: StepDownFacts, step: Step) -> bool:
    """SD-09a: the end, another service, consent withdrawn; or children whom the service gave back are decided anew."""
    return isinstance(step, Cancel | ChangeService | WithdrawConsent) or gives_back_settled(facts, step)


def _at_risk(step: Step) -> tuple[str, ...]:
    return step.at_risk if isinstance(step, ReportsHarm) else ()


def entry(facts: StepDownFacts, recorded: RecordedStep) -> Recorded:
    """The step with whom it is told to, whom it reopens, and whether letters said otherwise before."""
    own_word = isinstance(recorded.step, AcknowledgeTransfer)
    tells = recorded.turns_away and service_was_told(facts) and not own_word
    warns = practitioners_warned(facts, recorded)
    return Recorded(
        **dict(recorded),
        tells=facts.service_ref if tells else None,
        reopens=_reopened_with(facts, recorded.step),
        closed=tuple(child for child in _at_risk(recorded.step) if facts.child(child).closing_begun),
        warns=warns,
        on_its_way=under_way_to(facts, warns),
        warns_service=service_warned(facts, recorded),
        retells=() if recorded.late else retells(facts, recorded),
        joins=() if recorded.late else joins(facts, recorded),
        after_letters=not recorded.late and _says_what_letters_did_not(facts, recorded.step),
    )


def _reopened_with(facts: StepDownFacts, step: Step) -> tuple[str, ...]:
    """The closed children whose cases social work reopens with this step: another service has to be found, or none."""
    if isinstance(step, ChangeService):
        return tuple(child.ref for child in given_back(facts))
    if not isinstance(step, RecordDecisions) or not gives_back_settled(facts, step):
        return ()
    return tuple(child.ref for child in step.children if child.decision is Decision.STAYS_WITH_SOCIAL_WORK)


def _says_what_letters_did_not(facts: StepDownFacts, step: Step) -> bool:
    """Letters have been sent, and this changes who takes over, or what becomes of a child that is given back."""
    named_before = isinstance(step, NameLeadPractitioner) and any(
        child.practitioner is not None and (child.interim or child.passes_on)
        for child in facts.children
        if step.names(child.ref)
    )
    changes = gives_back_settled(facts, step) or named_before
    return changes and bool(letters_sent(facts))


def _date_as_understood(facts: StepDownFacts, step: ScheduleFinalMeeting) -> str | None:  # noqa: ARG001 (asked with both)
    """A date is repeated as it was understood."""
    return f"{step.words}. {step.own_words}" if step.meeting_at is not None else None


def _practitioner_has_the_one_before(facts: StepDownFacts, step: RecordFamilySharing) -> str | None:
    """The family agrees to a newer version after the one before was sent with the summary of advice (SD-31)."""
    told = (summary for summary in advice_summaries(facts) if under_way(facts, summary))
    named = (as_named(facts, one.practitioner) for one in told if one.practitioner)
    has_it = step.agreed_as_basis and not all(reads_mosaic(facts, one) for one in named)
    return PRACTITIONER_HAS_THE_ONE_BEFORE if has_it else None


def _still_missing(facts: StepDownFacts, step: RecordContactConversation) -> str | None:
    """What comes before a conversation that agrees children, and is not recorded yet (SD-05, SD-09, SD-10, SD-15)."""
    agreed = [facts.child(child.ref) for child in step.children if child.agreed]
    without = [child.ref for child in agreed if not child.consents]
    missing = [
        *(["what was explored with the family and the network"] if facts.exploration is None else []),
        *([f"the family's consent for {', '.join(without)}"] if without else []),
        *([] if papers_seen(facts) else ["what the family said about the papers that were shared with them"]),
    ]
    if not agreed or not missing:
        return None
    return f"{TAKEN_EARLY} Still missing: {'; '.join(missing)}."


def _as_mosaic_had_it(facts: StepDownFacts, step: RecordDecisions) -> str | None:
    """SD-19b: Mosaic is looked at once more; as it was looked at last, it keeps a child open that is to be closed."""
    closed = (said for said in step.children if said.decision.closes)
    kept = [said.ref for said in closed if facts.child(said.ref).kept_open(said)]
    return MAY_STAY_OPEN.format(children=" and ".join(kept)) if kept else None


def _whom_nobody_finds(facts: StepDownFacts, step: RecordDecisions) -> str | None:
    """SD-23a: what is done for a child of whom it is not known where it lives; a record here is not that."""
    lost = [child.ref for child in step.children if child.address_known is False and not child.died]
    if not lost:
        return None
    live = "lives" if len(lost) == 1 else "live"
    return MISSING.format(children=f"{' and '.join(lost)} {live}", phones=facts.policy.phones.words)


def _who_died_since(facts: StepDownFacts, step: RecordDecisions) -> str | None:
    """Whoever took over a child who has died is told that something changed, and no more."""
    entry = Recorded(step=step, accepted_at=facts.newest, service_ref=facts.service_ref)
    return ASKED_TO_RING if service_warned(facts, entry) else None


def _whom_it_reaches(facts: StepDownFacts, step: RecordFamily) -> str | None:
    """SD-30a, SD-33a: what has left already, and who is told anew."""
    entry = Recorded(step=step, accepted_at=facts.newest, service_ref=facts.service_ref)
    left = would_not_leave_now(facts, facts.having(steps=(*facts.steps, entry)))
    warned = practitioners_warned(facts, entry)
    anew = {*retells(facts, entry)} - {*warned}
    rung = warned or service_warned(facts, entry)
    said = (HAS_LEFT_ALREADY if left else None, TOLD_ANEW if anew else None, ASKED_TO_RING if rung else None)
    return " ".join(filter(None, said)) or None


def _held_before_its_day(facts: StepDownFacts, step: RecordFinalMeeting) -> str | None:
    """SD-18: a meeting that was brought forward takes back the date that stands; one that was typed early does, too."""
    date, recorded = to_come(facts), Recorded(step=step, accepted_at=facts.newest, service_ref=facts.service_ref)
    after = facts.having(steps=(*facts.steps, recorded))
    if date is None or date.meeting_at is None or held_instead_of(after, date) is None:
        return None
    return HELD_BEFORE_ITS_DAY.format(day=local_time(date.meeting_at))


def _what_the_service_has(facts: StepDownFacts, step: WithdrawConsent) -> str | None:
    """SD-09a, SD-09d: what was shared stays shared until a person takes it back; the practitioner visits until told."""
    left = {one.kind for one in facts.begun if under_way(facts, one)}
    entry = Recorded(step=step, accepted_at=facts.newest, service_ref=facts.service_ref, turns_away=True)
    rung = practitioners_warned(facts, entry)
    said = [*([TAKE_BACK] if left & DOCUMENTS else []), *([RING_PRACTITIONER] if rung else [])]
    return " ".join(said) or None


def _what_keeps_open(facts: StepDownFacts, step: Authorise) -> str | None:
    """SD-23b: what, beside this act, still keeps a child from closing that was authorised to close."""
    about = facts.entry(step.of)
    if not step.granted or about is None or not isinstance(about.step, RecordDecisions):
        return None
    now = max([facts.newest, *(result.at for result in facts.effects)])
    act = Recorded(step=step, accepted_at=now, service_ref=facts.service_ref)
    after = facts.having(steps=(*facts.steps, act))
    closed = (said for said in about.step.children if said.decision.closes and step.names(said.ref))
    keeps = {said.ref: tuple(_locked(after.child(said.ref), said)) for said in closed}
    told = "; ".join(f"{ref}: {' '.join(locks)}" for ref, locks in keeps.items() if locks)
    return f"{NOT_YET_CLOSED} {told}" if told else None


def _locked(child: Child, said: ChildDecision) -> Iterator[str]:
    """What still has to hold; of a child whom Mosaic keeps open, that and nothing else."""
    if child.kept_open_now:
        yield STAYS_OPEN
    elif child.kept_open(said):
        yield MAY_STAY_OPEN.format(children=child.ref)
    else:
        yield from (lock.otherwise for lock in LOCKS[said.decision] if not lock.holds(child, said))


def _read_as(facts: StepDownFacts, step: ApproveLetters) -> str | None:
    """SD-33a: the number under which each letter was read; its text is read elsewhere, and stands in no receipt."""
    written = ", ".join(f"{one.letter_id} {one.by.words} as {one.seen}" for one in step.letters if one.by)
    hours = facts.opening.letter_hours if facts.opening else None
    mailed = hours is not None and any(one.by is Channel.EMAIL for one in step.letters)
    when = f" E-mails are sent {hours.words}." if hours and mailed else ""
    return f"{READ_AS.format(letters=written)}{when}" if written else None


NOTES: tuple[Note[StepDownFacts], ...] = (
    harm.NOTE,
    Note(ScheduleFinalMeeting, _date_as_understood),
    Note(ApproveLetters, _read_as),
    Note(RecordDecisions, _whom_nobody_finds),
    Note(RecordDecisions, _as_mosaic_had_it),
    Note(RecordDecisions, _who_died_since, though_late=True),
    Note(RecordFamily, _whom_it_reaches),
    Note(WithdrawConsent, _what_the_service_has),
    *(Note(kind, not_sent_to_them) for kind in (RecordDecisions, NameLeadPractitioner)),
    Note(Authorise, _what_keeps_open),
    Note(RecordFinalMeeting, _held_before_its_day),
    Note(RecordFamilySharing, _practitioner_has_the_one_before),
    Note(RecordContactConversation, _still_missing),
    first_contact.NOTE,
)


def _withdrawn_too_late(before: StepDownFacts, after: StepDownFacts, step: WithdrawConsent) -> Iterator[None]:  # noqa: ARG001 (asked with all)
    if any(before.child(child).closing_begun for child in step.children_named()):
        yield None


def _has_left(before: StepDownFacts, after: StepDownFacts, step: RecordFamily) -> Iterator[None]:  # noqa: ARG001 (asked with all)
    if would_not_leave_now(before, after):
        yield None


def _closed_otherwise(before: StepDownFacts, after: StepDownFacts, step: RecordFinalMeeting) -> Iterator[None]:  # noqa: ARG001 (asked with all)
    """SD-19: a child is being closed by a decision that the meeting does not let stand."""
    for said in step.children:
        child = before.child(said.ref)
        if child.closing_begun and child.decision is not None and not said.lets(child.decision.decision):
            yield None
            return


def _end_denied(before: StepDownFacts, after: StepDownFacts, step: ConfirmMeeting) -> Iterator[str]:  # noqa: ARG001 (asked with all)
    """SD-19a: the social worker is told of each child whose plan goes on."""
    children = (after.child(child.ref) for child in after.children)
    yield from (child.ref for child in children if child.end_denied and not before.child(child.ref).end_denied)


def _declined(before: StepDownFacts, after: StepDownFacts, step: AcknowledgeTransfer) -> Iterator[str]:
    """SD-36: who is declined by it; a service that says so once more asks nobody anew."""
    before_that = {child.ref for child in before.children if child.acknowledgement is not None and child.not_accepted}
    declined = (child.ref for child in after.children if child.not_accepted and step.names(child.ref))
    yield from (ref for ref in declined if ref not in before_that)


def _silent(before: StepDownFacts, after: StepDownFacts, step: None) -> Iterator[str]:  # noqa: ARG001 (asked with all)
    """SD-35: a child whom nobody acknowledged, though everybody was told."""
    yield from (child.ref for child in given_back(after) if not before.child(child.ref).given_back)


RAISINGS: tuple[Raising[StepDownFacts], ...] = (
    harm.RAISING,
    Raising(WithdrawConsent, "withdrawn_too_late", _withdrawn_too_late),
    Raising(RecordFamily, HAS_LEFT, _has_left),
    Raising(RecordFinalMeeting, "late_correction", _closed_otherwise),
    Raising(ConfirmMeeting, PLAN_GOES_ON, _end_denied),
    Raising(AcknowledgeTransfer, DECLINED, _declined),
    Raising(None, UNACKNOWLEDGED, _silent),
)
