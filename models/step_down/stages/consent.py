"""Consent: what was explored, and what the family answers, child by child (SD-05, SD-06, SD-09)."""

from models.journey.corrections import is_late
from models.journey.rows import TimeIsUp, each_child, field
from models.kinds import ClockKind
from models.step_down.corrections import CORRECTIONS
from models.step_down.direction import transfer_possible, undecided
from models.step_down.effects import reservations, service_looked_up
from models.step_down.facts import StepDownFacts
from models.step_down.rows import NOT_ENGAGED, SW, TM, Doing, Need, Row, Rule, no_manager
from models.step_down.steps.consent import ChildConsent, RecordConsent, RecordExploration, Shareable, WithdrawConsent
from models.step_down.steps.decision import RecordDecisions
from models.step_down.steps.family import RecordFamily


def _family_known(facts: StepDownFacts) -> bool:
    """The people of every child who may still pass were recorded."""
    family = facts.family
    return family is not None and all(family.child(child.ref) for child in undecided(facts))


def _family_omits_a_child(facts: StepDownFacts, step: RecordFamily) -> bool:
    return not {child.ref for child in facts.children} <= set(step.children_named())


def _omits_a_child(facts: StepDownFacts, step: RecordConsent) -> bool:
    """A child that was not asked about and has no decision yet."""
    missing = {child.ref for child in facts.children if not child.asked and child.decision is None}
    return not missing <= set(step.children_named())


def _shares_less(facts: StepDownFacts, step: RecordConsent) -> bool:
    """Agreement to less than this route shares (SD-11, SD-15, SD-30)."""
    needed = {Shareable(kind) for kind in facts.papers} | {Shareable.ADVICE_SUMMARY}
    return any(child.stands for child in step.children) and set(step.may_share) != needed


def _no_manager_for_child(facts: StepDownFacts, step: RecordConsent) -> str | None:  # noqa: ARG001 (a rule asks both)
    """The first child whose dispute was decided by somebody else than a team manager."""
    for place, child in enumerate(step.children):
        if child.manager_decision is not None and no_manager(child.manager_decision.by, step):
            return f"children.{place}.manager_decision.by"
    return None


def _omits_an_objector(facts: StepDownFacts, said: ChildConsent) -> bool:
    """Somebody who said no is not named any more, so that the objection would vanish."""
    return not all(any(map(before.is_named_like, said.holders)) for before in facts.child(said.ref).objectors)


def _withdraws(facts: StepDownFacts, step: RecordConsent) -> bool:
    lost = any(facts.child(said.ref).consents and not said.stands for said in step.children)
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
        "A child that was added is being reserved for this transfer.",
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
        "SD-09",
        RecordConsent,
        TM,
        "Those with parental responsibility disagree: decide whether the transfer goes on for the child, and have the "
        "social worker record that.",
        met=lambda f: not any(child.disputed for child in undecided(f)),
        applies=transfer_possible,
        clock=ClockKind.CONSENT,
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
        "The family is recorded as a whole: name each child of this transfer, with its date of birth, or why it is not "
        "known.",
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
        "SD-09",
        RecordConsent,
        field("may_share", _shares_less),
        "Agreement says what may be shared: the advice summary and the assessment, on the plan route the plan, too.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        _no_manager_for_child,
        "The team manager, not the one who records it, decides where those with parental responsibility disagree.",
    ),
    Rule(
        "SD-09",
        RecordConsent,
        each_child("holders", _omits_an_objector),
        "Somebody who objected before is omitted: name everybody who objected, as they were named then, with what "
        "they say now; who should not have been named is said to be named by mistake.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        field("children", _withdraws),
        "This consent has been acted on. Where the family withdraws it, record the withdrawal.",
    ),
    Rule(
        "SD-09a",
        RecordConsent,
        each_child("ref", _closing_was_begun),
        "This child's closing had begun when consent was withdrawn; start another transfer for it.",
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
        "The consent that stands was given after that: say when it was withdrawn since, or correct its moment first.",
    ),
)
