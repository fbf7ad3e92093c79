"""What a step of a step-down says anew, and when that comes too late because it has been acted on."""

from collections.abc import Iterable, Iterator

from models.effects import Effect
from models.journey.rows import Correction
from models.journey.steps import Step
from models.kinds import UNCLEAR, EffectKind
from models.step_down.acts import asked
from models.step_down.child import Child
from models.step_down.effects import closing_or_writing, service_was_told
from models.step_down.facts import StepDownFacts
from models.step_down.first_contact import FirstContact, decided_in, said_in
from models.step_down.papers import children_in, sharing
from models.step_down.plan_end import may_be_answered
from models.step_down.practitioners import summary_of
from models.step_down.steps.acts import Authorise, ConfirmMeeting
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.consent import RecordConsent, RecordExploration
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordAdviceSummary, RecordDecisions
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.family import RecordFamily
from models.step_down.steps.final_meeting import RecordFinalMeeting
from models.step_down.steps.first_contact import DecideFirstContact, RecordFirstContact
from models.step_down.steps.sharing import RecordFamilySharing

Row = Correction[StepDownFacts]


def _whole(facts: StepDownFacts, step: Step) -> Iterable[Step | None]:
    """The last one holds. A date that is moved is offered anew; the first offer stays an answer."""
    return [facts.last_of(type(step))]


def _by_child(facts: StepDownFacts, step: Step) -> Iterable[Step | None]:
    """The last one holds for each child that it names."""
    return [facts.last_of(type(step), child) for child in step.children_named()]


def _seen_before(facts: StepDownFacts, step: RecordFamilySharing) -> Iterable[RecordFamilySharing | None]:
    """How the family saw it before, or a document in whose place it stands: of this kind, for the same children."""
    return [facts.shared(facts.paper(step.document_ref))]


def _conversation_before(facts: StepDownFacts, step: RecordContactConversation) -> Iterable[Step | None]:
    """Appropriate or not is said of all children at once; what was agreed, child by child."""
    before = facts.conversation
    by_child = step.appropriate and (before is None or before.appropriate)
    return _by_child(facts, step) if by_child else [before]


def _meeting_of(facts: StepDownFacts, step: RecordFinalMeeting, ref: str) -> Step | None:
    """The next meeting does not replace the one before, unless the child is being closed on what that one said."""
    child = facts.child(ref)
    later = child.meeting is not None and step.occurred_at > child.meeting.occurred_at and step.corrects is None
    return None if later and not child.closing_begun else child.meeting


def _meetings_before(facts: StepDownFacts, step: RecordFinalMeeting) -> Iterable[Step | None]:
    return [_meeting_of(facts, step, child) for child in step.children_named()]


def _practitioner_before(facts: StepDownFacts, step: NameLeadPractitioner) -> Iterable[Step | None]:
    """Child by child; the practitioner who takes over from an interim contact corrects nothing."""
    named = [child.named for child in _children_of(facts, step) if child.named is not None]
    return [one for one in named if one.interim_until is None or step.corrects is not None]


def _children_of(facts: StepDownFacts, step: Step) -> Iterable[Child]:
    return (child for child in facts.children if step.names(child.ref))


def _decision_of(facts: StepDownFacts, child: str) -> Step | None:
    """The next decision does not replace one that no longer counts."""
    return facts.last_of(RecordDecisions, child) if facts.child(child).decision is not None else None


def _decisions_before(facts: StepDownFacts, step: RecordDecisions) -> Iterable[Step | None]:
    return [_decision_of(facts, child) for child in step.children_named()]


def _acts_before(facts: StepDownFacts, step: Authorise) -> Iterable[Step | None]:
    """What the manager said before of the same step, about the same children."""
    entry = facts.entry(step.of)
    about = asked(facts, entry.step) if entry is not None else ()
    return [facts.act_on(entry.step, child) for child in about if entry is not None and step.names(child)]


def _deliveries_before(facts: StepDownFacts, step: RecordDelivery) -> Iterable[Step | None]:
    """The records that name one of these letters or parts, or that stand in place of the one to be corrected."""
    for said in facts.deliveries:
        if _delivers(step) & _delivers(said) or step.corrects in {*_in_place_of(facts, said)}:
            yield said


def _delivers(step: RecordDelivery) -> set[object]:
    return {*(letter.letter_id for letter in step.letters), *(part for one in step.documents for part in one.about)}


def _in_place_of(facts: StepDownFacts, said: RecordDelivery) -> Iterator[str]:
    """Itself, what it corrects, and what that corrected."""
    current: Step | None = said
    while current is not None:
        yield current.step_id
        before = facts.entry(current.corrects) if current.corrects else None
        current = before.step if before else None


def _word_before(facts: StepDownFacts, step: ConfirmMeeting) -> Iterable[Step | None]:
    """What the conference manager said before of the same decision; a meeting is confirmed once."""
    entry = facts.entry(step.of)
    decided = entry.step if entry is not None and isinstance(entry.step, RecordDecisions) else None
    if decided is None or not any(may_be_answered(facts.child(ref), decided) for ref in decided.children_named()):
        return []
    return [facts.word_on_end(decided)]


def _decided_in(facts: StepDownFacts, step_id: str) -> tuple[str, ...]:
    entry = facts.entry(step_id)
    return entry.step.children_named() if entry is not None else ()


def _first_contact_before(facts: StepDownFacts, step: RecordFirstContact) -> Iterator[Step | None]:
    """A child was seen: whatever else is said of it corrects that. One that was not seen may be seen later."""
    for child in map(facts.child, step.children_named()):
        yield said_in(child) if child.first_contact is FirstContact.SEEN else None


def _decided_unseen_before(facts: StepDownFacts, step: DecideFirstContact) -> Iterator[Step | None]:
    """What the manager decided for good; what is looked at again is decided anew."""
    for child in map(facts.child, step.children_named()):
        for_good = child.first_contact in {FirstContact.SETTLED, FirstContact.TAKEN_BACK}
        yield decided_in(child) if for_good else None


def under_way(facts: StepDownFacts, effect: Effect | None) -> bool:
    """What was begun counts as done; what waits for a person because it certainly did not happen does not."""
    if effect is None or effect not in facts.begun:
        return False
    waits = facts.waits_for_a_person(effect)
    return waits is None or waits.problem == UNCLEAR


def letters_sent(facts: StepDownFacts) -> set[str]:
    """The letters that were sent, or may have been, by id."""
    written = (effect for effect in facts.begun if effect.kind is EffectKind.SEND_LETTER)
    return {
        *facts.delivered,
        *(effect.letter for effect in written if effect.letter is not None and under_way(facts, effect)),
    }


def gives_back_settled(facts: StepDownFacts, step: Step) -> bool:
    """A new decision for children who were given back, and for nobody else."""
    named = step.children_named()
    return isinstance(step, RecordDecisions) and bool(named) and all(facts.child(child).given_back for child in named)


def _consent_relied_on(facts: StepDownFacts, step: RecordConsent) -> bool:
    told = service_was_told(facts) and any(_relied_on(facts, child) for child in step.children_named())
    return told or closing_or_writing(facts, *step.children_named())


def _relied_on(facts: StepDownFacts, ref: str) -> bool:
    """Something may have been done on the family's answer for this child; a refusal leads to nothing."""
    child = facts.child(ref)
    return child.consents or child.closing_begun


def _new_to_consent(facts: StepDownFacts, step: RecordConsent) -> Iterator[str]:
    """A child of whom nothing was said, or a refusal that led to nothing."""
    for child in step.children_named():
        unsaid = facts.last_of(RecordConsent, child) is None
        if unsaid or not (closing_or_writing(facts) or _relied_on(facts, child)):
            yield child


def _shared(facts: StepDownFacts, step: RecordFamilySharing) -> bool:
    """The version that the family saw is on its way to this service, or a child passes on with or without it.

    A newer version, or another document of the kind, which the family has seen since, goes to the service, too; once a
    child is being closed on the one before, only if the family agrees to it.
    """
    shared = next(iter(_seen_before(facts, step)))
    passing_on = any(c.closing_begun for c in children_in(facts, step) if c.is_decided(Decision.TRANSFER))
    if shared is not None and (step.document_ref != shared.document_ref or step.version > shared.version):
        return passing_on and not step.agreed_as_basis
    return passing_on or (shared is not None and under_way(facts, sharing(facts, shared)))


def _advised(facts: StepDownFacts, step: Step) -> bool:
    """The practitioner of such a child has the summary of advice, or may have it."""
    return any(under_way(facts, summary_of(child)) for child in _children_of(facts, step))


def _decision_acted_on(facts: StepDownFacts, step: RecordDecisions) -> bool:
    acted = closing_or_writing(facts, *step.children_named()) or _advised(facts, step)
    return acted and not gives_back_settled(facts, step)


CORRECTIONS: dict[type[Step], Correction[StepDownFacts]] = {
    RecordFamily: Row(_whole),
    RecordExploration: Row(_whole),
    RecordConsent: Row(
        _by_child,
        "SD-09",
        "the service knows of the transfer, or children are being closed",
        _consent_relied_on,
        _new_to_consent,
    ),
    RecordFamilySharing: Row(
        _seen_before,
        "SD-11",
        "the document is on its way to the service, or children are being closed; a newer version to which the family "
        "agrees goes there, too",
        _shared,
    ),
    RecordContactConversation: Row(
        _conversation_before,
        "SD-08",
        "a child has been decided to pass on",
        lambda f, _: bool(f.decided(Decision.TRANSFER)),
        lambda f, s: (c for c in s.children_named() if f.last_of(RecordContactConversation, c) is None),
    ),
    RecordFinalMeeting: Row(
        _meetings_before,
        "SD-19",
        "the child is being closed",
        lambda f, s: any(f.child(c).closing_begun for c in s.children_named()),
        lambda f, s: (c for c in s.children_named() if not f.child(c).closing_begun or _meeting_of(f, s, c) is None),
    ),
    NameLeadPractitioner: Row(_practitioner_before, "SD-28", "the summary of advice is on its way", _advised),
    RecordAdviceSummary: Row(
        _by_child,
        "SD-30",
        "the summary of advice is on its way",
        _advised,
        lambda f, s: (c for c in s.children_named() if f.last_of(RecordAdviceSummary, c) is None),
    ),
    RecordDecisions: Row(
        _decisions_before,
        "SD-23",
        "the child is being closed, or letters or the advice sent, unless the service did not accept the child",
        _decision_acted_on,
        lambda f, s: (c for c in s.children_named() if _decision_of(f, c) is None),
    ),
    Authorise: Row(
        _acts_before,
        "SD-23b",
        "a child is being closed on it",
        lambda f, s: closing_or_writing(f, *s.children_named()),
    ),
    ConfirmMeeting: Row(
        _word_before,
        "SD-19a",
        "a child is being closed on it",
        lambda f, s: any(f.child(ref).closing_begun for ref in _decided_in(f, s.of)),
    ),
    ApproveLetters: Row(_whole),
    RecordDelivery: Row(_deliveries_before),
    RecordFirstContact: Row(_first_contact_before),
    DecideFirstContact: Row(_decided_unseen_before),
}
"""What each step says anew. Where a row says from when on that is too late, what is corrected then is kept, replaces
nothing, and a person compares the two."""
