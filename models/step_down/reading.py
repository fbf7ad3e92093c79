"""Letters to be read before they are approved, each as it would leave now (SD-33a)."""

from collections.abc import Iterable
from typing import ClassVar

from models.journey.missing import stage
from models.step_down.child import Child
from models.step_down.corrections import letters_sent
from models.step_down.effects import to_hand_over
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.leaving import digest, text
from models.step_down.letter_reference import reference
from models.step_down.readers import (
    agencies_involved,
    goes_by_mail,
    holders,
    may_read_of,
    needs_the_manager,
    person_of,
    reader_words,
    reads_of,
    told_no_whereabouts,
    way,
)
from models.step_down.stage import Stage
from models.step_down.steps.confirmation import Letter
from models.vocabulary import ChildRef, Frozen, Ref

NEEDS_THE_MANAGER = "It leaves only by the team manager's own act: this reader is unsafe to contact, or under an order."
NO_WHEREABOUTS = "It says nothing from which follows where the children are."
WAS_SENT = "It was sent, or may have been: it stays as it was approved, and is not sent again."
BY_A_PERSON = "A person posts it or hands it over; `transfers letters` with --print writes it once it may leave."
NOT_OF = "It says nothing of {children}: its reader may not read of them, or they are not decided. It is refused so."
SAFE_TIMES = "Safe only at these times: {times}."
AT_ANY_HOUR = (
    "The machine sends an e-mail as soon as it may leave, at whatever hour: choose another way if that is not safe."
)
NO_WAY = "No safe way of this kind is recorded for this reader: it cannot leave."


class LetterToRead(Frozen):
    """A letter as it would leave now, for who approves it."""

    letter: Letter
    to: str | None
    """Where it goes; None where no safe way of its kind is recorded, or none is written."""
    reader: str
    """What its reader is called."""
    reference: str
    """What its reader gives when they ring."""
    text: str
    """As it leaves; a child stands in it by reference, and the name is put in its place when it is sent."""
    notes: tuple[str, ...] = ()
    """What to look at before it is approved."""


class LettersToRead(Frozen):
    """Letters to be read before they are approved."""

    privacy: ClassVar[str] = "restricted"
    letters: tuple[LetterToRead, ...]
    agencies: tuple[str, ...] = ()
    """The agencies involved, by name: each is told, or it is said why not (SD-33c)."""
    holders: tuple[Ref, ...] = ()
    """Who holds parental responsibility, by reference, and is told of a child by no letter here (SD-33a)."""


class LettersAsked(Frozen):
    """The letters to be read; none: one to everybody of the family who may be written to."""

    letters: tuple[Letter, ...] = ()


def to_read(facts: StepDownFacts, asked: LettersAsked) -> LettersToRead:
    """The letters as they would leave now, each with the digest that says so."""
    read = asked.letters or tuple(_all(facts))
    told = {(letter.person, child) for letter in read for child in letter.about}
    return LettersToRead(
        letters=tuple(_to_read(facts, letter) for letter in read),
        agencies=agencies_involved(facts),
        holders=tuple(dict.fromkeys(ref for ref, child in holders(facts) if (ref, child) not in told)),
    )


def to_print(facts: StepDownFacts) -> LettersToRead:
    """The letters that a person is to post or hand over now, each as it was approved (SD-33b)."""
    ready = to_hand_over(facts) if stage(STEP_DOWN, facts) is Stage.CONFIRMATION else ()
    return LettersToRead(letters=tuple(_to_read(facts, letter) for letter in ready))


def _to_read(facts: StepDownFacts, letter: Letter) -> LetterToRead:
    to = way(facts, letter)
    return LetterToRead(
        letter=letter.model_copy(update={"seen": _seen(facts, letter) if letter.written else None}),
        to=to.to if to and letter.written else None,
        reader=reader_words(facts, letter),
        reference=reference(facts.request.id, letter.letter_id),
        text=text(facts, letter) if letter.written else f"Nothing is written, because {letter.do_not_write_because}",
        notes=tuple(_notes(facts, letter)),
    )


def _seen(facts: StepDownFacts, letter: Letter) -> str | None:
    """What was sent keeps the number by which it was approved."""
    was_sent = letter.letter_id in letters_sent(facts)
    return facts.letter(letter.letter_id).seen if was_sent else digest(facts, letter)


def _notes(facts: StepDownFacts, letter: Letter) -> Iterable[str]:
    person = person_of(facts, letter)
    if letter.letter_id in letters_sent(facts):
        yield WAS_SENT
    if letter.written and (unsaid := _says_nothing_of(facts, letter)):
        yield NOT_OF.format(children=" and ".join(unsaid))
    if needs_the_manager(facts, letter):
        yield NEEDS_THE_MANAGER
    if letter.written and told_no_whereabouts(facts, letter):
        yield NO_WHEREABOUTS
    if letter.written and way(facts, letter) is None:
        yield NO_WAY
    elif letter.written and not goes_by_mail(letter):
        yield BY_A_PERSON
    goes_to = way(facts, letter) if letter.written else None
    if goes_to is not None and goes_to.safe_times:
        yield SAFE_TIMES.format(times=goes_to.safe_times)
        if goes_by_mail(letter):
            yield AT_ANY_HOUR
    if person is not None and person.not_to_know:
        yield f"Must not be told: {person.not_to_know}"


def _says_nothing_of(facts: StepDownFacts, letter: Letter) -> tuple[str, ...]:
    """The children whom it names, and of whom its text tells nothing."""
    told = {child.ref for child in reads_of(facts, letter) if child.decision is not None}
    return tuple(child for child in letter.about if child not in told)


def _all(facts: StepDownFacts) -> Iterable[Letter]:
    """One to everybody of the family who may be written to, of each child of whom they may read."""
    for person in facts.family.people if facts.family else ():
        about = tuple(child for child in facts.children if may_read_of(person, child.ref))
        if about and person.contact.ways:
            yield _letter(f"to-{person.ref}", about, person=person.ref, by=person.contact.ways[0].by)


def _letter(letter_id: str, about: tuple[Child, ...], **to: object) -> Letter:
    children = tuple(ChildRef(ref=child.ref) for child in about)
    return Letter.model_validate({"letter_id": letter_id, "children": children, **to})
