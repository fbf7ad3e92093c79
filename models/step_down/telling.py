"""What a letter tells, from what is recorded: of whom, to whom, and how much its reader may learn (SD-33, SD-33a…d)."""

from collections.abc import Iterator
from datetime import date

from models.people import Colleague
from models.policy import Phones, Writing
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.held import newest_conference
from models.step_down.letter_reference import reference
from models.step_down.readers import in_plan, reader_words, reads_of, told_no_whereabouts
from models.step_down.start import PlanType
from models.step_down.steps.confirmation import Letter, LetterAudience
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.conversation import AgreedChild
from models.step_down.steps.decision import Decision, NameLeadPractitioner
from models.vocabulary import Frozen, Ref


class ToldChild(Frozen):
    """What a letter tells of one child; neither the reason of a decision nor where the child went."""

    ref: Ref
    decision: Decision
    withdrawn: bool = False
    """It was passed on, and consent was withdrawn since."""
    of_early_help: bool = True
    """Its reader may read what becomes of it; an agency without the family's consent, only that the plan ended."""
    plan_ended_on: date | None = None
    """For the family, and for whoever took part in the plan (SD-33d)."""
    practitioner: NameLeadPractitioner | None = None
    """Who takes over; None where it does not pass to Early Help."""
    agreed: AgreedChild | None = None
    """When support can begin, and for the family of what kind it is and what comes first (SD-13, SD-27, SD-33b)."""


class Telling(Frozen):
    """What one letter tells; from it alone its text is made."""

    audience: LetterAudience
    reader: str
    """What they are called."""
    reference: str
    """What its reader gives when they ring."""
    children: tuple[ToldChild, ...]
    service: str
    plan: PlanType | None = None
    service_in_question: bool = True
    """The family knows of the service: it was asked whether it agrees to it."""
    without_whereabouts: bool = False
    """Its reader must not learn from it where a child is (SD-33a)."""
    phones: Phones = Phones()
    writing: Writing = Writing()
    worker: Colleague | None = None
    """Who writes, where the directory knows them and the reader may know (SD-33a, SD-33b)."""


def telling(facts: StepDownFacts, letter: Letter) -> Telling:
    """What the letter tells as things stand: of the children whom it names, and of whom its recipient may read."""
    children = reads_of(facts, letter)
    return Telling(
        audience=letter.audience,
        reader=reader_words(facts, letter),
        without_whereabouts=told_no_whereabouts(facts, letter),
        reference=reference(facts.request.id, letter.letter_id),
        children=tuple(_told(facts, letter, children)),
        plan=facts.request.plan_type,
        service=facts.service.name if facts.service else facts.service_ref,
        service_in_question=any(isinstance(entry.step, RecordConsent) for entry in facts.steps),
        phones=facts.policy.phones,
        writing=facts.policy.writing,
        worker=_worker(facts, letter),
    )


def _worker(facts: StepDownFacts, letter: Letter) -> Colleague | None:
    """The social worker by name; not for somebody to whom the team, and so the area, would follow from it."""
    if told_no_whereabouts(facts, letter) or not facts.policy.writing.names_worker:
        return None
    known = (person for person in facts.people if person.ref == facts.social_worker and person.name)
    return next(known, None)


def _told(facts: StepDownFacts, letter: Letter, children: tuple[Child, ...]) -> Iterator[ToldChild]:
    """Each child that is decided."""
    for child in children:
        if child.decision is not None:
            yield ToldChild(
                ref=child.ref,
                decision=child.decision.decision,
                withdrawn=child.is_decided(Decision.TRANSFER) and not child.consents,
                of_early_help=letter.audience is LetterAudience.FAMILY
                or child.agencies_may_read
                or child.by_power(letter.agency) is not None,
                plan_ended_on=_plan_ended(child) if letter.person or in_plan(facts, letter) else None,
                practitioner=child.practitioner if child.passes_on else None,
                agreed=child.agreement if child.passes_on else None,
            )


def _plan_ended(child: Child) -> date | None:
    """The day on which the plan ended, or that was decided; None while it goes on or moves along, or nobody knows.

    A plan has ended, too, where another one follows in social work.
    """
    decided = child.decision
    if not child.facts.on_a_plan or decided is None or decided.decision is Decision.MOVED_AWAY:
        return None
    if (day := _ended_by_meeting(child)) is not None:
        return day
    if child.protected:
        return decided.ended_without_conference
    return child.decided_in.day if decided.decision.closes and child.decided_in is not None else None


def _ended_by_meeting(child: Child) -> date | None:
    """By the meeting here, as whoever may end the plan has said; or by a conference that Mosaic holds so (SD-23b).

    A child who closes is closed by those very words, and nothing is written before.
    """
    meeting, decided = child.meeting, child.decision
    if meeting is not None and child.at_meeting is not None and child.at_meeting.of_plan.is_end:
        closes = decided is not None and decided.decision.closes
        if closes or child.facts.stands_for(meeting):
            return meeting.day
    there = newest_conference(child.record) if child.protected else None
    return there.held_on if there is not None and there.confirmed and there.outcome.is_end else None
