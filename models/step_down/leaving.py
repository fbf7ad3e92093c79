"""Which letters leave: those whose reader, way and text are still what was read when they were approved (SD-33a)."""

from hashlib import sha256

from models.effects import Effect
from models.journey.remembered import remembered
from models.kinds import EffectKind
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.letter_words import text_of
from models.step_down.plan_end import end_unconfirmed
from models.step_down.readers import needs_the_manager, reads_of, speaks_against, way
from models.step_down.steps.confirmation import ApproveLetters, Letter
from models.step_down.telling import telling


@remembered
def text(facts: StepDownFacts, letter: Letter) -> str:
    """What leaves, as things stand."""
    return text_of(telling(facts, letter))


@remembered
def digest(facts: StepDownFacts, letter: Letter) -> str:
    """Of where it goes, what it says and what stands against its readers; whatever of it changes, changes it."""
    to = way(facts, letter)
    speaks = speaks_against(facts, letter)
    said = (letter.by, to and to.to, letter.person, letter.agency, speaks, text(facts, letter))
    hashed = sha256(repr(said).encode()).hexdigest()
    return f"{'abcdef'[int(hashed[0], 16) % 6]}{hashed[1:12]}"


def sending(letter: Letter) -> Effect:
    """How it is sent, once."""
    return Effect(kind=EffectKind.SEND_LETTER, letter=letter.letter_id)


def was_sent(facts: StepDownFacts, letter: Letter) -> bool:
    """Its sending has come to an end; or it was posted or handed over."""
    return facts.result(sending(letter)) is not None or letter.letter_id in facts.delivered


def as_it_left(facts: StepDownFacts, letter: Letter) -> StepDownFacts | None:
    """What was known when it was approved so; None where that says something else now."""
    approved = (place for place, entry in enumerate(facts.steps) if _approves(entry, letter))
    if (place := next(approved, None)) is None:
        return None
    effects = tuple(result for result in facts.effects if result.at <= facts.steps[place].accepted_at)
    then = facts.having(steps=facts.steps[:place], effects=effects)
    return then if digest(then, letter) == letter.seen else None


def _approves(entry: Recorded, letter: Letter) -> bool:
    return isinstance(entry.step, ApproveLetters) and not entry.late and letter in entry.step.letters


def of_the_dead(facts: StepDownFacts, letter: Letter) -> bool:
    """It names a child who has died: what the machine writes is nothing for those who mourn."""
    return any(child.died for child in reads_of(facts, letter))


def stands(facts: StepDownFacts, letter: Letter) -> bool:
    """It is what was read when it was approved; what has been sent, or is not written, stands."""
    if not letter.written or was_sent(facts, letter):
        return True
    return digest(facts, letter) == letter.seen and not of_the_dead(facts, letter)


def leaves(facts: StepDownFacts, letter: Letter) -> bool:
    """It was sent; or it may be: it stands, its reader may read it, and the manager has agreed where that is needed."""
    if not letter.written or was_sent(facts, letter):
        return letter.written
    approved = facts.last_of(ApproveLetters)
    agreed = not needs_the_manager(facts, letter) or (approved is not None and facts.granted(approved))
    may_reach = way(facts, letter) is not None and agreed
    return may_reach and stands(facts, letter) and bool(reads_of(facts, letter)) and not _waits_for_chair(facts, letter)


def _waits_for_chair(facts: StepDownFacts, letter: Letter) -> bool:
    """SD-33d: a conference ended the plan of a child that it names, as it was recorded, and nobody has confirmed it."""
    return any(child.protected and end_unconfirmed(child) for child in reads_of(facts, letter))
