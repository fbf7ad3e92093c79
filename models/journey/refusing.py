"""Whether a step may be recorded now, and if not, why: what holds for every step, then the rules of the journey."""

import re
from datetime import datetime
from typing import TypeVar

from models.journey import resolving
from models.journey.answers import Refusal
from models.journey.corrections import replaced_by, says_new_things_too_late
from models.journey.facts import Facts
from models.journey.missing import is_closed
from models.journey.recorded import RecordedStep
from models.journey.reports import came_from_another
from models.journey.room import too_long, too_much_of_one
from models.journey.rows import Journey
from models.journey.steps import EVERYBODY, ReportsHarm, ReportSignificantHarm, ResolveAttention, Step
from models.vocabulary import OUTSIDE, Role, local_time

BEFORE = "This began on {began}: the moment that was given lies before."

F = TypeVar("F", bound=Facts)

TYPES_FOR_OTHERS = frozenset({Role.BUSINESS_SUPPORT, Role.DUTY_SOCIAL_WORKER})
NOT_FOR_OTHERS = Refusal(
    field="on_behalf_of",
    reason="Only business support and a duty social worker record for somebody else: for a social worker, and only "
    "what a social worker may record. What others answer for, they record themselves.",
)
OWN_WORD = (
    "This is the {role}'s own word, and nobody can record it for them. If you are the {role}, record it yourself, in "
    "the caseworker system that you sign in to; sent in any other way it does not count."
)
REPORT_IT = "Then record a report of significant harm about the child."
NOT_HERE = (
    "Duty and Advice record what you tell them; nothing more can be recorded here. If the child is in another open "
    "transfer, request or referral, report it there, too; if in none, start a referral to Children's Social Work: then "
    "people are told until somebody says who was spoken to."
)
SAY_FOR_WHOM = Refusal(field="on_behalf_of", reason="Business support says for which social worker it records this.")
OF_A_CHILD = re.compile(r"children\.(\d+)\.")


def refusal(journey: Journey[F], facts: F, step: Step, now: datetime, *, signed_in: bool = False) -> Refusal | None:
    """Why the step is not recorded now; None where it is. ``now`` is the journey's own time.

    Who sent it was signed in only where that was found out once and for all: what is read again in a replay cannot ask.
    """
    known = facts.entry(step.step_id)
    if known is not None:
        same = known.step.says_the_same_as(step)
        return None if same else _used_before(known, step)
    said = (
        _unfit(journey, facts, step, now)
        or (None if signed_in else _needs_sign_in(facts, step))
        or _replaces_unsaid(journey, facts, step)
        or _broken(journey, facts, step)
    )
    if said is None:
        return None
    note = _whom_to_ring(facts, step, over=is_closed(journey, facts))
    return said.model_copy(update={"note": note, "child": _child_meant(step, said.field)})


def _whom_to_ring(facts: Facts, step: Step, *, over: bool) -> str | None:
    """SU-01: what was to report harm, and could not be recorded; where it is no report, one is always taken.

    Where whom to ring stands in every answer, it stands in this one, too.
    """
    if not step.speaks_of_harm:
        return facts.policy.phones.words if facts.side.says_whom_to_ring else None
    here = "" if isinstance(step, ReportSignificantHarm) else f" {REPORT_IT}"
    return f"Ring now, all the same. {facts.policy.phones.words}{f' {NOT_HERE}' if over else here}"


def _used_before(entry: RecordedStep, step: Step) -> Refusal:
    """Whoever is outside reads nothing of what others recorded (ER-14, SU-01a)."""
    told = "" if step.actor.role in OUTSIDE else f": {entry.told}"
    reason = f"Something else was recorded under the same number before{told}. Give this one another number."
    return Refusal(field="step_id", reason=reason)


def _child_meant(step: Step, field: str) -> str | None:
    """The child that a field is about, where it is one of several."""
    found = OF_A_CHILD.match(field)
    return step.children_named()[int(found[1])] if found else None


def _unfit(journey: Journey[F], facts: F, step: Step, now: datetime) -> Refusal | None:
    """What holds for every step: the journey is open, it fits, role and time are right, the children are known."""
    if is_closed(journey, facts):
        return Refusal(field="step", reason=f"This {facts.request.kind.noun} is closed.")
    it = facts.request.kind.noun
    full = too_long(step, held=facts.text_held, steps=len(facts.steps), it=it)
    full = full or too_much_of_one(step, [entry.step for entry in facts.steps], it)
    return full or wrong_sender_or_time(step, now) or _before_the_transfer(facts, step) or _wrong_children(facts, step)


def _needs_sign_in(facts: Facts, step: Step) -> Refusal | None:
    """SD-23c: what counts because of the role of who says it, they say themselves."""
    if not step.counts_by_role or not facts.policy.acts_need_sign_in:
        return None
    return Refusal(field="actor", reason=OWN_WORD.format(role=step.actor.role.words), clause="SD-23c")


def _before_the_transfer(facts: Facts, step: Step) -> Refusal | None:
    """What is recorded in a transfer happened in it: a slip of a year would make each answer one in time.

    By how much it may have happened before, the policy says; until that is loaded, no clock runs. What another
    journey tells was said there, and may have been before this one could be opened.
    """
    of_harm = isinstance(step, ReportsHarm) and bool(step.at_risk)
    if facts.opening is None or step.may_precede or of_harm or came_from_another(step):
        return None
    if step.occurred_at >= facts.began_at - facts.policy.backdated_by:
        return None
    return Refusal(field="occurred_at", reason=BEFORE.format(began=local_time(facts.began_at)))


def wrong_sender_or_time(step: Step, now: datetime) -> Refusal | None:
    """What holds for a step whatever the journey: the role may record it, and the time has come."""
    return wrong_sender(step) or step.untimely(now)


def wrong_sender(step: Step) -> Refusal | None:
    """Nobody records what others answer for; what a social worker records, others may type, saying for whom."""
    role, may = step.actor.role, step.recorded_by
    if may == EVERYBODY:
        return None
    if step.on_behalf_of is not None:
        typed = role in TYPES_FOR_OTHERS and step.on_behalf_of.role is Role.SOCIAL_WORKER and Role.SOCIAL_WORKER in may
        return None if typed else NOT_FOR_OTHERS
    if role is Role.BUSINESS_SUPPORT and Role.SOCIAL_WORKER in may:
        return SAY_FOR_WHOM
    if role in may or (role is Role.DUTY_SOCIAL_WORKER and Role.SOCIAL_WORKER in may):
        return None
    who = " or ".join(sorted(role.words for role in may))
    return Refusal(field="actor.role", reason=f"Only the {who} records this, not {step.actor.words}.")


def _wrong_children(facts: Facts, step: Step) -> Refusal | None:
    """A child that is not in this transfer, or that is named twice."""
    named = step.children_named()
    for place, child in enumerate(named):
        if not facts.may_name(step, child):
            return Refusal(
                field=f"children.{place}.ref", reason=f"This child is not in this {facts.request.kind.noun}."
            )
        if child in named[:place]:
            return Refusal(field=f"children.{place}.ref", reason="This child is named twice.")
    return None


def _replaces_unsaid(journey: Journey[F], facts: F, step: Step) -> Refusal | None:
    """A step that was recorded before is replaced only when the new one says which it corrects."""
    if says_new_things_too_late(journey.corrections, facts, step):
        return Refusal(
            field="children", reason="Part of this has been acted on: record the other children in a step of their own."
        )
    replaced = replaced_by(journey.corrections, facts, step)
    if len(replaced) > 1:
        return Refusal(field="corrects", reason=f"{_recorded_before(facts, replaced)} Correct one of them at a time.")
    if replaced and step.corrects != replaced[0]:
        reason = f"{_recorded_before(facts, replaced)} To replace that, send this as its correction."
        return Refusal(field="corrects", reason=reason, may_correct=replaced[0])
    if step.corrects is None or isinstance(step, ReportSignificantHarm):
        return None
    corrected = facts.entry(step.corrects)
    if corrected is None or type(corrected.step) is not type(step):
        return Refusal(
            field="corrects", reason="What this is meant to correct was never recorded, or is a different kind of step."
        )
    return None


def _recorded_before(facts: Facts, steps: tuple[str, ...]) -> str:
    told = (entry.told for step in steps if (entry := facts.entry(step)) is not None)
    return f"This was recorded before: {'; '.join(told)}."


def _broken(journey: Journey[F], facts: F, step: Step) -> Refusal | None:
    """The first rule that the step breaks."""
    for rule in journey.rules:
        if isinstance(step, rule.step) and (field := rule.breaks(facts, step)) is not None:
            return Refusal(field=field, reason=rule.otherwise, clause=rule.clause)
    return resolving.refusal(journey, facts, step) if isinstance(step, ResolveAttention) else None
