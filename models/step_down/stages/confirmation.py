"""Confirmation: practitioner, family and agencies are told; the service acknowledges (SD-26, SD-28…33, SD-35)."""

from collections.abc import Iterable

from models.attention import NEWER_VERSION
from models.journey import attention, harm
from models.journey.rows import TimeIsUp, each_child, field, unless
from models.journey.steps import ResolveAttention
from models.kinds import ClockKind
from models.step_down.corrections import letters_sent
from models.step_down.direction import all_talked_about, given_back, passed_on
from models.step_down.effects import advice_summary, families_first_recommended, letters
from models.step_down.facts import StepDownFacts
from models.step_down.rows import EH, SW, TM, Doing, Need, Row, Rule
from models.step_down.stages import any_time
from models.step_down.steps.confirmation import (
    AcknowledgeTransfer,
    ApproveLetters,
    ChildAcknowledgement,
    Letter,
    LetterAudience,
    RecordFamiliesFirstNotification,
)
from models.step_down.steps.decision import (
    Decision,
    NameLeadPractitioner,
    RecordDecisions,
    RecordManagementConversation,
)
from models.step_down.steps.sharing import RecordFamilySharing


def _nothing_under_way(facts: StepDownFacts) -> bool:
    return facts.ended(*facts.begun, *any_time.wanted(facts))


def _named(written: Iterable[Letter], audience: LetterAudience) -> set[str]:
    """The children of whom letters tell these readers, or say why not, by reference."""
    return {child for letter in written if letter.audience is audience for child in letter.about}


def _family_omitted(facts: StepDownFacts, written: tuple[Letter, ...]) -> bool:
    """SD-33: no letter tells the family of a child, or says why not."""
    return not {*facts.child_refs} <= _named(written, LetterAudience.FAMILY)


def _family_told(facts: StepDownFacts) -> bool:
    approved = facts.letters is not None and not _family_omitted(facts, facts.letters)
    return approved or bool(facts.harm_reports)


def _agencies_omitted(facts: StepDownFacts, written: tuple[Letter, ...]) -> bool:
    """SD-32: universal services suffice for a child, and no letter tells an agency, or says why not."""
    enough = {child.ref for child in facts.decided(Decision.UNIVERSAL_ONLY)}
    return not enough <= _named(written, LetterAudience.AGENCY)


def _agencies_told(facts: StepDownFacts) -> bool:
    return facts.letters is None or bool(facts.harm_reports) or not _agencies_omitted(facts, facts.letters)


def _names_an_unknown_child(facts: StepDownFacts, step: ApproveLetters) -> bool:
    return any(child not in facts.child_refs for letter in step.letters for child in letter.about)


def _names_a_child_to_an_agency(facts: StepDownFacts, step: ApproveLetters) -> bool:
    """SD-09: an agency that is written to would read of a child of whom it may not."""
    written = (letter for letter in step.letters if letter.do_not_write_because is None)
    return any(not facts.child(child).agencies_may_read for child in _named(written, LetterAudience.AGENCY))


def _tells_the_family_nothing_new(facts: StepDownFacts, step: ApproveLetters) -> bool:
    """Letters are approved anew because something changed, and to the family only what it has already."""
    to_family = {letter.letter_id for letter in step.letters if letter.audience is LetterAudience.FAMILY}
    return facts.letters is None and to_family <= letters_sent(facts)


def _changes_a_letter_that_was_sent(facts: StepDownFacts, step: ApproveLetters) -> bool:
    """A letter is sent in the last approved form that held its id."""
    sent, said = letters_sent(facts), {new.letter_id for new in step.letters}
    missing = {letter.letter_id for letter in facts.letters or ()} & sent - said
    return bool(missing) or any(new.letter_id in sent and new != facts.letter(new.letter_id) for new in step.letters)


def _people_agree(facts: StepDownFacts, step: ResolveAttention) -> bool:
    """It is about a child of whom managers and service have to agree what becomes."""
    return any(item.id == step.attention_id and item.child is not None for item in facts.open_attention)


def _was_not_passed_on(facts: StepDownFacts, said: ChildAcknowledgement) -> bool:
    child = facts.child(said.ref)
    return child.closing_result is None or not child.is_decided(Decision.TRANSFER)


ROWS: tuple[Row, ...] = (
    Need(
        "SD-33",
        ApproveLetters,
        SW,
        "Approve the letters that tell the family, and the agencies, what is happening.",
        met=_family_told,
        clock=ClockKind.LETTERS,
    ),
    Need(
        "SD-32",
        ApproveLetters,
        SW,
        "Universal services are enough for a child: approve a letter that tells an agency, or say why none is written.",
        met=_agencies_told,
        clock=ClockKind.LETTERS,
    ),
    Doing("SD-30", advice_summary, "The summary of advice is being sent to the practitioner."),
    Doing("SD-33", letters, "The letters are being sent."),
    Need(
        None,
        None,
        None,
        "What was begun in other systems is being brought to its end.",
        met=_nothing_under_way,
    ),
    Doing(
        "SD-26",
        families_first_recommended,
        "The practitioner is being recommended to tell Families First.",
    ),
    Need(
        "SD-29",
        RecordManagementConversation,
        TM,
        "The service has not accepted a child: talk with the Targeted Services Leader, and record what you agree.",
        met=all_talked_about,
        clock=ClockKind.MANAGEMENT_CONVERSATION,
        everywhere=True,
    ),
    Need(
        "SD-35",
        RecordDecisions,
        SW,
        "The service has not accepted a child: it answers again, another service is named, or the child is decided "
        "otherwise.",
        met=lambda f: not given_back(f),
        applies=all_talked_about,
        clock=ClockKind.DECLINED,
        everywhere=True,
    ),
    # When its time is up, a child that nobody answered for is given back: the two needs above say what is asked then.
    Need(
        "SD-35",
        AcknowledgeTransfer,
        EH,
        "Acknowledge each child that was passed on.",
        met=lambda f: all(child.acknowledgement is not None for child in passed_on(f)),
        clock=ClockKind.ACKNOWLEDGEMENT,
    ),
    Need(
        "SD-28",
        NameLeadPractitioner,
        SW,
        "Only an interim contact is named: name the practitioner once one is allocated.",
        met=lambda f: not f.interim or not passed_on(f),
        clock=ClockKind.ALLOCATION,
    ),
    Need(
        "SD-26",
        RecordFamiliesFirstNotification,
        EH,
        "Say that Families First was told of the support, or why not.",
        met=lambda f: f.families_first is not None or not families_first_recommended(f),
        clock=ClockKind.FAMILIES_FIRST,
    ),
    harm.NOT_TAKEN,
    Need(
        "SD-11",
        RecordFamilySharing,
        SW,
        "Mosaic holds a newer version of a document than the family saw: share it with the family and record that, or "
        "have operations skip the item with the reason.",
        met=lambda f: all(item.problem != NEWER_VERSION for item in f.open_attention),
        everywhere=True,
    ),
    attention.PUT_RIGHT,
    TimeIsUp(
        "SD-29",
        ClockKind.ALLOCATION,
        RecordManagementConversation,
        "No practitioner was allocated by the expected day: talk with the Targeted Services Leader, and record "
        "what you agree.",
    ),
    TimeIsUp(
        "SD-29",
        ClockKind.MANAGEMENT_CONVERSATION,
        RecordManagementConversation,
        "The conversation with the Targeted Services Leader is overdue: hold it.",
    ),
    TimeIsUp(
        "SD-33",
        ClockKind.LETTERS,
        ApproveLetters,
        "The letters are overdue: have the social worker approve them.",
    ),
    TimeIsUp(
        "SD-29",
        ClockKind.DECLINED,
        RecordManagementConversation,
        "Nothing has become of what was agreed for the child whom the service did not accept: talk again with the"
        " Targeted Services Leader.",
    ),
    TimeIsUp(
        "SD-26",
        ClockKind.FAMILIES_FIRST,
        RecordFamiliesFirstNotification,
        "It was not confirmed that Families First was told: ask the service once more, or record why it was not done.",
    ),
    Rule(
        "SD-26",
        RecordFamiliesFirstNotification,
        unless(lambda f: bool(families_first_recommended(f))),
        "Families First is recommended where children pass to a service that does not use Mosaic.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _names_an_unknown_child),
        "A letter names a child that is not in this transfer.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", lambda f, s: _family_omitted(f, s.letters)),
        "A letter tells the family of each child, or says why none is written.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _names_a_child_to_an_agency),
        "Without the family's consent for a child, only the family reads of that child.",
    ),
    Rule(
        "SD-32",
        ApproveLetters,
        field("letters", lambda f, s: _agencies_omitted(f, s.letters)),
        "Universal services suffice for a child: one letter is for an agency involved, or says why none is written.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _tells_the_family_nothing_new),
        "What changed since the last letter is told in a new one under a name of its own; or say why none is written.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _changes_a_letter_that_was_sent),
        "A letter that was sent stays as it is; what changes later is a new letter under a name of its own.",
    ),
    Rule(
        "SD-35",
        AcknowledgeTransfer,
        each_child("ref", _was_not_passed_on),
        "This child has not been passed on to the service.",
    ),
    Rule(
        "SD-35",
        ResolveAttention,
        field("attention_id", _people_agree),
        "This is not put right here: it ends when the service answers again, or when the child is decided otherwise.",
    ),
)
