"""Whose word counts on consent for a child, and what everybody's words come to (SD-09b, SD-09c)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from models.step_down.family import ChildOfFamily, Family, Responsibility
from models.step_down.steps.consent import ChildConsent, HolderAnswer, VoiceKind, WithdrawConsent

OWN_WORD_FROM = 16
"""Years; capacity is presumed from then on."""


class Word(StrEnum):
    """What everybody's words on consent for a child come to."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    """Whoever has to say yes or no has not been asked yet: it is neither."""
    FOR_MANAGER = "for_manager"
    """It stands only with the team manager's own act."""


class Speaks(StrEnum):
    """Who speaks for a child, by its age."""

    THEMSELVES = "themselves"
    HOLDERS = "holders"
    BOTH = "both"
    """The date of birth is not known, or disputed."""


def who_speaks(child: ChildOfFamily, day: date) -> Speaks:
    """SD-09b: a young person from 16 on; where the date of birth is in doubt, they and a holder."""
    age = child.age_on(day)
    if child.disputed or child.birth_unknown_because is not None:
        return Speaks.BOTH
    return Speaks.THEMSELVES if age is not None and age >= OWN_WORD_FROM else Speaks.HOLDERS


def as_mosaic_has_it(child: ChildOfFamily, born_on: date | None) -> ChildOfFamily:
    """SD-09b: where the family's record has no day of birth, Mosaic's; where the two differ, it is disputed."""
    if born_on is None or child.disputed or child.born_on == born_on:
        return child
    if child.born_on is not None:
        return child.model_copy(update={"disputed": True})
    return child.model_copy(update={"born_on": born_on, "expected_on": None, "birth_unknown_because": None})


def word(family: Family | None, child: ChildOfFamily | None, said: ChildConsent, day: date) -> Word:
    """What the words come to for this child; no, as long as nobody knows whose words they are."""
    if family is None or child is None:
        return Word.NO
    match who_speaks(child, day):
        case Speaks.THEMSELVES:
            return _own_word(family, said)
        case Speaks.HOLDERS:
            return Word.NO if said.voice.agreed is False else _holders_word(family, said)
        case Speaks.BOTH:
            return _both_words(family, said)


def may_withdraw(
    family: Family, child: ChildOfFamily | None, said: ChildConsent, step: WithdrawConsent, day: date
) -> bool:
    """SD-09b, SD-09c: a young person what they decided themselves; otherwise who agreed, a holder, or the child.

    The manager has weighed the objection of who said no then. A child takes back what it said yes or no to itself, or
    once somebody has judged that it understands this.
    """
    by, person = step.withdrawn_by, family.person(step.withdrawn_by or "")
    theirs_alone = child is not None and who_speaks(child, day) is Speaks.THEMSELVES and not said.voice.lacks_capacity
    if by == said.ref or (person is not None and person.is_child == said.ref):
        return theirs_alone or said.voice.agreed is not None or step.judged_by is not None
    agreed = {one.person for one in said.holders if one.answer is HolderAnswer.AGREED}
    objected = {one.person for one in said.holders if one.answer is HolderAnswer.REFUSED}
    overruled = objected if agreed or said.voice.agreed else set()
    return not theirs_alone and by in agreed | ({holder.ref for holder in family.holders(said.ref)} - overruled)


def heard(family: Family, said: ChildConsent) -> bool:
    """A holder of parental responsibility said yes or no."""
    return bool({HolderAnswer.AGREED, HolderAnswer.REFUSED} & {*_answers(family, said)})


def _own_word(family: Family, said: ChildConsent) -> Word:
    """SD-09b: their yes is enough, and their no stands; without capacity, best interests, a holder heard."""
    if said.voice.agreed is not None:
        return Word.YES if said.voice.agreed else Word.NO
    return Word.FOR_MANAGER if said.voice.lacks_capacity and heard(family, said) else Word.OPEN


def _both_words(family: Family, said: ChildConsent) -> Word:
    """SD-09b: the own yes and a holder's; the child's no is one, and that of holders of whom nobody says yes."""
    answers = {*_answers(family, said)}
    if said.voice.agreed and HolderAnswer.AGREED in answers:
        return _holders_word(family, said)
    no = said.voice.agreed is False or (HolderAnswer.REFUSED in answers and HolderAnswer.AGREED not in answers)
    return Word.NO if no else Word.OPEN


def _holders_word(family: Family, said: ChildConsent) -> Word:
    """SD-09c: one holder suffices; another one's objection, or that none can be reached, is for the manager."""
    answers = [*_answers(family, said)]
    if HolderAnswer.AGREED in answers:
        return Word.FOR_MANAGER if HolderAnswer.REFUSED in answers else Word.YES
    if said.voice.kind is VoiceKind.JUDGED_COMPETENT and said.voice.agreed:
        return Word.FOR_MANAGER
    none_reached = HolderAnswer.REFUSED not in answers and len(answers) == len(family.holders(said.ref))
    return Word.FOR_MANAGER if none_reached and _a_carer_agrees(family, said) else Word.NO


def _answers(family: Family, said: ChildConsent) -> Iterable[HolderAnswer]:
    """What those said whose word counts."""
    counts = {person.ref for person in family.holders(said.ref)}
    return (one.answer for one in said.holders if one.person in counts)


def _a_carer_agrees(family: Family, said: ChildConsent) -> bool:
    """Somebody with whom the child lives, and who holds no responsibility, agrees; nobody whom an order forbids."""
    carers = {
        person.ref
        for person in family.people_of(said.ref)
        if (to := person.to(said.ref)) is not None
        and to.lives_with
        and to.parental_responsibility is Responsibility.NONE
    }
    return any(one.person in carers and one.answer is HolderAnswer.AGREED for one in said.holders)
