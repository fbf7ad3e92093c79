"""Consent: what was explored, and what the family answers, child by child (SD-05, SD-06, SD-09)."""

from collections.abc import Callable

from models.journey.corrections import is_late
from models.journey.rows import TimeIsUp, each_child, field
from models.kinds import ClockKind
from models.step_down.consent import Speaks, Word, heard, may_withdraw, who_speaks, word
from models.step_down.corrections import CORRECTIONS
from models.step_down.direction import transfer_possible, undecided
from models.step_down.effects import reservations, service_looked_up
from models.step_down.facts import StepDownFacts
from models.step_down.family import NOT_BORN_YET
from models.step_down.rows import NOT_ENGAGED, SW, TM, Doing, Need, Row, Rule
from models.step_down.steps.acts import Authorise
from models.step_down.steps.consent import (
    ChildConsent,
    RecordConsent,
    RecordExploration,
    Shareable,
    VoiceKind,
    WithdrawConsent,
)
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.family import RecordFamily


def _family_known(facts: StepDownFacts) -> bool:
    """The people of every child who may still pass were recorded."""
    family = facts.family
    return family is not None and all(family.child(child.ref) for child in undecided(facts))


def _family_omits_a_child(facts: StepDownFacts, step: RecordFamily) -> bool:
    return not {child.ref for child in facts.children} <= set(step.children_named())


def _nobody_of_the_family(facts: StepDownFacts, step: WithdrawConsent) -> bool:
    by = step.withdrawn_by
    known = facts.family is not None and by is not None and facts.family.person(by) is not None
    return by is not None and not known and by not in facts.child_refs


def _not_theirs_to_withdraw(facts: StepDownFacts, step: WithdrawConsent) -> bool:
    """For one of the children their word does not count, as it was asked when consent was given."""
    family = facts.family
    return (
        step.withdrawn_by is not None
        and not _nobody_of_the_family(facts, step)
        and any(
            family is not None and not may_withdraw(family, child.of_family, said, step, asked.day)
            for child in map(facts.child, step.children_named())
            if (said := child.answer) is not None and (asked := child.asked_in) is not None
        )
    )


def _omits_a_child(facts: StepDownFacts, step: RecordConsent) -> bool:
    """A child that was not asked about and has no decision yet."""
    missing = {child.ref for child in facts.children if not child.asked and child.decision is None}
    return not missing <= set(step.children_named())


def _stranger(facts: StepDownFacts, said: ChildConsent) -> bool:
    """Somebody who was not recorded as anybody to the child."""
    known = {person.ref for person in facts.family.people_of(said.ref)} if facts.family else set()
    return any(one.person not in known for one in said.holders)


def _young_parent_not_judged(facts: StepDownFacts, step: RecordConsent) -> str | None:
    """SD-09c: somebody under 18 said yes or no, and nobody judged that they understand it."""
    family, day = facts.family, step.day
    for place, said in enumerate(step.children):
        for one in said.holders:
            person = family.person(one.person) if family else None
            young = person is not None and person.is_under_18_on(day)
            if young and one.answer.is_a_word and one.competence_judged_by is None:
                return f"children.{place}.holders"
    return None


def _unknown_child(facts: StepDownFacts, said: ChildConsent) -> bool:
    return facts.family is None or facts.family.child(said.ref) is None


def _speaking(speaks: Speaks, wrong: Callable[[StepDownFacts, ChildConsent], bool]) -> Callable[..., str | None]:
    """The first child for whom these speak, by its age on that day, and whose voice breaks the rule."""

    def breaks(facts: StepDownFacts, step: RecordConsent) -> str | None:
        for place, said in enumerate(step.children):
            child = facts.child(said.ref).of_family
            if child is not None and who_speaks(child, step.day) is speaks and wrong(facts, said):
                return f"children.{place}.voice"
        return None

    return breaks


def _not_their_own_word(facts: StepDownFacts, said: ChildConsent) -> bool:  # noqa: ARG001 (asked with both)
    return said.voice.kind is not VoiceKind.OWN_CONSENT and said.voice.lacks_capacity is None


def _nobody_heard(facts: StepDownFacts, said: ChildConsent) -> bool:
    family = facts.family
    return said.voice.lacks_capacity is not None and (family is None or not heard(family, said))


def _too_young(facts: StepDownFacts, said: ChildConsent) -> bool:  # noqa: ARG001 (asked with both)
    return said.voice.kind is VoiceKind.OWN_CONSENT or said.voice.lacks_capacity is not None


def _shares_more(facts: StepDownFacts, said: ChildConsent) -> bool:
    """Agreement to something that this route does not share."""
    known = {Shareable(kind) for kind in facts.kinds_of_papers} | {Shareable.ADVICE_SUMMARY}
    return not set(said.may_share) <= known


def _omits_an_objector(facts: StepDownFacts, said: ChildConsent) -> bool:
    """Somebody who said no says nothing any more, or is not named, so that the objection would vanish."""
    return not facts.child(said.ref).objectors <= {one.person for one in said.holders if one.answer.is_a_word}


def _withdraws(facts: StepDownFacts, step: RecordConsent) -> bool:
    children = {said.ref: facts.child(said.ref).of_family for said in step.children}
    comes_to = {said.ref: word(facts.family, children[said.ref], said, step.day) for said in step.children}
    lost = any(facts.child(ref).consents and said is not Word.YES for ref, said in comes_to.items())
    return lost and is_late(CORRECTIONS, facts, step)


def _closing_was_begun(facts: StepDownFacts, said: ChildConsent) -> bool:
    child = facts.child(said.ref)
    return child.withdrawn and child.closing_begun


def _does_not_stand(facts: StepDownFacts, step: WithdrawConsent) -> bool:
    return not any(facts.child(child).consents for child in step.children_named())


def _withdrawn_before_given(facts: StepDownFacts, step: WithdrawConsent) -> bool:
    given = [facts.last_of(RecordConsent, child) for child in step.children_named() if facts.child(child).consents]
    return any(consent is not None and step.occurred_at < consent.occurred_at for consent in given)


ROWS: tuple[Row, ...] = (
    Doing(
        None,
        reservations,
        "A child who was added is being reserved for this transfer.",
    ),
    Doing(
        "SD-06",
        service_looked_up,
        "The service directory is being asked for the service.",
        applies=transfer_possible,
        until=lambda f: f.opening is None or f.service is not None,
    ),
    Need(
        "SD-09c",
        RecordFamily,
        SW,
        "Record the people of the family: who they are to each child, how parental responsibility is held, and how "
        "they may safely be reached.",
        met=_family_known,
        applies=transfer_possible,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-05",
        RecordExploration,
        SW,
        "Record what was explored with the family and the network, or why not.",
        met=lambda f: f.exploration is not None,
        applies=transfer_possible,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-09",
        RecordConsent,
        SW,
        "Ask the family for consent and record the answer, child by child.",
        met=lambda f: all(child.asked for child in undecided(f)),
        applies=transfer_possible,
        clock=ClockKind.CONSENT,
    ),
    Need(
        "SD-09c",
        Authorise,
        TM,
        "What was said about consent is not enough by itself for a child: somebody else with parental responsibility "
        "objects, nobody with it can be reached, the child agrees alone, or lacks capacity. Decide whether the "
        "transfer goes on for this child.",
        met=lambda f: not any(child.waits_for_word for child in undecided(f)),
        of=lambda f: (child.asked_in for child in undecided(f) if child.waits_for_word),
        applies=transfer_possible,
        clock=ClockKind.AUTHORISED,
    ),
    TimeIsUp(
        "SD-01",
        ClockKind.CONSENT,
        RecordDecisions,
        NOT_ENGAGED,
    ),
    Rule(
        "SD-09c",
        RecordFamily,
        field("children", _family_omits_a_child),
        "The family is recorded as a whole: name each child of this transfer, with the date of birth, or why it is "
        "not known.",
    ),
    Rule(
        "SD-09b",
        RecordFamily,
        lambda _, step: step.born_after(step.day),
        NOT_BORN_YET,
    ),
    Rule(
        "SD-33d",
        RecordExploration,
        field("took_part_in_plan", lambda f, s: f.on_a_plan and bool(s.agencies) and s.took_part_in_plan is None),
        "Say which of the agencies took part in the plan: they are told that it ended, whatever the family agrees to.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        field("service_ref", lambda f, s: s.service_ref != f.service_ref),
        "Consent names the service of this transfer.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        field("children", _omits_a_child),
        "Consent is recorded for each child of this transfer.",
    ),
    Rule(
        "SD-09c",
        RecordConsent,
        each_child("ref", _unknown_child),
        "It is not recorded yet who is who to this child: record the people of the family first.",
    ),
    Rule(
        "SD-09c",
        RecordConsent,
        each_child("holders", _stranger),
        "Choose who was asked from the people of the family, as they were recorded for this child.",
    ),
    Rule(
        "SD-09c",
        RecordConsent,
        _young_parent_not_judged,
        "This parent or carer is under 18: name who judged that they understand what they say yes or no to; if they "
        "do not, record that they are not competent, with the reason.",
    ),
    Rule(
        "SD-09b",
        RecordConsent,
        _speaking(Speaks.THEMSELVES, _not_their_own_word),
        "From 16 on a young person says yes or no for themselves. Their views alone are enough only if a named "
        "person has assessed that capacity is lacking for this decision.",
    ),
    Rule(
        "SD-09b",
        RecordConsent,
        _speaking(Speaks.THEMSELVES, _nobody_heard),
        "If capacity is lacking, somebody who holds parental responsibility is heard before the manager decides.",
    ),
    Rule(
        "SD-09b",
        RecordConsent,
        _speaking(Speaks.HOLDERS, _too_young),
        "This child is under 16: ask for their views. A named person judges whether they understand what they agree "
        "to.",
    ),
    Rule(
        "SD-09b",
        RecordConsent,
        _speaking(Speaks.BOTH, lambda _, said: said.voice.agreed is None),
        "The date of birth is not known or disputed, or Mosaic has a different one from the record of the family: both "
        "the child's own yes or no and that of somebody who holds parental responsibility are needed. If the child is "
        "certainly younger, record the date that is taken to be right, and have it put right in Mosaic.",
    ),
    Rule(
        "SD-09d",
        RecordConsent,
        each_child("may_share", _shares_more),
        "After an assessment, the assessment and the summary of advice may be shared; a plan only after a plan.",
    ),
    Rule(
        "SD-09c",
        RecordConsent,
        each_child("holders", _omits_an_objector),
        "Somebody who objected before says nothing now: name everybody who objected, with their yes or no as it is "
        "now, or their no as it was. If somebody holds no parental responsibility, put that right in the record of the "
        "family.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        field("children", _withdraws),
        "Something has already been done because of the yes that stands, so it cannot be replaced. Record who "
        "withdraws it, also if somebody else objects; or, if nobody had given it, how it came to be recorded. From "
        "then on nothing more is shared. Then record what each person says as a new answer.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        each_child("ref", _closing_was_begun),
        "This child's case was already being closed when consent was withdrawn: start another transfer for them.",
    ),
    Rule(
        "SD-09c",
        WithdrawConsent,
        field("withdrawn_by", _nobody_of_the_family),
        "Choose who withdrew it from the people of the family, as they were recorded; or a child of this transfer.",
    ),
    Rule(
        "SD-09b",
        WithdrawConsent,
        field("withdrawn_by", _not_theirs_to_withdraw),
        "This person cannot withdraw it for each of these children. What a young person decided for themselves, only "
        "they withdraw. For another child, somebody does who agreed, or who holds parental responsibility and had not "
        "objected; or the child, if they had said yes themselves or a named person judges that they understand this. "
        "Withdraw it for each child separately. Speak with the team manager about what others say, and with Duty and "
        "Advice about a worry.",
    ),
    Rule(
        "SD-09a",
        WithdrawConsent,
        field("children", _does_not_stand),
        "Consent does not stand for any of these children.",
    ),
    Rule(
        "SD-09a",
        WithdrawConsent,
        field("occurred_at", _withdrawn_before_given),
        "The consent that stands was given after that: say when it was withdrawn since, or first correct when it was "
        "given.",
    ),
)
