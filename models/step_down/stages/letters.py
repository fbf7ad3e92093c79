"""The letters: whom each is to, of whom it tells, and that it was read as it leaves (SD-32, SD-33, SD-33a)."""

from collections.abc import Callable, Iterable

from models.journey.rows import field
from models.step_down.acts import asked as asks
from models.step_down.corrections import letters_sent
from models.step_down.facts import StepDownFacts
from models.step_down.leaving import digest, of_the_dead, stands
from models.step_down.readers import (
    agencies_involved,
    agency_reads_of,
    decided_for_themselves,
    holders,
    is_involved,
    may_read_of,
    person_of,
    reaches_others,
    risk_is_known,
    way,
)
from models.step_down.rows import Row, Rule
from models.step_down.steps.confirmation import ApproveLetters, Letter, LetterAudience
from models.step_down.steps.consent import plain
from models.step_down.steps.decision import Decision


def _named(written: Iterable[Letter], audience: LetterAudience) -> set[str]:
    """The children of whom letters tell these readers, or say why not, by reference."""
    return {child for letter in written if letter.audience is audience for child in letter.about}


def _family_omitted(facts: StepDownFacts, written: tuple[Letter, ...]) -> bool:
    """SD-33: no letter tells the family of a child, or says why not."""
    return not {*facts.child_refs} <= _named(written, LetterAudience.FAMILY)


def family_told(facts: StepDownFacts) -> bool:
    """SD-33: letters are approved that tell the family of each child."""
    approved = facts.letters is not None and not _family_omitted(facts, facts.letters)
    return approved or facts.harm_stands


def _agencies_omitted(facts: StepDownFacts, written: tuple[Letter, ...]) -> bool:
    """SD-32: universal services suffice for a child, and no letter tells an agency, or says why not."""
    enough = {child.ref for child in facts.decided(Decision.UNIVERSAL_ONLY)}
    return not enough <= _named(written, LetterAudience.AGENCY)


def agencies_told(facts: StepDownFacts) -> bool:
    """SD-32: once letters are approved, they tell an agency, or say why not."""
    return facts.letters is None or facts.harm_stands or not _agencies_omitted(facts, facts.letters)


def _holder_omitted(facts: StepDownFacts, written: tuple[Letter, ...]) -> bool:
    """SD-33a: somebody who holds parental responsibility for a child is neither told of it, nor is it said why not."""
    told = {(letter.person, child) for letter in written for child in letter.about}
    return not {*holders(facts)} <= told


def each_holder_told(facts: StepDownFacts) -> bool:
    """SD-33a: once letters are approved, each holder is told of each child, or it is said why not."""
    return facts.letters is None or facts.harm_stands or not _holder_omitted(facts, facts.letters)


def _own_voice_omitted(facts: StepDownFacts, written: tuple[Letter, ...]) -> bool:
    """SD-09b: a young person decided for themselves, and is neither told, nor is it said why not."""
    people = facts.family.people if facts.family else ()
    told = {(letter.person, child) for letter in written for child in letter.about}
    themselves = {one.is_child for one in people if one.is_child and (one.ref, one.is_child) in told}
    return not {*decided_for_themselves(facts)} <= themselves


def each_own_voice_told(facts: StepDownFacts) -> bool:
    """SD-09b: once letters are approved, who decided for themselves is told, or it is said why not."""
    return facts.letters is None or facts.harm_stands or not _own_voice_omitted(facts, facts.letters)


def all_stand(facts: StepDownFacts) -> bool:
    """SD-33a: each letter that has not left yet is what was read when it was approved."""
    return facts.harm_stands or all(stands(facts, letter) for letter in facts.letters or ())


def manager_agrees(facts: StepDownFacts) -> bool:
    """SD-33a: the manager has not said no to what is approved, or no letter needs them."""
    approved = facts.last_of(ApproveLetters)
    return facts.harm_stands or approved is None or not facts.denied(approved) or not asks(facts, approved)


def _names_an_unknown_child(facts: StepDownFacts, step: ApproveLetters) -> bool:
    return any(child not in facts.child_refs for letter in step.letters for child in letter.about)


def _names_a_child_to_an_agency(facts: StepDownFacts, step: ApproveLetters) -> bool:
    """SD-09, SD-09e: an agency would read of a child of whom it may not."""
    to_agencies = (letter for letter in step.letters if letter.written and letter.agency)
    named = ((letter, facts.child(ref)) for letter in to_agencies for ref in letter.about)
    return any(not agency_reads_of(facts, letter, child) for letter, child in named)


def _agency_omitted(facts: StepDownFacts, written: tuple[Letter, ...]) -> bool:
    """SD-33c: an agency that the exploration or Mosaic names is neither told, nor is it said why not."""
    told = {plain(letter.agency) for letter in written if letter.agency}
    return not {plain(agency) for agency in agencies_involved(facts)} <= told


def each_agency_told(facts: StepDownFacts) -> bool:
    """SD-33c: once letters are approved, they tell each agency involved, or say why not."""
    return facts.letters is None or facts.harm_stands or not _agency_omitted(facts, facts.letters)


def _to_come(wrong: Callable[[StepDownFacts, Letter], bool]) -> Callable[[StepDownFacts, ApproveLetters], str | None]:
    """The first letter that is written, has not been sent, and is wrong."""

    def breaks(facts: StepDownFacts, step: ApproveLetters) -> str | None:
        sent = letters_sent(facts)
        to_come = (letter.written and letter.letter_id not in sent for letter in step.letters)
        places = (place for place, one in enumerate(to_come) if one and wrong(facts, step.letters[place]))
        return next((f"letters.{place}" for place in places), None)

    return breaks


def _to_nobody(facts: StepDownFacts, letter: Letter) -> bool:
    return letter.person is not None and person_of(facts, letter) is None


def _of_a_child_not_theirs(facts: StepDownFacts, letter: Letter) -> bool:
    person = person_of(facts, letter)
    return person is not None and not all(may_read_of(person, child) for child in letter.about)


def _without_a_way(facts: StepDownFacts, letter: Letter) -> bool:
    return way(facts, letter) is None and not _to_nobody(facts, letter)


def _not_involved(facts: StepDownFacts, letter: Letter) -> bool:
    """SD-33c: of one of these children, nobody names the agency as involved."""
    about = map(facts.child, letter.about)
    return letter.agency is not None and not all(is_involved(facts, letter.agency, child) for child in about)


def _undecided(facts: StepDownFacts, letter: Letter) -> bool:
    return any(facts.child(child).decision is None for child in letter.about)


def _tells_the_family_nothing_new(facts: StepDownFacts, step: ApproveLetters) -> bool:
    """Letters are approved anew because something changed, and to the family only what it has, or was said, already."""
    if facts.letters is not None:
        return False
    sent, approved = letters_sent(facts), (e.step for e in facts.steps if isinstance(e.step, ApproveLetters))
    said = [letter for before in approved for letter in before.letters if not letter.written]
    to_family = [letter for letter in step.letters if letter.audience is LetterAudience.FAMILY]
    had = [letter for letter in to_family if letter.letter_id in sent]
    return bool(had) and all(letter in had or letter in said for letter in to_family)


def _changes_a_letter_that_was_sent(facts: StepDownFacts, step: ApproveLetters) -> bool:
    """A letter is sent in the last approved form that held its id."""
    sent, said = letters_sent(facts), {new.letter_id for new in step.letters}
    missing = {letter.letter_id for letter in facts.letters or ()} & sent - said
    return bool(missing) or any(new.letter_id in sent and new != facts.letter(new.letter_id) for new in step.letters)


ROWS: tuple[Row, ...] = (
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _names_an_unknown_child),
        "A letter names a child who is not in this transfer.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", lambda f, s: _family_omitted(f, s.letters)),
        "Tell the family about each child in a letter, or say why none is written.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _names_a_child_to_an_agency),
        "Without the family's consent for a child, only the family is written to about that child.",
    ),
    Rule(
        "SD-33c",
        ApproveLetters,
        field("letters", lambda f, s: _agency_omitted(f, s.letters)),
        "Tell each agency that the exploration or Mosaic names, or say why not; `transfers letters ID` lists them.",
    ),
    Rule(
        "SD-33a",
        ApproveLetters,
        field("letters", lambda f, s: _holder_omitted(f, s.letters)),
        "Tell each person who holds parental responsibility about each of their children, or say why not; `transfers "
        "letters ID` offers a letter to each of them who may be written to.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", lambda f, s: _own_voice_omitted(f, s.letters)),
        "Tell a young person who decided for themselves, too, or say why not: the family record has to list them as a "
        "person of their own, with a way to reach them, and as the child they are.",
    ),
    Rule(
        "SD-33c",
        ApproveLetters,
        _to_come(_not_involved),
        "Neither the exploration nor Mosaic names this agency as involved with each of these children: record in the "
        "exploration that it is, or write to it only of the others.",
    ),
    Rule(
        "SD-32",
        ApproveLetters,
        field("letters", lambda f, s: _agencies_omitted(f, s.letters)),
        "Universal services are enough for a child: write to an agency involved, or say why no letter is written.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _tells_the_family_nothing_new),
        "Tell what has changed since the last letter in a new one, under a new name; or say why none is written.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        field("letters", _changes_a_letter_that_was_sent),
        "A letter that was sent stays as it is; whatever changes later goes into a new letter, under a new name.",
    ),
    Rule(
        "SD-33a",
        ApproveLetters,
        _to_come(_to_nobody),
        "The family record has nobody with this reference: record the people of the family first.",
    ),
    Rule(
        "SD-33a",
        ApproveLetters,
        _to_come(_of_a_child_not_theirs),
        "A letter names only children its reader may read about: those for whom they hold parental responsibility, who "
        "live with them, or to whom the family record links them with nothing against it.",
    ),
    Rule(
        "SD-33a",
        ApproveLetters,
        _to_come(lambda f, letter: letter.no_risk_known and risk_is_known(f, letter)),
        "You cannot say of this reader that no risk is known: the family record says that they must not learn where "
        "the children are, must not know something, are unsafe to contact, or are under an order; or that somebody "
        "else reads what is sent to this address.",
    ),
    Rule(
        "SD-33b",
        ApproveLetters,
        _to_come(_without_a_way),
        "The family record names no safe way of this kind to reach this reader, or, by post, nobody knows where they "
        "live: choose another one, or say why none is written.",
    ),
    Rule(
        "SD-33a",
        ApproveLetters,
        _to_come(lambda f, letter: bool(reaches_others(f, letter))),
        "According to the family record, somebody else in the family reads what is sent to this address: choose "
        "another one, or say why none is written.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        _to_come(of_the_dead),
        "The system writes to nobody about a child who has died: say why no letter is written, and speak with the "
        "family and the agencies yourselves.",
    ),
    Rule(
        "SD-33",
        ApproveLetters,
        _to_come(_undecided),
        "A letter tells what was decided: first decide for each child it names.",
    ),
    Rule(
        "SD-33a",
        ApproveLetters,
        _to_come(lambda f, letter: letter.seen != digest(f, letter)),
        "This letter was not read as it would be sent now: read it with `transfers letters ID FILE`, with the file "
        "that approves it, and approve it by the number that stands below it.",
    ),
)
