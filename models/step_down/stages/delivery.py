"""What people deliver: letters, of the text that was read (SD-33b), and a practitioner's part of a document (SD-31)."""

from models.journey.rows import field
from models.step_down.effects import may_be_handed_over, to_hand_over
from models.step_down.facts import StepDownFacts
from models.step_down.parts import may_be_given, to_give
from models.step_down.rows import Row, Rule
from models.step_down.steps.confirmation import ApproveLetters, Letter
from models.step_down.steps.delivery import Delivered, RecordDelivery


def all_handed_over(facts: StepDownFacts) -> bool:
    """SD-33b: no letter waits to be posted or handed over."""
    return not to_hand_over(facts)


def _not_to_be_handed_over(facts: StepDownFacts, step: RecordDelivery) -> str | None:
    """The first letter that does not go by post or by hand, or may not leave as the text that was read.

    What an earlier record says of a letter, its correction may say, too, whatever has changed since.
    """
    corrected = facts.entry(step.corrects) if step.corrects else None
    before = facts if corrected is None else facts.having(steps=tuple(e for e in facts.steps if e is not corrected))
    said_before = corrected.step.letters if corrected and isinstance(corrected.step, RecordDelivery) else ()
    known = {letter.letter_id: letter for letter in before.letters or ()}
    for place, said in enumerate(step.letters):
        letter = known.get(said.letter_id)
        again = any((one.letter_id, one.seen) == (said.letter_id, said.seen) for one in said_before)
        if not again and (letter is None or letter.seen != said.seen or not may_be_handed_over(before, letter)):
            return f"letters.{place}"
    return None


def _before_the_approval(facts: StepDownFacts, step: RecordDelivery) -> bool:
    """Before it was first approved as this text; that it was approved again since changes nothing."""
    approvals = facts.all_of(ApproveLetters)
    for said in step.letters:
        as_this = (a.occurred_at for a in approvals if any(_is_this(letter, said) for letter in a.letters))
        if step.occurred_at < min(as_this, default=step.occurred_at):
            return True
    return False


def _is_this(letter: Letter, said: Delivered) -> bool:
    return (letter.letter_id, letter.seen) == (said.letter_id, said.seen)


def all_parts_given(facts: StepDownFacts) -> bool:
    """SD-31: no practitioner waits for their part of a document."""
    return not to_give(facts)


def _not_to_be_given(facts: StepDownFacts, step: RecordDelivery) -> str | None:
    """The first part of a document that nobody has to give; what an earlier record says, its correction may say."""
    corrected = facts.entry(step.corrects) if step.corrects else None
    said_before = corrected.step.documents if corrected and isinstance(corrected.step, RecordDelivery) else ()
    known = {part for one in said_before for part in one.about}
    for place, said in enumerate(step.documents):
        may = may_be_given(facts, said.document_ref, said.practitioner)
        if not all(child in may or (_, __, child) in known for _, __, child in said.about):
            return f"documents.{place}"
    return None


ROWS: tuple[Row, ...] = (
    Rule(
        "SD-31",
        RecordDelivery,
        _not_to_be_given,
        "Do not give this yourself: the practitioner does not take over these children, reads the document in Mosaic "
        "or is sent it, it may not be shared, or the children's cases are not closed yet. If it was given all the "
        "same, ring the team manager now.",
    ),
    Rule(
        "SD-33b",
        RecordDelivery,
        field("occurred_at", _before_the_approval),
        "At that time the letter was not approved yet: give the time at which it was posted or handed over. If it "
        "had gone before, ring the team manager.",
    ),
    Rule(
        "SD-33b",
        RecordDelivery,
        _not_to_be_handed_over,
        "Do not post this letter or hand it over: it goes by e-mail, has changed since it was read, or may not be "
        "sent yet. `transfers letters ID` shows what may be sent. If it has already gone, ring the team manager now; "
        "then approve the letters again, and say there why no letter is written.",
    ),
)
