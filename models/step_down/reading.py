"""Letters as people read them: those that were approved or sent, and those that are to be approved (SD-33a)."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import count
from typing import ClassVar

from models.effects import Ended
from models.journey.missing import is_closed, stage
from models.step_down.beware import beware
from models.step_down.child import Child
from models.step_down.corrections import letters_sent
from models.step_down.effects import to_hand_over
from models.step_down.facts import StepDownFacts
from models.step_down.journey import STEP_DOWN
from models.step_down.leaving import as_it_left, digest, sending, stands, text
from models.step_down.letter_reference import reference
from models.step_down.readers import (
    agencies_involved,
    goes_by_mail,
    holders,
    is_written_to,
    may_read_of,
    needs_the_manager,
    person_of,
    reader_words,
    reads_of,
    told_no_whereabouts,
    way,
)
from models.step_down.stage import Stage
from models.step_down.steps.confirmation import ApproveLetters, Letter
from models.step_down.steps.consent import plain
from models.step_down.steps.delivery import RecordDelivery
from models.vocabulary import ChildRef, Frozen, Ref, local_time

NEEDS_THE_MANAGER = (
    "It is sent only if the team manager authorises it: this reader is unsafe to contact, or under an order."
)
NO_WHEREABOUTS = "It says nothing that gives away where the children are."
WAS_SENT = "It stays as it was approved, and is not sent again."
MAY_BE_SENT = "It may have been sent; nobody knows for certain."
BY_A_PERSON = "A person posts it or hands it over; `transfers letters ID --print` writes it once it may be sent."
NOT_OF = (
    "It says nothing about {children}: its reader may not read about them, or nothing is decided for them. It would "
    "be refused."
)
SAFE_TIMES = "Safe only at these times: {times}."
AT_ANY_HOUR = "The system sends an e-mail as soon as it may, at whatever hour: choose another way if that is not safe."
IN_HOURS = "The system sends an e-mail {hours}, as soon as it may: choose another way if that is not safe."
WAITS_FOR_HOURS = "It is sent on {at}, when office hours begin."
NO_WAY = "No safe way of this kind is recorded for this reader: it cannot be sent."
LEFT = "It was sent on {at}."
TEXT_IS_GONE = "What it said can no longer be shown: what it was made from has changed since."
ENDED = "This transfer has ended: no more letters are approved."
AFTER_HARM = "A risk of significant harm was reported: no letter is sent any more, and none is to be approved."


class LetterState(StrEnum):
    """How a letter stands."""

    PROPOSED = "proposed"
    ASKED = "asked"
    """As somebody is about to approve it."""
    CHANGED = "changed"
    APPROVED = "approved"
    STOPPED = "stopped"
    """It was approved, and does not leave, as a risk of significant harm was reported."""
    SENT = "sent"
    NONE = "none"
    """None is written, and it is recorded why."""

    @property
    def to_approve(self) -> bool:
        """Whether it is to be read and approved."""
        return self in {LetterState.PROPOSED, LetterState.ASKED, LetterState.CHANGED}

    @property
    def words(self) -> str:
        """The state as people say it."""
        return {
            "proposed": "proposed, not approved",
            "asked": "not approved yet",
            "changed": "approved before, and to be read and approved again: something has changed since",
            "approved": "approved, not sent yet",
            "stopped": "approved before a risk of significant harm was reported: it is not sent",
            "sent": "sent",
            "none": "none is written",
        }[self.value]


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
    state: LetterState = LetterState.ASKED


class LettersToRead(Frozen):
    """Letters to be read before they are approved."""

    privacy: ClassVar[str] = "restricted"
    letters: tuple[LetterToRead, ...]
    agencies: tuple[str, ...] = ()
    """The agencies involved, by name, that no letter here is about: each is told, or it is said why not (SD-33c)."""
    holders: tuple[Ref, ...] = ()
    """Who holds parental responsibility, by reference, and is told of a child by no letter here (SD-33a)."""
    over: str | None = None
    """Why nothing is to be approved any more."""


class LettersAsked(Frozen):
    """The letters to be read; none: those that were approved, and one to whoever of the family none is to yet."""

    letters: tuple[Letter, ...] = ()


def to_read(facts: StepDownFacts, asked: LettersAsked) -> LettersToRead:
    """The letters as they would leave now, each with the digest that says so; what has left, as it left."""
    over = _over(facts)
    known = asked.letters or tuple(_recorded(facts))
    proposed = () if asked.letters or over else tuple(_proposed(facts, known))
    read = (*known, *proposed)
    told = {(letter.person, child) for letter in read for child in letter.about}
    agencies = {plain(letter.agency) for letter in read if letter.agency}
    untold = (ref for ref, child in holders(facts) if (ref, child) not in told)
    return LettersToRead(
        letters=tuple(_to_read(facts, one, _state(facts, one, proposed=one in proposed)) for one in read),
        agencies=() if over else tuple(one for one in agencies_involved(facts) if plain(one) not in agencies),
        holders=() if over else tuple(dict.fromkeys(untold)),
        over=over,
    )


def _over(facts: StepDownFacts) -> str | None:
    if is_closed(STEP_DOWN, facts):
        return ENDED
    return AFTER_HARM if facts.harm_stands else None


def _approvals(facts: StepDownFacts) -> list[ApproveLetters]:
    return [entry.step for entry in facts.steps if isinstance(entry.step, ApproveLetters) and not entry.late]


def _recorded(facts: StepDownFacts) -> Iterator[Letter]:
    """What has left, and what was approved last, though that may count no more; each under the name it has."""
    last, sent = _approvals(facts)[-1:], letters_sent(facts)
    ids = [
        letter.letter_id for approval in _approvals(facts) for letter in approval.letters if letter.letter_id in sent
    ]
    yield from (facts.letter(one) for one in dict.fromkeys(ids))
    yield from (letter for approval in last for letter in approval.letters if letter.letter_id not in sent)


def _state(facts: StepDownFacts, letter: Letter, *, proposed: bool) -> LetterState:
    if letter.letter_id in letters_sent(facts):
        return LetterState.SENT
    approved = (one for approval in reversed(_approvals(facts)) for one in approval.letters)
    last = next((one for one in approved if _is_the_same(one, letter)), None)
    if last is None:
        return LetterState.PROPOSED if proposed else LetterState.ASKED
    if facts.harm_stands and last.written:
        return LetterState.STOPPED
    if facts.letters is None or last not in facts.letters:
        return LetterState.CHANGED
    if not last.written:
        return LetterState.NONE
    return LetterState.APPROVED if stands(facts, last) else LetterState.CHANGED


def _is_the_same(one: Letter, other: Letter) -> bool:
    """But for the number of what was read."""
    return one.model_copy(update={"seen": None}) == other.model_copy(update={"seen": None})


def to_print(facts: StepDownFacts) -> LettersToRead:
    """The letters that a person is to post or hand over now, each as it was approved (SD-33b)."""
    ready = to_hand_over(facts) if stage(STEP_DOWN, facts) is Stage.CONFIRMATION else ()
    return LettersToRead(letters=tuple(_to_read(facts, letter, LetterState.APPROVED) for letter in ready))


def _to_read(facts: StepDownFacts, letter: Letter, state: LetterState) -> LetterToRead:
    if state is LetterState.SENT:
        return _that_left(facts, letter)
    to = way(facts, letter)
    return LetterToRead(
        letter=letter.model_copy(update={"seen": digest(facts, letter) if letter.written else None}),
        to=to.to if to and letter.written else None,
        reader=reader_words(facts, letter),
        reference=reference(facts.request.id, letter.letter_id),
        text=text(facts, letter) if letter.written else f"Nothing is written: {letter.do_not_write_because}",
        notes=tuple(_notes(facts, letter)),
        state=state,
    )


def _that_left(facts: StepDownFacts, letter: Letter) -> LetterToRead:
    """What was sent keeps the text, and the number, by which it was approved."""
    left = facts.letter(letter.letter_id)
    then = as_it_left(facts, left)
    to = way(then, left) if then else None
    return LetterToRead(
        letter=letter.model_copy(update={"seen": left.seen}),
        to=to.to if to else None,
        reader=reader_words(then or facts, left),
        reference=reference(facts.request.id, letter.letter_id),
        text=text(then, left) if then else TEXT_IS_GONE,
        notes=(*(tuple(_when_it_left(facts, letter)) or (MAY_BE_SENT,)), WAS_SENT),
        state=LetterState.SENT,
    )


def _when_it_left(facts: StepDownFacts, letter: Letter) -> Iterator[str]:
    result = facts.result(sending(letter))
    if result is not None and result.ended is Ended.DONE:
        yield LEFT.format(at=local_time(result.at))
    for step in facts.all_of(RecordDelivery):
        if any(said.letter_id == letter.letter_id for said in step.letters):
            yield LEFT.format(at=local_time(step.occurred_at))


def _notes(facts: StepDownFacts, letter: Letter) -> Iterable[str]:
    person = person_of(facts, letter)
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
            hours = facts.opening.letter_hours if facts.opening else None
            yield IN_HOURS.format(hours=hours.words) if hours else AT_ANY_HOUR
    if (until := facts.held_until(sending(letter))) is not None and not facts.harm_stands:
        yield WAITS_FOR_HOURS.format(at=local_time(until))
    if person is not None and person.not_to_know:
        yield f"Must not be told: {person.not_to_know}"
    yield from beware(facts, letter)


def _says_nothing_of(facts: StepDownFacts, letter: Letter) -> tuple[str, ...]:
    """The children whom it names, and of whom its text tells nothing."""
    told = {child.ref for child in reads_of(facts, letter) if child.decision is not None}
    return tuple(child for child in letter.about if child not in told)


def _proposed(facts: StepDownFacts, known: tuple[Letter, ...]) -> Iterable[Letter]:
    """One to whoever of the family is written to, of each child of whom they may read and no letter tells them.

    What was sent and counts no more told them what has changed since.
    """
    counts = known if facts.letters is not None else [one for one in known if one.letter_id not in letters_sent(facts)]
    told = {(letter.person, child) for letter in counts for child in letter.about}
    for person in facts.family.people if facts.family else ():
        theirs = (child for child in facts.children if is_written_to(facts, person, child.ref))
        may_read = (child for child in theirs if may_read_of(person, child.ref) and not child.died)
        about = tuple(child for child in may_read if (person.ref, child.ref) not in told)
        if about and person.contact.ways:
            name = _free_name(f"to-{person.ref}", _approvals(facts))
            ways = (_letter(name, about, person=person.ref, by=one.by) for one in person.contact.ways)
            offered = tuple(ways)
            yield next((one for one in offered if way(facts, one) is not None), offered[0])


def _free_name(name: str, approvals: list[ApproveLetters]) -> str:
    taken = {letter.letter_id for approval in approvals for letter in approval.letters}
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(one for one in names if one not in taken)


def _letter(letter_id: str, about: tuple[Child, ...], **to: object) -> Letter:
    children = tuple(ChildRef(ref=child.ref) for child in about)
    return Letter.model_validate({"letter_id": letter_id, "children": children, **to})
